"""
Kernels of coolants, channels and plates over points; the package's thermal.py is their face.
"""
from __future__ import annotations
import coldsun._engine
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['Plate', 'coolant', 'nusselt', 'plate', 'pressure_drop']
class Plate:
    """
    A class of cold plate as the twin of a site has it
    """
    def resistance(self, columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.float64]:
        """
        Flow [m3/s], coolant temperature [K], tim_factor -> junction to inlet [K/W]
        """
    @property
    def channel_count(self) -> float:
        """
        Channels side by side
        """
    @property
    def channel_height(self) -> float:
        """
        Of one channel [m]
        """
    @property
    def channel_width(self) -> float:
        """
        Of one channel [m]
        """
    @property
    def coolant(self) -> str:
        """
        water or pg25
        """
    @property
    def flow_max(self) -> float:
        """
        Largest flow that the class is meant for [m3/s]
        """
    @property
    def flow_min(self) -> float:
        """
        Least flow that the class is meant for [m3/s]
        """
    @property
    def length(self) -> float:
        """
        Along the flow [m]
        """
    @property
    def minor_loss(self) -> float:
        """
        Loss coefficients of inlet and outlet
        """
    @property
    def name(self) -> str:
        """
        Name of its file
        """
    @property
    def t_design(self) -> float:
        """
        Coolant temperature at which its heat capacity is fixed [K]
        """
    @property
    def width(self) -> float:
        """
        Across the flow [m]
        """
def coolant(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex, name: str) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Temperature [K] -> rho, mu, k, cp, Prandtl number
    """
def nusselt(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Reynolds number, Prandtl number, aspect, length in hydraulic diameters -> mean Nusselt number
    """
def plate(network: coldsun._engine.Network, name: str) -> Plate:
    """
    The plate of that name in a network
    """
def pressure_drop(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex, name: str) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Flow [m3/s], width, height [m], count, length [m], temperature [K], minor loss -> pressure drop [Pa]
    """

"""
Kernels of coolants, channels and cold plates over points, used by coldsun.thermal
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
        Flow [m3/s], coolant temperature [K], tim_factor -> resistance from junction to coolant inlet [K/W]
        """
    @property
    def channel_count(self) -> float:
        """
        Number of parallel channels
        """
    @property
    def channel_height(self) -> float:
        """
        Height of one channel [m]
        """
    @property
    def channel_width(self) -> float:
        """
        Width of one channel [m]
        """
    @property
    def coolant(self) -> str:
        """
        Coolant: water or pg25
        """
    @property
    def flow_max(self) -> float:
        """
        Largest flow of the plate's range [m3/s]
        """
    @property
    def flow_min(self) -> float:
        """
        Smallest flow of the plate's range [m3/s]
        """
    @property
    def length(self) -> float:
        """
        Length along the flow [m]
        """
    @property
    def minor_loss(self) -> float:
        """
        Sum of the loss coefficients of inlet, outlet and manifold
        """
    @property
    def name(self) -> str:
        """
        Name of the plate
        """
    @property
    def t_design(self) -> float:
        """
        Coolant temperature of its constant heat capacity [K]
        """
    @property
    def width(self) -> float:
        """
        Width across the flow [m]
        """
def coolant(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex, name: str) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Temperature [K] -> rho [kg/m3], mu [Pa s], k [W/(m K)], cp [J/(kg K)], Prandtl number
    """
def nusselt(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Reynolds number, Prandtl number, aspect, length in hydraulic diameters -> mean Nusselt number
    """
def plate(network: coldsun._engine.Network, name: str) -> Plate:
    """
    Plate of a network by name; InputError for an unknown name
    """
def pressure_drop(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex, name: str) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Flow [m3/s], width, height [m], count, length [m], temperature [K], minor loss -> pressure drop [Pa]
    """

"""
Kernels of the single-diode model over points, used by coldsun.electrical
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['calcparams_cec', 'i_from_v', 'singlediode', 'v_from_i']
def calcparams_cec(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Irradiance [W/m2], cell temperature [K], alpha_sc [A/K], a_ref [V], I_L_ref, I_o_ref [A], R_sh_ref, R_s [ohm], Adjust [%] -> photocurrent, saturation current [A], series, shunt resistance [ohm], nNsVth [V]
    """
def i_from_v(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Voltage [V] and five parameters as of calcparams_cec -> current [A]
    """
def singlediode(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Five parameters as of calcparams_cec -> i_sc [A], v_oc [V], i_mp [A], v_mp [V], p_mp [W], i_x, i_xx [A]
    """
def v_from_i(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Current [A] and five parameters as of calcparams_cec -> voltage [V]
    """

"""
Kernels of the single-diode model over points; the package's electrical.py is their face.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['calcparams_cec', 'i_from_v', 'singlediode', 'v_from_i']
def calcparams_cec(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Irradiance [W/m2], cell temperature [K], alpha_sc, a_ref, I_L_ref, I_o_ref, R_sh_ref, R_s, Adjust -> five curve parameters
    """
def i_from_v(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Voltage and five curve parameters -> current
    """
def singlediode(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Five curve parameters -> i_sc, v_oc, i_mp, v_mp, p_mp, i_x, i_xx
    """
def v_from_i(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Current and five curve parameters -> voltage
    """

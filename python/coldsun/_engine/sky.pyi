"""
Kernels of the sky over points, used by coldsun.sky
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import typing
__all__: list[str] = ['cell', 'clear_sky', 'erbs', 'extraterrestrial_dni', 'iam_physical', 'plane', 'relative_airmass', 'sun']
def cell(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex, model: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Irradiance [W/m2], air temperature [degC], wind speed [m/s], four parameters -> cell temperature [degC]; model: 0 SAPM, 1 PVsyst, 2 Faiman
    """
def clear_sky(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Apparent zenith [degrees], absolute air mass, Linke turbidity, altitude [m], dni_extra [W/m2] -> ghi, dni, dhi [W/m2]
    """
def erbs(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    ghi [W/m2], zenith [degrees], dni_extra [W/m2] -> dni, dhi [W/m2], clearness index
    """
def extraterrestrial_dni(day: typing.SupportsInt | typing.SupportsIndex) -> float:
    """
    Day of the year -> extraterrestrial normal irradiance [W/m2]
    """
def iam_physical(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Angle of incidence [degrees], n, K [1/m], L [m], n of the coating -> incidence angle modifier
    """
def plane(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex, model: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Tilt, azimuth, solar zenith, solar azimuth [degrees], dni, ghi, dhi, dni_extra [W/m2], air mass, albedo -> poa_global, poa_direct, poa_diffuse, poa_sky_diffuse, poa_ground_diffuse [W/m2]; model: 0 isotropic, 1 Hay and Davies, 2 Reindl, 3 Perez
    """
def relative_airmass(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    Apparent zenith [degrees] -> relative air mass
    """
def sun(columns: collections.abc.Sequence[typing.Annotated[numpy.typing.ArrayLike, numpy.float64]], n: typing.SupportsInt | typing.SupportsIndex) -> list[numpy.typing.NDArray[numpy.float64]]:
    """
    UTC [s since 1970], latitude, longitude [degrees], altitude [m], pressure [Pa], air temperature [degC], delta_t [s] -> apparent_zenith, zenith, apparent_elevation, elevation, azimuth [degrees], equation_of_time [min]
    """

"""Irradiance: air mass, clear sky, split into beam and diffuse, transposition to a plane."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from .. import _engine
from ..arrays import evaluate, real_array, table
from ..errors import InputError

_MODELS = {"isotropic": 0, "haydavies": 1, "reindl": 2, "perez": 3}
_PARTS = ("poa_global", "poa_direct", "poa_diffuse", "poa_sky_diffuse", "poa_ground_diffuse")
_OUTSIDE = np.array([np.nan] + [_engine.sky.extraterrestrial_dni(day) for day in range(1, 367)])   # [W/m2] by day of the year


def _only(name: str, value, *accepted) -> None:
    if value not in accepted:
        raise InputError(f"{name} = {value!r}; accepted: {', '.join(map(repr, accepted))}")


def get_relative_airmass(zenith, model="kastenyoung1989"):
    """Relative air mass at an apparent zenith [degrees], as ``pvlib.atmosphere.get_relative_airmass``; NaN below the horizon.

    Raises InputError for another model than 'kastenyoung1989'. Source: Kasten and Young 1989, doi 10.1364/AO.28.004735.

    >>> import coldsun as cs
    >>> cs.sky.get_relative_airmass([0.0, 60.0, 95.0]).round(3)
    array([1.   , 1.994,   nan])
    """
    _only("model", model, "kastenyoung1989")
    return evaluate(_engine.sky.relative_airmass, dict(zenith=zenith), 1)[0]


def get_absolute_airmass(airmass_relative, pressure=101325.0):
    """Air mass at a pressure [Pa], as ``pvlib.atmosphere.get_absolute_airmass``: the relative one times pressure over 101,325 Pa.

    Raises InputError for values that are not numbers. Source: Gueymard 1993, doi 10.1016/0038-092X(93)90074-X.

    >>> import coldsun as cs
    >>> float(cs.sky.get_absolute_airmass(2.0, 81060.0))
    1.6
    """
    relative = airmass_relative if isinstance(airmass_relative, (pd.Series, xr.DataArray)) else real_array("airmass_relative", airmass_relative)
    absolute = relative * pressure / 101325.0
    return absolute


def get_extra_radiation(datetime_or_doy, solar_constant=1366.1, method="spencer"):
    """Irradiance outside the atmosphere on a plane facing the Sun [W/m2], as ``pvlib.irradiance.get_extra_radiation``.

    Takes days of the year from 1 (numbers, Series) or times (Timestamp, DatetimeIndex: a Series over it comes back). Raises InputError for
    another constant or method than the kernels have. Source: Spencer 1971, Search 2(5), 172.

    >>> import coldsun as cs
    >>> float(cs.sky.get_extra_radiation(172).round(1))
    1321.6
    """
    _only("solar_constant", solar_constant, 1366.1)
    _only("method", method, "spencer")
    if isinstance(datetime_or_doy, pd.DatetimeIndex):
        return pd.Series(_OUTSIDE[datetime_or_doy.day_of_year.fillna(0).to_numpy(dtype=int)], index=datetime_or_doy)
    if isinstance(datetime_or_doy, xr.DataArray) and datetime_or_doy.dtype.kind == "M":
        datetime_or_doy = datetime_or_doy.dt.dayofyear
    elif isinstance(datetime_or_doy, (str, np.datetime64)) or hasattr(datetime_or_doy, "timetuple"):
        datetime_or_doy = pd.Timestamp(datetime_or_doy).day_of_year
    return evaluate(_of_day, dict(datetime_or_doy=datetime_or_doy), 1)[0]


def _of_day(columns: list[np.ndarray], n: int) -> list[np.ndarray]:
    day = np.nan_to_num(columns[0], nan=0.0)
    if ((day < 0) | (day >= 367)).any():
        raise InputError(f"datetime_or_doy = {day[(day < 0) | (day >= 367)][0]:g}; accepted: days of a year, 1 to 366, or times")
    return [_OUTSIDE[day.astype(int)]]


def ineichen(apparent_zenith, airmass_absolute, linke_turbidity, altitude=0, dni_extra=1364.0, perez_enhancement=False):
    """Irradiance under a clear sky, as ``pvlib.clearsky.ineichen``.

    Parameters
    ----------
    apparent_zenith : of the refracted Sun [degrees]
    airmass_absolute : at the pressure of the place; NaN counts as night
    linke_turbidity : at air mass 2
    altitude, dni_extra : m, W/m2
    perez_enhancement : False; the enhancement is not in the kernel

    Returns
    -------
    dict of arrays, DataFrame for Series, Dataset for DataArrays: ghi, dni, dhi [W/m2], 0 while the Sun is down

    Raises
    ------
    InputError
        for perez_enhancement, for shapes that do not broadcast

    References
    ----------
    Ineichen and Perez 2002, doi 10.1016/S0038-092X(02)00045-2; Ineichen 2008, doi 10.1016/j.solener.2008.02.009

    Examples
    --------
    >>> import coldsun as cs
    >>> sky = cs.sky.ineichen(30.0, 1.15, 3.0, altitude=1635, dni_extra=1322.0)
    >>> {name: float(value.round(1)) for name, value in sky.items()}
    {'ghi': 927.8, 'dni': 928.6, 'dhi': 123.6}
    """
    _only("perez_enhancement", perez_enhancement, False)
    inputs = dict(apparent_zenith=apparent_zenith, airmass_absolute=airmass_absolute, linke_turbidity=linke_turbidity, altitude=altitude,
                  dni_extra=dni_extra)
    return table(dict(zip(("ghi", "dni", "dhi"), evaluate(_engine.sky.clear_sky, inputs, 3))))


def erbs(ghi, zenith, datetime_or_doy, min_cos_zenith=0.065, max_zenith=87):
    """Beam and diffuse parts of a global irradiance, as ``pvlib.irradiance.erbs``.

    Parameters
    ----------
    ghi, zenith : W/m2, true zenith [degrees]; they broadcast
    datetime_or_doy : as in `get_extra_radiation`
    min_cos_zenith, max_zenith : the kernel's own limits, pvlib's defaults

    Returns
    -------
    dict of arrays, DataFrame for Series, Dataset for DataArrays: dni, dhi [W/m2], kt (clearness index)

    Raises
    ------
    InputError
        for other limits, for shapes that do not broadcast

    References
    ----------
    Erbs, Klein and Duffie 1982, doi 10.1016/0038-092X(82)90302-4

    Examples
    --------
    >>> import coldsun as cs
    >>> {name: float(value.round(3)) for name, value in cs.sky.erbs(600.0, 40.0, 172).items()}
    {'dni': 426.266, 'dhi': 273.461, 'kt': 0.593}
    """
    _only("min_cos_zenith", min_cos_zenith, 0.065)
    _only("max_zenith", max_zenith, 87)
    inputs = dict(ghi=ghi, zenith=zenith, dni_extra=get_extra_radiation(datetime_or_doy))
    return table(dict(zip(("dni", "dhi", "kt"), evaluate(_engine.sky.erbs, inputs, 3))))


def get_total_irradiance(surface_tilt, surface_azimuth, solar_zenith, solar_azimuth, dni, ghi, dhi, dni_extra=None, airmass=None, albedo=0.25,
                         surface_type=None, model="isotropic", model_perez="allsitescomposite1990"):
    """Irradiance on tilted planes, as ``pvlib.irradiance.get_total_irradiance``.

    Parameters
    ----------
    surface_tilt, surface_azimuth, solar_zenith, solar_azimuth : degrees, azimuths from north clockwise; the Sun's apparent place
    dni, ghi, dhi, dni_extra : W/m2; dni_extra is needed by all models but 'isotropic'
    airmass : relative, of 'perez'; None: Kasten and Young's at solar_zenith. NaN: no diffuse light from the sky
    albedo, surface_type : reflectance of the ground, or a name of pvlib's table
    model : 'isotropic', 'haydavies', 'reindl', 'perez'

    Returns
    -------
    dict of arrays, DataFrame for Series, Dataset for DataArrays
        poa_global, poa_direct, poa_diffuse, poa_sky_diffuse, poa_ground_diffuse [W/m2]. By Perez no sky light where dhi is 0 (pvlib: NaN).

    Raises
    ------
    InputError
        for another model or table of Perez coefficients, for a missing dni_extra, for shapes that do not broadcast

    References
    ----------
    Perez et al. 1990, doi 10.1016/0038-092X(90)90055-H; Reindl et al. 1990, doi 10.1016/0038-092X(90)90061-G; Hay and Davies 1980

    Examples
    --------
    >>> import coldsun as cs
    >>> poa = cs.sky.get_total_irradiance(25.0, 0.0, 46.4, 0.1, dni=950.0, ghi=720.0, dhi=65.0, dni_extra=1322.0, model="perez")
    >>> {name: float(value.round(1)) for name, value in poa.items()}["poa_global"]
    973.7
    """
    if model not in _MODELS:
        raise InputError(f"model = {model!r}; accepted: {', '.join(_MODELS)}")
    _only("model_perez", model_perez, "allsitescomposite1990")
    if dni_extra is None and model != "isotropic":
        raise InputError(f"dni_extra = None; accepted: W/m2, model {model!r} needs it")
    if surface_type is not None:
        from pvlib.albedo import SURFACE_ALBEDOS
        _only("surface_type", surface_type, *SURFACE_ALBEDOS)
        albedo = SURFACE_ALBEDOS[surface_type]
    if airmass is None:
        airmass = get_relative_airmass(solar_zenith) if model == "perez" else 1.0
    inputs = dict(surface_tilt=surface_tilt, surface_azimuth=surface_azimuth, solar_zenith=solar_zenith, solar_azimuth=solar_azimuth, dni=dni,
                  ghi=ghi, dhi=dhi, dni_extra=1.0 if dni_extra is None else dni_extra, airmass=airmass, albedo=albedo)
    return table(dict(zip(_PARTS, evaluate(lambda columns, n: _engine.sky.plane(columns, n, _MODELS[model]), inputs, 5))))

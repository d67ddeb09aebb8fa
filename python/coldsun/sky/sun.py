"""Position of the Sun by the Solar Position Algorithm, with pvlib's columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from .. import _engine
from ..arrays import evaluate, table
from ..errors import InputError

_COLUMNS = ("apparent_zenith", "zenith", "apparent_elevation", "elevation", "azimuth", "equation_of_time")
_METHODS = ("nrel_numpy", "nrel_numba", "nrel_c")


def _seconds(time) -> tuple[object, pd.DatetimeIndex | None]:
    """Times as s since 1970 UTC in their shape, and the index of a table; times without a zone are UTC, as in pvlib."""
    if isinstance(time, xr.DataArray):
        return xr.DataArray(_since_1970(time.values), dims=time.dims, coords=time.coords), None
    if isinstance(time, np.ndarray) and time.ndim > 1:
        return _since_1970(time), None
    try:
        index = time if isinstance(time, pd.DatetimeIndex) else pd.DatetimeIndex(np.atleast_1d(time) if np.ndim(time) == 0 else time)
    except (TypeError, ValueError) as error:
        raise InputError(f"time: {str(error)[:80]}; accepted: times as pandas reads them, without a zone as UTC") from None
    return _since_1970((index.tz_convert("UTC").tz_localize(None) if index.tz is not None else index).to_numpy()), index


def _since_1970(times: np.ndarray) -> np.ndarray:
    try:
        ns = times.astype("datetime64[ns]")
    except (TypeError, ValueError):
        raise InputError(f"time holds {times.dtype}; accepted: times as pandas reads them, without a zone as UTC") from None
    return np.where(np.isnat(ns), np.nan, ns.view("int64") * 1e-9)


def solarposition(time, latitude, longitude, altitude=None, pressure=None, method="nrel_numpy", temperature=12.0, *, delta_t=67.0):
    """Position of the Sun, as ``pvlib.solarposition.get_solarposition``.

    Parameters
    ----------
    time : DatetimeIndex, DataArray or what pandas makes a DatetimeIndex of; without a zone UTC
    latitude, longitude : degrees, north and east positive; broadcast against time, as do all that follow
    altitude, pressure : m, Pa; one follows from the other in the standard atmosphere, both None: sea level
    method : 'nrel_numpy', 'nrel_numba', 'nrel_c' are the same here: the Solar Position Algorithm
    temperature : air temperature [degC], for refraction
    delta_t : TT - UT1 [s]; with pvlib's 67 the Sun is 0.00003 degrees off its position with today's 69.2

    Returns
    -------
    DataFrame over time; Dataset for a DataArray; dict of arrays for more than one dimension
        apparent_zenith, zenith, apparent_elevation, elevation, azimuth [degrees], equation_of_time [min]. apparent: with refraction. NaT
        gives NaN. Accurate to 0.0003 degrees from 1678 to 2261.

    Raises
    ------
    InputError
        values that are not times, another method, or shapes that do not broadcast

    References
    ----------
    Reda and Andreas 2004, doi 10.1016/j.solener.2003.12.003; tables: NREL/TP-560-34302, doi 10.2172/15003974

    Examples
    --------
    >>> import coldsun as cs
    >>> sun = cs.sky.solarposition(["2026-06-21T16:40Z"], -22.92, -69.91, altitude=1635)
    >>> sun[["apparent_zenith", "azimuth"]].round(2).to_numpy()
    array([[46.35,  0.48]])
    """
    if str(method).lower() not in _METHODS:
        raise InputError(f"method = {method!r}; accepted: {', '.join(_METHODS)}")
    from pvlib import atmosphere  # its standard atmosphere, for the same defaults
    if altitude is None:
        altitude = 0.0 if pressure is None else atmosphere.pres2alt(pressure)
    if pressure is None:
        pressure = atmosphere.alt2pres(altitude)
    seconds, index = _seconds(time)
    inputs = dict(time=seconds, latitude=latitude, longitude=longitude, altitude=altitude, pressure=pressure, temperature=temperature,
                  delta_t=delta_t)
    columns = dict(zip(_COLUMNS, evaluate(_engine.sky.sun, inputs, len(_COLUMNS))))
    one_row_a_time = index is not None and np.shape(columns["zenith"]) == (len(index),)
    return pd.DataFrame({name: np.asarray(column) for name, column in columns.items()}, index=index) if one_row_a_time else table(columns)


get_solarposition = solarposition   # pvlib's name

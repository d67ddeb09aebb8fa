"""Arguments of the functions of orbit: times, time spans and stations, checked and converted for the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import _engine
from .arrays import real_array, require
from .errors import InputError


def instants(name: str, time) -> np.ndarray:
    """Times as ns since 1970 UTC, one dimension; InputError for values that are not times."""
    try:
        index = pd.DatetimeIndex(np.atleast_1d(time.values if isinstance(time, xr.DataArray) else time))
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: {str(error)[:80]}; accepted: times as pandas reads them, without a zone as UTC") from None
    if index.hasnans:
        raise InputError(f"{name} holds NaT; accepted: times between 1678 and 2261")
    naive = index.tz_convert("UTC").tz_localize(None) if index.tz is not None else index
    return np.ascontiguousarray(naive.to_numpy().astype("datetime64[ns]").view("int64"))


def span(start, stop, dut1):
    """A time span with UT1 - UTC [s]; InputError unless stop is after start."""
    first, last = (int(instants(name, value)[0]) for name, value in (("start", start), ("stop", stop)))
    if not first < last:
        raise InputError(f"stop = {stop} is not after start = {start}; accepted: a later time")
    return _engine.orbit.Span(first, last, float(real_array("dut1", dut1)))


def places(latitude, longitude, altitude, elevation_mask):
    """Stations [degrees, degrees, m, degrees]; the arguments broadcast. InputError for a value outside its range."""
    given = dict(latitude=latitude, longitude=longitude, altitude=altitude, elevation_mask=elevation_mask)
    arrays = {name: np.atleast_1d(real_array(name, value)) for name, value in given.items()}
    for name, low, high in (("latitude", -90.0, 90.0), ("longitude", -360.0, 360.0), ("altitude", -1000.0, 100e3), ("elevation_mask", -10.0, 90.0)):
        require(name, np.nan_to_num(arrays[name], nan=np.inf), lambda a: (a >= low) & (a <= high), f"{low:g} to {high:g}")   # noqa: B023
    try:
        columns = np.broadcast_arrays(*arrays.values())
    except ValueError:
        raise InputError("stations do not broadcast: " + ", ".join(f"{k} {a.shape}" for k, a in arrays.items()) + "; accepted: one shape") from None
    return _engine.orbit.Places(*(c.ravel().tolist() for c in columns))

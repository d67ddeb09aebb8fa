"""Arguments of the functions of orbit: times, time spans and stations, checked and converted for the engine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from . import _engine
from .arrays import real_array, require
from .errors import InputError

EPOCH = 2440587.5   # Julian date of 1970-01-01
DAY = 86_400_000_000_000   # [ns]
ELEMENTS = ("bstar", "ecco", "argpo", "inclo", "mo", "no_kozai", "nodeo")   # python-sgp4's names, in the engine's order
WGS72_RADIUS = 6378.135   # [km]


def julian_ns(jd, fr) -> np.ndarray:
    """Julian dates and their fractions, one dimension each, as UTC nanoseconds since 1970."""
    day, fraction = (np.atleast_1d(real_array(name, value)) for name, value in (("jd", jd), ("fr", fr)))
    if day.ndim != 1 or day.shape != fraction.shape:
        raise InputError(f"jd and fr have the shapes {day.shape} and {fraction.shape}; accepted: one dimension of one length")
    with np.errstate(invalid="ignore"):
        whole = np.floor(day - EPOCH)
        rest = (day - EPOCH - whole) + fraction
    require("jd + fr", np.nan_to_num(whole + rest, nan=np.inf), lambda d: np.abs(d) < 106_000.0, "Julian dates of 1678 to 2261")
    return whole.astype("int64") * DAY + np.rint(rest * DAY).astype("int64")


def minutes_ns(epoch: int, minutes) -> np.ndarray:
    """Minutes after an epoch [ns since 1970], as nanoseconds since 1970."""
    after = np.atleast_1d(real_array("tsince", minutes))
    require("tsince", np.nan_to_num(after + epoch / 60e9, nan=np.inf), lambda t: np.abs(t) < 106_000.0 * 1440.0, "minutes to between 1678 and 2261")
    return epoch + np.rint(after * 60e9).astype("int64")


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


def sets_of(satellites):
    """Elements, epochs, numbers and names of python-sgp4's Satrec and Skyfield's EarthSatellite objects."""
    given = list(satellites)
    models = [getattr(satellite, "model", satellite) for satellite in given]
    for k, model in enumerate(models):
        if not all(hasattr(model, name) for name in (*ELEMENTS, "jdsatepoch", "jdsatepochF", "satnum")):
            raise InputError(f"satellite {k} is {type(given[k]).__name__}; accepted: Satrec of python-sgp4, EarthSatellite of Skyfield")
        if getattr(model, "radiusearthkm", WGS72_RADIUS) != WGS72_RADIUS:
            raise InputError(f"satellite {k} has an Earth radius of {model.radiusearthkm} km; accepted: WGS72's, {WGS72_RADIUS}")
    column = {name: np.array([getattr(model, name) for model in models], float) for name in (*ELEMENTS, "jdsatepoch", "jdsatepochF")}
    elements = np.stack([column[name] for name in ELEMENTS], axis=-1)
    names = [getattr(satellite, "name", None) or "" for satellite in given]
    return elements, julian_ns(column["jdsatepoch"], column["jdsatepochF"]), np.array([model.satnum for model in models], "int64"), names

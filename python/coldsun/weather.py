"""Weather files, read with pvlib.iotools where it has the format, then checked: nothing short, shifted or missing passes silently."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

from .errors import InputError

_RANGE = {  # column: (lowest, highest, unit) that a surface station on Earth can report
    "ghi": (0.0, 1600.0, "W m-2"),
    "dni": (0.0, 1400.0, "W m-2"),
    "dhi": (0.0, 1000.0, "W m-2"),
    "temp_air": (-60.0, 60.0, "degC"),
    "wind_speed": (0.0, 60.0, "m s-1"),
    "pressure": (45_000.0, 110_000.0, "Pa"),
}


@dataclass
class Weather:
    """A weather series in SI, ready for the engine.

    Attributes
    ----------
    time : ndarray of int64, shape (n,)
        Centre of each interval, nanoseconds since 1970-01-01 UTC.
    ghi, dni, dhi : ndarray of float64, shape (n,)
        Means over the interval [W m-2].
    temp_air : ndarray of float64, shape (n,)
        [K].
    wind_speed, pressure : ndarray of float64, shape (n,)
        [m s-1], [Pa].
    interval : float
        Length of one interval [s].
    latitude, longitude, altitude : float
        Of the file's station [degree north, degree east, m].
    source : str
        File name, format and station, for the record.
    """

    time: np.ndarray
    ghi: np.ndarray
    dni: np.ndarray
    dhi: np.ndarray
    temp_air: np.ndarray
    wind_speed: np.ndarray
    pressure: np.ndarray
    interval: float
    latitude: float
    longitude: float
    altitude: float
    source: str


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance [m] on a sphere of 6,371 km, angles in degrees (haversine)."""
    a, b, c, d = np.radians([latitude, longitude, other_latitude, other_longitude])
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return float(2 * 6_371_000.0 * np.arcsin(np.sqrt(half)))


def read_weather(path: str | Path, year: int) -> Weather:
    """Read an EPW or SAM/NSRDB CSV file as the given calendar year.

    Parameters
    ----------
    path : path
        ``.epw`` (hour-ending means, as EnergyPlus defines them) or ``.csv`` with SAM's two rows of metadata.
    year : int
        A typical year is put into this calendar year; 29 February repeats the 28th.

    Raises
    ------
    InputError
        When the file is missing, of another format, short, shifted, or holds a missing or impossible value.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such weather file; accepted: an EPW or SAM CSV file")
    reader = {".epw": _read_epw, ".csv": _read_sam}.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: ending {path.suffix!r} is not a weather format; accepted: .epw, .csv (SAM)")
    frame, meta = reader(path)
    _check(path, frame)
    frame = _as_year(path, frame, year)
    centre, offset = _centre(path, frame, meta)
    return Weather(
        time=centre.tz_convert("UTC").as_unit("ns").asi8,
        **{name: frame[name].to_numpy(np.float64) for name in ("ghi", "dni", "dhi", "wind_speed", "pressure")},
        temp_air=frame["temp_air"].to_numpy(np.float64) + 273.15,
        interval=meta["interval"],
        latitude=meta["latitude"],
        longitude=meta["longitude"],
        altitude=meta["altitude"],
        source=f"{path.name} ({meta['format']}, {meta['place']}; the sun stands as at {offset:+.0f} min from the stamps)",
    )


def _read_epw(path: Path):
    try:
        frame, head = pvlib.iotools.read_epw(str(path), coerce_year=2023)
    except Exception as error:
        raise InputError(f"{path}: not a readable EPW file ({error}); accepted: EnergyPlus weather format") from None
    frame = frame.rename(columns={"atmospheric_pressure": "pressure"})
    meta = dict(latitude=head["latitude"], longitude=head["longitude"], altitude=head["altitude"], place=head["city"],
                format="EPW", interval=3600.0)  # pvlib moves hour 1 to 00:00: the stamp is the start of its hour
    return frame, meta


def _read_sam(path: Path):
    try:
        with path.open(encoding="utf-8-sig") as stream:
            names, values = (stream.readline().rstrip("\n").split(",") for _ in range(2))
            frame = pd.read_csv(stream)
        head = dict(zip(names, values))
        meta = dict(latitude=float(head["Latitude"]), longitude=float(head["Longitude"]), altitude=float(head["Elevation"]),
                    place=head.get("City") or head.get("Location ID", ""), format="SAM CSV")
        zone = pd.Timedelta(hours=float(head["Time Zone"]))
    except (KeyError, ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError(f"{path}: not a readable SAM CSV file ({error}); accepted: two metadata rows with Latitude, Longitude, "
                         "Time Zone, Elevation, then columns Year, Month, Day, Hour, GHI, DNI, DHI, Tdry, Wspd, Pres") from None
    wanted = {"GHI": "ghi", "DNI": "dni", "DHI": "dhi", "Tdry": "temp_air", "Temperature": "temp_air", "Wspd": "wind_speed",
              "Wind Speed": "wind_speed", "Pres": "pressure", "Pressure": "pressure"}
    frame = frame.rename(columns={a: b for a, b in wanted.items() if a in frame.columns})
    missing = [c for c in ("Month", "Day", "Hour", *_RANGE) if c not in frame.columns]
    if missing:
        raise InputError(f"{path}: column {missing[0]!r} is missing; accepted: Year, Month, Day, Hour, GHI, DNI, DHI, Tdry, Wspd, Pres")
    frame["pressure"] = frame["pressure"] * 100.0  # mbar
    minute = frame["Minute"] if "Minute" in frame else 0
    try:
        stamp = pd.to_datetime(dict(year=2023, month=frame["Month"], day=frame["Day"], hour=frame["Hour"], minute=minute))
    except ValueError as error:
        raise InputError(f"{path}: a date cannot be read ({error}); accepted: a year of 365 days") from None
    frame.index = pd.DatetimeIndex(stamp - zone).tz_localize("UTC")
    step = np.diff(frame.index.as_unit("ns").asi8) / 1e9
    meta["interval"] = float(np.median(step)) if len(step) else 0.0
    return frame, meta


def _check(path: Path, frame: pd.DataFrame) -> None:
    step = pd.Series(np.diff(frame.index.as_unit("ns").asi8))
    if len(frame) < 8760:
        raise InputError(f"{path}: {len(frame)} rows; accepted: a whole year, 8760 hours or more")
    if step.nunique() != 1:
        row = int(np.argmax(step.to_numpy() != step.mode()[0]))
        raise InputError(f"{path}: time does not go on evenly after row {row + 1} ({frame.index[row]}); accepted: a regular series")
    for name, (low, high, unit) in _RANGE.items():
        value = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64)
        bad = ~((value >= low) & (value <= high))
        if bad.any():
            row = int(np.argmax(bad))
            raise InputError(f"{path}: row {row + 1} ({frame.index[row]}), {name} = {frame[name].iloc[row]} {unit}; "
                             f"accepted: {low:g} to {high:g} {unit}, none missing")


def _as_year(path: Path, frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Put a 365-day typical year into a calendar year, in UTC, wrapping at its ends."""
    frame = frame[list(_RANGE)].apply(pd.to_numeric)
    utc = frame.index.tz_convert("UTC")
    at = pd.DatetimeIndex([t.replace(year=year) for t in utc])
    frame = frame.set_axis(at).sort_index()
    if pd.Timestamp(year=year, month=12, day=31).day_of_year == 366:
        extra = frame[(frame.index.month == 2) & (frame.index.day == 28)]
        frame = pd.concat([frame, extra.set_axis(extra.index + pd.Timedelta(days=1))]).sort_index()
    if frame.index.has_duplicates:
        raise InputError(f"{path}: two rows stand for the same hour of the year; accepted: one row per interval")
    return frame


def _centre(path: Path, frame: pd.DataFrame, meta: dict):
    """Where in its interval each row's sun stands, told by ghi = dni cos(zenith) + dhi: files break their formats' own rule.

    Returns the centres and their offset from the stamps in minutes.
    """
    half = meta["interval"] / 2
    ghi, dni, dhi = (frame[name].to_numpy(np.float64) for name in ("ghi", "dni", "dhi"))
    if ghi.sum() <= 0.0:
        raise InputError(f"{path}: ghi is zero all year; accepted: a year with sun")
    best = None
    for k in (-2, -1, 0, 1, 2):
        centre = frame.index + pd.Timedelta(seconds=k * half)
        sun = pvlib.solarposition.ephemeris(centre, meta["latitude"], meta["longitude"])
        up = np.cos(np.radians(sun["zenith"].to_numpy(np.float64))).clip(0.0)
        gap = np.abs(ghi - dni * up - dhi).sum() / ghi.sum()
        if best is None or gap < best[0]:
            best = (gap, centre, k * half / 60.0)
    gap, centre, offset = best
    if gap > 0.06:
        raise InputError(f"{path}: ghi differs from dni cos(zenith) + dhi by {gap:.0%} of the year's sum wherever in the interval the sun "
                         "is put; accepted: at most 6 % (look at Time Zone, the hour column and the irradiance columns)")
    return centre, offset

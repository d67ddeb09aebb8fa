"""Weather files: reading and checking. Every missing, derived, shifted or unused part raises an error or is noted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib
from scipy.constants import zero_Celsius

from .errors import InputError
from .weather_formats import QUANTITIES, Rows, read_rows
from .weather_sun import cos_zenith, sun_centre

_RANGE = {  # column: (lowest, highest, unit) that a surface station on Earth can report
    "ghi": (0.0, 1600.0, "W m-2"),
    "dni": (0.0, 1400.0, "W m-2"),
    "dhi": (0.0, 1000.0, "W m-2"),
    "temp_air": (-60.0, 60.0, "degC"),
    "wind_speed": (0.0, 60.0, "m s-1"),
    "pressure": (45_000.0, 110_000.0, "Pa"),
}
_OFFSET = -10.0        # W m-2, lowest night offset of a pyranometer or pyrheliometer
_DAY = 1440.0          # min
# Yearly GHI on land, Global Solar Atlas: about 700 to 2,800 kWh m-2. Share of a clear sky with Linke turbidity 2: 0.98 in the clearest measured air
# (Atacama), 0.4 in the cloudiest lowland (Sichuan). Mean wind 10 m above ground: about 9 m s-1 on the windiest coasts.
_YEAR, _CLEAR, _DARK, _WINDY = (400.0, 3000.0), (0.3, 1.05), 100.0, 9.0


@dataclass
class Weather:
    """A weather series in SI, ready for the engine; made by `read_weather`, see its example.

    Attributes
    ----------
    time : ndarray of int64 (n)
        Centre of each interval [ns since 1970 UTC].
    ghi, dni, dhi, temp_air, wind_speed, pressure : ndarray of float64 (n)
        Means over the interval [W m-2, W m-2, W m-2, K, m s-1, Pa].
    interval : float
        Length of one interval [s].
    latitude, longitude, altitude : float
        Location of the station [degrees north, degrees east, m].
    source : str
        File name, format and station, for the record.
    notes : tuple of str
        Derived, unused, moved, zeroed or doubtful parts, one sentence each.
    clouds : bool, optional
        Draw clouds inside cloudy intervals of 10 min and more, with the interval's means kept; None: the value from the site file.
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
    notes: tuple[str, ...] = ()
    clouds: bool | None = None

    def with_clouds(self, drawn: bool) -> Weather:
        """A copy with clouds drawn inside its cloudy intervals (True) or with none (False); intervals below 10 min stay as they are."""
        word = "no clouds are drawn inside the intervals"
        if drawn:
            word = "" if self.interval >= 600.0 else f"no clouds are drawn inside intervals of {self.interval / 60:g} min, which resolve clouds themselves"
        return replace(self, clouds=drawn, notes=(*self.notes, word) if word else self.notes)


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance [m] of two places on a sphere of 6,371 km (haversine formula); angles in degrees.

    >>> f"{distance(0.0, 0.0, 0.0, 1.0) / 1e3:.1f} km"
    '111.2 km'
    """
    a, b, c, d = np.radians([latitude, longitude, other_latitude, other_longitude])
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return float(2 * 6_371_000.0 * np.arcsin(np.sqrt(half)))


def read_weather(path: str | Path, year: int) -> Weather:
    """Read an EPW, SAM, NSRDB or TMY3 file of one year as the calendar year `year`; `Weather.notes` names derived, unused and doubtful parts.

    Needed: air temperature, and ghi or two of ghi, dni and dhi. Missing dni and dhi follow from ghi (Erbs, Klein and Duffie 1982, doi
    10.1016/0038-092X(82)90302-4). 29 February repeats the 28th, or is left out, where only one of the two years has it.

    Raises
    ------
    InputError
        The file is missing, of another format, short, shifted, in summer time, without sun, or has a missing or impossible value.

    Examples
    --------
    >>> import coldsun as cs, numpy as np, pandas as pd, pathlib, tempfile
    >>> local = pd.date_range("2023-01-01", periods=8760, freq="h")      # of UTC - 4 h
    >>> zenith = cs.sky.solarposition(local + pd.Timedelta(hours=4.5), -22.92, -69.91)["zenith"].to_numpy()
    >>> up = np.cos(np.radians(zenith)).clip(0.0)
    >>> hours = dict(Month=local.month, Day=local.day, Hour=local.hour, Minute=30, GHI=900.0 * up, DNI=800.0 * (up > 0.0), DHI=100.0 * up, Tdry=20.0)
    >>> file = pathlib.Path(tempfile.mkdtemp(), "year.csv")
    >>> head = "City,Latitude,Longitude,Time Zone,Elevation\\nExample,-22.92,-69.91,-4,1635\\n"
    >>> _ = file.write_text(head + pd.DataFrame(hours).to_csv(index=False))
    >>> weather = cs.read_weather(file, 2026)
    >>> weather.ghi.shape, weather.interval, weather.notes[0]
    ((8760,), 3600.0, 'wind speed is not in the file: 2 m/s all year')
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such weather file; accepted: an EPW file, or a CSV file of SAM, NSRDB or TMY3")
    if path.suffix.lower() not in (".epw", ".csv"):
        raise InputError(f"{path}: ending {path.suffix!r} is not a weather format; accepted: .epw, .csv (SAM, NSRDB, TMY3)")
    rows = read_rows(path)
    step, begin, length = _even(path, rows)
    _check(path, rows)
    utc, picked = _as_year(rows, (begin - 60.0 * rows.zone + step * np.arange(length)), year)
    frame = pd.DataFrame({q: v[:length][picked] for q, v in rows.column.items()}, index=pd.Timestamp(year=year, month=1, day=1, tz="UTC") +
                         pd.to_timedelta(utc, unit="min"))
    centre, offset, how = sun_centre(path, frame, rows, step)
    _derive(path, frame, rows, centre, step)
    _doubt(path, frame, rows, centre)
    frame["wind_speed"], frame["pressure"] = _air(frame, rows)
    return Weather(
        time=centre.as_unit("ns").asi8,
        **{name: frame[name].to_numpy(np.float64) for name in ("ghi", "dni", "dhi", "wind_speed", "pressure")},
        temp_air=frame["temp_air"].to_numpy(np.float64) + zero_Celsius,
        interval=step * 60.0,
        latitude=rows.latitude,
        longitude=rows.longitude,
        altitude=rows.altitude,
        source=f"{path.name} ({rows.format}, {rows.place}; interval centres {offset:+g} min from the time stamps{how})",
        notes=tuple(rows.notes),
    )


def _day_of_year(rows: Rows, leap: bool) -> np.ndarray:
    first = np.cumsum([0, 31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    return first[rows.month.astype(int) - 1] + rows.day - 1


def _even(path: Path, rows: Rows) -> tuple[float, float, int]:
    """Interval [min], first time stamp [min of the year] and number of rows of a series that covers one year exactly."""
    n = len(rows.month)
    leap = bool(((rows.month == 2) & (rows.day == 29)).any())
    year = (366 if leap else 365) * _DAY
    finite = np.abs(rows.minute) < 1e6
    if not finite.all():
        raise InputError(f"{path}: row {int(np.argmin(finite)) + 1} has no valid minute; accepted: a number")

    def stamps() -> np.ndarray:
        return _day_of_year(rows, leap) * _DAY + rows.minute

    def steps(at: np.ndarray) -> np.ndarray:
        return np.mod(np.diff(at), year)

    at = stamps()
    step = float(np.median(steps(at))) if n > 1 else 0.0
    if not (step > 0.0 and step <= 60.0 and year % step == 0.0):
        raise InputError(f"{path}: {n} rows {step:g} min apart; accepted: a whole year of rows, 1 to 60 min apart, that divide the hour")
    if (steps(at) != step).any():   # midnight as hour 0 after hour 23 of the same day
        late = (rows.minute < 60.0) & (np.concatenate([[0.0], np.diff(rows.minute)]) == -23.0 * 60.0)
        if late.any() and len(np.unique(rows.day[late])) > 27:
            rows.minute = rows.minute + np.where(late, _DAY, 0.0)
            if (steps(stamps()) == step).all():
                rows.notes.append("hour 0 after hour 23 of a day is taken as its hour 24")
            else:
                rows.minute = rows.minute - np.where(late, _DAY, 0.0)
        at = stamps()
    whole = int(year / step)
    if n < whole or n > whole + 1:
        raise InputError(f"{path}: {n} rows of {step:g} min; accepted: a whole year, {whole} rows ({'8784' if leap else '8760'} hours)")
    wrong = np.flatnonzero(steps(at) != step)
    if len(wrong):
        k = int(wrong[0])
        raise InputError(f"{path}: irregular time after row {k + 1} ({_clock(rows, k)}; then {_clock(rows, k + 1)}); accepted: a regular series")
    if n == whole + 1:
        rows.notes.append("the last row has the same time of the year as the first and is not used")
    return step, float(at[0]), whole


def _clock(rows: Rows, k: int) -> str:
    return f"{int(rows.month[k]):02d}-{int(rows.day[k]):02d} {int(rows.minute[k] // 60):02d}:{int(rows.minute[k] % 60):02d}"


def _check(path: Path, rows: Rows) -> None:
    have = rows.column
    if "temp_air" not in have:
        raise InputError(f"{path}: column 'Tdry' (air temperature) is missing; accepted: Year, Month, Day, Hour, GHI, DNI, DHI, Tdry, Wspd, Pres")
    if "ghi" not in have and not ("dni" in have and "dhi" in have):
        raise InputError(f"{path}: column 'GHI' is missing; accepted: Year, Month, Day, Hour, GHI, DNI, DHI, Tdry, Wspd, Pres, with GHI or with DNI and DHI")
    for name, (low, high, unit) in _RANGE.items():
        if name not in have:
            continue
        value = have[name]
        bad = ~((value >= (_OFFSET if unit == "W m-2" else low)) & (value <= high))
        if bad.any():
            row = int(np.argmax(bad))
            raise InputError(f"{path}: row {row + 1} ({_clock(rows, row)}), {name} = {value[row]:g} {unit}; accepted: {low:g} to {high:g} {unit}, none missing")
        below = value < 0.0
        if unit == "W m-2" and below.any():
            rows.notes.append(f"{name} is below zero in {below.sum():,} rows, down to {value.min():g} {unit} (instrument offset): set to 0")
            have[name] = np.maximum(value, 0.0)
    if "ghi" in have and have["ghi"].sum() <= 0.0:
        raise InputError(f"{path}: ghi is zero all year; accepted: a year with sun")


def _as_year(rows: Rows, utc: np.ndarray, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Minutes of a calendar year in UTC, increasing, and the row of each; the file's year wraps at its ends."""
    leap = bool(((rows.month == 2) & (rows.day == 29)).any())
    at = np.mod(utc, (366 if leap else 365) * _DAY)
    order = np.argsort(at, kind="stable")
    at = at[order]
    february, march = 58 * _DAY, 59 * _DAY
    wants = pd.Timestamp(year=year, month=12, day=31).day_of_year == 366
    if wants and not leap:
        rows.notes.append("29 February repeats the 28th")
        extra = (at >= february) & (at < march)
        at = np.concatenate([at[at < march], at[extra] + _DAY, at[at >= march] + _DAY])
        order = np.concatenate([order[: extra.argmax() + extra.sum()], order[extra], order[extra.argmax() + extra.sum():]])
    elif leap and not wants:
        rows.notes.append(f"29 February of the file is not used: {year} has none")
        keep = (at < march) | (at >= march + _DAY)
        at, order = at[keep], order[keep]
        at = np.where(at >= march, at - _DAY, at)
    return at, order


def _derive(path: Path, frame: pd.DataFrame, rows: Rows, centre: pd.DatetimeIndex, step: float) -> None:
    """Derive the missing one of ghi, dni and dhi from the other two, or dni and dhi from ghi by Erbs' model."""
    lacks = [q for q in QUANTITIES[:3] if q not in frame]
    if not lacks:
        return
    parts = max(1, round(step / 10.0))
    ups = np.stack([cos_zenith(centre + pd.Timedelta(minutes=step * ((k + 0.5) / parts - 0.5)), rows) for k in range(parts)])
    shine = np.where(ups > 0.0, np.exp(-0.15 / np.maximum(ups, 0.02)), 0.0)   # weight by a rough clear-sky beam within the interval
    up = (ups * shine).sum(axis=0) / np.maximum(shine.sum(axis=0), 1e-9)
    if "ghi" not in frame:
        frame["ghi"] = frame["dni"] * up + frame["dhi"]
        rows.notes.append("ghi is derived: dni cos(zenith) + dhi, with the beam-weighted mean cos(zenith) of each interval")
    elif len(lacks) == 2:
        split = pvlib.irradiance.erbs(frame["ghi"], np.degrees(np.arccos(up)), frame.index)
        frame["dni"], frame["dhi"] = split["dni"].fillna(0.0).clip(0.0, 1400.0), split["dhi"].fillna(frame["ghi"]).clip(0.0)
        rows.notes.append("dni and dhi are derived: Erbs' split of ghi (Erbs, Klein and Duffie 1982), a mean over many skies")
    elif lacks == ["dni"]:
        frame["dni"] = np.where(up > 0.02, (frame["ghi"] - frame["dhi"]).clip(0.0) / np.maximum(up, 0.02), 0.0).clip(0.0, 1400.0)
        rows.notes.append("dni is derived: (ghi - dhi) / cos(zenith), with the beam-weighted mean cos(zenith) of each interval")
    else:
        frame["dhi"] = np.clip(frame["ghi"] - frame["dni"] * up, 0.0, frame["ghi"])
        rows.notes.append("dhi is derived: ghi - dni cos(zenith), with the beam-weighted mean cos(zenith) of each interval")
    if frame["ghi"].sum() <= 0.0:
        raise InputError(f"{path}: ghi is zero all year; accepted: a year with sun")


def _doubt(path: Path, frame: pd.DataFrame, rows: Rows, centre: pd.DatetimeIndex) -> None:
    """Note yearly sums and means outside the usual range: most often the file has another unit."""
    part = slice(None) if len(frame) < 40_000 else centre.day_of_year % 5 == 0
    up = cos_zenith(centre[part], rows)
    mass = pvlib.atmosphere.get_absolute_airmass(pvlib.atmosphere.get_relative_airmass(np.degrees(np.arccos(up))), pvlib.atmosphere.alt2pres(rows.altitude))
    clear = np.nan_to_num(pvlib.clearsky.ineichen(np.degrees(np.arccos(up)), mass, 2.0, altitude=rows.altitude)["ghi"]).sum()
    year = 8.76 * float(frame["ghi"].mean())
    share = float(frame["ghi"].to_numpy()[part].sum()) / max(clear, 1e-9)
    if year < _DARK:
        raise InputError(f"{path}: ghi is {year:.3g} kWh m-2 in the year, {share:.1%} of a clear sky's; accepted: W m-2 (is the file in kW m-2?), "
                         f"{_YEAR[0]:g} to {_YEAR[1]:g} kWh m-2 in the year")
    if not (_YEAR[0] <= year <= _YEAR[1] and _CLEAR[0] <= share <= _CLEAR[1]):
        rows.notes.append(f"doubtful: ghi is {year:,.0f} kWh m-2 in the year, {share:.0%} of a clear sky's; usual on Earth are "
                          f"{_YEAR[0]:g} to {_YEAR[1]:,g} kWh m-2 and {_CLEAR[0]:.0%} to {_CLEAR[1]:.0%}: check the unit")
    if "wind_speed" in frame and frame["wind_speed"].mean() > _WINDY:
        rows.notes.append(f"doubtful: the mean wind speed is {frame['wind_speed'].mean():.1f} m s-1; usual are up to {_WINDY:g}: "
                          "is the file in km/h or knots?")


def _air(frame: pd.DataFrame, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    n = len(frame)
    if "wind_speed" not in frame:
        rows.notes.append("wind speed is not in the file: 2 m/s all year")
    if "pressure" not in frame:
        rows.notes.append(f"pressure is not in the file: standard atmosphere at {rows.altitude:g} m")
    return (frame["wind_speed"].to_numpy() if "wind_speed" in frame else np.full(n, 2.0),
            frame["pressure"].to_numpy() if "pressure" in frame else np.full(n, pvlib.atmosphere.alt2pres(rows.altitude)))


def weather_of(network, weather, year: int, clouds: bool | None) -> list[Weather]:
    """One Weather per site from files or Weather objects; [] for the climates of the site files. InputError for another number than the sites'."""
    if weather is None:
        if clouds is not None:
            raise InputError(f"clouds_in_series = {clouds}: no weather file is given; accepted: together with a weather file")
        return []
    given = list(weather) if isinstance(weather, (list, tuple)) else [weather]
    if given and len(given) != len(network.sites):
        names = ", ".join(s["name"] for s in network.sites)
        raise InputError(f"weather: {len(given)} file(s) for {len(network.sites)} site(s); accepted: one per site, in the order {names} "
                         "(repeat --weather once per site)")
    read = [w if isinstance(w, Weather) else read_weather(w, year) for w in given]
    return read if clouds is None else [w.with_clouds(clouds) for w in read]

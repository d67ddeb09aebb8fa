"""Formats of weather files: EPW, and CSV of SAM, NSRDB and TMY3 -> rows of one year in local standard time; unused parts are noted."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.constants import zero_Celsius

from .engunits import names_unit
from .errors import InputError

QUANTITIES = ("ghi", "dni", "dhi", "temp_air", "wind_speed", "pressure")
COLUMNS = "Year, Month, Day, Hour, GHI, DNI, DHI, Tdry, Wspd, Pres"

# Column names of SAM and NSRDB, in lower case without brackets.
_NAMES = {
    "month": ("month", "mo", "mon"), "day": ("day", "dy"), "hour": ("hour", "hr"), "minute": ("minute", "min"), "year": ("year", "yr"),
    "ghi": ("ghi", "gh", "global", "global horizontal", "global horizontal irradiance", "global horizontal radiation"),
    "dni": ("dni", "dn", "beam", "direct", "direct normal", "direct normal irradiance", "direct normal radiation", "beam normal"),
    "dhi": ("dhi", "df", "diffuse", "diffuse horizontal", "diffuse horizontal irradiance", "diffuse horizontal radiation"),
    "temp_air": ("tdry", "temperature", "temp", "tamb", "ambient", "ambient temp", "ambient temperature", "air temperature", "dry bulb", "dry-bulb",
                 "dry bulb temp", "dry bulb temperature", "t2m", "temp air"),
    "wind_speed": ("wspd", "wind speed", "windspd", "wind", "ws", "ws10m"),
    "pressure": ("pres", "pressure", "press", "atmospheric pressure", "surface pressure", "station pressure", "sp"),
    "latitude": ("latitude", "lat"), "longitude": ("longitude", "lon", "long", "lng"),
    "zone": ("time zone", "timezone", "tz", "utc offset"), "altitude": ("elevation", "elev", "altitude", "alt", "site elevation"),
    "place": ("city", "location", "station name", "name"), "id": ("location id", "station id", "id"),
}
_NAME_OF = {name: key for key, names in _NAMES.items() for name in names}
_PLACE = ("latitude", "longitude", "zone", "altitude")

# Unit -> (factor, offset) to W m-2, degC, m s-1, Pa.
_UNITS = {
    "temp_air": {"c": (1, 0), "degc": (1, 0), "°c": (1, 0), "celsius": (1, 0), "deg c": (1, 0), "k": (1, -zero_Celsius), "kelvin": (1, -zero_Celsius),
                 "f": (5 / 9, -160 / 9), "degf": (5 / 9, -160 / 9), "°f": (5 / 9, -160 / 9)},
    "wind_speed": {"m/s": (1, 0), "mps": (1, 0), "m s-1": (1, 0), "km/h": (1 / 3.6, 0), "kph": (1 / 3.6, 0), "mph": (0.44704, 0)},
    "pressure": {"mbar": (100, 0), "millibar": (100, 0), "mb": (100, 0), "hpa": (100, 0), "kpa": (1000, 0), "pa": (1, 0), "atm": (101_325, 0), "bar": (1e5, 0)},
} | {q: {u: (1, 0) for u in ("w/m2", "w/m^2", "w/m²", "w m-2", "wh/m2", "wh/m^2", "w/sq.m", "w/m**2")} for q in ("ghi", "dni", "dhi")}
# EPW: column and code of a missing value (EnergyPlus).
_EPW = {"ghi": (13, 9999.0), "dni": (14, 9999.0), "dhi": (15, 9999.0), "temp_air": (6, 99.9), "wind_speed": (21, 999.0), "pressure": (9, 999_999.0)}


@dataclass
class Rows:
    """Columns of a file in W m-2, degC, m s-1 and Pa, each (row); time in the file's own clock."""

    column: dict[str, np.ndarray]     # QUANTITIES of the file
    month: np.ndarray
    day: np.ndarray
    minute: np.ndarray                # since midnight, up to 1440
    stamp: float                      # share of the interval before its time stamp, by the rule of the format
    latitude: float
    longitude: float
    zone: float                       # h ahead of UTC
    altitude: float
    place: str
    format: str
    notes: list[str] = field(default_factory=list)


def read_rows(path: Path) -> Rows:
    """Rows of an EPW file (.epw) or of a SAM, NSRDB or TMY3 table (.csv); InputError where the file cannot be read."""
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:200].count(0) > 20:
        raise InputError(f"{path}: not a readable weather file (it is encoded in UTF-16); accepted: UTF-8 or Latin-1")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")   # only the station's name has such characters
    if path.suffix.lower() == ".epw":
        return _read_epw(path, text)
    lines = text.splitlines()
    return _read_tmy3(path, lines) if len(lines) > 1 and lines[1].lower().startswith("date (mm/dd/yyyy)") else _read_sam(path, lines)


def _parted(lines: list[str]) -> str:
    """Hint for a file without a readable row: its separator, if it is not a comma."""
    name = next((n for mark, n in ((";", "semicolons"), ("\t", "tabs")) if sum(line.count(mark) > 4 for line in lines[:40]) > 2), None)
    return f": it is separated by {name}" if name else ""


def _number(path: Path, what: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not low <= value <= high:
        raise InputError(f"{path}: {what} = {text.strip()!r}; accepted: a number from {low:g} to {high:g}")
    return value


def _site(path: Path, latitude: str, longitude: str, zone: str, altitude: str) -> dict[str, float]:
    return dict(latitude=_number(path, "latitude", latitude, -90, 90), longitude=_number(path, "longitude", longitude, -180, 360),
                zone=_number(path, "time zone", zone, -12, 14), altitude=_number(path, "elevation", altitude, -500, 9000))


def _table(path: Path, text: str, what: str, **options) -> pd.DataFrame:
    try:
        return pd.read_csv(StringIO(text), skipinitialspace=True, index_col=False, dtype=str, keep_default_na=False, **options)
    except (ValueError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"{path}: not a readable {what} ({' '.join(str(error).split())}); accepted: rows of equal length") from None


def _numbers(column: pd.Series) -> np.ndarray:
    values = pd.to_numeric(column, errors="coerce")
    return (pd.to_numeric(column.str.strip(), errors="coerce") if values.isna().any() else values).to_numpy(np.float64)


def _drop_absent(rows: Rows, code: dict[str, float]) -> Rows:
    """Drop columns that hold only their code for a missing value."""
    for name, values in list(rows.column.items()):
        if np.all(np.isnan(values) | np.isin(values, (code.get(name, -9999.0), -9999.0, -999.0, -99.0))):
            del rows.column[name]
            rows.notes.append(f"{name} is missing in every row")
    return rows


def _read_epw(path: Path, text: str) -> Rows:
    lines = text.splitlines()

    def wrong(what) -> InputError:
        return InputError(f"{path}: not a readable EPW file ({what}); accepted: EnergyPlus weather format, separated by commas")

    first = next((i for i, line in enumerate(lines) if re.match(r"\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,", line)), None)
    place = next((line for line in lines[:first or 0] if line.lstrip().lower().startswith("location")), None)
    if first is None or place is None:
        raise wrong(("no LOCATION line" if place is None else "no rows of data") + _parted(lines))
    head = next(csv.reader([place], skipinitialspace=True))
    if len(head) < 10:
        raise wrong(f"the LOCATION line has {len(head)} fields instead of 10")
    table = _table(path, "\n".join(lines[first:]), "EPW file", header=None)
    if table.shape[1] < 22:
        raise wrong(f"{table.shape[1]} fields in a row instead of 35")
    month, day, hour = (_numbers(table[k]) for k in (1, 2, 3))
    _dates(path, month, day, hour)
    # The n rows of an hour are its n parts in order; the minute column is ignored, since files have 0, or 60, or 30 and 60, or 0 and 30.
    change = np.flatnonzero(np.diff(np.stack([month, day, hour]), axis=1).any(axis=0)) + 1
    size = np.diff(np.concatenate([[0], change, [len(hour)]]))
    parts = int(np.bincount(size).argmax())
    rank = np.concatenate([np.arange(k) for k in size])
    rows = Rows({q: _numbers(table[k]) for q, (k, _) in _EPW.items()}, month, day, (hour - 1.0) * 60.0 + rank * 60.0 / parts, 0.0,
                **_site(path, *head[6:10]), place=head[1].strip(), format="EPW")
    return _drop_absent(rows, {q: code for q, (_, code) in _EPW.items()})


def _dates(path: Path, month: np.ndarray, day: np.ndarray, hour: np.ndarray) -> None:
    for name, values, low, high in (("month", month, 1, 12), ("day", day, 1, 31), ("hour", hour, 0, 24)):
        bad = ~((values >= low) & (values <= high))
        if bad.any():
            row = int(np.argmax(bad))
            raise InputError(f"{path}: row {row + 1}, {name} = {values[row]:g}; accepted: {low} to {high}")


def _read_tmy3(path: Path, lines: list[str]) -> Rows:
    head = next(csv.reader([lines[0]], skipinitialspace=True))
    table = _table(path, "\n".join(lines[1:]), "TMY3 file")
    if len(head) < 7 or "Time (HH:MM)" not in table:
        raise InputError(f"{path}: not a readable TMY3 file (its first row has {len(head)} fields); accepted: station, name, state, time zone, latitude, "
                         "longitude, elevation, then TMY3's columns")
    date, clock = (table.iloc[:, 0].str.split("/", expand=True), table["Time (HH:MM)"].str.split(":", expand=True))
    names = {"GHI (W": "ghi", "DNI (W": "dni", "DHI (W": "dhi", "Dry-bulb (C": "temp_air", "Wspd (m/s": "wind_speed", "Pressure (mbar": "pressure"}
    column = {q: _numbers(table[n]) for begin, q in names.items() for n in table if str(n).startswith(begin)}
    if "pressure" in column:
        column["pressure"] = np.clip(column["pressure"], -1e9, 1e9) * 100.0
    month, day, hour = _numbers(date[0]), _numbers(date[1]), _numbers(clock[0])
    _dates(path, month, day, hour)
    return _drop_absent(Rows(column, month, day, 60.0 * hour + _numbers(clock[1]), 1.0, **_site(path, head[4], head[5], head[3], head[6]),
                             place=head[1].strip(), format="TMY3"), {})


def _clean(name: str) -> str:
    return " ".join(re.sub(r"[\(\[].*?[\)\]]", "", name).replace("_", " ").lower().split())


def _unit_of(path: Path, quantity: str, said: str, values: np.ndarray, notes: list[str]) -> np.ndarray:
    """Values in the unit of `Rows`; SAM's unit where the file names none."""
    table = _UNITS[quantity]
    word = said.strip().lower()
    if not word and quantity == "pressure":   # SAM: mbar; in other files the size of the values decides
        usual = float(np.nanmedian(values)) if np.isfinite(values).any() else 1000.0
        word = "pa" if usual > 20_000 else ("kpa" if usual < 200 else "mbar")
        if word != "mbar":
            notes.append(f"pressure is read as {'kPa' if word == 'kpa' else 'Pa'}: its values are about {usual:g} and the file names no unit")
    if word and word not in table:
        raise InputError(f"{path}: the unit of {quantity} is {said.strip()!r}; accepted: {', '.join(table)}")
    factor, offset = table[word] if word else (1, 0)
    with np.errstate(over="ignore"):   # overflow is refused later, as out of range
        return values * factor + offset


def _read_sam(path: Path, lines: list[str]) -> Rows:
    def wrong(what) -> InputError:
        return InputError(f"{path}: not a readable SAM CSV file ({what}); accepted: two metadata rows with Latitude, Longitude, "
                          f"Time Zone, Elevation, then columns {COLUMNS}, separated by commas")

    try:
        head = list(csv.reader(lines[:40], skipinitialspace=True))
    except csv.Error as error:
        raise wrong(error) from None
    named = [[_NAME_OF.get(_clean(cell)) for cell in row] for row in head]
    at = next((i for i, row in enumerate(named) if sum(q in row for q in QUANTITIES) >= 2), None)
    if at is None or at + 1 >= len(lines):
        raise wrong("no row of column names" + _parted(lines) if at is None else "no rows of data")
    about: dict[str, str] = {}
    unit_said: dict[str, str] = {}
    for names, keys, values in zip(head[:at], named[:at], head[1:at]):
        if sum(key in _PLACE for key in keys) < 3:
            continue
        more = len(values) - len(names)   # a city name with commas shifts the numbers, which are counted from the right
        for k, (name, key) in enumerate(zip(names, keys)):
            shifted = k + more if more > 0 and key in _PLACE else k
            if key and shifted < len(values):
                about.setdefault(key, values[shifted])
            if _clean(name).endswith(" units") and k < len(values):
                unit_said[_NAME_OF.get(_clean(name)[:-6], "")] = values[k]
    lacks = next((key for key in _PLACE if key not in about), None)
    if lacks:
        raise wrong({"zone": "Time Zone", "altitude": "Elevation"}.get(lacks, lacks.capitalize()) + " is missing")
    notes, units = [], {}
    body = at + 1
    while body < len(lines) and body < at + 4 and not re.match(r'\s*"?\s*[-+.]?\d', lines[body]):   # rows of units or words
        said = [(key, cell.strip()) for key, cell in zip(named[at], next(csv.reader([lines[body]], skipinitialspace=True), [])) if key in _UNITS]
        if any(cell.lower() in _UNITS[key] or names_unit(cell) for key, cell in said):   # one known unit makes it the row of units; unknown ones are refused
            units = {key: cell for key, cell in reversed(said) if cell not in ("", "-")} | units
        elif lines[body].strip(", \t"):
            notes.append(f"the row {lines[body].strip()[:60]!r} below the column names is not used")
        body += 1
    # Columns are addressed by position: names may repeat, and a row may end with an empty cell.
    table = _table(path, "\n".join(lines[body:]), "SAM CSV file", header=None)
    place: dict[str, int] = {}
    unused = []
    for k, (name, key) in enumerate(zip(head[at], named[at])):
        if k >= table.shape[1]:
            break
        if key in ("month", "day", "hour", "minute", *QUANTITIES) and key not in place:
            place[key] = k
        elif key != "year" and name.strip():
            unused.append(name.strip())
    if unused:
        notes.append(f"columns not used: {', '.join(unused)}")
    column = {}
    for q in QUANTITIES:
        if q in place:
            bracket = re.search(r"[\(\[](.*?)[\)\]]", head[at][place[q]])
            said = bracket.group(1) if bracket else units.get(q, unit_said.get(q, ""))
            column[q] = _unit_of(path, q, said, _numbers(table[place[q]]), notes)
    clock = [c for c in ("month", "day", "hour") if c in place]
    if not clock and len(table) in (8760, 17520, 35040, 105_120):
        minute_of_year = np.arange(len(table)) * (525_600 // len(table))
        date = pd.Timestamp("2023-01-01") + pd.to_timedelta(minute_of_year, unit="min")
        month, day, minute = date.month.to_numpy(float), date.day.to_numpy(float), (minute_of_year % 1440).astype(float)
        notes.append("no time columns: the rows start at 1 January 0:00")
        rule = 0.0
    else:
        missing = [c for c in ("month", "day", "hour") if c not in place]
        if missing:
            raise InputError(f"{path}: column {missing[0].capitalize()!r} is missing; accepted: {COLUMNS}")
        month, day, hour = (_numbers(table[place[c]]) for c in ("month", "day", "hour"))
        _dates(path, month, day, hour)
        minute = 60.0 * hour + (_numbers(table[place["minute"]]) if "minute" in place else 0.0)
        # SAM: without minutes a row covers the hour after its time stamp, or before it where hours run to 24; a minute column gives the centre.
        rule = 0.5 if "minute" in place else (1.0 if hour.max() == 24 else 0.0)
    where = _site(path, *(about[key] for key in _PLACE))
    return _drop_absent(Rows(column, month, day, minute, rule, **where, place=(about.get("place") or about.get("id", "")).strip(), format="SAM CSV",
                             notes=notes), {})

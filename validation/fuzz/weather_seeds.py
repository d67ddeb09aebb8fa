"""Whole weather years for the fuzz of the readers, and changes inside their rows: most keep the length, so that they meet all checks."""

from __future__ import annotations

import random
import re
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import weather_files  # noqa: E402

PLACE = (-22.92, -69.91, -4.0)   # degrees north, degrees east, h
NUMBERS = ("nan", "", " ", "x", "1e999", "-1e999", "1e308", "-1", "-0.5", "0", "9999", "99.9", "999999", "-9999", "1" * 400, "1e-9", "25:00", '"', "1.5")
UNITS = ("C", "F", "K", "knots", "km/h", "m/s", "kPa", "mbar", "inHg", "W/m2", "kW/m2", "kJ/m2", "", "-", "µ", "(")
TIMES = (0.001, 0.1, 1 / 3.6, 0.9, 1.02, 1.3, 1.8, 3.6, 10.0, -1.0, 0.0)
PLUS = (-40.0, -1.0, 1.0, 32.0, 273.15, 1e6)


@lru_cache(maxsize=1)
def _year():
    return weather_files.year(*PLACE)


def _written(write, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder) / name, _year(), *PLACE).read_bytes()


@lru_cache(maxsize=1)
def epw() -> bytes:
    """A synthetic year as EPW: 8 lines, then 8,760 rows of 35 fields."""
    return _written(weather_files.write_epw, "a.epw")


@lru_cache(maxsize=1)
def sam() -> bytes:
    """The same as SAM CSV: 3 lines, then 8,760 rows of 11 fields."""
    return _written(weather_files.write_sam, "a.csv")


@lru_cache(maxsize=1)
def nsrdb() -> bytes:
    """The same as the NSRDB's download: units in the metadata, columns that are not used between the others."""
    head = ["Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,Local Time Zone,DHI Units,DNI Units,GHI Units,Temperature Units,"
            "Pressure Units,Wind Speed Units,Version", f"NSRDB,123,-,-,-,{PLACE[0]},{PLACE[1]},{PLACE[2]},1635,{PLACE[2]},w/m2,w/m2,w/m2,c,mbar,m/s,3.2.0",
            "Year,Month,Day,Hour,Minute,Temperature,Cloud Type,DHI,DNI,GHI,Relative Humidity,Solar Zenith Angle,Pressure,Wind Direction,Wind Speed"]
    rows = [f"{t.year},{t.month},{t.day},{t.hour},30,{r.temp_air},0,{r.dhi},{r.dni},{r.ghi},40,90,{r.pressure / 100:.0f},180,{r.wind_speed}"
            for t, r in zip(_year().index, _year().itertuples())]
    return "\n".join(head + rows + [""]).encode()


def mutate_rows(seed: bytes, chance: random.Random) -> bytes:
    """One to three changes of numbers, columns, dates, order, units or metadata; the same for the same `chance`."""
    lines = seed.decode("utf-8", "replace").splitlines()
    first = next((k for k, line in enumerate(lines) if re.match(r"\d{4},", line)), len(lines))
    head, rows = [line.split(",") for line in lines[:first]], [line.split(",") for line in lines[first:]]
    for _ in range(chance.randint(1, 3) if rows and head else 0):
        chance.choice((_cell, _cell, _column, _column, _clock, _order, _row_of_units, _word, _word))(head, rows, chance)
    text = "\n".join(",".join(row) for row in head + rows) + "\n"
    return text.encode(chance.choice(("utf-8",) * 12 + ("utf-8-sig", "latin-1", "utf-16")), "replace")


def _cell(head, rows, chance) -> None:
    for _ in range(chance.choice((1, 1, 3, 100))):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(NUMBERS)


def _column(head, rows, chance) -> None:
    """A whole column, or a part of the year: other units, an offset, a code for missing, another column's values."""
    k, other, way = chance.randrange(5, len(rows[0])), chance.randrange(len(rows[0])), chance.randrange(4)
    begin, length = chance.choice(((0, len(rows)), (0, len(rows)), (chance.randrange(len(rows)), 744)))
    times, plus, word = chance.choice(TIMES), chance.choice(PLUS), chance.choice(NUMBERS)
    for row in rows[begin : begin + length]:
        if k >= len(row) or other >= len(row):
            continue
        if way == 2:
            row[k] = word
        elif way == 3:
            row[k], row[other] = row[other], row[k]
        elif re.fullmatch(r"-?\d+(\.\d+)?", row[k]):
            row[k] = f"{float(row[k]) * times:.6g}" if way == 0 else f"{float(row[k]) + plus:.6g}"


def _clock(head, rows, chance) -> None:
    """Date, hour or minute: one row's, or all rows' by one."""
    k, step = chance.randrange(5), chance.choice((-1, 1, 15, 30))
    for row in rows if chance.random() < 0.5 else [chance.choice(rows)]:
        if k < len(row) and row[k].isdecimal() and len(row[k]) < 9:
            row[k] = str(int(row[k]) + step)


def _order(head, rows, chance) -> None:
    """The year begins elsewhere, two rows change places, one stands twice, or what was measured is moved against the clock."""
    k, way = chance.randrange(len(rows)), chance.randrange(4)
    if way == 0:
        rows[:] = rows[k:] + rows[:k]
    elif way == 1:
        rows[k], rows[-1 - k] = rows[-1 - k], rows[k]
    elif way == 2:
        rows[k] = list(rows[k - 1])
    else:
        by = chance.choice((-2, -1, 1, 2, 12))
        rows[:] = [row[:5] + other[5:] for row, other in zip(rows, rows[by:] + rows[:by])]


def _row_of_units(head, rows, chance) -> None:
    """One or two units, anywhere."""
    head.append(["-"] * len(rows[0]))
    for _ in range(chance.choice((1, 1, 2))):
        head[-1][chance.randrange(5, len(rows[0]))] = chance.choice(UNITS)


def _word(head, rows, chance) -> None:
    """Of the metadata or the columns' names."""
    row = chance.choice(head)
    k, way = chance.randrange(len(row)), chance.randrange(4)
    if way == 0:
        row[k] = chance.choice(NUMBERS + UNITS)
    elif way == 1:
        row[k] = f"{row[k]} ({chance.choice(UNITS)})"
    elif way == 2:
        row[k] = chance.choice(chance.choice(head))
    elif re.fullmatch(r"-?\d+(\.\d+)?", row[k]):
        row[k] = f"{float(row[k]) + chance.choice((-1.0, 0.5, 1.0, 90.0)):g}"

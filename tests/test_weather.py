"""Weather files: a valid year becomes SI in UTC; each kind of error gives one sentence that names it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coldsun as cs

sys.path.append(str(Path(__file__).resolve().parent.parent / "validation"))
import weather_files  # noqa: E402

ABU_DHABI, ATACAMA = (24.4267, 54.6167, 4.0), (-22.92, -69.91, -4.0)


@pytest.fixture(scope="module")
def frames():
    return {place: weather_files.year(*place) for place in (ABU_DHABI, ATACAMA)}


def test_an_epw_year_becomes_si_at_interval_centres_in_utc(frames, tmp_path):
    frame = frames[ABU_DHABI]
    weather = cs.read_weather(weather_files.write_epw(tmp_path / "a.epw", frame, *ABU_DHABI), 2026)
    time = pd.DatetimeIndex(weather.time)
    assert len(time) == 8760 and weather.interval == 3600.0 and (np.diff(weather.time) == 3600 * 10**9).all()
    assert (time.minute == 30).all(), "the centre of each hour"
    # local noon's hour of 21 June, 12:00-13:00 at UTC+4, is centred on 8:30 UTC
    at = list(time).index(pd.Timestamp("2026-06-21T08:30"))
    row = frame.loc["2023-06-21T12:00"]
    assert (weather.ghi[at], weather.dni[at], weather.dhi[at]) == (row["ghi"], row["dni"], row["dhi"])
    assert weather.temp_air[at] == pytest.approx(row["temp_air"] + 273.15) and weather.pressure[at] == 101_000.0
    assert weather.ghi.sum() == frame["ghi"].sum()
    assert (weather.latitude, weather.longitude, weather.altitude) == (24.4267, 54.6167, 10.0)
    assert "a.epw (EPW, Synthetic" in weather.source


def test_a_sam_year_becomes_si_at_interval_centres_in_utc(frames, tmp_path):
    frame = frames[ATACAMA]
    weather = cs.read_weather(weather_files.write_sam(tmp_path / "a.csv", frame, *ATACAMA), 2026)
    time = pd.DatetimeIndex(weather.time)
    at = list(time).index(pd.Timestamp("2026-01-10T16:30"))
    assert weather.ghi[at] == frame.loc["2023-01-10T12:00", "ghi"] and weather.pressure[at] == 101_000.0
    assert weather.ghi.sum() == frame["ghi"].sum()


def test_a_leap_year_repeats_the_28th_of_february(frames, tmp_path):
    weather = cs.read_weather(weather_files.write_epw(tmp_path / "a.epw", frames[ABU_DHABI], *ABU_DHABI), 2028)
    time = pd.DatetimeIndex(weather.time)
    assert len(time) == 8784 and (np.diff(weather.time) == 3600 * 10**9).all()
    days = [weather.ghi[(time.month == 2) & (time.day == day)] for day in (28, 29)]
    assert np.array_equal(*days)


def test_interval_centres_follow_from_the_sun_not_from_the_time_stamps(frames, tmp_path):
    """The same hours with time stamps at their start and at their centre give the same centres."""
    a, b = (cs.read_weather(weather_files.write_sam(tmp_path / f"{m}.csv", frames[ATACAMA], *ATACAMA, minute=m), 2026) for m in (0, 30))
    assert np.array_equal(a.time, b.time) and a.source != b.source


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.iloc[:8000], ["8000 rows", "8760"]),
        (lambda f: f.drop(f.index[4000]), ["8759 rows"]),
        (lambda f: f.assign(ghi=f["ghi"].where(f.index != f.index[4000], 9999)), ["row 4001", "ghi = 9999", "0 to 1600 W m-2"]),   # EPW's "missing"
        (lambda f: f.assign(temp_air=f["temp_air"].where(f.index != f.index[7], 99.9)), ["row 8", "temp_air = 99.9"]),
        (lambda f: f.assign(wind_speed=f["wind_speed"].where(f.index != f.index[7], -1)), ["row 8", "wind_speed"]),
        (lambda f: f.assign(dni=f["dni"].where(f.index != f.index[7], np.nan)), ["row 8", "dni = nan", "none missing"]),
        (lambda f: f.assign(ghi=0.0), ["ghi is zero all year"]),
        (lambda f: f.set_axis(f.index).assign(**{n: np.roll(f[n], 3) for n in ("ghi", "dni", "dhi")}), ["Time Zone", "at most 6 %"]),
    ],
)
@pytest.mark.parametrize("kind", ["epw", "csv"])
def test_an_invalid_year_is_refused_with_row_and_value(frames, tmp_path, change, words, kind):
    frame = change(frames[ABU_DHABI].copy())
    writer = weather_files.write_epw if kind == "epw" else weather_files.write_sam
    path = writer(tmp_path / f"bad.{kind}", frame, *ABU_DHABI)
    with pytest.raises(cs.InputError) as error:
        cs.read_weather(path, 2026)
    text = str(error.value)
    assert text.startswith(f"{path}: ") and "accepted: " in text and len(text.splitlines()) == 1
    for word in words:
        assert word in text


def test_a_missing_hour_is_refused(frames, tmp_path):
    """8,760 rows with one hour missing and one repeated."""
    frame = frames[ABU_DHABI]
    index = list(frame.index)
    index[4000] = index[3999]
    path = weather_files.write_sam(tmp_path / "gap.csv", frame.set_axis(pd.DatetimeIndex(index)), *ABU_DHABI)
    with pytest.raises(cs.InputError, match="irregular time after row 4000"):
        cs.read_weather(path, 2026)


@pytest.mark.parametrize("column", ["Tdry", "Month", "Hour"])
def test_a_missing_column_is_named(frames, tmp_path, column):
    path = weather_files.write_sam(tmp_path / "a.csv", frames[ATACAMA], *ATACAMA, drop=column)
    with pytest.raises(cs.InputError, match="is missing; accepted: Year, Month"):
        cs.read_weather(path, 2026)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.txt", "x", "ending '.txt'"),
        ("a.epw", "no weather at all", "not a readable EPW file"),
        ("a.csv", "a,b\n1,2\n", "not a readable SAM CSV file"),
        ("b.csv", "", "not a readable SAM CSV file"),
        ("c.csv", "\x00\xff", "not a readable SAM CSV file"),
        ("none.epw", None, "no such weather file"),
    ],
)
def test_a_file_of_another_format_is_refused(tmp_path, name, content, word):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    with pytest.raises(cs.InputError) as error:
        cs.read_weather(path, 2026)
    assert word in str(error.value) and "accepted: " in str(error.value) and len(str(error.value).splitlines()) == 1


def test_recorded_irradiance_is_that_of_the_weather_file(frames, tmp_path, network, cli):
    path = weather_files.write_sam(tmp_path / "year.csv", frames[ATACAMA], *ATACAMA)
    twin = cs.Twin(network, hours=2, start="2026-06-14T12:00Z", weather=path)
    record = twin.run(progress=False)
    used = cs.read_weather(path, 2026)
    time = pd.DatetimeIndex(used.time)
    inside = (time >= pd.Timestamp("2026-06-14T12:00")) & (time < pd.Timestamp("2026-06-14T14:00"))
    # two nearly clear hours, into which no clouds are drawn: their energy is the file's, except for interpolation between the minutes of the table
    assert float(record["ghi"].mean()) == pytest.approx(used.ghi[inside].mean(), rel=1e-3)
    assert "year.csv" in record.attrs["weather"]
    assert [w for w in twin.warnings() if "supply at most 800 kW" not in w] == []   # that warning is about the site, not the file


def test_each_site_needs_one_weather_file(frames, tmp_path):
    pilots = cs.load_network("pilots")
    files = [weather_files.write_sam(tmp_path / "c.csv", frames[ATACAMA], *ATACAMA), weather_files.write_epw(tmp_path / "m.epw", frames[ABU_DHABI], *ABU_DHABI)]
    twin = cs.Twin(pilots, hours=0.1, weather=files)
    assert [w.source.split(" ")[0] for w in twin.weather] == ["c.csv", "m.epw"]
    with pytest.raises(cs.InputError, match=r"1 file\(s\) for 2 site\(s\).*in the order atacama, masdar"):
        cs.Twin(pilots, hours=0.1, weather=files[0])
    swapped = cs.Twin(pilots, hours=0.1, weather=files[::-1])
    assert sum("km away" in line for line in swapped.warnings()) == 2

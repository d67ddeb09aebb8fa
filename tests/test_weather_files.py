"""Variants of weather files: each gives the same year or one sentence that names the error; derived and unused parts are noted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coldsun as cs
from weather_maker import Maker

AMSTERDAM = dict(latitude=52.3, longitude=4.77, altitude=2.0, zone=1.0)
DENVER = dict(latitude=39.7, longitude=-105.2, altitude=1700.0, zone=-7.0)
NO_MINUTE = "Year,Month,Day,Hour,GHI,DNI,DHI,Tdry,Wspd,Pres"


def read(tmp_path, ending: str, maker: Maker, year: int = 2026):
    """Weather of the file, and the expected means by the start of each interval in UTC."""
    path = tmp_path / f"a{ending}"
    meant = maker.write(path)
    return cs.read_weather(path, year), meant.set_axis(meant.index - pd.Timedelta(hours=maker.zone))


def lies_where_it_was(weather, meant, year: int = 2026) -> None:
    """Every row is at its own time of the year, for any calendar year and any form of time stamp."""
    begin = pd.DatetimeIndex(weather.time) - pd.Timedelta(seconds=weather.interval / 2)
    year_of = pd.Timestamp(year=year, month=1, day=1)
    length = (pd.Timestamp(year=year + 1, month=1, day=1) - year_of) / pd.Timedelta(minutes=0.5)
    place = np.round(np.mod((begin - year_of) / pd.Timedelta(minutes=0.5), length))
    if year % 4:
        meant = meant[(meant.index.month != 2) | (meant.index.day != 29)]
    at = meant.index
    here = pd.to_datetime(dict(year=year + 0 * at.year, month=at.month, day=at.day, hour=at.hour, minute=at.minute, second=at.second))
    want = np.round(np.mod((pd.DatetimeIndex(here) - year_of) / pd.Timedelta(minutes=0.5), length))
    assert np.array_equal(np.sort(place), np.sort(want))
    for name in ("ghi", "dni", "dhi"):
        assert np.array_equal(getattr(weather, name)[np.argsort(place)], meant[name].to_numpy()[np.argsort(want)])
    assert (np.diff(weather.time) == int(weather.interval * 1e9)).all()


@pytest.mark.parametrize(
    ("ending", "habit"),
    [
        (".epw", dict(city="São Tomé", encoding="latin-1")),
        (".csv", dict(city="São Tomé", encoding="latin-1")),
        (".csv", dict(encoding="utf-8-sig")),
        (".epw", dict(step=30)),                                                      # minutes 30, 60
        (".epw", dict(step=30, minute=0)),                                            # minutes 0, 30
        (".epw", dict(step=15, cloudy=0.4)),
        (".epw", dict(minute=0)),
        (".epw", dict(header="COMMENTS 3,one more line", years=True)),
        (".csv", dict(years=True)),
        (".csv", dict(header="Location,City,Region,Country,Lat,Lng,tz,Elevation,Source|1,Test,-,-,-22.92,-69.91,-4,1635,SYN")),
        (".csv", dict(columns="Year, Month, Day, Hour, Minute, GHI, DNI, DHI, Tdry, Wspd, Pres")),
        (".csv", dict(city='"Calama, El Loa"')),
        (".csv", dict(city="Calama, El Loa")),
        (".csv", dict(columns="Pres,Tdry,DHI,Hour,Month,Day,GHI,Year,DNI,Wspd")),
        (".csv", dict(columns="Year,Month,Day,Hour,Minute,Global,Direct Normal,Diffuse,Dry Bulb Temp,Wind Speed,Pressure")),
        (".csv", dict(units="year,-,-,-,-,W/m2,W/m2,W/m2,C,m/s,mbar")),
        (".csv", dict(columns="Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Temperature (F),Wspd,Pressure (kPa)")),
        (".csv", dict(header="Made by hand||Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation|SYN,1,X,-,-,-22.92,-69.91,-4,1635|")),
        (".csv", dict(minute=30)),
        (".csv", dict(columns=NO_MINUTE)),
        (".csv", dict(columns=NO_MINUTE, hours="1-24", stamp="end")),
        (".csv", dict(step=30, stamp="middle")),
        (".csv", dict(step=15, stamp="middle", cloudy=0.4)),
        (".csv", dict(step=15, stamp="half")),                                        # 7, 22, 37, 52
        (".csv", dict(step=5, stamp="middle")),
        (".csv", dict(step=5, stamp="half")),                                         # 2, 7, 12
        (".csv", dict(DENVER, cloudy=0.5, haze=0.3)),
        (".epw", dict(AMSTERDAM, cloudy=0.6)),
    ],
    ids=str,
)
def test_every_variant_of_a_file_gives_the_same_year(tmp_path, ending, habit):
    weather, meant = read(tmp_path, ending, Maker(**habit))
    lies_where_it_was(weather, meant)
    assert weather.temp_air[0] == pytest.approx(288.15) and weather.pressure[0] == pytest.approx(83_500.0) and weather.wind_speed[0] == 3.0
    moved = habit.get("stamp") == "half" and habit["step"] in (5, 15)
    assert weather.notes == (("intervals are moved by +30 s, to whole minutes",) if moved else ())


@pytest.mark.parametrize(("ending", "step"), [(".epw", 60), (".csv", 60), (".csv", 30)])
def test_29_february_is_kept_in_a_leap_year_and_else_left_out_with_a_note(tmp_path, ending, step):
    plain, meant = read(tmp_path, ending, Maker(leap=True, step=step))
    lies_where_it_was(plain, meant)
    assert len(plain.time) == 8760 * 60 // step and plain.notes == ("29 February of the file is not used: 2026 has none",)
    leap, meant = read(tmp_path, ending, Maker(leap=True, step=step), 2028)
    lies_where_it_was(leap, meant, 2028)
    assert len(leap.time) == 8784 * 60 // step and leap.notes == ()


def test_hour_0_after_hour_23_of_a_day_is_its_hour_24(tmp_path):
    weather, meant = read(tmp_path, ".csv", Maker(hours="1-0", stamp="end"))
    lies_where_it_was(weather, meant)
    assert weather.notes == ("hour 0 after hour 23 of a day is taken as its hour 24",)


def test_small_negative_irradiance_at_night_is_set_to_zero_with_a_note(tmp_path):
    """-1.5 W m-2 becomes 0; -11 W m-2 is refused."""
    weather, meant = read(tmp_path, ".csv", Maker(night=-1.5))
    lies_where_it_was(weather, meant)
    assert len(weather.notes) == 3 and all("down to -1.5 W m-2 (instrument offset): set to 0" in note for note in weather.notes)
    with pytest.raises(cs.InputError, match=r"row 1 \(01-01 00:00\), ghi = -11 W m-2; accepted: 0 to 1600"):
        read(tmp_path, ".csv", Maker(night=-11.0))


@pytest.mark.parametrize(
    ("columns", "derived", "tolerance"),
    [   # the mean of a product is replaced by a product of means: a few per cent of a component that is a difference
        ("Beam,Diffuse,Tdry,Wspd,Pres", "ghi", 0.002),
        ("GHI,DNI,Tdry,Wspd,Pres", "dhi", 0.06),
        ("GHI,DHI,Tdry,Wspd,Pres", "dni", 0.03),
    ],
)
def test_two_of_three_components_are_enough(tmp_path, columns, derived, tolerance):
    """The third component is derived, and a note names it and the formula."""
    weather, meant = read(tmp_path, ".csv", Maker(columns="Year,Month,Day,Hour," + columns, cloudy=0.3))
    assert getattr(weather, derived).sum() == pytest.approx(meant[derived].sum(), rel=tolerance)
    (note,) = weather.notes
    assert note.startswith(f"{derived} is derived: ") and "by the rule of its format" in weather.source
    assert all(getattr(weather, name).sum() == pytest.approx(meant[name].sum()) for name in {"ghi", "dni", "dhi"} - {derived})


def test_missing_and_unused_columns_are_noted(tmp_path):
    weather, _ = read(tmp_path, ".csv", Maker(columns="Year,Month,Day,Hour,GHI,Tdry,RH"))
    text = "; ".join(weather.notes)
    for words in ("columns not used: RH", "dni and dhi are derived: Erbs' split", "wind speed is not in the file: 2 m/s", "standard atmosphere at 1635 m"):
        assert words in text
    assert weather.pressure[0] == pytest.approx(83_200.0, rel=0.003) and weather.dni.max() > 500.0


@pytest.mark.parametrize(
    ("ending", "habit"),
    [(".csv", {}), (".epw", AMSTERDAM), (".epw", AMSTERDAM | dict(cloudy=0.5)),
     (".csv", DENVER | dict(columns="Year,Month,Day,Hour,Beam,Diffuse,Tdry", cloudy=0.4)),
     (".csv", AMSTERDAM | dict(columns="Year,Month,Day,Hour,GHI,Tdry", cloudy=0.4)), (".csv", DENVER | dict(step=30))],
    ids=str,
)
def test_a_clock_with_summer_time_is_refused(tmp_path, ending, habit):
    """Regression: a year that was right in summer and an hour off in winter was accepted."""
    with pytest.raises(cs.InputError, match="accepted: (standard time all year|within 45 min)"):
        read(tmp_path, ending, Maker(**habit, summer_time=True))
    read(tmp_path, ending, Maker(**habit))


def test_clouds_in_series_is_noted_where_it_changes_the_series(tmp_path):
    weather, _ = read(tmp_path, ".csv", Maker(cloudy=0.4))
    assert weather.clouds is None and weather.with_clouds(False).clouds is False
    assert weather.with_clouds(False).notes == ("no clouds are drawn inside the intervals",) and weather.with_clouds(True).notes == ()
    with pytest.raises(cs.InputError, match="no weather file is given"):
        cs.Twin(cs.load_site("atacama"), clouds_in_series=False)


def test_an_unknown_unit_in_a_column_name_is_refused(tmp_path):
    with pytest.raises(cs.InputError, match="the unit of pressure is 'psi'; accepted: mbar"):
        path = tmp_path / "a.csv"
        Maker(columns="Year,Month,Day,Hour,GHI,DNI,DHI,Tdry,Wspd,Pres").write(path)
        path.write_text(path.read_text().replace("Pres\n", "Pres (psi)\n", 1))
        cs.read_weather(path, 2026)


@pytest.mark.parametrize(
    ("units", "words"),
    [("W/m2,W/m2,W/m2,C,knots,mbar", "wind_speed is 'knots'"), ("W/m2,W/m2,W/m2,Réaumur,m/s,mbar", "temp_air is 'Réaumur'"),
     ("kJ/m2,kJ/m2,kJ/m2,C,m/s,mbar", "ghi is 'kJ/m2'"), ("W/m2,W/m2,W/m2,C,m/s,Torr", "pressure is 'Torr'"), (",,,,knots,", "wind_speed is 'knots'")],
)
def test_an_unknown_unit_in_a_row_of_units_is_refused(tmp_path, units, words):
    """Regression: it was read as SI without a note."""
    with pytest.raises(cs.InputError, match=f"the unit of {words}; accepted: "):
        read(tmp_path, ".csv", Maker(units=",,,,," + units))


def test_an_empty_cell_in_a_row_of_units_means_the_format_s_unit(tmp_path):
    weather, _ = read(tmp_path, ".csv", Maker(units="-,-,-,-,-,W/m2,W/m2,W/m2,-,km/h,"))
    assert weather.wind_speed[0] == pytest.approx(3.0 / 3.6) and weather.temp_air[0] == 288.15 and weather.pressure[0] == 83_500.0 and weather.notes == ()


def test_a_tmy3_file_is_read(tmp_path):
    """Layout of TMY3: hours 1 to 24 that name the end of an interval, months of different years."""
    maker = Maker(**DENVER)
    meant = maker.frame()
    rows = [f"{t.month:02d}/{t.day:02d}/{1980 + t.month},{t.hour + 1:02d}:00,0,0,{r.ghi},1,{r.dni},{r.dhi},15.0,835,3.0"
            for t, r in zip(meant.index, meant.itertuples())]
    path = tmp_path / "a.csv"
    path.write_text('724699,"BROOMFIELD/JEFFCO",CO,-7.0,39.7,-105.2,1700\nDate (MM/DD/YYYY),Time (HH:MM),ETR (W/m^2),ETRN (W/m^2),GHI (W/m^2),GHI source,'
                    "DNI (W/m^2),DHI (W/m^2),Dry-bulb (C),Pressure (mbar),Wspd (m/s)\n" + "\n".join(rows) + "\n")
    weather = cs.read_weather(path, 2026)
    lies_where_it_was(weather, meant.set_axis(meant.index + pd.Timedelta(hours=7)))
    assert "BROOMFIELD/JEFFCO" in weather.source and weather.pressure[0] == 83_500.0


@pytest.mark.parametrize(("name", "ending", "words"), [("a", ".csv", "is separated by semicolons"), ("a", ".epw", "is separated by semicolons"),
                                                       ("a{b}%s", ".csv", "is separated by tabs"), ("a", ".csv", "is encoded in UTF-16")])
def test_an_unsupported_encoding_or_separator_is_named(tmp_path, name, ending, words):
    """Regression: the text was "no row of column names", and a file name with braces gave a KeyError."""
    path = tmp_path / f"{name}{ending}"
    Maker().write(path)
    text = path.read_text()
    if "UTF" in words:
        path.write_text(text, encoding="utf-16")
    else:
        path.write_text(text.replace(",", ";" if "semicolons" in words else "\t"))
    with pytest.raises(cs.InputError) as told:
        cs.read_weather(path, 2026)
    assert str(told.value).startswith(f"{path}: not a readable ") and words in str(told.value) and "; accepted: " in str(told.value)

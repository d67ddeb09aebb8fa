"""cs.orbit beside the committed references: python-sgp4's verification rows, Skyfield's looks and passes; forms, errors, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coldsun as cs

DATA = Path(__file__).resolve().parent.parent / "validation" / "data"
START = pd.Timestamp("2026-06-14T06:00Z")   # of the samples and passes, whose stations are these
PLACES = {"MASDAR": (24.4267, 54.6167, 10.0), "ATACAMA": (-22.9, -68.2, 2400.0)}


@pytest.fixture(scope="module")
def satellites() -> cs.orbit.Catalogue:
    """Six near the Earth and ten of 225 min and more, in one catalogue."""
    return cs.orbit.Catalogue("\n".join((DATA / name).read_text(encoding="utf-8") for name in ("orbit_windows.tle", "orbit_deep.tle")))


def reference(name: str) -> pd.DataFrame:
    return pd.concat([pd.read_csv(DATA / f"{of}_{name}.csv", comment="#") for of in ("orbit", "orbit_deep")], ignore_index=True)


@pytest.fixture(scope="module")
def three_body() -> cs.orbit.Catalogue:
    return cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")


def verification() -> tuple[str, pd.DataFrame]:
    """The element sets as one text, and the rows of states by satellite and minute."""
    sets = pd.read_csv(DATA / "orbit_sgp4_ver_tle.csv", comment="#")
    return "\n".join(sets[["line1", "line2"]].to_numpy().ravel()), pd.read_csv(DATA / "orbit_sgp4_ver.csv", comment="#")


def test_states_are_those_of_the_verification_file():
    """2e-8 km and 1e-9 km/s: eight and nine printed digits, and times rounded to a nanosecond (4e-9 km)."""
    text, rows = verification()
    catalogue = cs.orbit.Catalogue(text)
    index = {number: k for k, number in enumerate(catalogue.norad_cat_id)}
    assert len(index) == 8 and "28872 is not used: the perigee is under the ground" in catalogue.remarks[0]
    rows = rows[rows.norad != 28872]
    worst_r = worst_v = 0.0
    for number, mine in rows.groupby("norad"):
        epoch = catalogue.epoch[index[number]]
        day = np.floor(epoch.to_julian_date() - 0.5) + 0.5
        fraction = (epoch - epoch.normalize()) / pd.Timedelta(days=1) + mine.minutes.to_numpy() / 1440.0
        error, r, v = catalogue.sgp4(np.full(len(mine), day), fraction)
        at = index[number]
        assert not error[at].any() and error.dtype == np.uint8 and r.shape == (8, len(mine), 3)
        worst_r = max(worst_r, np.abs(r[at] - mine[["x_km", "y_km", "z_km"]].to_numpy()).max())
        worst_v = max(worst_v, np.abs(v[at] - mine[["vx_km_s", "vy_km_s", "vz_km_s"]].to_numpy()).max())
    assert worst_r < 2e-8 and worst_v < 1e-9, (worst_r, worst_v)


def test_states_do_not_depend_on_the_batch_of_times(three_body):
    time = pd.date_range("2026-06-14", periods=50, freq="17min", tz="UTC")
    states = three_body.propagate(time)
    assert dict(states.sizes) == {"time": 50, "satellite": 12, "component": 3} and not states.error.any()
    julian = time.to_julian_date().to_numpy()
    day = np.floor(julian - 0.5) + 0.5
    error, r, v = three_body.sgp4(day, ((time - time.normalize()) / pd.Timedelta(days=1)).to_numpy())
    np.testing.assert_array_equal(r, states.position.values.transpose(1, 0, 2) * 1e-3)
    np.testing.assert_array_equal(v, states.velocity.values.transpose(1, 0, 2) * 1e-3)
    alone = three_body.propagate(time[7])
    np.testing.assert_array_equal(alone.position.values[0], states.position.values[7])


@pytest.mark.parametrize("site", PLACES)
def test_looks_are_those_of_skyfield(satellites, site):
    """1e-7 degrees, 1e-5 km, 1e-7 km/s: printed digits."""
    rows = reference("samples")
    rows = rows[rows.site == site]
    seconds = np.sort(rows.seconds.unique())
    looks = satellites.looks(START + pd.to_timedelta(seconds, unit="s"), *PLACES[site])
    at = dict(time=np.searchsorted(seconds, rows.seconds), satellite=[list(satellites.norad_cat_id).index(n) for n in rows.norad])
    assert len(rows) == 78 + 70
    for name, column, scale, tolerance in (("elevation", "el_deg", 1.0, 1e-7), ("azimuth", "az_deg", 1.0, 1e-7), ("slant_range", "range_km", 1e-3, 1e-5),
                                           ("range_rate", "range_rate_km_s", 1e-3, 1e-7)):
        have = looks[name].values[at["time"], at["satellite"]] * scale
        gap = np.abs(have - rows[column].to_numpy())
        assert np.minimum(gap, 360.0 - gap if name == "azimuth" else gap).max() < tolerance, name


def test_windows_are_those_of_skyfield(satellites):
    """None missed, none extra; edges 1 ms; highest point 3 ms, 0.3 s near an apogee (the top is flat), 1e-6 degrees; of windows that the span cuts
    the reference has a turn, which need not be the highest point."""
    rows = reference("passes")
    near = pd.read_csv(DATA / "orbit_passes.csv", comment="#").norad.unique()
    for mask, mine in rows.groupby("mask_deg"):
        places = np.array(list(PLACES.values())).T
        found = satellites.windows(START, START + pd.Timedelta(days=1), *places, elevation_mask=mask)
        found["site"] = np.array(list(PLACES))[found.station]
        both = found.sort_values(["site", "norad_cat_id", "aos"]).reset_index(drop=True)
        mine = mine.sort_values(["site", "norad", "aos_s"]).reset_index(drop=True)
        assert both.norad_cat_id.tolist() == mine.norad.tolist() and both.site.tolist() == mine.site.tolist()
        gap = {name: np.abs((both[name] - START).dt.total_seconds() - mine[f"{name}_s"]) for name in ("aos", "tca", "los")}
        whole, low = (mine.truncated_start + mine.truncated_end == 0), mine.norad.isin(near)
        assert gap["aos"].max() < 1e-3 and gap["los"].max() < 1e-3, mask
        assert gap["tca"][whole & low].max() < 3e-3 and gap["tca"][whole].max() < 0.3, mask
        higher = both.max_elevation - mine.max_el_deg
        assert np.abs(higher[whole]).max() < 1e-6 and higher.min() > -1e-6
        assert both.open_at_start.tolist() == (mine.truncated_start == 1).tolist() and both.open_at_stop.tolist() == (mine.truncated_end == 1).tolist()


@pytest.mark.parametrize("strategy", ["max_elevation", "sticky", "longest_remaining"])
def test_the_serving_satellite_is_above_the_mask(three_body, strategy):
    """At each slot's start: as many above the mask as looks show; the highest serves by max_elevation; who is kept, is kept while up."""
    link = three_body.serving(START, START + pd.Timedelta(hours=6), 24.4267, 54.6167, 10.0, elevation_mask=2.0, strategy=strategy)
    assert set(pd.DatetimeIndex(link.time.values).second) == {12, 27, 42, 57}
    up = three_body.looks(link.time, 24.4267, 54.6167, 10.0).elevation
    above = (up > 2.0).sum("satellite").values
    assert (link.visible.values[0] == above).all() and above.max() > 1
    serving = link.satellite.values[0]
    assert ((serving >= 0) == (above > 0)).all()
    rows = np.flatnonzero(serving >= 0)
    np.testing.assert_allclose(up.values[rows, serving[rows]], link.elevation.values[0, rows], atol=1e-6)
    assert np.isnan(link.elevation.values[0][serving < 0]).all()
    if strategy == "max_elevation":
        np.testing.assert_allclose(up.values[rows].max(axis=1), link.elevation.values[0, rows], atol=1e-6)
    else:
        kept = np.flatnonzero((serving[:-1] >= 0) & (link.remaining.values[0, :-1] > 15.0))
        assert (serving[kept + 1] == serving[kept]).all()


def test_a_faulty_record_is_skipped():
    text = (DATA / "orbit_windows.tle").read_text(encoding="utf-8")
    whole = cs.orbit.Catalogue(text, "mine.tle")
    broken = cs.orbit.Catalogue(text.replace("2 63982  97.3678", "2 63982  97.x678"), "mine.tle")
    assert len(broken) == len(whole) - 1 and any("63982" in line and "mine.tle" in line for line in broken.remarks)


def test_a_decayed_satellite_gives_nan_and_its_error_code():
    """Codes as in python-sgp4: a satellite with much drag, a hundred days on."""
    text, _ = verification()
    catalogue = cs.orbit.Catalogue(text)
    time = catalogue.epoch[1] + pd.to_timedelta([0, 400], unit="D")
    states = catalogue.propagate(time)
    assert states.error.values[0, 1] == 0
    bad = states.error.values != 0
    assert bad.any() and np.isnan(states.position.values[bad]).all() and np.isfinite(states.position.values[~bad]).all()
    looks = catalogue.looks(time, 0.0, 0.0)
    assert (np.isnan(looks.elevation.values) == bad).all()


@pytest.mark.parametrize(("call", "words"), [
    (lambda c: cs.orbit.Catalogue("nothing here"), "."), (lambda c: cs.orbit.Catalogue(7), "text is int"),
    (lambda c: cs.orbit.Catalogue.from_file("nowhere.tle"), "nowhere.tle"), (lambda c: c.sgp4([2461205.5], [0.1, 0.2]), "shapes"),
    (lambda c: c.sgp4([np.nan], [0.0]), "Julian dates of 1678 to 2261"), (lambda c: c.propagate("soon"), "time"),
    (lambda c: c.propagate(pd.NaT), "NaT"), (lambda c: c.looks("2026-06-14", 91.0, 0.0), "latitude = 91; accepted: -90 to 90"),
    (lambda c: c.looks("2026-06-14", np.nan, 0.0), "latitude"), (lambda c: c.windows("2026-06-15", "2026-06-14", 0.0, 0.0), "not after start"),
    (lambda c: c.serving("2026-06-14", "2026-06-15", 0.0, 0.0, strategy="lucky"), "strategy = 'lucky'"),
    (lambda c: c.windows("2026-06-14", "2026-06-15", [0.0, 1.0], [0.0, 1.0, 2.0]), "stations do not broadcast"),
])
def test_an_invalid_argument_gives_one_sentence(three_body, call, words):
    with pytest.raises(cs.InputError, match=words):
        call(three_body)

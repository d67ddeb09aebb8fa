"""cs.sky beside pvlib in the same run: the Sun, clear sky, planes, cells, glass; forms of input, NaN, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pvlib
import pytest
import xarray as xr

import coldsun as cs

N = 4000


@pytest.fixture(scope="module")
def sun() -> pd.DataFrame:
    """A year at 22.9 S every 2 h 11 min, with the irradiance of a clear sky made uneven."""
    time = pd.date_range("2026-01-01", periods=N, freq="131min", tz="UTC")
    frame = pvlib.solarposition.get_solarposition(time, -22.92, -69.91, altitude=1635.0)
    chance = np.random.default_rng(3)
    frame["extra"] = pvlib.irradiance.get_extra_radiation(time)
    frame["airmass"] = pvlib.atmosphere.get_relative_airmass(frame["apparent_zenith"])
    clear = pvlib.clearsky.ineichen(frame["apparent_zenith"], frame["airmass"] * 0.82, 3.0, altitude=1635.0, dni_extra=frame["extra"])
    frame["dni"] = clear["dni"] * chance.uniform(0.0, 1.0, N)
    frame["dhi"] = clear["dhi"] * chance.uniform(0.3, 3.0, N)
    frame["ghi"] = frame["dhi"] + frame["dni"] * np.cos(np.radians(frame["apparent_zenith"])).clip(lower=0.0)
    return frame


@pytest.mark.parametrize(("latitude", "longitude", "altitude"), [(-22.92, -69.91, 1635.0), (24.4267, 54.6167, 10.0), (78.2, 15.6, 450.0)])
def test_the_solar_position_is_that_of_spa(latitude, longitude, altitude):
    """1e-6 degrees on the sphere: the same equations in another order. Equation of time 0.004 min: pvlib's mean Sun stands at TT, ours at UT1, and
    67 s move it by 0.0030 min."""
    time = pd.date_range("2024-02-28", periods=3000, freq="6h7min", tz="America/Santiago")
    ours = cs.sky.solarposition(time, latitude, longitude, altitude=altitude)
    theirs = pvlib.solarposition.get_solarposition(time, latitude, longitude, altitude=altitude)
    assert ours.index.equals(theirs.index) and list(ours.columns) == list(theirs.columns)
    for name in theirs.columns:
        gap = np.abs(ours[name] - theirs[name]).to_numpy()
        gap = np.minimum(gap, 360.0 - gap) * np.sin(np.radians(theirs["zenith"].to_numpy())) if name == "azimuth" else gap
        assert gap.max() < (4e-3 if name == "equation_of_time" else 1e-6), name


def test_clear_sky_is_that_of_pvlib(sun):
    """1e-12: the same formula; night is 0, not NaN."""
    arguments = (sun["apparent_zenith"], sun["airmass"] * 0.82, 3.0)
    ours = cs.sky.ineichen(*arguments, altitude=1635.0, dni_extra=sun["extra"])
    theirs = pvlib.clearsky.ineichen(*arguments, altitude=1635.0, dni_extra=sun["extra"])
    assert list(ours.columns) == list(theirs.columns) and (ours[sun["airmass"].isna()] == 0.0).all().all()
    for name in theirs:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("model", ["isotropic", "haydavies", "reindl", "perez"])
def test_planes_are_those_of_pvlib(sun, model):
    """1e-10 W/m2 beside 1e-12: cosines of degrees in another order; also where the Sun is down and the data say light."""
    chance = np.random.default_rng(4)
    tilt, azimuth = chance.uniform(0.0, 90.0, N), chance.uniform(0.0, 360.0, N)
    light = (sun["dni"] + 3.0, sun["ghi"] + 5.0, sun["dhi"] + 2.0)
    arguments = (tilt, azimuth, sun["apparent_zenith"], sun["azimuth"], *light)
    ours = cs.sky.get_total_irradiance(*arguments, dni_extra=sun["extra"], model=model, albedo=0.2)
    theirs = pvlib.irradiance.get_total_irradiance(*arguments, dni_extra=sun["extra"], model=model, albedo=0.2)
    assert list(ours.columns) == list(theirs.columns)
    for name in theirs:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=1e-10, err_msg=name)


def test_cell_temperatures_incidence_modifier_and_split_are_those_of_pvlib(sun):
    """1e-13: the same formulae; glass 1e-12, for its quotients are near 0 by 0 at grazing incidence."""
    chance = np.random.default_rng(5)
    poa, air, wind = chance.uniform(0.0, 1200.0, N), chance.uniform(-20.0, 45.0, N), chance.uniform(0.0, 15.0, N)
    same = dict(rtol=1e-13)
    np.testing.assert_allclose(cs.sky.faiman(poa, air, wind), pvlib.temperature.faiman(poa, air, wind), **same)
    np.testing.assert_allclose(cs.sky.pvsyst_cell(poa, air, wind, u_v=1.2), pvlib.temperature.pvsyst_cell(poa, air, wind, u_v=1.2), **same)
    glass = dict(a=-3.47, b=-0.0594, deltaT=3.0)
    np.testing.assert_allclose(cs.sky.sapm_cell(poa, air, wind, **glass), pvlib.temperature.sapm_cell(poa, air, wind, **glass), rtol=1e-12)
    angle = chance.uniform(-120.0, 120.0, N)
    for coating in (None, 1.29):
        np.testing.assert_allclose(cs.sky.physical(angle, n_ar=coating), pvlib.iam.physical(angle, n_ar=coating), rtol=1e-12, atol=1e-14)
    ours, theirs = (m.erbs(sun["ghi"], sun["zenith"], sun.index) for m in (cs.sky, pvlib.irradiance))
    for name in ("dni", "dhi", "kt"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-10, atol=1e-10, err_msg=name)
    pd.testing.assert_series_equal(cs.sky.get_relative_airmass(sun["zenith"]), pvlib.atmosphere.get_relative_airmass(sun["zenith"]),
                                   check_names=False, rtol=1e-13)
    pd.testing.assert_series_equal(cs.sky.get_extra_radiation(sun.index), pvlib.irradiance.get_extra_radiation(sun.index), rtol=1e-13)
    assert cs.sky.get_absolute_airmass(1.5, 9e4) == pvlib.atmosphere.get_absolute_airmass(1.5, 9e4)


def test_times_are_accepted_in_every_form():
    want = cs.sky.solarposition(pd.DatetimeIndex(["2026-06-21T16:00Z"]), 10.0, 20.0)
    for time in ("2026-06-21T16:00Z", pd.Timestamp("2026-06-21T18:00+02:00"), np.datetime64("2026-06-21T16:00"), ["2026-06-21 16:00"]):
        assert cs.sky.get_solarposition(time, 10.0, 20.0).to_numpy().tolist() == want.to_numpy().tolist()
    axis = xr.DataArray(pd.date_range("2026-06-21", periods=3, freq="h"), dims="time")
    place = xr.DataArray([10.0, 50.0], dims="site")
    grid = cs.sky.solarposition(axis, place, 20.0)
    assert dict(grid.sizes) == {"time": 3, "site": 2}
    nat = cs.sky.solarposition(pd.DatetimeIndex(["2026-06-21T16:00", None]), 10.0, 20.0)
    assert nat.iloc[0].notna().all() and nat.iloc[1].isna().all()
    for bad in ("yesterday?", [object()]):
        with pytest.raises(cs.InputError, match="time"):
            cs.sky.solarposition(bad, 10.0, 20.0)


def test_nan_affects_only_its_own_point():
    """In 1,500 points one NaN costs its own point, whichever input holds it; but an air mass of NaN is night."""
    calls = {cs.sky.ineichen: (40.0, 1.3, 3.0, 100.0, 1400.0), cs.sky.faiman: (800.0, 20.0, 2.0, 25.0, 6.84), cs.sky.physical: (50.0,),
             cs.sky.erbs: (500.0, 40.0, 100.0), cs.sky.get_total_irradiance: (30.0, 180.0, 40.0, 170.0, 800.0, 700.0, 100.0, 1400.0, 1.3, 0.2)}
    for function, values in calls.items():
        for where in range(len(values)):
            columns = [np.full(1500, x) for x in values]
            columns[where][700] = np.nan
            more = dict(model="perez") if function is cs.sky.get_total_irradiance else {}
            out = function(*columns, **more)
            first = next(iter(out.values())) if isinstance(out, dict) else out
            night = (function, where) in ((cs.sky.ineichen, 1), (cs.sky.get_total_irradiance, 8))
            assert np.flatnonzero(np.isnan(first)).tolist() == ([] if night else [700]), (function.__name__, where)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: cs.sky.ineichen(30.0, 1.2, 3.0, perez_enhancement=True), "perez_enhancement = True; accepted: False"),
    (lambda: cs.sky.get_total_irradiance(30, 180, 40, 170, 800, 700, 100, model="king"), "model = 'king'; accepted: isotropic, haydavies"),
    (lambda: cs.sky.get_total_irradiance(30, 180, 40, 170, 800, 700, 100, model="perez"), "dni_extra = None"),
    (lambda: cs.sky.get_total_irradiance(30, 180, 40, 170, 800, 700, 100, surface_type="cheese"), "surface_type = 'cheese'; accepted: 'urban'"),
    (lambda: cs.sky.faiman([1.0, 2.0], [1.0, 2.0, 3.0]), r"poa_global \(2,\), temp_air \(3,\)"),
    (lambda: cs.sky.physical(30.0, n=0.0), "n = 0; accepted: numbers above 0"),
    (lambda: cs.sky.get_extra_radiation(400), "datetime_or_doy = 400"),
    (lambda: cs.sky.get_extra_radiation(10, method="nrel"), "method = 'nrel'"),
    (lambda: cs.sky.get_relative_airmass(10, model="simple"), "model = 'simple'"),
    (lambda: cs.sky.solarposition("2026-06-21", 0.0, 0.0, method="ephemeris"), "method = 'ephemeris'"),
])
def test_an_unsupported_argument_gives_one_sentence(call, words):
    with pytest.raises(cs.InputError, match=words):
        call()

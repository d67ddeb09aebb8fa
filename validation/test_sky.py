"""The recorded sky of a clear day against pvlib in the same run: irradiance per step, irradiance on every plane."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pvlib
import pytest
from changed_sites import CLEAR, LUMPED, QUIET

import coldsun as cs

pytestmark = pytest.mark.fast
PILOTS = {"atacama": "2026-06-14T10:00Z", "masdar": "2026-06-14T01:00Z"}   # before sunrise
HOURS = 14.0


def reference(facts: dict, middle: pd.DatetimeIndex, record) -> pd.DataFrame:
    """pvlib's clear sky at the steps' middles: SPA with the record's air, Kasten and Young, Ineichen and Perez at turbidity 3."""
    pressure, temperature = float(record["pressure"].mean()), record["temp_air"].values[:, 0, 0] - 273.15
    sun = pvlib.solarposition.spa_python(middle, facts["latitude"], facts["longitude"], altitude=facts["altitude"], pressure=pressure, temperature=temperature)
    airmass = pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"])
    extra = pvlib.irradiance.get_extra_radiation(middle)
    absolute = pvlib.atmosphere.get_absolute_airmass(airmass, pressure)
    sky = pvlib.clearsky.ineichen(sun["apparent_zenith"], absolute, 3.0, altitude=facts["altitude"], dni_extra=extra)
    return sky.assign(zenith=sun["apparent_zenith"], azimuth=sun["azimuth"], airmass=airmass, extra=extra)


@pytest.mark.parametrize("name", PILOTS)
def test_irradiance_of_a_clear_day_is_that_of_pvlib(site, name):
    """Tolerance 0.1 W/m2 with the sun more than 5 degrees up: the engine's table is linear between minutes (0.03 W/m2), and a step that holds a
    job's or an outage's cut is a mean of two middles. Energy of the day: 2e-5."""
    network = site(name, LUMPED, CLEAR, QUIET)
    (facts,) = network.sites
    record = cs.Twin(network, hours=HOURS, start=PILOTS[name], dt=20.0).run(progress=False)
    middle = pd.DatetimeIndex(record["time"].values, tz="UTC") - pd.Timedelta(seconds=10)
    want = reference(facts, middle, record)
    up = want["zenith"].to_numpy() < 85.0
    assert up.sum() > 1500
    for column in ("ghi", "dni", "dhi"):
        have = record[column].values[:, 0, 0]
        gap = np.abs(have - want[column].to_numpy())[up]
        energy = have[up].sum() / want[column].to_numpy()[up].sum() - 1.0
        print(f"{name} {column}: largest difference {gap.max():.3f} W/m2, energy {energy:+.1e}")
        assert gap.max() < 0.1
        assert abs(energy) < 2e-5
    zenith = np.degrees(record["solar_zenith"].values[:, 0, 0])[up]
    print(f"{name} zenith: largest difference {np.abs(zenith - want['zenith'].to_numpy()[up]).max():.4f} degrees")
    assert np.abs(zenith - want["zenith"].to_numpy()[up]).max() < 0.01
    assert record["ghi"].values[want["zenith"].to_numpy() > 92.0].max(initial=0.0) == 0.0


@pytest.mark.parametrize("name", PILOTS)
def test_irradiance_on_every_plane_is_that_of_pvlib(site, name):
    """Perez's transposition of the step's own ghi, dni, dhi, every quarter of an hour, where the step is one cut: 0.05 W/m2, for
    the engine's Sun is interpolated between minutes."""
    network = site(name, LUMPED, CLEAR, QUIET)
    (facts,) = network.sites
    text = tomllib.loads((cs.data_folder() / "sites" / f"{name}.toml").read_text(encoding="utf-8"))
    strings = text["power"]["strings"]
    albedo = text["climate"]["albedo"]["value"]
    twin = cs.Twin(network, hours=HOURS, start=PILOTS[name], dt=10.0)
    sky, cuts, worst, n = twin.state["sky"], twin.state["run"]["n_cut"], 0.0, 0
    while twin.time < twin.start + pd.Timedelta(hours=HOURS):
        twin.step(89)
        before = int(cuts[0])
        twin.step(1)
        middle = pd.DatetimeIndex([twin.time - pd.Timedelta(seconds=5)])
        sun = pvlib.solarposition.spa_python(middle, facts["latitude"], facts["longitude"], altitude=facts["altitude"],
                                             pressure=float(sky["pressure"][0, 0]), temperature=float(sky["temp_air"][0, 0]) - 273.15)
        zenith, azimuth = float(sun["apparent_zenith"].iloc[0]), float(sun["azimuth"].iloc[0])
        if int(cuts[0]) != before + 1 or zenith > 80.0:
            continue
        extra = float(pvlib.irradiance.get_extra_radiation(middle).iloc[0])
        ghi, dni, dhi = (float(sky[k][0, 0]) for k in ("ghi", "dni", "dhi"))
        for k, group in enumerate(strings):
            tilt, surface = (float(v["value"] if isinstance(v, dict) else v) for v in (group["surface_tilt_deg"], group["surface_azimuth_deg"]))
            want = pvlib.irradiance.get_total_irradiance(tilt, surface, zenith, azimuth, dni, ghi, dhi, dni_extra=extra, model="perez",
                                                         airmass=float(pvlib.atmosphere.get_relative_airmass(zenith)), albedo=albedo)["poa_global"]
            gap = abs(float(sky["poa_global"][0, k]) - float(want))
            worst, n = max(worst, gap), n + 1
            assert gap < 0.05, (name, group["name"], middle[0])
    print(f"{name}: {n} plane hours, largest difference {worst:.1e} W/m2")
    assert n >= 60

"""The recorded sky of a cloudless site against pvlib in the same run: clear-sky irradiance and what falls on the planes."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pvlib
import pytest

import coldsun as cs

pytestmark = pytest.mark.fast


@pytest.fixture(scope="module")
def clear_day(tmp_path_factory):
    """Ten hours of daylight at the Atacama pilot without clouds, haze or dust; no jobs, every node lumped."""
    text = (cs.data_folder() / "sites" / "atacama.toml").read_text(encoding="utf-8")
    for key, value in {"clear_fraction": "1.0", "overcast_fraction": "0.0", "haze": "0.0", "dust_days": "0.0"}.items():
        listed = ", ".join([value] * 12)
        text = re.sub(rf"^{key} = .*$", f'{key} = {{ value = [{listed}], source = "assumed: none" }}', text, flags=re.M)
    text = re.sub(r"^n_field = .*$", "n_field = 0", text, flags=re.M)
    folder = tmp_path_factory.mktemp("clear")
    path = folder / "clear.toml"
    path.write_text(text, encoding="utf-8")
    network = cs.load_site(path)
    record = cs.Twin(network, hours=10.0, start="2026-06-14T11:30Z", dt=60.0).run(out=folder / "record", progress=False)
    return network, record.isel(member=0, site=0)


def test_ineichen_day(clear_day):
    network, record = clear_day
    facts = network.sites[0]
    middle = pd.DatetimeIndex(record["time"].values - np.timedelta64(30, "s")).tz_localize("UTC")
    pressure = pvlib.atmosphere.alt2pres(facts["altitude"])
    sun = pvlib.solarposition.spa_python(middle, facts["latitude"], facts["longitude"], facts["altitude"], pressure, 12.0)
    airmass = pvlib.atmosphere.get_absolute_airmass(pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"]), pressure)
    extra = pvlib.irradiance.get_extra_radiation(middle)
    turbidity = 2.9  # of June in the site file
    sky = pvlib.clearsky.ineichen(sun["apparent_zenith"], airmass, turbidity, facts["altitude"], extra)
    for name in ("ghi", "dni", "dhi"):
        ours, theirs = float(record[name].sum()), float(sky[name].sum())
        print(f"{name}: engine {ours / 60e3:.4f} kWh/m2, pvlib {theirs / 60e3:.4f}")
        assert ours == pytest.approx(theirs, rel=5e-3)  # the site's month is blended with its neighbours' (2.9 on both sides) and day by day
    high = np.asarray(sun["apparent_zenith"]) < 75.0
    difference = np.abs(record["ghi"].values - sky["ghi"].to_numpy())[high]
    print(f"largest difference at a minute: {difference.max():.3f} W/m2")
    assert difference.max() < 5.0

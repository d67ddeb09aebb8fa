"""Days on real weather files keep the files' energy. Runs where the records lie beside the project; says so where they do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coldsun as cs

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "weather"
FILES = {"atacama": "antofagasta_PSDA_explorador_solar_hourly.csv", "masdar": "dubai_intl_ap_TMYx_wmo411940.epw"}


@pytest.mark.fast
@pytest.mark.parametrize("site", FILES)
@pytest.mark.parametrize("day", ["2026-03-20", "2026-12-21"])
def test_day_keeps_the_energy_of_its_file(site, day, tmp_path):
    path = FOLDER / FILES[site]
    if not path.is_file():
        pytest.skip(f"no weather record beside the project ({path.name})")
    weather = cs.read_weather(path, 2026)
    network = cs.load_site(site)
    start = pd.Timestamp(day, tz="UTC") - pd.Timedelta(seconds=network.sites[0]["utc_offset"])
    record = cs.Twin(network, hours=24.0, start=str(start), dt=60.0, weather=weather).run(out=tmp_path / "record", progress=False)
    time = pd.to_datetime(weather.time, utc=True)
    inside = (time >= start) & (time < start + pd.Timedelta(days=1))
    theirs = weather.ghi[np.asarray(inside)].sum() * weather.interval
    ours = float((record["ghi"] * record["step"]).sum())
    print(f"{site} {day}: engine {ours / 3.6e6:.3f} kWh/m2, file {theirs / 3.6e6:.3f}")
    assert ours == pytest.approx(theirs, rel=0.01)

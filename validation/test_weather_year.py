"""Days of a real or synthetic weather year: the recorded energy of the sun is the file's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import weather_files
from changed_sites import LUMPED, QUIET, RECORDS

import coldsun as cs

HERE = Path(__file__).resolve().parent
FILES = {"atacama": "antofagasta_PSDA_explorador_solar_hourly.csv", "masdar": "dubai_intl_ap_TMYx_wmo411940.epw"}
PLACE = {"atacama": (-22.92, -69.91, -4.0), "masdar": (24.4267, 54.6167, 4.0)}
DAYS = ("01-17", "04-18", "07-19", "10-17")


def energies(network, weather: cs.Weather, day: str, members: int) -> tuple[np.ndarray, float]:
    """GHI of one local day [kWh/m2]: of every member, and of the file."""
    (facts,) = network.sites
    start = pd.Timestamp(f"2026-{day}") - pd.Timedelta(seconds=facts["utc_offset"])
    record = cs.Twin(network, hours=24.0, start=start.isoformat(), dt=300.0, members=members, weather=weather).run(segment_hours=24.0, progress=False)
    time = pd.DatetimeIndex(weather.time)
    rows = (time >= start) & (time < start + pd.Timedelta(days=1))
    assert rows.sum() == 24
    have = (record["ghi"].values[:, :, 0] * record["step"].values[:, None]).sum(axis=0) / 3.6e6
    assert float(record["p_pv"].values.max()) > 1e5
    return have, float(weather.ghi[rows].sum()) / 1000.0


def compare(network, weather: cs.Weather, days, members: int, tolerance: float) -> None:
    have, want = [], []
    for day in days:
        ghi, file = energies(network, weather, day, members)
        print(f"{weather.source.split(' ')[0]} {day}: {ghi.mean():.3f} +- {ghi.std() / np.sqrt(members):.3f} kWh/m2 recorded, {file:.3f} in the file")
        assert np.abs(ghi / file - 1.0).max() < tolerance
        have.append(ghi.mean()), want.append(file)
    ratio = sum(have) / sum(want) - 1.0
    print(f"{weather.source.split(' ')[0]}: {ratio:+.2%} over {len(want)} days")
    assert abs(ratio) < tolerance


@pytest.mark.fast
@pytest.mark.parametrize("name", FILES)
def test_recorded_energy_of_a_synthetic_year_is_the_files(site, name, tmp_path):
    """Every member: clouds inside an hour keep its mean. 0.3 %: files round, and their Sun is not ours by some seconds."""
    place = PLACE[name]
    frame = weather_files.year(*place)
    path = weather_files.write_epw(tmp_path / "year.epw", frame, *place) if name == "masdar" else weather_files.write_sam(tmp_path / "year.csv", frame, *place)
    compare(site(name, LUMPED, QUIET), cs.read_weather(path, 2026), DAYS[:2], 4, 0.003)


@pytest.mark.fast
@pytest.mark.parametrize("name", FILES)
def test_recorded_energy_of_a_measured_year_is_the_files(site, name):
    """The same on a measured and modelled year, where the checkout has its neighbour."""
    path = RECORDS / "weather" / FILES[name]
    if not path.is_file():
        pytest.skip(f"no {FILES[name]} beside this checkout: the synthetic year stands alone")
    compare(site(name, LUMPED, QUIET), cs.read_weather(path, 2026), DAYS, 4, 0.003)

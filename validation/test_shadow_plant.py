"""A measured plant followed: five days of NREL's SERF West array, 15-min means, with two of its channels broken in the source."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from changed_sites import RECORDS

import coldsun as cs
from coldsun.feeds import Replay
from coldsun.shadow import Shadow

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from small_site import small_site  # noqa: E402

RECORD = RECORDS / "pv" / "serf_west_15min.csv"
LATITUDE, LONGITUDE, ALTITUDE = 39.742, -105.173, 1830.0   # Golden, Colorado
TILT, AZIMUTH = 45.0, 158.0                                # assumed; PVDAQ system 51
POINT = """
[[shadow.point]]
quantity = "{}"
object_type = "Plant"
point_type = "Value"
tag = "{}"
unit = "{}"
source = "measured: SERF West"
"""


def plant(text: str) -> str:
    """The small site moved to Golden, its strings those of the array; it publishes what the record holds."""
    text = small_site(text)
    for key, value in (("latitude_deg", LATITUDE), ("longitude_deg", LONGITUDE), ("altitude_m", ALTITUDE), ("n_row", 1), ("n_per_row", 1),
                       ("surface_tilt_deg", TILT), ("surface_azimuth_deg", AZIMUTH), ("soiling_sigma", 0.15), ("drift_per_day", 0.3)):
        text = re.sub(rf"^{key} = (?:{{ value = )?[-0-9.]+(?:, source.*}})?$", f"{key} = {value}", text, flags=re.M)
    text = re.sub(r"^n_series = { value = 14.*$", "n_series = 11", text, flags=re.M)
    head, north, rest = re.split(r"(?=^\[\[power\.strings\]\]$)", text, flags=re.M)[:3]
    tail = text[text.index("[power.battery]"):]
    text = head + north + tail
    points, study = text.index("# What the site publishes"), text.index("# What a study draws")
    shadow = text[points:text.index("[[shadow.point]]")]
    for quantity, tag, unit, noise, low, high in (
            ("dni", "poa/beam", "w_per_m2", "noise_w_per_m2 = 5", "min_w_per_m2 = -10", "max_w_per_m2 = 1400"),
            ("dhi", "poa/diffuse", "w_per_m2", "noise_w_per_m2 = 5", "min_w_per_m2 = -10", "max_w_per_m2 = 900"),
            ("temp_air", "ambient_temp", "degc", "noise_k = 0.2", "min_degc = -40", "max_degc = 60"),
            ("p_pv", "dc_power", "kw", "noise_kw = 0.1", "min_kw = -0.5", "max_kw = 10"),
            ("p_pv", "ac_current", "kw", "noise_kw = 0.1", "min_kw = -0.5", "max_kw = 10"),
            ("t_hall", "das_temperature", "degc", "noise_k = 0.5", "min_degc = -40", "max_degc = 80")):
        shadow += POINT.format(quantity, tag, unit) + "\n".join((noise, low, high)) + "\n"
    return text[:points] + shadow + "\n" + text[study:]


def beam_and_diffuse(poa: pd.Series) -> pd.DataFrame:
    """DNI and DHI that give the plane's irradiance, as GTI-DIRINT has it (Marion 2015, doi 10.1016/j.solener.2015.05.024)."""
    pvlib = pytest.importorskip("pvlib", reason="pvlib is not installed")
    sun = pvlib.solarposition.get_solarposition(poa.index, LATITUDE, LONGITUDE, ALTITUDE)
    aoi = pvlib.irradiance.aoi(TILT, AZIMUTH, sun.apparent_zenith, sun.azimuth)
    found = pvlib.irradiance.gti_dirint(poa.clip(lower=0.0), aoi, sun.apparent_zenith, sun.azimuth, poa.index, TILT, AZIMUTH)
    return found[["dni", "dhi"]].fillna(0.0).clip(lower=0.0)


def replay(record: pd.DataFrame, path: Path) -> Path:
    """As `coldsun shadow --replay` reads it; a current is said as the power that it would be at the voltage beside it."""
    sky = beam_and_diffuse(record.poa_irradiance)
    said = {"poa/beam": sky.dni, "poa/diffuse": sky.dhi, "ambient_temp": record.ambient_temp, "dc_power": record.dc_power / 1e3,
            "ac_current": record.ac_current * record.ac_volts / 1e3, "das_temperature": record.das_temperature}
    stamp = record.index.as_unit("ns").asi8 // 1_000_000
    rows = [f"{t},{tag},{float(series.iloc[k])!r}\n" for k, t in enumerate(stamp) for tag, series in said.items()]
    path.write_text("".join(rows), encoding="utf-8")
    return path


@pytest.mark.skipif(not RECORD.is_file(), reason="pv/serf_west_15min.csv (PVDAQ system 51, in pvanalytics) is not in the folder that COLDSUN_DATA names")
def test_a_shadow_of_a_measured_plant_beats_persistence_and_names_broken_channels(tmp_path):
    record = pd.read_csv(RECORD, index_col=0, parse_dates=True).rename(columns=lambda c: c.split("__")[0])
    record.index = record.index.tz_localize("Etc/GMT+7").tz_convert("UTC").floor("15min")   # the logger's minute is its own
    file = tmp_path / "serf_west.toml"
    file.write_text(plant((cs.data_folder() / "sites" / "atacama.toml").read_text(encoding="utf-8")), encoding="utf-8")
    site = cs.load_site(file)
    s = Shadow(site, Replay(replay(record, tmp_path / "said.csv")), members=4, hours=120.0, dt=900.0, lag=60.0, segment_hours=24.0, out=tmp_path / "rec")
    cell, power = {}, {}

    def look(s):
        cell[s.twin.time] = float(s.twin.state["sky"]["temp_cell"].mean()) - 273.15
        power[s.twin.time] = s.forecast.mean(0)

    s.follow(progress=look)
    of = {p["topic"].rsplit("Value/", 1)[1]: k for k, p in enumerate(s.points)}
    print(s.errors().round(2).to_string(), s.alarms, dict(s.counts.by_reason), s.parameters().loc[["atacama pv_gain"]], sep="\n")
    print({tag: (int(s.quality.seen[k]), int(s.quality.taken[k]), s.skill.rmse([k])) for tag, k in of.items()})
    cell = pd.Series(cell)
    at = record.reindex(cell.index)
    power = pd.Series({t: p[of["dc_power"]] for t, p in power.items()})
    print("dc_power, every reading", np.sqrt(np.mean((at.dc_power - power) ** 2)), np.sqrt(np.mean(at.dc_power.diff() ** 2)))
    for k in (1, 2, 3):
        module = at[f"module_temp_{k}"]
        print(k, np.sqrt(np.mean((module - cell) ** 2)), np.sqrt(np.mean(module.diff() ** 2)))
    twin, persistence = s.skill.rmse([of[next(t for t in of if t.endswith("dc_power"))]])
    assert twin < persistence   # over readings that were believed; over every one it is worse, as README says
    assert any("ac_current" in text and "is stuck" in text for text in s.alarms)
    assert s.counts.of("stuck", next(k for t, k in of.items() if t.endswith("ac_current"))) > 400
    false = next(k for t, k in of.items() if t.endswith("das_temperature"))
    assert s.quality.taken[false] < 10 and np.isfinite(s.forecast[:, false]).all() and abs(s.forecast[:, false].mean() - 300.0) < 30.0
    assert s.counts.of("limits", false) > 100

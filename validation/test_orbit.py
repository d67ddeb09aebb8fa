"""Contacts of the recorded run against brute force: python-sgp4's own propagation, elevation sampled every second, WGS84 station."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import coldsun as cs

pytestmark = pytest.mark.fast
HOURS = 12.0


def elevation(satellite, station, seconds, start):
    """Elevation [rad] over the station at start + seconds; GMST82, no polar motion, UT1 = UTC, as the engine has it."""
    jd = pd.Timestamp(start, unit="ns").to_julian_date()
    error, r, _ = satellite.sgp4_array(np.full(seconds.size, np.floor(jd) + 0.5), jd - np.floor(jd) - 0.5 + seconds / 86400.0)
    assert not error.any()
    d = jd - 2451545.0 + seconds / 86400.0
    c = d / 36525.0
    gmst = np.radians((67310.54841 + (876600 * 3600 + 8640184.812866) * c + 0.093104 * c**2 - 6.2e-6 * c**3) / 240.0)
    x = np.cos(gmst) * r[:, 0] + np.sin(gmst) * r[:, 1]
    y = -np.sin(gmst) * r[:, 0] + np.cos(gmst) * r[:, 1]
    lat, lon, alt = station
    e2 = (2 - 1 / 298.257223563) / 298.257223563
    n = 6378.137 / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    up = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    here = np.array([(n + alt) * np.cos(lat) * np.cos(lon), (n + alt) * np.cos(lat) * np.sin(lon), (n * (1 - e2) + alt) * np.sin(lat)])
    line = np.column_stack([x, y, r[:, 2]]) - here
    return np.arcsin(line @ up / np.linalg.norm(line, axis=1))


def test_contact_time_is_that_of_sampling(tmp_path):
    omm = pytest.importorskip("sgp4.omm")
    from sgp4.api import Satrec

    network = cs.load_site("atacama")
    facts = network.sites[0]
    twin = cs.Twin(network, hours=HOURS)
    record = twin.run(out=tmp_path / "record", progress=False)
    engine = float(record["contact_seconds"].isel(time=-1, member=0, site=0))
    station = (np.radians(facts["latitude"]), np.radians(facts["longitude"]), facts["altitude"] / 1e3)
    seconds = np.arange(0.0, HOURS * 3600.0)
    seen = np.zeros(seconds.size, bool)
    lines = (cs.data_folder() / "constellations" / "three_body.csv").read_text(encoding="utf-8").splitlines()
    text = [line for line in lines if line and not line.startswith("#")]
    for fields in omm.parse_csv(iter([line + "\n" for line in text])):
        satellite = Satrec()
        omm.initialize(satellite, fields)
        seen |= elevation(satellite, station, seconds + 0.5, twin.start.value) > np.radians(10.0)
    edges = int(np.count_nonzero(np.diff(seen.astype(int))))
    print(f"contact: engine {engine:.1f} s, sampling {seen.sum()} s, {edges} edges")
    assert seen.sum() > 600
    assert abs(engine - seen.sum()) <= 0.5 * edges + 1.0  # half a second per edge is what sampling every second can miss

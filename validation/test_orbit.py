"""Contact time of the record against sampling every second with python-sgp4: the twelve Three-Body satellites over both pilots."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from changed_sites import LUMPED

import coldsun as cs

omm = pytest.importorskip("sgp4.omm")
from sgp4.api import Satrec, SatrecArray  # noqa: E402

pytestmark = pytest.mark.fast
MASK = 10.0                       # degrees, of the sites' files
A, F = 6378.137, 1 / 298.257223563   # WGS84 [km]


def satellites() -> SatrecArray:
    lines = (cs.data_folder() / "constellations" / "three_body.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(StringIO("\n".join(line for line in lines if not line.startswith("#"))))
    out = []
    for row in rows:
        satellite = Satrec()
        omm.initialize(satellite, row)
        out.append(satellite)
    assert len(out) == 12
    return SatrecArray(out)


def gmst(julian: np.ndarray, fraction: np.ndarray) -> np.ndarray:
    """Greenwich mean sidereal time (IAU 1982) [rad], UT1 taken as UTC."""
    t = (julian - 2451545.0 + fraction) / 36525.0
    seconds = 67310.54841 + (876600 * 3600 + 8640184.812866) * t + 0.093104 * t**2 - 6.2e-6 * t**3
    return np.radians(seconds / 240.0) % (2 * np.pi)


def elevations(latitude: float, longitude: float, altitude: float, time: pd.DatetimeIndex) -> np.ndarray:
    """Elevation [degrees] of every satellite at every time, (satellite, time); TEME turned by GMST, no polar motion (0.3 arcsec)."""
    days = time.to_julian_date().to_numpy()
    julian = np.floor(days - 0.5) + 0.5
    fraction = (time - time.normalize()).total_seconds().to_numpy() / 86400.0
    error, position, _ = satellites().sgp4(julian, fraction)
    assert not error.any()
    turn = gmst(julian, fraction)
    x = position[..., 0] * np.cos(turn) + position[..., 1] * np.sin(turn)
    y = -position[..., 0] * np.sin(turn) + position[..., 1] * np.cos(turn)
    phi, lam, h = np.radians(latitude), np.radians(longitude), altitude / 1000.0
    n = A / np.sqrt(1 - F * (2 - F) * np.sin(phi) ** 2)
    station = np.array([(n + h) * np.cos(phi) * np.cos(lam), (n + h) * np.cos(phi) * np.sin(lam), (n * (1 - F) ** 2 + h) * np.sin(phi)])
    zenith = np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    line = np.stack([x, y, position[..., 2]], axis=-1) - station
    return np.degrees(np.arcsin(line @ zenith / np.linalg.norm(line, axis=-1)))


@pytest.mark.parametrize("name", ["atacama", "masdar"])
def test_contact_time_of_a_day_is_that_of_sampling_every_second(site, name):
    """To one second per AOS or LOS, the resolution of the samples."""
    network = site(name, LUMPED)
    (facts,) = network.sites
    twin = cs.Twin(network, hours=24.0, dt=60.0)
    record = twin.run(segment_hours=24.0, progress=False)
    time = pd.date_range(twin.start.tz_localize(None), periods=86400, freq="s") + pd.Timedelta(seconds=0.5)
    seen = (elevations(facts["latitude"], facts["longitude"], facts["altitude"], time) >= MASK).any(axis=0)
    edges = np.concatenate([[0], np.cumsum(seen[1:] != seen[:-1])])
    at = np.arange(60, 86401, 60) - 1
    have, want = record["contact_seconds"].values[:, 0, 0], np.cumsum(seen)[at]
    gap = np.abs(have - want)
    print(f"{name}: {have[-1] / 60:.2f} min of contact by the record, {want[-1] / 60:.2f} by sampling, {edges[-1]} edges, largest difference {gap.max():.2f} s")
    assert want[-1] > 1800 and edges[-1] >= 4
    assert (gap <= 1.0 * np.maximum(edges[at] + 1, 1)).all()
    # no contact is invented or missed: minutes with and without one agree beside the edges
    inside = np.diff(have, prepend=0.0) > 0.0
    assert np.array_equal(inside, seen.reshape(-1, 60).any(axis=1)) or np.abs(inside.astype(int) - seen.reshape(-1, 60).any(axis=1)).sum() <= edges[-1] // 2

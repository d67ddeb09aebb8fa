"""Effect of outages on power and junctions, path by path, on one schedule of outages."""

from __future__ import annotations

import numpy as np
import pytest
from changed_sites import LUMPED

import coldsun as cs

pytestmark = pytest.mark.fast
PATHS = ("stall", "burst", "stale")


def test_each_path_of_an_outage_changes_power_and_junctions_in_its_direction(site):
    """Two hours at the site with an outage at most of the boundaries."""
    network = site("masdar", LUMPED)
    start = {}
    for name, off in [("none", PATHS), *((p, tuple(q for q in PATHS if q != p)) for p in PATHS), ("all", ())]:
        twin = cs.Twin(network, hours=2.0, start="2026-06-14T06:00Z", paths_off=off)
        start[name] = twin.run(segment_hours=2.0, progress=False)
    none = start["none"]
    outages, seconds = (float(none[k].values[-1, 0, 0]) for k in ("outage_count", "outage_seconds"))
    print(f"{outages:.0f} outages, {seconds:.1f} s without a link in two hours")
    assert outages > 50
    drift = {}
    for name, record in start.items():
        for counter in ("outage_count", "outage_seconds", "handover_count"):
            assert np.array_equal(record[counter].values, none[counter].values), "one schedule for all"
        gap = record["t_junction"].values - none["t_junction"].values
        drift[name] = np.abs(gap).max()
        energy = float((record["p_it"] - none["p_it"]).mean()) / float(none["p_it"].mean())
        print(f"path {name:5s}: junction differs by at most {drift[name]:.3f} K, rms {np.sqrt((gap**2).mean()):.4f} K, mean {gap.mean():+.5f} K; "
              f"IT energy {energy:+.2e}")
    assert drift["none"] == 0.0
    assert drift["stall"] > 0.0 and drift["burst"] > 0.0 and drift["all"] > 0.0
    # in the gap a stalled node draws less; in the burst a draining node draws more
    assert float((start["stall"]["p_it"] - none["p_it"]).mean()) < 0.0
    assert float((start["burst"]["p_it"] - none["p_it"]).mean()) > 0.0

"""Convergence in the step on a stochastic day: effect of the coupling's step. A C++ test checks the order on smooth weather."""

from __future__ import annotations

import numpy as np
import pytest
from changed_sites import LUMPED

import coldsun as cs

pytestmark = pytest.mark.fast


def run(network, dt: float):
    """Four hours over the battery's change from discharge to charge, seen every 80 s."""
    record = cs.Twin(network, hours=4.0, start="2026-06-14T11:00Z", dt=dt).run(segment_hours=4.0, progress=False)
    every = int(80.0 / dt)
    power = {k: record[k].values[:, 0, 0].reshape(-1, every).mean(axis=1) for k in ("p_pv", "p_it", "p_battery", "p_grid")}
    ends = slice(every - 1, None, every)
    return power, record["t_junction"].values[ends, 0], record["soc"].values[ends, 0, 0]


def test_the_default_step_is_converged_in_mean_power_and_junction_temperature(site):
    """The finest run is the reference. Mean powers within 1e-4 of the hall's at the default step, junctions within 0.1 K rms."""
    network = site("atacama", LUMPED)
    reference = run(network, 5.0)
    scale = reference[0]["p_it"].mean()
    print(f"against dt = 5 s; mean IT power {scale / 1e3:.1f} kW")
    for dt in (40.0, 20.0, 10.0):
        power, junction, soc = run(network, dt)
        mean = {k: abs(v.mean() - reference[0][k].mean()) / scale for k, v in power.items()}
        gap = np.abs(junction - reference[1])
        text = ", ".join(f"{k} {v:.1e}" for k, v in mean.items())
        print(f"dt = {dt:4.0f} s: means over IT power: {text}; junction rms {np.sqrt((gap**2).mean()):.3f} K, 99.9 % below {np.quantile(gap, 0.999):.2f} K; "
              f"state of charge at the end {abs(soc[-1] - reference[2][-1]):.1e}")
        if dt == 10.0:
            assert max(mean.values()) < 1e-4
            assert abs(soc[-1] - reference[2][-1]) < 1e-4
            assert np.sqrt((gap**2).mean()) < 0.1

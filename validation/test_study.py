"""Studies: error of lumped plates, and highest coolant supply temperature at Atacama. Both print results; the second resumes an earlier run."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import coldsun as cs
from coldsun.supply import sentences, supply_limit

DRIFT = dict(members=4, hours=0.5, seed=5, start="2026-06-14T16:00Z", paths=("all",), trace_every=4)


@pytest.mark.fast
def test_eight_resolved_plates_give_the_drift_of_all_resolved(site):
    """Half an hour of members with 8, 0 and all 128 plates resolved: largest drift and hottest junction."""
    def run(n_field):
        return cs.studies.handover_drift("atacama", n_field=n_field, **DRIFT).run(workers=1, batch=4, progress=False)

    whole = run(128)
    events = whole["n_event"].sel(group="hall").values
    assert events.sum() > 20
    for n_field in (8, 0):
        part = run(n_field)
        assert np.array_equal(part["n_event"].values, whole["n_event"].values), "the same outages"
        peak, rise, dip, hottest = (np.abs(part[name].sel(group="hall").values - whole[name].sel(group="hall").values).max()
                                    for name in ("sum_peak", "max_rise", "max_dip", "highest"))
        mean = np.abs((part["sum_peak"] - whole["sum_peak"]).sel(group="hall").values / np.maximum(events, 1)).max()
        print(f"{n_field} of 128 nodes as fields against all: hottest junction {hottest:.4f} K, mean peak of the drift {mean:.4f} K, "
              f"largest rise {rise:.4f} K, deepest dip {dip:.4f} K")
        assert hottest < 0.3 and rise < 0.5 and dip < 0.5 and mean < 0.5   # the fit of the lumped plate, and the steps of either: 0.05 K each
        assert peak >= 0.0


def test_the_highest_supply_temperature_at_atacama_is_confirmed_by_other_days():
    """384 days over the year, with and without handovers. Hours on two processors the first time; batches are kept and taken up."""
    folder = Path(os.environ.get("COLDSUN_STUDIES", "build/studies")) / "atacama-supply"
    data, answers = supply_limit("atacama", 384, out=folder, workers=None, progress=False)
    print(*sentences(data, answers), sep="\n")
    without, with_handovers = answers
    for a in answers:
        assert a.days >= 384
        assert a.low <= a.found <= a.high
        assert a.share < 0.01, "other days at the temperature confirmed"
    assert with_handovers.found <= without.found + 0.05, "a handover heats no less than none"

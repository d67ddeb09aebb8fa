"""Records against the CF conventions, by IOOS's compliance checker."""

from __future__ import annotations

import json

import pytest
from compliance_checker.runner import CheckSuite, ComplianceChecker

import coldsun as cs

LUMPED = {r"^n_field = .*$": "n_field = 0"}


@pytest.mark.fast
def test_a_segment_conforms_to_cf_1_11(site, tmp_path):
    """No finding of high priority; of medium priority only the order of dimensions: a record grows along time, so time is first."""
    cs.Twin(site("atacama", LUMPED), members=2, hours=0.05, start="2026-06-14T16:00Z").run(out=tmp_path / "record", progress=False)
    CheckSuite.load_all_available_checkers()
    told = tmp_path / "cf.json"
    ComplianceChecker.run_checker(str(tmp_path / "record" / "segment_0000.nc"), ["cf:1.11"], 0, "normal", output_filename=str(told), output_format="json")
    found = json.loads(told.read_text())["cf:1.11"]
    words = [f"{check['name']}: {text}" for level in ("high", "medium") for check in found[f"{level}_priorities"] for text in check["msgs"]]
    assert found["possible_points"] > 1000 and not [w for w in words if "not in the recommended order" not in w], words

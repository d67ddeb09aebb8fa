"""The package: imports, shipped sites, help and reports of the subcommands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest

import coldsun as cs

PILOTS = ("atacama", "masdar")


def test_every_public_name_exists():
    assert cs.__version__ == "0.1.0" or cs.__version__[0].isdigit()
    for name in cs.__all__:
        assert getattr(cs, name) is not None
    assert os.environ["OMP_WAIT_POLICY"]


@pytest.mark.parametrize(("name", "latitude", "longitude", "altitude"), [("atacama", -22.92, -69.91, 1635), ("masdar", 24.4267, 54.6167, 10)])
def test_a_pilot_has_its_location_and_a_megawatt_of_it(name, latitude, longitude, altitude):
    network = cs.load_site(name)
    (facts,) = network.sites
    assert facts["name"] == name
    assert (facts["latitude"], facts["longitude"], facts["altitude"]) == pytest.approx((latitude, longitude, altitude))
    assert 0.8e6 < facts["p_it_max"] < 1.2e6   # the one-megawatt class
    assert facts["n_node"] >= 128 and 0 < facts["n_field"] < facts["n_node"]
    assert facts["n_string"] >= facts["n_string_row"] > 0


def test_the_network_of_pilots_has_two_sites_and_twelve_satellites():
    network = cs.load_network("pilots")
    assert sorted(s["name"] for s in network.sites) == sorted(PILOTS)
    assert len(network.element_epochs_ns()) == 12
    with pytest.raises(cs.InputError, match="2 sites"):
        cs.load_site("pilots")


def test_the_demo_day_is_within_three_days_of_the_element_sets():
    for name in (*PILOTS, "pilots"):
        network = cs.load_network(name)
        assert max(abs(e - network.start_ns) for e in network.element_epochs_ns()) < 3 * 86400e9


def test_a_twin_is_made_from_a_name_or_a_path(lumped):
    for given, title in (("atacama", "atacama"), (str(lumped), "atacama"), (lumped, "atacama"), ("pilots", "pilots")):
        assert cs.Twin(given, hours=0.1).network.name == title


def test_a_start_in_iso_8601_is_converted_to_utc(network):
    at = pd.Timestamp("2026-06-07T12:00Z")
    for text in ("2026-06-07T12:00", "2026-06-07T12:00Z", "2026-06-07T14:00:00.000+02:00", at, at.to_pydatetime()):
        assert cs.Twin(network, hours=0.1, start=text).start == at
    assert cs.Twin(network, hours=0.1, start="2026-06-07").start == pd.Timestamp("2026-06-07T00:00Z")


def test_networks_and_twins_have_views_for_notebooks(network):
    html = network._repr_html_()
    assert html.startswith("<table>") and "Atacama" in html and "MWp" in html
    twin = cs.Twin(network, hours=0.5)
    assert "inputs prepared to" in twin._repr_html_() and "atacama" in twin._repr_html_()
    assert repr(twin).startswith("<Twin of atacama")


@pytest.mark.parametrize("verb", ["run", "plan", "shadow", "emulate", "study", "check", "keys", "doctor", "bench"])
def test_every_subcommand_has_a_help_text(cli, verb):
    answer = cli(verb, "--help")
    assert answer.status == 0 and "Usage" in answer.out and answer.err == ""


def test_help_of_run_names_the_options_with_their_units(cli):
    """Rich took the units in brackets for markup and dropped them."""
    text = cli("run", "--help").out
    for option in ("--device", "--start", "--hours", "--dt", "--seed", "--members", "--first-member", "--weather", "--out", "--resume"):
        assert option in text
    assert "length of the run [h]" in text and "fixed time step [s]" in text


@pytest.mark.parametrize("name", PILOTS)
def test_check_prints_the_ratings_and_the_assumed_values_of_a_site(cli, name):
    text, whole = cli("check", name), cli("check", name, "--long")
    assert text.status == whole.status == 0 and text.err == whole.err == ""
    for word in ("place", "hall", "photovoltaics", "battery", "measured,", "irradiation", "reference", f"coldsun check {name} --long"):
        assert word in text.out
    assert len(text.out.splitlines()) <= 40 and "assumed:" not in text.out
    assert "assumed:" in whole.out and re.search(r"start = 2026-\d\d-\d\dT\d\d:00:00Z", whole.out) and "min;" not in whole.out
    facts = json.loads(cli("check", name, "--json").out)
    (site,) = facts["sites"]
    values = site["values"]
    assert values["total"] == values["measured"] + values["sourced"] + values["assumed"] + values["unstated"]
    assert values["unstated"] == 0, "every value of a shipped site has a source"
    assert values["total"] == len(values["list"]) > 100
    assert all(v["note"] for v in values["list"])


def test_check_shows_no_control_characters(cli, tmp_path):
    text = (cs.data_folder() / "sites" / "atacama.toml").read_text(encoding="utf-8")
    path = tmp_path / "evil.toml"
    path.write_text(re.sub(r'^title = ".*"', r'title = "\\u001b]0;owned\\u0007 \\u202e"', text, flags=re.M), encoding="utf-8")
    (site,) = json.loads(cli("check", path, "--json").out)["sites"]
    assert site["title"] == "?]0;owned? ?"


def test_check_prints_all_sites_of_a_network(cli):
    facts = json.loads(cli("check", "pilots", "--json").out)
    assert [s["name"] for s in facts["sites"]] == list(PILOTS)


def test_doctor_reports_every_part_and_how_to_install_missing_ones(cli):
    text = cli("doctor")
    assert text.status == 0
    rows = json.loads(cli("doctor", "--json").out)
    found = {row["what"]: row["found"] for row in rows}
    assert found["coldsun"] == cs.__version__
    assert found["backend Host (OpenMP)"] == "built in"
    assert all(row["found"] for row in rows)
    for row in rows:
        if row["found"].startswith("not "):
            assert row["remark"], f"{row['what']} is missing without a remark on its installation"


def test_bench_runs_or_names_the_missing_library():
    from importlib.resources import files

    done = subprocess.run([sys.executable, "-m", "coldsun.cli", "bench", "--benchmark_list_tests"], capture_output=True, text=True, timeout=60)
    if (files("coldsun") / "bin" / "coldsun_bench").is_file():
        assert done.returncode == 0 and "factor_plate" in done.stdout
    else:
        assert done.returncode != 0
        assert done.stderr.startswith("Error: ") and "libbenchmark-dev" in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_module_cli_runs_as_a_program():
    done = subprocess.run([sys.executable, "-m", "coldsun.cli", "check", "nowhere"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("Error: ") and len(done.stderr.splitlines()) == 1

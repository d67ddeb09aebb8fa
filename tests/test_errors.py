"""Errors of the command line: one sentence, exit status 2, no traceback, no partial files."""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

import coldsun as cs
from coldsun import _engine


def refused(answer, *words) -> None:
    """The answer is one sentence on standard error that holds these words."""
    lines = answer.err.splitlines()
    assert answer.status == 2, (answer.out, answer.err)
    assert len(lines) == 1 and lines[0].startswith("Error: "), lines
    assert answer.out == ""
    for word in words:
        assert str(word) in lines[-1], lines[-1]


def empty(folder: Path) -> bool:
    """Whether a folder is missing or empty."""
    return not folder.exists() or not any(folder.iterdir())


# ---- the site's file ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("surface_tilt_deg = ", "surface_titl_deg = ", ["surface_titl_deg", "surface_tilt_deg"]),       # a misspelt key
        ("flow_lpm = 1250", "flow_kw = 1250", ["flow_kw", "flow_lpm"]),                     # a wrong unit suffix
        ("flow_lpm = 1250", "flow_lpm = -1250", ["flow_lpm", "-1250"]),                                 # a negative flow
        ("albedo = { value = 0.25", "albedo = { value = 2.5", ["albedo", "2.5"]),                       # out of range
        ("flow_lpm = { value = 1075,", "flow_lpm = { value = 10,", ["flow_lpm = 10 L/min", "less than 40 K"]),  # kettle
        ("n_rack = 16", "n_rack = 17", ["n_rack = 17", "136 places", "128 nodes"]),
        ("n_series = 250", "n_series = 100", ["battery.n_series = 100", "125 to 500 cells"]),
        ("n_rack = 16", 'n_rack = "many"', ["n_rack"]),                                                 # another type
        ("[hall]", "[hall", ["lumped.toml"]),                                                           # no TOML
    ],
)
def test_an_invalid_site_file_gives_one_sentence(cli, lumped, tmp_path, before, after, words):
    text = lumped.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "lumped.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    refused(cli("check", path), *words)
    refused(cli("run", path, "--out", tmp_path / "r"), *words)
    assert empty(tmp_path / "r")


@pytest.mark.parametrize("verb", ["check", "run"])
def test_a_missing_site_file_gives_one_sentence(cli, tmp_path, verb):
    refused(cli(verb, "atacma"), "atacma", "atacama")
    refused(cli(verb, tmp_path / "none.toml"), "none.toml")
    refused(cli(verb, tmp_path), tmp_path)


# ---- options -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dt", "0"], "dt"), (["--dt", "-10"], "dt"), (["--dt", "1e6"], "dt"), (["--dt", "nan"], "dt"), (["--dt", "7"], "whole number of steps"),
        (["--hours", "0"], "hours"), (["--hours", "-1"], "hours"), (["--hours", "nan"], "hours"), (["--hours", "inf"], "hours"), (["--hours", "1e6"], "hours"),
        (["--members", "0"], "members"), (["--members", "-3"], "members"), (["--members", "10000000"], "members"),
        (["--first-member", "-1"], "first_member"), (["--seed", "-1"], "seed"),
        *((["--start", word], "accepted: an ISO 8601 time") for word in ("06/07/2026", "today", "now", "2026", "2026-06", "20260607", "2026-13-01",
                                                                          "2026-06-07  12:00", "2026-06-07 25:00", "2026-W23", "1.7e9", "")),
        (["--start", "yesterday at noon"], "start"), (["--start", "1912-04-15"], "start"), (["--start", "2500-01-01"], "start"), (["--start", "NaT"], "start"),
        (["--device", "quantum"], "accepted: auto, cpu, cuda"), (["--paths-off", "gravity"], "accepted: stall, burst, stale"),
        (["--weather", "nowhere.epw"], "nowhere.epw"), (["--hours", "many"], "hours"), (["--colour", "red"], "--colour"),
    ],
)
def test_an_invalid_option_gives_one_sentence(cli, lumped, tmp_path, words, said):
    refused(cli("run", lumped, "--out", tmp_path / "r", *words), said)
    assert empty(tmp_path / "r")


def test_a_usage_error_gives_one_sentence(cli):
    refused(cli("check"), "site")
    refused(cli("fly", "atacama"), "fly")


@pytest.mark.skipif(_engine.device_available("cuda"), reason="there is a CUDA device here")
def test_a_missing_device_gives_one_sentence(cli, lumped, tmp_path):
    refused(cli("run", lumped, "--device", "cuda", "--out", tmp_path / "r"), "no CUDA device is usable", "accepted: auto, cpu")
    assert empty(tmp_path / "r")


# ---- folders -----------------------------------------------------------------------------------------------------------------
def test_an_unwritable_folder_gives_one_sentence(cli, lumped, tmp_path):
    (tmp_path / "file").write_text("x")
    refused(cli("run", lumped, "--hours", "0.1", "--out", tmp_path / "file" / "below"), tmp_path / "file" / "below")
    refused(cli("run", lumped, "--hours", "0.1", "--out", tmp_path / "file"), tmp_path / "file")
    refused(cli("run", lumped, "--hours", "0.1", "--out", "/proc/coldsun"), "/proc/coldsun")
    assert (tmp_path / "file").read_text() == "x"


def test_a_folder_with_another_record_is_refused_unchanged(cli, lumped, recorded):
    before = {p.name: p.stat().st_mtime_ns for p in recorded.glob("*.nc")}
    refused(cli("run", lumped, "--hours", "0.1", "--out", recorded), recorded, "--resume")
    assert {p.name: p.stat().st_mtime_ns for p in recorded.glob("*.nc")} == before and not list(recorded.glob("*.part"))


def resume(cli, lumped, folder, *words):
    return cli("run", lumped, "--hours", "2.5", "--start", "2026-06-14T12:00Z", "--out", folder, "--resume", *words)


@pytest.fixture
def copy(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "copy")


def test_resume_without_a_segment_starts_anew(cli, lumped, tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    answer = cli("run", lumped, "--hours", "0.05", "--out", tmp_path, "--resume", "--json")
    assert answer.status == 0, answer.err
    assert (tmp_path / "letters.txt").read_text() == "dear" and cs.open_record(tmp_path).sizes["time"] == 18


def truncated(last):
    last.write_bytes(last.read_bytes()[: last.stat().st_size // 3])


def empty_file(last):
    last.write_bytes(b"")


def foreign(last):
    with h5py.File(last, "w") as file:
        file["x"] = [1.0, 2.0]


def without_checkpoint(last):
    with h5py.File(last, "a") as file:
        del file["checkpoint"]


@pytest.mark.parametrize("damage", [truncated, empty_file, foreign, without_checkpoint])
def test_resume_continues_from_the_segment_before_a_damaged_one(cli, lumped, copy, recorded, damage):
    last = copy / "segment_0002.nc"
    damage(last)
    with pytest.warns(cs.RecordWarning, match="segment_0002.nc"):
        assert cs.open_record(copy).sizes["time"] == 720
    answer = resume(cli, lumped, copy, "--json")
    assert answer.status == 0 and "warning: " in answer.err and "segment_0002.nc.damaged" in answer.err, answer.err
    assert np.array_equal(cs.open_record(copy)["p_it"].values, cs.open_record(recorded)["p_it"].values)


@pytest.mark.parametrize("words", [["--seed", "2"], ["--dt", "5"], ["--members", "2"], ["--paths-off", "stall"], ["--first-member", "1"]])
def test_resume_with_other_inputs_is_refused(cli, lumped, recorded, words):
    refused(resume(cli, lumped, recorded, *words), "other inputs")


def test_a_record_of_another_schema_is_refused(copy):
    with h5py.File(copy / "segment_0000.nc", "a") as file:
        file.attrs.create("coldsun_schema", np.bytes_("2"))
    with pytest.raises(cs.InputError, match="coldsun_schema = 2; accepted: 3"):
        cs.open_record(copy)


def test_a_folder_without_a_record_is_refused(tmp_path):
    with pytest.raises(cs.InputError, match="no such folder"):
        cs.open_record(tmp_path / "none")
    with pytest.raises(cs.InputError, match="no closed segment"):
        cs.open_record(tmp_path)


@pytest.mark.parametrize("wrong", [None, 7, 1.5, ["atacama"], b"atacama", {}, ()])
def test_a_network_of_another_type_is_refused(wrong):
    for call in (cs.load_site, cs.load_network, cs.Twin):
        with pytest.raises(cs.InputError, match="accepted: the name of a shipped site"):
            call(wrong)


def test_more_members_than_memory_are_refused(cli, lumped, tmp_path):
    refused(cli("run", lumped, "--members", "1000000", "--hours", "9600", "--out", tmp_path / "r"), "members = 1000000", "GB", "accepted: at most")
    assert empty(tmp_path / "r")


def test_weather_without_numbers_is_refused(network):
    series = dict(time=[0, 60], ghi=["a", "b"], dni=[0.0, 0.0], dhi=[0.0, 0.0], temp_air=[0.0, 0.0], wind_speed=[0.0, 0.0], pressure=[0.0, 0.0], interval=60.0)
    options = dict(members=1, first_member=0, seed=1, start_ns=network.start_ns, hours=0.1, dt=10.0, device="cpu", paths_off=[])
    with pytest.raises(_engine.InputError, match="ghi is not a list of numbers"):
        _engine.Engine(network, **options, weather=[series])


# ---- from Python -------------------------------------------------------------------------------------------------------------
def test_a_run_longer_than_its_prepared_inputs_is_refused(network, tmp_path):
    twin = cs.Twin(network, hours=0.5)
    for hours in (0.6, -1.0, 0.0, float("nan"), 0.001):
        with pytest.raises(cs.InputError, match="hours"):
            twin.run(hours=hours, out=tmp_path / "r", progress=False)
    with pytest.raises(cs.InputError, match="segment_hours"):
        twin.run(out=tmp_path / "r", segment_hours=0.0, progress=False)
    with pytest.raises(cs.InputError, match="n = 181"):
        twin.step(181)
    assert not (tmp_path / "r").exists()

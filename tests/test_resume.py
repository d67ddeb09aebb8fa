"""Runs that end early (kill, signal, full disk): the record stays readable, and --resume completes it with the same bits."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import coldsun as cs

HOURS = 5.0
START = "2026-06-14T12:00Z"


def start(lumped, folder, *words, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "coldsun.cli", "run", str(lumped), "--hours", str(HOURS), "--start", START, "--out", str(folder), *words],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def wait_for(path, process, seconds=60.0) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def uninterrupted(network, tmp_path_factory):
    twin = cs.Twin(network, hours=HOURS, start=START)
    record = twin.run(out=tmp_path_factory.mktemp("whole") / "record", progress=False)
    return twin.hash(), record


def finish(cli, lumped, folder):
    answer = cli("run", lumped, "--hours", HOURS, "--start", START, "--out", folder, "--resume", "--json")
    assert answer.status == 0, answer.err
    return json.loads(answer.out)["hash"], cs.open_record(folder)


def same(a, b) -> None:
    assert set(a.variables) == set(b.variables)
    for name in a.variables:
        assert np.array_equal(a[name].values, b[name].values), name


def test_the_record_of_a_killed_run_is_readable_and_resumes_with_the_same_bits(lumped, uninterrupted, cli, tmp_path):
    folder = tmp_path / "record"
    process = start(lumped, folder)
    wait_for(folder / "segment_0001.nc", process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    left = cs.open_record(folder)
    assert 720 <= left.sizes["time"] < HOURS * 360 and left.sizes["time"] % 360 == 0   # at most the open segment is lost
    (folder / "segment_0099.nc.part").write_bytes(b"half a segment")                    # left by a kill during a write
    hashes, record = finish(cli, lumped, folder)
    assert hashes == uninterrupted[0]
    same(record, uninterrupted[1])
    assert not list(folder.glob("*.part"))


def test_ctrl_c_closes_the_record_and_resumes_with_the_same_bits(lumped, uninterrupted, cli, tmp_path):
    folder = tmp_path / "record"
    # background jobs of a shell inherit an ignored SIGINT, which Python keeps
    process = start(lumped, folder, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    wait_for(folder / "segment_0000.nc", process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err and "stopped at 2026-06-14" in err and "--resume" in err
    left = cs.open_record(folder)
    assert 360 < left.sizes["time"] < HOURS * 360
    assert not list(folder.glob("*.part"))
    hashes, record = finish(cli, lumped, folder)
    assert hashes == uninterrupted[0]
    same(record, uninterrupted[1])


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_sigterm_and_sighup_close_the_record_as_ctrl_c_does(lumped, cli, tmp_path, number, status):
    """The open segment is kept, also where none was closed before."""
    folder = tmp_path / "record"
    process = start(lumped, folder, "--dt", "1", preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
    while "% of" not in process.stderr.readline():   # 10 % are done: half an hour, inside the first segment
        assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert "Traceback" not in err and "stopped at 2026-06-14" in err
    assert 1800 <= cs.open_record(folder).sizes["time"] < HOURS * 3600
    assert not list(folder.glob("*.part"))


def test_a_damaged_last_segment_is_computed_again(lumped, network, cli, tmp_path):
    twin = cs.Twin(network, hours=0.3, start=START)
    whole = twin.run(out=tmp_path / "whole", progress=False, segment_hours=0.1).load()
    data = bytearray((tmp_path / "whole" / "segment_0002.nc").read_bytes())
    data[5000] ^= 4
    (tmp_path / "whole" / "segment_0002.nc").write_bytes(data)
    again = cs.Twin(network, hours=0.3, start=START)
    with pytest.warns(cs.RecordWarning, match=r"segment_0002.nc: damaged .* renamed to segment_0002.nc.damaged"):
        same(again.run(out=tmp_path / "whole", resume=True, progress=False, segment_hours=0.1), whole)
    assert again.hash() == twin.hash() and (tmp_path / "whole" / "segment_0002.nc.damaged").exists()


def test_a_record_without_an_undamaged_segment_starts_anew(lumped, cli, tmp_path):
    (tmp_path / "segment_0000.nc").write_bytes(b"nothing that anybody reads")
    answer = cli("run", lumped, "--hours", 0.1, "--out", tmp_path, "--resume", "--json")
    assert answer.status == 0 and "warning: " in answer.err and "segment_0000.nc" in answer.err, answer.err
    assert cs.open_record(tmp_path).sizes["time"] == 36


def worked(process) -> int:
    """Processor time of a process in hundredths of a second."""
    return int(Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11])


def test_ctrl_c_ends_steps_without_a_record_after_a_whole_step(lumped):
    code = f"""if True:
        import coldsun as cs
        twin = cs.Twin({str(lumped)!r}, hours=400.0)
        print("ready", flush=True)
        try:
            twin.step(twin_steps := 144_000)
        except KeyboardInterrupt:
            done = (twin.time - twin.start).total_seconds() / 10.0
            print("whole" if done == int(done) and 0 < done < twin_steps else done)
    """
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert process.stdout.readline() == "ready\n"
    begun = worked(process)
    while worked(process) < begun + 30:   # until it is well inside its steps
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=300)[0] == "whole\n"


def test_resuming_a_finished_run_changes_nothing(lumped, network, cli, tmp_path):
    folder = tmp_path / "record"
    words = ("run", lumped, "--hours", 0.2, "--out", folder, "--json")
    first = json.loads(cli(*words).out)
    before = sorted(p.name for p in folder.iterdir())
    again = json.loads(cli(*words, "--resume").out)
    assert again["hash"] == first["hash"] and again["rows"] == first["rows"]
    assert sorted(p.name for p in folder.iterdir()) == before


def test_resuming_with_a_longer_run_is_refused(lumped, cli, tmp_path):
    """Inputs are drawn for the length of the run."""
    folder = tmp_path / "record"
    cli("run", lumped, "--hours", 0.2, "--out", folder, "--json")
    answer = cli("run", lumped, "--hours", 0.4, "--out", folder, "--resume", "--json")
    assert answer.status == 2 and len(answer.errors) == 1 and "hours" in answer.errors[0]
    assert cs.open_record(folder).sizes["time"] == 72


def test_a_run_killed_before_its_first_segment_starts_anew(lumped, cli, tmp_path):
    (tmp_path / "segment_0000.nc.part").write_bytes(b"half a segment")
    answer = cli("run", lumped, "--hours", 0.1, "--out", tmp_path, "--resume", "--json")
    assert answer.status == 0, answer.err
    assert cs.open_record(tmp_path).sizes["time"] == 36
    for folder in (tmp_path / "not there yet", tmp_path / "empty"):   # the same command in every case
        (tmp_path / "empty").mkdir(exist_ok=True)
        answer = cli("run", lumped, "--hours", 0.1, "--out", folder, "--resume", "--json")
        assert answer.status == 0, answer.err
        assert cs.open_record(folder).sizes["time"] == 36


def test_a_full_disk_leaves_no_partial_file(lumped, tmp_path):
    """A limit on the file size emulates a full disk: the same write fails."""
    folder = tmp_path / "record"
    process = start(lumped, folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    errors = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1 and "segment_0000.nc" in errors[0] and "Traceback" not in err
    assert list(folder.iterdir()) == []

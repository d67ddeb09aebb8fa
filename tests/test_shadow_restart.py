"""Restarts of a shadow: killed in its first hour, stopped by a signal, with damaged files, with a thinned record."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coldsun as cs
from broker import commands
from coldsun.emulate import Emulator
from coldsun.feedlog import FeedLog, pack
from coldsun.feeds import InProcess
from coldsun.shadow import Shadow
from small_site import write_small_site

START = "2026-06-14T14:00Z"


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return write_small_site(cs.data_folder(), tmp_path_factory.mktemp("small") / "small.toml")


@pytest.fixture(scope="module")
def site(small):
    return cs.load_site(small)


@pytest.fixture
def spawn():
    with commands() as start:
        yield start


def wait_for(what, seconds: float = 180.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def log(site, tmp_path_factory):
    """Readings of an emulated site over 0.3 h, as a file."""
    folder = tmp_path_factory.mktemp("log")
    Shadow(site, InProcess(Emulator(site, start=START, hours=0.3)), members=4, hours=0.3, out=folder / "live").run()
    path = folder / "log.csv"
    path.write_text("".join(p.read_text() for p in sorted((folder / "live").glob("feed_*.csv"))))
    return path


@pytest.fixture(scope="module")
def unbroken(site, log, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    s = Shadow(site, cs.feeds.Replay(log), members=4, hours=0.3, segment_hours=0.1, out=folder)
    s.run()
    return folder, s


def follow(site, log, folder, **more):
    s = Shadow(site, cs.feeds.Replay(log), **dict(members=4, hours=0.3, segment_hours=0.1, out=folder) | more)
    s.follow()
    return s


def same_end(s, other) -> None:
    assert s.twin.hash() == other.twin.hash()
    np.testing.assert_equal(s.quality.keep(), other.quality.keep())   # NaN: nothing read so far
    np.testing.assert_equal(s.skill.keep(), other.skill.keep())


def test_a_shadow_killed_before_its_first_checkpoint_resumes_from_its_log(site, small, log, unbroken, spawn, tmp_path):
    """Its start and its log are kept, so that the feed need not repeat readings."""
    folder = tmp_path / "rec"
    words = ("shadow", small, "--replay", log, "--members", 4, "--hours", 0.3, "--n-field", -1, "--out", folder)
    first = spawn(*words)
    wait_for(lambda: folder.is_dir() and sum(p.read_text().count(",end,") for p in folder.glob("feed_*.csv")) > 20)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert not list(folder.glob("segment_*.nc")) and (folder / "shadow_start.json").exists()
    rest = tmp_path / "rest.csv"   # later readings; the log has the frames before
    seen = max(int(line.split(",")[0]) for p in folder.glob("feed_*.csv") for line in p.read_text().splitlines() if ",end," in line)
    rest.write_text("".join(line for line in log.read_text().splitlines(True) if line.strip() and int(line.split(",")[0]) > seen))
    s = follow(site, rest, folder, segment_hours=1.0)
    same_end(s, unbroken[1])
    assert cs.open_record(folder).sizes["time"] == 108


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_shadow_after_a_whole_step(site, small, log, unbroken, spawn, tmp_path, number):
    folder = tmp_path / "rec"
    process = spawn("shadow", small, "--replay", log, "--members", 4, "--hours", 0.3, "--n-field", -1, "--out", folder)
    wait_for(lambda: folder.is_dir() and list(folder.glob("feed_*.csv")))
    process.send_signal(number)
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 128 + number, text
    assert "Traceback" not in text and 0 < cs.open_record(folder).sizes["time"] <= 108
    assert (folder / "shadow_0000.json").exists()
    same_end(follow(site, log, folder, segment_hours=1.0), unbroken[1])


@pytest.mark.parametrize("damage", ["truncated", "no table", "short", "gone", "segment"])
def test_a_shadow_with_a_damaged_checkpoint_resumes_from_the_one_before(site, log, unbroken, tmp_path, damage):
    folder = shutil.copytree(unbroken[0], tmp_path / "rec")
    path = folder / "shadow_0002.json"
    kept = json.loads(path.read_text())
    if damage == "truncated":
        path.write_text(path.read_text()[:1000])
    elif damage == "no table":
        path.write_text("[1, 2]")
    elif damage == "short":
        path.write_text(json.dumps(kept | {"held": kept["held"][:3]}))
    elif damage == "gone":
        path.unlink()
    else:
        (folder / "segment_0002.nc").write_bytes((folder / "segment_0002.nc").read_bytes()[:9000])
    with pytest.warns(cs.RecordWarning, match="segment_0002.nc.damaged"):
        s = follow(site, log, folder)
    assert any("damaged" in text for text in s.alarms)
    assert s.twin.hash() == unbroken[1].twin.hash() and cs.open_record(folder).sizes["time"] == 108


def test_invalid_lines_of_a_feed_log_are_left_out_and_counted(site, log, unbroken, tmp_path):
    folder = shutil.copytree(unbroken[0], tmp_path / "rec")
    (feed,) = folder.glob("feed_*.csv")
    with feed.open("a", encoding="utf-8") as file:
        file.write("\u00b2,BMS,1\n99999999999999999999,end,\n1780000000000,no such topic,1\nno number at all\n,,\n")
    (folder / "segment_0002.nc").unlink()
    s = follow(site, log, folder)
    assert s.alarms == [f"{feed.name}: 5 line(s) without a reading of a point of this site were left out"]
    assert s.twin.hash() == unbroken[1].twin.hash()


def test_past_hours_of_a_feed_log_are_compressed_and_readable(tmp_path):
    points = [{"topic": "a/b"}, {"topic": "c"}]
    first, hour = pd.Timestamp("2026-06-14T12:59:50").value, 3_600_000_000_000
    written = FeedLog(tmp_path, points)
    for k in range(4):
        written.write(first + k * hour, np.array([1.5 + k, np.nan]))
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"feed_20260614T{k}.csv{'' if k == 15 else '.gz'}" for k in (12, 13, 14, 15)]
    read = FeedLog(tmp_path, points)
    frames = read.read(first)
    assert sorted(frames) == [first + k * hour for k in (1, 2, 3)] and frames[first + hour][0] == 2.5 and np.isnan(frames[first + hour][1])
    packed = tmp_path / "feed_20260614T13.csv.gz"
    packed.write_bytes(packed.read_bytes()[:20])
    assert sorted(read.read(first)) == [first + k * hour for k in (2, 3)] and "T13.csv.gz is damaged" in read.doubts[0]


def test_a_compressed_hour_of_a_feed_log_is_not_overwritten(tmp_path):
    """A shadow that starts anew in an old folder. Regression: two frames were lost."""
    points, hour = [{"topic": "a"}], 3_600_000_000_000
    first = pd.Timestamp("2026-06-14T12:00").value
    for begin in (10, 30):
        written = FeedLog(tmp_path, points)
        for k in range(2):
            written.write(first + (begin + 10 * k) * 1_000_000_000, np.array([begin + k]))
        written.write(first + hour + begin * 1_000_000_000, np.array([0.0]))
    frames = FeedLog(tmp_path, points).read(first)
    assert [(end - first) // 1_000_000_000 for end in sorted(frames)] == [10, 20, 30, 40, 3610, 3630]
    packed, again = tmp_path / "feed_20260614T12.csv.gz", tmp_path / "feed_20260614T12.csv"
    size = packed.stat().st_size
    again.write_bytes(gzip.decompress(packed.read_bytes())[-20:])   # killed before the file was removed
    pack(again)
    assert packed.stat().st_size == size and not again.exists()
    packed.write_bytes(packed.read_bytes()[:20])
    again.write_text("\n1781438450000,a,5.0\n1781438450000,end,\n")
    pack(again)
    assert 5.0 in [f[0] for f in FeedLog(tmp_path, points).read(first).values()] and packed.with_name(packed.name + ".damaged").exists()


def test_refusals_at_the_end_of_a_segment_are_counted_once_over_a_restart(site, log, tmp_path):
    """Regression: the first frame after a segment was counted before the state was kept and again by the restart, 73 refusals for 72."""
    topic = next(p["topic"] for p in Shadow(site, cs.feeds.Replay(log), members=2).points if p["quantity"] == "p_node")
    begin = pd.Timestamp(START).value // 1_000_000
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8") as file:
        for line in filter(str.strip, log.read_text().splitlines()):
            at, said, value = line.split(",")
            file.write(f"{at},{said},{-5.0 if said == topic and 33 < (int(at) - begin) // 10_000 < 60 else value}\n")
    whole = follow(site, path, tmp_path / "whole")
    shutil.copytree(tmp_path / "whole", tmp_path / "broken")
    for k in (1, 2):
        (tmp_path / "broken" / f"segment_{k:04d}.nc").unlink(), (tmp_path / "broken" / f"shadow_{k:04d}.json").unlink()
    broken = follow(site, path, tmp_path / "broken")
    assert whole.counts.by_reason["limits"] == broken.counts.by_reason["limits"] == 26
    assert [a.line for a in broken.alarms] == [a.line for a in whole.alarms] and "14:06:30" in whole.alarms[0].line
    same_end(broken, whole)
    np.testing.assert_equal(broken.judge.keep(), whole.judge.keep())


def test_a_stop_before_a_run_ends_that_run_only(site, tmp_path):
    s = Shadow(site, InProcess(Emulator(site, start=START, hours=0.05)), members=4, hours=0.05, out=tmp_path)
    s.stop()
    s.follow()
    assert not list(tmp_path.iterdir())
    s.follow()
    assert cs.open_record(tmp_path).sizes["time"] == 18


def test_old_segments_of_a_shadow_are_thinned(site, log, unbroken, tmp_path):
    """0.1 h are kept in full, so that one of three segments is thinned; a restart still finds its checkpoint."""
    s = follow(site, log, tmp_path / "rec", keep_hours=0.1, thin=60.0)
    record = cs.open_record(tmp_path / "rec")
    assert record.sizes["time"] == 6 + 72 and s.twin.hash() == unbroken[1].twin.hash()
    whole = cs.open_record(unbroken[0])
    np.testing.assert_allclose(record["p_it"].values[:6], whole["p_it"].values[:36].reshape(6, 6, 4, 1).mean(1), rtol=1e-14)
    (tmp_path / "rec" / "segment_0002.nc").unlink()
    assert follow(site, log, tmp_path / "rec", keep_hours=0.1, thin=60.0).twin.hash() == unbroken[1].twin.hash()

"""Inputs without readings: an alarm says since when, dependent points are not tested, and readings are accepted again on return."""

from __future__ import annotations

import numpy as np
import pytest

import coldsun as cs
from coldsun.alarms import Alarms
from coldsun.emulate import Emulator
from coldsun.feeds import Replay
from coldsun.shadow import Shadow
from small_site import write_small_site

START, HOURS, METER = "2026-06-14T14:00Z", 0.5, "atacama/h200/3 p_node"
GONE = range(60, 100)   # steps: 400 s from 14:10:10 on; from 14:14:20 on the members use an assumed value


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return cs.load_site(write_small_site(cs.data_folder(), tmp_path_factory.mktemp("small") / "small.toml"))


@pytest.fixture(scope="module")
def said(site):
    """Step, time stamp [ms], topic, name and value of all readings of half an hour."""
    e = Emulator(site, start=START, hours=HOURS)
    return [(step, at // 1_000_000, p["topic"], p["name"], float(v)) for step in range(e.steps) for at, all_of in [e.next()] for p, v in zip(e.points, all_of)]


def shadow(site, said, folder, change, **more) -> Shadow:
    """A shadow of these readings, each replaced by `change(step, name, value)`; None: no reading."""
    path = folder / "said.csv"
    lines = ((ms, topic, change(step, name, value)) for step, ms, topic, name, value in said)
    path.write_text("".join(f"{ms},{topic},{value!r}\n" for ms, topic, value in lines if value is not None))
    return Shadow(site, Replay(path), members=24, hours=HOURS, start=START, out=folder / "rec", **more)


def meter_of(s: Shadow, name: str = METER) -> float:
    return float(s.judge.meter[[p["name"] for p in s.points].index(name)])


def test_a_silent_power_meter_is_not_blamed(site, said, tmp_path):
    """Regression: its gain was estimated as 0.574, then 0.309; good readings were refused, other points had alarms, the silence had none."""
    s = shadow(site, said, tmp_path, lambda step, name, v: None if name == METER and step in GONE else v)
    s.follow()
    assert [a.line for a in s.alarms] == [
        f"2026-06-14 14:14:20 {METER}: no readings since 14:10:00; points that depend on it are not tested until it reports again",
        f"2026-06-14 14:16:50 {METER}: reports again"]
    assert (s.judge.meter == 1.0).all() and not s.judge.distrusted.any() and s.counts.by_reason["limits"] == 0
    assert s.alarms[0].points == (METER,) and not s.alarms.standing and not s.judge.left_out().any()
    tim = s.parameters()["mean"]
    assert tim[tim.index.str.endswith("tim_gain")].between(0.5, 2.0).all()


def test_a_power_meter_that_reads_minus_5_kw_keeps_its_gain(site, said, tmp_path):
    s = shadow(site, said, tmp_path, lambda step, name, v: -5.0 if name == METER and step in GONE else v)
    s.follow()
    assert [a.line for a in s.alarms] == [
        f"2026-06-14 14:11:00 {METER} is outside its limits, -5 kW; likely cause: its unit, its wiring or the limits of the site file"]
    assert (s.judge.meter == 1.0).all() and s.counts.by_reason["limits"] == len(GONE) and not s.alarms.standing


def test_simultaneous_silence_of_several_inputs_gives_one_alarm(site, said, tmp_path):
    """A pyrheliometer and the meters of one gateway: no other point is blamed, and independent points are still tested."""
    gone = {"atacama dni", *(f"atacama/h200/{k} p_node" for k in range(6)), "atacama/h100/0 p_node"}
    change = lambda step, name, v: None if name in gone and step in GONE else v + 3.0 if name == "atacama/h100/5 t_outlet" and step >= 80 else v  # noqa: E731
    s = shadow(site, said, tmp_path, change)
    s.follow()
    silent = [a for a in s.alarms if a.kind == "silent"]
    assert len(silent) == 1 and gone == set(silent[0].points) and "and 5 more: no readings since 14:10:00" in silent[0], [a.line for a in s.alarms]
    assert {(a.kind, a.cause) for a in s.alarms} == {("silent", "silent"), ("right again", ""), ("jump", "sensor")}, [a.line for a in s.alarms]
    assert next(a for a in s.alarms if a.kind == "jump").points == ("atacama/h100/5 t_outlet",) and (s.judge.meter == 1.0).all()


def test_a_meter_without_any_reading_raises_an_alarm(site, said, tmp_path):
    s = shadow(site, said, tmp_path, lambda step, name, v: None if name == METER else v)
    s.follow(hours=0.2)
    assert s.alarms == [f"{METER}: no readings since the start; points that depend on it are not tested until it reports again"]
    assert (s.judge.meter == 1.0).all() and f"{s.alarms[0].time:%H:%M:%S}" == "14:04:20"


def test_a_restart_during_a_silence_gives_the_same_bits(site, said, tmp_path):
    change = lambda step, name, v: None if name == METER and step in GONE else v  # noqa: E731
    (tmp_path / "whole").mkdir(), (tmp_path / "broken").mkdir()
    whole = shadow(site, said, tmp_path / "whole", change)
    whole.follow()
    shadow(site, said, tmp_path / "broken", change).follow(hours=91 / 360.0)
    broken = shadow(site, said, tmp_path / "broken", change)
    broken.follow()
    assert broken.twin.hash() == whole.twin.hash() and broken.alarms == whole.alarms
    np.testing.assert_equal(broken.judge.keep(), whole.judge.keep())


def test_an_estimated_gain_that_puts_good_readings_outside_is_reset(site, said, tmp_path):
    """6.6 kW with a gain of 0.5 is 13.2 kW, above the limit of 12. Regression: refused without end, with an alarm of 12.3 kW."""
    s = shadow(site, said, tmp_path, lambda step, name, v: v)
    k, alarms = [p["name"] for p in s.points].index(METER), Alarms()
    si, nothing = np.full(len(s.points), np.nan), np.full(len(s.points), np.nan)
    s.judge.meter[k], si[k] = 0.5, 6600.0
    for step in range(8):
        value, good = s.judge.limits(si, s.quality.low, s.quality.high, nothing, step, alarms)
        assert good[k] == (step > 5)
    assert meter_of(s) == 1.0 and value[k] == 6600.0 and alarms == [
        f"{METER} is within its limits as published, but not with its estimated gain 0.5; the gain is reset to 1"]
    s.judge.meter[k], si[k] = 0.5, 13000.0
    for step in range(6):
        s.judge.limits(si, s.quality.low, s.quality.high, nothing, step, alarms)
    assert meter_of(s) == 0.5 and alarms[-1].startswith(f"{METER} is outside its limits, 13 kW; ")


@pytest.mark.parametrize("every, within", [(1, 12), (6, 60)])
def test_a_jump_of_points_that_report_every_minute_is_named(site, tmp_path, every, within):
    """The usual rate of a building system. Regression: no alarm, and half of the readings refused as suspect."""
    e, jump, hours = Emulator(site, start=START, hours=0.75, offset=["cdu/supply=3@0.4"]), 144, 0.75
    path = tmp_path / "said.csv"
    said = [(step, *e.next()) for step in range(1, e.steps + 1)]
    told = ((at // 1_000_000, p["topic"], float(v)) for step, at, all_of in said if step % every == 0 for p, v in zip(e.points, all_of))
    path.write_text("".join(f"{ms},{topic},{v!r}\n" for ms, topic, v in told))
    s = Shadow(site, Replay(path), members=24, hours=hours, start=START, out=tmp_path / "rec")
    s.follow()
    (alarm,) = s.alarms
    assert (alarm.kind, alarm.cause, alarm.points) == ("jump", "sensor", ("atacama t_supply",)), alarm.line
    assert 0 < (alarm.time_ns - s.twin.start.value) / 1e10 - jump <= within
    k = [p["name"] for p in s.points].index("atacama t_supply")
    assert s.judge.distrusted[k] and not s.judge.suspect.any()

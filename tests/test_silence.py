"""A meter that is not heard: it is said since when, nothing is judged from it, and it is believed again when it is heard again."""

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
GONE = range(60, 100)   # steps: 400 s from 14:10:10 on, and the members run by a guess from 14:14:20 on


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return cs.load_site(write_small_site(cs.data_folder(), tmp_path_factory.mktemp("small") / "small.toml"))


@pytest.fixture(scope="module")
def said(site):
    """Stamp [ms], topic, name and value of all that half an hour says."""
    e = Emulator(site, start=START, hours=HOURS)
    return [(step, at // 1_000_000, p["topic"], p["name"], float(v)) for step in range(e.steps) for at, all_of in [e.next()] for p, v in zip(e.points, all_of)]


def shadow(site, said, folder, change, **more) -> Shadow:
    """A shadow of what was said, with `change(step, name, value)` instead; None: not said."""
    path = folder / "said.csv"
    lines = ((ms, topic, change(step, name, value)) for step, ms, topic, name, value in said)
    path.write_text("".join(f"{ms},{topic},{value!r}\n" for ms, topic, value in lines if value is not None))
    return Shadow(site, Replay(path), members=24, hours=HOURS, start=START, out=folder / "rec", **more)


def meter_of(s: Shadow, name: str = METER) -> float:
    return float(s.judge.meter[[p["name"] for p in s.points].index(name)])


def test_a_silent_power_meter_is_not_blamed(site, said, tmp_path):
    """Before: 0.574, then 0.309 of the true power, good readings refused for ever, alarms at p_pv and at all meters, none of the silence."""
    s = shadow(site, said, tmp_path, lambda step, name, v: None if name == METER and step in GONE else v)
    s.follow()
    assert [a.line for a in s.alarms] == [
        f"2026-06-14 14:14:20 {METER}: not heard since 14:10:00; what rests on it is not judged until it is heard again",
        f"2026-06-14 14:16:50 {METER}: heard again"]
    assert (s.judge.meter == 1.0).all() and not s.judge.distrusted.any() and s.counts.by_reason["limits"] == 0
    assert s.alarms[0].points == (METER,) and not s.alarms.standing and not s.judge.left_out().any()
    tim = s.parameters()["mean"]
    assert tim[tim.index.str.endswith("tim_gain")].between(0.5, 2.0).all()


def test_a_power_meter_that_says_minus_5_kw_keeps_its_factor(site, said, tmp_path):
    s = shadow(site, said, tmp_path, lambda step, name, v: -5.0 if name == METER and step in GONE else v)
    s.follow()
    assert [a.line for a in s.alarms] == [
        f"2026-06-14 14:11:00 {METER} is outside its limits, -5 kW; likely cause: its unit, its wiring or the limits of the site file"]
    assert (s.judge.meter == 1.0).all() and s.counts.by_reason["limits"] == len(GONE) and not s.alarms.standing


def test_a_pyrheliometer_and_all_meters_of_a_gateway_are_silent(site, said, tmp_path):
    """One alarm for all; nothing else of the site is blamed, and what a point can tell without them is judged on."""
    gone = {"atacama dni", *(f"atacama/h200/{k} p_node" for k in range(6)), "atacama/h100/0 p_node"}
    change = lambda step, name, v: None if name in gone and step in GONE else v + 3.0 if name == "atacama/h100/5 t_outlet" and step >= 80 else v  # noqa: E731
    s = shadow(site, said, tmp_path, change)
    s.follow()
    silent = [a for a in s.alarms if a.kind == "silent"]
    assert len(silent) == 1 and gone == set(silent[0].points) and "and 5 more: not heard since 14:10:00" in silent[0], [a.line for a in s.alarms]
    assert {(a.kind, a.cause) for a in s.alarms} == {("silent", "silent"), ("right again", ""), ("jump", "sensor")}, [a.line for a in s.alarms]
    assert next(a for a in s.alarms if a.kind == "jump").points == ("atacama/h100/5 t_outlet",) and (s.judge.meter == 1.0).all()


def test_a_meter_that_never_speaks_is_said(site, said, tmp_path):
    s = shadow(site, said, tmp_path, lambda step, name, v: None if name == METER else v)
    s.follow(hours=0.2)
    assert s.alarms == [f"{METER}: not heard since the start; what rests on it is not judged until it is heard again"]
    assert (s.judge.meter == 1.0).all() and f"{s.alarms[0].time:%H:%M:%S}" == "14:04:20"


def test_a_restart_amid_a_silence_goes_on_to_the_bit(site, said, tmp_path):
    change = lambda step, name, v: None if name == METER and step in GONE else v  # noqa: E731
    (tmp_path / "whole").mkdir(), (tmp_path / "broken").mkdir()
    whole = shadow(site, said, tmp_path / "whole", change)
    whole.follow()
    shadow(site, said, tmp_path / "broken", change).follow(hours=91 / 360.0)
    broken = shadow(site, said, tmp_path / "broken", change)
    broken.follow()
    assert broken.twin.hash() == whole.twin.hash() and broken.alarms == whole.alarms
    np.testing.assert_equal(broken.judge.keep(), whole.judge.keep())


def test_a_factor_that_puts_good_readings_outside_is_dropped(site, said, tmp_path):
    """6.6 kW as 0.5 of the true power is 13.2 kW, beyond 12: refused for ever, and "12.3 kW" was told of a meter that published 6.6."""
    s = shadow(site, said, tmp_path, lambda step, name, v: v)
    k, alarms = [p["name"] for p in s.points].index(METER), Alarms()
    si, nothing = np.full(len(s.points), np.nan), np.full(len(s.points), np.nan)
    s.judge.meter[k], si[k] = 0.5, 6600.0
    for step in range(8):
        value, good = s.judge.limits(si, s.quality.low, s.quality.high, nothing, step, alarms)
        assert good[k] == (step > 5)
    assert meter_of(s) == 1.0 and value[k] == 6600.0 and alarms == [
        f"{METER} is within its limits as published and not as 0.5 of the true value; it is read as published"]
    s.judge.meter[k], si[k] = 0.5, 13000.0
    for step in range(6):
        s.judge.limits(si, s.quality.low, s.quality.high, nothing, step, alarms)
    assert meter_of(s) == 0.5 and alarms[-1].startswith(f"{METER} is outside its limits, 13 kW; ")


@pytest.mark.parametrize("every, within", [(1, 12), (6, 60)])
def test_a_jump_of_points_that_speak_every_minute_is_named(site, tmp_path, every, within):
    """The usual rate of a building's system: no alarm at all before, and half of the readings refused as suspect for ever."""
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

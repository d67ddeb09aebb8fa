"""Time of a feed: gaps are no clock errors; wrong clocks, single or common, are corrected; readings of right clocks are not lost."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from coldsun.frames import METADATA, VALUE, Buffer, object_of
from coldsun.payloads import EARLIEST
from coldsun.quality import Counts

T0 = 1_780_000_000_000  # ms, on the grid of 10 s


def points_of(n: int) -> list[dict]:
    return [dict(topic=f"{VALUE}Rack/Power/x/{k}/power", name=f"x/{k} p_node", scale=1.0, offset=0.0, units={"W": (1.0, 0.0)}) for k in range(n)]


def buffer(n: int = 10, **more) -> Buffer:
    b = Buffer(points_of(n), Counts(), dt=10.0, **more)
    b.begin(T0 * 1_000_000)
    return b


def put(b: Buffer, k: int, at_s: float, value: float = 1.0) -> None:
    b.put(b.points[k]["topic"], json.dumps(dict(value=value, timestamp=T0 + round(1000 * at_s), quality=1)).encode())


def put_all(b: Buffer, at_s: float, skip=()) -> None:
    for k in range(len(b.points)):
        if k not in skip:
            put(b, k, at_s, 20.0 + k)


def take(b: Buffer, at_s: float):
    return b.take(T0 * 1_000_000 + round(at_s * 1e9), 0.0)


class Wall:
    def __init__(self, monkeypatch):
        self.at = 1000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.at)


@pytest.mark.parametrize("metadata", [False, True])
@pytest.mark.parametrize("hole", [330.0, 600.0, 2400.0])
def test_a_gap_in_the_feed_is_no_clock_error(monkeypatch, hole, metadata):
    """A gateway returns, with or without its metadata again. Regression: an offset of 330 s, with 397 points 610 and 2,410 s."""
    wall, b, at = Wall(monkeypatch), buffer(), 0.0
    for _ in range(12):
        at, wall.at = at + 10.0, wall.at + 10.0
        put_all(b, at), take(b, at)
    at, wall.at = at + hole, wall.at + hole
    if metadata:
        b.put(METADATA + b.points[0]["topic"][len(VALUE):], b'{"engUnit": "W"}')
    for _ in range(3):
        put_all(b, at)
        at, wall.at = at + 10.0, wall.at + 10.0
    assert b.offset == 0 and not any(b.clocks.off) and not b.counts.by_reason
    assert np.isfinite(take(b, at - 10.0)).all()


def test_a_gap_in_an_accelerated_feed_is_accepted_with_an_alarm():
    b = buffer()
    for at in (10.0, 20.0, 630.0, 640.0, 650.0, 660.0):
        put_all(b, at)
    assert b.offset == 0 and not b.counts.by_reason and "no readings between" in b.alarms[0]
    assert np.isfinite(take(b, 630.0)).all()


@pytest.mark.parametrize("off", [3600.0, -3600.0, 5400.0, -600.0])
def test_a_common_clock_offset_is_named_corrected_and_removed_without_loss(off):
    b = buffer()
    for k in range(1, 4):
        put_all(b, 10.0 * k)
        assert take(b, 10.0 * k) is not None
    for k in range(4, 10):              # all clocks jump: frames continue in the right time
        put_all(b, 10.0 * k + off)
        assert np.isfinite(take(b, 10.0 * k)).all()
    assert b.alarms == [f"the source's clock is {off:+.0f} s off; its time stamps are corrected"]
    for k in range(10, 16):             # and back
        put_all(b, 10.0 * k)
        assert np.isfinite(take(b, 10.0 * k)).all()
    assert b.offset == 0 and not any(b.clocks.off) and b.alarms[1:] == ["the source's clock is right again"]
    assert not b.counts.by_reason


def test_one_clock_45_s_ahead_delays_no_other_publisher():
    """One of 61 publishers: once its offset is known all 61 points are in every frame. Regression: 1.5 points per frame, 7,201 refused as late."""
    b, heard = buffer(61), []
    for k in range(1, 121):
        for p in np.random.default_rng(k).permutation(61):
            put(b, int(p), 10.0 * k + (45.0 if p == 17 else 0.0))
        if k > 3 and (frame := take(b, 10.0 * (k - 3))) is not None:
            heard.append(int(np.isfinite(frame).sum()))
    assert len(heard) >= 116 and min(heard) >= 60 and np.mean(heard[10:]) == 61
    assert b.counts.by_reason["late"] == 0 and b.counts.by_reason["clock"] <= 2
    assert b.alarms == ["the clock of Rack x/17 is +45 s off the majority of publishers; its time stamps are corrected"]


def test_one_wrong_clock_among_many_is_corrected_on_its_own():
    b = buffer()
    for k in range(1, 60):
        put_all(b, 10.0 * k, skip=(4,))
        put(b, 4, 10.0 * k + 3600.0)
        assert k <= 3 or take(b, 10.0 * (k - 3)) is not None
    assert b.offset == 0 and b.clocks.off[4] == 3_600_000_000_000 and b.newest == (T0 + 590_000) * 1_000_000
    for k in range(60, 70):
        put_all(b, 10.0 * k)
    assert b.alarms[1:] == ["the clock of Rack x/4 is right again"] and b.clocks.off[4] == 0


@pytest.mark.parametrize("speed", [2.0, 1e3, 1e6])
def test_a_drifting_clock_does_not_affect_other_publishers(speed):
    b, n = buffer(), 0
    for k in range(1, 100):
        put_all(b, 10.0 * k, skip=(4,))
        put(b, 4, 10.0 * k * speed)
        if k > 3 and (frame := take(b, 10.0 * (k - 3))) is not None:
            n += 1
            assert np.isfinite(np.delete(frame, 4)).all()
    assert n >= 95 and b.newest == (T0 + 990_000) * 1_000_000 and any("clock of Rack x/4" in a for a in b.alarms)
    assert len(b.frames) < 40 and set(b.counts.by_reason) <= {"clock", "late", "conflict"} and all(set(c) == {4} for c in b.counts.by_point.values())


def test_a_stopped_clock_that_reports_first_does_not_set_the_start():
    """It is named; all others are accepted from their first reading on. Regression: 5,400 of their readings were refused as clock."""
    b = Buffer(points_of(10), Counts(), dt=10.0)
    dead = b'{"value":1,"timestamp":%d,"quality":1}' % EARLIEST
    for _ in range(5):
        b.put(b.points[0]["topic"], dead)
    assert b.first_stamp(0.0) is None
    for at in (10.0, 20.0, 30.0):
        put_all(b, at, skip=(0,))
        b.put(b.points[0]["topic"], dead)
    assert b.first_stamp(0.0) == (T0 + 10_000) * 1_000_000
    b.begin(T0 * 1_000_000)
    for at in range(40, 400, 10):
        put_all(b, float(at), skip=(0,))
        b.put(b.points[0]["topic"], dead)
        assert np.isfinite(take(b, at - 30.0)[1:]).all()
    assert set(b.counts.by_point) == {"clock"} and set(b.counts.by_point["clock"]) == {0}
    assert "Rack x/0 are of 2000-01-01T00:00:00Z" in b.alarms[0] and "Rack x/0 has stopped at 2000-01-01" in b.alarms[1]


def test_points_of_one_object_have_one_vote():
    """Forty points of one CDU an hour ahead do not outvote twenty racks; the alarm names the object."""
    cdu = [dict(topic=f"{VALUE}CDU/T/x/cdu/{k}", name=f"x t{k}", scale=1.0, offset=0.0, units={}) for k in range(40)]
    assert object_of(cdu[0]["topic"]) == "CDU x/cdu"
    b = Buffer(points_of(20) + cdu, Counts(), dt=10.0)
    b.begin(T0 * 1_000_000)
    for k in range(1, 20):
        for p in range(60):
            put(b, p, 10.0 * k + (3600.0 if p >= 20 else 0.0))
    assert b.newest == (T0 + 190_000) * 1_000_000 and b.offset == 0 and all("CDU x/cdu" in a for a in b.alarms)


@pytest.mark.parametrize("seed", range(12))
def test_readings_within_the_lag_of_the_majority_are_never_lost(seed):
    """Random offsets of a minority, gaps, duplicates and reordering."""
    chance = np.random.default_rng(seed)
    n, lag = int(chance.integers(5, 40)), 30.0
    b = buffer(n, lag=lag)
    wrong = chance.permutation(n)[: int(chance.integers(0, (n - 1) // 2 + 1))]      # fewer than half
    off = np.zeros(n)
    off[wrong] = chance.choice([-86400.0, -3600.0, -70.0, 45.0, 100.0, 3600.0, 7e7], len(wrong))
    every = np.where(chance.random(n) < 0.3, 3, 1)                                   # some speak every 30 s
    quiet = {int(p): (f := int(chance.integers(20, 150)), f + int(chance.integers(1, 100))) for p in chance.permutation(n)[: n // 4]}
    said = []                                                                        # (arrival, point, time)
    for k in range(1, 200):
        for p in range(n):
            if k % every[p] == 0 and not (p in quiet and quiet[p][0] <= k < quiet[p][1]):
                delay = chance.uniform(0.0, 9.0) if chance.random() < 0.9 else chance.uniform(0.0, lag - 12.0)
                said.append((10.0 * k + delay, p, 10.0 * k))
                if chance.random() < 0.05:
                    said.append((10.0 * k + delay + chance.uniform(0.0, 5.0), p, 10.0 * k))
    heard, step = {}, 1

    def follow():
        nonlocal step
        while (frame := take(b, 10.0 * step)) is not None:
            heard.update({(p, step): v for p, v in enumerate(frame) if np.isfinite(v)})
            step += 1
            if step > 210:
                return

    for _, p, at in sorted(said):
        put(b, p, at + off[p], value=at)
        follow()
    b.end()
    follow()
    right = [(p, round(at / 10.0)) for _, p, at in said if p not in wrong]
    lost = sorted({x for x in right if x not in heard})
    assert not lost and all(heard[x] == 10.0 * x[1] for x in right), (lost[:5], b.alarms)
    assert b.offset == 0 and not any(b.clocks.off[p] for p in range(n) if p not in wrong)


def test_waiting_readings_are_bounded_and_the_excess_is_refused(monkeypatch):
    from coldsun import frames

    monkeypatch.setattr(frames, "MOST", 500)
    b = buffer()
    for k in range(1, 101):
        put_all(b, 10.0 * k)
    assert b.n_kept == 500 and b.counts.by_reason == {"full": 500} and "50 frames behind its feed" in b.alarms[0]
    for k in range(1, 51):
        assert np.isfinite(take(b, 10.0 * k)).all()
    put_all(b, 1010.0)
    assert b.counts.by_reason == {"full": 500} and b.n_kept == 10


def test_a_feed_beyond_the_prepared_hours_ends_the_shadow():
    """Instead of a record of empty frames."""
    b = buffer()
    for at in (10.0, 20.0, 7e6, 7e6 + 10.0):
        put_all(b, at)
    last = (T0 + 3_600_000) * 1_000_000
    assert b.beyond(last) is None and np.isfinite(take(b, 10.0)).all() and b.beyond(last) is None and np.isfinite(take(b, 20.0)).all()
    assert "beyond the prepared hours" in b.beyond(last)


def test_a_single_active_point_sets_the_time_after_thirty_seconds(monkeypatch):
    wall, b = Wall(monkeypatch), Buffer(points_of(10), Counts(), dt=10.0)
    for k in range(1, 40):
        wall.at += 1.0
        put(b, 0, 10.0 * k)
        if k < 30:
            assert b.first_stamp(0.0) is None and "1 of 10 points have reported" in b.refusals()
    assert b.first_stamp(0.0) == (T0 + 10_000) * 1_000_000 and not b.counts.by_reason and sum(map(len, b.frames.values())) == 39

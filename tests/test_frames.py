"""Payloads and frames: invalid, late and repeated readings, silent points, clock offsets, units of the source."""

from __future__ import annotations

import json

import numpy as np
import pytest

from coldsun.frames import VALUE, Buffer, parse_value
from coldsun.quality import Counts

POINTS = [dict(topic=f"{VALUE}CDU/T/x/{k}", scale=1.0, offset=273.15, units={"degC": (1.0, 273.15), "K": (1.0, 0.0)}) for k in range(10)]
T0 = 1_780_000_000_000  # ms, on the grid of 10 s


def said(value, at_s: float, quality=1) -> bytes:
    return json.dumps(dict(value=value, timestamp=T0 + round(1000 * at_s), quality=quality)).encode()


def buffer() -> Buffer:
    b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
    b.begin(T0 * 1_000_000)
    return b


def put_all(b: Buffer, at_s: float, value: float = 20.0, skip=()) -> None:
    for k, p in enumerate(POINTS):
        if k not in skip:
            b.put(p["topic"], said(value + k, at_s))


def take(b: Buffer, at_s: float):
    return b.take(T0 * 1_000_000 + round(at_s * 1e9), 0.0)


@pytest.mark.parametrize("payload, reason", [
    (b'{"value": 21.5, "timestamp": 1780000000000, "quality": 1}', ""),
    (b'{"value": 21.5, "timestamp": 1780000000000}', ""),
    (b'{"value": null, "timestamp": 1780000000000, "quality": 1}', "missing"),
    (b'{"value": 21.5, "timestamp": 1780000000000, "quality": 0}', "quality"),
    (b'{"value": NaN, "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": 1e999, "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": 1%s, "timestamp": 1780000000000, "quality": 1}' % (b"0" * 400), "malformed"),
    (b'{"value": "21.5", "timestamp": "1780000000000", "quality": 1}', ""),
    (b'{"value": 21.5, "timestamp": "2026-06-14T15:00:00Z"}', ""),
    (b'{"value": 21.5, "timestamp": "2026-06-14T15:00:00+04:00"}', ""),
    (b'{"value": 21.5, "timestamp": "2026-06-14T15:00:00"}', "malformed"),     # which zone?
    (b'{"value": "1_000", "timestamp": 1780000000000}', "malformed"), (b'{"value": "nan", "timestamp": 1780000000000}', "malformed"),
    (b'{"value": 21.5, "timestamp": 1780000000}', "clock"),                    # seconds
    (b'{"value": 21.5, "timestamp": 1780000000000000000}', "clock"),           # nanoseconds
    (b'{"value": true, "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": 1, "timestamp": "now", "quality": 1}', "malformed"),
    (b'{"value": 1, "timestamp": -5, "quality": 1}', "malformed"),
    (b'{"value": 1, "timestamp": 1e300}', "malformed"), (b'{"value": 1, "timestamp": 1%s}' % (b"0" * 400), "malformed"),
    (b'{"value": 1}', "malformed"), (b"[1]", "malformed"), (b"21.5", "malformed"), (b"", "malformed"), (b"\xff\xfe", "malformed"),
    (b"[" * 4000, "malformed"), (b" " * 5000, "malformed"),
])
def test_a_payload_is_accepted_or_refused_with_its_reason(payload, reason):
    assert parse_value(payload)[0] == reason


def test_malformed_payloads_are_counted_and_do_not_affect_valid_ones():
    chance, b = np.random.default_rng(3), buffer()
    good = said(21.0, 10)
    put_all(b, 10)
    bad = 0
    for _ in range(100_000):
        broken = bytearray(good)
        for at in chance.integers(0, len(good), 3):
            broken[at] = chance.integers(0, 256)
        bad += bool(parse_value(bytes(broken[: chance.integers(0, len(good))]))[0])
        b.put(POINTS[0]["topic"], bytes(broken[: chance.integers(0, len(good))]))
    b.put("nobody/knows", good)
    assert bad > 99_000
    assert b.counts.by_reason["malformed"] > 99_000 and b.counts.by_reason["unknown"] == 1
    frame = take(b, 10)
    assert np.isfinite(frame).all() and frame[1] == 21.0


def test_frames_sort_readings_by_source_time_and_refuse_late_ones():
    b = buffer()
    put_all(b, 20)                      # the second frame first
    assert take(b, 10) is None          # the lag has not passed
    b.put(POINTS[0]["topic"], said(5.0, 9.5))
    b.put(POINTS[0]["topic"], said(4.0, 3.0))     # older in the same frame: the last reading counts
    b.put(POINTS[0]["topic"], said(5.0, 9.5))     # repeated: no effect
    b.put(POINTS[0]["topic"], said(5.5, 9.5))     # the same time stamp, another value: refused
    put_all(b, 30), put_all(b, 40)
    first = take(b, 10)
    assert first[0] == 5.0 and np.isnan(first[1:]).all()
    assert b.counts.by_reason == {"conflict": 1} and b.n_repeated == 1
    b.put(POINTS[3]["topic"], said(1.0, 10.0))
    assert b.counts.by_reason["late"] == 1
    assert take(b, 20)[0] == 20.0


def test_a_silent_point_delays_frames_up_to_the_deadline_only():
    b = buffer()
    for k in range(1, 40):
        put_all(b, 10.0 * k, skip=(7,) if k > 2 else ())
        frame = take(b, 10.0 * k)
        if 2 < k <= 5:
            assert frame is None        # its reading may still arrive
        if k > 32:
            assert frame is not None and np.isnan(frame[7]) and np.isfinite(frame[0])   # after 250 s without a reading


def test_the_unit_of_the_metadata_is_used_or_its_readings_are_refused():
    b = buffer()
    b.put(POINTS[0]["topic"].replace("/Value/", "/Metadata/"), b'{"engUnit": "K"}')
    b.put(POINTS[1]["topic"].replace("/Value/", "/Metadata/"), b'{"engUnit": "furlong"}')
    b.put(POINTS[2]["topic"].replace("/Value/", "/Metadata/"), b"not json")
    put_all(b, 10, 300.0), put_all(b, 40, 300.0)
    si = b.si(take(b, 10))
    assert si[0] == 300.0 and np.isnan(si[1]) and si[2] == pytest.approx(302 + 273.15)
    assert b.counts.by_point["unit"] == {1: 2}
    assert b.alarms == [f"engUnit 'furlong' of {POINTS[1]['topic']} is unknown; its readings are refused; accepted: degC, K, in usual spellings"]


def test_an_outlying_first_time_stamp_does_not_set_the_time():
    """The first reading is a week old: it is left out, the others are accepted."""
    b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
    b.put(POINTS[0]["topic"], said(20.0, -7 * 86400.0))
    assert b.first_stamp(0.0) is None
    for at in (10.0, 20.0, 30.0):
        put_all(b, at)
    start = b.first_stamp(0.0)
    assert start is not None and abs(start - T0 * 1_000_000) <= 30e9
    assert b.offset == 0 and b.alarms


def test_readings_sent_at_once_start_at_their_first_time_stamp():
    b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
    for at in range(10, 1810, 10):
        put_all(b, float(at))
    assert b.first_stamp(0.0) == (T0 + 10_000) * 1_000_000


def test_readings_15_min_apart_are_no_clock_error():
    buffer = Buffer([dict(topic="a", scale=1.0, offset=0.0)], Counts(), dt=900.0)
    for k in range(1, 5):
        buffer.put("a", b'{"value":1,"timestamp":%d,"quality":1}' % (1_640_995_200_000 + 900_000 * k))
    assert len(buffer.frames) == 4 and not buffer.counts.by_reason

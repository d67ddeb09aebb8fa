"""Payloads of all kinds are parsed or refused at bounded cost; units in the spellings of sources."""

from __future__ import annotations

import time

import numpy as np
import pytest

from coldsun.engunits import CONVERTED, SPELLINGS, unit_named
from coldsun.frames import METADATA, VALUE, Buffer
from coldsun.payloads import parse_value, plain, why
from coldsun.quality import Counts

UNITS = {"degC": (1.0, 273.15), "K": (1.0, 0.0)}


def test_fuzzed_payloads_are_parsed_or_refused_at_bounded_cost():
    """20,000 here, 250,000 in a trial: no exception, and long or nested payloads cost no more than a few valid ones."""
    chance = np.random.default_rng(11)
    good = b'{"value":21.5,"timestamp":1780000000000,"quality":1}'
    words = [b"[", b"{", b'"', b"1" * 400, b"9" * 4000, b"null", b"NaN", b"1e999", b"-", b'"2026-06-14T15:00:00Z"',
             b"\\ud800", b"\xff", b",", b":", b"true", b'{"a":' * 200]
    seen = set()
    for _ in range(20_000):
        payload = bytearray(good)
        for _ in range(chance.integers(1, 4)):
            at, word = chance.integers(0, len(payload)), words[chance.integers(len(words))]
            payload[at:at + chance.integers(0, 16)] = word
        payload = bytes(payload)
        reason, value, stamp = parse_value(payload)
        seen.add(reason)
        assert isinstance(why(payload), str) and len(plain(payload)) <= 120 and plain(payload).isprintable()
        assert reason or (np.isfinite(value) and stamp > 0)
    assert {"malformed", "clock", "quality", ""} <= seen

    def cost(payload):
        def once():
            begin = time.thread_time()
            for _ in range(200):
                parse_value(payload)
            return time.thread_time() - begin
        return min(once() for _ in range(5))

    usual = cost(good)
    for payload in (b'{"a":' + b"[" * 3000, b'{"value":1' + b"0" * 900 + b',"timestamp":1}', b"[" * 1000):
        assert cost(payload) < 6.0 * usual   # regression: 20 to 40 times


def test_invalid_metadata_is_refused_without_an_exception():
    b = Buffer([dict(topic=f"{VALUE}CDU/T/x/cdu/0", name="x t0", scale=1.0, offset=273.15, units=UNITS)], Counts(), dt=10.0)
    for told in (b"[]", b"{", b'{"engUnit":7,"objectId":[1]}', b'{"engUnit":"' + b"x" * 500 + b'"}', b"[" * 4000, b"\xff", b'{"objectId":""}', b"1" * 5000):
        b.put(METADATA + "CDU/T/x/cdu/0", told)
    assert b.counts.by_reason["malformed"] == 5 and b.clocks.objects[0] == "CDU x/cdu" and len(b.alarms) == 1


@pytest.mark.parametrize("said", ["C", "°C", "℃", "Cel", "degC", "degrees-celsius", "DEG_C", " degC "])
def test_every_spelling_of_degree_celsius_is_known(said):
    """Regression: 262 of 397 points were refused for "C" and "LPM"."""
    assert unit_named(said, UNITS) == (1.0, 273.15)


def test_each_spelling_means_one_unit():
    words = [w for text in SPELLINGS.values() for w in text.split()] + [w for row in CONVERTED.values() for w in row[3].split()]
    assert len(words) - len(set(words)) == 0
    assert unit_named("LPM", {"L/min": (1e-3 / 60.0, 0.0)}) == (1e-3 / 60.0, 0.0)
    flow, power, share = {"m3/s": (1.0, 0.0)}, {"W": (1.0, 0.0), "MW": (1e6, 0.0)}, {"%": (0.01, 0.0)}
    scale, shift = unit_named("degF", UNITS)
    assert 212.0 * scale + shift == pytest.approx(373.15) and unit_named("gpm", flow)[0] == pytest.approx(6.30902e-5, rel=1e-6)
    assert unit_named("mW", power)[0] == 1e-3 and unit_named("MW", power)[0] == 1e6 and unit_named("1", share)[0] == 1.0
    assert unit_named("furlong", UNITS) is None and unit_named("kW", UNITS) is None and unit_named("C" * 1000, UNITS) is None

"""Payloads of messages: parsing with bounds on length and depth; errors as text."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timedelta, timezone

LONGEST_VALUE, LONGEST = 1024, 4096   # bytes of a value and of metadata; a usual value has about 70
DEEPEST = 16                          # opening brackets of a payload; a value has one
EARLIEST, LATEST = 946_684_800_000, 4_102_444_800_000   # ms: 2000 to 2100
ACCEPTED = "milliseconds since 1970, or ISO 8601 with a zone (2026-06-14T15:00:00Z)"
PLAIN = re.compile(r"[+-]?(\d{1,32}(\.\d{0,32})?|\.\d{1,32})([eE][+-]?\d{1,3})?", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_decoder = json.JSONDecoder(parse_int=float)   # a whole number of 4,000 digits costs no more than a float, and becomes infinite


def decode(payload: bytes, longest: int = LONGEST) -> dict:
    """Object of a JSON payload; ValueError where it is no object, too long or too deep."""
    if len(payload) > longest:
        raise ValueError(f"of {len(payload)} bytes; accepted: at most {longest}")
    if payload.count(b"[") + payload.count(b"{") > DEEPEST:
        raise ValueError(f"more than {DEEPEST} brackets open")
    told = _decoder.decode(payload.decode("utf-8"))
    if not isinstance(told, dict):
        raise ValueError("no JSON object")
    return told


def number(told) -> float:
    """A finite number, also from a decimal string; ValueError for anything else."""
    if isinstance(told, str) and len(told) <= 64 and PLAIN.fullmatch(told.strip()):
        told = float(told)
    if isinstance(told, bool) or not isinstance(told, (int, float)):
        raise ValueError("no number")
    try:
        told = float(told)
    except OverflowError:
        raise ValueError("no finite number") from None
    if not math.isfinite(told):
        raise ValueError("no finite number")
    return told


def stamp_ns(told) -> int:
    """Time stamp [ns since 1970] from milliseconds or ISO 8601 with a zone, of any year; ValueError for anything else."""
    if isinstance(told, str) and not PLAIN.fullmatch(told.strip()):
        if len(told) > 40:
            raise ValueError("no time")
        try:
            at = datetime.fromisoformat(told.strip())
        except ValueError:
            raise ValueError("no time") from None
        if at.tzinfo is None:
            raise ValueError("a time without its zone")
        try:
            return (at - EPOCH) // timedelta(microseconds=1) * 1000
        except OverflowError:
            raise ValueError("no time") from None
    ms = number(told)
    if not 0.0 < ms < 1e19:
        raise ValueError("no time since 1970")
    return round(ms * 1e3) * 1000 if ms < 9e12 else round(ms) * 1_000_000


def believable(ns: int) -> bool:
    """Whether a time stamp [ns] is between 2000 and 2100."""
    return EARLIEST <= ns // 1_000_000 < LATEST


def parse_value(payload: bytes) -> tuple[str, float | None, int | None]:
    """Reason of refusal, value and time stamp [ns] of a DSX Exchange payload {value, timestamp [ms], quality}; reason "": accepted.

    >>> parse_value(b'{"value": 21.5, "timestamp": 1780000000000, "quality": 1}')
    ('', 21.5, 1780000000000000000)
    """
    try:
        told = decode(payload, LONGEST_VALUE)
        value, stamp = told["value"], stamp_ns(told["timestamp"])
    except (ValueError, KeyError, RecursionError):
        return "malformed", None, None
    try:
        value = None if value is None else number(value)
    except ValueError:
        return "malformed", None, stamp
    if not believable(stamp):
        return "clock", None, None
    if value is None:
        return "missing", None, stamp
    quality = told.get("quality", 1)
    return ("" if quality == 1 or quality == "1" else "quality"), value, stamp


def likely(ns: int) -> str:
    """Likely cause of a time stamp decades off, as text."""
    ms = ns / 1e6
    for factor, said in ((1e-3, "seconds"), (1e3, "microseconds"), (1e6, "nanoseconds")):
        if factor * EARLIEST <= ms < factor * LATEST:
            return f"it looks like {said} where milliseconds are meant"
    return "a clock that was never set" if ms < EARLIEST else "a clock that is off"


def day_of(ns: int) -> str:
    """An instant [ns since 1970] as ISO 8601 in UTC, to the second."""
    try:
        return f"{EPOCH + timedelta(microseconds=ns // 1000):%Y-%m-%dT%H:%M:%SZ}"
    except OverflowError:
        return "the far future"


def plain(text: str | bytes, most: int = 120) -> str:
    """Foreign text made printable: one line of at most `most` characters."""
    if isinstance(text, bytes):
        text = text[: 4 * most].decode("utf-8", "replace")
    text = "".join(c if c.isprintable() else "?" for c in text[: 2 * most])
    return text if len(text) <= most else text[: most - 3] + "..."


def why(payload: bytes, longest: int = LONGEST_VALUE) -> str:
    """Error of a value payload as text; "" where it is valid."""
    try:
        told = decode(payload, longest)
    except (ValueError, RecursionError) as error:
        text = str(error)
        return text if text.startswith(("of ", "more than", "no JSON object")) else "no JSON object"
    for key in ("value", "timestamp"):
        if key not in told:
            return f"no key {key!r}"
    try:
        stamp = stamp_ns(told["timestamp"])
    except ValueError as error:
        return f"timestamp: {error}; accepted: {ACCEPTED}"
    if not believable(stamp):
        return f"timestamp is of {day_of(stamp)}: {likely(stamp)}; accepted: {ACCEPTED}"
    if told["value"] is None:
        return "value is null"
    try:
        number(told["value"])
    except ValueError as error:
        return f"value: {error}"
    return "" if told.get("quality", 1) in (1, "1") else f"quality = {plain(str(told['quality']), 20)}"

"""What people hand over: starts as they write them, whole numbers; each refusal is one sentence."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd

from . import _engine
from .errors import InputError

ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


def parse_start(network: _engine.Network, start: str | date | np.datetime64 | None) -> pd.Timestamp:
    """The start of a run: ISO 8601 (T or a blank between date and time), a date, datetime, Timestamp or datetime64; UTC unless it says otherwise; the
    network's own by default."""
    if start is None:
        return pd.Timestamp(network.start_ns, unit="ns", tz="UTC")
    try:
        text = start.isoformat() if isinstance(start, date) else pd.Timestamp(start).isoformat() if isinstance(start, np.datetime64) else start
        if not ISO_8601.fullmatch(text):   # pandas would take "today" and guess at 06/07/2026
            raise ValueError
        at = pd.Timestamp(text)
        at = at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")
        if at is pd.NaT or not 1970 <= at.year < 2096:
            raise ValueError
        return at
    except (ValueError, TypeError):
        raise InputError(f"start = {start!r}; accepted: an ISO 8601 time from 1970 to 2095 such as 2026-06-15, 2026-06-15 04:00 or 2026-06-15T04:00Z") from None


def _whole(name: str, value, low: int, high: int) -> int:
    """A whole number in a range; the engine's integers would wrap or refuse with a signature instead of a sentence."""
    try:
        whole = int(value)
        if whole != value or isinstance(value, (str, bytes)) or not low <= whole <= high:
            raise ValueError
    except (TypeError, ValueError, OverflowError):   # nothing, text, a list, NaN, infinity
        raise InputError(f"{name} = {value}; accepted: a whole number from {low} to {high}") from None
    return whole

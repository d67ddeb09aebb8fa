"""Checks of arguments: start times and whole numbers; each error is one sentence."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd

from . import _engine
from .errors import InputError

ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


def parse_start(network: _engine.Network, start: str | date | np.datetime64 | None) -> pd.Timestamp:
    """Start of a run (UTC) from ISO 8601 text, date, datetime, Timestamp or datetime64; None: the network's start. InputError for anything else.

    Text has T or a blank between date and time. A time without a zone is UTC.

    >>> import coldsun as cs
    >>> parse_start(cs.load_site("small"), "2026-06-14 14:00+02:00").isoformat()
    '2026-06-14T12:00:00+00:00'
    """
    if start is None:
        return pd.Timestamp(network.start_ns, unit="ns", tz="UTC")
    try:
        text = start.isoformat() if isinstance(start, date) else pd.Timestamp(start).isoformat() if isinstance(start, np.datetime64) else start
        if not ISO_8601.fullmatch(text):   # pandas would accept "today" and guess the order of 06/07/2026
            raise ValueError
        at = pd.Timestamp(text)
        at = at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")
        if at is pd.NaT or not 1970 <= at.year < 2096:
            raise ValueError
        return at
    except (ValueError, TypeError):
        raise InputError(f"start = {start!r}; accepted: an ISO 8601 time from 1970 to 2095 such as 2026-06-15, 2026-06-15 04:00 or 2026-06-15T04:00Z") from None


def _whole(name: str, value, low: int, high: int) -> int:
    """A whole number from low to high; InputError otherwise. pybind11 would wrap it, or print a signature as its error."""
    try:
        whole = int(value)
        if whole != value or isinstance(value, (str, bytes)) or not low <= whole <= high:
            raise ValueError
    except (TypeError, ValueError, OverflowError):   # None, text, a list, NaN, infinity
        raise InputError(f"{name} = {value}; accepted: a whole number from {low} to {high}") from None
    return whole

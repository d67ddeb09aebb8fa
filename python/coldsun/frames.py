"""Frames: raw messages sorted by source time into what was said in one step, with what may go wrong on the way."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import deque
from pathlib import Path

import numpy as np
import pandas as pd

from .quality import Counts

VALUE, METADATA = "BMS/v1/PUB/Value/", "BMS/v1/PUB/Metadata/"
LONGEST = 4096  # bytes of a payload; a value has some seventy


def parse_value(payload: bytes) -> tuple[str, float | None, int | None]:
    """Reason, value and time stamp [ns] of a DSX Exchange value payload {value, timestamp [ms], quality}; reason "" where all is well."""
    if len(payload) > LONGEST:
        return "malformed", None, None
    try:
        told = json.loads(payload)
        stamp, value, quality = told["timestamp"], told["value"], told.get("quality", 1)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "malformed", None, None
    if isinstance(stamp, bool) or not isinstance(stamp, (int, float)) or not math.isfinite(stamp) or not 0 < stamp < 4.1e12:  # before 2100
        return "malformed", None, None
    stamp = round(stamp * 1e6)
    if value is None:
        return "missing", None, stamp
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "malformed", None, stamp
    try:
        value = float(value)
    except OverflowError:
        return "malformed", None, stamp
    if not math.isfinite(value):
        return "malformed", None, stamp
    return ("" if quality == 1 else "quality"), value, stamp


class Buffer:
    """Readings by source time; a frame is what was said in one step, (T - dt, T], the latest word of each point.

    A frame is complete when every living point has spoken at its very end, or when the newest stamp is `lag` past it: what comes later is
    refused as late. A point that was silent for `deadline` is no longer waited for. Stamps that leap by more than `leap` are refused until
    they are seen to be the source's own new clock; then its offset is taken off, and said.
    """

    def __init__(self, points: list[dict], counts: Counts, *, dt: float, lag: float = 30.0, deadline: float = 250.0, leap: float = 300.0):
        self.points, self.counts = points, counts
        self.place = {p["topic"]: k for k, p in enumerate(points)}
        self.scale, self.shift = [p["scale"] for p in points], [p["offset"] for p in points]
        self.refused_unit = [False] * len(points)
        self.dt, self.lag, self.deadline, self.leap = (round(x * 1e9) for x in (dt, lag, max(deadline, 2.5 * dt), max(leap, 2.5 * dt)))
        self.ready = threading.Condition()
        self.frames: dict[int, dict[int, tuple[int, float]]] = {}   # end of the frame -> point -> (stamp, value)
        self.closed = 0            # end of the last frame that was taken
        self.newest = 0            # newest stamp, corrected
        self.last = np.zeros(len(points), np.int64)   # newest stamp of each point; 0: never heard
        self.offset = 0            # what the source's clock is ahead
        self.leaps: deque[int] = deque(maxlen=max(8, min(64, len(points))))
        self.alarms: list[str] = []
        self.n_message, self.n_repeated, self.arrived, self.over = 0, 0, time.monotonic(), False

    # ---- putting ------------------------------------------------------------------------------------------------------------
    def put(self, topic: str, payload: bytes) -> None:
        """One raw message, whatever it is."""
        with self.ready:
            self.n_message += 1
            now, gap = time.monotonic(), 0.0
            gap, self.arrived = now - self.arrived, now
            point = self.place.get(topic)
            if point is None:
                if topic.startswith(METADATA):
                    self._metadata(VALUE + topic[len(METADATA):], payload)
                else:
                    self.counts.add("unknown")
                return
            reason, value, stamp = parse_value(payload)
            if reason:
                self.counts.add(reason, point)
                return
            self.put_value(point, stamp, value, gap)

    def put_value(self, point: int, stamp: int, value: float, gap: float = 0.0) -> None:
        """A reading in its published unit with its source's time stamp [ns]."""
        if self.refused_unit[point]:
            self.counts.add("unit", point)
            return
        if not self._clock(point, stamp, gap):
            self.counts.add("clock", point)
            return
        stamp -= self.offset
        self.newest, self.last[point] = max(self.newest, stamp), max(self.last[point], stamp)
        end = -(-stamp // self.dt) * self.dt
        if self.closed and end <= self.closed:
            self.counts.add("late", point)
            return
        frame = self.frames.setdefault(end, {})
        known = frame.get(point)
        if known and known[0] == stamp:
            if known[1] == value:
                self.n_repeated += 1
            else:
                self.counts.add("conflict", point)
            return
        if known is None or known[0] < stamp:
            frame[point] = (stamp, value)
        self.ready.notify_all()

    def _clock(self, point: int, stamp: int, gap: float) -> bool:
        """Whether the stamp fits the source's clock as known; leaps that agree with each other move it."""
        leap = stamp - self.offset - self.newest
        waited = abs(leap - round(gap * 1e9)) < 60e9   # the source was silent that long: no leap of its clock
        if not self.newest or abs(leap) <= self.leap or waited:
            self.leaps.clear()
            return True
        self.leaps.append(leap)
        if len(self.leaps) < self.leaps.maxlen or max(self.leaps) - min(self.leaps) > 2 * self.dt + 2 * self.lag:
            return False
        if not self.closed:   # nothing was taken yet: the first stamp was the odd one
            self.frames.clear()
            self.last[:], self.newest = 0, 0
            self.leaps.clear()
            self.alarms.append("the first stamps heard were far from all others; they were left out")
            return True
        off = self.offset + round(float(np.median(self.leaps)) / 1e9) * 1_000_000_000
        half_hours = round(off / 1800e9) * 1_800_000_000_000   # the newest stamp was some steps before: whole half hours are meant, as a rule
        self.offset = half_hours if abs(off - half_hours) < 2 * self.dt + 2 * self.lag else off
        self.leaps.clear()
        self.alarms.append(f"the source's clock is {self.offset / 1e9:+.0f} s off; its stamps are corrected by that" if self.offset
                           else "the source's clock is right again")
        return True

    def _metadata(self, topic: str, payload: bytes) -> None:
        """Retained metadata: the unit that the source names wins where it can be converted."""
        point = self.place.get(topic)
        if point is None:
            return
        try:
            unit = json.loads(payload[:LONGEST]).get("engUnit")
        except (ValueError, AttributeError, RecursionError):
            self.counts.add("malformed")
            return
        known = self.points[point]["units"]
        self.refused_unit[point] = isinstance(unit, str) and unit not in known
        if isinstance(unit, str) and unit in known:
            self.scale[point], self.shift[point] = known[unit]

    def end(self) -> None:
        """Nothing more will come."""
        with self.ready:
            self.over = True
            self.ready.notify_all()

    # ---- taking -------------------------------------------------------------------------------------------------------------
    def begin(self, start: int) -> None:
        """Frames end after `start` [ns]."""
        with self.ready:
            self.closed = start
            for end in [e for e in self.frames if e <= start]:
                del self.frames[end]

    def complete(self, end: int) -> bool:
        if self.over or self.newest >= end + self.lag:
            return True
        frame = self.frames.get(end, {})
        living = np.flatnonzero(self.last > self.newest - self.deadline) if self.closed_any else range(len(self.points))
        return len(frame) >= max(1, len(living)) and all(k in frame and frame[k][0] == end for k in living)

    closed_any = False   # before the first frame every point of the map is waited for

    def si(self, raw: np.ndarray) -> np.ndarray:
        """Readings in their published units as SI."""
        return raw * np.asarray(self.scale) + np.asarray(self.shift)

    def take(self, end: int, timeout: float | None = None) -> np.ndarray | None:
        """Readings of the frame that ends at `end` in their published units, NaN where there is none; None where it is not complete within
        `timeout` [s]."""
        with self.ready:
            if not self.ready.wait_for(lambda: self.complete(end), timeout):
                return None
            frame = self.frames.pop(end, {})
            for old in [e for e in self.frames if e < end]:
                del self.frames[old]
            self.closed, self.closed_any = end, True
            out = np.full(len(self.points), np.nan)
            for point, (_, value) in frame.items():
                out[point] = value
            return out

    def first_stamp(self, timeout: float | None) -> int | None:
        """The oldest stamp heard so far, waited for until three readings agree on the time: an odd first one is put away by then."""
        with self.ready:
            if not self.ready.wait_for(lambda: sum(map(len, self.frames.values())) >= min(3, len(self.points)) or self.over, timeout):
                return None
            return min((s for f in self.frames.values() for s, _ in f.values()), default=None)


class FeedLog:
    """What was taken, one file an hour, in the published units: a restart goes on from it."""

    def __init__(self, folder: Path, points: list[dict]):
        self.folder, self.points, self.begun = folder, points, False
        self.place = {p["topic"]: k for k, p in enumerate(points)}

    def path(self, end: int) -> Path:
        return self.folder / f"feed_{pd.Timestamp(end, unit='ns'):%Y%m%dT%H}.csv"

    def write(self, end: int, frame: np.ndarray) -> None:
        """Frames as they were taken, one file an hour: a replay of them is the shadow again, to the bit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = end // 1_000_000
        lines = [f"{stamp},{self.points[k]['topic']},{float(frame[k])!r}\n" for k in np.flatnonzero(np.isfinite(frame))]
        with self.path(end).open("a", encoding="utf-8") as file:
            file.write(("" if self.begun else "\n") + "".join(lines) + f"{stamp},end,\n")
        self.begun = True   # the first line begins anew: a kill may have left a torn one

    def read(self, after: int) -> dict[int, np.ndarray]:
        """Whole frames of the log that end after `after`."""
        frames, whole = {}, {}
        for path in sorted(self.folder.glob("feed_*.csv")):
            if path.stem < self.path(after).stem:
                continue
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                stamp, _, rest = line.partition(",")
                topic, _, text = rest.rpartition(",")
                if not stamp.isdigit() or int(stamp) * 1_000_000 <= after:
                    continue
                end = int(stamp) * 1_000_000
                if topic == "end":
                    whole[end] = frames.get(end, np.full(len(self.points), np.nan))
                elif topic in self.place:
                    try:
                        frames.setdefault(end, np.full(len(self.points), np.nan))[self.place[topic]] = float(text)
                    except ValueError:
                        continue
        return whole

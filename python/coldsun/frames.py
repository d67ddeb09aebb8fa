"""Frames: readings sorted by source time into steps; refusals are counted by reason."""

from __future__ import annotations

import threading
import time

import numpy as np

from .clocks import Clocks
from .engunits import unit_named
from .payloads import day_of, decode, parse_value, plain, why
from .quality import Counts

VALUE, METADATA = "BMS/v1/PUB/Value/", "BMS/v1/PUB/Metadata/"
MOST = 1_000_000   # readings waiting in frames, about 200 MB: a shadow hours behind its feed refuses the rest, with an alarm


def object_of(topic: str) -> str:
    """Object of a topic BMS/v1/PUB/Value/{objectType}/{pointType}/{tagPath}: its type, and the tag path without the last part.

    >>> object_of("BMS/v1/PUB/Value/Rack/Power/site/h200/3/power")
    'Rack site/h200/3'
    """
    parts = topic[len(VALUE):].split("/") if topic.startswith(VALUE) else topic.split("/")
    tag = parts[2:]
    return " ".join(filter(None, (parts[0] if tag else "", "/".join(tag[:-1] or tag or parts))))


class Buffer:
    """Readings by source time. A frame holds the last reading of each point in one step, (T - dt, T].

    A frame is complete when each active point has a reading at its end, or when the time (`clocks.Clocks`) is `lag` past it; later readings are
    refused as late. A point silent for `deadline` is not awaited. A `source` (a file) is asked for its readings; its time stamps are not corrected.
    `dt`, `lag`, `deadline`, `leap` in s.
    """

    def __init__(self, points: list[dict], counts: Counts, *, dt: float, lag: float = 30.0, deadline: float = 250.0, leap: float = 300.0):
        self.points, self.counts = points, counts
        self.place = {p["topic"]: k for k, p in enumerate(points)}
        self.name = [p.get("name", p["topic"]) for p in points]
        self.scale, self.shift = [p["scale"] for p in points], [p["offset"] for p in points]
        self.refused_unit = [False] * len(points)
        self.dt, self.lag, self.deadline, self.leap = (round(x * 1e9) for x in (dt, lag, max(deadline, 2.5 * dt), max(leap, 2.5 * dt)))
        self.ready = threading.Condition()
        self.frames: dict[int, dict[int, tuple[int, float]]] = {}   # end of the frame -> point -> (stamp, value)
        self.n_kept = 0            # readings in the frames
        self.exact: dict[int, int] = {}                             # end of the frame -> number of points with a reading at its end
        self.closed = 0            # end of the last processed frame [ns]
        self.newest = 0            # time by majority; of a file, time up to which it has been read [ns]
        self.clocks = Clocks([object_of(p["topic"]) for p in points], self.name, dt=self.dt, lag=self.lag, leap=self.leap)
        self.last = self.clocks.last
        self.source = None         # feed that is asked for its readings: a file
        self.alarms: list[str] = []
        self.examples: dict[str, str] = {}      # reason -> first refused reading
        self.n_message, self.n_repeated, self.arrived, self.over = 0, 0, time.monotonic(), False
        self.usable = self.arrived  # wall clock of the last accepted reading
        self.failed: str | None = None          # error that ended the feed
        self._living, self._full = len(points), False

    @property
    def offset(self) -> int:
        """Offset of the source's clock, positive ahead [ns]."""
        return self.clocks.source_offset

    # ---- putting ------------------------------------------------------------------------------------------------------------
    def put(self, topic: str, payload: bytes) -> None:
        """Put one raw message; invalid ones are counted and refused."""
        with self.ready:
            self.n_message += 1
            self.arrived = time.monotonic()
            point = self.place.get(topic)
            if point is None:
                if topic.startswith(METADATA):
                    self._metadata(VALUE + topic[len(METADATA):], payload)
                else:
                    self.refuse("unknown", None, f"{plain(topic)} {plain(payload)}", "no such point in the site file")
                return
            reason, value, stamp = parse_value(payload)
            if not reason and self.refused_unit[point]:
                reason = "unit"
            if reason:
                said = "" if reason in self.examples else f"{plain(topic)} {plain(payload)}"
                self.refuse(reason, point, said, why(payload) if said else "")
                return
            self.put_value(point, stamp, value)

    def put_value(self, point: int, stamp: int, value: float) -> None:
        """Put a reading in its published unit, with the time stamp of its source [ns]."""
        clocks = self.clocks
        self._believe(clocks.admit(point, stamp, value, self.closed if self.closed_any else 0))

    def _believe(self, readings: list[tuple[int, int, float]]) -> None:
        """Put readings accepted by the clocks, and apply their offsets, refusals and alarms."""
        clocks, before = self.clocks, self.newest
        for k, off in clocks.moved:
            self._move(k, off)
        for k, reason in clocks.dropped:
            self.refuse(reason, k, f"{self.name[k]}", "its time stamp is far from the majority of publishers")
        self.alarms += clocks.alarms
        clocks.moved.clear(), clocks.dropped.clear(), clocks.alarms.clear()
        self.newest = max(before, clocks.vote)
        notify = self.newest != before
        for k, stamp, value in readings:
            end = self.put_stamped(k, stamp, value)
            notify = notify or self.exact.get(end, 0) >= self._living
        if notify:
            self.ready.notify_all()

    def put_stamped(self, point: int, stamp: int, value: float) -> int:
        """Put a reading with an accepted time stamp [ns]; return the end of its frame [ns]."""
        end = -(-stamp // self.dt) * self.dt
        if self.closed and end <= self.closed:
            self.refuse("late", point, self.name[point], "it arrived after its frame was processed")
            return end
        if self.n_kept >= MOST:
            self.refuse("full", point, self.name[point], "too many waiting readings")
            if not self._full:
                self._full = True
                self.alarms.append(f"the shadow is {len(self.frames)} frames behind its feed; readings are refused until it has caught up")
            return end
        self.usable = self.arrived
        frame = self.frames.setdefault(end, {})
        known = frame.get(point)
        if known is not None and known[0] == stamp:
            if known[1] == value:
                self.n_repeated += 1
            else:
                self.refuse("conflict", point, self.name[point], "another value with the same time stamp")
            return end
        if known is None:
            self.n_kept += 1
        if known is None or known[0] < stamp:
            frame[point] = (stamp, value)
            if stamp == end or self.clocks.off[point] and known is None:
                self.exact[end] = self.exact.get(end, 0) + 1
        return end

    def _move(self, point: int, off: int) -> None:
        """Move the waiting readings of a point by a clock offset found since [ns]."""
        found = [(end, f.pop(point)) for end, f in self.frames.items() if point in f]
        self.n_kept -= len(found)
        for end, (stamp, _) in found:
            if stamp == end and self.exact.get(end):
                self.exact[end] -= 1
        for _, (stamp, value) in found:
            if stamp - off > self.closed:
                self.put_stamped(point, stamp - off, value)
            else:
                self.refuse("clock", point)

    def refuse(self, reason: str, point: int | None, said: str = "", because: str = "") -> None:
        """Count a refusal, and keep the first of each reason as an example."""
        self.counts.add(reason, point)
        if said and reason not in self.examples:
            self.examples[reason] = said + (f" ({because})" if because else "")

    def example(self, reason: str) -> str:
        """The first reading refused for this reason, as text; empty: none."""
        return f"e.g. {self.examples[reason]}" if reason in self.examples else ""

    def refusals(self) -> str:
        """Refusals by reason in descending number, each with an example."""
        counted = sorted(self.counts.snapshot()["by_reason"].items(), key=lambda x: -x[1])
        told = [f"{n:,} {reason}, {self.example(reason)}".rstrip(", ") for reason, n in counted if n]
        if not self.clocks.vote and (held := sum(map(len, self.clocks.held))):
            told.insert(0, f"{held:,} readings wait for a majority of clocks; {self.clocks.n_heard} of {len(self.points)} points have reported")
        return "; ".join(told) or "no reading was refused"

    def _metadata(self, topic: str, payload: bytes) -> None:
        """Apply retained metadata: the unit of the source, if it can be converted, and its object for the vote."""
        point = self.place.get(topic)
        if point is None:
            return
        try:
            told = decode(payload)
        except (ValueError, RecursionError):
            self.refuse("malformed", point, f"{plain(METADATA + topic[len(VALUE):])} {plain(payload)}", "no JSON object")
            return
        unit, thing = told.get("engUnit"), told.get("objectId")
        if isinstance(thing, str) and 0 < len(thing) <= 64:
            kind = topic[len(VALUE):].split("/")[0]
            self.clocks.objects[point] = f"{kind} {plain(thing, 64)}"
            self.clocks.weigh()
        if not isinstance(unit, str):
            return
        known = self.points[point]["units"]
        meant = unit_named(unit, known)
        self.refused_unit[point] = meant is None
        if meant is not None:
            self.scale[point], self.shift[point] = meant
        else:
            text = f"engUnit {plain(unit, 40)!r} of {self.name[point]} is unknown; its readings are refused; accepted: {', '.join(known)}, in usual spellings"
            if text not in self.alarms:
                self.alarms.append(text)

    def end(self, because: str | None = None) -> None:
        """End the feed; `because`: the error that ended it."""
        with self.ready:
            self._believe(self.clocks.establish(over=True))
            self.failed, self.over = self.failed or because, True
            self.ready.notify_all()

    # ---- taking -------------------------------------------------------------------------------------------------------------
    def begin(self, start: int) -> None:
        """Set the start [ns]: frames that end at or before it are dropped."""
        with self.ready:
            self.closed = start
            if self.source is not None:
                self.source.skip(start)
            for end in [e for e in self.frames if e <= start]:
                self._drop(end)

    def _drop(self, end: int) -> dict[int, tuple[int, float]]:
        frame = self.frames.pop(end, {})
        self.exact.pop(end, None)
        self.n_kept -= len(frame)
        return frame

    def complete(self, end: int) -> bool:
        """Whether the frame that ends at `end` [ns] is complete."""
        if self.over:
            return True
        if self.source is not None:
            return self.newest > end
        self.clocks.count()
        self.newest = max(self.newest, self.clocks.vote)
        if self.newest >= end + self.lag:
            return True
        living = np.flatnonzero(np.array(self.last) > self.newest - self.deadline) if self.closed_any else range(len(self.points))
        self._living = max(1, len(living))
        if self.exact.get(end, 0) < self._living:
            return False
        frame, off = self.frames.get(end, {}), self.clocks.off
        return all(k in frame and (frame[k][0] == end or off[k]) for k in living)

    def beyond(self, last: int) -> str | None:
        """Sentence where the time is past `last` [ns] and no reading before it is left; None otherwise."""
        with self.ready:
            if self.source is not None and not self.frames and not self.over and self.newest <= self.closed:
                self.source.pull(self.closed + self.dt)
            if self.newest <= last + self.leap or any(end <= last for end in self.frames) or self.over:
                return None
            return f"no readings from {day_of(self.closed)} until {day_of(self.newest)}, beyond the prepared hours: the shadow ends"

    closed_any = False   # before the first frame all points of the site file are awaited

    def si(self, raw: np.ndarray) -> np.ndarray:
        """Readings in their published units (point) -> SI."""
        return raw * np.asarray(self.scale) + np.asarray(self.shift)

    def told(self) -> list[str]:
        """Alarms since the last call; an alarm raised meanwhile is in the next."""
        with self.ready:
            texts, self.alarms = self.alarms, []
        return texts

    def take(self, end: int, timeout: float | None = None) -> np.ndarray | None:
        """Readings (point) of the frame that ends at `end` [ns] in their published units, NaN: none; None where it is not complete within
        `timeout` [s]."""
        with self.ready:
            if self.source is not None and not self.complete(end):
                self.source.pull(end)
            if not self.ready.wait_for(lambda: self.complete(end), timeout):
                return None
            frame = self._drop(end)
            for old in [e for e in self.frames if e < end]:
                self._drop(old)
            self.closed, self.closed_any, self._full = end, True, self._full and self.n_kept > MOST // 2
            out = np.full(len(self.points), np.nan)
            for point, (_, value) in frame.items():
                out[point] = value
            return out

    def first_stamp(self, timeout: float | None) -> int | None:
        """Oldest accepted time stamp [ns], after a majority of clocks is known; None where there is none within `timeout` [s]."""
        with self.ready:
            if self.source is not None:
                return self.source.first
            if not self.ready.wait_for(lambda: self.frames or self.over, timeout):
                self._believe(self.clocks.establish())
            return min((s for f in self.frames.values() for s, _ in f.values()), default=None)

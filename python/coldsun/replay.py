"""Replay: a feed from a file. The file is read and sorted as a whole; its time stamps are not corrected."""

from __future__ import annotations

import csv
import logging
from array import array
from pathlib import Path

import numpy as np

from .errors import InputError
from .payloads import ACCEPTED, believable, day_of, likely, number, plain, stamp_ns

LONGEST_LINE = 65_536           # characters; a usual line has about 90
MOST = 200_000_000              # readings of a file, about 4 GB
DAY = 86_400_000_000_000        # ns: longer gaps raise an alarm; time stamps beyond one may be of a clock that was never set
YEAR = 365 * DAY                # ns: time stamps so far from all others are of a wrong clock
log = logging.getLogger("coldsun")


class Replay:
    """Feed from a CSV file with lines ``timestamp,topic or tag path,value`` in any order, values in the units of the site file.

    Separators: commas, semicolons (with decimal point or comma) or tabs; the first line may be a header. Time stamps: milliseconds since 1970,
    or ISO 8601 with a zone. InputError where the file is missing; in `start`, where none of its lines is a reading.

    >>> import coldsun as cs
    >>> try:
    ...     cs.feeds.Replay("none.csv")
    ... except cs.InputError as error:
    ...     print(error)
    none.csv: no such file; accepted: a CSV file of timestamp_ms,tag,value
    """

    live, connected, refused, stopped = False, True, None, False

    def __init__(self, path: str | Path):
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"{path}: no such file; accepted: a CSV file of timestamp_ms,tag,value")

    def start(self, buffer, site: str) -> None:
        """Read the file; InputError where none of its lines is a reading of the site's points."""
        self.buffer, self.at = buffer, 0
        self._read()
        buffer.source = self

    def _lines(self):
        """Lines of the file; lines above LONGEST_LINE are empty."""
        with self.path.open(newline=None, encoding="utf-8-sig", errors="replace") as file:
            whole = True
            while line := file.readline(LONGEST_LINE):
                if whole:
                    yield line if line.endswith("\n") or len(line) < LONGEST_LINE else ""
                whole = line.endswith("\n")

    def _read(self) -> None:
        place = self.buffer.place
        known = {"/".join(topic.split("/")[6:]): k for topic, k in place.items()} | place
        self.stamps, self.points, self.values = array("q"), array("i"), array("d")
        parting, first, n = None, True, 0
        for line in self._lines():
            text = line.strip()
            if (not text and line) or text.startswith("#"):
                continue
            if parting is None and text:
                parting = max(";\t,", key=text.count)
            try:
                fields = text.split(parting) if '"' not in text else next(csv.reader([text], delimiter=parting), [])
            except csv.Error:
                fields = []
            if len(fields) >= 2 and fields[1] == "end":   # end of a frame in the log of a shadow
                first = False
                continue
            n += 1
            reason, said = self._take(fields, parting, known)
            if reason == "malformed" and first and text and not text[0].isdigit():   # the header
                n -= 1
            elif reason:
                point = known.get(fields[1].strip()) if len(fields) == 3 else None
                self.buffer.refuse(reason, point, plain(text), said)
            first = False
            if len(self.stamps) > MOST:
                raise InputError(f"{self.path}: more than {MOST:,} readings; accepted: smaller files, one after the other")
        self.buffer.n_message += n
        self.stamps, self.points, self.values = np.array(self.stamps, np.int64), np.array(self.points, np.int32), np.array(self.values, float)
        if not len(self.stamps):
            raise InputError(f"{self.path}: none of its {n:,} lines is a reading of the site file's points: {self.buffer.refusals()}"
                             f"; accepted: timestamp,tag,value with {ACCEPTED}")
        for reason in ("malformed", "clock"):
            if count := self.buffer.counts.by_reason[reason]:
                self.buffer.alarms.append(f"{self.path.name}: {count:,} of {n:,} lines are refused as {reason}, {self.buffer.example(reason)}")
        if (np.diff(self.stamps) < 0).any():
            order = np.argsort(self.stamps, kind="stable")
            self.stamps, self.points, self.values = self.stamps[order], self.points[order], self.values[order]
        self._never_set()
        self.first = int(self.stamps[0])

    def _take(self, fields: list[str], parting: str | None, known: dict[str, int]) -> tuple[str, str]:
        """Append a line's fields; return reason and text of a refusal, or two empty texts."""
        if len(fields) != 3:
            return "malformed", f"{len(fields)} fields; accepted: 3"
        stamp, tag, value = (f.strip() for f in fields)
        try:
            at = stamp_ns(stamp)
        except ValueError as error:
            return "malformed", f"time stamp: {error}; accepted: {ACCEPTED}"
        if not believable(at):
            return "clock", f"its time stamp is of {day_of(at)}: {likely(at)}"
        point = known.get(tag)
        if point is None:
            return "unknown", "no such tag in the site file"
        if value in ("", "null"):
            return "missing", "no value"
        if parting == ";" and "." not in value:
            value = value.replace(",", ".", 1)
        try:
            told = number(value)
        except ValueError as error:
            return "malformed", f"value: {error}"
        self.stamps.append(at), self.points.append(point), self.values.append(told)
        return "", ""

    def _never_set(self) -> None:
        """Refuse leading and trailing readings of few points, far from all others: by a year, or by a day if these points have no others.

        They are of clocks never set, or drifting. Readings days before, of points that also report later, are an earlier campaign: kept, with an alarm.
        """
        cut = np.flatnonzero(np.diff(self.stamps) > DAY) + 1
        if not len(cut):
            return
        parts = np.split(np.arange(len(self.stamps)), cut)
        many = [len(np.unique(self.points[p])) for p in parts]
        enough = [m >= 0.5 * max(many) for m in many]
        begin, end = enough.index(True), len(parts) - enough[::-1].index(True)
        main = np.unique(self.points[parts[begin][0]:parts[end - 1][-1] + 1])

        def real(p: np.ndarray, gap: int) -> bool:
            return gap < YEAR and bool(np.isin(self.points[p], main).any())

        while begin > 0 and real(parts[begin - 1], int(self.stamps[parts[begin][0]] - self.stamps[parts[begin - 1][-1]])):
            begin -= 1
        while end < len(parts) and real(parts[end], int(self.stamps[parts[end][0]] - self.stamps[parts[end - 1][-1]])):
            end += 1
        for p in parts[begin + 1:end]:
            self.buffer.alarms.append(f"no readings between {day_of(int(self.stamps[p[0] - 1]))} and {day_of(int(self.stamps[p[0]]))}")
        for p in parts[:begin] + parts[end:]:
            names = ", ".join(self.buffer.name[k] for k in np.unique(self.points[p])[:3])
            self.buffer.alarms.append(f"the clock of {names} is at {day_of(int(self.stamps[p[0]]))}, days away from the majority of publishers; "
                                      f"{len(p):,} readings were refused")
            for k in self.points[p]:
                self.buffer.refuse("clock", int(k))
        keep = slice(parts[begin][0], parts[end - 1][-1] + 1)
        self.stamps, self.points, self.values = self.stamps[keep], self.points[keep], self.values[keep]

    def skip(self, until: int) -> None:
        """Skip readings up to `until` [ns]."""
        self.at = int(np.searchsorted(self.stamps, until, "right"))

    def pull(self, end: int) -> None:
        """Put the readings up to `end` [ns] into the buffer, and set its time."""
        upto = int(np.searchsorted(self.stamps, end, "right"))
        for j in range(self.at, upto):
            self.buffer.put_stamped(int(self.points[j]), int(self.stamps[j]), float(self.values[j]))
        self.at = max(self.at, upto)
        if self.at < len(self.stamps):
            self.buffer.newest = max(self.buffer.newest, int(self.stamps[self.at]))
        else:
            self.buffer.over = True

    def acknowledge(self, time_ns: int) -> None:
        """No effect: a file needs no acknowledgement."""

    def stop(self) -> None:
        """End the feed."""
        self.stopped = True

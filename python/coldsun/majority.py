"""Time of a feed: the median of the last time stamps of its active points, with one vote per object."""

from __future__ import annotations

import time
from collections import deque

import numpy as np

from .payloads import day_of

OK, AHEAD, BEHIND = 0, 1, 2
PATIENCE = 10.0, 30.0     # s of the wall clock after which a majority of the active points suffices, and after which any point does
ROUNDS, LEAST = 3, 30.0    # own intervals, and least s of the wall clock, after which a silent point has no vote
BURST = 1.0                # s: messages closer together form a burst and give no interval


class Majority:
    """Clocks of the points of a feed, and their median.

    `objects`, `names` (point); `dt`: step, `lag`: waiting time, `leap`: largest advance of a right clock, all in ns.
    """

    def __init__(self, objects: list[str], names: list[str], *, dt: int, lag: int, leap: int):
        n = len(objects)
        self.objects, self.names, self.dt, self.lag, self.leap = objects, names, dt, lag, leap
        self.off = [0] * n                   # clock offset, positive ahead [ns]
        self.last = [0] * n                  # newest accepted time stamp, corrected; 0: none yet
        self.said = [0] * n                  # newest time stamp, accepted or not, corrected
        self.wall = [0.0] * n                # wall clock of its arrival [s]
        self.gaps = [(0.0, 0.0)] * n         # last two intervals of arrival [s of the wall clock]
        self.nth = [-1] * n                  # number of its message
        self.every = [0] * n                 # ns between the last two accepted time stamps
        self.state = [OK] * n
        self.fits = [0] * n                  # consecutive time stamps that fit without the offset
        self.jump = [0] * n                  # excess step of the time stamp when it left the time; 0: unknown
        self.evidence: list[list[tuple[int, int, int, float]]] = [[] for _ in range(n)]   # least and largest offset, time stamp, wall clock
        self.held: list[deque] = [deque() for _ in range(n)]       # (uncorrected time stamp, value)
        self.vote = 0                        # time: median of accepted time stamps
        self.base = (0, 0.0)                 # time extrapolated to one instant of the wall clock, and that instant
        self.rate, self.pace = 0, 0.0        # 1: the source runs with the wall clock; s of source time per s of the wall clock
        self.n, self.n_heard, self.fresh = 0, 0, 0
        self.begun = None                    # wall clock of the first reading
        self.source_offset = self.was = 0    # clock offset of most points; its last value other than 0
        self.alarms: list[str] = []
        self.told: set[str] = set()
        self.dropped: list[tuple[int, str]] = []   # point and reason of dropped readings
        self.moved: list[tuple[int, int]] = []     # point, and shift of its waiting time stamps [ns]
        self._track: deque = deque(maxlen=600)
        self.weigh()

    def weigh(self) -> None:
        """Set the weights of the points: one vote per object."""
        size: dict[str, int] = {}
        for o in self.objects:
            size[o] = size.get(o, 0) + 1
        self.weight = np.array([1.0 / size[o] for o in self.objects])

    def take_up(self, off: list[int], source_offset: int) -> None:
        """Set the clock offsets of an earlier run [ns]: per point, and of the source."""
        self.off, self.source_offset, self.was = list(off), source_offset, source_offset

    def now(self, wall: float) -> int:
        """The time [ns] at an instant of the wall clock [s]."""
        return self.base[0] + self._aged(wall - self.base[1])

    def _aged(self, seconds: float) -> int:
        return round(seconds * 1e9) if self.rate else 0

    def hear(self, k: int, stamp: int, wall: float) -> None:
        """Register the time stamp [ns] of point `k`, received at `wall` [s of the wall clock]."""
        if self.nth[k] > 0 and self.wall[k] and (gap := wall - self.wall[k]) >= BURST:
            self.gaps[k] = (self.gaps[k][1], gap)
        self.said[k], self.wall[k] = stamp, wall

    def speaks(self, wall: float) -> np.ndarray:
        """Active points (bool): those heard within ROUNDS of their own intervals; bursts of other points do not silence them."""
        since = wall - np.array(self.wall)
        return (np.array(self.nth) >= 0) & (since <= np.maximum(ROUNDS * np.array(self.gaps).min(1), LEAST))

    def slack(self) -> int:
        """Largest apparent offset of a right clock [ns]."""
        return round(1.5 * self.dt) if self.rate else round(1.5 * max(self.dt, self.cadence))

    cadence = 0   # median interval between time stamps of a point [ns]

    def _median(self, values: np.ndarray, weights: np.ndarray) -> int:
        order = np.argsort(values, kind="stable")
        cum = np.cumsum(weights[order])
        return int(values[order[np.searchsorted(cum, 0.5 * cum[-1] - 1e-9)]])

    def count(self, wall: float | None = None) -> None:
        """Update the time from the last time stamps."""
        if not self.fresh or not self.vote:
            return
        self.fresh = 0
        wall = time.monotonic() if wall is None else wall
        last = np.array(self.last, np.int64)
        voters = (last > 0) & self.speaks(wall)
        healthy = voters & (np.array(self.state) == OK)
        if not healthy.any():
            return
        w = self.weight[healthy]
        vote = self._median(last[healthy], w)
        every = np.array(self.every, np.int64)[healthy]
        self.cadence = self._median(every, w)
        if vote > self.vote:
            self.vote = vote
            self._measure(vote, wall)
        age = np.rint((wall - np.array(self.wall)[healthy]) * 1e9).astype(np.int64) if self.rate else 0
        self.base = (max(self.vote, self._median(last[healthy] + age, w)), wall)

    def _measure(self, vote: int, wall: float) -> None:
        """Measure the rate of the source's time against the wall clock."""
        if not self._track or wall - self._track[-1][0] >= 1.0:
            self._track.append((wall, vote))
        first, begin = self._track[0]
        if wall - first > 0.0:
            self.pace = (vote - begin) / 1e9 / (wall - first)
        self.rate = 1 if wall - first >= 20.0 and 0.9 < self.pace < 1.1 else 0

    def establish(self, wall: float | None = None, over: bool = False) -> list[tuple[int, int, float]]:
        """Set the first time, as soon as enough points agree; return the readings accepted by it."""
        wall = time.monotonic() if wall is None else wall
        if self.vote or self.begun is None:
            return []
        heard = np.array([k for k, s in enumerate(self.said) if s])
        stamps = np.array([self.said[k] - self.off[k] for k in heard], np.int64)
        weights = self.weight[heard]
        order = np.argsort(stamps, kind="stable")
        cum = np.concatenate([[0.0], np.cumsum(weights[order])])
        upto = np.searchsorted(stamps[order], stamps[order] + self.leap, "right")
        many = cum[upto] - cum[:-1]
        best = len(many) - 1 - int(np.argmax(many[::-1] >= many.max() - 1e-9))   # the newest of the largest groups
        most, waited = float(many[best]), wall - self.begun
        said_often = self.n >= 30 * self.n_heard and self.n_heard >= 3
        mostly = most > 0.5 * weights.sum() and upto[best] - best >= min(3, len(self.off))
        if not (most > 0.5 * self.weight.sum() or over or (mostly and (waited > PATIENCE[0] or said_often)) or waited > PATIENCE[1]):
            return []
        among = order[best:upto[best]]
        self.vote = self._median(stamps[among], weights[among])
        self.base = (self.vote, wall)
        out, far = [], []
        for k in heard:
            held, self.held[k] = list(self.held[k]), deque()
            known = self.vote
            for stamp, value in reversed(held):   # backwards from its last reading, to its first own leap
                s = stamp - self.off[k]
                if abs(s - known) <= self.leap:
                    known = min(known, s)
                    out.append((int(k), s, value))
                    self.last[k] = max(self.last[k], s)
                else:
                    self.dropped.append((int(k), "clock"))
                    far.append((int(k), stamp))
        if far:
            self.alarms.append(f"the first time stamps of {self._called([k for k, _ in far])} are of {day_of(far[0][1])}, far from the majority of "
                               "publishers; they were left out")
        return sorted(out, key=lambda x: x[1])

    def _called(self, points: list[int]) -> str:
        objects = list(dict.fromkeys(self.objects[k] for k in points))
        alone = len(objects) == 1 and self.objects.count(objects[0]) > 1
        text = ", ".join(objects[:3]) + (f" ({self.names[points[0]]})" if alone else "")
        return text if len(objects) <= 3 else f"{text} and {len(objects) - 3} more"

    def _say_once(self, text: str) -> None:
        if text not in self.told:
            self.told = {*self.told, text} if len(self.told) < 1000 else {text}
            self.alarms.append(text)

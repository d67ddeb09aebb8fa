"""Which time it is in a feed: the median of what those who speak say, one vote for each object."""

from __future__ import annotations

import time
from collections import deque

import numpy as np

from .payloads import day_of

OK, AHEAD, BEHIND = 0, 1, 2
PATIENCE = 10.0, 30.0     # s of the wall clock for a first majority of what was heard, and for whoever was heard
ROUNDS, LEAST = 3, 30.0    # of its own intervals, and s of the wall clock at least, after which a silent point has no vote
BURST = 1.0                # s: what comes closer together is told at once, and is no interval


class Majority:
    """The clocks of a feed's points as they were heard, and the time that most of them say."""

    def __init__(self, objects: list[str], names: list[str], *, dt: int, lag: int, leap: int):
        n = len(objects)
        self.objects, self.names, self.dt, self.lag, self.leap = objects, names, dt, lag, leap
        self.off = [0] * n                   # ns that the point's clock is ahead
        self.last = [0] * n                  # newest believed stamp, corrected; 0: none yet
        self.said = [0] * n                  # newest stamp whatever it was, corrected
        self.wall = [0.0] * n                # when that was heard
        self.gaps = [(0.0, 0.0)] * n         # s of the wall clock between its last words
        self.nth = [-1] * n                  # the how-many-eth message that was
        self.every = [0] * n                 # ns between the last two believed stamps
        self.state = [OK] * n
        self.fits = [0] * n                  # stamps in a row that would fit without the offset
        self.jump = [0] * n                  # by how much more than usual the point's stamp moved when it left the time; 0: not known
        self.evidence: list[list[tuple[int, int, int, float]]] = [[] for _ in range(n)]   # least, greatest offset that a stamp allows; it; when
        self.held: list[deque] = [deque() for _ in range(n)]       # (stamp as it was said, value)
        self.vote = 0                        # time: the median of believed stamps
        self.base = (0, 0.0)                 # the same, brought to one instant of the wall clock, and that instant
        self.rate, self.pace = 0, 0.0        # 1 where the source's time runs as the wall clock does; s of it per second of the wall clock
        self.n, self.n_heard, self.fresh = 0, 0, 0
        self.begun = None                    # when the first stamp was heard
        self.source_offset = self.was = 0    # what the clocks of most are ahead; what they were when they were
        self.alarms: list[str] = []
        self.told: set[str] = set()
        self.dropped: list[tuple[int, str]] = []   # point and reason of readings that were given up
        self.moved: list[tuple[int, int]] = []     # point and by how much its stamps are to be moved
        self._track: deque = deque(maxlen=600)
        self.weigh()

    def weigh(self) -> None:
        """One vote for each object."""
        size: dict[str, int] = {}
        for o in self.objects:
            size[o] = size.get(o, 0) + 1
        self.weight = np.array([1.0 / size[o] for o in self.objects])

    def take_up(self, off: list[int], source_offset: int) -> None:
        """Offsets of a run before [ns]: of each point, and of most."""
        self.off, self.source_offset, self.was = list(off), source_offset, source_offset

    def now(self, wall: float) -> int:
        """The time [ns] at an instant of the wall clock [s]."""
        return self.base[0] + self._aged(wall - self.base[1])

    def _aged(self, seconds: float) -> int:
        return round(seconds * 1e9) if self.rate else 0

    def hear(self, k: int, stamp: int, wall: float) -> None:
        """Point `k` said `stamp` [ns] at `wall` [s]."""
        if self.nth[k] > 0 and self.wall[k] and (gap := wall - self.wall[k]) >= BURST:
            self.gaps[k] = (self.gaps[k][1], gap)
        self.said[k], self.wall[k] = stamp, wall

    def speaks(self, wall: float) -> np.ndarray:
        """Points (bool) that were heard within some of their own intervals: who says much at once makes nobody silent."""
        since = wall - np.array(self.wall)
        return (np.array(self.nth) >= 0) & (since <= np.maximum(ROUNDS * np.array(self.gaps).min(1), LEAST))

    def slack(self) -> int:
        """How far a right clock may seem off [ns]."""
        return round(1.5 * self.dt) if self.rate else round(1.5 * max(self.dt, self.cadence))

    cadence = 0   # ns: the median of what lies between two stamps of a point

    def _median(self, values: np.ndarray, weights: np.ndarray) -> int:
        order = np.argsort(values, kind="stable")
        cum = np.cumsum(weights[order])
        return int(values[order[np.searchsorted(cum, 0.5 * cum[-1] - 1e-9)]])

    def count(self, wall: float | None = None) -> None:
        """Take the vote anew."""
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
        """How fast the source's time runs beside the wall clock."""
        if not self._track or wall - self._track[-1][0] >= 1.0:
            self._track.append((wall, vote))
        first, begin = self._track[0]
        if wall - first > 0.0:
            self.pace = (vote - begin) / 1e9 / (wall - first)
        self.rate = 1 if wall - first >= 20.0 and 0.9 < self.pace < 1.1 else 0

    def establish(self, wall: float | None = None, over: bool = False) -> list[tuple[int, int, float]]:
        """The first time: what most of those heard say, as soon as they are enough."""
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
        best = len(many) - 1 - int(np.argmax(many[::-1] >= many.max() - 1e-9))   # the newest of the greatest
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
            for stamp, value in reversed(held):   # back from its last word, as long as none of its own leaps lies between
                s = stamp - self.off[k]
                if abs(s - known) <= self.leap:
                    known = min(known, s)
                    out.append((int(k), s, value))
                    self.last[k] = max(self.last[k], s)
                else:
                    self.dropped.append((int(k), "clock"))
                    far.append((int(k), stamp))
        if far:
            self.alarms.append(f"the first stamps of {self._called([k for k, _ in far])} are of {day_of(far[0][1])}, far from what most publishers say; "
                               "they were left out")
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

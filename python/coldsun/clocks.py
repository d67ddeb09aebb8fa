"""Time of a feed by majority of its publishers, and the clock offset of each point from it."""

from __future__ import annotations

import math
import time
from collections import deque

import numpy as np

from .majority import AHEAD, BEHIND, BURST, OK, Majority
from .payloads import day_of

SECOND, HALF_HOUR = 1_000_000_000, 1_800_000_000_000
SURE, SURE_NEAR = 3, 5     # consecutive time stamps that agree on an offset beyond `leap`, and within it, before it is corrected
HELD, HELD_FIRST = 16, 4096   # readings of a point held until their time is known; the same before the first majority


class Clocks(Majority):
    """Time of a feed by majority, and the clock offset of each point.

    Each point has a clock; the points of one object (a rack, a CDU) share one vote. Time is the median of the last time stamps of the active
    points. A stamp more than `leap` ahead is held. If most points agree with it, there was a gap in the feed and time continues from there. If
    the point repeats it alone, its clock is off: the offset is subtracted and an alarm raised. If the stamps of most points fall into time already
    processed, the clock of the source was set back: its offset is subtracted. A clock that fits without its offset again loses it.
    """

    # ---- a stamp ------------------------------------------------------------------------------------------------------------
    def admit(self, k: int, stamp: int, value: float, floor: int) -> list[tuple[int, int, float]]:
        """Register a reading; return point, corrected time stamp [ns] and value of all readings accepted by it.

        `floor`: end of the last processed frame [ns]; 0: none yet.
        """
        wall = time.monotonic()
        if self.nth[k] < 0:
            self.n_heard += 1
        self.n, self.fresh, before = self.n + 1, self.fresh + 1, self.nth[k]
        self.nth[k] = self.n
        if not self.vote:
            if len(self.held[k]) < HELD_FIRST:
                self.held[k].append((stamp, value))
            else:
                self.dropped.append((k, "full"))
            self.hear(k, stamp, wall)
            self.begun = wall if self.begun is None else self.begun
            return self.establish(wall) if self.n_heard <= 16 or self.n % 16 == 0 or self.n == self.n_heard == len(self.off) else []
        if self.fresh >= max(1, min(4, self.n_heard // 4), self.n_heard // 16):
            self.count(wall)
        now, s = self.now(wall), stamp - self.off[k]
        slack = self.slack()
        if self.off[k] and abs(s - now) > slack and abs(stamp - now) <= slack:
            self.fits[k] += 1
            if self.fits[k] > 1 or abs(self.off[k]) > self.leap:
                s = stamp
                self._right_again(k)
        else:
            self.fits[k] = 0
        high = s - now
        low = high if before < 0 else self.said[k] + self._aged(wall - self.wall[k]) - now
        stands = before >= 0 and s <= self.said[k]
        step = s - self.said[k] - self.every[k] if before >= 0 and self.every[k] else 0
        self.hear(k, s, wall)
        if high > self.leap or (high < -self.leap and s <= (floor or self.vote - self.leap)):
            return self._hold(k, stamp, value, low, high, step, stands, floor, wall)
        self.state[k] = OK
        out = self._sift(k, now, floor) if self.held[k] else []
        self._near(k, s, low, high, stands, floor, wall)
        s = stamp - self.off[k]
        if s > self.last[k]:
            if self.last[k]:
                self.every[k] = s - self.last[k]
            self.last[k] = s
        return [*out, (k, s, value)]

    def _sift(self, k: int, now: int, floor: int) -> list[tuple[int, int, float]]:
        """Held readings of a point whose clock is right: accepted near the time, held further while ahead, dropped when the time has passed them."""
        held = [(stamp, stamp - self.off[k], value) for stamp, value in self.held[k]]
        self.held[k] = deque((stamp, value) for stamp, s, value in held if s > now + self.leap)
        self.dropped += [(k, "clock") for _, s, _ in held if s <= min(now - self.leap, floor)]
        return [(k, s, value) for _, s, value in held if min(now - self.leap, floor) < s <= now + self.leap]

    # ---- who does not agree ---------------------------------------------------------------------------------------------------
    def _hold(self, k, stamp, value, low, high, step, stands, floor, wall) -> list[tuple[int, int, float]]:
        """Hold a time stamp far from the time until it is known whether the feed has a gap or the clock is off."""
        new = AHEAD if high > 0 else BEHIND
        if self.state[k] != new:
            self.evidence[k].clear()
            self.jump[k] = step
        self.state[k] = new
        if len(self.held[k]) >= HELD:
            self.held[k].popleft()
            self.dropped.append((k, "clock"))
        self.held[k].append((stamp, value))
        seen = self.evidence[k]
        if new == BEHIND and self._races(k, s := self.said[k], wall):   # a backlog sent at once: late, with a right clock
            self.dropped += [(k, "late")] * len(self.held[k])
            self.held[k].clear()
            seen[:] = [(low, high, s, wall)]
            return []
        out = self._many(new, floor, wall)
        if out or self.state[k] == OK:
            return out
        if new == AHEAD and low <= self.leap:      # its previous stamp was right: at most one leap so far
            return []
        if stands:
            if len(self.held[k]) >= HELD:
                self._say_once(f"the clock of {self._called([k])} has stopped at {day_of(stamp)}; its readings are refused")
            return []
        seen.append((low, high, self.said[k], wall))
        del seen[:-SURE]
        if len(seen) < SURE:
            return []
        lows, highs = zip(*(x[:2] for x in seen))
        if min(max(lows) - min(lows), max(highs) - min(highs)) > self.slack():
            self._say_once(f"the clock of {self._called([k])} drifts from all other clocks; its readings are refused")
            return []
        return self._correct(k, self._likeliest(k, self.jump[k]))

    def _races(self, k: int, s: int, wall: float) -> bool:
        """Whether the time stamps of a point run much faster than the wall clock while the source runs with it."""
        return bool(self.rate and self.evidence[k]) and s - self.evidence[k][0][2] > round((2.0 * (wall - self.evidence[k][0][3]) + BURST) * SECOND)

    def _near(self, k, s, low, high, stands, floor, wall) -> None:
        """Correct a clock within `leap` of the time only after SURE_NEAR consecutive stamps with the same offset."""
        off = low if low > self.slack() else high if s <= floor and high < -self.lag else 0
        if not off or stands:
            if not off:
                self.evidence[k].clear()
            return
        seen = self.evidence[k]
        if off < 0 and self._races(k, s, wall):
            seen.clear()
        seen.append((low, high, s, wall))
        del seen[:-SURE_NEAR]
        side = [x[0] if off > 0 else x[1] for x in seen]
        if len(seen) == SURE_NEAR and max(side) - min(side) <= self.slack():
            before = self.off[k]
            self._correct(k, self._likeliest(k, 0))
            self.moved.append((k, self.off[k] - before))

    def _likeliest(self, k: int, jump: int) -> int:
        """An offset within the bounds of a point's last time stamps: its own jump if that is within, else the smallest."""
        lows, highs = zip(*(x[:2] for x in self.evidence[k]))
        low, high = max(lows), min(highs)
        if low > high:   # irregular transport delays
            low = high = sorted(lows if low > 0 else highs)[len(lows) // 2]
        if jump and low <= jump <= high:
            return jump
        return low if low > 0 else high

    def _correct(self, k: int, off: int) -> list[tuple[int, int, float]]:
        off = self._rounded(off)
        self.off[k] += off
        if self.last[k]:
            self.last[k] = min(self.last[k], max(self.vote, self.last[k] - off))
        self.said[k] -= off
        self._say_once(f"the clock of {self._called([k])} is {self.off[k] / 1e9:+.0f} s off the majority of publishers; its time stamps are corrected"
                       if self.off[k] else f"the clock of {self._called([k])} is right again")
        return self._let_go(k)

    def _rounded(self, off: int) -> int:
        """Whole seconds, rounded up, so that a stamp at the end of a frame stays in it; a multiple of 30 min if near: most often a wrong time zone."""
        half = round(off / HALF_HOUR) * HALF_HOUR
        return half if half and abs(off - half) <= self.slack() + self.lag + self.dt else math.ceil(off / SECOND) * SECOND

    def _let_go(self, k: int) -> list[tuple[int, int, float]]:
        """Release the held readings of a point, corrected by its present offset."""
        out = [(k, stamp - self.off[k], value) for stamp, value in self.held[k]]
        self.held[k].clear(), self.evidence[k].clear()
        self.state[k], self.fits[k] = OK, 0
        for _, s, _ in out:
            if s <= self.vote + self.leap:
                self.last[k] = max(self.last[k], s)
        return out

    def _right_again(self, k: int) -> None:
        whole = self.was and self.off[k] == self.was
        self.off[k], self.fits[k], self.state[k] = 0, 0, OK
        self.evidence[k].clear()
        if not whole:
            self.told = {t for t in self.told if self.objects[k] not in t}
            self.alarms.append(f"the clock of {self._called([k])} is right again")
        elif self.source_offset and self.weight[np.array(self.off) == self.source_offset].sum() < 0.5 * self.weight.sum():
            self.source_offset = 0
            self.alarms.append("the source's clock is right again")

    def _many(self, which: int, floor: int, wall: float) -> list[tuple[int, int, float]]:
        """Where most active points are equally far from the time: a gap in the feed, or an offset of the source's clock."""
        speaks = self.speaks(wall)
        off = np.array(self.said, np.int64) - self.now(wall)
        these = speaks & (np.array(self.state) == which) & ((off > self.leap) if which == AHEAD else (off < -self.leap))
        if which == BEHIND and self.rate:   # a backlog sent at once is behind, too, but a clock runs with the wall clock
            these &= np.array([bool(seen) and wall - seen[0][3] >= BURST for seen in self.evidence])
        if not these.any() or self.weight[these].sum() <= 0.5 * self.weight[speaks].sum():
            return []
        leap = self._median(off[these], self.weight[these])
        agree = these & (np.abs(off - leap) <= self.leap)
        if self.weight[agree].sum() <= 0.5 * self.weight[speaks].sum():
            return []
        if which == AHEAD and self._silence(leap, np.flatnonzero(agree), wall):
            before, self.vote = self.vote, self._median(np.array(self.said, np.int64)[agree], self.weight[agree])
            self.base = (self.vote, wall)
            self._track.clear()
            self.alarms.append(f"no readings between {day_of(before)} and {day_of(self.vote)}")
            return sorted((x for k in np.flatnonzero(agree) for x in self._let_go(int(k))), key=lambda x: x[1])
        if which == BEHIND and not floor:
            return []
        steps = np.array(self.jump, np.int64)
        told = agree & (np.abs(steps - leap) <= self.slack() + self.dt)
        leap = self._rounded(self._median(steps[told], self.weight[told]) if told.any() else leap)
        self.source_offset += leap
        self.was = self.source_offset or self.was
        self.off = [o + leap for o in self.off]
        self.said = [s - leap if n >= 0 else s for s, n in zip(self.said, self.nth)]
        self.alarms.append(f"the source's clock is {self.source_offset / 1e9:+.0f} s off; its time stamps are corrected" if self.source_offset
                           else "the source's clock is right again")
        return sorted((x for k in np.flatnonzero(these) for x in self._let_go(int(k))), key=lambda x: x[1])

    def _silence(self, leap: int, who: np.ndarray, wall: float) -> bool:
        """Whether a common leap is a gap in the feed, and not an offset of the source's clock."""
        stamp = self.said[who[0]] + self.off[who[0]]
        if abs(stamp - time.time_ns()) < self.leap:   # equal to local time
            return True
        expected = 3.0 * self.pace * (wall - self.base[1]) * 1e9
        half = round(leap / HALF_HOUR) * HALF_HOUR
        zone = half != 0 and abs(leap - half) <= self.slack() + self.dt
        return leap <= self.leap + expected or not (self.rate or zone)

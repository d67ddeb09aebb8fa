"""Inputs that are not heard: the members run by a guess then, so what rests on it is neither judged nor taken in, and the silence is said."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .alarms import Alarms

N_STALE = 6       # steps, and 2.5 of its own intervals, after which an input's last word says nothing about now
N_REST = 36       # steps after it is heard again, until temperatures have followed
PART = 0.25       # of a standard deviation: what may be moved by less is judged on; so small a bias stays below the bound of a drift
POWERS = ("p_battery", "p_grid", "p_it")             # move by the watts of a node; PV, too, where some of it is curtailed
HEATS = ("t_supply", "t_return", "t_facility", "t_hall")   # by no more than its coolant is warmed, mixed with that of all others
WEATHER = {"dni": ("p_pv", "p_battery", "p_grid", "soc"), "dhi": ("p_pv", "p_battery", "p_grid", "soc"), "temp_air": ("t_facility", "t_hall")}


class Silence:
    """Which inputs are heard, and which points rest on one that is not.

    Parameters
    ----------
    points : list of dict
        Of the engine's shadow.
    dt : int
        Step [ns].
    """

    kept = ("every", "rest")

    def __init__(self, points: list[dict], dt: int):
        self.points, self.dt = points, dt
        self.input, self.site, self.node, self.high = (np.array([p[k] for p in points]) for k in ("input", "site", "node", "high"))
        self.input, self.quantity = self.input.astype(bool), np.array([p["quantity"] for p in points])
        self.every = np.zeros(len(points), np.int64)   # between its last two readings [ns]
        self.rest = np.zeros(len(points), int)         # steps until a point is judged again
        self.fresh = np.ones(len(points), bool)

    def hear(self, good: np.ndarray, before: np.ndarray, now: int, begin: int, deadline: int, wrong: np.ndarray, alarms: Alarms) -> None:
        """Take one frame's inputs; tell which have been silent for `deadline`, and which are heard again.

        Parameters
        ----------
        good : ndarray of bool (point)
            Inputs that were read within their limits.
        before : ndarray of int64 (point)
            When that was so last, before this frame [ns]; 0: never.
        now, begin, deadline : int
            End of the frame, first instant of the shadow, and how long a last word is held [ns].
        wrong : ndarray of bool (point)
            Those of which an alarm says already that they are outside their limits.
        """
        since = np.maximum(before, begin)
        self.every = np.where(good & (before > 0), now - before, self.every)
        age = np.where(good, 0, now - since)
        self.fresh = ~self.input | (age <= np.minimum(np.maximum(N_STALE * self.dt, 2.5 * self.every), deadline))
        silent = self.input & (age > deadline) & ~wrong
        groups: dict[int, list[int]] = {}
        for k in np.flatnonzero(silent):
            if f"silent {k}" not in alarms.standing:
                groups.setdefault(int(before[k]), []).append(int(k))
        for at, of in sorted(groups.items()):
            when = f"{pd.Timestamp(at, unit='ns'):%H:%M:%S}" if at else "the start"
            alarms.tell(f"{self._called(of)}: not heard since {when}; what rests on it is not judged until it is heard again", now,
                        points=[self.points[k]["name"] for k in of], kind="silent", cause="silent")
            alarms.standing |= {f"silent {k}" for k in of}
        again = [int(k) for k in np.flatnonzero(good) if f"silent {k}" in alarms.standing]
        if again:
            alarms.tell(f"{self._called(again)}: heard again", now, points=[self.points[k]["name"] for k in again], kind="right again")
        alarms.only("silent ", [f"silent {k}" for k in np.flatnonzero(silent)])

    def _called(self, of: list[int]) -> str:
        text = ", ".join(self.points[k]["name"] for k in of[:3])
        return text if len(of) <= 3 else f"{text} and {len(of) - 3} more"

    def step(self, s: np.ndarray, r_outlet: np.ndarray, curtailed: np.ndarray) -> np.ndarray:
        """Points that rest from this step on and did not before.

        Parameters
        ----------
        s : ndarray (point)
            Standard deviation of each innovation [SI].
        r_outlet : ndarray (node)
            Outlet over supply per watt [K/W]; NaN: not known.
        curtailed : ndarray of bool (site)
            Whether some of the light is not used: how much is, is the load's choice.
        """
        far = np.zeros(len(s))   # how far what is not known may move a point [SI]
        for k in np.flatnonzero(~self.fresh):
            of, far[k] = (self.site == self.site[k]) & ~self.input, np.inf
            if self.quantity[k] != "p_node":
                far[of & np.isin(self.quantity, WEATHER.get(self.quantity[k], ()))] = np.inf
                continue
            far[of & (self.node == self.node[k]) | of & (self.quantity == "soc")] = np.inf
            far[of & np.isin(self.quantity, [*POWERS, "p_pv"] if curtailed[self.site[k]] else POWERS)] += self.high[k]
            nodes = np.unique(self.node[(self.site == self.site[k]) & (self.node >= 0)])
            known = r_outlet[nodes][np.isfinite(r_outlet[nodes])]
            far[of & np.isin(self.quantity, HEATS)] += self.high[k] * float(np.median(known)) / len(nodes) if len(known) else np.inf
        before, held = self.rest > 0, far > PART * s
        self.rest = np.where(held, N_REST, np.maximum(self.rest - 1, 0))
        return held & ~before

    def sure(self) -> np.ndarray:
        """Points (bool) that are judged, and inputs that say what is so now."""
        return self.fresh & (self.rest == 0)

    def left_out(self) -> np.ndarray:
        """Points (bool) that are not to be taken in; a battery's charge is: what is not known moves it slowly."""
        return (self.rest > 0) & (self.quantity != "soc")

    def keep(self) -> dict:
        """What a restart needs."""
        return {k: getattr(self, k).tolist() for k in self.kept}

    def take_up(self, kept: dict) -> None:
        """What `keep` gave; ValueError, KeyError or TypeError where it is none of it."""
        for k in self.kept:
            setattr(self, k, np.array(kept[k], getattr(self, k).dtype))

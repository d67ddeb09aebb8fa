"""Inputs without recent readings: points that depend on them are neither tested nor used in the analysis, and an alarm is raised."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .alarms import Alarms

N_STALE = 6       # steps (and 2.5 of its own intervals) after which the last reading of an input is too old
N_REST = 36       # steps after its return until temperatures have followed
PART = 0.25       # standard deviations: points that the unknown input changes by less are still tested; such a bias stays below the drift bound
POWERS = ("p_battery", "p_grid", "p_it")             # change by the watts of a node; PV too, while it is curtailed
HEATS = ("t_supply", "t_return", "t_facility", "t_hall")   # change at most by the node's outlet temperature rise, mixed over all nodes
WEATHER = {"dni": ("p_pv", "p_battery", "p_grid", "soc"), "dhi": ("p_pv", "p_battery", "p_grid", "soc"), "temp_air": ("t_facility", "t_hall")}


class Silence:
    """Inputs with and without recent readings, and the points that depend on the latter.

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
        """Register the inputs of one frame; raise alarms for inputs silent for `deadline`, and when they report again.

        Parameters
        ----------
        good : ndarray of bool (point)
            Inputs read within their limits.
        before : ndarray of int64 (point)
            Time of the last such reading before this frame [ns]; 0: never.
        now, begin, deadline : int
            End of the frame, start of the shadow, and longest age of a held reading [ns].
        wrong : ndarray of bool (point)
            Points with an active alarm on their limits.
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
            alarms.tell(f"{self._called(of)}: no readings since {when}; points that depend on it are not tested until it reports again", now,
                        points=[self.points[k]["name"] for k in of], kind="silent", cause="silent")
            alarms.standing |= {f"silent {k}" for k in of}
        again = [int(k) for k in np.flatnonzero(good) if f"silent {k}" in alarms.standing]
        if again:
            alarms.tell(f"{self._called(again)}: reports again", now, points=[self.points[k]["name"] for k in again], kind="right again")
        alarms.only("silent ", [f"silent {k}" for k in np.flatnonzero(silent)])

    def _called(self, of: list[int]) -> str:
        text = ", ".join(self.points[k]["name"] for k in of[:3])
        return text if len(of) <= 3 else f"{text} and {len(of) - 3} more"

    def step(self, s: np.ndarray, r_outlet: np.ndarray, curtailed: np.ndarray) -> np.ndarray:
        """Points (bool) that are not tested from this step on and were before.

        Parameters
        ----------
        s : ndarray (point)
            Standard deviation of each innovation [SI].
        r_outlet : ndarray (node)
            Outlet over supply temperature per watt [K/W]; NaN: not known.
        curtailed : ndarray of bool (site)
            Whether PV is curtailed: its power then depends on the load.
        """
        far = np.zeros(len(s))   # largest effect of the unknown inputs on a point [SI]
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
        """Points (bool) that are tested, and inputs with recent readings."""
        return self.fresh & (self.rest == 0)

    def left_out(self) -> np.ndarray:
        """Points (bool) not used in the analysis; the state of charge is used, since unknown inputs change it slowly."""
        return (self.rest > 0) & (self.quantity != "soc")

    def keep(self) -> dict:
        """Values for a restart, as of `take_up`."""
        return {k: getattr(self, k).tolist() for k in self.kept}

    def take_up(self, kept: dict) -> None:
        """Set the values of `keep`; ValueError, KeyError or TypeError for other values."""
        for k in self.kept:
            setattr(self, k, np.array(kept[k], getattr(self, k).dtype))

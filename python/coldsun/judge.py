"""Fault handling of a shadow: refuse suspect readings, name the likely cause, then re-open a parameter or distrust the point."""

from __future__ import annotations

import numpy as np

from .alarms import Alarms
from .causes import sentence, slow_cause
from .diagnose import Finding, Site, diagnose
from .monitor import N_RELEASE, Monitor
from .silence import Silence

N_JUDGE = 6       # readings whose innovations are averaged before a cause is named
N_LATE, N_NEVER = 36, 72   # steps after which two readings suffice, and after which none is awaited
N_SETTLE = 36     # steps after an action on a point in which its drift raises no alarm
N_LIMITS = 6      # consecutive readings outside their limits before an alarm
N_BASE = 36.0     # steps of the running means of K/W
N_MEMBER = 16     # least members for drift tests: with fewer members than points, the spread of a domain is too small
SLIPS = (1e3, 1e6, 1e-3, 1e-6)   # factors between units of one quantity
ALIKE = 0.3       # relative distance at which a factor counts as one of SLIPS
RIGHT_NOISE = (0.75, 1.35)       # variance of the white part at which a noise alarm ends
METER = (0.05, 20.0)             # accepted gain of a meter without a unit error
FLOW_ODD = 0.06                  # deviation of a node's relative flow: two standard deviations of the prior
RIGHT = 0.03      # relative distance from 1 at which the gain of a meter counts as 1


class Judge:
    """Statistics of all points, and the actions on them.

    `points`, `columns`: of the engine's shadow; `noise` (point): standard deviation of each instrument's error [SI]; `dt`: step [s]; `adapt_noise`:
    replace a wrong noise by the observed one, in place.
    """

    kept = ("distrusted", "meter", "settle", "since", "refused", "r_outlet", "r_junction", "sum_d", "n_d", "suspect")

    def __init__(self, points: list[dict], columns: list[dict], noise: np.ndarray, dt: float, *, adapt_noise: bool = False):
        n = len(points)
        self.points, self.noise, self.adapt_noise, self.dt = points, noise, adapt_noise, round(dt * 1e9)
        self.column = {c["name"]: (j, c["sigma"]) for j, c in enumerate(columns)}
        self.input = np.array([p["input"] for p in points], bool)
        compared = ~self.input & np.array([p["domain"] >= 0 for p in points])
        self.monitor = Monitor(n, [p["quantity"] for p in points], compared)
        self.silence = Silence(points, self.dt)
        self.node = {p["node"]: p["name"].split(" ")[0] for p in points if p["node"] >= 0}
        self.at = {s: {(p["quantity"], p["node"]): k for k, p in reversed(list(enumerate(points))) if p["site"] == s} for s in {p["site"] for p in points}}
        self.distrusted = np.zeros(n, bool)
        self.suspect = np.zeros(n, bool)
        self.meter = np.ones(n)                  # estimated gain of inputs: reading over true value
        self.settle = np.zeros(n, int)
        self.since = np.zeros(n, np.int64)       # last time without a sign of a jump [ns]
        self.refused = np.zeros(n, int)          # consecutive readings outside their limits
        size = max(self.node, default=-1) + 1
        self.r_outlet, self.r_junction = np.full(size, np.nan), np.full(size, np.nan)   # [K/W]
        self.sum_d, self.n_d = np.zeros(n), np.zeros(n, int)   # sum and count of innovations since a point became suspect
        self.wait = 0
        self.means: dict[str, np.ndarray] = {}
        self.reopen: dict[int, float] = {}       # column -> spread to add at the next analysis

    def left_out(self) -> np.ndarray:
        """Points (bool) whose readings are not accepted now."""
        return self.distrusted | self.suspect | self.silence.left_out()

    def step(self, value: np.ndarray, forecast: np.ndarray, means: dict[str, np.ndarray], stuck: np.ndarray, equal: np.ndarray, time_ns: int,
             alarms: Alarms) -> np.ndarray:
        """Test one frame before the analysis; return the points to leave out (point, bool). `value` (point) and `forecast` (member, point) [SI], NaN: no
        reading; `means`: of `node_means`, and `curtailed` (site, bool); `stuck`: places of points; `equal` (point): consecutive equal readings."""
        m, mean, self.means = self.monitor, forecast.mean(0), means
        s = np.sqrt(forecast.var(0, ddof=1) + self.noise**2)
        d = value - mean
        out = np.zeros(len(mean), bool)
        out[stuck] = True
        m.forget(np.flatnonzero(self.silence.step(s, self.r_outlet, means["curtailed"])))
        rest = self.silence.rest > 0
        m.step(np.where(out | rest, np.nan, d / s), self.left_out() | out)
        self.settle = np.maximum(self.settle - 1, 0)
        self.reopen = {}
        self.since = np.where(np.abs(m.of("jump")) < 2.5, time_ns, self.since)
        if self.wait == 0:
            self._learn()
        quiet = ~out & (equal < 3)               # repeated readings are left to the test for stuck instruments
        known = np.array([f"drift {k}" in alarms.standing for k in range(len(mean))])   # attributed to the model already
        new = m.jumped() & ~self.distrusted & quiet & ~known & (self.settle < N_SETTLE - N_JUDGE)
        self.suspect = (self.suspect | new) & ~out & ~rest & ~self.distrusted
        if self.suspect.any() and self.wait == 0:
            self.wait, self.sum_d, self.n_d = N_NEVER, np.zeros(len(mean)), np.zeros(len(mean), int)
        if self.wait > 0:
            self.sum_d += np.where(np.isfinite(d), d, 0.0)
            self.n_d += np.isfinite(d)
            self.wait -= 1
            most = self.n_d[self.suspect].max(initial=0)
            if most >= N_JUDGE or (most >= 2 and self.wait <= N_NEVER - N_LATE) or self.wait == 0 or not self.suspect.any():
                n, self.wait = np.maximum(self.n_d, 1), 0
                for site in self.at:
                    self._name(site, self.sum_d / n, s / np.sqrt(n), mean, (self.n_d >= 2) & ~out & ~rest & ~self.distrusted, time_ns, alarms)
                self.suspect[:] = False
        elif len(forecast) >= N_MEMBER:
            self._slow(d, s, mean, time_ns, alarms)
        self._noise(s, time_ns, alarms)
        for k in np.flatnonzero(self.distrusted & (m.fits >= N_RELEASE)):
            self.distrusted[k] = False
            alarms.standing.discard(f"jump {k}")
            alarms.tell(f"{self.points[k]['name']} agrees with its forecast again; its readings are accepted from now on", time_ns,
                        points=[self.points[k]["name"]], kind="right again")
            m.forget([k])
        return self.left_out()

    # ---- what jumped ----------------------------------------------------------------------------------------------------------
    def _learn(self) -> None:
        """Update the running means of K/W of each node, while no point is suspect."""
        at, power = np.array(sorted(self.node), int), self.means["power"]
        if not len(at):
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            for kept, rise in ((self.r_outlet, self.means["rise"]), (self.r_junction, self.means["over"])):
                now = np.where(power[at] > 100.0, rise[at] / power[at], np.nan)
                kept[at] = np.where(np.isnan(kept[at]), now, np.where(np.isnan(now), kept[at], kept[at] + (now - kept[at]) / N_BASE))

    def _site(self, s: int, mean: np.ndarray) -> Site:
        nodes = {n: self.node[n] for n in sorted({p["node"] for p in self.points if p["site"] == s and p["node"] >= 0})}
        at = np.array(list(nodes), int)
        r_o, r_j = self.r_outlet.copy(), self.r_junction.copy()
        for r in (r_o, r_j):
            if len(at):
                r[at] = np.where(np.isnan(r[at]), np.nanmedian(r[at]) if np.isfinite(r[at]).any() else 0.0, r[at])
        return Site(self.points, mean, nodes, self.means["power"], self.means["rise"], self.means["over"], r_o, r_j, self.at[s],
                    {n for n in nodes if self._unheard(s, n)})

    def _name(self, s: int, d, sd, mean, use, time_ns: int, alarms: Alarms) -> None:
        """Raise alarms with the likely causes at site `s`, and act on them."""
        use = use & self.monitor.compared & np.array([p["site"] == s for p in self.points])
        if not (self.suspect & use).any():
            return
        site = self._site(s, mean)
        for f in diagnose(site, d, sd, use):
            since = int(min(self.since[k] for k in f.points)) + self.dt
            text, cause, names = sentence(site, f, float(self.meter[self._meter_of(s, f.node)]) if f.kind == "node_power" else 1.0, since)
            alarms.tell(text, time_ns, key=f"jump {f.points[0]}" if f.kind == "sensor" else None, points=names, kind="jump", cause=cause)
            self._act(s, site, f)
        touched = np.flatnonzero(use & (np.abs(d) > 2.5 * sd) & ~self.distrusted)
        self.monitor.forget(touched)
        self.settle[touched] = N_SETTLE

    def _meter_of(self, s: int, node: int) -> int:
        return self.at[s].get(("p_node", node), 0)

    def _unheard(self, s: int, node: int) -> bool:
        """Whether the node has a power meter without recent readings."""
        k = self.at[s].get(("p_node", node))
        return k is not None and not self.silence.sure()[k]

    def _act(self, s: int, site: Site, f: Finding) -> None:
        k = f.points[0]
        name = self.points[k]["name"].split(" ")[0] if self.points[k]["node"] < 0 else self.points[k]["name"].split("/")[0]
        if f.kind == "sensor":
            gain = f"{self.points[k]['name']} gain"
            if gain in self.column and abs(f.amount) < abs(site.mean[k]):
                self._open(gain, abs(np.log1p(f.amount / site.mean[k])))
            else:
                self.distrusted[k] = True
        elif f.kind == "interface":
            self._open(f"{site.node[f.node]} tim_gain", 0.0)
        elif f.kind == "node_flow":
            self._open(f"{site.node[f.node]} flow", abs(np.log(f.flow)))
        elif f.kind == "node_power":
            self._scale(self._meter_of(s, f.node), max(site.power[f.node], 0.0), f.amount)
        elif f.kind == "power":
            for n in site.node:
                self._scale(self._meter_of(s, n), max(site.power[n], 0.0), f.amount * site.power[n])
        elif f.kind == "flow":
            self._open(f"{name} flow_gain", abs(np.log(f.flow)))
        elif f.kind == "light":
            self._open(f"{name} pv_gain", abs(f.amount))

    def _open(self, column: str, spread: float) -> None:
        """Re-open a parameter with the spread of its prior, or with its estimated jump if that is larger."""
        if column in self.column:
            j, sigma = self.column[column]
            self.reopen[j] = max(sigma, spread)

    def _scale(self, k: int, read: float, missing: float) -> None:
        """Update the estimated gain of a power meter from its reading and the missing power [W]."""
        if not self.input[k] or not self.silence.sure()[k] or not read + missing > 0.0:
            return   # no gain gives a true power of 0 or less
        factor = self.meter[k] * read / (read + missing)
        self.meter[k] = next((slip for slip in SLIPS if abs(factor / slip - 1.0) < ALIKE), 1.0 if abs(factor - 1.0) < RIGHT else float(np.clip(factor, *METER)))

    def doubtful_meter(self, s: int, missing: float) -> str | None:
        """Name of the power meter that explains `missing` watts of the electrical balance by the estimated flow of its node; None: there is none.

        A meter that reads low from the start appears as less flow in its node, by the same factor: both raise the outlet temperature.
        """
        best = None
        for node in self.node:
            k, off = self._meter_of(s, node), 1.0 - self.means["flow"][node]
            if self.input[k] and self.points[k]["site"] == s and abs(off) > FLOW_ODD and abs(self.means["power"][node] * off / missing - 1.0) < 0.6:
                best = max(best or (0.0, ""), (abs(off), self.points[k]["name"]))
        return best[1] if best else None

    # ---- what drifts, scatters, leaves its limits -----------------------------------------------------------------------------------
    def _slow(self, d, s, mean, time_ns: int, alarms: Alarms) -> None:
        m = self.monitor
        drifting = m.drifting() & ~self.distrusted
        for k in np.flatnonzero(drifting & (self.settle == 0)):
            z = m.mean_z(k)
            text, cause = slow_cause(self, k, z, z * s[k])
            meter = self.doubtful_meter(self.points[k]["site"], z * s[k]) if cause == "power meter" else None
            points = [self.points[k]["name"], *([meter] if meter else [])]
            alarms.tell(text, time_ns, key=f"drift {k}", points=points, kind="drift", cause=cause)
            place = self.points[k]["name"].split(" ")[0]
            column = {"t_junction": f"{place} tim_gain", "t_outlet": f"{place} flow", "p_pv": f"{place} pv_gain", "soc": f"{place} soc"}
            self._open(column.get(self.points[k]["quantity"], ""), 0.0)
            self.settle[k] = N_SETTLE
        for k in np.flatnonzero(m.correlated() & ~drifting & ~self.distrusted & (self.settle == 0)):
            alarms.tell(f"{self.points[k]['name']}: its innovations are autocorrelated; likely cause: dynamics that differ from the model's", time_ns,
                        key=f"correlation {k}", points=[self.points[k]["name"]], kind="correlation", cause="model")
        calm = (np.abs(m.of("drift")) < 2.5) & (np.abs(m.of("slow")) < 3.5) & (m.product < 3.0)
        for key in [k for k in alarms.standing if k.split(" ")[0] in ("drift", "correlation")]:
            if calm[int(key.split(" ")[1])]:
                alarms.standing.discard(key)
                self.settle[int(key.split(" ")[1])] = N_SETTLE

    def _noise(self, s, time_ns: int, alarms: Alarms) -> None:
        m, biased = self.monitor, self.monitor.jumped() | self.monitor.drifting() | self.left_out()
        told = {k for k, p in enumerate(self.points) if f"noise {p['quantity']}" in alarms.standing}
        for quantity in m.wrong_noise():
            of = m.points_of(quantity) & ~self.left_out()
            if not (of & biased).any():
                self._scatter(quantity, of, s, time_ns, alarms)
                told |= set(np.flatnonzero(of))
        for k in np.flatnonzero(m.wrong_noise_at() & ~biased):
            if k not in told:
                of = np.zeros(len(s), bool)
                of[k] = True
                self._scatter(self.points[k]["name"], of, s, time_ns, alarms)
        for key in [k for k in alarms.standing if k.startswith("noise ")]:
            of = np.array([key[6:] in (p["name"], p["quantity"]) for p in self.points]) & m.compared
            if RIGHT_NOISE[0] < m.white(of) < RIGHT_NOISE[1]:
                alarms.standing.discard(key)

    def _scatter(self, what: str, of: np.ndarray, s: np.ndarray, time_ns: int, alarms: Alarms) -> None:
        """Raise an alarm where the innovations of these points scatter more or less than the specified noise."""
        nis, white, (low, high) = self.monitor.nis(of), self.monitor.white(of), self.monitor.band(of)
        seen = np.sqrt(np.maximum(white * s[of] ** 2 - (s[of] ** 2 - self.noise[of] ** 2), (0.1 * self.noise[of]) ** 2))
        ratio = float(np.mean(seen / self.noise[of]))
        names = [self.points[k]["name"] for k in np.flatnonzero(of)]
        if alarms.tell(f"{what}: NIS {nis:.2f}, outside its 99 % band {low:.2f} to {high:.2f}; likely cause: instrument noise, about {ratio:.2g} times the "
                       "specified value", time_ns, key=f"noise {what}", points=names, kind="noise", cause="noise") and self.adapt_noise:
            self.noise[of] *= ratio
            for q in {self.points[k]["quantity"] for k in np.flatnonzero(of)}:
                self.monitor.forget_noise(q)

    def limits(self, si: np.ndarray, low: np.ndarray, high: np.ndarray, held: np.ndarray, time_ns: int, alarms: Alarms) -> tuple[np.ndarray, np.ndarray]:
        """Readings divided by their estimated gain [SI], and which of them (bool) are within their limits; all arrays are (point).

        After N_LIMITS consecutive ones outside: a gain is reset to 1 where the published reading is inside, an input in another unit gets the
        factor of that unit, all others raise an alarm. `si`: as published, NaN where there is none; `held`: last accepted readings.
        """
        value = si / self.meter
        here, good = np.isfinite(value), (value >= low) & (value <= high)
        self.refused = np.where(here & ~good, self.refused + 1, np.where(here, 0, self.refused))
        for k in np.flatnonzero(here & (self.refused >= N_LIMITS)):
            p = self.points[k]
            if low[k] <= si[k] <= high[k]:
                alarms.tell(f"{p['name']} is within its limits as published, but not with its estimated gain {self.meter[k]:.3g}; the gain is reset to 1",
                            time_ns, points=[p["name"]], kind="right again")
                self.meter[k], self.refused[k] = 1.0, 0
                continue
            ratio = value[k] / held[k] if np.isfinite(held[k]) and held[k] != 0.0 else np.nan
            slip = next((x for x in SLIPS if abs(ratio / x - 1.0) < ALIKE), None)
            likely = f"its unit, since it reads {slip:g} times its last accepted reading" if slip else "its unit, its wiring or the limits of the site file"
            cause = "unit" if slip else "limits"
            alarms.tell(f"{p['name']} is outside its limits, {(si[k] - p['offset']) / p['scale']:.4g} {p['unit']}; likely cause: {likely}", time_ns,
                        key=f"limits {k}", points=[p["name"]], kind="limits", cause=cause)
            if slip and self.input[k]:
                self.meter[k] *= slip
                self.refused[k] = 0
        alarms.only("limits ", [f"limits {k}" for k in np.flatnonzero(self.refused >= N_LIMITS)])
        return value, good

    def outside(self) -> np.ndarray:
        """Points (bool) with an active alarm on their limits."""
        return self.refused >= N_LIMITS

    # ---- a restart ------------------------------------------------------------------------------------------------------------
    def keep(self) -> dict:
        """Values for a restart, as of `take_up`."""
        return {k: [None if x != x else x for x in getattr(self, k).tolist()] for k in self.kept} | {
            "wait": self.wait, "noise": self.noise.tolist(), "monitor": self.monitor.keep(), "silence": self.silence.keep()}

    def take_up(self, kept: dict) -> None:
        """Set the values of `keep`."""
        for k in self.kept:
            setattr(self, k, np.array([np.nan if x is None else x for x in kept[k]], getattr(self, k).dtype))
        self.wait = kept["wait"]
        self.noise[:] = kept["noise"]
        self.monitor.take_up(kept["monitor"])
        self.silence.take_up(kept["silence"])

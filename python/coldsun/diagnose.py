"""Fault isolation: of all single faults the one that explains most of a site's jumped innovations, by generalised likelihood ratio.

Each fault is an amount times a known pattern over the points: an instrument changes its own point; less coolant in a node warms outlet and
junction equally; a power meter that reads low warms both in the ratio of their resistances, and opens the electrical balance. For mean innovations d
with standard deviations s, pattern g explains (sum g d / s^2)^2 / sum g^2 / s^2, chi-squared with one degree of freedom without a fault
(Basseville, Nikiforov 1993, Detection of Abrupt Changes, sec. 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

SURE = 30.0          # least explained chi-squared of a named fault: 5.5 standard deviations
PATTERN_ERROR = 0.3  # relative error of a pattern (a ratio of two resistances), added to s for the next fault
MOST = 6             # most faults named at once


def node_means(thermal: dict, points: list[dict], held: np.ndarray, sure: np.ndarray) -> dict[str, np.ndarray]:
    """Means per node from the members' thermal State: metered power [W], outlet and junction over supply temperature [K], flow over its site's mean.

    `held` (point): last readings [SI]; `sure` (point, bool): whether they are recent; the power of a node without a recent reading is 0.
    """
    n = thermal["t_junction"].shape[1]
    site, power, flow = np.zeros(n, int), np.zeros(n), np.log(np.maximum(thermal["flow_gain"].mean(0), 1e-6))
    for k, p in enumerate(points):
        if p["node"] >= 0:
            site[p["node"]] = p["site"]
            if p["quantity"] == "p_node":
                power[p["node"]] = np.nan_to_num(held[k]) if sure[k] else 0.0
    supply = thermal["t_supply"].mean(0)[site]
    middle = np.array([flow[site == s].mean() if (site == s).any() else 0.0 for s in range(site.max(initial=0) + 1)])
    return {"power": power, "rise": thermal["t_outlet"].mean(0) - supply, "over": thermal["t_junction"].mean(0) - supply, "flow": np.exp(flow - middle[site])}


@dataclass
class Site:
    """Data for the fault patterns of a site: forecast means by point or node, and places of the points."""

    points: list[dict]
    mean: np.ndarray                  # (point) forecast [SI]
    node: dict[int, str]              # nodes of the site: place -> name
    power: np.ndarray                 # (node) metered power [W]
    rise: np.ndarray                  # (node) outlet over supply temperature [K]
    over: np.ndarray                  # (node) junction over supply temperature [K]
    r_outlet: np.ndarray              # (node) both per watt, before the jump [K/W]
    r_junction: np.ndarray
    at: dict[tuple[str, int], int] = field(default_factory=dict)   # (quantity, node or -1) -> point
    unheard: set[int] = field(default_factory=set)   # nodes without recent power readings, whose meters are not blamed

    def find(self, quantity: str, node: int = -1) -> int | None:
        """Place of the point of this quantity, of a node or of the site; None: there is none."""
        return self.at.get((quantity, node))


@dataclass
class Finding:
    """A named fault."""

    kind: str          # sensor, interface, node_flow, node_power, flow, power, light
    points: list[int]  # the alarm names the first
    amount: float      # factor of the pattern: SI of the point, W, or a share
    explained: float   # chi-squared
    node: int = -1

    @property
    def flow(self) -> float:
        """Coolant flow over its previous value [1]; temperature rises are inversely proportional to it."""
        return float(1.0 / np.clip(1.0 - self.amount, 0.05, 20.0))


def _patterns(site: Site, use: np.ndarray, balance: int | None):
    """(kind, points, node, pattern) of every single fault observable at the points in `use`."""
    n = len(site.points)
    for k in np.flatnonzero(use):
        g = np.zeros(n)
        g[k] = 1.0
        yield ("interface" if site.points[k]["quantity"] == "t_junction" else "sensor"), [int(k)], site.points[k]["node"], g
    flow, back, pv = (k if (k := site.find(q)) is not None and use[k] else None for q in ("flow", "t_return", "p_pv"))
    share = {m: max(site.power[m], 0.0) / max(site.rise[m], 0.1) for m in site.node}      # of the coolant: heat over rise
    total = max(sum(share.values()), 1e-9)
    all_flow, all_power, outlets = np.zeros(n), np.zeros(n), []
    for m in site.node:
        slow, watt, named = np.zeros(n), np.zeros(n), []
        for q, per_flow, per_watt in (("t_outlet", -site.rise[m], site.r_outlet[m]), ("t_junction", -site.rise[m], site.r_junction[m])):
            if (k := site.find(q, m)) is not None and use[k]:
                slow[k], watt[k] = per_flow, per_watt
                named.append(k)
        if back is not None:
            watt[back] = share[m] / total * site.r_outlet[m]
        if flow is not None:
            slow[flow] = share[m] / total * site.mean[flow]
        if balance is not None:
            watt[balance] = 1.0
        all_flow += slow
        if m not in site.unheard:
            all_power += watt * site.power[m]
        if not named:
            continue
        outlet = site.points[named[0]]["quantity"] == "t_outlet"
        outlets += named[:1] if outlet else []
        if outlet:
            yield "node_flow", named, m, slow
        if m not in site.unheard:
            yield "node_power", named, m, watt
    if outlets:
        if back is not None:
            all_flow[back] = -float(np.median([site.rise[m] for m in site.node]))
        yield "flow", [flow] if flow is not None else outlets, -1, all_flow
        if all_power.any():
            yield "power", outlets, -1, all_power
    if pv is not None and balance is not None and site.mean[pv] > 0.0:
        g = np.zeros(n)
        g[pv], g[balance] = site.mean[pv], -site.mean[pv]
        yield "light", [pv], -1, g


def diagnose(site: Site, d: np.ndarray, s: np.ndarray, use: np.ndarray) -> list[Finding]:
    """Faults that explain the mean innovations `d` with standard deviations `s` [SI] at the points `use` (all (point)), most significant first."""
    found: list[Finding] = []
    d, s, use = np.where(use, d, 0.0).astype(float), s.astype(float).copy(), use.copy()
    # Battery and grid power together close the electrical balance; their division is up to the dispatch.
    ends = [k for q in ("p_battery", "p_grid") if (k := site.find(q)) is not None and use[k]]
    balance, apart = (ends[0] if ends else None), {k: abs(d[k] / s[k]) for k in ends}
    if len(ends) == 2:
        d[ends[0]], s[ends[0]], use[ends[1]] = d[ends].sum(), np.hypot(*s[ends]), False
    patterns = list(_patterns(site, use, balance))
    loose = np.array([1.0 if p["quantity"] in ("t_return", "flow") else PATTERN_ERROR for p in site.points])   # mixed over all nodes, and delayed
    while len(found) < MOST:
        best = (SURE, None)
        for pattern in patterns:
            g = pattern[3]
            power = float(np.sum((g / s) ** 2))
            explained = float(np.sum(g * d / s**2)) ** 2 / power if power > 0.0 else 0.0
            if explained > best[0] * (1.0 + 1e-9):
                best = (explained, pattern)
        explained, pattern = best
        if pattern is None:
            break
        kind, points, node, g = pattern
        amount = float(np.sum(g * d / s**2) / np.sum((g / s) ** 2))
        if points == [balance]:
            points = [max(ends, key=lambda k: apart[k])]
        found.append(Finding(kind, points, amount, explained, node))
        d = d - amount * g
        s = np.hypot(s, loose * amount * g)
        if kind in ("node_power", "power") and balance is not None and (pv := site.find("p_pv")) is not None:
            s[pv] = np.hypot(s[pv], amount * g[balance])   # while PV is curtailed, its share of the balance is up to the dispatch
    return found

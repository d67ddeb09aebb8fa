"""What made innovations jump: of all single faults the one that explains most of them together, by generalised likelihood ratio.

Each hypothesis is one number times a known pattern over the site's points: an instrument moves its own point alone; less coolant in one
node warms its outlet and its junction alike; a power meter that reads low warms both in the ratio of their resistances, and the electrical
balance says so too. With d the mean innovations of some steps and s their standard deviations, pattern g explains
(sum g d / s^2)^2 / sum g^2 / s^2, chi-squared with one degree of freedom where there is nothing (Basseville, Nikiforov 1993, Detection of
Abrupt Changes, sec. 4.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

SURE = 30.0          # explained chi-squared of what is named: 5.5 standard deviations
PATTERN_ERROR = 0.3  # of a pattern, for what is left after it: a ratio of two resistances is known so well
MOST = 6             # faults named at once


def node_means(thermal: dict, points: list[dict], held: np.ndarray, sure: np.ndarray) -> dict[str, np.ndarray]:
    """Of each node, from the members' thermal State: power as metered [W], outlet and junction over the supply [K], flow over its site's mean.

    `held` (point): what was read last [SI]; `sure` (point, bool): whether that is so now. Where it is not, the power is 0.
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
    """What the patterns of a site need: forecast means [SI] by point or node, and the points' places."""

    points: list[dict]
    mean: np.ndarray                  # (point) forecast
    node: dict[int, str]              # nodes of the site: place -> name
    power: np.ndarray                 # (node) what the meters said [W]
    rise: np.ndarray                  # (node) outlet over supply [K]
    over: np.ndarray                  # (node) junction over supply [K]
    r_outlet: np.ndarray              # (node) the same per watt, as they were before [K/W]
    r_junction: np.ndarray
    at: dict[tuple[str, int], int] = field(default_factory=dict)   # (quantity, node or -1) -> point
    unheard: set[int] = field(default_factory=set)   # nodes whose power meter says nothing: nothing is blamed on it

    def find(self, quantity: str, node: int = -1) -> int | None:
        """Place of the point of this quantity, of a node or of the site; None: there is none."""
        return self.at.get((quantity, node))


@dataclass
class Finding:
    kind: str          # sensor, interface, node_flow, node_power, flow, power, light
    points: list[int]  # the first is the one that the alarm names
    amount: float      # times the pattern: SI of the point, W, or a share
    explained: float   # chi-squared
    node: int = -1

    @property
    def flow(self) -> float:
        """Coolant flow over what it was: rises go with its inverse."""
        return float(1.0 / np.clip(1.0 - self.amount, 0.05, 20.0))


def _patterns(site: Site, use: np.ndarray, balance: int | None):
    """(kind, points, node, pattern): every single fault that the points in `use` could show."""
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
    """Faults that explain mean innovations `d` with standard deviations `s` at the points `use`, surest first."""
    found: list[Finding] = []
    d, s, use = np.where(use, d, 0.0).astype(float), s.astype(float).copy(), use.copy()
    # What battery and grid give together is the electrical balance; which of the two follows is the dispatch's choice.
    ends = [k for q in ("p_battery", "p_grid") if (k := site.find(q)) is not None and use[k]]
    balance, apart = (ends[0] if ends else None), {k: abs(d[k] / s[k]) for k in ends}
    if len(ends) == 2:
        d[ends[0]], s[ends[0]], use[ends[1]] = d[ends].sum(), np.hypot(*s[ends]), False
    patterns = list(_patterns(site, use, balance))
    loose = np.array([1.0 if p["quantity"] in ("t_return", "flow") else PATTERN_ERROR for p in site.points])   # shares of the coolant, and a lag
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
            s[pv] = np.hypot(s[pv], amount * g[balance])   # how much of it light gave, where some was curtailed, is the dispatch's choice
    return found

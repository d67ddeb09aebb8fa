"""Results of a study as tables with intervals: drift by path, exceedance, fan, dependence on the parameters."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import xarray as xr

from . import _engine, intervals


@dataclass
class Row:
    """One value with its 95 % interval; an infinite end: the sample gives no bound. Made by `drift_table`."""

    path: str
    name: str
    unit: str
    value: float
    low: float
    high: float
    how: str


def sound(data: xr.Dataset) -> xr.Dataset:
    """The members of a study that no fault has frozen. See the example of `fan`."""
    bad = np.vectorize(lambda f: _engine.is_fatal(int(f)))(data["flags"].values).any(axis=0)
    return data.isel(member=~bad)


class Draws:
    """Statistics over draws of keys: draws are independent, members of one draw share its values. Without draws each member counts.

    >>> import coldsun as cs, xarray as xr
    >>> data = xr.Dataset(coords={"member": [0, 1, 2, 3], "member_draw": ("member", [0, 0, 1, 1])})
    >>> cs.study_tables.Draws(data).sums([1.0, 2.0, 3.0, 4.0]).tolist()
    [3.0, 7.0]
    """

    def __init__(self, data: xr.Dataset | xr.DataArray, which=slice(None)):
        self.draw = np.asarray(data["member_draw" if "member_draw" in data.coords else "member"].values)[which]
        self.first = np.flatnonzero(np.diff(self.draw, prepend=-1))

    def sums(self, values) -> np.ndarray:
        """Sum over the members of each draw."""
        return np.add.reduceat(np.asarray(values, float), self.first)

    def mean(self, values) -> tuple[float, float, float]:
        """Mean with its interval, over draws."""
        return intervals.mean(self.sums(values) / np.diff([*self.first, len(self.draw)]))

    def share(self, part, whole) -> tuple[float, float, float]:
        """A share of events that come by member, with its interval, over draws."""
        return intervals.share(self.sums(part), self.sums(whole))

    def quantile(self, values, p: float) -> tuple[float, float, float, float]:
        """Quantile of all members; its interval is the mean of those of the first, the second ... member of every draw."""
        values, rank = np.asarray(values, float), np.arange(len(self.draw)) - np.searchsorted(self.draw, self.draw)
        layers = [values[rank == k] for k in range(rank.max() + 1)]
        ends = np.mean([intervals.quantile(x, p)[1:] for x in layers if 2 * len(x) >= len(layers[0])], axis=0)
        return intervals.quantile(values, p)[0], *(float(x) for x in ends)


def drift_table(data: xr.Dataset, group: str = "hall") -> list[Row]:
    """Rows by path: share, size and duration of drifts, and their effects on work and power, each with a 95 % interval.

    Quantiles are over members, of each member's mean or maximum over its outages: draws are independent, outages of one member are not.
    `data`: result of `Study.run`; `group`: group of nodes or coolant. KeyError for a path or group that the study lacks.

    >>> import coldsun as cs
    >>> study = cs.studies.handover_drift("small", members=2, hours=0.1, n_field=0, dt=30.0, paths=("all",), trace_every=1)
    >>> row = cs.study_tables.drift_table(study.run(workers=1, progress=False))[0]
    >>> row.name, row.unit, bool(row.low <= row.value <= row.high)
    ('outages with a drift above 1 K', '%', True)
    """
    d = sound(data)
    hours = float(_spec(data)["hours"])
    rows: list[Row] = []
    for path in (str(p) for p in d["path"].values):
        at, site = d.sel(path=path, group=group), d.sel(twin=path) - d.sel(twin="without")
        n = at["n_event"].values
        some = n > 0
        over_draws = Draws(d)

        def quantiles(name: str, unit: str, values, path=path, of=Draws(d, some)) -> None:
            for p, word in ((0.5, "median"), (0.9, "90 %")):
                v, low, high, coverage = of.quantile(values, p)
                rows.append(Row(path, f"{name}: {word}", unit, v, low, high, f"order statistics, {100 * coverage:.1f} %"))

        def mean(name: str, unit: str, values, path=path, of=over_draws) -> None:
            rows.append(Row(path, name, unit, *of.mean(values), "Student"))

        if some.any():
            over = over_draws.share(at["n_above"], n)
            rows.append(Row(path, f"outages with a drift above {_spec(data)['limit']:g} K", "%", *(100 * x for x in over), "Wilson over members"))
            quantiles("peak drift, mean over a member's outages", "K", at["sum_peak"].values[some] / n[some])
            quantiles("largest rise in a member's run", "K", at["max_rise"].values[some])
            quantiles("deepest dip in a member's run", "K", -at["max_dip"].values[some])
            quantiles("time above the threshold per outage", "s", at["sum_time"].values[some] / n[some])
            quantiles("longest recovery in a member's run, followed for 15 s after each outage", "s", at["max_return"].values[some])
            for name, coolant in (("supply", "t_supply"), ("return", "t_return")):
                c = d.sel(path=path, group=coolant)
                quantiles(f"coolant {name}: largest drift in a member's run", "mK", 1e3 * np.maximum(c["max_rise"], -c["max_dip"]).values[some])
        mean("change of throttled node-seconds per hour", "s/h", site["weighted"].sel(group="hall").values / hours)
        mean("change of late jobs", "1", site["n_late"].values)
        mean("change of IT energy", "kWh", site["energy_it"].values / 3.6e6)
        mean("change of work done", "s", site["work_done"].values)
    return rows


def exceedance(data: xr.Dataset, group: str = "hall") -> xr.Dataset:
    """Share of outages whose drift exceeds a threshold (path, threshold) [1], with its 95 % interval over members; thresholds: edges of the bins [K].

    See the example of `fan`.
    """
    d = sound(data).sel(group=group)
    edge = d["bin_low"].values
    keep = np.flatnonzero((edge > 0.04) & (edge < 40.0))
    events, of = d["n_event"].isel(path=0), Draws(d)
    out = np.full((3, d.sizes["path"], len(keep)), np.nan)
    for p in range(d.sizes["path"]):
        beyond = d["peak_count"].isel(path=p).values[:, ::-1].cumsum(axis=1)[:, ::-1]
        for k, b in enumerate(keep):
            out[:, p, k] = of.share(beyond[:, b], events)
    names = {"share": "share of outages whose drift exceeds the threshold", "low": "lower end of its 95 % interval", "high": "upper end of its 95 % interval"}
    coords = {"path": d["path"].values, "threshold": ("threshold", edge[keep], {"units": "K"})}
    return xr.Dataset({n: (("path", "threshold"), out[i], {"units": "1", "long_name": names[n]}) for i, n in enumerate(names)}, coords)


def fan(data: xr.Dataset, group: str = "hall", shares=(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)) -> xr.Dataset:
    """Quantiles of the drift at fixed times after the start of an outage, over all followed outages (path, share, offset) [K]; linear inside a bin.

    >>> import coldsun as cs
    >>> study = cs.studies.handover_drift("small", members=2, hours=0.1, n_field=0, dt=30.0, paths=("all",), trace_every=1)
    >>> data = study.run(workers=1, progress=False)
    >>> cs.study_tables.fan(data)["drift"].dims, cs.study_tables.exceedance(data)["share"].dims, cs.study_tables.sound(data).sizes["member"]
    (('path', 'share', 'offset'), ('path', 'threshold'), 2)
    >>> cs.study_tables.regions(data, names=("buffer",))[0].parameter
    'buffer'
    """
    count = data["fan_count"].sel(group=group)
    low, high = data["bin_low"].values, data["bin_high"].values
    out = np.full((count.sizes["path"], len(shares), count.sizes["offset"]), np.nan)
    for p in range(count.sizes["path"]):
        for o in range(count.sizes["offset"]):
            n = count.values[p, o]
            total, below = n.sum(), np.concatenate([[0], n.cumsum()])
            for s, share in enumerate(shares):
                if total:
                    k = min(int(np.searchsorted(below, share * total, side="right")) - 1, len(n) - 1)
                    out[p, s, o] = low[k] + (high[k] - low[k]) * (share * total - below[k]) / n[k] if n[k] else low[k]
    coords = {"path": data["path"].values, "share": list(shares), "offset": data["offset"]}
    title = "drift of the node with the largest drift"
    return xr.Dataset({"drift": (("path", "share", "offset"), out, {"units": "K", "long_name": title}), "looks": count.sum("bin")}, coords)


@dataclass
class Region:
    """Shares of outages above the threshold along one parameter, in six bins with equal numbers of members. Made by `regions`.

    No safe range is derived from them: the longest range with a small share, sought along six parameters, was a false finding in 40 to 97 % of
    studies without any effect of a parameter.
    """

    parameter: str
    unit: str
    low: float             # smallest and largest value drawn
    high: float
    bins: list[tuple[float, float, float, float, float]]   # from, to, share of outages above the threshold, its 95 % interval


_SCANNED = ("outage_probability", "link_bound_share", "buffer", "outage_median", "buffer / outage_median", "burst_gain")


def regions(data: xr.Dataset, path: str = "all", names=_SCANNED) -> list[Region]:
    """Share of outages above the threshold in six bins with equal numbers of members, per parameter, ratio of two or drawn key. KeyError for an unknown name.

    See the example of `fan`.
    """
    d = sound(data).sel(path=path, group="hall")
    n, above = d["n_event"].values.astype(float), d["n_above"].values.astype(float)
    units = {p["name"]: p["units"] for p in _engine.parameters()}
    scanned = {name: [d["parameter_value"].sel(parameter=part).values for part in name.split(" / ")] for name in names}
    if "drawn" in d.coords:
        units |= dict(zip(d["key"].values, d["key_units"].values.tolist()))
        scanned |= {str(key): [d["drawn"].sel(draw=d["member_draw"], key=key).values] for key in d["key"].values}
    out = []
    for name, over in scanned.items():
        x = over[0] if len(over) == 1 else over[0] / over[1]
        order = np.argsort(x, kind="stable")
        bins = [(float(x[part[0]]), float(x[part[-1]]), *Draws(d, part).share(above[part], n[part]))
                for part in map(np.sort, np.array_split(order, 6)) if len(part)]
        out.append(Region(name, units.get(name, "1"), float(x.min()), float(x.max()), bins))
    return out


def _spec(data: xr.Dataset) -> dict:
    return json.loads(data.attrs["spec"])

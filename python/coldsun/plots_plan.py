"""Plot of a plan: per site the forecast irradiance with contact windows, and the jobs on the nodes over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .errors import InputError

_HOME = ("#1f5f99", "#c2571a", "#4a8f4d", "#6a4c93", "#a23b72", "#8c564b", "#2f7fc1", "#7a7a2a")
_RUNS, _EXPECTED, _SUN, _CONTACT, _LATE = "#d5d8dc", "#b4bac2", "#f0a92b", "#1f5f99", "#d3173c"


def _free_nodes(busy_until: np.ndarray, start: float, n: int) -> np.ndarray:
    """Lowest free nodes at a time [s]; where a merged row ends slightly late, the nodes that are free next."""
    free = np.flatnonzero(busy_until <= start + 1e-6)
    if len(free) < n:
        free = np.argsort(busy_until, kind="stable")[:n]
    return np.sort(free[:n])


def _runs(nodes: np.ndarray):
    """(first, count) of each contiguous range of node numbers."""
    edges = np.flatnonzero(np.diff(nodes) != 1)
    first = np.concatenate(([0], edges + 1))
    last = np.concatenate((edges, [len(nodes) - 1]))
    return [(int(nodes[a]), int(nodes[b] - nodes[a] + 1)) for a, b in zip(first, last)]


def _fan(axis, outlook, site: str, time) -> None:
    ghi = outlook["ghi"].sel(site=site).values
    low, quarter, middle, three, high = np.quantile(ghi, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    axis.fill_between(time, low, high, color=_SUN, alpha=0.22, linewidth=0, label="5-95 %")
    axis.fill_between(time, quarter, three, color=_SUN, alpha=0.40, linewidth=0, label="25-75 %")
    axis.plot(time, middle, color="#c27c00", linewidth=1.3, label="median forecast")
    axis.plot(time, outlook["ghi_clear"].sel(site=site).values, color="#8b8f94", linewidth=0.8, linestyle=(0, (2, 2)), label="clear sky")
    axis.set_ylim(0, max(100.0, 1.18 * float(outlook["ghi_clear"].max())))
    axis.set_ylabel("GHI [W/m²]")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(alpha=0.25, linewidth=0.5)


def _contacts(axis, outlook, site: str, time) -> None:
    open_share = outlook["contact"].sel(site=site).values
    width = (time[1] - time[0]).total_seconds() / 86400.0
    for k in np.flatnonzero(open_share > 0.0):
        axis.axvspan(time[k], time[k] + pd.Timedelta(days=width), ymin=0.90, ymax=0.90 + 0.09 * float(open_share[k]), color=_CONTACT, alpha=0.85, linewidth=0)
    axis.text(0.004, 0.865, "contact windows", transform=axis.transAxes, fontsize=7, color=_CONTACT, va="top")


def _gantt(axis, plan, site: str, n_node: int, begin: pd.Timestamp, end: pd.Timestamp) -> None:
    jobs = plan.jobs[(plan.jobs["site"] == site) & plan.jobs["placed"]]
    busy = np.zeros(n_node)
    for _, job in jobs.sort_values(["running", "start"], ascending=[False, True], kind="stable").iterrows():
        start = max(job["start"].tz_localize(None), begin)
        stop = min(job["end"].tz_localize(None), end)
        if stop <= start:
            continue
        nodes = _free_nodes(busy, (start - begin).total_seconds(), min(int(job["nodes"]), n_node))
        busy[nodes] = (stop - begin).total_seconds()
        colour = _RUNS if job["running"] else _HOME[plan.sites.index(job["home"]) % len(_HOME)]
        late = job["end"] > job["deadline"] and not job["running"]
        shade = 1.0 if job["running"] else 0.2 + 0.8 * (float(job["cap"]) - 0.5) / 0.5
        look = dict(facecolors=colour, alpha=shade, hatch="////" if job["home"] != site else None,
                    edgecolor=_LATE if late else "white", linewidth=0.7 if late else 0.15 if job["running"] else 0.4)
        for first, count in _runs(nodes):
            axis.broken_barh([(start, stop - start)], (first, count), **look)
    for _, row in plan.expected[plan.expected["site"] == site].sort_values("start").iterrows():
        start, stop = row["start"].tz_localize(None), min(row["end"].tz_localize(None), end)
        nodes = _free_nodes(busy, (start - begin).total_seconds(), min(int(row["nodes"]), n_node))
        for first, count in _runs(nodes):
            axis.broken_barh([(start, stop - start)], (first, count), facecolors="white", edgecolor=_EXPECTED, hatch="....", linewidth=0, zorder=0.5)
        busy[nodes] = (stop - begin).total_seconds()
    axis.set_ylim(0, n_node)
    axis.set_ylabel("node")
    axis.spines[["top", "right"]].set_visible(False)


def _legend(figure, plan) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=_RUNS, label="running")]
    if len(plan.expected):
        handles.append(Patch(facecolor="white", edgecolor=_EXPECTED, hatch="....", linewidth=0, label="kept for expected jobs"))
    handles += [Patch(facecolor=_HOME[k % len(_HOME)], label=f"submitted at {name}") for k, name in enumerate(plan.sites)]
    if (plan.jobs["home"] != plan.jobs["site"]).any():
        handles.append(Patch(facecolor="white", edgecolor="#555555", hatch="////", label="moved from another site"))
    if (plan.jobs.loc[~plan.jobs["running"], "cap"] < 1.0).any():
        handles.append(Patch(facecolor="#555555", alpha=0.6, label="paler: lower power cap"))
    wait = plan.jobs[~plan.jobs["running"]]
    if (wait["end"] > wait["deadline"]).any():
        handles.append(Patch(facecolor="white", edgecolor=_LATE, label="ends after its deadline"))
    figure.legend(handles=handles, loc="outside lower center", ncol=len(handles), frameon=False, fontsize=9)


def gantt(plan, path: str | Path, title: str = "") -> Path:
    """Plot a plan: per site the forecast irradiance with contact windows, and below it the jobs on the nodes; UTC.

    Parameters
    ----------
    plan : Plan
        Result of `Twin.plan`.
    path : path
        PNG file to write.
    title : str, optional
        Title of the figure; by default network, time and summary of the plan.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        The file cannot be written.

    Examples
    --------
    >>> import coldsun as cs, tempfile
    >>> twin = cs.Twin("small", hours=1, ahead_hours=3, start="2026-06-14T16:00Z")
    >>> plan = twin.plan(2, plans=32, population=16, scenarios=2)
    >>> cs.plots_plan.gantt(plan, tempfile.mkdtemp() + "/plan.png").name
    'plan.png'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    n_site = len(plan.sites)
    figure = Figure(figsize=(12, 1.2 + 4.0 * n_site), layout="constrained", facecolor="white")   # no pyplot: no global state, no display
    FigureCanvasAgg(figure)
    axes = figure.subplots(2 * n_site, 1, sharex=True, height_ratios=[1.1, 2.6] * n_site)
    time = pd.DatetimeIndex(plan.outlook["time"].values)
    begin, end = time[0], time[-1] + (time[1] - time[0])
    for k, facts in enumerate(plan.network.sites):
        sun, work = axes[2 * k], axes[2 * k + 1]
        _fan(sun, plan.outlook, facts["name"], time)
        _contacts(sun, plan.outlook, facts["name"], time)
        _gantt(work, plan, facts["name"], facts["n_node"], begin, end)
        sun.set_title(facts["title"], loc="left", fontsize=10, fontweight="bold")
        if k == 0:
            sun.legend(ncol=4, fontsize=8, loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False, borderaxespad=0.2, handlelength=1.6)
        work.axvline(plan.effect.tz_localize(None), color="#1b1b1b", linewidth=0.8, linestyle=(0, (1, 1.5)))
    axes[-1].set_xlim(begin, end)
    locator = AutoDateLocator()
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes[-1].set_xlabel("UTC")
    _legend(figure, plan)
    text = title or f"Plan for {plan.network.title}, made {plan.made:%d %B %Y, %H:%M} UTC: {plan.summary()}"
    figure.suptitle(text.replace(" UTC: ", " UTC\n", 1), fontsize=11, fontweight="bold", linespacing=1.4)
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120, format="png")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return path

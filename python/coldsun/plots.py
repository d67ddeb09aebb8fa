"""Plot of one day of a record: power, battery and bus, temperatures, link, outages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from scipy.constants import zero_Celsius

from .errors import InputError
from .record import site_facts

_SUN, _BATTERY, _GRID, _GENSET, _LOAD, _IT, _HOT = "#f0a92b", "#4a8f4d", "#8b8f94", "#8c564b", "#1b1b1b", "#1f5f99", "#b3261e"
_POINTS = 1500       # time points of a plot, more than its pixel columns
_WINDOW = 600.0      # s, width of the outage bars
_FAINT = 1e3         # W, flows below this all day are not plotted


class _Series:
    """Member 0 of one site of a record, thinned to the points of a plot, in local standard time."""

    def __init__(self, record: xr.Dataset, site: str):
        names = [str(n) for n in record["site"].values]
        if site not in names:
            raise InputError(f"site = {site!r}; accepted: {', '.join(names)}")
        self.record = record.isel(member=0, site=names.index(site))
        facts = site_facts(record, site)
        self.title, self.offset = facts["title"], pd.Timedelta(seconds=float(facts["utc_offset"]))
        self.full_time = pd.DatetimeIndex(record["time"].values) + self.offset
        self.starts = np.arange(0, len(self.full_time), max(1, len(self.full_time) // _POINTS))
        self.time = self.full_time[self.starts]
        self.nodes = np.array([str(n).startswith(f"{site}/") for n in record["node"].values])

    def mean(self, name: str) -> np.ndarray:
        """Means over the intervals between plotted points."""
        size = np.diff(np.append(self.starts, len(self.full_time)))
        return np.add.reduceat(self.record[name].values, self.starts) / size

    def at(self, name: str) -> np.ndarray:
        """Values at the plotted points."""
        return self.record[name].values[self.starts]

    def kw(self, name: str) -> np.ndarray:
        return self.mean(name) / 1e3

    def celsius(self, name: str) -> np.ndarray:
        return self.at(name) - zero_Celsius

    def total(self, name: str) -> float:
        """Final value of a counter."""
        return float(self.record[name].values[-1])

    def rises(self, name: str) -> np.ndarray:
        """Increase of a counter in each step; 0 in the first."""
        return np.diff(self.record[name].values, prepend=self.record[name].values[:1])


def _power(axis, s: _Series) -> None:
    pv, battery, grid, genset, shed = (s.kw(n) for n in ("p_pv", "p_battery", "p_grid", "p_genset", "p_shed"))
    it, load, available = s.kw("p_it"), s.kw("p_it") + s.kw("p_aux") + s.kw("p_loss"), s.kw("p_pv_available")
    given = [("PV, used", pv, _SUN), ("battery, discharging", battery.clip(0), _BATTERY), ("grid, imported", grid.clip(0), _GRID), ("genset", genset, _GENSET)]
    given = [g for g in given if g[1].max() > _FAINT / 1e3]
    if given:
        axis.stackplot(s.time, [g[1] for g in given], labels=[g[0] for g in given], colors=[g[2] for g in given], alpha=0.9, linewidth=0)
    taken = [("battery, charging", battery.clip(None, 0), _BATTERY), ("grid, exported", grid.clip(None, 0), _GRID)]
    taken = [t for t in taken if t[1].min() < -_FAINT / 1e3]
    if taken:
        axis.stackplot(s.time, [t[1] for t in taken], labels=[t[0] for t in taken], colors=[t[2] for t in taken], alpha=0.4, linewidth=0)
    if available.max() > _FAINT / 1e3:
        axis.plot(s.time, available, color="#c27c00", linewidth=1, linestyle=(0, (1, 1.5)), label="PV, available")
    axis.plot(s.time, load, color=_LOAD, linewidth=1.2, label="IT + auxiliaries + losses")
    axis.plot(s.time, it, color=_IT, linewidth=1.0, label="IT")
    if shed.max() > _FAINT / 1e3:
        axis.fill_between(s.time, it, it + shed, color="crimson", alpha=0.6, linewidth=0, label="IT, shed")
    axis.axhline(0, color=_LOAD, linewidth=0.6)
    axis.set_ylabel("power [kW]")
    _legend(axis)


def _store(axis, s: _Series) -> None:
    axis.plot(s.time, 100 * s.at("soc"), color=_BATTERY, linewidth=1.5)
    axis.set_ylabel("state of charge [%]", color=_BATTERY)
    axis.set_ylim(0, 100)
    bus = axis.twinx()
    bus.plot(s.time, s.at("v_bus"), color="#6a4c93", linewidth=0.8)
    bus.set_ylabel("bus voltage [V]", color="#6a4c93")
    bus.spines["top"].set_visible(False)


def _heat(axis, s: _Series) -> None:
    junction = np.maximum.reduceat(s.record["t_junction"].values[:, s.nodes], s.starts, axis=0) - zero_Celsius
    hottest, median = junction.max(axis=1), np.median(junction, axis=1)
    axis.fill_between(s.time, median, hottest, color=_HOT, alpha=0.12, linewidth=0)
    axis.plot(s.time, hottest, color=_HOT, linewidth=1.2, label="junction, hottest node")
    axis.plot(s.time, median, color=_HOT, linewidth=1.0, linestyle=(0, (4, 1.5)), label="junction, median node")
    for name, colour, label in (("t_return", "#e07b1a", "coolant return"), ("t_supply", "#2f7fc1", "coolant supply"), ("temp_air", "#8b8f94", "ambient air")):
        axis.plot(s.time, s.celsius(name), color=colour, linewidth=1.1, label=label)
    axis.set_ylabel("temperature [°C]")
    _legend(axis)


def _link(axis, s: _Series) -> None:
    contact = s.rises("contact_seconds") > 0
    axis.fill_between(s.full_time, 1.05, 1.75, where=contact, color=_IT, alpha=0.85, linewidth=0, step="pre")
    axis.vlines(s.full_time[s.rises("handover_count") > 0], 0.15, 0.85, color=_LOAD, linewidth=0.4, alpha=0.7)
    axis.set_yticks([0.5, 1.4], [f"{s.total('handover_count'):,.0f} handovers", f"contact windows, {s.total('contact_seconds') / 60:,.0f} min"])
    axis.set_ylim(0, 1.9)
    axis.grid(False)


def _outages(axis, s: _Series) -> None:
    seconds = (s.full_time - s.full_time[0]).total_seconds().to_numpy()
    bins = np.arange(0.0, seconds[-1] + _WINDOW, _WINDOW)
    lost, edges = np.histogram(seconds, bins=bins if len(bins) > 1 else [0.0, _WINDOW], weights=s.rises("outage_seconds"))
    left = s.full_time[0] + pd.to_timedelta(edges[:-1], unit="s")
    axis.bar(left, lost, width=pd.Timedelta(seconds=_WINDOW), align="edge", color="crimson", alpha=0.75, linewidth=0)
    axis.set_ylabel("outage time\n[s per 10 min]")
    axis.text(0.008, 0.93, f"{s.total('outage_count'):,.0f} outages, {s.total('outage_seconds') / 60:,.1f} min in total", transform=axis.transAxes,
              fontsize=8, va="top")
    axis.set_ylim(0, max(1.0, 1.35 * lost.max()))


def _legend(axis) -> None:
    axis.legend(ncol=5, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, borderaxespad=0.2, handlelength=1.6, columnspacing=1.4)


def day(record: xr.Dataset, path: str | Path, site: str | None = None, title: str = "") -> Path:
    """Plot power, battery and bus, temperatures, link and outages of one site: member 0, local standard time.

    Parameters
    ----------
    record : xarray.Dataset
        Result of `open_record` or `Twin.run`.
    path : path
        PNG file to write.
    site : str, optional
        Name on the ``site`` axis; by default the first.
    title : str, optional
        Title of the figure; by default the site's title and the start.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        The site is not in the record, or the file cannot be written.

    Examples
    --------
    >>> import coldsun as cs, tempfile
    >>> record = cs.Twin("small", hours=0.1).run(progress=False)
    >>> cs.plots.day(record, tempfile.mkdtemp() + "/day.png").name
    'day.png'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    s = _Series(record, site or str(record["site"].values[0]))
    figure = Figure(figsize=(11, 12), layout="constrained", facecolor="white")   # no pyplot: no global state, no display
    FigureCanvasAgg(figure)
    axes = figure.subplots(5, 1, sharex=True, height_ratios=[3, 1.4, 2.2, 0.75, 0.75])
    for axis, draw in zip(axes, (_power, _store, _heat, _link, _outages)):
        axis.grid(alpha=0.25, linewidth=0.5)
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0)
        draw(axis, s)
    if s.full_time[0] < s.full_time[-1]:
        axes[-1].set_xlim(s.full_time[0], s.full_time[-1])
    locator = AutoDateLocator()
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes[-1].set_xlabel(f"local standard time, UTC{s.offset.total_seconds() / 3600:+.3g} h")
    hours = float(record["step"].sum()) / 3600.0
    begin = s.full_time[0] - pd.Timedelta(seconds=float(record["step"].values[0]))
    figure.suptitle(title or f"{s.title}: {hours:g} h from {begin:%d %B %Y, %H:%M}", fontsize=13, fontweight="bold")
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120, format="png")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return path

"""Plots of a study, each with its data in a netCDF file: drift after an outage, exceedance, days with a junction in its cap band."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import xarray as xr

from .errors import InputError
from .study_tables import exceedance, fan

_COLOUR = {"all": "#1f5f99", "stall": "#4a8f4d", "burst": "#b3261e", "stale": "#8b8f94", "none": "#1b1b1b"}


def _figure(size, panels: int = 1):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained", facecolor="white")   # no pyplot: no global state, no display
    FigureCanvasAgg(figure)
    axes = np.atleast_1d(figure.subplots(1, panels, sharey=True))
    for axis in axes:
        axis.grid(alpha=0.25, linewidth=0.5)
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _keep(figure, numbers: xr.Dataset, path: str | Path) -> Path:
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=120, format="png")
        numbers.to_netcdf(path.with_suffix(".nc"), engine="h5netcdf")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return path


def draw_fan(data: xr.Dataset, path: str | Path, group: str = "hall") -> Path:
    """Plot the drift of the node with the largest drift after an outage: bands over all followed outages, one panel per path with any drift.

    `data`: result of `Study.run`. Writes PNG and netCDF; returns the path of the PNG. InputError where they cannot be written.

    >>> import coldsun as cs, tempfile
    >>> study = cs.studies.handover_drift("small", members=2, hours=0.1, n_field=0, dt=30.0, paths=("all",), trace_every=1)
    >>> data, folder = study.run(workers=1, progress=False), tempfile.mkdtemp()
    >>> cs.plots_study.draw_fan(data, folder + "/fan.png").name, cs.plots_study.draw_exceedance(data, folder + "/exceedance.png").name
    ('fan.png', 'exceedance.png')
    """
    numbers = fan(data, group)
    moves = [str(p) for p in numbers["path"].values if float(abs(numbers["drift"].sel(path=p)).max()) > 0.02] or [str(numbers["path"].values[0])]
    figure, axes = _figure((1.5 + 3.6 * len(moves), 4.2), len(moves))
    at = numbers["offset"].values
    for axis, name in zip(axes, moves):
        q, colour = numbers["drift"].sel(path=name), _COLOUR.get(name, "#1f5f99")
        for low, high, alpha in ((0.01, 0.99, 0.15), (0.05, 0.95, 0.22), (0.25, 0.75, 0.35)):
            axis.fill_between(at, q.sel(share=low), q.sel(share=high), color=colour, alpha=alpha, linewidth=0, label=f"{100 * low:g} to {100 * high:g} %")
        axis.plot(at, q.sel(share=0.5), color=colour, linewidth=1.6, label="median")
        axis.axhline(0, color="#1b1b1b", linewidth=0.6)
        axis.set_xlim(0, 5)
        axis.set_xlabel("time after the start of the outage [s]")
        axis.set_title({"all": "all paths"}.get(name, f"{name} alone"), fontsize=10)
    axes[0].set_ylabel("junction temperature drift [K]")
    axes[0].legend(fontsize=8, frameon=False, loc="lower right")
    figure.suptitle(f"{data.attrs.get('title', 'handover drift')}: {int(numbers['looks'].isel(path=0, offset=0)):,} outages, "
                    f"{data.sizes['member']} members", fontsize=11, fontweight="bold")
    return _keep(figure, numbers, path)


def draw_exceedance(data: xr.Dataset, path: str | Path, group: str = "hall") -> Path:
    """Plot the share of outages whose peak drift exceeds a threshold, with its 95 % interval over members. As `draw_fan`, see its example."""
    numbers = exceedance(data, group)
    limit = json.loads(data.attrs["spec"])["limit"]
    figure, (axis,) = _figure((7.5, 4.6))
    for name in (str(p) for p in numbers["path"].values):
        at, colour = numbers.sel(path=name), _COLOUR.get(name, "#1f5f99")
        if float(at["share"].max()) == 0.0:
            continue
        axis.fill_between(at["threshold"], 100 * at["low"].clip(0, 1), 100 * at["high"].clip(0, 1), color=colour, alpha=0.18, linewidth=0)
        axis.plot(at["threshold"], 100 * at["share"], color=colour, linewidth=3.2 if name == "all" else 1.3,
                  label={"all": "all paths"}.get(name, f"{name} alone"))
    axis.axvline(limit, color="#1b1b1b", linewidth=0.8, linestyle=(0, (3, 2)))
    axis.annotate(f"{limit:g} K", (limit, 1.0), xycoords=("data", "axes fraction"), fontsize=8, ha="left", va="bottom")
    axis.set_xscale("log")
    axis.set_xticks([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20], [f"{x:g}" for x in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20)])
    axis.minorticks_off()
    axis.set_xlim(0.05, 40)
    axis.set_ylim(0, None)
    axis.set_xlabel("threshold of the largest junction temperature drift [K]")
    axis.set_ylabel("outages above the threshold [%]")
    axis.legend(fontsize=8, frameon=False)
    figure.suptitle(f"{data.attrs.get('title', 'handover drift')}: {data.sizes['member']} members", fontsize=11, fontweight="bold")
    return _keep(figure, numbers, path)


def draw_supply(data: xr.Dataset, answers, path: str | Path) -> Path:
    """Plot the share of days with a junction in its cap band against the supply temperature: both runs, with and without handovers.

    `data`, `answers`: result of `supply.supply_limit`. Writes PNG and netCDF; InputError where they cannot be written.

    >>> import coldsun as cs, tempfile
    >>> from coldsun.supply import supply_limit
    >>> folder = tempfile.mkdtemp()
    >>> found = supply_limit("small", 4, 0.5, hours=0.1, n_field=0, out=folder, progress=False)
    >>> cs.plots_study.draw_supply(*found, folder + "/days.png").name
    'days.png'
    """
    figure, (axis,) = _figure((7.5, 4.6))
    curves = []
    for t, (answer, colour) in enumerate(zip(answers, ("#b9bdc2", "#1f5f99"))):   # the first is drawn wider, since the second covers it
        for run, style in ((0, (0, (4, 2))), (1, "-")):
            at, margin = float(data["supply"][run]), np.sort(data["margin"].isel(supply=run, twin=t).values)
            margin = margin[np.isfinite(margin)]
            share = 100.0 * np.arange(len(margin), 0, -1) / len(margin)
            axis.step((at - margin)[::-1], share[::-1], where="post", color=colour, linestyle=style, linewidth=1.2 if t else 3.6,
                      label=f"{answer.twin}, run at {at:.1f} °C")
            curves.append(len(margin))
    axis.axhline(100 * data.attrs["share"], color="#b3261e", linewidth=0.8)
    axis.set_yscale("log")
    axis.set_xlabel("coolant supply temperature [°C]")
    axis.set_ylabel("days with a junction in its cap band [%]")
    axis.legend(fontsize=8, frameon=False)
    figure.suptitle(f"{data.attrs['site']}: {max(curves)} days, parameters from the site's priors", fontsize=11, fontweight="bold")
    return _keep(figure, data, path)

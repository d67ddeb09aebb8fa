"""Pictures of a record that a person would keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

_COLOUR = {"sun": "#e8a317", "battery": "#3a7d44", "grid": "#7a7a7a", "genset": "#8c564b", "it": "#1f4e79", "junction": "#b22222"}


def _thin(record: xr.Dataset, points: int = 2000) -> xr.Dataset:
    return record.isel(time=slice(None, None, max(1, record.sizes["time"] // points)))


def day(record: xr.Dataset, path: str | Path, site: str | None = None, title: str = "") -> Path:
    """Draw one site's day: power, bus and battery, heat, link; member 0, local standard time.

    Parameters
    ----------
    record : xarray.Dataset
        From `open_record`.
    path : path
        Where the PNG goes.
    site : str, optional
        Name on the ``site`` axis; the first by default.
    title : str, optional
        Headline; the record's own title by default.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    import matplotlib

    matplotlib.use("Agg", force=False)
    import matplotlib.dates as mdates
    import matplotlib.pyplot as plt

    site = site or str(record["site"].values[0])
    here = record.sel(site=site).isel(member=0)
    data = _thin(here)
    offset = pd.Timedelta(seconds=float(record.attrs.get(f"utc_offset_s.{site}", 0.0)))
    time = pd.to_datetime(data["time"].values) + offset
    nodes = np.array([str(n).startswith(f"{site}/") for n in record["node"].values])

    figure, axes = plt.subplots(4, 1, figsize=(11, 11.5), sharex=True, height_ratios=[3, 1.5, 2, 1], constrained_layout=True)
    power, store, heat, link = axes

    kw = {name: data[name].values / 1e3 for name in ("p_pv_available", "p_pv", "p_battery", "p_grid", "p_genset", "p_it", "p_aux", "p_loss", "p_shed")}
    stack = [kw["p_pv"], kw["p_battery"].clip(0), kw["p_grid"].clip(0), kw["p_genset"]]
    power.stackplot(time, stack, colors=[_COLOUR["sun"], _COLOUR["battery"], _COLOUR["grid"], _COLOUR["genset"]],
                    labels=["sun", "battery, discharging", "grid, imported", "genset"], alpha=0.85, linewidth=0)
    power.stackplot(time, [kw["p_battery"].clip(None, 0), kw["p_grid"].clip(None, 0)], colors=[_COLOUR["battery"], _COLOUR["grid"]], alpha=0.35, linewidth=0)
    power.plot(time, kw["p_pv_available"], color=_COLOUR["sun"], linewidth=1, linestyle=":", label="sun, available")
    power.plot(time, kw["p_it"] + kw["p_aux"] + kw["p_loss"], color="black", linewidth=1.1, label="IT + auxiliaries + losses")
    power.plot(time, kw["p_it"], color=_COLOUR["it"], linewidth=1.1, label="IT")
    if kw["p_shed"].max() > 1.0:
        power.plot(time, kw["p_it"] + kw["p_shed"], color="crimson", linewidth=0.8, linestyle="--", label="IT wanted (shed above the line)")
    power.axhline(0, color="black", linewidth=0.6)
    power.set_ylabel("power [kW]\ncharging and export below zero")
    power.legend(ncol=4, fontsize=8, loc="upper left", frameon=False)
    power.margins(y=0.18)

    store.plot(time, 100 * data["soc"].values, color=_COLOUR["battery"], linewidth=1.4)
    store.set_ylabel("battery charge [%]", color=_COLOUR["battery"])
    store.set_ylim(0, 100)
    bus = store.twinx()
    bus.plot(time, data["v_bus"].values, color="#6a3d9a", linewidth=0.7)
    bus.set_ylabel("bus [V]", color="#6a3d9a")

    junction = data["t_junction"].values[:, nodes] - 273.15
    low, median, high = np.nanpercentile(junction, [5, 50, 100], axis=1)
    heat.fill_between(time, low, high, color=_COLOUR["junction"], alpha=0.22, linewidth=0, label="junctions, 5 % to hottest")
    heat.plot(time, median, color=_COLOUR["junction"], linewidth=1, label="junctions, median")
    heat.plot(time, data["t_return"].values - 273.15, color="#ff7f0e", linewidth=1, label="coolant return")
    heat.plot(time, data["t_supply"].values - 273.15, color="#1f77b4", linewidth=1, label="coolant supply")
    heat.plot(time, data["temp_air"].values - 273.15, color="grey", linewidth=1, label="ambient air")
    heat.set_ylabel("temperature [°C]")
    heat.legend(ncol=5, fontsize=8, loc="upper left", frameon=False)
    heat.margins(y=0.2)

    full = pd.to_datetime(here["time"].values) + offset
    contact = np.diff(here["contact_seconds"].values, prepend=0.0) > 0
    link.fill_between(full, 1.05, 1.45, where=contact, color=_COLOUR["it"], alpha=0.8, linewidth=0, step="pre")
    lost = np.diff(here["outage_seconds"].values, prepend=0.0)
    edges = np.flatnonzero(lost > 0)
    link.vlines(full[edges], 0.55, 0.95, color="crimson", linewidth=0.5)
    handover = np.flatnonzero(np.diff(here["handover_count"].values, prepend=0.0) > 0)
    link.vlines(full[handover], 0.05, 0.45, color="black", linewidth=0.5)
    link.set_yticks([0.25, 0.75, 1.25], [f"handovers ({int(here['handover_count'].values[-1])})", f"outages ({int(here['outage_count'].values[-1])})",
                                        f"data contacts ({here['contact_seconds'].values[-1] / 60:.0f} min)"])
    link.set_ylim(0, 1.5)
    link.xaxis.set_major_formatter(mdates.ConciseDateFormatter(link.xaxis.get_major_locator()))
    link.set_xlabel(f"local standard time, UTC{offset.total_seconds() / 3600:+.0f} h")

    for axis in axes:
        axis.grid(alpha=0.25, linewidth=0.5)
        axis.set_xlim(full[0], full[-1])
    figure.suptitle(title or str(record.attrs.get("title", "")), fontsize=12)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return path

"""The day in a short table: each figure with the range in which it is plausible, and where that range comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr


@dataclass
class Row:
    """One line of the day's table; `value` in `unit`, plausible between `low` and `high` according to `source`."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    source: str
    remark: str = ""

    @property
    def plausible(self) -> bool:
        return bool(self.low <= self.value <= self.high)


def counts(facts: dict) -> str:
    """One line on what a site's State holds: every node and string has its row, whatever its fidelity."""
    return (f"{facts['name']}: {facts['n_node']} nodes ({facts['n_field']} as fields, {facts['n_node'] - facts['n_field']} lumped), "
            f"{facts['n_gpu']} accelerators; {facts['n_string']} strings in {facts['n_string_row']} rows")


def _mwh(record: xr.Dataset, name: str) -> float:
    return float((record[name] * record["step"]).sum() / record.sizes["member"] / 3.6e9)


def day_table(record: xr.Dataset, sites: list[dict]) -> list[Row]:
    """Rows for a record of a day, summed over sites and averaged over members.

    Parameters
    ----------
    record : xarray.Dataset
        From `open_record`.
    sites : list of dict
        Facts of the sites (`Network.sites`): p_pv_stc [W], p_it_max [W], battery_capacity [J], ghi_reference [J m-2 per year].
    """
    hours = float(record["step"].sum()) / 3600.0
    days = hours / 24.0
    pv_stc, it_max = (sum(s[k] for s in sites) / 1e6 for k in ("p_pv_stc", "p_it_max"))
    store = sum(s["battery_capacity"] for s in sites) / 3.6e9
    mean = {name: _mwh(record, name) for name in ("p_pv_available", "p_pv", "p_curtailed", "p_mppt_loss", "p_grid", "p_genset", "p_it", "p_aux",
                                                   "p_loss", "p_shed")}
    mean["p_import"] = float((record["p_grid"].clip(min=0.0) * record["step"]).sum() / record.sizes["member"] / 3.6e9)
    battery = record["p_battery"] * record["step"]
    charged = -float(battery.where(battery < 0).sum()) / record.sizes["member"] / 3.6e9
    supply = mean["p_it"] + mean["p_aux"] + mean["p_loss"]
    pue = supply / mean["p_it"] if mean["p_it"] > 0 else np.nan
    carbon_free = 1.0 - (mean["p_import"] + mean["p_genset"]) / supply if supply > 0 else np.nan
    junction = record["t_junction"] - 273.15
    hottest = junction.max(("time", "member"))
    where = str(hottest["node"].values[int(hottest.argmax())])
    last = record.isel(time=-1)

    def total(name: str) -> float:
        return float((last[name]).sum() / record.sizes["member"])

    yield_high = 9.5 * pv_stc * days
    rows = [
        Row("sun: available at the strings", mean["p_pv_available"], "MWh", 0.0, yield_high, "PVOUT of the clearest deserts, 9.5 kWh/kWp in a day"),
        Row("sun: used", mean["p_pv"], "MWh", 0.0, mean["p_pv_available"] * (1 + 1e-9), "at most what was available"),
        Row("sun: curtailed", mean["p_curtailed"], "MWh", 0.0, mean["p_pv_available"], "at most what was available"),
        Row("battery: charged", charged, "MWh", 0.0, 2.0 * store * max(days, 1.0), "two full cycles a day of the pack"),
        Row("grid: imported", mean["p_import"], "MWh", 0.0, 1.25 * it_max * hours, "the hall at full power and a PUE of 1.25"),
        Row("IT: served", mean["p_it"], "MWh", 0.15 * it_max * hours, it_max * hours, "idle floor to nameplate of the hall"),
        Row("IT: shed", mean["p_shed"], "MWh", 0.0, it_max * hours, "at most the nameplate of the hall"),
        Row("PUE", pue, "1", 1.02, 1.35, "liquid-cooled halls 1.03-1.2 (Uptime 2024, Frontier 1.03); conversion losses counted as overhead"),
        Row("carbon-free share", carbon_free, "1", 0.0, 1.0, "definition: 1 - (import + genset) / (IT + aux + loss)"),
        Row("hottest junction", float(hottest.max()), "degC", 30.0, 95.0, "GPU firmware begins to throttle at 85-95 degC", where),
        Row("contact with data satellites", total("contact_seconds") / 60.0, "min", 0.0, 300.0 * max(days, 1.0), "12 satellites: 6-8 % of a day above 10 degrees"),
        Row("handovers of the broadband link", total("handover_count"), "1", 0.0, 3000.0 * max(days, 1.0) * len(sites), "342 (longest remaining) to 2,872 (highest) a day"),
        Row("outages of the link", total("outage_count"), "1", 0.0, 5760.0 * max(days, 1.0) * len(sites), "at most one per 15-s slot"),
        Row("outage time", total("outage_seconds"), "s", 0.0, 0.1 * 3600.0 * hours * len(sites), "0.5 s at 7 % to all of the slots; 3.5 % at worst"),
        Row("jobs done", total("n_done"), "1", 0.0, np.inf, "offered load of the site file"),
        Row("jobs late", total("n_late"), "1", 0.0, total("n_done") + total("n_running") + total("n_queued"), "at most all of them"),
    ]
    return rows

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
    decimals: int = 0

    @property
    def plausible(self) -> bool:
        """Whether the figure lies in its range, up to rounding."""
        slack = 1e-9 * max(abs(self.low), abs(self.high))
        return bool(self.low - slack <= self.value <= self.high + slack)

    def text(self, value: float) -> str:
        """A number with as many decimals as the figure deserves."""
        return "-" if not np.isfinite(value) else f"{value:,.{self.decimals}f}"

    @property
    def range_text(self) -> str:
        """The plausible range as people read it."""
        def short(value: float) -> str:
            text = f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}"
            return text.rstrip("0").rstrip(".") if "." in text else text

        return f"{short(self.low)} to {short(self.high)}"


def counts(facts: dict) -> str:
    """One line on what a site's State holds: every node and string has its row, whatever its fidelity."""
    return (f"{facts['name']}: {facts['n_node']} nodes ({facts['n_field']} as fields, {facts['n_node'] - facts['n_field']} lumped), "
            f"{facts['n_gpu']} accelerators; {facts['n_string']} strings in {facts['n_string_row']} rows")


class _Sums:
    """Energies and counters of a record, summed over sites, averaged over members."""

    def __init__(self, record: xr.Dataset):
        self.record, self.members = record, record.sizes["member"]
        self.step = record["step"].values[:, None, None]
        self.last = record.isel(time=-1)

    def energy(self, name: str, part=None) -> float:
        """MWh; `part` clips the power to one sign first."""
        power = self.record[name].values
        return float(((power if part is None else part(power)) * self.step).sum() / self.members / 3.6e9)

    def shed(self) -> float:
        """MWh that nodes did without: what the allocation took, as far as they would have drawn it at their own temperatures."""
        power = np.minimum(self.record["p_shed"].values, self.record["p_it_held_back"].values)
        return float((power * self.step).sum() / self.members / 3.6e9)

    def count(self, name: str) -> float:
        """A counter's value at the end."""
        return float(self.last[name].sum() / self.members)


def _positive(power):
    return power.clip(min=0.0)


def _negative(power):
    return (-power).clip(min=0.0)


def _hottest(record: xr.Dataset) -> tuple[float, str]:
    """Highest junction temperature of any member and time [degC], and its node."""
    junction = record["t_junction"].values.max(axis=(0, 1)) - 273.15
    at = int(np.argmax(junction))
    return float(junction[at]), str(record["node"].values[at])


def _power_rows(s: _Sums, sites: list[dict], hours: float) -> list[Row]:
    stc, it_max = (sum(site[k] for site in sites) / 1e6 for k in ("p_pv_stc", "p_it_max"))
    store = sum(site["battery_capacity"] for site in sites) / 3.6e9
    whole = int(hours // 24.0)   # a lower bound on the sun's energy needs a whole day
    available, it, aux, loss = (s.energy(n) for n in ("p_pv_available", "p_it", "p_aux", "p_loss"))
    imported, genset = s.energy("p_grid", _positive), s.energy("p_genset")
    hall = s.energy("loss_rack") + s.energy("loss_load_cable") + s.energy("loss_aux_converter")
    supply = it + aux + loss
    soc = s.record["soc"].values
    # of the energy content between the record's ends, as far as the state of charge tells it
    capacity = np.array([site["battery_capacity"] for site in sites]) / 3.6e9
    change = (soc[-1] - soc[0]) * capacity
    bought = np.array([any(c > 0.0 for c in site.get("carbon_intensity", [1.0])) for site in sites])   # an island's first charge was the sun's
    stored, spent = (float(part.sum() / s.members) for part in (change, _negative(change) * bought))
    cycles = 2.0 * store * max(hours / 24.0, 0.5)
    rows = [
        Row("sun: available", available, "MWh", 0.5 * stc * whole, 9.5 * stc * max(hours / 24.0, min(hours, 9.5) / 9.5), "0.5 (overcast) to 9.5 kWh/kWp a day",
            decimals=2),
        Row("sun: used", s.energy("p_pv"), "MWh", 0.0, available, "at most what was available", decimals=2),
        Row("sun: curtailed", s.energy("p_curtailed"), "MWh", 0.0, available, "at most what was available", decimals=2),
        Row("battery: charged", s.energy("p_battery", _negative), "MWh", 0.0, cycles, "two full cycles a day", decimals=2),
        Row("battery: given back", s.energy("p_battery", _positive), "MWh", 0.0, cycles, "two full cycles a day", decimals=2),
        Row("stored over the run", stored, "MWh", -store, store, "the pack's capacity", decimals=2),
        Row("grid: imported", imported, "MWh", 0.0, 1.35 * it_max * hours, "full hall at a PUE of 1.35", decimals=2),
        Row("grid: exported", s.energy("p_grid", _negative), "MWh", 0.0, available, "at most what the sun gave", decimals=2),
    ]
    if genset > 0.0:
        rows.append(Row("genset", genset, "MWh", 0.0, 1.35 * it_max * hours, "full hall at a PUE of 1.35", decimals=2))
    rows += [
        Row("IT: served", it, "MWh", 0.15 * it_max * hours, it_max * hours, "idle floor to nameplate", decimals=2),
        Row("IT: shed", s.shed(), "MWh", 0.0, 0.2 * it_max * hours, "assumed: a fifth of the nameplate", decimals=3),
        Row("PUE, from the bus", (it + aux + hall) / it if it > 0 else np.nan, "", 1.03, 1.35,
            "Frontier 1.03; mean of all halls 1.56 (Uptime 2024)", decimals=3),
        Row("PUE, from the sources", (it + aux + loss) / it if it > 0 else np.nan, "", 1.03, 1.45,
            "with the converters of PV, battery and grid", decimals=3),
        Row("carbon-free share", 100.0 * (1.0 - (imported + genset + spent) / supply) if supply > 0 else np.nan, "%", 0.0, 100.0,
            "1 - (import + genset + charge spent) / (IT + aux + loss)", decimals=1),
    ]
    return rows


def _work_rows(s: _Sums, sites: list[dict], hours: float) -> list[Row]:
    n, days = len(sites), hours / 24.0
    whole = int(hours // 24.0)
    hottest, where = _hottest(s.record)
    done, late, running, queued = (s.count(k) for k in ("n_done", "n_late", "n_running", "n_queued"))
    slots = 240.0 * hours * n
    return [
        Row("hottest junction", hottest, "°C", 30.0, 95.0, "firmware throttles at 85 to 95 °C", where, decimals=1),
        Row("data contacts", s.count("contact_seconds") / 60.0, "min", 20.0 * n * whole, 60.0 * min(hours, max(0.15 * hours, 2.0)) * n,
            "12 satellites in one plane: 6-8 % of a day", decimals=1),
        Row("handovers", s.count("handover_count"), "", 200.0 * n * whole, 3000.0 * n * max(days, 0.05), "342 (longest remaining) to 2,872 a day"),
        Row("outages", s.count("outage_count"), "", 0.02 * slots * (whole > 0), slots, "7 % to nearly all 15-s slots (measured)"),
        Row("outage time", s.count("outage_seconds") / 60.0, "min", 0.0, 0.1 * 60.0 * hours * n, "0.5 s in every slot are 3.5 %", decimals=1),
        Row("jobs done", done, "", 0.0, done + running + queued if whole == 0 else 1.2 * s.count("next_job"), "at most all that came"),
        Row("jobs late", late, "", 0.0, done + running + queued, "at most all of them"),
    ]


def day_table(record: xr.Dataset, sites: list[dict]) -> list[Row]:
    """Rows for a record of a day, summed over sites and averaged over members.

    Parameters
    ----------
    record : xarray.Dataset
        From `open_record`.
    sites : list of dict
        Facts of the sites (`Network.sites`), in the record's order: p_pv_stc [W], p_it_max [W], battery_capacity [J], carbon_intensity.

    Returns
    -------
    list of Row
        Value, unit, plausible range and its source. The ranges scale with the record's length; lower bounds of what depends on the
        time of day hold from one whole day on.
    """
    hours = float(record["step"].sum()) / 3600.0
    sums = _Sums(record)
    return _power_rows(sums, sites, hours) + _work_rows(sums, sites, hours)

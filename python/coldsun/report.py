"""Results of a day in a short table: each value with its plausible range and the source of that range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.constants import zero_Celsius

from .energy import energy_book


@dataclass
class Row:
    """One row of `day_table`: `value` in `unit`, plausible from `low` to `high` according to `source`."""

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
        """Whether the value is in its plausible range, up to rounding."""
        slack = 1e-9 * max(abs(self.low), abs(self.high))
        return bool(self.low - slack <= self.value <= self.high + slack)

    def text(self, value: float) -> str:
        """A number with the row's decimals; "-" for NaN."""
        return "-" if not np.isfinite(value) else f"{round(value, self.decimals) + 0.0:,.{self.decimals}f}"   # never -0.0

    @property
    def range_text(self) -> str:
        """The plausible range as text."""
        def short(value: float) -> str:
            text = f"{value:,.{2 if abs(value) < 10 else 1 if abs(value) < 100 else 0}f}"
            return text.rstrip("0").rstrip(".") if "." in text else text

        return f"{short(self.low)} to {short(self.high)}"


def counts(facts: dict) -> str:
    """Counts of nodes, accelerators and strings of a site, in one line."""
    return (f"{facts['name']}: {facts['n_node']} nodes ({facts['n_field']} with a resolved plate, {facts['n_node'] - facts['n_field']} lumped), "
            f"{facts['n_gpu']} accelerators; {facts['n_string']} strings in {facts['n_string_row']} rows")


class _Sums:
    """Energies and counters of a record, summed over sites, averaged over members."""

    def __init__(self, record: xr.Dataset, sites: list[dict]):
        self.record, self.members, self.book = record, record.sizes["member"], energy_book(record, sites)
        self.step = record["step"].values[:, None, None]
        self.last = record.isel(time=-1)

    def mwh(self, name: str) -> float:
        """An energy of the energy balance [MWh]."""
        return self.book.mean(name) / 3.6e9

    def energy(self, name: str) -> float:
        """Energy of a power in the record [MWh]."""
        return float((self.record[name].values * self.step).sum() / self.members / 3.6e9)

    def count(self, name: str) -> float:
        """Value of a counter at the end."""
        return float(self.last[name].sum() / self.members)


def _hottest(record: xr.Dataset) -> tuple[float, str]:
    """Highest junction temperature of any member and time [degC], and its node."""
    junction = record["t_junction"].values.max(axis=(0, 1)) - zero_Celsius
    at = int(np.argmax(junction))
    return float(junction[at]), str(record["node"].values[at])


def _power_rows(s: _Sums, sites: list[dict], hours: float) -> list[Row]:
    stc, it_max = (sum(site[k] for site in sites) / 1e6 for k in ("p_pv_stc", "p_it_max"))
    store = sum(site["battery_capacity"] for site in sites) / 3.6e9
    whole = int(hours // 24.0)   # a lower bound on PV energy holds only for a whole day
    available, it, aux, genset = (s.mwh(name) for name in ("available", "it", "aux", "genset"))
    hall = s.energy("loss_rack") + s.energy("loss_load_cable") + s.energy("loss_aux_converter")
    cycles = 2.0 * store * max(hours / 24.0, 0.5)
    rows = [
        Row("PV: available", available, "MWh", 0.5 * stc * whole, 9.5 * stc * max(hours / 24.0, min(hours, 9.5) / 9.5), "0.5 (overcast) to 9.5 kWh/kWp a day",
            decimals=2),
        Row("PV: used", s.mwh("sun"), "MWh", 0.0, available, "at most the available energy", decimals=2),
        Row("PV: curtailed", s.mwh("curtailed"), "MWh", 0.0, available, "at most the available energy", decimals=2),
        Row("PV: tracking loss", s.mwh("missed"), "MWh", 0.0, 0.02 * available, "assumed: 2 % of the available energy", decimals=2),
        Row("battery: charged", s.mwh("charged"), "MWh", 0.0, cycles, "two full cycles a day", decimals=2),
        Row("battery: discharged", s.mwh("given_back"), "MWh", 0.0, cycles, "two full cycles a day", decimals=2),
        Row("battery: net stored", s.mwh("stored"), "MWh", -store, store, "battery capacity", decimals=2),
        Row("grid: imported", s.mwh("imported"), "MWh", 0.0, 1.35 * it_max * hours, "full hall at a PUE of 1.35", decimals=2),
        Row("grid: exported", s.mwh("exported"), "MWh", 0.0, available, "at most the available PV energy", decimals=2),
    ]
    if genset > 0.0 or any(site.get("p_genset", 0.0) > 0.0 for site in sites):
        rows += _genset_rows(s, sites, genset, 1.35 * it_max * hours, hours)
    rows += [
        Row("IT: served", it, "MWh", 0.15 * it_max * hours, it_max * hours, "idle to nameplate power", decimals=2),
        Row("IT: shed", s.mwh("shed"), "MWh", 0.0, 0.2 * it_max * hours, "assumed: a fifth of nameplate power", decimals=3),
        Row("PUE at the bus", (it + aux + hall) / it if it > 0 else np.nan, "", 1.03, 1.35,
            "Frontier 1.03; mean of all data centres 1.56 (Uptime 2024)", decimals=3),
        Row("PUE at the sources", s.mwh("used") / it if it > 0 else np.nan, "", 1.03, 1.45,
            "adds converters of PV, battery and grid, and heat of the battery cells", decimals=3),
        Row("carbon-free share", 100.0 * s.book.carbon_free_share, "%", 0.0, 100.0,
            "1 - (import + generator + initial charge used) / energy used", decimals=1),
    ]
    return rows


def _genset_rows(s: _Sums, sites: list[dict], energy: float, most: float, hours: float) -> list[Row]:
    """Rows of the generators: energy, fuel, hours, starts, carbon and cost of all of them."""
    n = sum(site.get("p_genset", 0.0) > 0.0 for site in sites) or len(sites)
    run = s.count("genset_run_time") / 3600.0
    carbon, price = (max((site.get(k, 0.0) for site in sites), default=0.0) for k in ("genset_carbon", "genset_price"))   # highest of the sites, per J
    return [
        Row("genset: energy", energy, "MWh", 0.0, most, "full hall at a PUE of 1.35", decimals=2),
        Row("genset: fuel", 1000.0 * s.count("genset_fuel"), "L", 200.0 * energy, 500.0 * energy + 100.0 * run + 1e-3, "0.2 to 0.5 L/kWh, 100 L/h idle"),
        Row("genset: run time", run, "h", 0.0, hours * n, "at most the length of the run, each", decimals=1),
        Row("genset: starts", s.count("genset_starts"), "", 0.0, max(2.0, 24.0 * max(1.0, hours / 24.0)) * n, "assumed: once an hour"),
        Row("genset: carbon", s.book.mean("genset_carbon"), "kg", 0.0, most * 3.6e9 * carbon + 1e-9, "full hall at the site's carbon intensity"),
        Row("genset: cost", s.book.mean("genset_price"), "USD", 0.0, most * 3.6e9 * price + 1e-9, "full hall at the site's price"),
    ]


def _work_rows(s: _Sums, sites: list[dict], hours: float) -> list[Row]:
    n, days = len(sites), hours / 24.0
    whole = int(hours // 24.0)
    hottest, where = _hottest(s.record)
    done, late, running, queued = (s.count(k) for k in ("n_done", "n_late", "n_running", "n_queued"))
    slots = 240.0 * hours * n
    return [
        Row("hottest junction", hottest, "°C", 30.0, 95.0, "firmware throttles at 85 to 95 °C", where, decimals=1),
        Row("contact time", s.count("contact_seconds") / 60.0, "min", 20.0 * n * whole, 60.0 * min(hours, max(0.15 * hours, 2.0)) * n,
            "12 satellites in one plane: 6-8 % of a day", decimals=1),
        Row("handovers", s.count("handover_count"), "", 200.0 * n * whole, 3000.0 * n * max(days, 0.05), "342 (longest remaining) to 2,872 a day"),
        Row("outages", s.count("outage_count"), "", 0.02 * slots * (whole > 0), slots, "6 % to nearly all 15-s slots (measured)"),
        Row("outage time", s.count("outage_seconds") / 60.0, "min", 0.0, 0.1 * 60.0 * hours * n, "0.5 s in every slot are 3.5 %", decimals=1),
        Row("jobs done", done, "", 0.0, done + running + queued if whole == 0 else 1.2 * s.count("next_job"), "at most all submitted jobs"),
        Row("jobs late", late, "", 0.0, done + running + queued, "at most all submitted jobs"),
    ]


def day_table(record: xr.Dataset, sites: list[dict]) -> list[Row]:
    """Results of a record, summed over sites and averaged over members, each with its plausible range.

    Parameters
    ----------
    record : xarray.Dataset
        Result of `open_record` or `Twin.run`, usually of one day.
    sites : list of dict
        Facts of the sites (`Network.sites`), in the record's order.

    Returns
    -------
    list of Row
        Name, value, unit, plausible range and its source. Ranges scale with the record's length; lower bounds apply from one whole day on.

    Raises
    ------
    KeyError
        The record lacks a variable.

    Examples
    --------
    >>> import coldsun as cs
    >>> site = cs.load_site("small")
    >>> rows = cs.day_table(cs.Twin(site, hours=0.1).run(progress=False), site.sites)
    >>> next(f"{row.name}, {row.unit}, {row.range_text}: {row.plausible}" for row in rows if row.name == "hottest junction")
    'hottest junction, °C, 30 to 95: True'
    """
    hours = float(record["step"].sum()) / 3600.0
    sums = _Sums(record, sites)
    return _power_rows(sums, sites, hours) + _work_rows(sums, sites, hours)

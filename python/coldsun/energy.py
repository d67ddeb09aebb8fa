"""The energy balance of a record: the integral of every power flow. All tables take their energies from here.

A step mean times its step is the engine's integral over the cuts of the step; so the balance does not depend on the step. Flows of two signs
are split inside the cuts (`p_charge`, `p_import`), not from the means. The balances, from the record's start to its end:

    sun + imported + genset + given_back = exported + charged + it + aux + loss + bus
    stored = charged - given_back - cell_heat
    available = sun + curtailed + missed
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

# flow -> variable of the record, mean power [W]
_FLOWS = {"available": "p_pv_available", "sun": "p_pv", "curtailed": "p_curtailed", "missed": "p_mppt_loss",
          "imported": "p_import", "genset": "p_genset", "charged": "p_charge",
          "cell_heat": "p_heat_battery", "it": "p_it", "aux": "p_aux", "loss": "p_loss", "bus": "de_bus_dt", "shed": "p_it_shed"}


@dataclass
class EnergyBook:
    """Energies of a record [J], each an array (member, site); carbon [kg] and price [USD] of grid import and generator energy, without idle fuel.

    Made by `energy_book`; see its example.
    """

    available: np.ndarray       # PV energy at the maximum power points
    sun: np.ndarray             # PV energy used
    curtailed: np.ndarray
    missed: np.ndarray          # PV energy lost to tracking
    imported: np.ndarray        # from the grid
    exported: np.ndarray        # to the grid
    genset: np.ndarray
    charged: np.ndarray         # into the battery
    given_back: np.ndarray      # discharged from the battery
    cell_heat: np.ndarray       # heat of the battery cells
    stored: np.ndarray          # net rise of the energy in the battery
    it: np.ndarray              # IT energy served
    aux: np.ndarray             # auxiliaries: pumps, fans, controls
    loss: np.ndarray            # converters and cables
    bus: np.ndarray             # net rise of the energy in the bus capacitors
    shed: np.ndarray            # IT energy not served
    carbon: np.ndarray          # of import and generator
    price: np.ndarray
    genset_carbon: np.ndarray   # of the generator alone
    genset_price: np.ndarray
    bought: np.ndarray          # (site) bool: the initial charge may come from grid or generator

    @property
    def used(self) -> np.ndarray:
        """Energy used (member, site) [J]: IT, auxiliaries, losses, heat of the battery cells, rise of the bus."""
        return self.it + self.aux + self.loss + self.cell_heat + self.bus

    @property
    def not_carbon_free(self) -> np.ndarray:
        """Energy used from other sources than PV (member, site) [J]: import, generator, and initial charge of unknown origin."""
        return self.imported + self.genset + np.maximum(-self.stored, 0.0) * self.bought

    @property
    def carbon_free_share(self) -> float:
        """Carbon-free share of the energy used, over all sites and members [1]; NaN where none was used."""
        used = float(self.used.sum())
        return 1.0 - float(self.not_carbon_free.sum()) / used if used > 0.0 else float("nan")

    def mean(self, name: str) -> float:
        """One of the energies by attribute name, summed over sites, averaged over members [J]."""
        value = getattr(self, name)
        return float(value.sum() / value.shape[0])


def energy_book(record: xr.Dataset, sites: list[dict]) -> EnergyBook:
    """Energy balance of a record.

    Parameters
    ----------
    record : xarray.Dataset
        Result of `open_record` or `Twin.run`, of any length and step.
    sites : list of dict
        Facts of the sites (`Network.sites`), in the record's order.

    Returns
    -------
    EnergyBook
        Energies per member and site [J].

    Raises
    ------
    KeyError
        The record lacks a flow or its step.

    Examples
    --------
    >>> import coldsun as cs
    >>> site = cs.load_site("small")
    >>> book = cs.energy_book(cs.Twin(site, hours=0.1).run(progress=False), site.sites)
    >>> given = book.sun + book.imported + book.genset + book.given_back
    >>> taken = book.exported + book.charged + book.it + book.aux + book.loss + book.bus
    >>> book.it.shape, bool(abs(given / taken - 1.0).max() < 1e-9)
    ((1, 1), True)
    """
    step = record["step"].values[:, None, None]
    record = _with_parts(record)
    flow = {name: (record[variable].values * step).sum(axis=0) for name, variable in _FLOWS.items()}
    flow["exported"] = flow["imported"] - (record["p_grid"].values * step).sum(axis=0)
    flow["given_back"] = flow["charged"] + (record["p_battery"].values * step).sum(axis=0)
    flow["stored"] = flow["charged"] - flow["given_back"] - flow["cell_heat"]
    hour = _local_hour(record, sites)
    bought = record["p_import"].values * step
    cost = {}
    for name, key, generated in (("carbon", "carbon_intensity", "genset_carbon"), ("price", "price", "genset_price")):
        of_hour = np.array([site.get(key, [0.0] * 24) for site in sites])
        rate = np.take_along_axis(of_hour, hour, axis=1).T   # (time, site)
        cost[generated] = flow["genset"] * np.array([site.get(generated, 0.0) for site in sites])
        cost[name] = (bought * rate[:, None, :]).sum(axis=0) + cost[generated]
    unknown = np.array([any(c > 0.0 for c in site.get("carbon_intensity", [1.0])) or site.get("p_genset", 0.0) > 0.0 for site in sites])
    return EnergyBook(**flow, **cost, bought=unknown)


def _with_parts(record: xr.Dataset) -> xr.Dataset:
    """A record with the flows that older engines did not split inside the cuts: split from the step means, an approximation."""
    made = {"p_import": lambda r: r["p_grid"].clip(min=0.0), "p_charge": lambda r: (-r["p_battery"]).clip(min=0.0),
            "p_it_shed": lambda r: np.minimum(r["p_shed"], r["p_it_held_back"]),
            "p_mppt_loss": lambda r: r["p_pv_available"] - r["p_pv"] - r["p_curtailed"]}
    return record.assign({name: make(record) for name, make in made.items() if name not in record})


def _local_hour(record: xr.Dataset, sites: list[dict]) -> np.ndarray:
    """Hour of local standard time at the middle of every step, (site, time)."""
    middle = record["time"].values.astype("datetime64[ns]").astype("int64") * 1e-9 - 0.5 * record["step"].values
    return np.stack([((middle + site.get("utc_offset", 0.0)) // 3600 % 24).astype(int) for site in sites])

"""The energy book of a record: one sum of every flow between its ends, from the engine's own integrals. All tables take their energies from here.

A step mean of the record times its step is the engine's sum over the step's cuts, so that the book does not depend on the step. Flows that have
two signs are split inside the cuts (`p_charge`, `p_import`), not in the means. What the battery holds more at the end is what went into its cells
less what became heat there, since the record's first instant:

    sun + import + genset + given back = export + charged + IT + auxiliaries + losses + rise of the bus
    stored = charged - given back - heat of the cells
    available = sun + curtailed + missed (by the trackers)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

# one of them per flow: the record's variable (or what it is made of), mean power in W
_FLOWS = {"available": "p_pv_available", "sun": "p_pv", "curtailed": "p_curtailed", "missed": "p_mppt_loss",
          "imported": "p_import", "genset": "p_genset", "charged": "p_charge",
          "cell_heat": "p_heat_battery", "it": "p_it", "aux": "p_aux", "loss": "p_loss", "bus": "de_bus_dt", "shed": "p_it_shed"}


@dataclass
class EnergyBook:
    """Energies over a record, each an array (member, site) in J; carbon in kg and price in USD of what was bought and generated, not of idle fuel."""

    available: np.ndarray
    sun: np.ndarray
    curtailed: np.ndarray
    missed: np.ndarray    # by the trackers
    imported: np.ndarray
    exported: np.ndarray
    genset: np.ndarray
    charged: np.ndarray
    given_back: np.ndarray
    cell_heat: np.ndarray
    stored: np.ndarray
    it: np.ndarray
    aux: np.ndarray
    loss: np.ndarray
    bus: np.ndarray
    shed: np.ndarray
    carbon: np.ndarray
    price: np.ndarray
    genset_carbon: np.ndarray   # of them what was generated
    genset_price: np.ndarray
    bought: np.ndarray    # (site) whether anything but the sun can have filled the battery before the record began

    @property
    def used(self) -> np.ndarray:
        """What the sites used up [J]: IT, auxiliaries, losses, heat of the cells, rise of the bus."""
        return self.it + self.aux + self.loss + self.cell_heat + self.bus

    @property
    def not_carbon_free(self) -> np.ndarray:
        """Of it what did not come from the sun [J]: import, generator, and charge of unknown origin that the run spent."""
        return self.imported + self.genset + np.maximum(-self.stored, 0.0) * self.bought

    @property
    def carbon_free_share(self) -> float:
        """Over all sites and members [1]; not a number where nothing was used."""
        used = float(self.used.sum())
        return 1.0 - float(self.not_carbon_free.sum()) / used if used > 0.0 else float("nan")

    def mean(self, name: str) -> float:
        """One of the energies summed over sites, averaged over members [J]."""
        value = getattr(self, name)
        return float(value.sum() / value.shape[0])


def energy_book(record: xr.Dataset, sites: list[dict]) -> EnergyBook:
    """Sum up a record.

    Parameters
    ----------
    record : xarray.Dataset
        From `open_record`; of any length and step.
    sites : list of dict
        Facts of the sites (`Network.sites`), in the record's order.

    Returns
    -------
    EnergyBook
        Energies per member and site.

    Raises
    ------
    KeyError
        Where the record lacks a flow, or its step.
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
    """Records of engines that did not split the signs inside the cuts: split in the step means, as near as they can tell."""
    made = {"p_import": lambda r: r["p_grid"].clip(min=0.0), "p_charge": lambda r: (-r["p_battery"]).clip(min=0.0),
            "p_it_shed": lambda r: np.minimum(r["p_shed"], r["p_it_held_back"]),
            "p_mppt_loss": lambda r: r["p_pv_available"] - r["p_pv"] - r["p_curtailed"]}
    return record.assign({name: make(record) for name, make in made.items() if name not in record})


def _local_hour(record: xr.Dataset, sites: list[dict]) -> np.ndarray:
    """Hour of local standard time at the middle of every step, (site, time)."""
    middle = record["time"].values.astype("datetime64[ns]").astype("int64") * 1e-9 - 0.5 * record["step"].values
    return np.stack([((middle + site.get("utc_offset", 0.0)) // 3600 % 24).astype(int) for site in sites])

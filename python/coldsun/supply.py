"""Study of the coolant supply: its highest temperature at which junctions enter their cap band on fewer than a share of days."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from scipy import stats

from . import _engine, intervals
from .errors import InputError
from .studies import handover_drift

_STEP = 6.0   # K, decrease of the first temperature while caps act


@dataclass
class Answer:
    """Result of `supply_limit` for one twin, with 95 % intervals; temperatures in degC."""

    twin: str              # "without handovers" or "with handovers"
    found: float           # supply temperature at which the quantile of the day's hottest junction reaches its cap band
    low: float             # its interval, by order statistics
    high: float
    days: int              # days of the confirmation run
    hot_days: int          # of them, days with a junction in its cap band
    share: float
    share_low: float       # its interval, Wilson
    share_high: float


def margins(data: xr.Dataset) -> xr.DataArray:
    """Day's hottest junction minus the start of its cap band (twin, member) [K]; NaN where a member is frozen."""
    frozen = np.vectorize(lambda f: _engine.is_fatal(int(f)))(data["flags"].values)
    return data["margin"].sel(group="hall").where(~xr.DataArray(frozen, dims=data["flags"].dims))


def _sound(margin: xr.DataArray) -> np.ndarray:
    return margin.values[np.isfinite(margin.values)]


def supply_limit(site, days: int = 384, share: float = 0.01, *, first_degc: float = 38.0, seed: int = 1, dt: float = 30.0, n_field: int = 8,
                 out: str | Path, executor=None, workers: int | None = 1, batch: int = 4, progress=True,
                 hours: float = 24.0, draw: dict | None = None) -> tuple[xr.Dataset, list[Answer]]:
    """Highest coolant supply temperature at which a junction enters its cap band on less than `share` of days, with and without handovers.

    A first run, with lumped plates and the supply constant at `first_degc` [degC], gives the distribution of the day's hottest junction. A junction
    follows its coolant; so the supply may rise by the distance of the (1 - share) quantile to the cap band. A second run at that temperature,
    with `n_field` resolved plates and other days, confirms it. Dates are spread over the year, four members on each, with parameters from the
    site's priors. Both runs keep their batches in `out` and resume from them. `draw` as in `handover_drift`:
    each day has its own values of those keys.

    Returns
    -------
    Dataset, list of Answer
        Margins (supply, twin, member) [K], as in ``supply.nc`` in `out`, and one answer per twin.

    Raises
    ------
    InputError
        An argument or the site is invalid; `days` is no multiple of 4, or too few for `share`.

    Examples
    --------
    >>> import tempfile
    >>> data, answers = supply_limit("small", 4, 0.5, hours=0.1, n_field=0, out=tempfile.mkdtemp(), progress=False)
    >>> [answer.twin for answer in answers], data["margin"].dims
    (['without handovers', 'with handovers'], ('supply', 'twin', 'member'))
    """
    if not 0.0 < share < 1.0:
        raise InputError(f"share = {share:g}; accepted: between 0 and 1")
    if days < 4 or days % 4:
        raise InputError(f"days = {days}; accepted: a multiple of 4, the number of members per date")
    if days * share < 1.0:
        least, better = math.ceil(1.0 / share), math.ceil(3.8 / share)
        raise InputError(f"days = {days}, share = {share:g}: less than one day; accepted: at least {least} days, better {better}")
    folder = Path(out)

    def sample(degc: float, fields: int, chance: int) -> xr.DataArray:
        study = handover_drift(site, days, hours, n_field=fields, seed=chance, dt=dt, paths=("all",), trace_every=0, supply_degc=degc, dates=days // 4,
                               draw=draw)
        data = study.run(executor, workers, out=folder / f"supply_{degc:.1f}_fields_{fields}", resume=True, batch=batch, progress=progress)
        return margins(data)

    first = sample(first_degc, 0, seed)
    while max(intervals.quantile(_sound(first.isel(twin=t)), 1.0 - share)[0] for t in range(2)) > -0.5:   # caps act and shift the margins
        first_degc -= _STEP
        first = sample(first_degc, 0, seed)
    rise = [intervals.quantile(_sound(first.isel(twin=t)), 1.0 - share) for t in range(2)]
    confirmed = math.floor(10.0 * (first_degc - max(r[0] for r in rise))) / 10.0
    second = sample(confirmed, n_field, seed + 1)   # independent days
    answers = []
    for t, name in enumerate(("without handovers", "with handovers")):
        again = _sound(second.isel(twin=t))
        hot = int((again > 0.0).sum())
        value, low, high, _ = rise[t]
        answers.append(Answer(name, first_degc - value, first_degc - high, first_degc - low, len(again), hot, hot / len(again),
                              *stats.binomtest(hot, len(again)).proportion_ci(method="wilson")))
    data = xr.concat([first, second], xr.Variable("supply", [first_degc, confirmed], {"units": "degC"})).to_dataset(name="margin")
    data["margin"].attrs = {"units": "K", "long_name": "day's hottest junction minus the start of its cap band"}
    data = data.drop_vars("group").assign_attrs(share=share, days=days, seed=seed, first_degc=first_degc, confirmed_degc=confirmed, site=str(site))
    part = folder / "supply.part"
    data.to_netcdf(part, engine="h5netcdf")
    os.replace(part, folder / "supply.nc")
    return data, answers


def sentences(data: xr.Dataset, answers: list[Answer]) -> list[str]:
    """The answers as text, two sentences per twin."""
    share = 100.0 * data.attrs["share"]
    out = []
    for a in answers:
        low = "no bound" if math.isinf(a.low) else f"{a.low:.1f}"
        high = "no bound" if math.isinf(a.high) else f"{a.high:.1f}"
        out.append(f"{a.twin}: a junction enters its cap band on fewer than {share:g} % of days up to a coolant supply of {a.found:.1f} °C "
                   f"(95 %: {low} to {high} °C; {a.days} days)")
        out.append(f"  second run at {data.attrs['confirmed_degc']:.1f} °C: {a.hot_days} of {a.days} days, {100 * a.share:.2f} % "
                   f"({100 * a.share_low:.2f} to {100 * a.share_high:.2f} %)" + ("" if a.share < data.attrs["share"] else ": NOT CONFIRMED"))
    return out

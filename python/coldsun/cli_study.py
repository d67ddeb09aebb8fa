"""``coldsun study``: handover drift, and the highest coolant supply temperature."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.text import Text

from .errors import InputError, stop_status
from .priors import parse


def study(
    site: Annotated[str, typer.Argument(help="shipped site (atacama, masdar), or path of a TOML file")],
    members: Annotated[int, typer.Option(help="number of ensemble members; each is compared with its own twin without outages")] = 256,
    hours: Annotated[float, typer.Option(help="length of each member's run [h]")] = 6.0,
    start: Annotated[Optional[str], typer.Option(help="start of the runs, ISO 8601, UTC; default: start of the site's demo day")] = None,
    seed: Annotated[int, typer.Option(help="random seed")] = 1,
    dt: Annotated[float, typer.Option(help="fixed time step [s]")] = 10.0,
    draw: Annotated[Optional[list[str]], typer.Option(help="key of the site drawn from a prior, KEY=normal:MEAN:DEVIATION[:LOW:HIGH] in SI; also "
                                                           "uniform:LOW:HIGH, lognormal:MEDIAN:DEVIATION_OF_LOG, triangular:LOW:MODE:HIGH; may be "
                                                           "repeated")] = None,
    per_draw: Annotated[int, typer.Option(help="number of members with the same drawn values")] = 1,
    n_field: Annotated[int, typer.Option(help="number of nodes with a resolved plate, the hottest types first; -1: use the value from the site file")] = 8,
    limit: Annotated[float, typer.Option(help="threshold of the junction temperature drift [K]")] = 1.0,
    paths: Annotated[Optional[list[str]], typer.Option(help="effect of outages to compare with none: all, stall, burst, stale or none; may be repeated; "
                                                       "default: all, then each alone")] = None,
    workers: Annotated[Optional[int], typer.Option(help="number of worker processes; default: one per processor")] = None,
    batch: Annotated[int, typer.Option(help="members per batch; results do not depend on it")] = 16,
    dask: Annotated[Optional[str], typer.Option(help="address of a Dask scheduler whose workers can write to --out; default: local processes")] = None,
    record: Annotated[Optional[Path], typer.Option("--out", help="folder of batches, result and plots; default: runs/NAME-study or runs/NAME-supply")] = None,
    resume: Annotated[bool, typer.Option(help="continue from the batches in --out")] = False,
    supply: Annotated[bool, typer.Option(help="find the highest coolant supply temperature at which a junction enters its cap band on fewer than --share "
                                         "of days")] = False,
    days: Annotated[int, typer.Option(help="with --supply: number of days sampled, a multiple of 4")] = 384,
    share: Annotated[float, typer.Option(help="with --supply: accepted share of days, 0 to 1")] = 0.01,
    as_json: Annotated[bool, typer.Option("--json", help="print the results as JSON")] = False,
) -> None:
    """Run a Monte Carlo study of outages: parameters from the site's priors, each member compared with its own twin without outages."""
    folder = record or Path("runs") / f"{Path(site).stem}-{'supply' if supply else 'study'}"
    if resume and not folder.is_dir():
        raise InputError(f"--resume: {folder} does not exist; accepted: the folder of an earlier study")
    priors = dict(parse(text) for text in draw or ())
    with _executor(dask) as executor:
        if supply:
            return _supply(site, days, share, seed, n_field, folder, executor, workers, as_json, priors)
        from .studies import ALL, handover_drift
        from .twin import PATHS

        fields = None if n_field < 0 else n_field
        made = handover_drift(site, members, hours, n_field=fields, seed=seed, start=start, dt=dt, paths=tuple(paths or (ALL, *PATHS)), limit=limit,
                              draw=priors, per_draw=per_draw)
        try:
            data = made.run(executor, workers, out=folder, resume=resume, batch=batch, progress=not as_json)
        except KeyboardInterrupt as error:
            _stopped(folder)
            raise typer.Exit(stop_status(error)) from None
    _tell(data, folder, as_json)


class _executor:
    """A Dask cluster's executor, or None."""

    def __init__(self, address: str | None):
        self.address, self.client = address, None

    def __enter__(self):
        if self.address is None:
            return None
        try:
            from distributed import Client
        except ImportError:
            raise InputError("--dask: the package distributed is not installed; accepted: pip install 'coldsun[study]'") from None
        try:
            self.client = Client(self.address, timeout=10)
        except (OSError, ValueError) as error:
            raise InputError(f"--dask {self.address}: no answer ({type(error).__name__}); accepted: the address of a running Dask scheduler") from None
        return self.client.get_executor(retries=3)

    def __exit__(self, *_):
        if self.client is not None:
            self.client.close()


def _stopped(folder: Path) -> None:
    from .cli import err

    err.print(f"stopped; the batches in {folder} are complete, --resume continues", highlight=False, soft_wrap=True)


def _tell(data, folder: Path, as_json: bool) -> None:
    from . import plots_study as plots
    from .cli import _table, out
    from .study_tables import drift_table, regions, sound

    rows = drift_table(data)
    pictures = [plots.draw_fan(data, folder / "fan.png"), plots.draw_exceedance(data, folder / "exceedance.png")]
    _csv(rows, folder / "drift.csv")
    frozen = data.sizes["member"] - sound(data).sizes["member"]
    a = data.attrs
    if as_json:
        print(json.dumps({"study": str(folder / "study.nc"), "members": data.sizes["member"], "frozen": frozen, "rate": a["rate"],
                          "wall_seconds": a["wall_seconds"], "rows": [_finite(vars(r)) for r in rows],
                          "regions": [_finite(vars(r)) for r in regions(data, str(data["path"].values[0]))]}))
    else:
        heads = [("path", "left"), ("value", "right"), ("unit", "left"), ("95 %", "right"), ("quantity: with outages against without", "left")]
        table = _table(f"{a['title']}: {data.sizes['member']} members", heads)
        for name in dict.fromkeys(r.name for r in rows):   # grouped by quantity
            of = [r for r in rows if r.name == name]
            for k, r in enumerate(of):
                table.add_row(r.path, f"{r.value + 0.0:.4g}", r.unit, f"{_end(r.low)} to {_end(r.high)}", Text("" if k else name), end_section=r is of[-1])
        out.print(table)
        out.print(_speed(a, data.sizes["member"]), highlight=False, soft_wrap=True)
        for picture in pictures:
            out.print(f"plot:    {picture} (data: {picture.with_suffix('.nc').name})", highlight=False, soft_wrap=True)
        out.print(f"study:   {folder / 'study.nc'} (xarray.open_dataset)", highlight=False, soft_wrap=True)
    if frozen:
        raise InputError(f"{frozen} of {data.sizes['member']} members were frozen by a fault; the results leave them out")


def _supply(site, days, share, seed, n_field, folder, executor, workers, as_json, priors) -> None:
    from . import plots_study as plots
    from .cli import out
    from .supply import sentences, supply_limit

    data, answers = supply_limit(site, days, share, seed=seed, n_field=max(0, n_field), out=folder, executor=executor, workers=workers, progress=not as_json,
                                 draw=priors)
    picture = plots.draw_supply(data, answers, folder / "supply.png")
    _csv(answers, folder / "supply.csv")
    if as_json:
        print(json.dumps({"study": str(folder / "supply.nc"), "confirmed_degc": data.attrs["confirmed_degc"], "answers": [_finite(vars(a)) for a in answers]}))
        return
    for line in sentences(data, answers):
        out.print(line, highlight=False, soft_wrap=True)
    out.print(f"plot:    {picture}", highlight=False, soft_wrap=True)


def _speed(a: dict, members: int) -> str:
    """Speed of the study beside a published one; where no batch was run, from the times kept in the batches."""
    from .studies import RAPS

    spec = json.loads(a["spec"])
    simulated, states = members * spec["hours"] * 3600, len(spec["paths"]) + 1
    by_worker = f"{members} members took {a['seconds']:.0f} worker-seconds: {simulated / max(a['seconds'], 1e-9):,.0f} member-seconds per worker-second"
    if a["members_run"]:
        by_worker = f"{a['members_run']:.0f} members in {a['wall_seconds']:.0f} s: {a['rate']:,.0f} member-seconds per second; " + by_worker
    return f"{by_worker}, with {states} twins per member and steps of {spec['dt']:g} s; for comparison {RAPS}"


def _csv(rows, path: Path) -> None:
    """The results as a small CSV file, to be kept without the batches."""
    import pandas as pd

    pd.DataFrame([vars(r) for r in rows]).to_csv(path, index=False, float_format="%.6g")


def _end(x: float) -> str:
    return "no bound" if math.isinf(x) else f"{x + 0.0:.4g}"   # no "-0"


def _finite(row: dict) -> dict:
    """A row for JSON; infinity and NaN become null."""
    return {k: v if not isinstance(v, float) or math.isfinite(v) else None for k, v in row.items()}

"""The command `plan`: place, start and power cap of each waiting job, with the expected bill beside those of common scheduling rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.text import Text

from .errors import InputError
from .plan import DEFAULT


def minutes(text: str) -> float:
    """Minutes of a time span such as "5min", "1h" or "15" (minutes); InputError for any other text.

    >>> minutes("1h"), minutes("2.5")
    (60.0, 2.5)
    """
    import pandas as pd

    try:
        span = pd.Timedelta(text if not text.replace(".", "", 1).isdigit() else f"{text}min").total_seconds() / 60.0
    except ValueError:
        span = 0.0
    if not span > 0.0:
        raise InputError(f"every = {text!r}; accepted: a time span such as 5min or 1h")
    return span


def _weights(given: list[str]) -> dict[str, float]:
    out = {}
    for text in given:
        line, _, price = text.partition("=")
        try:
            out[line] = float(price)
        except ValueError:
            raise InputError(f"--weight {text}; accepted: LINE=PRICE, a line of the bill and its price [USD per unit], e.g. carbon=0.5") from None
    return out


def _bill(plan, table):
    heads, rows = plan.statement()
    title = "expected bill over the horizon, mean of the scenarios; lower is better" + ("; other columns: difference from FCFS" if len(heads) > 2 else "")
    names = [name.replace("USD per ", "USD/\n").replace(" - fcfs", "\n- fcfs") for name in heads]
    names = [name.replace("-a", "-\na").replace("-green", "-\ngreen") for name in names]
    view = table(title, [("line", "left"), ("unit", "left"), *((name, "right") for name in names)])
    for row in rows:
        view.add_row(*(Text(cell, "bold" if row[0] == "score" else "") for cell in row), end_section=row is rows[len(plan.weight) - 1])
    return view


def plan(
    site: Annotated[str, typer.Argument(help="shipped site or network (atacama, masdar, pilots), or path of a TOML file")],
    at: Annotated[Optional[str], typer.Option(help="time of the decision, ISO 8601, UTC; default: start of the demo day plus the backlog")] = None,
    backlog: Annotated[float, typer.Option(help="time before the decision during which arriving jobs wait for it [h]")] = 0.5,
    horizon: Annotated[float, typer.Option(help="planning horizon [h]")] = DEFAULT["horizon"] / 3600.0,
    seed: Annotated[int, typer.Option(help="random seed")] = 1,
    plans: Annotated[int, typer.Option(help="number of plans priced")] = DEFAULT["plans"],
    scenarios: Annotated[int, typer.Option(help="number of irradiance scenarios per plan")] = DEFAULT["scenarios"],
    seconds: Annotated[float, typer.Option(help="limit of the search [s]; the best plan so far is taken")] = float("inf"),
    policy: Annotated[str, typer.Option(help="scheduling policy: search, fcfs, easy, greedy-green or wait-awhile")] = DEFAULT["policy"],
    weight: Annotated[Optional[list[str]], typer.Option(help="LINE=PRICE: price of a line of the bill [USD per unit] in place of the default, e.g. "
                                                        "carbon=0.5; may be repeated")] = None,
    device: Annotated[str, typer.Option(help="device of the twin: auto, cpu or cuda")] = "auto",
    record: Annotated[Optional[Path], typer.Option("--out", help="folder of the plot and the netCDF file; default: runs/plan_NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print bill and jobs as JSON")] = False,
) -> None:
    """Plan the waiting jobs: place, start and power cap of each, from forecast irradiance, contact windows, grid price and carbon intensity."""
    import pandas as pd

    from . import plots_plan
    from .cli import _network, _table, err, out
    from .plan import options
    from .twin import Twin, parse_start

    network = _network(site)
    settings = dict(plans=plans, scenarios=scenarios, policy=policy, seconds=seconds, weights=_weights(weight or []))
    if not 0.0 <= backlog <= 48.0:
        raise InputError(f"backlog = {backlog:g}; accepted: 0 to 48 hours")
    if not 0.0 < horizon <= 9600.0:
        raise InputError(f"horizon = {horizon:g}; accepted: more than 0, at most 9600 hours")
    options(horizon, **settings)   # checked before anything is simulated
    dt = 10.0
    moment = parse_start(network, at).floor("10s") if at is not None else parse_start(network, None) + pd.Timedelta(hours=backlog)
    steps = round(backlog * 3600.0 / dt)
    before = pd.Timedelta(seconds=steps * dt)
    twin = Twin(network, 1, seed, start=(moment - before).isoformat(), hours=before.total_seconds() / 3600.0 + horizon, dt=dt, device=device)
    for line in twin.warnings():
        err.print(f"warning: {line}", highlight=False, markup=False, soft_wrap=True)
    twin.hold(backlog + horizon)
    if not as_json:
        err.print(f"{network.title}: backlog of {backlog:g} h until {moment:%Y-%m-%d %H:%M} UTC, seed {seed}, device {twin.device}",
                  highlight=False, soft_wrap=True)
    twin.step(steps)
    found = twin.plan(horizon, **settings)
    folder = record or Path("runs") / f"plan_{network.name}"
    data, picture = found.to_netcdf(folder / "plan.nc"), plots_plan.gantt(found, folder / "plan.png")
    if as_json:
        bill = {name: {" ".join(filter(None, key)): value for key, value in column.items()} for name, column in found.bill.items()}
        weight = {" ".join(key): value for key, value in found.weight.items()}
        jobs = json.loads(found.jobs.reset_index().to_json(orient="records", date_format="iso"))
        print(json.dumps({"made": str(found.made), "effect": str(found.effect), "wall_time": found.wall_time, "priced": found.decision["n_priced"],
                          "bill": bill, "weight": weight, "money": found.money.to_dict(), "jobs": jobs, "data": str(data), "picture": str(picture)}))
        return
    out.print(_bill(found, _table))
    out.print(f"{found.summary()}.", highlight=False, soft_wrap=True)
    rolled = f"{found.decision['n_different']:,} different schedules simulated"
    priced = f"{found.decision['n_priced']:,} plans x {scenarios} scenarios in {found.wall_time:.1f} s ({rolled})"
    out.print(f"{priced}; in force from {found.effect:%H:%M:%S} UTC", highlight=False, soft_wrap=True)
    out.print(f"plot:    {picture}\ndata:    {data}", highlight=False, soft_wrap=True)

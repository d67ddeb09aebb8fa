"""The command line: the same verbs as the Python face. Exit status 0 only when the work was done."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.table import Table

from .errors import InputError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
out, err = Console(), Console(stderr=True)


def _show(rows) -> None:
    table = Table(title="the run in figures", title_justify="left")
    for head, justify in (("", "left"), ("figure", "right"), ("unit", "left"), ("plausible", "right"), ("source of the range", "left")):
        table.add_column(head, justify=justify)
    for row in rows:
        high = "" if row.high == float("inf") else f"{row.high:,.4g}"
        mark = "" if row.plausible else " [red](outside)[/red]"
        unit = "" if row.unit == "1" else row.unit
        table.add_row(row.name, f"{row.value:,.4g}{mark}", f"{unit} {row.remark}".strip(), f"{row.low:,.4g} .. {high}", row.source)
    out.print(table)


def _network(name: str):
    from .site import load_network

    return load_network(name)


@app.command()
def run(
    site: Annotated[str, typer.Argument(help="a shipped site or network (atacama, masdar, pilots), or a TOML file")],
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    start: Annotated[Optional[str], typer.Option(help="first instant, ISO 8601, UTC; by default the site's demo day")] = None,
    hours: Annotated[float, typer.Option(help="length of the run")] = 24.0,
    dt: Annotated[float, typer.Option(help="step of the time grid [s]")] = 10.0,
    seed: Annotated[int, typer.Option(help="of all chance")] = 1,
    members: Annotated[int, typer.Option(help="size of the ensemble")] = 1,
    first_member: Annotated[int, typer.Option(help="number of the first member")] = 0,
    weather: Annotated[Optional[Path], typer.Option(help="EPW or SAM CSV file instead of the site's climate")] = None,
    record: Annotated[Optional[Path], typer.Option("--out", help="folder of the record; a picture goes beside it")] = None,
    resume: Annotated[bool, typer.Option(help="go on from the record's last closed segment")] = False,
    paths_off: Annotated[Optional[list[str]], typer.Option(help="switch off a path of the outage: stall, burst, stale")] = None,
    fields: Annotated[bool, typer.Option(help="record plate temperature fields too")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the figures as JSON")] = False,
) -> None:
    """Run a coupled twin, leave a record (HDF5) and a picture of the day, print its figures."""
    from . import plots
    from .report import counts, day_table
    from .twin import Twin

    network = _network(site)
    folder = record or Path("runs") / network.name
    twin = Twin(network, members, seed, start=start, hours=hours, dt=dt, device=device, weather=weather, first_member=first_member,
                paths_off=paths_off or ())
    for line in twin.warnings():
        err.print(f"warning: {line}", highlight=False, markup=False, soft_wrap=True)
    if not as_json:
        err.print(f"{network.title}: {twin.start:%Y-%m-%d %H:%M} UTC, {hours:g} h, {members} member(s), seed {seed}, on the {twin.device}", highlight=False)
        for facts in network.sites:
            err.print(counts(facts), highlight=False, soft_wrap=True)
    try:
        data = twin.run(out=folder, resume=resume, progress=err.is_terminal and not as_json, fields=fields)
    except KeyboardInterrupt:
        err.print(f"stopped at {twin.time:%Y-%m-%d %H:%M:%S} UTC; the record in {folder} is whole up to there, --resume goes on", highlight=False)
        raise typer.Exit(130) from None
    rows = day_table(data, network.sites)
    if as_json:
        print(json.dumps({"record": str(folder), "rows": [vars(r) | {"plausible": r.plausible} for r in rows], "frozen": twin.frozen()}))
    else:
        _show(rows)
    for name in (str(n) for n in data["site"].values):
        picture = plots.day(data, folder / f"day_{name}.png", site=name)
        if not as_json:
            out.print(f"picture: {picture}", highlight=False)
    if not as_json:
        out.print(f"record:  {folder} (xarray: coldsun.open_record({str(folder)!r}))", highlight=False)
    if twin.frozen():
        raise InputError(f"{twin.frozen()} of {members} member(s) were frozen: {twin.flag_text()}; the record holds them to where they stopped")


@app.command()
def check(
    site: Annotated[str, typer.Argument(help="a shipped site or network, or a TOML file")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read a site, say what it is and what is assumed in it."""
    network = _network(site)
    print(network.describe_json() if as_json else network.describe())


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Versions, backends, threads, device; what is missing and how to get it."""
    from .doctor import examine

    rows = examine()
    if as_json:
        print(json.dumps([dict(zip(("what", "found", "remark"), row)) for row in rows]))
        return
    table = Table()
    for head in ("", "found", "how to get more"):
        table.add_column(head)
    for row in rows:
        table.add_row(*row)
    out.print(table)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context) -> None:
    """Time every kernel: bytes and flops counted, share of this machine's measured limit. Takes Google Benchmark's options."""
    program = Path(str(files("coldsun") / "bin" / "coldsun_bench"))
    if not program.is_file():
        raise InputError(f"{program}: the benchmark is not part of this build; accepted: a build where Google Benchmark was found (apt: libbenchmark-dev)")
    raise typer.Exit(subprocess.run([str(program), *context.args], check=False).returncode)


def main() -> None:
    """Entry point: bad input is one sentence on standard error and exit status 2."""
    try:
        app()
    except InputError as error:
        err.print(f"Error: {error}", highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    main()

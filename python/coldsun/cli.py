"""The command line: `coldsun` and its subcommands, with the functions of the package. Exit status 0 only when the work is done."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from importlib.resources import files
from pathlib import Path
from typing import Annotated, NoReturn, Optional

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from . import cli_shadow
from .cli_plan import minutes, plan
from .cli_study import study
from .console import Console
from .errors import InputError, ending_signals, stop_status
from .plan import DEFAULT

# no markup mode: rich would take units such as [s] for markup and drop them
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="Digital twin of zero-carbon data centres: cold plates, PV and battery on a DC bus, satellite links, jobs.")
cli_shadow.register(app)
RUN_PLANS = 256   # plans priced at each decision of a run
out, err = Console(), Console(stderr=True)


def _table(title: str | None, heads: list[tuple[str, str]]) -> Table:
    """A table without boxes, to fit 80 columns; only the last column wraps, between words."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for k, (head, justify) in enumerate(heads):
        table.add_column(head, justify=justify, no_wrap=k < len(heads) - 1)
    return table


def _show(rows, hours: float) -> None:
    heads = [("quantity", "left"), ("value", "right"), ("unit", "left"), ("plausible", "right"), ("source of the range", "left")]
    table = _table(f"results of the run, {hours:g} h", heads)
    for row in rows:
        value = Text(row.text(row.value), "" if row.plausible else "bold red")
        source = Text(row.source if row.plausible else f"OUTSIDE: {row.source}", "dim" if row.plausible else "bold red")
        table.add_row(row.name, value, row.unit, row.range_text, source)
        if row.remark:
            table.add_row(Text(f"  {row.remark}", "dim"))
    out.print(table)


def _network(name: str):
    from .site import load_network

    return load_network(name)


@app.command()
def run(
    site: Annotated[str, typer.Argument(help="shipped site or network (atacama, masdar, pilots), or path of a TOML file")],
    device: Annotated[str, typer.Option(help="device of the run: auto, cpu or cuda")] = "auto",
    start: Annotated[Optional[str], typer.Option(help="start of the run, ISO 8601, UTC; default: start of the site's demo day")] = None,
    hours: Annotated[float, typer.Option(help="length of the run [h]")] = 24.0,
    dt: Annotated[float, typer.Option(help="fixed time step [s]")] = 10.0,
    seed: Annotated[int, typer.Option(help="random seed")] = 1,
    members: Annotated[int, typer.Option(help="number of ensemble members")] = 1,
    first_member: Annotated[int, typer.Option(help="number of the first member; member m draws from (seed, m)")] = 0,
    weather: Annotated[Optional[list[Path]], typer.Option(help="weather file (EPW, or CSV of SAM, NSRDB or TMY3) in place of the site's climate; "
                                                          "repeat once per site")] = None,
    clouds: Annotated[Optional[bool], typer.Option("--clouds-in-series/--no-clouds-in-series", help="with --weather: draw clouds inside the file's "
                                                   "cloudy intervals, or keep each interval smooth; default: value of the site file")] = None,
    record: Annotated[Optional[Path], typer.Option("--out", help="folder of the record and of its plots; default: runs/NAME")] = None,
    resume: Annotated[bool, typer.Option(help="continue from the record's last undamaged segment; start anew if there is none")] = False,
    paths_off: Annotated[Optional[list[str]], typer.Option(help="switch off one effect of outages: stall, burst or stale; may be repeated")] = None,
    fields: Annotated[bool, typer.Option(help="also record the temperature fields of resolved plates")] = False,
    internals: Annotated[bool, typer.Option(help="also record internal fields of the engine")] = False,
    more: Annotated[Optional[list[str]], typer.Option("--record", help="also record this field of the State, e.g. poa_global or v_pv; may be "
                                                      "repeated")] = None,
    planned: Annotated[bool, typer.Option("--plan", help="plan the jobs again at intervals during the run")] = False,
    every: Annotated[Optional[str], typer.Option(help="with --plan: interval between plans; default: 5min")] = None,
    plans: Annotated[Optional[int], typer.Option(help=f"with --plan: number of plans priced per decision; default: {RUN_PLANS}")] = None,
    scenarios: Annotated[Optional[int], typer.Option(help=f"with --plan: number of forecast scenarios per plan; default: {DEFAULT['scenarios']}")] = None,
    policy: Annotated[Optional[str], typer.Option(help=f"with --plan: search, fcfs, easy, greedy-green or wait-awhile; default: {DEFAULT['policy']}")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the results as JSON")] = False,
) -> None:
    """Run a coupled twin; write a record (netCDF-4) and a plot per site; print the results."""
    from . import plots
    from .plan import decided
    from .report import counts, day_table
    from .twin import Twin

    network = _network(site)
    for name, given in dict(every=every, plans=plans, scenarios=scenarios, policy=policy).items():
        if given is not None and not planned:
            raise InputError(f"--{name} {given}: no effect without planning; accepted: together with --plan")
    folder = record or Path("runs") / network.name
    twin = Twin(network, members, seed, start=start, hours=hours, dt=dt, device=device, weather=weather or None, first_member=first_member,
                paths_off=paths_off or (), ahead_hours=24.0 if planned else 0.0, clouds_in_series=clouds)

    def opened() -> None:   # called when the run begins, so that a refused run prints its error alone
        for line in twin.warnings():
            err.print(f"warning: {line}", highlight=False, markup=False, soft_wrap=True)
        if not as_json:
            err.print(f"{network.title}: {twin.start:%Y-%m-%d %H:%M} UTC, {hours:g} h, {members} member(s), seed {seed}, on the {twin.device}",
                      highlight=False, soft_wrap=True)
            for facts in network.sites:
                err.print(counts(facts), highlight=False, soft_wrap=True)

    try:
        plan = dict(every_min=minutes(every or "5min"), plans=RUN_PLANS if plans is None else plans,
                    scenarios=DEFAULT["scenarios"] if scenarios is None else scenarios, policy=policy or DEFAULT["policy"]) if planned else None
        data = twin.run(out=folder, resume=resume, progress=not as_json, fields=fields, internals=internals, record=more or (), opened=opened, plan=plan)
    except KeyboardInterrupt as error:
        text = f"stopped at {twin.time:%Y-%m-%d %H:%M:%S} UTC; the record in {folder} is complete up to this time, --resume continues it"
        err.print(text, highlight=False, soft_wrap=True)
        raise typer.Exit(stop_status(error)) from None
    rows = day_table(data, network.sites)
    if as_json:
        print(json.dumps({"record": str(folder), "hash": twin.hash(), "frozen": twin.frozen(), "rows": [_plain(r) for r in rows]}))
    else:
        _show(rows, float(data["step"].sum()) / 3600.0)
    for name in (str(n) for n in data["site"].values):
        picture = plots.day(data, folder / f"day_{name}.png", site=name)
        if not as_json:
            out.print(f"plot:    {picture}", highlight=False, soft_wrap=True)
    if not as_json:
        if planned:
            out.print(f"plans:   {decided(data)}", highlight=False, soft_wrap=True)
        out.print(f"record:  {folder} (xarray: coldsun.open_record({str(folder)!r}))", highlight=False, soft_wrap=True)
    if twin.frozen():
        raise InputError(f"{twin.frozen()} of {members} member(s) were frozen by a fault: {twin.flag_text()}; the record holds each up to its fault")
    if twin.flag_text():
        err.print(f"warning: {twin.flag_text()}", highlight=False, markup=False, soft_wrap=True)


def _plain(row) -> dict:
    """A row for JSON; infinity and NaN become null."""
    return {k: v if not isinstance(v, float) or math.isfinite(v) else None for k, v in vars(row).items()} | {"plausible": row.plausible}


app.command()(plan)
app.command()(study)


@app.command()
def check(
    site: Annotated[str, typer.Argument(help="shipped site or network (atacama, masdar, pilots), or path of a TOML file")],
    as_json: Annotated[bool, typer.Option("--json", help="print every value with its source as JSON")] = False,
    whole: Annotated[bool, typer.Option("--long", help="also print every assumed value with its reason")] = False,
) -> None:
    """Check a site file; print its ratings and the count of measured, sourced and assumed values."""
    network = _network(site)
    print(json.dumps(network.figures()) if as_json else network.describe(whole).rstrip())
    if not (as_json or whole):
        print(f"\nall assumed values with their reasons: coldsun check {site} --long")


@app.command()
def keys() -> None:
    """Print every key of a site file: unit, accepted range, default, meaning (data/KEYS.md)."""
    from . import _engine

    print(_engine.key_page(), end="")


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="print the rows as JSON")] = False) -> None:
    """Print versions, backends, threads and device of this installation, and how to install missing parts."""
    from .doctor import examine

    rows = examine()
    if as_json:
        print(json.dumps([dict(zip(("what", "found", "remark"), row)) for row in rows]))
        return
    table = _table(None, [("part", "left"), ("found", "left"), ("how to change it", "left")])
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context) -> None:
    """Benchmark every kernel: counted bytes and flops, share of this machine's measured limit. Options are those of Google Benchmark."""
    program = Path(str(files("coldsun") / "bin" / "coldsun_bench"))
    if not program.is_file():
        raise InputError(f"{program}: the benchmark is not part of this build; accepted: a build where Google Benchmark was found (apt: libbenchmark-dev)")
    raise typer.Exit(subprocess.run([str(program), *context.args], check=False).returncode)


def main() -> None:
    """Entry point. Bad input gives one sentence on standard error and exit status 2; 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    warnings.showwarning = _warn
    try:
        with ending_signals():
            code = app(standalone_mode=False)
    except InputError as error:
        _fail(str(error))
    except KeyboardInterrupt as error:
        sys.exit(stop_status(error))
    except OSError as error:
        if error.filename is None:
            raise
        _fail(f"{error.filename}: {error.strerror}; accepted: a writable folder, readable files")
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):   # wrapped by typer
            sys.exit(stop_status(error.__cause__))
        if not hasattr(error, "format_message"):   # only a usage error of typer has one
            raise
        _fail(error.format_message())
    else:
        sys.exit(code or 0)


def _warn(message, category, filename, lineno, file=None, line=None) -> None:
    err.print(f"warning: {' '.join(str(message).split())}", highlight=False, markup=False, soft_wrap=True)


def _fail(sentence: str) -> NoReturn:
    err.print(f"Error: {' '.join(sentence.split())}", highlight=False, markup=False, soft_wrap=True)
    sys.exit(2)


if __name__ == "__main__":
    main()

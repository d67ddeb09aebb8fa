"""The commands shadow and emulate: follow a site over MQTT or from a file; be a site that is not quite as its file says."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Optional

import numpy as np
import typer
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from scipy.constants import zero_Celsius

from .console import Console
from .errors import stop_status

out, err = Console(), Console(stderr=True)
CA = Annotated[Optional[Path], typer.Option(help="certificate that signs the broker's, PEM; the machine's authorities by default")]
CERT = Annotated[Optional[Path], typer.Option(help="certificate of this client, PEM")]
KEY = Annotated[Optional[Path], typer.Option(help="its key, PEM")]
PASSWORD_FILE = Annotated[Optional[Path], typer.Option(help="file whose first line is the password; else COLDSUN_MQTT_PASSWORD of the environment")]
SHOWN = dict.fromkeys(("t_junction", "t_outlet", "t_supply", "t_return", "t_facility", "t_hall"), ("°C", 1.0, -zero_Celsius))
SHOWN |= {"flow": ("L/min", 6e4, 0.0), "soc": ("%", 100.0, 0.0), "v_bus": ("V", 1.0, 0.0)}  # the rest are powers


def _as_shown(quantity: str) -> tuple[str, float, float]:
    return SHOWN.get(quantity, ("kW", 1e-3, 0.0))


def sensors(shadow) -> Table:
    """Readings beside the band in which 90 % of them should lie, noise included; of many alike the one that fits worst. NIS should be 1."""
    table = Table(title=f"{shadow.network.title}: shadow at {shadow.twin.time:%Y-%m-%d %H:%M:%S} UTC", title_justify="left", box=None, pad_edge=False)
    for head in ("point", "said", "twin", "5 to 95 %", "unit", "NIS", "refused"):
        table.add_column(head, justify="left" if head in ("point", "unit") else "right")
    mean, noise, monitor = shadow.forecast.mean(0), shadow.quality.noise, shadow.judge.monitor
    spread = np.sqrt(shadow.forecast.var(0, ddof=1) + noise**2)
    off = np.abs(np.where(np.isfinite(shadow.value), shadow.value - mean, 0.0)) / noise
    counted = shadow.counts.snapshot()["by_point"]
    for quantity in dict.fromkeys(p["quantity"] for p, i in zip(shadow.points, shadow.input) if not i):
        of = [k for k, p in enumerate(shadow.points) if p["quantity"] == quantity]
        k = max(of, key=lambda k: off[k])
        unit, scale, shift = _as_shown(quantity)
        low, high = mean[k] - 1.645 * spread[k], mean[k] + 1.645 * spread[k]
        alike = monitor.points_of(quantity)
        nis, wrong = monitor.nis(alike), quantity in monitor.wrong_noise() or any(shadow.judge.distrusted[j] for j in of)
        refused = sum(n for by in counted.values() for j, n in by.items() if j in of)
        said = "-" if not np.isfinite(shadow.value[k]) else f"{shadow.value[k] * scale + shift:.2f}"
        table.add_row(Text(shadow.points[k]["name"]), said, f"{mean[k] * scale + shift:.2f}", f"{low * scale + shift:.2f} to {high * scale + shift:.2f}", unit,
                      Text(f"{nis:.2f}" if np.isfinite(nis) else "-", "bold red" if wrong else ""), Text(str(refused), "red" if refused else "dim"))
    return table


def parameters(shadow, most: int = 8) -> Table:
    """What is estimated; of many alike the farthest from the site file."""
    table = Table(title="estimated, over the site file", title_justify="left", box=None, pad_edge=False)
    for head, justify in (("parameter", "left"), ("mean", "right"), ("spread", "right")):
        table.add_column(head, justify=justify)
    told = shadow.parameters()[[c["log"] for c in shadow.columns]]
    nodes = told.index.str.endswith("tim_gain")
    far = told[nodes].assign(far=np.abs(np.log(told["mean"][nodes]))).nlargest(most, "far")
    for name, row in list(told[~nodes].iterrows()) + list(far.iterrows()):
        table.add_row(Text(str(name)), f"{row['mean']:.4f}", f"{row['spread']:.4f}")
    return table


def refusals(shadow) -> Text:
    reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(shadow.counts.snapshot()["by_reason"].items())) or "none"
    age = time.monotonic() - shadow.buffer.arrived
    state = "" if shadow.feed.connected or shadow.feed.stopped else "; THE BROKER IS AWAY"
    lag = max(0.0, (shadow.buffer.newest - shadow.twin._engine.time_ns) / 1e9)
    return Text(f"refused: {reasons}\nlag {lag:.0f} s behind the newest stamp, last message {age:.0f} s ago, {shadow.buffer.n_message} messages{state}")


class _View:
    """The last step's tables; how long ago that was goes on by itself."""

    def __init__(self, shadow):
        self.shadow, self.tables = shadow, []

    def step(self) -> None:
        self.tables = [sensors(self.shadow), Text(), parameters(self.shadow), Text()]

    def __rich__(self):
        if not self.tables:
            return Text("waiting for the feed" if self.shadow.feed.connected else "waiting for the broker")
        return Group(*self.tables, refusals(self.shadow), *(Text(f"! {alarm.line}", "bold red") for alarm in self.shadow.alarms[-6:]))


def _said(value: float, form: str, unit: str = "") -> str:
    """A figure, or "-" where there is none."""
    return f"{value:{form}}{unit}" if np.isfinite(value) else "-"


def summary(shadow) -> Table:
    table = Table(title="one-step errors, root mean square", title_justify="left", box=None, pad_edge=False)
    for head in ("quantity", "twin", "persistence", "unit", "taken", "NIS before the gate"):
        table.add_column(head, justify="left" if head in ("quantity", "unit") else "right")
    for quantity, row in shadow.errors().iterrows():
        unit, scale, _ = _as_shown(str(quantity))
        table.add_row(str(quantity), _said(row.twin * scale, ".3f"), _said(row.persistence * scale, ".3f"), "K" if unit == "°C" else unit,
                      _said(100 * row.taken, ".1f", " %"), _said(row.nis, ".2f"))
    return table


def shadow(
    site: Annotated[str, typer.Argument(help="a shipped site or network, or a TOML file with a table [shadow]")],
    feed: Annotated[Optional[str], typer.Option(help="mqtt[s]://[user@]host[:port], messages as in NVIDIA DSX Exchange (BMS v1)")] = None,
    replay: Annotated[Optional[Path], typer.Option(help="CSV of timestamp_ms,tag,value instead")] = None,
    ca: CA = None,
    cert: CERT = None,
    key: KEY = None,
    password_file: PASSWORD_FILE = None,
    members: Annotated[int, typer.Option(help="size of the ensemble")] = 64,
    n_field: Annotated[int, typer.Option(help="nodes resolved as fields, the hottest types first; -1: as the site")] = 8,
    record: Annotated[Optional[Path], typer.Option("--out", help="folder of the record; one that is there is gone on with")] = None,
    hours: Annotated[float, typer.Option(help="how long to follow")] = 24.0,
    start: Annotated[Optional[str], typer.Option(help="first instant, ISO 8601; by default the first time stamp heard")] = None,
    dt: Annotated[float, typer.Option(help="step [s]")] = 10.0,
    lag: Annotated[float, typer.Option(help="how long to wait for late readings, in the source's time [s]")] = 30.0,
    seed: Annotated[int, typer.Option(help="of all chance")] = 1,
    segment_hours: Annotated[float, typer.Option(help="time between checkpoints")] = 1.0,
    keep_hours: Annotated[float, typer.Option(help="how much of the record is kept in full; the newest two segments are in any case")] = 2.0,
    thin: Annotated[float, typer.Option(help="a row per so many seconds in what is older; 0: thin nothing")] = 120.0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda")] = "auto",
    adapt_noise: Annotated[bool, typer.Option("--adapt-noise", help="where an instrument's noise is found wrong, go on with the noise that is seen")] = False,
) -> None:
    """Follow a site: an ensemble corrected by what its instruments say; a restart goes on from the last checkpoint."""
    from . import feeds
    from .shadow import Shadow
    from .site import load_network

    network = load_network(site, None if n_field < 0 else n_field)
    source = feeds.from_words(feed, replay, ca=ca, cert=cert, key=key, password_file=password_file)
    s = Shadow(network, source, members, record or Path("runs") / f"shadow_{Path(site).stem}", seed=seed, start=start, hours=hours, dt=dt,
               lag=lag, segment_hours=segment_hours, keep_hours=keep_hours, thin=thin, device=device, quality={"adapt_noise": adapt_noise})
    said = 0
    stopped = 0

    def tell(s) -> None:
        nonlocal said
        for alarm in s.alarms[said:]:
            err.print(f"alarm at {alarm.time:%H:%M:%S}: {alarm}", highlight=False, markup=False, soft_wrap=True)
        said = len(s.alarms)

    try:
        if out.is_terminal:
            view = _View(s)
            with Live(view, console=out, refresh_per_second=4):
                s.follow(progress=lambda s: (tell(s), view.step()) and None)
        else:
            s.follow(progress=lambda s: tell(s))
    except KeyboardInterrupt as error:
        stopped = stop_status(error)
    if s.twin is not None and np.ndim(s.forecast) == 2:
        if not out.is_terminal:
            last = _View(s)
            last.step()
            out.print(last)
        out.print(summary(s))
    if not any(s.folder.glob("segment_*.nc")):
        out.print("record:  none, no step was made", highlight=False)
    else:
        size = sum(f.stat().st_size for f in s.folder.glob("*")) / 1e6
        out.print(f"record:  {s.folder}, {size:.0f} MB (xarray: coldsun.open_record({str(s.folder)!r}))", highlight=False, soft_wrap=True)
    if stopped:
        raise typer.Exit(stopped)


def emulate(
    site: Annotated[str, typer.Argument(help="a shipped site or network, or a TOML file with a table [shadow]")],
    feed: Annotated[str, typer.Option(help="broker to publish to, mqtt[s]://[user@]host[:port]")] = "mqtt://localhost",
    ca: CA = None,
    cert: CERT = None,
    key: KEY = None,
    password_file: PASSWORD_FILE = None,
    hours: Annotated[float, typer.Option(help="how long")] = 24.0,
    start: Annotated[Optional[str], typer.Option(help="first instant, ISO 8601; by default the site's demo day")] = None,
    dt: Annotated[float, typer.Option(help="step and interval of the values [s]")] = 10.0,
    speed: Annotated[float, typer.Option(help="times real time; 0: as fast as a shadow acknowledges")] = 1.0,
    seed: Annotated[int, typer.Option(help="of the site's chance and of its interfaces")] = 1001,
    tim_sigma: Annotated[float, typer.Option(help="spread of ln(interface resistance over the file's)")] = 0.2,
    flow: Annotated[float, typer.Option(help="coolant flow over the file's")] = 0.94,
    meter: Annotated[float, typer.Option(help="what the flow meter says over what flows")] = 1.04,
    soiling: Annotated[float, typer.Option(help="share of light that dirt takes beyond the file's")] = 0.04,
    stuck: Annotated[Optional[list[str]], typer.Option(help="a point that gets stuck: its name, or a part of its topic; may be given again")] = None,
    stuck_after: Annotated[float, typer.Option(help="when, hours from the start")] = 0.25,
    clock_off: Annotated[float, typer.Option(help="let the clock be so far off [s] for as long again from then on")] = 0.0,
    clock_of: Annotated[Optional[list[str]], typer.Option(help="whose clock, named as in --stuck; all by default; may be given again")] = None,
    noise: Annotated[Optional[list[str]], typer.Option(help="true noise over the told one: FACTOR, or POINT=FACTOR[@HOURS]; may be repeated")] = None,
    gain: Annotated[Optional[list[str]], typer.Option(help="meter gain: POINT=FACTOR[@HOURS]; may be repeated")] = None,
    offset: Annotated[Optional[list[str]], typer.Option(help="sensor offset in its published unit: POINT=OFFSET[@HOURS]; may be repeated")] = None,
    unit: Annotated[Optional[list[str]], typer.Option(help="publish in another unit unannounced: POINT=UNIT[@HOURS]; may be repeated")] = None,
    interface: Annotated[Optional[list[str]], typer.Option(help="interface resistance jumps: NODE=FACTOR[@HOURS]; may be repeated")] = None,
    node_flow: Annotated[Optional[list[str]], typer.Option(help="coolant flow of a node over its own: NODE=FACTOR[@HOURS]; may be repeated")] = None,
    heat_share: Annotated[float, typer.Option(help="share of node power that heats the coolant, over the file's")] = 1.0,
    battery_capacity: Annotated[float, typer.Option(help="battery capacity over the file's")] = 1.0,
) -> None:
    """Publish a second, perturbed site, as instruments would: another seed, other interfaces, flow, dirt; noise; a stuck instrument on request."""
    from .emulate import Emulator, Publisher
    from .mqtt import Address
    from .site import load_network

    at = Address.of(feed, ca=ca, cert=cert, key=key, password_file=password_file)
    e = Emulator(load_network(site), seed=seed, start=start, hours=hours, dt=dt, tim_sigma=tim_sigma, flow=flow, meter=meter, soiling=soiling,
                 stuck=stuck or (), stuck_after=stuck_after, clock_off=clock_off, clock_of=clock_of or (), noise=noise or (), gain=gain or (),
                 offset=offset or (), unit=unit or (), interface=interface or (), node_flow=node_flow or (),
                 heat_share=heat_share, battery_capacity=battery_capacity)
    err.print(f"{e.network.title}: {len(e.points)} points every {dt:g} s for {hours:g} h to {at}", highlight=False, soft_wrap=True)
    for k in e.stuck:
        err.print(f"stuck after {stuck_after:g} h: {e.points[k]['name']}", highlight=False, markup=False, soft_wrap=True)
    try:
        Publisher(e, at, speed=speed).run()
    except KeyboardInterrupt as error:
        raise typer.Exit(stop_status(error)) from None


def register(app: typer.Typer) -> None:
    app.command()(shadow)
    app.command()(emulate)

"""The commands `shadow` (follow a site over MQTT or from a file) and `emulate` (publish a site that differs from its file)."""

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
CA = Annotated[Optional[Path], typer.Option(help="CA certificate of the broker, PEM; default: the system's certificate authorities")]
CERT = Annotated[Optional[Path], typer.Option(help="client certificate, PEM; default: none")]
KEY = Annotated[Optional[Path], typer.Option(help="private key of the client certificate, PEM; default: none")]
PASSWORD_FILE = Annotated[Optional[Path], typer.Option(help="file with the password in its first line; default: environment variable "
                                                       "COLDSUN_MQTT_PASSWORD")]
SHOWN = dict.fromkeys(("t_junction", "t_outlet", "t_supply", "t_return", "t_facility", "t_hall"), ("°C", 1.0, -zero_Celsius))
SHOWN |= {"flow": ("L/min", 6e4, 0.0), "soc": ("%", 100.0, 0.0), "v_bus": ("V", 1.0, 0.0)}  # all other quantities are powers


def _as_shown(quantity: str) -> tuple[str, float, float]:
    return SHOWN.get(quantity, ("kW", 1e-3, 0.0))


def sensors(shadow) -> Table:
    """Table of readings beside the forecast and its 5 to 95 % band (noise included): per quantity the point with the largest deviation. NIS should be 1."""
    table = Table(title=f"{shadow.network.title}: shadow at {shadow.twin.time:%Y-%m-%d %H:%M:%S} UTC", title_justify="left", box=None, pad_edge=False)
    for head in ("point", "reading", "forecast", "5 to 95 %", "unit", "NIS", "refused"):
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
    """Table of estimated parameters over their site-file values; of the interface resistances the `most` that differ most."""
    table = Table(title="estimated parameters over their site-file values", title_justify="left", box=None, pad_edge=False)
    for head, justify in (("parameter", "left"), ("mean", "right"), ("spread", "right")):
        table.add_column(head, justify=justify)
    told = shadow.parameters()[[c["log"] for c in shadow.columns]]
    nodes = told.index.str.endswith("tim_gain")
    far = told[nodes].assign(far=np.abs(np.log(told["mean"][nodes]))).nlargest(most, "far")
    for name, row in list(told[~nodes].iterrows()) + list(far.iterrows()):
        table.add_row(Text(str(name)), f"{row['mean']:.4f}", f"{row['spread']:.4f}")
    return table


def refusals(shadow) -> Text:
    """Lines with the refused readings by reason, the lag behind the feed and the state of the connection."""
    reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(shadow.counts.snapshot()["by_reason"].items())) or "none"
    age = time.monotonic() - shadow.buffer.arrived
    state = "" if shadow.feed.connected or shadow.feed.stopped else "; BROKER DISCONNECTED"
    lag = max(0.0, (shadow.buffer.newest - shadow.twin._engine.time_ns) / 1e9)
    return Text(f"refused readings: {reasons}\n{lag:.0f} s behind the newest time stamp, last message {age:.0f} s ago, "
                f"{shadow.buffer.n_message} messages{state}")


class _View:
    """Live view: the tables of the last step, and the age of the last message at each refresh."""

    def __init__(self, shadow):
        self.shadow, self.tables = shadow, []

    def step(self) -> None:
        self.tables = [sensors(self.shadow), Text(), parameters(self.shadow), Text()]

    def __rich__(self):
        if not self.tables:
            return Text("waiting for the feed" if self.shadow.feed.connected else "waiting for the broker")
        return Group(*self.tables, refusals(self.shadow), *(Text(f"! {alarm.line}", "bold red") for alarm in self.shadow.alarms[-6:]))


def _said(value: float, form: str, unit: str = "") -> str:
    """A formatted value, or "-" for NaN."""
    return f"{value:{form}}{unit}" if np.isfinite(value) else "-"


def summary(shadow) -> Table:
    """Table of one-step forecast errors by quantity: ensemble mean beside persistence, share of accepted readings, NIS."""
    table = Table(title="one-step forecast errors, root mean square", title_justify="left", box=None, pad_edge=False)
    for head in ("quantity", "forecast", "persistence", "unit", "accepted", "NIS before the gate"):
        table.add_column(head, justify="left" if head in ("quantity", "unit") else "right")
    for quantity, row in shadow.errors().iterrows():
        unit, scale, _ = _as_shown(str(quantity))
        table.add_row(str(quantity), _said(row.twin * scale, ".3f"), _said(row.persistence * scale, ".3f"), "K" if unit == "°C" else unit,
                      _said(100 * row.taken, ".1f", " %"), _said(row.nis, ".2f"))
    return table


def shadow(
    site: Annotated[str, typer.Argument(help="shipped site or network, or path of a TOML file with a table [shadow]")],
    feed: Annotated[Optional[str], typer.Option(help="broker, mqtt[s]://[user@]host[:port]; messages as in NVIDIA DSX Exchange (BMS v1)")] = None,
    replay: Annotated[Optional[Path], typer.Option(help="CSV file of timestamp_ms,tag,value in place of a broker")] = None,
    ca: CA = None,
    cert: CERT = None,
    key: KEY = None,
    password_file: PASSWORD_FILE = None,
    members: Annotated[int, typer.Option(help="number of ensemble members, 2 or more")] = 64,
    n_field: Annotated[int, typer.Option(help="number of nodes with a resolved plate, the hottest types first; -1: use the value from the site file")] = 8,
    record: Annotated[Optional[Path], typer.Option("--out", help="folder of the record; an existing record is resumed; default: runs/shadow_NAME")] = None,
    hours: Annotated[float, typer.Option(help="length of the run [h]")] = 24.0,
    start: Annotated[Optional[str], typer.Option(help="start of the run, ISO 8601; default: the first time stamp of the feed")] = None,
    dt: Annotated[float, typer.Option(help="fixed time step and length of a frame of readings [s]")] = 10.0,
    lag: Annotated[float, typer.Option(help="waiting time for late readings, in time of the source [s]")] = 30.0,
    seed: Annotated[int, typer.Option(help="random seed")] = 1,
    segment_hours: Annotated[float, typer.Option(help="interval between checkpoints [h]")] = 1.0,
    keep_hours: Annotated[float, typer.Option(help="newest part of the record kept at every step [h]; at least the two newest segments")] = 2.0,
    thin: Annotated[float, typer.Option(help="interval of rows in older segments [s]; 0: keep every step")] = 120.0,
    device: Annotated[str, typer.Option(help="device of the run: auto, cpu or cuda")] = "auto",
    adapt_noise: Annotated[bool, typer.Option("--adapt-noise", help="replace a wrong instrument noise of the site file by the observed noise")] = False,
) -> None:
    """Follow a site: correct an ensemble by the readings of its instruments; a restart resumes from the last checkpoint."""
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
        out.print("record:  none, since no step was completed", highlight=False)
    else:
        size = sum(f.stat().st_size for f in s.folder.glob("*")) / 1e6
        out.print(f"record:  {s.folder}, {size:.0f} MB (xarray: coldsun.open_record({str(s.folder)!r}))", highlight=False, soft_wrap=True)
    if stopped:
        raise typer.Exit(stopped)


def emulate(
    site: Annotated[str, typer.Argument(help="shipped site or network, or path of a TOML file with a table [shadow]")],
    feed: Annotated[str, typer.Option(help="broker to publish to, mqtt[s]://[user@]host[:port]")] = "mqtt://localhost",
    ca: CA = None,
    cert: CERT = None,
    key: KEY = None,
    password_file: PASSWORD_FILE = None,
    hours: Annotated[float, typer.Option(help="length of the run [h]")] = 24.0,
    start: Annotated[Optional[str], typer.Option(help="start of the run, ISO 8601; default: start of the site's demo day")] = None,
    dt: Annotated[float, typer.Option(help="fixed time step and publishing interval [s]")] = 10.0,
    speed: Annotated[float, typer.Option(help="simulated time over real time; 0: as fast as a shadow acknowledges")] = 1.0,
    seed: Annotated[int, typer.Option(help="random seed of clouds, jobs, outages, noise and interface resistances")] = 1001,
    tim_sigma: Annotated[float, typer.Option(help="standard deviation of ln(interface resistance over its site-file value)")] = 0.2,
    flow: Annotated[float, typer.Option(help="true coolant flow over its site-file value")] = 0.94,
    meter: Annotated[float, typer.Option(help="reading of the flow meter over the true flow")] = 1.04,
    soiling: Annotated[float, typer.Option(help="soiling loss in addition to the site file's, 0 to 0.99")] = 0.04,
    stuck: Annotated[Optional[list[str]], typer.Option(help="point that repeats one value: its name, or a part of its topic; may be repeated")] = None,
    stuck_after: Annotated[float, typer.Option(help="time from the start to the faults of --stuck and --clock-off [h]")] = 0.25,
    clock_off: Annotated[float, typer.Option(help="offset of the time stamps [s], from --stuck-after to twice that time")] = 0.0,
    clock_of: Annotated[Optional[list[str]], typer.Option(help="point with that clock offset, named as in --stuck; default: all points; may be "
                                                          "repeated")] = None,
    noise: Annotated[Optional[list[str]], typer.Option(help="true noise over its site-file value: FACTOR, or POINT=FACTOR[@HOURS]; may be repeated")] = None,
    gain: Annotated[Optional[list[str]], typer.Option(help="instrument gain: POINT=FACTOR[@HOURS]; may be repeated")] = None,
    offset: Annotated[Optional[list[str]], typer.Option(help="instrument offset in its published unit: POINT=OFFSET[@HOURS]; may be repeated")] = None,
    unit: Annotated[Optional[list[str]], typer.Option(help="publish in another unit without notice: POINT=UNIT[@HOURS]; may be repeated")] = None,
    interface: Annotated[Optional[list[str]], typer.Option(help="step change of an interface resistance: NODE=FACTOR[@HOURS]; may be repeated")] = None,
    node_flow: Annotated[Optional[list[str]], typer.Option(help="step change of a node's coolant flow: NODE=FACTOR[@HOURS]; may be repeated")] = None,
    heat_share: Annotated[float, typer.Option(help="share of node power to the coolant, over its site-file value")] = 1.0,
    battery_capacity: Annotated[float, typer.Option(help="battery capacity over its site-file value")] = 1.0,
) -> None:
    """Publish a perturbed site over MQTT: other seed, interface resistances, coolant flow and soiling; instrument noise and faults on request."""
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
        err.print(f"stuck from {stuck_after:g} h on: {e.points[k]['name']}", highlight=False, markup=False, soft_wrap=True)
    try:
        Publisher(e, at, speed=speed).run()
    except KeyboardInterrupt as error:
        raise typer.Exit(stop_status(error)) from None


def register(app: typer.Typer) -> None:
    """Add both commands to the command line."""
    app.command()(shadow)
    app.command()(emulate)

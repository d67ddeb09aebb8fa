"""The twin: a network's System, State and Inputs, and the loop that moves them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Callable

import numpy as np
import pandas as pd
import xarray as xr

from . import _engine
from .errors import InputError
from .record import open_record, segments
from .weather import Weather, read_weather

PATHS = ("stall", "burst", "stale")


def parse_start(network: _engine.Network, start: str | None) -> pd.Timestamp:
    """The start of a run: ISO 8601, UTC unless it says otherwise; the network's own by default."""
    if start is None:
        return pd.Timestamp(network.start_ns, unit="ns", tz="UTC")
    try:
        at = pd.Timestamp(start)
    except ValueError:
        raise InputError(f"--start = {start!r}; accepted: an ISO 8601 time such as 2026-06-15T04:00Z") from None
    return at.tz_localize("UTC") if at.tzinfo is None else at.tz_convert("UTC")


class Twin:
    """A digital twin of a site or network.

    Parameters
    ----------
    network : Network
        From `load_site` or `load_network`.
    members : int
        Ensemble size; one twin is one member.
    seed : int
        Of all chance; member m draws by (seed, first_member + m).
    start : str, optional
        First instant, ISO 8601 (UTC); by default the network's own.
    hours : float
        How far the inputs (weather, windows, jobs) are prepared.
    dt : float
        Step of the fixed time grid [s]; each member walks its own cuts inside it.
    device : {"auto", "cpu", "cuda"}
    weather : str, path or Weather, optional
        A weather file instead of the site's own climate.
    first_member : int
        Number of the first member in a larger ensemble.
    paths_off : sequence of {"stall", "burst", "stale"}
        Ways by which an outage reaches the silicon that are switched off; the schedule and the cuts stay the same.

    Attributes
    ----------
    state : dict of dict of ndarray
        Zero-copy views of every field by group, ``twin.state["thermal"]["t_junction"]`` (member, node) in K; units and meaning in
        ``twin.fields``.

    Raises
    ------
    InputError
        On any argument or file that cannot be used, in one sentence.
    """

    def __init__(self, network, members: int = 1, seed: int = 1, *, start: str | None = None, hours: float = 24.0, dt: float = 10.0,
                 device: str = "auto", weather=None, first_member: int = 0, paths_off=()):
        self.network = network
        self.start = parse_start(network, start)
        self.hours, self.dt = float(hours), float(dt)
        for word in paths_off:
            if word not in PATHS:
                raise InputError(f"paths_off = {word!r}; accepted: {', '.join(PATHS)}")
        if weather is not None and not isinstance(weather, Weather):
            weather = read_weather(weather, self.start.year)
        self.weather = weather
        self._settings = dict(members=int(members), first_member=int(first_member), seed=int(seed), start_ns=self.start.value, hours=self.hours,
                              dt=self.dt, device=device, paths_off=list(paths_off), weather=None if weather is None else vars(weather))
        try:
            self._engine = _engine.Engine(network, **self._settings)
        except _engine.InputError as error:
            raise InputError(str(error)) from None
        self.state = self._engine.state()
        self.fields = self._engine.fields()

    @property
    def time(self) -> pd.Timestamp:
        """The State's time, UTC."""
        return pd.Timestamp(self._engine.time_ns, unit="ns", tz="UTC")

    @property
    def device(self) -> str:
        """Where the State lives: "cpu" or "cuda"."""
        return self._engine.device

    def hash(self) -> list[str]:
        """One hash per member over the fields of kind ``state``; compared within one build."""
        return self._engine.hash()

    def inputs_hash(self) -> str:
        """What a resumed run must have in common with the run that wrote the record."""
        given = {k: v for k, v in self._settings.items() if k not in ("weather", "hours", "device")}
        text = json.dumps(given, sort_keys=True) + self.network.inputs_text + (self.weather.source if self.weather is not None else "")
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def frozen(self) -> int:
        """How many members a fault has stopped."""
        return int(sum(1 for f in self.state["run"]["flags"] if _engine.is_fatal(int(f))))

    def flag_text(self) -> str:
        """The faults of all members in words."""
        return _engine.flag_text(int(np.bitwise_or.reduce(self.state["run"]["flags"])))

    def warnings(self) -> list[str]:
        """What a careful reader should know before trusting the run: old element sets, unusual values of the site."""
        lines = list(self.network.doubts())
        age = max((abs(self.start.value - e) for e in self.network.element_epochs_ns()), default=0) / 86400e9
        if age > 7.0:
            lines.append(f"element sets are up to {age:.0f} days from the start: passes may be off by a minute and more after 7 days")
        return lines

    def attributes(self, title: str | None = None) -> dict[str, str]:
        """What the record keeps of this run: inputs, seed, versions."""
        given = {k: v for k, v in self._settings.items() if k != "weather"}
        out = {
            "Conventions": "CF-1.11",
            "title": title or f"coldsun: {self.network.title}, {self.start:%Y-%m-%d %H:%M} UTC, {self.hours:g} h",
            "source": f"coldsun {_engine.build_info()['version']} ({_engine.build_info()['commit']})",
            "commit": _engine.build_info()["commit"],
            "settings": json.dumps(given),
            "weather": self.weather.source if self.weather is not None else "climate of the site file",
            "inputs": self.network.inputs_text,
            "inputs_hash": self.inputs_hash(),
        }
        for site in self.network.sites:
            out[f"utc_offset_s.{site['name']}"] = str(site["utc_offset"])
        return out

    def run(self, hours: float | None = None, out: str | Path | None = None, *, resume: bool = False, segment_hours: float = 1.0,
            progress: Callable[[float], None] | bool = True, fields: bool = False) -> xr.Dataset:
        """Move the twin forward and record it.

        Parameters
        ----------
        hours : float, optional
            How far from the twin's present time; to the end of its prepared inputs by default.
        out : path, optional
            Folder of the record; a temporary one by default.
        resume : bool
            Go on from the last closed segment in `out` (of a run that was killed or stopped).
        segment_hours : float
            Simulated time per segment; a kill loses at most one segment.
        progress : bool or callable
            A progress bar, none, or a function that is told the share done.
        fields : bool
            Record plate temperature fields as well.

        Returns
        -------
        xarray.Dataset
            View of the record; see `open_record`.

        Raises
        ------
        InputError
            When the folder cannot be written, holds another run, or the hours are not prepared.
        KeyboardInterrupt
            On Ctrl-C, after the open segment has been closed with its checkpoint.
        """
        folder = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="coldsun-"))
        first = 0
        if resume:
            first = self._resume(folder)
        elif out is None:
            shutil.rmtree(folder)
        left = self.hours - (self.time - self.start).total_seconds() / 3600.0
        hours = left if hours is None else float(hours)
        if not (0.0 <= hours <= left + 1e-9):
            raise InputError(f"hours = {hours:g}; accepted: 0 to {left:g}, what the twin's inputs were prepared for")
        steps = int(round(hours * 3600.0 / self.dt))
        per_segment = max(1, int(round(segment_hours * 3600.0 / self.dt)))
        with _bar(progress, steps) as tell:
            try:
                self._engine.run(steps, str(folder), first, per_segment, self.attributes(), fields, tell)
            except (_engine.InputError, _engine.FileError) as error:
                raise InputError(str(error)) from None
        return open_record(folder)

    def _resume(self, folder: Path) -> int:
        last = segments(folder)[-1]
        with xr.open_dataset(last, engine="h5netcdf") as kept:
            theirs = str(kept.attrs.get("inputs_hash"))
        if theirs != self.inputs_hash():
            raise InputError(f"{last}: was written with other inputs (inputs_hash {theirs}); accepted: the same site, start, dt, seed, members "
                             f"and weather (inputs_hash {self.inputs_hash()})")
        try:
            self._engine.restore(str(last))
        except (_engine.InputError, _engine.FileError) as error:
            raise InputError(str(error)) from None
        return int(last.stem.split("_")[1]) + 1

    def save(self, path: str | Path) -> None:
        """Keep the State in one HDF5 file, whole or not at all."""
        self._engine.save(str(path))

    def load(self, path: str | Path) -> None:
        """Take up a State that `save` kept or a segment's checkpoint; raises InputError when it does not fit this twin."""
        try:
            self._engine.restore(str(path))
        except (_engine.InputError, _engine.FileError) as error:
            raise InputError(str(error)) from None

    def __repr__(self) -> str:
        return f"<Twin of {self.network.name}: {self._settings['members']} member(s) on {self.device}, {self.time:%Y-%m-%d %H:%M:%S} UTC>"


class _bar:
    """A rich progress bar, a user's function, or nothing, as one context that yields `tell(steps done)`."""

    def __init__(self, progress, steps: int):
        self.progress, self.steps, self.bar = progress, steps, None

    def __enter__(self):
        if callable(self.progress):
            return lambda done: self.progress(done / max(1, self.steps))
        if not self.progress:
            return None
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(TextColumn("steps"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar.start()
        task = self.bar.add_task("run", total=self.steps)
        return lambda done: self.bar.update(task, completed=done)

    def __exit__(self, *_):
        if self.bar is not None:
            self.bar.stop()



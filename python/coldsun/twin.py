"""The twin: a network's System, State and Inputs, and the loop that moves them."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from scipy.constants import zero_Celsius

from . import _engine
from .arguments import _whole, parse_start
from .ending import Running
from .errors import InputError, engine_errors
from .plan import DEFAULT, Plan, make_plan, planner
from .progress import Progress
from .record import field_paths, open_record
from .resume import resume_from
from .site import load_network, table_html
from .weather import distance, weather_of

PATHS = ("stall", "burst", "stale")


class Twin:
    """A digital twin of a site or network.

    Parameters
    ----------
    network : Network, str or path
        From `load_site` or `load_network`, or what they accept.
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
    weather : str, path or Weather, or a list of one per site, optional
        Weather files instead of the sites' climates.
    clouds_in_series : bool, optional
        Whether clouds vary inside a file's cloudy intervals; by default as the site file says.
    first_member : int
        Number of the first member in a larger ensemble.
    paths_off : sequence of {"stall", "burst", "stale"}
        Ways by which an outage reaches the silicon that are switched off; the schedule and the cuts stay the same.
    ahead_hours : float
        How far beyond `hours` the inputs are prepared: what a planner looks ahead to.

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
                 device: str = "auto", weather=None, clouds_in_series: bool | None = None, first_member: int = 0, paths_off=(),
                 ahead_hours: float = 0.0):
        self.network = network = network if isinstance(network, _engine.Network) else load_network(network)
        self.start = parse_start(network, start)
        self.hours, self.dt = float(hours), float(dt)
        for word in paths_off:
            if word not in PATHS:
                raise InputError(f"paths_off = {word!r}; accepted: {', '.join(PATHS)}")
        self.weather = weather_of(network, weather, self.start.year, clouds_in_series)
        self._settings = dict(members=_whole("members", members, 1, 1_000_000), first_member=_whole("first_member", first_member, 0, 2**32 - 1),
                              seed=_whole("seed", seed, 0, 2**64 - 1), start_ns=self.start.value, hours=self.hours + float(ahead_hours),
                              dt=self.dt, paths_off=sorted(set(paths_off)))
        with engine_errors():
            self._engine = _engine.Engine(network, **self._settings, device=device, weather=[vars(w) for w in self.weather] or None)
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
        given = self._settings
        digest = hashlib.sha256((json.dumps(given, sort_keys=True) + self.network.inputs_text).encode())
        for series in self.weather:
            for value in vars(series).values():
                digest.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
        return digest.hexdigest()[:16]

    def frozen(self) -> int:
        """How many members a fault has stopped."""
        return int(sum(1 for f in self.state["run"]["flags"] if _engine.is_fatal(int(f))))

    def flag_text(self) -> str:
        """The faults of all members in words."""
        return _engine.flag_text(int(np.bitwise_or.reduce(self.state["run"]["flags"])))

    def warnings(self) -> list[str]:
        """What to know before trusting the run: satellites that are not used, old element sets, unusual values, weather of another place."""
        lines = list(self.network.doubts())
        lines += self.network.remarks(self.start.value, self.start.value + int(self._settings["hours"] * 3600e9))
        lines += [f"{series.source.split(' (')[0]}: {note}" for series in self.weather for note in series.notes]
        for facts, series in zip(self.network.sites, self.weather):
            far = distance(facts["latitude"], facts["longitude"], series.latitude, series.longitude)
            if far > 100e3:
                lines.append(f"{facts['name']}: the weather of {series.source.split(';')[0]}) was taken {far / 1e3:,.0f} km away")
        return lines

    def attributes(self, title: str | None = None) -> dict[str, str]:
        """What the record keeps of this run: inputs, seed, versions."""
        build = _engine.build_info()
        return {
            "Conventions": "CF-1.11",
            "title": title or f"coldsun: {self.network.title}, {self.start:%Y-%m-%d %H:%M} UTC, {self.hours:g} h",
            "source": f"coldsun {build['version']} ({build['commit']})",
            "history": f"{pd.Timestamp.now('UTC'):%Y-%m-%dT%H:%M:%SZ}: written by coldsun {build['version']}",
            "commit": build["commit"],
            "settings": json.dumps(self._settings),
            "device": self.device,
            "weather": "; ".join(w.source for w in self.weather) or "climate of the site file",
            "inputs": self.network.inputs_text,
            "inputs_hash": self.inputs_hash(),
            "sites": json.dumps({s["name"]: {"title": s["title"], "utc_offset": s["utc_offset"]} for s in self.network.sites}),
        }

    def step(self, n: int = 1) -> None:
        """Move the twin by `n` steps of its grid without a record; Ctrl-C ends it after a whole step."""
        left = round((self.start.value + self.hours * 3600e9 - self._engine.time_ns) / (self.dt * 1e9))
        with Running(self._engine), engine_errors():
            self._engine.step(_whole("n", n, 0, left))

    def run(self, hours: float | None = None, out: str | Path | None = None, *, resume: bool = False, segment_hours: float = 1.0,
            progress: Callable[[float], None] | bool = True, fields: bool = False, internals: bool = False,
            record: Sequence[str] = (), opened: Callable[[], None] | None = None, plan: dict | None = None) -> xr.Dataset:
        """Move the twin forward and record it.

        Parameters
        ----------
        hours : float, optional
            How far from the twin's present time; to the end of its prepared inputs by default.
        out : path, optional
            Folder of the record; a temporary one by default.
        resume : bool
            Go on from the last sound segment in `out` (of a run that was killed or stopped); from the start where there is none.
        segment_hours : float
            Simulated time per segment; a kill loses at most one segment.
        progress : bool or callable
            A progress bar, none, or a function that is told the share done.
        fields, internals : bool
            Record plate temperature fields as well; what the engine keeps for itself between cuts.
        record : sequence of str
            Further fields of the State, at the end of every step: ``poa_global`` or ``temp_cell`` of planes, ``v_pv`` or ``mode`` of strings.
        opened : callable, optional
            Called once the folder is the run's own and its first step is about to begin.
        plan : dict, optional
            Plan as the run goes: settings of `coldsun.plan.planner` such as ``{"every_min": 15, "plans": 1024}``; an empty dict for the
            defaults. The record then holds ``plan_decisions``, ``plan_surprises``, ``plan_wall_time`` (measured) and ``plan_score``.

        Returns
        -------
        xarray.Dataset
            View of the record; see `open_record`.

        Raises InputError when the folder cannot be written, holds another run, or the hours are not prepared; KeyboardInterrupt on Ctrl-C (in the
        command line on SIGTERM and SIGHUP too), after the open segment has been closed with its checkpoint.
        """
        folder = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="coldsun-"))
        hook, said = (None, {}) if plan is None else (planner(self, **plan), {"plan": json.dumps(plan)})
        also = field_paths(self.fields, record)
        first = resume_from(self, folder, said.get("plan")) if resume else 0
        left = (self.start.value + self.hours * 3600e9 - self._engine.time_ns) / 3600e9
        hours = left if hours is None else float(hours)
        if not (0.0 <= hours <= left + 1e-9):
            raise InputError(f"hours = {hours:g}; accepted: 0 to {max(0.0, left):g}, what the twin's inputs were prepared for")
        steps = int(round(hours * 3600.0 / self.dt))
        if abs(steps - hours * 3600.0 / self.dt) > 1e-6:
            raise InputError(f"hours = {hours:g} is no whole number of steps of {self.dt:g} s")
        if not segment_hours > 0.0:
            raise InputError(f"segment_hours = {segment_hours:g}; accepted: more than 0")
        if self.start.value % 1_000_000 or round(self.dt * 1e9) % 1_000_000:
            raise InputError(f"dt = {self.dt:g} s from {self.start}: accepted: a start and steps of whole milliseconds, a record's unit of time")
        if steps == 0 and first == 0:
            raise InputError("hours = 0 makes no record; accepted: one step or more")
        per_segment = max(1, int(round(segment_hours * 3600.0 / self.dt)))
        work = self.state["workload"]   # whoever runs on without a planner waits for none
        held = work["plan_hold"].copy(), work["plan_reach"].copy()
        with Running(self._engine), Progress(progress, steps, opened) as tell, engine_errors():
            self._engine.run(steps, str(folder), first, per_segment, self.attributes() | said, fields, internals, tell, hook, also)
        work["plan_hold"][:], work["plan_reach"][:] = held
        return open_record(folder)

    def plan(self, horizon_hours: float = DEFAULT["horizon"] / 3600.0, member: int = 0, **settings) -> Plan:
        """The best of thousands of plans for the jobs that run and wait now; settings as `coldsun.plan.options`. Nothing moves."""
        with Running(self._engine):
            return make_plan(self, member, horizon_hours=horizon_hours, **settings)

    def hold(self, hours: float) -> None:
        """Jobs that come from now on wait for a plan to speak of them, this long at most; 0: none waits."""
        if not 0.0 <= hours <= 24.0 * 400.0:
            raise InputError(f"hours = {hours:g}; accepted: 0 to 9600")
        self.state["workload"]["plan_hold"][:], self.state["workload"]["plan_reach"][:] = int(round(hours * 3600e9)), 0

    def apply(self, plan: Plan) -> None:
        """Send a plan on its way: it is in force once a site has heard of it, when its link is up."""
        if plan.made.value != self._engine.time_ns:
            raise InputError(f"the plan was made at {plan.made:%Y-%m-%d %H:%M:%S} UTC; accepted: one made now, at {self.time:%Y-%m-%d %H:%M:%S}")
        plan._core.tell()

    def save(self, path: str | Path) -> None:
        """Keep the State in one HDF5 file, whole or not at all."""
        with engine_errors():
            self._engine.save(str(path))

    def load(self, path: str | Path) -> None:
        """Take up a State that `save` kept or a segment's checkpoint; raises InputError when it does not fit this twin."""
        with engine_errors():
            self._engine.restore(str(path))

    def __repr__(self) -> str:
        return f"<Twin of {self.network.name}: {self._settings['members']} member(s) on {self.device}, {self.time:%Y-%m-%d %H:%M:%S} UTC>"

    def _repr_html_(self) -> str:
        """Short view for notebooks: where the twin stands, member 0."""
        site = self.state["electrical"]
        rows = [[s["name"], f"{site['p_it'][0, k] / 1e3:,.0f} kW", f"{site['p_pv'][0, k] / 1e3:,.0f} kW", f"{100 * site['soc'][0, k]:.0f} %",
                 f"{self.state['thermal']['t_supply'][0, k] - zero_Celsius:.1f} °C", f"{self.state['workload']['n_running'][0, k]:.0f}"]
                for k, s in enumerate(self.network.sites)]
        caption = (f"Twin of {self.network.name}: {self._settings['members']} member(s) on the {self.device}, {self.time:%Y-%m-%d %H:%M:%S} UTC, "
                   f"prepared to {self.start + pd.Timedelta(hours=self.hours):%Y-%m-%d %H:%M}")
        return table_html(caption, ["site", "IT", "sun, used", "battery", "coolant supply", "jobs running"], rows)

"""The twin: the model of the site(s), run by the engine; its record, plans and checkpoints."""

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
    """A digital twin: the coupled model of one site or of a network of sites, run by the engine.

    Parameters
    ----------
    network : Network, str or path
        Result of `load_site` or `load_network`, or an argument that they accept.
    members : int
        Number of ensemble members.
    seed : int
        Random seed; member m draws from (seed, first_member + m).
    start : str, date, datetime or datetime64, optional
        Start of the run, ISO 8601, UTC; by default the network's own.
    hours : float
        Length of the prepared inputs: weather, contact windows, jobs [h].
    dt : float
        Fixed time step [s]; each member divides it into its own cuts.
    device : {"auto", "cpu", "cuda"}
        Device that holds the State.
    weather : str, path or Weather, or a list of one per site, optional
        Weather files in place of the sites' climates.
    clouds_in_series : bool, optional
        Draw clouds inside the cloudy intervals of a weather file; by default the value from the site file.
    first_member : int
        Number of the first member.
    paths_off : sequence of {"stall", "burst", "stale"}
        Effects of outages to switch off: stalled jobs, bursts after them, stale set-points. The outages and the cuts stay the same.
    ahead_hours : float
        Length of the inputs prepared beyond `hours`, for the horizon of a planner [h].

    Attributes
    ----------
    state : dict of dict of ndarray
        Zero-copy views of all fields by group: ``twin.state["thermal"]["t_junction"]`` (member, node) in K.
    fields : dict of dict of dict
        Units, axes, meaning and kind of each field, by group and name.

    Raises
    ------
    InputError
        An argument or a file is invalid.

    Examples
    --------
    >>> import coldsun as cs
    >>> twin = cs.Twin("small", hours=0.1, start="2026-06-14T16:00Z", device="cpu")
    >>> twin.step(3)
    >>> twin
    <Twin of small: 1 member(s) on cpu, 2026-06-14 16:00:30 UTC>
    >>> twin.state["thermal"]["t_junction"].shape, twin.fields["thermal"]["t_junction"]["units"]
    ((1, 64), 'K')
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
        """Time of the State, UTC."""
        return pd.Timestamp(self._engine.time_ns, unit="ns", tz="UTC")

    @property
    def device(self) -> str:
        """Device that holds the State: "cpu" or "cuda"."""
        return self._engine.device

    def hash(self) -> list[str]:
        """One hash per member over the fields of kind ``state``; comparable within one build. See `load`."""
        return self._engine.hash()

    def inputs_hash(self) -> str:
        """Hash of site values, settings and weather; a run resumes a record only if theirs agree."""
        given = self._settings
        digest = hashlib.sha256((json.dumps(given, sort_keys=True) + self.network.inputs_text).encode())
        for series in self.weather:
            for value in vars(series).values():
                digest.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
        return digest.hexdigest()[:16]

    def frozen(self) -> int:
        """Number of members frozen by a fault."""
        return int(sum(1 for f in self.state["run"]["flags"] if _engine.is_fatal(int(f))))

    def flag_text(self) -> str:
        """Faults of all members in words; empty: none."""
        return _engine.flag_text(int(np.bitwise_or.reduce(self.state["run"]["flags"])))

    def warnings(self) -> list[str]:
        """Sentences on doubtful inputs: unused satellites, old element sets, unusual values, weather of another place."""
        lines = list(self.network.doubts())
        lines += self.network.remarks(self.start.value, self.start.value + int(self._settings["hours"] * 3600e9))
        lines += [f"{series.source.split(' (')[0]}: {note}" for series in self.weather for note in series.notes]
        for facts, series in zip(self.network.sites, self.weather):
            far = distance(facts["latitude"], facts["longitude"], series.latitude, series.longitude)
            if far > 100e3:
                lines.append(f"{facts['name']}: the station of {series.source.split(';')[0]}) is {far / 1e3:,.0f} km away")
        return lines

    def attributes(self, title: str | None = None) -> dict[str, str]:
        """Global attributes of the record: inputs, settings, versions."""
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
        """Advance the twin by `n` steps without a record; Ctrl-C ends it after a whole step.

        InputError where `n` is not a whole number up to the end of the prepared inputs. See the example of the class.
        """
        left = round((self.start.value + self.hours * 3600e9 - self._engine.time_ns) / (self.dt * 1e9))
        with Running(self._engine), engine_errors():
            self._engine.step(_whole("n", n, 0, left))

    def run(self, hours: float | None = None, out: str | Path | None = None, *, resume: bool = False, segment_hours: float = 1.0,
            progress: Callable[[float], None] | bool = True, fields: bool = False, internals: bool = False,
            record: Sequence[str] = (), opened: Callable[[], None] | None = None, plan: dict | None = None) -> xr.Dataset:
        """Advance the twin and record it.

        Parameters
        ----------
        hours : float, optional
            Length of the run from the twin's present time [h]; by default to the end of the prepared inputs.
        out : path, optional
            Folder of the record; a temporary one by default.
        resume : bool
            Continue from the last undamaged segment in `out`, of a killed or stopped run; start anew if there is none.
        segment_hours : float
            Simulated time per segment [h]; a killed run loses at most one segment.
        progress : bool or callable
            True: a progress bar, False: none, or a function called with the share done.
        fields, internals : bool
            Also record the temperature fields of resolved plates; also record internal fields of the engine.
        record : sequence of str
            Further fields of the State, at the end of every step: ``poa_global`` or ``temp_cell`` of planes, ``v_pv`` or ``mode`` of strings.
        opened : callable, optional
            Called when the folder has been opened, before the first step.
        plan : dict, optional
            Settings of `coldsun.plan.planner`, such as ``{"every_min": 15, "plans": 1024}``: plan again during the run; {}: the defaults.
            The record then holds ``plan_decisions``, ``plan_surprises``, ``plan_wall_time`` (measured) and ``plan_score``.

        Returns
        -------
        xarray.Dataset
            The record, as of `open_record`.

        Raises
        ------
        InputError
            The folder cannot be written or holds another run, or the inputs are not prepared for these hours.
        KeyboardInterrupt
            Ctrl-C, on the command line also SIGTERM and SIGHUP; the open segment is closed with its checkpoint first.

        Examples
        --------
        >>> import coldsun as cs
        >>> record = cs.Twin("small", hours=0.1).run(progress=False)
        >>> record["t_junction"].dims, record.sizes["time"], record["t_junction"].units
        (('time', 'member', 'node'), 36, 'K')
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
            raise InputError(f"hours = {hours:g}; accepted: a whole number of steps of {self.dt:g} s")
        if not segment_hours > 0.0:
            raise InputError(f"segment_hours = {segment_hours:g}; accepted: more than 0")
        if self.start.value % 1_000_000 or round(self.dt * 1e9) % 1_000_000:
            raise InputError(f"dt = {self.dt:g} s, start = {self.start}; accepted: whole milliseconds, the unit of time of a record")
        if steps == 0 and first == 0:
            raise InputError("hours = 0; accepted: one step or more")
        per_segment = max(1, int(round(segment_hours * 3600.0 / self.dt)))
        work = self.state["workload"]   # restored after the run: jobs of a later run without a planner must not wait for one
        held = work["plan_hold"].copy(), work["plan_reach"].copy()
        with Running(self._engine), Progress(progress, steps, opened) as tell, engine_errors():
            self._engine.run(steps, str(folder), first, per_segment, self.attributes() | said, fields, internals, tell, hook, also)
        work["plan_hold"][:], work["plan_reach"][:] = held
        return open_record(folder)

    def plan(self, horizon_hours: float = DEFAULT["horizon"] / 3600.0, member: int = 0, **settings) -> Plan:
        """Plan the running and waiting jobs of one member; the twin stays as it is.

        `horizon_hours`: planning horizon [h]; `settings`: those of `coldsun.plan.options`. InputError for an invalid setting or member.

        >>> import coldsun as cs
        >>> twin = cs.Twin("small", hours=1, ahead_hours=3, start="2026-06-14T16:00Z")
        >>> twin.hold(3)         # arriving jobs wait for a plan
        >>> twin.step(180)
        >>> plan = twin.plan(2, plans=32, population=16, scenarios=2)
        >>> int((~plan.jobs["running"]).sum())
        9
        >>> twin.apply(plan)     # in force when the site receives it
        """
        with Running(self._engine):
            return make_plan(self, member, horizon_hours=horizon_hours, **settings)

    def hold(self, hours: float) -> None:
        """Let jobs that arrive from now on wait for a plan, at most this long [h]; 0: none waits. InputError outside 0 to 9600. See `plan`."""
        if not 0.0 <= hours <= 24.0 * 400.0:
            raise InputError(f"hours = {hours:g}; accepted: 0 to 9600")
        self.state["workload"]["plan_hold"][:], self.state["workload"]["plan_reach"][:] = int(round(hours * 3600e9)), 0

    def apply(self, plan: Plan) -> None:
        """Send a plan to the sites; it is in force at a site when its link has delivered it. InputError for a plan of another time. See `plan`."""
        if plan.made.value != self._engine.time_ns:
            raise InputError(f"the plan was made at {plan.made:%Y-%m-%d %H:%M:%S} UTC; accepted: a plan of the twin's time, {self.time:%Y-%m-%d %H:%M:%S}")
        plan._core.tell()

    def save(self, path: str | Path) -> None:
        """Write the State to one HDF5 file, completely or not at all. InputError where it cannot be written. See `load`."""
        with engine_errors():
            self._engine.save(str(path))

    def load(self, path: str | Path) -> None:
        """Load a State from a file of `save` or from the checkpoint of a segment. InputError where it does not fit this twin.

        >>> import coldsun as cs, tempfile
        >>> file = tempfile.mkdtemp() + "/state.h5"
        >>> first, second = cs.Twin("small", hours=0.1), cs.Twin("small", hours=0.1)
        >>> first.step(5), first.save(file), second.load(file), first.hash() == second.hash()
        (None, None, None, True)
        """
        with engine_errors():
            self._engine.restore(str(path))

    def __repr__(self) -> str:
        return f"<Twin of {self.network.name}: {self._settings['members']} member(s) on {self.device}, {self.time:%Y-%m-%d %H:%M:%S} UTC>"

    def _repr_html_(self) -> str:
        """Short view for notebooks: present values of member 0."""
        site = self.state["electrical"]
        rows = [[s["name"], f"{site['p_it'][0, k] / 1e3:,.0f} kW", f"{site['p_pv'][0, k] / 1e3:,.0f} kW", f"{100 * site['soc'][0, k]:.0f} %",
                 f"{self.state['thermal']['t_supply'][0, k] - zero_Celsius:.1f} °C", f"{self.state['workload']['n_running'][0, k]:.0f}"]
                for k, s in enumerate(self.network.sites)]
        caption = (f"Twin of {self.network.name}: {self._settings['members']} member(s) on the {self.device}, {self.time:%Y-%m-%d %H:%M:%S} UTC, "
                   f"inputs prepared to {self.start + pd.Timedelta(hours=self.hours):%Y-%m-%d %H:%M}")
        return table_html(caption, ["site", "IT power", "PV power", "state of charge", "coolant supply", "running jobs"], rows)

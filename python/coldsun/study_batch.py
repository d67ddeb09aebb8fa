"""A batch of members of a study: its specification, run, writing and reading. Any process may run a batch again."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from . import _engine
from .errors import InputError, engine_errors
from .twin import PATHS

SCHEMA = "study-1"
ALL = "all"


@dataclass(frozen=True)
class Spec:
    """Specification of a study: it determines each member bit for bit, for any batches and workers."""

    network: object = field(compare=False)
    members: int
    hours: float
    seed: int
    start_ns: int
    dt: float
    paths: tuple[str, ...]     # "all", "none", or one of PATHS; one State each
    limit: float               # threshold of the drift [K]
    trace_every: int
    priors: bool
    per_day: int               # members per date; 0: all start at start_ns
    days: int                  # dates over the year
    draw: tuple = ()           # (key, Prior): keys of the site drawn once a draw
    per_draw: int = 1          # members of one draw: they share its network

    def start_of(self, member: int) -> int:
        """Start of a member's run [ns since 1970 UTC]."""
        if not self.per_day:
            return self.start_ns
        day = (member // self.per_day) % self.days
        return self.start_ns + round(day * 365.25 / self.days) * 86_400_000_000_000

    def draw_of(self, member: int) -> int:
        """Number of the draw of keys that a member belongs to."""
        return member // self.per_draw

    def keys(self) -> list:
        """The keys that are drawn, with their priors checked by the engine."""
        with engine_errors():
            return [_engine.KeyPrior(self.network, key, *prior, self.priors) for key, prior in self.draw]

    def values(self, draw: int) -> dict[str, float]:
        """What a draw gives the keys [SI]."""
        return {k.key: k.draw(self.network, self.seed, draw) for k in self.keys()}

    def network_of(self, draw: int):
        """The network of a draw; InputError with the sentence of the reader where relations between its keys do not hold."""
        values = self.values(draw)
        try:
            return self.network.replace(values) if values else self.network
        except InputError as error:
            raise InputError(f"draw {draw}: {error}") from None

    def identity(self) -> str:
        """Hash of all inputs of a member's result, including the engine's commit."""
        given = {k: v for k, v in plain(self).items() if k != "members"} | {"commit": _engine.build_info()["commit"]}
        return hashlib.sha256((json.dumps(given, sort_keys=True) + self.network.inputs_text).encode()).hexdigest()[:16]


def plain(spec: Spec) -> dict:
    """Fields of the specification except the network."""
    return {k: getattr(spec, k) for k in spec.__dataclass_fields__ if k != "network"}


def run_batch(spec: Spec, first: int, count: int, folder: str, threads: int = 1) -> tuple[int, int]:
    """Run members [first, first + count) and write their file, completely or not at all; return (first, count). InputError for an invalid site."""
    _engine.set_threads(threads)
    begin, processor = time.monotonic(), time.process_time()
    paths = [list(PATHS) if p == ALL else [] if p == "none" else [p] for p in spec.paths]
    with engine_errors():
        study = _engine.Study(spec.network_of(spec.draw_of(first)), members=count, first_member=first, seed=spec.seed, start_ns=spec.start_of(first),
                              hours=spec.hours, dt=spec.dt, device="cpu", paths=paths, limit=spec.limit, trace_every=spec.trace_every,
                              priors=spec.priors, weather=None)
        study.run(round(spec.hours * 3600 / spec.dt))
    data = _dataset(study, spec, first)
    data.attrs |= {"seconds": time.monotonic() - begin, "processor_seconds": time.process_time() - processor}
    target = Path(folder) / f"members_{first:07d}_{count:05d}.nc"
    part = target.with_suffix(f".{os.getpid()}.part")
    packing = {name: {"zlib": True, "complevel": 1} for name in data.data_vars if data[name].size > 1000}
    data.to_netcdf(part, engine="h5netcdf", encoding=packing)
    os.replace(part, target)
    return first, count


def _dataset(study, spec: Spec, first: int) -> xr.Dataset:
    edge = np.array(_engine.bin_edges())
    variables = {}
    for name, v in study.results().items():
        variables[name] = xr.Variable(v["axes"].split(), v["values"], {"units": v["units"], "long_name": v["meaning"]})
    count = variables["parameter_value"].shape[0]
    member, start = np.arange(first, first + count), [spec.start_of(m) for m in range(first, first + count)]
    after = {"units": "s", "long_name": "time after the start of the outage"}
    coords = {"member": member, "path": list(spec.paths), "twin": ["without", *spec.paths], "group": study.groups,
              "parameter": [p["name"] for p in _engine.parameters()], "offset": ("offset", np.array(_engine.look_offsets()), after),
              "bin_low": ("bin", edge[:-1], {"units": "K"}), "bin_high": ("bin", edge[1:], {"units": "K"}),
              "start": ("member", np.array(start).astype("datetime64[ns]"))}
    if spec.draw:
        keys, draw = spec.keys(), spec.draw_of(first)
        about = {"long_name": "value of a key drawn from its prior, SI"}
        coords |= {"key": [k.key for k in keys], "key_units": ("key", [k.unit for k in keys]),
                   "member_draw": ("member", np.full(count, draw), {"long_name": "draw that the member belongs to"})}
        variables["drawn"] = xr.Variable(("member", "key"), np.tile([*spec.values(draw).values()], (count, 1)), about)
    return xr.Dataset(variables, coords, {"coldsun_schema": SCHEMA, "identity": spec.identity()})


def open_batch(path: Path) -> xr.Dataset:
    """Open a batch file; InputError where it is no batch of a study."""
    try:
        data = xr.open_dataset(path, engine="h5netcdf", decode_timedelta=False)
    except Exception:
        raise InputError(f"{path}: not a readable netCDF-4 file; accepted: a batch that a study wrote") from None
    if data.attrs.get("coldsun_schema") != SCHEMA:
        data.close()
        raise InputError(f"{path}: coldsun_schema = {data.attrs.get('coldsun_schema')!r}; accepted: {SCHEMA!r}")
    return data


def load(folder: str | Path) -> xr.Dataset:
    """All members of the batches in a folder, in order, each once; counts of the fan are summed over them. InputError where there is no batch."""
    parts = []
    for path in sorted(Path(folder).glob("members_*.nc")):
        with open_batch(path) as shard:
            parts.append(shard.load())
    if not parts:
        raise InputError(f"{folder}: holds no batch of a study (members_*.nc); accepted: the folder of a study")
    data = xr.concat(parts, "member", data_vars="minimal", coords="minimal", compat="override", join="override", combine_attrs="override")
    data = data.sortby("member")
    data = data.isel(member=np.unique(data["member"].values, return_index=True)[1])
    data["fan_count"] = data["fan_count"].sum("member", dtype=np.int64).assign_attrs(data["fan_count"].attrs)   # events, not members
    if "drawn" in data:   # once a draw
        draw, first = np.unique(data["member_draw"].values, return_index=True)
        data = data.assign_coords(draw=draw, drawn=(("draw", "key"), data["drawn"].values[first], data["drawn"].attrs))
    units = {p["name"]: p["units"] for p in _engine.parameters()}
    data = data.assign_coords(parameter_units=("parameter", [units.get(str(p), "1") for p in data["parameter"].values]))
    data["parameter_value"].attrs.pop("units", None)   # units differ by parameter
    for name in ("seconds", "processor_seconds"):   # sums over workers
        data.attrs[name] = float(sum(part.attrs.get(name, 0.0) for part in parts))
    return data

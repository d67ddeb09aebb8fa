"""Studies: Monte Carlo of members, each with and without outages; batches on any executor, resumable."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import tempfile
import threading
import time
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait
from pathlib import Path

import xarray as xr
from scipy.constants import zero_Celsius

from . import _engine
from .errors import InputError, engine_errors
from .priors import lognormal, normal, priors_of, triangular, uniform  # noqa: F401
from .progress import Progress
from .site import load_site
from .study_batch import ALL, Spec, load, open_batch, plain, run_batch
from .twin import PATHS, _whole, parse_start

RAPS = "RAPS (ExaDigiT, commit 6c142bf, Frontier with 15-s steps and uncertainty propagation): 6 to 8 simulated seconds per second on one core"


class Study:
    """A study that can be run, stopped, resumed and read. Made by `handover_drift`, see its example."""

    def __init__(self, spec: Spec):
        self.spec = spec

    def shards(self, folder: str | Path) -> list[Path]:
        """Batch files of this study in the folder; InputError where one is of another study."""
        found = sorted(Path(folder).glob("members_*.nc"))
        for path in found:
            with open_batch(path) as shard:
                if shard.attrs.get("identity") != self.spec.identity():
                    raise InputError(f"{path}: is a batch of another study; accepted: the same site, hours, seed, dt, paths and priors, or another folder")
        return found

    def missing(self, folder: str | Path) -> list[int]:
        """Numbers of the members that no batch holds."""
        done: set[int] = set()
        for path in self.shards(folder):
            _, first, count = path.stem.split("_")
            done.update(range(int(first), int(first) + int(count)))
        return [m for m in range(self.spec.members) if m not in done]

    def batches(self, members: list[int], size: int) -> list[tuple[int, int]]:
        """(first, count) of groups of consecutive members with the same start and draw, at most `size` each."""
        out: list[list[int]] = []
        for m in members:
            joins = out and m == out[-1][0] + out[-1][1] and out[-1][1] < size and all(
                of(m) == of(out[-1][0]) for of in (self.spec.start_of, self.spec.draw_of if self.spec.draw else lambda _: 0))
            if joins:
                out[-1][1] += 1
            else:
                out.append([m, 1])
        return [(first, count) for first, count in out]

    def run(self, executor=None, workers: int | None = None, *, out: str | Path | None = None, resume: bool = False, batch: int = 16,
            progress=True) -> xr.Dataset:
        """Run the missing members and join all.

        Parameters
        ----------
        executor : concurrent.futures.Executor, optional
            Such as ``get_executor()`` of a Dask client, or ``mpi4py.futures``; its workers must be able to write to `out`. By default local processes.
        workers : int, optional
            Number of local processes; 1: this process. By default one per processor.
        out : path, optional
            Folder of the batches and of the result ``study.nc``; by default a temporary one.
        resume : bool
            Continue from the batches in `out`; False: `out` must hold none.
        batch : int
            Members per batch; the result does not depend on it.
        progress : bool or callable
            As in `Twin.run`.

        Returns
        -------
        xarray.Dataset
            Results per member with units and meaning: drift by path, extremes with and without outages. Counts of the fan are sums over members.

        Raises
        ------
        InputError
            The folder cannot be written, holds batches (without `resume`) or another study; workers die repeatedly; a number is out of range.
        """
        if workers is not None:
            _whole("workers", workers, 1, 4096)
        folder = Path(out) if out is not None else Path(tempfile.mkdtemp(prefix="coldsun-study-"))
        _prepare(folder)
        if not resume and self.shards(folder):
            raise InputError(f"{folder}: holds batches of this study already; accepted: --resume, or another folder")
        begin, missing = time.monotonic(), self.missing(folder)
        todo = self.batches(missing, _whole("batch", batch, 1, 4096))
        with Progress(progress, len(missing), unit="members") as tell:
            done = [0]

            def tick(count: int) -> None:
                done[0] += count
                if tell is not None:
                    tell(done[0])

            if executor is not None:
                _work(executor, self.spec, todo, folder, tick)
            elif (workers := min(workers or os.cpu_count() or 1, max(1, len(todo)))) == 1:
                for first, count in todo:
                    tick(run_batch(self.spec, first, count, str(folder))[1])
            else:
                self._pool(workers, todo, folder, tick)
        return self._join(folder, len(missing), time.monotonic() - begin)

    def _pool(self, workers: int, todo: list[tuple[int, int]], folder: Path, tick) -> None:
        """Run batches on local processes; a batch whose worker died is run again. Three deaths without progress raise InputError."""
        deaths = 0
        while todo:
            before = len(todo)
            try:
                with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent) as pool:   # OpenMP does not survive a fork
                    try:
                        _work(pool, self.spec, todo, folder, tick)
                    except KeyboardInterrupt:   # finished batches are complete files, so that none needs to be awaited
                        for process in list(getattr(pool, "_processes", {}).values()):
                            process.terminate()
                        raise
                return
            except BrokenExecutor:
                gone = set(self.missing(folder))
                todo = [(first, count) for first, count in todo if first in gone]
                deaths = deaths + 1 if len(todo) == before else 0
                if deaths == 3:
                    raise InputError("three workers in a row died before finishing a batch (out of memory?); accepted: fewer workers, a smaller batch; "
                                     "in a script, the call under if __name__ == \"__main__\":") from None

    def _join(self, folder: Path, made: int, wall: float) -> xr.Dataset:
        data = load(folder)
        for part in folder.glob("*.part"):   # left by workers that died
            part.unlink(missing_ok=True)
        states = len(self.spec.paths) + 1
        seconds = made * self.spec.hours * 3600
        data.attrs |= {"title": f"handover drift, {self.spec.network.title}", "spec": json.dumps(plain(self.spec)), "inputs": self.spec.network.inputs_text,
                       "wall_seconds": wall, "members_run": made, "rate": seconds / wall if wall > 0 else 0.0, "state_rate": states * seconds / max(wall, 1e-9),
                       "source": f"coldsun {_engine.build_info()['version']} ({_engine.build_info()['commit']})"}
        _save(data, folder / "study.nc")
        return data


def _end_with_parent() -> None:
    """End this worker when its parent process ends: a killed parent stops no workers."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)   # a batch file is complete or absent

    if parent is not None:
        threading.Thread(target=watch, daemon=True).start()


def _work(executor, spec: Spec, todo: list[tuple[int, int]], folder: Path, tick) -> None:
    """Run all batches on an executor, at most 64 submitted at a time."""
    queue, flying = list(todo), set()
    try:
        while queue or flying:
            while queue and len(flying) < 64:
                flying.add(executor.submit(run_batch, spec, *queue.pop(0), str(folder.absolute())))
            landed, flying = wait(flying, return_when=FIRST_COMPLETED)
            for future in landed:
                tick(future.result()[1])
    except BaseException:
        for future in flying:
            future.cancel()
        raise


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None


def _save(data: xr.Dataset, path: Path) -> None:
    part = path.with_suffix(".part")
    data.to_netcdf(part, engine="h5netcdf", encoding={n: {"zlib": True, "complevel": 4} for n in data.data_vars if data[n].size > 1000})
    os.replace(part, path)


def handover_drift(site, members: int = 256, hours: float = 6.0, *, n_field: int | None = 8, seed: int = 1, start: str | None = None, dt: float = 10.0,
                   paths=(ALL, *PATHS), limit: float = 1.0, trace_every: int = 16, priors: bool = True, supply_degc: float | None = None,
                   dates: int = 0, per_day: int = 4, draw: dict | None = None, per_draw: int = 1) -> Study:
    """Study of outages: drift of junction and coolant temperatures of each member from its own twin without outages.

    Parameters
    ----------
    site : Network, str or path
        One site.
    members, hours, seed, start, dt
        As in `Twin`; each member draws its parameters from the site's priors.
    n_field : int, optional
        Number of nodes with a resolved plate, the hottest types first; None: the value from the site file.
    paths : sequence
        Effects of outages to compare with none: "all", "stall", "burst" or "stale" alone, "none".
    limit : float
        Threshold of the drift [K].
    trace_every : int
        Record the course of the drift after outages in every n-th 15-s slot; 0: in none, only extremes.
    priors : bool
        False: all members have the site's values.
    supply_degc : float, optional
        Constant coolant supply temperature [degC].
    dates, per_day : int
        Spread the members over `dates` dates of a year with `per_day` members each; 0 dates: all start at `start`.
    draw : dict, optional
        Keys of the site that are drawn from a prior, ``{"cooling.dry_cooler.ua": cs.studies.normal(2.4e5, 2e4)}`` [SI]: `uniform`, `normal`,
        `lognormal` or `triangular`. A member and its reference twin have the same values. Accepted: keys that hold one number and that the
        site's priors do not draw for each member.
    per_draw : int
        Number of members with the same drawn values. Intervals count draws: draws are independent, members of one draw are not.

    Returns
    -------
    Study
        `Study.run` computes it.

    Raises
    ------
    InputError
        An argument or the site is invalid.

    Examples
    --------
    >>> import coldsun as cs
    >>> study = cs.studies.handover_drift("small", members=2, hours=0.1, n_field=0, dt=30.0, paths=("all",), trace_every=1)
    >>> data = study.run(workers=1, progress=False)
    >>> data["max_rise"].dims, data["max_rise"].units
    (('path', 'member', 'group'), 'K')
    """
    network = load_site(site) if isinstance(site, (str, Path)) else site
    with engine_errors():
        if n_field is not None:
            network = network.replace(n_field=_whole("n_field", n_field, 0, 1 << 20))
        if supply_degc is not None:
            network = network.replace(t_supply=supply_degc + zero_Celsius)
    if supply_degc is not None and any(key.split("/")[-1] in ("cooling.t_supply", "cooling.t_supply_min") for key in draw or {}):
        raise InputError("draw: the supply temperature is held by supply_degc; accepted: another key")
    for word in paths:
        if word not in (ALL, "none", *PATHS):
            raise InputError(f"paths: {word!r}; accepted: all, none, {', '.join(PATHS)}")
    if not 0.0 < dt <= 3600.0:
        raise InputError(f"dt = {dt:g}; accepted: more than 0, at most 3600 s")
    steps = hours * 3600 / dt
    if not 0.0 < steps < 1e9 or abs(steps - round(steps)) > 1e-6:
        raise InputError(f"hours = {hours:g}; accepted: a whole number of steps of {dt:g} s")
    if not 0.0 < limit < math.inf:
        raise InputError(f"limit = {limit:g}; accepted: more than 0 K")
    spec = Spec(network, _whole("members", members, 1, 10_000_000), float(hours), _whole("seed", seed, 0, 2**64 - 1), parse_start(network, start).value,
                float(dt), tuple(paths), float(limit), _whole("trace_every", trace_every, 0, 1 << 30), bool(priors), per_day if dates else 0, int(dates),
                priors_of(draw), _whole("per_draw", per_draw, 1, 10_000_000))
    for k in range(spec.draw_of(spec.members - 1) + 1 if draw else 0):   # refused now, not in a worker
        spec.network_of(k)
    return Study(spec)

"""The shadow: an ensemble that follows a site by its published readings, tests them, and estimates unmeasured parameters."""

from __future__ import annotations

import math
import tempfile
import time
from pathlib import Path
from typing import Callable

import numpy as np
import pandas as pd

from . import _engine
from .alarms import Alarms
from .diagnose import node_means
from .ending import Running
from .errors import HeldSignals, InputError, engine_errors
from .feedlog import FeedLog
from .frames import Buffer
from .judge import Judge
from .mqtt import log
from .quality import Counts, Quality, Skill
from .record import open_record
from .shadow_restart import judged_of, keep, keep_start, known_start, take_up_last, thin_old
from .twin import Twin

SILENT = 10.0   # s of the wall clock without a usable reading before a warning


class Shadow:
    """A shadow: an ensemble of twins that follows a site by the readings of its instruments.

    Parameters
    ----------
    network : Network
        Result of `load_site` or `load_network`; its files have a table ``[shadow]``.
    feed : feed
        `feeds.Mqtt`, `feeds.Replay` or `feeds.InProcess`.
    members, seed, device
        As in `Twin`; 2 members or more.
    out : path, optional
        Folder of the record. A record of the same shadow is resumed from its last checkpoint and the log of later readings.
    start : str, optional
        Start, ISO 8601; by default the first time stamp of the feed.
    hours, segment_hours : float
        Length of the shadow, and interval between checkpoints [h].
    dt, lag : float
        Fixed time step and length of a frame; waiting time for late readings, in time of the source [s].
    keep_hours, thin : float
        Segments older than `keep_hours` [h], except the newest two, are thinned to a row per `thin` [s] without checkpoint; 0: none.
    quality : dict, optional
        Arguments of `quality.Quality`, and `adapt_noise`: replace a wrong instrument noise by the observed one.

    Raises InputError where a setting is outside its range, or the site publishes nothing.

    >>> import coldsun as cs
    >>> from coldsun.emulate import Emulator
    >>> site = cs.load_site("small")
    >>> shadow = cs.Shadow(site, cs.feeds.InProcess(Emulator(site, hours=0.05)), members=4, hours=0.05)
    >>> shadow.run().sizes["time"], shadow.alarms, list(shadow.parameters().columns)
    (18, [], ['mean', 'spread'])
    """

    def __init__(self, network, feed, members: int = 64, out: str | Path | None = None, *, seed: int = 1, start: str | None = None,
                 hours: float = 24.0, dt: float = 10.0, lag: float = 30.0, segment_hours: float = 1.0, keep_hours: float = 2.0,
                 thin: float = 120.0, device: str = "auto", quality: dict | None = None):
        if not (members >= 2 and members == int(members)):
            raise InputError(f"members = {members}; accepted: a whole number, 2 or more")
        if odd := set(quality or {}) - {"gate", "n_stuck", "n_lost", "use_stuck", "use_gate", "adapt_noise"}:
            raise InputError(f"quality: unknown setting {min(odd)!r}; accepted: gate, n_stuck, n_lost, use_stuck, use_gate, adapt_noise")
        for name, value, least in (("dt", dt, 1e-3), ("hours", hours, 1e-3), ("segment_hours", segment_hours, 1e-3), ("lag", lag, 0.0),
                                   ("keep_hours", keep_hours, 0.0), ("thin", thin, 0.0)):
            if not least <= value < 1e6:
                raise InputError(f"{name} = {value:g}; accepted: {least:g} to 1e6")
        self.network, self.feed, self.device = network.without_work(), feed, device
        self.settings = dict(members=members, seed=seed, hours=hours, dt=dt)
        self.folder = Path(out or tempfile.mkdtemp(prefix="coldsun-shadow-"))
        self.per_segment = max(1, round(segment_hours * 3600.0 / dt))
        self.thin, self.n_full, self._n_thinned = float(thin), max(2, math.ceil(keep_hours * 3600.0 / dt / self.per_segment)), 0
        self.counts, self.alarms = Counts(), Alarms()
        probe = Twin(self.network, members=2, hours=dt / 3600.0, dt=dt, device="cpu")   # the points do not depend on time
        with engine_errors():
            link = _engine.Shadow(self.network, probe._engine)
            self.points = link.points
        self.buffer = Buffer(self.points, self.counts, dt=dt, lag=lag)
        self.log = FeedLog(self.folder, self.points)
        of = {k: np.array([p[k] for p in self.points]) for k in ("noise", "low", "high", "input", "domain")}
        self.input, self.domain = of["input"].astype(bool), of["domain"].astype(int)
        words = dict(quality or {})
        self.judge = Judge(self.points, link.columns, of["noise"], dt, adapt_noise=bool(words.pop("adapt_noise", False)))
        self.quality = Quality(of["noise"], of["low"], of["high"], ~self.input & (self.domain >= 0), **words)
        self.held, self.held_at = np.full(len(self.points), np.nan), np.zeros(len(self.points), np.int64)
        self.skill, self._signals = Skill(len(self.points)), HeldSignals()
        self.twin, self.start, self.last_wall, self.stopped = None, start, time.monotonic(), False
        self.value = self.forecast = self.use = np.full(len(self.points), np.nan)
        self.pending: dict[int, np.ndarray] = {}   # frames of the log after the checkpoint

    def run(self, hours: float | None = None, progress: Callable[["Shadow"], object] | None = None):
        """Follow the feed and return the record, as of `open_record`; arguments and errors as `follow`."""
        self.follow(hours, progress)
        return open_record(self.folder)

    def follow(self, hours: float | None = None, progress: Callable[["Shadow"], object] | None = None) -> None:
        """Follow the feed for `hours` [h], by default to the end of the prepared hours or of the feed.

        `progress` is called with the shadow after every step; False ends the run. Ctrl-C ends it with a complete record. InputError where the broker
        refuses, the feed ends by an error or has no reading of the site, or the folder is of another run.
        """
        with Running(self):
            self._follow(hours, progress)
        if self.buffer.failed:
            raise InputError(self.buffer.failed)

    def stop(self) -> None:
        """End `follow` at its next step with a complete record, from any thread; before its start: the run ends at once."""
        self.stopped = True

    def _follow(self, hours: float | None, progress) -> None:
        try:
            if self.stopped:
                return
            self.feed.start(self.buffer, self.network.name)
            with HeldSignals() as self._signals:
                self._steps_of(hours, progress)
            self._signals.raise_kept()
        finally:
            self.feed.stop()
            self.stopped = False   # a stop ends one run only

    def _steps_of(self, hours: float | None, progress) -> None:
        first_segment = self._prepare()
        left = round((self.twin.start.value + self.twin.hours * 3600e9 - self.twin._engine.time_ns) / (self.twin.dt * 1e9))
        steps = left if hours is None else min(left, round(hours * 3600.0 / self.twin.dt))
        self._progress, self._steps, self._segment, self._first_segment = progress, steps, 0, first_segment
        if steps < 1 and first_segment > 0:
            return   # the record is complete
        frame = self._frame(self._now() + self.buffer.dt)
        if frame is None or steps < 1:
            if first_segment == 0 and not self._ending and not self.buffer.failed:
                raise InputError(self._nothing("at least one frame of readings"))
            return
        if first_segment == 0:
            keep_start(self)
        self._drive(frame)
        told = self.twin.attributes(f"coldsun: shadow of {self.network.title}") | {"shadow": self.network.name}
        with engine_errors():
            self.link.run(steps, str(self.folder), first_segment, self.per_segment, told, self.judge.monitor.variables(), self._judge, self._after)

    def _now(self) -> int:
        return self.twin._engine.time_ns

    def _prepare(self) -> int:
        """Make the twin, resume an existing record; return the number of the next segment."""
        kept = known_start(self)
        again, start = kept is not None, self.start if kept is None else kept
        if start is None:
            stamp = self._patient(lambda: self.buffer.first_stamp(0.25))
            if stamp is None:
                self._signals.raise_kept()
                raise InputError(self.feed.refused or self.buffer.failed or self._nothing("at least one reading"))
            dt = self.buffer.dt
            start = pd.Timestamp(-(-stamp // dt) * dt - dt, unit="ns", tz="UTC").isoformat()
        self.make(start)
        number = take_up_last(self) if again else 0
        if again:
            self.pending = self.log.read(self._now())
            for text in self.log.doubts:
                self.tell(text)
        self.buffer.begin(max([self._now(), *self.pending]))
        return number

    def make(self, start: str) -> None:
        """Make the members at the start (ISO 8601)."""
        self.twin = Twin(self.network, start=start, device=self.device, **self.settings)
        with engine_errors():
            self.link = _engine.Shadow(self.network, self.twin._engine)
        self.columns = self.link.columns

    def _patient(self, ask):
        """Call `ask` until it has an answer, the feed ends or a signal arrives."""
        silent = SILENT
        while True:
            answer = ask()
            if answer is not None or self.buffer.over or self._ending:
                return answer
            if (age := time.monotonic() - self.buffer.usable) > silent:
                log.warning("no usable reading for %.0f s%s; %d messages so far: %s", age,
                            "" if self.feed.connected else ", broker disconnected", self.buffer.n_message, self.buffer.refusals())
                silent = 10.0 * age
            if self.feed.live and self.twin is not None:
                self.feed.acknowledge(self._now())   # the last acknowledgement may be lost with a broker

    def _nothing(self, least: str) -> str:
        told = f" ({self.buffer.n_message:,} messages: {self.buffer.refusals()})" if self.buffer.n_message else ""
        return "; ".join([f"the feed has no reading of a point of the site file{told}", *self.alarms[-1:], f"accepted: {least}"])

    def _frame(self, end: int) -> np.ndarray | None:
        """The next frame from the log or the feed; None at the end of the feed."""
        if self.pending:
            return self.pending.pop(end, np.full(len(self.points), np.nan))
        if far := self.buffer.beyond(self.twin.start.value + round(self.twin.hours * 3600e9)):
            self.tell(far)
            return None
        frame = self._patient(lambda: self.buffer.take(end, 0.25))
        if frame is None or (self.buffer.over and not self.buffer.frames and not np.isfinite(frame).any()):
            return None
        self.log.write(end, frame)
        return frame

    def _drive(self, raw: np.ndarray) -> None:
        """Set the drive of the members for the next step; a missing input keeps its last reading for `deadline`."""
        end = self._now() + self.buffer.dt
        self.value, good = self.judge.limits(self.buffer.si(raw), self.quality.low, self.quality.high, self.held, end, self.alarms)
        good &= self.input
        for k in np.flatnonzero(self.input & np.isfinite(self.value) & ~good):
            self.counts.add("limits", int(k))
        self.judge.silence.hear(good, self.held_at, end, self.twin.start.value, self.buffer.deadline, self.judge.outside(), self.alarms)
        self.held, self.held_at = np.where(good, self.value, self.held), np.where(good, end, self.held_at)
        known = np.isfinite(self.held) & (end - self.held_at <= self.buffer.deadline)
        self.link.drive(np.nan_to_num(self.held), known.astype(np.int8))

    def _judge(self) -> list[float]:
        """After a step: test its readings; return the NIS of each quantity and the number of alarms for the record."""
        members = self.link.observe()
        compared = np.where(self.input, np.nan, self.value)
        means = node_means(self.twin.state["thermal"], self.points, self.held, self.judge.silence.sure())
        means["curtailed"] = (self.twin.state["electrical"]["p_curtailed"] > 0.0).any(0)
        left_out = self.judge.step(compared, members, means, self.quality.stuck_points(), self.quality.equal, self._now(), self.alarms)
        self.use = self.quality.check(compared, members, self.counts, left_out)
        self.skill.add(compared, members.mean(0), self.use)
        self.forecast = members
        return [*self.judge.monitor.nis_by_quantity(), float(len(self.alarms))]

    def _after(self, done: int) -> bool:
        """Correct the members, acknowledge, then await the next frame and set the drive."""
        compared = np.where(self.input, np.nan, self.value)
        wide = self.quality.widening(compared, self.forecast, np.where(self.judge.left_out(), -1, self.domain))
        if self.judge.adapt_noise:
            self.link.set_noise(self.quality.noise)
        troubled = self.link.analyse(np.nan_to_num(compared), self.use.astype(np.int8), wide, self.judge.reopen)
        self.alarms.domains("sound", troubled, "innovation covariance not positive definite; this analysis is skipped", self.points, self._now())
        self.alarms.domains("wide", wide, "readings refused for many frames; the spread is widened until they fit", self.points, self._now())
        self.quality.after(self.link.observe())
        self.alarms.stuck(self.quality.stuck_points(), self.points, self._now())
        self.alarms.feed(self.buffer.told(), self._now())
        self.last_wall = time.monotonic()
        self.feed.acknowledge(self._now())
        frame = judged = None
        try:
            go_on = (self._progress is None or self._progress(self) is not False) and not self._ending
            frame = self._frame(self._now() + self.buffer.dt) if go_on and done < self._steps else None
            if done % self.per_segment == 0:
                judged = judged_of(self)   # before the next drive, which a restart sets again
            if frame is not None:
                self._drive(frame)
        finally:
            if done % self.per_segment == 0 or frame is None:
                keep(self, self._first_segment + self._segment, judged)
                thin_old(self, self._first_segment + self._segment)
                self._segment += 1
        return frame is not None

    def tell(self, text: str) -> None:
        """Raise an alarm on the record or on the feed as a whole."""
        self.alarms.tell(text, self._now() if self.twin is not None else 0, kind="record")

    @property
    def _ending(self) -> bool:
        return self.stopped or bool(self._signals.number)

    def parameters(self) -> pd.DataFrame:
        """Mean and standard deviation of every estimated parameter over the members; index: parameter name."""
        members = self.link.estimate()
        return pd.DataFrame({"mean": members.mean(0), "spread": members.std(0, ddof=1)}, index=[c["name"] for c in self.columns])

    def errors(self) -> pd.DataFrame:
        """Root mean square one-step errors by quantity [SI] of forecast (twin) and persistence; share of accepted readings (taken); NIS before the gate."""
        rows = {}
        for quantity in dict.fromkeys(p["quantity"] for p, i in zip(self.points, self.input) if not i):
            of = [k for k, p in enumerate(self.points) if p["quantity"] == quantity]
            twin, persistence = self.skill.rmse(of)
            seen = int(self.quality.seen[of].sum()) or float("nan")   # NaN without readings
            rows[quantity] = dict(twin=twin, persistence=persistence, taken=self.quality.taken[of].sum() / seen, nis=self.quality.chi2[of].sum() / seen)
        return pd.DataFrame.from_dict(rows, orient="index")

    def fork(self, hours: float = 24.0) -> Twin:
        """A twin with copies of all members at the present time, prepared for `hours` more [h]: for what-if runs of the plant.

        Node powers stay at their last readings and there are no jobs: flow, set-points and sun may be changed, not plans.
        InputError before the first step.
        """
        if self.twin is None:
            raise InputError("the shadow has not started; accepted: a fork after the first step")
        ends = max(self.settings["hours"], (self._now() - self.twin.start.value) / 3600e9 + hours)
        twin = Twin(self.network, start=self.twin.start.isoformat(), device=self.device, **self.settings | {"hours": ends})
        with engine_errors():
            self.link.fork(twin._engine)
        return twin

"""What of a reading may be believed: limits, stuck instruments, an innovation gate with a way back; every refusal counted by reason."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np

REASONS = ("malformed", "unknown", "unit", "missing", "quality", "clock", "late", "full", "conflict", "limits", "stuck", "suspect", "gate")


class Counts:
    """How many samples were refused, by reason and by point; a thread that receives may add while another asks by a method."""

    def __init__(self):
        self._lock = threading.Lock()
        self.by_reason: Counter[str] = Counter()
        self.by_point: dict[str, Counter[int]] = {}

    def add(self, reason: str, point: int | None = None, n: int = 1) -> None:
        """Count `n` more refusals for `reason`, of a point (its place) where it is one's."""
        with self._lock:
            self.by_reason[reason] += n
            if point is not None:
                self.by_point.setdefault(reason, Counter())[point] += n

    def of(self, reason: str, point: int) -> int:
        """Refusals of a point for a reason."""
        return self.by_point.get(reason, Counter())[point]

    def snapshot(self) -> dict:
        """What was counted up to now: `by_reason` (reason: count) and `by_point` (reason: point: count), copies."""
        with self._lock:
            return {"by_reason": dict(self.by_reason), "by_point": {k: dict(v) for k, v in self.by_point.items()}}

    __getstate__ = snapshot

    def __setstate__(self, kept: dict) -> None:
        """What `snapshot` gave; KeyError, TypeError, ValueError or AttributeError where it is none of it."""
        self._lock = threading.Lock()
        self.by_reason = Counter(kept["by_reason"])
        self.by_point = {k: Counter({int(p): n for p, n in v.items()}) for k, v in kept["by_point"].items()}


class Quality:
    """Judges each frame of readings against the forecast of the members.

    Parameters
    ----------
    noise, low, high : ndarray
        Standard deviation of each instrument's error and its physical limits [SI].
    compared : ndarray of bool
        Points that are compared with the model; the others drive it and are held to their limits alone.
    gate : float
        Innovations beyond so many of their standard deviations are refused. Alone it is dangerous: an instrument that got stuck drags the
        estimate, and then the gate locks the good ones out. So it comes with the test for stuck ones, and with a way back.
    n_stuck : int
        Equal readings in a row from which an instrument may be stuck: it is where the model moved by 3 noises meanwhile, and after twice as
        many where its readings used to jitter (a quarter of its noise from one to the next; a coarse one repeats itself and does not).
    n_lost : int
        Refusals at the gate in a row after which the point's domain is widened, until it fits again.
    use_stuck, use_gate : bool
        For experiments.
    """

    widest = 3.0  # factor on a domain's spread at one analysis
    n_widen = 10  # times in a row; what still does not fit is not of the domain's making (an offset, a meter without a signal)

    def __init__(self, noise, low, high, compared, *, gate: float = 5.0, n_stuck: int = 6, n_lost: int = 12, use_stuck: bool = True,
                 use_gate: bool = True):
        self.noise, self.low, self.high = (np.asarray(a, float) for a in (noise, low, high))
        self.compared = np.asarray(compared, bool)
        self.gate, self.n_stuck, self.n_lost, self.use_stuck, self.use_gate = gate, n_stuck, n_lost, use_stuck, use_gate
        n = len(self.noise)
        self.last = np.full(n, np.nan)        # last reading
        self.equal = np.zeros(n, int)         # readings in a row equal to it
        self.moved = np.zeros(n)              # what the model moved meanwhile, sum of its steps
        self.farthest = np.zeros(n)           # largest |moved|
        self.jitter = np.zeros(n)             # mean |change| of the readings, over some 30
        self.lively = np.zeros(n)             # the same when the reading last changed
        self.before = np.full(n, np.nan)      # forecast of the frame before, corrected
        self.lost = np.zeros(n, int)          # refusals at the gate in a row
        self.seen = np.zeros(n, int)
        self.taken = np.zeros(n, int)
        self.chi2 = np.zeros(n)               # sum of squared innovations over their variance, refused ones too

    state = ("last", "equal", "moved", "farthest", "jitter", "lively", "before", "lost", "seen", "taken", "chi2")

    def keep(self) -> dict:
        """What a restart needs."""
        return {k: getattr(self, k).tolist() for k in self.state}

    def take_up(self, kept: dict) -> None:
        for k in self.state:
            setattr(self, k, np.asarray(kept[k], getattr(self, k).dtype))

    def stuck_points(self) -> np.ndarray:
        """Points that are stuck now."""
        moved = (self.equal >= self.n_stuck) & (self.farthest > 3.0 * self.noise)
        silent = (self.equal >= 2 * self.n_stuck) & (self.lively > 0.25 * self.noise)
        return np.flatnonzero(self.compared & (moved | silent))

    def check(self, value: np.ndarray, forecast: np.ndarray, counts: Counts, left_out: np.ndarray | None = None) -> np.ndarray:
        """Which readings count; refusals go to `counts`.

        Parameters
        ----------
        value : ndarray (point)
            Readings [SI]; NaN where there is none.
        forecast : ndarray (member, point)
            What each member would be seen as.
        left_out : ndarray of bool, optional
            Points that are not believed now: refused as suspect.
        """
        here = np.isfinite(value)
        mean, variance = forecast.mean(0), forecast.var(0, ddof=1) + self.noise**2
        innovation = np.where(here, value - mean, 0.0)
        use = here.copy()

        out = here & ((value < self.low) | (value > self.high))
        use &= ~self._refuse("limits", out, counts)

        # The forecast is led by what was taken in, so what the model moved is summed up from step to step.
        step = np.where(np.isfinite(self.before), mean - self.before, 0.0)
        with np.errstate(invalid="ignore"):
            change = np.abs(value - self.last)
            same = here & (change <= 1e-9 * np.maximum(1.0, np.abs(value)))
        two = here & np.isfinite(change)
        self.jitter = np.where(two, self.jitter + (np.where(two, change, 0.0) - self.jitter) / 30.0, self.jitter)
        self.lively = np.where(here & ~same, self.jitter, self.lively)
        self.equal = np.where(same, self.equal + 1, np.where(here, 0, self.equal))
        self.moved = np.where(here & ~same, 0.0, self.moved + step)
        self.farthest = np.where(here & ~same, 0.0, np.maximum(self.farthest, np.abs(self.moved)))
        self.last = np.where(here, value, self.last)
        if self.use_stuck:
            stuck = np.zeros_like(use)
            stuck[self.stuck_points()] = True
            use &= ~self._refuse("stuck", stuck & use & here, counts)

        if left_out is not None:
            use &= ~self._refuse("suspect", left_out & use & here, counts)
        far = use & self.compared & (np.abs(innovation) > self.gate * np.sqrt(variance))
        self.lost = np.where(far, self.lost + 1, np.where(use & self.compared, 0, self.lost))
        if self.use_gate:
            use &= ~self._refuse("gate", far, counts)
        self.seen += here
        self.taken += use
        self.chi2 += np.where(here & self.compared, innovation**2 / variance, 0.0)
        return use

    def after(self, corrected: np.ndarray) -> None:
        """What the members would be seen as after the analysis (member, point): the model's steps count from there."""
        self.before = corrected.mean(0)

    def widening(self, value: np.ndarray, forecast: np.ndarray, domain: np.ndarray) -> dict[int, float]:
        """Domains locked out for too long, with the factor that lets their readings in again."""
        out: dict[int, float] = {}
        trying = (self.lost >= self.n_lost) & (self.lost < self.n_lost + self.n_widen)
        for k in np.flatnonzero(trying & (value >= self.low) & (value <= self.high) & (domain >= 0)):   # what cannot be opens no door
            spread = max(float(forecast[:, k].std(ddof=1)), 1e-3 * float(self.noise[k]))
            need = np.sqrt(max((value[k] - forecast[:, k].mean()) ** 2 / self.gate**2 - self.noise[k] ** 2, 0.0)) / spread
            out[int(domain[k])] = max(out.get(int(domain[k]), 1.0), float(np.clip(1.1 * need, 1.0, self.widest)))
        return out

    def _refuse(self, reason: str, which: np.ndarray, counts: Counts) -> np.ndarray:
        for k in np.flatnonzero(which):
            counts.add(reason, int(k))
        return which


class Skill:
    """One-step errors of the twin and of persistence, side by side, over readings that were believed twice in a row."""

    def __init__(self, n: int):
        self.last = np.full(n, np.nan)
        self.n, self.twin, self.persistence = np.zeros(n, int), np.zeros(n), np.zeros(n)

    def add(self, value: np.ndarray, forecast_mean: np.ndarray, use: np.ndarray) -> None:
        both = use & np.isfinite(self.last)
        self.n += both
        self.twin += np.where(both, (np.where(both, value, 0.0) - forecast_mean) ** 2, 0.0)
        self.persistence += np.where(both, (np.where(both, value, 0.0) - np.where(both, self.last, 0.0)) ** 2, 0.0)
        self.last = np.where(use, value, np.nan)

    def rmse(self, points) -> tuple[float, float]:
        """Root mean square one-step error over these points: the twin's, persistence's; NaN where nothing was compared."""
        points = np.asarray(list(points), int)
        n = int(self.n[points].sum())
        if n == 0:
            return float("nan"), float("nan")
        return float(np.sqrt(self.twin[points].sum() / n)), float(np.sqrt(self.persistence[points].sum() / n))

    def keep(self) -> dict:
        return {k: getattr(self, k).tolist() for k in ("last", "n", "twin", "persistence")}

    def take_up(self, kept: dict) -> None:
        for k, v in kept.items():
            setattr(self, k, np.asarray(v, getattr(self, k).dtype))

"""Quality control of readings: limits, stuck instruments, innovation gate with recovery; refusals are counted by reason."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np

REASONS = ("malformed", "unknown", "unit", "missing", "quality", "clock", "late", "full", "conflict", "limits", "stuck", "suspect", "gate")


class Counts:
    """Counts of refused readings by reason and point; `add` and `snapshot` may run in different threads.

    >>> counts = Counts()
    >>> counts.add("late", 3)
    >>> counts.snapshot()
    {'by_reason': {'late': 1}, 'by_point': {'late': {3: 1}}}
    """

    def __init__(self):
        self._lock = threading.Lock()
        self.by_reason: Counter[str] = Counter()
        self.by_point: dict[str, Counter[int]] = {}

    def add(self, reason: str, point: int | None = None, n: int = 1) -> None:
        """Count `n` refusals for `reason`; `point`: place of the point, if known."""
        with self._lock:
            self.by_reason[reason] += n
            if point is not None:
                self.by_point.setdefault(reason, Counter())[point] += n

    def of(self, reason: str, point: int) -> int:
        """Number of refusals of a point for a reason."""
        return self.by_point.get(reason, Counter())[point]

    def snapshot(self) -> dict:
        """Copies of the counts: `by_reason` (reason: count) and `by_point` (reason: point: count)."""
        with self._lock:
            return {"by_reason": dict(self.by_reason), "by_point": {k: dict(v) for k, v in self.by_point.items()}}

    __getstate__ = snapshot

    def __setstate__(self, kept: dict) -> None:
        """Set the values of `snapshot`; KeyError, TypeError, ValueError or AttributeError for other values."""
        self._lock = threading.Lock()
        self.by_reason = Counter(kept["by_reason"])
        self.by_point = {k: Counter({int(p): n for p, n in v.items()}) for k, v in kept["by_point"].items()}


class Quality:
    """Tests of each frame of readings against limits and the members' forecast.

    Parameters
    ----------
    noise, low, high : ndarray (point)
        Standard deviation of each instrument's error, and its physical limits [SI].
    compared : ndarray of bool (point)
        Points that are compared with the forecast; the others are inputs, tested only against their limits.
    gate : float
        Largest accepted innovation, in standard deviations. The gate needs the test for stuck instruments and the recovery: a stuck instrument shifts
        the estimate, and the gate then refuses good readings.
    n_stuck : int
        Consecutive equal readings from which an instrument counts as stuck, if its forecast changed by 3 noises meanwhile. An instrument whose
        readings used to change by a quarter of its noise counts as stuck after twice as many.
    n_lost : int
        Consecutive refusals at the gate after which the spread of the point's domain is widened.
    use_stuck, use_gate : bool
        Switch a test off, for experiments.
    """

    widest = 3.0  # largest factor on a domain's spread at one analysis
    n_widen = 10  # consecutive widenings; a point that still does not fit has an offset or no signal

    def __init__(self, noise, low, high, compared, *, gate: float = 5.0, n_stuck: int = 6, n_lost: int = 12, use_stuck: bool = True,
                 use_gate: bool = True):
        self.noise, self.low, self.high = (np.asarray(a, float) for a in (noise, low, high))
        self.compared = np.asarray(compared, bool)
        self.gate, self.n_stuck, self.n_lost, self.use_stuck, self.use_gate = gate, n_stuck, n_lost, use_stuck, use_gate
        n = len(self.noise)
        self.last = np.full(n, np.nan)        # last reading
        self.equal = np.zeros(n, int)         # consecutive readings equal to it
        self.moved = np.zeros(n)              # change of the forecast meanwhile
        self.farthest = np.zeros(n)           # largest |moved|
        self.jitter = np.zeros(n)             # mean |change| of the readings, over about 30
        self.lively = np.zeros(n)             # jitter when the reading last changed
        self.before = np.full(n, np.nan)      # previous forecast after its analysis
        self.lost = np.zeros(n, int)          # consecutive refusals at the gate
        self.seen = np.zeros(n, int)
        self.taken = np.zeros(n, int)
        self.chi2 = np.zeros(n)               # sum of squared innovations over their variance, including refused ones

    state = ("last", "equal", "moved", "farthest", "jitter", "lively", "before", "lost", "seen", "taken", "chi2")

    def keep(self) -> dict:
        """Values for a restart, as of `take_up`."""
        return {k: getattr(self, k).tolist() for k in self.state}

    def take_up(self, kept: dict) -> None:
        """Set the values of `keep`."""
        for k in self.state:
            setattr(self, k, np.asarray(kept[k], getattr(self, k).dtype))

    def stuck_points(self) -> np.ndarray:
        """Places of the points whose instruments are stuck now."""
        moved = (self.equal >= self.n_stuck) & (self.farthest > 3.0 * self.noise)
        silent = (self.equal >= 2 * self.n_stuck) & (self.lively > 0.25 * self.noise)
        return np.flatnonzero(self.compared & (moved | silent))

    def check(self, value: np.ndarray, forecast: np.ndarray, counts: Counts, left_out: np.ndarray | None = None) -> np.ndarray:
        """Accepted readings (point, bool); refusals are added to `counts`.

        Parameters
        ----------
        value : ndarray (point)
            Readings [SI]; NaN: none.
        forecast : ndarray (member, point)
            Forecast of the readings by each member [SI].
        left_out : ndarray of bool (point), optional
            Points to refuse as suspect.
        """
        here = np.isfinite(value)
        mean, variance = forecast.mean(0), forecast.var(0, ddof=1) + self.noise**2
        innovation = np.where(here, value - mean, 0.0)
        use = here.copy()

        out = here & ((value < self.low) | (value > self.high))
        use &= ~self._refuse("limits", out, counts)

        # Each analysis shifts the forecast; so the change by the model alone is summed over the steps.
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
        """Register the forecast after the analysis (member, point), from which the next change by the model counts."""
        self.before = corrected.mean(0)

    def widening(self, value: np.ndarray, forecast: np.ndarray, domain: np.ndarray) -> dict[int, float]:
        """Factors on the spread of domains whose points were refused at the gate for long: domain -> factor."""
        out: dict[int, float] = {}
        trying = (self.lost >= self.n_lost) & (self.lost < self.n_lost + self.n_widen)
        for k in np.flatnonzero(trying & (value >= self.low) & (value <= self.high) & (domain >= 0)):   # impossible readings widen nothing
            spread = max(float(forecast[:, k].std(ddof=1)), 1e-3 * float(self.noise[k]))
            need = np.sqrt(max((value[k] - forecast[:, k].mean()) ** 2 / self.gate**2 - self.noise[k] ** 2, 0.0)) / spread
            out[int(domain[k])] = max(out.get(int(domain[k]), 1.0), float(np.clip(1.1 * need, 1.0, self.widest)))
        return out

    def _refuse(self, reason: str, which: np.ndarray, counts: Counts) -> np.ndarray:
        for k in np.flatnonzero(which):
            counts.add(reason, int(k))
        return which


class Skill:
    """One-step forecast errors of the ensemble mean and of persistence, over readings accepted twice in a row."""

    def __init__(self, n: int):
        self.last = np.full(n, np.nan)
        self.n, self.twin, self.persistence = np.zeros(n, int), np.zeros(n), np.zeros(n)

    def add(self, value: np.ndarray, forecast_mean: np.ndarray, use: np.ndarray) -> None:
        """Add one frame: readings and mean forecast (point) [SI], accepted readings (point, bool)."""
        both = use & np.isfinite(self.last)
        self.n += both
        self.twin += np.where(both, (np.where(both, value, 0.0) - forecast_mean) ** 2, 0.0)
        self.persistence += np.where(both, (np.where(both, value, 0.0) - np.where(both, self.last, 0.0)) ** 2, 0.0)
        self.last = np.where(use, value, np.nan)

    def rmse(self, points) -> tuple[float, float]:
        """Root mean square one-step error over these points [SI]: forecast, persistence; NaN where nothing was compared."""
        points = np.asarray(list(points), int)
        n = int(self.n[points].sum())
        if n == 0:
            return float("nan"), float("nan")
        return float(np.sqrt(self.twin[points].sum() / n)), float(np.sqrt(self.persistence[points].sum() / n))

    def keep(self) -> dict:
        """Values for a restart, as of `take_up`."""
        return {k: getattr(self, k).tolist() for k in ("last", "n", "twin", "persistence")}

    def take_up(self, kept: dict) -> None:
        """Set the values of `keep`."""
        for k, v in kept.items():
            setattr(self, k, np.asarray(v, getattr(self, k).dtype))

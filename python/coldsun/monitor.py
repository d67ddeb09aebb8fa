"""Consistency tests of a filter: innovations must be white with mean 0 and variance 1, by point and by quantity.

z = innovation / its standard deviation, before the gate, clipped at 5. Each point has T = sum(w z) / sqrt(sum(w^2)), with variance 1 while z is
white, and NIS = sum(w z^2) / sum(w), chi-squared with about (1 + l) / (1 - l) degrees of freedom for weights w = l^k (Bar-Shalom, Li,
Kirubarajan 2001, Estimation with Applications to Tracking and Navigation, sec. 5.4). Half the mean square of successive differences of z is the
variance of its white part, for any slow change of its mean (von Neumann 1941, doi 10.1214/aoms/1177731677). It separates a wrong noise from a
wrong model; T is divided by its root where it is above 1.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

STEPS = {"jump": 7.0, "drift": 36.0, "slow": 216.0}      # effective number of steps of each mean
BOUND = {"jump": 7.0, "drift": 5.5, "slow": 5.5}         # |T| of an alarm; 7 needs three consecutive far readings
N_NIS = 60.0                                             # effective steps of NIS and of the correlation of successive z
N_OUT = 30                                               # consecutive steps outside the band before an alarm
BAND, MATTERS = 0.99, (0.6, 1.6)                         # probability of the NIS band; NIS inside this range never alarms: noise wrong by a quarter
POINT = (0.4, 2.2)                                       # the same range for the white part of z of one point
POINT_ODDS = (2.4e-5, 8.2e-5)                            # probability per step that a white point is below or above it (counted); N_OUT make alarms rare
BOUND_CORRELATION = 8.0                                  # products of normals have heavy tails
N_START = 18                                             # first steps without a test, while the filter finds parameters that differ from the site file
N_RELEASE, RELEASE = 12, 4.0                             # consecutive steps with |T| below this after which a point fits again


def decay(n: float) -> float:
    """Weight per step of a mean over n effective steps."""
    return (n - 1.0) / (n + 1.0)


class Monitor:
    """Statistics of all compared points; `step` after each forecast.

    `n_point`: number of points; `quantity` (point); `compared` (point, bool): points to test; `clip`: bound of |z|, so that no single reading is a jump.
    """

    state = ("jump", "drift", "slow", "square", "weight", "product", "steps", "n_steps", "before", "out", "point_out", "fits", "n")

    def __init__(self, n_point: int, quantity: list[str], compared: np.ndarray, clip: float = 5.0):
        self.quantity, self.compared, self.clip = np.asarray(quantity), np.asarray(compared, bool), clip
        self.quantities = list(dict.fromkeys(self.quantity[self.compared]))
        self.jump, self.drift, self.slow = np.zeros(n_point), np.zeros(n_point), np.zeros(n_point)
        self.square, self.weight = np.zeros(n_point), np.zeros(n_point)     # of NIS
        self.steps, self.n_steps = np.zeros(n_point), np.zeros(n_point)     # of half the squares of z's steps
        self.product, self.before = np.zeros(n_point), np.full(n_point, np.nan)
        self.out = np.zeros(len(self.quantities), int)                      # steps in a row outside the band; negative below it
        self.point_out = np.zeros(n_point, int)
        self.fits = np.zeros(n_point, int)                                  # steps in a row without any sign
        self.n = np.zeros(1, int)                                           # steps so far

    def step(self, z: np.ndarray, left_out: np.ndarray) -> None:
        """Add z of one step (point; NaN: no reading); points `left_out` (point, bool: stuck, distrusted) do not count for their quantity."""
        self.n += 1
        here = np.isfinite(z) & self.compared
        z = np.where(here, np.clip(np.nan_to_num(z), -self.clip, self.clip), 0.0)
        if self.n[0] > N_START:
            for name, n in STEPS.items():
                w = decay(n)
                t = getattr(self, name)
                setattr(self, name, np.where(here, w * t + np.sqrt(1.0 - w * w) * z, t))
            w = decay(N_NIS)
            two = here & np.isfinite(self.before)
            near = np.clip(z, -3.0, 3.0) * np.clip(np.nan_to_num(self.before), -3.0, 3.0)
            self.product = np.where(two, w * self.product + np.sqrt(1.0 - w * w) * near, self.product)
        w = decay(N_NIS)
        two = here & np.isfinite(self.before)
        self.steps = np.where(two, w * self.steps + 0.5 * (z - np.nan_to_num(self.before)) ** 2, self.steps)
        self.n_steps = np.where(two, w * self.n_steps + 1.0, self.n_steps)
        self.square = np.where(here, w * self.square + z * z, self.square)
        self.weight = np.where(here, w * self.weight + 1.0, self.weight)
        self.before = np.where(here, z, np.nan)
        self.fits = np.where(here & (np.abs(self.of("jump")) < RELEASE), self.fits + 1, np.where(here, 0, self.fits))
        for i, quantity in enumerate(self.quantities):
            side = self._side(self.points_of(quantity) & ~left_out)
            self.out[i] = self.out[i] + side if side * self.out[i] > 0 else side
        of_point = self.steps / np.maximum(self.n_steps, 1e-9)
        full = here & ~left_out & (self.weight > 0.9 / (1.0 - decay(N_NIS)))
        side = np.where(full & (of_point > POINT[1]), 1, np.where(full & (of_point < POINT[0]), -1, 0))
        self.point_out = np.where(side * self.point_out > 0, self.point_out + side, side)
        if self.n[0] <= N_START:
            self.out[:] = 0

    def points_of(self, quantity: str) -> np.ndarray:
        """Compared points (point, bool) of a quantity."""
        return self.compared & (self.quantity == quantity)

    def nis(self, points: np.ndarray) -> float:
        """NIS: normalised innovation squared, mean over these points (mask) and about 60 steps [1]; 1 for a consistent filter."""
        weight = self.weight[points].sum()
        return float(self.square[points].sum() / weight) if weight > 0.0 else float("nan")

    def nis_by_quantity(self) -> list[float]:
        """NIS [1] of each of `quantities`; NaN: no reading so far."""
        return [self.nis(self.points_of(q)) for q in self.quantities]

    def variables(self) -> list[tuple[str, str, str]]:
        """Name, unit and long name of the recorded variables: NIS by quantity, and the number of alarms."""
        return [(f"nis_{q}", "1", f"normalised innovation squared of {q}, mean over its points and about 60 steps, including refused readings")
                for q in self.quantities] + [("n_alarm", "1", "number of alarms since the start")]

    def white(self, points: np.ndarray) -> float:
        """Variance of the white part of z over these points [1]: 1 for a correct noise, also with a wrong model."""
        weight = self.n_steps[points].sum()
        return float(self.steps[points].sum() / weight) if weight > 0.0 else 1.0

    def of(self, name: str) -> np.ndarray:
        """T of every point over "jump", "drift" or "slow" steps, divided by its own scatter."""
        return getattr(self, name) / np.sqrt(self._scatter())

    def _scatter(self) -> np.ndarray:
        return np.where(self.n_steps > 5.0, np.maximum(self.steps / np.maximum(self.n_steps, 1e-9), 1.0), 1.0)

    def band(self, points: np.ndarray) -> tuple[float, float]:
        """99 % band of NIS for these points."""
        w = decay(N_NIS)
        weight = self.weight[points]
        squares = (1.0 - (1.0 - (1.0 - w) * weight) ** 2) / (1.0 - w * w)   # of the weights so far
        if not weight.sum() > 0.0:
            return 0.0, float("inf")
        freedom = weight.sum() ** 2 / squares.sum()
        return tuple(stats.chi2.interval(BAND, freedom) / freedom)

    def _side(self, points: np.ndarray) -> int:
        """1: above the band by noise, -1: below it by noise, 0: inside, or outside by a wrong model."""
        nis, white = self.nis(points), self.white(points)
        if not np.isfinite(nis) or MATTERS[0] <= nis <= MATTERS[1] or MATTERS[0] <= white <= MATTERS[1]:
            return 0
        low, high = self.band(points)
        return 1 if nis > high and white > 1.0 else -1 if nis < low and white < 1.0 else 0

    def wrong_noise(self) -> list[str]:
        """Quantities whose NIS has been outside its band for N_OUT steps."""
        return [q for q, n in zip(self.quantities, self.out) if abs(n) >= N_OUT]

    def wrong_noise_at(self) -> np.ndarray:
        """Points (bool) whose white part of z has been outside its range for N_OUT steps."""
        return np.abs(self.point_out) >= N_OUT

    def jumped(self) -> np.ndarray:
        """Points (bool) whose innovations have jumped."""
        return self.compared & (np.abs(self.of("jump")) > BOUND["jump"])

    def drifting(self) -> np.ndarray:
        """Points (bool) whose innovations keep one sign."""
        return self.compared & ((np.abs(self.of("drift")) > BOUND["drift"]) | (np.abs(self.of("slow")) > BOUND["slow"]))

    def correlated(self) -> np.ndarray:
        """Points (bool) whose innovations are autocorrelated, for any mean."""
        return self.compared & (self.product / self._scatter() > BOUND_CORRELATION) & (np.abs(self.jump) < 4.0)

    def mean_z(self, k: int) -> float:
        """Mean of z over the steps of "drift" or "slow", whichever is more significant."""
        by = {name: getattr(self, name)[k] / np.sqrt(n) for name, n in STEPS.items()}
        surest = max(("drift", "slow"), key=lambda name: abs(getattr(self, name)[k]))
        return float(by[surest])

    def forget(self, points) -> None:
        """Reset the statistics of these points after an action on them."""
        for a in (self.jump, self.drift, self.slow, self.product, self.fits):
            a[points] = 0

    def forget_noise(self, quantity: str) -> None:
        """Reset the noise statistics of a quantity after its noise was changed."""
        of = self.points_of(quantity)
        for a in (self.square, self.weight, self.steps, self.n_steps, self.point_out):
            a[of] = 0
        self.out[self.quantities.index(quantity)] = 0

    def keep(self) -> dict:
        """Values for a restart, as of `take_up`."""
        return {k: [None if x != x else x for x in getattr(self, k).tolist()] for k in self.state}

    def take_up(self, kept: dict) -> None:
        """Set the values of `keep`."""
        for k in self.state:
            setattr(self, k, np.array([np.nan if x is None else x for x in kept[k]], getattr(self, k).dtype))

"""Confidence intervals: order statistics for quantiles, Student for means, Wilson for shares of events."""

from __future__ import annotations

import math

import numpy as np
from scipy import special, stats

_FEW = 4.0   # least number of members with events from which the scatter between members is estimated


def quantile(sample, p: float, level: float = 0.95) -> tuple[float, float, float, float]:
    """Quantile p of a sample, its interval with a coverage of at least `level`, and the true coverage: (value, low, high, coverage).

    The ends are two order statistics: of the pairs next to the symmetric one, that with the smallest coverage (exact for any continuous
    distribution: David and Nagaraja, Order Statistics, 3rd ed., 7.1). An infinite end: the sample gives no bound.

    >>> [round(x, 3) for x in quantile(range(100), 0.5)]
    [49.5, 39.0, 59.0, 0.954]
    """
    x = np.sort(np.asarray(sample, float))
    n, tail = len(x), 0.5 * (1.0 - level)
    below = stats.binom.cdf(np.arange(-1, n + 1), n, p)   # (rank) probability that fewer values of the sample are below the quantile
    low = int(np.searchsorted(below[: n + 1], tail, side="right")) - 1
    high = int(np.searchsorted(below, 1.0 - tail, side="left"))
    best = (below[high] - below[low], low, high)
    for a in (low, low + 1):
        for b in (high, high - 1):
            if 1 <= a < b <= n and level <= below[b] - below[a] < best[0] - 1e-12:   # the lower one of a pair and its mirror image
                best = (below[b] - below[a], a, b)
    coverage, low, high = best
    ends = np.concatenate([[-np.inf], x, [np.inf]])
    return float(np.quantile(x, p)), float(ends[low]), float(ends[high]), float(coverage)


def mean(sample, level: float = 0.95) -> tuple[float, float, float]:
    """Mean of a sample with Student's interval: (value, low, high).

    >>> [round(x, 3) for x in mean([1.0, 2.0, 3.0])]
    [2.0, -0.484, 4.484]
    """
    x = np.asarray(sample, float)
    half = stats.t.ppf(0.5 + 0.5 * level, len(x) - 1) * stats.sem(x) if len(x) > 1 else math.inf
    return float(x.mean()), float(x.mean() - half), float(x.mean() + half)


def share(part, whole, level: float = 0.95) -> tuple[float, float, float]:
    """Share of events clustered by member, sum of `part` over sum of `whole` (member), with its interval: (value, low, high).

    Wilson's interval with the effective number of independent events (Korn and Graubard 1998, Survey Methodology 24, 193), and Student's t with the
    degrees of freedom of the variance between members (Satterthwaite, at least 4). Where fewer than four members hold all events (or all others),
    each member counts as one event for that bound (Clopper and Pearson). ValueError where a part exceeds its whole.

    >>> [f"{x:.2f}" for x in share([3, 2, 1, 2, 3, 1, 2, 2], [4] * 8)]
    ['0.50', '0.35', '0.65']
    """
    a, b = np.asarray(part, float), np.asarray(whole, float)
    if ((a < 0) | (a > b)).any():
        raise ValueError("share: part is larger than whole; accepted: 0 <= part <= whole")
    some, every, n, tail = a.sum(), b.sum(), int((b > 0).sum()), 0.5 * (1.0 - level)
    if every == 0:
        return math.nan, math.nan, math.nan
    r = float(some / every)
    alone = tail ** (1.0 / n)
    if some in (0, every):
        return (r, 0.0, 1.0 - alone) if some == 0 else (r, alone, 1.0)
    if n < 2:
        return r, 0.0, 1.0
    square = (a - r * b) ** 2
    if not square.any():   # equal members: events count as independent
        return r, *_wilson(r, every, special.ndtri(1.0 - tail))
    kurtosis = n * (square**2).sum() / square.sum() ** 2
    freedom = min(max(2.0 * n / max(kurtosis - 1.0, 1e-9), min(4.0, n - 1.0)), n - 1.0)
    variance = square.sum() * n / (n - 1.0) / every**2
    low, high = _wilson(r, r * (1.0 - r) / variance, special.stdtrit(freedom, 1.0 - tail))

    for sums, upper in ((a, True), (b - a, False)):
        alike = sums.sum() ** 2 / (sums**2).sum()   # effective number of members that hold the events
        if alike < _FEW:
            bound = special.betaincinv(alike + 1.0, max(n - alike, 1e-9), 1.0 - tail)
            low, high = (low, max(high, bound)) if upper else (min(low, 1.0 - bound), high)
    return r, max(low, 0.0), min(high, 1.0)


def _wilson(r: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's interval of a share r of n events at z standard deviations (1927, doi 10.1080/01621459.1927.10502953)."""
    w = z * z / n
    middle, half = (r + 0.5 * w) / (1.0 + w), z / (1.0 + w) * math.sqrt(r * (1.0 - r) / n + 0.25 * w / n)
    return middle - half, middle + half

"""Intervals: against published values, and how often they cover the truth in repetitions of a cheap model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from coldsun.intervals import mean, quantile, share

Z = stats.norm.ppf


def ends(x, p):
    """Ranks of a quantile's ends: 0 and n + 1 where there is no such bound."""
    _, low, high, coverage = quantile(x, p)
    return int(np.searchsorted(x, low)) + 1 if low > -math.inf else 0, int(np.searchsorted(x, high)) + 1 if high < math.inf else len(x) + 1, coverage


def test_the_interval_of_a_quantile_has_its_stated_ranks_and_coverage():
    # David and Nagaraja, Order Statistics (3rd ed.), 7.1: n = 10, median: X(2) to X(9) covers 0.9785, X(3) to X(8) 0.8906
    assert ends(np.arange(10.0), 0.5) == (2, 9, pytest.approx(0.978515625, abs=1e-12))
    # 0.99^384 = 0.0211: the largest of 384 bounds the 99 % quantile from above at 97.5 %; of 300 it does not
    assert ends(np.arange(384.0), 0.99)[1] == 384 and ends(np.arange(300.0), 0.99)[1] == 301
    assert ends(np.arange(3.0), 0.99)[0] == 2   # P(B <= 1) = 3e-4, P(B <= 2) = 0.0297
    for n in (5, 17, 64, 256, 1000):
        for p in (0.05, 0.5, 0.9, 0.99):
            low, high, coverage = ends(np.arange(float(n)), p)
            assert coverage == pytest.approx(stats.binom.cdf(high - 1, n, p) - stats.binom.cdf(low - 1, n, p), abs=1e-14)
            assert coverage >= 0.95 or low == 0 or high == n + 1, (n, p)


def test_the_interval_of_a_mean_is_students():
    x = np.random.default_rng(1).lognormal(size=57)
    assert mean(x)[1:] == pytest.approx(stats.t.interval(0.95, 56, x.mean(), stats.sem(x)), rel=1e-12)
    assert mean([2.0, 2.0]) == (2.0, 2.0, 2.0) and mean([2.0]) == (2.0, -math.inf, math.inf)


def test_the_interval_of_a_share_is_within_0_and_1():
    none, events, some = np.zeros(30), np.full(30, 4.0), np.ones(30)
    # nothing seen is not nothing: thirty members without an event leave room for 11.6 %
    assert share(none, events) == (0.0, 0.0, pytest.approx(1.0 - 0.025 ** (1 / 30), abs=1e-15))
    assert share(events, events) == (1.0, pytest.approx(0.025 ** (1 / 30), abs=1e-15), 1.0)
    wilson = stats.binomtest(30, 120).proportion_ci(method="wilson")   # no scatter: as if events were independent
    assert share(some, events) == pytest.approx((0.25, wilson.low, wilson.high), abs=1e-15)
    one = none.copy()
    one[0] = 4.0
    # of 30 members one has them all: at least Clopper and Pearson's upper end, 17.2 %, and more, for the scatter is hardly known
    assert 0.1722 - 1e-4 <= share(one, events)[2] <= 0.3
    assert all(math.isnan(x) for x in share(none, none))
    with pytest.raises(ValueError, match="part is larger than whole"):
        share(events, none)


@pytest.mark.parametrize("n, repetitions, least", [(32, 1000, 92.5), (256, 400, 91.5)])   # 95 % less three sigma of the repetitions
@pytest.mark.parametrize("common", ["everything", "a share of its own", "nothing"])       # what the events of a member have in common
def test_intervals_of_shares_from_3_to_75_percent_have_their_coverage(n, repetitions, least, common):
    """Student's interval of the ratio covers 73 to 95 % here at 32 members."""
    rng = np.random.default_rng(77)
    for truth in (0.03, 0.05, 0.1, 0.2, 0.5, 0.75):
        events = rng.integers(1, 21, (repetitions, n))
        u = rng.random((repetitions, n))
        if common == "everything":
            part = np.where(u < truth, events, 0)
        else:   # uniform on [0, 2 truth] or its mirror: a wide scatter with the right mean
            own = 2.0 * truth * u if truth <= 0.5 else 1.0 - 2.0 * (1.0 - truth) * u
            part = rng.binomial(events, truth if common == "nothing" else own)
        found = np.array([share(a, b) for a, b in zip(part, events)])
        percent = 100.0 * np.mean((found[:, 1] <= truth) & (truth <= found[:, 2]))
        assert least <= percent <= 99.5, truth


def test_intervals_cover_93_to_97_percent_in_2000_repetitions():
    """Exponential of a normal: median 1, mean exp(1/8), quantiles exp(z / 2); 256 members. 93 to 97 % is four sigma of the repetitions about 95 %."""
    rng = np.random.default_rng(2024)
    x = np.exp(0.5 * rng.normal(size=(2000, 256)))
    truth = {"mean": math.exp(0.125), "median": 1.0, "90 % quantile": math.exp(0.5 * Z(0.9)), "share of events": 0.2}
    events = rng.integers(1, 21, x.shape)   # a member's events share its luck
    found = {"mean": [mean(row)[1:] for row in x], "median": [quantile(row, 0.5)[1:3] for row in x], "90 % quantile": [quantile(row, 0.9)[1:3] for row in x],
             "share of events": [share(a, b)[1:] for a, b in zip(np.where(x > math.exp(0.5 * Z(0.8)), events, 0), events)]}
    for name, intervals in found.items():
        low, high = np.transpose(intervals)
        percent = 100.0 * np.mean((low <= truth[name]) & (truth[name] <= high))
        print(f"{name} covers {percent:.2f} %")
        assert 93.0 <= percent <= 97.0, name

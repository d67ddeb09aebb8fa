// Intervals: against published values, and how often they cover the truth in 2,000 repetitions of a cheap model.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "common/philox.hpp"
#include "ensemble/statistics.hpp"

namespace coldsun::ensemble {
namespace {

// Abramowitz and Stegun, tables 26.10 (Student) and 26.5 by identity with the binomial.
// Nothing seen is not nothing: thirty members without an event leave room for 11.6 %, and one whose events all are
// leaves none above 1.
TEST(EnsembleStatistics, RatioWithoutEventsHasAnInterval) {
  const std::vector<Real> none(30, 0.0), events(30, 4.0);
  const Mean m = ratio(none, events, 0.95);
  EXPECT_EQ(m.value, 0.0);
  EXPECT_EQ(m.interval.low, 0.0);
  EXPECT_NEAR(m.interval.high, 1.0 - std::pow(0.025, 1.0 / 30.0), 1e-15);
  EXPECT_NEAR(ratio(events, events, 0.95).interval.low, std::pow(0.025, 1.0 / 30.0), 1e-15);
  EXPECT_EQ(ratio(events, events, 0.95).interval.high, 1.0);
}

TEST(EnsembleStatistics, StudentAndBinomial) {
  EXPECT_NEAR(student_quantile(0.975, 1), 12.706204736, 1e-8);
  EXPECT_NEAR(student_quantile(0.975, 10), 2.228138852, 1e-9);
  EXPECT_NEAR(student_quantile(0.95, 30), 1.697260887, 1e-9);
  EXPECT_NEAR(student_quantile(0.025, 5), -2.570581836, 1e-9);
  EXPECT_NEAR(binomial_cdf(2, 10, 0.3), 0.3827827864, 1e-12);  // sum of three terms by hand
  EXPECT_NEAR(binomial_cdf(500, 1000, 0.5), 0.5 + 0.5 * 0.025225018178,
              1e-12);  // half of C(1000, 500) / 2^1000 above a half
  EXPECT_EQ(binomial_cdf(-1, 10, 0.3), 0.0);
  EXPECT_EQ(binomial_cdf(10, 10, 0.3), 1.0);
}

// David and Nagaraja, Order Statistics (3rd ed.), 7.1: n = 10, median: X(2) to X(9) covers 0.9785, X(3) to X(8) 0.8906.
TEST(EnsembleStatistics, RanksOfAQuantile) {
  const Ranks r = quantile_ranks(10, 0.5, 0.95);
  EXPECT_EQ(r.low, 2);
  EXPECT_EQ(r.high, 9);
  EXPECT_NEAR(r.coverage, 0.978515625, 1e-12);
  // 0.99^384 = 0.0211: the largest of 384 bounds the 99 % quantile from above at 97.5 %; of 300 it does not
  EXPECT_EQ(quantile_ranks(384, 0.99, 0.95).high, 384);
  EXPECT_EQ(quantile_ranks(300, 0.99, 0.95).high, 301);
  EXPECT_EQ(quantile_ranks(3, 0.99, 0.95).low, 2);  // P(B <= 1) = 3e-4, P(B <= 2) = 0.0297
  EXPECT_THROW(quantile_ranks(0, 0.5, 0.95), std::invalid_argument);
  for (const std::int64_t n : {5, 17, 64, 256, 1000})
    for (const Real p : {0.05, 0.5, 0.9, 0.99}) {
      const Ranks k = quantile_ranks(n, p, 0.95);
      EXPECT_NEAR(k.coverage, binomial_cdf(k.high - 1, n, p) - binomial_cdf(k.low - 1, n, p), 1e-14);
      if (k.low > 0 && k.high <= n) {
        EXPECT_GE(k.coverage, 0.95) << n << " " << p;
      }
    }
}

// Newcombe (1998), doi 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I, method 3.
TEST(EnsembleStatistics, Wilson) {
  const auto a = wilson(81, 263, 0.95), b = wilson(15, 148, 0.95), c = wilson(0, 20, 0.95);
  EXPECT_NEAR(a.low, 0.2553, 5e-5);
  EXPECT_NEAR(a.high, 0.3662, 5e-5);
  EXPECT_NEAR(b.low, 0.0624, 5e-5);
  EXPECT_NEAR(b.high, 0.1605, 5e-5);
  EXPECT_EQ(c.low, 0.0);
  EXPECT_NEAR(c.high, 0.1611, 5e-5);
}

TEST(EnsembleStatistics, JoinedMomentsEqualThoseOfTheWholeSample) {
  Moments all, a, b;
  for (int i = 0; i < 1000; ++i) {
    const Real x = 1e6 + Chance{3, 0, Stream::test, 0}.normal(static_cast<std::uint32_t>(i), 0);
    all.add(x), (i < 300 ? a : b).add(x);
  }
  a.join(b);
  EXPECT_EQ(a.n, 1000);
  EXPECT_NEAR(a.mean, all.mean, 1e-9);
  EXPECT_NEAR(a.variance(), all.variance(), 1e-9);
  EXPECT_NEAR(all.variance(), 1.0, 0.15);  // 3 sigma of 1,000 normals
}

// A cheap model with a known answer: the exponential of a normal (median 1, mean exp(1/8), quantiles exp(z / 2)), 256
// members. 2,000 repetitions give a coverage to 0.5 points (one sigma), so 93 to 97 % is four sigma about 95 %.
struct Covered {
  int mean = 0, median = 0, high = 0, share = 0, ratio = 0;
};
Covered cover(int n, int repetitions) {
  const Real z90 = math::normal_quantile(0.9), truth_share = 0.2;
  const Real limit = std::exp(0.5 * math::normal_quantile(1.0 - truth_share));
  Covered c;
  for (int k = 0; k < repetitions; ++k) {
    std::vector<Real> x, y, size;
    Real above = 0;
    for (int i = 0; i < n; ++i) {
      const Chance chance{2024, static_cast<std::uint32_t>(i), Stream::test, static_cast<std::uint32_t>(k)};
      const Real v = std::exp(0.5 * chance.normal(0, 0));
      x.push_back(v), above += v > limit;
      const Real events = std::floor(1.0 + 20.0 * chance.uniform(1, 0));  // a member's events share its luck
      size.push_back(events), y.push_back(v > limit ? events : 0.0);
    }
    const auto inside = [](const Interval& i, Real truth) { return i.low <= truth && truth <= i.high ? 1 : 0; };
    c.mean += inside(mean(x, 0.95).interval, std::exp(0.125));
    c.median += inside(quantile(x, 0.5, 0.95).interval, 1.0);
    c.high += inside(quantile(x, 0.9, 0.95).interval, std::exp(0.5 * z90));
    c.share += inside(wilson(above, n, 0.95), truth_share);
    c.ratio += inside(share(y, size, 0.95).interval, truth_share);
  }
  return c;
}

// Correlation of a member's events: full (each member drifts always or never), a share of its own, none.
Real share_covers(int n, Real truth, int model, int repetitions) {
  int inside = 0;
  for (int k = 0; k < repetitions; ++k) {
    std::vector<Real> part, all;
    for (int i = 0; i < n; ++i) {
      const Chance chance{77, static_cast<std::uint32_t>(i), Stream::test, static_cast<std::uint32_t>(k)};
      const int events = static_cast<int>(1.0 + 20.0 * chance.uniform(0, 0));
      // a share of its own: uniform on [0, 2 truth] or its mirror, a wide scatter with the right mean
      const Real own =
          truth <= 0.5 ? 2.0 * truth * chance.uniform(1, 0) : 1.0 - 2.0 * (1.0 - truth) * chance.uniform(1, 0);
      int hit = 0;
      for (int e = 0; e < events; ++e) hit += chance.uniform(2 + e, 0) < (model == 1 ? own : truth);
      if (model == 0) hit = chance.uniform(1, 0) < truth ? events : 0;
      part.push_back(hit), all.push_back(events);
    }
    const Interval c = share(part, all, 0.95).interval;
    inside += c.low <= truth && truth <= c.high;
  }
  return 100.0 * inside / repetitions;
}

// Student's interval of the ratio covers 73 to 95 % here at 32 members. 1,000 repetitions give a coverage to 0.7
// points.
TEST(EnsembleStatistics, SharesAreCoveredAt32And256MembersFrom3To75Percent) {
  for (const int n : {32, 256})
    for (const Real truth : {0.03, 0.05, 0.1, 0.2, 0.5, 0.75})
      for (const int model : {0, 1, 2}) {
        const Real percent = share_covers(n, truth, model, n == 32 ? 1000 : 400);
        EXPECT_GE(percent, n == 32 ? 92.5 : 91.5)
            << n << " members, share " << truth << ", model " << model;  // 95 % less 3 sigma
        EXPECT_LE(percent, 99.5) << n << " members, share " << truth << ", model " << model;
      }
}

TEST(EnsembleStatistics, ShareIntervalStaysWithin0And1) {
  const std::vector<Real> none(30, 0.0), events(30, 4.0), some(30, 1.0);
  EXPECT_EQ(share(none, events, 0.95).interval.low, 0.0);
  EXPECT_NEAR(share(none, events, 0.95).interval.high, 1.0 - std::pow(0.025, 1.0 / 30.0), 1e-15);
  EXPECT_NEAR(share(events, events, 0.95).interval.low, std::pow(0.025, 1.0 / 30.0), 1e-15);
  EXPECT_EQ(share(events, events, 0.95).interval.high, 1.0);
  EXPECT_NEAR(share(some, events, 0.95).interval.low, wilson(30, 120, 0.95).low,
              1e-15);  // no scatter: as if events were independent
  std::vector<Real> one = none;
  one[0] = 4.0;
  EXPECT_LE(share(one, events, 0.95).interval.high,
            0.3);  // wider than one of 30 independent events: the scatter is hardly known
  EXPECT_GE(share(one, events, 0.95).interval.high, beta_quantile(0.975, 2.0, 29.0) - 1e-12);
  EXPECT_THROW(share(events, none, 0.95), std::invalid_argument);
  EXPECT_NEAR(beta_quantile(0.975, 2.0, 29.0), 0.1722, 1e-4);  // 1 of 30: Clopper and Pearson's upper end 17.2 %
}

TEST(EnsembleStatistics, IntervalsCover93To97PercentIn2000Repetitions) {
  const int repetitions = 2000;
  const Covered c = cover(256, repetitions);
  const auto expect = [&](const char* what, int covered) {
    const Real percent = 100.0 * covered / repetitions;
    std::printf("  %-22s covers %.2f %%\n", what, percent);
    EXPECT_GE(percent, 93.0) << what;
    EXPECT_LE(percent, 97.0) << what;
  };
  expect("mean, Student", c.mean);
  expect("median, order", c.median);
  expect("90 % quantile, order", c.high);
  expect("share, Wilson", c.share);
  expect("share of events", c.ratio);
}

}  // namespace
}  // namespace coldsun::ensemble

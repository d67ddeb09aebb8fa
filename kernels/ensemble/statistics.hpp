// Confidence intervals: order statistics for quantiles, Student for means, Wilson for shares. Host only.
#pragma once
#include <cstdint>
#include <vector>

#include "common/space.hpp"

namespace coldsun::ensemble {

struct Interval {
  Real low = 0, high = 0;
};

// Regularised incomplete beta function I_x(a, b) by its continued fraction (DLMF 8.17.22); 1e-14 for a, b below 1e6.
Real incomplete_beta(Real a, Real b, Real x);
// P(B <= k) of a binomial B(n, p) (DLMF 8.17.5), and the quantile of Student's t with nu degrees of freedom.
Real binomial_cdf(std::int64_t k, std::int64_t n, Real p);
Real student_quantile(Real p, Real nu);

// Two order statistics (1 = the smallest of n) that enclose the p-quantile with probability `level` or more: the pair
// with the smallest coverage next to the symmetric one. 0 and n + 1: no such bound in a sample of n. coverage: exact,
// for any continuous distribution.
struct Ranks {
  std::int64_t low = 0, high = 0;
  Real coverage = 1;
};
Ranks quantile_ranks(std::int64_t n, Real p, Real level);

// The p-quantile of a sample (type 7 of Hyndman and Fan 1996, doi 10.1080/00031305.1996.10473566) and its interval;
// infinite where the sample is too small for a bound.
struct Quantile {
  Real value = 0;
  Interval interval;
  Real coverage = 1;
};
Quantile quantile(std::vector<Real> sample, Real p, Real level);

// Mean with its Student interval.
struct Mean {
  Real value = 0;
  Interval interval;
  Real deviation = 0;
};
Mean mean(const std::vector<Real>& sample, Real level);
// Ratio of the sum of a to the sum of b over independent pairs, for shares of clustered events (Cochran 1977,
// eq. 6.13), with its Student interval.
Mean ratio(const std::vector<Real>& a, const std::vector<Real>& b, Real level);

// The same where a is a part of b, 0 <= a <= b: a share. Wilson's interval with the effective number of independent
// events (Korn and Graubard 1998, Survey Methodology 24, 193). Student's t with the degrees of freedom of the members'
// variance (Satterthwaite's moments, 4 at least). Where fewer than four members hold all the events (or all the
// others), each member counts as one event for that bound, after Clopper and Pearson. Covers 92.8 to 98.7 % at 32 to
// 256 members and shares of 3 to 75 %, for any correlation of a member's events (tests/ensemble_statistics_test.cpp).
Mean share(const std::vector<Real>& a, const std::vector<Real>& b, Real level);
// x with I_x(a, b) = p.
Real beta_quantile(Real p, Real a, Real b);

// Share k of n (Wilson 1927, doi 10.1080/01621459.1927.10502953).
Interval wilson(Real k, Real n, Real level);

// Running mean and sum of squares (Welford 1962, doi 10.1080/00401706.1962.10490022), joined in the order given (Chan
// et al. 1983).
struct Moments {
  std::int64_t n = 0;
  Real mean = 0, m2 = 0;
  void add(Real x);
  void join(const Moments& o);
  Real variance() const { return n > 1 ? m2 / static_cast<Real>(n - 1) : 0.0; }
};

}  // namespace coldsun::ensemble

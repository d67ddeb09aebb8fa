// Intervals by the incomplete beta function.
#include "ensemble/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "common/math.hpp"

namespace coldsun::ensemble {

namespace {

constexpr Real few_members = 4.0;  // events in fewer members give no estimate of the scatter between members
constexpr Real infinite = std::numeric_limits<Real>::infinity();

void require(bool holds, const char* why) {
  if (!holds) throw std::invalid_argument(why);
}

// Continued fraction by Lentz's method.
Real beta_fraction(Real a, Real b, Real x) {
  constexpr Real tiny = 1e-300;
  Real c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (std::fabs(d) < tiny ? tiny : d);
  Real f = d;
  for (int m = 1; m < 10'000; ++m) {
    const Real even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1.0 + even * d, c = 1.0 + even / c;
    d = 1.0 / (std::fabs(d) < tiny ? tiny : d), c = std::fabs(c) < tiny ? tiny : c, f *= c * d;
    const Real odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1.0 + odd * d, c = 1.0 + odd / c;
    d = 1.0 / (std::fabs(d) < tiny ? tiny : d), c = std::fabs(c) < tiny ? tiny : c, f *= c * d;
    if (std::fabs(c * d - 1.0) < 1e-16) break;
  }
  return f;
}

Mean around(Real value, Real deviation, std::int64_t n, Real level) {
  const Real half = n > 1 ? student_quantile(0.5 + 0.5 * level, static_cast<Real>(n - 1)) * deviation /
                                std::sqrt(static_cast<Real>(n))
                          : infinite;
  return {value, {value - half, value + half}, deviation};
}

}  // namespace

Real incomplete_beta(Real a, Real b, Real x) {
  if (x <= 0) return 0.0;
  if (x >= 1) return 1.0;
  const Real front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1.0) / (a + b + 2.0) ? front * beta_fraction(a, b, x) / a
                                       : 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

Real binomial_cdf(std::int64_t k, std::int64_t n, Real p) {
  if (k < 0) return 0.0;
  return k >= n ? 1.0 : incomplete_beta(static_cast<Real>(n - k), static_cast<Real>(k + 1), 1.0 - p);
}

Real student_quantile(Real p, Real nu) {
  require(p > 0 && p < 1 && nu > 0, "student_quantile: p or nu is out of range; accepted: 0 < p < 1, nu > 0");
  if (p < 0.5) return -student_quantile(1.0 - p, nu);
  Real low = 0.0, high = 1.0;  // of x = t^2 / (nu + t^2): P(|T| > t) = I_{1 - x}(nu / 2, 1 / 2)
  for (int i = 0; i < 200 && high - low > 1e-16 * high; ++i) {
    const Real x = 0.5 * (low + high);
    (0.5 * incomplete_beta(0.5, 0.5 * nu, x) + 0.5 < p ? low : high) = x;
  }
  const Real x = 0.5 * (low + high);
  return x >= 1 ? infinite : std::sqrt(nu * x / (1.0 - x));
}

Ranks quantile_ranks(std::int64_t n, Real p, Real level) {
  require(n >= 1 && p > 0 && p < 1 && level > 0 && level < 1,
          "quantile: the sample is empty, or p or level out of range; accepted: 1 value or more, 0 < p, level < 1");
  const auto covers = [&](std::int64_t low, std::int64_t high) {
    return binomial_cdf(high - 1, n, p) - binomial_cdf(low - 1, n, p);
  };
  const Real tail = 0.5 * (1.0 - level);
  std::int64_t low = 0, high = n + 1;  // P(B <= low - 1) <= tail <= P(B <= low); the same from above
  for (std::int64_t step = std::int64_t{1} << 40; step > 0; step /= 2) {
    while (low + step <= n && binomial_cdf(low + step - 1, n, p) <= tail) low += step;
    while (high - step >= 1 && binomial_cdf(high - step - 1, n, p) >= 1.0 - tail) high -= step;
  }
  Ranks best{low, high, covers(low, high)};
  for (const std::int64_t l : {low, low + 1})
    for (const std::int64_t h : {high, high - 1})
      if (l < h && l >= 1 && h <= n) {
        const Real c = covers(l, h);
        if (c >= level && c < best.coverage) best = {l, h, c};
      }
  return best;
}

Quantile quantile(std::vector<Real> sample, Real p, Real level) {
  const auto n = static_cast<std::int64_t>(sample.size());
  const Ranks r = quantile_ranks(n, p, level);
  std::sort(sample.begin(), sample.end());
  const Real at = p * static_cast<Real>(n - 1);
  const auto i = static_cast<std::size_t>(at);
  const Real next = sample[std::min(i + 1, sample.size() - 1)];
  const Real value = sample[i] + (at - static_cast<Real>(i)) * (next - sample[i]);
  const Real low = r.low < 1 ? -infinite : sample[static_cast<std::size_t>(r.low - 1)];
  const Real high = r.high > n ? infinite : sample[static_cast<std::size_t>(r.high - 1)];
  return {value, {low, high}, r.coverage};
}

Mean mean(const std::vector<Real>& sample, Real level) {
  require(!sample.empty(), "mean: the sample is empty; accepted: 1 value or more");
  Moments m;
  for (const Real x : sample) m.add(x);
  return around(m.mean, std::sqrt(m.variance()), m.n, level);
}

Mean ratio(const std::vector<Real>& a, const std::vector<Real>& b, Real level) {
  require(!a.empty() && a.size() == b.size(),
          "ratio: the samples are empty or of different lengths; accepted: two samples of one length");
  Real sum_a = 0, sum_b = 0, square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum_a += a[i], sum_b += b[i];
  if (sum_b == 0) return {std::nan(""), {std::nan(""), std::nan("")}, std::nan("")};
  const Real r = sum_a / sum_b, n = static_cast<Real>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) square += math::square(a[i] - r * b[i]);
  const Real deviation = a.size() > 1 ? std::sqrt(square / (n - 1.0)) / (sum_b / n) : 0.0;
  Mean m = around(r, deviation, static_cast<std::int64_t>(a.size()), level);
  if (sum_a == 0 ||
      square == 0) {  // no events, or all members alike: the bound of Clopper and Pearson for as many members
    const auto heard = static_cast<Real>(std::count_if(b.begin(), b.end(), [](Real x) { return x > 0; }));
    const Real rest = std::pow(0.5 * (1.0 - level), 1.0 / heard);
    m.interval = sum_a == 0 ? Interval{0.0, 1.0 - rest} : r == 1.0 ? Interval{rest, 1.0} : m.interval;
  }
  return m;
}

Real beta_quantile(Real p, Real a, Real b) {
  Real low = 0.0, high = 1.0;
  for (int i = 0; i < 60; ++i) {
    const Real x = 0.5 * (low + high);
    (incomplete_beta(a, b, x) < p ? low : high) = x;
  }
  return 0.5 * (low + high);
}

Mean share(const std::vector<Real>& a, const std::vector<Real>& b, Real level) {
  require(!a.empty() && a.size() == b.size(),
          "share: the samples are empty or of different lengths; accepted: two samples of one length");
  Real part = 0, all = 0, part2 = 0, rest2 = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    require(a[i] >= 0 && a[i] <= b[i], "share: a part is negative or larger than its whole; accepted: 0 <= a <= b");
    part += a[i], all += b[i], part2 += math::square(a[i]), rest2 += math::square(b[i] - a[i]);
  }
  if (all == 0) return {std::nan(""), {std::nan(""), std::nan("")}, std::nan("")};
  const auto n = static_cast<Real>(std::count_if(b.begin(), b.end(), [](Real x) { return x > 0; }));
  const Real r = part / all, tail = 0.5 * (1.0 - level);
  Real square = 0, fourth = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Real d = math::square(a[i] - r * b[i]);
    square += d, fourth += d * d;
  }
  // of a member, from mean and ratio
  const Real deviation = n > 1 ? std::sqrt(square * n / (n - 1.0)) / (all / n) / std::sqrt(n) : 0.0;
  // Number of equal members that would hold all events; each of them counts as one event.
  const auto by_members = [&](Real sum, Real sum2) {
    return beta_quantile(1.0 - tail, sum * sum / sum2 + 1.0, std::max(n - sum * sum / sum2, 1e-9));
  };
  if (part == 0) return {r, {0.0, 1.0 - std::pow(tail, 1.0 / n)}, 0.0};
  if (part == all) return {r, {std::pow(tail, 1.0 / n), 1.0}, 0.0};
  if (n < 2) return {r, {0.0, 1.0}, deviation};
  if (square == 0) return {r, wilson(part, all, level), 0.0};  // all members alike: events are treated as independent
  const Real kurtosis = n * fourth / math::square(square);
  const Real nu = std::clamp(2.0 * n / std::max(kurtosis - 1.0, 1e-9), std::min(4.0, n - 1.0), n - 1.0);
  const Real t = student_quantile(1.0 - tail, nu), variance = square * n / (n - 1.0) / math::square(all);
  const Real events = r * (1.0 - r) / variance, w = t * t / events;
  const Real middle = (r + 0.5 * w) / (1.0 + w),
             half = t / (1.0 + w) * std::sqrt(r * (1.0 - r) / events + 0.25 * w / events);
  Interval i{middle - half, middle + half};
  if (part * part < few_members * part2) i.high = std::max(i.high, by_members(part, part2));
  if (math::square(all - part) < few_members * rest2) i.low = std::min(i.low, 1.0 - by_members(all - part, rest2));
  return {r, {std::max(i.low, 0.0), std::min(i.high, 1.0)}, deviation};
}

Interval wilson(Real k, Real n, Real level) {
  require(n > 0 && k >= 0 && k <= n && level > 0 && level < 1,
          "wilson: k, n or level is out of range; accepted: 0 <= k <= n, n > 0, 0 < level < 1");
  const Real z = math::normal_quantile(0.5 + 0.5 * level), share = k / n, w = z * z / n;
  const Real middle = (share + 0.5 * w) / (1.0 + w),
             half = z / (1.0 + w) * std::sqrt(share * (1.0 - share) / n + 0.25 * w / n);
  return {k == 0 ? 0.0 : middle - half, k == n ? 1.0 : middle + half};
}

void Moments::add(Real x) {
  const Real step = x - mean;
  mean += step / static_cast<Real>(++n), m2 += step * (x - mean);
}

void Moments::join(const Moments& o) {
  if (o.n == 0) return;
  const Real all = static_cast<Real>(n + o.n), step = o.mean - mean;
  m2 += o.m2 + step * step * static_cast<Real>(n) * static_cast<Real>(o.n) / all;
  mean += step * static_cast<Real>(o.n) / all, n += o.n;
}

}  // namespace coldsun::ensemble

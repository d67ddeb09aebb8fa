// Jobs drawn by number: the drawn ones have the statistics of the tables, the load of the site, and are the same for a
// member alone.
#include <cmath>

#include "common/fields.hpp"
#include "workload_world.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class WorkloadJobs : public OnBackend<Space> {};
TYPED_TEST_SUITE(WorkloadJobs, Backends);

// Levels of all tests here: 1e-6 or less by chance. Kolmogorov: P(sqrt(n) D > 2.7) = 2 exp(-2 2.7^2) = 9e-7.
constexpr Real ks_limit = 2.7;

Real ks(std::vector<Real> x, const std::function<Real(Real)>& cdf) {
  std::sort(x.begin(), x.end());
  const Real n = static_cast<Real>(x.size());
  Real d = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Real f = cdf(x[i]), k = static_cast<Real>(i);
    d = std::max({d, (k + 1.0) / n - f, f - k / n});
  }
  return d * std::sqrt(n);
}

// The distribution of the durations, by solving the inverse table on the host's own libm.
Real duration_cdf(const wl::JobStatistics& s, int c, Real d) {
  for (int l = 1; l < s.n_level; ++l)
    if (d < s.duration[c][l]) {
      const Real lo = std::log(s.duration[c][l - 1]), hi = std::log(s.duration[c][l]);
      return std::clamp(s.level[l - 1] + (s.level[l] - s.level[l - 1]) * (std::log(d) - lo) / (hi - lo), 0.0, 1.0);
    }
  return 1.0;
}

struct Drawn {
  wl::System sys;
  wl::JobTable t;
};
template <class Space>
Drawn draw(const std::vector<int>& nodes, int n_member, Real hours, std::uint32_t first_member,
           const wl::JobStatistics& mix = small_mix()) {
  const Device device = device_of<Space>;
  Drawn d{small_system(nodes, device, mix), {}};
  d.t = wl::make_jobs(d.sys, n_member, t_zero, t_zero + nanoseconds(3600.0 * hours), device);
  const wl::State priors = wl::make_state(d.sys, d.t, n_member, device);
  wl::draw_jobs(Space{}, d.sys, priors, d.t, 7, first_member);
  synchronize(Space{});
  return d;
}

// reads nothing; writes one uniform, one interval and one first interval per number
struct Intervals {
  View<Real, 1> later, first;
  Real cv;
  COLDSUN_FN void operator()(int i) const {
    const Chance chance{11, 0, Stream::test, 0};
    later(i) = wl::unit_interval(chance.uniform(static_cast<std::uint32_t>(i), 0), cv, false);
    first(i) = wl::unit_interval(chance.uniform(static_cast<std::uint32_t>(i), 1), cv, true);
  }
};

TYPED_TEST(WorkloadJobs, IntervalsHaveTheirMeanAndVariation) {
  for (const Real cv : {1.0, 2.5}) {
    const int n = 200000;
    Array<Real, 1> later(device_of<TypeParam>, {n}), first(device_of<TypeParam>, {n});
    for_each(TypeParam{}, n, Intervals{later, first, cv});
    synchronize(TypeParam{});
    Real sum = 0.0, square = 0.0, sum_first = 0.0;
    for (int i = 0; i < n; ++i) sum += later(i), square += later(i) * later(i), sum_first += first(i);
    const Real mean = sum / n, var = square / n - mean * mean;
    // Standard error of the mean: cv / sqrt(n); of the variance: below sqrt(kurtosis cv^4 / n), kurtosis some 20.
    EXPECT_NEAR(mean, 1.0, 5.0 * cv / std::sqrt(n));
    EXPECT_NEAR(var, cv * cv, 5.0 * std::sqrt(20.0 / n) * cv * cv);
    // Mean remainder of the interval in progress: (1 + cv^2) / 2.
    EXPECT_NEAR(sum_first / n, 0.5 * (1.0 + cv * cv), 5.0 * 2.0 * cv * cv / std::sqrt(n));
  }
}

TYPED_TEST(WorkloadJobs, CountsAndDurationsFollowTheTables) {
  const Drawn d = draw<TypeParam>({32}, 200, 24.0, 0);
  const wl::JobStatistics& s = d.sys.statistics(0);
  std::vector<Real> seen(4, 0.0), duration[2];
  Real n = 0.0, bound = 0.0, high = 0.0;
  for (int m = 0; m < 200; ++m)
    for (int j = d.t.n_initial(0); j < d.t.capacity(); ++j) {
      const int i = static_cast<int>(std::find(s.gpu_count, s.gpu_count + 4, d.t.n_gpu(m, j)) - s.gpu_count);
      ASSERT_LT(i, 4);
      EXPECT_EQ(d.t.n_node(m, j), (d.t.n_gpu(m, j) + 7) / 8);
      seen[static_cast<std::size_t>(i)] += 1.0, n += 1.0;
      duration[s.gpu_class[i]].push_back(d.t.work(m, j));
      bound += d.t.link_bound(m, j), high += d.t.priority(m, j) == 3;
      ASSERT_GE(d.t.walltime(m, j), d.t.work(m, j) / 0.9 * (1.0 - 1e-12));
      ASSERT_GE(d.t.deadline(m, j), d.t.submit_time(m, j) + nanoseconds(d.t.work(m, j) + 1800.0) - 2);
      ASSERT_TRUE(d.t.job_utilization(m, j) >= 0.1 && d.t.job_utilization(m, j) <= 1.0);
    }
  ASSERT_GT(n, 2e4);
  Real chi2 = 0.0;
  for (std::size_t i = 0; i < 4; ++i)
    chi2 += (seen[i] - n * s.gpu_share[i]) * (seen[i] - n * s.gpu_share[i]) / (n * s.gpu_share[i]);
  EXPECT_LT(chi2, 30.7);  // chi-square of 3 degrees of freedom at 1e-6
  for (int c = 0; c < 2; ++c) {
    // Table 1 holds one duration, 600 s, with 30 % of the jobs: Kolmogorov's test uses the continuous part around it.
    std::vector<Real> x;
    for (const Real v : duration[c])
      if (c == 0 || v > 600.001) x.push_back(v);
    const Real from = c == 0 ? 0.0 : 0.5;
    EXPECT_LT(ks(x, [&](Real v) { return (duration_cdf(s, c, v) - from) / (1.0 - from); }), ks_limit) << c;
  }
  EXPECT_NEAR(bound / n, 0.25, 5.0 * std::sqrt(0.25 * 0.75 / n));
  EXPECT_NEAR(high / n, 0.15, 5.0 * std::sqrt(0.15 * 0.85 / n));
}

TYPED_TEST(WorkloadJobs, JobsInProgressAreLengthBiased) {
  const Drawn d = draw<TypeParam>({64}, 400, 1.0, 0);
  const wl::JobStatistics& s = d.sys.statistics(0);
  std::vector<Real> fast, age;
  Real busy = 0.0;
  for (int m = 0; m < 400; ++m)
    for (int j = 0; j < d.t.n_initial(0); ++j) {
      busy += d.t.n_node(m, j);
      if (d.t.n_gpu(m, j) <= 8) fast.push_back(d.t.work(m, j));
      age.push_back(seconds(t_zero - d.t.submit_time(m, j)) / d.t.work(m, j));
    }
  // Length-biased: F(d) = integral of x dF(x) up to d over its whole. Here by trapezia in ln d of the density level' d.
  const auto biased = [&](Real v) {
    Real sum = 0.0, whole = 0.0;
    for (int l = 1; l < 5; ++l) {
      const Real a = s.duration[0][l - 1], b = s.duration[0][l],
                 slope = (s.level[l] - s.level[l - 1]) / std::log(b / a);
      whole += slope * (b - a), sum += slope * (std::clamp(v, a, b) - a);
    }
    return sum / whole;
  };
  EXPECT_LT(ks(fast, biased), ks_limit);
  EXPECT_LT(ks(age, [](Real u) { return u; }), ks_limit);
  EXPECT_NEAR(busy / 400.0, 0.8 * 64.0, 0.5);  // the last job in or out by the nearer sum: half a node is ample
}

TYPED_TEST(WorkloadJobs, ArrivalsGiveTheLoadByHour) {
  const int n_member = 600;
  const Drawn d = draw<TypeParam>({32}, n_member, 24.0, 0);
  const wl::JobStatistics& s = d.sys.statistics(0);
  EXPECT_EQ(wl::count_short(d.sys, d.t), 0);
  std::vector<Real> by_hour(24, 0.0);
  Real offered = 0.0;
  for (int m = 0; m < n_member; ++m)
    for (int j = d.t.n_initial(0); j < d.t.capacity(); ++j) {
      const Time t = d.t.submit_time(m, j);
      ASSERT_GE(t, t_zero);
      ASSERT_TRUE(j == d.t.n_initial(0) || t >= d.t.submit_time(m, j - 1));
      if (t >= d.t.span(1)) continue;
      by_hour[static_cast<std::size_t>(floor_div(t - t_zero, 3600 * second))] += 1.0;
      offered += d.t.n_node(m, j) * d.t.work(m, j);
    }
  // t_zero is local midnight. Counts of such a process have at most cv^2 times Poisson's variance.
  for (std::size_t h = 0; h < 24; ++h) {
    const Real mean = n_member * d.sys.arrival_rate(0) * 3600.0 * s.hour_rate[h];
    EXPECT_NEAR(by_hour[h], mean, 5.0 * 2.5 * std::sqrt(mean)) << h;
  }
  const Real whole = n_member * 0.8 * 32 * 86400.0;
  EXPECT_NEAR(offered / whole, 1.0,
              0.08);  // 36,000 jobs, node-seconds with a coefficient of variation of 5 in bursts of 6: 5 sigma
}

TYPED_TEST(WorkloadJobs, AMemberAloneDrawsTheSameJobs) {
  const Drawn all = draw<TypeParam>({16, 9}, 24, 12.0, 0), one = draw<TypeParam>({16, 9}, 1, 12.0, 17);
  ASSERT_EQ(all.t.capacity(), one.t.capacity());
  int differing = 0;
  for (int j = 0; j < one.t.capacity(); ++j) {
    EXPECT_EQ(all.t.submit_time(17, j), one.t.submit_time(0, j));
    EXPECT_EQ(all.t.work(17, j), one.t.work(0, j));
    EXPECT_EQ(all.t.n_node(17, j), one.t.n_node(0, j));
    EXPECT_EQ(all.t.deadline(17, j), one.t.deadline(0, j));
    EXPECT_EQ(all.t.data_out(17, j), one.t.data_out(0, j));
    differing += all.t.work(16, j) != one.t.work(0, j);
  }
  EXPECT_GT(differing, one.t.capacity() / 2);
  // Two sites with the same statistics do not share jobs.
  EXPECT_NE(one.t.work(0, one.t.job_first(0) + one.t.n_initial(0)),
            one.t.work(0, one.t.job_first(1) + one.t.n_initial(1)));
}

TYPED_TEST(WorkloadJobs, ALongerSpanOnlyAddsJobs) {
  const Drawn day = draw<TypeParam>({16}, 1, 24.0, 3), hour = draw<TypeParam>({16}, 1, 1.0, 3);
  for (int j = 0; j < hour.t.capacity(); ++j) EXPECT_EQ(day.t.submit_time(0, j), hour.t.submit_time(0, j)) << j;
}

TEST(WorkloadStatistics, MeansAreThoseOfTheTables) {
  wl::JobStatistics s = small_mix();
  wl::complete(s);
  // Table 0: sum over cells of width (b - a) / ln(b / a); by hand.
  const Real mean = 0.2 * 55.0 / std::log(12.0) + 0.3 * 540.0 / std::log(10.0) + 0.4 * 6600.0 / std::log(12.0) +
                    0.1 * 79200.0 / std::log(12.0);
  EXPECT_NEAR(s.mean_duration[0], mean, 1e-9 * mean);
  const Real slow = s.mean_duration[1];
  EXPECT_NEAR(wl::mean_node_seconds(s, 8, 100), 0.8 * mean + (0.15 * 2 + 0.05 * 8) * slow, 1e-9 * slow);
  EXPECT_NEAR(wl::mean_node_seconds(s, 8, 3), 0.8 * mean + (0.15 * 2 + 0.05 * 3) * slow,
              1e-9 * slow);  // clipped to the site
  // The arrival clock and its inverse: rounding of hours in a week.
  for (const Real h : {-30.0, -0.5, 0.0, 7.99, 8.0, 12.3, 23.999, 24.0, 170.1})
    EXPECT_NEAR(wl::hour_of_clock(s, wl::arrival_clock(s, h)), h, 1e-11);
}

TEST(WorkloadStatistics, RejectsInvalidStatistics) {
  const auto refused = [](auto&& change) {
    wl::JobStatistics s = small_mix();
    change(s);
    EXPECT_THROW(wl::complete(s), std::invalid_argument);
  };
  refused([](auto& s) { s.gpu_share[0] = 0.5; });
  refused([](auto& s) { s.gpu_class[3] = 2; });
  refused([](auto& s) { s.duration[1][3] = 10.0; });
  refused([](auto& s) { s.level[4] = 0.99; });
  refused([](auto& s) { s.hour_rate[3] = 0.0; });
  refused([](auto& s) { s.interval_cv = 0.5; });
  refused([](auto& s) { s.walltime_ratio_min = 0.0; });
  refused([](auto& s) { s.priority_share[0] = 0.0; });
  EXPECT_THROW(wl::make_system({small_site(0, 4)}, {small_mix()}, {{0, 1400.0, 7000.0, 0.8}}, Device::host),
               std::invalid_argument);
  EXPECT_THROW(wl::make_system({small_site(0, 1)}, {small_mix()}, {{0, 1400.0, 1000.0, 0.8}}, Device::host),
               std::invalid_argument);
}

TEST(WorkloadFields, ListsFillTheirStructs) {
  const wl::System sys = small_system({4, 3}, Device::host);
  const wl::JobTable t = wl::make_jobs(sys, 2, t_zero, t_zero + 3600 * second, Device::host);
  const wl::State s = wl::make_state(sys, t, 2, Device::host);
  EXPECT_NO_THROW(check_fields(sys));
  EXPECT_NO_THROW(check_fields(t));
  EXPECT_NO_THROW(check_fields(s));
}

}  // namespace
}  // namespace coldsun::test

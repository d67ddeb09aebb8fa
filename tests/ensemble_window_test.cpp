// Priors, windows and their sums on every backend, against plain loops.
#include <algorithm>
#include <cmath>
#include <vector>

#include "backends.hpp"
#include "common/loops.hpp"
#include "ensemble/advance.hpp"

namespace coldsun::test {
namespace {
using namespace ensemble;

template <class Space>
class Ensemble : public OnBackend<Space> {};
TYPED_TEST_SUITE(Ensemble, Backends);

ensemble::System priors_only(Device device, const std::vector<Prior>& priors) {
  ensemble::System s;
  const int n = static_cast<int>(priors.size());
  s.prior = {device, {n}}, s.entity = {device, {n}}, s.index = {device, {n}};
  for (int k = 0; k < n; ++k)
    s.prior(k) = priors[static_cast<std::size_t>(k)], s.entity(k) = 77, s.index(k) = static_cast<std::uint32_t>(k);
  return s;
}

// Distributions by their own quantiles; 20,000 draws know a share to 0.0035, so 0.012 is over three sigma.
TYPED_TEST(Ensemble, PriorsHaveTheirDistributionAndBounds) {
  const Device device = device_of<TypeParam>;
  const std::vector<Prior> priors = {make_prior(Shape::uniform, -1, 3, 0, 0), make_prior(Shape::normal, 0.5, 9, 1, 1),
                                     make_prior(Shape::lognormal, 0.01, 5, 0.15, 1),
                                     make_prior(Shape::triangular, 0, 1, 0.25, 0),
                                     make_prior(Shape::fixed, 4, 4, 4, 0)};
  const ensemble::System s = priors_only(device, priors);
  const int n = 20000;
  Array<Real, 2> value(device, {n, 5});
  draw_priors(TypeParam{}, s, value, 9, 0), synchronize(TypeParam{});
  const auto share_below = [&](int k, Real x) {
    int below = 0;
    for (int m = 0; m < n; ++m) below += value(m, k) < x;
    return static_cast<Real>(below) / n;
  };
  const auto phi = [](Real z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  EXPECT_NEAR(share_below(0, 0.0), 0.25, 0.012);
  EXPECT_NEAR(share_below(1, 1.0), (phi(0.0) - phi(-0.5)) / (1.0 - phi(-0.5)), 0.012);  // cut below at 0.5
  EXPECT_NEAR(share_below(2, 0.15), 0.5, 0.012);
  EXPECT_NEAR(share_below(2, 0.15 * std::exp(1.0)), phi(1.0), 0.012);
  EXPECT_NEAR(share_below(3, 0.25), 0.25, 0.012);              // left of the mode: c
  EXPECT_NEAR(share_below(3, 0.5), 1.0 - 0.25 / 0.75, 0.012);  // (1 - x)^2 / (1 - c) is left
  for (int m = 0; m < n; ++m) {
    EXPECT_EQ(value(m, 4), 4.0);
    for (int k = 0; k < 5; ++k)
      ASSERT_TRUE(value(m, k) >= priors[static_cast<std::size_t>(k)].low &&
                  value(m, k) <= priors[static_cast<std::size_t>(k)].high);
  }
  // member 17 of a million alone
  Array<Real, 2> alone(device, {1, 5});
  draw_priors(TypeParam{}, s, alone, 9, 17), synchronize(TypeParam{});
  for (int k = 0; k < 5; ++k) EXPECT_EQ(alone(0, k), value(17, k));
}

TEST(EnsemblePrior, RejectsInvalidDistributions) {
  EXPECT_THROW(make_prior(Shape::uniform, 1, 0, 0, 0), std::invalid_argument);
  EXPECT_THROW(make_prior(Shape::normal, 0, 1, 0.5, 0), std::invalid_argument);
  EXPECT_THROW(make_prior(Shape::normal, 90, 91, 0, 1), std::invalid_argument);  // bounds leave nothing
  EXPECT_THROW(make_prior(Shape::lognormal, -1, 1, 0.5, 1), std::invalid_argument);
  EXPECT_THROW(make_prior(Shape::triangular, 0, 1, 2, 0), std::invalid_argument);
  EXPECT_THROW(make_prior(Shape::uniform, 0, std::nan(""), 0, 0), std::invalid_argument);
}

TEST(EnsembleWindow, BinsHoldTheirEdges) {
  EXPECT_EQ(bin_of(0.0), n_bin / 2);
  EXPECT_EQ(bin_of(1e9), n_bin - 1);
  EXPECT_EQ(bin_of(-1e9), 0);
  for (int i = 0; i < n_bin; ++i) EXPECT_EQ(bin_of(0.5 * (bin_edge(i) + bin_edge(i + 1))), i);
  EXPECT_GT(bin_edge(n_bin), 60.0);
}

// A triangle: 0 at 0 s, 4 at 2 s, 0 at 6 s. Above 1 from 0.5 s to 5 s, with any further samples.
TEST(EnsembleWindow, TimesAboveAndReturnAreLinearBetweenSamples) {
  for (const bool more : {false, true}) {
    Trace t;
    const auto at = [](Real s) { return s < 2 ? 2 * s : 4 - (s - 2); };
    std::vector<Real> when = {0, 2, 6};
    if (more) when = {0, 0.3, 0.9, 1.7, 2, 2.2, 4.9, 5.3, 6};
    for (const Real s : when) t.look(1 + nanoseconds(s), Drift{at(s), 0}, 1.0);
    EXPECT_NEAR(t.above, 4.5, 1e-9);
    EXPECT_NEAR(seconds(t.last_above - 1), 5.0, 1e-8);
    EXPECT_EQ(t.rise, 4.0);
  }
  Trace dip;
  dip.look(0, Drift{0, 0}, 1.0), dip.look(nanoseconds(1), Drift{0.2, -3}, 1.0),
      dip.look(nanoseconds(2), Drift{0.2, 0}, 1.0);
  EXPECT_EQ(dip.dip, -3.0);
  EXPECT_NEAR(dip.above, 2.0 / 3.0 + 2.0 / 2.8, 1e-9);  // the size rises 0 to 3 and falls to 0.2
}

// Three members, two groups, two windows each: kernels against a loop over the same numbers.
TYPED_TEST(Ensemble, WindowsCloseIntoTheSumsOfAPlainLoop) {
  const Device device = device_of<TypeParam>;
  const int n_member = 3, n_item = 5, n_look = 9;
  ensemble::System s;
  s.first_item = {device, {2}}, s.stop_item = {device, {2}};
  s.first_item(0) = 0, s.stop_item(0) = 5, s.first_item(1) = 3, s.stop_item(1) = 5;
  s.offset = {device, {2}}, s.offset(0) = 0, s.offset(1) = 3 * ns_per_s;
  s.setting = {device, {2}}, s.setting(0) = 1.0, s.setting(1) = 15.0;
  Tally t = make_tally(s, n_member, device);
  Array<std::int32_t, 1> member(device, {n_member}), row(device, {n_member});
  Array<Time, 1> now(device, {n_member});
  Array<Real, 2> a(device, {n_member, n_item}), b(device, {n_member, n_item});
  Array<std::int32_t, 2> key_a(device, {n_member, n_item}), key_b(device, {n_member, n_item});
  struct Expected {
    Real rise = 0, dip = 0, peak = 0;
    int above = 0, at_three[n_bin] = {};
  };
  Expected e[3][2];
  for (int w = 0; w < 2; ++w) {
    Drift most[3][2];
    for (int k = 0; k < n_look; ++k) {
      for (int m = 0; m < n_member; ++m) {
        member(m) = row(m) = m, now(m) = (1 + 20 * w + k) * ns_per_s, t.open(m) = (1 + 20 * w) * ns_per_s;
        Drift d[2];
        for (int i = 0; i < n_item; ++i) {
          const Chance chance{1, static_cast<std::uint32_t>(m), Stream::test, static_cast<std::uint32_t>(i)};
          const auto index = static_cast<std::uint32_t>(100 * w + k);
          b(m, i) = 300.0, a(m, i) = 300.0 + 3.0 * (m - 1) + chance.normal(index, 0);
          key_a(m, i) = chance.uniform(index, 1) < 0.8 ? 4 : -1, key_b(m, i) = chance.uniform(index, 2) < 0.8 ? 4 : 5;
          if (key_a(m, i) != 4 || key_b(m, i) != 4) continue;
          for (int g = 0; g < 2; ++g)
            if (i >= s.first_item(g))
              d[g].rise = std::max(d[g].rise, a(m, i) - b(m, i)), d[g].dip = std::min(d[g].dip, a(m, i) - b(m, i));
        }
        for (int g = 0; g < 2; ++g) {
          most[m][g].rise = std::max(most[m][g].rise, d[g].rise), most[m][g].dip = std::min(most[m][g].dip, d[g].dip);
          if (k == 3) ++e[m][g].at_three[bin_of(d[g].extreme())];
        }
      }
      compare(TypeParam{}, s, t,
              Look{.member = member,
                   .a = row,
                   .b = row,
                   .now = now,
                   .value_a = a,
                   .value_b = b,
                   .key_a = key_a,
                   .key_b = key_b},
              n_member),
          synchronize(TypeParam{});
    }
    for (int m = 0; m < n_member; ++m)
      for (int g = 0; g < 2; ++g) {
        const Drift& d = most[m][g];
        e[m][g].rise += d.rise, e[m][g].dip += d.dip, e[m][g].peak += d.size(), e[m][g].above += d.size() > 1.0;
      }
    close(TypeParam{}, s, t, View<const std::int32_t, 1>(member), n_member), synchronize(TypeParam{});
  }
  for (int m = 0; m < n_member; ++m)
    for (int g = 0; g < 2; ++g) {
      EXPECT_EQ(t.open(m), never);
      EXPECT_EQ(t.n_event(m, g), 2);
      EXPECT_EQ(t.n_above(m, g), e[m][g].above);
      EXPECT_EQ(t.sum_rise(m, g), e[m][g].rise);
      EXPECT_EQ(t.sum_dip(m, g), e[m][g].dip);
      EXPECT_EQ(t.sum_peak(m, g), e[m][g].peak);
      int peaks = 0, fan = 0;
      for (int i = 0; i < n_bin; ++i) {
        peaks += t.peak_count(m, g, i), fan += t.fan_count(m, g, 0, i);
        EXPECT_EQ(t.fan_count(m, g, 1, i), e[m][g].at_three[i]);
      }
      EXPECT_EQ(peaks, 2);
      EXPECT_EQ(fan, 2);
      EXPECT_LE(t.max_return(m, g), 8.0);
      EXPECT_LE(t.sum_time(m, g), 16.0);
    }
  EXPECT_GT(t.n_above(0, 0) + t.n_above(2, 0), 0);
}

TYPED_TEST(Ensemble, ExtremesAndSumsOfOneTwin) {
  const Device device = device_of<TypeParam>;
  ensemble::System s;
  s.first_item = {device, {1}}, s.stop_item = {device, {1}}, s.first_item(0) = 0, s.stop_item(0) = 3;
  Watch w = make_watch(s, 2, device);
  Array<Real, 2> value(device, {2, 3}), weight(device, {2, 3});
  Array<Real, 1> limit(device, {3});
  Array<std::int32_t, 1> active(device, {1});
  Array<Time, 1> start(device, {2}), stop(device, {2});
  limit(0) = 10, limit(1) = 20, limit(2) = 30, active(0) = 1;
  Real most = -1e300, over = -1e300, above = 0, sum = 0;
  for (int k = 0; k < 50; ++k) {
    const Real dt = 0.5 + k % 3;
    start(1) = k * ns_per_s, stop(1) = start(1) + nanoseconds(dt);
    Real now = -1e300, share = 0;
    for (int i = 0; i < 3; ++i) {
      const Chance chance{5, 0, Stream::test, static_cast<std::uint32_t>(i)};
      value(1, i) = limit(i) - 2.0 + chance.normal(static_cast<std::uint32_t>(k), 0),
               weight(1, i) = chance.uniform(static_cast<std::uint32_t>(k), 1);
      now = std::max(now, value(1, i) - limit(i)), most = std::max(most, value(1, i)), share += weight(1, i);
    }
    over = std::max(over, now), above += now > 0 ? dt : 0.0, sum += share * dt;
    watch(TypeParam{}, s, w, {value, limit, weight}, Cut{active, start, stop, 1, 0, 0});
    synchronize(TypeParam{});
  }
  EXPECT_EQ(w.highest(1, 0), most);
  EXPECT_EQ(w.margin(1, 0), over);
  EXPECT_NEAR(w.above(1, 0), above, 1e-12);
  EXPECT_NEAR(w.weighted(1, 0), sum, 1e-12);
  EXPECT_GT(above, 0.0);
  EXPECT_EQ(w.highest(0, 0), -1e300);  // a member that is not in the cut is not touched
}

TEST(EnsembleFields, FillTheirStructs) {
  check_fields(ensemble::System{}), check_fields(Watch{}), check_fields(Tally{});
}

}  // namespace
}  // namespace coldsun::test

// How the coupling error falls with the step, smooth weather and load with the junction caps active; and what a stochastic day makes of it.
#include <array>

#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

constexpr int n_value = 3;   // t_junction, t_supply, soc
using Values = std::array<std::vector<Real>, n_value>;
const char* const names[n_value] = {"t_junction [K]", "t_supply [K]", "soc [1e-6]"};

// Values at every 40 s of 40 minutes.
template <class Make>
Values course(const Make& make, Real dt) {
  Twin t = make(dt);
  Values v;
  for (Real now = dt; now < 2400.0 + 0.5 * dt; now += dt) {
    step(t.system, t.state, t.inputs, dt);
    if (std::fabs(now / 40.0 - std::round(now / 40.0)) > 1e-9) continue;
    for (int n = 0; n < t.system.thermal.n_node; ++n) v[0].push_back(t.state.thermal.t_junction(0, n));
    v[1].push_back(t.state.thermal.t_supply(0, 0)), v[2].push_back(1e6 * t.state.electrical.soc(0, 0));
  }
  expect_sound(t.state);
  EXPECT_EQ(t.state.run.flags(0) & thermal::flag_thermal_out_of_range, 0u);
  return v;
}
Real rms(const std::vector<Real>& a, const std::vector<Real>& b) {
  EXPECT_EQ(a.size(), b.size());
  Real sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<Real>(a.size()));
}

template <class Make>
std::array<std::array<Real, 3>, n_value> errors(const Make& make, const std::array<Real, 3>& dt, Real fine) {
  const Values exact = course(make, fine);
  std::array<std::array<Real, 3>, n_value> e;
  for (std::size_t i = 0; i < dt.size(); ++i) {
    const Values v = course(make, dt[i]);
    for (std::size_t k = 0; k < n_value; ++k) e[k][i] = rms(v[k], exact[k]);
  }
  return e;
}

// A clear forenoon, one long job per node at full work, nothing that cuts a step; the plates' coolant comes 25 K warmer than the loop
// stands at first, so that all nodes drive through their band while the loop, fans and battery move.
Twin smooth(Real dt) {
  Network n = small_network({{1, 2, 1}, {1, 1, 0}});
  Site& s = n.site.front();
  clear_sky(s), no_outages(s), fixed_supply(s, 60 + celsius);
  TwinOptions o = options(9.5, 40.0 / 60.0, dt);
  Twin t = twin_of(n, o);
  steady_link(t), give_full_load(t, false);
  t.state.thermal.t_supply.fill(48 + celsius), t.state.thermal.t_return.fill(52 + celsius), t.state.thermal.t_facility.fill(44 + celsius);
  return t;
}

// Against 1.25 s the error of a first-order method is in proportion to dt - 1.25: 18.75, 8.75 and 3.75, observed orders 1.10 and 1.22.
TEST(TwinOrder, HalvingTheStepHalvesTheError) {
  const std::array<Real, 3> dt = {20.0, 10.0, 5.0};
  const auto e = errors(smooth, dt, 1.25);
  std::printf("  coupling error (rms against steps of 1.25 s)  20 s        10 s        5 s      order\n");
  for (std::size_t k = 0; k < n_value; ++k) {
    const Real first = std::log2(e[k][0] / e[k][1]), second = std::log2(e[k][1] / e[k][2]);
    std::printf("  %-40s %10.3e  %10.3e  %10.3e   %.2f %.2f\n", names[k], e[k][0], e[k][1], e[k][2], first, second);
    EXPECT_GT(e[k][2], 0.0) << names[k];   // a zero would have no order
    EXPECT_GE(first, 0.9) << names[k];
    EXPECT_GE(second, 0.9) << names[k];
  }
  Twin t = smooth(10.0);
  steps(t, 200);
  for (int n = 0; n < 4; ++n) EXPECT_EQ(t.state.thermal.throttle_fraction(0, n), 1.0) << "the caps were to be active: node " << n;
}

// Clouds, outages, arrivals: their instants are those of the processes, whatever dt. The difference is printed, not bounded by an order.
TEST(TwinOrder, StochasticDay) {
  const auto make = [](Real dt) {
    Network n = small_network();
    n.site.front().climate.cloud.clear_fraction.fill(0.1), n.site.front().climate.cloud.overcast_fraction.fill(0.1);
    n.site.front().jobs.load = 1.2;
    return twin_of(n, options(12.5, 40.0 / 60.0, dt));
  };
  const std::array<Real, 3> dt = {40.0, 20.0, 10.0};
  const auto e = errors(make, dt, 2.5);
  std::printf("  stochastic day (rms against steps of 2.5 s)   40 s        20 s        10 s\n");
  for (std::size_t k = 0; k < n_value; ++k) {
    std::printf("  %-40s %10.3e  %10.3e  %10.3e\n", names[k], e[k][0], e[k][1], e[k][2]);
    for (const Real x : e[k]) EXPECT_TRUE(std::isfinite(x));
  }
}

}  // namespace
}  // namespace coldsun

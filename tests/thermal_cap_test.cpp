// The junction cap law solved with its plate: it settles where law and plate balance, without oscillation at any step.
#include <vector>

#include "thermal_hall.hpp"

namespace coldsun::thermal {
namespace {

using test::node;
using test::pair;
using test::Plant;

template <class Space>
class ThermalCap : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ThermalCap, test::Backends);

// 700 W asked per plate, cap linear over 10 K from below where that would settle: mean power within 1 % of the balance
// of law and plate, and every later cut like the one before.
TYPED_TEST(ThermalCap, CapSettlesWithoutOscillation) {
  for (const Real dt : {10.0, 1.0, 0.1}) {
    NodeSpec n = node(0, true);
    n.n_plate = 1, n.liquid_fraction = 1, n.p_max = 700, n.p_throttle = 100, n.t_cap = 360, n.p_leakage = 0;
    Plant p(pair(test::device_of<TypeParam>, n), 1, test::device_of<TypeParam>);
    p.request.fill(700), p.floor.fill(60), p.allocated.fill(900);
    const auto step = [&] {
      p.state.t_supply(0, 0) = 308.15;
      p.step(TypeParam{}, dt);
    };
    const int n_cut = static_cast<int>(60 / dt);
    std::vector<Real> mean(2, 0.0), last(2);
    for (int k = 0; k < n_cut; ++k) {
      step();
      for (int i = 0; i < 2; ++i) mean[static_cast<std::size_t>(i)] += p.state.p_node(0, i) / n_cut;
    }
    for (int i = 0; i < 2; ++i) last[static_cast<std::size_t>(i)] = p.state.p_node(0, i);
    for (int k = 0; k < 5; ++k) {
      step();
      for (int i = 0; i < 2; ++i)
        EXPECT_NEAR(p.state.p_node(0, i), last[static_cast<std::size_t>(i)], 1e-3) << "dt " << dt;
    }
    for (int i = 0; i < 2; ++i) {  // p = 100 + 60 (370 - t), t = 308.15 + r p
      const Real r = (p.state.t_junction(0, i) - 308.15) / p.state.p_node_end(0, i),
                 settled = (100 + 60 * (370 - 308.15)) / (1 + 60 * r);
      EXPECT_NEAR(r, p.sys.r_junction(0), 0.01 * r);
      EXPECT_NEAR(p.state.p_node_end(0, i), settled, 1e-3);
      EXPECT_NEAR(mean[static_cast<std::size_t>(i)], settled, 0.01 * settled);
      EXPECT_GT(p.state.throttle_fraction(0, i), 0.999);
    }
  }
}

// One time constant: 700 W asked of a plate of 0.098 K/W and 75 ms that is cold at first; its cap begins at t_cap and
// takes 60 W per kelvin. The lagged power q obeys tau q' = p - q with p = 700 - 60 (t_in + r q - t_cap) in the band, so
// that it is an exponential on either side of the instant at which the cap begins, and the energy up to t is tau q(t)
// plus the integral of q.
struct OnePlate {
  static constexpr Real r = 0.098, tau = 0.075, t_in = 308.15, t_cap = 360, slope = 60, asked = 700;
  Real q_cap = (t_cap - t_in) / r, begin = -tau * std::log(1 - q_cap / asked);
  Real rate = (1 + slope * r) / tau, settled = (asked + slope * (t_cap - t_in)) / (1 + slope * r);
  Real q(Real t) const {
    return t < begin ? asked * (1 - std::exp(-t / tau)) : settled + (q_cap - settled) * std::exp(-rate * (t - begin));
  }
  Real power(Real t) const { return asked - slope * std::fmax(t_in + r * q(t) - t_cap, 0.0); }
  Real energy(Real t) const {
    const Real first = std::fmin(t, begin), then = std::fmax(t - begin, 0.0);
    const Real sum = asked * (first + tau * std::expm1(-first / tau)) + settled * then -
                     (q_cap - settled) * std::expm1(-rate * then) / rate;
    return tau * q(t) + sum;
  }
};

// Mean power of every step within 1 % of the closed form, junction and power at its end within 0.1 K (a plate's own
// steps are good for 0.05 K each). No oscillation: once capped, the power turns back by less than a milliwatt; it comes
// to rest at the closed form's value.
TYPED_TEST(ThermalCap, CapOfOnePlateFollowsTheClosedForm) {
  const OnePlate exact;
  for (const Real dt : {10.0, 1.0, 0.1}) {
    NodeSpec n = node(0, false);
    n.n_plate = 1, n.liquid_fraction = 1, n.p_max = 700, n.p_throttle = 100, n.t_cap = 360, n.t_cap_band = 10,
    n.p_leakage = 0;
    Plant p(make_system({test::benchmark_plate()}, {n}, {test::loop_model()}, test::device_of<TypeParam>), 1,
            test::device_of<TypeParam>);
    LumpedModel& model = p.sys.lumped(0);
    for (int k = 0; k < n_lumped_mode; ++k)
      model.tau[k] = exact.tau, model.r[k] = k == 0 ? exact.r : 0, model.weight[k] = k == 0;
    p.sys.r_junction(0) = exact.r;
    p.request.fill(exact.asked), p.floor.fill(60), p.allocated.fill(900);
    Real last = 0;
    for (int k = 0; k < static_cast<int>(60 / dt); ++k) {
      const Real from = k * dt, to = from + dt, mean = (exact.energy(to) - exact.energy(from)) / dt;
      p.state.t_supply(0, 0) = exact.t_in, p.step(TypeParam{}, dt);
      EXPECT_NEAR(p.state.p_node(0, 0), mean, 0.01 * mean) << "dt " << dt << ", step " << k;
      EXPECT_NEAR(p.state.p_node_end(0, 0), exact.power(to), 0.1 * exact.slope) << "dt " << dt << ", step " << k;
      EXPECT_NEAR(p.state.t_junction(0, 0), exact.t_in + exact.r * exact.q(to), 0.1) << "dt " << dt << ", step " << k;
      if (from > 2 * exact.begin) {
        EXPECT_LE(p.state.p_node_end(0, 0), last + 1e-3) << "dt " << dt << ", step " << k;
      }
      last = p.state.p_node_end(0, 0);
    }
    EXPECT_NEAR(last, exact.settled, 1e-6);
  }
}

}  // namespace
}  // namespace coldsun::thermal

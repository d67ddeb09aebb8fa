// Plates with their cap law, lumped plates and the loop, advanced as a whole on every backend.
#include <cstring>
#include <vector>

#include "thermal_hall.hpp"

namespace coldsun::thermal {
namespace {

using test::node;
using test::pair;
using test::Plant;

template <class Space>
class ThermalAdvance : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ThermalAdvance, test::Backends);

// Stored energy of a node's plates from State alone [J].
Real energy(const Plant& p, int m, int n) {
  const Stack& s = p.sys.stack(p.sys.model(n));
  Real e = 0;
  if (const int f = p.sys.fidelity(n); f >= 0) {
    std::vector<Real> h(n_y, 1e4);
    Operator<n_y, n_solid> a;
    fill_operator(s, p.sys.flow(n), h.data(), 1.0, a);
    for (int y = 0; y < n_y; ++y)
      for (int x = 0; x < n_x; ++x) {
        for (int z = 0; z < n_solid; ++z) e += a.capacity[z] * (p.state.t_solid(m, f, z, y, x) - 300);
        e += a.capacity[n_solid] * (p.state.t_coolant(m, f, y, x) - 300);
      }
  } else {
    const LumpedModel& l = p.sys.lumped(p.sys.model(n));
    e = l.capacity * (p.state.t_lumped(m, -1 - f) - 300);
    for (int k = 0; k < n_lumped_mode; ++k) e += l.weight[k] * l.tau[k] * p.state.q_lumped(m, k, -1 - f);
  }
  return e * p.sys.n_plate(n);
}

TYPED_TEST(ThermalAdvance, FieldListsFillTheirStructs) {
  System s = pair(test::device_of<TypeParam>, node(0, true));
  State st = make_state(s, 2, test::device_of<TypeParam>);
  EXPECT_NO_THROW(check_fields(st));
}

// Heat into every plate and loop = stored + carried off, from the states themselves, over cuts of very different
// lengths: 1e-10 of the largest term, or the rounding of the stored energy (2e-16 of it per cut).
TYPED_TEST(ThermalAdvance, EnergyBalancesOfPlatesAndLoop) {
  Plant p(pair(test::device_of<TypeParam>, node(0, true)), 2, test::device_of<TypeParam>);
  p.state.flow_gain(1, 0) = 0.7, p.state.flow_gain(1, 1) = 0.7, p.state.tim_gain(1, 0) = 1.5,
                       p.state.tim_gain(1, 1) = 1.5;
  const Real cuts[] = {1e-3, 0.5, 9.5, 10, 0.02, 3, 600};
  for (int k = 0; k < 7; ++k) {
    for (int m = 0; m < 2; ++m)
      for (int n = 0; n < 2; ++n) p.request(m, n) = k % 2 ? 1500 : 6500 + 100 * m;
    std::vector<Real> before, loop;
    for (int m = 0; m < 2; ++m) {
      for (int n = 0; n < 2; ++n) before.push_back(energy(p, m, n));
      const LoopModel& l = p.sys.loop(0);
      loop.push_back(l.c_supply * p.state.t_supply(m, 0) + l.c_return * p.state.t_return(m, 0));
      loop.push_back(l.c_facility * p.state.t_facility(m, 0)),
          loop.push_back(l.hall_air.heat_capacity * p.state.t_hall(m, 0));
    }
    p.step(TypeParam{}, cuts[k]);
    for (int m = 0; m < 2; ++m) {
      for (int n = 0; n < 2; ++n) {
        const Real in = p.state.p_node(m, n) * 0.8 * cuts[k],
                   stored = energy(p, m, n) - before[static_cast<std::size_t>(2 * m + n)];
        const Real carried = p.state.q_carried(m, n) * cuts[k], heat_capacity = p.sys.lumped(0).capacity * 8;
        const Real limit = 1e-10 * std::fmax(std::fabs(in), std::fabs(carried)) + 1e-12 * heat_capacity;
        EXPECT_NEAR(in, stored + carried, limit) << "cut " << k << " member " << m << " node " << n;
        EXPECT_NEAR(p.state.q_stored(m, n) * cuts[k], stored, limit);
        EXPECT_NEAR(p.state.q_plate(m, n) * cuts[k], in, limit);
      }
      const State& s = p.state;
      const LoopModel& l = p.sys.loop(0);
      const Real* old = &loop[static_cast<std::size_t>(3 * m)];
      const Real plates = s.q_plates(m, 0) + 2000 + s.q_pump(m, 0),
                 water = s.q_cdu(m, 0) + s.q_coil(m, 0) + s.q_pump_facility(m, 0);
      const auto near = [&](Real now, Real then, Real in, Real out, Real c) {
        EXPECT_NEAR(now - then, (in - out) * cuts[k],
                    1e-10 * std::fmax(std::fabs(in), std::fabs(out)) * cuts[k] + 4e-16 * 320 * c * 2);
      };
      near(l.c_supply * s.t_supply(m, 0) + l.c_return * s.t_return(m, 0), old[0], plates, s.q_cdu(m, 0),
           l.c_supply + l.c_return);
      near(l.c_facility * s.t_facility(m, 0), old[1], water, s.q_cooler(m, 0), l.c_facility);
      near(l.hall_air.heat_capacity * s.t_hall(m, 0), old[2], s.q_air(m, 0), s.q_coil(m, 0) + s.q_chiller(m, 0),
           l.hall_air.heat_capacity);
      EXPECT_NEAR(s.q_plates(m, 0), s.q_carried(m, 0) + s.q_carried(m, 1), 1e-9);
      EXPECT_EQ(s.p_aux(m, 0), s.p_pump(m, 0) + s.p_fan(m, 0) + s.p_cdu(m, 0) + s.p_hall_cooler(m, 0));
    }
  }
  EXPECT_EQ(p.flags(0) | p.flags(1), 0u);
}

// A 0.5 s dip of a 700 W plate on a busy node, cut as a schedule of 10 s would, against 1 ms cuts: 0.1 K at every
// instant both have.
TYPED_TEST(ThermalAdvance, DipWithinATenthOfAKelvinWhateverTheCut) {
  const Real at[] = {20.0, 20.5, 20.7, 21.0, 30.0};
  const auto run = [&](Real longest) {
    Plant p(pair(test::device_of<TypeParam>, node(0, true)), 1, test::device_of<TypeParam>);
    std::vector<Real> trace;
    Real t = 0;
    for (const Real mark : at) {
      p.request.fill(mark == 20.5 ? 1500 : 6900);
      while (t < mark - 1e-9) {
        const Real dt = std::fmin(t < 19 ? 10.0 : longest, mark - t);
        p.state.t_supply(0, 0) = 308.15, p.step(TypeParam{}, dt), t += dt;
      }
      trace.push_back(p.state.t_junction(0, 0)), trace.push_back(p.state.t_junction(0, 1));
    }
    return trace;
  };
  const std::vector<Real> fine = run(1e-3);
  for (const Real longest : {10.0, 1.0, 0.1}) {
    const std::vector<Real> coarse = run(longest);
    for (std::size_t i = 0; i < fine.size(); ++i)
      EXPECT_NEAR(coarse[i], fine[i], 0.1) << "cuts up to " << longest << ", sample " << i;
  }
  EXPECT_GT(fine[0] - fine[2], 35.0);  // the dip is deep
}

// The lumped plate follows the resolved one: at rest to 0.2 K, at another flow and interface to 0.7 K (the gain of the
// interface is linear), a dip to 2 K. Its outlet has the junction's time constants, so the heat carried off may differ
// by 30 % of the dip, 3,280 W, at once and by 5 % over it; at rest by nothing.
TYPED_TEST(ThermalAdvance, LumpedFollowsResolvedPlate) {
  NodeSpec n = node(0, true);
  n.t_cap = 400;
  Plant p(pair(test::device_of<TypeParam>, n), 2, test::device_of<TypeParam>);
  for (int i = 0; i < 2; ++i) p.state.flow_gain(1, i) = 0.8, p.state.tim_gain(1, i) = 1.4;
  const auto gap = [&](int m) { return std::fabs(p.state.t_junction(m, 0) - p.state.t_junction(m, 1)); };
  const auto go = [&](Real dt, Real power) {
    p.request.fill(power);
    for (int m = 0; m < 2; ++m) p.state.t_supply(m, 0) = 313.15;
    p.step(TypeParam{}, dt);
  };
  go(10, 5600), go(10, 5600);
  EXPECT_LT(gap(0), 0.2);
  EXPECT_LT(gap(1), 0.7);
  EXPECT_GT(p.state.t_junction(1, 0) - p.state.t_junction(0, 0), 3.0);  // less flow and a worse interface are felt
  Real sum = 0, all = 0;
  for (int k = 0; k < 20; ++k) {
    go(0.025, 1500);
    EXPECT_LT(gap(0), 2.0) << k;
    EXPECT_NEAR(p.state.q_carried(0, 0), p.state.q_carried(0, 1), 0.3 * 3280) << k;
    sum += 0.025 * (p.state.q_carried(0, 0) - p.state.q_carried(0, 1)), all += 0.025 * p.state.q_carried(0, 0);
  }
  EXPECT_LT(std::fabs(sum), 0.05 * all);
}

TYPED_TEST(ThermalAdvance, LeakageFloorAndOff) {
  NodeSpec n = node(0, true);
  n.t_cap = 370;
  Plant p(pair(test::device_of<TypeParam>, n), 1, test::device_of<TypeParam>);
  for (int k = 0; k < 3; ++k) p.step(TypeParam{}, 10);
  for (int i = 0; i < 2; ++i) {  // requested 5600 W at 333.15 K; leakage changes with the junction's temperature
    const Real change = 250 * (std::exp(0.02 * (p.state.t_junction(0, i) - 333.15)) - 1);
    EXPECT_GT(std::fabs(change), 20.0);
    EXPECT_NEAR(p.state.p_node_end(0, i), 5600 + change, 1e-8);
    EXPECT_NEAR(p.state.p_unthrottled(0, i), p.state.p_node(0, i), 1e-8);
    EXPECT_LE(change, p.sys.p_leak_bound(i));
  }
  p.allocated.fill(3000), p.step(TypeParam{}, 10);
  EXPECT_NEAR(p.state.p_node_end(0, 0), 3000, 1e-9);
  EXPECT_GT(p.state.p_unthrottled(0, 0), 5300);
  p.t_set.fill(380.0), p.state.t_supply(0, 0) = 379.0,
                                           p.allocated.fill(1e4);  // coolant hotter than the cap: power at rest remains
  p.step(TypeParam{}, 20);
  EXPECT_GE(p.state.p_node(0, 0), 1500);
  EXPECT_LT(p.state.p_node(0, 0), 2400);
  p.allocated.fill(0), p.step(TypeParam{}, 5);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(p.state.p_node(0, i), 0.0);
}

// Reversed flow through an asymmetric plate equals flow through the turned plate, bit for bit. A lumped plate uses the
// magnitude of its flow, and the loop balances in both cases.
TYPED_TEST(ThermalAdvance, NegativeFlowEntersAtTheOtherEnd) {
  PlateSpec plate = test::benchmark_plate(), turned = plate;
  for (int y = 0; y < map_rows; ++y)
    for (int x = 0; x < n_x; ++x)
      turned.power_map[static_cast<std::size_t>(y * n_x + x)] =
          plate.power_map[static_cast<std::size_t>((map_rows - 1 - y) * n_x + x)];
  NodeSpec field = node(0, true), lumped = node(0, false), other = field;
  other.plate = 1;
  Plant p(make_system({plate, turned}, {field, other, lumped}, {test::loop_model()}, test::device_of<TypeParam>), 1,
          test::device_of<TypeParam>);
  p.state.flow_gain(0, 0) = -1;
  for (const Real dt : {0.02, 0.5, 10.0}) p.step(TypeParam{}, dt);
  EXPECT_GT(std::fabs(p.state.t_solid(0, 0, 0, 0, 0) - p.state.t_solid(0, 0, 0, n_y - 1, 0)), 1.0);
  for (int y = 0; y < n_y; ++y)
    for (int x = 0; x < n_x; ++x) {
      EXPECT_EQ(p.state.t_coolant(0, 0, y, x), p.state.t_coolant(0, 1, n_y - 1 - y, x));
      for (int z = 0; z < n_solid; ++z)
        EXPECT_EQ(p.state.t_solid(0, 0, z, y, x), p.state.t_solid(0, 1, z, n_y - 1 - y, x));
    }
  EXPECT_EQ(p.state.t_outlet(0, 0), p.state.t_outlet(0, 1));
  const Real forth = p.state.t_junction(0, 2), work = p.state.q_pump(0, 0);
  p.state.flow_gain(0, 2) = -1, p.step(TypeParam{}, 10);
  EXPECT_NEAR(p.state.t_junction(0, 2), forth, 0.5);
  EXPECT_NEAR(p.state.q_pump(0, 0), work, 0.01 * work);
}

// Same bits for a member run with others or alone, and members that have no cut are not touched.
TYPED_TEST(ThermalAdvance, MembersAreIndependent) {
  const auto fill = [](Plant& p, int m, int id) {
    for (int n = 0; n < p.sys.n_node; ++n) p.request(m, n) = 2000 + 500 * ((id + n) % 7);
    p.temp_air(m, 0) = 285 + 2.5 * id;
  };
  Plant all(pair(test::device_of<TypeParam>, node(0, true)), 5, test::device_of<TypeParam>);
  Plant one(pair(test::device_of<TypeParam>, node(0, true)), 1, test::device_of<TypeParam>);
  for (int m = 0; m < 5; ++m) fill(all, m, m);
  fill(one, 0, 3);
  for (const Real dt : {0.5, 9.5, 10.0}) {
    all.step(TypeParam{}, dt, {0, 3, 4}), one.step(TypeParam{}, dt);
  }
  State::each(one.state, [&](const FieldInfo& info, const auto& a) {
    const std::size_t bytes = static_cast<std::size_t>(a.size()) * sizeof(*a.data());
    State::each(all.state, [&](const FieldInfo& other, const auto& b) {
      if (std::strcmp(info.name, other.name) == 0) {
        EXPECT_EQ(std::memcmp(a.data(), reinterpret_cast<const char*>(b.data()) + 3 * bytes, bytes), 0) << info.name;
      }
    });
  });
  State fresh = make_state(all.sys, 1, test::device_of<TypeParam>, 308.15);
  EXPECT_EQ(std::memcmp(fresh.t_solid.data(), &all.state.t_solid(1, 0, 0, 0, 0),
                        sizeof(Real) * static_cast<std::size_t>(fresh.t_solid.size())),
            0);
  EXPECT_EQ(all.state.n_step(2, 0), 0);
}

// Hotter outside: facility water and fans follow, supply is held while the CDU has room; heat goes where it should.
TYPED_TEST(ThermalAdvance, LoopHoldsItsSetPoint) {
  Plant p(pair(test::device_of<TypeParam>, node(0, true)), 3, test::device_of<TypeParam>);
  const Real outside[] = {278.15, 300.15, 318.15};
  for (int m = 0; m < 3; ++m) p.temp_air(m, 0) = outside[m];
  for (int k = 0; k < 720; ++k) p.step(TypeParam{}, 10);
  const State& s = p.state;
  EXPECT_NEAR(s.t_supply(0, 0), 308.15, 1.0);  // inside the valve's band
  EXPECT_NEAR(s.t_supply(1, 0), 308.15, 1.0);
  EXPECT_GT(s.t_supply(2, 0), 318.15);  // warmer outside than the set-point
  EXPECT_LT(s.fan_speed(0, 0), s.fan_speed(1, 0));
  EXPECT_GT(s.fan_speed(2, 0), 0.99);
  EXPECT_GT(s.p_hall_cooler(2, 0), s.p_hall_cooler(1, 0));
  for (int m = 0; m < 3; ++m) {
    const Real in = s.q_plates(m, 0) + 2000 + s.q_pump(m, 0) + s.q_pump_facility(m, 0) + s.q_coil(m, 0);
    EXPECT_NEAR(s.q_cooler(m, 0), in, 2e-3 * in) << m;  // settled
    EXPECT_LT(std::fabs(s.t_hall(m, 0) - 300.15), 2.01);
  }
  EXPECT_EQ(p.flags(0) | p.flags(1), 0u);
}

TYPED_TEST(ThermalAdvance, FaultsRaiseFlags) {
  Plant p(pair(test::device_of<TypeParam>, node(0, true)), 2, test::device_of<TypeParam>);
  p.request(1, 0) = std::nan("");
  p.step(TypeParam{}, 1);
  EXPECT_EQ(p.flags(0), 0u);
  EXPECT_NE(p.flags(1) & flag_thermal_not_finite, 0u);
}

}  // namespace
}  // namespace coldsun::thermal

// Shipped plates against a converged mesh, and lumped against resolved plates, over the flow range of the class.
#include <algorithm>
#include <set>

#include "core/make/make_system.hpp"
#include "io_site_text.hpp"
#include "thermal_hall.hpp"
#include "thermal_mesh.hpp"

namespace coldsun {
namespace {

using namespace thermal;
using site_test::data;
constexpr Real power = 700.0, t_inlet = 309.15;

// Plates used by shipped sites, by name.
std::vector<PlateClass> shipped_plates() {
  std::vector<PlateClass> all;
  std::set<std::string> names;
  for (const std::string& site : shipped("sites", data))
    for (const PlateClass& p : load_site(site, data).plate)
      if (names.insert(p.name).second) all.push_back(p);
  const std::vector<std::string> files = shipped("plates", data);
  EXPECT_EQ(names, std::set<std::string>(files.begin(), files.end()));
  return all;
}
std::vector<Real> flows_of(const PlateClass& p) {  // five, equally spaced in ln(flow)
  std::vector<Real> v;
  for (int i = 0; i < 5; ++i) v.push_back(p.flow_min * std::pow(p.flow_max / p.flow_min, 0.25 * i));
  return v;
}

// Step response of the shipped plate to 1 W from equilibrium, film at the mean coolant temperature, at the mesh's
// instants.
thermal::test::FinePlate::Step step_of(const PlateSpec& p, Real flow, Real t_film) {
  thermal::test::Plate b(make_stack(p), flow);
  std::vector<Real> h(n_y);
  film_rows<n_y>(p.channel, coolant_properties(p.coolant, t_film), flow, p.length, h.data());
  fill_operator(b.stack, flow, h.data(), 1.0, *b.solver.a);
  b.power_map(p.power_map);
  const auto& s = b.solver;
  const auto hottest = [&] {
    Real slope = 0;
    return FaceJunction<n_y>{s.face, s.face_unit, 1.0, 0.0}(1.0, slope);
  };
  thermal::test::FinePlate::Step out;
  s.prepare(b.team, 0.0);
  std::fill(s.face, s.face + n_y * n_x, 0.0);
  out.r_static = hottest();
  b.start_at(0);
  Real now = 0;
  for (const Real step : {2.5e-4, 1e-3, 5e-3, 2.5e-2}) {
    s.prepare(b.team, 1.0 / (sdirk2::gamma * step));
    for (int k = 0; k < 40; ++k) {
      const Real shift = 1.0 / (sdirk2::gamma * step);
      s.unpowered(b.team, shift, s.t, s.rate, s.step_1), s.add_power(b.team, 1.0, s.step_1, s.t, sdirk2::carry);
      s.unpowered(b.team, shift, s.base, s.step_2, s.step_2), s.add_power(b.team, 1.0, s.step_2, s.base, 1.0);
      std::copy(s.base, s.base + thermal::test::Plate::Solver::size, s.t), now += step;
      out.time.push_back(now), out.junction.push_back(hottest());
    }
  }
  out.t_63 = thermal::test::FinePlate::when(out, (1.0 - std::exp(-1.0)) * out.r_static);
  return out;
}

// Hottest point of the power plane in steady state within 0.3 K at 700 W, time to 63 % within 3 %, rise after 5, 20 and
// 100 ms within 0.3 K. Holds since the junction is read at the power plane, with 16 rows on the coolant's own profile.
TEST(ShippedPlate, JunctionIsThePowerPlaneOfTheConvergedMesh) {
  for (const PlateClass& c : shipped_plates())
    for (const Real flow : flows_of(c)) {
      const PlateSpec p = plate_spec(c, t_inlet);
      const CoolantProperties q = coolant_properties(p.coolant, t_inlet);
      const Real t_film = t_inlet + 0.5 * power / (q.rho * q.cp * flow);
      const auto fine =
          thermal::test::FinePlate(p, coolant_properties(p.coolant, t_film), flow, {32, 16, 12, 12, 2}).step();
      const auto own = step_of(p, flow, t_film);
      const std::string where = c.name + " at " + std::to_string(flow * 6e4) + " L/min";
      RecordProperty("kelvin " + where,
                     std::to_string(power * own.r_static) + " for " + std::to_string(power * fine.r_static));
      RecordProperty("ms " + where, std::to_string(1e3 * own.t_63) + " for " + std::to_string(1e3 * fine.t_63));
      EXPECT_NEAR(power * own.r_static, power * fine.r_static, 0.3) << where;
      EXPECT_NEAR(own.t_63, fine.t_63, 0.03 * fine.t_63) << where;
      for (const Real t : {5e-3, 20e-3, 100e-3}) {
        const auto at = static_cast<std::size_t>(std::lower_bound(fine.time.begin(), fine.time.end(), t - 1e-9) -
                                                 fine.time.begin());
        EXPECT_NEAR(power * own.junction[at], power * fine.junction[at], 0.3) << where << " after " << t << " s";
      }
    }
}

// Steady-state rise over the inlet of a lumped plate within 1 % of the resolved plate, over all flows, warm and cold.
TEST(ShippedPlate, LumpedWithinOnePercentOfTheResolvedPlateAtEveryFlow) {
  for (const PlateClass& c : shipped_plates())
    for (const Real supply : {299.15, t_inlet, 318.15}) {
      NodeSpec n;
      n.n_plate = 1, n.liquid_fraction = 1, n.flow = 1.05e-3 / 60, n.p_max = power, n.t_cap = 1e3;
      NodeSpec field = n;
      field.field = true;
      thermal::test::Plant p(
          make_system({plate_spec(c, t_inlet)}, {field, n}, {thermal::test::loop_model()}, Device::host), 1,
          Device::host);
      p.request.fill(power), p.floor.fill(0);
      for (const Real flow : flows_of(c)) {
        p.state.flow_gain.fill(flow / n.flow);
        for (int k = 0; k < 3; ++k) p.state.t_supply.fill(supply), p.step(Host{}, 20.0);
        const Real rise = p.state.t_junction(0, 0) - supply;
        EXPECT_NEAR(p.state.t_junction(0, 1) - supply, rise, 0.01 * rise)
            << c.name << " at " << flow * 6e4 << " L/min, " << supply << " K";
      }
    }
}

}  // namespace
}  // namespace coldsun

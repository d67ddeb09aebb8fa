// Protection of a node by its trip, boiling coolant, and pump power for the plates' channels.
#include "thermal_hall.hpp"

namespace coldsun::thermal {
namespace {

using test::node;
using test::Plant;

template <class Space>
class ThermalTrip : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ThermalTrip, test::Backends);

// Without flow a plate only stores heat: the cap lowers power, leakage grows, and above t_trip the node switches off
// once and stays off while it is hot. With flow again it restarts after restart_time below t_restart. Step lengths do
// not matter: at most 2 K above t_trip, from the step of the trip and the later exchange between layers.
TYPED_TEST(ThermalTrip, NodeWithoutFlowTripsAndRestarts) {
  for (const Real dt : {1.0, 60.0}) {
    NodeSpec field = node(0, true), lumped = node(0, false);
    for (NodeSpec* n : {&field, &lumped})
      n->p_leakage = 1000, n->t_trip = 378.15, n->t_restart = 348.15, n->restart_time = 120;
    Plant p(make_system({test::benchmark_plate()}, {field, lumped}, {test::loop_model()}, test::device_of<TypeParam>),
            1, test::device_of<TypeParam>);
    p.step(TypeParam{}, 60.0);
    p.state.flow_gain.fill(0.0);
    for (Real t = 0; t < 600; t += dt) p.step(TypeParam{}, dt);
    EXPECT_TRUE(p.flags(0) & flag_thermal_trip);
    for (int i = 0; i < 2; ++i) {
      EXPECT_GT(p.state.t_junction(0, i), 348.15) << i;
      EXPECT_LT(p.state.t_junction(0, i), 380.15) << i;
      EXPECT_EQ(p.state.p_node(0, i), 0.0) << i;
      EXPECT_GT(p.state.p_unthrottled(0, i), 5000.0) << i;  // its work stops and stays requested
      EXPECT_EQ(p.state.trip_left(0, i), 120.0) << i;
    }
    p.state.flow_gain.fill(1.0);
    for (Real t = 0; t < 60; t += dt) p.step(TypeParam{}, dt);
    EXPECT_EQ(p.state.p_node(0, 0) + p.state.p_node(0, 1), 0.0);
    for (Real t = 0; t < 180; t += dt) p.step(TypeParam{}, dt);
    for (int i = 0; i < 2; ++i) EXPECT_GT(p.state.p_node(0, i), 5000.0) << i;
  }
}

// Coolant without flow in a hot plate boils; at design flow it does not.
TYPED_TEST(ThermalTrip, BoilingCoolantRaisesAFlag) {
  NodeSpec n = node(0, true);
  n.t_cap = 420;
  Plant p(make_system({test::benchmark_plate()}, {n}, {test::loop_model()}, test::device_of<TypeParam>), 1,
          test::device_of<TypeParam>);
  p.step(TypeParam{}, 60.0);
  EXPECT_FALSE(p.flags(0) & flag_thermal_boils);
  p.state.flow_gain.fill(0.0);
  for (int k = 0; k < 30; ++k) p.step(TypeParam{}, 1.0);
  EXPECT_TRUE(p.flags(0) & flag_thermal_boils);
}

// Boiling is detected in any cell, not only in the mean outlet: with little flow a cell under the die was at 101.9
// degrees C and the outlet at 97.9.
TYPED_TEST(ThermalTrip, AnyBoilingCellRaisesAFlag) {
  NodeSpec n = node(0, true);
  n.t_cap = 420, n.t_trip = 450;
  Plant p(make_system({test::benchmark_plate()}, {n}, {test::loop_model()}, test::device_of<TypeParam>), 1,
          test::device_of<TypeParam>);
  const Real boiling = boiling_point(p.sys.stack(0).coolant);
  int before_the_outlet = 0;
  p.state.flow_gain.fill(0.1);
  for (int k = 0; k < 120; ++k) {
    p.flags.fill(0u);
    p.step(TypeParam{}, 0.25);
    Real hottest = 0.0;
    for (int y = 0; y < n_y; ++y)
      for (int x = 0; x < n_x; ++x) hottest = std::max(hottest, p.state.t_coolant(0, 0, y, x));
    EXPECT_EQ((p.flags(0) & flag_thermal_boils) != 0, hottest > boiling) << k;
    before_the_outlet += hottest > boiling && p.state.t_outlet(0, 0) <= boiling;
  }
  EXPECT_GT(before_the_outlet, 0);
}

// The plates are in series with the rest of the circuit: half of the channels, or a larger loss at inlet and manifold,
// raises pump power by the plate's own pressure drop.
TEST(ThermalLoop, PlatesPressureDropCostsPumpPower) {
  PlateSpec plate = test::benchmark_plate(), halved = plate, lossy = plate;
  halved.channel.n_channel *= 0.5, lossy.channel.minor_loss += 10;
  const auto work = [](const PlateSpec& s) {
    const System sys = make_system({s}, {node(0, true)}, {test::loop_model()}, Device::host);
    return pump_work(sys.loop(0), sys.loop(0).v_dot);
  };
  const LoopModel l = test::loop_model();
  const Real v_dot = 8 * node(0, true).flow,
             rest = v_dot * l.pump.dp * std::pow(v_dot / l.pump.flow, l.pump.dp_exponent);
  const auto head = [&](const PlateSpec& s) {
    return pressure_drop(s.channel, l.properties, node(0, true).flow, s.length);
  };
  for (const PlateSpec& s : {plate, halved, lossy}) EXPECT_NEAR(work(s), rest + v_dot * head(s), 1e-12 * work(s));
  EXPECT_GT(head(halved), 2.0 * head(plate));
  EXPECT_GT(head(lossy), head(plate));
}

}  // namespace
}  // namespace coldsun::thermal

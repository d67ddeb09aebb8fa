// A shadow's points, packing, inputs and corrections, on the shipped site reduced to a few nodes.
#include "core/shadow/feed.hpp"
#include "io_twin.hpp"

namespace coldsun::twin_test {
namespace {

TwinOptions options(int n_member) {
  TwinOptions o;
  o.n_member = n_member, o.seed = 3, o.start = shipped().start + nanoseconds(10 * hour), o.hours = 0.5;
  return o;
}

// The shipped site with two lumped nodes of each type and no jobs.
const Network& few() {
  static const Network network = [] {
    Network n = shipped();
    for (NodeType& t : n.site[0].hall.node) t.n_node = 2, t.n_field = 0;
    n.site[0].jobs.load = 0.0;
    return n;
  }();
  return network;
}

int point_called(const Shadow& f, const std::string& name) {
  for (std::size_t k = 0; k < f.point.size(); ++k)
    if (f.point[k].name == name) return static_cast<int>(k);
  throw std::logic_error(name);
}

TEST(Shadow, PointsHaveTheTopicsOfTheSiteFile) {
  Twin t = make_twin(few(), library(), {}, options(2));
  const Shadow f = make_shadow(few(), t);
  EXPECT_EQ(f.point.size(), 3u * 6u + 13u);  // power, junction, outlet of six nodes; points of the site
  const Point& p = f.point[static_cast<std::size_t>(point_called(f, "atacama/h200/1 t_junction"))];
  EXPECT_EQ(p.topic, "BMS/v1/PUB/Value/Rack/GpuTemperature/atacama/h200/1/junction");
  EXPECT_EQ(p.node, 3);
  EXPECT_EQ(from_si(*p.unit, 300.0), 300.0 - 273.15);
  for (std::size_t k = 0; k < f.point.size(); ++k) EXPECT_EQ(f.home[k] < 0, f.point[k].what->input) << f.point[k].name;
  EXPECT_EQ(t.system.n_gain, 1);
}

TEST(Shadow, UnpackingRestoresThePackedValues) {
  Twin t = make_twin(few(), library(), {}, options(5));
  const Shadow f = make_shadow(few(), t);
  EXPECT_GT(std::fabs(t.state.thermal.tim_gain(0, 0) / t.state.thermal.tim_gain(1, 0) - 1.0),
            1e-3);  // priors were drawn
  const Real apart = std::log(t.state.thermal.flow_gain(2, 0) /
                              t.state.thermal.flow_gain(2, 5));  // a node's own flow: 3 % beside its site's
  EXPECT_GT(std::fabs(apart), 1e-4);
  EXPECT_LT(std::fabs(apart), 0.03 * 6.0);
  const Snapshot before = snapshot(t.state);
  pack(t.state, f.column, f.x);
  unpack(t.state, f.column, f.x);
  // exp(log(x)) is x to two units in the last place; a node's own flow, relative to the mean of all, to four.
  for (std::size_t i = 0; i < before.items.size(); ++i) {
    const Snapshot::Item now = snapshot(t.state).items[i];
    if (now.field.type != Scalar::f64) continue;
    for (std::size_t k = 0; k + 8 <= now.bytes.size(); k += 8) {
      Real a, b;
      std::memcpy(&a, &before.items[i].bytes[k], 8), std::memcpy(&b, &now.bytes[k], 8);
      ASSERT_NEAR(a, b, 2e-15 * std::fabs(a)) << now.path;
    }
  }
  EXPECT_THROW(column_of(t.state, "thermal/no_such", 0, 1, Transform::plain), std::invalid_argument);
  EXPECT_THROW(column_of(t.state, "thermal/tim_gain", 5, 2, Transform::plain), std::invalid_argument);
  EXPECT_THROW(column_of(t.state, "workload/node_job", 0, 1, Transform::plain), std::invalid_argument);
}

// Spread added repeatedly for a faulty point once drove a member's flow to 0 and its hall to 1e41 K.
TEST(Shadow, GainsStayWithinPhysicalBounds) {
  Twin t = make_twin(few(), library(), {}, options(4));
  const Shadow f = make_shadow(few(), t);
  const Real sigma = few().site[0].shadow.flow_sigma;
  for (int n = 0; n < t.system.thermal.n_node; ++n)
    t.state.thermal.flow_gain(1, n) = 1e-9, t.state.thermal.flow_gain(2, n) = 1e9;
  f.use.fill(0);
  analyse(f, t);
  EXPECT_NEAR(std::log(t.state.thermal.flow_gain(1, 0)), -10.0 * sigma,
              2e-3);  // a step of the node's own walk: 0.02 a day, 2e-4
  EXPECT_NEAR(std::log(t.state.thermal.flow_gain(2, 3)), 10.0 * sigma, 2e-3);
  EXPECT_LT(std::fabs(std::log(t.state.thermal.flow_gain(3, 0))), 5.0 * sigma);
}

// After a jump of one interface its column gets extra spread at one analysis, other columns none.
TEST(Shadow, SpreadIsAddedToOneParameterOnly) {
  Twin t = make_twin(few(), library(), {}, options(64)), twin_2 = make_twin(few(), library(), {}, options(64));
  const Shadow f = make_shadow(few(), t), g = make_shadow(few(), twin_2);
  f.use.fill(0), g.use.fill(0);
  const auto name = std::find(f.column_name.begin(), f.column_name.end(), "atacama/h200/0 tim_gain");
  ASSERT_NE(name, f.column_name.end());
  f.reopen(static_cast<int>(name - f.column_name.begin())) = 0.4;
  analyse(f, t), analyse(g, twin_2);
  const auto spread = [](const Twin& twin, int n) {
    Real sum = 0.0, square = 0.0;
    for (int m = 0; m < 64; ++m) {
      const Real v = std::log(twin.state.thermal.tim_gain(m, n));
      sum += v / 64, square += v * v / 64;
    }
    return std::sqrt(square - sum * sum);
  };
  EXPECT_GT(spread(t, 2), 0.4);  // 0.3 of the prior and 0.4
  for (int n = 0; n < t.system.thermal.n_node; ++n)
    if (n != 2) {
      EXPECT_EQ(spread(t, n), spread(twin_2, n));
    }
  EXPECT_EQ(f.reopen(static_cast<int>(name - f.column_name.begin())), 0.0);  // once
}

// A node draws its metered power, independent of leakage and site cap; sky values are those of the feed.
TEST(Shadow, FeedDrivesPowerAndSkyOfTheMembers) {
  Twin t = make_twin(few(), library(), {}, options(3));
  const Shadow f = make_shadow(few(), t);
  std::vector<Real> value(f.point.size(), 0.0);
  std::vector<std::int8_t> known(f.point.size(), 0);
  const auto say = [&](const std::string& name, Real v) {
    const auto k = static_cast<std::size_t>(point_called(f, name));
    value[k] = v, known[k] = 1;
  };
  say("atacama/end_of_row/0 p_node", 0.0), say("atacama/h200/0 p_node", 5000.0), say("atacama/h100/1 p_node", 1500.0);
  say("atacama dni", 700.0), say("atacama dhi", 60.0), say("atacama temp_air", 290.0);
  for (int i = 0; i < 3; ++i) {
    drive(f, t, value, known);
    step(t.system, t.state, t.inputs, t.dt);
  }
  for (int m = 0; m < 3; ++m) {  // each member has its own draw of the meter error, 10 W
    EXPECT_LT(t.state.thermal.p_node(m, 0), 50.0);
    EXPECT_NEAR(t.state.thermal.p_node(m, 2), 5000.0, 50.0);
    EXPECT_NEAR(t.state.thermal.p_node(m, 5), 1500.0, 50.0);
    EXPECT_NEAR(t.state.sky.dni(m, 0), 700.0, 0.5);
    EXPECT_NEAR(t.state.sky.dhi(m, 0), 60.0, 0.5);
    EXPECT_EQ(t.state.sky.temp_air(m, 0), 290.0);
    EXPECT_FALSE(is_fatal(t.state.run.flags(m)));
  }
  EXPECT_NE(t.state.thermal.p_node(0, 2), t.state.thermal.p_node(1, 2));
  EXPECT_THROW(drive(f, t, {1.0}, {1}), std::invalid_argument);
}

// An analysis moves the interface towards the reading and the flow towards the meter; unobserved columns stay.
TEST(Shadow, ReadingsCorrectParameters) {
  Twin t = make_twin(few(), library(), {}, options(32));
  const Shadow f = make_shadow(few(), t);
  std::vector<Real> value(f.point.size(), 0.0);
  std::vector<std::int8_t> known(f.point.size(), 0);
  for (std::size_t k = 0; k < f.point.size(); ++k)
    if (f.point[k].what->name == "p_node") value[k] = 6000.0, known[k] = 1;
  drive(f, t, value, known);
  step(t.system, t.state, t.inputs, t.dt);
  observe(f, t);
  const auto mean = [&](const Array<Real, 2>& a, int j) {
    Real sum = 0.0;
    for (int m = 0; m < 32; ++m) sum += a(m, j);
    return sum / 32.0;
  };
  const int k = point_called(f, "atacama/h200/0 t_junction");
  f.use.fill(0);
  f.use(k) = 1, f.y_obs(k) = mean(f.y, k) + 5.0;
  const Real tim = mean(t.state.thermal.tim_gain, 2), other = mean(t.state.thermal.tim_gain, 3),
             flow = mean(t.state.thermal.flow_gain, 0);
  analyse(f, t);
  EXPECT_GT(mean(t.state.thermal.tim_gain, 2), 1.1 * tim);
  EXPECT_NEAR(mean(t.state.thermal.tim_gain, 3), other, 1e-3 * other);  // random walk only
  EXPECT_NEAR(mean(t.state.thermal.flow_gain, 0), flow, 1e-3 * flow);
}

TEST(Shadow, ForkHasTheStateOfTheShadow) {
  Twin t = make_twin(few(), library(), {}, options(2)), other = make_twin(few(), library(), {}, options(2));
  const Shadow f = make_shadow(few(), t);
  std::vector<Real> value(f.point.size(), 4000.0);
  std::vector<std::int8_t> known(f.point.size(), 0);
  for (std::size_t k = 0; k < known.size(); ++k) known[k] = f.point[k].what->name == "p_node";
  drive(f, t, value, known);
  for (int i = 0; i < 4; ++i) step(t.system, t.state, t.inputs, t.dt);
  fork(t, other);
  for (int i = 0; i < 4; ++i)
    step(t.system, t.state, t.inputs, t.dt), step(other.system, other.state, other.inputs, other.dt);
  EXPECT_EQ(hash(t.state), hash(other.state));
  Twin shorter = [] {
    TwinOptions o = options(2);
    o.hours = 0.25;
    return make_twin(few(), library(), {}, o);
  }();
  EXPECT_THROW(fork(t, shorter), std::invalid_argument);
}

}  // namespace
}  // namespace coldsun::twin_test

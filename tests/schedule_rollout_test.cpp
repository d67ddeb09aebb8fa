// Rollout on every backend: the node table against the cap law, a day's energy against sums by hand, battery, shortage,
// lateness, CVaR.
#include <algorithm>
#include <numeric>

#include "schedule/example.hpp"
#include "schedule/prepare.hpp"
#include "tests/schedule_run.hpp"

namespace coldsun::schedule {
namespace {

using test::device_of;

template <class Space>
class ScheduleRollout : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ScheduleRollout, test::Backends);

// One place of ten equal nodes with cool silicon, no sun, no battery, a strong grid: everything can be summed by hand.
ExampleShape one_place() {
  ExampleShape e;
  e.n_job = 1, e.n_place = 1, e.n_slot = 48, e.n_scenario = 2, e.n_node = 16, e.n_running = 0;
  return e;
}
Problem plain_problem(Device device) {
  Problem p = example_problem(one_place(), 3, device);
  p.job(0) = {};
  p.job(0).n_node = 4, p.job(0).utilization = 0.7, p.job(0).work = 10.5 * p.slot, p.job(0).deadline = 1e6;
  p.pv_linear.fill(0.0), p.pv_square.fill(0.0), p.pv_available.fill(0.0);
  p.price.fill(2e-8), p.carbon.fill(1e-7);
  Place& s = p.place(0);
  s.bus.battery = {}, s.bus.battery.converter = {};
  s.bus.grid.p_import = 200e3, s.bus.grid.converter.p_rated = 200e3, s.p_grid_budget = 200e3;
  return p;
}
template <class Space>
void price(const Problem& p, Population& x) {
  decode(Space{}, p, x, 0, x.size());
  evaluate(Space{}, p, Weights{}, x, 0, x.size());
  synchronize(Space{});
}

TYPED_TEST(ScheduleRollout, EnergyMatchesAHandSum) {
  Problem p = plain_problem(device_of<TypeParam>);
  for (auto& row : p.place(0).loop.t_supply) std::fill(std::begin(row), std::end(row), 305.0);
  prepare(TypeParam{}, p);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  ASSERT_EQ(x.start(0, 0), 0);
  // The same from the cap law itself, without any table; the loop's auxiliaries from its own table.
  const Place& s = p.place(0);
  const auto mean = [&](Real u) {
    NodePoint m{};
    for (int i = 0; i < 2; ++i) {
      const NodePoint n = point_of(s, p.node_class(i), u, 1.0, 305.0);
      m.p += n.p * p.node_class(i).n_node / 16.0, m.p_input += n.p_input * p.node_class(i).n_node / 16.0;
    }
    return m;
  };
  const NodePoint idle = mean(0.0), busy = mean(0.7);
  Real energy = 0.0;
  for (int t = 0; t < p.n_slot(); ++t) {
    const Real part = t < 10 ? 1.0 : (t == 10 ? 0.5 : 0.0);
    const Real it = 16.0 * idle.p + 4.0 * part * (busy.p - idle.p),
               input = 16.0 * idle.p_input + 4.0 * part * (busy.p_input - idle.p_input);
    const Real a = it / s.loop.p_step, b = (p.temp_air(0, t) - s.loop.t_first) / s.loop.t_step;
    const int i = static_cast<int>(a), k = static_cast<int>(b);
    const auto row = [&](int r) {
      return s.loop.p_aux[r][k] + (b - k) * (s.loop.p_aux[r][k + 1] - s.loop.p_aux[r][k]);
    };
    const Real aux = row(i) + (a - i) * (row(i + 1) - row(i)), c = aux / s.bus.aux_converter.p_rated;
    const Real load = input + aux + s.bus.aux_converter.p_rated * (0.004 + c * (0.008 + c * 0.01));
    const Real fed = load + s.bus.r_load_cable / (800.0 * 800.0) * load * load;
    Real tie = fed;  // input of the grid tie for this output: its loss by repetition
    for (int n = 0; n < 60; ++n) tie = fed + 200e3 * (0.004 + tie / 200e3 * (0.006 + tie / 200e3 * 0.008));
    energy += p.slot * tie;
  }
  // The rate of leaking silicon is a little below 1 only through its rounding; table knots are 1.5 K apart.
  EXPECT_NEAR(x.cost(0, 0, line_grid), energy, 2e-4 * energy);
  EXPECT_NEAR(x.cost(0, 0, line_price), 2e-8 * x.cost(0, 0, line_grid), 1e-9 * energy);
  EXPECT_NEAR(x.cost(0, 1, line_carbon), 1e-7 * x.cost(0, 1, line_grid), 1e-9 * energy);
  EXPECT_EQ(x.cost(0, 0, line_unserved), 0.0);
  EXPECT_EQ(x.cost(0, 0, line_battery), 0.0);
  EXPECT_EQ(x.cost(0, 0, line_lateness), 0.0);
}

// Between its knots the table is the cap law: leakage to 5e-5, within 1 % at the kink where the junction's cap begins.
TYPED_TEST(ScheduleRollout, NodeTableIsTheCapLaw) {
  Problem p = example_problem({}, 7, device_of<TypeParam>);
  prepare(TypeParam{}, p);
  synchronize(TypeParam{});
  Real worst = 0.0, worst_hot = 0.0;
  for (int j = 0; j < p.n_job(); ++j)
    for (int l = 0; l < n_level; ++l)
      for (Real t = 290.0; t < 329.0; t += 0.4) {
        const Real u = (t - p.knot_first) / p.knot_step;
        const int k = static_cast<int>(u);
        const NodePoint &a = p.node(1, j, l, k), &b = p.node(1, j, l, k + 1);
        Real sum = 0.0;
        for (int i = 2; i < 4; ++i)
          sum += point_of(p.place(1), p.node_class(i), p.job(j).utilization, p.level[l], t).p * p.node_class(i).n_node;
        const Real error = std::fabs(a.p + (u - k) * (b.p - a.p) - sum / p.place(1).n_node) / (sum / p.place(1).n_node);
        (t < 300.0 ? worst : worst_hot) = std::max(t < 300.0 ? worst : worst_hot, error);
      }
  EXPECT_LT(worst, 5e-5);
  EXPECT_LT(worst_hot, 1e-2);
  EXPECT_GT(worst_hot, 1e-4);  // the kink was met
}

// Energy that a battery supplies at night is missing in the morning: a day without sun or grid empties it by the load
// and its losses.
TYPED_TEST(ScheduleRollout, BatteryEnergyMatchesTheDraw) {
  Problem p = example_problem(one_place(), 3, device_of<TypeParam>);
  p.job(0) = {};
  p.job(0).work = 3600.0, p.job(0).n_node = 8, p.job(0).deadline = 1e6;
  p.pv_linear.fill(0.0), p.pv_square.fill(0.0), p.pv_available.fill(0.0);
  Place& s = p.place(0);
  s.bus.grid.converter = {}, s.bus.grid.p_import = 0.0, s.p_grid_budget = 0.0, s.soc = 0.8;
  prepare(TypeParam{}, p);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  // Rest of the nodes and 8 of them busy for an hour, before auxiliaries (a tenth or less) and the chain's losses (5 to
  // 10 %).
  const Real drawn = x.cost(0, 0, line_battery), rest = 16 * 1400.0 * 48 * p.slot, work = 8 * 5600.0 * 3600.0;
  EXPECT_GT(drawn, 1.03 * (rest + work));
  EXPECT_LT(drawn, 1.3 * (rest + work));
  EXPECT_EQ(x.cost(0, 0, line_grid), 0.0);
  EXPECT_EQ(x.cost(0, 0, line_unserved), 0.0);
  s.soc = s.bus.battery.soc_min;  // empty: the nodes are off and the work is not done
  price<TypeParam>(p, x);
  EXPECT_NEAR(x.cost(0, 0, line_unserved), 8 * 3600.0, 1e-6);
  EXPECT_NEAR(x.cost(0, 0, line_battery), 0.0, 1e-3 * (rest + work));
}

// Two Newton steps give the current that eight give, over a slot and any power inside the limits.
TEST(ScheduleBattery, TwoNewtonStepsAreEnough) {
  const electrical::Pack b = example_bus(1.0).battery;
  const electrical::CellCut c = electrical::cell_cut(b, 1.0, 300.0);
  for (const Real soc : {0.06, 0.2, 0.5, 0.8, 0.94})
    for (const Real v : {-0.03, 0.0, 0.05})
      for (Real p = -250.0; p <= 450.0; p += 13.0) {
        const electrical::Cell cell{soc, v, 0.5 * v};
        const Real exact = electrical::current_for_power(b, c, cell, p);
        EXPECT_NEAR(electrical::current_for_power<2>(b, c, cell, p), exact, 1e-9 * (1.0 + std::fabs(exact)))
            << soc << ' ' << p;
      }
}

// Half of the request: the job of higher priority gets it; pace falls by the twin's law.
TYPED_TEST(ScheduleRollout, ShortageIsSharedInOrderOfService) {
  ExampleShape e = one_place();
  e.n_job = 2;
  Problem p = example_problem(e, 3, device_of<TypeParam>);
  for (int j = 0; j < 2; ++j) {
    p.job(j) = {};
    p.job(j).n_node = 8, p.job(j).work = 48 * p.slot, p.job(j).priority = 2 - j, p.job(j).deadline = 1e6;
  }
  p.pv_linear.fill(0.0), p.pv_square.fill(0.0), p.pv_available.fill(0.0);
  Place& s = p.place(0);
  s.bus.battery = {}, s.bus.battery.converter = {}, s.p_overhead = 0.0;
  s.p_grid_budget = 16 * 1400.0 + 8 * 5600.0 * 1.25;  // rest of all and a job and a quarter
  prepare(TypeParam{}, p);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  const Real unserved = x.cost(0, 0, line_unserved), one = 8 * 48 * p.slot;
  // the cap includes the overhead from the second slot on: less than a quarter is left for the second job
  EXPECT_GT(unserved, 0.55 * one);
  EXPECT_LT(unserved, 1.1 * one);
  EXPECT_GT(x.cost(0, 0, line_throttle), 0.5 * one);
  std::swap(p.job(0).priority, p.job(1).priority);
  EXPECT_THROW(check_problem(p), std::invalid_argument);
}

// Free nodes switch off before a job is throttled: half of the hall is idle, and the power suffices for the working
// half.
TYPED_TEST(ScheduleRollout, IdleNodesSwitchOffFirst) {
  ExampleShape e = one_place();
  e.n_job = 1;
  Problem p = example_problem(e, 3, device_of<TypeParam>);
  p.job(0) = {};
  p.job(0).n_node = 8, p.job(0).work = 24 * p.slot, p.job(0).priority = 1, p.job(0).deadline = 1e6;
  p.pv_linear.fill(0.0), p.pv_square.fill(0.0), p.pv_available.fill(0.0);
  Place& s = p.place(0);
  s.bus.battery = {}, s.bus.battery.converter = {}, s.p_overhead = 0.0;
  s.p_grid_budget = 8 * 7000.0 * 1.12;  // all of the job with its losses and auxiliaries, nothing for the empty half
  prepare(TypeParam{}, p);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  EXPECT_EQ(x.cost(0, 0, line_unserved), 0.0);
  EXPECT_LT(x.cost(0, 0, line_throttle), 0.01 * 8 * 24 * p.slot);
}

// A job that ends late costs priority times seconds; gaps hold link-bound work up by their share.
TYPED_TEST(ScheduleRollout, LatenessAndGaps) {
  Problem p = plain_problem(device_of<TypeParam>);
  p.job(0).deadline = 8.0 * p.slot, p.job(0).priority = 3;
  prepare(TypeParam{}, p);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  EXPECT_NEAR(x.cost(0, 0, line_lateness), 3 * 2.5 * p.slot, 1e-6 * p.slot);
  p.job(0).link_bound = 1, p.gap.fill(0.25);
  price<TypeParam>(p, x);
  EXPECT_NEAR(x.cost(0, 0, line_lateness), 3 * (14.0 - 8.0) * p.slot, 1e-6 * p.slot);
}

// A job whose start has come and that never finds its nodes has waited to the end.
TYPED_TEST(ScheduleRollout, WaitingWithoutNodesCounts) {
  ExampleShape e = one_place();
  e.n_job = 2;
  Problem p = example_problem(e, 3, device_of<TypeParam>);
  p.job(0) = {}, p.job(1) = {};
  p.job(0).n_node = 16, p.job(0).work = 4.0 * p.slot, p.job(0).deadline = 1e6, p.job(0).running = 1,
  p.job(0).link_bound = 1;
  p.job(1).n_node = 4, p.job(1).work = 2.0 * p.slot, p.job(1).deadline = 1e6;
  p.gap.fill(1.0);
  prepare(TypeParam{}, p);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  ASSERT_GE(x.start(0, 1), 0);
  EXPECT_NEAR(x.cost(0, 0, line_wait), 4 * 48 * p.slot, 1e-6);
}

// CVaR by its definition, from the sorted scenarios.
TYPED_TEST(ScheduleRollout, ScoreIsMeanAndTail) {
  Problem p = example_problem({}, 9, device_of<TypeParam>);
  prepare(TypeParam{}, p);
  Population x = random_plans(p, 8, 1, device_of<TypeParam>);
  Weights w;
  w.risk = 0.4, w.alpha = 0.7;
  decode(TypeParam{}, p, x, 0, 8);
  evaluate(TypeParam{}, p, w, x, 0, 8);
  synchronize(TypeParam{});
  for (int k = 0; k < 8; ++k) {
    std::vector<Real> s;
    for (int m = 0; m < 16; ++m) {
      Real sum = 0.0;
      for (int l = 0; l < n_line; ++l) sum += w.line[l] * x.cost(k, m, l);
      s.push_back(sum);
      EXPECT_NEAR(sum, x.scenario_score(k, m), 1e-12 * std::fabs(sum));
    }
    std::sort(s.rbegin(), s.rend());
    const Real mean = std::accumulate(s.begin(), s.end(), 0.0) / 16,
               tail = (s[0] + s[1] + s[2] + s[3] + 0.8 * s[4]) / 4.8;
    EXPECT_NEAR(x.score(k), mean + 0.4 * (tail - mean), 1e-9 * std::fabs(mean));
  }
}

// NaN is never the best.
TYPED_TEST(ScheduleRollout, NanIsNeverBest) {
  Problem p = plain_problem(device_of<TypeParam>);
  prepare(TypeParam{}, p);
  p.price(0, 3) = math::not_a_number;
  EXPECT_THROW(check_problem(p), std::invalid_argument);
  Population x = make_population(p, 1, device_of<TypeParam>);
  price<TypeParam>(p, x);
  EXPECT_EQ(x.score(0), math::infinity);
}

}  // namespace
}  // namespace coldsun::schedule

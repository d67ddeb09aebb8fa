// Jobs in the coupled twin: backfill, shedding by priority, site cap, throttling.
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

Network quiet(int n_node, int n_field) {
  Network n = new_nodes(n_node, n_field);
  clear_sky(n.site.front()), no_outages(n.site.front()), fixed_supply(n.site.front(), 30 + celsius);
  return n;
}

// ---- queue -------------------------------------------------------------------------------------------------------

// Three of four nodes are busy until 200 s; the next job needs all four and waits; the last one is small and requests a
// short time.
TEST(TwinWork, BackfilledJobDelaysNoOther) {
  const HandJob running{-1, 201, 210, 3, 0.8}, wide{5, 50, 60, 4, 0.8}, small{12, 100, 120, 1, 0.8},
      long_one{12, 100, 400, 1, 0.8};
  Twin none = twin_of(quiet(4, 1), options(1, 0.5)), with = twin_of(quiet(4, 1), options(1, 0.5)),
       late = twin_of(quiet(4, 1), options(1, 0.5));
  give_jobs(none, {running, wide}), give_jobs(with, {running, wide, small}), give_jobs(late, {running, wide, long_one});
  for (Twin* t : {&none, &with, &late}) steady_link(*t), steps(*t, 40), expect_sound(t->state);
  const auto at = [](const Twin& t, int job) { return seconds(t.state.workload.start_time(0, job) - t.inputs.start); };
  EXPECT_EQ(with.state.workload.n_backfilled(0, 0), 1);
  EXPECT_NEAR(at(with, 2), 12.0, 1e-9);    // starts on arrival, before the wide job
  EXPECT_NEAR(at(none, 1), 200.0, 0.011);  // cuts under 10 ms merge
  EXPECT_NEAR(at(with, 1), at(none, 1),
              0.011);                                    // EASY: the head of the queue is not delayed by the small job
  EXPECT_EQ(late.state.workload.n_backfilled(0, 0), 0);  // its request passes the head's reservation
  EXPECT_NEAR(at(late, 1), 200.0, 0.011);
  EXPECT_GT(at(late, 2), 249.0);
}

// A job that arrives inside a step starts at its arrival, and the plates of its node warm from then on.
TEST(TwinWork, ArrivalCutsTheStep) {
  Twin t = twin_of(quiet(2, 1), options(1, 0.5));
  give_jobs(t, {{13.7, 2.6, 10, 1, 1.0}});
  steady_link(t);
  steps(t, 1);
  Cuts made;
  step(t.system, t.state, t.inputs, 10.0, {.made = &made});
  const Time start = t.inputs.start;
  // at node 0: arrival, and its end, predicted from its work at full pace
  EXPECT_EQ(made.stop[0],
            (std::vector<Time>{start + nanoseconds(13.7), start + nanoseconds(16.3), start + nanoseconds(20.0)}));
  EXPECT_EQ(t.state.workload.end_time(0, 0), start + nanoseconds(16.3));
  EXPECT_EQ(t.state.workload.n_done(0, 0), 1);
}

// ---- power -------------------------------------------------------------------------------------------------------

// Night on an island: the battery's current limit carries about three of four busy nodes.
TEST(TwinWork, ShedsTheLowestPriorityFirst) {
  Network n = quiet(4, 1);
  Power& p = n.site.front().power;
  p.grid.present = false, p.battery.soc_start = 0.6, p.battery.i_discharge = 32.0;
  Twin t = twin_of(n, options(1, 0.5));
  const int priority[] = {2, 1, 3, 2};
  std::vector<HandJob> jobs(4);
  for (std::size_t i = 0; i < 4; ++i) jobs[i].priority = priority[i], jobs[i].utilization = 0.9;
  give_jobs(t, jobs);
  steady_link(t);
  for (int i = 0; i < 30; ++i) {
    steps(t, 1);
    const electrical::State& e = t.state.electrical;
    const auto whole = [&](int node) { return e.p_allocated(0, node) >= t.state.workload.p_request(0, node); };
    ASSERT_TRUE(whole(2)) << "the highest";
    ASSERT_TRUE(whole(0)) << "the lower row of equals";
    ASSERT_FALSE(whole(1));
    ASSERT_LE(e.p_allocated(0, 1), e.p_allocated(0, 3));
    ASSERT_GT(e.p_shed(0, 0), 0.0);
    Real missing = 0;
    for (int k = 0; k < 4; ++k)
      missing += std::max(
          t.state.workload.p_request(0, k) - std::max(e.p_allocated(0, k) - t.system.p_leak_bound(0, k), 0.0), 0.0);
    ASSERT_NEAR(e.p_shed(0, 0), missing, 1e-9 * missing);  // same sum
    for (int k = 0; k < 4; ++k) ASSERT_LE(t.state.thermal.p_node(0, k), e.p_allocated(0, k) * (1 + 1e-12));
    ASSERT_EQ(t.state.run.flags(0) & electrical::flag_bus_shed, 0u);
  }
  // Capped jobs run slower, jobs without power stop, other jobs are not affected.
  const workload::State& w = t.state.workload;
  EXPECT_EQ(w.pace(0, 2), 1.0);
  EXPECT_EQ(w.pace(0, 0), 1.0);
  EXPECT_LT(w.pace(0, 1), w.pace(0, 3) + 1e-12);
  EXPECT_LT(w.work_left(0, 2), w.work_left(0, 1));
}

// Site cap at night with the battery at its reserve and a small grid budget; the bus could supply more.
TEST(TwinWork, SiteCapLimitsThePowerOfTheNodes) {
  Network n = quiet(4, 1);
  Power& p = n.site.front().power;
  p.battery.soc_start = p.battery.soc_reserve + 5e-7,
  p.grid.p_budget = 20e3;  // charge above reserve: less than the battery converter needs for a step
  Twin t = twin_of(n, options(1, 0.5));
  give_full_load(t, false);
  steps(t, 20);
  const electrical::State& e = t.state.electrical;
  EXPECT_GT(e.p_shed(0, 0), 0.0);
  EXPECT_NEAR(e.p_grid(0, 0), 20e3,
              200.0);  // the budget is used to 1 %, the change of auxiliaries and leakage in a cut
  for (int k = 0; k < 4; ++k) EXPECT_GT(e.p_served_node(0, k), 0.0) << "lowered, not switched off";
}

// The battery of an island is empty in the night: the hall loses power, balances still hold, no member is frozen.
TEST(TwinWork, EmptyIslandGoesDarkAndRestartsWithTheSun) {
  Network n = quiet(4, 1);
  Power& p = n.site.front().power;
  p.grid.present = false, p.battery.soc_start = p.battery.soc_reserve + 1e-4, p.battery.soc_min = p.battery.soc_reserve;
  Twin t = twin_of(n, options(5.5, 5.0, 60.0));
  give_full_load(t, false);
  Real least = 1e9;
  for (int i = 0; i < 60; ++i) steps(t, 1), least = std::min(least, t.state.electrical.p_it(0, 0));
  EXPECT_EQ(least, 0.0);
  EXPECT_TRUE(t.state.run.flags(0) & electrical::flag_aux_cut);  // cooling without power is flagged
  EXPECT_GE(t.state.electrical.soc(0, 0), p.battery.soc_min - 1e-12);
  steps(t, 240);
  EXPECT_GT(t.state.electrical.p_it(0, 0), 20e3);  // 10:30, all four nodes
  expect_sound(t.state);
}

// ---- junction ----------------------------------------------------------------------------------------------------

// The same job with cool and with warm coolant: in the cap band power is reduced, and the job ends later according to
// the lost pace.
TEST(TwinWork, ThrottledJobEndsLater) {
  Twin cool = twin_of(quiet(2, 1), options(1, 0.5));
  Network n = quiet(2, 1);
  fixed_supply(n.site.front(), 64 + celsius);
  Twin warm = twin_of(n, options(1, 0.5));
  for (Twin* t : {&cool, &warm})
    give_jobs(*t, {{5, 100, 200, 1, 0.9}, {5, 100, 200, 1, 0.9}}), steady_link(*t);  // a resolved and a lumped node
  Real work[2] = {}, throttled[2] = {}, hottest[2] = {};
  for (int i = 0; i < 30; ++i) {
    steps(cool, 1);
    EXPECT_EQ(cool.state.thermal.throttle_fraction(0, 0), 0.0);
    walk(
        warm, 10.0, [](const Cut&) {},
        [&](const Cut& cut) {
          for (int k = 0; k < 2; ++k) {
            if (warm.state.workload.node_job(0, k) < 0) continue;
            work[k] += warm.state.workload.pace(0, k) * cut.length(0),
                throttled[k] += warm.state.thermal.throttle_fraction(0, k) * cut.length(0);
            hottest[k] = std::max(hottest[k], warm.state.thermal.t_junction(0, k));
          }
        });
  }
  const thermal::System& sys = warm.system.thermal;
  for (int k = 0; k < 2; ++k) {
    const Real end_cool = seconds(cool.state.workload.end_time(0, k) - cool.inputs.start);
    const Real end_warm = seconds(warm.state.workload.end_time(0, k) - warm.inputs.start);
    EXPECT_NEAR(end_cool, 105.0, 2e-3);  // full pace; less than 1 ms of remaining work counts as done
    EXPECT_GT(end_warm, end_cool + 2.0) << k;
    EXPECT_GT(throttled[k], 50.0) << k;
    EXPECT_GT(hottest[k], sys.t_cap(k));
    EXPECT_LT(hottest[k], sys.t_cap(k) + sys.t_cap_band(k));
  }
  // The integral of pace equals the requested work (without the last cut, in which the job ends).
  EXPECT_GT(work[0], 85.0);
  EXPECT_LE(work[0], 100.0 + 1e-9);
}

}  // namespace
}  // namespace coldsun

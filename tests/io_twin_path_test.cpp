// Paths of a link outage to the junctions: each alone, none, and the trace of a half-second outage at any step.
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

// The first outage after t; outages() sets one at every slot boundary.
struct Gap {
  Time start, stall, stop, drained;
};
Gap next_gap(const Twin& t, Time after, Real length, Real offset = -0.18) {
  const workload::Site& site = t.system.workload.site(0);
  Time start = orbit::slot_start(orbit::slot_number(after)) + nanoseconds(offset);
  while (start <= after) start += orbit::slot_length;
  Gap g;
  g.start = start, g.stall = start + nanoseconds(site.buffer), g.stop = start + nanoseconds(length);
  g.drained = g.stop + static_cast<Time>(std::llround(static_cast<Real>(g.stop - g.stall) * site.burst_ratio));
  return g;
}

// ---- no path -----------------------------------------------------------------------------------------------------

Network busy() {
  Network n = small_network();
  Site& s = n.site.front();
  s.climate.cloud.clear_fraction.fill(0.3);
  outages(s, 0.5), s.comms.link.outage_sigma = 0.5, s.comms.link.link_bound_share = 0.6;
  s.jobs.load = 1.5;
  return n;
}

// Outages cut the steps with paths on or off; a twin without outages on the same cuts is equal.
TEST(TwinPath, AllPathsOffGiveTheThermalStatesWithoutOutages) {
  TwinOptions o = options(10, 1.0);
  o.n_member = 3, o.paths = 0;
  Twin with = twin_of(busy(), o), without = twin_of(busy(), o);
  without.state.orbit.outage_probability.fill(0.0);
  Cuts made, walked;
  for (int i = 0; i < 240; ++i) {
    step(with.system, with.state, with.inputs, 10.0, {.made = &made});
    step(without.system, without.state, without.inputs, 10.0, {.made = &walked, .follow = &made});
    ASSERT_EQ(made.stop, walked.stop) << "step " << i;
    for (const char* group : {"thermal", "electrical", "sky", "controls", "run"})
      ASSERT_EQ(differing(with.state, without.state, group), "") << "step " << i;
  }
  const workload::State &a = with.state.workload, &b = without.state.workload;
  for (int m = 0; m < 3; ++m) {
    EXPECT_GT(with.state.orbit.outage_count(m, 0), 100);
    EXPECT_EQ(without.state.orbit.outage_count(m, 0), 0);
    EXPECT_GT(a.stall_seconds(m, 0), 10.0);  // the phase still changes; only its effect is off
    EXPECT_EQ(a.work_done(m, 0), b.work_done(m, 0));
    EXPECT_EQ(a.n_done(m, 0), b.n_done(m, 0));
    for (int j = 0; j < a.end_time.extent(1); ++j) {
      ASSERT_EQ(a.end_time(m, j), b.end_time(m, j));
      ASSERT_EQ(a.work_left(m, j), b.work_left(m, j));
    }
  }
  EXPECT_GT(a.n_done(0, 0) + a.n_done(1, 0) + a.n_done(2, 0), 0);
  expect_sound(with.state);
}

// Each path has an effect; else the test above could not fail.
TEST(TwinPath, EachPathHasAnEffect) {
  for (const std::uint32_t path : {std::uint32_t{path_stall}, std::uint32_t{path_burst}, std::uint32_t{path_stale}}) {
    TwinOptions o = options(13, 0.25);  // rising air temperature and set-point
    o.paths = path;
    Twin with = twin_of(busy(), o), without = twin_of(busy(), o);
    give_full_load(with, true, 0.6), give_full_load(without, true, 0.6);
    without.state.orbit.outage_probability.fill(0.0);
    Cuts made;
    for (int i = 0; i < 60; ++i) {
      step(with.system, with.state, with.inputs, 10.0, {.made = &made});
      step(without.system, without.state, without.inputs, 10.0, {.follow = &made});
    }
    EXPECT_NE(differing(with.state, without.state, "thermal"), "") << "path " << path;
  }
}

// ---- each path alone ---------------------------------------------------------------------------------------------

// Two twins of one node with a link-bound job and a 0.5-s outage at every boundary: one with the path, one without
// paths.
struct Pair {
  Twin on, off;
  Gap gap;
  explicit Pair(std::uint32_t paths, int n_field) {
    Network n = new_nodes(1, n_field);
    clear_sky(n.site.front()), outages(n.site.front(), 0.5), fixed_supply(n.site.front(), 30 + celsius);
    TwinOptions o = options(1, 0.5);
    o.paths = 0, off = twin_of(n, o);
    o.paths = paths, on = twin_of(n, o);
    for (Twin* t : {&on, &off}) {
      steady_link(*t), give_full_load(*t, true, 0.6);
      t->state.orbit.outage_probability.fill(0.0);  // until equilibrium
      steps(*t, 60);
      t->state.orbit.outage_probability.fill(1.0);
    }
    gap = next_gap(off, off.state.time, 0.5);
  }
  // Junction of the first twin minus that of the second at an instant.
  Real rise(Time at) {
    go_to(on, at, 10.0), go_to(off, at, 10.0);
    return on.state.thermal.t_junction(0, 0) - off.state.thermal.t_junction(0, 0);
  }
};

// A stalled node drops from 5.1 to about 1.9 kW: more than 20 K in steady state; the outage lasts five time constants
// of the plate.
TEST(TwinPath, StallAloneLowersTheJunction) {
  for (const int n_field : {1, 0}) {
    Pair p(path_stall, n_field);
    EXPECT_EQ(p.rise(p.gap.stall), 0.0);  // the buffer bridges this time
    EXPECT_LT(p.rise(p.gap.stall + nanoseconds(0.05)), -3.0);
    EXPECT_LT(p.on.state.workload.p_request(0, 0), 0.5 * p.off.state.workload.p_request(0, 0));
    EXPECT_LT(p.rise(p.gap.stop), -8.0);
    for (Real s = 0.05; s < 4.0; s += 0.05)
      EXPECT_LT(p.rise(p.gap.stop + nanoseconds(s)), 0.05) << s;  // step control: 0.05 K
    EXPECT_NEAR(p.rise(p.gap.stop + nanoseconds(5.0)), 0.0, 0.1);
  }
}

// Without the stall the node keeps its power during the outage and exceeds it afterwards.
TEST(TwinPath, BurstAloneRaisesTheJunctionAfterTheOutage) {
  for (const int n_field : {1, 0}) {
    Pair p(path_burst, n_field);
    EXPECT_EQ(p.rise(p.gap.stop), 0.0);
    EXPECT_GT(p.rise(p.gap.drained), 3.0);
    EXPECT_GT(p.on.state.workload.p_request(0, 0), 1.1 * p.off.state.workload.p_request(0, 0));
    for (Real s = 0.05; s < 4.0; s += 0.05) EXPECT_GT(p.rise(p.gap.drained + nanoseconds(s)), -0.05) << s;
    EXPECT_NEAR(p.rise(p.gap.drained + nanoseconds(5.0)), 0.0, 0.1);
  }
}

// With all paths the junction falls, rises above, and returns.
TEST(TwinPath, AllPathsGiveADipThenARise) {
  Pair p(path_all, 1);
  EXPECT_LT(p.rise(p.gap.stop), -8.0);
  EXPECT_GT(p.rise(p.gap.drained), 2.0);
  EXPECT_NEAR(p.rise(p.gap.drained + nanoseconds(5.0)), 0.0, 0.1);
  EXPECT_EQ(p.on.state.workload.backlog(0, 0), 0.0);
  // The backlog is drained: both jobs have done equal work, to the rounding of cuts (1 ns).
  EXPECT_NEAR(p.on.state.workload.work_left(0, 0), p.off.state.workload.work_left(0, 0), 1e-6);
}

// Link down for hours: the last set-point is held while the air temperature changes. Falling: supply too warm. Rising:
// too cold.
TEST(TwinPath, StaleSetPointLagsTheAir) {
  for (const bool falling : {true, false}) {
    Network n = new_nodes(2, 1);
    clear_sky(n.site.front()), outages(n.site.front(), 15.0, 0.0);
    TwinOptions o = options(falling ? 18.0 : 12.0, 2.5, 60.0);
    o.paths = 0;
    Twin live = twin_of(n, o);
    o.paths = path_stale;
    Twin stale = twin_of(n, o);
    for (Twin* t : {&live, &stale}) steady_link(*t), give_full_load(*t, false, 0.6), steps(*t, 150);
    EXPECT_EQ(stale.state.orbit.link_up(0, 0), 0);
    const Real sign = falling ? 1.0 : -1.0;
    EXPECT_GT(sign * (stale.state.controls.t_supply_set(0, 0) - live.state.controls.t_supply_set(0, 0)), 1.0);
    EXPECT_GT(sign * (stale.state.thermal.t_supply(0, 0) - live.state.thermal.t_supply(0, 0)), 0.5);
    for (int k = 0; k < 2; ++k)
      EXPECT_GT(sign * (stale.state.thermal.t_junction(0, k) - live.state.thermal.t_junction(0, k)), 0.5) << k;
    // The held set-point is that of the start.
    EXPECT_EQ(stale.state.controls.t_supply_set(0, 0),
              couple::supply_set_point(stale.system.control(0), stale.inputs.weather.temp_air(0, 0)));
  }
}

// ---- outage of half a second -------------------------------------------------------------------------------------

// Eight plates of 700 W: 7 kW with the rest of the node. Trace at start and end of the outage, and 1 and 5 s after it.
using Trace = std::array<std::array<Real, 2>, 4>;  // [instant][resolved, lumped]
struct HalfSecond {
  Twin twin;
  Snapshot rest;
  std::array<Time, 4> at{};
  HalfSecond() {
    Network n = new_nodes(2, 1);
    clear_sky(n.site.front()), outages(n.site.front(), 0.5), fixed_supply(n.site.front(), 30 + celsius);
    twin = twin_of(n, options(1, 0.5));
    steady_link(twin), give_full_load(twin, true);
    twin.state.orbit.outage_probability.fill(0.0);
    steps(twin, 122);
    twin.state.orbit.outage_probability.fill(1.0);
    rest = snapshot(twin.state);
    const Gap g = next_gap(twin, twin.state.time, 0.5);
    at = {g.start, g.stop, g.stop + ns_per_s, g.stop + 5 * ns_per_s};
  }
  Trace trace(Real dt) {
    restore(twin.state, rest);
    Trace out;
    for (std::size_t i = 0; i < at.size(); ++i)
      go_to(twin, at[i], dt), out[i] = {twin.state.thermal.t_junction(0, 0), twin.state.thermal.t_junction(0, 1)};
    return out;
  }
  // Each instant is reached from the start on the grid of dt with one shortened last step, so that sampling does not
  // refine the run.
  Trace unseen(Real dt) {
    Trace out;
    for (std::size_t i = 0; i < at.size(); ++i) {
      restore(twin.state, rest);
      go_to(twin, at[i], dt);
      out[i] = {twin.state.thermal.t_junction(0, 0), twin.state.thermal.t_junction(0, 1)};
    }
    return out;
  }
};

TEST(TwinPath, HalfSecondOutageWithinATenthOfAKelvinAtAnyStep) {
  HalfSecond h;
  EXPECT_NEAR(h.twin.state.thermal.p_node(0, 0), 7000.0, 350.0);  // including leakage at that temperature
  const Trace fine = h.trace(1e-3);
  EXPECT_LT(fine[1][0], fine[0][0] - 10.0);  // dip of more than 10 K
  EXPECT_NEAR(fine[3][0], fine[0][0], 0.3);  // recovered after 5 s
  std::printf("  junction at start, end, 1 s and 5 s after: %.3f %.3f %.3f %.3f degC (field, steps of 1 ms)\n",
              fine[0][0] - celsius, fine[1][0] - celsius, fine[2][0] - celsius, fine[3][0] - celsius);
  for (const Real dt : {10.0, 5.0, 1.0, 0.1}) {
    const Trace coarse = h.unseen(dt);
    Real most[2] = {};
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t k = 0; k < 2; ++k) {
        EXPECT_NEAR(coarse[i][k], fine[i][k], 0.1)
            << "step " << dt << " s, instant " << i << (k ? ", lumped" : ", field");
        most[k] = std::max(most[k], std::fabs(coarse[i][k] - fine[i][k]));
      }
    std::printf("  steps of %4.1f s: within %.4f K (field), %.4f K (lumped)\n", dt, most[0], most[1]);
  }
}

}  // namespace
}  // namespace coldsun

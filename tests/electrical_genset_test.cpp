// The generator: its start and stop, its place in the dispatch, its fuel; and the power that a scarce bus sets aside
// for auxiliaries and leakage.
#include "electrical/genset.hpp"
#include "electrical_plant.hpp"

namespace coldsun::electrical {
namespace {

constexpr Genset set{.p_max = 1000e3,
                     .p_min = 300e3,
                     .start_time = 30.0,
                     .least_run = 1800.0,
                     .soc_stop = 0.5,
                     .fuel_idle = 84.15e-3 / 3600.0,
                     .fuel_slope = 0.246e-3 / 3.6e6};

TEST(Genset, StartsOnceAndRunsItsMinimumTime) {
  GensetNow n = genset_after(set, GensetMode::off, 1e6, false, false);
  EXPECT_EQ(n.mode, GensetMode::off);
  n = genset_after(set, GensetMode::off, 1e6, true, false);
  EXPECT_EQ(n.mode, GensetMode::starting);
  EXPECT_TRUE(n.starts);
  EXPECT_EQ(n.time, 0.0);
  EXPECT_EQ(genset_after(set, GensetMode::starting, 29.9, true, false).mode, GensetMode::starting);
  EXPECT_EQ(genset_after(set, GensetMode::starting, 30.0, false, true).mode,
            GensetMode::running);  // it runs once a start was ordered
  EXPECT_EQ(genset_after(set, GensetMode::running, 1799.0, false, true).mode, GensetMode::running);
  EXPECT_EQ(genset_after(set, GensetMode::running, 1801.0, false, false).mode,
            GensetMode::running);  // not needed, battery not full enough
  EXPECT_EQ(genset_after(set, GensetMode::running, 1801.0, false, true).mode, GensetMode::off);
  Genset at_once = set;
  at_once.start_time = 0.0;
  EXPECT_EQ(genset_after(at_once, GensetMode::off, 0.0, true, false).mode, GensetMode::running);
}

// Skarstein and Uhlen (1989): a set of 1,000 kW burns 84.15 L/h at no load and 330.15 L/h at full load.
TEST(Genset, FuelIsLinearInPower) {
  EXPECT_NEAR(genset_fuel_rate(set, 0.0) * 3.6e6, 84.15, 1e-9);
  EXPECT_NEAR(genset_fuel_rate(set, 1000e3) * 3.6e6, 330.15, 1e-9);
}

Site island_site() {
  Site s = base_site();
  s.genset = set, s.genset.rectifier = Converter{1100e3, {0.004, 0.006, 0.008}};
  s.battery = pack_lfp_280ah(250, 20), s.battery.converter.p_rated = 1300e3, s.battery.soc_reserve = 0.10;
  return s;
}
Dispatch dispatched(const Site& p, const PackLimits& b, GensetMode mode, Real pv, Real need) {
  const Supply s = make_supply(p, pv, 0.0, b, mode);
  return dispatch(s, offer(p, s, p.v_nominal), cable_factor(p.r_battery_cable, p.v_nominal), need);
}

TEST(Genset, SuppliesItsMinimumFirstAndTheRestBeforeTheBattery) {
  Site p = island_site();
  p.r_pv_cable = p.r_battery_cable = 0.0;
  const PackLimits b{500e3, 600e3, 400e3};
  const Real least = through(p.genset.rectifier, 300e3), most = through(p.genset.rectifier, 1000e3);
  Dispatch d = dispatched(p, b, GensetMode::running, 0.0, 100e3);  // less than the least: the battery takes the rest
  EXPECT_NEAR(d.genset, least, 1e-6);
  EXPECT_NEAR(d.battery, 100e3 - least, 1e-6);
  d = dispatched(p, b, GensetMode::running, 50e3, 700e3);
  EXPECT_NEAR(d.genset, 650e3, 1e-6);
  EXPECT_EQ(d.battery, 0.0);
  d = dispatched(p, b, GensetMode::running, 0.0, 1200e3);  // beyond it the battery
  EXPECT_NEAR(d.genset, most, 1e-6);
  EXPECT_NEAR(d.battery, 1200e3 - most, 1e-6);
  EXPECT_EQ(d.missing, 0.0);
  const PackLimits full{500e3, 600e3, 0.0};
  d = dispatched(p, full, GensetMode::running, 500e3,
                 400e3);  // no charging: PV is curtailed, the minimum is kept
  EXPECT_NEAR(d.genset, least, 1e-6);
  EXPECT_NEAR(d.pv, 400e3 - least, 1e-6);
  d = dispatched(p, full, GensetMode::running, 0.0, 100e3);  // below the minimum only without any other taker
  EXPECT_NEAR(d.genset, 100e3, 1e-6);
  d = dispatched(p, b, GensetMode::off, 0.0, 700e3);
  EXPECT_EQ(d.genset, 0.0);
  EXPECT_GT(d.missing, 0.0);
}

TEST(Genset, PlannedGridImportComesBeforeIt) {
  Site p = island_site();
  p.grid.converter = Converter{500e3, {0.0, 0.0, 0.0}}, p.grid.p_import = 400e3, p.p_import_plan = 150e3;
  const PackLimits b{500e3, 600e3, 400e3};
  Dispatch d = dispatched(p, b, GensetMode::running, 0.0, 600e3);
  EXPECT_NEAR(d.grid, 150e3, 1e-6);
  EXPECT_NEAR(d.genset, 450e3, 1e-6);
  d = dispatched(p, b, GensetMode::running, 0.0,
                 1300e3);  // more than both: the grid up to its limit before the battery
  EXPECT_GT(d.grid, 300e3);
  EXPECT_NEAR(d.battery, 0.0, 1e-6);
}

template <class Space>
class Scarce : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(Scarce, test::Backends);

// A night on a small grid, the battery within its reserve: the nodes get the difference between draw and bound of the
// auxiliaries and of leakage. Without a reserve to cover them the bounds are set aside, so that the closing sheds
// nothing.
TYPED_TEST(Scarce, SetsAsideTheAuxiliariesDrawNotTheirBound) {
  Rig b(device_of<TypeParam>, 1);
  b.start(0) = 0, b.stop(0) = nanoseconds(10.0);
  b.g.fill(0.0), b.t.fill(298.15), b.p_site_cap.fill(1e9), b.t_coolant.fill(303.0);
  b.p_aux_bound.fill(8e3), b.p_floor.fill(500.0), b.p_leak.fill(100.0), b.p_request.fill(3e3), b.p_aux.fill(1.5e3);
  const Pack& pack = b.sys.site(small_grid).battery;
  const int first = small_grid * n_node;
  const auto allocated = [&](Real soc) {
    for (int s = 0; s < n_kind; ++s) b.st.soc(0, s) = b.sys.site(s).battery.n_series ? soc : 0.0;
    b.st.p_allocated.fill(0.0), b.st.p_served_node.fill(0.0), b.flags.fill(0);
    Real sum = 0.0;
    for (int k = 0; k < 3; ++k) {  // the second cut uses the leakage margin left over in the first
      allocate(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
      sum = 0.0;
      for (int n = 0; n < n_kind * n_node; ++n) b.p_node(0, n) = std::max(b.st.p_allocated(0, n) - 80.0, 0.0);
      for (int n = first; n < first + n_node; ++n) sum += b.p_node(0, n);
      for (int s = 0; s < n_kind; ++s) b.p_aux(0, s) = std::min(1.5e3, b.st.p_aux_cap(0, s));
      advance(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
      for (int s = 0; s < n_kind; ++s) b.st.soc(0, s) = b.sys.site(s).battery.n_series ? soc : 0.0;
      b.p_aux.fill(1.5e3);
    }
    EXPECT_EQ(b.flags(0), 0u);
    EXPECT_LT(std::fabs(b.st.balance_bus(0, small_grid)), 1e-6);
    return sum;
  };
  const Real within = allocated(0.5 * (pack.soc_min + pack.soc_reserve)), empty = allocated(pack.soc_min);
  EXPECT_NEAR(within - empty, 8e3 - 1.05 * 1.5e3 + 80.0 * n_node,
              0.06 * (within - empty));  // except for the losses of the rack converters
  // Any draw up to the caps can be delivered.
  b.p_aux.fill(1.5e3);
  for (int s = 0; s < n_kind; ++s)
    b.st.soc(0, s) = b.sys.site(s).battery.n_series ? 0.5 * (pack.soc_min + pack.soc_reserve) : 0.0;
  allocate(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
  for (int n = 0; n < n_kind * n_node; ++n) b.p_node(0, n) = b.st.p_allocated(0, n);
  for (int s = 0; s < n_kind; ++s) b.p_aux(0, s) = b.st.p_aux_cap(0, s);
  advance(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
  EXPECT_EQ(b.flags(0), 0u);
}

// The bus with a generator, from start to stop: it is dark for at most the starting time.
TYPED_TEST(Scarce, GensetCarriesTheHallAndStops) {
  Rig b(device_of<TypeParam>, 1);
  b.g.fill(0.0), b.t.fill(298.15), b.p_site_cap.fill(1e9), b.t_coolant.fill(303.0);
  b.p_aux_bound.fill(2e3), b.p_aux.fill(1.5e3), b.p_floor.fill(500.0), b.p_leak.fill(0.0), b.p_request.fill(1.5e3);
  const Pack& pack = b.sys.site(genset).battery;
  for (int s = 0; s < n_kind; ++s) b.st.soc(0, s) = b.sys.site(s).battery.n_series ? pack.soc_reserve + 0.002 : 0.0;
  Time now = 0;
  Real fuel = 0.0, least = 1e9;
  const auto cut = [&](Real dt) {
    b.start(0) = now, b.stop(0) = now + nanoseconds(dt);
    next_event(TypeParam{}, b.sys, b.st, NextCut{b.member, 1, b.start, b.stop});
    synchronize(TypeParam{});
    const bool ran = b.st.genset_mode(0, genset) == static_cast<std::int8_t>(GensetMode::running);
    allocate(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
    for (int n = 0; n < n_kind * n_node; ++n) b.p_node(0, n) = b.st.p_allocated(0, n);
    advance(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
    const Real length = seconds(b.stop(0) - b.start(0));
    if (ran) fuel += (1e-6 + 7e-8 * b.st.p_genset(0, genset)) * length;
    least = std::min(least, b.st.p_it(0, genset));
    now = b.stop(0);
    return length;
  };
  cut(60.0);
  EXPECT_EQ(b.st.genset_mode(0, genset),
            static_cast<std::int8_t>(GensetMode::starting));  // 15 minutes are not in the battery
  EXPECT_DOUBLE_EQ(cut(60.0), 30.0);                          // its readiness ends the cut
  EXPECT_EQ(b.st.genset_mode(0, genset), static_cast<std::int8_t>(GensetMode::running));
  for (int k = 0; k < 120; ++k) cut(60.0);
  EXPECT_NEAR(least, n_node * 1.5e3, 1.0);  // at least the request
  EXPECT_NEAR(b.st.p_grid(0, genset), 0.0, 0.0);
  b.g.fill(1000.0);
  int running = 0;
  for (int k = 0; k < 400 && b.st.genset_mode(0, genset) != 0; ++k) cut(60.0), ++running;
  EXPECT_EQ(b.st.genset_mode(0, genset), 0);  // the sun has charged the battery
  EXPECT_GE(b.st.soc(0, genset), 0.5);
  EXPECT_GT(running, 10);
  EXPECT_EQ(b.st.genset_starts(0, genset), 1);
  EXPECT_NEAR(b.st.genset_fuel(0, genset), fuel, 1e-12 * fuel);
  EXPECT_NEAR(b.st.genset_run_time(0, genset), (120 + running) * 60.0, 1e-6);
}

}  // namespace
}  // namespace coldsun::electrical

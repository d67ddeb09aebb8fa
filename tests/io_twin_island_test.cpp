// Islands: a generator supplies the hall for two days; the bus does not shed while the battery charges.
#include "io_twin.hpp"

namespace coldsun {
namespace {

using namespace twin_test;

// Four lumped nodes of the new type with their share of the plant, without grid.
Network island(Real soc_start) {
  Network n = new_nodes(4, 0);
  Site& s = n.site.front();
  clear_sky(s), no_outages(s);
  s.power.grid.present = false;
  s.power.battery.soc_start = soc_start;
  return n;
}

// 1,000 kW for the whole hall. Before a fix the hall was dark for 15 of 48 h and shed 9.65 MWh, with 57 starts.
TEST(TwinIsland, GensetCarriesTheHallForTwoDays) {
  Network n = island(0.30);
  Power& p = n.site.front().power;
  constexpr Real part = 4.0 / 128.0;
  Genset& g = p.genset;
  g.present = true, g.p_max = 1000e3 * part, g.p_min = 300e3 * part, g.start_time = 30.0, g.least_run = 1800.0,
  g.soc_stop = 0.5;
  g.fuel_idle = 84.15e-3 / 3600.0 * part, g.fuel_slope = 0.246e-3 / 3.6e6;
  g.rectifier = {1100e3 * part, {0.004, 0.006, 0.008}}, g.carbon_intensity = 0.7 / 3.6e6;
  Twin t = twin_of(n, options(0, 48, 60.0));
  give_full_load(t, false, 0.9);
  steady_link(t);
  const electrical::State& e = t.state.electrical;
  Real fuel = 0, dark = 0, shed = 0, asked = 0, low = 0;
  for (int i = 0; i < 48 * 60; ++i)
    walk(
        t, 60.0, [](const Cut&) {},
        [&](const Cut& cut) {
          const Real length = cut.length(0);
          const bool ran = e.fuel_rate(0, 0) > 0;
          if (ran) fuel += (g.fuel_idle + g.fuel_slope * e.p_genset(0, 0)) * length;
          else EXPECT_EQ(e.p_genset(0, 0), 0.0);
          dark += e.p_it(0, 0) > 0 ? 0.0 : length;
          shed += t.state.controls.p_it_shed(0, 0) * length, asked += t.state.workload.p_it_request(0, 0) * length;
          if (ran && e.p_charge(0, 0) == 0.0 && e.p_curtailed(0, 0) == 0.0)
            low = std::max(low, g.p_min - e.p_genset(0, 0));
        });
  EXPECT_EQ(dark, 0.0);
  EXPECT_LT(shed, 2e-3 * asked);
  EXPECT_GE(e.genset_starts(0, 0), 1);
  EXPECT_LE(e.genset_starts(0, 0), 4);
  EXPECT_LT(low, 1e-6);
  EXPECT_GT(e.genset_run_time(0, 0), 12 * hour);
  EXPECT_LT(e.genset_run_time(0, 0), 40 * hour);
  EXPECT_NEAR(e.genset_fuel(0, 0), fuel, 1e-9 * fuel);
  expect_sound(t.state);
}

// Budget 800 kW on a converter of 200 kW. Before a fix the generator never started and 2.5 of 13.7 MWh were shed in a
// day.
TEST(TwinIsland, GridTieIsLimitedByItsConverter) {
  Network n = island(0.12);
  Power& p = n.site.front().power;
  constexpr Real part = 4.0 / 128.0;
  p.grid.present = true, p.grid.p_import = 1000e3 * part, p.grid.p_budget = 800e3 * part, p.grid.p_export = 0.0;
  p.grid.converter = {200e3 * part, {0.004, 0.006, 0.008}};
  Genset& g = p.genset;
  g.present = true, g.p_max = 1100e3 * part, g.p_min = 330e3 * part, g.start_time = 30.0, g.least_run = 1800.0,
  g.soc_stop = 0.5;
  g.rectifier = {1200e3 * part, {0.004, 0.006, 0.008}};
  Twin t = twin_of(n, options(0, 4, 60.0));
  give_full_load(t, false, 0.9);
  steady_link(t);
  Real shed = 0, asked = 0;
  for (int i = 0; i < 4 * 60; ++i)
    walk(
        t, 60.0, [](const Cut&) {},
        [&](const Cut& cut) {
          shed += t.state.controls.p_it_shed(0, 0) * cut.length(0),
              asked += t.state.workload.p_it_request(0, 0) * cut.length(0);
        });
  EXPECT_EQ(t.state.electrical.genset_starts(0, 0), 1);
  EXPECT_LT(shed, 2e-3 * asked);
  EXPECT_EQ(t.system.control(0).p_grid_budget, p.grid.converter.p_rated);
}

// No generator, battery at its reserve, morning sun: charging takes no power from nodes (before a fix up to 49 kW).
TEST(TwinIsland, DoesNotShedWhileItCharges) {
  Network n = island(0.30);
  Power& p = n.site.front().power;
  p.battery.soc_start = p.battery.soc_reserve;
  Twin t = twin_of(n, options(7, 4, 60.0));
  give_full_load(t, false);
  steady_link(t);
  Real both = 0, asked = 0, charged = 0;
  for (int i = 0; i < 4 * 60; ++i)
    walk(
        t, 60.0, [](const Cut&) {},
        [&](const Cut& cut) {
          const Real shed = t.state.controls.p_it_shed(0, 0), charge = t.state.electrical.p_charge(0, 0),
                     length = cut.length(0);
          both += std::min(shed, charge) * length, charged += charge * length,
              asked += t.state.workload.p_it_request(0, 0) * length;
        });
  EXPECT_GT(charged, 0.1 * asked);
  EXPECT_LT(both, 5e-3 * asked);
}

}  // namespace
}  // namespace coldsun

// Power balance of the coupled twin, recomputed from the fields at every step, member and cut: night, noon, clouds,
// shortage.
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

// Every term is a sum of at most 10^3 doubles: rounding stays below 10^3 * 1.1e-16 of the largest one. The bound is
// 1e-10.
constexpr Real tolerance = 1e-10;

Real worst_pv = 0, worst_bus = 0;

void expect_balance(const electrical::State& e, int m, int s) {
  const Real available = e.p_pv_available(m, s), pv = e.p_pv(m, s), curtailed = e.p_curtailed(m, s),
             missed = e.p_mppt_loss(m, s);
  const Real off_pv = std::fabs(available - (pv + curtailed + missed)),
             most_pv = largest({available, pv, curtailed, missed});
  EXPECT_LE(off_pv, tolerance * most_pv) << "site " << s;
  const Real give = pv + e.p_battery(m, s) + e.p_grid(m, s) + e.p_genset(m, s);
  const Real take = e.p_it(m, s) + e.p_aux(m, s) + e.p_loss(m, s) + e.de_bus_dt(m, s);
  const Real most = largest({pv, e.p_battery(m, s), e.p_grid(m, s), e.p_genset(m, s), e.p_it(m, s), e.p_aux(m, s),
                             e.p_loss(m, s), e.de_bus_dt(m, s)});
  EXPECT_LE(std::fabs(give - take), tolerance * most) << "site " << s;
  EXPECT_GE(curtailed, -tolerance * most_pv);
  EXPECT_GE(missed, -tolerance * most_pv);
  EXPECT_GT(e.p_loss(m, s), 0.0);
  if (most_pv > 0) worst_pv = std::max(worst_pv, off_pv / most_pv);
  worst_bus = std::max(worst_bus, std::fabs(give - take) / most);
}

// Each term of the balance recomputed from strings, nodes, cells, bus voltage and losses.
void expect_terms(const Twin& t, int m, int s, Real v_before, Real dt) {
  const electrical::System& sys = t.system.electrical;
  const electrical::State& e = t.state.electrical;
  const electrical::Site& site = sys.site(s);
  Real available = 0, pv = 0, loss_strings = 0, it = 0, p_drawn = 0;
  for (int k = site.string_first; k < site.string_first + site.string_count; ++k) {
    available += sys.string_count(k) * e.p_mp(m, k), pv += sys.string_count(k) * e.v_pv(m, k) * e.i_pv(m, k);
    loss_strings += sys.string_count(k) * e.loss(m, k);
  }
  for (int n = site.node_first; n < site.node_first + site.node_count; ++n)
    it += e.p_served_node(m, n), p_drawn += t.state.thermal.p_node(m, n);
  const Real cells = site.battery.n_series * site.battery.n_parallel;
  const Real de_dt = 0.5 * site.capacitance * (e.v_bus(m, s) - v_before) * (e.v_bus(m, s) + v_before) / dt;
  const Real loss = loss_strings + e.loss_pv_cable(m, s) + e.loss_battery_converter(m, s) + e.loss_battery_cable(m, s) +
                    e.loss_grid_tie(m, s) + e.loss_genset_rectifier(m, s) + e.loss_rack(m, s) +
                    e.loss_load_cable(m, s) + e.loss_aux_converter(m, s);
  const Real most = largest({e.p_pv_available(m, s), e.p_it(m, s), e.p_battery(m, s), e.p_grid(m, s)});
  EXPECT_NEAR(available, e.p_pv_available(m, s), tolerance * most);
  EXPECT_NEAR(pv, e.p_pv(m, s), tolerance * most);
  EXPECT_NEAR(it, e.p_it(m, s), tolerance * most);
  EXPECT_NEAR(cells * e.i_battery(m, s) * e.v_battery(m, s), e.p_battery(m, s), tolerance * most);
  EXPECT_NEAR(loss, e.p_loss(m, s), tolerance * most);
  EXPECT_NEAR(e.p_aux(m, s), t.state.thermal.p_aux(m, s), tolerance * most);  // supplied power of pumps and fans
  EXPECT_NEAR(it, p_drawn, tolerance * most);                                 // supplied power of the nodes
  // Rounding of the voltage times the capacitance: 2 ulp of v^2 over the cut.
  EXPECT_NEAR(de_dt, e.de_bus_dt(m, s),
              tolerance * most + site.capacitance * e.v_bus(m, s) * e.v_bus(m, s) * 4.5e-16 / dt);
}

// Node power differs from the request by leakage at node temperature and by the power held back.
void expect_asked(const State& s, int m, int k) {
  const Real asked = s.workload.p_it_request(m, k), leakage = s.workload.p_it_leakage_change(m, k),
             held = s.workload.p_it_held_back(m, k);
  EXPECT_NEAR(asked + leakage - held, s.electrical.p_it(m, k), tolerance * asked);
  EXPECT_GE(held, -1e-6 * asked);  // a plate's step error
}

// Step means of the record.
Real mean(const State& s, const char* name, int m, int site, Real dt) {
  for (std::size_t v = 0; v < s.series.info.size(); ++v)
    if (std::string(s.series.info[v].name) == name) return s.series.sum(static_cast<int>(v), m, site) / dt;
  ADD_FAILURE() << name << " is not among the step means";
  return 0;
}
void expect_mean_balance(const Twin& t, Real dt) {
  for (int m = 0; m < t.state.n_member; ++m)
    for (int s = 0; s < t.system.n_site(); ++s) {
      const auto of = [&](const char* name) { return mean(t.state, name, m, s, dt); };
      const Real available = of("p_pv_available"), pv = of("p_pv"), curtailed = of("p_curtailed"),
                 missed = of("p_mppt_loss");
      EXPECT_NEAR(available, pv + curtailed + missed, tolerance * largest({available, pv, curtailed, missed}));
      const Real battery = of("p_battery"), grid = of("p_grid"), genset = of("p_genset"), it = of("p_it"),
                 loss = of("p_loss"), de = of("de_bus_dt");
      const Real aux = [&] {  // two fields have this name: in thermal and in electrical
        Real last = 0;
        for (std::size_t v = 0; v < t.state.series.info.size(); ++v)
          if (t.state.series.source(static_cast<int>(v)).value.data == t.state.electrical.p_aux.data())
            last = t.state.series.sum(static_cast<int>(v), m, s) / dt;
        return last;
      }();
      EXPECT_NEAR(pv + battery + grid + genset, it + aux + loss + de,
                  tolerance * largest({pv, battery, grid, genset, it, aux, loss, de}));
    }
}

// First half by step() and its means, second half cut by cut.
void expect_books(Twin& t, int n_step) {
  for (int i = 0; i < n_step; ++i) {
    step(t.system, t.state, t.inputs, t.dt);
    for (int m = 0; m < t.state.n_member; ++m)
      for (int s = 0; s < t.system.n_site(); ++s) expect_balance(t.state.electrical, m, s);
    expect_mean_balance(t, t.dt);
  }
  std::vector<Real> v(static_cast<std::size_t>(t.state.electrical.v_bus.size()));
  for (int i = 0; i < n_step; ++i) {
    walk(
        t, t.dt, [&](const Cut&) { std::copy_n(t.state.electrical.v_bus.data(), v.size(), v.begin()); },
        [&](const Cut& cut) {
          for (int a = 0; a < cut.n_active; ++a)
            for (int s = 0, m = cut.member(a); s < t.system.n_site(); ++s) {
              expect_balance(t.state.electrical, m, s);
              expect_asked(t.state, m, s);
              expect_terms(t, m, s, v[static_cast<std::size_t>(m * t.system.n_site() + s)], cut.length(m));
            }
        });
    expect_mean_balance(t, t.dt);
  }
  expect_sound(t.state);
  for (int m = 0; m < t.state.n_member; ++m)
    EXPECT_EQ(t.state.run.flags(m) & electrical::flag_bus_shed, 0u);  // the allocation was supplied
}

TwinOptions three(Real local_hour, Real dt = 10.0) {
  TwinOptions o = options(local_hour, 0.5, dt);
  o.n_member = 3;
  return o;
}

TEST(TwinBalance, Night) {
  Network n = small_network();
  outages(n.site.front(), 0.5);
  Twin t = twin_of(n, three(1));
  expect_books(t, 40);
  EXPECT_EQ(t.state.electrical.p_pv(0, 0), 0.0);
  EXPECT_GT(t.state.electrical.p_battery(0, 0) + t.state.electrical.p_grid(0, 0), 0.0);
}

TEST(TwinBalance, NoonWithFullBatteryCurtails) {
  Network n = small_network();
  clear_sky(n.site.front()), outages(n.site.front(), 0.5);
  n.site.front().power.battery.soc_start = n.site.front().power.battery.soc_max;
  Twin t = twin_of(n, three(12));
  expect_books(t, 40);
  for (int m = 0; m < 3; ++m)
    EXPECT_GT(t.state.electrical.p_curtailed(m, 0), 0.2 * t.state.electrical.p_pv_available(m, 0));
}

TEST(TwinBalance, Evening) {
  Network n = small_network();
  outages(n.site.front(), 0.5);
  Twin t = twin_of(n, three(17.4));  // sunset at about 17:45: strings switch off plane by plane
  const Real before = [&] {
    steps(t, 1);
    return t.state.electrical.p_pv_available(0, 0);
  }();
  expect_books(t, 80);
  EXPECT_GT(before, 0.0);
  EXPECT_LT(t.state.electrical.p_pv_available(0, 0), 0.5 * before);
}

TEST(TwinBalance, IslandThatMustShed) {
  Network n = small_network();
  Power& p = n.site.front().power;
  p.grid.present = false;
  p.battery.soc_start = 0.12, p.battery.soc_reserve = 0.10;
  Twin t = twin_of(n, three(2));
  give_full_load(t, false);
  expect_books(t, 80);
  for (int m = 0; m < 3; ++m) {
    EXPECT_GT(t.state.electrical.p_shed(m, 0), 0.0);
    EXPECT_GT(t.state.workload.p_it_held_back(m, 0), 0.0);
  }
}

TEST(TwinBalance, Cloudy) {
  Network n = small_network();
  n.site.front().climate.cloud.clear_fraction.fill(0.05), n.site.front().climate.cloud.overcast_fraction.fill(0.15);
  outages(n.site.front(), 0.5);
  Twin t = twin_of(n, three(10));
  Real low = 2, high = 0;
  for (int i = 0; i < 60; ++i)
    steps(t, 1), low = std::min(low, t.state.sky.clearsky_index(1, 0)),
                 high = std::max(high, t.state.sky.clearsky_index(1, 0));
  expect_books(t, 40);
  EXPECT_GT(high - low, 0.05);  // clouds pass within ten minutes
}

TEST(TwinBalance, BothPilotsWithExportAndGenset) {
  Network n = load_network("pilots", data);
  Library all = io::load_library(n, data);
  for (Site& s : n.site) shrink(s, {}), outages(s, 0.5);
  n.site.front().power.grid.p_export = n.site.front().power.grid.p_import;
  Genset& g = n.site.back().power.genset;
  n.site.back().power.grid.present = false;
  g.present = true, g.p_max = 60e3, g.rectifier = {60e3, {0.004, 0.006, 0.008}};
  n.site.front().power.battery.soc_start = n.site.front().power.battery.soc_max,
  n.site.back().power.battery.soc_start = 0.1;
  Twin t = make_twin(n, all, {}, three(12.5));  // afternoon in Chile, evening at the Gulf
  give_full_load(t, true);
  expect_books(t, 30);
  EXPECT_LT(t.state.electrical.p_grid(0, 0), 0.0);
  EXPECT_GT(t.state.electrical.p_genset(0, 1), 0.0);
  std::printf("  largest remainder so far: PV %.1e, bus %.1e of the largest term\n", worst_pv, worst_bus);
}

}  // namespace
}  // namespace coldsun

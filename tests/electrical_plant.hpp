// Eight kinds of site with their inputs, random situations, and the checks that hold in all of them.
#pragma once
#include <cmath>
#include <vector>

#include "backends.hpp"
#include "common/philox.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {

using test::device_of;

inline constexpr int n_string = 6, n_node = 16;  // per site
enum KindOfSite {
  grid_and_battery,
  island,
  small_grid,
  genset,
  no_battery,
  export_site,
  low_bus,
  tiny_battery,
  n_kind
};

inline Site base_site() {
  Site s;
  s.r_droop = 0.15, s.capacitance = 5e-3, s.r_pv_cable = 0.05, s.r_battery_cable = 0.03, s.r_load_cable = 0.04;
  s.battery = pack_lfp_280ah(125, 1);
  s.battery.converter = Converter{60e3, {0.0016, 0.0038, 0.0049}};
  s.aux_converter = Converter{15e3, {0.003, 0.01, 0.01}};
  s.rack = loss_rack_llc();
  s.converter_sink.heat_capacity = 2e4, s.converter_sink.conductance = 500.0;
  return s;
}

inline std::vector<Site> eight_sites() {
  std::vector<Site> s(n_kind, base_site());
  for (int k : {grid_and_battery, no_battery, export_site, low_bus})
    s[k].grid.converter = Converter{120e3, {0.002, 0.005, 0.008}}, s[k].grid.p_import = 110e3;
  s[small_grid].grid.converter = Converter{30e3, {0.002, 0.005, 0.008}}, s[small_grid].grid.p_import = 20e3;
  s[genset].genset = {45e3, 10e3, 30.0, 1800.0, 0.5, 1e-6, 7e-8, {50e3, {0.002, 0.006, 0.008}}};
  s[no_battery].battery = Pack{}, s[no_battery].battery.converter = Converter{};
  s[export_site].grid.p_export = 25e3;
  s[low_bus].v_min = 480.0, s[low_bus].v_nominal = 520.0,
  s[low_bus].v_max = 560.0;  // below the strings' maximum: pass-through
  s[tiny_battery].battery = pack_lfp_280ah(4, 1), s[tiny_battery].battery.converter.p_rated = 2e3;
  return s;
}

inline System eight_site_system(Device device) {
  std::vector<StringRow> strings;
  std::vector<NodeRow> nodes;
  for (int s = 0; s < n_kind; ++s) {
    for (int i = 0; i < n_string; ++i)
      strings.push_back({s, 2 * s + i % 2, 0, 14, 1 + i % 3, i == 4 ? 6e3 : 8.5e3, 0.9e-3, 50e3, 0.3});
    for (int i = 0; i < n_node; ++i) nodes.push_back({s, 7e3});
  }
  return make_system({module_longi_lr5_72hbd_545m(), module_first_solar_fs_6460a()}, eight_sites(), strings, nodes,
                     device);
}

// Everything that a caller of the module holds.
struct Rig {
  System sys;
  State st;
  int n_member;
  Array<std::int32_t, 1> member;
  Array<Time, 1> start, stop;
  Array<Real, 2> g, t, p_request, p_floor, p_leak, p_node, p_aux, p_aux_bound, p_site_cap, t_coolant;
  Array<std::int32_t, 2> priority;
  Array<std::uint32_t, 1> flags;

  Rig(Device dev, int n)
      : sys(eight_site_system(dev)),
        st(make_state(sys, n, dev)),
        n_member(n),
        member(dev, {n}),
        start(dev, {n}),
        stop(dev, {n}) {
    for (auto* x : {&g, &t}) *x = {dev, {n, 2 * n_kind}};
    for (auto* x : {&p_request, &p_floor, &p_leak, &p_node}) *x = {dev, {n, n_kind * n_node}};
    for (auto* x : {&p_aux, &p_aux_bound, &p_site_cap, &t_coolant}) *x = {dev, {n, n_kind}};
    priority = {dev, {n, n_kind * n_node}}, flags = {dev, {n}};
    for (int m = 0; m < n; ++m) member(m) = m;
  }
  Drive drive() const {
    return {.effective_irradiance = g,
            .temp_cell = t,
            .p_request = p_request,
            .p_floor = p_floor,
            .p_leak_bound = p_leak,
            .priority = priority,
            .p_node = p_node,
            .p_aux = p_aux,
            .p_aux_bound = p_aux_bound,
            .p_site_cap = p_site_cap,
            .t_coolant = t_coolant,
            .flags = flags};
  }
  Cut cut() const { return {member, start, stop, n_member, 0, 0}; }

  // A situation out of hand: any light, night included, any charge, any load, any length of cut from 10 ms to an hour.
  void draw(int m, std::uint64_t seed, std::uint32_t id) {
    const Chance u{seed, id, Stream::test, 0};
    std::uint32_t k = 0;
    const auto r = [&](double lo, double hi) { return lo + (hi - lo) * u.uniform(k++, 0); };
    start(m) = 1'000'000'000, stop(m) = start(m) + nanoseconds(std::pow(10.0, r(-2.0, 3.55)));
    const bool night = r(0, 1) < 0.2;
    for (int p = 0; p < 2 * n_kind; ++p)
      g(m, p) = night ? 0.0 : 1250.0 * std::pow(r(0, 1), 2.0), t(m, p) = r(253.0, 350.0);
    for (int s = 0; s < n_kind; ++s) {
      const Site& site = sys.site(s);
      const Pack& b = site.battery;
      const double where = r(0, 1);
      st.soc(m, s) =
          b.n_series == 0
              ? 0.0
              : (where < 0.15 ? b.soc_min
                              : (where < 0.3 ? b.soc_max : (where < 0.35 ? b.soc_reserve : r(b.soc_min, b.soc_max))));
      st.v_rc1(m, s) = r(-0.02, 0.02), st.v_rc2(m, s) = r(-0.02, 0.02);
      st.v_bus(m, s) = r(site.v_min, site.v_max), st.t_sink(m, s) = r(295.0, 330.0);
      st.capacity_factor(m, s) = r(0.7, 1.0);
      st.genset_mode(m, s) = static_cast<std::int8_t>(s == genset ? static_cast<int>(r(0.0, 3.0)) : 0);
      st.genset_time(m, s) = st.genset_run_time(m, s) = st.genset_fuel(m, s) = 0.0, st.genset_starts(m, s) = 0;
      t_coolant(m, s) = r(293.0, 318.0);
      p_aux_bound(m, s) = r(0, 1) < 0.1 ? 0.0 : r(0.0, 8e3);
      p_site_cap(m, s) = r(0, 1) < 0.7 ? 1e9 : r(0.0, 60e3);
      p_aux(m, s) = r(0.0, 1.2) * p_aux_bound(m, s);  // drawn in the cut before
    }
    const double busy = r(0, 1);
    for (int n = 0; n < n_kind * n_node; ++n) {
      const bool off = r(0, 1) < 0.1;
      p_floor(m, n) = off ? 0.0 : r(100.0, 900.0), p_request(m, n) = off ? 0.0 : p_floor(m, n) + busy * r(0.0, 5.5e3);
      p_leak(m, n) = r(0.0, 200.0), priority(m, n) = static_cast<std::int32_t>(r(-2.0, 3.0));
      st.p_allocated(m, n) = r(0.0, 5e3),
                        st.p_served_node(m, n) = st.p_allocated(m, n) * r(0.0, 1.0);  // of the cut before
    }
    for (int i = 0; i < n_kind * n_string; ++i) st.pv_gain(m, i) = r(0.8, 1.0);
  }
  // The plates draw up to their cap, auxiliaries up to theirs.
  void consume(int m, std::uint64_t seed, std::uint32_t id, bool all) {
    const Chance u{seed, id, Stream::test, 1};
    for (int n = 0; n < n_kind * n_node; ++n) {
      const auto j = static_cast<std::uint32_t>(n);
      const Real low = p_floor(m, n), high = st.p_allocated(m, n);
      p_node(m, n) = high <= 0.0 ? 0.0 : (all ? high : low + (high - low) * u.uniform(j, 0));
    }
    for (int s = 0; s < n_kind; ++s)
      p_aux(m, s) = st.p_aux_cap(m, s) * (all ? 1.0 : u.uniform(static_cast<std::uint32_t>(s), 1));
  }
};

inline double largest(const State& s, int m, int i) {
  double x = 1.0;
  for (const auto* a : {&s.p_pv_available, &s.p_pv, &s.p_curtailed, &s.p_battery, &s.p_grid, &s.p_genset, &s.p_it,
                        &s.p_aux, &s.p_loss, &s.de_bus_dt})
    x = std::max(x, std::fabs((*a)(m, i)));
  return x;
}

// Checks that hold in every situation.
inline void check_site(const Rig& b, int m, int s) {
  const State& st = b.st;
  const Site& p = b.sys.site(s);
  SCOPED_TRACE(testing::Message() << "member " << m << " site " << s);
  // Both identities, summed here again from the recorded terms.
  const double scale = largest(st, m, s);
  EXPECT_NEAR(st.p_pv_available(m, s), st.p_pv(m, s) + st.p_curtailed(m, s) + st.p_mppt_loss(m, s), 1e-10 * scale);
  EXPECT_NEAR(st.p_pv(m, s) + st.p_battery(m, s) + st.p_grid(m, s) + st.p_genset(m, s),
              st.p_it(m, s) + st.p_aux(m, s) + st.p_loss(m, s) + st.de_bus_dt(m, s), 1e-10 * scale);
  // Nothing negative that must not be; nothing beyond its limit.
  for (const auto* a : {&st.p_pv_available,
                        &st.p_pv,
                        &st.p_mppt_loss,
                        &st.p_curtailed,
                        &st.p_genset,
                        &st.p_it,
                        &st.p_aux,
                        &st.p_shed,
                        &st.loss_pv_converter,
                        &st.loss_pv_cable,
                        &st.loss_battery_converter,
                        &st.loss_battery_cable,
                        &st.loss_grid_tie,
                        &st.loss_genset_rectifier,
                        &st.loss_rack,
                        &st.loss_load_cable,
                        &st.loss_aux_converter,
                        &st.p_heat_battery,
                        &st.i_bus,
                        &st.pv_share})
    EXPECT_GE((*a)(m, s), -1e-9);
  EXPECT_GE(st.v_bus(m, s), p.v_min);
  EXPECT_LE(st.v_bus(m, s), p.v_max);
  EXPECT_LE(st.p_grid(m, s), p.grid.p_import * (1.0 + 1e-12));
  EXPECT_GE(st.p_grid(m, s), -p.grid.p_export * (1.0 + 1e-12));
  EXPECT_LE(st.p_genset(m, s), p.genset.p_max * (1.0 + 1e-12));
  if (p.battery.n_series > 0) {
    EXPECT_GE(st.soc(m, s), p.battery.soc_min - 1e-12);
    EXPECT_LE(st.soc(m, s), p.battery.soc_max + 1e-12);
    EXPECT_LE(st.i_battery(m, s), p.battery.i_discharge * (1.0 + 1e-10));
    EXPECT_GE(st.i_battery(m, s), -p.battery.i_charge * (1.0 + 1e-10));
  } else {
    EXPECT_EQ(st.p_battery(m, s), 0.0);
  }
  EXPECT_EQ(b.flags(m) & flag_electrical_not_finite, 0u);
}

}  // namespace coldsun::electrical

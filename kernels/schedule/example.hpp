// A synthetic problem of any size, for benches, checks and tests: megawatt places of 128 nodes a quarter of a day
// apart, clear days with clouds by scenario, contact windows of ten minutes an hour, jobs of all lengths. Host code; a
// function of the seed only.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "schedule/schedule.hpp"
#include "thermal/loop.hpp"

namespace coldsun::schedule {

// size: relative to the megawatt hall of 128 nodes.
inline electrical::Site example_bus(Real size) {
  electrical::Site s;
  s.r_droop = 0.01, s.capacitance = 0.33, s.r_pv_cable = 2e-3 / size, s.r_battery_cable = 1e-3 / size,
  s.r_load_cable = 2.5e-3 / size;
  s.battery = electrical::pack_lfp_280ah(250, std::max(static_cast<int>(20 * size + 0.5), 1));
  s.battery.soc_reserve = 0.1, s.battery.i_charge = 70.0, s.battery.i_discharge = 140.0;
  s.battery.converter = {1300e3 * size, {0.0016, 0.0038, 0.0049}},
  s.grid.converter = {1100e3 * size, {0.004, 0.006, 0.008}};
  s.aux_converter = {120e3 * size, {0.004, 0.008, 0.01}}, s.grid.p_import = 1000e3 * size;
  s.rack = electrical::loss_rack_llc();
  return s;
}
inline thermal::LoopModel example_loop() {
  thermal::LoopModel m;
  m.c_supply = 4.1e6, m.c_return = 3.5e6, m.pump.flow = m.v_dot = 0.0179, m.flow = 7e4, m.pump.dp = 190e3,
  m.pump.dp_exponent = 1.85, m.pump.efficiency = 0.6;
  m.cdu.ua = 160e3, m.c_facility = 13.6e6, m.flow_facility = 8.1e4, m.facility.pump.flow = 0.0208,
  m.facility.pump.dp = 180e3;
  m.facility.pump.efficiency = 0.62;
  m.dry_cooler.ua = 240e3, m.dry_cooler.ua_exponent = 0.55, m.dry_cooler.air_flow = 85.0, m.dry_cooler.fan_power = 24e3,
  m.dry_cooler.fan_min = 0.15, m.pressure = 83e3;
  m.hall_air.heat_capacity = 12e6, m.hall_air.t_set = 308.15, m.hall_air.cooling = 240e3;
  m.hall_air.cooler_ua = 40e3, m.hall_air.fan_power = 7e3, m.p_aux_base = 6e3;
  return m;
}
inline NodeClass example_class(int n_node, Real r_th) {
  return {.n_node = n_node,
          .curve = {1400.0, 7000.0, 0.8},
          .r_th = r_th,
          .plate_share = 0.1,
          .p_max = 7000.0,
          .p_throttle = 2450.0,
          .t_cap = 358.15,
          .t_cap_band = 10.0,
          .p_leakage = 400.0,
          .t_leakage = 338.15,
          .leakage_slope = 0.012,
          .rating = 9000.0};
}
inline Place example_place(int first_class, int n_node, const LoopTable& loop) {
  Place p;
  const Real size = n_node / 128.0;
  p.bus = example_bus(size), p.class_first = first_class, p.n_class = 2, p.n_node = n_node, p.loop = loop;
  p.loop.p_step *= size;
  for (auto& row : p.loop.p_aux)
    for (Real& aux : row) aux *= size;
  p.tau_loop = loop_time(example_loop(), example_loop().flow);
  p.p_grid_budget = 800e3 * size, p.p_it_max = n_node * 7000.0;
  p.t_supply = 305.0, p.soc = 0.3, p.p_it = n_node * 1400.0, p.p_overhead = 40e3 * size;
  return p;
}

struct ExampleShape {
  int n_job = 64, n_place = 2, n_slot = 288, n_scenario = 16, n_node = 128, n_running = 8, n_expected = 0;
  Real work_median = 1.5 * 3600.0, data_median = 5e9, data_out_share = 0.2, contact_share = 0.2;
};

inline void example_jobs(Problem& p, const ExampleShape& e, std::uint64_t seed) {
  const Chance c{seed, 0, Stream::test, 1};
  std::vector<Job> jobs;
  std::vector<int> used(static_cast<std::size_t>(e.n_place), 0);
  for (int i = 0; i < e.n_job; ++i) {
    const auto u = [&, i](std::uint32_t draw) { return c.uniform(static_cast<std::uint32_t>(i), draw); };
    Job j;
    j.home = static_cast<int>(u(0) * e.n_place), j.n_node = 1 + static_cast<int>(u(1) * u(1) * e.n_node / 5);
    j.priority = 1 + static_cast<int>(u(2) * 3.0), j.release = u(3) < 0.5 ? 0.0 : u(3) * 0.5 * p.n_slot() * p.slot;
    j.work = e.work_median * std::exp(1.0 * c.normal(static_cast<std::uint32_t>(i), 4)),
    j.utilization = 0.3 + 0.7 * u(5);
    j.deadline = j.release + j.work * (1.2 + 6.0 * u(6));
    j.data_in = e.data_median * std::exp(1.5 * c.normal(static_cast<std::uint32_t>(i), 7)),
    j.data_out = e.data_out_share * j.data_in;
    j.preemptible = u(8) < 0.3, j.link_bound = u(9) < 0.25;
    int& taken = used[static_cast<std::size_t>(j.home)];
    if (i >= e.n_job - e.n_expected) j.running = 1, j.release = (0.05 + 0.5 * u(3)) * p.n_slot() * p.slot;
    else if (i < e.n_running && taken + j.n_node <= e.n_node) j.running = 1, j.release = 0.0, taken += j.n_node;
    jobs.push_back(j);
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.release < b.release;
  });
  for (int i = 0; i < e.n_job; ++i) p.job(i) = jobs[static_cast<std::size_t>(i)];
}

inline Problem example_problem(const ExampleShape& e, std::uint64_t seed, Device device = Device::host,
                               Real slot = 300.0) {
  Problem p = make_problem({e.n_place, e.n_slot, e.n_scenario, e.n_job, 2 * e.n_place}, device);
  p.slot = slot;
  const Chance c{seed, 0, Stream::test, 0};
  Real t_set[n_air];
  for (int k = 0; k < n_air; ++k) t_set[k] = math::clamp(268.15 + 5.0 * k + 11.0, 299.15, 309.15);
  static const LoopTable loop = make_loop_table(
      example_loop(),
      {.flow = 7e4, .v_dot = 0.0179, .liquid = 0.8, .extra = 0.03, .p_it_max = 900e3, .t_first = 268.15, .t_step = 5.0},
      t_set);
  for (int s = 0; s < e.n_place; ++s) {
    p.node_class(2 * s) = example_class(e.n_node / 8, 0.072),
                     p.node_class(2 * s + 1) = example_class(e.n_node - e.n_node / 8, 0.055);
    p.place(s) = example_place(2 * s, e.n_node, loop);
    for (int t = 0; t < e.n_slot; ++t) {
      const auto index = static_cast<std::uint32_t>(t);
      const Real day = std::fmod(t * p.slot / 86400.0 + 0.25 * s, 1.0),
                 sun = std::max(std::sin(2.0 * 3.14159265358979 * (day - 0.25)), 0.0);
      for (int m = 0; m < e.n_scenario; ++m) {
        const Real shade =
            c.uniform(static_cast<std::uint32_t>(t * p.slot / 3600.0), static_cast<std::uint32_t>(64 * s + m));
        const Real cloud = 1.0 - 0.6 * shade, net = 2.0e6 * e.n_node / 128 * sun * cloud;
        p.pv_linear(m, s, t) = 1.005 * net, p.pv_square(m, s, t) = -0.005 * net, p.pv_available(m, s, t) = 1.02 * net;
      }
      p.temp_air(s, t) = 288.0 + 9.0 * std::sin(2.0 * 3.14159265358979 * (day - 0.4));
      p.aux_bound(s, t) = 75e3 * e.n_node / 128, p.carbon(s, t) = (0.36 - 0.2 * sun) / 3.6e6,
                     p.price(s, t) = (75e-3 - 60e-3 * sun) / 3.6e6;
      const bool contact = c.uniform(index / 2, static_cast<std::uint32_t>(1000 + s)) < e.contact_share;
      p.link_bytes(s, t) = contact ? 6e9 + 9e9 * c.uniform(index, static_cast<std::uint32_t>(2000 + s)) : 0.0;
      p.antennas(s, t) =
          contact ? 1 + static_cast<int>(2.0 * c.uniform(index / 2, static_cast<std::uint32_t>(3000 + s))) : 0;
      p.gap(s, t) = 0.01;
    }
  }
  example_jobs(p, e, seed);
  return p;
}

}  // namespace coldsun::schedule

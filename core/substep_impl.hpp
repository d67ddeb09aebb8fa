// One cut of the coupled twin. Everything flows one way: sky and orbit -> work -> power cap -> plates -> bus -> progress.
#pragma once
#include "common/loops.hpp"
#include "core/couple.hpp"
#include "core/substep.hpp"

namespace coldsun {

inline orbit::Drive orbit_drive(const State& s, const Inputs& in) {
  return {view(in.slots), view(in.contacts), s.seed, s.first_member};
}

inline workload::Drive workload_drive(const System& sys, const State& s) {
  workload::Drive d;
  d.link_up = s.orbit.link_up, d.p_node = s.electrical.p_served_node, d.p_unthrottled = s.thermal.p_unthrottled;
  d.path_stale = sys.paths & path_stale, d.path_stall = sys.paths & path_stall, d.path_burst = sys.paths & path_burst, d.flags = s.run.flags;
  return d;
}

template <class Space>
void find_cuts(Space space, const System& sys, State& s, const Inputs& in, int n, Time end) {
  const View<const Time, 1> now = s.run.start;
  const View<const std::int32_t, 1> active = s.run.active;
  const orbit::Drive links = orbit_drive(s, in);
  const couple::Merge merge{active, now, s.run.stop, end};
  for_each(space, n, couple::SetStop{active, s.run.stop, end});
  electrical::next_event(space, sys.electrical, s.electrical, active, n, now, s.run.stop);
  orbit::next_event(space, sys.orbit, s.orbit, links, active, n, now, s.run.stop);
  for_each(space, n, merge);
  for_rows(space, n, sys.n_site(), couple::LinkNow{orbit::make_lines(sys.orbit, s.orbit, links), active, now, s.run.stop, s.orbit.link_up});
  workload::next_event(space, sys.workload, in.jobs, s.workload, workload_drive(sys, s), active, n, now, s.run.stop);
  for_each(space, n, merge);
}

template <class Space>
void substep(Space space, const System& sys, State& s, const Inputs& in, const Cut& cut) {
  const int n = cut.n_active, n_site = sys.n_site();

  orbit::advance(space, sys.orbit, s.orbit, orbit_drive(s, in), cut);
  sky::advance(space, sys.sky, s.sky, {&in.weather, s.run.flags}, cut);
  for_rows(space, n, n_site,
           couple::Control{cut, sys.control, s.sky.temp_air, s.controls.p_pv_seen, s.controls.p_battery_seen, s.controls.p_genset_seen,
                           s.controls.p_overhead_seen, s.orbit.link_up, s.controls.p_site_cap, s.controls.t_supply_set, (sys.paths & path_stale) != 0});

  const workload::Drive work = workload_drive(sys, s);
  workload::request(space, sys.workload, in.jobs, s.workload, work, cut);
  const bool fed = in.feed.p_node.size() > 0;
  if (fed)
    for_rows(space, n, sys.thermal.n_node,
             couple::AskFed{cut, in.feed.p_node, sys.thermal.site, sys.thermal.first_node, sys.control, s.workload.p_request,
                            s.workload.p_floor, s.controls.p_site_cap});

  for_rows(space, n, n_site, couple::BoundAux{cut, thermal::flows(sys.thermal, s.thermal), sys.thermal.loop, s.sky.temp_air, s.controls.p_aux_bound});
  electrical::Drive power;
  power.effective_irradiance = s.sky.effective_irradiance, power.temp_cell = s.sky.temp_cell;
  power.p_request = s.workload.p_request, power.p_floor = s.workload.p_floor, power.priority = s.workload.node_priority;
  power.p_leak_bound = shared_rows(View<const Real, 2>(sys.p_leak_bound), s.n_member);
  power.p_aux_bound = s.controls.p_aux_bound, power.p_site_cap = s.controls.p_site_cap;
  power.p_node = s.thermal.p_node, power.p_aux = s.thermal.p_aux, power.t_coolant = s.thermal.t_supply, power.flags = s.run.flags;
  electrical::allocate(space, sys.electrical, s.electrical, power, cut);
  if (fed)
    for_rows(space, n, sys.thermal.n_node,
             couple::CapFed{cut, in.feed.p_node, sys.thermal.p_leakage, s.electrical.p_allocated, s.workload.p_request});

  thermal::Drive heat;
  heat.p_request = s.workload.p_request, heat.p_floor = s.workload.p_floor, heat.p_allocated = s.electrical.p_allocated;
  heat.t_supply_set = s.controls.t_supply_set, heat.temp_air = s.sky.temp_air, heat.q_extra = s.controls.q_extra, heat.flags = s.run.flags;
  for_rows(space, n, n_site, couple::GiveHeat{cut, s.controls.heat_pending, s.controls.q_extra});
  thermal::advance(space, sys.thermal, s.thermal, heat, cut);

  electrical::advance(space, sys.electrical, s.electrical, power, cut);
  workload::advance(space, sys.workload, in.jobs, s.workload, work, cut);
  for_rows(space, n, n_site,
           couple::Remember{cut, sys.electrical.site, s.electrical.p_heat, s.electrical.p_heat_battery, s.electrical.pv_linear, s.electrical.pv_square,
                            s.electrical.loss_pv_converter, s.electrical.p_discharge_reserve, s.electrical.p_discharge_max, s.electrical.p_it,
                            s.workload.p_it_request, s.workload.p_it_held_back, s.electrical.p_shed, s.electrical.p_aux, s.electrical.p_loss,
                            s.electrical.genset_mode, s.sky.ghi, s.sky.clearsky_index, s.controls.p_it_shed, s.controls.heat_pending,
                            s.controls.p_pv_seen, s.controls.p_battery_seen, s.controls.p_genset_seen, s.controls.p_overhead_seen, s.controls.kc_seen,
                            s.controls.kc_age});

  for_rows(space, s.series.source.extent(0), n * n_site, couple::Accumulate{cut, s.series.source, s.series.sum});
}

}  // namespace coldsun

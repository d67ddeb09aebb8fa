// One cut of the coupled twin: sky and orbit -> requests -> power cap -> plates -> bus -> progress. The only file that
// fixes this order.
#pragma once
#include "common/loops.hpp"
#include "core/step/couple.hpp"
#include "core/step/substep.hpp"

namespace coldsun {

inline orbit::Drive orbit_drive(const State& s, const Inputs& in) {
  return {in.slots, in.contacts, s.seed, s.first_member};
}

inline workload::Drive workload_drive(const System& sys, const State& s, View<const std::int32_t, 2> link_up) {
  workload::Drive d;
  d.link_up = link_up;
  d.p_node = s.electrical.p_served_node;
  d.p_unthrottled = s.thermal.p_unthrottled;
  d.path_stale = sys.paths & path_stale;
  d.path_stall = sys.paths & path_stall;
  d.path_burst = sys.paths & path_burst;
  d.flags = s.run.flags;
  return d;
}

template <class Space>
void find_cuts(Space space, const System& sys, State& s, const Inputs& in, int n, Time end) {
  const NextCut next{s.run.active, n, s.run.start, s.run.stop};
  const orbit::Drive links = orbit_drive(s, in);
  const couple::Merge merge{next, end};
  for_each(space, n, couple::SetStop{next, end});
  electrical::next_event(space, sys.electrical, s.electrical, next);
  orbit::next_event(space, sys.orbit, s.orbit, links, next);
  for_each(space, n, merge);
  for_rows(space, n, sys.n_site(), couple::LinkNow{{sys.orbit, s.orbit, links}, next, s.run.link_up});
  workload::next_event(space, sys.workload, in.jobs, s.workload, workload_drive(sys, s, s.run.link_up), next);
  for_each(space, n, merge);
}

template <class Space>
void substep(Space space, const System& sys, State& s, const Inputs& in, const Cut& cut) {
  const int n = cut.n_active, n_site = sys.n_site(), n_node = sys.thermal.n_node;
  const bool fed = in.feed.p_node.size() > 0;

  orbit::advance(space, sys.orbit, s.orbit, orbit_drive(s, in), cut);
  sky::advance(space, sys.sky, s.sky, {&in.weather, s.run.flags}, cut);
  for_rows(
      space, n, n_site,
      couple::Control{cut, sys.control, s.sky.temp_air, s.orbit.link_up, s.controls, (sys.paths & path_stale) != 0});

  workload::Drive work = workload_drive(sys, s, s.orbit.link_up);
  workload::request(space, sys.workload, in.jobs, s.workload, work, cut);
  if (fed) for_rows(space, n, n_node, couple::AskFed{cut, in.feed.p_node, sys.thermal, sys.control, s.workload, s.fed});

  for_rows(space, n, n_site, couple::BoundAux{cut, sys.thermal, s.thermal, s.sky.temp_air, s.controls});
  electrical::Drive power;
  power.effective_irradiance = s.sky.effective_irradiance;
  power.temp_cell = s.sky.temp_cell;
  power.p_request = fed ? s.fed.p_request_bus : s.workload.p_request;
  power.p_floor = fed ? s.fed.p_floor : s.workload.p_floor;
  power.p_leak_bound = shared_rows(View<const Real, 2>(sys.p_leak_bound), s.n_member);
  power.priority = s.workload.node_priority;
  power.p_aux_bound = s.controls.p_aux_bound;
  power.p_site_cap = fed ? s.fed.p_site_cap : s.controls.p_site_cap;
  power.p_node = s.thermal.p_node;
  power.p_aux = s.thermal.p_aux;
  power.t_coolant = s.thermal.t_supply;
  power.flags = s.run.flags;
  electrical::allocate(space, sys.electrical, s.electrical, power, cut);
  if (fed)
    for_rows(space, n, n_node,
             couple::CapFed{cut, in.feed.p_node, sys.thermal.p_leakage, s.electrical.p_allocated, s.fed});

  thermal::Drive heat;
  heat.p_request = fed ? s.fed.p_request : s.workload.p_request;
  heat.p_floor = power.p_floor;
  heat.p_allocated = fed ? s.fed.p_allocated : s.electrical.p_allocated;
  heat.t_supply_set = s.controls.t_supply_set;
  heat.temp_air = s.sky.temp_air;
  heat.q_extra = s.controls.q_extra;
  heat.flags = s.run.flags;
  for_rows(space, n, n_site, couple::GiveHeat{cut, s.controls});
  thermal::advance(space, sys.thermal, s.thermal, heat, cut);

  power.p_request = work.p_request = heat.p_request;
  work.p_floor = heat.p_floor;
  electrical::advance(space, sys.electrical, s.electrical, power, cut);
  workload::advance(space, sys.workload, in.jobs, s.workload, work, cut);
  for_rows(space, n, n_site, couple::Remember{cut, sys.electrical.site, s.electrical, s.workload, s.sky, s.controls});

  for_rows(space, s.series.source.extent(0), n * n_site, couple::Accumulate{cut, s.series.source, s.series.sum});
}

}  // namespace coldsun

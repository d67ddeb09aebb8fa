// Coupled twins for tests: the shipped Atacama site reduced to a few nodes, with given jobs, advanced by step or by
// cut.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <limits>
#include <vector>

#include "core/io/library.hpp"
#include "core/io/site_reader.hpp"
#include "core/make/twin.hpp"
#include "core/step/host_space.hpp"
#include "core/step/step.hpp"
#include "core/step/walk.hpp"

namespace coldsun::twin_test {

inline const std::filesystem::path data = std::filesystem::path(COLDSUN_DATA_DIR) / ".." / ".." / "data";
inline constexpr Real celsius = 273.15, hour = 3600.0;

// Closed segments of a record, in order.
inline std::vector<std::filesystem::path> closed_segments(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& e : std::filesystem::directory_iterator(folder))
    if (e.path().extension() == ".nc") found.push_back(e.path());
  std::sort(found.begin(), found.end());
  return found;
}

// ---- site --------------------------------------------------------------------------------------------------------
inline const Network& shipped() {
  static const Network network = load_network("atacama", data);
  return network;
}
inline const Library& library() {
  static const Library all = [] {
    Network network = shipped();
    return io::load_library(network, data);
  }();
  return all;
}

// Scales the site's plant, so that a hall of few nodes has the temperatures and ratios of the full one.
inline void scale_plant(Site& s, Real nodes, Real flow) {
  Cooling& c = s.cooling;
  for (Real* x : {&c.volume, &c.pump.flow, &c.facility.volume, &c.facility.pump.flow}) *x *= flow;
  for (Real* x : {&c.p_aux_base, &c.cdu.ua, &c.cdu.heat_capacity, &c.dry_cooler.ua, &c.dry_cooler.air_flow,
                  &c.dry_cooler.fan_power, &c.hall_air.heat_capacity, &c.hall_air.cooler_ua, &c.hall_air.cooling,
                  &c.hall_air.fan_power})
    *x *= nodes;
  Power& p = s.power;
  for (StringGroup& g : p.strings) {
    const int all = static_cast<int>(std::lround(g.n_row * g.n_per_row * nodes));
    g.n_row = std::max(1, all / 2), g.n_per_row = 2;
  }
  p.battery.n_parallel = std::max(1, static_cast<int>(std::lround(p.battery.n_parallel * nodes)));
  for (Real* x :
       {&p.battery.converter.p_rated, &p.grid.p_import, &p.grid.p_export, &p.grid.p_budget, &p.grid.converter.p_rated,
        &p.aux_converter.p_rated, &p.bus.capacitance, &p.converter_sink.heat_capacity, &p.converter_sink.conductance})
    *x *= nodes;
  for (Real* x : {&p.bus.r_droop, &p.bus.r_pv_cable, &p.bus.r_battery_cable, &p.bus.r_load_cable}) *x /= nodes;
}

// Nodes of each type: worn, new, old; the first `field` of each have resolved plates.
struct HallSize {
  int n_node[3] = {1, 2, 1};
  int n_field[3] = {1, 1, 0};
};
inline void shrink(Site& s, const HallSize& size) {
  Real before = 0, after = 0, flow_before = 0, flow_after = 0;
  for (std::size_t i = 0; i < s.hall.node.size(); ++i) {
    NodeType& t = s.hall.node[i];
    before += t.n_node, flow_before += t.n_node * t.n_plate * t.flow_factor;
    t.n_node = size.n_node[i], t.n_field = size.n_field[i];
    after += t.n_node, flow_after += t.n_node * t.n_plate * t.flow_factor;
  }
  std::erase_if(s.hall.node, [](const NodeType& t) { return t.n_node == 0; });
  scale_plant(s, after / before, flow_after / flow_before);
}
inline Network small_network(const HallSize& size = {}) {
  Network n = shipped();
  shrink(n.site.front(), size);
  return n;
}
// Nodes of the new type only.
inline Network new_nodes(int n_node, int n_field) { return small_network({{0, n_node, 0}, {0, n_field, 0}}); }

inline void clear_sky(Site& s) {
  s.climate.cloud.clear_fraction.fill(1.0), s.climate.cloud.overcast_fraction.fill(0.0);
  s.climate.dust_days.fill(0.0);
}
inline void no_outages(Site& s) { s.comms.link.outage_probability = 0.0; }
// An outage of this length at every 15-s boundary.
inline void outages(Site& s, Real length, Real offset = -0.18) {
  s.comms.link.outage_probability = 1.0, s.comms.link.outage_median = length, s.comms.link.outage_sigma = 0.0,
  s.comms.link.outage_offset = offset;
}
// Constant set-point of the coolant supply.
inline void fixed_supply(Site& s, Real t) { s.cooling.t_supply = s.cooling.t_supply_min = t; }

// ---- twin --------------------------------------------------------------------------------------------------------
// Starts at local_hour of the demo day.
inline TwinOptions options(Real local_hour, Real hours, Real dt = 10.0) {
  TwinOptions o;
  o.start = shipped().start + nanoseconds(local_hour * hour), o.hours = hours, o.dt = dt, o.seed = 7;
  return o;
}
inline Twin twin_of(const Network& network, const TwinOptions& o) { return make_twin(network, library(), {}, o); }
inline void start_over(Twin& t) {
  t.state = make_state(t.system, t.inputs, t.state.n_member, t.state.seed, t.state.first_member, t.inputs.start);
}

// One satellite serves at all times and there are no contacts: only outages and jobs cut a step.
inline void steady_link(Twin& t) {
  t.inputs.slots.satellite.fill(0), t.inputs.slots.reconfiguration.fill(0);
  t.inputs.contacts.start.fill(0), t.inputs.contacts.stop.fill(0);
}

// A job of a test; times in seconds after the start. A job submitted before the start is running.
struct HandJob {
  Real submit = -1, work = 1e6, walltime = 2e6;
  int n_node = 1;
  Real utilization = 1.0;
  bool link_bound = false;
  int priority = 1;
};
// The same jobs for every member at site 0; running jobs first.
inline void give_jobs(Twin& t, const std::vector<HandJob>& jobs) {
  int n_initial = 0;
  for (const HandJob& h : jobs) n_initial += h.submit < 0;
  std::vector<int> initial(static_cast<std::size_t>(t.system.n_site()), 0), later = initial;
  initial[0] = n_initial, later[0] = static_cast<int>(jobs.size()) - n_initial;
  const int n_member = t.state.n_member;
  workload::JobTable j = workload::make_jobs(t.system.workload, n_member, t.inputs.start, t.inputs.stop,
                                             {initial, later}, t.system.device);
  for (int m = 0; m < n_member; ++m)
    for (int k = 0; k < j.capacity(); ++k) {
      const HandJob& h = jobs[static_cast<std::size_t>(k)];
      j.submit_time(m, k) = t.inputs.start + nanoseconds(h.submit),
                       j.deadline(m, k) = t.inputs.start + nanoseconds(h.submit + 2.0 * h.work);
      j.n_node(m, k) = h.n_node, j.n_gpu(m, k) = 8 * h.n_node, j.priority(m, k) = h.priority;
      j.work(m, k) = h.work, j.walltime(m, k) = h.walltime, j.job_utilization(m, k) = h.utilization,
                j.link_bound(m, k) = h.link_bound;
    }
  t.inputs.jobs = std::move(j);
  start_over(t);
}
// One long job per node of site 0.
inline void give_full_load(Twin& t, bool link_bound, Real utilization = 1.0) {
  HandJob job;
  job.link_bound = link_bound, job.utilization = utilization;
  give_jobs(t, std::vector<HandJob>(static_cast<std::size_t>(t.system.workload.site(0).node_count), job));
}

// ---- steps and cuts ----------------------------------------------------------------------------------------------
// One step with calls before(cut) and after(cut).
template <class Before, class After>
void walk(Twin& t, Real dt, Before&& before, After&& after) {
  coldsun::walk(HostSpace{}, t.system, t.state, t.inputs, t.state.time + nanoseconds(dt),
                coldsun::Around{before, after});
}
inline void steps(Twin& t, int n) {
  for (int i = 0; i < n; ++i) step(t.system, t.state, t.inputs, t.dt);
}
// Advances member 0 to the instant `stop` in steps of dt from its start; the last step may be shorter.
inline void go_to(Twin& t, Time stop, Real dt) {
  while (t.state.time < stop) step(t.system, t.state, t.inputs, std::min(dt, seconds(stop - t.state.time)));
}

// ---- comparison --------------------------------------------------------------------------------------------------
inline Real largest(std::initializer_list<Real> terms) {
  Real most = 0;
  for (Real x : terms) most = std::max(most, std::fabs(x));
  return most;
}
// Names of the fields of kind state (of one group, or all) that differ in a bit; empty: none.
inline std::string differing(const State& a, const State& b, const std::string& group = "") {
  std::string names;
  const auto fa = fields(a), fb = fields(b);
  for (std::size_t i = 0; i < fa.size(); ++i) {
    if (fa[i].info.kind != Kind::state || (!group.empty() && fa[i].group != group)) continue;
    if (fa[i].bytes() != fb[i].bytes() || (fa[i].bytes() && std::memcmp(fa[i].data, fb[i].data, fa[i].bytes()) != 0))
      names += fa[i].path() + " ";
  }
  return names;
}
// Whether all elements of these fields are finite and no member is frozen.
inline void expect_sound(const State& s) {
  for (int m = 0; m < s.n_member; ++m)
    EXPECT_FALSE(is_fatal(s.run.flags(m))) << "member " << m << ": " << flag_text(s.run.flags(m));
}

}  // namespace coldsun::twin_test

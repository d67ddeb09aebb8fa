// System, State and Inputs of a network: those of every physics, flat over all sites.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/step/snapshot.hpp"
#include "electrical/electrical.hpp"
#include "orbit/orbit.hpp"
#include "sky/sky.hpp"
#include "thermal/thermal.hpp"
#include "workload/workload.hpp"

namespace coldsun {

// Paths of an outage to the nodes. Each can be switched off; schedule and cuts stay.
enum Path : std::uint32_t { path_stall = 1, path_burst = 2, path_stale = 4, path_all = 7 };
struct PathName {
  const char* name;
  Path path;
};
inline constexpr PathName path_names[] = {{"stall", path_stall}, {"burst", path_burst}, {"stale", path_stale}};

// Constants of the remote controller, per site.
struct ControlLaw {
  Real t_supply = 0;         // K, highest set-point of the coolant supply
  Real t_supply_min = 0;     // K, lowest set-point: dew point and condensation
  Real supply_approach = 0;  // K, supply set-point over outside air, between the two
  Real p_grid_budget = 0;    // W, grid power counted in the site cap
  Real p_it_max = 0;         // W, all nodes at p_max
};

struct System {
  Device device = Device::host;
  sky::System sky;
  orbit::System orbit;
  workload::System workload;
  electrical::System electrical;
  thermal::System thermal;
  Array<ControlLaw, 1> control;  // (site)
  Array<Real, 2> p_leak_bound;   // (1, node) W: leakage of a node at the end of its cap band
  std::uint32_t paths = path_all;
  std::vector<std::string> site_name, node_name, plane_name, string_name;
  std::vector<std::string>
      layer_name;  // solid cells of resolved plates, upwards from the power plane; empty if plates differ
  std::vector<Real> column_x,
      column_y;    // column centres of resolved plates, across and along the flow [mm]; empty if plates differ
  int n_gain = 0;  // instruments with estimated gain
  int n_site() const { return control.extent(0); }
};

// Remote control and planner: commands, and the measurements that they are based on.
// clang-format off
#define COLDSUN_CORE_CONTROLS(F) \
  F(Real, p_site_cap,      "W",  "member site", state,   Control,  "cap on requested IT power, last command of the remote controller") \
  F(Real, t_supply_set,    "K",  "member site", state,   Control,  "coolant supply set-point, last command of the remote controller") \
  F(Real, p_it_shed,       "W",  "member site", derived, Remember, "shed IT load, at the nodes' own temperatures") \
  F(Real, heat_pending,    "J",  "member site", state,   Remember, "converter and battery heat not yet transferred to the coolant") \
  F(Real, q_extra,         "W",  "member site", derived, GiveHeat, "heat flow of indoor converters and battery cells into the coolant, one cut later") \
  F(Real, p_pv_seen,       "W",  "member site", state,   Remember, "PV power available to the boost converters in the last cut") \
  F(Real, p_battery_seen,  "W",  "member site", state,   Remember, "battery power available above the reserve in the last cut") \
  F(Real, p_genset_seen,   "W",  "member site", state,   Remember, "generator power counted as available in the last cut") \
  F(Real, p_overhead_seen, "W",  "member site", state,   Remember, "power of auxiliaries, losses and leakage change in the last cut") \
  F(Real, kc_seen,         "1",  "member site", state,   Remember, "clear-sky index in daylight, exponential mean over 10 minutes") \
  F(Real, kc_planned,      "1",  "member site", state,   host,     "kc_seen at the last decision of a planner") \
  F(Real, kc_age,          "s",  "member site", state,   Remember, "time since the last update of kc_seen in daylight") \
  F(Real, kc_planned_age,  "s",  "member site", state,   host,     "kc_age at the last decision of a planner") \
  F(Time, plan_made,       "ns", "member",      state,   host,     "time of the last decision of a planner; 0: none") \
  F(Real, p_aux_bound,     "W",  "member site", scratch, BoundAux, "upper bound of the power of the auxiliaries")
// clang-format on
struct Controls {
  COLDSUN_ARRAYS(COLDSUN_CORE_CONTROLS)
};
struct ControlsView {
  COLDSUN_VIEWS(ControlsView, Controls, COLDSUN_CORE_CONTROLS)
};

// Requests and caps of nodes whose power is given by a feed (Inputs::feed); unused without a feed.
// clang-format off
#define COLDSUN_CORE_FED(F) \
  F(Real, p_request_bus, "W", "member node", scratch, AskFed, "node power requested from the bus: meter reading, else the work's request") \
  F(Real, p_floor,       "W", "member node", scratch, AskFed, "node power at rest, at most the meter reading") \
  F(Real, p_site_cap,    "W", "member site", scratch, AskFed, "maximum IT power of the site") \
  F(Real, p_request,     "W", "member node", scratch, CapFed, "node power requested in the thermal model, leakage included") \
  F(Real, p_allocated,   "W", "member node", scratch, CapFed, "cap on node power: bus allocation, at most the meter reading")
// clang-format on
struct Fed {
  COLDSUN_ARRAYS(COLDSUN_CORE_FED)
};
struct FedView {
  COLDSUN_VIEWS(FedView, Fed, COLDSUN_CORE_FED)
};

// clang-format off
#define COLDSUN_CORE_RUN(F) \
  F(std::uint32_t, flags,   "1",  "member",      state,   RaiseFlags, "fault and remark bits of the member; 0: none") \
  F(Time,          start,   "ns", "member",      scratch, host,       "start of the present cut") \
  F(Time,          stop,    "ns", "member",      scratch, cuts,       "end of the present cut") \
  F(std::int32_t,  active,  "1",  "member",      scratch, host,       "indices of the members with a cut now") \
  F(std::int64_t,  n_cut,   "1",  "member",      state,   host,       "number of cuts since the start") \
  F(std::int32_t,  link_up, "1",  "member site", scratch, LinkNow,    "1: link up at the middle of the present cut")
// clang-format on
struct Run {
  COLDSUN_ARRAYS(COLDSUN_CORE_RUN)
};
struct RunView {
  COLDSUN_VIEWS(RunView, Run, COLDSUN_CORE_RUN)
};

// Instruments with estimated gain.
// clang-format off
#define COLDSUN_CORE_OBSERVE(F) \
  F(Real, gain, "1", "member instrument", parameter, host, "instrument gain: reading divided by true value")
// clang-format on
struct Observe {
  COLDSUN_ARRAYS(COLDSUN_CORE_OBSERVE)
};

// Time integrals over one step of every derived (member, site) field, for the step means of the record.
struct Series {
  struct Source {
    View<const Real, 2> value;
  };
  Array<Source, 1> source;  // (variable)
  Array<Real, 3> sum;       // (variable, member, site)
  std::vector<FieldInfo> info;
  std::vector<std::string> group;  // group of the field
};

struct State {
  Device device = Device::host;
  Time time = 0;
  std::int64_t n_step = 0;
  std::uint64_t seed = 0;
  std::uint32_t first_member = 0;
  int n_member = 0;
  std::string identity;  // network, span and step: a State is restored only into a twin of the same identity
  Run run;
  sky::State sky;
  orbit::State orbit;
  workload::State workload;
  electrical::State electrical;
  thermal::State thermal;
  Controls controls;
  Fed fed;
  Observe observe;
  Series series;
};

// Measured inputs of the coming step that replace the model's; sky values are written to the weather table instead.
struct Feed {
  Array<Real, 2> p_node;  // (member, node) W; below 0: power of the node's own jobs. Empty: no feed
};

struct Inputs {
  sky::Weather weather;
  orbit::Windows windows;  // of the data constellations
  orbit::Contacts contacts;
  orbit::SlotTable slots;  // of the broadband constellation
  workload::JobTable jobs;
  Feed feed;
  Time start = 0, stop = 0;  // span covered by the inputs
};

// f(group, part) for every struct of Arrays in a State, in the order of the record.
template <class S, class F>
void each_part(S& s, F&& f) {
  f("run", s.run), f("sky", s.sky), f("orbit", s.orbit), f("workload", s.workload), f("electrical", s.electrical),
      f("thermal", s.thermal), f("controls", s.controls), f("fed", s.fed), f("observe", s.observe);
}
// f(group, info, array) for every field.
template <class S, class F>
void each_field(S& s, F&& f) {
  each_part(s, [&](const char* group, auto& part) {
    std::remove_cvref_t<decltype(part)>::each(part, [&](const FieldInfo& info, auto& array) { f(group, info, array); });
  });
}
std::vector<FieldRef> fields(const State& s);

State make_state(const System& system, const Inputs& inputs, int n_member, std::uint64_t seed,
                 std::uint32_t first_member, Time start);

// Saves and restores all kinds of fields but scratch. restore throws std::invalid_argument with one sentence if the
// snapshot does not fit.
Snapshot snapshot(const State& s);
void restore(State& s, const Snapshot& kept);
// One hash per member over the fields of kind state; equal for equal members of one build, in any batch.
std::vector<std::uint64_t> hash(const State& s);

}  // namespace coldsun

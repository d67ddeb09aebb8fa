// System, State and Inputs of a network: every physics' own, side by side, flat over all sites.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/snapshot.hpp"
#include "electrical/electrical.hpp"
#include "orbit/orbit.hpp"
#include "sky/sky.hpp"
#include "thermal/thermal.hpp"
#include "workload/workload.hpp"

namespace coldsun {

// Ways by which an outage reaches the silicon; each can be switched off, the schedule and the cuts stay.
enum Path : std::uint32_t { path_stall = 1, path_burst = 2, path_stale = 4, path_all = 7 };
struct PathName { const char* name; Path path; };
inline constexpr PathName path_names[] = {{"stall", path_stall}, {"burst", path_burst}, {"stale", path_stale}};

// What the site's remote controller may say, per site; constant.
struct ControlLaw {
  Real t_supply_design = 0;   // K, set-point of the coolant supply at or above t_air_design
  Real t_supply_min = 0;      // K, lowest set-point: dew point and condensation
  Real approach = 0;          // K, supply set-point over ambient air when that is lower
  Real p_grid_budget = 0;     // W that IT may take from the grid under the site cap
  Real p_it_max = 0;          // W
};

struct System {
  Device device = Device::host;
  sky::System sky;
  orbit::System orbit;
  workload::System workload;
  electrical::System electrical;
  thermal::System thermal;
  Array<ControlLaw, 1> control;             // (site)
  Array<Real, 2> p_leak_bound;              // (1, node) W: leakage of a node at the end of its cap band
  std::uint32_t paths = path_all;
  std::vector<std::string> site_name, node_name, plane_name, string_name;
  std::vector<std::string> layer_name;      // of the fields' solid cells, from the power plane up; empty where the plates differ
  std::vector<Real> column_x, column_y;     // middles of the fields' columns, across and along the flow [mm]; empty where the plates differ
  int n_gain = 0;                           // instruments whose gain is estimated
  int n_site() const { return control.extent(0); }
};

// What moved by remote control: held while the link is down.
struct Controls {
  Array<Real, 2> p_site_cap, t_supply_set, p_aux_bound;
  Array<Real, 2> p_it_shed;                 // (member, site)
  Array<Real, 2> heat_pending, q_extra, p_pv_seen, p_battery_seen, p_genset_seen, p_overhead_seen;
  Array<Real, 2> kc_seen, kc_planned;       // (member, site) clear-sky index: as a planner sees it, and as it saw it at its last decision
  Array<Real, 2> kc_age, kc_planned_age;    // (member, site) s since there was light to see it by, now and then
  Array<Time, 1> plan_made;                 // (member) when that was; 0: never
  template <class Self, class F> static void each(Self& s, F&& f) {
    f(FieldInfo{"p_site_cap", "W", "member site", "cap on what the nodes are asked for, as the remote controller last said", Kind::state}, s.p_site_cap);
    f(FieldInfo{"t_supply_set", "K", "member site", "set-point of the coolant supply as the remote controller last said", Kind::state}, s.t_supply_set);
    f(FieldInfo{"p_it_shed", "W", "member site", "what nodes did without: p_shed, as far as they would have drawn it at their own temperatures", Kind::derived},
      s.p_it_shed);
    f(FieldInfo{"heat_pending", "J", "member site", "heat of indoor converters and battery cells that the coolant has not had yet", Kind::state},
      s.heat_pending);
    f(FieldInfo{"q_extra", "W", "member site", "heat of indoor converters and battery cells into the coolant: that of the cuts before", Kind::derived},
      s.q_extra);
    f(FieldInfo{"p_pv_seen", "W", "member site", "PV power that the boost stages could take in the cut before", Kind::state}, s.p_pv_seen);
    f(FieldInfo{"p_battery_seen", "W", "member site", "what the battery could give above its reserve in the cut before", Kind::state}, s.p_battery_seen);
    f(FieldInfo{"p_genset_seen", "W", "member site", "what the generator can be counted on for, as seen in the cut before", Kind::state}, s.p_genset_seen);
    f(FieldInfo{"p_overhead_seen", "W", "member site", "auxiliaries, losses and change of leakage in the cut before", Kind::state},
      s.p_overhead_seen);
    f(FieldInfo{"kc_seen", "1", "member site", "clear-sky index of the last 10 minutes of sun, exponentially weighted", Kind::state}, s.kc_seen);
    f(FieldInfo{"kc_planned", "1", "member site", "kc_seen at the last decision of a planner", Kind::state}, s.kc_planned);
    f(FieldInfo{"kc_age", "s", "member site", "time since there was light to see kc_seen by", Kind::state}, s.kc_age);
    f(FieldInfo{"kc_planned_age", "s", "member site", "kc_age at the last decision of a planner", Kind::state}, s.kc_planned_age);
    f(FieldInfo{"plan_made", "ns", "member", "last decision of a planner, 0 none", Kind::state}, s.plan_made);
    f(FieldInfo{"p_aux_bound", "W", "member site", "most that the auxiliaries may draw", Kind::scratch}, s.p_aux_bound);
  }
};

struct Run {
  Array<std::uint32_t, 1> flags;            // (member) why a member is frozen; 0: it goes on
  Array<Time, 1> start, stop;               // (member) ends of the present cut
  Array<std::int32_t, 1> active;            // members of the present sub-step
  Array<std::int64_t, 1> n_cut;             // (member)
  template <class Self, class F> static void each(Self& s, F&& f) {
    f(FieldInfo{"flags", "1", "member", "remarks on the member and what froze it, as bits; 0: sound", Kind::state}, s.flags);
    f(FieldInfo{"start", "ns", "member", "start of the present cut", Kind::scratch}, s.start);
    f(FieldInfo{"stop", "ns", "member", "end of the present cut", Kind::scratch}, s.stop);
    f(FieldInfo{"active", "1", "member", "members of the present sub-step", Kind::scratch}, s.active);
    f(FieldInfo{"n_cut", "1", "member", "cuts walked since the start", Kind::state}, s.n_cut);
  }
};

// Instruments whose word is not taken for true.
struct Observe {
  Array<Real, 2> gain;                      // (member, instrument)
  template <class Self, class F> static void each(Self& s, F&& f) {
    f(FieldInfo{"gain", "1", "member instrument", "what an instrument says over what is there", Kind::parameter}, s.gain);
  }
};

// Sums over the cuts of one step of every derived (member, site) field: the record's step means.
struct Series {
  struct Source { View<const Real, 2> value; };
  Array<Source, 1> source;                  // (variable)
  Array<Real, 3> sum;                       // (variable, member, site)
  std::vector<FieldInfo> info;
  std::vector<std::string> group;           // whose field it is
};

struct State {
  Device device = Device::host;
  Time time = 0;
  std::int64_t n_step = 0;
  std::uint64_t seed = 0;
  std::uint32_t first_member = 0;
  int n_member = 0;
  std::string identity;   // network and span of the inputs: a State is taken up only by a twin of the same
  Run run;
  sky::State sky;
  orbit::State orbit;
  workload::State workload;
  electrical::State electrical;
  thermal::State thermal;
  Controls controls;
  Observe observe;
  Series series;
};

// What instruments say of the coming step in place of the model's own; the sky is said through the weather table.
struct Feed {
  Array<Real, 2> p_node;                    // (member, node) W drawn; below 0: the node's own work. No data: no feed
};

struct Inputs {
  sky::Weather weather;
  orbit::Windows windows;                   // of the data constellations
  orbit::Contacts contacts;
  orbit::SlotTable slots;                   // of the broadband constellation
  workload::JobTable jobs;
  Feed feed;
  Time start = 0, stop = 0;                 // the span they cover
};

// f(group, part) for every struct of Arrays in a State, in the order of the record.
template <class S, class F>
void each_part(S& s, F&& f) {
  f("run", s.run), f("sky", s.sky), f("orbit", s.orbit), f("workload", s.workload), f("electrical", s.electrical), f("thermal", s.thermal),
      f("controls", s.controls), f("observe", s.observe);
}
// f(group, info, array) for every field.
template <class S, class F>
void each_field(S& s, F&& f) {
  each_part(s, [&](const char* group, auto& part) {
    std::remove_cvref_t<decltype(part)>::each(part, [&](const FieldInfo& info, auto& array) { f(group, info, array); });
  });
}
std::vector<FieldRef> fields(const State& s);

State make_state(const System& system, const Inputs& inputs, int n_member, std::uint64_t seed, std::uint32_t first_member, Time start);

// Keeping and taking up: all kinds but scratch. restore throws std::invalid_argument in one sentence where the snapshot does not fit.
Snapshot snapshot(const State& s);
void restore(State& s, const Snapshot& kept);
// One hash per member over the fields of kind state; equal within one build for equal members, however they were batched.
std::vector<std::uint64_t> hash(const State& s);

}  // namespace coldsun

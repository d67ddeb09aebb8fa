// Makes a study: parameters drawn from the site's priors, jobs drawn with them, one State without the event and one
// with it for each set of paths.
#include <algorithm>
#include <limits>
#include <stdexcept>

#include "common/loops.hpp"
#include "core/step/spaces.hpp"
#include "core/study/study.hpp"
#include "ensemble/advance.hpp"
#include "workload/draw.hpp"

namespace coldsun {

namespace {

Real value_of(const Site& site, Parameter p) {
  const LinkPrior& l = site.comms.link;
  switch (p) {
    case Parameter::outage_probability:
      return l.outage_probability;
    case Parameter::outage_median:
      return l.outage_median;
    case Parameter::link_bound_share:
      return l.link_bound_share;
    case Parameter::buffer:
      return l.buffer;
    case Parameter::burst_gain:
      return l.burst_gain;
    case Parameter::burst_ratio:
      return l.burst_ratio;
    case Parameter::load:
      return site.jobs.load;
    case Parameter::tim_gain:
    case Parameter::flow_gain:
      return 1.0;
  }
  throw std::logic_error("parameter");
}

// One row per parameter: the site's prior, or its fixed value if there is none.
void set_priors(ensemble::System& sys, const Site& site, bool draw, Device device) {
  sys.prior = {device, {n_parameter}};
  sys.entity = {device, {n_parameter}};
  sys.index = {device, {n_parameter}};
  for (int k = 0; k < n_parameter; ++k) {
    const Parameter p = parameter_table[k].parameter;
    const Real x = value_of(site, p);
    sys.prior(k) = ensemble::make_prior(ensemble::Shape::fixed, x, x, x, 0.0);
    sys.entity(k) = entity_of(site), sys.index(k) = static_cast<std::uint32_t>(p);
    for (const ParameterPrior& given : site.prior)
      if (draw && given.parameter == p) sys.prior(k) = given.prior;
  }
}

void set_groups(Study& s, const Site& site) {
  const thermal::System& t = s.twin.system.thermal;
  const Device device = s.twin.system.device;
  std::vector<std::pair<int, int>> range = {{0, t.n_node}};
  s.group = {"hall"};
  int first = 0;
  for (const NodeType& type : site.hall.node) {
    s.group.push_back(type.name), range.push_back({first, first + type.n_node});
    first += type.n_node;
  }
  for (const char* name : {"t_supply", "t_return"})
    s.group.push_back(name), range.push_back({first, first + 1}), ++first;
  const int n_group = static_cast<int>(range.size());
  s.ensemble.first_item = {device, {n_group}};
  s.ensemble.stop_item = {device, {n_group}};
  for (int g = 0; g < n_group; ++g) {
    s.ensemble.first_item(g) = range[static_cast<std::size_t>(g)].first,
    s.ensemble.stop_item(g) = range[static_cast<std::size_t>(g)].second;
  }
  s.limit = {device, {first}};
  s.limit.fill(std::numeric_limits<Real>::max());
  for (int n = 0; n < t.n_node; ++n) s.limit(n) = t.t_cap(n);
}

// Writes each member's parameters into a State.
void apply(const Study& s, State& state) {
  for (int m = 0; m < state.n_member; ++m) {
    const auto x = [&](Parameter p) { return s.parameter(m, static_cast<int>(p)); };
    state.orbit.outage_probability(m, 0) = x(Parameter::outage_probability),
                                      state.orbit.outage_median(m, 0) = x(Parameter::outage_median);
    state.workload.link_bound_share(m, 0) = x(Parameter::link_bound_share),
                                       state.workload.link_buffer(m, 0) = x(Parameter::buffer);
    state.workload.burst_gain(m, 0) = x(Parameter::burst_gain),
                                 state.workload.burst_ratio(m, 0) = x(Parameter::burst_ratio);
    const Real load = s.twin.system.workload.site(0).load;
    state.workload.load_gain(m, 0) = load > 0 ? x(Parameter::load) / load : 1.0;
    for (int n = 0; n < s.twin.system.thermal.n_node; ++n)
      state.thermal.tim_gain(m, n) = x(Parameter::tim_gain), state.thermal.flow_gain(m, n) = x(Parameter::flow_gain);
  }
}

State start_of(const Study& s) {
  const State& first = s.twin.state;
  State state =
      make_state(s.twin.system, s.twin.inputs, first.n_member, first.seed, first.first_member, s.twin.inputs.start);
  state.identity = first.identity;
  apply(s, state);
  return state;
}

// Draws the jobs with each member's load and link-bound share.
void draw_jobs(Study& s) {
  Twin& t = s.twin;
  apply(s, t.state);
  Real most = 0;
  for (int m = 0; m < t.state.n_member; ++m) most = std::max(most, t.state.workload.load_gain(m, 0));
  t.inputs.jobs =
      workload::make_jobs(t.system.workload, t.state.n_member, t.inputs.start, t.inputs.stop, t.system.device, most);
  with_space(t.system.device, [&](auto space) {
    workload::draw_jobs(space, t.system.workload, t.state.workload, t.inputs.jobs, t.state.seed, t.state.first_member);
    synchronize(space);
  });
  if (workload::count_short(t.system.workload, t.inputs.jobs))
    throw std::runtime_error(
        "jobs: a member draws more arrivals than its job table holds; accepted: another seed or a shorter run");
}

}  // namespace

Study make_study(const Network& network, const Library& library, const std::vector<sky::Series>& weather,
                 TwinOptions twin, StudyOptions options) {
  if (network.site.size() != 1)
    throw std::invalid_argument("study: the network has " + std::to_string(network.site.size()) +
                                " sites; accepted: one");
  if (!(options.limit > 0))
    throw std::invalid_argument("limit = " + std::to_string(options.limit) + " K; accepted: more than 0");
  const Site& site = network.site.front();
  const Device device = twin.device;
  Study s;
  twin.paths = 0;
  s.options = options;
  s.twin = make_twin(network, library, weather, twin);
  set_priors(s.ensemble, site, options.priors, device);
  set_groups(s, site);
  s.ensemble.offset = {device, {static_cast<int>(std::size(look_offset))}};
  for (int k = 0; k < s.ensemble.n_offset(); ++k) s.ensemble.offset(k) = nanoseconds(look_offset[k]);
  s.ensemble.setting = {device, {2}};
  s.ensemble.setting(0) = options.limit;
  s.ensemble.setting(1) = window_length;
  const int n = twin.n_member, n_item = s.limit.extent(0);
  s.parameter = {device, {n, n_parameter}};
  with_space(device, [&](auto space) {
    ensemble::draw_priors(space, s.ensemble, s.parameter, twin.seed, twin.first_member), synchronize(space);
  });
  draw_jobs(s);
  s.twin.state = start_of(s);
  s.watch = ensemble::make_watch(s.ensemble, n, device);
  s.value = {device, {n, n_item}};
  s.weight = {device, {n, n_item}};
  s.key = {device, {n, n_item}};
  s.member = {device, {n}};
  s.row_a = {device, {n}};
  s.row_b = {device, {n}};
  s.now = {device, {n}};
  s.energy = {device, {1 + static_cast<int>(options.paths.size()), n}};
  s.n_look = options.trace_every > 0 ? 64 : 1;
  for (const std::uint32_t paths : options.paths) {
    Event e;
    e.paths = paths;
    e.state = start_of(s);
    e.watch = ensemble::make_watch(s.ensemble, n, device);
    e.tally = ensemble::make_tally(s.ensemble, n, device);
    e.look.resize(static_cast<std::size_t>(n));
    e.value = {device, {n * s.n_look, n_item}};
    e.key = {device, {n * s.n_look, n_item}};
    s.event.push_back(std::move(e));
  }
  return s;
}

}  // namespace coldsun

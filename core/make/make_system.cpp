// System of a network (all physics and control laws) and Inputs of a run.
#include "core/make/make_system.hpp"

#include <stdexcept>

#include "common/loops.hpp"
#include "core/step/spaces.hpp"

namespace coldsun {

namespace {

ControlLaw control_of(const Site& site) {
  ControlLaw law;
  take(law, site.cooling);
  for (const NodeType& t : site.hall.node) law.p_it_max += t.n_node * t.p_max;
  law.p_grid_budget = planned_import(site.power.grid);
  return law;
}

}  // namespace

std::uint32_t entity_of(const Site& site) {
  std::uint32_t h = 2166136261u;
  for (const char c : site.name) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return (h ^ h >> 24) & 0xFFFFFFu;
}

System make_system(const Network& network, const Library& library, Device device) {
  for (std::size_t a = 0; a < network.site.size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      if (entity_of(network.site[a]) == entity_of(network.site[b]))
        throw std::invalid_argument("sites " + network.site[b].name + " and " + network.site[a].name +
                                    " have the same random streams by chance; accepted: another name");
  System s;
  s.device = device;
  s.sky = make_sky(network, device);
  s.orbit = make_orbit(network, device);
  s.workload = make_workload(network, library, device);
  s.electrical = make_electrical(network, device);
  s.thermal = make_thermal(network, device);
  const int n_site = static_cast<int>(network.site.size()), n_node = s.thermal.n_node;
  s.control = Array<ControlLaw, 1>(device, {n_site});
  s.p_leak_bound = Array<Real, 2>(device, {1, n_node});
  for (int n = 0; n < n_node; ++n) s.p_leak_bound(0, n) = s.thermal.p_leak_bound(n);
  for (int k = 0; k < n_site; ++k) {
    const Site& site = network.site[static_cast<std::size_t>(k)];
    s.control(k) = control_of(site);
    s.site_name.push_back(site.name);
    for (const ShadowPoint& p : site.shadow.point) s.n_gain += p.gain_sigma > 0.0;
    for (const NodeType& t : site.hall.node)
      for (int i = 0; i < t.n_node; ++i) s.node_name.push_back(site.name + "/" + t.name + "/" + std::to_string(i));
  }
  name_axes(s, network);
  return s;
}

Inputs make_inputs(const Network& network, const System& system, const Library& library,
                   const std::vector<sky::Series>& weather, const Course& course) {
  const auto& [start, hours, n_member, seed, first_member] = course;
  Inputs in;
  in.start = start;
  in.stop = start + nanoseconds(3600.0 * hours);
  in.weather = sky::make_weather(system.sky, in.start, in.stop, system.device);
  for (int k = 0; k < system.n_site(); ++k) fill_weather(in.weather, system, network, k, weather, seed);
  fill_links(in, system, library, in.start, in.stop);
  in.jobs = workload::make_jobs(system.workload, n_member, in.start, in.stop, system.device);
  const workload::State priors = workload::make_state(system.workload, in.jobs, n_member, system.device);
  with_space(system.device, [&](auto space) {
    workload::draw_jobs(space, system.workload, priors, in.jobs, course.seed, course.first_member);
  });
  with_space(system.device, [](auto space) { synchronize(space); });
  if (const int n = workload::count_short(system.workload, in.jobs))
    throw std::runtime_error(
        "jobs: " + std::to_string(n) +
        " member(s) draw more arrivals than their job table holds; accepted: another seed or a shorter run");
  return in;
}

}  // namespace coldsun

// Site -> electrical System: modules, strings, nodes, and the equipment on each bus.
#include <stdexcept>

#include "core/make/make_system.hpp"

namespace coldsun {

namespace {

// Efficiency at load points -> loss over rating against output over rating; loss at no load extrapolated from the first
// points, never negative.
electrical::LossTable rack_loss(const RackConverter& r) {
  electrical::LossTable t;
  constexpr std::size_t most = sizeof(t.x) / sizeof(t.x[0]);
  if (r.load.size() < 2 || r.load.size() > most || r.load.size() != r.efficiency.size())
    throw std::invalid_argument("power.rack_converter.load has " + std::to_string(r.load.size()) +
                                " values; accepted: 2 to " + std::to_string(most) + ", as many as efficiency");
  for (std::size_t i = 0; i < r.load.size(); ++i) {
    t.x[i] = r.load[i];
    t.y[i] = r.load[i] * (1.0 / r.efficiency[i] - 1.0);
  }
  t.n = static_cast<std::int32_t>(r.load.size());
  electrical::monotone_slopes(t);
  return t;
}

electrical::OcvTable ocv_of(const Battery& b) {
  if (!b.chemistry.empty() && b.chemistry != "lfp")
    throw std::invalid_argument("power.battery.chemistry = \"" + b.chemistry + "\"; accepted: \"lfp\"");
  return electrical::ocv_lfp();
}

electrical::Site site_of(const Power& p, Real t_start) {
  electrical::Site s;
  take(s, p), take(s, p.bus), take(s, p.string_converter);
  s.battery.v_ocv = ocv_of(p.battery);
  s.p_import_plan = planned_import(p.grid);
  s.rack = rack_loss(p.rack_converter);
  s.t_sink_initial = t_start;
  return s;
}

}  // namespace

electrical::System make_electrical(const Network& network, Device device) {
  std::vector<electrical::Module> modules;
  std::vector<electrical::Site> sites;
  std::vector<electrical::StringRow> strings;
  std::vector<electrical::NodeRow> nodes;
  std::int32_t plane = 0;
  for (std::int32_t s = 0; s < static_cast<std::int32_t>(network.site.size()); ++s) {
    const Site& site = network.site[static_cast<std::size_t>(s)];
    const Power& p = site.power;
    const StringConverter& c = p.string_converter;
    const auto first_module = static_cast<std::int32_t>(modules.size());
    for (const PvModule& m : p.module) take(modules.emplace_back(), m);
    sites.push_back(site_of(p, site.cooling.t_supply));
    sites.back().string_first = static_cast<std::int32_t>(strings.size());
    for (const StringGroup& g : p.strings) {
      std::int32_t module = -1;
      for (std::size_t i = 0; i < p.module.size(); ++i)
        if (p.module[i].name == g.module) module = first_module + static_cast<std::int32_t>(i);
      if (module < 0)
        throw std::invalid_argument(site.name + ": power.strings[" + g.name + "].module = \"" + g.module +
                                    "\"; accepted: a module that was read");
      for (int row = 0; row < g.n_row; ++row)
        strings.push_back({.string_site = s,
                           .string_plane = plane,
                           .string_module = module,
                           .string_n_series = g.n_series,
                           .string_count = g.n_per_row,
                           .string_rating = c.p_rated,
                           .string_inductance = c.inductance,
                           .string_f_sw = c.f_sw,
                           .string_r_wire = g.r_wire});
      ++plane;
    }
    sites.back().string_count = static_cast<std::int32_t>(strings.size()) - sites.back().string_first;
    sites.back().node_first = static_cast<std::int32_t>(nodes.size());
    for (const NodeType& t : site.hall.node)
      for (int i = 0; i < t.n_node; ++i) nodes.push_back({s, p.rack_converter.p_rated});
    sites.back().node_count = static_cast<std::int32_t>(nodes.size()) - sites.back().node_first;
  }
  return electrical::make_system(modules, sites, strings, nodes, device);
}

}  // namespace coldsun

// The text of `coldsun check`.
#include "core/io/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/make/make_system.hpp"
#include "core/site/text.hpp"
#include "core/site/units.hpp"

namespace coldsun {

OriginCount count_origins(const std::vector<Provenance>& all) {
  OriginCount n;
  for (const Provenance& p : all) switch (p.origin) {
      case Origin::measured:
        ++n.measured;
        break;
      case Origin::sourced:
        ++n.sourced;
        break;
      case Origin::assumed:
        ++n.assumed;
        break;
      case Origin::unstated:
        ++n.unstated;
        break;
    }
  return n;
}

namespace {

Real mean(const Hourly& h) { return std::accumulate(h.value.begin(), h.value.end(), 0.0) / 24.0; }

// A long list, cut after its first values.
std::string brief(const std::string& text) {
  const std::size_t end = text.size() > 70 ? text.rfind(' ', 60) : std::string::npos;
  return end == std::string::npos
             ? text
             : fmt::format("{} ... ({} values)", text.substr(0, end), std::count(text.begin(), text.end(), ' ') + 1);
}

// Assumed and unstated values in file order, grouped by reason.
std::string list_assumed(const std::vector<Provenance>& all) {
  std::vector<std::pair<std::string, std::vector<const Provenance*>>> group;
  for (const Provenance& p : all) {
    if (p.origin != Origin::assumed && p.origin != Origin::unstated) continue;
    const std::string reason = p.origin == Origin::assumed ? p.note : "no source given";
    auto it = std::find_if(group.begin(), group.end(), [&](const auto& g) { return g.first == reason; });
    if (it == group.end()) it = group.insert(group.end(), {reason, {}});
    it->second.push_back(&p);
  }
  std::string o;
  for (const auto& [reason, values] : group) {
    o += fmt::format("  assumed: {}\n", reason);
    std::string table;
    for (const Provenance* p : values) {  // one line per table
      const std::size_t dot = p->key.rfind('.');
      const std::string head = dot == std::string::npos ? "" : p->key.substr(0, dot);
      const std::string tail = dot == std::string::npos ? p->key : p->key.substr(dot + 1);
      const bool first = p == values.front();
      o += first || head != table ? fmt::format("{}    {}{}{} = {}", first ? "" : "\n", head, head.empty() ? "" : ": ",
                                                tail, brief(p->text))
                                  : fmt::format("; {} = {}", tail, brief(p->text));
      table = head;
    }
    o += "\n";
  }
  return o;
}

}  // namespace

std::string describe(const Site& s, bool whole) {
  const DesignPoint d = design_point(s);
  const auto degc = [](Real t) { return to_unit("degc", t); };
  std::string o;
  const auto row = [&](std::string_view name, std::string text) { o += fmt::format("  {:<16}{}\n", name, text); };
  o += fmt::format("{}: {}\n", s.name, s.title);
  row("place",
      fmt::format("{:.4f} {} {:.4f} {}, {:.0f} m", std::fabs(to_unit("deg", s.latitude)), s.latitude < 0 ? "S" : "N",
                  std::fabs(to_unit("deg", s.longitude)), s.longitude < 0 ? "W" : "E", s.altitude));
  row("hall", fmt::format("{:.3f} MW IT, {} nodes in {} racks, {} accelerators; plates of {} nodes resolved, {} lumped",
                          d.p_it_max / 1e6, d.n_node, s.hall.n_rack, d.n_gpu, d.n_field, d.n_node - d.n_field));
  for (const NodeType& n : s.hall.node)
    row("", fmt::format("{:<12} {:>3} x {:.1f} kW, {} x {}, {} resolved, flow_factor {:.2f}, tim_factor {:.2f}", n.name,
                        n.n_node, n.p_max / 1e3, n.n_plate, n.gpu, n.n_field, n.flow_factor, n.tim_factor));
  row("photovoltaics", fmt::format("{:.3f} MWp, {} strings in {} rows", d.p_pv_stc / 1e6, d.n_string, d.n_string_row));
  row("battery", fmt::format("{:.2f} MWh usable, converter {:.2f} MW", to_unit("mwh", d.e_battery),
                             s.power.battery.converter.p_rated / 1e6));
  row("grid",
      s.power.grid.present
          ? fmt::format("import {:.2f} MW, budget {:.2f} MW, export {:.2f} MW; mean carbon intensity {:.0f} g/kWh",
                        s.power.grid.p_import / 1e6, s.power.grid.p_budget / 1e6, s.power.grid.p_export / 1e6,
                        to_unit("g_per_kwh", mean(s.power.grid.carbon_intensity)))
          : std::string("none: an island"));
  if (const Genset& g = s.power.genset; g.present)
    row("generator", fmt::format("{:.0f} kW, minimum load {:.0f} kW, start time {:.0f} s, minimum run {:.0f} min, "
                                 "stops from {:.0f} % charge",
                                 g.p_max / 1e3, g.p_min / 1e3, g.start_time, g.least_run / 60.0, 100 * g.soc_stop));
  row("coolant loop",
      fmt::format("{}: supply {:.1f}, return {:.1f} degC at full load; {:.2f} L/min per kW", s.cooling.coolant,
                  degc(d.t_supply), degc(d.t_return), to_unit("lpm", d.flow_per_heat) * 1e3));
  row("facility loop",
      fmt::format("supply {:.1f}, return {:.1f} degC; CDU approach {:.1f} K, dry cooler approach {:.1f} K",
                  degc(d.t_facility_supply), degc(d.t_facility_return), d.cdu_approach, d.cooler_approach));
  row("", fmt::format("set-point held at full load up to {:.1f} degC outside air", degc(d.t_air_limit)));
  row("auxiliaries", fmt::format("{:.1f} kW at design, {:.1f} % of IT power", d.p_aux_design / 1e3,
                                 100 * d.p_aux_design / d.p_it_max));
  const std::string data = s.comms.data.empty() ? "none" : fmt::format("{}", fmt::join(s.comms.data, ", "));
  row("links",
      fmt::format("constellation {}, serving satellite by {}; data: {}", s.comms.broadband, s.comms.strategy, data));
  const sky::Irradiation year = sky::annual_irradiation(sky_site(s), sky_climate(s), 2026);
  row("irradiation", fmt::format("GHI {:.0f}, DNI {:.0f} kWh/m2 a year: mean of this climate over clouds and dust days",
                                 to_unit("kwh_per_m2", year.ghi), to_unit("kwh_per_m2", year.dni)));
  for (const ReferenceYear& y : s.climate.reference)
    row("reference",
        fmt::format("{}{}kWh/m2 a year: {}", y.ghi > 0 ? fmt::format("GHI {:.0f} ", to_unit("kwh_per_m2", y.ghi)) : "",
                    y.dni > 0 ? fmt::format("DNI {:.0f} ", to_unit("kwh_per_m2", y.dni)) : "", y.name));
  const OriginCount n = count_origins(s.provenance);
  row("values", fmt::format("{}: {} measured, {} sourced, {} assumed, {} unstated", n.total(), n.measured, n.sourced,
                            n.assumed, n.unstated));
  for (const std::string& sentence : doubts(s)) row("note", sentence);
  if (whole) o += list_assumed(s.provenance);
  return clean(o, true);
}

std::string describe(const Network& n, bool whole) {
  std::string o;
  for (const Site& s : n.site) o += describe(s, whole) + "\n";
  if (n.site.size() > 1 || !n.link.empty()) {
    o += fmt::format("{}: {} sites, {} constellations, {} leased lines\n", n.name, n.site.size(),
                     n.constellation.size(), n.link.size());
    for (const Link& l : n.link)
      o += fmt::format("  {} - {}: {}, {:.1f} Gbit/s, {:.1f} ms\n", l.from, l.to, l.kind, to_unit("gbit_per_s", l.rate),
                       to_unit("ms", l.latency));
    const OriginCount c = count_origins(n.provenance);
    for (const std::string& sentence : doubts(n.provenance)) o += fmt::format("  {:<16}{}\n", "note", sentence);
    o += fmt::format("  values of the network file {}: {} measured, {} sourced, {} assumed, {} unstated\n", c.total(),
                     c.measured, c.sourced, c.assumed, c.unstated);
  }
  return o;
}

}  // namespace coldsun

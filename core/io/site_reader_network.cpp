// Checks that need the whole site or network: plates, sizes, leased lines; reads the network file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/constants.hpp"
#include "core/io/describe.hpp"
#include "core/io/site_reader_parts.hpp"

namespace coldsun {

namespace fs = std::filesystem;

namespace site_reader {

void settle(Hall& h, Table& t, const Beside& beside) {
  std::int64_t n = 0;
  for (const NodeType& type : h.node) n += type.n_node;
  const std::int64_t places = static_cast<std::int64_t>(h.n_rack) * h.nodes_per_rack;
  if (n != places)
    t.fail(
        "n_rack",
        fmt::format(
            "= {} times nodes_per_rack = {} gives {} places for the {} nodes of [[hall.node]]; accepted: equal numbers",
            h.n_rack, h.nodes_per_rack, places, n));
  std::vector<PlateClass>& all = beside.site->plate;
  std::vector<Table> node = t.children("node");
  for (std::size_t i = 0; i < h.node.size(); ++i)
    if (std::none_of(all.begin(), all.end(), [&](const PlateClass& p) { return p.name == h.node[i].plate; }))
      all.push_back(read_named<PlateClass>("plate", "plates", h.node[i].plate, node[i], beside));
}

// Errors that single ranges cannot reveal: a unit off by a factor of 1,000, a wrong count. The limits are wide; unusual
// values are left to doubts (describe.hpp).
void check_sizes(const Site& s, Table& t) {
  Table hall = t.child("hall"), cooling = t.child("cooling"), power = t.child("power");
  const DesignPoint d = design_point(s);
  constexpr Real rise_max = 40;  // K; halls are designed for about 10 (OCP OAI System Liquid Cooling Guidelines, 2023)
  const auto loop = [&](const Table& pump, Real rise, Real flow) {
    if (!(rise < rise_max))
      pump.fail("flow", fmt::format("= {:.4g} L/min: the coolant warms by {:.0f} K at full IT load; accepted: less "
                                    "than {:.0f} K, above {:.4g} L/min",
                                    to_unit("lpm", flow), rise, rise_max, to_unit("lpm", flow * rise / rise_max)));
  };
  loop(cooling.child("pump"), d.t_return - d.t_supply, s.cooling.pump.flow);
  loop(cooling.child("facility").child("pump"), d.t_facility_return - d.t_facility_supply,
       s.cooling.facility.pump.flow);

  const std::vector<Table> node = hall.children("node");
  for (std::size_t i = 0; i < node.size(); ++i) {
    const NodeType& n = s.hall.node[i];
    const auto plate =
        std::find_if(s.plate.begin(), s.plate.end(), [&](const PlateClass& p) { return p.name == n.plate; });
    const Real heat = n.p_max * s.hall.liquid_fraction / n.n_plate, rise = heat * plate->r_reference;
    constexpr Real plate_max = 100;  // K: with more, junctions exceed every firmware's limit at any coolant temperature
    if (rise > plate_max)
      node[i].fail("n_plate",
                   fmt::format("= {}: {:.0f} W per plate, {:.0f} K above its coolant; accepted: at most {:.0f} K",
                               n.n_plate, heat, rise, plate_max));
    // idle power as in the allocation, with the leakage at the end of the cap band
    const Real rating = s.power.rack_converter.p_rated;
    const Real least =
        n.p_idle +
        n.p_leakage * std::max(1.0, std::exp(std::min(n.leakage_slope * (n.t_cap + n.t_cap_band - n.t_leakage), 4.0)));
    if (rating < least)
      power.child("rack_converter")
          .fail("p_rated", fmt::format("= {:g} W; accepted: {:g} W or more, the idle power of a hot node of {}", rating,
                                       least, n.name));
  }

  // One loss curve holds near one voltage ratio only: away from it currents rise and a bridge loses soft switching (De
  // Doncker, Divan and Kheraluwala 1991, doi 10.1109/28.67533). 3.2 V: an LFP cell.
  const Real v_bus = s.power.bus.v_nominal, v_pack = 3.2 * s.power.battery.n_series;
  if (v_pack < 0.5 * v_bus || v_pack > 2.0 * v_bus)
    power.child("battery").fail(
        "n_series",
        fmt::format("= {} cells: {:.0f} V on a bus of {:.0f} V; accepted: half to twice the bus voltage, {:.0f} "
                    "to {:.0f} cells",
                    s.power.battery.n_series, v_pack, v_bus, std::ceil(v_bus / 6.4), std::floor(v_bus / 1.6)));
  constexpr Real low_voltage = 1500;  // V DC: upper limit of low voltage (IEC 61140) and of modules on the market
  const std::vector<Table> strings = power.children("strings");
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const StringGroup& g = s.power.strings[i];
    const auto module = std::find_if(s.power.module.begin(), s.power.module.end(),
                                     [&](const PvModule& m) { return m.name == g.module; });
    if (const Real v = g.n_series * module->v_oc; v > low_voltage)
      strings[i].fail(
          "n_series",
          fmt::format("= {} modules: open-circuit voltage {:.0f} V; accepted: at most {:.0f} V, {:.0f} modules",
                      g.n_series, v, low_voltage, std::floor(low_voltage / module->v_oc)));
  }
}

void settle(Site& s, Table& t, const Beside&) {
  for (const PlateClass& p : s.plate)
    if (p.coolant != s.cooling.coolant)
      throw SiteError(
          fmt::format("{}: plate {} has coolant \"{}\", but cooling.coolant = \"{}\"; accepted: equal coolants",
                      t.file(), p.name, p.coolant, s.cooling.coolant));
  check_sizes(s, t);
  check_proportions(s);
}

namespace {

// Chord through a spherical Earth (m): shorter than any path on or above it.
Real chord(const Site& a, const Site& b) {
  const auto point = [](const Site& s) {
    return std::array<Real, 3>{std::cos(s.latitude) * std::cos(s.longitude),
                               std::cos(s.latitude) * std::sin(s.longitude), std::sin(s.latitude)};
  };
  const auto p = point(a), q = point(b);
  constexpr Real polar_radius = 6356752.3;  // m, WGS 84
  return polar_radius * std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

void settle_link(const Network& n, const Link& link, Table& l) {
  const auto site_at = [&](const std::string& end) {
    const auto it = std::find_if(n.site.begin(), n.site.end(), [&](const Site& x) { return x.name == end; });
    return it == n.site.end() ? nullptr : &*it;
  };
  for (const auto& [key, end] : {std::pair{"from", link.from}, std::pair{"to", link.to}})
    if (!site_at(end) && std::find(n.constellations.begin(), n.constellations.end(), end) == n.constellations.end())
      l.fail(key, fmt::format("= \"{}\"; accepted: a site or constellation of this network", end));
  if (const Site *a = site_at(link.from), *b = site_at(link.to); a && b) {
    const Real least = chord(*a, *b) / constants::speed_of_light;
    if (link.latency < least)
      l.fail("latency",
             fmt::format("is below {:.3g} ms, the time of light on the straight line; accepted: more", 1e3 * least));
  } else if (link.latency < 1e-3) {
    l.doubt("latency", "is below 1 ms, the time of light to a satellite at 300 km; usual: 2 ms to 1 s");
  }
}

}  // namespace

void settle(Network& n, Table& t, const Beside& beside) {
  if (n.sites.empty()) t.fail("sites", "is empty; accepted: one site or more");
  for (const std::string& s : n.sites) {
    const fs::path path = find_file(t, "sites", "site", "sites", s, {"toml"}, beside.folder, beside.data);
    n.site.push_back(load_site(path.is_absolute() ? path.string() : path.stem().string(), beside.data));
    for (std::size_t i = 0; i + 1 < n.site.size(); ++i)
      if (n.site[i].name == n.site.back().name)
        t.fail("sites", fmt::format("names {} twice; accepted: each site once", n.site.back().name));
  }
  for (const std::string& c : n.constellations) {  // the file found for a site, if a site uses it
    const Constellation* of_site = nullptr;
    for (const Site& site : n.site)
      for (const Constellation& k : site.constellation)
        if (k.name == c && !of_site) of_site = &k;
    n.constellation.push_back(of_site ? *of_site : find_constellation(t, "constellations", c, beside));
  }
  std::vector<Table> links = t.children_if("link");
  for (std::size_t i = 0; i < n.link.size(); ++i) settle_link(n, n.link[i], links[i]);
  for (const Site& s : n.site) {
    std::vector<std::string> used = s.comms.data;
    used.push_back(s.comms.broadband);
    for (const std::string& c : used)
      if (std::find(n.constellations.begin(), n.constellations.end(), c) == n.constellations.end())
        t.fail("constellations",
               fmt::format("lacks \"{}\", used by site {}; accepted: all constellations used", c, s.name));
  }
}

Constellation find_constellation(const Table& who, std::string_view key, const std::string& name, const Beside& b) {
  return {name,
          find_file(who, key, "constellation", "constellations", name, {"toml", "csv", "tle", "txt"}, b.folder, b.data)
              .string(),
          {}};
}

}  // namespace site_reader

namespace {

Network network_of_one(Site site) {
  Network n;
  n.name = site.name;
  n.start = site.start;
  n.constellation = site.constellation;
  n.site.push_back(std::move(site));
  return n;
}

Network read_network(std::string_view text, std::string_view name, const fs::path& folder, const fs::path& data) {
  using namespace site_reader;
  File file = parse(text, name);
  Network n;
  file.sink = &n.provenance;
  read_part(Table(file.root, "", file), n, {nullptr, folder, data});
  return n;
}

}  // namespace

Network load_network(std::string_view name, const fs::path& data) {
  using namespace site_reader;
  std::error_code error;
  fs::path path(name);
  if (!is_path(name)) {
    path = data / "networks" / fmt::format("{}.toml", name);
    if (is_plain(name) && fs::is_regular_file(path, error))
      return read_network(slurp(path), path.filename().string(), {}, data);
    if (is_plain(name) && fs::is_regular_file(data / "sites" / path.filename(), error))
      return network_of_one(load_site(name, data));
    std::vector<std::string> names = shipped("networks", data);
    for (std::string& s : shipped("sites", data)) names.push_back(std::move(s));
    not_shipped("network or site", name, names, data);
  }
  const std::string text = slurp(path);
  const File file = parse(text, path.filename().string());
  if (!file.root.contains("sites")) return network_of_one(load_site(name, data));
  return read_network(text, path.filename().string(), path.parent_path().empty() ? fs::path(".") : path.parent_path(),
                      data);
}

}  // namespace coldsun

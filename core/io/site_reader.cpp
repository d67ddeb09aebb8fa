// Finds and reads the files of a site: the site itself, the plates and modules that it names.
#include "core/io/site_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>

#include "core/io/describe.hpp"
#include "core/io/site_reader_parts.hpp"

namespace coldsun {

namespace fs = std::filesystem;
using namespace site_reader;

namespace {
constexpr std::uintmax_t largest_file = 16u << 20;  // a site file has some kB; a picture or a dump is refused unread

}  // namespace

namespace site_reader {

std::string slurp(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) throw SiteError(fmt::format("{}: no such file; accepted: the path of a site or network file", path.string()));
  if (!fs::is_regular_file(path, error)) throw SiteError(fmt::format("{}: is no file", path.string()));
  if (fs::file_size(path, error) > largest_file)
    throw SiteError(fmt::format("{}: larger than 16 MiB; accepted: a TOML file", path.string()));
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) throw SiteError(fmt::format("{}: cannot be read", path.string()));
  return text;
}

bool is_path(std::string_view name) {
  return name.find('/') != std::string_view::npos || (name.size() > 5 && name.substr(name.size() - 5) == ".toml");
}

std::string listed(const std::vector<std::string>& names) { return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")); }

void not_shipped(std::string_view what, std::string_view name, const std::vector<std::string>& names, const fs::path& data) {
  const std::string near = nearest(name, {names.begin(), names.end()});
  throw SiteError(fmt::format("no {} is called \"{}\"{}; shipped in {}: {}; or give the path of a file", what, name,
                              near.empty() ? "" : fmt::format(", did you mean {}?", near), data.string(), listed(names)));
}

}  // namespace site_reader

namespace {

// A plate or a module that the site names: beside the site first, then in the data folder.
template <class Part>
Part named(std::string_view what, std::string_view folder, const std::string& name, const Table& who, std::string_view key,
           const fs::path& beside, const fs::path& data, std::vector<Provenance>& sink, Part (*read)(Table)) {
  const fs::path path = data / find_file(who, key, what, folder, name, {"toml"}, beside, data);
  const std::string text = slurp(path);
  File f = parse(text, path.filename().string());
  f.sink = &sink;
  return read(Table(f.root, fmt::format("{}[{}]", what, name), f));
}

// Slips that no single range sees: a unit off by a thousand, a count of the wrong thing. The limits are wide; what is only unusual is a
// doubt of describe.hpp.
void check_sizes(const Site& s, Table hall, Table cooling, Table power) {
  const DesignPoint d = design_point(s);
  constexpr Real rise_max = 40;  // K; halls are built for some 10 (OCP OAI System Liquid Cooling Guidelines, 2023)
  const auto loop = [&](const Table& pump, Real rise, Real flow) {
    if (!(rise < rise_max))
      pump.fail("flow", fmt::format("= {:.4g} L/min warms by {:.0f} K at full IT load; accepted: less than {:.0f} K, above {:.4g} L/min",
                                    to_unit("lpm", flow), rise, rise_max, to_unit("lpm", flow * rise / rise_max)));
  };
  loop(cooling.child("pump"), d.t_return - d.t_supply, s.cooling.pump.flow);
  loop(cooling.child("facility").child("pump"), d.t_facility_return - d.t_facility_supply, s.cooling.facility_pump.flow);

  const std::vector<Table> node = hall.children("node");
  for (std::size_t i = 0; i < node.size(); ++i) {
    const NodeType& n = s.hall.node[i];
    const auto plate = std::find_if(s.plate.begin(), s.plate.end(), [&](const PlateClass& p) { return p.name == n.plate; });
    const Real heat = n.p_max * s.hall.liquid_fraction / n.n_plate, rise = heat * plate->r_reference;
    constexpr Real plate_max = 100;  // K: above any coolant the junction passes every firmware's limit
    if (rise > plate_max)
      node[i].fail("n_plate", fmt::format("= {} leaves {:.0f} W to each plate, {:.0f} K above its coolant; accepted: at most {:.0f} K",
                                          n.n_plate, heat, rise, plate_max));
    // as allocation counts it: the leakage of the end of the cap's band at rest
    const Real rating = s.power.rack_converter.p_rated;
    const Real least = n.p_idle + n.p_leakage * std::max(1.0, std::exp(std::min(n.leakage_slope * (n.t_cap + n.t_cap_band - n.t_leakage), 4.0)));
    if (rating < least)
      power.child("rack_converter").fail("p_rated", fmt::format("= {:g} W; accepted: {:g} W and more, what a hot node of {} draws at rest", rating,
                                                                least, n.name));
  }

  // One loss curve by share of rating serves near one ratio of voltages: away from it currents rise and a bridge loses its soft switching
  // (De Doncker, Divan and Kheraluwala 1991, doi 10.1109/28.67533). 3.2 V: an LFP cell.
  const Real v_bus = s.power.bus.v_nominal, v_pack = 3.2 * s.power.battery.n_series;
  if (v_pack < 0.5 * v_bus || v_pack > 2.0 * v_bus)
    power.child("battery").fail("n_series", fmt::format("= {} cells are {:.0f} V on a bus of {:.0f} V; accepted: half to twice the bus, {:.0f} to "
                                                        "{:.0f} cells", s.power.battery.n_series, v_pack, v_bus, std::ceil(v_bus / 6.4),
                                                        std::floor(v_bus / 1.6)));
  constexpr Real low_voltage = 1500;  // V DC: where low voltage ends (IEC 61140), and the modules on the market with it
  const std::vector<Table> strings = power.children("strings");
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const StringGroup& g = s.power.strings[i];
    const auto module = std::find_if(s.power.module.begin(), s.power.module.end(), [&](const PvModule& m) { return m.name == g.module; });
    if (const Real v = g.n_series * module->v_oc; v > low_voltage)
      strings[i].fail("n_series", fmt::format("= {} modules are {:.0f} V in the sun; accepted: at most {:.0f} V, {:.0f} modules", g.n_series, v, low_voltage,
                                              std::floor(low_voltage / module->v_oc)));
  }
}

Site read(std::string_view text, std::string_view name, const fs::path& beside, const fs::path& data) {
  File file = parse(text, name);
  Site s;
  file.sink = &s.provenance;
  Table t(file.root, "", file);
  s.name = t.name("name");
  s.title = t.word("title");
  constexpr Real pi = std::numbers::pi;
  s.latitude = t.quantity("latitude", Quantity::angle, between(-pi / 2, pi / 2).no_nearer_to_zero(0.1 * pi / 180));
  s.longitude = t.quantity("longitude", Quantity::angle, between(-pi, pi));
  s.altitude = t.quantity("altitude", Quantity::length, between(-430, 6000).usual(-430, 5500).no_nearer_to_zero(0.5));
  s.utc_offset = t.quantity("utc_offset", Quantity::time, between(-12 * 3600.0, 14 * 3600.0));
  s.start = t.instant("start");
  s.climate = read_climate(t.child("climate"));
  Table hall = t.child("hall");
  s.hall = read_hall(hall);
  for (std::size_t i = 0; i < s.hall.node.size(); ++i) {
    const std::string& plate = s.hall.node[i].plate;
    if (std::any_of(s.plate.begin(), s.plate.end(), [&](const PlateClass& p) { return p.name == plate; })) continue;
    s.plate.push_back(named("plate", "plates", plate, hall.children("node")[i], "plate", beside, data, s.provenance, read_plate));
    if (s.plate.back().name != plate) s.plate.back().name = plate;
  }
  Table cooling = t.child("cooling");
  s.cooling = read_cooling(cooling);
  Table power = t.child("power");
  s.power = read_power(power);
  for (std::size_t i = 0; i < s.power.strings.size(); ++i) {
    const std::string& module = s.power.strings[i].module;
    if (std::any_of(s.power.module.begin(), s.power.module.end(), [&](const PvModule& m) { return m.name == module; })) continue;
    s.power.module.push_back(
        named("module", "modules", module, power.children("strings")[i], "module", beside, data, s.provenance, read_module));
    s.power.module.back().name = module;
  }
  const Table comms = t.child("comms");
  s.comms = read_comms(comms);
  s.constellation.push_back(find_constellation(comms, "broadband", s.comms.broadband, beside, data));
  for (const std::string& c : s.comms.data)
    if (c != s.comms.broadband) s.constellation.push_back(find_constellation(comms, "data", c, beside, data));
  const Table jobs = t.child("jobs");
  s.jobs = read_jobs(jobs);
  s.jobs.file = find_file(jobs, "file", "file of job statistics", "jobs", s.jobs.file, {"toml"}, beside, data).string();
  if (std::optional<Table> shadow = t.child_if("shadow")) s.shadow = read_shadow(*shadow);
  if (auto study = t.child_if("study")) s.prior = read_study(*std::move(study));
  t.finish();
  for (const PlateClass& p : s.plate)
    if (p.coolant != s.cooling.coolant)
      throw SiteError(fmt::format("{}: plate {} is made for {}, but cooling.coolant = \"{}\"; accepted: the same coolant", name, p.name,
                                  p.coolant, s.cooling.coolant));
  check_sizes(s, hall, cooling, power);
  check_proportions(s);
  return s;
}

}  // namespace

std::vector<std::string> shipped(std::string_view kind, const fs::path& data) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data / kind, error))
    if (const fs::path e = entry.path().extension(); e == ".toml" || (kind == "constellations" && (e == ".csv" || e == ".tle")))
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

Site load_site(std::string_view name, const fs::path& data) {
  if (is_path(name)) {
    const fs::path path(name);
    const std::string text = slurp(path);
    return read(text, path.filename().string(), path.parent_path().empty() ? fs::path(".") : path.parent_path(), data);
  }
  std::error_code error;
  const fs::path path = data / "sites" / fmt::format("{}.toml", name);
  if (!is_plain(name) || !fs::is_regular_file(path, error)) not_shipped("site", name, shipped("sites", data), data);
  return read(slurp(path), path.filename().string(), {}, data);
}

Site read_site(std::string_view text, std::string_view file, const fs::path& data) { return read(text, file, {}, data); }

}  // namespace coldsun

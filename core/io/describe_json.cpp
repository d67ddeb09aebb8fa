// `coldsun check --json`: the same figures, with the names used by the command line and Python.
#include <fmt/format.h>

#include <cmath>

#include "core/io/describe.hpp"
#include "core/make/make_system.hpp"
#include "core/site/text.hpp"
#include "core/site/units.hpp"

namespace coldsun {

namespace {

std::string quoted(std::string_view text) {
  std::string o = "\"";
  for (const char c : clean(text, true)) {
    if (c == '"' || c == '\\') o += '\\', o += c;
    else if (c == '\n') o += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20) o += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else o += c;
  }
  return o + '"';
}

// JSON has no infinity or NaN.
std::string number(Real x) { return std::isfinite(x) ? fmt::format("{}", x) : "null"; }

// "key": value pairs of one object.
struct Object {
  std::string body;
  void raw(std::string_view key, std::string_view json) {
    body += fmt::format("{}{}: {}", body.empty() ? "" : ", ", quoted(key), json);
  }
  void text(std::string_view key, std::string_view value) { raw(key, quoted(value)); }
  void real(std::string_view key, Real value) { raw(key, number(value)); }
  void count(std::string_view key, int value) { raw(key, fmt::format("{}", value)); }
  std::string str() const { return "{" + body + "}"; }
};

template <class Items, class F>
std::string list(const Items& items, F&& json) {
  std::string o = "[";
  for (const auto& item : items) o += (o.size() > 1 ? ", " : "") + json(item);
  return o + "]";
}

constexpr std::string_view name_of(Origin o) {
  switch (o) {
    case Origin::measured:
      return "measured";
    case Origin::sourced:
      return "sourced";
    case Origin::assumed:
      return "assumed";
    case Origin::unstated:
      return "unstated";
  }
  return "?";
}

std::string origins(const std::vector<Provenance>& all) {
  const OriginCount n = count_origins(all);
  Object o;
  o.count("total", n.total());
  o.count("measured", n.measured);
  o.count("sourced", n.sourced);
  o.count("assumed", n.assumed);
  o.count("unstated", n.unstated);
  o.raw("list", list(all, [](const Provenance& p) {
          Object v;
          v.text("key", p.key);
          v.text("value", p.text);
          v.text("origin", name_of(p.origin));
          v.text("note", p.note);
          v.text("file", p.file);
          v.count("line", p.line);
          return v.str();
        }));
  return o.str();
}

std::string site(const Site& s) {
  const DesignPoint d = design_point(s);
  Object o;
  o.text("name", s.name);
  o.text("title", s.title);
  o.real("latitude_deg", to_unit("deg", s.latitude));
  o.real("longitude_deg", to_unit("deg", s.longitude));
  o.real("altitude_m", s.altitude);
  o.real("p_it_max_mw", d.p_it_max / 1e6);
  o.real("p_pv_stc_mw", d.p_pv_stc / 1e6);
  o.real("e_battery_mwh", to_unit("mwh", d.e_battery));
  o.count("n_node", d.n_node);
  o.count("n_field", d.n_field);
  o.count("n_lumped", d.n_node - d.n_field);
  o.count("n_gpu", d.n_gpu);
  o.count("n_string", d.n_string);
  o.count("n_string_row", d.n_string_row);
  o.real("t_supply_degc", to_unit("degc", d.t_supply));
  o.real("t_return_degc", to_unit("degc", d.t_return));
  o.real("t_facility_supply_degc", to_unit("degc", d.t_facility_supply));
  o.real("t_facility_return_degc", to_unit("degc", d.t_facility_return));
  o.real("t_air_limit_degc", to_unit("degc", d.t_air_limit));
  o.real("cdu_approach_k", d.cdu_approach);
  o.real("cooler_approach_k", d.cooler_approach);
  o.real("flow_lpm_per_kw", to_unit("lpm", d.flow_per_heat) * 1e3);
  o.real("p_aux_design_kw", d.p_aux_design / 1e3);
  const sky::Irradiation year = sky::annual_irradiation(sky_site(s), sky_climate(s), 2026);
  o.real("ghi_year_kwh_per_m2", to_unit("kwh_per_m2", year.ghi));
  o.real("dni_year_kwh_per_m2", to_unit("kwh_per_m2", year.dni));
  o.raw("reference", list(s.climate.reference, [](const ReferenceYear& y) {
          Object r;
          r.text("name", y.name);
          if (y.ghi > 0) r.real("ghi_kwh_per_m2", to_unit("kwh_per_m2", y.ghi));
          if (y.dni > 0) r.real("dni_kwh_per_m2", to_unit("kwh_per_m2", y.dni));
          return r.str();
        }));
  o.raw("notes", list(doubts(s), [](const std::string& t) { return quoted(t); }));
  o.raw("values", origins(s.provenance));
  return o.str();
}

}  // namespace

std::string describe_json(const Network& n, const std::vector<std::string>& remarks) {
  Object o;
  o.text("name", n.name);
  o.raw("sites", list(n.site, site));
  o.raw("constellations", list(n.constellation, [](const Constellation& c) { return quoted(c.name); }));
  o.raw("links", list(n.link, [](const Link& l) {
          Object v;
          v.text("from", l.from);
          v.text("to", l.to);
          v.text("kind", l.kind);
          v.real("rate_gbit_per_s", to_unit("gbit_per_s", l.rate));
          v.real("latency_ms", to_unit("ms", l.latency));
          return v.str();
        }));
  o.raw("values", origins(n.provenance));
  o.raw("remarks", list(remarks, quoted));
  return o.str();
}

}  // namespace coldsun

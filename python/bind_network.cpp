// Bindings of networks: values of the files, facts of the sites, descriptions and remarks.
#include <cmath>
#include <tuple>

#include "common/constants.hpp"
#include "core/io/describe.hpp"
#include "core/io/site_reader.hpp"
#include "python/bind.hpp"

namespace {

py::dict site_facts(const Site& s) {
  const DesignPoint d = design_point(s);
  constexpr Real degree = constants::pi / 180.0;
  return py::dict(
      "name"_a = s.name, "title"_a = clean(s.title), "latitude"_a = s.latitude / degree,
      "longitude"_a = s.longitude / degree, "altitude"_a = s.altitude, "utc_offset"_a = s.utc_offset,
      "p_pv_stc"_a = d.p_pv_stc, "p_it_max"_a = d.p_it_max, "battery_capacity"_a = d.e_battery, "n_node"_a = d.n_node,
      "n_field"_a = d.n_field, "n_gpu"_a = d.n_gpu, "n_string"_a = d.n_string, "n_string_row"_a = d.n_string_row,
      "carbon_intensity"_a =
          std::vector<Real>(s.power.grid.carbon_intensity.value.begin(), s.power.grid.carbon_intensity.value.end()),
      "price"_a = std::vector<Real>(s.power.grid.price.value.begin(), s.power.grid.price.value.end()),
      "p_genset"_a = s.power.genset.present ? s.power.genset.p_max : 0.0,
      "genset_carbon"_a = s.power.genset.carbon_intensity, "genset_price"_a = s.power.genset.price);
}

// JSON has no infinity or NaN.
py::object number(Real x) { return std::isfinite(x) ? py::object(py::float_(x)) : py::none(); }

template <class Items, class F>
py::list list(const Items& items, F&& one) {
  py::list out;
  for (const auto& item : items) out.append(one(item));
  return out;
}
py::str line(const std::string& text) { return clean(text, true); }

py::dict origins(const std::vector<Provenance>& all) {
  static constexpr const char* name[] = {"measured", "sourced", "assumed", "unstated"};  // as Origin has them
  const OriginCount n = count_origins(all);
  return py::dict("total"_a = n.total(), "measured"_a = n.measured, "sourced"_a = n.sourced, "assumed"_a = n.assumed,
                  "unstated"_a = n.unstated, "list"_a = list(all, [](const Provenance& p) {
                                               return py::dict("key"_a = line(p.key), "value"_a = line(p.text),
                                                               "origin"_a = name[static_cast<int>(p.origin)],
                                                               "note"_a = line(p.note), "file"_a = line(p.file),
                                                               "line"_a = p.line);
                                             }));
}

py::dict figures_of(const Site& s) {
  const DesignPoint d = design_point(s);
  const sky::Irradiation year = sky::annual_irradiation(sky_site(s), sky_climate(s), 2026);
  py::dict o("name"_a = line(s.name), "title"_a = line(s.title));
  for (const auto& [key, unit, value] : std::initializer_list<std::tuple<const char*, const char*, Real>>{
           {"latitude_deg", "deg", s.latitude},
           {"longitude_deg", "deg", s.longitude},
           {"altitude_m", "m", s.altitude},
           {"p_it_max_mw", "mw", d.p_it_max},
           {"p_pv_stc_mw", "mw", d.p_pv_stc},
           {"e_battery_mwh", "mwh", d.e_battery},
           {"t_supply_degc", "degc", d.t_supply},
           {"t_return_degc", "degc", d.t_return},
           {"t_facility_supply_degc", "degc", d.t_facility_supply},
           {"t_facility_return_degc", "degc", d.t_facility_return},
           {"t_air_limit_degc", "degc", d.t_air_limit},
           {"cdu_approach_k", "k", d.cdu_approach},
           {"cooler_approach_k", "k", d.cooler_approach},
           {"flow_lpm_per_kw", "lpm", 1e3 * d.flow_per_heat},
           {"p_aux_design_kw", "kw", d.p_aux_design},
           {"ghi_year_kwh_per_m2", "kwh_per_m2", year.ghi},
           {"dni_year_kwh_per_m2", "kwh_per_m2", year.dni}})
    o[key] = number(to_unit(unit, value));
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, int>>{{"n_node", d.n_node},
                                                                                     {"n_field", d.n_field},
                                                                                     {"n_lumped", d.n_node - d.n_field},
                                                                                     {"n_gpu", d.n_gpu},
                                                                                     {"n_string", d.n_string},
                                                                                     {"n_string_row", d.n_string_row}})
    o[key] = value;
  o["reference"] = list(s.climate.reference, [](const ReferenceYear& y) {
    py::dict r("name"_a = line(y.name));
    if (y.ghi > 0) r["ghi_kwh_per_m2"] = number(to_unit("kwh_per_m2", y.ghi));
    if (y.dni > 0) r["dni_kwh_per_m2"] = number(to_unit("kwh_per_m2", y.dni));
    return r;
  });
  o["notes"] = list(doubts(s), line);
  o["values"] = origins(s.provenance);
  return o;
}

std::vector<std::string> remarks(const PyNetwork& n, Time start, Time stop, std::size_t most) {
  auto all =
      guarded([&] { return element_remarks(n.library, static_cast<int>(n.network.site.size()), start, stop, most); });
  for (std::string& line : all) line = clean(line);  // they hold a file's own names
  return all;
}

}  // namespace

void bind_network(py::module_& m) {
  py::class_<PyNetwork, std::shared_ptr<PyNetwork>> network(m, "Network", "A network of sites, read from its files");
  network
      .def(py::init(&read_network), "name"_a, "data"_a,
           "Reads a shipped network or site by name, or a file by path; data: folder of the shipped files; InputError "
           "where "
           "the file is missing or invalid")
      .def(py::init<const PyNetwork&>(), "other"_a, "A copy")
      .def_property_readonly(
          "name", [](const PyNetwork& n) { return n.network.name; }, "Name of the network")
      .def_property_readonly(
          "title",
          [](const PyNetwork& n) {
            return clean(n.network.site.size() == 1 ? n.network.site[0].title : "network " + n.network.name);
          },
          "Title of a single site, or name of the network")
      .def_property_readonly(
          "start_ns", [](const PyNetwork& n) { return n.network.start; }, "Start of the demo day [ns since 1970 UTC]")
      .def_property_readonly(
          "sites",
          [](const PyNetwork& n) {
            py::list out;
            for (const Site& s : n.network.site) out.append(site_facts(s));
            return out;
          },
          "Facts of each site as dicts: location [degrees, m], ratings, counts, prices; SI")
      .def("remarks", &remarks, "start_ns"_a, "stop_ns"_a, "most"_a = 8,
           "Sentences on element sets that a run over this time span [ns since 1970 UTC] does not use, or uses with a "
           "remark: one per file and reason, with the names of at most `most` satellites")
      .def_property_readonly(
          "inputs_text", [](const PyNetwork& n) { return inputs_text(n.network); },
          "All values that were read, one per line")
      .def(
          "element_epochs_ns",
          [](const PyNetwork& n) {
            std::vector<Time> out;
            for (const auto& e : n.library.data) out.push_back(e.mean.epoch);
            return out;
          },
          "Epochs of the element sets of the data satellites [ns since 1970 UTC]")
      .def(
          "describe",
          [](const PyNetwork& n, bool whole) {
            std::string text = describe(n.network, whole);
            for (const std::string& line :
                 remarks(n, n.network.start, n.network.start + ns_per_day, whole ? 1'000'000 : 8))
              text += "  note            " + line + "\n";
            return text;
          },
          "whole"_a = false, "Ratings and counts of assumed values as text; whole: all values with their sources")
      .def(
          "without_work",
          [](const PyNetwork& n) {
            auto idle = std::make_shared<PyNetwork>(n);
            for (Site& s : idle->network.site) s.jobs.load = 0.0;
            return idle;
          },
          "A copy without jobs")
      .def(
          "_network", [](const PyNetwork& n) { return py::capsule(&n.network, "coldsun::Network"); },
          "For the other bindings")
      .def(
          "figures",
          [](const PyNetwork& n) {
            const Time start = n.network.start;
            return py::dict(
                "name"_a = line(n.network.name), "sites"_a = list(n.network.site, figures_of),
                "constellations"_a = list(n.network.constellation, [](const Constellation& c) { return line(c.name); }),
                "links"_a = list(n.network.link,
                                 [](const Link& l) {
                                   return py::dict("from"_a = line(l.from), "to"_a = line(l.to),
                                                   "kind"_a = line(l.kind),
                                                   "rate_gbit_per_s"_a = number(to_unit("gbit_per_s", l.rate)),
                                                   "latency_ms"_a = number(to_unit("ms", l.latency)));
                                 }),
                "values"_a = origins(n.network.provenance),
                "remarks"_a = list(remarks(n, start, start + ns_per_day, 1'000'000), line));
          },
          "Figures of each site and all values with their sources, as dicts and lists; units stand in the names")
      .def(
          "doubts",
          [](const PyNetwork& n) {
            std::vector<std::string> out;
            for (const Site& s : n.network.site)
              for (const auto& line : doubts(s)) out.push_back(s.name + ": " + line);
            for (const auto& line : doubts(n.network.provenance)) out.push_back(n.network.name + ": " + line);
            return out;
          },
          "Sentences on values outside their usual range")
      .def(py::pickle([](const PyNetwork& n) { return py::make_tuple(n.name, n.data, n.changes); },
                      [](const py::tuple& t) {
                        auto n = read_network(t[0].cast<std::string>(), t[1].cast<std::string>());
                        for (const auto& [key, value] : t[2].cast<std::vector<std::pair<std::string, KeyValue>>>())
                          set_in(*n, key, value);
                        return n;
                      }))
      .def("__repr__", [](const PyNetwork& n) {
        return "<Network " + n.network.name + ": " + std::to_string(n.network.site.size()) + " site(s)>";
      });

  bind_site(m, network);
}

// Bindings of the keys of a site: reading, setting, writing, and the table from which Python makes its classes.
#include "core/site/walk.hpp"
#include "python/bind.hpp"

namespace {

const Site& site_named(const PyNetwork& n, const std::string& name) {
  for (const Site& s : n.network.site)
    if (name.empty() || s.name == name) return s;
  std::string known;
  for (const Site& s : n.network.site) known += (known.empty() ? "" : ", ") + s.name;
  throw InputError("site = \"" + name + "\"; accepted: " + known);
}

// The network itself is ".".
KeyValue value_in(const PyNetwork& n, const std::string& site, const std::string& path) {
  return guarded([&] { return site == "." ? get_key(n.network, path) : get_key(site_named(n, site), path); });
}

py::dict row_of(const Slot& s, const std::string& prefix) {
  const Key& k = s.key;
  const Unit* u = k.quantity ? &unit_of(nullptr, s) : nullptr;
  std::string table = s.table;
  if (!prefix.empty()) table = table.empty() ? prefix : prefix + "." + table;
  std::string accepted = k.range.text(u ? u->scale : 1, u ? u->offset : 0);
  if (!k.accepted.empty()) {
    accepted.clear();
    for (const std::string_view word : k.accepted) accepted += (accepted.empty() ? "" : ", ") + std::string(word);
  }
  return py::dict("table"_a = table, "key"_a = k.key, "unit"_a = u ? std::string(u->symbol) : "",
                  "accepted"_a = accepted, "meaning"_a = k.meaning, "label"_a = k.is_label,
                  "checks_only"_a = k.only_checked, "optional"_a = k.may_lack());
}

// One row per key of sites, plates, modules and networks (table "@"); lists of tables have the element NAME.
py::list key_table() {
  py::list rows;
  Site site;
  PlateClass plate;
  PvModule module;
  Network network;
  walk(site, [&](const Slot& s) { rows.append(row_of(s, "")); }, true);
  walk(plate, [&](const Slot& s) { rows.append(row_of(s, "plate[NAME]")); }, true);
  walk(module, [&](const Slot& s) { rows.append(row_of(s, "module[NAME]")); }, true);
  walk(network, [&](const Slot& s) { rows.append(row_of(s, "@")); }, true);
  return rows;
}

}  // namespace

void bind_site(py::module_& m, py::class_<PyNetwork, std::shared_ptr<PyNetwork>>& network) {
  network
      .def("get", &value_in, "site"_a, "path"_a,
           "Value of a key [SI], such as \"cooling.cdu.ua\"; site: name, empty for the first, \".\" for the network's "
           "own "
           "keys")
      .def(
          "set", &set_in, "key"_a, "value"_a,
          "Sets a key [SI] of every site, of one: \"masdar/cooling.cdu.ua\", or of the network: \"./link[0].latency\"; "
          "n_field: number of resolved plates; t_supply: constant coolant supply temperature [K]")
      .def(
          "values",
          [](const PyNetwork& n, const std::string& site) {
            py::dict out;
            const Visit visit = [&](const Slot& slot) { out[py::str(slot.path())] = py::cast(value_of(slot)); };
            if (site == ".") {
              Network own = n.network;
              return walk(own, visit), out;
            }
            Site s = site_named(n, site);
            walk(s, visit);
            walk_named(s, visit);
            return out;
          },
          "site"_a = "", "All keys with their values [SI]")
      .def("check", &check_changes, "Raises InputError where changed keys violate a relation between keys")
      .def(
          "toml", [](const PyNetwork& n, const std::string& site) { return toml_of(site_named(n, site)); },
          "site"_a = "", "The site as TOML text")
      .def(
          "write",
          [](const PyNetwork& n, const std::string& path) {
            guarded([&] { return save_network(n.network, path, n.data), 0; });
          },
          "path"_a, "Writes the network as TOML, and its changed sites, plates and modules beside it");
  m.def("key_table", &key_table, "All keys of sites and networks as dicts: table, key, unit, accepted, meaning");
  m.def("key_page", &key_page, "Reference of all keys as Markdown text");
}

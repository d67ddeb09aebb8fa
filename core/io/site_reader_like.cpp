// Key `like`: keys left out are taken from another site file, counted as assumed.
#include <fmt/format.h>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

std::string as_in(const std::string& site, std::string_view source) {
  return fmt::format("assumed: as in {}, {}", site, source.empty() ? "unstated" : source);
}

// Marks the sources of a table that is taken over whole.
void relabel(toml::table& t, const std::string& site) {
  if (const auto* s = t["source"].as_string()) t.insert_or_assign("source", as_in(site, s->get()));
  for (auto&& [k, node] : t) {
    if (auto* table = node.as_table()) relabel(*table, site);
    if (auto* list = node.as_array())
      for (toml::node& item : *list)
        if (auto* table = item.as_table()) relabel(*table, site);
  }
}

// Whether the key is given with another unit suffix: flow_m3_per_h for flow_lpm.
bool has_in_another_unit(const toml::table& own, std::string_view key) {
  for (std::size_t cut = key.find('_'); cut != std::string_view::npos; cut = key.find('_', cut + 1)) {
    const Unit* unit = find_unit(key.substr(cut + 1));
    if (!unit) continue;
    for (const Unit& u : units())
      if (own.contains(fmt::format("{}_{}", key.substr(0, cut), u.suffix))) return true;
  }
  return false;
}

void complete(toml::table& own, const toml::table& base, std::string inherited, const std::string& site);

// Each element is completed from the element of the same name, else from the first.
void complete(toml::array& own, const toml::array& base, const std::string& inherited, const std::string& site) {
  for (toml::node& item : own) {
    auto* table = item.as_table();
    const toml::table* model = base.empty() ? nullptr : base.front().as_table();
    if (!table || !model) continue;
    const auto name = (*table)["name"].value<std::string>();
    for (const toml::node& other : base)
      if (const auto* t = other.as_table(); t && name && (*t)["name"].value<std::string>() == name) model = t;
    complete(*table, *model, inherited, site);
  }
}

void complete(toml::table& own, const toml::table& base, std::string inherited, const std::string& site) {
  if (const auto* s = base["source"].as_string()) inherited = s->get();
  for (auto&& [k, node] : base) {
    const std::string key(k.str());
    if (key == "source" || key == "like") continue;
    if (toml::node* mine = own.get(key)) {
      if (mine->is_table() && node.is_table() && !node.as_table()->contains("value"))
        complete(*mine->as_table(), *node.as_table(), inherited, site);
      else if (mine->is_array_of_tables() && node.is_array_of_tables())
        complete(*mine->as_array(), *node.as_array(), inherited, site);
      continue;
    }
    if (has_in_another_unit(own, key)) continue;
    node.visit([&](const auto& concrete) { own.insert_or_assign(key, concrete); });
    toml::node& taken = *own.get(key);
    const bool words =
        taken.is_string() || (taken.is_array() && !taken.as_array()->empty() && taken.as_array()->front().is_string());
    if (auto* table = taken.as_table()) {
      if (!table->contains("source")) table->insert_or_assign("source", inherited);
      relabel(*table, site);
    } else if (taken.is_array_of_tables()) {
      for (toml::node& item : *taken.as_array()) {
        if (!item.as_table()->contains("source")) item.as_table()->insert_or_assign("source", inherited);
        relabel(*item.as_table(), site);
      }
    } else if (!words) {
      toml::table with_source;
      node.visit([&](const auto& concrete) { with_source.insert_or_assign("value", concrete); });
      with_source.insert_or_assign("source", as_in(site, inherited));
      own.insert_or_assign(key, with_source);
    }
  }
}

}  // namespace

void complete_from(File& file, const Beside& beside, int depth) {
  if (!file.root.contains("like")) return;
  const Table t(file.root, "", file);
  const auto name = file.root["like"].value<std::string>();
  if (!name) t.fail("like", "is not a text; accepted: the name of a site in quotes");
  if (depth > 8)
    t.fail("like",
           fmt::format("= \"{}\" leads back to itself or is nested too deep; accepted: a chain of sites that ends",
                       *name));
  const std::filesystem::path path =
      beside.data / find_file(t, "like", "site", "sites", *name, {"toml"}, beside.folder, beside.data);
  const std::string text = slurp(path);
  File base = parse(text, path.filename().string());
  complete_from(base, {nullptr, path.parent_path(), beside.data}, depth + 1);
  base.root.erase("name");
  base.root.erase("title");
  complete(file.root, base.root, "", *name);
}

}  // namespace coldsun::site_reader

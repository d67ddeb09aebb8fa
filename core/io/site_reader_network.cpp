// Reads what joins sites: a network file, or a site alone with the constellations that it uses.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/constants.hpp"
#include "core/io/site_reader_parts.hpp"

namespace coldsun {

namespace fs = std::filesystem;
using namespace site_reader;

namespace {

Network network_of_one(Site site) {
  Network n;
  n.name = site.name;
  n.start = site.start;
  n.constellation = site.constellation;
  n.site.push_back(std::move(site));
  return n;
}

// Straight through a round Earth (m): shorter than any way on it or above it.
Real chord(const Site& a, const Site& b) {
  const auto point = [](const Site& s) {
    return std::array<Real, 3>{std::cos(s.latitude) * std::cos(s.longitude), std::cos(s.latitude) * std::sin(s.longitude), std::sin(s.latitude)};
  };
  const auto p = point(a), q = point(b);
  constexpr Real polar_radius = 6356752.3;  // m, WGS 84
  return polar_radius * std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

Network read_network(std::string_view text, std::string_view name, const fs::path& beside, const fs::path& data) {
  File file = parse(text, name);
  Network n;
  file.sink = &n.provenance;
  Table t(file.root, "", file);
  n.name = t.name("name");
  n.start = t.instant("start");
  const std::vector<std::string> sites = t.words("sites");
  if (sites.empty() && t.has("sites")) t.fail("sites", "is empty; accepted: one site or more");
  for (const std::string& s : sites) {
    const fs::path path = find_file(t, "sites", "site", "sites", s, {"toml"}, beside, data);
    n.site.push_back(path.is_absolute() ? load_site(path.string(), data) : load_site(path.stem().string(), data));
    for (std::size_t i = 0; i + 1 < n.site.size(); ++i)
      if (n.site[i].name == n.site.back().name)
        t.fail("sites", fmt::format("holds {} twice; accepted: each site once", n.site.back().name));
  }
  const std::vector<std::string> constellations = t.words("constellations");
  for (const std::string& c : constellations) {   // what a site uses is the file that the site has found
    const Constellation* of_site = nullptr;
    for (const Site& site : n.site)
      for (const Constellation& k : site.constellation)
        if (k.name == c && !of_site) of_site = &k;
    n.constellation.push_back(of_site ? *of_site : find_constellation(t, "constellations", c, beside, data));
  }
  for (Table& l : t.children_if("link")) {
    Link link;
    link.from = l.word("from");
    link.to = l.word("to");
    link.kind = l.kind("kind", {"fibre", "laser", "broadband"});
    const Range rate = between(1e3, 1e15);
    link.rate = l.quantity("rate", Quantity::data_rate, link.kind == "fibre" ? rate.usual(100e6, 2e12) : rate.usual(1e6, 100e9));
    link.latency = l.quantity("latency", Quantity::time, between(0, 10).usual(1e-4, 1));
    l.finish();
    for (const auto& [key, end] : {std::pair{"from", link.from}, std::pair{"to", link.to}}) {
      const bool site = std::any_of(n.site.begin(), n.site.end(), [&](const Site& x) { return x.name == end; });
      if (!site && std::find(constellations.begin(), constellations.end(), end) == constellations.end())
        l.fail(key, fmt::format("= \"{}\"; accepted: a site or constellation of this network", end));
    }
    const auto site_at = [&](const std::string& end) {
      const auto it = std::find_if(n.site.begin(), n.site.end(), [&](const Site& x) { return x.name == end; });
      return it == n.site.end() ? nullptr : &*it;
    };
    if (const Site *a = site_at(link.from), *b = site_at(link.to); a && b) {
      const Real least = chord(*a, *b) / constants::speed_of_light;
      if (link.latency < least)
        l.fail("latency", fmt::format("is below the {:.3g} ms that light takes in a straight line; accepted: more", 1e3 * least));
    } else if (link.latency < 1e-3) {
      l.doubt("latency", "is below 1 ms, and a satellite flies 300 km up and more; usual: 2 ms to 1 s");
    }
    n.link.push_back(std::move(link));
  }
  t.finish();
  for (const Site& s : n.site) {
    std::vector<std::string> used = s.comms.data;
    used.push_back(s.comms.broadband);
    for (const std::string& c : used)
      if (std::find(constellations.begin(), constellations.end(), c) == constellations.end())
        t.fail("constellations", fmt::format("lacks \"{}\", which site {} uses", c, s.name));
  }
  return n;
}

}  // namespace

namespace site_reader {

Constellation find_constellation(const Table& who, std::string_view key, const std::string& name, const fs::path& beside, const fs::path& data) {
  return {name, find_file(who, key, "constellation", "constellations", name, {"toml", "csv", "tle", "txt"}, beside, data).string(), {}};
}

}  // namespace site_reader

Network load_network(std::string_view name, const fs::path& data) {
  std::error_code error;
  fs::path path(name);
  if (!is_path(name)) {
    path = data / "networks" / fmt::format("{}.toml", name);
    if (is_plain(name) && fs::is_regular_file(path, error)) return read_network(slurp(path), path.filename().string(), {}, data);
    if (is_plain(name) && fs::is_regular_file(data / "sites" / path.filename(), error)) return network_of_one(load_site(name, data));
    std::vector<std::string> names = shipped("networks", data);
    for (std::string& s : shipped("sites", data)) names.push_back(std::move(s));
    not_shipped("network or site", name, names, data);
  }
  const std::string text = slurp(path);
  const File file = parse(text, path.filename().string());
  if (!file.root.contains("sites")) return network_of_one(load_site(name, data));
  return read_network(text, path.filename().string(), path.parent_path().empty() ? fs::path(".") : path.parent_path(), data);
}

}  // namespace coldsun

// Columns (corrected quantities) of a shadow's filter and their domains: which points correct them, with which prior.
#include <algorithm>

#include "core/shadow/feed.hpp"

namespace coldsun {

namespace {

// Spread of the initial ensemble around the site file, and random walk per day for model error.
constexpr Real t_sigma = 0.5, t_walk = 2.0;  // K: plant not in equilibrium at the start; 0.02 K in 10 s
// 1: error of a battery's own estimate, some percent. The walk breaks the energy balance; a larger one would make a
// full battery appear to charge.
constexpr Real soc_sigma = 0.05, soc_walk = 2e-4;
constexpr Real gain_walk = 0.01;  // 1: instrument drift
// Of ln(node flow over site flow). Assumed: manifolds are balanced to some percent. A blocked node is a jump, for which
// spread is added (reopen).
constexpr Real node_flow_sigma = 0.03;

// Builds columns and domains.
class Builder {
 public:
  Builder(const Network& network, Twin& twin, Shadow& shadow) : network_(network), twin_(twin), out_(shadow) {}

  void build() {
    const System& sys = twin_.system;
    int gain = 0;
    for (int s = 0; s < sys.n_site(); ++s) {
      const ShadowMap& map = network_.site[static_cast<std::size_t>(s)].shadow;
      const int flow = loop(s, map, gain);
      strings(s, map), battery(s);
      for (int n = sys.thermal.first_node(s); n < sys.thermal.first_node(s + 1); ++n) node(s, n, map, flow);
    }
    const Device device = twin_.state.device;
    const int n = static_cast<int>(column_.size());
    out_.column = Array<Column, 1>(device, {n});
    out_.sigma = Array<Real, 1>(device, {n});
    out_.walk = Array<Real, 1>(device, {n});
    for (int j = 0; j < n; ++j) {
      const Item& item = column_[static_cast<std::size_t>(j)];
      out_.column(j) = item.column;
      out_.sigma(j) = item.sigma;
      out_.walk(j) = item.walk;
      out_.column_name.push_back(item.name);
    }
    out_.domains = assimilation::make_domains(domain_, static_cast<int>(out_.point.size()), device);
  }

 private:
  struct Item {
    Column column;
    std::string name;
    Real sigma, walk;
  };

  std::string site_name(int s) const { return twin_.system.site_name[static_cast<std::size_t>(s)]; }
  void open() { domain_.emplace_back(); }
  struct Element {
    std::string name, path;  // name of the column, path of the field
    int first = 0, count = 1;
    Transform transform = Transform::plain;
    Real sigma = 0.0, walk = 0.0;
  };
  void add(const Element& e) {
    column_.push_back({column_of(twin_.state, e.path, e.first, e.count, e.transform), e.name, e.sigma, e.walk});
    ++domain_.back().n_element;
  }
  // Adds the points of a quantity to the open domain, which becomes their home; outlets count in their site's loop too.
  // Points correct no other domain: chance correlations would drag its columns (interfaces by 4 % in a day when
  // corrected by outlet and supply).
  void hear(int s, int node, std::string_view quantity) {
    for (std::size_t k = 0; k < out_.point.size(); ++k) {
      const Point& p = out_.point[k];
      if (p.site != s || p.node != node || p.what->name != quantity || p.what->input) continue;
      domain_.back().obs.push_back(static_cast<std::int32_t>(k));
      out_.home[k] = static_cast<std::int32_t>(domain_.size()) - 1;
    }
  }

  // Column of the site's flow if nodes have a relative flow of their own; else -1.
  int loop(int s, const ShadowMap& map, int& gain) {
    const thermal::System& t = twin_.system.thermal;
    open();
    for (const char* q : {"t_supply", "t_return", "t_facility", "t_hall"}) {
      add({.name = site_name(s) + " " + q,
           .path = std::string("thermal/") + q,
           .first = s,
           .sigma = t_sigma,
           .walk = t_walk});
      hear(s, -1, q);
    }
    hear(s, -1, "flow");
    for (int n = t.first_node(s); n < t.first_node(s + 1); ++n) hear(s, n, "t_outlet");
    const int first = t.first_node(s);
    const bool own = std::any_of(out_.point.begin(), out_.point.end(),
                                 [&](const Point& p) { return p.site == s && p.what->name == "t_outlet"; });
    const int flow = own ? static_cast<int>(column_.size()) : -1;
    add({.name = site_name(s) + " flow_gain",
         .path = "thermal/flow_gain",
         .first = first,
         .count = t.first_node(s + 1) - first,
         .transform = own ? Transform::mean_log : Transform::log,
         .sigma = map.flow_sigma,
         .walk = map.drift_per_day});
    for (std::size_t k = 0; k < out_.point.size(); ++k) {
      const Point& p = out_.point[k];
      if (p.site != s || !(p.kind->gain_sigma > 0.0)) continue;
      out_.look(static_cast<int>(k)).gain = gain;
      add({.name = p.name + " gain",
           .path = "observe/gain",
           .first = gain++,
           .transform = Transform::log,
           .sigma = p.kind->gain_sigma,
           .walk = gain_walk});
    }
    return flow;
  }
  void strings(int s, const ShadowMap& map) {
    const electrical::Site& e = twin_.system.electrical.site(s);
    if (e.string_count == 0) return;
    open();
    add({.name = site_name(s) + " pv_gain",
         .path = "electrical/pv_gain",
         .first = e.string_first,
         .count = e.string_count,
         .transform = Transform::log,
         .sigma = map.soiling_sigma,
         .walk = map.drift_per_day});
    hear(s, -1, "p_pv");
  }
  void battery(int s) {
    if (twin_.system.electrical.site(s).battery.n_series == 0) return;
    open();
    add({.name = site_name(s) + " soc", .path = "electrical/soc", .first = s, .sigma = soc_sigma, .walk = soc_walk});
    for (const char* q : {"soc", "p_battery", "p_grid", "v_bus"}) hear(s, -1, q);
  }
  void node(int s, int n, const ShadowMap& map, int flow) {
    const std::string& name = twin_.system.node_name[static_cast<std::size_t>(n)];
    open();
    add({.name = name + " tim_gain",
         .path = "thermal/tim_gain",
         .first = n,
         .transform = Transform::log,
         .sigma = map.tim_sigma,
         .walk = map.drift_per_day});
    hear(s, n, "t_junction");
    if (flow < 0) return;
    open();  // the outlet temperature corrects the node's flow
    add({.name = name + " flow",
         .path = "thermal/flow_gain",
         .first = n,
         .transform = Transform::log,
         .sigma = node_flow_sigma,
         .walk = map.drift_per_day});
    column_.back().column.base = flow;
    hear(s, n, "t_outlet");
  }

  const Network& network_;
  Twin& twin_;
  Shadow& out_;
  std::vector<Item> column_;
  std::vector<assimilation::Domain> domain_;
};

}  // namespace

void make_columns(const Network& network, Twin& twin, Shadow& shadow) { Builder(network, twin, shadow).build(); }

}  // namespace coldsun

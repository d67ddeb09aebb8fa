// Networks with changed keys.
#include "core/study/changed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "core/make/make_system.hpp"
#include "core/site/text.hpp"

namespace coldsun {

namespace {

constexpr std::string_view why = "changed after reading";

void note(Network& network, std::string key, std::string text) {
  network.provenance.push_back({std::move(key), std::move(text), Origin::assumed, std::string(why), "", 0});
}

}  // namespace

Network with_fields(Network network, int n_field) {
  if (n_field < 0) throw std::invalid_argument("n_field = " + std::to_string(n_field) + "; accepted: 0 or more");
  const thermal::System all = make_thermal(network, Device::host);
  int first = 0;
  for (Site& site : network.site) {
    const std::vector<NodeType> types = site.hall.node;
    std::vector<Real> rise;  // junction over supply, at full power and design flow [K]
    for (const NodeType& t : types) {
      rise.push_back(all.r_junction(all.model(first)) * all.liquid_fraction(first) * t.p_max / t.n_plate);
      first += t.n_node;
    }
    std::vector<std::size_t> order(types.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rise[a] > rise[b]; });
    int left = n_field;
    for (const std::size_t i : order) {
      const int n = std::min(left, types[i].n_node);
      set_key(site, fmt::format("hall.node[{}].n_field", types[i].name), static_cast<std::int64_t>(n), why);
      left -= n;
    }
  }
  note(network, "hall.n_field", std::to_string(n_field));
  return network;
}

Network with_supply(Network network, Real t_supply) {
  if (!(t_supply >= 283.15 && t_supply <= 343.15))
    throw std::invalid_argument("t_supply = " + std::to_string(t_supply) +
                                " K; accepted: 283.15 to 343.15 (10 to 70 degrees C)");
  for (Site& site : network.site)
    for (const char* key : {"cooling.t_supply", "cooling.t_supply_min"}) set_key(site, key, t_supply, why);
  note(network, "cooling.t_supply", std::to_string(t_supply) + " K, held");
  return network;
}

Network changed(Network network, std::string_view key, const KeyValue& value) {
  const auto number = [&]() -> Real {
    if (const auto* i = std::get_if<std::int64_t>(&value)) return static_cast<Real>(*i);
    if (const auto* x = std::get_if<Real>(&value)) return *x;
    throw std::invalid_argument(fmt::format("{} = {}; accepted: a number", key, text_of(value)));
  };
  if (key == "t_supply") return with_supply(std::move(network), number());
  if (key == "n_field") {
    const Real n = number();
    if (!(n >= 0 && n <= 1 << 20) || n != std::floor(n))
      throw std::invalid_argument(fmt::format("n_field = {:g}; accepted: a whole number from 0 to {}", n, 1 << 20));
    return with_fields(std::move(network), static_cast<int>(n));
  }
  const std::size_t slash = key.find('/');
  const std::string_view name = slash == std::string_view::npos ? "" : key.substr(0, slash),
                         path = key.substr(name.empty() ? 0 : slash + 1);
  const bool own = name == ".";
  if (own) set_key(network, path, value, why);
  bool any = own;
  for (Site& site : network.site) {
    if (own || (!name.empty() && site.name != name)) continue;
    set_key(site, path, value, why);
    any = true;
  }
  if (!any) throw std::invalid_argument(fmt::format("{} is not a site of {}", clean(name.substr(0, 80)), network.name));
  if (network.sites.empty()) network.start = network.site.front().start;  // a site alone
  return network;
}

}  // namespace coldsun

// Networks with one thing changed.
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

void note(Network& network, std::string key, std::string text) {
  network.provenance.push_back({std::move(key), std::move(text), Origin::assumed, "changed for a study", "", 0});
}

}  // namespace

Network with_fields(Network network, int n_field) {
  if (n_field < 0) throw std::invalid_argument("n_field = " + std::to_string(n_field) + "; accepted: 0 or more");
  const thermal::System all = make_thermal(network, Device::host);
  int first = 0;
  for (Site& site : network.site) {
    std::vector<NodeType>& types = site.hall.node;
    std::vector<Real> rise;   // of the junction over the supply, at full power and design flow
    for (const NodeType& t : types) {
      rise.push_back(all.r_junction(all.model(first)) * all.liquid_fraction(first) * t.p_max / t.n_plate);
      first += t.n_node;
    }
    std::vector<std::size_t> order(types.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rise[a] > rise[b]; });
    int left = n_field;
    for (const std::size_t i : order) types[i].n_field = std::min(left, types[i].n_node), left -= types[i].n_field;
  }
  note(network, "hall.n_field", std::to_string(n_field));
  return network;
}

Network with_supply(Network network, Real t_supply) {
  if (!(t_supply >= 283.15 && t_supply <= 343.15))
    throw std::invalid_argument("t_supply = " + std::to_string(t_supply) + " K; accepted: 283.15 to 343.15 (10 to 70 degrees C)");
  for (Site& site : network.site) site.cooling.t_supply = site.cooling.t_supply_min = t_supply;
  note(network, "cooling.t_supply", std::to_string(t_supply) + " K, held");
  return network;
}

Network changed(Network network, std::string_view what, Real value) {
  if (what == "t_supply") return with_supply(std::move(network), value);
  if (what != "n_field")
    throw std::invalid_argument("\"" + clean(what.substr(0, 40)) + "\" cannot be changed in a network that was read; accepted: n_field, t_supply "
                                "(K); other values: in its site file");
  if (!(value >= 0 && value <= 1 << 20) || value != std::floor(value))
    throw std::invalid_argument(fmt::format("n_field = {:g}; accepted: a whole number from 0 to {}", value, 1 << 20));
  return with_fields(std::move(network), static_cast<int>(value));
}

}  // namespace coldsun

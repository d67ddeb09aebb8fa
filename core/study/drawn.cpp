// Priors of keys: what may be drawn, and a draw.
#include "core/study/drawn.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>

namespace coldsun {

namespace {

// Keys that a study draws for each member, by the parameter that does.
constexpr std::pair<std::string_view, Parameter> of_members[] = {
    {"comms.link.outage_probability", Parameter::outage_probability},
    {"comms.link.outage_median", Parameter::outage_median},
    {"comms.link.link_bound_share", Parameter::link_bound_share},
    {"comms.link.buffer", Parameter::buffer},
    {"comms.link.burst_gain", Parameter::burst_gain},
    {"comms.link.burst_ratio", Parameter::burst_ratio},
    {"jobs.load", Parameter::load},
};

Slot slot_at(Site& site, std::string_view path) {
  get_key(site, path);  // refused where it is not known
  std::optional<Slot> found;
  const Visit visit = [&](const Slot& s) {
    if (!found && s.path() == path) found = s;
  };
  walk(site, visit);
  walk_named(site, visit);
  return *found;
}

ensemble::Shape shape_named(std::string_view word) {
  using enum ensemble::Shape;
  for (const auto& [name, shape] : {std::pair{"uniform", uniform}, std::pair{"normal", normal},
                                    std::pair{"lognormal", lognormal}, std::pair{"triangular", triangular}})
    if (word == name) return shape;
  throw std::invalid_argument(fmt::format("distribution = \"{}\"; accepted: uniform, normal, lognormal, triangular",
                                          clean(word.substr(0, 60))));
}

}  // namespace

KeyPrior key_prior(const Network& network, std::string_view key, const PriorText& text, bool priors) {
  auto [distribution, low, high, centre, spread] = text;
  Site site = network.site.at(0);
  if (key.starts_with(site.name + "/")) key.remove_prefix(site.name.size() + 1);
  const ensemble::Shape shape = shape_named(distribution);
  const Slot slot = slot_at(site, key);
  const auto refuse = [&](std::string_view why) { throw std::invalid_argument(fmt::format("{} {}", key, why)); };
  if (!std::holds_alternative<Real>(value_of(slot))) refuse("cannot be drawn; accepted: a key that holds one number");
  if (slot.key.only_checked || key.starts_with("shadow.") || key.starts_with("study."))
    refuse("cannot be drawn: no result of a study depends on it; accepted: a key of the site's model");
  for (const auto& [name, parameter] : of_members)
    for (const ParameterPrior& p : site.prior)
      if (priors && key == name && p.parameter == parameter)
        refuse(
            fmt::format("is drawn for each member by [study.{}]; accepted: another key, or a study without the "
                        "site's priors",
                        parameter_table[static_cast<std::size_t>(parameter)].name));
  const bool bounded = shape == ensemble::Shape::uniform || shape == ensemble::Shape::triangular;
  if (bounded && !(low && high)) refuse(fmt::format("= {} without bounds; accepted: low and high", distribution));
  for (const std::optional<Real> x : {low, high, shape == ensemble::Shape::uniform ? low : centre})
    if (x) set_key(site, key, *x, "");
  const Limits& range = slot.key.range;
  if (!bounded) {
    const bool log = shape == ensemble::Shape::lognormal;
    const Real reach = log ? std::exp(8.0 * spread) : 8.0 * spread;
    const Real first = range.open_lo ? std::nextafter(range.lo, infinite) : range.lo,
               last = range.open_hi ? std::nextafter(range.hi, -infinite) : range.hi;
    if (!low) low = std::max(first, log ? centre / reach : centre - reach);
    if (!high) high = std::min(last, log ? centre * reach : centre + reach);
  }
  try {
    const Unit* u = slot.key.quantity ? &unit_of(nullptr, slot) : nullptr;
    return {std::string(key), u ? std::string(u->symbol) : "1",
            ensemble::make_prior(shape, *low, *high, centre, spread)};
  } catch (const std::invalid_argument& e) {
    throw std::invalid_argument(fmt::format("{}: {}", key, e.what()));
  }
}

Real drawn(const KeyPrior& k, const Network& network, std::uint64_t seed, std::uint32_t draw) {
  std::uint64_t h = 14695981039346656037u;  // FNV-1a
  for (const std::string& text : {network.site.at(0).name, std::string("/"), k.key})
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return ensemble::quantile(k.prior, Chance{seed, draw, Stream::key, static_cast<std::uint32_t>(h) & 0xFFFFFFu}.uniform(
                                         static_cast<std::uint32_t>(h >> 32), 0));
}

}  // namespace coldsun

// Keys of a site drawn from priors: what a whole System holds, so that members that share one draw share one System.
#pragma once
#include "core/site/walk.hpp"

namespace coldsun {

/// A key, its prior [SI] and the symbol of its unit.
struct KeyPrior {
  std::string key, unit;
  ensemble::Prior prior;
};
/// A prior as people write it, by the words and numbers of [study.NAME]: uniform; normal (mean, deviation); lognormal
/// (median, deviation_of_log); triangular (mode).
struct PriorText {
  std::string distribution;
  std::optional<Real> low, high;
  Real centre = 0, spread = 0;
};
/// The prior of a key, "cooling.cdu.ua", of a network's one site. A normal or lognormal that has no bound ends where
/// the key's range ends, at most 8 deviations away. std::invalid_argument where the key holds no number, where the
/// study draws it for each member, or, with the sentence of the reader, where a number is outside the key's range.
KeyPrior key_prior(const Network& network, std::string_view key, const PriorText& text, bool priors);

/// The key's value in that draw: a function of (seed, draw, site, key).
Real drawn(const KeyPrior& k, const Network& network, std::uint64_t seed, std::uint32_t draw);

}  // namespace coldsun

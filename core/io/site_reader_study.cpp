// Reads what studies draw: one distribution per parameter, each with its bounds and its source.
#include <fmt/format.h>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

using ensemble::Shape;

ensemble::Prior read_prior(Table t, const ParameterInfo& info) {
  const bool time = std::string_view(info.unit) == "s";
  const Range range = between(info.least, info.most).usual(1e-4 * info.most, info.most).or_zero();
  const Range end = between(info.least, info.most).usual(0.01 * info.most, info.most);
  const auto value = [&](std::string_view key, const Range& r) { return time ? t.quantity(key, Quantity::time, r) : t.number(key, r); };
  const Range deviation = above(0, info.most - info.least).usual(1e-3 * (info.most - info.least), 0.5 * (info.most - info.least));
  const std::string shape = t.choice("distribution", {"uniform", "normal", "lognormal", "triangular"});
  const Real low = value("low", range), high = value("high", end);
  Real centre = low, spread = 0;
  Shape s = Shape::uniform;
  if (shape == "normal") {
    s = Shape::normal, centre = value("mean", range);
    spread = time ? t.quantity("deviation", Quantity::time, deviation) : t.number("deviation", deviation);
  } else if (shape == "lognormal") {
    s = Shape::lognormal, centre = value("median", range), spread = t.number("deviation_of_log", above(0, 5).usual(0.005, 2));
  } else if (shape == "triangular") {
    s = Shape::triangular, centre = value("mode", range);
  }
  t.finish();
  try {
    return ensemble::make_prior(s, low, high, centre, spread);
  } catch (const std::invalid_argument& e) {
    throw SiteError(t.at(e.what()));
  }
}

}  // namespace

std::vector<ParameterPrior> read_study(Table t) {
  std::vector<ParameterPrior> priors;
  for (const ParameterInfo& info : parameter_table)
    if (auto p = t.child_if(info.name)) priors.push_back({info.parameter, read_prior(*std::move(p), info)});
  t.finish();
  return priors;
}

}  // namespace coldsun::site_reader

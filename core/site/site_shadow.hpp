// What a site publishes and how the published points meet the model: part of Site (core/site/site.hpp), SI.
#pragma once
#include "core/site/key.hpp"

namespace coldsun {

/// A quantity of the model that a point may stand for.
struct Observable {
  enum Axis { node, site };
  enum How { end, mean, flow };  // value at the end of the step, mean over it, coolant through the site's plates
  std::string_view name, group, field;
  Axis axis;
  How how;
  Quantity quantity, difference;  // of the value and of its error
  bool input;                     // drives the members; the others are compared with them
};
const std::vector<Observable>& observables();
const Observable* find_observable(std::string_view name);
std::vector<std::string_view> observable_names();

// clang-format off
/// One kind of point: it stands for a point per node or site.
#define COLDSUN_SHADOW_POINT(K) \
  K(std::string, quantity, a_kind(observable_names()), "what of the model it stands for, one of the engine's observables") \
  K(std::string, object_type, a_text(), "part of the topic: DSX Exchange, BMS v1") \
  K(std::string, point_type, a_text(), "part of the topic: DSX Exchange, BMS v1") \
  K(std::string, tag, a_text(), "the topic's tag path; {site} and {node} are replaced") \
  K(std::string, unit, a_text(), "suffix of the unit in which the value is published") \
  K(Real, noise, a(s.observed().difference, positive()), "standard deviation of the instrument's error") \
  K(Real, min, a(s.observed().quantity, any()), "lower physical limit") \
  K(Real, max, a(s.observed().quantity, any()), "upper physical limit") \
  K(Real, gain_sigma, a_number(above(0, 1).usual(0.001, 0.5)).or_none(), "spread of ln(instrument's gain); left out: it is taken at its word")
struct ShadowPoint {
  COLDSUN_KEYS(COLDSUN_SHADOW_POINT)
  const Observable& observed() const {
    const Observable* o = find_observable(quantity);
    return o ? *o : observables().front();
  }
};

namespace usual {
inline constexpr Limits spread = between(0, 1).usual(0.002, 0.7).or_zero();
}
/// Points, and how far the estimated parameters may lie from the site file.
#define COLDSUN_SHADOW(K) \
  K(Real, tim_sigma, a_number(usual::spread), "spread of ln(interface resistance over design), node by node") \
  K(Real, flow_sigma, a_number(usual::spread), "spread of ln(coolant flow over design)") \
  K(Real, soiling_sigma, a_number(usual::spread), "spread of ln(light that passes the dirt over the file's)") \
  K(Real, drift_per_day, a_number(between(0, 1).usual(0.001, 0.5).or_zero()), "random walk of those, standard deviation after a day") \
  K(Real, relaxation, a_number(between(0, 0.95).usual(0.005, 0.95).or_zero()), "share of the spread that an analysis takes away and that is given back") \
  K(std::vector<ShadowPoint>, point, a_table(), "published points")
// clang-format on
struct ShadowMap {
  COLDSUN_KEYS(COLDSUN_SHADOW)
};

}  // namespace coldsun

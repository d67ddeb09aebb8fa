// Points that a site publishes and their use in a shadow: part of Site (core/site/site.hpp), SI.
#pragma once
#include "core/site/key.hpp"

namespace coldsun {

/// A quantity of the model that a point may measure.
struct Observable {
  enum Axis { node, site };
  enum How { end, mean, flow };  // value at the end of the step; mean over it; coolant flow through the site's plates
  std::string_view name, group, field;
  Axis axis;
  How how;
  Quantity quantity, difference;  // of the value and of its error
  bool input;                     // external input of the members; the others correct them
};
const std::vector<Observable>& observables();
const Observable* find_observable(std::string_view name);
std::vector<std::string_view> observable_names();

// clang-format off
/// One kind of point: one point per node or per site.
#define COLDSUN_SHADOW_POINT(K) \
  K(std::string, quantity, a_kind(observable_names()), "quantity of the model that the point measures") \
  K(std::string, object_type, a_text(), "level of the topic (DSX Exchange, BMS v1)") \
  K(std::string, point_type, a_text(), "level of the topic (DSX Exchange, BMS v1)") \
  K(std::string, tag, a_text(), "tag path of the topic; {site} and {node} are replaced") \
  K(std::string, unit, a_text(), "unit of the published value, as a suffix") \
  K(Real, noise, a(s.observed().difference, positive()), "standard deviation of the instrument error") \
  K(Real, min, a(s.observed().quantity, any()), "lowest plausible reading") \
  K(Real, max, a(s.observed().quantity, any()), "highest plausible reading") \
  K(Real, gain_sigma, a_number(above(0, 1).usual(0.001, 0.5)).or_none(), "standard deviation of ln(instrument gain); left out: gain 1, not estimated")
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
/// Points, and the prior spread of the estimated parameters around the site file.
#define COLDSUN_SHADOW(K) \
  K(Real, tim_sigma, a_number(usual::spread), "standard deviation of ln(interface resistance over design), per node") \
  K(Real, flow_sigma, a_number(usual::spread), "standard deviation of ln(coolant flow over design)") \
  K(Real, soiling_sigma, a_number(usual::spread), "standard deviation of ln(soiling ratio over the site file's)") \
  K(Real, drift_per_day, a_number(between(0, 1).usual(0.001, 0.5).or_zero()), "random walk of these logarithms: standard deviation after one day") \
  K(Real, relaxation, a_number(between(0, 0.95).usual(0.005, 0.95).or_zero()), "share of the spread lost in an analysis that is restored (relaxation)") \
  K(std::vector<ShadowPoint>, point, a_table(), "published points")
// clang-format on
struct ShadowMap {
  COLDSUN_KEYS(COLDSUN_SHADOW)
};

}  // namespace coldsun

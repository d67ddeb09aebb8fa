// Forecast: an ensemble of clear-sky indices around the persistence of the last one seen, wider with lead time. Pure functions.
// The index of a scenario is a function of (seed, member, issue, scenario, site, lead): nothing observed after the issue enters.
#pragma once
#include "common/math.hpp"
#include "common/philox.hpp"
#include "common/time.hpp"
#include "sky/cloud.hpp"

namespace coldsun::sky {

// spread(lead) = spread_end sqrt(1 - exp(-2 lead / time)): that of an Ornstein-Uhlenbeck process left alone (Uhlenbeck and Ornstein 1930,
// doi 10.1103/PhysRev.36.823). Assumed: the error of a persistence forecast of the index grows to that of climatology within hours; 0.25 is
// the standard deviation of the index in part-clouded weather.
struct ForecastLaw {
  Real spread_end = 0.25, time = 4.0 * 3600.0;  // 1, s
  Real index_min = 0.1, index_max = 1.05;       // of five-minute means
};

COLDSUN_FN Real forecast_spread(const ForecastLaw& law, Real lead) {
  return law.spread_end * std::sqrt(math::max(1.0 - math::exp(-2.0 * math::max(lead, 0.0) / law.time), 0.0));
}

// A normal that moves slowly with lead: value noise on knots `time` apart, variance 1 everywhere. Scenarios 2 k and 2 k + 1 are mirrored,
// so that an even ensemble is centred on persistence where the bounds do not bind; near a clear sky the upper one leaves only clouds to come.
// Chance: Stream::forecast, entity = site, index = issue in s, draw = scenario pair << 16 | knot.
COLDSUN_FN Real forecast_normal(const Chance& chance, const ForecastLaw& law, Time issue, int scenario, Real lead) {
  const Real x = math::max(lead, 0.0) / law.time;
  const int k = static_cast<int>(math::min(x, 65000.0));
  const auto index = static_cast<std::uint32_t>(issue / ns_per_s);
  const std::uint32_t draw = static_cast<std::uint32_t>(scenario / 2) << 16 | static_cast<std::uint32_t>(k);
  const Real z = noise_between(chance.normal(index, draw), chance.normal(index, draw + 1), x - k);
  return scenario % 2 == 0 ? z : -z;
}

COLDSUN_FN Real forecast_index(const Chance& chance, const ForecastLaw& law, Real index_now, Time issue, int scenario, Real lead) {
  const Real z = forecast_normal(chance, law, issue, scenario, lead);
  return math::clamp(index_now + forecast_spread(law, lead) * z, law.index_min, math::max(law.index_max, index_now));
}

}  // namespace coldsun::sky

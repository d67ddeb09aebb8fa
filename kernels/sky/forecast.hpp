// Forecast: an ensemble of clear-sky indices. It is persistence of the last index seen, with errors of persistence for
// this lead, index and share of clear time (forecast_errors.hpp). Pure functions. The index of a scenario is a function
// of (seed, member, issue, scenario, site, lead); nothing observed after the issue enters.
#pragma once
#include "common/math.hpp"
#include "common/philox.hpp"
#include "common/time.hpp"
#include "sky/cloud.hpp"
#include "sky/forecast_errors.hpp"

namespace coldsun::sky {

struct ForecastLaw {
  Real scale = 1.0;                       // of the errors; 0: persistence alone
  Real time = 4.0 * 3600.0;               // s, assumed: time for which a scenario keeps its rank
  Real index_min = 0.1, index_max = 1.4;  // of five-minute means
};

// Known at the issue: share of clear time of the month at the site, index of the last ten minutes of sun, and its age
// [s]. Clouds move on in the dark, so at dawn the age is the length of the night.
struct ForecastNow {
  Real clear_share, index, age;
};
COLDSUN_FN ForecastNow forecast_now(const CloudLaw& cloud, Time issue, Real index, Real age) {
  return {cloud.clear_fraction[date_of(issue).month - 1], index, age};
}

// Error of persistence at a rank in (0, 1): linear in rank, lead and share of clear time between the table's rows.
COLDSUN_FN Real forecast_error(const ForecastNow& now, Real lead, Real rank) {
  const Real after = math::clamp(now.age + lead, 0.0, forecast_lead(n_forecast_lead - 1));
  int l = 0, b = 0, q = 0, c = 0;
  while (l < n_forecast_lead - 2 && after > forecast_lead(l + 1)) ++l;
  while (b < n_forecast_now - 1 && now.index >= forecast_edge(b)) ++b;
  while (q < n_forecast_rank - 2 && rank > forecast_rank(q + 1)) ++q;
  while (c < n_forecast_clear - 2 && now.clear_share < forecast_clear_share(c + 1)) ++c;
  const Real in_lead = (after - forecast_lead(l)) / (forecast_lead(l + 1) - forecast_lead(l));
  const Real in_rank = math::clamp((rank - forecast_rank(q)) / (forecast_rank(q + 1) - forecast_rank(q)), 0.0, 1.0);
  const Real in_clear = math::clamp(
      (forecast_clear_share(c) - now.clear_share) / (forecast_clear_share(c) - forecast_clear_share(c + 1)), 0.0, 1.0);
  Real at[2];
  for (int k = 0; k < 2; ++k)
    at[k] = lerp(lerp(forecast_row(c + k, l, b, q), forecast_row(c + k, l, b, q + 1), in_rank),
                 lerp(forecast_row(c + k, l + 1, b, q), forecast_row(c + k, l + 1, b, q + 1), in_rank), in_lead);
  return lerp(at[0], at[1], in_clear);
}

struct Scenario {
  int number, count;  // 0 <= number < count
};

// Ranks (k + 1/2) / n, each used once among the scenarios at any lead. Their order is drawn for each `time` of lead: k
// = first + step scenario mod n. Random numbers: Stream::forecast, entity = site, index = issue in s, draw = knot of
// lead.
COLDSUN_FN Real forecast_rank_of(const Chance& chance, const ForecastLaw& law, Time issue, Scenario scenario,
                                 Real lead) {
  const auto knot = static_cast<std::uint32_t>(math::min(math::max(lead, 0.0) / law.time, 65000.0));
  const Quad drawn = chance.bits(static_cast<std::uint32_t>(issue / ns_per_s), knot);
  const auto n = static_cast<std::uint32_t>(scenario.count);
  std::uint32_t step = drawn.v[0] % n;
  for (;; step = step + 1 < n ? step + 1 : 1) {  // next step without a common divisor; 1 always has none
    std::uint32_t a = n, b = step;
    while (b != 0) {
      const std::uint32_t rest = a % b;
      a = b, b = rest;
    }
    if (a == 1) break;
  }
  const std::uint64_t k =
      drawn.v[1] % n + static_cast<std::uint64_t>(step) * static_cast<std::uint32_t>(scenario.number);
  return (static_cast<Real>(k % n) + 0.5) / scenario.count;
}

COLDSUN_FN Real forecast_index(const Chance& chance, const ForecastLaw& law, const ForecastNow& now, Time issue,
                               Scenario scenario, Real lead) {
  const Real error = forecast_error(now, lead, forecast_rank_of(chance, law, issue, scenario, lead));
  return math::clamp(now.index + law.scale * error, math::min(law.index_min, now.index),
                     math::max(law.index_max, now.index));
}

}  // namespace coldsun::sky

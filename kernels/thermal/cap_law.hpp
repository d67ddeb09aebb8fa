// Cap law: node power as a function of its junction temperature, and its solution together with a plate.
#pragma once
#include "common/math.hpp"

namespace coldsun::thermal {

// Power law of a GPU's firmware. The node draws its request, with leakage that grows with temperature. Upper limits:
// the junction cap (p_max below t_cap, falling linearly to p_throttle over t_cap_band) and the bus allocation. Lower
// limit: power at rest, p_floor. Request and floor are node powers at t_leakage, their leakage at that temperature
// included.
struct PowerLaw {
  Real p_request, p_floor, p_allocated;
  Real p_max, p_throttle, t_cap, t_cap_band;
  Real p_leakage, t_leakage, leakage_slope;
  Real t_trip = 1e9;  // above it the node switches itself off [K]

  bool tripped = false;  // switched off: no power, no leakage; asked() is not affected

  // Leakage above its reference value. The exponent is limited to 4 (a factor of 55), beyond the range of silicon, to
  // keep the solver finite.
  COLDSUN_FN Real leakage_change(Real t) const {
    return p_leakage * (math::exp(math::min(leakage_slope * (t - t_leakage), 4.0)) - 1.0);
  }
  COLDSUN_FN Real asked(Real t) const { return math::max(p_request + leakage_change(t), 0.0); }  // without any cap
  COLDSUN_FN Real cap(Real t) const {
    return p_throttle + (p_max - p_throttle) * math::clamp((t_cap + t_cap_band - t) / t_cap_band, 0.0, 1.0);
  }

  struct Point {
    Real p, slope;  // power and its derivative with respect to temperature
    bool capped;    // the junction cap limits the power
  };
  COLDSUN_FN Point operator()(Real t) const {
    if (tripped) return {0.0, 0.0, false};
    const Real change = leakage_change(t), leak_slope = leakage_slope * (change + p_leakage);
    const Real asked = p_request + change, limit = cap(t);
    Point s{asked, leak_slope, limit < math::min(asked, p_allocated)};
    if (limit < asked)
      s = {limit, t > t_cap && t < t_cap + t_cap_band ? -(p_max - p_throttle) / t_cap_band : 0.0, s.capped};
    const Real floor = p_floor + change;
    if (floor > s.p) s.p = floor, s.slope = leak_slope;
    if (p_allocated < s.p) s.p = p_allocated, s.slope = 0.0;
    if (s.p < 0.0) s.p = 0.0, s.slope = 0.0;
    return s;
  }
};

// The node power p with p = law(t(p)); junction(p, slope) gives the junction temperature at node power p and its
// derivative. f(p) = p - law is <= 0 at 0 and >= 0 at p_allocated, so the bracket always holds a root. The root is
// unique unless leakage runs away. Newton inside the bracket, bisection where Newton stalls; exact to rounding.
template <class Junction>
COLDSUN_FN Real solve_power(const PowerLaw& law, const Junction& junction, Real guess, Real& t_junction, bool& capped) {
  Real low = 0.0, high = math::max(law.p_allocated, 0.0), p = math::clamp(guess, low, high);
  const Real rounding = 4e-16 * high;
  for (int k = 0; k < 64; ++k) {
    Real t_slope = 0.0;
    t_junction = junction(p, t_slope);
    const PowerLaw::Point at = law(t_junction);
    capped = at.capped && p > 0.0;
    const Real f = p - at.p;
    if (f != f) return f;  // NaN in the inputs gives NaN
    if (std::fabs(f) <= rounding) break;
    (f > 0.0 ? high : low) = p;
    const Real gain = 1.0 - at.slope * t_slope;
    const Real newton = gain > 0.0 ? p - f / gain : -1.0;
    const bool bisect = !(newton >= low && newton <= high) || (k > 8 && k % 3 == 0);
    const Real next = bisect ? 0.5 * (low + high) : newton;
    if (next == p || high - low <= rounding) break;
    p = next;
  }
  return p;
}

}  // namespace coldsun::thermal

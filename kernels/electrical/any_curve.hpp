// The single-diode model for any curve. The fixed Newton steps of single_diode.hpp are checked by their last one;
// curves that they do not solve (dominated by shunt or series resistance) use Newton within a bracket until it
// converges.
#pragma once
#include "electrical/single_diode.hpp"

namespace coldsun::electrical {

// A diode voltage and the length of the last step relative to nNsVth. Up to last_step the remaining error is rounding
// (Newton squares it). A number, not a bool, so that the loops vectorise.
struct Solved {
  Real x, moved;
};
inline constexpr Real last_step = 1e-7;
COLDSUN_FN Solved last_of(const Curve& c, Real x, Real step) { return {x - step, std::fabs(step * c.inverse_nNsVth)}; }
COLDSUN_FN Real if_solved(Real value, Real moved) { return moved <= last_step ? value : math::not_a_number; }

COLDSUN_FN Solved fast_from_v(const Curve& c, Real v) {
  const Real x = vd_from_v<6>(c, v);
  const Point p = at(c, x);
  return last_of(c, x, (p.v - v) / p.dv);
}
COLDSUN_FN Solved fast_from_i(const Curve& c, Real current) {
  const Real x = vd_from_i<6>(c, current);
  const Point p = at(c, x);
  return last_of(c, x, (p.i - current) / p.di);
}
COLDSUN_FN Solved fast_max_power(const Curve& c) {
  const Real x = max_power<4>(c).vd;
  const Point p = at(c, x);
  return last_of(c, x, p.d_power() / d2_power(c, p));
}

// Root of a function that rises through [lo, hi]: Newton; bisection where it leaves the bracket and at every fourth
// step.
template <class F>
COLDSUN_FN Real bracketed(Real lo, Real hi, const F& f) {
  Real x = hi;
  for (int k = 1; k < 400 && lo < hi; ++k) {
    Real slope = 0.0;
    const Real value = f(x, slope);
    if (!(value == value)) return math::not_a_number;
    if (value > 0.0) hi = x;
    else lo = x;
    const Real newton = x - value / slope;
    const Real next = newton > lo && newton < hi && k % 4 != 0 ? newton : 0.5 * (lo + hi);
    if (value == 0.0 || std::fabs(next - x) <= 1e-15 * std::fabs(x)) return x;
    x = next;
  }
  return x;
}

// For v < 0 the current exceeds the photocurrent, so the voltage over the series resistance keeps x above v.
COLDSUN_FN Real sure_from_v(const Curve& c, Real v) {
  const Real all = v + (c.photocurrent + c.saturation_current) * c.resistance_series;
  return bracketed(math::min(v, 0.0), math::max(all, math::max(v, vd_bound(c))), [&](Real x, Real& slope) {
    const Point p = at(c, x);
    slope = p.dv;
    return p.v - v;
  });
}
// Above the photocurrent only the shunt conducts; without a shunt no voltage exists.
COLDSUN_FN Real sure_from_i(const Curve& c, Real current) {
  const Real rest = c.photocurrent - current, ratio = rest / c.saturation_current;
  const Real hi = rest > 0.0 ? c.nNsVth * math::min(math::log(ratio) + 1.0 / ratio, ratio) : 0.0;
  const Real lo = rest > 0.0 ? 0.0 : rest / c.conductance_shunt;
  const bool none = rest + c.saturation_current <= 0.0 && !(c.conductance_shunt > 0.0);
  return none | (ratio != ratio) ? math::not_a_number
                                 : bracketed(lo > -1e300 ? lo : -700.0 * c.nNsVth, hi, [&](Real x, Real& slope) {
                                     const Point p = at(c, x);
                                     slope = -p.di;
                                     return current - p.i;
                                   });
}
// dP/dx is positive at x = 0 and negative where the current is zero.
COLDSUN_FN Real sure_max_power(const Curve& c) {
  return bracketed(0.0, vd_bound(c), [&](Real x, Real& slope) {
    const Point p = at(c, x);
    slope = -d2_power(c, p);
    return -p.d_power();
  });
}

}  // namespace coldsun::electrical

// Single-diode model of a PV module: parameters at irradiance and temperature, maximum power point, current at a
// voltage, voltage at a power.
//   i = photocurrent - saturation_current (exp(x / nNsVth) - 1) - x / resistance_shunt,   v = x - i resistance_series
// The diode voltage x is the unknown: voltage and current are explicit in it, and no step divides by a small number.
// Newton has a fixed number of steps, so that all lanes of a vector do the same.
#pragma once
#include <cmath>

#include "common/math.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {

struct Curve {
  Real photocurrent, saturation_current, resistance_series, conductance_shunt, nNsVth;  // A, A, ohm, S, V
  Real inverse_nNsVth, ratio, log_ratio;  // 1/V; photocurrent / saturation_current and its logarithm
};
COLDSUN_FN Curve make_curve(Real photocurrent, Real saturation_current, Real resistance_series, Real conductance_shunt,
                            Real nNsVth) {
  const Real ratio = photocurrent / saturation_current;
  return Curve{.photocurrent = photocurrent,
               .saturation_current = saturation_current,
               .resistance_series = resistance_series,
               .conductance_shunt = conductance_shunt,
               .nNsVth = nNsVth,
               .inverse_nNsVth = 1.0 / nNsVth,
               .ratio = ratio,
               .log_ratio = math::log(ratio)};
}

inline constexpr Real boltzmann_ev = 8.617333262e-5;  // eV/K, CODATA 2018
inline constexpr Real t_reference = 298.15;           // K
inline constexpr Real g_reference = 1000.0;           // W/m2
// eV, silicon at 25 degC (De Soto et al. 2006, doi 10.1016/j.solener.2005.06.010)
inline constexpr Real gap_reference = 1.121;
inline constexpr Real gap_slope = -2.677e-4;  // 1/K, the same source; the CEC model uses both for every material

// De Soto et al. 2006 with the CEC model's adjustment of the temperature coefficient (Dobos 2012,
// doi 10.1115/1.4005759).
COLDSUN_FN Curve calcparams_cec(Real effective_irradiance, Real temp_cell, const Module& m) {
  const Real g = effective_irradiance / g_reference, r = temp_cell / t_reference;
  const Real alpha = m.alpha_sc * (1.0 - m.adjust);
  const Real gap = gap_reference * (1.0 + gap_slope * (temp_cell - t_reference));
  const Real e = gap_reference / (boltzmann_ev * t_reference) - gap / (boltzmann_ev * temp_cell);
  return make_curve(g * (m.i_l_ref + alpha * (temp_cell - t_reference)), m.i_o_ref * r * r * r * math::exp(e), m.r_s,
                    g / m.r_sh_ref, m.a_ref * r);
}

// Start value: ln x to 6e-3 for any positive normal x, from its exponent k and its fraction 1 + f:
//   log2(1 + f) ~ f + 0.345 f (1 - f)
inline constexpr Real rough_log_error = 6e-3;
COLDSUN_FN Real rough_log(Real x) {
  const std::uint64_t u = math::bits_of(x);
  const Real k = math::real_of(0x4330000000000000 | (u >> 52)) - (0x1p52 + 1023.0);
  const Real f = math::real_of((u & 0x000fffffffffffff) | 0x3ff0000000000000) - 1.0;
  return 0.6931471805599453 * (k + f * (1.345 - 0.345 * f));
}

// A point of the curve with derivatives with respect to x.
struct Point {
  Real v, i, dv, di, d2i;
  COLDSUN_FN Real power() const { return v * i; }
  COLDSUN_FN Real d_power() const { return i * dv + v * di; }
};
COLDSUN_FN Point at(const Curve& c, Real x) {
  const Real e = c.saturation_current * math::exp(x * c.inverse_nNsVth), slope = e * c.inverse_nNsVth;
  Point p;
  p.i = c.photocurrent - (e - c.saturation_current) - x * c.conductance_shunt;
  p.di = -(slope + c.conductance_shunt);
  p.d2i = -slope * c.inverse_nNsVth;
  p.v = x - p.i * c.resistance_series;
  p.dv = 1.0 - c.resistance_series * p.di;
  return p;
}
COLDSUN_FN Real d2_power(const Curve& c, const Point& p) {
  return 2.0 * p.di * p.dv + (p.v - p.i * c.resistance_series) * p.d2i;
}

// An upper bound of v_oc: the diode alone takes the photocurrent at a ln(1 + r), and ln(1 + r) is below both ln r + 1 /
// r and r.
COLDSUN_FN Real vd_bound(const Curve& c) { return c.nNsVth * math::min(c.log_ratio + 1.0 / c.ratio, c.ratio); }

// N Newton steps, unrolled by recursion. Maximum power point: root of dP/dx, undivided.
template <int N>
COLDSUN_FN Real newton_mpp(const Curve& c, Real x) {
  if constexpr (N == 0) {
    return x;
  } else {
    const Point p = at(c, x);
    return newton_mpp<N - 1>(c, x - p.d_power() / d2_power(c, p));
  }
}
// Terminal voltage v: x - i(x) resistance_series = v is convex and rising in x, so Newton from the right never
// overshoots.
template <int N>
COLDSUN_FN Real newton_voltage(const Curve& c, Real v, Real x) {
  if constexpr (N == 0) {
    return x;
  } else {
    const Point p = at(c, x);
    return newton_voltage<N - 1>(c, v, x - (p.v - v) / p.dv);
  }
}
// Zero current, by Newton from the right.
template <int N>
COLDSUN_FN Real newton_open(const Curve& c, Real x) {
  if constexpr (N == 0) {
    return x;
  } else {
    const Point p = at(c, x);
    return newton_open<N - 1>(c, x - p.i / p.di);
  }
}
// Power p right of the maximum, where power is concave and falling, so Newton from the right never overshoots.
template <int N>
COLDSUN_FN Real newton_power(const Curve& c, Real power, Real flat, Real vd_mp, Real x) {
  if constexpr (N == 0) {
    return x;
  } else {
    const Point p = at(c, x);
    const Real step = (p.power() - power) / math::min(p.d_power(), flat);
    return newton_power<N - 1>(c, power, flat, vd_mp, math::max(x - step, vd_mp));
  }
}

struct MaxPower {
  Real vd, v, i, p, curvature;  // diode voltage, terminals, d2P/dx2
};
// Start value: the maximum of the ideal diode's power, x = a (w - 1) with w e^w = e^l, l = 1 + ln(photocurrent /
// saturation_current), w ~ l - ln l.
template <int N = 5>
COLDSUN_FN MaxPower max_power(const Curve& c) {
  const Real l = math::max(1.0 + c.log_ratio, 1.1);  // photocurrent below the saturation current: start near the origin
  const Real x = newton_mpp<N>(c, c.nNsVth * (l - rough_log(l) - 1.0));
  const Point p = at(c, x);
  return MaxPower{x, p.v, p.i, p.power(), d2_power(c, p)};
}

// Diode voltage at any terminal voltage, from reverse (no breakdown) to far above v_oc. Upper bounds of x: all
// photocurrent through the series resistance; no current; above v_oc, a diode that takes the whole current of the
// series resistance.
template <int N = 7>
COLDSUN_FN Real vd_from_v(const Curve& c, Real v) {
  const Real open = vd_bound(c), all = v + c.photocurrent * c.resistance_series;
  const Real driven = math::min(all / (c.resistance_series * c.saturation_current + 1e-300), 1e300);
  const Real above = math::max(open, c.nNsVth * (rough_log(1.0 + driven) + rough_log_error));
  return newton_voltage<N>(c, v, math::min(math::min(all, math::max(open, v)), above));
}
COLDSUN_FN Real v_oc(const Curve& c) { return newton_open<5>(c, vd_bound(c)); }

// Diode voltage at any terminal current: zero of the curve shifted down by that current. It is concave and falling in
// x, so Newton from the right never overshoots. The remaining photocurrent bounds x as in vd_bound; without a remainder
// x is negative.
template <int N>
COLDSUN_FN Real newton_current(const Curve& c, Real current, Real x) {
  if constexpr (N == 0) {
    return x;
  } else {
    const Point p = at(c, x);
    return newton_current<N - 1>(c, current, x - (p.i - current) / p.di);
  }
}
template <int N = 7>
COLDSUN_FN Real vd_from_i(const Curve& c, Real current) {
  const Real ratio = math::max((c.photocurrent - current) / c.saturation_current, 1e-300);
  return newton_current<N>(c, current, c.nNsVth * math::min(math::log(ratio) + 1.0 / ratio, ratio));
}

// Diode voltage right of the maximum at which the module delivers `power`, 0 <= power <= max.p: the curtailed point.
// Start values from the right: the parabola at the maximum, which lies above the curve there, and the bound of v_oc.
template <int N = 9>
COLDSUN_FN Real vd_for_power(const Curve& c, Real vd_mp, Real p_mp, Real curvature, Real power) {
  const Real parabola = vd_mp + std::sqrt(math::max(2.0 * (power - p_mp) / curvature, 0.0));
  return newton_power<N>(c, power, 1e-7 * curvature * c.nNsVth, vd_mp, math::min(parabola, vd_bound(c)));
}

}  // namespace coldsun::electrical

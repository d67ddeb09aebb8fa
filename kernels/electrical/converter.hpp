// Converters and cables: loss as a function of power, its inverse in closed form, the boost stage's duty cycle and
// conduction mode. Efficiency is never stored: at small power loss is finite and efficiency is not.
#pragma once
#include <cmath>

#include "common/math.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {

// c0: gate drives and control, c1: switching and diode drops, c2: resistances. The default coefficients
// give 96.5, 98.0, 98.7, 99.06 and 98.97 % at 5, 10, 20, 50 and 100 % of rating, a silicon-carbide boost stage (assumed
// shape, fitted to these points).
COLDSUN_FN Real converter_loss(const Converter& c, Real p) {
  if (!(c.rating > 0.0)) return 0.0;
  const Real x = std::fabs(p) / c.rating;
  return c.rating * (c.c0 + x * (c.c1 + x * c.c2));
}
// What a source with terminal power p brings to the other side; p < 0 takes from there.
COLDSUN_FN Real through(const Converter& c, Real p) { return p - converter_loss(c, p); }

// Terminal power p with p - loss(p) = q: the root of a quadratic, written so that nothing cancels.
COLDSUN_FN Real terminal_power(const Converter& c, Real q) {
  if (!(c.rating > 0.0)) return q;
  const Real y = c.c0 + q / c.rating, b = y >= 0.0 ? 1.0 - c.c1 : 1.0 + c.c1;
  return c.rating * 2.0 * y / (b + std::sqrt(math::max(b * b - 4.0 * c.c2 * y, 0.0)));
}
// Terminal power that just feeds the converter itself.
COLDSUN_FN Real idle_power(const Converter& c) { return terminal_power(c, 0.0); }
// A converter that feeds a load p: what it takes in, and the load that an input q can feed. Off without load.
COLDSUN_FN Real input_power(const Converter& c, Real p) { return p > 0.0 ? p + converter_loss(c, p) : 0.0; }
COLDSUN_FN Real load_power(const Converter& c, Real q) { return math::max(-terminal_power(c, -q), 0.0); }

// Loss of a converter given by a table, at load p; it is off without load.
COLDSUN_FN Real table_loss(const LossTable& t, Real rating, Real p) { return p > 0.0 ? rating * t(p / rating) : 0.0; }

// Cables: k = r / v^2, loss = k p^2 with p the power at the end away from the bus. Signs: p flows to the bus.
COLDSUN_FN Real cable_factor(Real r, Real v) { return r / (v * v); }
COLDSUN_FN Real cable_received(Real k, Real sent) { return sent - k * sent * sent; }
COLDSUN_FN Real cable_sent(Real k, Real received) {
  return 2.0 * received / (1.0 + std::sqrt(math::max(1.0 - 4.0 * k * received, 0.0)));
}
// For loads: the bus sends p + k p^2; the load that the bus can feed with q.
COLDSUN_FN Real cable_fed(Real k, Real load) { return load + k * load * load; }
COLDSUN_FN Real cable_load(Real k, Real q) { return 2.0 * q / (1.0 + std::sqrt(1.0 + 4.0 * k * q)); }

// What a string's boost converter can do with a string that tracks p_track: it feeds itself from the string, so it runs
// between the power that just does that (low) and the power of tracker or rating (high); it sleeps below twice the
// former.
struct PvRange {
  Real low, high;
  bool on;
};
COLDSUN_FN PvRange pv_range(const Converter& c, Real p_track) {
  const Real low = idle_power(c), high = math::min(p_track, c.rating);
  return PvRange{low, high, p_track > 2.0 * low};
}
// Net power of a share u of the way from low to high is linear u + square u^2, exactly, as loss is a quadratic.
COLDSUN_FN Real net_linear(const Converter& c, const PvRange& r) {
  return (r.high - r.low) * (1.0 - c.c1 - 2.0 * c.c2 * r.low / c.rating);
}
COLDSUN_FN Real net_square(const Converter& c, const PvRange& r) {
  const Real d = r.high - r.low;
  return -c.c2 * d * d / c.rating;
}
// The share that gives n of linear + square.
COLDSUN_FN Real share(Real linear, Real square, Real n) {
  if (!(linear > 0.0)) return 0.0;
  return math::clamp(2.0 * n / (linear + std::sqrt(math::max(linear * linear + 4.0 * square * n, 0.0))), 0.0, 1.0);
}

// Ideal boost stage (Erickson and Maksimovic, Fundamentals of Power Electronics, ch. 2 and 5): in continuous conduction
// d = 1 - v_in / v_out; where half the ripple v_in d / (l f_sw) exceeds the mean current it is discontinuous and d^2 =
// 2 l f_sw i (v_out - v_in) / (v_in v_out). Where v_in >= v_out the diode conducts all the time: pass-through, d = 0.
struct Boost {
  Real duty;
  bool discontinuous;
};
COLDSUN_FN Boost boost(Real v_in, Real v_out, Real i_l, Real inductance, Real f_sw) {
  const Real continuous = math::max(1.0 - v_in / v_out, 0.0), lf = inductance * f_sw;
  const Real square = 2.0 * lf * math::max(i_l, 0.0) * (v_out - v_in) / math::max(v_in * v_out, 1e-300);
  const Real dcm = std::sqrt(math::max(square, 0.0));
  const bool discontinuous = dcm < continuous;  // the same condition, i < v_in d / (2 l f_sw)
  return Boost{discontinuous ? dcm : continuous, discontinuous};
}

}  // namespace coldsun::electrical

// Converters and cables: loss as a function of power, its inverse in closed form, duty cycle and conduction mode of the
// boost stage. Losses are stored instead of efficiencies, because they stay finite at zero power.
#pragma once
#include <cmath>

#include "common/math.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {

// c0: gate drives and control, c1: switching and diode drops, c2: resistances. The default coefficients give 96.5,
// 98.0, 98.7, 99.06 and 98.97 % at 5, 10, 20, 50 and 100 % of rating: a silicon-carbide boost stage (assumed shape,
// fitted to these points).
COLDSUN_FN Real converter_loss(const Converter& c, Real p) {
  if (!(c.p_rated > 0.0)) return 0.0;
  const Real x = std::fabs(p) / c.p_rated;
  return c.p_rated * (c.loss.c0 + x * (c.loss.c1 + x * c.loss.c2));
}
// Power on the other side of a source with terminal power p; p < 0 is taken from there.
COLDSUN_FN Real through(const Converter& c, Real p) { return p - converter_loss(c, p); }

// Terminal power p with p - loss(p) = q: the root of a quadratic in a form without cancellation.
COLDSUN_FN Real terminal_power(const Converter& c, Real q) {
  if (!(c.p_rated > 0.0)) return q;
  const Real y = c.loss.c0 + q / c.p_rated, b = y >= 0.0 ? 1.0 - c.loss.c1 : 1.0 + c.loss.c1;
  return c.p_rated * 2.0 * y / (b + std::sqrt(math::max(b * b - 4.0 * c.loss.c2 * y, 0.0)));
}
// Terminal power that covers the converter's own idle loss.
COLDSUN_FN Real idle_power(const Converter& c) { return terminal_power(c, 0.0); }
// A converter with load p: its input power, and the load for an input q. Off without load.
COLDSUN_FN Real input_power(const Converter& c, Real p) { return p > 0.0 ? p + converter_loss(c, p) : 0.0; }
COLDSUN_FN Real load_power(const Converter& c, Real q) { return math::max(-terminal_power(c, -q), 0.0); }

// Loss of a converter given by a table, at load p; the converter is off without load.
COLDSUN_FN Real table_loss(const LossTable& t, Real rating, Real p) { return p > 0.0 ? rating * t(p / rating) : 0.0; }

// Cables: k = r / v^2, loss = k p^2 with p the power at the end away from the bus. Signs: p flows to the bus.
COLDSUN_FN Real cable_factor(Real r, Real v) { return r / (v * v); }
COLDSUN_FN Real cable_received(Real k, Real sent) { return sent - k * sent * sent; }
COLDSUN_FN Real cable_sent(Real k, Real received) {
  return 2.0 * received / (1.0 + std::sqrt(math::max(1.0 - 4.0 * k * received, 0.0)));
}
// For loads: the bus supplies p + k p^2; load for a supply q.
COLDSUN_FN Real cable_fed(Real k, Real load) { return load + k * load * load; }
COLDSUN_FN Real cable_load(Real k, Real q) { return 2.0 * q / (1.0 + std::sqrt(1.0 + 4.0 * k * q)); }

// Range of a string's boost converter at tracker power p_track. The string feeds its converter, so the range is from
// the converter's idle power (low) to the power of tracker or rating (high). It sleeps below twice the idle power.
struct PvRange {
  Real low, high;
  bool on;
};
COLDSUN_FN PvRange pv_range(const Converter& c, Real p_track) {
  const Real low = idle_power(c), high = math::min(p_track, c.p_rated);
  return PvRange{low, high, p_track > 2.0 * low};
}
// Net power at share u of the way from low to high: linear u + square u^2, exact because loss is quadratic.
COLDSUN_FN Real net_linear(const Converter& c, const PvRange& r) {
  return (r.high - r.low) * (1.0 - c.loss.c1 - 2.0 * c.loss.c2 * r.low / c.p_rated);
}
COLDSUN_FN Real net_square(const Converter& c, const PvRange& r) {
  const Real d = r.high - r.low;
  return -c.loss.c2 * d * d / c.p_rated;
}
// The share u at which linear u + square u^2 equals n.
COLDSUN_FN Real share(Real linear, Real square, Real n) {
  if (!(linear > 0.0)) return 0.0;
  return math::clamp(2.0 * n / (linear + std::sqrt(math::max(linear * linear + 4.0 * square * n, 0.0))), 0.0, 1.0);
}

// Ideal boost stage (Erickson and Maksimovic, Fundamentals of Power Electronics, ch. 2 and 5):
//   continuous conduction: d = 1 - v_in / v_out
//   discontinuous, with half the ripple v_in d / (l f_sw) above the mean current:
//     d^2 = 2 l f_sw i (v_out - v_in) / (v_in v_out)
//   pass-through, v_in >= v_out: the diode always conducts, d = 0
struct Boost {
  Real duty;
  bool discontinuous;
};
COLDSUN_FN Boost boost(Real v_in, Real v_out, Real i_l, Real inductance, Real f_sw) {
  const Real continuous = math::max(1.0 - v_in / v_out, 0.0), lf = inductance * f_sw;
  const Real square = 2.0 * lf * math::max(i_l, 0.0) * (v_out - v_in) / math::max(v_in * v_out, 1e-300);
  const Real dcm = std::sqrt(math::max(square, 0.0));
  const bool discontinuous = dcm < continuous;  // equivalent to i < v_in d / (2 l f_sw)
  return Boost{discontinuous ? dcm : continuous, discontinuous};
}

}  // namespace coldsun::electrical

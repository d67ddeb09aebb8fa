// Interpolation in tables: linear on uniform and non-uniform knots, exact mean over an interval, monotone cubic
// (PCHIP). Outside the table the end value is used. Lookups have no branches on the data, so that loops over them
// vectorise.
#pragma once
#include "common/array.hpp"
#include "common/math.hpp"

namespace coldsun {

COLDSUN_FN constexpr Real lerp(Real a, Real b, Real t) { return a + t * (b - a); }

// Position of x on a grid of n >= 2 uniform knots: in the cell from knot `cell` to the next, at `t` in [0, 1].
struct Place {
  int cell;
  Real t;
};
COLDSUN_FN Place place_uniform(Real x, Real first, Real inverse_step, int n) {
  const Real s = math::clamp((x - first) * inverse_step, 0.0, n - 1.0);
  const int cell = static_cast<int>(math::min(s, n - 2.0));
  return {cell, s - cell};
}

// Position on n >= 2 increasing knots x, by bisection with selects.
COLDSUN_FN Place place(const View<const Real, 1>& x, Real at) {
  int cell = 0;
  for (int width = x.extent[0] - 1; width > 1;) {
    const int half = width / 2;
    cell = x(cell + half) <= at ? cell + half : cell;
    width -= half;
  }
  return {cell, math::clamp((at - x(cell)) / (x(cell + 1) - x(cell)), 0.0, 1.0)};
}

COLDSUN_FN Real interp_uniform(const View<const Real, 1>& y, Real first, Real inverse_step, Real x) {
  const Place p = place_uniform(x, first, inverse_step, y.extent[0]);
  return lerp(y(p.cell), y(p.cell + 1), p.t);
}
COLDSUN_FN Real interp(const View<const Real, 1>& x, const View<const Real, 1>& y, Real at) {
  const Place p = place(x, at);
  return lerp(y(p.cell), y(p.cell + 1), p.t);
}

// Bilinear on two increasing axes: z(i, j) at (x(i), y(j)).
COLDSUN_FN Real interp2(const View<const Real, 1>& x, const View<const Real, 1>& y, const View<const Real, 2>& z,
                        Real at_x, Real at_y) {
  const Place p = place(x, at_x), q = place(y, at_y);
  return lerp(lerp(z(p.cell, q.cell), z(p.cell, q.cell + 1), q.t),
              lerp(z(p.cell + 1, q.cell), z(p.cell + 1, q.cell + 1), q.t), p.t);
}

// prefix(i) = integral of the piecewise linear function with knots y from knot 0 to knot i, in steps (trapezoidal rule,
// exact except for rounding).
COLDSUN_FN void integrate_uniform(const View<const Real, 1>& y, const View<Real, 1>& prefix) {
  Real sum = 0.0;
  prefix(0) = 0.0;
  for (int i = 1; i < y.extent[0]; ++i) prefix(i) = sum += 0.5 * (y(i - 1) + y(i));
}

// Integral from knot 0 to x, in steps, of that function, constant outside its knots.
COLDSUN_FN Real integral_uniform(const View<const Real, 1>& y, const View<const Real, 1>& prefix, Real first,
                                 Real inverse_step, Real x) {
  const int n = y.extent[0];
  const Place p = place_uniform(x, first, inverse_step, n);
  const Real s = (x - first) * inverse_step;
  const Real outside = s < 0.0 ? s * y(0) : (s > n - 1.0 ? (s - (n - 1.0)) * y(n - 1) : 0.0);
  return outside + prefix(p.cell) + p.t * lerp(y(p.cell), y(p.cell + 1), 0.5 * p.t);
}

// Mean of that function over [start, stop], start <= stop; at start == stop its value. Within one cell the prefix sums
// would cancel, so the exact value at the middle is used. Otherwise the prefix sums round: 1e-16 n over the length in
// steps.
COLDSUN_FN Real mean_uniform(const View<const Real, 1>& y, const View<const Real, 1>& prefix, Real first,
                             Real inverse_step, Real start, Real stop) {
  const Real a = (start - first) * inverse_step, b = (stop - first) * inverse_step;
  const Real last = y.extent[0] - 1.0;
  const bool one_cell = std::floor(math::clamp(a, -1.0, last)) == std::floor(math::clamp(b, -1.0, last)) || b == a;
  const Real middle = interp_uniform(y, first, inverse_step, 0.5 * (start + stop));
  const Real whole =
      integral_uniform(y, prefix, first, inverse_step, stop) - integral_uniform(y, prefix, first, inverse_step, start);
  return one_cell ? middle : whole / (b - a);
}

// One-sided three-point slope at an end, limited so that the end stays monotone (Moler, Numerical Computing with
// MATLAB, 3.6, 2004).
COLDSUN_FN Real pchip_end_slope(Real h0, Real h1, Real d0, Real d1) {
  const Real s = ((2.0 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
  if (s * d0 <= 0.0) return 0.0;
  return d0 * d1 <= 0.0 && std::fabs(s) > 3.0 * std::fabs(d0) ? 3.0 * d0 : s;
}

// Slopes of the monotone cubic through (x, y): weighted harmonic means (Fritsch and Butland 1984, doi 10.1137/0905021),
// as in SciPy.
COLDSUN_FN void pchip_slopes(const View<const Real, 1>& x, const View<const Real, 1>& y, const View<Real, 1>& slope) {
  const int n = x.extent[0];
  for (int i = 0; i < n; ++i) slope(i) = (y(1) - y(0)) / (x(1) - x(0));
  if (n < 3) return;
  for (int i = 1; i + 1 < n; ++i) {
    const Real h0 = x(i) - x(i - 1), h1 = x(i + 1) - x(i);
    const Real d0 = (y(i) - y(i - 1)) / h0, d1 = (y(i + 1) - y(i)) / h1;
    const Real w0 = 2.0 * h1 + h0, w1 = h1 + 2.0 * h0;
    slope(i) = d0 * d1 > 0.0 ? (w0 + w1) / (w0 / d0 + w1 / d1) : 0.0;
  }
  const Real h0 = x(1) - x(0), h1 = x(2) - x(1), g0 = x(n - 1) - x(n - 2), g1 = x(n - 2) - x(n - 3);
  slope(0) = pchip_end_slope(h0, h1, (y(1) - y(0)) / h0, (y(2) - y(1)) / h1);
  slope(n - 1) = pchip_end_slope(g0, g1, (y(n - 1) - y(n - 2)) / g0, (y(n - 2) - y(n - 3)) / g1);
}

// Cubic Hermite on one cell of width h at t in [0, 1], and its derivative with respect to x.
COLDSUN_FN Real hermite(Real y0, Real y1, Real s0, Real s1, Real h, Real t) {
  const Real d = (y1 - y0) / h;
  return y0 + h * t * (s0 + t * ((3.0 * d - 2.0 * s0 - s1) + t * (s0 + s1 - 2.0 * d)));
}
COLDSUN_FN Real hermite_slope(Real y0, Real y1, Real s0, Real s1, Real h, Real t) {
  const Real d = (y1 - y0) / h;
  return s0 + t * (2.0 * (3.0 * d - 2.0 * s0 - s1) + 3.0 * t * (s0 + s1 - 2.0 * d));
}

struct Pchip {
  View<const Real, 1> x, y, slope;
  COLDSUN_FN Real operator()(Real at) const {
    const Place p = place(x, at);
    return hermite(y(p.cell), y(p.cell + 1), slope(p.cell), slope(p.cell + 1), x(p.cell + 1) - x(p.cell), p.t);
  }
  // Zero outside the table, where the function is constant.
  COLDSUN_FN Real derivative(Real at) const {
    const Place p = place(x, at);
    const Real d =
        hermite_slope(y(p.cell), y(p.cell + 1), slope(p.cell), slope(p.cell + 1), x(p.cell + 1) - x(p.cell), p.t);
    return at < x(0) || at > x(x.extent[0] - 1) ? 0.0 : d;
  }
};

}  // namespace coldsun

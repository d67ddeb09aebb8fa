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

COLDSUN_FN Real interp_uniform(const View<const Real, 1>& y, Real first, Real inverse_step, Real x) {
  const Place p = place_uniform(x, first, inverse_step, y.extent[0]);
  return lerp(y(p.cell), y(p.cell + 1), p.t);
}

}  // namespace coldsun

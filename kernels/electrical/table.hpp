// Table: a curve through few points, piecewise cubic or linear, small enough for a struct of constants.
#pragma once
#include "common/math.hpp"

namespace coldsun::electrical {

// Knots x (rising), values y and slopes d. Beyond the first and the last knot the curve continues as a straight line.
template <int N>
struct Table {
  std::int32_t n = 0;
  Real x[N] = {}, y[N] = {}, d[N] = {};

  // Branch-free search: the interval is the number of inner knots not above q.
  COLDSUN_FN int interval(Real q) const {
    int k = 0;
    for (int i = 1; i < N - 1; ++i) k += (i < n - 1 && q >= x[i]) ? 1 : 0;
    return k;
  }
  COLDSUN_FN Real operator()(Real q) const {
    const int k = interval(q);
    const Real inside = math::clamp(q, x[0], x[n - 1]), h = x[k + 1] - x[k], t = (inside - x[k]) / h, u = 1.0 - t;
    const Real cubic =
        u * u * (1.0 + 2.0 * t) * y[k] + t * t * (3.0 - 2.0 * t) * y[k + 1] + h * t * u * (u * d[k] - t * d[k + 1]);
    return cubic + (q - inside) * (q < x[0] ? d[0] : d[n - 1]);
  }
  COLDSUN_FN Real slope(Real q) const {
    const int k = interval(q);
    const Real inside = math::clamp(q, x[0], x[n - 1]), h = x[k + 1] - x[k], t = (inside - x[k]) / h;
    return 6.0 * t * (1.0 - t) * (y[k + 1] - y[k]) / h + (1.0 - t) * (1.0 - 3.0 * t) * d[k] +
           t * (3.0 * t - 2.0) * d[k + 1];
  }
};

// Slopes that keep monotone data monotone (Fritsch and Butland 1984, doi 10.1137/0905021): weighted harmonic mean of
// the secants inside, the secant itself at both ends, so that the extrapolation continues the last secant.
template <int N>
COLDSUN_FN void monotone_slopes(Table<N>& t) {
  for (int i = 0; i < t.n; ++i) {
    const int a = i > 0 ? i - 1 : 0, b = i < t.n - 1 ? i : t.n - 2;
    const Real ha = t.x[a + 1] - t.x[a], hb = t.x[b + 1] - t.x[b];
    const Real sa = (t.y[a + 1] - t.y[a]) / ha, sb = (t.y[b + 1] - t.y[b]) / hb;
    const Real wa = 2.0 * hb + ha, wb = hb + 2.0 * ha;
    t.d[i] = sa * sb > 0.0 ? (wa + wb) / (wa / sa + wb / sb) : 0.0;
  }
}

// The same, piecewise linear.
template <int N>
struct PolyLine {
  std::int32_t n = 0;
  Real x[N] = {}, y[N] = {};

  COLDSUN_FN int interval(Real q) const {
    int k = 0;
    for (int i = 1; i < N - 1; ++i) k += (i < n - 1 && q >= x[i]) ? 1 : 0;
    return k;
  }
  COLDSUN_FN Real slope(Real q) const {
    const int k = interval(q);
    return (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
  }
  COLDSUN_FN Real operator()(Real q) const {
    const int k = interval(q);
    return y[k] + (q - x[k]) * (y[k + 1] - y[k]) / (x[k + 1] - x[k]);
  }
};

}  // namespace coldsun::electrical

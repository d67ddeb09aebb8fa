// A window that starts with an event: running statistics of the drift in it. Pure functions; memory does not grow with
// time.
#pragma once
#include "common/math.hpp"
#include "common/time.hpp"

namespace coldsun::ensemble {

// Histogram of a signed quantity over many orders of magnitude: bins of equal width in asinh(x / unit), symmetric about
// 0.
inline constexpr int n_bin = 128;
// linear below 0.02, then 15 % a bin up to 66; the end bins are open
inline constexpr Real bin_unit = 0.02, bin_width = 0.1375;
COLDSUN_FN Real asinh_of(Real x) {
  const Real a = std::fabs(x), y = math::log(a + std::sqrt(a * a + 1.0));
  return x < 0 ? -y : y;
}
COLDSUN_FN int bin_of(Real x) {
  const Real b = asinh_of(x / bin_unit) / bin_width + 0.5 * n_bin;
  return static_cast<int>(math::clamp(b, 0.0, n_bin - 1.0));
}
// Lower edge of bin i; i = n_bin: upper edge of the last.
COLDSUN_FN Real bin_edge(int i) {
  const Real y = math::exp(bin_width * (i - 0.5 * n_bin));
  return 0.5 * bin_unit * (y - 1.0 / y);
}

// Drift of a group: its largest value above and below zero.
struct Drift {
  Real rise = 0, dip = 0;  // dip <= 0 <= rise
  COLDSUN_FN Real size() const { return math::max(rise, -dip); }
  COLDSUN_FN Real extreme() const { return rise >= -dip ? rise : dip; }  // with its sign
};

// Drift in one window so far. Between two samples its size is interpolated linearly in time.
struct Trace {
  Time last = never;       // of the last sample; never: none yet
  Real size = 0;           // at the last sample
  Real rise = 0, dip = 0;  // largest so far
  Real above = 0;          // time above the limit [s]
  Time last_above = 0;     // last downward crossing of the limit, or last sample above it; 0: none

  COLDSUN_FN void look(Time now, const Drift& d, Real limit) {
    const Real v = d.size();
    if (last != never && now > last) {
      const Real dt = seconds(now - last), before = size - limit, after = v - limit;
      if (before > 0 && after > 0) above += dt, last_above = now;
      else if (before > 0)
        above += dt * (before / (before - after)), last_above = last + nanoseconds(dt * (before / (before - after)));
      else if (after > 0) above += dt * (after / (after - before)), last_above = now;
    } else if (v > limit) {
      last_above = now;
    }
    last = now, size = v, rise = math::max(rise, d.rise), dip = math::min(dip, d.dip);
  }
};

}  // namespace coldsun::ensemble

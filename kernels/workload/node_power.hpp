// Power of a node by its utilisation, and its rate of work by the power drawn. Pure functions; fits and residuals in
// the README.
#pragma once
#include "common/math.hpp"

namespace coldsun::workload {

// p = p_idle + (p_max - p_idle) u^exponent: concave, because any work raises clocks and memory power. Two H100 (Cornell
// BioHPC) over their 4,237 steady hours: 79 W, 341 W and exponent 0.84, median residual 2.9 W
// (validation/data/workload_power_use.csv).
struct PowerCurve {
  Real p_idle, p_max;  // W
  Real exponent;       // 1

  COLDSUN_FN Real share(Real utilization) const { return math::pow(math::clamp(utilization, 0.0, 1.0), exponent); }
  COLDSUN_FN Real operator()(Real utilization) const { return p_idle + (p_max - p_idle) * share(utilization); }
  // Utilisation at power p.
  COLDSUN_FN Real inverse(Real p) const {
    return math::pow(math::clamp((p - p_idle) / (p_max - p_idle), 0.0, 1.0), 1.0 / exponent);
  }
};

// Utilisation with the power of u raised by `gain` times the rest up to the maximum.
COLDSUN_FN Real raised_utilization(Real u, Real exponent, Real gain) {
  const Real share = math::pow(math::clamp(u, 0.0, 1.0), exponent);
  return math::pow(math::min(share + gain * (1.0 - share), 1.0), 1.0 / exponent);
}

// Rate of work, relative to no cap, at the share y of the power above idle: 1 - (1 - s)^c with s = (y - dead) / (1 -
// dead). A cap first lowers clocks, which costs little throughput; the last part of the power keeps the device awake
// without work. Fit to the power-cap sweeps of the Zeus traces (You, Chung and Chowdhury, NSDI 2023; Apache-2.0): 791
// runs on A40, RTX 6000 and P100, median residual 0.025, rms 0.084; idle assumed at 0.15 of the uncapped power
// (validation/data/workload_power_cap.csv).
inline constexpr Real pace_dead = 0.18, pace_exponent = 2.4;

COLDSUN_FN Real pace_at(Real y) {
  const Real s = math::clamp((y - pace_dead) / (1.0 - pace_dead), 0.0, 1.0);
  return s >= 1.0 ? 1.0 : 1.0 - math::pow(1.0 - s, pace_exponent);
}

// Rate of work of a node that draws p, with p_unthrottled its power without a cap. 1 where no power above idle is
// requested.
COLDSUN_FN Real node_pace(Real p, Real p_idle, Real p_unthrottled) {
  const Real asked = p_unthrottled - p_idle;
  const bool idle_work = !(asked > 1e-6 * p_unthrottled);
  return idle_work ? (p > 0.0 ? 1.0 : 0.0) : pace_at((p - p_idle) / asked);
}

}  // namespace coldsun::workload

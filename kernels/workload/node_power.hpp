// Power of a node by its utilisation, and its rate of work by the power it really gets. Pure functions; fits and
// residuals in the README.
#pragma once
#include "common/math.hpp"

namespace coldsun::workload {

// p = p_idle + (p_max - p_idle) u^exponent: concave, since clocks and memory are up as soon as there is any work. Two
// H100 (Cornell BioHPC) over their 4,237 steady hours: 79 W, 341 W and exponent 0.84, median residual 2.9 W
// (validation/data/workload_power_use.csv).
struct PowerCurve {
  Real p_idle, p_max;  // W
  Real exponent;       // 1

  COLDSUN_FN Real share(Real utilization) const { return math::pow(math::clamp(utilization, 0.0, 1.0), exponent); }
  COLDSUN_FN Real operator()(Real utilization) const { return p_idle + (p_max - p_idle) * share(utilization); }
  // The utilisation that draws p.
  COLDSUN_FN Real inverse(Real p) const {
    return math::pow(math::clamp((p - p_idle) / (p_max - p_idle), 0.0, 1.0), 1.0 / exponent);
  }
};

// Utilisation whose power lies `gain` of the way from that of u up to the maximum.
COLDSUN_FN Real raised_utilization(Real u, Real exponent, Real gain) {
  const Real share = math::pow(math::clamp(u, 0.0, 1.0), exponent);
  return math::pow(math::min(share + gain * (1.0 - share), 1.0), 1.0 / exponent);
}

// Rate of work, relative to that without a cap, at the share y of the power above idle: 1 - (1 - s)^c with s = (y -
// dead) / (1 - dead). Clocks are lowered first, which costs little throughput; the last part of the power keeps the
// device awake and does no work. Fit to the power-cap sweeps of the Zeus traces (You, Chung and Chowdhury, NSDI 2023;
// Apache-2.0): 791 runs on A40, RTX 6000 and P100, median residual 0.025, rms 0.084; idle taken as 0.15 of the uncapped
// power (validation/data/workload_power_cap.csv).
inline constexpr Real pace_dead = 0.18, pace_exponent = 2.4;

COLDSUN_FN Real pace_at(Real y) {
  const Real s = math::clamp((y - pace_dead) / (1.0 - pace_dead), 0.0, 1.0);
  return s >= 1.0 ? 1.0 : 1.0 - math::pow(1.0 - s, pace_exponent);
}

// Rate of work of a node that draws p where it would have drawn p_unthrottled without a cap. Nothing asked above idle:
// nothing missed.
COLDSUN_FN Real node_pace(Real p, Real p_idle, Real p_unthrottled) {
  const Real asked = p_unthrottled - p_idle;
  const bool idle_work = !(asked > 1e-6 * p_unthrottled);
  return idle_work ? (p > 0.0 ? 1.0 : 0.0) : pace_at((p - p_idle) / asked);
}

}  // namespace coldsun::workload

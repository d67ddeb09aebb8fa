// SDIRK2: the two-stage, L-stable, stiffly accurate diagonally implicit Runge-Kutta method of order 2, its error
// estimate and step control. Alexander (1977) doi 10.1137/0714068. Both stages share one matrix, capacity / (gamma h) +
// conductances.
#pragma once
#include "common/math.hpp"

namespace coldsun::thermal::sdirk2 {

inline constexpr Real gamma = 0.29289321881345247560;  // 1 - 1 / sqrt 2
inline constexpr Real b_1 = 1.0 - gamma, b_2 = gamma;  // weights; the second stage is the end of the step
inline constexpr Real carry = (1.0 - gamma) / gamma;   // stage 2 starts from t_n + carry times the increment of stage 1

// Embedded method on the slopes f_0 (start), f_1, f_2: weights beta with sum 1, sum beta c = 1/2 and beta A c = 1/6. It
// has order 3 for linear problems with constant forcing, such as a plate within a cut. The differences beta - b
// estimate the step's error.
inline constexpr Real beta_1 = 1.0 / (12.0 * gamma * (0.5 - gamma)), beta_2 = 0.5 - gamma * beta_1;
inline constexpr Real e_0 = 1.0 - beta_1 - beta_2, e_1 = beta_1 - b_1, e_2 = beta_2 - b_2;

// Factor on the step for an estimate of third order. Growth is bounded to keep the next step close to the last.
inline constexpr Real growth = 4.0, shrink = 0.2, safety = 0.9;
COLDSUN_FN Real step_factor(Real error, Real tolerance) {
  const Real ratio = math::max(error, 1e-9 * tolerance) / tolerance;
  return math::clamp(safety * math::exp(-math::log(ratio) / 3.0), shrink, growth);
}

// Next step of a cut of which `left` remains: avoids a very short last step.
COLDSUN_FN Real fit_step(Real wanted, Real left) {
  return wanted >= 0.95 * left ? left : (wanted > 0.5 * left ? 0.5 * left : wanted);
}

}  // namespace coldsun::thermal::sdirk2

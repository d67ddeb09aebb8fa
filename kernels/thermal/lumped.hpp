// Lumped: a plate as three lagged powers and one temperature, with the cap law and the integrator of the resolved
// plate.
#pragma once
#include "thermal/cap_law.hpp"
#include "thermal/sdirk2.hpp"
#include "thermal/thermal.hpp"

namespace coldsun::thermal {

// q: lagged powers; t: temperature of the plate without power, above the inlet.
struct LumpedState {
  Real q[n_lumped_mode];
  Real t;
};

// Away from the design flow, the share (1 - flow / design) of the heat stays in the reference temperature t. This
// shifts t by exactly the change of caloric resistance. Other effects of flow and coolant temperature are in `slow`.
struct LumpedPlate {
  LumpedModel model;
  Real flow;                   // capacity rate of the coolant [W/K]
  Real r_0;                    // of the fastest term, at the present tim_gain [K/W]
  Real film[n_lumped_film]{};  // the model's `slow` at this flow
  Real slow = 1;               // the same at the coolant's mean temperature at the start of the step

  COLDSUN_FN LumpedPlate(const LumpedModel& m, Real flow_gain, Real tim_gain)
      : model(m), flow(m.flow * flow_gain), r_0(m.r[0] + m.r_tim * (tim_gain - 1.0)) {
    const Real at = flow_gain > 0.0 ? math::clamp(6.0 + 2.0 / 0.69314718055994530942 * math::log(flow_gain), 0.0,
                                                  n_lumped_flow - 1.0)
                                    : 0.0;
    const int low = at < n_lumped_flow - 2.0 ? static_cast<int>(at) : n_lumped_flow - 2;
    for (int i = 0; i < n_lumped_film; ++i) {
      const Real* s = model.slow + low * n_lumped_film + i;
      film[i] = s[0] + (at - low) * (s[n_lumped_film] - s[0]);
    }
  }
  // The film uses the coolant's mean temperature at the start of the step, as in the resolved plate.
  COLDSUN_FN void refresh(const LumpedState& s, Real t_inlet) {
    const Real bulk = t_inlet + (flow > 0.0 ? 0.5 * carried(s) / flow : s.t);
    const Real at = math::clamp((bulk - lumped_film_first) / lumped_film_step, 0.0, n_lumped_film - 1.0);
    const int low = at < n_lumped_film - 2.0 ? static_cast<int>(at) : n_lumped_film - 2;
    slow = film[low] + (at - low) * (film[low + 1] - film[low]);
  }

  COLDSUN_FN Real carried_share() const { return flow / model.flow; }
  COLDSUN_FN Real resistance(int k) const { return k == 0 ? r_0 : slow * model.r[k]; }
  COLDSUN_FN Real junction(const LumpedState& s) const {
    Real t = s.t;
    for (int k = 0; k < n_lumped_mode; ++k) t += resistance(k) * s.q[k];
    return t;
  }
  COLDSUN_FN Real carried(const LumpedState& s) const {
    Real q = 0.0;
    for (int k = 0; k < n_lumped_mode; ++k) q += model.weight[k] * s.q[k];
    return carried_share() * q + flow * s.t;
  }
  COLDSUN_FN Real energy(const LumpedState& s) const {
    Real e = model.capacity * s.t;
    for (int k = 0; k < n_lumped_mode; ++k) e += model.weight[k] * model.tau[k] * s.q[k];
    return e;
  }
  // Rates of change at power p.
  COLDSUN_FN LumpedState rate(const LumpedState& s, Real p) const {
    LumpedState f;
    Real left = 0.0;
    for (int k = 0; k < n_lumped_mode; ++k) f.q[k] = (p - s.q[k]) / model.tau[k], left += model.weight[k] * s.q[k];
    f.t = ((1.0 - carried_share()) * left - flow * s.t) / model.capacity;
    return f;
  }
  // Solves y = s + step rate(y, p) for y.
  COLDSUN_FN LumpedState implicit(const LumpedState& s, Real step, Real p) const {
    LumpedState y;
    Real left = 0.0;
    for (int k = 0; k < n_lumped_mode; ++k) {
      const Real a = step / model.tau[k];
      y.q[k] = (s.q[k] + a * p) / (1.0 + a), left += model.weight[k] * y.q[k];
    }
    y.t = (s.t + step / model.capacity * (1.0 - carried_share()) * left) / (1.0 + step / model.capacity * flow);
    return y;
  }
};

// Junction temperature at node power p, linear within a stage: t_0 + p slope.
struct LinearJunction {
  Real t_0, t_slope;
  COLDSUN_FN Real operator()(Real p, Real& slope) const {
    slope = t_slope;
    return t_0 + p * t_slope;
  }
};

// Results of one plate over one cut. Energies are integrals over the cut: energy_in and energy_asked of the node,
// carried and stored of one plate.
struct PlateReport {
  Real energy_in = 0, energy_asked = 0;         // energy_asked: without any cap [J]
  Real carried = 0, stored = 0, throttled = 0;  // [J, plate], [J, plate], [s]
  Real p_end = 0, t_junction = 0, h_next = 0;
  std::int32_t n_step = 0;
  bool converged = true, tripped = false;  // tripped: the junction passed t_trip and the node switched itself off
};

inline constexpr int most_steps = 2000;  // of one plate in one cut

struct StepLimits {
  Real tolerance, h_restart, h_min;
};

// Input of one plate for a cut.
struct PlateCut {
  PowerLaw law;  // of its node
  Real share;    // of the node's power that heats this plate
  Real t_inlet;  // [K]
  Real dt;       // [s]
  Real h_next;   // first step, from the cut before [s]; 0: none yet
  Real p_last;   // node power at the end of the cut before [W]
  Real r_node;   // steady-state rise of the junction per node power, for first_step [K/W]
  StepLimits limits;
};

// a step that ends further than this above t_trip is repeated with half its length [K]
inline constexpr Real trip_overshoot = 1.0;

// First step of a cut: the last step's length, or h_restart where the power jump moves the junction by more than the
// tolerance.
COLDSUN_FN Real first_step(const StepLimits& limits, Real h_next, Real p_jump, Real r_node) {
  const bool restart = !(std::fabs(p_jump) * r_node <= limits.tolerance) || !(h_next > 0.0);
  return restart ? (h_next > 0.0 ? math::min(h_next, limits.h_restart) : limits.h_restart) : h_next;
}

// One lumped plate through a cut of length dt. share: plate power per node power. About 500 flops per step.
COLDSUN_FN PlateReport advance_lumped(LumpedPlate plate, LumpedState& s, const PlateCut& given) {
  using namespace sdirk2;
  const auto& [law, share, t_inlet, dt, h_next, p_last, r_node, limits] = given;
  PlateReport out;
  const Real e_start = plate.energy(s);
  plate.refresh(s, t_inlet);
  Real t_j = t_inlet + plate.junction(s);
  PowerLaw now = law;  // law, changed where the node trips
  Real p_0 = now(t_j).p;
  Real wanted = first_step(limits, h_next, p_0 - p_last, r_node), left = dt;
  while (left > 0.0) {
    const bool forced = ++out.n_step > most_steps;
    const Real h = forced ? left : fit_step(wanted, left), step = gamma * h;
    bool capped_1 = false, capped_2 = false;
    Real t_1 = 0.0, t_2 = 0.0;
    const LumpedState zero{};
    const Real slope = share * plate.junction(plate.implicit(zero, step, 1.0));
    const Real p_1 = solve_power(now, LinearJunction{t_inlet + plate.junction(plate.implicit(s, step, 0.0)), slope},
                                 p_0, t_1, capped_1);
    const LumpedState y_1 = plate.implicit(s, step, share * p_1);
    LumpedState base;
    for (int k = 0; k < n_lumped_mode; ++k) base.q[k] = s.q[k] + carry * (y_1.q[k] - s.q[k]);
    base.t = s.t + carry * (y_1.t - s.t);
    const Real p_2 = solve_power(now, LinearJunction{t_inlet + plate.junction(plate.implicit(base, step, 0.0)), slope},
                                 p_1, t_2, capped_2);
    const LumpedState y_2 = plate.implicit(base, step, share * p_2);
    const LumpedState f_0 = plate.rate(s, share * p_0), f_1 = plate.rate(y_1, share * p_1),
                      f_2 = plate.rate(y_2, share * p_2);
    LumpedState e;
    for (int k = 0; k < n_lumped_mode; ++k)
      e.q[k] = h * (e_0 * f_0.q[k] + e_1 * f_1.q[k] + e_2 * f_2.q[k]) / math::square(1.0 + step / plate.model.tau[k]);
    e.t = h * (e_0 * f_0.t + e_1 * f_1.t + e_2 * f_2.t) / math::square(1.0 + step * plate.flow / plate.model.capacity);
    const Real error = std::fabs(plate.junction(e)), factor = step_factor(error, limits.tolerance);
    if (error > limits.tolerance && h > limits.h_min && !forced) {
      wanted = math::max(h * factor, limits.h_min);
      continue;
    }
    const bool trips = t_2 > now.t_trip && !now.tripped;
    if (trips && t_2 > now.t_trip + trip_overshoot && h > limits.h_min && !forced) {
      wanted = math::max(0.5 * h, limits.h_min);
      continue;
    }
    s = y_2, p_0 = p_2, t_j = t_2, left -= h;
    plate.refresh(s, t_inlet);
    out.energy_in += h * (b_1 * p_1 + b_2 * p_2);
    out.carried += h * (b_1 * plate.carried(y_1) + b_2 * plate.carried(y_2));
    out.energy_asked += h * (b_1 * law.asked(t_1) + b_2 * law.asked(t_2));
    out.throttled += h * ((capped_1 ? b_1 : 0.0) + (capped_2 ? b_2 : 0.0));
    wanted = math::max(h * factor, h < wanted && error <= limits.tolerance ? wanted : 0.0);
    if (trips) now.tripped = true, p_0 = 0.0, wanted = limits.h_restart, out.tripped = true;
    out.converged = out.converged && !forced;
  }
  out.stored = plate.energy(s) - e_start;
  out.p_end = p_0, out.t_junction = t_j, out.h_next = wanted;
  return out;
}

}  // namespace coldsun::thermal

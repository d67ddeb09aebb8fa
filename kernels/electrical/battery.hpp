// LFP battery: open-circuit voltage by state of charge, series resistance and two RC pairs. The current is constant
// over a cut and gives the requested mean terminal power. Energy at the terminals is exact in the RC pairs and second
// order in the open-circuit voltage (taken at the mid state of charge). Thevenin model: Plett, Battery Management
// Systems vol. 1 (2015), ch. 2. Discharge is positive.
#pragma once
#include <cmath>

#include "common/math.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {

struct Cell {
  Real soc, v_1, v_2;  // v_1, v_2: voltage across the RC pairs, positive after discharge
};

// Coefficients of a cell over a cut of length dt: decay and mean factors of the RC pairs, charge per ampere.
struct CellCut {
  Real dt, e_1, e_2, g_1, g_2, k;
};
COLDSUN_FN CellCut cell_cut(const Pack& b, Real capacity_factor, Real dt) {
  const Real e_1 = math::exp(-dt / b.tau_1), e_2 = math::exp(-dt / b.tau_2);
  return CellCut{
      dt, e_1, e_2, (1.0 - e_1) * b.tau_1 / dt, (1.0 - e_2) * b.tau_2 / dt, dt / (b.capacity * capacity_factor)};
}

COLDSUN_FN Cell cell_after(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  return Cell{s.soc - c.k * i, b.r_1 * i + (s.v_1 - b.r_1 * i) * c.e_1, b.r_2 * i + (s.v_2 - b.r_2 * i) * c.e_2};
}

// Mean terminal voltage over the cut at current i.
COLDSUN_FN Real mean_voltage(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  const Real r = b.r_0 + b.r_1 * (1.0 - c.g_1) + b.r_2 * (1.0 - c.g_2);
  return b.v_ocv(s.soc - 0.5 * c.k * i) - r * i - s.v_1 * c.g_1 - s.v_2 * c.g_2;
}

// Current of a cell for the mean terminal power p over the cut: root of the quadratic at the present voltage, then N
// Newton steps.
template <int N = 8>
COLDSUN_FN Real current_for_power(const Pack& b, const CellCut& c, const Cell& s, Real p) {
  const Real r = b.r_0 + b.r_1 * (1.0 - c.g_1) + b.r_2 * (1.0 - c.g_2);
  const Real e = b.v_ocv(s.soc) - s.v_1 * c.g_1 - s.v_2 * c.g_2;
  Real i = 2.0 * p / (e + std::sqrt(math::max(e * e - 4.0 * r * p, 0.0)));
  for (int n = 0; n < N; ++n) {
    const Real v = mean_voltage(b, c, s, i), dv = -0.5 * c.k * b.v_ocv.slope(s.soc - 0.5 * c.k * i) - r;
    i -= (i * v - p) / math::max(v + i * dv, 0.05 * e);
  }
  return i;
}

// Heat of a cell, mean over the cut: i^2 r_0 and v^2 / r of each pair, with v(t) = a + b exp(-t / tau) squared and
// averaged exactly.
struct RcPair {
  Real r, tau, v;  // ohm, s, V at the start
  Real e, g;       // exp(-dt / tau), its mean over the cut
};
COLDSUN_FN Real pair_heat(const RcPair& p, Real i, Real dt) {
  if (!(p.r > 0.0)) return 0.0;
  const Real a = p.r * i, d = p.v - a;
  return (a * a + 2.0 * a * d * p.g + d * d * (1.0 - p.e * p.e) * p.tau / (2.0 * dt)) / p.r;
}
COLDSUN_FN Real cell_heat(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  return b.r_0 * i * i + pair_heat({.r = b.r_1, .tau = b.tau_1, .v = s.v_1, .e = c.e_1, .g = c.g_1}, i, c.dt) +
         pair_heat({.r = b.r_2, .tau = b.tau_2, .v = s.v_2, .e = c.e_2, .g = c.g_2}, i, c.dt);
}

// Bounds of the terminal voltage within the cut: each RC pair and the state of charge move monotonically.
COLDSUN_FN Real lowest_voltage(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  const Cell n = cell_after(b, c, s, i);
  return b.v_ocv(math::min(s.soc, n.soc)) - b.r_0 * i - math::max(s.v_1, n.v_1) - math::max(s.v_2, n.v_2);
}
COLDSUN_FN Real highest_voltage(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  const Cell n = cell_after(b, c, s, i);
  return b.v_ocv(math::max(s.soc, n.soc)) - b.r_0 * i - math::min(s.v_1, n.v_1) - math::min(s.v_2, n.v_2);
}

// Largest part of current i that keeps the voltage inside its window over the whole cut; bisection keeps the feasible
// end.
COLDSUN_FN bool voltage_holds(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  return i >= 0.0 ? lowest_voltage(b, c, s, i) >= b.v_cell_min : highest_voltage(b, c, s, i) <= b.v_cell_max;
}
COLDSUN_FN Real held_by_voltage(const Pack& b, const CellCut& c, const Cell& s, Real i) {
  if (voltage_holds(b, c, s, i)) return i;
  Real good = 0.0, bad = i;
  for (int n = 0; n < 40; ++n) {
    const Real mid = 0.5 * (good + bad);
    if (voltage_holds(b, c, s, mid)) good = mid;
    else bad = mid;
  }
  return good;
}

// Powers of the whole pack at the cell terminals that can be held over the cut within the limits of charge, current and
// voltage.
struct PackLimits {
  Real discharge_reserve, discharge, charge;  // W, all >= 0; discharge_reserve stops at soc_reserve
};
COLDSUN_FN PackLimits pack_limits(const Pack& b, const CellCut& c, const Cell& s, Real p_rated) {
  const Real n = static_cast<Real>(b.n_series) * static_cast<Real>(b.n_parallel);
  if (!(n > 0.0)) return PackLimits{0.0, 0.0, 0.0};
  const Real out = math::clamp((s.soc - b.soc_min) / c.k, 0.0, b.i_discharge);
  const Real in = math::clamp((b.soc_max - s.soc) / c.k, 0.0, b.i_charge);
  const Real i_out = held_by_voltage(b, c, s, out), i_in = held_by_voltage(b, c, s, -in);
  const Real i_reserve = math::clamp((s.soc - b.soc_reserve) / c.k, 0.0, i_out);
  return PackLimits{math::min(n * i_reserve * mean_voltage(b, c, s, i_reserve), p_rated),
                    math::min(n * i_out * mean_voltage(b, c, s, i_out), p_rated),
                    math::min(-n * i_in * mean_voltage(b, c, s, i_in), p_rated)};
}

}  // namespace coldsun::electrical

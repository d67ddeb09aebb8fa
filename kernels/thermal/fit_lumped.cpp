// Fits the lumped model of a plate to the step response of its resolved operator.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

#include "thermal/at_rest.hpp"
#include "thermal/make.hpp"

namespace coldsun::thermal {

namespace {

struct Response {
  std::vector<Real> time, junction, carried;  // response to unit power: [s], [K/W], share carried off
  Real r_static = 0, r_tim = 0;  // steady-state resistance [K/W], and its derivative with respect to tim_gain
  Real r_flow[n_lumped_flow * n_lumped_film]{};  // r_static at the flows and film temperatures of the table
  Real energy = 0, capacity = 0, flow = 0;       // stored heat per power [s], [J/K], [W/K]
};
Real flow_of_table(int i) { return std::exp2(0.5 * i - 3.0); }  // relative to design

// Response to unit power of a plate at inlet temperature, integrated over 20 s; steps start at 0.1 ms and grow by 4 %.
// Then the steady state from the same matrix without capacity.
Response step_response(const Stack& stack, const Real* power_map, Real flow, Real t_design) {
  using Solver = PlateSolver<n_y, n_solid>;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(64, (Solver::bytes() / 64 + 2) * 64),
                                                           &std::free);
  SerialTeam team{static_cast<char*>(memory.get()), 0, Solver::bytes() + 64};
  const Solver s = Solver::make(team);
  Real h[n_y];
  film_rows<n_y>(stack.channel, coolant_properties(stack.coolant, t_design), flow, stack.length, h);
  fill_operator(stack, flow, h, 1.0, *s.a);
  for (int y = 0; y < n_y; ++y) store(s.source + y * n_mode, transform(s.table.transpose, power_map + y * n_x));

  Response out;
  out.capacity = s.capacity_sum() * n_x, out.flow = s.a->flow * n_x;
  for (std::size_t i = 0; i < Solver::size; ++i) s.t[i] = 0.0;
  constexpr Real grow = 1.04;
  Real time = 0.0;
  for (Real step = 1e-4; time < 20.0; step *= grow) {
    const Real shift = 1.0 / (sdirk2::gamma * step);
    s.prepare(team, shift);
    s.unpowered(team, shift, s.t, s.rate, s.step_1);
    s.add_power(team, 1.0, s.step_1, s.t, sdirk2::carry);
    s.unpowered(team, shift, s.base, s.step_2, s.step_2);
    s.add_power(team, 1.0, s.step_2, s.base, 1.0);
    for (std::size_t i = 0; i < Solver::size; ++i) s.t[i] = s.base[i];
    time += step;
    Real slope = 0.0;
    out.time.push_back(time);
    out.junction.push_back(FaceJunction<n_y>{s.face, s.face_unit, 1.0, 0.0}(1.0, slope));
    out.carried.push_back(s.a->flow * root_columns * s.outlet(s.t));
  }
  const auto hottest = [&](Real v_dot, Real t_film, Real tim_gain) {
    return resistance_at_rest(team, s, stack, {v_dot, t_film, tim_gain});
  };
  for (int i = 0; i < n_lumped_flow; ++i)
    for (int k = 0; k < n_lumped_film; ++k)
      out.r_flow[i * n_lumped_film + k] =
          hottest(flow * flow_of_table(i), lumped_film_first + k * lumped_film_step, 1.0);
  constexpr Real more = 0.25;
  out.r_tim = hottest(flow, t_design, 1.0 + more);
  out.r_static = hottest(flow, t_design, 1.0);
  out.r_tim = (out.r_tim - out.r_static) / more;
  out.energy = root_columns * s.weighted_sum(s.unit, 1.0);
  return out;
}

// Sums over the samples of products of the three exponentials with each other and with the target.
struct Moments {
  Real ee[n_lumped_mode][n_lumped_mode], ej[n_lumped_mode], ec[n_lumped_mode];
};
// by_time: samples are weighted by their time step; else equally, which is nearly even in the logarithm of time.
Moments moments(const Response& r, const Real* tau, bool by_time) {
  Moments m{};
  for (std::size_t i = 0; i < r.time.size(); ++i) {
    Real e[n_lumped_mode];
    for (int k = 0; k < n_lumped_mode; ++k) e[k] = std::exp(-r.time[i] / tau[k]);
    const Real weight = by_time ? r.time[i] - (i > 0 ? r.time[i - 1] : 0.0) : 1.0;
    for (int k = 0; k < n_lumped_mode; ++k) {
      for (int l = 0; l < n_lumped_mode; ++l) m.ee[k][l] += weight * e[k] * e[l];
      m.ej[k] += weight * e[k] * (r.r_static - r.junction[i]), m.ec[k] += weight * e[k] * (1.0 - r.carried[i]);
    }
  }
  return m;
}

// Least-squares resistances under the constraint r_2 = r_static - r_0 - r_1. Returns the sum of squares less that of
// the target, or infinity where a resistance is negative.
Real fit_resistances(const Moments& m, Real r_static, Real* r) {
  const auto d = [&](int k, int l) { return m.ee[k][l] - m.ee[k][2] - m.ee[2][l] + m.ee[2][2]; };
  const auto b = [&](int k) { return m.ej[k] - m.ej[2] - r_static * (m.ee[k][2] - m.ee[2][2]); };
  const Real det = d(0, 0) * d(1, 1) - d(0, 1) * d(0, 1);
  if (!(det > 0.0)) return math::infinity;
  r[0] = (b(0) * d(1, 1) - b(1) * d(0, 1)) / det, r[1] = (b(1) * d(0, 0) - b(0) * d(0, 1)) / det,
  r[2] = r_static - r[0] - r[1];
  if (r[0] < 0.0 || r[1] < 0.0 || r[2] < 0.0) return math::infinity;
  Real s = 0.0;
  for (int k = 0; k < n_lumped_mode; ++k) {
    s -= 2.0 * r[k] * m.ej[k];
    for (int l = 0; l < n_lumped_mode; ++l) s += r[k] * r[l] * m.ee[k][l];
  }
  return s;
}

// Weights of the heat carried off, with sum w = 1 and sum w tau = stored heat: w = a + b x, x by least squares. They
// may be negative, because the outlet responds later than any single lag.
void fit_weights(const Moments& m, const Real* tau, Real energy, Real* w) {
  const Real span = tau[2] - tau[1];
  const Real a[n_lumped_mode] = {0.0, (tau[2] - energy) / span, (energy - tau[1]) / span};
  const Real b[n_lumped_mode] = {1.0, (tau[0] - tau[2]) / span, (tau[1] - tau[0]) / span};
  Real top = 0.0, bottom = 0.0;
  for (int k = 0; k < n_lumped_mode; ++k) {
    top += b[k] * m.ec[k];
    for (int l = 0; l < n_lumped_mode; ++l) top -= b[k] * m.ee[k][l] * a[l], bottom += b[k] * m.ee[k][l] * b[l];
  }
  const Real x = bottom > 0.0 ? top / bottom : 0.0;
  for (int k = 0; k < n_lumped_mode; ++k) w[k] = a[k] + b[k] * x;
}

// Tries every triple of an ascending list of time constants.
void search(const Response& r, const std::vector<Real>& grid, Real& best, LumpedModel& model) {
  const std::size_t n = grid.size();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i + 1; j < n; ++j)
      for (std::size_t k = j + 1; k < n; ++k) {
        const Real tau[n_lumped_mode] = {grid[i], grid[j], grid[k]};
        Real resistance[n_lumped_mode] = {};
        const Real s = fit_resistances(moments(r, tau, false), r.r_static, resistance);
        if (!(s < best)) continue;
        best = s;
        for (int q = 0; q < n_lumped_mode; ++q) model.tau[q] = tau[q], model.r[q] = resistance[q];
      }
}

}  // namespace

LumpedModel fit_lumped(const Stack& stack, const Real* power_map, Real flow, Real t_design, Real& r_junction) {
  const Response r = step_response(stack, power_map, flow, t_design);
  LumpedModel model{};
  Real best = math::infinity;
  std::vector<Real> grid;
  for (Real tau = 5e-4; tau < 5.0; tau *= 1.8) grid.push_back(tau);
  search(r, grid, best, model);
  for (Real ratio = 1.3; ratio > 1.01; ratio = std::sqrt(ratio)) {  // refines around the best triple
    grid.clear();
    for (int k = 0; k < n_lumped_mode; ++k)
      for (const Real f : {1.0 / ratio, 1.0, ratio}) grid.push_back(model.tau[k] * f);
    std::sort(grid.begin(), grid.end());
    search(r, grid, best, model);
  }
  fit_weights(moments(r, model.tau, true), model.tau, r.energy, model.weight);
  model.capacity = r.capacity, model.flow = r.flow;
  model.r_tim = r.r_tim;
  for (int i = 0; i < n_lumped_flow; ++i)
    for (int k = 0; k < n_lumped_film; ++k) {
      // change of the caloric resistance at that flow, already in the plate's reference temperature
      const Real caloric = (1.0 / flow_of_table(i) - 1.0) / model.flow;
      model.slow[i * n_lumped_film + k] =
          (r.r_flow[i * n_lumped_film + k] - caloric - model.r[0]) / (r.r_static - model.r[0]);
    }
  r_junction = r.r_static;
  return model;
}

}  // namespace coldsun::thermal

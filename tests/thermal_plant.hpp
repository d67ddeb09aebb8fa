// Fixtures of the thermal tests: the benchmark plate, single columns, a dense solver, a small plant with its drive and
// cuts.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "backends.hpp"
#include "thermal/make.hpp"
#include "thermal/plate.hpp"

namespace coldsun::thermal {

struct LayerCells {  // a layer and into how many cells it is cut
  Real thickness, conductivity, heat_capacity;
  int n = 1;
  LayerCells in(int pieces) const { return {thickness, conductivity, heat_capacity, pieces}; }
};

namespace test {

using namespace coldsun::test;

// A 1 x 1 cm column of solid layers, wet all over on top: no fins, no lid.
template <int NS>
StackOf<NS> column(const std::vector<LayerCells>& layers) {
  StackOf<NS> s;
  s.length = s.width = 0.01, s.rho_cp = 4e6, s.channel = {0.01, 1e-3, 1, 0};
  int z = 0;
  for (const LayerCells& l : layers)
    for (int k = 0; k < l.n; ++k, ++z)
      s.thickness[z] = l.thickness / l.n, s.conductivity[z] = l.conductivity, s.heat_capacity[z] = l.heat_capacity;
  s.n_below = z;
  return s;
}

// 30 x 30 mm die on 75 channels of 0.2 x 1 mm, four power blocks of 300, 250, 100 and 50 W: the plate on which
// 3D-ICE 4.0 was timed.
inline PlateSpec benchmark_plate() {
  PlateSpec p;
  p.length = p.width = 0.03, p.tim_layer = 2;
  p.layer = {{50e-6, 120, 1.63566e6, 0}, {700e-6, 120, 1.63566e6, 0}, {50e-6, 5, 2.5e6, 0}, {1e-3, 390, 3.45e6, 0}};
  p.channel = {{0.2e-3, 1e-3, 75, 1.5}}, p.channel.fin_conductivity = 390, p.channel.fin_heat_capacity = 3.45e6,
  p.lid = {1e-3, 390, 3.45e6, 0};
  const auto overlap = [](Real i, Real low, Real high) {
    return std::fmax(0.0, std::fmin((i + 1) * 3.75, high) - std::fmax(i * 3.75, low));
  };
  for (int y = 0; y < map_rows; ++y)
    for (int x = 0; x < n_x; ++x)
      p.power_map.push_back(overlap(x, 3, 15) * (300 * overlap(y, 3, 15) + 50 * overlap(y, 15, 27)) +
                            overlap(x, 15, 27) * (100 * overlap(y, 3, 15) + 250 * overlap(y, 15, 27)));
  return p;
}
inline Stack benchmark_stack() { return make_stack(benchmark_plate()); }

struct GivenFilm {  // one film coefficient everywhere [W/(m2 K)]: the operator is constant
  Real h = 0;
  template <class Team, class Solver>
  void refresh(Team&, const Solver&, Real) const {}
};

// A plate solver without System: with a given film, at 1e6 m3/s by default, or with the film of its flow.
template <int NY, int NS>
struct Bench {
  using Solver = PlateSolver<NY, NS>;
  StackOf<NS> stack;
  Real flow, t_inlet = 313.15;
  std::unique_ptr<char, decltype(&std::free)> memory;
  SerialTeam team;
  Solver solver;

  Bench(const StackOf<NS>& s, Real v_dot) : Bench(s, GivenFilm{}, v_dot) {}
  Bench(const StackOf<NS>& s, GivenFilm film, Real v_dot = 1e6)
      : stack(s),
        flow(v_dot),
        memory(static_cast<char*>(std::aligned_alloc(64, (Solver::bytes() / 64 + 1) * 64)), &std::free),
        team{memory.get(), 0, Solver::bytes()},
        solver(Solver::make(team)),
        given_film(film.h > 0) {
    start_at(0);
    PlateFlow<NS>{&stack, flow, 1.0}.refresh(team, solver, t_inlet);
    if (given_film) {
      std::vector<Real> h(NY, film.h);
      fill_operator(stack, flow, h.data(), 1.0, *solver.a);
    }
    power_map(std::vector<Real>(NY * n_x, 1.0));
  }
  void power_map(const std::vector<Real>& map) {
    const int repeat = NY * n_x / static_cast<int>(map.size());
    Real sum = 0, row[n_x];
    for (const Real p : map) sum += p;
    for (int y = 0; y < NY; ++y) {
      for (int x = 0; x < n_x; ++x) row[x] = map[static_cast<std::size_t>(y / repeat * n_x + x)] / (sum * repeat);
      store(solver.source + y * n_mode, transform(solver.table.transpose, row));
    }
  }
  void start_at(Real rise) {
    for (std::size_t i = 0; i < Solver::size; ++i) solver.t[i] = i % n_mode ? 0.0 : rise * root_columns;
  }
  void to_modes(const Real* cells, Real* modes) {
    for (int row = 0; row < Solver::n; ++row)
      store(modes + row * n_mode, transform(solver.table.transpose, cells + row * n_x));
  }
  Real column_mean(const Real* v, int y, int z) const { return v[(y * Solver::nz + z) * n_mode] / root_columns; }
  Real at(int y, int z) const { return column_mean(solver.t, y, z); }

  PlateReport advance(Real dt, Real power, Real tolerance, Real h_next = 0) {
    const PowerLaw law{.p_request = power,
                       .p_floor = power,
                       .p_allocated = power,
                       .p_max = power,
                       .p_throttle = power,
                       .t_cap = 1e6,
                       .t_cap_band = 1,
                       .p_leakage = 0,
                       .t_leakage = 300,
                       .leakage_slope = 0};
    const PlateCut given{.law = law,
                         .share = 1.0,
                         .t_inlet = t_inlet,
                         .dt = dt,
                         .h_next = h_next,
                         .p_last = power,
                         .r_node = 0.0,
                         .limits = {tolerance, 1e-3, 1e-6}};
    PlateReport r = given_film ? solver.advance(team, GivenFilm{}, given)
                               : solver.advance(team, PlateFlow<NS>{&stack, flow, 1.0}, given);
    r.t_junction -= t_inlet;
    return r;
  }
  void step(Real h, Real power) { advance(h, power, 1e9, 1e9); }

 private:
  bool given_film;
};
using Plate = Bench<n_y, n_solid>;

// Gaussian elimination with row pivoting; k is n x n.
inline std::vector<Real> gauss(std::vector<Real> k, std::vector<Real> b) {
  const std::size_t n = b.size();
  for (std::size_t p = 0; p < n; ++p) {
    std::size_t best = p;
    for (std::size_t i = p + 1; i < n; ++i)
      if (std::fabs(k[i * n + p]) > std::fabs(k[best * n + p])) best = i;
    if (best != p) {
      for (std::size_t j = p; j < n; ++j) std::swap(k[p * n + j], k[best * n + j]);
      std::swap(b[p], b[best]);
    }
    for (std::size_t i = p + 1; i < n; ++i) {
      const Real l = k[i * n + p] / k[p * n + p];
      if (l == 0) continue;
      for (std::size_t j = p; j < n; ++j) k[i * n + j] -= l * k[p * n + j];
      b[i] -= l * b[p];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) b[i] -= k[i * n + j] * b[j];
    b[i] /= k[i * n + i];
  }
  return b;
}

}  // namespace test
}  // namespace coldsun::thermal

// A converged mesh of a cold plate, apart from the plate's own code: many cells, nodes without heat on every surface,
// modes across the flow.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "thermal/film.hpp"
#include "thermal/make.hpp"

namespace coldsun::thermal::test {

// Solves rows of half bandwidth w; diagonally dominant by columns, no pivoting.
struct BandRows {
  int n, w;
  std::vector<Real> a;  // (row, column - row + w)
  BandRows(int rows, int half) : n(rows), w(half), a(static_cast<std::size_t>(rows * (2 * half + 1)), 0.0) {}
  Real& at(int i, int j) { return a[static_cast<std::size_t>(i * (2 * w + 1) + j - i + w)]; }
  void factor() {
    for (int k = 0; k < n; ++k)
      for (int i = k + 1; i < std::min(n, k + w + 1); ++i) {
        const Real l = at(i, k) /= at(k, k);
        if (l == 0.0) continue;
        Real* to = &at(i, k + 1);
        const Real* from = &at(k, k + 1);
        for (int j = 0; j < std::min(w, n - 1 - k); ++j) to[j] -= l * from[j];
      }
  }
  void solve(Real* x) {
    for (int i = 0; i < n; ++i)
      for (int k = std::max(0, i - w); k < i; ++k) x[i] -= at(i, k) * x[k];
    for (int i = n - 1; i >= 0; --i) {
      for (int k = i + 1; k < std::min(n, i + w + 1); ++k) x[i] -= at(i, k) * x[k];
      x[i] /= at(i, i);
    }
  }
};

// Per column: power plane | layers | base's face | fin | lid's face | lid | coolant. Surfaces have no heat capacity.
// The coolant's node is the mean of its row by the box scheme, half-way between inlet and outlet of the row. Rows
// 1/refine and columns 1/refine of the shipped 8 x 8.
class FinePlate {
 public:
  struct Mesh {
    int rows = 48, columns = 24, per_layer = 6, n_fin = 8, n_lid = 2;
  };
  struct Step {                        // of 1 W from rest
    Real r_static = 0, t_63 = 0;       // [K/W], [s]
    std::vector<Real> time, junction;  // [s], [K/W]
  };

  FinePlate(const PlateSpec& p, const CoolantProperties& coolant, Real flow, const Mesh& mesh, Real tim_gain = 1)
      : ny(mesh.rows), nx(mesh.columns) {
    const Real dx = p.width / nx, dy = p.length / ny, area = dx * dy, open = p.channel.open_share(p.width);
    const CoolantProperties design = coolant_properties(p.coolant, p.t_design);
    flow_share = design.rho * design.cp * flow / nx;
    add(0, 0, 0, 0, 0);
    for (std::size_t i = 0; i < p.layer.size(); ++i) {
      const LayerSpec& l = p.layer[i];
      const Real k = l.conductivity / (static_cast<int>(i) == p.tim_layer ? tim_gain : 1.0),
                 d = l.thickness / mesh.per_layer;
      for (int c = 0; c < mesh.per_layer; ++c) {
        up.back() += 0.5 * d / (k * area);
        add(l.heat_capacity * d * area, k * d * dy / dx, k * d * dx / dy, 0.5 * d / (k * area), 0);
      }
    }
    const Real solid = 1.0 - open, d = p.channel.height / mesh.n_fin,
               half = 0.5 * d / (p.channel.fin_conductivity * solid * area);
    up.back() += 0.5 * p.layer.back().thickness / mesh.per_layer / (p.layer.back().conductivity * area);
    add(0, 0, 0, half, open * area);
    for (int c = 0; c < mesh.n_fin; ++c) {
      if (c > 0) up.back() += half;
      add(p.channel.fin_heat_capacity * solid * d * area, 0, p.channel.fin_conductivity * solid * d * dx / dy, half,
          2.0 * p.channel.n_channel / p.width * area * d);
    }
    if (p.lid.thickness > 0) {
      const Real l = p.lid.thickness / mesh.n_lid, half_lid = 0.5 * l / (p.lid.conductivity * area);
      up.back() += 0.0;
      add(0, 0, 0, half_lid, open * area);
      for (int c = 0; c < mesh.n_lid; ++c) {
        if (c > 0) up.back() += half_lid;
        add(p.lid.heat_capacity * l * area, p.lid.conductivity * l * dy / dx, p.lid.conductivity * l * dx / dy,
            half_lid, 0);
      }
    }
    nz = static_cast<int>(capacity.size()) + 1;
    capacity.push_back(design.rho * design.cp * open * area * p.channel.height);
    for (int y = 0; y < ny; ++y)
      film.push_back(film_coefficient(p.channel, coolant, flow, p.length * y / ny, p.length * (y + 1) / ny));
    take_map(p.power_map);
  }

  Step step() {
    Step out;
    std::vector<Real> t(source.size(), 0.0);
    std::vector<BandRows> rows = factored(0.0);
    out.r_static = hottest(answer(rows, 0.0, t));
    Real now = 0;
    for (const Real h : {2.5e-4, 1e-3, 5e-3, 2.5e-2}) {
      const Real shift = 1.0 / (gamma * h);
      rows = factored(shift);
      for (int k = 0; k < 40; ++k) {
        std::vector<Real> stage = answer(rows, shift, t);
        for (std::size_t i = 0; i < t.size(); ++i) stage[i] = t[i] + (1.0 - gamma) / gamma * (stage[i] - t[i]);
        t = answer(rows, shift, stage), now += h;
        out.time.push_back(now), out.junction.push_back(hottest(t));
      }
    }
    out.t_63 = when(out, (1.0 - std::exp(-1.0)) * out.r_static);
    return out;
  }
  static Real when(const Step& s, Real level) {
    std::size_t i = 0;
    while (s.junction[i] < level) ++i;
    const Real before = i ? s.junction[i - 1] : 0.0, since = i ? s.time[i - 1] : 0.0;
    return since + (s.time[i] - since) * (level - before) / (s.junction[i] - before);
  }
  Real outlet(const std::vector<Real>& t) const { return t[static_cast<std::size_t>((ny - 1) * nz + nz - 1)]; }

 private:
  static constexpr Real gamma = 0.29289321881345247560;  // SDIRK2, L-stable: nodes without heat are met exactly
  int ny, nx, nz = 0;
  Real flow_share = 0;
  std::vector<Real> capacity, across, along, up, wet, film;  // up: resistance to the next node
  std::vector<int> mode;                                     // those that the power map has
  std::vector<Real> source;                                  // (mode, row, node)

  void add(Real c, Real g_x, Real g_y, Real r_up, Real area_wet) {
    capacity.push_back(c), across.push_back(g_x), along.push_back(g_y), up.push_back(r_up), wet.push_back(area_wet);
  }
  Real shape(int m, int x) const {
    return std::sqrt((m ? 2.0 : 1.0) / nx) * std::cos(std::acos(-1.0) * (2 * x + 1) * m / (2.0 * nx));
  }
  void take_map(const std::vector<Real>& map) {
    Real sum = 0;
    for (const Real v : map) sum += v;
    std::vector<Real> row(static_cast<std::size_t>(ny * nz));
    for (int m = 0; m < nx; ++m) {
      Real most = 0;
      std::fill(row.begin(), row.end(), 0.0);
      for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x) {
          const auto at = static_cast<std::size_t>(y * map_rows / ny * n_x + x * n_x / nx);
          const Real share = map.empty() ? 1.0 / (nx * ny) : map[at] / sum * n_x * map_rows / (nx * ny);
          row[static_cast<std::size_t>(y * nz)] += share * shape(m, x);
        }
      for (const Real v : row) most = std::fmax(most, std::fabs(v));
      if (most > 1e-14) mode.push_back(m), source.insert(source.end(), row.begin(), row.end());
    }
  }
  std::vector<BandRows> factored(Real shift) const {
    std::vector<BandRows> all;
    for (const int m : mode) {
      BandRows b(ny * nz, nz + 1);
      const Real s = std::sin(std::acos(-1.0) * m / (2.0 * nx)), lambda = 4.0 * s * s;
      const auto join = [&](int i, int j, Real g) {
        b.at(i, i) += g, b.at(j, j) += g, b.at(i, j) -= g, b.at(j, i) -= g;
      };
      for (int y = 0; y < ny; ++y) {
        const int first = y * nz, fluid = first + nz - 1;
        for (int z = 0; z + 1 < nz; ++z) {
          const auto k = static_cast<std::size_t>(z);
          b.at(first + z, first + z) += capacity[k] * shift + across[k] * lambda;
          if (z + 2 < nz) join(first + z, first + z + 1, 1.0 / up[k]);
          if (y + 1 < ny && along[k] > 0) join(first + z, first + nz + z, along[k]);
          // the walls see the mean of inlet and outlet of the row; the unknown is the outlet
          const Real g = film[static_cast<std::size_t>(y)] * wet[k];
          if (g == 0.0) continue;
          b.at(first + z, first + z) += g, b.at(first + z, fluid) -= 0.5 * g, b.at(fluid, fluid) += 0.5 * g,
              b.at(fluid, first + z) -= g;
          if (y > 0) b.at(first + z, fluid - nz) -= 0.5 * g, b.at(fluid, fluid - nz) += 0.5 * g;
        }
        b.at(fluid, fluid) += flow_share + 0.5 * shift * capacity.back();
        if (y > 0) b.at(fluid, fluid - nz) += 0.5 * shift * capacity.back() - flow_share;
      }
      b.factor(), all.push_back(b);
    }
    return all;
  }
  // (shift C + K)^-1 (shift C t + power)
  std::vector<Real> answer(std::vector<BandRows>& rows, Real shift, const std::vector<Real>& t) const {
    std::vector<Real> x = source;
    const auto n = static_cast<std::size_t>(ny * nz), column = static_cast<std::size_t>(nz);
    for (std::size_t m = 0; m < rows.size(); ++m) {
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = m * n + i, z = i % column;
        const Real mean = z + 1 < column ? t[at] : 0.5 * (t[at] + (i >= column ? t[at - column] : 0.0));
        x[at] += capacity[z] * shift * mean;
      }
      rows[m].solve(&x[m * n]);
    }
    return x;
  }
  Real hottest(const std::vector<Real>& t) const {
    Real most = 0;
    for (int y = 0; y < ny; ++y)
      for (int x = 0; x < nx; ++x) {
        Real sum = 0;
        for (std::size_t m = 0; m < mode.size(); ++m)
          sum += t[m * static_cast<std::size_t>(ny * nz) + static_cast<std::size_t>(y * nz)] * shape(mode[m], x);
        most = std::fmax(most, sum);
      }
    return most;
  }
};

}  // namespace coldsun::thermal::test

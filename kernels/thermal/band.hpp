// Band: the plate's operator in one cosine mode across the flow, factorised and solved directly. Lynch, Rice & Thomas
// (1964) doi 10.1007/BF02162410: with coefficients uniform in x, each mode is a separate (y, z) system. Unknowns run z
// first, so the half bandwidth is NZ = NS + 1. Columns are diagonally dominant (conductances, advection, capacity), so
// no pivoting is needed.
#pragma once
#include "common/backends/apart.hpp"
#include "thermal/lanes.hpp"
#include "thermal/stack.hpp"

namespace coldsun::thermal {

inline constexpr int n_mode = n_x;

// Eigenvalue of the second difference with adiabatic sides: 4 sin^2(pi m / 16), m = 0 .. 7.
COLDSUN_FN Real mode_eigenvalue(int m) {
  constexpr Real v[n_mode] = {0.0, 0.15224093497742652, 0.58578643762690495, 1.23463313526982049,
                              2.0, 2.76536686473017951, 3.41421356237309505, 3.84775906502257348};
  return v[m];
}

// Storage of the factors, modes innermost. NZ rows of zeros precede the first row, so that all rows use the same code.
template <int NY, int NS>
struct BandShape {
  static constexpr int nz = NS + 1, n = NY * nz;
  static constexpr std::size_t vector_size = static_cast<std::size_t>(n) * n_mode;
  static constexpr std::size_t band_size = static_cast<std::size_t>(n + nz) * nz * n_mode;  // of lower, and of upper
  static constexpr std::size_t pivot_size = static_cast<std::size_t>(n + nz) * n_mode;
};

template <int NY, int NS>
struct Band {
  using Shape = BandShape<NY, NS>;
  Real *lower, *upper, *pivot;  // multipliers, rows above the diagonal, inverses of the pivots
  template <class Team>
  COLDSUN_FN static Band make(Team& team) {
    Band b;
    b.lower = team.template scratch<Real>(Shape::band_size);
    b.upper = team.template scratch<Real>(Shape::band_size);
    b.pivot = team.template scratch<Real>(Shape::pivot_size);
    return b;
  }
  // Zeroes the rows before the first, once after make; a barrier must follow before the first factor.
  template <class Team>
  COLDSUN_FN void clear(Team& team) const {
    constexpr int ahead = Shape::nz * Shape::nz * n_mode;
    for (int i = team.rank(); i < ahead; i += team.size()) upper[i] = 0.0;
    for (int i = team.rank(); i < Shape::nz * n_mode; i += team.size()) pivot[i] = 0.0;
  }
};

// Diagonal of (capacity shift + conductances) at (y, z), without the x part.
template <int NY, int NS>
COLDSUN_FN Real diagonal(const Operator<NY, NS>& a, Real shift, int y, int z) {
  if (z < NS) {
    const Real along = a.along[z] * ((y > 0 ? 1.0 : 0.0) + (y + 1 < NY ? 1.0 : 0.0));
    return a.capacity[z] * shift + along + a.up[y][z] + (z > 0 ? a.up[y][z - 1] : 0.0) + a.film[y][z];
  }
  Real film = 0.0;
  for (int k = 0; k < NS; ++k) film += a.film[y][k];
  return a.capacity[NS] * shift + a.flow + a.outlet_share[y] * film;
}

// The row of unknown (y, z), z < NZ, as coefficients of the 2 NZ + 1 unknowns around it. lambda: eigenvalue of each
// lane's mode.
template <int W, int NY, int NS>
COLDSUN_FN void assemble_row(const Operator<NY, NS>& a, Real shift, const Lanes<W>& lambda, int y, int z,
                             Lanes<W>* row) {
  constexpr int nz = NS + 1;
  for (int j = 0; j <= 2 * nz; ++j) row[j] = lanes<W>(0.0);
  if (z < NS) {
    row[nz] = fma(a.across[z], lambda, lanes<W>(diagonal(a, shift, y, z)));
    if (z + 1 < NS) row[nz + 1] = lanes<W>(-a.up[y][z]);
    if (z > 0) row[nz - 1] = lanes<W>(-a.up[y][z - 1]);
    row[nz + NS - z] += lanes<W>(-a.film[y][z] * a.outlet_share[y]);
    if (y > 0) row[nz - 1 - z] += lanes<W>(-a.film[y][z] * (1.0 - a.outlet_share[y])), row[0] = lanes<W>(-a.along[z]);
    if (y + 1 < NY) row[2 * nz] = lanes<W>(-a.along[z]);
  } else {
    row[nz] = lanes<W>(diagonal(a, shift, y, z));
    Real film = 0.0;
    for (int k = 0; k < NS; ++k) row[nz + k - NS] = lanes<W>(-a.film[y][k]), film += a.film[y][k];
    if (y > 0) row[0] = lanes<W>((1.0 - a.outlet_share[y]) * film - a.flow);
  }
}

// LU by rows: from each row the multiples of the rows above are subtracted in order of columns. N NZ^2 multiply-adds
// per mode; reads the operator, writes 2 NZ + 1 numbers per unknown and mode. Kept out of line: inlined, g++ 12
// transposes eight rows to vectorise the inner loop, at three times the cost.
template <int W, int NY, int NS>
COLDSUN_FN_APART void factor(const Operator<NY, NS>& a, Real shift, int lane, const Band<NY, NS>& b) {
  constexpr int nz = NS + 1;
  Lanes<W> lambda;
  for (int i = 0; i < W; ++i) lambda.v[i] = mode_eigenvalue(lane + i);
  for (int y = 0; y < NY; ++y)
    for (int z = 0; z < nz; ++z) {
      const int i = y * nz + z;
      Lanes<W> row[2 * nz + 1];
      assemble_row(a, shift, lambda, y, z, row);
      // row i - nz, whose padded index is i
      const Real* above = b.upper + static_cast<std::size_t>(i) * nz * n_mode + lane;
      const Real* pivot = b.pivot + static_cast<std::size_t>(i) * n_mode + lane;
      Real* lower = b.lower + static_cast<std::size_t>(i) * nz * n_mode + lane;
      for (int k = 0; k < nz; ++k) {
        const Lanes<W> l = row[k] * load<W>(pivot + k * n_mode);
        store(lower + k * n_mode, l);
        for (int j = 0; j < nz; ++j) row[k + 1 + j] = minus(l, load<W>(above + (k * nz + j) * n_mode), row[k + 1 + j]);
      }
      store(b.pivot + static_cast<std::size_t>(i + nz) * n_mode + lane, inverse(row[nz]));
      Real* upper = b.upper + static_cast<std::size_t>(i + nz) * nz * n_mode + lane;
      for (int j = 0; j < nz; ++j) store(upper + j * n_mode, row[nz + 1 + j]);
    }
}

// x := A^-1 x in place; 2 NZ multiply-adds per unknown and mode.
template <int W, int NY, int NS>
COLDSUN_FN void solve(const Band<NY, NS>& b, int lane, Real* x) {
  constexpr int nz = NS + 1, n = NY * nz;
  for (int i = 0; i < n; ++i) {
    const Real* lower = b.lower + static_cast<std::size_t>(i) * nz * n_mode + lane;
    Lanes<W> s = load<W>(x + i * n_mode + lane);
    for (int k = i < nz ? nz - i : 0; k < nz; ++k)
      s = minus(load<W>(lower + k * n_mode), load<W>(x + (i - nz + k) * n_mode + lane), s);
    store(x + i * n_mode + lane, s);
  }
  for (int i = n - 1; i >= 0; --i) {
    const Real* upper = b.upper + static_cast<std::size_t>(i + nz) * nz * n_mode + lane;
    Lanes<W> s = load<W>(x + i * n_mode + lane);
    const int stop = n - 1 - i < nz ? n - 1 - i : nz;
    for (int j = 0; j < stop; ++j) s = minus(load<W>(upper + j * n_mode), load<W>(x + (i + 1 + j) * n_mode + lane), s);
    store(x + i * n_mode + lane, s * load<W>(b.pivot + static_cast<std::size_t>(i + nz) * n_mode + lane));
  }
}

// r := -K t, with the conductances and the advection K; temperatures are relative to the inlet. About 8 multiply-adds
// per unknown and mode.
template <int W, int NY, int NS>
COLDSUN_FN void apply_minus(const Operator<NY, NS>& a, int lane, const Real* t, Real* r) {
  constexpr int nz = NS + 1;
  Lanes<W> lambda;
  for (int i = 0; i < W; ++i) lambda.v[i] = mode_eigenvalue(lane + i);
  const auto at = [&](int y, int z) { return load<W>(t + (y * nz + z) * n_mode + lane); };
  for (int y = 0; y < NY; ++y) {
    const Lanes<W> leaving = at(y, NS), gain = y > 0 ? leaving - at(y - 1, NS) : leaving;
    const Lanes<W> fluid = fma(a.outlet_share[y] - 1.0, gain, leaving);  // coolant temperature at the walls
    Lanes<W> q_fluid = lanes<W>(-a.flow) * gain;
    Lanes<W> flux_below = lanes<W>(0.0);  // heat flow through the lower face, upwards
    for (int z = 0; z < NS; ++z) {
      const Lanes<W> here = at(y, z);
      Lanes<W> q = flux_below;
      if (z + 1 < NS) {
        flux_below = lanes<W>(a.up[y][z]) * (here - at(y, z + 1));
        q = q - flux_below;
      }
      const Lanes<W> to_fluid = lanes<W>(a.film[y][z]) * (here - fluid);
      q = q - to_fluid, q_fluid += to_fluid;
      if (y > 0) q = fma(a.along[z], at(y - 1, z) - here, q);
      if (y + 1 < NY) q = fma(a.along[z], at(y + 1, z) - here, q);
      q = minus(lanes<W>(a.across[z]) * lambda, here, q);
      store(r + (y * nz + z) * n_mode + lane, q);
    }
    store(r + (y * nz + NS) * n_mode + lane, q_fluid);
  }
}

}  // namespace coldsun::thermal

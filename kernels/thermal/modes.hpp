// Modes: the orthonormal cosine transform (DCT-II) of length 8 across the flow; its vectors are the eigenvectors of the
// adiabatic second difference.
#pragma once
#include "thermal/band.hpp"

namespace coldsun::thermal {

// The sum over the columns of a row is root_columns times its mode 0.
inline constexpr Real root_columns = 2.82842712474619009760;

// cosine(m, x) = sqrt((m ? 2 : 1) / 8) cos(pi (2 x + 1) m / 16)
COLDSUN_FN Real mode_shape(int m, int x) {
  constexpr Real half_cosine[9] = {0.5,
                                   0.49039264020161522,
                                   0.46193976625564337,
                                   0.41573480615127262,
                                   0.35355339059327379,
                                   0.27778511650980114,
                                   0.19134171618254489,
                                   0.09754516100806412,
                                   0.0};
  if (m == 0) return 1.0 / root_columns;
  const int q = (2 * x + 1) * m % 32, p = q > 16 ? 32 - q : q;  // cos is even and has period 32 in these units
  return p <= 8 ? half_cosine[p] : -half_cosine[16 - p];
}

// Tables of one team: shape[m][x] and its transpose.
struct ModeTable {
  Real *shape, *transpose;
  template <class Team>
  COLDSUN_FN static ModeTable make(Team& team) {
    ModeTable t;
    t.shape = team.template scratch<Real>(n_mode * n_x);
    t.transpose = team.template scratch<Real>(n_mode * n_x);
    for (int i = team.rank(); i < n_mode * n_x; i += team.size()) {
      t.shape[i] = mode_shape(i / n_x, i % n_x);
      t.transpose[i] = mode_shape(i % n_mode, i / n_mode);
    }
    return t;
  }
};

// One row: out = table^T in, 64 multiply-adds. `transpose` maps columns to modes, `shape` maps modes to columns.
COLDSUN_FN Lanes<n_x> transform(const Real* table, const Real* in) {
  Lanes<n_x> s = lanes<n_x>(0.0);
  for (int i = 0; i < n_x; ++i) s = fma(in[i], load<n_x>(table + i * n_x), s);
  return s;
}

}  // namespace coldsun::thermal

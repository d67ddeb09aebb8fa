// Small team kernels with and without their barriers, for the tests of teams.
#pragma once
#include <cmath>

#include "common/array.hpp"

namespace coldsun::test {

// A row is smoothed twice through scratch: the second pass reads results of neighbours from the first. reads x; writes
// y. 16 B, 6 flops per cell
template <bool with_barrier>
struct SmoothTwice {
  View<const Real, 2> x;
  View<Real, 2> y;
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int row) const {
    const int n = x.extent[1];
    Real* once = team.template scratch<Real>(static_cast<std::size_t>(n));
    for (int i = team.rank(); i < n; i += team.size())
      once[i] = (x(row, before(i)) + x(row, i) + x(row, after(i, n))) / 3.0;
    if (with_barrier) team.sync();
    for (int i = team.rank(); i < n; i += team.size())
      y(row, i) = (once[before(i)] + once[i] + once[after(i, n)]) / 3.0;
  }
  COLDSUN_FN static int before(int i) { return i > 0 ? i - 1 : 0; }
  COLDSUN_FN static int after(int i, int n) { return i + 1 < n ? i + 1 : n - 1; }
};

// The sum of a row by a tree in scratch, then given to all by shuffle: the same bits for any team size. reads x; writes
// y.
struct RowSum {
  View<const Real, 2> x;
  View<Real, 2> y;
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int row) const {
    const int n = x.extent[1];
    Real* v = team.template scratch<Real>(static_cast<std::size_t>(n));
    for (int i = team.rank(); i < n; i += team.size()) v[i] = x(row, i);
    for (int width = 1; width < n; width *= 2) {
      team.sync();
      for (int i = 2 * width * team.rank(); i + width < n; i += 2 * width * team.size()) v[i] += v[i + width];
    }
    team.sync();
    const Real sum = team.shuffle(v[0], 0);
    for (int i = team.rank(); i < n; i += team.size()) y(row, i) = sum;
  }
};

inline Array<Real, 2> waves(Device device, int n_row, int n_col) {
  Array<Real, 2> x(device, {n_row, n_col});
  for (int r = 0; r < n_row; ++r)
    for (int c = 0; c < n_col; ++c) x(r, c) = std::sin(1.0 + r * 7 + c * 3);
  return x;
}

}  // namespace coldsun::test

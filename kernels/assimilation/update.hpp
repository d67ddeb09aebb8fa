// The analysis of one domain by a team, in observation space: one small Cholesky factor, triangular solves, rank-m
// updates.
#pragma once
#include <cmath>

#include "assimilation/assimilation.hpp"
#include "common/loops.hpp"

namespace coldsun::assimilation {

inline constexpr int tile = 64;       // number of columns whose gains are in scratch at a time
inline constexpr int team_size = 64;  // threads of a block, one column each

// With Y' the observed anomalies, A those of x, S = Y'^T Y' / (N-1) + R = L L^T and P = A^T Y' / (N-1):
//   mean   x += P S^-1 (y_obs - y)                       = (L^-T w)^T d,            w = L^-1 P^T
//   root   A -= Y' (P L^-T (L + D)^-1)^T, D = sqrt(R)    = Y' ((L + D)^-T w)        exact: see README
//   denkf  A -= Y' (P S^-1)^T / 2
// Every sum has a fixed order, by member and by observation, so that every team gives the same bits.
// reads x, y, y_obs, r_obs, use; writes x, trouble. 24 N B per column and 8 N m B of y; N m (m + 4 n) + m^3 / 3 flops
// for n columns
struct UpdateDomain {
  DomainsView domains;
  Analysis a;
  int most_obs;
  static constexpr int flops = 100'000;

  static std::size_t bytes(int most_obs) {
    const auto m = static_cast<std::size_t>(most_obs);
    return scratch_bytes<std::int32_t>(m + 1) + 4 * scratch_bytes<Real>(m) + scratch_bytes<Real>(m * m) +
           2 * scratch_bytes<Real>(m * tile) + 3 * scratch_bytes<Real>(tile);
  }

  // A team's scratch: rows of observations, a tile of columns.
  struct Work {
    std::int32_t* index;       // [most_obs]: whether S is positive definite
    Real *mean, *root;         // (obs) root: standard deviation of the observation's error
    Real *innovation, *count;  // (obs)
    Real* s;                   // (obs, obs)
    Real *gain, *pull;         // (obs, column) of the mean; of the anomalies
    Real* x_mean;              // (column)
    Real *before, *after;      // (column) sums of squared anomalies
  };
  template <class Team>
  COLDSUN_FN Work work_of(Team& team) const {
    const auto m = static_cast<std::size_t>(most_obs);
    Work w;
    w.index = team.template scratch<std::int32_t>(m + 1);
    w.mean = team.template scratch<Real>(m), w.root = team.template scratch<Real>(m);
    w.innovation = team.template scratch<Real>(m), w.count = team.template scratch<Real>(m);
    w.s = team.template scratch<Real>(m * m);
    w.gain = team.template scratch<Real>(m * tile), w.pull = team.template scratch<Real>(m * tile);
    w.x_mean = team.template scratch<Real>(tile), w.before = team.template scratch<Real>(tile),
    w.after = team.template scratch<Real>(tile);
    return w;
  }

  // Lower triangle of S by columns of Cholesky; ok is 0 where a pivot is not positive.
  template <class Team>
  COLDSUN_FN static void factor(Team& team, Real* s, int m, std::int32_t* ok) {
    for (int j = 0; j < m; ++j) {
      if (team.rank() == 0) {
        Real d = s[j * m + j];
        for (int k = 0; k < j; ++k) d = std::fma(-s[j * m + k], s[j * m + k], d);
        if (!(d > 0.0)) *ok = 0, d = 1.0;
        s[j * m + j] = std::sqrt(d);
      }
      team.sync();
      for (int i = j + 1 + team.rank(); i < m; i += team.size()) {
        Real v = s[i * m + j];
        for (int k = 0; k < j; ++k) v = std::fma(-s[i * m + k], s[j * m + k], v);
        s[i * m + j] = v / s[j * m + j];
      }
      team.sync();
    }
  }

  template <class Team>
  COLDSUN_FN void operator()(Team& team, int domain) const {
    const int n_member = a.x.extent[0];
    const Real scale = 1.0 / static_cast<Real>(n_member - 1);
    const Work w = work_of(team);
    const auto [index, mean, root, innovation, count, s, gain, pull, x_mean, before, after] = w;

    if (team.rank() == 0) {  // the observations used in this analysis
      int m = 0;
      for (int e = domains.first_obs(domain); e < domains.first_obs(domain + 1); ++e) {
        const int k = domains.obs(e);
        if (!a.use(k)) continue;
        index[m] = k, root[m] = std::sqrt(a.r_obs(k) / domains.weight(e)), ++m;
      }
      index[most_obs] = 1;
      if (most_obs > 0) count[0] = static_cast<Real>(m);
    }
    team.sync();
    const int m = most_obs > 0 ? static_cast<int>(count[0]) : 0;
    for (int i = team.rank(); i < m; i += team.size()) {
      Real sum = 0.0;
      for (int n = 0; n < n_member; ++n) sum += a.y(n, index[i]);
      mean[i] = sum / static_cast<Real>(n_member);
      innovation[i] = a.y_obs(index[i]) - mean[i];
    }
    team.sync();
    for (int e = team.rank(); e < m * m; e += team.size()) {
      const int i = e / m, j = e % m;
      if (j > i) continue;
      Real sum = 0.0;
      for (int n = 0; n < n_member; ++n) sum = std::fma(a.y(n, index[i]) - mean[i], a.y(n, index[j]) - mean[j], sum);
      s[i * m + j] = sum * scale + (i == j ? root[i] * root[i] : 0.0);
    }
    team.sync();
    factor(team, s, m, &index[most_obs]);
    if (team.rank() == 0) a.trouble(domain) = index[most_obs] ? 0 : 1;
    if (!index[most_obs] || (m == 0 && a.inflation(domain) == 1.0)) return;
    for (int first = domains.first_element(domain); first < domains.first_element(domain + 1); first += tile)
      update(team, domain, m, first, w);
  }

  // Columns [first, first + tile): one thread handles a column from its mean to its analysis, so no barrier is needed.
  template <class Team>
  COLDSUN_FN void update(Team& team, int domain, int m, int first, const Work& w) const {
    const auto [index, mean, root, innovation, count, s, gain, pull, x_mean, before, after] = w;
    const int n_member = a.x.extent[0], left = domains.first_element(domain + 1) - first,
              n_col = left < tile ? left : tile;
    const Real scale = 1.0 / static_cast<Real>(n_member - 1), inflation = a.inflation(domain);
    const int rank = team.rank(), size = team.size();
    for (int c = rank; c < n_col; c += size) x_mean[c] = 0.0;
    for (int n = 0; n < n_member; ++n)
      for (int c = rank; c < n_col; c += size) x_mean[c] += a.x(n, first + c);
    for (int c = rank; c < n_col; c += size) x_mean[c] /= static_cast<Real>(n_member);
    for (int k = 0; k < m; ++k) {  // P^T
      for (int c = rank; c < n_col; c += size) gain[k * tile + c] = 0.0;
      for (int n = 0; n < n_member; ++n) {
        const Real seen = a.y(n, index[k]) - mean[k];
        for (int c = rank; c < n_col; c += size)
          gain[k * tile + c] = std::fma(a.x(n, first + c) - x_mean[c], seen, gain[k * tile + c]);
      }
      for (int c = rank; c < n_col; c += size) pull[k * tile + c] = gain[k * tile + c] * scale;
      for (int j = 0; j < k; ++j)  // w = L^-1 P^T
        for (int c = rank; c < n_col; c += size)
          pull[k * tile + c] = std::fma(-s[k * m + j], pull[j * tile + c], pull[k * tile + c]);
      for (int c = rank; c < n_col; c += size) pull[k * tile + c] /= s[k * m + k];
    }
    for (int k = m - 1; k >= 0; --k) {  // L^-T w, and (L + D)^-T w in place of w
      for (int c = rank; c < n_col; c += size) gain[k * tile + c] = pull[k * tile + c];
      for (int j = k + 1; j < m; ++j)
        for (int c = rank; c < n_col; c += size)
          gain[k * tile + c] = std::fma(-s[j * m + k], gain[j * tile + c], gain[k * tile + c]);
      for (int c = rank; c < n_col; c += size) gain[k * tile + c] /= s[k * m + k];
    }
    for (int k = m - 1; k >= 0; --k) {
      if (a.form == Form::denkf) {
        for (int c = rank; c < n_col; c += size) pull[k * tile + c] = 0.5 * gain[k * tile + c];
        continue;
      }
      for (int j = k + 1; j < m; ++j)
        for (int c = rank; c < n_col; c += size)
          pull[k * tile + c] = std::fma(-s[j * m + k], pull[j * tile + c], pull[k * tile + c]);
      for (int c = rank; c < n_col; c += size) pull[k * tile + c] /= s[k * m + k] + root[k];
    }
    for (int c = rank; c < n_col; c += size) before[c] = after[c] = 0.0;
    for (int n = 0; n < n_member; ++n) {
      for (int c = rank; c < n_col; c += size)
        a.x(n, first + c) -= x_mean[c], before[c] = std::fma(a.x(n, first + c), a.x(n, first + c), before[c]);
      for (int k = 0; k < m; ++k) {
        const Real seen = a.y(n, index[k]) - mean[k];
        for (int c = rank; c < n_col; c += size)
          a.x(n, first + c) = std::fma(-seen, pull[k * tile + c], a.x(n, first + c));
      }
      for (int c = rank; c < n_col; c += size) after[c] = std::fma(a.x(n, first + c), a.x(n, first + c), after[c]);
    }
    for (int c = rank; c < n_col; c += size)  // inflation and relaxation as one factor
      after[c] = inflation * (after[c] > 0.0 ? 1.0 + a.relaxation * (std::sqrt(before[c] / after[c]) - 1.0) : 1.0);
    for (int k = 0; k < m; ++k)
      for (int c = rank; c < n_col; c += size) x_mean[c] = std::fma(gain[k * tile + c], innovation[k], x_mean[c]);
    for (int n = 0; n < n_member; ++n)
      for (int c = rank; c < n_col; c += size) a.x(n, first + c) = std::fma(after[c], a.x(n, first + c), x_mean[c]);
  }
};

template <class Space>
void analyse(Space space, const Domains& d, const Analysis& analysis) {
  if (analysis.x.extent[0] < 2) return;  // one member has no anomalies
  int most_obs = 0;
  for (int k = 0; k < d.n_domain(); ++k) {
    const int m = d.first_obs(k + 1) - d.first_obs(k);
    most_obs = m > most_obs ? m : most_obs;
  }
  for_teams(space, d.n_domain(), team_size, UpdateDomain::bytes(most_obs), UpdateDomain{d, analysis, most_obs});
}

}  // namespace coldsun::assimilation

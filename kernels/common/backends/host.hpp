// Host backend: OpenMP. One of the few files that name a parallel runtime. The results do not depend on the number of
// threads: an index gives the same value on any thread, and reduce has a fixed tree.
#pragma once
#include <omp.h>

#include <memory>
#include <type_traits>

#include "common/space.hpp"
#include "common/team.hpp"

namespace coldsun {

// A loop of fewer flops than this stays on the calling thread, because waking the others costs 2 to 10 us. A functor
// may state the flops of an item,
//   static constexpr int flops = 2000;
// else for_rows assumes 64 and for_each 256.
inline constexpr std::int64_t parallel_flops = 32'768;
inline constexpr int reduce_leaf = 256;  // width of the lowest level of the tree, the same on every backend

template <class F>
constexpr bool worth_threads(std::int64_t n, int usual_flops) {
  if constexpr (requires { typename std::integral_constant<int, F::flops>; })
    return n > 1 && n * F::flops >= parallel_flops;
  else return n * usual_flops >= parallel_flops;
}

// Copied functors: a loop cannot alias a local copy, so its members stay in registers.
template <class F>
void for_each(Host, std::int64_t n, const F& f) {
  [[maybe_unused]] const bool share = worth_threads<F>(n, 256);  // used in the pragma
#pragma omp parallel if (share)
  {
    const F g = f;
#pragma omp for schedule(static)
    for (std::int64_t i = 0; i < n; ++i) g(static_cast<int>(i));
  }
}

// Vectorises where f has no branch that depends on the column; branches on the row are hoisted.
template <class F>
void for_rows(Host, int n_row, int n_col, const F& f) {
  if (n_row <= 0 || n_col <= 0) return;
  [[maybe_unused]] const bool share = worth_threads<F>(static_cast<std::int64_t>(n_row) * n_col, 64);
  const int piece = n_row >= 8 ? n_col : 64;  // few long rows are divided into pieces
  const int n_piece = (n_col + piece - 1) / piece;
#pragma omp parallel if (share)
  {
    const F g = f;
#pragma omp for schedule(static)
    for (std::int64_t k = 0; k < static_cast<std::int64_t>(n_row) * n_piece; ++k) {
      const int row = static_cast<int>(k / n_piece);
      const int first = static_cast<int>(k % n_piece) * piece;
      const int stop = first + piece < n_col ? first + piece : n_col;
#pragma omp simd
      for (int col = first; col < stop; ++col) g(row, col);
    }
  }
}

template <class F>
void for_teams(Host, int n_item, int /*team_size*/, std::size_t bytes, const F& f) {
#pragma omp parallel if (n_item > 1)
  {
    const F g = f;
    const std::size_t capacity = bytes + scratch_slack;
    char* memory = host_scratch(capacity);
#pragma omp for schedule(dynamic, 1)
    for (int i = 0; i < n_item; ++i) {
      SerialTeam team{memory, 0, capacity};
      g(team, i);
    }
  }
}

// Leaf k of the tree: the sum of f over its 256 indices, by halving.
template <class F>
COLDSUN_FN Real reduce_one_leaf(const F& f, std::int64_t k, std::int64_t n) {
  Real v[reduce_leaf];
  const std::int64_t first = k * reduce_leaf;
  const int count = static_cast<int>(n - first < reduce_leaf ? n - first : reduce_leaf);
#pragma omp simd
  for (int i = 0; i < count; ++i) v[i] = f(static_cast<int>(first + i));
  for (int i = count; i < reduce_leaf; ++i) v[i] = 0.0;
  for (int s = reduce_leaf / 2; s > 0; s /= 2)
    for (int i = 0; i < s; ++i) v[i] += v[i + s];
  return v[0];
}

// Neighbours are added, then neighbours of those, in place.
COLDSUN_FN Real reduce_leaves(Real* sum, std::int64_t n_leaf) {
  for (std::int64_t width = 1; width < n_leaf; width *= 2)
    for (std::int64_t i = 0; i + width < n_leaf; i += 2 * width) sum[i] += sum[i + width];
  return sum[0];
}

template <class F>
Real reduce(Host, std::int64_t n, const F& f) {
  if (n <= 0) return 0.0;
  const std::int64_t n_leaf = (n + reduce_leaf - 1) / reduce_leaf;
  std::unique_ptr<Real[]> sum(new Real[static_cast<std::size_t>(n_leaf)]);
  [[maybe_unused]] const bool share = worth_threads<F>(n, 4);
#pragma omp parallel if (share)
  {
    const F g = f;
#pragma omp for schedule(static)
    for (std::int64_t k = 0; k < n_leaf; ++k) sum[static_cast<std::size_t>(k)] = reduce_one_leaf(g, k, n);
  }
  return reduce_leaves(sum.get(), n_leaf);
}

inline void synchronize(Host) {}

inline int host_threads() { return omp_get_max_threads(); }
inline void set_host_threads(int n) { omp_set_num_threads(n); }

}  // namespace coldsun

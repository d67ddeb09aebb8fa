// Kokkos backend: Kokkos::DefaultExecutionSpace of the user's Kokkos. One of the few files that name a parallel
// runtime. The program calls Kokkos::initialize. Memory: Device::host for a host space; managed memory (Device::cuda)
// for Kokkos' Cuda.
#pragma once
#include <Kokkos_Core.hpp>
#include <type_traits>

#include "common/backends/host.hpp"
#include "common/space.hpp"
#include "common/team.hpp"

namespace coldsun {

namespace kokkos {

using Execution = Kokkos::DefaultExecutionSpace;
inline constexpr bool on_host = std::is_same_v<Execution, Kokkos::DefaultHostExecutionSpace>;
using Range = Kokkos::RangePolicy<Execution, Kokkos::Schedule<Kokkos::Static>, Kokkos::IndexType<std::int64_t>>;
using Teams = Kokkos::TeamPolicy<Execution, Kokkos::Schedule<Kokkos::Dynamic>, Kokkos::IndexType<int>>;
using Member = Teams::member_type;

template <class F>
struct EachBody {
  F f;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const { f(static_cast<int>(i)); }
};

// A range over pieces of rows with a SIMD loop inside: 1.0 times plain OpenMP; an MDRangePolicy takes twice as long, a
// flat index with a division eight times.
template <class F>
struct RowsBody {
  F f;
  int n_col, piece, n_piece;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t k) const {
    const F g = f;  // a loop cannot alias a local copy
    const int row = static_cast<int>(k / n_piece);
    const int first = static_cast<int>(k % n_piece) * piece;
    const int stop = first + piece < n_col ? first + piece : n_col;
#if !defined(__CUDA_ARCH__) && !defined(__HIP_DEVICE_COMPILE__)
#pragma omp simd
#endif
    for (int col = first; col < stop; ++col) g(row, col);
  }
};

// On a device: a team per row, its vector lanes along the columns.
template <class F>
struct RowTeamsBody {
  F f;
  int n_col;
  KOKKOS_INLINE_FUNCTION void operator()(const Member& member) const {
    const int row = member.league_rank();
    for (int col = member.team_rank(); col < n_col; col += member.team_size()) f(row, col);
  }
};

// The threads of a Kokkos team, for device spaces.
struct KokkosTeam {
  const Member& member;
  char* memory;
  std::size_t used, capacity;
  char* slot;
  KOKKOS_INLINE_FUNCTION int rank() const { return member.team_rank(); }
  KOKKOS_INLINE_FUNCTION int size() const { return member.team_size(); }
  KOKKOS_INLINE_FUNCTION void sync() const { member.team_barrier(); }
  template <class T>
  KOKKOS_INLINE_FUNCTION T* scratch(std::size_t n) {
    T* p = reinterpret_cast<T*>(memory + used);
    used += scratch_bytes<T>(n);
    if (used > capacity) COLDSUN_TRAP();
    return p;
  }
  template <class T>
  KOKKOS_INLINE_FUNCTION T shuffle(T x, int from) const {
    static_assert(sizeof(T) <= scratch_line);
    sync();
    if (rank() == from) *reinterpret_cast<T*>(slot) = x;
    sync();
    return *reinterpret_cast<const T*>(slot);
  }
};

template <class F>
struct TeamsBody {
  F f;
  std::size_t capacity;
  int level;
  KOKKOS_INLINE_FUNCTION void operator()(const Member& member) const {
    const std::size_t slot = on_host ? 0 : scratch_line;
    char* memory = static_cast<char*>(
        member.team_scratch(level).get_shmem_aligned(static_cast<long>(capacity + slot), scratch_line));
    if constexpr (on_host) {  // one thread per team: a constant size lets the inner loops vectorise
      SerialTeam team{memory, 0, capacity};
      f(team, member.league_rank());
    } else {
      KokkosTeam team{member, memory + slot, 0, capacity, memory};
      f(team, member.league_rank());
    }
  }
};

template <class F>
struct LeafBody {
  F f;
  std::int64_t n;
  Kokkos::View<Real*, Execution> sum;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t k) const { sum(k) = reduce_one_leaf(f, k, n); }
};

}  // namespace kokkos

template <class F>
void for_each(KokkosSpace, std::int64_t n, const F& f) {
  if (n > 0) Kokkos::parallel_for("for_each", kokkos::Range(0, n), kokkos::EachBody<F>{f});
}

template <class F>
void for_rows(KokkosSpace, int n_row, int n_col, const F& f) {
  if (n_row <= 0 || n_col <= 0) return;
  if constexpr (kokkos::on_host) {
    const int piece = n_row >= 8 ? n_col : 64;
    const int n_piece = (n_col + piece - 1) / piece;
    const std::int64_t n = static_cast<std::int64_t>(n_row) * n_piece;
    Kokkos::parallel_for("for_rows", kokkos::Range(0, n), kokkos::RowsBody<F>{f, n_col, piece, n_piece});
  } else {
    Kokkos::parallel_for("for_rows", kokkos::Teams(n_row, n_col < 128 ? n_col : 128),
                         kokkos::RowTeamsBody<F>{f, n_col});
  }
}

template <class F>
void for_teams(KokkosSpace, int n_item, int team_size, std::size_t bytes, const F& f) {
  if (n_item <= 0) return;
  const std::size_t capacity = (bytes + scratch_line - 1) / scratch_line * scratch_line + scratch_slack;
  const int wanted = static_cast<int>(capacity + 2 * scratch_line);  // room for the slot and for alignment
  kokkos::Teams policy(n_item, kokkos::on_host ? 1 : team_size);
  const int level = wanted <= kokkos::Teams::scratch_size_max(0) ? 0 : 1;
  policy.set_scratch_size(level, Kokkos::PerTeam(wanted));
  Kokkos::parallel_for("for_teams", policy, kokkos::TeamsBody<F>{f, capacity, level});
}

// The tree of the host: leaves in parallel, then the leaves' sums on the host.
template <class F>
Real reduce(KokkosSpace, std::int64_t n, const F& f) {
  if (n <= 0) return 0.0;
  const std::int64_t n_leaf = (n + reduce_leaf - 1) / reduce_leaf;
  Kokkos::View<Real*, kokkos::Execution> sum(Kokkos::view_alloc(Kokkos::WithoutInitializing, "reduce"),
                                             static_cast<std::size_t>(n_leaf));
  Kokkos::parallel_for("reduce", kokkos::Range(0, n_leaf), kokkos::LeafBody<F>{f, n, sum});
  const auto host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace{}, sum);
  return reduce_leaves(host.data(), n_leaf);
}

inline void synchronize(KokkosSpace) { kokkos::Execution{}.fence("synchronize"); }

}  // namespace coldsun

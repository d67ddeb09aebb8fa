// The verbs: for_each, for_rows, for_teams, reduce. A kernel is a named functor; the Space tag chooses where it runs.
//   for_each(space, n, f)                             f(i)
//   for_rows(space, n_row, n_col, f)                  f(row, col): rows over threads, columns over SIMD lanes or
//                                                     CUDA threads
//   for_teams(space, n_item, team_size, bytes, f)     f(team, item): see team.hpp
//   reduce(space, n, f)                               sum of f(i) by a fixed tree: the same bits for any thread count
//                                                     and backend
//   synchronize(space)                                waits for all kernels of the space; call it before the host
//                                                     reads managed memory
// A functor holds Views and numbers by value and writes only its own index. In for_rows a branch on the row is free. A
// branch on the column prevents vectorisation: select with ?: instead, and treat edges in a second call. A costly
// functor states the flops of an item (static constexpr int flops = ...), so that short loops are shared among threads.
#pragma once
#include "common/array.hpp"
#include "common/backends/host.hpp"
#if defined(__CUDACC__)
#include "common/backends/cuda.cuh"
#endif
#if defined(COLDSUN_KOKKOS)
#include "common/backends/kokkos.hpp"
#endif

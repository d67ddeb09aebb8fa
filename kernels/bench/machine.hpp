// Limits of the machine: memory bandwidth and arithmetic rate of its cores, measured before the kernels.
#pragma once
#include <omp.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>

#include "common/array.hpp"
#include "common/loops.hpp"

namespace coldsun::bench {

struct Machine {
  int threads = 1;
  Real bandwidth_one = 0, bandwidth_all = 0;  // B/s of the STREAM triad, one thread and all
  Real flops_one = 0, flops_all = 0;          // 1/s in double precision fma, two each
  Real cache = 0, triad = 0;                  // B of cache available to one thread; B used by the triad
};

// As reported by the system, else 32 MB. A rented core may have less.
inline Real told_cache() {
  const long most = std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
  return most > 0 ? static_cast<Real>(most) : 32e6;
}

// STREAM triad (McCalpin 1995): reads b, c; writes a. 24 B and 2 flops per item; the read that a write of a cache line
// causes is not counted
struct Triad {
  View<Real, 2> a;
  View<const Real, 2> b, c;
  Real s;
  COLDSUN_FN void operator()(int r, int i) const { a(r, i) = std::fma(s, c(r, i), b(r, i)); }
};

template <class F>
Real best_seconds(int repeats, const F& f) {
  Real best = 1e30;
  for (int k = 0; k < repeats; ++k) {
    const auto start = std::chrono::steady_clock::now();
    f();
    best = std::min(best, std::chrono::duration<Real>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

// The same by the processor time of the calling thread, so that other processes on the core do not count.
template <class F>
Real best_processor_seconds(int repeats, const F& f) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<Real>(t.tv_sec) + 1e-9 * static_cast<Real>(t.tv_nsec);
  };
  Real best = 1e30;
  for (int k = 0; k < repeats; ++k) {
    const Real start = now();
    f();
    best = std::min(best, now() - start);
  }
  return best;
}

#if defined(__AVX512F__)
using Lanes = Real __attribute__((vector_size(64)));
inline constexpr const char* instruction_set = "avx512";
#else
using Lanes = Real __attribute__((vector_size(32)));
#if defined(__AVX2__)
inline constexpr const char* instruction_set = "avx2";
#else
inline constexpr const char* instruction_set = "baseline";
#endif
#endif

// Twelve independent chains hide the latency of two units: 4 cycles each on all cores since 2015. Contraction makes
// each step one fma.
__attribute__((noinline, optimize("fp-contract=fast"))) inline Real fma_chains(std::int64_t n, Real scale) {
  Lanes x[12];
  for (int k = 0; k < 12; ++k) x[k] = Lanes{} + static_cast<Real>(k);
  const Lanes a = Lanes{} + scale, b = Lanes{} + 1e-9;
  for (std::int64_t i = 0; i < n; ++i)
#pragma GCC unroll 12
    for (int k = 0; k < 12; ++k) x[k] = x[k] * a + b;
  Lanes sum{};
  for (const Lanes& v : x) sum += v;
  return sum[0] + sum[1];
}

inline Machine measure_machine() {
  Machine machine;
  machine.threads = omp_get_max_threads();
  // Four times the last-level cache in all, as STREAM asks of its arrays, but no more than a quarter of the machine's
  // memory.
  const Real memory = static_cast<Real>(sysconf(_SC_PHYS_PAGES)) * static_cast<Real>(sysconf(_SC_PAGESIZE));
  machine.triad = std::min(std::max(4.0 * told_cache(), 384e6), memory / 4.0);
  constexpr int n_row = 64;
  const int n_col = static_cast<int>(machine.triad / (24.0 * n_row));
  const Array<Real, 2> a(Device::host, {n_row, n_col}), b(Device::host, {n_row, n_col}),
      c(Device::host, {n_row, n_col});
  b.fill(1.0), c.fill(2.0);
  const auto triad = [&] { for_rows(Host{}, n_row, n_col, Triad{a, b, c, 3.0}); };
  machine.bandwidth_all = 24.0 * n_row * n_col / best_seconds(7, triad);
  omp_set_num_threads(1);
  machine.bandwidth_one = 24.0 * n_row * n_col / best_seconds(4, triad);
  // A cache helps up to the size at which the triad is still a quarter faster than over all data.
  for (int cols = 512; cols < n_col; cols *= 2) {
    const Real bytes = 24.0 * n_row * cols;
    const auto part = [&] { for_rows(Host{}, n_row, cols, Triad{a, b, c, 3.0}); };
    if (bytes / best_seconds(10, part) < 1.25 * machine.bandwidth_one) break;
    machine.cache = bytes;
  }
  omp_set_num_threads(machine.threads);
  constexpr std::int64_t n = 2'000'000;
  const Real flops = 2.0 * 12 * n * static_cast<Real>(sizeof(Lanes) / sizeof(Real));
  volatile Real keep = 0.0;
  machine.flops_one = flops / best_processor_seconds(5, [&] { keep = fma_chains(n, 0.999); });
  machine.flops_all = machine.threads * flops / best_seconds(5, [&] {
#pragma omp parallel
                        {
                          const Real sum = fma_chains(n, 0.999);
#pragma omp critical
                          keep = keep + sum;
                        }
                      });
  return machine;
}

}  // namespace coldsun::bench

// Benchmarks of the common kernels: the verbs on memory, elementary functions, chance. Each is checked against libm or
// a plain loop first.
#include <benchmark/benchmark.h>

#include <cmath>

#include "bench/machine.hpp"
#include "bench/rates.hpp"
#include "common/loops.hpp"
#include "common/math.hpp"
#include "common/philox.hpp"

namespace coldsun::bench {
namespace {

constexpr int n_row = 64, n_col = 1024;  // 512 kB per array: functions are timed in the cache

// Arguments over a function's usual range. writes x. 8 B per item
struct Ramp {
  View<Real, 2> x;
  Real low, step;
  COLDSUN_FN void operator()(int r, int c) const { x(r, c) = low + step * (r * x.extent[1] + c); }
};

enum class What { exp, log, sincos, pow, quantile };

template <What what>
COLDSUN_FN Real apply(Real v) {
  if constexpr (what == What::exp) return math::exp(v);
  if constexpr (what == What::log) return math::log(v);
  if constexpr (what == What::pow) return math::pow(v, 2.4);
  if constexpr (what == What::quantile) return math::normal_quantile(v);
  Real s, c;
  math::sincos(v, s, c);
  return s + c;
}
template <What what>
Real reference(Real v) {
  if constexpr (what == What::exp) return std::exp(v);
  if constexpr (what == What::log) return std::log(v);
  if constexpr (what == What::pow) return std::pow(v, 2.4);
  if constexpr (what == What::quantile) {  // Newton on erfc from the value under test
    const Real z = math::normal_quantile(v);
    return z - (0.5 * std::erfc(-z / std::sqrt(2.0)) - v) * std::sqrt(2.0 * M_PI) * std::exp(0.5 * z * z);
  }
  return std::sin(v) + std::cos(v);
}

// reads x; writes y. 16 B per item; flops: exp 26, log 26, sincos 40, pow 55, quantile 64 (every add, multiply, divide,
// root counts one)
template <What what>
struct Apply {
  View<const Real, 2> x;
  View<Real, 2> y;
  COLDSUN_FN void operator()(int r, int c) const { y(r, c) = apply<what>(x(r, c)); }
};

template <What what>
void function(benchmark::State& state, Real low, Real high, Real flops) {
  const Array<Real, 2> x(Device::host, {n_row, n_col}), y(Device::host, {n_row, n_col});
  for_rows(Host{}, n_row, n_col, Ramp{x, low, (high - low) / (n_row * n_col)});
  for_rows(Host{}, n_row, n_col, Apply<what>{x, y});
  for (int i = 0; i < n_row * n_col; ++i) {
    const Real want = reference<what>(x.data()[i]);
    if (!(std::fabs(y.data()[i] - want) <= 1e-14 * std::fmax(1.0, std::fabs(want))))
      return state.SkipWithError("differs from libm");
  }
  for (auto _ : state) {
    for_rows(Host{}, n_row, n_col, Apply<what>{x, y});
    benchmark::ClobberMemory();
  }
  rates(state, n_row * n_col, 16, flops);
}
void math_exp(benchmark::State& state) { function<What::exp>(state, -20.0, 20.0, 26); }
BENCHMARK(math_exp)->Name("math/exp")->UseRealTime();
void math_log(benchmark::State& state) { function<What::log>(state, 1e-3, 1e3, 26); }
BENCHMARK(math_log)->Name("math/log")->UseRealTime();
void math_sincos(benchmark::State& state) { function<What::sincos>(state, -100.0, 100.0, 40); }
BENCHMARK(math_sincos)->Name("math/sincos")->UseRealTime();
void math_pow(benchmark::State& state) { function<What::pow>(state, 0.1, 10.0, 55); }
BENCHMARK(math_pow)->Name("math/pow")->UseRealTime();
void math_quantile(benchmark::State& state) { function<What::quantile>(state, 1e-6, 1.0 - 1e-6, 64); }
BENCHMARK(math_quantile)->Name("math/normal_quantile")->UseRealTime();

// writes x. 8 B per item; 60 integer operations for the bits (not counted as flops), 3 flops uniform, 67 normal
template <bool normal>
struct Draw {
  View<Real, 2> x;
  Chance chance;
  COLDSUN_FN void operator()(int r, int c) const {
    const auto index = static_cast<std::uint32_t>(r), draw = static_cast<std::uint32_t>(c);
    x(r, c) = normal ? chance.normal(index, draw) : chance.uniform(index, draw);
  }
};

template <bool normal>
void philox(benchmark::State& state) {
  const Quad known = philox4x32(Quad{{0, 0, 0, 0}}, 0, 0);
  if (known.v[0] != 0x6627e8d5 || known.v[3] != 0x9b00dbd8)
    return state.SkipWithError("Philox differs from its known answer");
  const Array<Real, 2> x(Device::host, {n_row, n_col});
  const Chance chance{1, 2, Stream::test, 3};
  for (auto _ : state) {
    for_rows(Host{}, n_row, n_col, Draw<normal>{x, chance});
    benchmark::ClobberMemory();
  }
  const Real want = normal ? chance.normal(5, 1000) : chance.uniform(5, 1000);
  if (x(5, 1000) != want) return state.SkipWithError("a vector's draw differs from the scalar's");
  rates(state, n_row * n_col, 8, normal ? 67 : 3);
}
BENCHMARK(philox<false>)->Name("philox/uniform")->UseRealTime();
BENCHMARK(philox<true>)->Name("philox/normal")->UseRealTime();

// One thread and all, in the memory (805 MB) and in the cache (768 kB).
void triad(benchmark::State& state) {
  const int rows = 64, cols = static_cast<int>(state.range(0)), before = omp_get_max_threads();
  if (state.range(1) == 1) omp_set_num_threads(1), state.counters["threads"] = 1;
  const Array<Real, 2> a(Device::host, {rows, cols}), b(Device::host, {rows, cols}), c(Device::host, {rows, cols});
  b.fill(1.0), c.fill(2.0);
  for (auto _ : state) {
    for_rows(Host{}, rows, cols, Triad{a, b, c, 3.0});
    benchmark::ClobberMemory();
  }
  omp_set_num_threads(before);
  for (int r = 0; r < rows; ++r)
    for (int i = 0; i < cols; ++i)
      if (a(r, i) != 7.0) return state.SkipWithError("1 + 3 * 2 is not 7");
  rates(state, static_cast<Real>(rows) * cols, 24, 2);
}
BENCHMARK(triad)
    ->ArgNames({"cols", "one"})
    ->Args({524'288, 0})
    ->Args({524'288, 1})
    ->Args({512, 0})
    ->Args({512, 1})
    ->UseRealTime();

// reads x. 8 B and 1 flop per item
struct Term {
  View<const Real, 1> x;
  COLDSUN_FN Real operator()(int i) const { return x(i); }
};

void sum(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  const Array<Real, 1> x(Device::host, {n});
  long double exact = 0.0L;
  for (int i = 0; i < n; ++i) x(i) = std::sin(i), exact += x(i);
  if (std::fabs(reduce(Host{}, n, Term{x}) - static_cast<Real>(exact)) > 1e-13 * n)
    return state.SkipWithError("the tree's sum is wrong");
  for (auto _ : state) benchmark::DoNotOptimize(reduce(Host{}, n, Term{x}));
  rates(state, n, 8, 1);
}
BENCHMARK(sum)->Name("reduce")->Arg(10'000)->Arg(4'000'000)->UseRealTime();

// The cost of a launch: a loop over nothing to do.
struct Nothing {
  View<Real, 1> x;
  COLDSUN_FN void operator()(int i) const { x(i) += 1.0; }
};
void launch(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  const Array<Real, 1> x(Device::host, {n});
  for (auto _ : state) for_each(Host{}, n, Nothing{x});
  if (x(n - 1) < 1.0) return state.SkipWithError("the loop did not run");
  rates(state, n, 16, 1);
}
BENCHMARK(launch)->Name("for_each")->Arg(32)->Arg(1024)->UseRealTime();

}  // namespace
}  // namespace coldsun::bench

// Ensemble kernels on the host: drawing priors, watching a twin, comparing pairs in a window.
#include <benchmark/benchmark.h>

#include <cmath>

#include "ensemble/advance.hpp"

namespace coldsun::ensemble {
namespace {

using benchmark::Counter;

constexpr int n_item = 130;

void rates(benchmark::State& state, double items, double bytes, double flops) {
  const auto kind = Counter::kIsIterationInvariantRate;
  state.counters["items"] = Counter(items, kind);
  state.counters["bytes"] = Counter(items * bytes, kind);
  state.counters["flops"] = Counter(items * flops, kind);
}

// One group over all items; two twins with a known difference per member.
struct World {
  System sys;
  Watch extremes;
  Tally tally;
  Array<Real, 2> a, b, weight, parameter;
  Array<Real, 1> limit;
  Array<std::int32_t, 2> key;
  Array<std::int32_t, 1> member;
  Array<Time, 1> start, stop;
  explicit World(int n) {
    const Device d = Device::host;
    sys.prior = {d, {8}}, sys.entity = {d, {8}}, sys.index = {d, {8}};
    for (int k = 0; k < 8; ++k)
      sys.prior(k) = make_prior(Shape::lognormal, 0.1, 10, 1, 0.5), sys.index(k) = static_cast<std::uint32_t>(k);
    sys.first_item = {d, {1}}, sys.stop_item = {d, {1}}, sys.stop_item(0) = n_item;
    sys.offset = {d, {1}}, sys.setting = {d, {2}}, sys.setting(0) = 1.0;
    extremes = make_watch(sys, n, d), tally = make_tally(sys, n, d);
    a = {d, {n, n_item}}, b = {d, {n, n_item}}, weight = {d, {n, n_item}}, parameter = {d, {n, 8}},
    limit = {d, {n_item}}, key = {d, {n, n_item}};
    member = {d, {n}}, start = {d, {n}}, stop = {d, {n}};
    limit.fill(358.0), weight.fill(0.5);
    for (int m = 0; m < n; ++m) {
      member(m) = m, start(m) = ns_per_s, stop(m) = 3 * ns_per_s;
      for (int i = 0; i < n_item; ++i) b(m, i) = 330.0 + i, a(m, i) = b(m, i) + (i == n_item - 1 ? 0.01 * m : 0.0);
    }
  }
};

void draw_priors(benchmark::State& state) {
  World w(static_cast<int>(state.range(0)));
  ensemble::draw_priors(Host{}, w.sys, w.parameter, 1, 0);
  for (int m = 0; m < w.parameter.extent(0); ++m)
    if (w.parameter(m, 3) != draw(w.sys.prior(3), 1, static_cast<std::uint32_t>(m), 0, 3))
      return state.SkipWithError("differs from the function");
  for (auto _ : state) ensemble::draw_priors(Host{}, w.sys, w.parameter, 1, 0);
  rates(state, 8.0 * static_cast<double>(state.range(0)), 72, 120);
}
BENCHMARK(draw_priors)->Arg(256)->Arg(4096)->UseRealTime();

void watch_twins(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  World w(n);
  const Cut cut{w.member, w.start, w.stop, n, 1, 0};
  watch(Host{}, w.sys, w.extremes, {w.b, w.limit, w.weight}, cut);
  if (w.extremes.highest(n - 1, 0) != 459.0 || w.extremes.weighted(0, 0) != n_item)
    return state.SkipWithError("wrong extremes");
  for (auto _ : state) watch(Host{}, w.sys, w.extremes, {w.b, w.limit, w.weight}, cut);
  rates(state, static_cast<double>(n) * n_item, 24, 5);
}
BENCHMARK(watch_twins)->Arg(256)->UseRealTime();

void compare_twins(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  World w(n);
  w.tally.open.fill(0);
  const Look look{.member = w.member,
                  .a = w.member,
                  .b = w.member,
                  .now = w.stop,
                  .value_a = w.a,
                  .value_b = w.b,
                  .key_a = w.key,
                  .key_b = w.key};
  compare(Host{}, w.sys, w.tally, look, n);
  for (int m = 0; m < n; ++m)
    if (std::fabs(w.tally.trace(m, 0).rise - 0.01 * m) > 1e-12) return state.SkipWithError("wrong difference");
  for (auto _ : state) compare(Host{}, w.sys, w.tally, look, n);
  rates(state, static_cast<double>(n) * n_item, 24, 3);
}
BENCHMARK(compare_twins)->Arg(256)->UseRealTime();

}  // namespace
}  // namespace coldsun::ensemble

// Benchmarks of the ensemble filter: a hall's domains, and one long domain. Each is checked before it is timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "assimilation/assimilation.hpp"
#include "common/philox.hpp"

namespace coldsun::bench {
namespace {

using namespace coldsun::assimilation;

// n_domain domains of n columns and m observations each, N members.
void analysis(benchmark::State& state, int n_domain, int n, int m, int n_member) {
  std::vector<Domain> list;
  for (int d = 0; d < n_domain; ++d) {
    list.push_back({n, {}, {}});
    for (int k = 0; k < m; ++k) list.back().obs.push_back(d * m + k);
  }
  const Domains domains = make_domains(list, n_domain * m, Device::host);
  const Array<Real, 2> x(Device::host, {n_member, n_domain * n}), y(Device::host, {n_member, n_domain * m});
  const Array<Real, 1> y_obs(Device::host, {n_domain * m}), r_obs(Device::host, {n_domain * m}),
      inflation(Device::host, {n_domain});
  const Array<std::int8_t, 1> use(Device::host, {n_domain * m});
  const Array<std::int32_t, 1> trouble(Device::host, {n_domain});
  const Chance chance{3, 0, Stream::test, 2};
  for (int i = 0; i < n_member; ++i) {
    for (int j = 0; j < n_domain * n; ++j)
      x(i, j) = chance.normal(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
    for (int d = 0; d < n_domain; ++d)
      for (int k = 0; k < m; ++k) y(i, d * m + k) = x(i, d * n + k % n);
  }
  r_obs.fill(1.0), inflation.fill(1.0), use.fill(1);
  const Analysis a{.x = x,
                   .y = y,
                   .y_obs = y_obs,
                   .r_obs = r_obs,
                   .use = use,
                   .inflation = inflation,
                   .trouble = trouble,
                   .form = Form::root};
  // One column against one observation of itself by hand: the mean goes to m (1 - p / (p + r / copies)).
  const auto moments = [&](Real& mean, Real& p) {
    mean = p = 0.0;
    for (int i = 0; i < n_member; ++i) mean += x(i, 0) / n_member;
    for (int i = 0; i < n_member; ++i) p += (x(i, 0) - mean) * (x(i, 0) - mean) / (n_member - 1);
  };
  Real mean, p, mean_a, p_a;
  moments(mean, p);
  if (n > 1) use.fill(0), use(0) = 1;
  analyse(Host{}, domains, a);
  moments(mean_a, p_a);
  const Real r = n > 1 ? 1.0 : 1.0 / m;
  if (std::fabs(mean_a - mean * r / (p + r)) > 1e-12 || std::fabs(p_a - p * r / (p + r)) > 1e-12)
    return state.SkipWithError("differs from Kalman's update");
  use.fill(1);
  for (auto _ : state) {
    analyse(Host{}, domains, a);
    benchmark::ClobberMemory();
  }
  // S: 3 N m^2 / 2; factor: m^3 / 3; a column: 3 N m for P, 3 m^2 for the solves, 3 N m for the anomalies, 6 N. x is
  // read and written thrice.
  const Real flops =
      n_domain * (1.5 * n_member * m * m + m * m * m / 3.0 + n * (6.0 * n_member * m + 3.0 * m * m + 6.0 * n_member));
  const auto kind = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["items"] = benchmark::Counter(static_cast<Real>(n_domain) * n, kind);
  state.counters["bytes"] = benchmark::Counter(48.0 * n_member * n_domain * n, kind);
  state.counters["flops"] = benchmark::Counter(flops, kind);
}
void hall(benchmark::State& state) { analysis(state, 128, 2, 4, 64); }
void field(benchmark::State& state) { analysis(state, 1, 100'000, 20, 64); }
BENCHMARK(hall)->Name("assimilation/hall")->UseRealTime();
BENCHMARK(field)->Name("assimilation/field")->UseRealTime();

}  // namespace
}  // namespace coldsun::bench

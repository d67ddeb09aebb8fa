// The kernels of the array functions on the host, and a plate at rest over many flows.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "bench/points.hpp"
#include "bench/rates.hpp"
#include "common/loops.hpp"
#include "orbit/points.hpp"

namespace coldsun::bench {
namespace {

// Registers one benchmark per kernel; each first shows that its outputs are numbers at every point.
const bool registered = [] {
  each_points_kernel([](const PointsKernel& k, auto make) {
    benchmark::RegisterBenchmark(("points_" + std::string(k.name)).c_str(), [k, make](benchmark::State& state) {
      const int n = 1 << 13;
      Points points(Device::host, n, k.range, k.n_out);
      const auto kernel = make(points);
      for_rows(Host{}, 1, n, kernel);
      for (const auto& column : points.out)
        for (int i = 0; i < n; ++i)
          if (!std::isfinite(column(0, i))) return state.SkipWithError("an output is not a number");
      for (auto _ : state) {
        if (std::string_view(k.name) == "seven_points_sure") points.out[4].fill(math::not_a_number);
        for_rows(Host{}, 1, n, kernel);
        benchmark::ClobberMemory();
      }
      rates(state, n, 8.0 * static_cast<double>(k.range.size() + points.out.size()), k.flops);
    })->UseRealTime();
  });
  return true;
}();

}  // namespace
}  // namespace coldsun::bench

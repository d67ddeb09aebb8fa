// Counts of one pass of a benchmark: items, bytes, flops, and its working set (data that every pass uses again).
#pragma once
#include <benchmark/benchmark.h>

namespace coldsun::bench {

// bytes and flops are per item. working_set counts bytes used several times in a pass once; 0: all of them.
inline void rates(benchmark::State& state, double items, double bytes, double flops, double working_set = 0.0) {
  const auto kind = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["items"] = benchmark::Counter(items, kind);
  state.counters["bytes"] = benchmark::Counter(items * bytes, kind);
  state.counters["flops"] = benchmark::Counter(items * flops, kind);
  state.counters["working_set"] = working_set > 0.0 ? working_set : items * bytes;
}

}  // namespace coldsun::bench

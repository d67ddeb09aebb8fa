// What a benchmark says of one pass: items, bytes, flops and its working set, the data that the passes come back to.
#pragma once
#include <benchmark/benchmark.h>

namespace coldsun::bench {

// bytes and flops are those of an item. working_set: where a pass goes over the same bytes several times they count
// once; 0: all of them.
inline void rates(benchmark::State& state, double items, double bytes, double flops, double working_set = 0.0) {
  const auto kind = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["items"] = benchmark::Counter(items, kind);
  state.counters["bytes"] = benchmark::Counter(items * bytes, kind);
  state.counters["flops"] = benchmark::Counter(items * flops, kind);
  state.counters["working_set"] = working_set > 0.0 ? working_set : items * bytes;
}

}  // namespace coldsun::bench

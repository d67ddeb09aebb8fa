// Plans for the planner's tests: random keys by Philox.
#pragma once
#include "backends.hpp"
#include "schedule/schedule.hpp"

namespace coldsun::schedule {

inline Population random_plans(const Problem& p, int n_plan, std::uint64_t seed, Device device) {
  Population x = make_population(p, n_plan, device);
  const Chance c{seed, 0, Stream::test, 3};
  for (int k = 0; k < n_plan; ++k)
    for (int g = 0; g < x.key.extent(1); ++g)
      x.key(k, g) = c.uniform(static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(g));
  return x;
}

}  // namespace coldsun::schedule

// The primitives on a CUDA device: Thrust on the space's stream.
#include <thrust/system/cuda/execution_policy.h>

#include "common/backends/primitives_body.hpp"
#include "common/loops.hpp"

namespace coldsun {
namespace {
auto policy_of(Cuda space) { return thrust::cuda::par_nosync.on(cuda::stream_of(space)); }
}  // namespace

void sort_by_key(Cuda space, View<const Real, 1> key, View<std::int32_t, 1> index) {
  primitives::sort_by_key(policy_of(space), key, index);
  synchronize(space);
}
int select(Cuda space, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  const int n = primitives::select(policy_of(space), flag, index);
  synchronize(space);
  return n;
}
Real quantile(Cuda space, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  sort_by_key(space, value, index);
  return primitives::quantile_of_sorted(value, q, index);
}

}  // namespace coldsun

// The primitives on the host: Thrust over OpenMP. Short lists stay on the calling thread, because waking the others
// costs more.
#include <thrust/execution_policy.h>
#include <thrust/system/omp/execution_policy.h>

#include "common/backends/primitives_body.hpp"

namespace coldsun {
namespace {
constexpr int parallel_items = 16'384;  // some 1 ms of sorting
}

void sort_by_key(Host, View<const Real, 1> key, View<std::int32_t, 1> index) {
  if (key.extent[0] < parallel_items) primitives::sort_by_key(thrust::seq, key, index);
  else primitives::sort_by_key(thrust::omp::par, key, index);
}
int select(Host, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  return flag.extent[0] < parallel_items ? primitives::select(thrust::seq, flag, index)
                                         : primitives::select(thrust::omp::par, flag, index);
}
Real quantile(Host space, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  sort_by_key(space, value, index);
  return primitives::quantile_of_sorted(value, q, index);
}

}  // namespace coldsun

// The primitives on the host: Thrust over OpenMP.
#include <thrust/system/omp/execution_policy.h>

#include "common/backends/primitives_body.hpp"

namespace coldsun {

void sort_by_key(Host, View<const Real, 1> key, View<std::int32_t, 1> index) { primitives::sort_by_key(thrust::omp::par, key, index); }
int select(Host, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) { return primitives::select(thrust::omp::par, flag, index); }
Real quantile(Host space, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  sort_by_key(space, value, index);
  return primitives::quantile_of_sorted(value, q, index);
}

}  // namespace coldsun

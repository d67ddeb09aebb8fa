// The primitives in the Kokkos build: those of the host, after the completion of Kokkos' kernels.
#include "common/loops.hpp"
#include "common/primitives.hpp"

namespace coldsun {

void sort_by_key(KokkosSpace space, View<const Real, 1> key, View<std::int32_t, 1> index) {
  synchronize(space);
  sort_by_key(Host{}, key, index);
}
int select(KokkosSpace space, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  synchronize(space);
  return select(Host{}, flag, index);
}
Real quantile(KokkosSpace space, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  synchronize(space);
  return quantile(Host{}, value, q, index);
}

}  // namespace coldsun

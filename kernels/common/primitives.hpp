// Primitives: sort by (key, index), select, quantile; through Thrust on every backend, in separate files. The results
// do not depend on threads or backend, because ties are resolved by index and nothing is summed. All of them wait for
// completion.
#pragma once
#include "common/array.hpp"

namespace coldsun {

// Sets index to the numbers 0 .. n - 1 in ascending order of (key, number). NaN counts as +infinity.
void sort_by_key(Host, View<const Real, 1> key, View<std::int32_t, 1> index);
// Writes the numbers i with flag(i) != 0 to index, ascending; returns their count.
int select(Host, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index);
// Quantile q in [0, 1] of the values, linear between order statistics (Hyndman and Fan 1996, type 7,
// doi 10.1080/00031305.1996.10473566). The values must not contain NaN. index is scratch of the values' length.
Real quantile(Host, View<const Real, 1> value, Real q, View<std::int32_t, 1> index);

#if defined(COLDSUN_CUDA)
void sort_by_key(Cuda, View<const Real, 1> key, View<std::int32_t, 1> index);
int select(Cuda, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index);
Real quantile(Cuda, View<const Real, 1> value, Real q, View<std::int32_t, 1> index);
#endif
// The host's primitives, after a fence: a Kokkos device space shares its memory with the host (backends/kokkos.hpp).
#if defined(COLDSUN_KOKKOS)
void sort_by_key(KokkosSpace, View<const Real, 1> key, View<std::int32_t, 1> index);
int select(KokkosSpace, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index);
Real quantile(KokkosSpace, View<const Real, 1> value, Real q, View<std::int32_t, 1> index);
#endif

}  // namespace coldsun

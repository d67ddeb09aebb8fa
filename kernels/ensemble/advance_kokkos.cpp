// Ensembles on Kokkos: explicit instantiation.
#include "ensemble/advance.hpp"

namespace coldsun::ensemble {
template void draw_priors<KokkosSpace>(KokkosSpace, const System&, View<Real, 2>, std::uint64_t, std::uint32_t);
template void watch<KokkosSpace>(KokkosSpace, const System&, Watch&, const Items&, const Cut&);
template void compare<KokkosSpace>(KokkosSpace, const System&, Tally&, const Look&, int);
template void close<KokkosSpace>(KokkosSpace, const System&, Tally&, View<const std::int32_t, 1>, int);
}  // namespace coldsun::ensemble

// Thermal on Kokkos: explicit instantiation.
#include "thermal/advance.hpp"

namespace coldsun::thermal {
template void advance<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::thermal

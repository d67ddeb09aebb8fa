// Kokkos' instantiation of the electrical steps.
#include "electrical/advance.hpp"

namespace coldsun::electrical {
template void allocate<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
template void advance<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::electrical

// Kokkos' instantiation of the electrical steps.
#include "electrical/advance.hpp"

namespace coldsun::electrical {
template void next_event<KokkosSpace>(KokkosSpace, const System&, const State&, const NextCut&);
template void allocate<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
template void advance<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::electrical

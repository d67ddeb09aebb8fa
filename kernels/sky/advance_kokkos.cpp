// Kokkos' instantiation of the sky's step.
#include "sky/advance.hpp"

namespace coldsun::sky {
template void advance<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::sky

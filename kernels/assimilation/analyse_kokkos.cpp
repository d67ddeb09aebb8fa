// Kokkos' instantiation of the analysis.
#include "assimilation/update.hpp"

namespace coldsun::assimilation {
template void analyse<KokkosSpace>(KokkosSpace, const Domains&, const Analysis&);
}  // namespace coldsun::assimilation

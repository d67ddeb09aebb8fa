// Ensembles on the host: explicit instantiation.
#include "ensemble/advance.hpp"

namespace coldsun::ensemble {
template void draw_priors<Host>(Host, const System&, View<Real, 2>, std::uint64_t, std::uint32_t);
template void watch<Host>(Host, const System&, Watch&, const Items&, const Cut&);
template void compare<Host>(Host, const System&, Tally&, const Look&, int);
template void close<Host>(Host, const System&, Tally&, View<const std::int32_t, 1>, int);
}  // namespace coldsun::ensemble

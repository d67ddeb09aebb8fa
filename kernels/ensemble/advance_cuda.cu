// Ensembles on CUDA: explicit instantiation.
#include "ensemble/advance.hpp"

namespace coldsun::ensemble {
template void draw_priors<Cuda>(Cuda, const System&, View<Real, 2>, std::uint64_t, std::uint32_t);
template void watch<Cuda>(Cuda, const System&, Watch&, const Items&, const Cut&);
template void compare<Cuda>(Cuda, const System&, Tally&, const Look&, int);
template void close<Cuda>(Cuda, const System&, Tally&, View<const std::int32_t, 1>, int);
}  // namespace coldsun::ensemble

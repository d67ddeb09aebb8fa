// CUDA's instantiation of the analysis.
#include "assimilation/update.hpp"

namespace coldsun::assimilation {
template void analyse<Cuda>(Cuda, const Domains&, const Analysis&);
}  // namespace coldsun::assimilation

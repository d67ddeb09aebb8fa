// CUDA's instantiation of the sky's step.
#include "sky/advance.hpp"

namespace coldsun::sky {
template void advance<Cuda>(Cuda, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::sky

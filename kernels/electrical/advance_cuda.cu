// CUDA's instantiation of the electrical steps.
#include "electrical/advance.hpp"

namespace coldsun::electrical {
template void next_event<Cuda>(Cuda, const System&, const State&, const NextCut&);
template void allocate<Cuda>(Cuda, const System&, State&, const Drive&, const Cut&);
template void advance<Cuda>(Cuda, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::electrical

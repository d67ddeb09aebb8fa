// The coupled cut on CUDA.
#include "core/step/substep_impl.hpp"

namespace coldsun {

template void find_cuts(Cuda, const System&, State&, const Inputs&, int, Time);
template void substep(Cuda, const System&, State&, const Inputs&, const Cut&);

}  // namespace coldsun

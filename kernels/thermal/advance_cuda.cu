// Thermal on CUDA: explicit instantiation.
#include "thermal/advance.hpp"

namespace coldsun::thermal {
template void advance<Cuda>(Cuda, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::thermal

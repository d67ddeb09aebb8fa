// The host's instantiation of the sky's step.
#include "sky/advance.hpp"

namespace coldsun::sky {
template void advance<Host>(Host, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::sky

// The host's instantiation of the analysis.
#include "assimilation/update.hpp"

namespace coldsun::assimilation {
template void analyse<Host>(Host, const Domains&, const Analysis&);
}  // namespace coldsun::assimilation

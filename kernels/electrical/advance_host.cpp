// The host's instantiation of the electrical steps.
#include "electrical/advance.hpp"

namespace coldsun::electrical {
template void next_event<Host>(Host, const System&, const State&, const NextCut&);
template void allocate<Host>(Host, const System&, State&, const Drive&, const Cut&);
template void advance<Host>(Host, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::electrical

// Thermal on the host: explicit instantiation.
#include "thermal/advance.hpp"

namespace coldsun::thermal {
template void advance<Host>(Host, const System&, State&, const Drive&, const Cut&);
}  // namespace coldsun::thermal

// Instantiations of the orbit kernels for KokkosSpace.
#include "orbit/advance.hpp"
#include "orbit/assign_slots.hpp"
#include "orbit/propagate.hpp"

namespace coldsun::orbit {

template void advance<KokkosSpace>(KokkosSpace, const System&, State&, const Drive&, const Cut&);
template void next_event<KokkosSpace>(KokkosSpace, const System&, const State&, const Drive&, const NextCut&);
template Windows find_windows<KokkosSpace>(KokkosSpace, const Catalogue&, std::span<const Station>, const Span&,
                                           std::span<const std::uint8_t>);
template SlotTable assign_slots<KokkosSpace>(KokkosSpace, const Catalogue&, std::span<const Station>,
                                             std::span<const Strategy>, const Windows&, const Span&);
template void propagate<KokkosSpace>(KokkosSpace, const Catalogue&, View<const Time, 1>, const StateTable&, bool);

}  // namespace coldsun::orbit

// Instantiations of the orbit kernels for Host.
#include "orbit/advance.hpp"
#include "orbit/assign_slots.hpp"
#include "orbit/propagate.hpp"

namespace coldsun::orbit {

template void advance<Host>(Host, const System&, State&, const Drive&, const Cut&);
template void next_event<Host>(Host, const System&, const State&, const Drive&, const NextCut&);
template Windows find_windows<Host>(Host, const Catalogue&, std::span<const Station>, const Span&,
                                    std::span<const std::uint8_t>);
template SlotTable assign_slots<Host>(Host, const Catalogue&, std::span<const Station>, std::span<const Strategy>,
                                      const Windows&, const Span&);
template void propagate<Host>(Host, const Catalogue&, View<const Time, 1>, const StateTable&, bool);

}  // namespace coldsun::orbit

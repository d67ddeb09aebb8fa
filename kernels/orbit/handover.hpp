// Serving satellite of a station in each 15-s slot, chosen ahead of time from the contact windows.
#pragma once
#include <span>

#include "orbit/windows.hpp"

namespace coldsun::orbit {

// Broadband reconfiguration grid: every 15 s at :12, :27, :42, :57 of a minute (Mohan et al. 2024,
// doi 10.1145/3589334.3645328; Tanveer et al. 2023, doi 10.1145/3624354.3630586). Slot number k counts from 1970 and
// starts at 15 k + 12 s.
inline constexpr Time slot_length = 15 * ns_per_s, slot_phase = 12 * ns_per_s;
COLDSUN_FN Time slot_number(Time t) { return floor_div(t - slot_phase, slot_length); }
COLDSUN_FN Time slot_start(Time k) { return k * slot_length + slot_phase; }

enum class Strategy : std::int32_t {
  max_elevation = 0,     // the highest, chosen anew in every slot
  sticky = 1,            // kept while above the mask, then the highest
  longest_remaining = 2  // kept while above the mask, then the one with the most slots to come; ties: the highest
};

// clang-format off
#define COLDSUN_ORBIT_SLOTS(F) \
  F(std::int32_t, satellite,       "1",   "site slot", derived, Fill,   "catalogue index of the serving satellite; -1: none") \
  F(std::int32_t, visible,         "1",   "site slot", derived, Choose, "number of satellites above the mask at the start of the slot") \
  F(std::int32_t, reconfiguration, "1",   "site slot", derived, Fill,   "1: handover at the start of the slot, or a satellite after none") \
  F(Real,         elevation,       "rad", "site slot", derived, Fill,   "elevation of the serving satellite at the start of the slot; 0: none") \
  F(Real,         slant_range,     "m",   "site slot", derived, Fill,   "slant range of the serving satellite at the start of the slot; 0: none") \
  F(Real,         remaining,       "s",   "site slot", derived, Fill,   "time from the start of the slot until the serving satellite sets")
// clang-format on
struct SlotTable {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_SLOTS)
  Time first = 0;  // slot number of column 0
  int n_slot() const { return satellite.extent(1); }
};
struct SlotView {
  COLDSUN_ORBIT_SLOTS(COLDSUN_FIELD_VIEW)
  Time first = 0;
  int n_slot = 0;
  SlotView() = default;
  SlotView(const SlotTable& s) : first(s.first), n_slot(s.n_slot()) { COLDSUN_ORBIT_SLOTS(COLDSUN_FIELD_TAKE) }
};

// Slots from the one that contains the span's start to the one before its stop; the windows must cover them.
template <class Space>
SlotTable assign_slots(Space, const Catalogue& catalogue, std::span<const Station> stations,
                       std::span<const Strategy> strategy, const Windows& windows, const Span& span);

}  // namespace coldsun::orbit

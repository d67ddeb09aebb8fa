// Which satellite serves a station in each 15-s slot: chosen ahead of time from the contact windows.
#pragma once
#include <span>

#include "orbit/windows.hpp"

namespace coldsun::orbit {

// Broadband reconfiguration grid: every 15 s at :12, :27, :42, :57 of a minute (Mohan et al. 2024, doi 10.1145/3589334.3645328;
// Tanveer et al. 2023, doi 10.1145/3624354.3630586). Slot number k counts from 1970 and starts at 15 k + 12 s.
inline constexpr Time slot_length = 15 * ns_per_s, slot_phase = 12 * ns_per_s;
COLDSUN_FN Time slot_number(Time t) { return floor_div(t - slot_phase, slot_length); }
COLDSUN_FN Time slot_start(Time k) { return k * slot_length + slot_phase; }

enum class Strategy : std::int32_t {
  max_elevation = 0,     // the highest, every slot anew
  sticky = 1,            // keep while it is up, then the highest
  longest_remaining = 2  // keep while it is up, then the one that stays for the most slots; of equals the highest
};

struct SlotTable {
  Time first = 0;                          // slot number of column 0
  Array<std::int32_t, 2> satellite;        // (site, slot) index in the catalogue, -1: none
  Array<std::int32_t, 2> visible;          // (site, slot) how many stood above the mask at the start of the slot
  Array<std::int32_t, 2> reconfiguration;  // (site, slot) 1: another satellite than in the slot before, or one after none
  Array<Real, 2> elevation, slant_range;   // (site, slot) at the start of the slot [rad], [m]; 0 where none serves
  Array<Real, 2> remaining;                // (site, slot) until the serving satellite sets [s]
  int n_slot() const { return satellite.extent(1); }
};
struct SlotView {
  Time first = 0;
  int n_slot = 0;
  View<const std::int32_t, 2> satellite, reconfiguration;
  View<const Real, 2> elevation, slant_range, remaining;
};
inline SlotView view(const SlotTable& s) {
  return {s.first, s.n_slot(), s.satellite, s.reconfiguration, s.elevation, s.slant_range, s.remaining};
}

// Slots from the one that holds `start` to the one before `stop`; the windows must cover [slot start, stop).
template <class Space>
SlotTable assign_slots(Space, const Catalogue& catalogue, std::span<const Station> stations, std::span<const Strategy> strategy,
                       const Windows& windows, Time start, Time stop, Real dut1);

}  // namespace coldsun::orbit

// Which element sets can be propagated, and how long: faults of a set itself, the set nearest in time, decay. Host
// only.
#pragma once
#include "orbit/elements.hpp"

namespace coldsun::orbit {

// Syntax alone; used by the readers of elements.hpp.
ElementFile scan_tle(std::string_view text);
ElementFile scan_omm_csv(std::string_view text);
ElementFile scan_omm(std::string_view text);  // JSON, XML, KVN

std::string name_of(const ElementSet& set);       // "SAT B (70003)"; a negative number: not known
std::string wrong_theory(std::string_view type);  // why sets of this EPHEMERIS_TYPE are not SGP4's
// Why SGP4 cannot propagate a set at any time, or one without a reason.
Remark flight_fault(const ElementSet& set);

// Sets that SGP4 cannot propagate leave the file, with a remark each.
ElementFile keep_flying(ElementFile f);

// What is over each station in [start, stop].
struct Fleet {
  Catalogue catalogue;
  std::vector<int> set;            // (satellite) index in the sets given
  std::vector<std::uint8_t> seen;  // (station, satellite) 1: on the station's list
  std::vector<Remark> remark;      // sets of which another epoch is used, decay, sets far from the run
};

// `list`: per station the indices of its sets; of several sets of one satellite the station gets the one nearest the
// middle of the span. A satellite that SGP4 loses (decay: code 6) between its epoch and `stop` is not seen from then
// on.
Fleet make_fleet(std::span<const ElementSet> sets, std::span<const std::vector<int>> list, Time start, Time stop,
                 Device device);

}  // namespace coldsun::orbit

// Contact windows of a catalogue over stations: found by culmination, refined to a millisecond, sorted by (station, aos).
#pragma once
#include <span>

#include "orbit/elements.hpp"
#include "orbit/frames.hpp"

namespace coldsun::orbit {

enum Truncated : std::int32_t { truncated_start = 1, truncated_stop = 2 };

// The table; rows sorted by (station, aos, satellite).
struct Windows {
  Array<std::int32_t, 1> satellite, station;
  Array<Time, 1> aos, tca, los;      // UTC; a window is [aos, los)
  Array<Real, 1> max_elevation;      // at tca [rad]
  Array<std::int32_t, 1> truncated;  // bits: the window was open at the start, at the end of the span
  Array<std::int32_t, 1> first;      // (station + 1) where a station's rows begin
  Array<Time, 1> longest;            // (station) the longest window, bounds how far back a search must look
  int size() const { return satellite.extent(0); }
};
struct WindowsView {
  View<const std::int32_t, 1> satellite;
  View<const Time, 1> aos, los;
  View<const std::int32_t, 1> first;
  View<const Time, 1> longest;
};
inline WindowsView view(const Windows& w) { return {w.satellite, w.aos, w.los, w.first, w.longest}; }

// First row of [lo, hi) whose time is later than t, in a sorted column.
COLDSUN_FN int first_after(const View<const Time, 1>& sorted, int lo, int hi, Time t) {
  while (lo < hi) {
    const int mid = lo + (hi - lo) / 2;
    if (sorted(mid) > t) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

// Disjoint spans of time per station in which at least one satellite is in contact; sorted.
struct Contacts {
  Array<Time, 1> start, stop;
  Array<std::int32_t, 1> first;  // (station + 1)
};
struct ContactsView {
  View<const Time, 1> start, stop;
  View<const std::int32_t, 1> first;
};
inline ContactsView view(const Contacts& c) { return {c.start, c.stop, c.first}; }
Contacts join_windows(const Windows& windows);

// The span [start, stop); dut1 = UT1 - UTC [s]. seen: per station and satellite, 0 where the station does not look for it; empty: all do.
// Defined in find_windows.hpp, instantiated per backend.
template <class Space>
Windows find_windows(Space, const Catalogue& catalogue, std::span<const Station> stations, Time start, Time stop, Real dut1,
                     std::span<const std::uint8_t> seen = {});

}  // namespace coldsun::orbit

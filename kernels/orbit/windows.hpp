// Contact windows of a catalogue over stations: found by culmination, refined to a millisecond, sorted by (station,
// aos).
#pragma once
#include <span>

#include "orbit/elements.hpp"
#include "orbit/frames.hpp"

namespace coldsun::orbit {

enum Truncated : std::int32_t { truncated_start = 1, truncated_stop = 2 };

// The table; rows sorted by (station, aos, satellite). A window is [aos, los), UTC.
// clang-format off
#define COLDSUN_ORBIT_WINDOWS(F) \
  F(std::int32_t, satellite,     "1",   "window",       derived, host, "catalogue index of the satellite") \
  F(std::int32_t, station,       "1",   "window",       derived, host, "index of the station") \
  F(Time,         aos,           "ns",  "window",       derived, host, "acquisition of signal (AOS): the satellite rises above the mask") \
  F(Time,         tca,           "ns",  "window",       derived, host, "time of the highest elevation (TCA)") \
  F(Time,         los,           "ns",  "window",       derived, host, "loss of signal (LOS): the satellite sets below the mask") \
  F(Real,         max_elevation, "rad", "window",       derived, host, "highest elevation in the window") \
  F(std::int32_t, truncated,     "1",   "window",       derived, host, "bits: the window was open at the start (1), at the end (2) of the span") \
  F(std::int32_t, first,         "1",   "station_edge", derived, host, "index of the station's first window") \
  F(Time,         longest,       "ns",  "station",      derived, host, "length of the station's longest window")
// clang-format on
struct Windows {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_WINDOWS)
  int size() const { return satellite.extent(0); }
};
struct WindowsView {
  COLDSUN_READS(WindowsView, Windows, COLDSUN_ORBIT_WINDOWS)
};

// First row of [lo, hi) whose time is later than t, in a sorted column.
COLDSUN_FN int first_after(const View<const Time, 1>& sorted, int lo, int hi, Time t) {
  while (lo < hi) {
    const int mid = lo + (hi - lo) / 2;
    if (sorted(mid) > t) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

// Disjoint intervals per station in which at least one satellite is in contact; sorted.
// clang-format off
#define COLDSUN_ORBIT_CONTACTS(F) \
  F(Time,         start, "ns", "contact",      derived, host, "start of the time with an open contact window") \
  F(Time,         stop,  "ns", "contact",      derived, host, "end of the time with an open contact window") \
  F(std::int32_t, first, "1",  "station_edge", derived, host, "index of the station's first such time")
// clang-format on
struct Contacts {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_CONTACTS)
};
struct ContactsView {
  COLDSUN_READS(ContactsView, Contacts, COLDSUN_ORBIT_CONTACTS)
};
Contacts join_windows(const Windows& windows);

// How far beyond a span windows are followed where it matters how long a satellite stays: longer than any pass near the
// Earth, and a day where satellites may stand for ever.
inline Time window_reach(const Catalogue& c) { return (c.n_deep() > 0 ? 24 : 4) * 3600 * ns_per_s; }

struct Span {
  Time start = 0, stop = 0;  // UTC, [start, stop)
  Real dut1 = 0.0;           // UT1 - UTC [s]
};
// seen: per station and satellite, 0 where the station does not use it; empty: all are used. Defined in
// find_windows.hpp, per backend.
template <class Space>
Windows find_windows(Space, const Catalogue& catalogue, std::span<const Station> stations, const Span& span,
                     std::span<const std::uint8_t> seen = {});

}  // namespace coldsun::orbit

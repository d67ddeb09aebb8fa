// Links of sites to satellites: constants, State, and its advance over a cut. Satellite positions are computed ahead
// (handover, windows).
#pragma once
#include "common/cut.hpp"
#include "common/fields.hpp"
#include "orbit/handover.hpp"
#include "orbit/windows.hpp"

namespace coldsun::orbit {

// Two constellations. Broadband: the site's link, slot by slot. Data: satellites reached in contact windows.
inline constexpr int link_constellation = 0, data_constellation = 1, n_constellation = 2;

// clang-format off
#define COLDSUN_ORBIT_SYSTEM(F) \
  F(Real,          latitude,           "rad", "site",               parameter, host, "geodetic latitude of the site") \
  F(Real,          longitude,          "rad", "site",               parameter, host, "longitude of the site, east positive") \
  F(Real,          altitude,           "m",   "site",               parameter, host, "height of the site above the WGS84 ellipsoid") \
  F(Real,          elevation_mask,     "rad", "constellation site", parameter, host, "elevation mask: lowest working elevation") \
  F(std::int32_t,  strategy,           "1",   "site",               parameter, host, "serving satellite: 0 max_elevation, 1 sticky, 2 longest_remaining") \
  F(Real,          outage_probability, "1",   "site",               parameter, host, "probability of an outage at a slot boundary") \
  F(Real,          outage_median,      "s",   "site",               parameter, host, "median length of an outage") \
  F(Real,          outage_sigma,       "1",   "site",               parameter, host, "standard deviation of the logarithm of the length of an outage") \
  F(std::uint32_t, entity,             "1",   "site",               parameter, host, "site number in random draws") \
  F(Real,          outage_offset,      "s",   "site",               parameter, host, "start of an outage relative to its slot boundary; negative: before it") \
  F(Real,          processing_delay,   "s",   "site",               parameter, host, "round-trip time beyond the satellite: network and processing")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_SYSTEM)
  int n_site() const { return latitude.extent(0); }
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_ORBIT_SYSTEM)
};

// clang-format off
#define COLDSUN_ORBIT_STATE(F) \
  F(Real,         window_shift,       "s", "member constellation", parameter, host,        "delay of contact windows and handovers") \
  F(Real,         outage_probability, "1", "member site",          parameter, host,        "probability of an outage at a slot boundary") \
  F(Real,         outage_median,      "s", "member site",          parameter, host,        "median length of an outage") \
  F(Real,         outage_sigma,       "1", "member site",          parameter, host,        "standard deviation of the logarithm of the length of an outage") \
  F(Real,         outage_seconds,     "s", "member site",          state,     AdvanceLink, "total time without link since the start") \
  F(Real,         contact_seconds,    "s", "member site",          state,     AdvanceLink, "total time with an open contact window since the start") \
  F(std::int32_t, outage_count,       "1", "member site",          state,     AdvanceLink, "number of outages since the start") \
  F(std::int32_t, handover_count,     "1", "member site",          state,     AdvanceLink, "number of handovers since the start") \
  F(std::int32_t, link_up,            "1", "member site",          derived,   AdvanceLink, "1: link up at the middle of the last cut") \
  F(Real,         link_fraction,      "1", "member site",          derived,   AdvanceLink, "share of the last cut with the link up") \
  F(std::int32_t, satellite,          "1", "member site",          derived,   AdvanceLink, "catalogue index of the serving satellite; -1: none") \
  F(std::int32_t, in_contact,         "1", "member site",          derived,   AdvanceLink, "1: a contact window is open") \
  F(Real,         round_trip,         "s", "member site",          derived,   AdvanceLink, "round-trip time over the serving satellite; 0: none")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_STATE)
  int n_member() const { return window_shift.extent(0); }
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_ORBIT_STATE)
};

// External inputs of a cut. Tables must cover every cut, shifted by each member's window_shift. A slot outside the
// table has no satellite.
struct Drive {
  SlotView slots;         // of the link constellation: sites as rows
  ContactsView contacts;  // of the data constellation: stations are the sites
  std::uint64_t seed = 0;
  std::uint32_t first_member = 0;  // number of row 0 in the whole ensemble
};

System make_system(int n_site, Device device);                              // zeroed, for the caller to fill
State make_state(const System& system, int n_member, Device device);        // shift 0, priors copied to each member
std::vector<Station> stations_of(const System& system, int constellation);  // for find_windows and assign_slots

template <class Space>
void advance(Space space, const System& system, State& state, const Drive& drive, const Cut& cut);

// Lowers stop(m) to the first instant at which a link of member m goes down or up, its satellite changes, or a contact
// starts or ends.
template <class Space>
void next_event(Space space, const System& system, const State& state, const Drive& drive, const NextCut& next);

}  // namespace coldsun::orbit

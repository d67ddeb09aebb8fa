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

struct Site {
  Real latitude = 0, longitude = 0, altitude = 0;  // geodetic, east positive [rad]; above the WGS84 ellipsoid [m]
  Real broadband_mask = 0, mask = 0;               // elevation masks of broadband and data satellites [rad]
  Strategy strategy = Strategy::max_elevation;
  std::uint32_t entity = 0;                  // site number in random draws
  Real outage_probability = 0;               // at a slot boundary
  Real outage_median = 0, outage_sigma = 0;  // length of an outage: median [s], standard deviation of its logarithm
  Real outage_offset = 0;                    // start relative to the slot boundary; negative: before it [s]
  Real processing_delay = 0;                 // round-trip time beyond the satellite: network and processing [s]
};

// clang-format off
#define COLDSUN_ORBIT_SYSTEM(F) \
  F(Site, site, "1", "site", parameter, host, "place, elevation masks, strategy and outages of the site")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_SYSTEM)
  int n_site() const { return site.extent(0); }
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

System make_system(const std::vector<Site>& sites, Device device);
State make_state(const System& system, int n_member, Device device);        // shift 0, priors copied to each member
std::vector<Station> stations_of(const System& system, int constellation);  // for find_windows and assign_slots

template <class Space>
void advance(Space space, const System& system, State& state, const Drive& drive, const Cut& cut);

// Lowers stop(m) to the first instant at which a link of member m goes down or up, its satellite changes, or a contact
// starts or ends.
template <class Space>
void next_event(Space space, const System& system, const State& state, const Drive& drive, const NextCut& next);

}  // namespace coldsun::orbit

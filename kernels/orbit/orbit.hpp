// Links of sites to satellites: what is constant, what changes, and how it moves over a cut. Positions are computed ahead (handover,
// windows).
#pragma once
#include "common/cut.hpp"
#include "common/fields.hpp"
#include "orbit/handover.hpp"
#include "orbit/windows.hpp"

namespace coldsun::orbit {

// Two constellations: the broadband shell carries the site's link, slot by slot; the data satellites are met in contact windows.
inline constexpr int link_constellation = 0, data_constellation = 1, n_constellation = 2;

struct System {
  Array<Real, 1> latitude, longitude, altitude;  // (site) geodetic
  Array<Real, 2> elevation_mask;                 // (constellation, site)
  Array<std::int32_t, 1> strategy;               // (site) Strategy
  Array<Real, 1> outage_probability;             // (site) priors: the State carries each member's own
  Array<Real, 1> outage_median, outage_sigma;
  Array<std::uint32_t, 1> entity;   // (site) its number in Chance: the same outages whatever other sites stand beside it
  Array<Real, 1> outage_offset;     // (site) start of an outage relative to its boundary [s], negative: before
  Array<Real, 1> processing_delay;  // (site) what a round trip takes beside the way to the satellite and back
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    f(FieldInfo{"latitude", "rad", "site", "geodetic latitude", Kind::parameter}, s.latitude);
    f(FieldInfo{"longitude", "rad", "site", "longitude, east positive", Kind::parameter}, s.longitude);
    f(FieldInfo{"altitude", "m", "site", "height above the WGS84 ellipsoid", Kind::parameter}, s.altitude);
    f(FieldInfo{"elevation_mask", "rad", "constellation site", "lowest working elevation", Kind::parameter}, s.elevation_mask);
    f(FieldInfo{"strategy", "1", "site", "0 max_elevation, 1 sticky, 2 longest_remaining", Kind::parameter}, s.strategy);
    f(FieldInfo{"outage_probability", "1", "site", "chance of an outage at a slot boundary", Kind::parameter}, s.outage_probability);
    f(FieldInfo{"outage_median", "s", "site", "median length of an outage", Kind::parameter}, s.outage_median);
    f(FieldInfo{"outage_sigma", "1", "site", "standard deviation of the logarithm of the length", Kind::parameter}, s.outage_sigma);
    f(FieldInfo{"entity", "1", "site", "number of the site in Chance", Kind::parameter}, s.entity);
    f(FieldInfo{"outage_offset", "s", "site", "start of an outage after its boundary", Kind::parameter}, s.outage_offset);
    f(FieldInfo{"processing_delay", "s", "site", "round-trip time beside the way to the satellite", Kind::parameter}, s.processing_delay);
  }
  int n_site() const { return latitude.extent(0); }
};

struct State {
  // parameters, drawn by studies
  Array<Real, 2> window_shift;  // (member, constellation) windows and serving satellites come later by this [s]
  Array<Real, 2> outage_probability, outage_median, outage_sigma;  // (member, site)
  // sums since the start
  Array<Real, 2> outage_seconds, contact_seconds;  // (member, site)
  Array<std::int32_t, 2> outage_count, handover_count;
  // of the last cut
  Array<std::int32_t, 2> link_up;                // (member, site) 1: up at the middle of the cut
  Array<Real, 2> link_fraction;                  // share of the cut in which it was up
  Array<std::int32_t, 2> satellite, in_contact;  // serving satellite (-1: none), data satellites in reach (0, 1), middle of the cut
  Array<Real, 2> round_trip;                     // [s], 0 where none serves
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    f(FieldInfo{"window_shift", "s", "member constellation", "delay of windows and handovers", Kind::parameter}, s.window_shift);
    f(FieldInfo{"outage_probability", "1", "member site", "chance of an outage at a slot boundary", Kind::parameter}, s.outage_probability);
    f(FieldInfo{"outage_median", "s", "member site", "median length of an outage", Kind::parameter}, s.outage_median);
    f(FieldInfo{"outage_sigma", "1", "member site", "standard deviation of the logarithm of the length", Kind::parameter}, s.outage_sigma);
    f(FieldInfo{"outage_seconds", "s", "member site", "time without a link since the start", Kind::state}, s.outage_seconds);
    f(FieldInfo{"contact_seconds", "s", "member site", "time with a data satellite in reach since the start", Kind::state},
      s.contact_seconds);
    f(FieldInfo{"outage_count", "1", "member site", "outages begun since the start", Kind::state}, s.outage_count);
    f(FieldInfo{"handover_count", "1", "member site", "changes of the serving satellite since the start", Kind::state}, s.handover_count);
    f(FieldInfo{"link_up", "1", "member site", "link at the middle of the cut", Kind::derived}, s.link_up);
    f(FieldInfo{"link_fraction", "1", "member site", "share of the cut with a link", Kind::derived}, s.link_fraction);
    f(FieldInfo{"satellite", "1", "member site", "index of the serving satellite, -1 none", Kind::derived}, s.satellite);
    f(FieldInfo{"in_contact", "1", "member site", "a data satellite is in reach", Kind::derived}, s.in_contact);
    f(FieldInfo{"round_trip", "s", "member site", "round-trip time over the serving satellite", Kind::derived}, s.round_trip);
  }
  int n_member() const { return window_shift.extent(0); }
};

// What the caller passes in each sub-step. Tables must cover every cut, also moved by each member's window_shift: a slot outside the
// table is a slot without a satellite.
struct Drive {
  SlotView slots;         // of the link constellation: sites as rows
  ContactsView contacts;  // of the data constellation: stations are the sites
  std::uint64_t seed = 0;
  std::uint32_t first_member = 0;  // number of the study's member that row 0 is
};

System make_system(int n_site, Device device);                              // zeroed; the caller fills it
State make_state(const System& system, int n_member, Device device);        // shift 0, priors copied to each member
std::vector<Station> stations_of(const System& system, int constellation);  // for find_windows and assign_slots

template <class Space>
void advance(Space space, const System& system, State& state, const Drive& drive, const Cut& cut);

// Lowers next(m) to the first instant after now(m) at which a link of member m goes down or up, its satellite changes, or a contact
// begins or ends. next(m) must hold a bound already (the end of the step): the search stops there.
template <class Space>
void next_event(Space space, const System& system, const State& state, const Drive& drive, View<const std::int32_t, 1> member, int n_active,
                View<const Time, 1> now, View<Time, 1> next);

}  // namespace coldsun::orbit

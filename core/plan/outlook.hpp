// Outlook: what a planner may know ahead at an instant without looking into the run's own weather: the clear sky of the
// place with the dust of the day, the climate's course of air through the present value, contact windows, slots without
// a satellite, the grid's usual day. How much of the clear sky gets through is the forecast's business
// (sky/forecast.hpp).
#pragma once
#include "core/make/make_system.hpp"

namespace coldsun {

struct Outlook {
  Time start = 0, slot = 0;         // slots [start + k slot, start + (k + 1) slot)
  sky::Weather weather;             // no clouds; air as expected
  Array<Real, 2> temp_air;          // (site, slot) K
  Array<Real, 2> gap_share;         // share of time that the broadband link is expected to be down
  Array<Real, 2> contact_share;     // share of time with a data satellite in reach
  Array<std::int32_t, 2> antennas;  // data antennas that have a satellite
  Array<Real, 2> link_rate;         // B/s that one of them carries while it is open
  Array<Real, 2> carbon, price;     // kg/J, USD/J of imported energy
  int n_site() const { return temp_air.extent(0); }
  int n_slot() const { return temp_air.extent(1); }
};

// Of the run's weather it reads the knot at `now` or before it, of the inputs the windows and serving satellites.
Outlook make_outlook(const Network& network, const System& system, const Inputs& inputs, Time now, Time slot,
                     int n_slot);

}  // namespace coldsun

// Outlook: what a planner knows ahead without the run's future weather. Clear sky with today's dust, the climate's
// daily course of air temperature through the present value, contact windows, slots without a satellite, hourly grid
// values. The clear-sky index comes from the forecast (sky/forecast.hpp).
#pragma once
#include "core/make/make_system.hpp"

namespace coldsun {

struct Outlook {
  Time start = 0, slot = 0;         // slots [start + k slot, start + (k + 1) slot)
  sky::Weather weather;             // cloudless; expected air temperature
  Array<Real, 2> temp_air;          // (site, slot) K
  Array<Real, 2> gap_share;         // expected share of time with the broadband link down
  Array<Real, 2> contact_share;     // share of time with a data satellite in contact
  Array<std::int32_t, 2> antennas;  // data antennas with a satellite in contact
  Array<Real, 2> link_rate;         // B/s of one open link
  Array<Real, 2> carbon, price;     // kg/J, USD/J of imported energy
  int n_site() const { return temp_air.extent(0); }
  int n_slot() const { return temp_air.extent(1); }
};

// Reads the run's weather at the knot at or before `now` only, and contact windows and serving satellites ahead.
Outlook make_outlook(const Network& network, const System& system, const Inputs& inputs, Time now, Time slot,
                     int n_slot);

}  // namespace coldsun

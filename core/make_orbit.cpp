// Site files -> stations and link priors; element sets -> contact windows and serving satellites of a run.
#include <stdexcept>

#include "core/make_system.hpp"
#include "core/spaces.hpp"

namespace coldsun {

namespace {

orbit::Strategy strategy_of(const Site& site) {
  const std::string& word = site.comms.strategy;
  if (word == "longest_remaining") return orbit::Strategy::longest_remaining;
  if (word == "max_elevation") return orbit::Strategy::max_elevation;
  if (word == "sticky") return orbit::Strategy::sticky;
  throw std::invalid_argument(site.name + ": comms.strategy = \"" + word + "\"; accepted: longest_remaining, max_elevation, sticky");
}

}  // namespace

orbit::System make_orbit(const Network& network, Device device) {
  orbit::System o = orbit::make_system(static_cast<int>(network.site.size()), device);
  for (int s = 0; s < o.n_site(); ++s) {
    const Site& site = network.site[static_cast<std::size_t>(s)];
    const LinkPrior& link = site.comms.link;
    o.entity(s) = entity_of(site);
    o.latitude(s) = site.latitude, o.longitude(s) = site.longitude, o.altitude(s) = site.altitude;
    o.elevation_mask(orbit::link_constellation, s) = site.comms.broadband_mask;
    o.elevation_mask(orbit::data_constellation, s) = site.comms.mask;
    o.strategy(s) = static_cast<std::int32_t>(strategy_of(site));
    o.outage_probability(s) = link.outage_probability, o.outage_median(s) = link.outage_median, o.outage_sigma(s) = link.outage_sigma;
    o.outage_offset(s) = link.outage_offset, o.processing_delay(s) = link.processing_delay;
  }
  return o;
}

void fill_links(Inputs& in, const System& system, const Library& library, Time start, Time stop) {
  const Time margin = 600 * ns_per_s;   // a member's windows may be shifted
  const orbit::Catalogue data = orbit::make_catalogue(library.data, system.device);
  const orbit::Catalogue shell = orbit::make_catalogue(library.broadband, system.device);
  const auto data_station = orbit::stations_of(system.orbit, orbit::data_constellation);
  const auto link_station = orbit::stations_of(system.orbit, orbit::link_constellation);
  std::vector<orbit::Strategy> strategy;
  for (int s = 0; s < system.n_site(); ++s) strategy.push_back(static_cast<orbit::Strategy>(system.orbit.strategy(s)));
  constexpr Real dut1 = 0.0;   // UT1 - UTC: below 0.05 s in 2026, 20 ms of a rise time (reference tables use 0 as well)
  with_space(system.device, [&](auto space) {
    in.windows = orbit::find_windows(space, data, data_station, start - margin, stop + margin, dut1);
    in.contacts = orbit::join_windows(in.windows);
    const Time wide = margin + orbit::slot_length;
    const orbit::Windows passes = orbit::find_windows(space, shell, link_station, start - wide, stop + wide, dut1);
    in.slots = orbit::assign_slots(space, shell, link_station, strategy, passes, start - margin, stop + margin, dut1);
  });
}

}  // namespace coldsun

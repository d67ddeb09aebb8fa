// Site -> ground stations and link priors; element sets -> contact windows and serving satellites of a run.
#include <numeric>
#include <stdexcept>

#include "core/make/make_system.hpp"
#include "core/step/spaces.hpp"
#include "orbit/flight.hpp"
#include "orbit/remark.hpp"

namespace coldsun {

namespace {

orbit::Strategy strategy_of(const Site& site) {
  const std::string& word = site.comms.strategy;
  if (word == "longest_remaining") return orbit::Strategy::longest_remaining;
  if (word == "max_elevation") return orbit::Strategy::max_elevation;
  if (word == "sticky") return orbit::Strategy::sticky;
  throw std::invalid_argument(site.name + ": comms.strategy = \"" + word +
                              "\"; accepted: longest_remaining, max_elevation, sticky");
}

constexpr Time margin = 600 * ns_per_s;  // a member's windows may be shifted

// Satellites by site: each site has its own list of the data constellations; all sites share the broadband shell.
struct Fleets {
  orbit::Fleet data, shell;
};
Fleets make_fleets(const Library& library, int n_site, Time start, Time stop, Device device) {
  const auto all = [](const std::vector<orbit::ElementSet>& sets) {
    std::vector<int> list(sets.size());
    std::iota(list.begin(), list.end(), 0);
    return list;
  };
  if (!library.listed.empty() && static_cast<int>(library.listed.size()) != n_site)
    throw std::invalid_argument("library: " + std::to_string(library.listed.size()) +
                                " lists of satellites; accepted: one per site, " + std::to_string(n_site));
  const auto listed =
      library.listed.empty() ? std::vector(static_cast<std::size_t>(n_site), all(library.data)) : library.listed;
  const Time wide = margin + orbit::slot_length;
  return {orbit::make_fleet(library.data, listed, start - margin, stop + margin, device),
          orbit::make_fleet(library.broadband, std::vector<std::vector<int>>{all(library.broadband)}, start - wide,
                            stop + wide, device)};
}

}  // namespace

orbit::System make_orbit(const Network& network, Device device) {
  std::vector<orbit::Site> sites;
  for (const Site& site : network.site) {
    orbit::Site& o = sites.emplace_back();
    take(o, site), take(o, site.comms), take(o, site.comms.link);
    o.entity = entity_of(site);
    o.strategy = strategy_of(site);
  }
  return orbit::make_system(sites, device);
}

std::vector<std::string> element_remarks(const Library& library, int n_site, Time start, Time stop, std::size_t most) {
  std::vector<orbit::Remark> all = library.remark;
  const Fleets fleets = make_fleets(library, n_site, start, stop, Device::host);
  for (const orbit::Fleet* f : {&fleets.data, &fleets.shell}) all.insert(all.end(), f->remark.begin(), f->remark.end());
  return orbit::sentences(all, most);
}

void fill_links(Inputs& in, const System& system, const Library& library, Time start, Time stop) {
  const Fleets fleets = make_fleets(library, system.n_site(), start, stop, system.device);
  const orbit::Catalogue &data = fleets.data.catalogue, &shell = fleets.shell.catalogue;
  const auto data_station = orbit::stations_of(system.orbit, orbit::data_constellation);
  const auto link_station = orbit::stations_of(system.orbit, orbit::link_constellation);
  std::vector<orbit::Strategy> strategy;
  for (int s = 0; s < system.n_site(); ++s) strategy.push_back(system.orbit.site(s).strategy);
  constexpr Real dut1 = 0.0;  // UT1 - UTC: below 0.05 s in 2026, or 20 ms of an AOS; reference tables use 0 too
  with_space(system.device, [&](auto space) {
    in.windows =
        orbit::find_windows(space, data, data_station, {start - margin, stop + margin, dut1}, fleets.data.seen);
    in.contacts = orbit::join_windows(in.windows);
    // of a satellite that stands for hours it must be known how long it still will
    const Time wide = margin + orbit::slot_length + (shell.n_deep() > 0 ? orbit::window_reach(shell) : 0);
    const orbit::Windows passes = orbit::find_windows(space, shell, link_station, {start - wide, stop + wide, dut1});
    in.slots = orbit::assign_slots(space, shell, link_station, strategy, passes, {start - margin, stop + margin, dut1});
  });
}

}  // namespace coldsun

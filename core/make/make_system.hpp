// From what people write to what kernels read: System and Inputs of a network. Allocation happens here, never in a
// step.
#pragma once
#include "core/site/site.hpp"
#include "core/step/state.hpp"

namespace coldsun {

namespace thermal {
struct PlateSpec;
}

// What a network names beside its sites, read by whoever sees files: element sets per role, statistics of the jobs per
// site.
struct Library {
  std::vector<orbit::ElementSet> broadband, data;  // data: of all sites, each constellation once
  std::vector<std::vector<int>> listed;       // (site) which of data its comms.data names; empty: each site has all
  std::vector<orbit::Remark> remark;          // records of the files that are not used, or used with a word
  std::vector<workload::JobStatistics> jobs;  // (site)
};

// The site's number in Chance, by its name: the same clouds, outages and jobs whatever other sites stand beside it. 24
// bits of FNV-1a.
std::uint32_t entity_of(const Site& site);
electrical::System make_electrical(const Network& network, Device device);
thermal::PlateSpec plate_spec(const PlateClass& plate, Real t_design);  // t_design: of the coolant [K]
Real plates_head(
    const Site& site);  // pressure drop of the plates at the loop's design flow, the branch that needs the most [Pa]
thermal::System make_thermal(const Network& network, Device device);
sky::Climate sky_climate(const Site& site);
sky::Site sky_site(const Site& site);
sky::System make_sky(const Network& network, Device device);
orbit::System make_orbit(const Network& network, Device device);
workload::System make_workload(const Network& network, const Library& library, Device device);
System make_system(const Network& network, const Library& library, Device device);
// What a record writes along its axes: planes, strings, layers, columns.
void name_axes(System& system, const Network& network);

// Sun, clear sky and weather of one site, from its series or its climate.
void fill_weather(sky::Weather& table, const System& system, const Network& network, int site,
                  const std::vector<sky::Series>& weather, std::uint64_t seed);
// What is not used of the element sets in a run over [start, stop), and why, by name: of files, of epochs, of decay. In
// `most` names a sentence.
std::vector<std::string> element_remarks(const Library& library, int n_site, Time start, Time stop, std::size_t most);
// Contact windows and serving satellites of [start, stop).
void fill_links(Inputs& in, const System& system, const Library& library, Time start, Time stop);

// Everything that depends on time alone, for [start, start + hours): sun and weather, windows, serving satellites,
// jobs.
struct Course {
  Time start = 0;
  Real hours = 0.0;
  int n_member = 1;
  std::uint64_t seed = 0;
  std::uint32_t first_member = 0;
};
Inputs make_inputs(const Network& network, const System& system, const Library& library,
                   const std::vector<sky::Series>& weather, const Course& course);

}  // namespace coldsun

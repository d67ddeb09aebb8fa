// Site and Network -> System and Inputs of the kernels. Allocation happens here, never in a step.
#pragma once
#include "core/site/site.hpp"
#include "core/step/state.hpp"

namespace coldsun {

namespace thermal {
struct PlateSpec;
}

// Contents of the files that a network names beside its sites: element sets by role, job statistics by site.
struct Library {
  std::vector<orbit::ElementSet> broadband, data;  // data: constellations of all sites, each once
  std::vector<std::vector<int>> listed;  // (site) indices into data, from its comms.data; empty: all for every site
  std::vector<orbit::Remark> remark;     // records skipped, or used with a remark
  std::vector<workload::JobStatistics> jobs;  // (site)
};

// The site's entity in Chance, from its name: clouds, outages and jobs do not depend on the other sites.
std::uint32_t entity_of(const Site& site);
electrical::System make_electrical(const Network& network, Device device);
thermal::PlateSpec plate_spec(const PlateClass& plate, Real t_design);  // t_design: coolant temperature [K]
// Pressure drop of the plates at the loop's design flow, in the branch where it is highest [Pa].
Real plates_head(const Site& site);
thermal::System make_thermal(const Network& network, Device device);
sky::Climate sky_climate(const Site& site);
sky::Site sky_site(const Site& site);
sky::System make_sky(const Network& network, Device device);
orbit::System make_orbit(const Network& network, Device device);
workload::System make_workload(const Network& network, const Library& library, Device device);
System make_system(const Network& network, const Library& library, Device device);
// Labels and positions on the axes of a record: planes, strings, layers, columns.
void name_axes(System& system, const Network& network);

// Fills the sun, clear sky and weather of one site from its series or its climate.
void fill_weather(sky::Weather& table, const System& system, const Network& network, int site,
                  const std::vector<sky::Series>& weather, std::uint64_t seed);
// Element sets not used in a run over [start, stop) and the reasons (faulty record, epoch, decay); at most `most` names
// a sentence.
std::vector<std::string> element_remarks(const Library& library, int n_site, Time start, Time stop, std::size_t most);
// Computes contact windows and serving satellites of [start, stop).
void fill_links(Inputs& in, const System& system, const Library& library, Time start, Time stop);

// Inputs for [start, start + hours): sun and weather, contact windows, serving satellites, jobs.
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

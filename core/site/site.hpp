// Site and Network: what people write about a place, as plain structs, already in SI. make_system compiles them.
#pragma once
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "core/site/site_hall.hpp"
#include "core/site/site_power.hpp"
#include "core/site/site_shadow.hpp"
#include "ensemble/prior.hpp"

namespace coldsun {

using Monthly = std::array<Real, 12>;  // January first

// ---- where a value comes from ------------------------------------------------------------------------------------
enum class Origin : std::int8_t { measured, sourced, assumed, unstated };

struct Provenance {
  std::string key;   // "hall.node[0].p_max_w", "plate.gpu_700w.tim.thickness_um"
  std::string text;  // the value as written
  Origin origin = Origin::unstated;
  std::string note;  // what stands behind it: instrument, publication, reason
  std::string file;  // base name
  int line = 0;
  std::string doubt = {};  // what is unusual about the value; empty: nothing
};

// ---- climate -----------------------------------------------------------------------------------------------------
/// How cloudy the place is (kernels/sky/cloud.hpp holds the process).
struct CloudClimate {
  Monthly clear_fraction{};     ///< share of time without any cloud, per month [1]
  Monthly overcast_fraction{};  ///< share of time all covered; the rest is broken cloud [1]
  Real kc_thick = 0;            ///< clear-sky index under the thickest clouds [1]
  Real kc_max = 0;              ///< cap of cloud enhancement: about 1.25 at sea level, 1.4 at altitude [1]
  bool in_series = true;        ///< clouds vary inside the cloudy intervals of a weather file as well; false: as smooth as the file
};

/// A year's sums that the model is printed beside; it does not enter the physics.
struct ReferenceYear {
  std::string name;  ///< whose year
  Real ghi = 0;      ///< global horizontal irradiation of the year [J/m2]; 0: not given
  Real dni = 0;      ///< direct normal irradiation of the year [J/m2]; 0: not given
};

struct Climate {
  Monthly linke_turbidity{};  ///< monthly Linke turbidity at air mass 2 on days without dust [1]
  Monthly haze{};             ///< optical depth of haze beyond the turbidity on days without dust [1]
  Real haze_forward = 0;      ///< share of the light that haze takes from the beam and that arrives as diffuse [1]
  Monthly dust_days{};        ///< days of dust per month [1]
  Real dust_depth = 0;        ///< mean optical depth that a dusty day adds to the haze [1]
  Monthly temp_air_min{};     ///< monthly mean of the daily minimum [K]
  Monthly temp_air_max{};     ///< monthly mean of the daily maximum [K]
  Monthly wind_speed{};       ///< monthly mean at 10 m [m/s]
  Real wind_amplitude = 0;    ///< daily swing as a part of the mean; highest at the warmest hour [1]
  Real albedo = 0;            ///< of the ground before the rows [1]
  CloudClimate cloud;
  std::vector<ReferenceYear> reference;
};

// ---- communications ----------------------------------------------------------------------------------------------
struct Band {
  std::string name;    ///< "Ka", "X", "Ku"
  Real frequency = 0;  ///< downlink carrier [Hz]
  Real rate_down = 0;  ///< to the ground [bit/s]
  Real rate_up = 0;    ///< [bit/s]
};

/// Priors of the broadband link's outages at its 15-s slot boundaries, and how an outage reaches the work.
struct LinkPrior {
  Real outage_probability = 0;  ///< per boundary [1]
  Real outage_median = 0;       ///< length of an outage [s]
  Real outage_sigma = 0;        ///< of ln(length) [1]
  Real outage_offset = 0;       ///< its start after the boundary; negative: before [s]
  Real processing_delay = 0;    ///< what a round trip takes beside the way to the satellite and back [s]
  Real link_bound_share = 0;    ///< share of jobs that stall when the link is gone [1]
  Real buffer = 0;              ///< what a link-bound job can still do from its buffers [s]
  Real burst_gain = 0;          ///< power over normal while the queue drains, as a share of (p_max - p) [1]
  Real burst_ratio = 0;         ///< seconds of burst per second of stall [1]
  Real control_delay = 0;       ///< of caps, set-points and plans over the link [s]
};

struct Comms {
  Real mask = 0;            ///< lowest elevation of the data antennas [rad]
  Real broadband_mask = 0;  ///< lowest elevation of the broadband terminal [rad]
  int n_antenna = 0;        ///< data antennas: satellites served at once
  std::vector<Band> band;
  std::string broadband;          ///< constellation that carries control and link-bound work
  std::vector<std::string> data;  ///< constellations whose contacts are counted
  std::string strategy;           ///< "longest_remaining", "max_elevation" or "sticky"
  LinkPrior link;
};

// ---- work --------------------------------------------------------------------------------------------------------
struct JobMix {
  std::string file;  ///< statistics: absolute, or relative to the data folder
  Real load = 0;     ///< offered GPU-seconds over the hall's [1]
};

// ---- studies -----------------------------------------------------------------------------------------------------
/// What a study may draw anew for each member. The numbers are part of Chance: append, never renumber.
enum class Parameter : std::uint32_t {
  outage_probability = 0, outage_median = 1, link_bound_share = 2, buffer = 3, burst_gain = 4, burst_ratio = 5, tim_gain = 6, flow_gain = 7, load = 8
};
struct ParameterInfo {
  Parameter parameter;
  const char *name, *unit, *meaning;
  Real least, most;   ///< what the engine accepts
};
inline constexpr ParameterInfo parameter_table[] = {
    {Parameter::outage_probability, "outage_probability", "1", "chance of an outage at a slot boundary", 0, 1},
    {Parameter::outage_median, "outage_median", "s", "median length of an outage", 1e-3, 15},
    {Parameter::link_bound_share, "link_bound_share", "1", "share of jobs that stall when the link is gone", 0, 1},
    {Parameter::buffer, "buffer", "s", "time that a link-bound job goes on without the link", 0, 60},
    {Parameter::burst_gain, "burst_gain", "1", "power over normal in the drain, share of what is left up to the maximum", 0, 1},
    {Parameter::burst_ratio, "burst_ratio", "1", "seconds of drain per second of stall", 0.1, 10},
    {Parameter::tim_gain, "tim_gain", "1", "resistance of the interface material relative to the node type's", 0.3, 3},
    {Parameter::flow_gain, "flow_gain", "1", "coolant flow relative to design", 0.5, 1.5},
    {Parameter::load, "load", "1", "offered GPU-seconds over the hall's", 0, 10},
};
inline constexpr int n_parameter = static_cast<int>(std::size(parameter_table));
struct ParameterPrior {
  Parameter parameter{};
  ensemble::Prior prior;
};

/// A file that a site or network names, found.
struct Constellation {
  std::string name;
  std::string file;      ///< element sets (OMM as CSV, TLE) or a shell (TOML): absolute, or relative to the data folder
  std::string contents;  ///< how many sets and a hash of the text, once read
};

// ---- the whole ---------------------------------------------------------------------------------------------------
struct Site {
  std::string name;
  std::string title;    ///< one line for people
  Real latitude = 0;    ///< geodetic, north positive [rad]
  Real longitude = 0;   ///< east positive [rad]
  Real altitude = 0;    ///< above sea level [m]
  Real utc_offset = 0;  ///< local standard time minus UTC [s]
  Time start = 0;       ///< first instant of the demo day (UTC)
  Climate climate;
  Hall hall;
  std::vector<PlateClass> plate;  ///< those that the node types name
  Cooling cooling;
  Power power;
  Comms comms;
  std::vector<Constellation> constellation;  ///< those that comms names
  JobMix jobs;
  ShadowMap shadow;
  std::vector<ParameterPrior> prior;   ///< of what studies draw; what is not among them keeps the site's value
  std::vector<Provenance> provenance;  ///< every value of the file and of what it names
};

/// A path for data between two places that is not a contact: fibre, or laser links between satellites.
struct Link {
  std::string from, to;  ///< names of sites or constellations
  std::string kind;      ///< "fibre", "laser", "broadband"
  Real rate = 0;         ///< [bit/s]
  Real latency = 0;      ///< one way [s]
};

struct Network {
  std::string name;
  std::vector<Site> site;
  std::vector<Constellation> constellation;
  std::vector<Link> link;
  Time start = 0;                      ///< first instant of the demo day (UTC)
  std::vector<Provenance> provenance;  ///< of the network file itself; each site carries its own
};

}  // namespace coldsun

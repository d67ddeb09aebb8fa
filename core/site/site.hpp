// Site and Network: site and network files as plain structs, SI. make_system builds the engine's System from them.
#pragma once
#include <cstdint>
#include <iterator>
#include <string>

#include "core/site/site_hall.hpp"
#include "core/site/site_power.hpp"
#include "core/site/site_shadow.hpp"
#include "ensemble/prior.hpp"

namespace coldsun {

// ---- origin of values --------------------------------------------------------------------------------------------
enum class Origin : std::int8_t { measured, sourced, assumed, unstated };

struct Provenance {
  std::string key;   // "hall.node[0].p_max_w", "plate.gpu_700w.tim.thickness_um"
  std::string text;  // the value as written
  Origin origin = Origin::unstated;
  std::string note;  // instrument, publication or reason
  std::string file;  // base name
  int line = 0;
  std::string doubt = {};  // why the value is unusual; empty: it is usual
};

// ---- climate -----------------------------------------------------------------------------------------------------
namespace usual {
inline constexpr Real kwh = 3.6e6;  // J
// Monthly means of daily extremes. Within 0.05 K of 0 degC a value with three digits too few is more likely than such a
// month.
inline constexpr Limits monthly_air = between(203.15, 333.15).usual(213.15, 323.15).no_nearer_to_zero(0.05);
// outside the atmosphere: 5,970 kWh/m2 a year on a plane that faces the sun, 3,650 on a horizontal one at the equator
inline constexpr Limits ghi_year = between(100 * kwh, 3650 * kwh).usual(600 * kwh, 2900 * kwh);
inline constexpr Limits dni_year = between(50 * kwh, 5970 * kwh).usual(300 * kwh, 4300 * kwh);
}  // namespace usual

// clang-format off
/// Cloud statistics of the cloud process in kernels/sky/cloud.hpp.
#define COLDSUN_CLOUD(K) \
  K(Monthly, clear_fraction, a_number(share().usual(0.01, 1).or_zero()), "share of time with a cloudless sky, per month") \
  K(Monthly, overcast_fraction, a_number(share().usual(0.001, 1).or_zero()), "share of time with an overcast sky, per month; the rest is broken cloud") \
  K(Real, kc_thick, a_number(above(0, 1).usual(0.1, 0.9)), "clear-sky index under the thickest cloud") \
  K(Real, kc_max, a_number(between(1, 2).usual(1, 1.6)), "highest clear-sky index, by cloud enhancement: about 1.25 at sea level, 1.4 at altitude") \
  K(bool, in_series, a_flag().or_none(), "cloud variation within the cloudy intervals of a weather file; false: irradiance as smooth as in the file")
struct CloudClimate {
  CloudClimate() { in_series = true; }
  COLDSUN_KEYS(COLDSUN_CLOUD)
};

/// Annual irradiation from a reference, printed beside the model's; not used by the physics.
#define COLDSUN_REFERENCE(K) \
  K(std::string, name, a_text().label(), "source of the reference year") \
  K(Real, ghi, a(Q::irradiation, usual::ghi_year).or_none().checked(), "annual global horizontal irradiation") \
  K(Real, dni, a(Q::irradiation, usual::dni_year).or_none().checked(), "annual direct normal irradiation")
struct ReferenceYear { COLDSUN_KEYS(COLDSUN_REFERENCE) };

#define COLDSUN_CLIMATE(K) \
  K(Monthly, linke_turbidity, a_number(between(1, 12).usual(1.5, 9)), "Linke turbidity at air mass 2 on days without dust, per month") \
  K(Monthly, haze, a_number(between(0, 3).usual(0.005, 1).or_zero()), "optical depth of haze beyond the Linke turbidity on days without dust, per month") \
  K(Real, haze_forward, a_number(share().usual(0.2, 0.95)), "share of the light removed from the beam by haze that arrives as diffuse irradiance") \
  K(Monthly, dust_days, a_number(between(0, 28).usual(0.2, 28).or_zero()), "mean number of dust days, per month") \
  K(Real, dust_depth, a_number(between(0, 3).usual(0.02, 1.5).or_zero()), "mean optical depth that a dust day adds to the haze") \
  K(Monthly, temp_air_min, a(Q::temperature, usual::monthly_air), "air temperature: mean of the daily minimum, per month") \
  K(Monthly, temp_air_max, a(Q::temperature, usual::monthly_air), "air temperature: mean of the daily maximum, per month") \
  K(Monthly, wind_speed, a(Q::velocity, between(0, 40).usual(0.5, 15)), "mean wind speed at 10 m, per month") \
  K(Real, wind_amplitude, a_number(between(0, 1).usual(0.02, 1).or_zero()), "daily swing of the wind speed relative to its mean; highest at the warmest hour") \
  K(Real, albedo, a_number(share().usual(0.05, 0.9)), "ground albedo in front of the module rows") \
  K(CloudClimate, cloud, a_table(), "cloud statistics") \
  K(std::vector<ReferenceYear>, reference, a_table().or_none(), "annual irradiation from a reference, printed beside the model's")
struct Climate { COLDSUN_KEYS(COLDSUN_CLIMATE) };

// ---- communications ----------------------------------------------------------------------------------------------
namespace usual {
inline constexpr Limits mask_angle = between(0, std::numbers::pi / 2).usual(0, std::numbers::pi / 3).no_nearer_to_zero(degree / 2);
inline constexpr Limits delay = between(0, 3600).usual(1e-3, 60).or_zero();
}
#define COLDSUN_BAND(K) \
  K(std::string, name, a_name().label(), "band: Ka, X, Ku") \
  K(Real, frequency, a(Q::frequency, between(30e6, 1e15).usual(0.1e9, 400e12)).checked(), "carrier frequency of the downlink") \
  K(Real, rate_down, a(Q::data_rate, between(0, 1e14)), "downlink data rate") \
  K(Real, rate_up, a(Q::data_rate, between(0, 1e14)), "uplink data rate")
struct Band { COLDSUN_KEYS(COLDSUN_BAND) };

/// Priors of the broadband link's outages at slot boundaries, and their effect on jobs.
#define COLDSUN_LINK_PRIOR(K) \
  K(Real, outage_probability, a_number(share().usual(0.001, 1).or_zero()), "probability of an outage at a slot boundary") \
  K(Real, outage_median, a(Q::time, between(1e-4, 15).usual(0.01, 10)), "median duration of an outage") \
  K(Real, outage_sigma, a_number(between(0, 3).usual(0.01, 2).or_zero()), "standard deviation of ln(outage duration)") \
  K(Real, outage_offset, a(Q::time, between(-15, 15).no_nearer_to_zero(1e-3)), "start of the outage after the slot boundary; negative: before it") \
  K(Real, processing_delay, a(Q::time, between(0, 10).usual(1e-3, 1).or_zero()), "round-trip time less propagation to the satellite and back") \
  K(Real, link_bound_share, a_number(share().usual(0.005, 1).or_zero()), "share of link-bound jobs: jobs that stall during an outage") \
  K(Real, buffer, a(Q::time, usual::delay), "time for which a link-bound job continues without the link") \
  K(Real, burst_gain, a_number(share().usual(0.005, 1).or_zero()), "power increase of a link-bound job while its backlog drains, as a share of p_max - p") \
  K(Real, burst_ratio, a_number(between(0, 100).usual(0.05, 20).or_zero()), "seconds of backlog drain per second of stall") \
  K(Real, control_delay, a(Q::time, usual::delay), "delay of a plan on its way to the site; caps and set-points have none")
struct LinkPrior { COLDSUN_KEYS(COLDSUN_LINK_PRIOR) };

#define COLDSUN_COMMS(K) \
  K(Real, mask, a(Q::angle, usual::mask_angle), "elevation mask of the data antennas") \
  K(Real, broadband_mask, a(Q::angle, usual::mask_angle), "elevation mask of the broadband terminal") \
  K(int, n_antenna, a_count(0, 100), "number of data antennas: satellites in contact at the same time") \
  K(std::string, broadband, a_text(), "constellation of the broadband link, for control and link-bound jobs") \
  K(std::vector<std::string>, data, texts(), "constellations whose contact windows are computed") \
  K(std::string, strategy, a_choice({"longest_remaining", "max_elevation", "sticky"}), "rule that selects the serving satellite of a slot") \
  K(std::vector<Band>, band, a_table().or_none(), "bands of the data antennas") \
  K(LinkPrior, link, a_table(), "outages of the broadband link and their effect on jobs")
struct Comms { COLDSUN_KEYS(COLDSUN_COMMS) };

// ---- work --------------------------------------------------------------------------------------------------------
#define COLDSUN_JOBS(K) \
  K(std::string, file, a_text(), "job statistics: a file in data/jobs or beside the site file") \
  K(Real, load, a_number(between(0, 10).usual(0.02, 2).or_zero()), "offered load: GPU time requested by arriving jobs over the hall's GPU time")
struct JobMix { COLDSUN_KEYS(COLDSUN_JOBS) };

// ---- studies -----------------------------------------------------------------------------------------------------
/// Parameters that a study draws for each member: name, unit, accepted range, meaning. Append only: the order is part of Chance.
#define COLDSUN_PARAMETERS(P)                                                                                       \
  P(outage_probability, "1", 0, 1, "probability of an outage at a slot boundary")                                        \
  P(outage_median, "s", 1e-3, 15, "median duration of an outage")                                                     \
  P(link_bound_share, "1", 0, 1, "share of link-bound jobs: jobs that stall during an outage")                                  \
  P(buffer, "s", 0, 60, "time for which a link-bound job continues without the link")                                      \
  P(burst_gain, "1", 0, 1, "power increase of a link-bound job while its backlog drains, as a share of p_max - p")               \
  P(burst_ratio, "1", 0.1, 10, "seconds of backlog drain per second of stall")                                              \
  P(tim_gain, "1", 0.3, 3, "thermal resistance of the interface material relative to the node type's")                      \
  P(flow_gain, "1", 0.5, 1.5, "coolant flow relative to the design flow")                                                    \
  P(load, "1", 0, 10, "offered load: GPU time requested by arriving jobs over the hall's GPU time")
#define COLDSUN_PARAMETER_NAME(name, unit, least, most, meaning) name,
#define COLDSUN_PARAMETER_ROW(name, unit, least, most, meaning) {Parameter::name, #name, unit, meaning, least, most},
enum class Parameter : std::uint32_t { COLDSUN_PARAMETERS(COLDSUN_PARAMETER_NAME) };
struct ParameterInfo {
  Parameter parameter;
  const char *name, *unit, *meaning;
  Real least, most;   ///< accepted range
};
inline constexpr ParameterInfo parameter_table[] = {COLDSUN_PARAMETERS(COLDSUN_PARAMETER_ROW)};
inline constexpr int n_parameter = static_cast<int>(std::size(parameter_table));

/// [study.NAME]: one distribution per parameter, in the parameter's unit.
#define COLDSUN_PRIOR(K) \
  K(std::string, distribution, a_choice({"uniform", "normal", "lognormal", "triangular"}), "type of distribution") \
  K(Real, low, s.is(s.range(1e-4)), "lower bound") \
  K(Real, high, s.is(between(s.info().least, s.info().most).usual(0.01 * s.info().most, s.info().most)), "upper bound") \
  K(Real, mean, s.is(s.range(1e-4)).when(s.distribution == "normal"), "mean of a normal distribution") \
  K(Real, deviation, s.is(s.deviations()).when(s.distribution == "normal"), "standard deviation of a normal distribution") \
  K(Real, median, s.is(s.range(1e-4)).when(s.distribution == "lognormal"), "median of a lognormal distribution") \
  K(Real, deviation_of_log, a_number(above(0, 5).usual(0.005, 2)).when(s.distribution == "lognormal"), "standard deviation of the logarithm") \
  K(Real, mode, s.is(s.range(1e-4)).when(s.distribution == "triangular"), "mode of a triangular distribution")
struct ParameterPrior {
  COLDSUN_KEYS(COLDSUN_PRIOR)
  Parameter parameter{};
  ensemble::Prior prior;
  bool present = false;
  const ParameterInfo& info() const { return parameter_table[static_cast<std::size_t>(parameter)]; }
  Limits range(Real usual) const { return between(info().least, info().most).usual(usual * info().most, info().most).or_zero(); }
  Limits deviations() const {
    const Real span = info().most - info().least;
    return above(0, span).usual(1e-3 * span, 0.5 * span);
  }
  Rule is(Limits r) const { return std::string_view(info().unit) == "s" ? a(Q::time, r) : a_number(r); }
};

inline ParameterPrior prior_of(Parameter p) {
  ParameterPrior prior;
  prior.parameter = p;
  return prior;
}
#define COLDSUN_PARAMETER_KEY(name, unit, least, most, meaning) f(Key{a_table().or_none(), #name, meaning}, s.name);
#define COLDSUN_PARAMETER_MEMBER(name, unit, least, most, meaning) ParameterPrior name = prior_of(Parameter::name);
struct StudyPriors {
  COLDSUN_PARAMETERS(COLDSUN_PARAMETER_MEMBER)
  template <class Self, class F>
  static void each_key(Self& s, F&& f) {
    COLDSUN_PARAMETERS(COLDSUN_PARAMETER_KEY)
  }
};

/// A constellation file named by a site or network.
struct Constellation {
  std::string name;
  std::string file;      ///< element sets (OMM as CSV, TLE) or a shell (TOML): absolute, or relative to the data folder
  std::string contents;  ///< number of sets and hash of the text, once read
};

// ---- the whole ---------------------------------------------------------------------------------------------------
#define COLDSUN_SITE(K) \
  K(std::string, name, a_name(), "name of the site; its random draws depend on it") \
  K(std::string, title, a_text().label(), "title, one line") \
  K(std::string, like, a_text().or_none().label(), "site whose values replace the keys left out here; they count as assumed") \
  K(Real, latitude, a(Q::angle, between(-90 * usual::degree, 90 * usual::degree).no_nearer_to_zero(0.1 * usual::degree)), "geodetic latitude, north positive") \
  K(Real, longitude, a(Q::angle, between(-std::numbers::pi, std::numbers::pi)), "longitude, east positive") \
  K(Real, altitude, a(Q::length, between(-430, 6000).usual(-430, 5500).no_nearer_to_zero(0.5)), "altitude above sea level") \
  K(Real, utc_offset, a(Q::time, between(-12 * 3600.0, 14 * 3600.0)), "local standard time minus UTC") \
  K(Time, start, an_instant(), "first instant of the demo day") \
  K(Climate, climate, a_table(), "climate") \
  K(Hall, hall, a_table(), "racks and nodes") \
  K(Cooling, cooling, a_table(), "coolant loops, dry cooler and hall air") \
  K(Power, power, a_table(), "photovoltaic strings, battery, DC bus, grid tie and generator") \
  K(Comms, comms, a_table(), "satellite links: broadband and data") \
  K(JobMix, jobs, a_table(), "jobs") \
  K(ShadowMap, shadow, a_table().or_none(), "points that the site publishes, and how a shadow uses them") \
  K(StudyPriors, study, a_table().or_none(), "distributions from which a study draws parameters for each member")
struct Site {
  COLDSUN_KEYS(COLDSUN_SITE)
  std::vector<ParameterPrior> prior;         ///< priors in [study]; a parameter without a prior keeps the site's value
  std::vector<PlateClass> plate;             ///< plates named by the node types
  std::vector<Constellation> constellation;  ///< constellations named by comms
  std::vector<Provenance> provenance;        ///< every value of the site file and of the files it names
};

/// A leased line: fibre, or laser links between satellites.
#define COLDSUN_LINK(K) \
  K(std::string, from, a_text(), "end of the line: a site or a constellation") \
  K(std::string, to, a_text(), "end of the line: a site or a constellation") \
  K(std::string, kind, a_kind({"fibre", "laser", "broadband"}).label(), "medium") \
  K(Real, rate, a(Q::data_rate, s.kind == "fibre" ? between(1e3, 1e15).usual(100e6, 2e12) : between(1e3, 1e15).usual(1e6, 100e9)), "data rate, each way") \
  K(Real, latency, a(Q::time, between(0, 10).usual(1e-4, 1)), "one-way latency")
struct Link { COLDSUN_KEYS(COLDSUN_LINK) };

#define COLDSUN_NETWORK(K) \
  K(std::string, name, a_name().label(), "name of the network") \
  K(Time, start, an_instant(), "first instant of the demo day") \
  K(std::vector<std::string>, sites, texts(), "sites: files in data/sites or beside the network file") \
  K(std::vector<std::string>, constellations, texts(), "constellations used by the sites and links") \
  K(std::vector<Link>, link, a_table().or_none(), "leased lines between sites, beside contact windows")
// clang-format on
struct Network {
  COLDSUN_KEYS(COLDSUN_NETWORK)
  std::vector<Site> site;
  std::vector<Constellation> constellation;
  std::vector<Provenance> provenance;  ///< of the network file; each site has its own
};

}  // namespace coldsun

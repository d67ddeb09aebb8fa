// Sky over the sites: constants, the weather table of a run, State, and its advance over a cut. SI, radians, Pa, K.
// Order of use: make_system, fill_from_climate or fill_from_series (Weather), make_state; then advance in every cut.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "sky/cell_temperature.hpp"
#include "sky/cloud.hpp"
#include "sky/iam.hpp"
#include "sky/transposition.hpp"

namespace coldsun::sky {

inline constexpr std::uint32_t flag_sky_not_finite = 1u << 0;  // a result is not finite: the member is frozen
// the cut is outside the weather table, whose end value is used
inline constexpr std::uint32_t flag_sky_outside_table = 1u << 1;

inline constexpr Time weather_step = 60 * ns_per_s;  // knots of every weather table

struct Site {
  Real latitude = 0.0, longitude = 0.0;  // rad, north and east positive
  Real altitude = 0.0;                   // m
  Real albedo = 0.25;                    // of the ground before the modules
  // number of the site in random draws: the same clouds in any network
  std::int32_t entity = 0;
  CloudLaw cloud = {};  // made by make_cloud_law
};

// A group of strings with one orientation at one site.
struct Plane {
  std::int32_t site = 0;
  Real surface_tilt = 0.0;     // rad from horizontal
  Real surface_azimuth = 0.0;  // rad from north, clockwise
  Transposition transposition = Transposition::perez;
  CellTemperature cell;
  Iam iam;                   // make_system fills its sky and ground
  Real t_cell_time = 300.0;  // s, lag of the cell's temperature: 5 min as in EN 50530
  Real soiling_ratio = 1.0;  // share of light transmitted by the dirt: prior of every member
  Tilt tilt = {};            // make_system fills it
};

// Constants.
// clang-format off
#define COLDSUN_SKY_SYSTEM(F) \
  F(Site,  site,  "1", "site",  parameter, host, "location, albedo and clouds of the site") \
  F(Plane, plane, "1", "plane", parameter, host, "orientation, cell temperature model and glass of the plane")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_SKY_SYSTEM)
  int n_site() const { return site.extent(0); }
  int n_plane() const { return plane.extent(0); }
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_SKY_SYSTEM)
};

// Sky common to all members, on knots weather_step apart, linear between. Clouds differ by member and are added in
// advance.
// clang-format off
#define COLDSUN_SKY_WEATHER(F) \
  F(Time,         start,      "ns",    "one",       parameter, host, "time of the first knot of the weather table") \
  F(Real,         east,       "1",     "site knot", parameter, host, "east component of the direction to the apparent Sun") \
  F(Real,         north,      "1",     "site knot", parameter, host, "north component of the direction to the apparent Sun") \
  F(Real,         up,         "1",     "site knot", parameter, host, "upward component of the direction to the apparent Sun") \
  F(Real,         dni_extra,  "W m-2", "site knot", parameter, host, "extraterrestrial normal irradiance") \
  F(Real,         ghi_clear,  "W m-2", "site knot", parameter, host, "global horizontal irradiance of the clear sky") \
  F(Real,         dni_clear,  "W m-2", "site knot", parameter, host, "direct normal irradiance of the clear sky") \
  F(Real,         dni,        "W m-2", "site knot", parameter, host, "direct normal irradiance before drawn clouds") \
  F(Real,         dhi,        "W m-2", "site knot", parameter, host, "diffuse horizontal irradiance before drawn clouds") \
  F(Real,         cover,      "1",     "site knot", parameter, host, "cloud cover; negative: drawn per member") \
  F(Real,         temp_air,   "K",     "site knot", parameter, host, "air temperature") \
  F(Real,         wind_speed, "m s-1", "site knot", parameter, host, "wind speed at 10 m") \
  F(Real,         pressure,   "Pa",    "site knot", parameter, host, "air pressure") \
  F(Real,         dust,       "1",     "site knot", parameter, host, "optical depth of dust on the day") \
  F(Time,         origin,     "ns",    "site",      parameter, host, "start of one averaging interval of the weather series") \
  F(Time,         period,     "ns",    "site",      parameter, host, "length of the averaging intervals of the weather series; 0: no series") \
  F(std::int32_t, hold,       "1",     "site",      parameter, host, "1: dni and dhi are constant from knot to knot; 0: linear")
// clang-format on
struct Weather {
  COLDSUN_ARRAYS(COLDSUN_SKY_WEATHER)
  int n_knot() const { return up.extent(1); }
};

// clang-format off
#define COLDSUN_SKY_STATE(F) \
  F(Real, ghi,                  "W m-2", "member site",  derived,   SiteSky,  "global horizontal irradiance") \
  F(Real, dni,                  "W m-2", "member site",  derived,   SiteSky,  "direct normal irradiance") \
  F(Real, dhi,                  "W m-2", "member site",  derived,   SiteSky,  "diffuse horizontal irradiance") \
  F(Real, clearsky_index,       "1",     "member site",  derived,   SiteSky,  "clear-sky index: ghi relative to that of the clear sky, at most 2; 1 at night") \
  F(Real, temp_air,             "K",     "member site",  derived,   SiteSky,  "air temperature") \
  F(Real, wind_speed,           "m s-1", "member site",  derived,   SiteSky,  "wind speed") \
  F(Real, pressure,             "Pa",    "member site",  derived,   SiteSky,  "air pressure") \
  F(Real, solar_zenith,         "rad",   "member site",  derived,   SiteSky,  "apparent solar zenith angle at the middle of the cut") \
  F(Real, interval,             "1",     "member site",  scratch,   SiteSky,  "number of the current interval of the weather series plus 1; 0: none") \
  F(Real, beam_mean,            "1",     "member site",  scratch,   SiteSky,  "mean beam transmission of the clouds over the interval of the series") \
  F(Real, beam_swing,           "1",     "member site",  scratch,   SiteSky,  "relative change of the series' beam per change of beam transmission") \
  F(Real, sky_mean,             "1",     "member site",  scratch,   SiteSky,  "mean diffuse light under the interval's clouds relative to the clear sky's") \
  F(Real, sky_swing,            "1",     "member site",  scratch,   SiteSky,  "relative change of the series' diffuse light per change of that ratio") \
  F(Real, poa_global,           "W m-2", "member plane", derived,   PlaneSky, "global irradiance on the plane of the modules") \
  F(Real, effective_irradiance, "W m-2", "member plane", derived,   PlaneSky, "irradiance that reaches the cells, after glass and soiling") \
  F(Real, temp_cell,            "K",     "member plane", derived,   PlaneSky, "PV cell temperature of the plane, mean over the last cut") \
  F(Real, temp_cell_end,        "K",     "member plane", state,     PlaneSky, "PV cell temperature of the plane at the end of the step") \
  F(Real, soiling_ratio,        "1",     "member plane", parameter, host,     "soiling ratio: share of light transmitted by the dirt on the modules")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_SKY_STATE)
  int n_member() const { return soiling_ratio.extent(0); }
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_SKY_STATE)
};

// External inputs of a cut.
struct Drive {
  const Weather* weather = nullptr;  // must cover every cut
  View<std::uint32_t, 1> flags;      // (member)
};

// Throws std::invalid_argument in one sentence for a value out of range.
System make_system(const std::vector<Site>&, const std::vector<Plane>&, Device);
// Cells at the table's air temperature at `now`, soiling as in the planes.
State make_state(const System&, const Weather&, Time now, int n_member, Device);

// Climate of a site; months from January. Host only.
struct Climate {
  Real linke_turbidity[12];        // at air mass 2, without dust days
  Real haze[12] = {};              // optical depth of haze beyond the turbidity, without dust days
  Real haze_forward = 0.8;         // share of the light lost from the beam to haze that arrives as diffuse light
  Real dust_probability[12] = {};  // of a dust day
  Real dust_depth = 0.0;           // mean optical depth of a dust day, in addition to haze
  Real temp_air_min[12], temp_air_max[12];  // K, mean daily extremes
  Real wind_speed[12];                      // m/s, mean
  Real wind_amplitude = 0.3;  // relative to the mean; the maximum is at the hour of the highest temperature
};

// Measured or modelled weather of one site. Every array has one value per time; only those marked may be empty. Host
// only.
enum class Stamp : std::int8_t { start, centre, end };  // instant of the averaging interval that a time names
struct Series {
  std::vector<Time> time;  // increasing, evenly spaced; intervals start on whole minutes, or on half minutes if they
                           // last 5 min or more
  // W/m2. ghi alone: split after Erbs. Any two: the third follows. All three: all are kept, see series.cpp
  std::vector<Real> ghi, dni, dhi;
  std::vector<Real> temp_air;              // K
  std::vector<Real> wind_speed, pressure;  // m/s, Pa; may be empty: 2 m/s, standard pressure of the altitude
  Stamp stamp = Stamp::end;
  bool repeat_yearly = false;  // the series is a typical year: its year number is ignored
  // Clouds vary inside cloudy intervals of 10 min or more; false: smooth; empty: the site file decides.
  std::optional<bool> subhourly_clouds = {};
};

// A table from start to stop (both rounded outwards to the minute) for all sites, all fields zero.
Weather make_weather(const System&, Time start, Time stop, Device);
// Sun, clear sky and climate. Dust days are drawn from seed and common to all members.
void fill_from_climate(Weather&, const System&, int site, const Climate&, std::uint64_t seed);
// Sun, clear sky with the climate's turbidity, and the series. Throws std::invalid_argument where the series does not
// cover the table.
void fill_from_series(Weather&, const System&, int site, const Climate&, const Series&);

// Yearly irradiation averaged over clouds and dust days [J/m2]: a check of the site file.
struct Irradiation {
  Real ghi, dni, ghi_clear, dni_clear;
};
Irradiation annual_irradiation(const Site&, const Climate&, int year);

// From weather table and drawn clouds: irradiance of sites and planes, cell temperatures.
template <class Space>
void advance(Space, const System&, State&, const Drive&, const Cut&);

}  // namespace coldsun::sky

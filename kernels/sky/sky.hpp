// Sky over the sites: what is constant, the weather table of a run, what changes, and how it moves over a cut. SI, radians, Pa, K.
// Order of use: make_system, fill_from_climate or fill_from_series (Weather), make_state; then advance in every cut.
#pragma once
#include <cstdint>
#include <vector>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "sky/cell_temperature.hpp"
#include "sky/cloud.hpp"
#include "sky/iam.hpp"
#include "sky/transposition.hpp"

namespace coldsun::sky {

inline constexpr std::uint32_t flag_sky_not_finite = 1u << 0;     // a result is not a number: freeze the member
inline constexpr std::uint32_t flag_sky_outside_table = 1u << 1;  // the cut lies outside the weather table: its end value was held

inline constexpr Time weather_step = 60 * ns_per_s;  // knots of every weather table

struct Site {
  Real latitude = 0.0, longitude = 0.0;  // rad, north and east positive
  Real altitude = 0.0;                   // m
  Real albedo = 0.25;                    // of the ground before the modules
  std::int32_t entity = 0;               // the site's number in Chance: the same clouds whatever other sites stand beside it
  CloudLaw cloud = {};                   // made by make_cloud_law
};

// A group of strings with one orientation at one site.
struct Plane {
  std::int32_t site = 0;
  Real surface_tilt = 0.0;     // rad from horizontal
  Real surface_azimuth = 0.0;  // rad from north, clockwise
  Transposition transposition = Transposition::perez;
  CellTemperature cell;
  Iam iam;                   // make_system fills its sky and ground
  Real tau = 300.0;          // s, lag of the cell's temperature: 5 min as in EN 50530
  Real soiling_ratio = 1.0;  // part of the light that passes the dirt: the prior of every member
  Tilt tilt = {};            // make_system fills it
};

// Constant.
struct System {
  Array<Site, 1> site;
  Array<Plane, 1> plane;
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    f(FieldInfo{"site", "1", "site", "place, albedo and clouds of the sites", Kind::parameter}, s.site);
    f(FieldInfo{"plane", "1", "plane", "orientation, cell temperature and glass of the planes", Kind::parameter}, s.plane);
  }
  int n_site() const { return site.extent(0); }
  int n_plane() const { return plane.extent(0); }
};

// The sky that all members share, on knots weather_step apart, linear between. Clouds, which differ by member, come on top.
struct Weather {
  Array<Time, 1> start;                 // (1) time of knot 0
  Array<Real, 2> east, north, up;       // (site, knot) unit vector to the apparent (refracted) Sun
  Array<Real, 2> dni_extra;             // W/m2 outside the atmosphere
  Array<Real, 2> ghi_clear, dni_clear;  // W/m2, clear sky with the day's turbidity
  Array<Real, 2> dni, dhi;              // W/m2, before the cloud field: clear sky, or the weather series
  Array<Real, 2> cover;                 // cloud cover under the series; negative: the cloud field draws its own; 0: no clouds
  Array<Real, 2> temp_air, wind_speed, pressure;
  Array<Real, 2> dust;            // optical depth of the day's dust, 0 on a usual day
  Array<Time, 1> origin, period;  // (site) start of one interval of the series, length of all; period 0: no series
  Array<std::int32_t, 1> hold;    // (site) 1: dni and dhi hold from knot to knot, as a series of few minutes has them; 0: linear
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    const char* sk = "site knot";
    f(FieldInfo{"start", "ns", "one", "time of the first knot", Kind::parameter}, s.start);
    f(FieldInfo{"east", "1", sk, "east component of the direction to the apparent Sun", Kind::parameter}, s.east);
    f(FieldInfo{"north", "1", sk, "north component of the direction to the apparent Sun", Kind::parameter}, s.north);
    f(FieldInfo{"up", "1", sk, "upward component of the direction to the apparent Sun", Kind::parameter}, s.up);
    f(FieldInfo{"dni_extra", "W m-2", sk, "normal irradiance outside the atmosphere", Kind::parameter}, s.dni_extra);
    f(FieldInfo{"ghi_clear", "W m-2", sk, "global horizontal irradiance of the clear sky", Kind::parameter}, s.ghi_clear);
    f(FieldInfo{"dni_clear", "W m-2", sk, "direct normal irradiance of the clear sky", Kind::parameter}, s.dni_clear);
    f(FieldInfo{"dni", "W m-2", sk, "direct normal irradiance before the cloud field", Kind::parameter}, s.dni);
    f(FieldInfo{"dhi", "W m-2", sk, "diffuse horizontal irradiance before the cloud field", Kind::parameter}, s.dhi);
    f(FieldInfo{"cover", "1", sk, "cloud cover; negative where the cloud field draws its own", Kind::parameter}, s.cover);
    f(FieldInfo{"temp_air", "K", sk, "air temperature", Kind::parameter}, s.temp_air);
    f(FieldInfo{"wind_speed", "m s-1", sk, "wind speed at 10 m", Kind::parameter}, s.wind_speed);
    f(FieldInfo{"pressure", "Pa", sk, "air pressure", Kind::parameter}, s.pressure);
    f(FieldInfo{"dust", "1", sk, "optical depth of the day's dust", Kind::parameter}, s.dust);
    f(FieldInfo{"origin", "ns", "site", "start of one averaging interval of the series", Kind::parameter}, s.origin);
    f(FieldInfo{"period", "ns", "site", "length of the averaging intervals; 0 without a series", Kind::parameter}, s.period);
    f(FieldInfo{"hold", "1", "site", "1 where dni and dhi hold from knot to knot", Kind::parameter}, s.hold);
  }
  int n_knot() const { return up.extent(1); }
};

struct State {
  // (member, site): means over the cut; the Sun at its middle
  Array<Real, 2> ghi, dni, dhi, clearsky_index, temp_air, wind_speed, pressure, solar_zenith;
  // The series' interval last met, its number plus 1; what the clouds move about in it: means of the beam's transmission and of the sky's light
  // there, and by how much the series' beam and diffuse light follow what differs from them.
  Array<Real, 2> interval, beam_mean, beam_swing, sky_mean, sky_swing;
  // (member, plane)
  Array<Real, 2> poa_global, effective_irradiance, temp_cell;  // means over the cut
  Array<Real, 2> temp_cell_end;                                // at the cut's end: what is carried on
  Array<Real, 2> soiling_ratio;                                // parameter
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind der = Kind::derived;
    const char *ms = "member site", *mp = "member plane";
    f(FieldInfo{"ghi", "W m-2", ms, "global horizontal irradiance", der}, s.ghi);
    f(FieldInfo{"dni", "W m-2", ms, "direct normal irradiance", der}, s.dni);
    f(FieldInfo{"dhi", "W m-2", ms, "diffuse horizontal irradiance", der}, s.dhi);
    f(FieldInfo{"clearsky_index", "1", ms, "ghi over that of the clear sky, at most 2; 1 at night", der}, s.clearsky_index);
    f(FieldInfo{"temp_air", "K", ms, "air temperature", der}, s.temp_air);
    f(FieldInfo{"wind_speed", "m s-1", ms, "wind speed", der}, s.wind_speed);
    f(FieldInfo{"pressure", "Pa", ms, "air pressure", der}, s.pressure);
    f(FieldInfo{"solar_zenith", "rad", ms, "angle of the apparent Sun from the zenith at the middle of the cut", der}, s.solar_zenith);
    f(FieldInfo{"interval", "1", ms, "number of the series' interval last met, plus 1; 0: none", Kind::scratch}, s.interval);
    f(FieldInfo{"beam_mean", "1", ms, "mean transmission of the beam through the clouds of the interval", Kind::scratch}, s.beam_mean);
    f(FieldInfo{"beam_swing", "1", ms, "relative change of the series' beam per change of that transmission", Kind::scratch}, s.beam_swing);
    f(FieldInfo{"sky_mean", "1", ms, "mean diffuse light under the clouds of the interval, over the clear sky's", Kind::scratch}, s.sky_mean);
    f(FieldInfo{"sky_swing", "1", ms, "relative change of the series' diffuse light per change of that light", Kind::scratch}, s.sky_swing);
    f(FieldInfo{"poa_global", "W m-2", mp, "irradiance on the plane", der}, s.poa_global);
    f(FieldInfo{"effective_irradiance", "W m-2", mp, "irradiance that reaches the cells: after glass and dirt", der},
      s.effective_irradiance);
    f(FieldInfo{"temp_cell", "K", mp, "mean cell temperature", der}, s.temp_cell);
    f(FieldInfo{"temp_cell_end", "K", mp, "cell temperature at the end of the cut", Kind::state}, s.temp_cell_end);
    f(FieldInfo{"soiling_ratio", "1", mp, "part of the light that passes the dirt", Kind::parameter}, s.soiling_ratio);
  }
  int n_member() const { return soiling_ratio.extent(0); }
};

// What the caller passes in each cut.
struct Drive {
  const Weather* weather = nullptr;  // must cover every cut
  View<std::uint32_t, 1> flags;      // (member)
};

// Throws std::invalid_argument with one sentence where a value cannot be.
System make_system(const std::vector<Site>&, const std::vector<Plane>&, Device);
// Cells at the air temperature of the table at `now`, soiling as the planes say.
State make_state(const System&, const Weather&, Time now, int n_member, Device);

// What a year of a site is like; months from January. Host only.
struct Climate {
  Real linke_turbidity[12];         // at air mass 2, without dust days
  Real haze[12] = {};               // optical depth of haze beyond the turbidity, without dust days
  Real haze_forward = 0.8;          // part of the light that haze takes from the beam and that arrives as diffuse
  Real dust_probability[12] = {};   // of a dust day
  Real dust_depth = 0.0;            // mean optical depth that a dust day adds to the haze
  Real temp_min[12], temp_max[12];  // K, mean daily extremes
  Real wind_speed[12];              // m/s, mean
  Real wind_amplitude = 0.3;        // part of the mean; the maximum is at the hour of the highest temperature
};

// Measured or modelled weather of one site. An array may be empty where said; all others have one value per time. Host only.
enum class Stamp : std::int8_t { start, centre, end };  // which instant of its averaging interval a time names
struct Series {
  std::vector<Time> time;                  // increasing, evenly spaced; intervals begin on whole minutes, or half ones from 5 min on
  std::vector<Real> ghi, dni, dhi;         // W/m2. ghi alone: Erbs' split; any two: the third closes; all three: all are kept, see series.cpp
  std::vector<Real> temp_air;              // K
  std::vector<Real> wind_speed, pressure;  // m/s, Pa; may be empty: 2 m/s, standard pressure of the altitude
  Stamp stamp = Stamp::end;
  bool repeat_yearly = false;    // the series is a typical year: month, day and hour count, the year does not
  bool subhourly_clouds = true;  // clouds vary inside cloudy intervals of 10 min and more; false: smooth
};

// A table from start to stop (both rounded outwards to the minute) for all sites, all fields zero.
Weather make_weather(const System&, Time start, Time stop, Device);
// Sun, clear sky, climate. Dust days are drawn from seed, the same for all members.
void fill_from_climate(Weather&, const System&, int site, const Climate&, std::uint64_t seed);
// Sun, clear sky of the climate's turbidity, and the series on top. Throws std::invalid_argument where the series does not cover the table.
void fill_from_series(Weather&, const System&, int site, const Climate&, const Series&);

// What a year brings on the average over all clouds and dust days [J/m2]: the check of a site file.
struct Irradiation {
  Real ghi, dni, ghi_clear, dni_clear;
};
Irradiation annual_irradiation(const Site&, const Climate&, int year);

// Weather table and cloud field -> irradiance of sites and planes, cell temperatures.
template <class Space>
void advance(Space, const System&, State&, const Drive&, const Cut&);

}  // namespace coldsun::sky

// Typical weather of a site at an instant: monthly values, daily course of temperature and wind, dust days. Pure
// functions; and knots of Sun and clear sky for the weather table and for yearly sums.
#pragma once
#include <cmath>
#include <vector>

#include "common/atmosphere.hpp"
#include "sky/clear_sky.hpp"
#include "sky/sky.hpp"

namespace coldsun::sky {

// Monthly values from January, valid at the middle of the month, linear between, periodic over the year.
inline Real monthly(const Real (&value)[12], Time utc) {
  const Date d = date_of(utc);
  const Time first = midnight({d.year, d.month, 1});
  const Time next = d.month == 12 ? midnight({d.year + 1, 1, 1}) : midnight({d.year, d.month + 1, 1});
  const Real t = static_cast<Real>(utc - first) / static_cast<Real>(next - first) - 0.5;
  const int here = d.month - 1, other = (here + (t < 0.0 ? 11 : 1)) % 12;
  return lerp(value[here], value[other], std::fabs(t));
}

// Temperature of a day from its extremes: minimum at 5.5 h of solar time, about sunrise, maximum at 15 h, half cosines
// between.
inline Real diurnal_temperature(Real temp_air_min, Real temp_air_max, Real solar_hour) {
  constexpr Real lowest = 5.5, highest = 15.0;
  const Real after = solar_hour - lowest < 0.0 ? solar_hour - lowest + 24.0 : solar_hour - lowest;
  const Real rise = highest - lowest;
  const Real s = after < rise ? after / rise : 1.0 - (after - rise) / (24.0 - rise);
  return temp_air_min + (temp_air_max - temp_air_min) * 0.5 * (1.0 - math::cos(constants::pi * s));
}
inline Real diurnal_wind(Real mean, Real amplitude, Real solar_hour) {
  return mean * (1.0 + amplitude * math::cos(2.0 * constants::pi * (solar_hour - 15.0) / 24.0));
}

// Optical depth of dust on a day for u uniform on (0, 1): 0 with probability 1 - p; on a dust day uniform from 0 to 2
// mean.
inline Real dust_of(Real u, Real probability, Real mean) {
  return u < probability ? mean * 2.0 * u / probability : 0.0;
}

// Depth at which the beam at air mass 1 has its mean over such days: (1 - p) + p (1 - exp(-2 mean)) / (2 mean).
inline Real usual_dust(Real probability, Real mean) {
  return mean > 0.0 ? -std::log(1.0 - probability + probability * -std::expm1(-2.0 * mean) / (2.0 * mean)) : 0.0;
}

// Days of a site by its mean solar time, numbered from 1970; noon_of: their middle in UTC.
inline std::int64_t local_day(Time utc, Real longitude) {
  return floor_div(utc + nanoseconds(longitude / (2.0 * constants::pi) * 86400.0), ns_per_day);
}
inline Time noon_of(std::int64_t day, Real longitude) {
  return (day * 86400 + 43200) * ns_per_s - nanoseconds(longitude / (2.0 * constants::pi) * 86400.0);
}
// Mean index and beam of a month over clear, broken (all covers equally likely) and overcast sky.
CloudKnot mean_clouds(const CloudLaw&, int month);
// Changes at local midnight, when there is no sunlight.
Real dust_depth(const Climate&, const Site&, Time utc, std::uint64_t seed);

// One knot of Sun, air and clear sky.
struct SkyKnot {
  sun::Direction to_sun;
  Real dni_extra, temp_air, wind_speed, pressure;
  Irradiance clear;
};

// Computes knots of one site in any order. The Sun's position is computed at whole hours and interpolated (1e-8 rad).
class SkyMaker {
 public:
  SkyMaker(const Site&, const Climate&);
  // With temperature, wind and pressure of the climate.
  SkyKnot operator()(Time utc, Real dust);
  // With given temperature, wind and pressure.
  SkyKnot operator()(Time utc, Real dust, Real temp_air, Real wind_speed, Real pressure);

 private:
  sun::Place place_at(Time utc);
  Site site_;
  Climate climate_;
  sun::Horizon horizon_;
  Real standard_pressure_;
  Time hour_ = never;
  sun::Place left_ = {}, right_ = {};
};

}  // namespace coldsun::sky

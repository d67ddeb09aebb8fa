// The Sun: position in the inertial frame of the orbits (TEME) and as seen by a station. SI, radians. Method: Solar
// Position Algorithm (Reda and Andreas 2004, doi 10.1016/j.solener.2003.12.003; NREL/TP-560-34302), with vectors in
// place of its spherical triangles; 0.0003 degrees.
#pragma once
#include <cmath>

#include "common/constants.hpp"
#include "common/math.hpp"
#include "common/sun_tables.hpp"
#include "common/time.hpp"

namespace coldsun::sun {

using constants::degree;
using constants::pi;

// TT - UTC from 2017 on: 37 leap seconds + 32.184 s. UT1 is set to UTC: error at most 0.9 s, 0.004 degrees of azimuth.
inline constexpr Real delta_t_now = 69.184;  // s

struct Direction {
  Real x, y, z;
};
COLDSUN_FN Real dot(const Direction& a, const Direction& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
COLDSUN_FN Direction unit(const Direction& a) {
  const Real s = 1.0 / std::sqrt(dot(a, a));
  return {a.x * s, a.y * s, a.z * s};
}

// The Sun as seen from the Earth's centre at one instant.
struct Place {
  Direction teme;        // unit vector: true equator, mean equinox of date, as SGP4's positions
  Real distance;         // m
  Real longitude;        // apparent ecliptic longitude from the true equinox, [0, 2 pi)
  Real obliquity;        // true obliquity of the ecliptic
  Real right_ascension;  // from the true equinox, (-pi, pi]
  Real declination;
};

// Reduces an angle to [0, 2 pi).
COLDSUN_FN Real wrap(Real angle) { return angle - 2.0 * pi * std::floor(angle / (2.0 * pi)); }

// Obliquity of the ecliptic without nutation at t Julian millennia (equation 24): Laskar (1986), arc seconds in tens of
// millennia.
COLDSUN_FN Real mean_obliquity(Real t) {
  const Real u = 0.1 * t;
  Real s = 2.45;
  s = s * u + 5.79, s = s * u + 27.87, s = s * u + 7.12, s = s * u - 39.05, s = s * u - 249.67;
  s = s * u - 51.38, s = s * u + 1999.25, s = s * u - 1.55, s = s * u - 4680.93, s = s * u + 84381.448;
  return s / 3600.0 * degree;
}

COLDSUN_FN Place place(Time utc, Real delta_t = delta_t_now) {
  Real day, fraction;
  julian_date(utc, day, fraction);
  const Real century = (day - 2451545.0 + (fraction + delta_t / 86400.0)) / 36525.0;  // of TT
  const Real millennium = 0.1 * century;
  const Real distance_au = heliocentric_distance(millennium);
  const Nutation shift = nutation(century);
  const Real obliquity = mean_obliquity(millennium) + shift.obliquity;
  // equation 25, constant of aberration 20.4898 arc seconds
  const Real aberration = -20.4898 / 3600.0 * degree / distance_au;
  const Real longitude = heliocentric_longitude(millennium) + pi + shift.longitude + aberration;
  const Real latitude = -heliocentric_latitude(millennium);

  // Ecliptic of date to the true equator, then from the true to the mean equinox by the equation of the equinoxes.
  Real sl, cl, sb, cb, se, ce, sq, cq;
  math::sincos(longitude, sl, cl), math::sincos(latitude, sb, cb), math::sincos(obliquity, se, ce);
  const Direction e = {cb * cl, cb * sl, sb};
  const Direction q = {e.x, e.y * ce - e.z * se, e.y * se + e.z * ce};
  math::sincos(shift.longitude * ce, sq, cq);
  Place p;
  p.teme = {q.x * cq + q.y * sq, q.y * cq - q.x * sq, q.z};
  p.distance = distance_au * constants::astronomical_unit;
  p.longitude = wrap(longitude);
  p.obliquity = obliquity;
  p.right_ascension = std::atan2(q.y, q.x);
  p.declination = std::atan2(q.z, std::sqrt(q.x * q.x + q.y * q.y));
  return p;
}

// Interpolates between two positions a few hours apart at most: 1e-8 rad at one hour.
COLDSUN_FN Place between(const Place& a, const Place& b, Real t) {
  Place p = a;
  const Real s = 1.0 - t;
  p.teme = unit({s * a.teme.x + t * b.teme.x, s * a.teme.y + t * b.teme.y, s * a.teme.z + t * b.teme.z});
  p.distance = s * a.distance + t * b.distance;
  p.longitude = wrap(a.longitude + t * (wrap(b.longitude - a.longitude + pi) - pi));
  p.right_ascension = a.right_ascension + t * (wrap(b.right_ascension - a.right_ascension + pi) - pi);
  p.declination = s * a.declination + t * b.declination;
  return p;
}

// Rotation angle of the Earth: mean sidereal time of Greenwich (equation 28), UT1 set to UTC; [0, 2 pi).
COLDSUN_FN Real mean_sidereal_time(Time utc) {
  Real day, fraction;
  julian_date(utc, day, fraction);
  // days after J2000 are whole + rest; whole turns are dropped
  const Real whole = day - 2451544.5, rest = fraction - 0.5;
  const Real days = whole + rest, t = days / 36525.0;
  const Real degrees = 280.46061837 + 360.0 * rest + 0.98564736629 * days + t * t * (0.000387933 - t / 38710000.0);
  return wrap(degrees * degree);
}

// Mean solar to apparent solar time [s], from the hour angle of the mean Sun (equation A1: mean longitude of the Sun).
COLDSUN_FN Real equation_of_time(Time utc, const Place& p) {
  Real day, fraction;
  julian_date(utc, day, fraction);
  // at Greenwich; mean noon is at 12 h UTC
  const Real hour_angle = mean_sidereal_time(utc) - std::atan2(p.teme.y, p.teme.x);
  const Real mean = 2.0 * pi * (fraction - 0.5);
  return (wrap(hour_angle - mean + pi) - pi) / (2.0 * pi) * 86400.0;
}

struct Observer {
  Real latitude, longitude, altitude;  // geodetic rad, rad east, m
};

// Position of an observer and the directions of the horizon in the rotating frame.
struct Horizon {
  Direction position, east, north, up;  // position in m
};
COLDSUN_FN Horizon horizon(const Observer& o) {
  Real sp, cp, sl, cl;
  math::sincos(o.latitude, sp, cp), math::sincos(o.longitude, sl, cl);
  const Real e2 = constants::earth_flattening * (2.0 - constants::earth_flattening);
  const Real n = constants::earth_radius / std::sqrt(1.0 - e2 * sp * sp);
  Horizon h;
  h.position = {(n + o.altitude) * cp * cl, (n + o.altitude) * cp * sl, (n * (1.0 - e2) + o.altitude) * sp};
  h.east = {-sl, cl, 0.0};
  h.north = {-sp * cl, -sp * sl, cp};
  h.up = {cp * cl, cp * sl, sp};
  return h;
}

// Refraction [rad] at a true elevation [rad], air pressure [Pa] and temperature [K] (equation 42; Meeus 1998, after
// Saemundsson 1986). Zero where the Sun's upper edge is below the horizon: 0.26667 degrees of radius and 0.5667 of
// refraction there.
COLDSUN_FN Real refraction(Real elevation, Real pressure, Real temp_air) {
  const Real e = elevation / degree;
  const Real argument = (e + 10.3 / (e + 5.11)) * degree;
  const Real d = pressure / 101000.0 * (283.0 / (temp_air - 0.15)) * 1.02 / (60.0 * std::tan(argument));
  return e >= -(0.26667 + 0.5667) ? d * degree : 0.0;
}

// The Sun as seen by an observer: east, north and up of the true and of the refracted direction.
struct Sight {
  Direction geometric, apparent;
};
COLDSUN_FN Sight sight(const Place& p, Real sidereal, const Horizon& h, Real pressure, Real temp_air) {
  Real s, c;
  math::sincos(sidereal, s, c);
  // From the observer instead of the Earth's centre: parallax, 0.0024 degrees at most.
  const Real d = p.distance;
  const Direction r = unit({d * (c * p.teme.x + s * p.teme.y) - h.position.x,
                            d * (c * p.teme.y - s * p.teme.x) - h.position.y, d * p.teme.z - h.position.z});
  Sight v;
  v.geometric = {dot(r, h.east), dot(r, h.north), dot(r, h.up)};
  const Real level = std::sqrt(v.geometric.x * v.geometric.x + v.geometric.y * v.geometric.y);
  const Real elevation = std::atan2(v.geometric.z, level);
  Real se, ce;
  math::sincos(elevation + refraction(elevation, pressure, temp_air), se, ce);
  const Real shrink = level > 0.0 ? ce / level : 0.0;
  v.apparent = {v.geometric.x * shrink, v.geometric.y * shrink, se};
  return v;
}
// The same, computed from time and place only.
COLDSUN_FN Sight sight(Time utc, const Observer& o, Real pressure, Real temp_air, Real delta_t = delta_t_now) {
  return sight(place(utc, delta_t), mean_sidereal_time(utc), horizon(o), pressure, temp_air);
}
COLDSUN_FN Real zenith(const Direction& enu) { return std::atan2(std::sqrt(enu.x * enu.x + enu.y * enu.y), enu.z); }
// From north clockwise, [0, 2 pi).
COLDSUN_FN Real azimuth(const Direction& enu) { return wrap(std::atan2(enu.x, enu.y)); }
// Local apparent solar time in hours, [0, 24): 12 when the Sun crosses the meridian.
COLDSUN_FN Real solar_hour(const Place& p, Real sidereal, Real longitude) {
  return wrap(sidereal + longitude - std::atan2(p.teme.y, p.teme.x) + pi) * (12.0 / pi);
}

// Irradiance outside the atmosphere on a plane facing the Sun [W/m2], day of the year from 1: Spencer (1971), Search 2,
// 172, with the constant 1366.1 W/m2 of ASTM E490-00a. The nominal total irradiance of the IAU is 1361; the clear-sky
// models below were fitted with the older values.
COLDSUN_FN Real extraterrestrial_dni(int day) {
  const Real b = 2.0 * pi / 365.0 * (day - 1);
  Real s, c, s2, c2;
  math::sincos(b, s, c), math::sincos(2.0 * b, s2, c2);
  return 1366.1 * (1.00011 + 0.034221 * c + 0.00128 * s + 0.000719 * c2 + 7.7e-05 * s2);
}

}  // namespace coldsun::sun

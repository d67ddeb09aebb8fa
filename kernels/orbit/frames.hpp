// Frames: GMST82, TEME to the rotating Earth, a station on the WGS84 ellipsoid, and where it sees a satellite. SI,
// radians.
#pragma once
#include <cmath>

#include "common/constants.hpp"
#include "common/math.hpp"
#include "common/time.hpp"

namespace coldsun::orbit {

inline constexpr Real pi = constants::pi, two_pi = 2 * pi;
// d(GMST82)/dt [rad/s] near 2026; what turns a velocity into the rotating frame.
inline constexpr Real earth_rate = 7.2921158553e-5;
inline constexpr Real wgs84_a = constants::earth_radius, wgs84_f = constants::earth_flattening;

struct Vector3 {
  Real x = 0, y = 0, z = 0;
};
COLDSUN_FN Real dot(const Vector3& a, const Vector3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
COLDSUN_FN Vector3 minus(const Vector3& a, const Vector3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }

struct PosVel {
  Vector3 r, v;  // [m], [m/s]
};

// Greenwich mean sidereal time of 1982 (Aoki et al. 1982; Vallado 2013 eq. 3-47), in [0, 2 pi). dut1 = UT1 - UTC [s].
COLDSUN_FN Real gmst82(Time utc, Real dut1) {
  Real day, fraction;
  julian_date(utc, day, fraction);
  const Real whole = day - 2451544.5;                  // days from 2000-01-01 00:00, an integer
  const Real ut1 = (fraction - 0.5) + dut1 / 86400.0;  // and the rest, from noon
  const Real c = (whole + ut1) / 36525.0;              // Julian centuries of UT1 from J2000
  // One turn a day apart from whole turns, which would cost digits: 876600 h * c is whole + ut1 days.
  const Real s = 67310.54841 + c * (8640184.812866 + c * (0.093104 - 6.2e-6 * c));
  const Real turn = s / 86400.0 + ut1;
  return two_pi * (turn - std::floor(turn));
}

// The Earth's angle around one instant: linear, which is true to 1e-13 rad for a month (the quadratic term is 7e-11
// s/day^2).
struct EarthAngle {
  Real at_start = 0;       // GMST82 at the start [rad]
  Real rate = earth_rate;  // [rad/s]
  COLDSUN_FN Real operator()(Real since_start) const { return at_start + rate * since_start; }
};
COLDSUN_FN EarthAngle earth_angle(Time start, Real dut1) {
  Real day, fraction;
  julian_date(start, day, fraction);
  const Real c = (day - 2451545.0 + fraction) / 36525.0;
  const Real excess = (8640184.812866 + c * (2 * 0.093104 - 3 * 6.2e-6 * c)) / (36525.0 * 86400.0);  // turns per turn
  return {gmst82(start, dut1), two_pi / 86400.0 * (1.0 + excess)};
}

// TEME to pseudo Earth fixed (Vallado 2013 sec. 3.7); polar motion is left out (13 m, 1.4 ms of a LEO rise time), so
// PEF is ITRF here.
COLDSUN_FN PosVel teme_to_pef(const PosVel& s, Real sin_theta, Real cos_theta) {
  PosVel p;
  p.r = {cos_theta * s.r.x + sin_theta * s.r.y, -sin_theta * s.r.x + cos_theta * s.r.y, s.r.z};
  p.v = {cos_theta * s.v.x + sin_theta * s.v.y + earth_rate * p.r.y,
         -sin_theta * s.v.x + cos_theta * s.v.y - earth_rate * p.r.x, s.v.z};
  return p;
}
COLDSUN_FN PosVel teme_to_pef(const PosVel& s, Real theta) { return teme_to_pef(s, std::sin(theta), std::cos(theta)); }

// A station: place and local axes, Earth fixed.
struct Station {
  Vector3 position, east, north, up;
  Real sin_mask = 0;  // sine of the lowest elevation at which it works
};

// Geodetic latitude and longitude [rad], height above the ellipsoid [m], elevation mask [rad].
COLDSUN_FN Station make_station(Real latitude, Real longitude, Real altitude, Real elevation_mask) {
  const Real sp = std::sin(latitude), cp = std::cos(latitude), sl = std::sin(longitude), cl = std::cos(longitude);
  const Real e2 = wgs84_f * (2.0 - wgs84_f), n = wgs84_a / std::sqrt(1.0 - e2 * sp * sp);
  Station s;
  s.position = {(n + altitude) * cp * cl, (n + altitude) * cp * sl, (n * (1.0 - e2) + altitude) * sp};
  s.east = {-sl, cl, 0.0};
  s.north = {-sp * cl, -sp * sl, cp};
  s.up = {cp * cl, cp * sl, sp};
  s.sin_mask = std::sin(elevation_mask);
  return s;
}

// Azimuth from north clockwise in [0, 2 pi); range_rate positive receding. No refraction, no light time.
struct Look {
  Real azimuth = 0, elevation = 0, slant_range = 0, range_rate = 0;
};
COLDSUN_FN Look look(const Station& s, const PosVel& pef) {
  const Vector3 d = minus(pef.r, s.position);
  const Real e = dot(d, s.east), n = dot(d, s.north), u = dot(d, s.up), range = std::sqrt(dot(d, d));
  Look l;
  l.azimuth = std::atan2(e, n);
  l.azimuth += l.azimuth < 0 ? two_pi : 0.0;
  l.elevation = std::atan2(u, std::sqrt(e * e + n * n));
  l.slant_range = range;
  l.range_rate = dot(d, pef.v) / range;
  return l;
}

// What a search needs, without inverse trigonometry: sin(elevation) and its rate [1/s].
struct Sight {
  Real sin_elevation = -1, rate = 0;
};
COLDSUN_FN Sight sight(const Station& s, const PosVel& pef) {
  const Vector3 d = minus(pef.r, s.position);
  const Real inverse_range = 1.0 / std::sqrt(dot(d, d)), sin_elevation = dot(d, s.up) * inverse_range;
  return {sin_elevation, (dot(pef.v, s.up) - sin_elevation * dot(d, pef.v) * inverse_range) * inverse_range};
}

}  // namespace coldsun::orbit

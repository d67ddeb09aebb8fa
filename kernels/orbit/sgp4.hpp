// SGP4, near Earth. THE ISLAND: inside, lengths are Earth radii or km, times are minutes, as in the report; converts to
// SI last. Sources: Hoots & Roehrich, Spacetrack Report No. 3 (1980), sec. 6 (R3); Vallado, Crawford, Hujsak & Kelso,
// "Revisiting Spacetrack Report #3", AIAA 2006-6753 (V06), operation mode 'i', WGS72 constants. Sets with a period of
// 225 min and more need the deep-space terms of sdp4.hpp: they are refused with an error code of their own. Written for
// SIMD: no branches, drag terms that R3 drops for low perigees are zero coefficients, and Kepler's equation takes five
// Newton steps whatever the orbit.
#pragma once
#include <array>
#include <bit>
#include <cmath>

#include "common/array.hpp"
#include "common/math.hpp"
#include "orbit/frames.hpp"

namespace coldsun::orbit {

// Brouwer mean elements at epoch, in SI; bstar in 1/Earth radii, as element sets have it.
struct MeanElements {
  Real mean_motion = 0;  // Kozai's, as published [rad/s]
  Real eccentricity = 0;
  Real inclination = 0, ra_of_asc_node = 0, arg_of_pericenter = 0, mean_anomaly = 0;  // [rad]
  Real bstar = 0;
  Time epoch = 0;
};

// Codes of V06; 7 is ours. 2 on the way and 3 can only come from the deep-space terms.
enum class Sgp4Error : std::int32_t {
  none = 0,
  eccentricity = 1,  // mean eccentricity not in -0.001 .. 1
  mean_motion = 2,   // not positive
  perturbed_eccentricity = 3,
  semi_latus_rectum = 4,  // negative
  decayed = 6,            // closer than one Earth radius to the centre
  deep_space = 7          // period >= 225 min: not for sgp4_init, but for sdp4_init
};

namespace sgp4 {

// WGS72 (V06 table 1): Earth radius [km], gravitational parameter [km^3/s^2], zonal harmonics.
inline constexpr Real radius = 6378.135, mu = 398600.8, j2 = 0.001082616, j3 = -0.00000253881, j4 = -0.00000165597,
                      j3_j2 = j3 / j2;
// sqrt(mu / radius^3) in radians per minute, and the speed unit Earth radii per (1/xke) minutes in km/s.
inline constexpr Real xke = 0.074366916133173408, km_per_s = radius * xke / 60.0;
inline constexpr Real deep_space_period = 225.0;  // [min]

}  // namespace sgp4

// Everything that does not change with time, flat, numbers only. Names follow V06.
// Mean elements, no un-Kozai'd [rad/min] and ao in Earth radii; of the inclination; secular rates of gravity, nodecf
// with drag; drag on axis and eccentricity, cc4 and cc5 with bstar in them; drag on mean longitude; periodic drag;
// long-period terms of J3.
// clang-format off
#define COLDSUN_SGP4_COEFFICIENTS(C) \
  C(ecco) C(argpo) C(nodeo) C(mo) C(no) C(ao) \
  C(sinio) C(cosio) C(con41) C(x1mth2) C(x7thm1) \
  C(mdot) C(argpdot) C(nodedot) C(nodecf) \
  C(cc1) C(cc4) C(cc5) C(d2) C(d3) C(d4) \
  C(t2cof) C(t3cof) C(t4cof) C(t5cof) \
  C(omgcof) C(xmcof) C(eta) C(delmo) C(sinmao) \
  C(aycof) C(xlcof)
// clang-format on
struct Sgp4Coefficients {
#define MEMBER(name) Real name;
  COLDSUN_SGP4_COEFFICIENTS(MEMBER)
#undef MEMBER
};
inline constexpr int n_coefficient = sizeof(Sgp4Coefficients) / sizeof(Real);
static_assert(n_coefficient == 32);

namespace sgp4 {

COLDSUN_FN Real mod_two_pi(Real x) {
  const Real turns = std::floor(x * (1.0 / two_pi));
  return std::fma(-turns, two_pi, x);
}

// Un-Kozai: mean motion and semi-major axis of Brouwer's theory from the published mean motion (R3 sec. 6, first seven
// equations).
struct Axis {
  Real no, ao;
};
COLDSUN_FN Axis brouwer_axis(Real kozai, Real e, Real cosio) {
  const Real a1 = std::cbrt((xke / kozai) * (xke / kozai)), beta2 = 1.0 - e * e;
  const Real d = 0.75 * j2 * (3.0 * cosio * cosio - 1.0) / (std::sqrt(beta2) * beta2);
  const Real d1 = d / (a1 * a1);
  const Real a = a1 * (1.0 - d1 * d1 - d1 * (1.0 / 3.0 + 134.0 * d1 * d1 / 81.0));
  const Real no = kozai / (1.0 + d / (a * a));
  return {no, std::cbrt((xke / no) * (xke / no))};
}

// The fitting parameter s [Earth radii] and (q0 - s)^4 of the power-law atmosphere, lowered for low perigees (R3 sec.
// 6).
struct Density {
  Real s, q4;
};
COLDSUN_FN Density density(Real perigee_km) {
  const Real low = perigee_km < 98.0 ? 20.0 : perigee_km - 78.0;
  const Real s = perigee_km < 156.0 ? low : 78.0;
  const Real q = (120.0 - s) / radius;
  return {s / radius + 1.0, q * q * q * q};
}

// Secular rates from J2, J2^2 and J4 (R3 sec. 6, M_DF, omega_DF, Omega_DF).
COLDSUN_FN void gravity_rates(Sgp4Coefficients& c, Real beta, Real p) {
  const Real th2 = c.cosio * c.cosio, th4 = th2 * th2, inverse_p2 = 1.0 / (p * p);
  const Real k1 = 1.5 * j2 * inverse_p2 * c.no, k2 = 0.5 * k1 * j2 * inverse_p2,
             k3 = -0.46875 * j4 * inverse_p2 * inverse_p2 * c.no;
  c.mdot = c.no + 0.5 * k1 * beta * c.con41 + 0.0625 * k2 * beta * (13.0 - 78.0 * th2 + 137.0 * th4);
  c.argpdot = -0.5 * k1 * (1.0 - 5.0 * th2) + 0.0625 * k2 * (7.0 - 114.0 * th2 + 395.0 * th4) +
              k3 * (3.0 - 36.0 * th2 + 49.0 * th4);
  c.nodedot = -k1 * c.cosio + (0.5 * k2 * (4.0 - 19.0 * th2) + 2.0 * k3 * (3.0 - 7.0 * th2)) * c.cosio;
}

// Drag coefficients C1, C4, C5, D2..D4 and what follows from them (R3 sec. 6).
COLDSUN_FN void drag(Sgp4Coefficients& c, Real bstar, Real perigee_radius) {
  const Real e = c.ecco, beta2 = 1.0 - e * e, p = c.ao * beta2, cos_argp = std::cos(c.argpo);
  const Density rho = density((perigee_radius - 1.0) * radius);
  const Real xi = 1.0 / (c.ao - rho.s), eta = c.ao * e * xi, eta2 = eta * eta, ee = e * eta,
             psi2 = std::fabs(1.0 - eta2);
  const Real coef = rho.q4 * xi * xi * xi * xi, coef1 = coef / (psi2 * psi2 * psi2 * std::sqrt(psi2));
  const Real c2 = coef1 * c.no *
                  (c.ao * (1.0 + 1.5 * eta2 + ee * (4.0 + eta2)) +
                   0.375 * j2 * xi / psi2 * c.con41 * (8.0 + 3.0 * eta2 * (8.0 + eta2)));
  const bool round = !(e > 1e-4);  // terms that divide by e are left out
  const Real c3 = round ? 0.0 : -2.0 * coef * xi * j3_j2 * c.no * c.sinio / e;
  const Real cc1 = bstar * c2;
  const Real c4 = 2.0 * c.no * coef1 * c.ao * beta2 *
                  (eta * (2.0 + 0.5 * eta2) + e * (0.5 + 2.0 * eta2) -
                   j2 * xi / (c.ao * psi2) *
                       (-3.0 * c.con41 * (1.0 - 2.0 * ee + eta2 * (1.5 - 0.5 * ee)) +
                        0.75 * c.x1mth2 * (2.0 * eta2 - ee * (1.0 + eta2)) * std::cos(2.0 * c.argpo)));
  const Real c5 = 2.0 * coef1 * c.ao * beta2 * (1.0 + 2.75 * (eta2 + ee) + ee * eta2);
  c.cc1 = cc1, c.cc4 = bstar * c4, c.eta = eta;
  c.nodecf = 3.5 * beta2 * (-1.5 * j2 * c.no * c.cosio / (p * p)) * cc1;
  c.t2cof = 1.5 * cc1;
  const Real full =
      perigee_radius < 220.0 / radius + 1.0 ? 0.0 : 1.0;  // below 220 km R3 keeps the linear and quadratic terms alone
  c.cc5 = full * bstar * c5;
  c.omgcof = full * bstar * c3 * cos_argp;
  c.xmcof = round ? 0.0 : full * (-2.0 / 3.0) * coef * bstar / ee;
  const Real wave = 1.0 + eta * std::cos(c.mo);
  c.delmo = wave * wave * wave, c.sinmao = std::sin(c.mo);
  const Real cc1_2 = cc1 * cc1, d2 = 4.0 * c.ao * xi * cc1_2, k = d2 * xi * cc1 / 3.0;
  const Real d3 = (17.0 * c.ao + rho.s) * k, d4 = 0.5 * k * c.ao * xi * (221.0 * c.ao + 31.0 * rho.s) * cc1;
  c.d2 = full * d2, c.d3 = full * d3, c.d4 = full * d4;
  c.t3cof = full * (d2 + 2.0 * cc1_2);
  c.t4cof = full * 0.25 * (3.0 * d3 + cc1 * (12.0 * d2 + 10.0 * cc1_2));
  c.t5cof = full * 0.2 * (3.0 * d4 + 12.0 * cc1 * d3 + 6.0 * d2 * d2 + 15.0 * cc1_2 * (2.0 * d2 + cc1_2));
}

}  // namespace sgp4

// Coefficients of one element set; about 300 flops, once per set.
COLDSUN_FN Sgp4Error sgp4_init(const MeanElements& m, Sgp4Coefficients& c) {
  const Real kozai = m.mean_motion * 60.0, e = m.eccentricity;
  c = Sgp4Coefficients{};
  if (!(kozai > 0.0)) return Sgp4Error::mean_motion;
  if (!(e >= 0.0 && e < 1.0)) return Sgp4Error::eccentricity;
  c.ecco = e, c.argpo = m.arg_of_pericenter, c.nodeo = m.ra_of_asc_node, c.mo = m.mean_anomaly;
  c.sinio = std::sin(m.inclination), c.cosio = std::cos(m.inclination);
  const Real th2 = c.cosio * c.cosio, beta2 = 1.0 - e * e;
  c.con41 = 3.0 * th2 - 1.0, c.x1mth2 = 1.0 - th2, c.x7thm1 = 7.0 * th2 - 1.0;
  const sgp4::Axis axis = sgp4::brouwer_axis(kozai, e, c.cosio);
  c.no = axis.no, c.ao = axis.ao;
  if (two_pi / c.no >= sgp4::deep_space_period) return Sgp4Error::deep_space;
  sgp4::gravity_rates(c, std::sqrt(beta2), c.ao * beta2);
  sgp4::drag(c, m.bstar, c.ao * (1.0 - e));
  // Long-period terms; at i = 180 deg the divisor is held off zero as V06 does.
  const Real divisor = std::fabs(c.cosio + 1.0) > 1.5e-12 ? 1.0 + c.cosio : 1.5e-12;
  c.aycof = -0.5 * sgp4::j3_j2 * c.sinio;
  c.xlcof = 0.5 * c.aycof * (3.0 + 5.0 * c.cosio) / divisor;
  return Sgp4Error::none;
}

struct Sgp4Result {
  PosVel teme;             // [m], [m/s]; meaningless where error is 1 or 4
  std::int32_t error = 0;  // Sgp4Error
};

namespace sgp4 {

// Mean elements moved to the time: secular gravity and drag (R3 sec. 6).
struct Mean {
  Real am, nm, em, node, argp, longitude, error;  // longitude = mean anomaly + argp + node
};
COLDSUN_FN Mean secular(const Sgp4Coefficients& c, Real t) {
  const Real t2 = t * t, t3 = t2 * t, t4 = t3 * t;
  const Real xmdf = c.mo + c.mdot * t, argpdf = c.argpo + c.argpdot * t, node = c.nodeo + c.nodedot * t + c.nodecf * t2;
  const Real wave = 1.0 + c.eta * math::cos(xmdf);
  const Real periodic = c.omgcof * t + c.xmcof * (wave * wave * wave - c.delmo);
  const Real mp = xmdf + periodic, argp = argpdf - periodic;
  const Real shrink = 1.0 - c.cc1 * t - c.d2 * t2 - c.d3 * t3 - c.d4 * t4;
  const Real em = c.ecco - (c.cc4 * t + c.cc5 * (math::sin(mp) - c.sinmao));
  const Real am = c.ao * shrink * shrink;
  const bool bad = !(em < 1.0 && em >= -0.001);
  Mean m;
  m.am = am, m.nm = xke / (am * std::sqrt(am));
  m.em = bad ? 0.5 : math::max(em, 1e-6);
  m.node = node, m.argp = argp;
  m.longitude = mp + argp + node + c.no * (c.t2cof * t2 + c.t3cof * t3 + t4 * (c.t4cof + t * c.t5cof));
  m.error = bad ? 1.0 : 0.0;
  return m;
}

// Sine and cosine of the eccentric longitude that solves u = E + ayn cos E - axn sin E. Newton; a step is held to 0.95
// (V06).
COLDSUN_FN Real newton(Real u, Real axn, Real ayn, Real x) {
  Real sine, cosine;
  math::sincos(x, sine, cosine);
  const Real step = (u - ayn * cosine + axn * sine - x) / (1.0 - cosine * axn - sine * ayn);
  return x + math::clamp(step, -0.95, 0.95);
}
// From E = u with error <= e each step leaves err' = e / (2 (1 - e)) err^2: for e <= 0.47, the most that an orbit of
// 225 min clear of the Earth can have, five leave less than 1e-16. Written out by recursion: a loop would not
// vectorise.
template <int steps>
COLDSUN_FN Real newton_steps(Real u, Real axn, Real ayn, Real x) {
  if constexpr (steps == 0) return x;
  else return newton_steps<steps - 1>(u, axn, ayn, newton(u, axn, ayn, x));
}
template <int steps = 5>
COLDSUN_FN void kepler(Real u, Real axn, Real ayn, Real& sine, Real& cosine) {
  math::sincos(newton_steps<steps>(u, axn, ayn, u), sine, cosine);
}

// The state of a mean orbit: long-period terms of J3, Kepler's equation, short-period terms of J2 (R3 sec. 6). Of `c`
// it reads what the inclination gives: sinio, cosio, con41, x1mth2, x7thm1, aycof, xlcof.
template <int steps, class Inclined>
COLDSUN_FN Sgp4Result place(const Mean& m, const Inclined& c) {
  Real sin_argp, cos_argp;
  math::sincos(m.argp, sin_argp, cos_argp);
  const Real axn = m.em * cos_argp, k = 1.0 / (m.am * (1.0 - m.em * m.em)), ayn = m.em * sin_argp + k * c.aycof;
  const Real u = mod_two_pi(m.longitude + k * c.xlcof * axn - m.node);
  Real sin_e, cos_e;
  kepler<steps>(u, axn, ayn, sin_e, cos_e);
  // Short-period preliminary quantities.
  const Real e_cos = axn * cos_e + ayn * sin_e, e_sin = axn * sin_e - ayn * cos_e, el2 = axn * axn + ayn * ayn;
  const Real pl = m.am * (1.0 - el2);
  const bool negative = !(pl >= 0.0);
  const Real p = negative ? 1.0 : pl, beta = std::sqrt(negative ? 1.0 : 1.0 - el2);
  const Real r = m.am * (1.0 - e_cos), inverse_r = 1.0 / r, inverse_p = 1.0 / p;
  const Real r_dot = std::sqrt(m.am) * e_sin * inverse_r, rv_dot = std::sqrt(p) * inverse_r, q = e_sin / (1.0 + beta);
  const Real a_r = m.am * inverse_r, sin_u = a_r * (sin_e - ayn - axn * q), cos_u = a_r * (cos_e - axn + ayn * q);
  const Real sin_2u = 2.0 * sin_u * cos_u, cos_2u = 1.0 - 2.0 * sin_u * sin_u;
  // Short-period periodics of J2. The argument of latitude is turned by its small correction, so no arc tangent is
  // needed.
  const Real k1 = 0.5 * j2 * inverse_p, k2 = k1 * inverse_p, n_xke = m.nm * (1.0 / xke);
  const Real rk = r * (1.0 - 1.5 * k2 * beta * c.con41) + 0.5 * k1 * c.x1mth2 * cos_2u;
  const Real node = m.node + 1.5 * k2 * c.cosio * sin_2u;
  const Real r_dot_k = r_dot - n_xke * k1 * c.x1mth2 * sin_2u,
             rv_dot_k = rv_dot + n_xke * k1 * (c.x1mth2 * cos_2u + 1.5 * c.con41);
  Real sin_du, cos_du, sin_di, cos_di, sin_node, cos_node;
  math::sincos(-0.25 * k2 * c.x7thm1 * sin_2u, sin_du, cos_du);
  math::sincos(1.5 * k2 * c.cosio * c.sinio * cos_2u, sin_di, cos_di);
  math::sincos(node, sin_node, cos_node);
  // sin_u, cos_u have unit length only to rounding and to the solution of Kepler's equation; the report takes their
  // angle alone.
  const Real unit = 1.0 / std::sqrt(sin_u * sin_u + cos_u * cos_u);
  const Real su = (sin_u * cos_du + cos_u * sin_du) * unit, cu = (cos_u * cos_du - sin_u * sin_du) * unit;
  const Real si = c.sinio * cos_di + c.cosio * sin_di, ci = c.cosio * cos_di - c.sinio * sin_di;
  const Vector3 ur = {-sin_node * ci * su + cos_node * cu, cos_node * ci * su + sin_node * cu, si * su};
  const Vector3 uv = {-sin_node * ci * cu - cos_node * su, cos_node * ci * cu - sin_node * su, si * cu};
  // SI from here on.
  const Real to_m = rk * radius * 1e3, to_v = km_per_s * 1e3;
  Sgp4Result s;
  s.teme.r = {to_m * ur.x, to_m * ur.y, to_m * ur.z};
  s.teme.v = {to_v * (r_dot_k * ur.x + rv_dot_k * uv.x), to_v * (r_dot_k * ur.y + rv_dot_k * uv.y),
              to_v * (r_dot_k * ur.z + rv_dot_k * uv.z)};
  const Real error = m.error > 0.0 ? m.error : (negative ? 4.0 : (rk < 1.0 ? 6.0 : 0.0));
  s.error = static_cast<std::int32_t>(error);
  return s;
}

}  // namespace sgp4

// State at `t` minutes after the set's epoch. About 560 flops with 10 sine-cosine pairs (35 flops each) and 10
// divisions or roots.
COLDSUN_FN Sgp4Result sgp4_propagate(const Sgp4Coefficients& c, Real t) {
  return sgp4::place<5>(sgp4::secular(c, t), c);
}

// One satellite's column of a coefficient table (coefficient, satellite), in the order of the list.
COLDSUN_FN Sgp4Coefficients load_coefficients(const View<const Real, 2>& t, int s) {
  Sgp4Coefficients c;
  int k = 0;
#define LOAD(name) c.name = t(k++, s);
  COLDSUN_SGP4_COEFFICIENTS(LOAD)
#undef LOAD
  return c;
}
inline void store_coefficients(const View<Real, 2>& t, int s, const Sgp4Coefficients& c) {
  int k = 0;
#define STORE(name) t(k++, s) = c.name;
  COLDSUN_SGP4_COEFFICIENTS(STORE)
#undef STORE
}

}  // namespace coldsun::orbit

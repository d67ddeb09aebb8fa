// SDP4, deep space: SGP4 for periods of 225 min and more, with the pull of the Sun and the Moon and, for orbits of one
// day and of half a day, the resonance with the Earth's tesseral harmonics. THE ISLAND: inside, lengths are Earth radii
// or km, times are minutes, as in the report; converts to SI last. Sources: Hoots & Roehrich, Spacetrack Report No. 3
// (1980), secs. 7 and 10 (R3); Hujsak, Spacetrack Report No. 1 (1979) for the theory; Vallado, Crawford, Hujsak &
// Kelso, AIAA 2006-6753 (V06), operation mode 'i', WGS72 constants, the limit of 0.2 rad on the perturbed inclination.
// Written for SIMD as sgp4.hpp is: no branches, ten Newton steps. What the resonance integrates is put down ahead on
// its grid of 720 min from the epoch (Sdp4Knot), so a state is one step from the nearest knot on the epoch's side and
// a function of its time alone.
#pragma once
#include "orbit/sgp4.hpp"

namespace coldsun::orbit {

// The long-period pull of one body: its mean anomaly at the set's epoch, and amplitudes of the terms (f2, f3, sin f) on
// eccentricity, inclination, mean anomaly, argument of perigee (with the node's share) and node (times sin i).
struct Sdp4Pull {
  Real anomaly, e2, e3, i2, i3, l2, l3, l4, gh2, gh3, gh4, h2, h3;
};

// What does not change with time, flat, numbers only: mean elements and un-Kozai'd mean motion [rad/min]; secular rates
// of gravity, Sun and Moon; drag; the mean longitude as the knots give it, plus w_node node + w_argp argp; what the
// knots' rate exceeds the mean motion by.
struct Sdp4Coefficients {
  Real ecco, inclo, argpo, nodeo, no;
  Real edot, incldot, argpdot, nodedot, nodecf;
  Real cc1, cc4, t2cof;
  Real w_node, w_argp, drift;
  Sdp4Pull sun, moon;
};
// What the knots are made from: an angle and its mean motion at the epoch, what its rate exceeds the mean motion by,
// the amplitudes of the harmonics [rad/min^2], the argument of perigee that they contain, the Earth's angle at the
// epoch and how often the mean longitude contains it. harmonics: how many amplitudes; 0: no resonance.
struct Sdp4Resonance {
  Real harmonics, angle, no, excess, argpo, argpdot, theta, w_theta;
  Real amplitude[10];
};
// At a whole multiple of 720 min: mean longitude (without w_node node + w_argp argp) [rad], its rate, the rate of the
// mean motion and that one's rate.
struct Sdp4Knot {
  Real longitude, rate, ndot, nddot;
};
// clang-format off
#define COLDSUN_SDP4_PULL(C, body) \
  C(body.anomaly) C(body.e2) C(body.e3) C(body.i2) C(body.i3) C(body.l2) C(body.l3) C(body.l4) \
  C(body.gh2) C(body.gh3) C(body.gh4) C(body.h2) C(body.h3)
#define COLDSUN_SDP4_COEFFICIENTS(C) \
  C(ecco) C(inclo) C(argpo) C(nodeo) C(no) C(edot) C(incldot) C(argpdot) C(nodedot) C(nodecf) \
  C(cc1) C(cc4) C(t2cof) C(w_node) C(w_argp) C(drift) COLDSUN_SDP4_PULL(C, sun) COLDSUN_SDP4_PULL(C, moon)
#define COLDSUN_SDP4_RESONANCE(C) \
  C(harmonics) C(angle) C(no) C(excess) C(argpo) C(argpdot) C(theta) C(w_theta) \
  C(amplitude[0]) C(amplitude[1]) C(amplitude[2]) C(amplitude[3]) C(amplitude[4]) \
  C(amplitude[5]) C(amplitude[6]) C(amplitude[7]) C(amplitude[8]) C(amplitude[9])
// clang-format on
#define COUNT(name) +1
inline constexpr int n_deep_coefficient = 0 COLDSUN_SDP4_COEFFICIENTS(COUNT),
                     n_resonance = 0 COLDSUN_SDP4_RESONANCE(COUNT), n_knot_term = 4;
#undef COUNT
static_assert(n_deep_coefficient * sizeof(Real) == sizeof(Sdp4Coefficients) &&
              n_resonance * sizeof(Real) == sizeof(Sdp4Resonance) && n_knot_term * sizeof(Real) == sizeof(Sdp4Knot));

namespace sdp4 {

using namespace sgp4;

inline constexpr Real knot_step = 720.0;  // [min]
// Mean motions [rad/min] and eccentricities of the Sun and the Moon, the Earth's rotation [rad/min] (R3 sec. 10).
inline constexpr Real sun_rate = 1.19459e-5, sun_eccentricity = 0.01675, moon_rate = 1.5835218e-4,
                      moon_eccentricity = 0.05490, earth_turn = 4.37526908801129966e-3;

// ---- what the Sun and the Moon do, once per set
// ----------------------------------------------------------------------

// Direction of a body's orbit against the satellite's: argument of its perigee, inclination and node (R3 sec. 10:
// cosine and sine each), and the strength of its pull.
struct Body {
  Real cos_g, sin_g, cos_i, sin_i, cos_h, sin_h, strength, rate, eccentricity;
};
// Secular rates by both bodies: of the node times sin i, of the argument of perigee with the node's share; then alone.
struct Secular {
  Real e, i, l, gh, node_sin, node, argp;
};

inline void pull_of(const Body& b, const Sgp4Coefficients& c, Sdp4Pull& p, Secular& rate) {
  const Real e = c.ecco, e2 = e * e, beta2 = 1.0 - e2, beta = std::sqrt(beta2), cos_w = std::cos(c.argpo),
             sin_w = std::sin(c.argpo), ci = c.cosio, si = c.sinio;
  // The body's perigee and the direction a quarter orbit ahead of it in the frame of the satellite's node: components
  // along the node (a1, a3), across it in the plane (a2, a4) and along the normal (a5, a6).
  const Real a7 = -b.cos_g * b.sin_h + b.sin_g * b.cos_i * b.cos_h, a8 = b.sin_g * b.sin_i,
             a9 = b.sin_g * b.sin_h + b.cos_g * b.cos_i * b.cos_h, a10 = b.cos_g * b.sin_i;
  const Real a1 = b.cos_g * b.cos_h + b.sin_g * b.cos_i * b.sin_h, a2 = ci * a7 + si * a8, a5 = ci * a8 - si * a7;
  const Real a3 = -b.sin_g * b.cos_h + b.cos_g * b.cos_i * b.sin_h, a4 = ci * a9 + si * a10, a6 = ci * a10 - si * a9;
  // The same turned to the satellite's perigee.
  const Real x1 = a1 * cos_w + a2 * sin_w, x3 = a2 * cos_w - a1 * sin_w, x5 = a5 * sin_w, x7 = a5 * cos_w;
  const Real x2 = a3 * cos_w + a4 * sin_w, x4 = a4 * cos_w - a3 * sin_w, x6 = a6 * sin_w, x8 = a6 * cos_w;
  const Real z31 = 12.0 * x1 * x1 - 3.0 * x3 * x3, z32 = 24.0 * x1 * x2 - 6.0 * x3 * x4,
             z33 = 12.0 * x2 * x2 - 3.0 * x4 * x4;
  const Real z1 = 6.0 * (a1 * a1 + a2 * a2) + (1.0 + e2) * z31, z2 = 12.0 * (a1 * a3 + a2 * a4) + (1.0 + e2) * z32,
             z3 = 6.0 * (a3 * a3 + a4 * a4) + (1.0 + e2) * z33;
  const Real z11 = -6.0 * a1 * a5 - e2 * (24.0 * x1 * x7 + 6.0 * x3 * x5),
             z12 = -6.0 * (a1 * a6 + a3 * a5) - e2 * (24.0 * (x2 * x7 + x1 * x8) + 6.0 * (x3 * x6 + x4 * x5)),
             z13 = -6.0 * a3 * a6 - e2 * (24.0 * x2 * x8 + 6.0 * x4 * x6);
  const Real z21 = 6.0 * a2 * a5 + e2 * (24.0 * x1 * x5 - 6.0 * x3 * x7),
             z22 = 6.0 * (a4 * a5 + a2 * a6) + e2 * (24.0 * (x2 * x5 + x1 * x6) - 6.0 * (x4 * x7 + x3 * x8)),
             z23 = 6.0 * a4 * a6 + e2 * (24.0 * x2 * x6 - 6.0 * x4 * x8);
  const Real s3 = b.strength / c.no, s2 = -0.5 * s3 / beta, s4 = s3 * beta, s1 = -15.0 * e * s4;
  const Real round = 21.0 + 9.0 * e2;
  p.e2 = 2.0 * s1 * (x2 * x3 + x1 * x4), p.e3 = 2.0 * s1 * (x2 * x4 - x1 * x3);
  p.i2 = 2.0 * s2 * z12, p.i3 = 2.0 * s2 * (z13 - z11);
  p.l2 = -2.0 * s3 * z2, p.l3 = -2.0 * s3 * (z3 - z1), p.l4 = 2.0 * s3 * round * b.eccentricity;
  p.gh2 = 2.0 * s4 * z32, p.gh3 = 2.0 * s4 * (z33 - z31), p.gh4 = -18.0 * s4 * b.eccentricity;
  p.h2 = -2.0 * s2 * z22, p.h3 = -2.0 * s2 * (z23 - z21);
  rate.e += b.rate * s1 * (x1 * x3 + x2 * x4);
  rate.i += b.rate * s2 * (z11 + z13);
  rate.l -= b.rate * s3 * (z1 + z3 - 14.0 - 6.0 * e2);
  rate.gh += b.rate * s4 * (z31 + z33 - 6.0);
  rate.node_sin -= b.rate * s2 * (z21 + z23);
}

// Both bodies at `day` after 1900 January 0.5 (R3 sec. 10).
inline Secular pulls(Real day, const Sgp4Coefficients& c, Sdp4Pull& sun, Sdp4Pull& moon) {
  constexpr Real cos_obliquity = 0.91744867, sin_obliquity = 0.39785416;
  const Real cos_node = std::cos(c.nodeo), sin_node = std::sin(c.nodeo);
  Secular rate{};
  pull_of({.cos_g = 0.1945905,
           .sin_g = -0.98088458,
           .cos_i = cos_obliquity,
           .sin_i = sin_obliquity,
           .cos_h = cos_node,
           .sin_h = sin_node,
           .strength = 2.9864797e-6,
           .rate = sun_rate,
           .eccentricity = sun_eccentricity},
          c, sun, rate);
  sun.anomaly = mod_two_pi(6.2565837 + 0.017201977 * day);
  // The Moon's node on the ecliptic, its orbit's inclination and node on the equator, its perigee from there.
  const Real moon_node = mod_two_pi(4.5236020 - 9.2422029e-4 * day), perigee = 5.8351514 + 0.0019443680 * day;
  const Real s = std::sin(moon_node), k = std::cos(moon_node), cos_i = 0.91375164 - 0.03568096 * k,
             sin_i = std::sqrt(1.0 - cos_i * cos_i), sin_h = 0.089683511 * s / sin_i,
             cos_h = std::sqrt(1.0 - sin_h * sin_h);
  const Real g = perigee - moon_node + std::atan2(sin_obliquity * s / sin_i, cos_h * k + cos_obliquity * sin_h * s);
  pull_of({.cos_g = std::cos(g),
           .sin_g = std::sin(g),
           .cos_i = cos_i,
           .sin_i = sin_i,
           .cos_h = cos_h * cos_node + sin_h * sin_node,
           .sin_h = sin_node * cos_h - cos_node * sin_h,
           .strength = 4.7968065e-7,
           .rate = moon_rate,
           .eccentricity = moon_eccentricity},
          c, moon, rate);
  moon.anomaly = mod_two_pi(4.7199672 + 0.22997150 * day - perigee);
  return rate;
}

// ---- resonance
// -------------------------------------------------------------------------------------------------------

// One tesseral harmonic: sine of lambda times the resonance angle, plus omega times the argument of perigee, less
// phase.
struct Harmonic {
  Real lambda, omega, phase;
};
inline constexpr int n_half_day = 10, n_one_day = 3;
COLDSUN_FN Harmonic harmonic(bool half_day, int k) {
  constexpr Real g22 = 5.7686396, g32 = 0.95240898, g44 = 1.8014998, g52 = 1.0508330, g54 = 4.4108898;
  constexpr Harmonic half[n_half_day] = {{1, 2, g22}, {1, 0, g22}, {1, 1, g32},  {1, -1, g32}, {2, 2, g44},
                                         {2, 0, g44}, {1, 1, g52}, {1, -1, g52}, {2, 1, g54},  {2, -1, g54}};
  constexpr Harmonic one[n_one_day] = {{1, 0, 0.13130908}, {2, 0, 2 * 2.8843198}, {3, 0, 3 * 0.37448087}};
  return half_day ? half[k] : one[k];
}

inline Real cubic(Real e, Real a0, Real a1, Real a2, Real a3) { return a0 + e * (a1 + e * (a2 + e * a3)); }

// Amplitudes for half a day: fits of the eccentricity functions G_lpq (R3 sec. 10; V06), inclination functions F_lmp.
inline void half_day_amplitudes(const Sgp4Coefficients& c, Real (&amplitude)[10]) {
  const Real e = c.ecco, s = c.sinio, s2 = s * s, k = c.cosio, k2 = k * k;
  const bool round = e <= 0.65, flat = e < 0.7;
  const Real g201 = -0.306 - 0.440 * (e - 0.64);
  const Real g211 = round ? cubic(e, 3.616, -13.2470, 16.2900, 0.0) : cubic(e, -72.099, 331.819, -508.738, 266.724);
  const Real g310 =
      round ? cubic(e, -19.302, 117.3900, -228.4190, 156.5910) : cubic(e, -346.844, 1582.851, -2415.925, 1246.113);
  const Real g322 =
      round ? cubic(e, -18.9068, 109.7927, -214.6334, 146.5816) : cubic(e, -342.585, 1554.908, -2366.899, 1215.972);
  const Real g410 =
      round ? cubic(e, -41.122, 242.6940, -471.0940, 313.9530) : cubic(e, -1052.797, 4758.686, -7193.992, 3651.957);
  const Real g422 = round ? cubic(e, -146.407, 841.8800, -1629.014, 1083.4350)
                          : cubic(e, -3581.690, 16178.110, -24462.770, 12422.520);
  const Real g520 = round       ? cubic(e, -532.114, 3017.977, -5740.032, 3708.2760)
                    : e > 0.715 ? cubic(e, -5149.66, 29936.92, -54087.36, 31324.56)
                                : cubic(e, 1464.74, -4664.75, 3763.64, 0.0);
  const Real g533 = flat ? cubic(e, -919.22770, 4988.6100, -9064.7700, 5542.21)
                         : cubic(e, -37995.780, 161616.52, -229838.20, 109377.94);
  const Real g521 = flat ? cubic(e, -822.71072, 4568.6173, -8491.4146, 5337.524)
                         : cubic(e, -51752.104, 218913.95, -309468.16, 146349.42);
  const Real g532 = flat ? cubic(e, -853.66600, 4690.2500, -8624.7700, 5341.4)
                         : cubic(e, -40023.880, 170470.89, -242699.48, 115605.82);
  const Real f220 = 0.75 * (1.0 + 2.0 * k + k2), f221 = 1.5 * s2, f321 = 1.875 * s * (1.0 - 2.0 * k - 3.0 * k2),
             f322 = -1.875 * s * (1.0 + 2.0 * k - 3.0 * k2), f441 = 35.0 * s2 * f220, f442 = 39.3750 * s2 * s2;
  const Real f522 = 9.84375 * s * (s2 * (1.0 - 2.0 * k - 5.0 * k2) + 0.33333333 * (-2.0 + 4.0 * k + 6.0 * k2)),
             f523 = s * (4.92187512 * s2 * (-2.0 - 4.0 * k + 10.0 * k2) + 6.56250012 * (1.0 + 2.0 * k - 3.0 * k2)),
             f542 = 29.53125 * s * (2.0 - 8.0 * k + k2 * (-12.0 + 8.0 * k + 10.0 * k2)),
             f543 = 29.53125 * s * (-2.0 - 8.0 * k + k2 * (12.0 + 8.0 * k - 10.0 * k2));
  const Real inverse_a = 1.0 / c.ao, two = 3.0 * c.no * c.no * inverse_a * inverse_a, three = two * inverse_a,
             four = three * inverse_a, five = four * inverse_a;
  const Real c22 = two * 1.7891679e-6, c32 = three * 3.7393792e-7, c44 = 2.0 * four * 7.3636953e-9,
             c52 = five * 1.1428639e-7, c54 = 2.0 * five * 2.1765803e-9;
  const Real all[10] = {c22 * f220 * g201, c22 * f221 * g211, c32 * f321 * g310, c32 * f322 * g322, c44 * f441 * g410,
                        c44 * f442 * g422, c52 * f522 * g520, c52 * f523 * g532, c54 * f542 * g521, c54 * f543 * g533};
  for (int i = 0; i < n_half_day; ++i) amplitude[i] = all[i];
}
inline void one_day_amplitudes(const Sgp4Coefficients& c, Real (&amplitude)[10]) {
  const Real e2 = c.ecco * c.ecco, k1 = 1.0 + c.cosio, inverse_a = 1.0 / c.ao;
  const Real g200 = 1.0 + e2 * (-2.5 + 0.8125 * e2), g310 = 1.0 + 2.0 * e2, g300 = 1.0 + e2 * (-6.0 + 6.60937 * e2);
  const Real f220 = 0.75 * k1 * k1, f311 = 0.9375 * c.sinio * c.sinio * (1.0 + 3.0 * c.cosio) - 0.75 * k1,
             f330 = 1.875 * k1 * k1 * k1;
  const Real two = 3.0 * c.no * c.no * inverse_a * inverse_a, three = two * inverse_a;
  amplitude[0] = three * f311 * g310 * 2.1460748e-6;
  amplitude[1] = 2.0 * two * f220 * g200 * 1.7891679e-6;
  amplitude[2] = 3.0 * three * f330 * g300 * 2.2123015e-7;
}

// The resonance angle and its mean motion on the way from the epoch.
struct OnGrid {
  Real angle, n;
  std::int32_t k;  // knot: 720 k minutes after the epoch
};
// About 45 flops per harmonic.
COLDSUN_FN Sdp4Knot rates(const Sdp4Resonance& r, const OnGrid& g) {
  const int n = static_cast<int>(r.harmonics);
  const Real omega = r.argpo + r.argpdot * knot_step * g.k;
  Sdp4Knot knot{g.angle, g.n + r.excess, 0.0, 0.0};
  for (int i = 0; i < n; ++i) {
    const Harmonic h = harmonic(n == n_half_day, i);
    Real sine, cosine;
    math::sincos(h.lambda * g.angle + h.omega * omega - h.phase, sine, cosine);
    knot.ndot += r.amplitude[i] * sine, knot.nddot += r.amplitude[i] * h.lambda * cosine;
  }
  knot.nddot *= knot.rate;
  return knot;
}
// One knot away from the epoch: Euler-Maclaurin to second order (R3 sec. 10). Without resonance the angle is a line.
COLDSUN_FN OnGrid next_knot(const Sdp4Resonance& r, const OnGrid& g, int sign) {
  const Sdp4Knot d = rates(r, g);
  const Real h = sign * knot_step;
  return {g.angle + h * (d.rate + 0.5 * h * d.ndot), g.n + h * (d.ndot + 0.5 * h * d.nddot), g.k + sign};
}
// Knot k; `g` is moved there from where it stands, or from the epoch where it stands beyond.
COLDSUN_FN void move_to(const Sdp4Resonance& r, std::int32_t k, OnGrid& g) {
  const std::int32_t sign = k < 0 ? -1 : 1;
  if (sign * g.k > sign * k || sign * g.k < 0) g = {r.angle, r.no, 0};
  if (r.harmonics == 0.0) {
    const Real t = knot_step * k;
    g = {mod_two_pi(std::fma(r.no, t, r.angle + r.excess * t)), r.no, k};
  }
  while (g.k != k) g = next_knot(r, g, sign);
}
COLDSUN_FN Sdp4Knot knot_at(const Sdp4Resonance& r, const OnGrid& g) {
  Sdp4Knot knot = rates(r, g);
  knot.longitude = mod_two_pi(knot.longitude + r.w_theta * (r.theta + earth_turn * knot_step * g.k));
  knot.rate += r.w_theta * earth_turn;
  return knot;
}
// The knot of a time: the next one on the side of the epoch.
COLDSUN_FN std::int32_t knot_of(Real t) { return static_cast<std::int32_t>(t / knot_step); }

inline void resonance_of(const Sgp4Coefficients& c, const Secular& pull, Real theta, Sdp4Resonance& r,
                         Sdp4Coefficients& d) {
  const bool one_day = c.no > 0.0034906585 && c.no < 0.0052359877,
             half_day = c.no >= 8.26e-3 && c.no <= 9.24e-3 && c.ecco >= 0.5;
  const Real rate = c.mdot + pull.l - c.no;
  r = Sdp4Resonance{};
  r.no = c.no, r.argpo = c.argpo, r.argpdot = c.argpdot, r.theta = theta;
  r.harmonics = half_day ? n_half_day : one_day ? n_one_day : 0;
  if (half_day) {
    half_day_amplitudes(c, r.amplitude);
    r.w_theta = 2.0, d.w_node = -1.0, d.w_argp = 1.0;
    r.angle = mod_two_pi(c.mo + 2.0 * (c.nodeo - theta));
    r.excess = rate + 2.0 * (c.nodedot + pull.node - earth_turn);
  } else if (one_day) {
    one_day_amplitudes(c, r.amplitude);
    r.w_theta = 1.0, d.w_node = 0.0, d.w_argp = 0.0;
    r.angle = mod_two_pi(c.mo + c.nodeo + c.argpo - theta);
    r.excess = rate + c.argpdot + c.nodedot - earth_turn + pull.argp + pull.node;
  } else {
    r.w_theta = 0.0, d.w_node = 1.0, d.w_argp = 1.0;
    r.angle = c.mo, r.no = c.mdot, r.excess = pull.l;
  }
  d.drift = r.no - c.no + r.excess + r.w_theta * earth_turn;
}

}  // namespace sdp4

// Coefficients of one element set of 225 min and more; once per set.
inline Sgp4Error sdp4_init(const MeanElements& m, Sdp4Coefficients& d, Sdp4Resonance& r) {
  Sgp4Coefficients c;
  d = Sdp4Coefficients{}, r = Sdp4Resonance{};
  if (const Sgp4Error error = sgp4_init(m, c); error != Sgp4Error::deep_space && error != Sgp4Error::none) return error;
  sgp4::gravity_rates(c, std::sqrt(1.0 - c.ecco * c.ecco), c.ao * (1.0 - c.ecco * c.ecco));
  sgp4::drag(c, m.bstar, c.ao * (1.0 - c.ecco));
  // Sun, Moon and Earth stand as V06 puts them, at the epoch's Julian date in one number: up to 20 us off, which is
  // 4e-6 km of an orbit to the Moon. Noon of 1899-12-31 is 25,567.5 days before 1970.
  Real julian, fraction;
  julian_date(m.epoch, julian, fraction);
  const Real day = (julian + fraction) - 2440587.5;
  sdp4::Secular pull = sdp4::pulls(day + 25567.5, c, d.sun, d.moon);
  // Within 3 deg of the equator the node's rate is left out (R3); it is divided by sin i.
  constexpr Real flat = 5.2359877e-2;
  if (m.inclination < flat || m.inclination > pi - flat) pull.node_sin = 0.0;
  pull.node = pull.node_sin == 0.0 ? 0.0 : pull.node_sin / c.sinio;
  pull.argp = pull.gh - c.cosio * pull.node;
  sdp4::resonance_of(c, pull, gmst82(static_cast<Time>(day * static_cast<Real>(ns_per_day)), 0.0), r, d);
  d.ecco = c.ecco, d.inclo = m.inclination, d.argpo = c.argpo, d.nodeo = c.nodeo, d.no = c.no;
  d.edot = pull.e, d.incldot = pull.i, d.argpdot = c.argpdot + pull.argp, d.nodedot = c.nodedot + pull.node;
  d.nodecf = c.nodecf, d.cc1 = c.cc1, d.cc4 = c.cc4, d.t2cof = c.t2cof;
  return Sgp4Error::none;
}

namespace sdp4 {

// Mean elements moved to the time: secular gravity, Sun, Moon, resonance and drag (R3 sec. 7).
struct Moved {
  Mean mean;
  Real inclination;
};
COLDSUN_FN Moved secular(const Sdp4Coefficients& c, const Sdp4Knot& knot, Real t, Real since) {
  const Real t2 = t * t, argp = c.argpo + c.argpdot * t, node = c.nodeo + c.nodedot * t + c.nodecf * t2;
  const Real n = knot.rate - c.drift + since * (knot.ndot + 0.5 * since * knot.nddot), shrink = 1.0 - c.cc1 * t;
  const Real am = math::pow(xke / n, 2.0 / 3.0) * shrink * shrink, em = c.ecco + c.edot * t - c.cc4 * t;
  const bool stopped = !(n > 0.0), bad = !(em < 1.0 && em >= -0.001);
  Moved m;
  m.mean.am = am, m.mean.nm = xke / (am * std::sqrt(am));
  m.mean.em = bad ? 0.5 : math::max(em, 1e-6);
  m.mean.node = node, m.mean.argp = argp;
  m.mean.longitude = knot.longitude + since * (knot.rate + 0.5 * since * knot.ndot) + c.w_node * node +
                     c.w_argp * argp + c.no * c.t2cof * t2;
  m.mean.error = stopped ? 2.0 : (bad ? 1.0 : 0.0);
  m.inclination = c.inclo + c.incldot * t;
  return m;
}

// What one body adds at a time (R3 sec. 10).
struct Added {
  Real e, i, l, gh, h;
};
COLDSUN_FN Added added(const Sdp4Pull& p, Real rate, Real eccentricity, Real t) {
  const Real m = p.anomaly + rate * t;
  Real sine, cosine;
  math::sincos(m + 2.0 * eccentricity * math::sin(m), sine, cosine);
  const Real f2 = 0.5 * sine * sine - 0.25, f3 = -0.5 * sine * cosine;
  return {p.e2 * f2 + p.e3 * f3, p.i2 * f2 + p.i3 * f3, p.l2 * f2 + p.l3 * f3 + p.l4 * sine,
          p.gh2 * f2 + p.gh3 * f3 + p.gh4 * sine, p.h2 * f2 + p.h3 * f3};
}

// What place() reads of an inclination.
struct Inclined {
  Real sinio, cosio, con41, x1mth2, x7thm1, aycof, xlcof;
};

}  // namespace sdp4

// State at `t` minutes after the set's epoch, `since` minutes after the knot. About 1,130 flops with 19 sine-cosine
// pairs (35 flops each) and 17 divisions or roots.
COLDSUN_FN Sgp4Result sdp4_propagate(const Sdp4Coefficients& c, const Sdp4Knot& knot, Real t, Real since) {
  const sdp4::Moved moved = sdp4::secular(c, knot, t, since);
  const sdp4::Added sun = sdp4::added(c.sun, sdp4::sun_rate, sdp4::sun_eccentricity, t),
                    moon = sdp4::added(c.moon, sdp4::moon_rate, sdp4::moon_eccentricity, t);
  // An inclination that they make negative is left so: node and perigee turned by half a turn would give the same.
  const Real tilt = sun.i + moon.i, h = sun.h + moon.h;
  Real si, ci;
  math::sincos(moved.inclination + tilt, si, ci);
  // Below 0.2 rad by Lyddane's variables sin i sin node and sin i cos node (R3): their turn is `turn`, at most half a
  // turn, and the argument of perigee takes up what the mean longitude does not.
  const bool low = moved.inclination + tilt < 0.2;
  const Real turn = low ? math::atan2(h, si + tilt * ci) : h / si;
  sgp4::Mean m = moved.mean;
  const Real node = m.node - two_pi * std::trunc(m.node * (1.0 / two_pi));  // keeps its sign, as R3's remainder does
  const Real argp = m.argp + sun.gh + moon.gh - ci * turn - (low ? tilt * node * si : 0.0);
  const Real anomaly = sgp4::mod_two_pi(m.longitude - m.argp - m.node) + sun.l + moon.l, e = m.em + sun.e + moon.e;
  const bool open = !(e >= 0.0 && e <= 1.0);
  m.error = m.error > 0.0 ? m.error : (open ? 3.0 : 0.0);
  m.em = open ? 0.5 : e, m.argp = argp, m.node = node + turn, m.longitude = anomaly + argp + m.node;
  const Real c2 = ci * ci, ay = -0.5 * sgp4::j3_j2 * si,
             divisor = std::fabs(ci + 1.0) > 1.5e-12 ? 1.0 + ci : 1.5e-12;  // V06, as in sgp4_init
  const sdp4::Inclined inclined{.sinio = si,
                                .cosio = ci,
                                .con41 = 3.0 * c2 - 1.0,
                                .x1mth2 = 1.0 - c2,
                                .x7thm1 = 7.0 * c2 - 1.0,
                                .aycof = ay,
                                .xlcof = 0.5 * ay * (3.0 + 5.0 * ci) / divisor};
  return sgp4::place<10>(m, inclined);
}

// Columns of tables (coefficient, deep), (resonance_term, deep), in the order of the lists.
COLDSUN_FN Sdp4Coefficients load_deep(const View<const Real, 2>& t, int j) {
  Sdp4Coefficients c;
  int k = 0;
#define LOAD(name) c.name = t(k++, j);
  COLDSUN_SDP4_COEFFICIENTS(LOAD)
#undef LOAD
  return c;
}
COLDSUN_FN Sdp4Resonance load_resonance(const View<const Real, 2>& t, int j) {
  Sdp4Resonance c;
  int k = 0;
#define LOAD(name) c.name = t(k++, j);
  COLDSUN_SDP4_RESONANCE(LOAD)
#undef LOAD
  return c;
}
inline void store_deep(const View<Real, 2>& coefficient, const View<Real, 2>& resonance, int j,
                       const Sdp4Coefficients& c, const Sdp4Resonance& r) {
  int k = 0, l = 0;
#define STORE(name) coefficient(k++, j) = c.name;
  COLDSUN_SDP4_COEFFICIENTS(STORE)
#undef STORE
#define STORE(name) resonance(l++, j) = r.name;
  COLDSUN_SDP4_RESONANCE(STORE)
#undef STORE
}

}  // namespace coldsun::orbit

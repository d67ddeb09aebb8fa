// Elementary functions without branches and without libm: they vectorise in `omp simd` loops, and SIMD body and tail
// give the same bits. Every multiply-add is an explicit fma (one instruction from x86-64-v3 on), so no compiler flag
// decides the rounding. Largest errors measured against x87 long double over 1e7 arguments each
// (tests/common_math_test.cpp holds the limits):
//   exp 1.07 ulp; log 0.84 ulp; sin, cos 1.5 ulp for |x| < 1e9; atan2 2 ulp; pow 1.7 (1 + |y ln x|) ulp;
//   normal_quantile 8e-16 relative.
#pragma once
#include <cmath>

#include "common/space.hpp"

namespace coldsun::math {

COLDSUN_FN constexpr Real min(Real a, Real b) { return a < b ? a : b; }
COLDSUN_FN constexpr Real max(Real a, Real b) { return a > b ? a : b; }
COLDSUN_FN constexpr Real clamp(Real x, Real lo, Real hi) { return min(max(x, lo), hi); }
COLDSUN_FN constexpr Real square(Real x) { return x * x; }

COLDSUN_FN constexpr std::uint64_t bits_of(Real x) { return __builtin_bit_cast(std::uint64_t, x); }
COLDSUN_FN constexpr Real real_of(std::uint64_t u) { return __builtin_bit_cast(Real, u); }

inline constexpr Real infinity = __builtin_huge_val();
inline constexpr Real not_a_number = __builtin_nan("");
// Adding and subtracting 1.5 * 2^52 rounds to the nearest integer and leaves it in the low bits.
inline constexpr Real round_magic = 0x1.8p52;

// e^x. Cody-Waite reduction x = n ln 2 + r, minimax polynomial of degree 11 on |r| <= ln 2 / 2 (own fit, 1.6e-17), 2^n
// in two factors so that results down to the subnormals are right. Saturates to 0 and infinity; NaN stays NaN.
COLDSUN_FN Real exp(Real x) {
  const Real y = x > 710.0 ? 710.0 : (x < -746.0 ? -746.0 : x);
  const Real t = std::fma(y, 0x1.71547652b82fep+0, round_magic);
  const Real n = t - round_magic;
  const Real r = std::fma(-n, 0x1.abc9e3b39803fp-56, std::fma(-n, 0x1.62e42fefa39efp-1, y));
  Real q = 0x1.af38a9b0ec855p-26;
  q = std::fma(q, r, 0x1.289185613a3d6p-22);
  q = std::fma(q, r, 0x1.71de0dae63bb3p-19);
  q = std::fma(q, r, 0x1.a019b90d2ae7ap-16);
  q = std::fma(q, r, 0x1.a01a01a7c41d5p-13);
  q = std::fma(q, r, 0x1.6c16c1788bd90p-10);
  q = std::fma(q, r, 0x1.11111111109b3p-7);
  q = std::fma(q, r, 0x1.5555555553d63p-5);
  q = std::fma(q, r, 0x1.5555555555556p-3);
  q = std::fma(q, r, 0x1.0000000000001p-1);
  const Real p = 1.0 + std::fma(r * r, q, r);
  // n + 2048, positive: AVX2 has no signed 64-bit shift
  const std::uint64_t u = bits_of(t) - bits_of(round_magic) + 2048;
  const std::uint64_t half = u >> 1;
  return p * real_of((half - 1) << 52) * real_of((u - half - 1) << 52);
}

// ln x. Method and coefficients of FDLIBM's e_log.c (Sun Microsystems 1993): x = 2^k m, sqrt(1/2) <= m < sqrt(2), s =
// (m - 1)/(m + 1). log(0) = -infinity, log(x < 0) = NaN; subnormals are right.
COLDSUN_FN Real log(Real x) {
  const bool tiny = x < 0x1p-1022;
  const std::uint64_t u = bits_of(tiny ? x * 0x1p54 : x);
  const std::uint64_t e = (u - 0x3fe6a09e667f3bcd + 0x4000000000000000) >> 52;  // k + 1024
  const Real k = real_of(0x4330000000000000 | e) - (tiny ? 0x1p52 + 1078.0 : 0x1p52 + 1024.0);
  const Real f = real_of(u - ((e - 1024) << 52)) - 1.0;
  const Real s = f / (2.0 + f);
  const Real z = s * s;
  Real q = 1.479819860511658591e-01;
  q = std::fma(q, z, 1.531383769920937332e-01);
  q = std::fma(q, z, 1.818357216161805012e-01);
  q = std::fma(q, z, 2.222219843214978396e-01);
  q = std::fma(q, z, 2.857142874366239149e-01);
  q = std::fma(q, z, 3.999999999940941908e-01);
  q = std::fma(q, z, 6.666666666666735130e-01);
  const Real h = 0.5 * f * f;
  const Real low = std::fma(s, std::fma(q, z, h), k * 1.90821492927058770002e-10);
  const Real y = std::fma(k, 6.93147180369123816490e-01, f - (h - low));
  const Real below = x < infinity ? y : x;  // separate selects: nested ones prevent the vectorisation of a log of a log
  const Real positive = x > 0.0 ? below : not_a_number;
  return x == 0.0 ? -infinity : positive;
}

// x^y for x >= 0 as e^(y ln x): the relative error grows with |y ln x|.
COLDSUN_FN Real pow(Real x, Real y) {
  const Real p = exp(y * log(x));
  return y == 0.0 || x == 1.0 ? 1.0 : p;
}

// sin and cos together. Reduction by pi/2 in three parts, kernels of FDLIBM's k_sin.c and k_cos.c (Sun Microsystems
// 1993). NaN beyond 2^30, where the reduction would lose digits.
COLDSUN_FN void sincos(Real angle, Real& sine, Real& cosine) {
  const Real x = std::fabs(angle) <= 0x1p30 ? angle : not_a_number;
  const Real t = std::fma(x, 0x1.45f306dc9c883p-1, round_magic);
  const Real n = t - round_magic;
  const Real r =
      std::fma(-n, -0x1.f1976b7ed8fbcp-110, std::fma(-n, 0x1.1a62633145c07p-54, std::fma(-n, 0x1.921fb54442d18p+0, x)));
  const Real z = r * r;
  Real p = 1.58969099521155010221e-10;
  p = std::fma(p, z, -2.50507602534068634195e-08);
  p = std::fma(p, z, 2.75573137070700676789e-06);
  p = std::fma(p, z, -1.98412698298579493134e-04);
  p = std::fma(p, z, 8.33333333332248946124e-03);
  p = std::fma(p, z, -1.66666666666666324348e-01);
  const Real s = std::fma(p, z * r, r);
  Real q = -1.13596475577881948265e-11;
  q = std::fma(q, z, 2.08757232129817482790e-09);
  q = std::fma(q, z, -2.75573143513906633035e-07);
  q = std::fma(q, z, 2.48015872894767294178e-05);
  q = std::fma(q, z, -1.38888888888741095749e-03);
  q = std::fma(q, z, 4.16666666666666019037e-02);
  const Real h = 0.5 * z, w = 1.0 - h;
  const Real c = w + std::fma(q, z * z, (1.0 - w) - h);
  const std::uint64_t quadrant = bits_of(t);
  const bool odd = (quadrant & 1) != 0;
  sine = real_of(bits_of(odd ? c : s) ^ (quadrant & 2) << 62);
  cosine = real_of(bits_of(odd ? s : c) ^ ((quadrant + 1) & 2) << 62);
}
COLDSUN_FN Real sin(Real x) {
  Real s, c;
  sincos(x, s, c);
  return s;
}
COLDSUN_FN Real cos(Real x) {
  Real s, c;
  sincos(x, s, c);
  return c;
}

// Angle of (x, y) in [-pi, pi]: the quotient is brought below tan(pi/8) by one division, then the series of FDLIBM's
// s_atan.c (Sun Microsystems 1993). atan2(0, 0) = 0 with the sign of y; for x = -0 the angle is that of x = 0.
COLDSUN_FN Real atan2(Real y, Real x) {
  const Real ax = std::fabs(x), ay = std::fabs(y), below = min(ax, ay), above = max(ax, ay);
  const bool far = below > 0.41421356237309503 * above;
  const Real q = (far ? below - above : below) / (far ? below + above : above), t = above == 0.0 ? 0.0 : q;
  const Real z = t * t;
  Real p = 1.62858201153657823623e-02;
  p = std::fma(p, z, -3.65315727442169155270e-02);
  p = std::fma(p, z, 4.97687799461593236017e-02);
  p = std::fma(p, z, -5.83357013379057348645e-02);
  p = std::fma(p, z, 6.66107313738753120669e-02);
  p = std::fma(p, z, -7.69187620504482999495e-02);
  p = std::fma(p, z, 9.09088713343650656196e-02);
  p = std::fma(p, z, -1.11111104054623557880e-01);
  p = std::fma(p, z, 1.42857142725034663711e-01);
  p = std::fma(p, z, -1.99999999998764832476e-01);
  p = std::fma(p, z, 3.33333333333329318027e-01);
  const Real low = std::fma(-p, z * t, t), octant = far ? 0x1.921fb54442d18p-1 + low : low;
  const Real quadrant = ay > ax ? 0x1.921fb54442d18p+0 - octant : octant;
  const Real half = x < 0.0 ? 0x1.921fb54442d18p+1 - quadrant : quadrant;
  return std::copysign(half, y);
}

// Coefficients of one of three rational functions, chosen by select, so that the three ranges of normal_quantile share
// one evaluation.
COLDSUN_FN constexpr Real pick(bool centre, bool far, Real a, Real b, Real c) { return centre ? a : (far ? c : b); }

// Inverse of the standard normal distribution: Wichura (1988) algorithm AS 241, PPND16, doi 10.2307/2347330. 0 and 1
// give -+infinity.
COLDSUN_FN Real normal_quantile(Real p) {
  const Real q = p - 0.5;
  const Real tail = std::sqrt(-log(min(p, 1.0 - p)));
  const bool centre = std::fabs(q) <= 0.425, far = tail > 5.0;
  const Real r = pick(centre, far, std::fma(-q, q, 0.180625), tail - 1.6, tail - 5.0);
  Real num = pick(centre, far, 2.5090809287301226727e+3, 7.74545014278341407640e-4, 2.01033439929228813265e-7);
  num = std::fma(num, r,
                 pick(centre, far, 3.3430575583588128105e+4, 2.27238449892691845833e-2, 2.71155556874348757815e-5));
  num = std::fma(num, r,
                 pick(centre, far, 6.7265770927008700853e+4, 2.41780725177450611770e-1, 1.24266094738807843860e-3));
  num = std::fma(num, r,
                 pick(centre, far, 4.5921953931549871457e+4, 1.27045825245236838258e+0, 2.65321895265761230930e-2));
  num = std::fma(num, r,
                 pick(centre, far, 1.3731693765509461125e+4, 3.64784832476320460504e+0, 2.96560571828504891230e-1));
  num = std::fma(num, r,
                 pick(centre, far, 1.9715909503065514427e+3, 5.76949722146069140550e+0, 1.78482653991729133580e+0));
  num = std::fma(num, r,
                 pick(centre, far, 1.3314166789178437745e+2, 4.63033784615654529590e+0, 5.46378491116411436990e+0));
  num = std::fma(num, r,
                 pick(centre, far, 3.3871328727963666080e+0, 1.42343711074968357734e+0, 6.65790464350110377720e+0));
  Real den = pick(centre, far, 5.2264952788528545610e+3, 1.05075007164441684324e-9, 2.04426310338993978564e-15);
  den = std::fma(den, r,
                 pick(centre, far, 2.8729085735721942674e+4, 5.47593808499534494600e-4, 1.42151175831644588870e-7));
  den = std::fma(den, r,
                 pick(centre, far, 3.9307895800092710610e+4, 1.51986665636164571966e-2, 1.84631831751005468180e-5));
  den = std::fma(den, r,
                 pick(centre, far, 2.1213794301586595867e+4, 1.48103976427480074590e-1, 7.86869131145613259100e-4));
  den = std::fma(den, r,
                 pick(centre, far, 5.3941960214247511077e+3, 6.89767334985100004550e-1, 1.48753612908506148525e-2));
  den = std::fma(den, r,
                 pick(centre, far, 6.8718700749205790830e+2, 1.67638483018380384940e+0, 1.36929880922735805310e-1));
  den = std::fma(den, r,
                 pick(centre, far, 4.2313330701600911252e+1, 2.05319162663775882187e+0, 5.99832206555887937690e-1));
  den = std::fma(den, r, 1.0);
  const Real z = num / den;
  const Real outer = tail < infinity ? z : tail;
  return centre ? q * z : (q < 0.0 ? -outer : outer);
}

}  // namespace coldsun::math

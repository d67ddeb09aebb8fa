// Irradiance on a tilted plane from ghi, dni, dhi: isotropic, Hay and Davies, Reindl, Perez. Formulae and limits as in
// pvlib.
#pragma once
#include <cmath>

#include "common/constants.hpp"
#include "common/math.hpp"

namespace coldsun::sky {

enum class Transposition : std::int32_t { isotropic = 0, hay_davies = 1, reindl = 2, perez = 3 };

// Sky conditions for a plane. Where cos_zenith <= 0 all irradiance is zero.
struct SkyNow {
  Real ghi, dni, dhi, dni_extra;  // W/m2
  Real zenith, cos_zenith;        // of the apparent Sun
  Real airmass;                   // relative
};

// Constants of a fixed plane.
struct Tilt {
  Real cosine, sine;     // of surface_tilt
  Real east, north, up;  // unit normal
  Real sine_half_cubed;  // sin^3(surface_tilt / 2)
};
COLDSUN_FN Tilt tilt_of(Real surface_tilt, Real surface_azimuth) {
  Real s, c, sa, ca;
  math::sincos(surface_tilt, s, c), math::sincos(surface_azimuth, sa, ca);
  const Real half = math::sin(0.5 * surface_tilt);
  return {c, s, s * sa, s * ca, c, half * half * half};
}
// Cosine of the angle of incidence; negative: the Sun is behind the plane.
COLDSUN_FN Real cos_aoi(const Tilt& p, Real east, Real north, Real up) {
  return math::clamp(p.east * east + p.north * north + p.up * up, -1.0, 1.0);
}

// Components of the irradiance on the plane [W/m2]; they meet the glass at different angles.
struct PlaneOfArray {
  Real beam, sky, ground;
  COLDSUN_FN Real global() const { return beam + sky + ground; }
};

COLDSUN_FN Real sky_isotropic(const SkyNow& s, const Tilt& p) { return s.dhi * 0.5 * (1.0 + p.cosine); }

// Hay and Davies (1980); the denominator of the projection ratio is at least cos 89 degrees.
COLDSUN_FN Real sky_hay_davies(const SkyNow& s, const Tilt& p, Real incidence) {
  const Real ratio = math::max(incidence, 0.0) / math::max(s.cos_zenith, 0.01745);
  const Real anisotropy = s.dni / s.dni_extra;
  return math::max(s.dhi * (1.0 - anisotropy) * 0.5 * (1.0 + p.cosine), 0.0) +
         math::max(s.dhi * anisotropy * ratio, 0.0);
}

// Reindl, Beckman and Duffie (1990), doi 10.1016/0038-092X(90)90061-G: Hay and Davies with a brighter horizon.
COLDSUN_FN Real sky_reindl(const SkyNow& s, const Tilt& p, Real incidence) {
  const Real ratio = math::max(incidence, 0.0) / math::max(s.cos_zenith, 0.01745);
  const Real anisotropy = s.dni / s.dni_extra;
  const Real horizontal = s.ghi > 0.0 ? math::max(s.dni * s.cos_zenith, 0.0) / s.ghi : 0.0;
  const Real isotropic = (1.0 - anisotropy) * 0.5 * (1.0 + p.cosine);
  return s.dhi * (isotropic + anisotropy * ratio + isotropic * std::sqrt(horizontal) * p.sine_half_cubed);
}

// Perez et al. (1990), doi 10.1016/0038-092X(90)90055-H, table 6: brightening coefficients of all sites, by bins of
// clearness.
struct PerezRow {
  Real f11, f12, f13, f21, f22, f23;
};
COLDSUN_FN PerezRow perez_row(Real clearness) {
  static constexpr PerezRow row[8] = {
      {-0.008, 0.588, -0.062, -0.060, 0.072, -0.022}, {0.130, 0.683, -0.151, -0.019, 0.066, -0.029},
      {0.330, 0.487, -0.221, 0.055, -0.064, -0.026},  {0.568, 0.187, -0.295, 0.109, -0.152, -0.014},
      {0.873, -0.392, -0.362, 0.226, -0.462, 0.001},  {1.132, -1.237, -0.412, 0.288, -0.823, 0.056},
      {1.060, -1.600, -0.359, 0.264, -1.127, 0.131},  {0.678, -0.327, -0.250, 0.156, -1.377, 0.251}};
  const int bin = (clearness >= 1.065) + (clearness >= 1.23) + (clearness >= 1.5) + (clearness >= 1.95) +
                  (clearness >= 2.8) + (clearness >= 4.5) + (clearness >= 6.2);
  return row[bin];
}
COLDSUN_FN Real sky_perez(const SkyNow& s, const Tilt& p, Real incidence) {
  const Real z3 = 1.041 * s.zenith * s.zenith * s.zenith;  // kappa of the paper, zenith in radians
  const Real brightness = s.dhi * s.airmass / s.dni_extra;
  const Real clearness = ((s.dhi + s.dni) / math::max(s.dhi, 1e-300) + z3) / (1.0 + z3);
  const PerezRow k = perez_row(clearness);
  const Real f1 = math::max(k.f11 + k.f12 * brightness + k.f13 * s.zenith, 0.0);
  const Real f2 = k.f21 + k.f22 * brightness + k.f23 * s.zenith;
  const Real ratio = math::max(incidence, 0.0) / math::max(s.cos_zenith, 0.08715574274765817);  // cos 85 degrees
  return math::max(s.dhi * (0.5 * (1.0 - f1) * (1.0 + p.cosine) + f1 * ratio + f2 * p.sine), 0.0);
}

// The models as published, for any position of the Sun.
COLDSUN_FN PlaneOfArray transposed(Transposition model, const SkyNow& s, const Tilt& p, Real incidence, Real albedo) {
  PlaneOfArray poa;
  poa.beam = s.dni * math::max(incidence, 0.0);
  poa.ground = s.ghi * albedo * 0.5 * (1.0 - p.cosine);
  poa.sky = model == Transposition::isotropic    ? sky_isotropic(s, p)
            : model == Transposition::hay_davies ? sky_hay_davies(s, p, incidence)
            : model == Transposition::reindl     ? sky_reindl(s, p, incidence)
                                                 : sky_perez(s, p, incidence);
  return poa;
}
// As used by the twin: zero while the Sun is below the horizon.
COLDSUN_FN PlaneOfArray on_plane(Transposition model, const SkyNow& s, const Tilt& p, Real incidence, Real albedo) {
  const PlaneOfArray poa = transposed(model, s, p, incidence, albedo);
  const bool day = s.cos_zenith > 0.0;
  return {day ? poa.beam : 0.0, day ? poa.sky : 0.0, day ? poa.ground : 0.0};
}

}  // namespace coldsun::sky

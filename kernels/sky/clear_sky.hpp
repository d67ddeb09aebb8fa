// Clear sky: air mass, and irradiance without clouds after Ineichen and Perez.
#pragma once
#include <cmath>

#include "common/constants.hpp"
#include "common/math.hpp"

namespace coldsun::sky {

// Global horizontal, direct normal and diffuse horizontal irradiance [W/m2]; ghi = dni cos(zenith) + dhi.
struct Irradiance {
  Real ghi, dni, dhi;
};

// Relative air mass as a function of the apparent zenith [rad], up to 90 degrees: Kasten and Young (1989),
// doi 10.1364/AO.28.004735.
COLDSUN_FN Real relative_airmass(Real apparent_zenith, Real cos_zenith) {
  const Real z = math::min(apparent_zenith, 0.5 * constants::pi) / constants::degree;
  return 1.0 / (math::max(cos_zenith, 0.0) + 0.50572 * math::pow(96.07995 - z, -1.6364));
}
COLDSUN_FN Real absolute_airmass(Real relative, Real pressure) {
  return relative * pressure / constants::standard_atmosphere;
}

// Ineichen and Perez (2002), doi 10.1016/S0038-092X(02)00045-2, with the Linke turbidity at air mass 2. The second
// bound on dni is Ineichen (2008), doi 10.1016/j.solener.2008.02.009; 0.163 as in the paper's programme (see Stein,
// Hansen and Reno, SAND2012-2389).
COLDSUN_FN Irradiance clear_sky(Real cos_zenith, Real airmass, Real linke_turbidity, Real altitude, Real dni_extra) {
  const Real fh1 = math::exp(-altitude / 8000.0), fh2 = math::exp(-altitude / 1250.0);
  const Real cg1 = 5.09e-5 * altitude + 0.868, cg2 = 3.92e-5 * altitude + 0.0387;
  const Real ghi = cg1 * dni_extra * cos_zenith * math::exp(-cg2 * airmass * (fh1 + fh2 * (linke_turbidity - 1.0)));
  const Real beam = dni_extra * (0.664 + 0.163 / fh1) * math::exp(-0.09 * airmass * (linke_turbidity - 1.0));
  const Real share = 1.0 - (0.1 - 0.2 * math::exp(-linke_turbidity)) / (0.1 + 0.882 / fh1);
  const Real dni = math::min(beam, ghi * math::max(share, 0.0) / cos_zenith);
  const bool day = cos_zenith > 0.0;
  return {day ? ghi : 0.0, day ? dni : 0.0, day ? ghi - dni * cos_zenith : 0.0};
}

// Haze and dust in addition to the turbidity: a layer of optical depth `depth`, scattering more than absorbing. The
// beam follows Beer's law along the relative air mass; the share `forward` of the light lost arrives as diffuse light.
// The clear-sky model returns only about half (its turbidity includes water vapour), too little for desert dust. There,
// single-scattering albedo 0.92 to 0.97 and a fifth scattered upwards (Dubovik et al. 2002,
// doi 10.1175/1520-0469(2002)059<0590:VOAAOP>2.0.CO;2) give 0.75 to 0.8.
COLDSUN_FN Irradiance with_haze(const Irradiance& clear, Real cos_zenith, Real airmass, Real depth, Real forward) {
  const Real dni = clear.dni * math::exp(-depth * airmass);
  const Real dhi = clear.dhi + forward * (clear.dni - dni) * math::max(cos_zenith, 0.0);
  return {std::fma(dni, math::max(cos_zenith, 0.0), dhi), dni, dhi};
}

// Diffuse part of ghi from the hourly clearness index kt = ghi / (dni_extra cos z): Erbs, Klein and Duffie (1982),
// eq. 1, doi 10.1016/0038-092X(82)90302-4.
COLDSUN_FN Real erbs_diffuse_fraction(Real kt) {
  const Real middle = 0.9511 + kt * (-0.1604 + kt * (4.388 + kt * (-16.638 + kt * 12.336)));
  return kt <= 0.22 ? 1.0 - 0.09 * kt : (kt <= 0.8 ? middle : 0.165);
}
// As in pvlib: cos(zenith) is at least 0.065 in kt, and for zeniths above 87 degrees all light is diffuse.
COLDSUN_FN Irradiance erbs(Real ghi, Real cos_zenith, Real dni_extra) {
  const Real kt = math::clamp(ghi / (dni_extra * math::max(cos_zenith, 0.065)), 0.0, 1.0);
  const Real dhi = erbs_diffuse_fraction(kt) * ghi;
  const bool low = !(cos_zenith >= 0.05233595624294383) || ghi < 0.0;  // cos of 87 degrees
  return {ghi, low ? 0.0 : (ghi - dhi) / cos_zenith, low ? ghi : dhi};
}

}  // namespace coldsun::sky

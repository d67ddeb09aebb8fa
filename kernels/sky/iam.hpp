// Incidence angle modifier of a module's glass: Fresnel, Snell and Bouguer, with or without an anti-reflection coating.
#pragma once
#include <cmath>

#include "common/constants.hpp"
#include "common/math.hpp"

namespace coldsun::sky {

// De Soto, Klein and Beckman (2006), doi 10.1016/j.solener.2005.06.010: n, K, L; Duffie and Beckman (2006), 5.2-5.3.
struct Iam {
  Real refractive_index = 1.526;
  Real extinction = 4.0;         // 1/m
  Real thickness = 0.002;        // m
  Real refractive_index_ar = 1;  // of the coating; 1: none. 1.29 is a porous silica coating
  // for light from the sky and from the ground, computed by make_system for the plane's tilt
  Real sky = 1.0, ground = 1.0;
};

struct Polarised {
  Real s, p;
};
// Reflectance where light passes from n1 at cosine c1 into n2 at cosine c2.
COLDSUN_FN Polarised fresnel(Real n1, Real c1, Real n2, Real c2) {
  const Real s = (n1 * c1 - n2 * c2) / (n1 * c1 + n2 * c2), p = (n1 * c2 - n2 * c1) / (n1 * c2 + n2 * c1);
  return {s * s, p * p};
}

// Light that reaches the cells at a cosine of incidence in [0, 1], unpolarised.
COLDSUN_FN Real transmittance(const Iam& g, Real incidence) {
  const Real n = g.refractive_index, n_ar = g.refractive_index_ar;
  const bool coated = n_ar > 1.0;
  const Real sine2 = 1.0 - incidence * incidence;
  const Real c_glass = std::sqrt(1.0 - sine2 / (n * n)), c_coating = std::sqrt(1.0 - sine2 / (n_ar * n_ar));
  const Polarised r = coated ? fresnel(1.0, incidence, n_ar, c_coating) : fresnel(1.0, incidence, n, c_glass);
  const Polarised r2 = coated ? fresnel(n_ar, c_coating, n, c_glass) : Polarised{0.0, 0.0};
  // Coating: incoherent multiple reflection between its two faces.
  const Real s = (1.0 - r.s) * (1.0 - r2.s) / (1.0 - r.s * r2.s), p = (1.0 - r.p) * (1.0 - r2.p) / (1.0 - r.p * r2.p);
  return 0.5 * (s + p) * math::exp(-g.extinction * g.thickness / c_glass);
}

// Transmittance relative to normal incidence; 0 behind the plane. At grazing incidence fresnel's quotients stay finite.
COLDSUN_FN Real iam_physical(const Iam& g, Real incidence) {
  const Real t = transmittance(g, math::clamp(incidence, 0.0, 1.0)) / transmittance(g, 1.0);
  return incidence > 0.0 ? t : 0.0;
}

}  // namespace coldsun::sky

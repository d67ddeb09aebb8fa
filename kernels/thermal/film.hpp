// Film: heat transfer and pressure drop of parallel rectangular channels, laminar developing to turbulent.
#pragma once
#include "thermal/coolant.hpp"

namespace coldsun::thermal {

struct ChannelArray {
  Real width = 0, height = 0;  // of one channel [m]
  Real n_channel = 0;          // number of parallel channels
  Real minor_loss = 0;         // sum of loss coefficients of inlet, outlet and manifold, on the channel's velocity head

  COLDSUN_FN Real hydraulic_diameter() const { return 2.0 * width * height / (width + height); }
  COLDSUN_FN Real aspect() const { return math::min(width, height) / math::max(width, height); }
  COLDSUN_FN Real velocity(Real flow) const { return flow / (n_channel * width * height); }
  // Share of the plan area that is open; wetted side area per plan area and height [1/m].
  COLDSUN_FN Real open_share(Real plate_width) const { return n_channel * width / plate_width; }
  COLDSUN_FN Real side_share(Real plate_width) const { return 2.0 * n_channel / plate_width; }
};

// Fully developed laminar flow in a rectangular duct of aspect a = short / long. Shah & London (1978), Laminar Flow
// Forced Convection in Ducts, eqs 341 (friction, Fanning) and 346 (H1: axially constant heat flux, walls of a section
// isothermal).
COLDSUN_FN Real friction_laminar(Real a) {
  return 24.0 * (1.0 + a * (-1.3553 + a * (1.9467 + a * (-1.7012 + a * (0.9564 - 0.2537 * a)))));
}
COLDSUN_FN Real nusselt_h1(Real a) {
  return 8.235 * (1.0 + a * (-2.0421 + a * (3.0853 + a * (-2.4765 + a * (1.0578 - 0.1861 * a)))));
}

// Mean Nusselt number over [0, x] of a laminar, thermally developing flow; x_star = x / (d_h re pr). Leveque's entrance
// solution for parallel plates at constant flux, 2.236 x*^-1/3 (Shah & London 1978 eq. 317), is scaled to the duct by
// its developed value. Both are blended after Churchill & Usagi (1972) doi 10.1002/aic.690180606, exponent 4.5.
COLDSUN_FN Real nusselt_laminar_mean(Real x_star, Real developed) {
  const Real entrance = 2.236 * (developed / 8.235) * math::exp(-math::log(x_star) / 3.0);
  const Real ratio = math::log(entrance / developed);
  return developed * math::exp(math::log(1.0 + math::exp(4.5 * ratio)) / 4.5);
}

// Petukhov (1970) friction of a smooth tube (Darcy), and Gnielinski (1976) eq. 2 with it; 4e3 < re < 5e6, 0.5 < pr <
// 2000.
COLDSUN_FN Real friction_turbulent(Real re) {
  const Real d = 0.79 * math::log(re) - 1.64;
  return 1.0 / (d * d);
}
COLDSUN_FN Real nusselt_turbulent(Real re, Real pr) {
  const Real f = friction_turbulent(re) / 8.0;
  return f * (re - 1000.0) * pr / (1.0 + 12.7 * std::sqrt(f) * (math::pow(pr, 2.0 / 3.0) - 1.0));
}

// Linear blend of laminar at re 2300 and turbulent at re 4000: Gnielinski (2013)
// doi 10.1016/j.ijheatmasstransfer.2013.04.015.
inline constexpr Real re_laminar = 2300.0, re_turbulent = 4000.0;
COLDSUN_FN Real turbulent_share(Real re) {
  return math::clamp((re - re_laminar) / (re_turbulent - re_laminar), 0.0, 1.0);
}

// Film coefficient, mean over [x_0, x_1] from the channel's inlet [W/(m2 K)]. Without flow: the developed laminar
// value.
COLDSUN_FN Real film_coefficient(const ChannelArray& c, const CoolantProperties& p, Real flow, Real x_0, Real x_1) {
  const Real d = c.hydraulic_diameter(), re = p.rho * c.velocity(std::fabs(flow)) * d / p.mu, pr = p.prandtl();
  const Real developed = nusselt_h1(c.aspect());
  const Real scale = d * math::max(math::min(re, re_laminar), 1e-6) * pr;
  const Real m_1 = x_1 * nusselt_laminar_mean(x_1 / scale, developed);
  const Real m_0 = x_0 > 0.0 ? x_0 * nusselt_laminar_mean(x_0 / scale, developed) : 0.0;
  const Real laminar = (m_1 - m_0) / (x_1 - x_0);
  const Real share = turbulent_share(re);
  const Real turbulent = share > 0.0 ? nusselt_turbulent(math::max(re, re_turbulent), pr) : 0.0;
  return ((1.0 - share) * laminar + share * turbulent) * p.k / d;
}

// The film coefficient of each of ny equal rows along the flow, inlet row first.
template <int NY>
COLDSUN_FN void film_rows(const ChannelArray& c, const CoolantProperties& p, Real flow, Real length, Real* h) {
  for (int y = 0; y < NY; ++y) h[y] = film_coefficient(c, p, flow, length * y / NY, length * (y + 1) / NY);
}

// Pressure drop over a channel of the given length [Pa]. Laminar: apparent friction of the developing profile, Copeland
// (2000, 16th IEEE SEMI-THERM): 3.2 / (L+)^0.57 and the developed value added in quadrature; L+ = length / (d_h re).
COLDSUN_FN Real pressure_drop(const ChannelArray& c, const CoolantProperties& p, Real flow, Real length) {
  const Real u = c.velocity(std::fabs(flow)), d = c.hydraulic_diameter(), re = p.rho * u * d / p.mu;
  const Real re_1 = math::max(math::min(re, re_laminar), 1e-6);
  const Real entrance = 3.2 * math::pow(d * re_1 / length, 0.57);
  const Real laminar = std::sqrt(entrance * entrance + math::square(friction_laminar(c.aspect()))) / re_1;  // Fanning
  const Real share = turbulent_share(re);
  const Real turbulent = share > 0.0 ? 0.25 * friction_turbulent(math::max(re, re_turbulent)) : 0.0;
  const Real fanning = (1.0 - share) * laminar + share * turbulent;
  return (4.0 * fanning * length / d + c.minor_loss) * 0.5 * p.rho * u * u;
}

}  // namespace coldsun::thermal

// Coolants: density, viscosity, conductivity, heat capacity against temperature at atmospheric pressure.
#pragma once
#include "common/constants.hpp"
#include "common/math.hpp"

namespace coldsun::thermal {

enum class Coolant : std::int32_t { water, pg25 };  // pg25: propylene glycol and water, 25 % by mass

struct CoolantProperties {
  Real rho;  // density [kg/m3]
  Real mu;   // dynamic viscosity [Pa s]
  Real k;    // conductivity [W/(m K)]
  Real cp;   // specific heat capacity [J/(kg K)]
  COLDSUN_FN Real prandtl() const { return mu * cp / k; }
};

// The correlations hold from 0 to 90 degrees C; outside, the temperature is clamped to that range.
inline constexpr Real coolant_t_min = constants::zero_celsius, coolant_t_max = 363.15;

// At 101.325 kPa: water by IAPWS-95; 25 % propylene glycol by mass boils 1.8 K higher (Dow, DOWFROST engineering
// manual, table 8: 215 F at 25 %). A pressurised loop boils at a higher temperature, so this limit is conservative.
COLDSUN_FN Real boiling_point(Coolant c) { return c == Coolant::water ? 373.12 : 374.9; }

// Density: Kell (1975) doi 10.1021/je60064a005. Viscosity and conductivity: IAPWS SR6-08(2011) eqs 3 and 4,
// doi 10.1063/1.3043575. Heat capacity: quartic through IAPWS-95 at 0.1 MPa, 0 to 90 degrees C, within 0.9 J/(kg K).
COLDSUN_FN CoolantProperties water(Real temperature) {
  const Real t = math::clamp(temperature, coolant_t_min, coolant_t_max) - constants::zero_celsius;
  const Real l = math::log((t + constants::zero_celsius) / 300.0);
  CoolantProperties p;
  p.rho = (999.83952 +
           t * (16.945176 + t * (-7.9870401e-3 + t * (-46.170461e-6 + t * (105.56302e-9 - 280.54253e-12 * t))))) /
          (1.0 + 16.87985e-3 * t);
  p.mu = 1e-6 * (280.68 * math::exp(-1.9 * l) + 511.45 * math::exp(-7.7 * l) + 61.131 * math::exp(-19.6 * l) +
                 0.45903 * math::exp(-40.0 * l));
  p.k = 1.6630 * math::exp(-1.15 * l) - 1.7781 * math::exp(-3.4 * l) + 1.1567 * math::exp(-6.0 * l) -
        0.432115 * math::exp(-7.6 * l);
  p.cp = 4219.55556 + t * (-3.02176829 + t * (7.83325109e-2 + t * (-8.38454775e-4 + 3.5770485e-6 * t)));
  return p;
}

// Melinder (2010), Properties of Secondary Working Fluids, propylene glycol, at a mass fraction of 0.25. The
// two-variable polynomials (base 32.7083 degrees C, 0.307031) are reduced to cubics in temperature.
COLDSUN_FN CoolantProperties pg25(Real temperature) {
  const Real t = math::clamp(temperature, coolant_t_min, coolant_t_max) - constants::zero_celsius;
  CoolantProperties p;
  p.rho = 1025.81 + t * (-0.244492 + t * (-4.40142e-3 + 1.43457e-5 * t));
  p.mu = 1e-3 * math::exp(1.70748 + t * (-0.047241 + t * (3.54581e-4 - 1.29437e-6 * t)));
  p.k = 0.449553 + t * (9.17555e-4 + t * (4.14839e-11 - 6.49557e-9 * t));
  p.cp = 3872.15 + t * (2.40277 + t * (1.06612e-3 - 2.05841e-5 * t));
  return p;
}

COLDSUN_FN CoolantProperties coolant_properties(Coolant which, Real temperature) {
  return which == Coolant::water ? water(temperature) : pg25(temperature);
}

}  // namespace coldsun::thermal

// Steady cell temperature of a module: SAPM, PVsyst and Faiman. K, W/m2, m/s; formulae and names as in pvlib.
#pragma once
#include "common/math.hpp"

namespace coldsun::sky {

enum class CellModel : std::int32_t { sapm = 0, pvsyst = 1, faiman = 2 };

struct CellTemperature {
  CellModel model = CellModel::sapm;
  // SAPM, open rack, glass and polymer (King et al. 2004, SAND2004-3535, table 1)
  Real a = -3.56, b = -0.075, delta_t = 3.0;
  Real u_c = 29.0, u_v = 0.0;  // W/(m2 K), W s/(m3 K): PVsyst free-standing. Faiman (2008): 25, 6.84
  Real module_efficiency = 0.1, alpha_absorption = 0.9;  // PVsyst
};

// King, Boyson and Kratochvil (2004), SAND2004-3535, eq. 11 and 12: at 1000 W/m2 the cell is delta_t warmer than the
// back of the module.
COLDSUN_FN Real temp_cell_sapm(const CellTemperature& c, Real poa_global, Real temp_air, Real wind_speed) {
  return temp_air + poa_global * math::exp(c.a + c.b * wind_speed) + poa_global / 1000.0 * c.delta_t;
}
// PVsyst help, array thermal losses.
COLDSUN_FN Real temp_cell_pvsyst(const CellTemperature& c, Real poa_global, Real temp_air, Real wind_speed) {
  return temp_air + poa_global * c.alpha_absorption * (1.0 - c.module_efficiency) / (c.u_c + c.u_v * wind_speed);
}
// Faiman (2008), doi 10.1002/pip.813, eq. 6.
COLDSUN_FN Real temp_cell_faiman(const CellTemperature& c, Real poa_global, Real temp_air, Real wind_speed) {
  return temp_air + poa_global / (c.u_c + c.u_v * wind_speed);
}

COLDSUN_FN Real temp_cell_steady(const CellTemperature& c, Real poa_global, Real temp_air, Real wind_speed) {
  return c.model == CellModel::sapm     ? temp_cell_sapm(c, poa_global, temp_air, wind_speed)
         : c.model == CellModel::pvsyst ? temp_cell_pvsyst(c, poa_global, temp_air, wind_speed)
                                        : temp_cell_faiman(c, poa_global, temp_air, wind_speed);
}

// First-order lag with time constant tau towards a value that is constant over `length`: remaining difference at the
// end, and its mean.
struct Lag {
  Real left, mean;
};
COLDSUN_FN Lag lag(Real length, Real tau) {
  const Real x = length / tau;
  const Real left = math::exp(-x);
  // (1 - e^-x) / x cancels at small x: below 0.001 its series to x^3 is exact to 1e-14.
  const Real mean = x < 1e-3 ? 1.0 - x * (0.5 - x * (1.0 / 6.0 - x / 24.0)) : (1.0 - left) / x;
  return {left, mean};
}

}  // namespace coldsun::sky

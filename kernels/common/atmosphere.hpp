// Air of the standard atmosphere.
#pragma once
#include "common/constants.hpp"
#include "common/math.hpp"

namespace coldsun {

// Pressure [Pa] at an altitude [m] below 11 km: ISO 2533 (1975), troposphere of 288.15 K at sea level with a lapse rate
// of 6.5 K/km, in hydrostatic balance. The altitude is geopotential: with a geometric altitude, pressure is within 0.1
// % up to 5 km.
COLDSUN_FN Real standard_pressure(Real altitude) {
  constexpr Real lapse = 0.0065,
                 exponent = constants::standard_gravity / (constants::dry_air_gas * lapse);  // K/m, 5.25588
  return constants::standard_atmosphere * math::pow(1.0 - lapse / 288.15 * altitude, exponent);
}

}  // namespace coldsun

// Physical constants in SI. exact: by definition in the SI (BIPM 2019) or by the body named.
#pragma once
#include "common/space.hpp"

namespace coldsun::constants {

inline constexpr Real pi = 3.14159265358979323846;
inline constexpr Real degree = pi / 180.0;  // rad

// SI base (BIPM, SI Brochure, 9th edition 2019).
inline constexpr Real speed_of_light = 299'792'458.0;  // m/s, exact

// Conventions.
inline constexpr Real zero_celsius = 273.15;            // K, exact
inline constexpr Real standard_atmosphere = 101'325.0;  // Pa, exact (10th CGPM 1954)
inline constexpr Real standard_gravity = 9.80665;       // m/s2, exact (3rd CGPM 1901)

// Air: ICAO standard atmosphere (Doc 7488/3, 1993; ISO 2533).
inline constexpr Real dry_air_gas = 287.05287;  // J/(kg K)

// Sun and Earth.
inline constexpr Real astronomical_unit = 149'597'870'700.0;   // m, exact (IAU 2012 resolution B2)
inline constexpr Real earth_radius = 6'378'137.0;              // m, equatorial, exact (WGS 84, NGA.STND.0036 1.0.0)
inline constexpr Real earth_flattening = 1.0 / 298.257223563;  // exact (WGS 84)

}  // namespace coldsun::constants

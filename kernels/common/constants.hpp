// Physical constants in SI. exact: by definition in the SI (BIPM 2019) or by the body named.
#pragma once
#include "common/space.hpp"

namespace coldsun::constants {

inline constexpr Real pi = 3.14159265358979323846;
inline constexpr Real degree = pi / 180.0;  // rad

// SI base (BIPM, SI Brochure, 9th edition 2019) and what follows from it (CODATA 2018,
// doi 10.1103/RevModPhys.93.025010).
inline constexpr Real speed_of_light = 299'792'458.0;       // m/s, exact
inline constexpr Real boltzmann = 1.380649e-23;             // J/K, exact
inline constexpr Real elementary_charge = 1.602176634e-19;  // C, exact
inline constexpr Real planck = 6.62607015e-34;              // J s, exact
inline constexpr Real avogadro = 6.02214076e23;             // 1/mol, exact
inline constexpr Real molar_gas = boltzmann * avogadro;     // J/(mol K): 8.31446261815324, exact
inline constexpr Real stefan_boltzmann = 5.670374419e-8;    // W/(m2 K4), exact to the digits given

// Conventions.
inline constexpr Real zero_celsius = 273.15;            // K, exact
inline constexpr Real standard_atmosphere = 101'325.0;  // Pa, exact (10th CGPM 1954)
inline constexpr Real standard_gravity = 9.80665;       // m/s2, exact (3rd CGPM 1901)

// Air: ICAO standard atmosphere (Doc 7488/3, 1993; ISO 2533).
inline constexpr Real dry_air_gas = 287.05287;          // J/(kg K)
inline constexpr Real dry_air_c_p = 3.5 * dry_air_gas;  // J/(kg K): 1004.7, an ideal diatomic gas

// Sun and Earth.
inline constexpr Real astronomical_unit = 149'597'870'700.0;  // m, exact (IAU 2012 resolution B2)
inline constexpr Real solar_constant = 1361.0;     // W/m2, exact (IAU 2015 resolution B3, nominal total irradiance)
inline constexpr Real solar_radius = 6.957e8;      // m, exact (IAU 2015 resolution B3, nominal)
inline constexpr Real earth_radius = 6'378'137.0;  // m, equatorial, exact (WGS 84, NGA.STND.0036 1.0.0)
inline constexpr Real earth_flattening = 1.0 / 298.257223563;  // exact (WGS 84)
inline constexpr Real earth_mu = 3.986004418e14;               // m3/s2 (WGS 84)
inline constexpr Real earth_rotation = 7.292115e-5;            // rad/s (WGS 84)

inline constexpr Real second_per_hour = 3600.0;
inline constexpr Real second_per_day = 86'400.0;

}  // namespace coldsun::constants

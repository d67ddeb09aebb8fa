// Kernels of the sky over points, in pvlib's units (degrees, degrees C, Pa, W/m2) and with its habits: NaN stays NaN,
// night is 0.
#pragma once
#include "common/array.hpp"
#include "common/sun.hpp"
#include "sky/cell_temperature.hpp"
#include "sky/clear_sky.hpp"
#include "sky/iam.hpp"
#include "sky/transposition.hpp"

namespace coldsun::sky {

using Input = View<const Real, 2>;
using Output = View<Real, 2>;
inline constexpr Real degree = constants::degree;

// NaN where any of x is NaN, else the value; min and max of the kernels would lose it.
template <class... X>
COLDSUN_FN Real unless_nan(Real value, X... x) {
  const bool any = ((x != x) | ...);
  return any ? math::not_a_number : value;
}

// The Sun over an observer. reads 7 Real, writes 6 Real: 104 B and about 9,000 flops (260 terms of the tables at 30).
struct SunOfPoints {
  static constexpr int flops = 9000;
  Input seconds;                                                                             // UTC since 1970
  Input latitude, longitude, altitude;                                                       // degrees, degrees east, m
  Input pressure, temp_air, delta_t;                                                         // Pa, degrees C, s
  Output apparent_zenith, zenith, apparent_elevation, elevation, azimuth, equation_of_time;  // degrees; minutes
  COLDSUN_FN void operator()(int row, int i) const {
    const Time utc = nanoseconds(seconds(row, i));
    const sun::Place place = sun::place(utc, delta_t(row, i));
    const sun::Observer observer{latitude(row, i) * degree, longitude(row, i) * degree, altitude(row, i)};
    const sun::Sight s = sun::sight(place, sun::mean_sidereal_time(utc), sun::horizon(observer), pressure(row, i),
                                    temp_air(row, i) + constants::zero_celsius);
    const Real known = unless_nan(1.0, seconds(row, i));
    const Real high = sun::zenith(s.apparent) / degree * unless_nan(known, pressure(row, i), temp_air(row, i));
    const Real low = sun::zenith(s.geometric) / degree * known;
    apparent_zenith(row, i) = high;
    zenith(row, i) = low;
    apparent_elevation(row, i) = 90.0 - high;
    elevation(row, i) = 90.0 - low;
    azimuth(row, i) = sun::azimuth(s.geometric) / degree * known;
    equation_of_time(row, i) = sun::equation_of_time(utc, place) / 60.0 * known;
  }
};

// Clear sky. reads 5 Real, writes 3 Real: 64 B and about 220 flops. Without an air mass (night) all is 0.
struct ClearSkyOfPoints {
  Input apparent_zenith, airmass, linke_turbidity, altitude, dni_extra;
  Output ghi, dni, dhi;
  COLDSUN_FN void operator()(int row, int i) const {
    const Real angle = apparent_zenith(row, i), turbidity = linke_turbidity(row, i), high = altitude(row, i),
               extra = dni_extra(row, i);
    const Irradiance clear = clear_sky(math::cos(angle * degree), airmass(row, i), turbidity, high, extra);
    const bool night = airmass(row, i) != airmass(row, i);
    ghi(row, i) = unless_nan(night ? 0.0 : clear.ghi, angle, turbidity, high, extra);
    dni(row, i) = unless_nan(night ? 0.0 : clear.dni, angle, turbidity, high, extra);
    dhi(row, i) = unless_nan(night ? 0.0 : clear.dhi, angle, turbidity, high, extra);
  }
};

// Irradiance on a plane; the model is known when this is compiled, so that no loop computes the others.
// reads 10 Real, writes 5 Real: 120 B and about 300 flops. Without an air mass Perez' sky is 0.
template <Transposition model>
struct PlaneOfPoints {
  Input surface_tilt, surface_azimuth, solar_zenith, solar_azimuth;
  Input dni, ghi, dhi, dni_extra, airmass, albedo;
  Output poa_global, poa_direct, poa_diffuse, poa_sky_diffuse, poa_ground_diffuse;
  COLDSUN_FN void operator()(int row, int i) const {
    const Real angle = solar_zenith(row, i) * degree;
    Real sz, cz, sa, ca;
    math::sincos(angle, sz, cz);
    math::sincos(solar_azimuth(row, i) * degree, sa, ca);
    const bool low = model == Transposition::perez && airmass(row, i) != airmass(row, i);
    const SkyNow now{.ghi = ghi(row, i),
                     .dni = dni(row, i),
                     .dhi = dhi(row, i),
                     .dni_extra = dni_extra(row, i),
                     .zenith = angle,
                     .cos_zenith = cz,
                     .airmass = low ? 1.0 : airmass(row, i)};
    const Tilt tilt = tilt_of(surface_tilt(row, i) * degree, surface_azimuth(row, i) * degree);
    const Real incidence = cos_aoi(tilt, sz * sa, sz * ca, cz);
    const PlaneOfArray poa = transposed(model, now, tilt, incidence, albedo(row, i));
    const Real geometry = unless_nan(0.0, angle, solar_azimuth(row, i), surface_tilt(row, i), surface_azimuth(row, i));
    const Real direct = unless_nan(math::max(poa.beam, 0.0), now.dni, geometry);
    const bool shape = model != Transposition::isotropic && !low;
    const Real light = unless_nan(0.0, now.dhi, surface_tilt(row, i));
    const Real beam = unless_nan(0.0, now.dni, now.dni_extra, geometry);
    const Real sky = (low ? 0.0 : poa.sky + light) + (shape ? beam : 0.0);
    const Real all = direct + (sky + poa.ground);
    poa_global(row, i) = all;
    poa_direct(row, i) = direct;
    poa_diffuse(row, i) = sky + poa.ground;
    poa_sky_diffuse(row, i) = sky;
    poa_ground_diffuse(row, i) = poa.ground;
  }
};

// Cell temperature. reads up to 7 Real, writes 1 Real: 64 B and about 50 flops.
template <CellModel model>
struct CellOfPoints {
  Input poa_global, temp_air, wind_speed;
  Input first, second, third,
      fourth;  // SAPM: a, b, deltaT; PVsyst: u_c, u_v, module_efficiency, alpha_absorption; Faiman: u0, u1
  Output temp_cell;
  COLDSUN_FN void operator()(int row, int i) const {
    CellTemperature c;
    c.model = model;
    const bool sapm = model == CellModel::sapm;
    c.a = c.u_c = first(row, i);
    c.b = c.u_v = second(row, i);
    c.delta_t = c.module_efficiency = third(row, i);
    c.alpha_absorption = sapm ? c.alpha_absorption : fourth(row, i);
    temp_cell(row, i) = temp_cell_steady(c, poa_global(row, i), temp_air(row, i), wind_speed(row, i));
  }
};

// Incidence angle modifier. reads 5 Real, writes 1 Real: 48 B and about 150 flops.
struct IamOfPoints {
  Input aoi, refractive_index, extinction, thickness, refractive_index_ar;
  Output iam;
  COLDSUN_FN void operator()(int row, int i) const {
    const Iam glass{.refractive_index = refractive_index(row, i),
                    .extinction = extinction(row, i),
                    .thickness = thickness(row, i),
                    .refractive_index_ar = refractive_index_ar(row, i)};
    const Real value = iam_physical(glass, math::cos(aoi(row, i) * degree));
    iam(row, i) = unless_nan(value, aoi(row, i), glass.refractive_index, glass.extinction, glass.thickness,
                             glass.refractive_index_ar);
  }
};

// Relative air mass; NaN below the horizon. reads 1 Real, writes 1 Real: 16 B and about 90 flops.
struct AirmassOfPoints {
  Input zenith;
  Output airmass;
  COLDSUN_FN void operator()(int row, int i) const {
    const Real angle = zenith(row, i);
    const Real value = relative_airmass(angle * degree, math::cos(angle * degree));
    airmass(row, i) = angle <= 90.0 ? value : math::not_a_number;
  }
};

// Split of a global irradiance. reads 3 Real, writes 3 Real: 48 B and about 60 flops.
struct ErbsOfPoints {
  Input ghi, zenith, dni_extra;
  Output dni, dhi, kt;
  COLDSUN_FN void operator()(int row, int i) const {
    const Real global = ghi(row, i), extra = dni_extra(row, i), cz = math::cos(zenith(row, i) * degree);
    const Irradiance parts = erbs(global, cz, extra);
    dni(row, i) = unless_nan(parts.dni, global, cz, extra);
    dhi(row, i) = unless_nan(parts.dhi, global, cz, extra);
    kt(row, i) = unless_nan(math::clamp(global / (extra * math::max(cz, 0.065)), 0.0, 1.0), global, cz, extra);
  }
};

}  // namespace coldsun::sky

// Kernels of the orbits over (time, satellite): where a station sees each satellite, in degrees.
#pragma once
#include "common/array.hpp"
#include "orbit/propagate.hpp"

namespace coldsun::orbit {

// One satellite at one time from one station. reads 264 B of coefficients (shared by all rows), writes 32 B; about 760 flops.
// NaN where the satellite cannot be propagated.
struct LookAtCatalogue {
  static constexpr int flops = 760;
  CatalogueView catalogue;
  Station station;
  View<const Time, 1> time;
  View<const Real, 1> sidereal;                                   // (time) angle of the Earth [rad]
  View<Real, 2> azimuth, elevation, slant_range, range_rate;  // (time, satellite) degrees, degrees, m, m/s
  COLDSUN_FN void operator()(int row, int s) const {
    const Real minutes = real_of_time(time(row) - catalogue.epoch(s)) * 1e-9 * (1.0 / 60.0);
    const Sgp4Result x = sgp4_propagate(load_coefficients(catalogue.coefficient, s), minutes);
    Real st, ct;
    math::sincos(sidereal(row), st, ct);
    const Look l = look(station, teme_to_pef(x.teme, st, ct));
    const Real known = x.error == 0 && catalogue.error(s) == 0 ? 1.0 : math::not_a_number;
    azimuth(row, s) = l.azimuth / constants::degree * known;
    elevation(row, s) = l.elevation / constants::degree * known;
    slant_range(row, s) = l.slant_range * known;
    range_rate(row, s) = l.range_rate * known;
  }
};

}  // namespace coldsun::orbit

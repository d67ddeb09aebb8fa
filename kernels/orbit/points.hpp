// Kernel of the orbits over satellites and times: where a station sees each satellite.
#pragma once
#include "common/array.hpp"
#include "orbit/propagate.hpp"

namespace coldsun::orbit {

// A state as a station sees it, degrees. Rows and columns as the states have them: time is one of the two. Reads 52 B,
// writes 32 B; about 200 flops, and two arc tangents that keep it from vectors: a pass of its own. NaN where the
// satellite cannot be propagated.
struct LookAtStates {
  Station station;
  bool time_last;
  View<const Real, 1> sine, cosine;                           // (time) of the Earth's angle
  View<const Real, 3> r_teme, v_teme;                         // (component, row, column)
  View<const std::int32_t, 2> error;                          // (row, column)
  View<Real, 2> azimuth, elevation, slant_range, range_rate;  // (row, column) degrees, degrees, m, m/s
  COLDSUN_FN void operator()(int row, int i) const {
    const PosVel teme{{r_teme(0, row, i), r_teme(1, row, i), r_teme(2, row, i)},
                      {v_teme(0, row, i), v_teme(1, row, i), v_teme(2, row, i)}};
    const int k = time_last ? i : row;
    const Look l = look(station, teme_to_pef(teme, sine(k), cosine(k)));
    const Real known = error(row, i) == 0 ? 1.0 : math::not_a_number;
    azimuth(row, i) = l.azimuth / constants::degree * known;
    elevation(row, i) = l.elevation / constants::degree * known;
    slant_range(row, i) = l.slant_range * known;
    range_rate(row, i) = l.range_rate * known;
  }
};

}  // namespace coldsun::orbit

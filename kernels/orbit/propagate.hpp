// States and looks of a catalogue at given times: the loops around SGP4 for whole tables.
#pragma once
#include "common/loops.hpp"
#include "orbit/elements.hpp"
#include "orbit/frames.hpp"

namespace coldsun::orbit {

// One satellite at one time. Reads 264 B of coefficients (shared by all rows); writes 52 B; about 560 flops.
struct Propagate {
  CatalogueView catalogue;
  View<const Time, 1> time;      // (time)
  View<Real, 3> r_teme, v_teme;  // (component, time, satellite) [m], [m/s]
  View<std::int32_t, 2> error;   // (time, satellite) Sgp4Error
  COLDSUN_FN void operator()(int row, int s) const {
    const Real minutes = seconds(time(row) - catalogue.epoch(s)) * (1.0 / 60.0);
    const Sgp4Result x = sgp4_propagate(load_coefficients(catalogue.coefficient, s), minutes);
    r_teme(0, row, s) = x.teme.r.x, r_teme(1, row, s) = x.teme.r.y, r_teme(2, row, s) = x.teme.r.z;
    v_teme(0, row, s) = x.teme.v.x, v_teme(1, row, s) = x.teme.v.y, v_teme(2, row, s) = x.teme.v.z;
    error(row, s) = catalogue.error(s) != 0 ? catalogue.error(s) : x.error;
  }
};

template <class Space>
void propagate(Space space, const CatalogueView& catalogue, View<const Time, 1> time, View<Real, 3> r_teme, View<Real, 3> v_teme,
               View<std::int32_t, 2> error) {
  for_rows(space, time.extent[0], catalogue.n_satellite, Propagate{catalogue, time, r_teme, v_teme, error});
}

}  // namespace coldsun::orbit

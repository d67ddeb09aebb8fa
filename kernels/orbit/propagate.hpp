// States and looks of a catalogue at given times: the loops around SGP4 for whole tables.
#pragma once
#include "common/loops.hpp"
#include "common/math.hpp"
#include "orbit/elements.hpp"
#include "orbit/frames.hpp"

namespace coldsun::orbit {

// static_cast<Real>(t), the same bits, in operations that every SIMD unit has: AVX2 cannot convert a 64-bit integer,
// and one such conversion keeps a whole loop scalar. The upper half, its sign bit turned, is written into the digits of
// 2^84, the lower half into those of 2^52; both are exact, so that the last sum alone rounds.
COLDSUN_FN constexpr Real real_of_time(Time t) {
  const std::uint64_t u = static_cast<std::uint64_t>(t);
  const Real upper = math::real_of(u >> 32 ^ 0x4530000080000000);           // 2^84 + 2^63 + 2^32 * (t's upper half)
  const Real lower = math::real_of((u & 0xffffffff) | 0x4330000000000000);  // 2^52 + t's lower half
  return (upper - (0x1p84 + 0x1p63 + 0x1p52)) + lower;
}

// One satellite at one time. Reads 264 B of coefficients (shared by all rows) and 8 B; writes 52 B; about 560 flops.
struct Propagate {
  CatalogueView catalogue;
  View<const Time, 1> time;      // (time)
  View<Real, 3> r_teme, v_teme;  // (component, time, satellite) [m], [m/s]
  View<std::int32_t, 2> error;   // (time, satellite) Sgp4Error
  COLDSUN_FN void operator()(int row, int s) const { put(row, s, row, s); }
  // Satellite s at time k, written at (row, column).
  COLDSUN_FN void put(int row, int column, int k, int s) const {
    const Real minutes = real_of_time(time(k) - catalogue.epoch(s)) * 1e-9 * (1.0 / 60.0);
    const Sgp4Result x = sgp4_propagate(load_coefficients(catalogue.coefficient, s), minutes);
    r_teme(0, row, column) = x.teme.r.x;
    r_teme(1, row, column) = x.teme.r.y;
    r_teme(2, row, column) = x.teme.r.z;
    v_teme(0, row, column) = x.teme.v.x;
    v_teme(1, row, column) = x.teme.v.y;
    v_teme(2, row, column) = x.teme.v.z;
    error(row, column) = catalogue.error(s) != 0 ? catalogue.error(s) : x.error;
  }
};

// The same with time as the last index, for few satellites at many times: r_teme, v_teme (component, satellite, time),
// error (satellite, time).
struct PropagateAlongTime : Propagate {
  COLDSUN_FN void operator()(int s, int k) const { put(s, k, k, s); }
};

template <class Space>
void propagate(Space space, const CatalogueView& catalogue, View<const Time, 1> time, View<Real, 3> r_teme,
               View<Real, 3> v_teme, View<std::int32_t, 2> error) {
  for_rows(space, time.extent[0], catalogue.n_satellite(), Propagate{catalogue, time, r_teme, v_teme, error});
}

}  // namespace coldsun::orbit

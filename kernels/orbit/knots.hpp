// Knots of deep-space satellites: the resonance of SDP4 integrated from each epoch over a span, every 720 min.
#pragma once
#include <algorithm>

#include "common/loops.hpp"
#include "orbit/elements.hpp"

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
COLDSUN_FN constexpr Real minutes_between(Time epoch, Time t) { return real_of_time(t - epoch) * 1e-9 * (1.0 / 60.0); }

// Of the columns [begin, begin + n) of a catalogue's deep-space satellites.
// clang-format off
#define COLDSUN_ORBIT_KNOTS(F) \
  F(std::int32_t, first, "1", "deep",                parameter, MakeKnots, "number of the first knot: times 720 min after the epoch") \
  F(Real,         knot,  "1", "deep knot knot_term", parameter, MakeKnots, "Sdp4Knot: longitude, rate and the two rates of the mean motion")
// clang-format on
struct Knots {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_KNOTS)
  int begin = 0;
};
struct KnotsView {
  COLDSUN_ORBIT_KNOTS(COLDSUN_FIELD_READ)
  int begin = 0;
  KnotsView() = default;
  KnotsView(const Knots& s)
      : begin(s.begin){COLDSUN_ORBIT_KNOTS(COLDSUN_FIELD_TAKE)}

        // State of column j at t [min] after its epoch, a time of the knots' span. One line of 32 B is gathered.
        COLDSUN_FN Sgp4Result state(const Sdp4Coefficients& c, int j, Real t) const {
    const int i = j - begin, k = sdp4::knot_of(t) - first(i), last = knot.extent[1] - 1,
              at = k < 0 ? 0 : (k > last ? last : k);
    const Sdp4Knot near{knot(i, at, 0), knot(i, at, 1), knot(i, at, 2), knot(i, at, 3)};
    return sdp4_propagate(c, near, t, t - sdp4::knot_step * static_cast<Real>(first(i) + at));
  }
};

// How many knots cover a span, wherever the epoch lies.
inline int knots_between(Time start, Time stop) {
  return static_cast<int>((static_cast<Real>(stop) - static_cast<Real>(start)) * 1e-9 / (60.0 * sdp4::knot_step)) + 2;
}

// One satellite's knots in order away from the epoch, so that a knot's bits do not depend on the span: about 150 flops
// a knot, 520 with resonance of half a day; writes 32 B.
struct MakeKnots {
  static constexpr int flops = 2000;
  CatalogueView catalogue;
  View<std::int32_t, 1> first;
  View<Real, 3> knot;
  int begin;
  Time start;
  COLDSUN_FN void put(const Sdp4Resonance& r, int i, int at, sdp4::OnGrid& g) const {
    sdp4::move_to(r, first(i) + at, g);
    const Sdp4Knot k = sdp4::knot_at(r, g);
    knot(i, at, 0) = k.longitude, knot(i, at, 1) = k.rate, knot(i, at, 2) = k.ndot, knot(i, at, 3) = k.nddot;
  }
  COLDSUN_FN void operator()(int i) const {
    const Sdp4Resonance r = load_resonance(catalogue.resonance, begin + i);
    const int n = knot.extent[1];
    first(i) = sdp4::knot_of(minutes_between(catalogue.epoch(catalogue.deep(begin + i)), start));
    const int zero = first(i) < 0 ? (-first(i) < n ? -first(i) : n) : 0;  // the first place at or after the epoch
    sdp4::OnGrid g{r.angle, r.no, 0};
    for (int at = zero; at < n; ++at) put(r, i, at, g);
    for (int at = zero - 1; at >= 0; --at) put(r, i, at, g);
  }
};

// Of `n` columns from `begin`, good for [start, stop].
template <class Space>
Knots make_knots(Space space, const Catalogue& c, Time start, Time stop, int begin, int n) {
  Knots knots;
  const Time from = start - 60 * ns_per_s, to = stop + 60 * ns_per_s;  // times that round beyond an end
  const int length = n == 0 ? 0 : knots_between(from, to);
  allocate_fields(knots, c.epoch.device(), {{"deep", n}, {"knot", length}, {"knot_term", n_knot_term}});
  knots.begin = begin;
  for_each(space, n, MakeKnots{c, knots.first, knots.knot, begin, from});
  return knots;
}
template <class Space>
Knots make_knots(Space space, const Catalogue& c, Time start, Time stop) {
  return make_knots(space, c, start, stop, 0, c.n_deep());
}

}  // namespace coldsun::orbit

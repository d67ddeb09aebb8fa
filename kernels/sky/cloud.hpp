// Clouds: the clear-sky index as a random function of time with random access, on knots one second apart, linear
// between. A knot is a pure function of (seed, member, site, second), without recursion, so any instant of any member
// can be computed alone.
//   cover: from a normal R (three octaves of value noise, 2.3 h to 36 h) and u = Phi(R). Clear below clear_fraction,
//     overcast above 1 - overcast_fraction; between them the cover c rises from 0 to 1. Shares of time are exactly the
//     site's.
//   index: from a normal z (twelve octaves, 2 s to 68 min). The Sun is behind cloud where z exceeds its (1 - c)
//     quantile; the excess is the depth into the cloud. The index falls from the edge to kc_thick. Near edges broken
//     clouds add light by reflection from their sides.
// An octave is value noise: independent normals on a grid of its own, interpolated and scaled to variance 1 everywhere.
#pragma once
#include <cmath>

#include "common/interp.hpp"
#include "common/math.hpp"
#include "common/philox.hpp"
#include "common/sun.hpp"

namespace coldsun::sky {

inline constexpr int n_octave = 12, n_regime = 3, n_cover = 33;
inline constexpr int cover_shift = 6;                              // cover has knots 64 s apart
inline constexpr std::uint32_t draw_regime = 16, draw_dust = 200;  // octaves draw 0 to 11

// Parameters of a site's clouds; months from January.
struct Cloudiness {
  Real clear_fraction[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};  // share of time without any cloud
  Real overcast_fraction[12] = {};                                 // share of time with overcast sky
  Real kc_thick = 0.35;                                            // clear-sky index under the thickest clouds
  Real kc_max = 1.25;  // cap of cloud enhancement: about 1.25 at sea level, 1.4 at altitude
};

// Precomputed cloud law of a System.
struct CloudLaw {
  Real clear_fraction[12], overcast_fraction[12];
  Real kc_thick, kc_max;
  Real mean_index[n_cover], mean_beam[n_cover];  // means at cover k / (n_cover - 1)
};
CloudLaw make_cloud_law(const Cloudiness&);  // throws std::invalid_argument; host only
// lowest cover with this mean index; host only
Real cover_of_index(const CloudLaw&, Real clearsky_index);
Real cover_of_beam(
    // lowest cover with this mean beam transmission; host only
    const CloudLaw&, Real transmission);

// Beam relative to the clear sky's as a function of the clear-sky index, as in the SARAH records: Mueller et al.
// (2015), doi 10.3390/rs70608067, after Skartveit, Olseth and Tuft (1998). Zero below an index of 0.275, 1 from an
// index of 1. A year at a desert station agrees to 0.05 (README).
COLDSUN_FN Real beam_transmission(Real index) {
  const Real x = math::clamp(index - 0.38 * (1.0 - index), 0.0, 1.0);
  return x * x * std::sqrt(x);
}

// Clear-sky index at a normal z under a cover in (0, 1]. Widths are in standard deviations of z, fitted to 1-s and
// 1-min ramps of 50 pyranometers (README): 3/4 of the loss within 0.25 of the edge, the rest within 2. Enhancement is
// within 0.4 on both sides, largest at half cover.
COLDSUN_FN Real index_at(Real z, Real cover, Real kc_thick, Real kc_max) {
  const Real c = math::min(cover, 0.999);
  const Real depth = z - math::normal_quantile(1.0 - c);
  const Real inside = math::max(depth, 0.0);
  const Real passed = 0.75 * math::exp(-inside / 0.25) + 0.25 * math::exp(-inside / 2.0);
  const Real edge = (kc_max - 1.0) * 4.0 * c * (1.0 - c) * math::exp(-std::fabs(depth) / 0.4);
  return math::min(kc_thick + (1.0 - kc_thick) * passed + edge, kc_max);
}

// Octave o has knots 2^(o + 1) s apart. Standard deviation (T / 512 s)^0.7 up to 512 s and 512 s / T above, normalised
// to a sum of squares of 1: gives decorrelation in 2 to 3 min and the ramps of broken clouds.
COLDSUN_FN Real octave_amplitude(int o) {
  static constexpr Real amplitude[n_octave] = {0.014810048977808779, 0.024058995544756791, 0.039083953570305391,
                                               0.063492069893112818, 0.10314317184059693,  0.16755657699061571,
                                               0.27219646237175138,  0.44218445768228987,  0.71833077076784468,
                                               0.35916538538392234,  0.17958269269196117,  0.089791346345980586};
  return amplitude[o];
}
COLDSUN_FN Real noise_between(Real left, Real right, Real t) {
  const Real s = 1.0 - t;
  return (s * left + t * right) / std::sqrt(s * s + t * t);
}

struct CloudKnot {
  Real index, beam;  // clear-sky index; beam over its clear-sky value
};

// Evaluates knots of one member and site. Caches the grid values around the last second, so that neighbouring seconds
// are cheap.
struct CloudField {
  const CloudLaw* law;
  Chance chance;
  std::int64_t cell[n_octave], cover_cell;
  Real left[n_octave], right[n_octave], cover_left, cover_right;

  COLDSUN_FN CloudField(const CloudLaw& l, const Chance& c)
      : law(&l), chance(c), cover_cell(-2), cover_left(0), cover_right(0) {
    for (int o = 0; o < n_octave; ++o) cell[o] = -2, left[o] = right[o] = 0.0;
  }
  COLDSUN_FN Real normal(std::int64_t second, std::uint32_t draw) const {
    return chance.normal(static_cast<std::uint32_t>(second), draw);
  }

  // Cover at second cell * 64 from the site's shares of time.
  COLDSUN_FN Real drawn_cover(std::int64_t at) const {
    const std::int64_t second = at << cover_shift;
    Real r = 0.0;
    for (int k = 0; k < n_regime; ++k) {  // 8192, 32768, 131072 s
      const int shift = 13 + 2 * k;
      const std::int64_t first = second >> shift;
      const Real t = static_cast<Real>(second - (first << shift)) / static_cast<Real>(std::int64_t{1} << shift);
      const std::uint32_t draw = draw_regime + static_cast<std::uint32_t>(k);
      r += noise_between(normal(first << shift, draw), normal((first + 1) << shift, draw), t);
    }
    const Real u = 0.5 * std::erfc(-r * 0.40824829046386302);  // Phi(r / sqrt(3)): 1 / sqrt(6)
    const int month = date_of(second * ns_per_s).month - 1;
    const Real clear = law->clear_fraction[month], overcast = law->overcast_fraction[month];
    return math::clamp((u - clear) / math::max(1.0 - clear - overcast, 1e-9), 0.0, 1.0);
  }
  COLDSUN_FN Real own_cover(std::int64_t second) {
    const std::int64_t at = second >> cover_shift;
    if (at != cover_cell) {
      cover_left = at == cover_cell + 1 ? cover_right : drawn_cover(at);
      cover_right = drawn_cover(at + 1);
      cover_cell = at;
    }
    return lerp(cover_left, cover_right, static_cast<Real>(second - (at << cover_shift)) * (1.0 / (1 << cover_shift)));
  }
  COLDSUN_FN Real noise(std::int64_t second) {
    Real z = 0.0;
    for (int o = 0; o < n_octave; ++o) {
      const int shift = o + 1;
      const std::int64_t at = second >> shift;
      const std::uint32_t draw = static_cast<std::uint32_t>(o);
      if (at != cell[o]) {
        left[o] = at == cell[o] + 1 ? right[o] : normal(at << shift, draw);
        right[o] = normal((at + 1) << shift, draw);
        cell[o] = at;
      }
      const Real t = static_cast<Real>(second - (at << shift)) / static_cast<Real>(std::int64_t{1} << shift);
      z += octave_amplitude(o) * noise_between(left[o], right[o], t);
    }
    return z;
  }
  // The knot at a second. given < 0: cover of the site; else that cover.
  COLDSUN_FN CloudKnot knot(std::int64_t second, Real given) {
    const Real c = given < 0.0 ? own_cover(second) : given;
    if (c <= 0.0) return {1.0, 1.0};
    const Real index = index_at(noise(second), c, law->kc_thick, law->kc_max);
    return {index, beam_transmission(index)};
  }
};

// Exact mean of the piecewise linear function over [start, stop], start < stop: the means of parts add up to the mean
// of the whole.
template <class Cover>
COLDSUN_FN CloudKnot cloud_mean(CloudField& field, const Cover& cover, Time start, Time stop) {
  const std::int64_t first = floor_div(start, ns_per_s), last = floor_div(stop - 1, ns_per_s);
  CloudKnot a = field.knot(first, cover(first)), sum = {0.0, 0.0};
  for (std::int64_t s = first; s <= last; ++s) {
    const CloudKnot b = field.knot(s + 1, cover(s + 1));
    const Time origin = s * ns_per_s;
    const Time from = s == first ? start - origin : 0, to = s == last ? stop - origin : ns_per_s;
    const Real width = seconds(to - from), middle = 0.5 * seconds(from + to);
    sum.index += width * lerp(a.index, b.index, middle);
    sum.beam += width * lerp(a.beam, b.beam, middle);
    a = b;
  }
  const Real inverse = 1.0 / seconds(stop - start);
  return {sum.index * inverse, sum.beam * inverse};
}

}  // namespace coldsun::sky

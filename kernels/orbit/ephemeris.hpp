// Where the satellites of a catalogue stand over the turning Earth, for searches that ask time by time.
#pragma once
#include "orbit/frames.hpp"
#include "orbit/knots.hpp"

namespace coldsun::orbit {

// Everything needed to place a satellite over the turning Earth at x seconds after the start of the span.
struct Ephemeris {
  CatalogueView catalogue;
  Time start = 0;
  EarthAngle angle;
  View<const Real, 1> minutes;  // (satellite) from the epoch to the start of the span
  KnotsView knots;              // of all deep-space satellites over the span

  COLDSUN_FN Sgp4Result state(const Sgp4Coefficients& c, int, Real t) const { return sgp4_propagate(c, t); }
  COLDSUN_FN Sgp4Result state(const Sdp4Coefficients& c, int s, Real t) const {
    return knots.state(c, catalogue.deep_column(s), t);
  }
  template <class Coefficients>
  COLDSUN_FN Coefficients load(int s) const {
    if constexpr (std::is_same_v<Coefficients, Sgp4Coefficients>) return load_coefficients(catalogue.coefficient, s);
    else return load_deep(catalogue.deep_coefficient, catalogue.deep_column(s));
  }
  // Satellite s with its coefficients c. One that cannot be propagated, or is decayed for good, is put at the centre of
  // the Earth: below everybody's horizon.
  template <class Coefficients>
  COLDSUN_FN PosVel pef(const Coefficients& c, int s, Real x, Real sin_theta, Real cos_theta) const {
    const Real t = minutes(s) + x * (1.0 / 60.0);
    const Sgp4Result at = state(c, s, t);
    const PosVel p = teme_to_pef(at.teme, sin_theta, cos_theta);
    const bool ok = static_cast<Real>(at.error) + (t <= catalogue.until(s) ? 0.0 : 1.0) ==
                    0.0;  // one condition, which lanes can hold
    return {{ok ? p.r.x : 0.0, ok ? p.r.y : 0.0, ok ? p.r.z : 0.0},
            {ok ? p.v.x : 0.0, ok ? p.v.y : 0.0, ok ? p.v.z : 0.0}};
  }
  template <class Coefficients>
  COLDSUN_FN PosVel pef_as(int s, Real x, Real sin_theta, Real cos_theta) const {
    return pef(load<Coefficients>(s), s, x, sin_theta, cos_theta);
  }
  // Near or deep: for threads of their own, since lanes would branch.
  COLDSUN_FN PosVel pef(int s, Real x, Real sin_theta, Real cos_theta) const {
    return catalogue.deep_column(s) < 0 ? pef_as<Sgp4Coefficients>(s, x, sin_theta, cos_theta)
                                        : pef_as<Sdp4Coefficients>(s, x, sin_theta, cos_theta);
  }
};

// Minutes as numbers of their own: 64-bit integers become doubles one by one on processors without AVX-512.
inline Array<Real, 1> minutes_from_epoch(const Catalogue& c, Time start) {
  Array<Real, 1> minutes(c.epoch.device(), {c.n_satellite()});
  for (int s = 0; s < c.n_satellite(); ++s) minutes(s) = seconds(start - c.epoch(s)) * (1.0 / 60.0);
  return minutes;
}
inline Ephemeris make_ephemeris(const Catalogue& c, const Array<Real, 1>& minutes, const Knots& knots, Time start,
                                Real dut1) {
  return {c, start, earth_angle(start, dut1), minutes, knots};
}

}  // namespace coldsun::orbit

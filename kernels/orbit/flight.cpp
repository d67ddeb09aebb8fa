// Faults of element sets, the set nearest in time, and where SGP4 ends. Host only.
#include "orbit/flight.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "orbit/text.hpp"

namespace coldsun::orbit {
namespace {

std::string number(const char* format, Real x) {
  char text[64];
  std::snprintf(text, sizeof text, format, x);
  return text;
}
std::string date(Time t) {
  const Date d = date_of(t);
  const int minute = static_cast<int>((t - midnight(d)) / (60 * ns_per_s));
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d UTC", d.year, d.month, d.day, minute / 60, minute % 60);
  return text;
}
std::string text_of(std::int32_t error) {
  switch (static_cast<Sgp4Error>(error)) {
    case Sgp4Error::eccentricity:
      return "code 1, eccentricity out of range";
    case Sgp4Error::mean_motion:
      return "code 2, mean motion not positive";
    case Sgp4Error::perturbed_eccentricity:
      return "code 3, perturbed eccentricity out of range";
    case Sgp4Error::semi_latus_rectum:
      return "code 4, orbit no ellipse";
    case Sgp4Error::decayed:
      return "code 6, decayed";
    default:
      return "code " + std::to_string(error);
  }
}

// One set's theory, near Earth or deep space, time by time.
struct Theory {
  Sgp4Coefficients near;  // of deep space no more than mean motion and axis
  Sdp4Coefficients deep;
  Sdp4Resonance resonance;
  sdp4::OnGrid grid{};
  Sgp4Error error;
  bool is_deep;

  explicit Theory(const MeanElements& m) : error(sgp4_init(m, near)), is_deep(error == Sgp4Error::deep_space) {
    if (is_deep) error = sdp4_init(m, deep, resonance), grid = {resonance.angle, resonance.no, 0};
  }
  Sdp4Knot knot(Real t) {
    sdp4::move_to(resonance, sdp4::knot_of(t), grid);
    return sdp4::knot_at(resonance, grid);
  }
  Sgp4Result at(Real t) {
    return is_deep ? sdp4_propagate(deep, knot(t), t, t - sdp4::knot_step * grid.k) : sgp4_propagate(near, t);
  }
  sgp4::Mean mean(Real t) {
    return is_deep ? sdp4::secular(deep, knot(t), t, t - sdp4::knot_step * grid.k).mean : sgp4::secular(near, t);
  }
  // Error of the state at t [min from the epoch]; numbers that are not finite count as code 4.
  std::int32_t error_at(Real t) {
    const Sgp4Result s = at(t);
    if (s.error != 0) return s.error;
    return std::isfinite(dot(s.teme.r, s.teme.r)) ? 0 : static_cast<std::int32_t>(Sgp4Error::semi_latus_rectum);
  }
};

// First time on the way from the epoch to `end` [min, negative: before it] at which SGP4 gives an error; without one:
// error 0. The mean perigee is followed in steps that drag, Sun and Moon can change by one or two per cent. Only where
// it is below 1.006 Earth radii (38 km; the periodic terms of J2 and J3 move it by 20 km at most), less what the
// periodic pull of Sun and Moon takes off, states are computed, 48 per revolution, evenly along the ellipse, and the
// first error is refined to 0.06 s.
struct End {
  Real at = 0;
  std::int32_t error = 0;
};
struct Way {
  Theory& theory;
  int left = 60'000;  // states on the way: 80 days below 38 km; then one per step

  Real step(Real t) const {
    const Sgp4Coefficients& c = theory.near;
    const Sdp4Coefficients& d = theory.deep;
    const Real shrink =
        theory.is_deep ? std::fabs(d.cc1) : std::fabs(c.cc1 + t * (2.0 * c.d2 + t * (3.0 * c.d3 + t * 4.0 * c.d4)));
    const Real round = theory.is_deep ? std::fabs(d.cc4) + std::fabs(d.edot) : std::fabs(c.cc4);
    return math::clamp(0.01 / math::max(shrink, round + 1e-12), 1e-2, 1440.0);
  }
  bool low(Real t) const {
    const sgp4::Mean m = theory.mean(t);
    const auto swing = [](const Sdp4Pull& p) { return 0.25 * std::hypot(p.e2, p.e3); };
    const Real pulled = theory.is_deep ? swing(theory.deep.sun) + swing(theory.deep.moon) : 0.0;
    return !(m.error == 0.0 && m.am * (1.0 - m.em - pulled) > 1.006);
  }
  // A 48th of a revolution; of a deep-space orbit as seen from the middle of the ellipse.
  Real stride(Real t) const {
    const Real even = two_pi / theory.near.no / 48.0;
    if (!theory.is_deep) return even;
    const Vector3 r = theory.at(t).teme.r;
    return even * math::clamp(std::sqrt(dot(r, r)) / (1e3 * sgp4::radius * theory.near.ao), 0.02, 2.0);
  }
  // Of a long ellipse: where the satellite comes closest between two times; b where it does not.
  Real perigee(Real a, Real b) const {
    const auto falls = [&](Real t) {
      const PosVel s = theory.at(t).teme;
      return dot(s.r, s.v) * (b - a) < 0;
    };
    if (!theory.is_deep || !falls(a) || falls(b)) return b;
    Real lo = a, hi = b;
    while (std::fabs(hi - lo) > 1e-3) {
      const Real middle = 0.5 * (lo + hi);
      (falls(middle) ? lo : hi) = middle;
    }
    return hi;
  }
  End between(Real from, Real to) {
    const Real sign = to < from ? -1.0 : 1.0;
    for (Real a = from; a != to; --left) {
      const Real fine = stride(a), b = std::fabs(to - a) <= fine || left <= 0 ? to : a + sign * fine;
      const Real low_point = perigee(a, b);
      std::int32_t error = theory.error_at(low_point);
      const bool there = error != 0;
      if (!there) error = theory.error_at(b);
      if (error != 0) {
        Real good = a, bad = there ? low_point : b;
        while (std::fabs(bad - good) > 1e-3) {
          const Real middle = 0.5 * (good + bad);
          if (const std::int32_t e = theory.error_at(middle); e != 0) bad = middle, error = e;
          else good = middle;
        }
        return {good, error};
      }
      a = b;
    }
    return {};
  }
  End walk(Real end) {
    const Real sign = end < 0 ? -1.0 : 1.0;
    bool was_low = low(0.0);
    Real t = 0;
    for (int n = 0; t != end && n < 1'000'000; ++n) {
      const Real h = step(t), next = std::fabs(end - t) <= h ? end : t + sign * h;
      const bool is_low = low(next);
      if (was_low || is_low)
        if (const End e = between(t, next); e.error != 0) return e;
      t = next, was_low = is_low;
    }
    return {};
  }
};

// Of several sets of one satellite the nearest in time. Number 0 is no number: such sets are told apart by their names.
std::vector<int> nearest_sets(std::span<const ElementSet> sets, const std::vector<int>& list, Time middle) {
  std::map<std::pair<std::int64_t, std::string>, int> best;
  const auto far = [&](int i) { return std::llabs(sets[static_cast<std::size_t>(i)].mean.epoch - middle); };
  for (const int i : list) {
    const ElementSet& s = sets[static_cast<std::size_t>(i)];
    const auto [it, fresh] =
        best.emplace(std::pair(s.norad_cat_id, s.norad_cat_id == 0 ? s.object_name : std::string()), i);
    if (!fresh && far(i) < far(it->second)) it->second = i;
  }
  std::vector<int> kept;
  for (const auto& [key, i] : best) kept.push_back(i);
  std::sort(kept.begin(), kept.end());
  return kept;
}

Remark about(const ElementSet& s, const char* reason, std::string detail, bool used) {
  return {s.file, s.line, name_of(s), reason, std::move(detail), used};
}

}  // namespace

std::string name_of(const ElementSet& s) {
  if (s.norad_cat_id < 0) return s.object_name.empty() ? "a satellite" : s.object_name;
  const std::string id = std::to_string(s.norad_cat_id);
  return s.object_name.empty() ? "satellite " + id : s.object_name + " (" + id + ")";
}

std::string wrong_theory(std::string_view type) {
  return "ephemeris type " + text::quoted(type) + (type == "4" ? " (SGP4-XP)" : "") +
         " needs another theory than SGP4; accepted: 0 or 2.";
}

Remark flight_fault(const ElementSet& s) {
  const MeanElements& m = s.mean;
  const auto fault = [&](const char* reason, std::string detail) { return about(s, reason, std::move(detail), false); };
  constexpr Real degrees = 180.0 / pi;
  if (!(m.inclination >= 0 && m.inclination <= pi * (1 + 1e-12)))
    return fault("the inclination is not between 0 and 180 deg", number("%g deg", m.inclination * degrees));
  for (const Real angle : {m.ra_of_asc_node, m.arg_of_pericenter, m.mean_anomaly})
    if (!(std::fabs(angle) <= two_pi * (1 + 1e-12)))
      return fault("an angle is not between -360 and 360 deg", number("%g deg", angle * degrees));
  if (!(m.epoch >= text::midnight(1957, 1, 1) && m.epoch < text::midnight(2200, 1, 1)))
    return fault("the epoch is not between 1957 and 2199", date(m.epoch));
  if (!(m.eccentricity >= 0 && m.eccentricity < 1))
    return fault("the eccentricity is not at least 0 and below 1", number("%g", m.eccentricity));
  if (!(m.mean_motion > 0 && std::isfinite(m.mean_motion))) return fault("the mean motion is not positive", "");
  Theory theory(m);
  const Real perigee = (theory.near.ao * (1.0 - m.eccentricity) - 1.0) * sgp4::radius;
  if (!(perigee >= 0)) return fault("the perigee is under the ground", number("by %.0f km", -perigee));
  if (theory.error != Sgp4Error::none)
    return fault("SGP4 refuses it", text_of(static_cast<std::int32_t>(theory.error)));
  if (const std::int32_t e = theory.error_at(0.0); e != 0)
    return fault("SGP4 cannot propagate it at its own epoch", text_of(e));
  return {};
}

Fleet make_fleet(std::span<const ElementSet> sets, std::span<const std::vector<int>> list, Time start, Time stop,
                 Device device) {
  Fleet f;
  const Time middle = start + (stop - start) / 2;
  std::vector<std::vector<int>> kept;
  std::vector<char> listed(sets.size()), used(sets.size());
  for (const std::vector<int>& l : list) {
    kept.push_back(nearest_sets(sets, l, middle));
    for (const int i : l) listed[static_cast<std::size_t>(i)] = 1;
    for (const int i : kept.back()) used[static_cast<std::size_t>(i)] = 1;
  }
  std::vector<ElementSet> chosen;
  std::vector<int> at(sets.size(), -1);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (used[i])
      at[i] = static_cast<int>(f.set.size()), f.set.push_back(static_cast<int>(i)), chosen.push_back(sets[i]);
    else if (listed[i])
      f.remark.push_back(about(sets[i], "another set of the satellite is nearer to the run",
                               "epoch " + date(sets[i].mean.epoch), false));
  }
  f.seen.assign(list.size() * chosen.size(), 0);
  for (std::size_t b = 0; b < list.size(); ++b)
    for (const int i : kept[b])
      f.seen[b * chosen.size() + static_cast<std::size_t>(at[static_cast<std::size_t>(i)])] = 1;
  f.catalogue = make_catalogue(chosen, device);
  for (std::size_t s = 0; s < chosen.size(); ++s) {
    const int k = static_cast<int>(s);
    const ElementSet& e = chosen[s];
    if (f.catalogue.error(k) != 0 || e.line == 0) continue;  // named by the reader; generated without drag
    Theory theory(e.mean);
    const Real first = seconds(start - e.mean.epoch) / 60.0, last = seconds(stop - e.mean.epoch) / 60.0;
    if (first < 0)
      if (const End end = Way{theory}.walk(first); end.error != 0) {
        f.remark.push_back(
            about(e, "SGP4 does not reach back from its epoch to the run: no contacts", text_of(end.error), false));
        f.catalogue.until(k) = -math::infinity;
        continue;
      }
    const End end = last > 0 ? Way{theory}.walk(last) : End{};
    if (end.error != 0) {
      f.catalogue.until(k) = end.at;
      const bool before = end.at <= first;
      f.remark.push_back(about(
          e, before ? "SGP4 ends before the run: no contacts" : "SGP4 ends during the run: no contacts from then on",
          text_of(end.error) + " on " + date(e.mean.epoch + nanoseconds(60.0 * end.at)), !before));
      if (before) continue;
    }
    constexpr Real stale =
        7.0;  // days: beyond, the median along-track error of element sets of low orbits exceeds 10 s
    if (const Real age = std::fabs(seconds(middle - e.mean.epoch)) / 86400.0; age > stale)
      f.remark.push_back(about(e, "element sets more than 7 days from the run: passes may be off by a minute and more",
                               number("%.0f days", age), true));
  }
  return f;
}

}  // namespace coldsun::orbit

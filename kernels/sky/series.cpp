// Fills the weather table from a series. Interval means become a course of clear-sky indices that keeps each interval's
// ghi, dni and dhi. Clouds vary only inside intervals that the series shows as cloudy.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sky/climate.hpp"

namespace coldsun::sky {

namespace {

constexpr Real least = 1.0;  // W/m2: intervals with a darker clear sky take the index of their neighbours
// of diffuse light relative to the clear sky: thick bright clouds in clear air reach 8
constexpr Real most_index = 12.0;
// W/m2, lower bound of the course while the Sun is up, for series whose Sun rises earlier than the computed one.
constexpr Real low_dni = 20.0, low_dhi = 3.0;
constexpr int few_knots = 5;                  // intervals of fewer minutes are constant: too few knots for a course
constexpr Time shortest = 600 * ns_per_s;     // shorter intervals resolve their clouds themselves
constexpr Time around = 3 * 3600 * ns_per_s;  // haze: optical depth of the clearest interval within this time

// Means of one averaging interval.
struct Interval {
  Real ghi, dni, dhi, temp_air, wind_speed, pressure;
};

Real value(const std::vector<Real>& column, std::size_t i, Real otherwise) {
  return column.empty() ? otherwise : column[i];
}

// The series as intervals on a grid [origin + j step, origin + (j + 1) step) of the table's time.
class Intervals {
 public:
  Intervals(const Series& s, const Site& site, Time start)
      : s_(s), standard_pressure_(standard_pressure(site.altitude)) {
    check();
    step = s.time[1] - s.time[0];
    const Time shift = s.stamp == Stamp::start ? 0 : (s.stamp == Stamp::end ? step : step / 2);
    first_ = s.time[0] - shift;
    knot = floor_div(first_, weather_step) * weather_step == first_ ? weather_step : weather_step / 2;
    if (step % weather_step != 0 || floor_div(first_, knot) * knot != first_ ||
        (knot != weather_step && step < few_knots * weather_step))
      throw std::invalid_argument(
          "weather series: an interval has odd limits; accepted: whole minutes, or half minutes from 5 min length on");
    const Time here = in_series(start);
    origin = start - (here - first_ - floor_div(here - first_, step) * step);
  }

  // Time of the series for an instant of the table.
  Time in_series(Time t) const {
    if (!s_.repeat_yearly) return t;
    const Date d = date_of(t);
    const Time of_day = t - midnight({d.year, d.month, d.day});
    const int year = date_of(first_).year, day = d.month == 2 && d.day == 29 ? 28 : d.day;
    const Time same = midnight({year, d.month, day}) + of_day;
    return same >= first_ ? same : midnight({year + 1, d.month, day}) + of_day;
  }
  // Row of the series for interval j; -1: none.
  std::int64_t row(std::int64_t j) const {
    const std::int64_t n = static_cast<std::int64_t>(s_.time.size());
    const std::int64_t i = floor_div(in_series(origin + j * step + step / 2) - first_, step);
    return s_.repeat_yearly ? (i % n + n) % n : (i >= 0 && i < n ? i : -1);
  }
  // Completes the components. Missing ones follow from the Sun over the interval: `up` is its height, weighted with the
  // clear beam. With all three, ghi is kept and the misfit of closure is shared between the other two with the smallest
  // relative changes (the cause is a slightly different Sun or clock: 0.1 % of the beam at noon). Beyond 70 degrees of
  // zenith dni is kept and dhi takes the whole misfit, because files close with the Sun at the middle of the interval,
  // far from its mean height. From 60 degrees on, the rule fades in.
  Interval operator()(std::int64_t at, Real up, Real dni_extra) const {
    const std::size_t i = static_cast<std::size_t>(at);
    Interval v;
    v.temp_air = s_.temp_air[i];
    v.wind_speed = value(s_.wind_speed, i, 2.0), v.pressure = value(s_.pressure, i, standard_pressure_);
    const Real normal = std::max(value(s_.dni, i, 0.0), 0.0), sky = std::max(value(s_.dhi, i, 0.0), 0.0);
    v.ghi = std::max(value(s_.ghi, i, sky + normal * up), 0.0);
    const Real given = normal * up;
    Real beam = given;
    if (s_.dni.empty() && s_.dhi.empty()) beam = up > 0.0 ? v.ghi - erbs(v.ghi, up, dni_extra).dhi : 0.0;
    else if (s_.dni.empty()) beam = v.ghi - sky;
    else if (!s_.dhi.empty())
      beam += (v.ghi - sky - given) * std::clamp((up - 0.34) / 0.16, 0.0, 1.0) * given * given /
              std::max(given * given + sky * sky, 1e-9);
    beam = std::clamp(beam, 0.0, std::min(v.ghi, dni_extra * std::max(up, 0.0)));
    v.dhi = v.ghi - beam, v.dni = up > 0.0 ? beam / up : 0.0;
    return v;
  }
  bool splits() const {
    return !s_.dni.empty() || !s_.dhi.empty();
  }  // false: only ghi is known, and its Erbs split carries no cloud information

  Time origin, step, knot;  // knot: spacing of the fitted course, one minute or half a minute

 private:
  void check() const {
    const std::size_t n = s_.time.size();
    if (n < 2) throw std::invalid_argument("weather series: fewer than two times; accepted: at least two");
    const auto fits = [n](const std::vector<Real>& c, bool may_lack) {
      return c.size() == n || (may_lack && c.empty());
    };
    if (!fits(s_.ghi, true) || !fits(s_.dni, true) || !fits(s_.dhi, true) || !fits(s_.temp_air, false) ||
        !fits(s_.wind_speed, true) || !fits(s_.pressure, true))
      throw std::invalid_argument(
          "weather series: a column has not as many values as times; accepted: one value per time");
    if (s_.ghi.empty() && (s_.dni.empty() || s_.dhi.empty()))
      throw std::invalid_argument("weather series: irradiance is incomplete; accepted: ghi, or dni and dhi");
    for (std::size_t i = 1; i < n; ++i)
      if (s_.time[i] - s_.time[i - 1] != s_.time[1] - s_.time[0] || s_.time[i] <= s_.time[i - 1])
        throw std::invalid_argument(
            "weather series: times are not evenly spaced; accepted: increasing times of one spacing");
    for (const auto* c : {&s_.ghi, &s_.dni, &s_.dhi, &s_.temp_air, &s_.wind_speed, &s_.pressure})
      for (Real x : *c)
        if (!std::isfinite(x))
          throw std::invalid_argument("weather series: a value is missing or not finite; accepted: finite numbers");
  }
  const Series& s_;
  Real standard_pressure_;
  Time first_;
};

// Mean of a course f(k) over interval j of n knots, by the trapezoidal rule.
template <class F>
Real interval_mean(const F& f, int j, int n) {
  Real sum = 0.5 * (f(j * n) + f((j + 1) * n));
  for (int k = j * n + 1; k < (j + 1) * n; ++k) sum += f(k);
  return sum / n;
}

// One value per interval: linear between the middles of intervals, constant beyond the outermost.
Real between_middles(const std::vector<Real>& v, int k, int n) {
  const Place p = place_uniform((k + 0.0) / n - 0.5, 0.0, 1.0, static_cast<int>(v.size()));
  return lerp(v[static_cast<std::size_t>(p.cell)], v[static_cast<std::size_t>(p.cell) + 1], p.t);
}

// The index i(k) for which the mean of clear(k) i(k) over each interval equals its target. Start: linear between the
// intervals' own indices. Then corrected by factors; a knot on a boundary takes the geometric mean of both. Intervals
// have n knots each.
std::vector<Real> fit_index(const std::vector<Real>& clear, const std::vector<Real>& target, int n, Real most) {
  const int n_interval = static_cast<int>(target.size());
  std::vector<Real> own(target.size(), -1.0), index(clear.size());
  for (int j = 0; j < n_interval; ++j) {
    const Real mean = interval_mean([&](int k) { return clear[k]; }, j, n);
    if (mean > least) own[j] = std::min(target[j] / mean, most);
  }
  for (int j = 1; j < n_interval; ++j)
    if (own[j] < 0.0) own[j] = own[j - 1];
  for (int j = n_interval - 1; j-- > 0;)
    if (own[j] < 0.0) own[j] = own[j + 1];
  for (Real& v : own) v = std::max(v, 0.0);
  for (std::size_t k = 0; k < index.size(); ++k) index[k] = between_middles(own, static_cast<int>(k), n);
  std::vector<Real> factor(target.size());
  for (int pass = 0; pass < 40; ++pass) {
    for (int j = 0; j < n_interval; ++j) {
      const Real mean = interval_mean([&](int k) { return clear[k] * index[k]; }, j, n);
      factor[j] = mean > 1e-6 ? target[j] / mean : 1.0;
    }
    for (int k = 0; k < static_cast<int>(index.size()); ++k) {
      const int right = std::min(k / n, n_interval - 1), left = k % n == 0 && k > 0 ? k / n - 1 : right;
      index[k] = std::min(index[k] * (left == right ? factor[right] : std::sqrt(factor[left] * factor[right])), most);
    }
  }
  return index;
}

// An interval of the series beside the clear sky over it.
struct Seen {
  // W/m2, beam_clear on the ground; passed: dni relative to the clear sky's; negative: the Sun is too low
  Real ghi, ghi_clear, beam_clear, airmass, passed;
};

// Cover of the clouds inside the intervals. Haze is the optical depth of the clearest interval within three hours. An
// interval is cloudy where its beam is clearly below that of haze, or its ghi lower than haze can cause: haze returns
// half or more of the lost light as diffuse (Ineichen's turbidity: about half, desert dust 0.75 to 0.8).
std::vector<Real> covers_of(const std::vector<Seen>& seen, const CloudLaw& law, int reach, bool splits) {
  const int n = static_cast<int>(seen.size());
  std::vector<Real> cover(seen.size(), 0.0);
  constexpr Real most_haze = 1.2, margin = 0.105, low_margin = 0.05, gives_back = 0.8, slack = 0.85;
  const auto depth = [&](const Seen& x) { return -std::log(std::max(x.passed, 1e-6)) / x.airmass; };
  for (int j = 0; j < n; ++j) {
    const Seen& x = seen[static_cast<std::size_t>(j)];
    if (x.passed < 0.0) continue;
    if (!splits) {  // an index above 0.93 counts as cloudless, because haze alone can cause it
      if (x.ghi < 0.93 * x.ghi_clear) cover[static_cast<std::size_t>(j)] = cover_of_index(law, x.ghi / x.ghi_clear);
      continue;
    }
    Real haze = most_haze;
    for (int i = std::max(j - reach, 0); i <= std::min(j + reach, n - 1); ++i)
      if (seen[static_cast<std::size_t>(i)].passed >= 0.0)
        haze = std::min(haze, depth(seen[static_cast<std::size_t>(i)]));
    const bool thinner = (depth(x) - haze) * x.airmass > std::max(margin, low_margin * x.airmass);
    const bool darker =
        x.ghi < slack * (x.ghi_clear - (1.0 - gives_back) * std::max(1.0 - x.passed, 0.0) * x.beam_clear);
    const Real hazy = darker ? std::max(std::exp(-haze * x.airmass), 1.0) : std::exp(-haze * x.airmass);
    if (thinner || darker) cover[static_cast<std::size_t>(j)] = cover_of_beam(law, x.passed / hazy);
  }
  return cover;
}

// Cover at knot k: linear from the middle of an interval to its ends. At an end: mean of both neighbours, or 0 where
// one of them is cloudless.
Real cover_at(const std::vector<Real>& cover, int k, int n) {
  const int last = static_cast<int>(cover.size()) - 1, j = std::min(k / n, last);
  const Real x = static_cast<Real>(k - j * n) / n, own = cover[static_cast<std::size_t>(j)];
  const Real other = cover[static_cast<std::size_t>(std::clamp(x < 0.5 ? j - 1 : j + 1, 0, last))];
  const Real edge = own > 0.0 && other > 0.0 ? 0.5 * (own + other) : 0.0;
  return lerp(edge, own, x < 0.5 ? 2.0 * x : 2.0 * (1.0 - x));
}

}  // namespace

void fill_from_series(Weather& w, const System& system, int site, const Climate& climate, const Series& series) {
  const Site& place = system.site(site);
  const Intervals interval(series, place, w.start(0));
  const bool drawn = series.subhourly_clouds.value_or(true) && interval.step >= shortest,
             holds = interval.step < few_knots * weather_step;
  const int n = static_cast<int>(interval.step / interval.knot), fine = static_cast<int>(weather_step / interval.knot);
  // Further intervals on each side, for interpolation at the ends and for the haze around them.
  const int reach = static_cast<int>((around + interval.step - 1) / interval.step), more = drawn ? reach : 1;
  const Time stop = w.start(0) + (w.n_knot() - 1) * weather_step;
  const std::int64_t inside = -floor_div(interval.origin - stop, interval.step), first = -more, last = inside + more;
  const int n_interval = static_cast<int>(last - first);
  std::vector<std::int64_t> row(static_cast<std::size_t>(n_interval), -1);
  for (std::int64_t j = first; j < last; ++j) {
    std::int64_t& r = row[static_cast<std::size_t>(j - first)];
    r = interval.row(j);
    if (r < 0 && j >= 0 && j < inside)
      throw std::invalid_argument(
          "weather series: it does not cover the run; accepted: a series from the start to the end of the run");
  }
  for (std::size_t k = 1; k < row.size(); ++k)
    if (row[k] < 0) row[k] = row[k - 1];
  for (std::size_t k = row.size() - 1; k-- > 0;)
    if (row[k] < 0) row[k] = row[k + 1];

  // Air first: the Sun's refraction depends on it.
  std::vector<Real> temp, wind, pressure;
  for (std::int64_t r : row) {
    const Interval v = interval(r, 0.0, 1.0);
    temp.push_back(v.temp_air), wind.push_back(v.wind_speed), pressure.push_back(v.pressure);
  }
  const int n_knot = n_interval * n + 1;
  const Time origin = interval.origin + first * interval.step;
  SkyMaker make(place, climate);
  std::vector<SkyKnot> knot;
  // W/m2: beam, beam on the ground, diffuse; up: sine of the Sun's height
  std::vector<Real> beam_course, ground_course, diffuse_course, up;
  for (int k = 0; k < n_knot; ++k) {
    knot.push_back(make(origin + k * interval.knot, 0.0, between_middles(temp, k, n), between_middles(wind, k, n),
                        between_middles(pressure, k, n)));
    const SkyKnot& s = knot.back();
    up.push_back(std::max(s.to_sun.z, 0.0));
    const Real risen = std::min(20.0 * up.back(), 1.0);  // rises to 1 in about ten minutes
    beam_course.push_back(std::max(s.clear.dni, low_dni * risen)),
        ground_course.push_back(beam_course.back() * up.back());
    diffuse_course.push_back(std::max(s.clear.dhi, low_dhi * risen));
  }
  std::vector<Real> dni, ground, dhi;
  std::vector<Seen> seen;
  for (int j = 0; j < n_interval; ++j) {
    const auto mean = [&](const auto& f) { return interval_mean(f, j, n); };
    const Real course = mean([&](int k) { return beam_course[k]; });
    const Real height_of_beam = course > 0.0 ? mean([&](int k) { return ground_course[k]; }) / course : 0.0;
    const Interval v = interval(row[j], height_of_beam, knot[j * n + n / 2].dni_extra);
    dni.push_back(v.dni), dhi.push_back(v.dhi), ground.push_back(v.ghi - v.dhi);
    const Real dni_clear = mean([&](int k) { return knot[k].clear.dni; });
    const Real height = mean([&](int k) { return up[k]; });
    seen.push_back({v.ghi, mean([&](int k) { return knot[k].clear.ghi; }),
                    mean([&](int k) { return knot[k].clear.dni * up[k]; }),
                    relative_airmass(std::acos(std::min(height, 1.0)), height),
                    height > 0.17 && dni_clear > 50.0 ? v.dni / dni_clear : -1.0});
  }
  const std::vector<Real> cover =
      drawn ? covers_of(seen, place.cloud, reach, interval.splits()) : std::vector<Real>(seen.size(), 0.0);
  const std::vector<Real> beam_index = holds ? std::vector<Real>{} : fit_index(ground_course, ground, n, 1e3),
                          diffuse_index = holds ? std::vector<Real>{} : fit_index(diffuse_course, dhi, n, most_index);

  w.origin(site) = interval.origin, w.period(site) = interval.step, w.hold(site) = holds ? 1 : 0;
  const int skip = static_cast<int>((w.start(0) - origin) / interval.knot);
  for (int i = 0; i < w.n_knot(); ++i) {
    const int k = i * fine + skip, j = std::min(k / n, n_interval - 1);
    const SkyKnot& s = knot[k];
    w.east(site, i) = s.to_sun.x, w.north(site, i) = s.to_sun.y, w.up(site, i) = s.to_sun.z;
    w.dni_extra(site, i) = s.dni_extra;
    w.ghi_clear(site, i) = s.clear.ghi, w.dni_clear(site, i) = s.clear.dni;
    w.dni(site, i) = holds ? dni[j] : std::min(beam_course[k] * beam_index[k], s.dni_extra);
    w.dhi(site, i) = holds ? dhi[j] : diffuse_course[k] * diffuse_index[k];
    w.cover(site, i) = cover_at(cover, k, n);
    w.temp_air(site, i) = s.temp_air, w.wind_speed(site, i) = s.wind_speed, w.pressure(site, i) = s.pressure;
    w.dust(site, i) = 0.0;
  }
}

}  // namespace coldsun::sky

// A weather series onto the table: interval means become a course in clear-sky-index space that keeps each interval's energy.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sky/climate.hpp"

namespace coldsun::sky {

namespace {

constexpr Real least = 1.0;        // W/m2: intervals with a darker clear sky take their index from their neighbours
constexpr Real most_index = 12.0;  // of diffuse light over the clear sky's: thick bright clouds in clear air reach 8

// Means of one averaging interval.
struct Interval {
  Real ghi, dhi, temp_air, wind_speed, pressure;
};

Real value(const std::vector<Real>& column, std::size_t i, Real otherwise) { return column.empty() ? otherwise : column[i]; }

// The series seen as intervals on a grid [origin + j step, origin + (j + 1) step) of the table's own time.
class Intervals {
 public:
  Intervals(const Series& s, const Site& site, Time start) : s_(s), standard_pressure_(standard_pressure(site.altitude)) {
    check();
    step = s.time[1] - s.time[0];
    const Time shift = s.stamp == Stamp::start ? 0 : (s.stamp == Stamp::end ? step : step / 2);
    first_ = s.time[0] - shift;
    if (step % weather_step != 0 || floor_div(first_, weather_step) * weather_step != first_)
      throw std::invalid_argument("weather series: its intervals must begin and end on whole minutes");
    const Time here = in_series(start);
    origin = start - (here - first_ - floor_div(here - first_, step) * step);
  }

  // Where an instant of the table lies in the series' own time.
  Time in_series(Time t) const {
    if (!s_.repeat_yearly) return t;
    const Date d = date_of(t);
    const Time of_day = t - midnight({d.year, d.month, d.day});
    const int year = date_of(first_).year, day = d.month == 2 && d.day == 29 ? 28 : d.day;
    const Time same = midnight({year, d.month, day}) + of_day;
    return same >= first_ ? same : midnight({year + 1, d.month, day}) + of_day;
  }
  // Row of the series for interval j; -1 where it has none.
  std::int64_t row(std::int64_t j) const {
    const std::int64_t n = static_cast<std::int64_t>(s_.time.size());
    const std::int64_t i = floor_div(in_series(origin + j * step + step / 2) - first_, step);
    return s_.repeat_yearly ? (i % n + n) % n : (i >= 0 && i < n ? i : -1);
  }
  // The given sky; whatever the series lacks is worked out from the mean of the Sun over the interval.
  Interval operator()(std::int64_t at, Real up, Real dni_extra) const {
    const std::size_t i = static_cast<std::size_t>(at);
    Interval v;
    v.temp_air = s_.temp_air[i];
    v.wind_speed = value(s_.wind_speed, i, 2.0), v.pressure = value(s_.pressure, i, standard_pressure_);
    const Real beam = std::max(value(s_.dni, i, 0.0), 0.0) * up;
    v.ghi = std::max(value(s_.ghi, i, value(s_.dhi, i, 0.0) + beam), 0.0);
    v.dhi = !s_.dhi.empty() ? s_.dhi[i] : (!s_.dni.empty() ? v.ghi - beam : erbs(v.ghi, up, dni_extra).dhi);
    v.dhi = std::clamp(v.dhi, 0.0, v.ghi);
    return v;
  }

  Time origin, step;

 private:
  void check() const {
    const std::size_t n = s_.time.size();
    if (n < 2) throw std::invalid_argument("weather series: at least two times are needed");
    const auto fits = [n](const std::vector<Real>& c, bool may_lack) { return c.size() == n || (may_lack && c.empty()); };
    if (!fits(s_.ghi, true) || !fits(s_.dni, true) || !fits(s_.dhi, true) || !fits(s_.temp_air, false) || !fits(s_.wind_speed, true) ||
        !fits(s_.pressure, true))
      throw std::invalid_argument("weather series: every column needs one value per time");
    if (s_.ghi.empty() && (s_.dni.empty() || s_.dhi.empty()))
      throw std::invalid_argument("weather series: ghi, or dni and dhi, must be given");
    for (std::size_t i = 1; i < n; ++i)
      if (s_.time[i] - s_.time[i - 1] != s_.time[1] - s_.time[0] || s_.time[i] <= s_.time[i - 1])
        throw std::invalid_argument("weather series: its times are not evenly spaced and increasing");
    for (const auto* c : {&s_.ghi, &s_.dni, &s_.dhi, &s_.temp_air, &s_.wind_speed, &s_.pressure})
      for (Real x : *c)
        if (!std::isfinite(x)) throw std::invalid_argument("weather series: a value is missing or not finite");
  }
  const Series& s_;
  Real standard_pressure_;
  Time first_;
};

// Mean of a course f(k) over interval j of n knots: trapezia.
template <class F>
Real interval_mean(const F& f, int j, int n) {
  Real sum = 0.5 * (f(j * n) + f((j + 1) * n));
  for (int k = j * n + 1; k < (j + 1) * n; ++k) sum += f(k);
  return sum / n;
}

// A value per interval, linear between the middles of the intervals, constant beyond the outermost.
Real between_middles(const std::vector<Real>& v, int k, int n) {
  const Place p = place_uniform((k + 0.0) / n - 0.5, 0.0, 1.0, static_cast<int>(v.size()));
  return lerp(v[static_cast<std::size_t>(p.cell)], v[static_cast<std::size_t>(p.cell) + 1], p.t);
}

// The index i(k) that makes the mean of clear(k) i(k) over each interval its target: first linear between the intervals' own indices, then
// corrected by factors, a knot between two intervals by the root of both. Intervals of n knots each.
std::vector<Real> fit_index(const std::vector<Real>& clear, const std::vector<Real>& target, int n) {
  const int n_interval = static_cast<int>(target.size());
  std::vector<Real> own(target.size(), -1.0), index(clear.size());
  for (int j = 0; j < n_interval; ++j) {
    const Real mean = interval_mean([&](int k) { return clear[k]; }, j, n);
    if (mean > least) own[j] = std::min(target[j] / mean, most_index);
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
      index[k] = std::min(index[k] * (left == right ? factor[right] : std::sqrt(factor[left] * factor[right])), most_index);
    }
  }
  return index;
}

}  // namespace

void fill_from_series(Weather& w, const System& system, int site, const Climate& climate, const Series& series) {
  const Site& place = system.site(site);
  const Intervals interval(series, place, w.start(0));
  const int n = static_cast<int>(interval.step / weather_step);  // knots per interval
  // One interval more on each side, so that the ends are interpolated like the middle.
  const Time stop = w.start(0) + (w.n_knot() - 1) * weather_step;
  const std::int64_t first = -1, last = -floor_div(interval.origin - stop, interval.step) + 1;
  const int n_interval = static_cast<int>(last - first);
  std::vector<std::int64_t> row;
  for (std::int64_t j = first; j < last; ++j) {
    const bool inside = j > first && j < last - 1;
    std::int64_t r = interval.row(j);
    if (r < 0 && inside) throw std::invalid_argument("weather series: it does not cover the run");
    row.push_back(r < 0 ? (j == first ? interval.row(j + 1) : row.back()) : r);
  }

  // Air first: the Sun's refraction wants it.
  std::vector<Interval> mean;
  std::vector<Real> temp, wind, pressure;
  for (std::int64_t r : row) {
    const Interval v = interval(r, 0.0, 1.0);
    temp.push_back(v.temp_air), wind.push_back(v.wind_speed), pressure.push_back(v.pressure);
  }
  const int n_knot = n_interval * n + 1;
  const Time origin = interval.origin + first * interval.step;
  SkyMaker make(place, climate);
  std::vector<SkyKnot> knot;
  std::vector<Real> beam_clear, diffuse_clear;
  for (int k = 0; k < n_knot; ++k) {
    knot.push_back(
        make(origin + k * weather_step, 0.0, between_middles(temp, k, n), between_middles(wind, k, n), between_middles(pressure, k, n)));
    beam_clear.push_back(knot.back().clear.dni * std::max(knot.back().to_sun.z, 0.0));
    diffuse_clear.push_back(knot.back().clear.dhi);
  }
  std::vector<Real> beam, diffuse, cover;
  for (int j = 0; j < n_interval; ++j) {
    const Real up = interval_mean([&](int k) { return std::max(knot[k].to_sun.z, 0.0); }, j, n);
    const Interval v = interval(row[j], up, knot[j * n + n / 2].dni_extra);
    beam.push_back(v.ghi - v.dhi), diffuse.push_back(v.dhi);
    const Real clear = interval_mean([&](int k) { return knot[k].clear.ghi; }, j, n);
    // Dusk and an index above 0.93, which haze alone may make, count as cloudless.
    const bool clouds = series.subhourly_clouds && clear > 20.0 && v.ghi < 0.93 * clear;
    cover.push_back(clouds ? cover_of_index(place.cloud, v.ghi / clear) : 0.0);
  }
  const std::vector<Real> beam_index = fit_index(beam_clear, beam, n), diffuse_index = fit_index(diffuse_clear, diffuse, n);

  if (series.subhourly_clouds) w.origin(site) = interval.origin, w.period(site) = interval.step;
  const int skip = static_cast<int>((w.start(0) - origin) / weather_step);
  for (int i = 0; i < w.n_knot(); ++i) {
    const int k = i + skip;
    const SkyKnot& s = knot[k];
    w.east(site, i) = s.to_sun.x, w.north(site, i) = s.to_sun.y, w.up(site, i) = s.to_sun.z;
    w.dni_extra(site, i) = s.dni_extra;
    w.ghi_clear(site, i) = s.clear.ghi, w.dni_clear(site, i) = s.clear.dni;
    w.dni(site, i) = s.clear.dni * beam_index[k], w.dhi(site, i) = s.clear.dhi * diffuse_index[k];
    w.cover(site, i) = between_middles(cover, k, n);
    w.temp_air(site, i) = s.temp_air, w.wind_speed(site, i) = s.wind_speed, w.pressure(site, i) = s.pressure;
    w.dust(site, i) = 0.0;
  }
}

}  // namespace coldsun::sky

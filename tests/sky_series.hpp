// A sky by the minute and the series that a station would write of it.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "sky/advance.hpp"
#include "sky/climate.hpp"

namespace coldsun::test {

using namespace coldsun::sky;
constexpr Real degree = constants::degree;
constexpr Time minute = 60 * ns_per_s, hour = 60 * minute;
inline const Time day0 = midnight({2026, 10, 5});

inline Site desert() {
  Site s;
  s.latitude = -22.92 * degree, s.longitude = -69.91 * degree, s.altitude = 1635.0;
  Cloudiness c;
  for (int m = 0; m < 12; ++m) c.clear_fraction[m] = 0.3, c.overcast_fraction[m] = 0.2;
  c.kc_max = 1.4;
  s.cloud = make_cloud_law(c);
  return s;
}
inline Climate climate() {
  Climate c = {};
  for (int m = 0; m < 12; ++m)
    c.linke_turbidity[m] = 3.0, c.temp_air_min[m] = 283.0, c.temp_air_max[m] = 299.0, c.wind_speed[m] = 4.0;
  return c;
}

// A sky by the minute, with its own clouds, and its means over intervals, as a station reports them.
struct Truth {
  System system = make_system({desert()}, {}, Device::host);
  Weather weather;
  std::vector<Real> ghi, dni, dhi;  // at the knots

  Truth(Time start, Time stop) {
    weather = make_weather(system, start, stop, Device::host);
    fill_from_climate(weather, system, 0, climate(), 1);
    CloudField field(system.site(0).cloud, {3, 0, Stream::cloud, 0});
    for (int k = 0; k < weather.n_knot(); ++k) {
      // Half an hour's clouds change slowly enough for trapezia by the minute.
      const CloudKnot c = field.knot((start + k * minute) / ns_per_s, -1.0);
      const Real up = weather.up(0, k);
      const Irradiance s = up > 0.0 ? under_clouds(c, weather.dni(0, k), weather.dhi(0, k), weather.dni(0, k), up)
                                    : Irradiance{0.0, 0.0, 0.0};
      ghi.push_back(s.ghi), dni.push_back(s.dni), dhi.push_back(s.dhi);
    }
  }
  Real mean(const std::vector<Real>& v, int first, int n) const {
    Real sum = 0.5 * (v[first] + v[first + n]);
    for (int k = first + 1; k < first + n; ++k) sum += v[k];
    return sum / n;
  }
  Series series(int n, Stamp stamp) const {
    Series s;
    s.stamp = stamp;
    for (int k = 0; k + n < static_cast<int>(ghi.size()); k += n) {
      s.time.push_back(weather.start(0) + k * minute +
                       (stamp == Stamp::start ? 0 : (stamp == Stamp::end ? n : n / 2) * minute));
      s.ghi.push_back(mean(ghi, k, n)), s.dni.push_back(mean(dni, k, n)), s.dhi.push_back(mean(dhi, k, n));
      s.temp_air.push_back(290.0), s.wind_speed.push_back(3.0), s.pressure.push_back(83200.0);
    }
    return s;
  }
};

inline Weather filled(const Truth& t, const Series& s, Time start, Time stop) {
  Weather w = make_weather(t.system, start, stop, Device::host);
  fill_from_series(w, t.system, 0, climate(), s);
  return w;
}
inline Real ghi_of(const Weather& w, int k) { return w.dni(0, k) * std::max(w.up(0, k), 0.0) + w.dhi(0, k); }
template <class F>
Real mean_of(const F& f, int first, int n) {
  Real sum = 0.5 * (f(first) + f(first + n));
  for (int k = first + 1; k < first + n; ++k) sum += f(k);
  return sum / n;
}

}  // namespace coldsun::test

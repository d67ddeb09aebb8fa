// A year of a site: its sums against pvlib and against references, dust days, the course of a day.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "sky/climate.hpp"

namespace coldsun::test {
namespace {

using namespace coldsun::sky;
constexpr Real degree = constants::degree, kwh = 3.6e6;
constexpr Time hour = 3600 * ns_per_s;
const Time day0 = midnight({2026, 10, 5});

struct Pilot {
  Site site;
  Climate climate;
};
Pilot pilot(Real latitude, Real longitude, Real altitude, const Real (&turbidity)[12]) {
  Pilot p = {};
  p.site.latitude = latitude * degree, p.site.longitude = longitude * degree, p.site.altitude = altitude;
  p.site.cloud = make_cloud_law({});
  for (int m = 0; m < 12; ++m)
    p.climate.linke_turbidity[m] = turbidity[m], p.climate.temp_air_min[m] = 288.0, p.climate.temp_air_max[m] = 302.0,
    p.climate.wind_speed[m] = 3.0;
  return p;
}
// A site with many clouds.
Pilot cloudy() {
  const Real turbidity[12] = {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  Pilot p = pilot(-22.92, -69.91, 1635.0, turbidity);
  Cloudiness c;
  for (int m = 0; m < 12; ++m) c.clear_fraction[m] = 0.3, c.overcast_fraction[m] = 0.2;
  p.site.cloud = make_cloud_law(c);
  return p;
}

constexpr Real turbidity_masdar[12] = {3.4, 3.8, 4.3, 4.8, 5.0, 5.3, 5.7, 5.6, 4.9, 4.2, 3.6, 3.3};
constexpr Real turbidity_atacama[12] = {2.5, 2.5, 2.4, 2.3, 2.2, 2.2, 2.2, 2.2, 2.4, 2.4, 2.5, 2.5};

void print(const char* name, const Irradiation& a) {
  std::printf("%-32s ghi %5.0f dni %5.0f kWh/m2 a year; ", name, a.ghi / kwh, a.dni / kwh);
  std::printf("clear sky %5.0f %5.0f\n", a.ghi_clear / kwh, a.dni_clear / kwh);
}

// The same model in pvlib (5-min steps, the same months' interpolation) gives 2194.5 and 2525.5, 2740.5 and 3967.8
// kWh/m2: 0.1 %, as the refraction sees other air.
TEST(SkyYear, clear_sky_of_the_pilots) {
  const Pilot m = pilot(24.4267, 54.6167, 10.0, turbidity_masdar), a = pilot(-22.92, -69.91, 1635.0, turbidity_atacama);
  const Irradiation im = annual_irradiation(m.site, m.climate, 2025), ia = annual_irradiation(a.site, a.climate, 2025);
  print("Masdar, clear", im), print("Atacama, clear", ia);
  EXPECT_NEAR(im.ghi_clear / kwh, 2194.5, 0.001 * 2194.5);
  EXPECT_NEAR(im.dni_clear / kwh, 2525.5, 0.001 * 2525.5);
  EXPECT_NEAR(ia.ghi_clear / kwh, 2740.5, 0.001 * 2740.5);
  EXPECT_NEAR(ia.dni_clear / kwh, 3967.8, 0.001 * 3967.8);
  EXPECT_EQ(im.ghi, im.ghi_clear);  // no clouds by default
}

// The year's sums are the mean of the cloud field: 200 members at 3 instants 10 days apart, standard error of the mean
// 0.01.
TEST(SkyYear, expectation_is_the_mean_of_the_field) {
  const Pilot p = cloudy();
  const Irradiation year = annual_irradiation(p.site, p.climate, 2026);
  Real index = 0.0, beam = 0.0;
  for (std::uint32_t m = 0; m < 200; ++m) {
    CloudField field(p.site.cloud, {8, m, Stream::cloud, 0});
    for (int k = 0; k < 3; ++k) {
      const CloudKnot c = field.knot((day0 + k * 240 * hour) / ns_per_s, -1.0);
      index += c.index / 600.0, beam += c.beam / 600.0;
    }
  }
  EXPECT_NEAR(index, year.ghi / year.ghi_clear, 0.04);
  EXPECT_NEAR(beam, year.dni / year.dni_clear, 0.06);
}

// Dust: never, always, and in its share of days; the same for all members, one strength from midnight to midnight.
TEST(SkyYear, dust_days) {
  Pilot p = cloudy();
  EXPECT_EQ(dust_depth(p.climate, p.site, day0, 1), 0.0);
  p.climate.dust_depth = 0.6;
  for (Real& x : p.climate.dust_probability) x = 0.2;
  int days = 0;
  Real sum = 0.0;
  for (int d = 0; d < 3000; ++d) {
    const Real f = dust_depth(p.climate, p.site, day0 + d * 24 * hour, 1);
    ASSERT_GE(f, 0.0);
    ASSERT_LE(f, 1.2);
    days += f > 0.0, sum += f;
    const Time noon = noon_of(local_day(day0 + d * 24 * hour, p.site.longitude), p.site.longitude);
    ASSERT_EQ(dust_depth(p.climate, p.site, noon - 11 * hour, 1), dust_depth(p.climate, p.site, noon + 11 * hour, 1));
  }
  EXPECT_NEAR(days, 600, 110);  // five standard deviations
  EXPECT_NEAR(sum / days, 0.6, 0.075);
}

// Mean of the day's course is the middle of its extremes; they are met.
TEST(SkyYear, course_of_the_day) {
  Real low = 1e9, high = -1e9, sum = 0.0;
  for (int k = 0; k < 2400; ++k) {
    const Real t = diurnal_temperature(280.0, 300.0, k / 100.0);
    low = std::min(low, t), high = std::max(high, t), sum += t / 2400.0;
  }
  EXPECT_NEAR(low, 280.0, 1e-9);
  EXPECT_NEAR(high, 300.0, 1e-9);
  EXPECT_NEAR(sum, 290.0, 1e-3);
  EXPECT_NEAR(diurnal_temperature(280.0, 300.0, 15.0), 300.0, 1e-9);
  Real value[12];
  for (int m = 0; m < 12; ++m) value[m] = m;
  EXPECT_NEAR(monthly(value, midnight({2026, 7, 16}) + 12 * hour), 6.0, 1e-9);
  EXPECT_NEAR(monthly(value, midnight({2026, 1, 1})), 5.5, 1e-9);
  EXPECT_NEAR(monthly(value, midnight({2026, 8, 1})), 6.5, 1e-9);
}

}  // namespace
}  // namespace coldsun::test

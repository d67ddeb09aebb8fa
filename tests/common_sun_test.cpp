// The Sun's place against SPA's own numbers, almanac dates, refraction.
#include <cmath>

#include "backends.hpp"
#include "common/sun.hpp"
#include "sky_table.hpp"

namespace coldsun::test {
namespace {

using sun::degree;

template <class Space>
class CommonSun : public OnBackend<Space> {};
TYPED_TEST_SUITE(CommonSun, Backends);

struct Observe {  // reads time, place, air; writes angles in degrees, distance in au, irradiance outside
  View<const Real, 2> in;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    const Time t = static_cast<Time>(in(i, 0)) * ns_per_s;
    const sun::Place p = sun::place(t, 67.0);
    const sun::Sight s = sun::sight(t, {in(i, 1) * degree, in(i, 2) * degree, in(i, 3)}, in(i, 4), in(i, 5), 67.0);
    out(i, 0) = sun::zenith(s.geometric) / degree;
    out(i, 1) = sun::zenith(s.apparent) / degree;
    out(i, 2) = sun::azimuth(s.apparent) / degree;
    out(i, 3) = p.distance / constants::astronomical_unit;
    out(i, 4) = sun::extraterrestrial_dni(day_of_year(t));
  }
};

template <class Space>
Array<Real, 2> observed(const Array<Real, 2>& in) {
  Array<Real, 2> out(device_of<Space>, {in.extent(0), 5});
  for_each(Space{}, in.extent(0), Observe{in, out});
  synchronize(Space{});
  return out;
}

double apart(double a, double b) { return std::fabs(std::remainder(a - b, 360.0)); }

// 1e-6 degrees: the station's ellipsoid is WGS 84 here and its rounded self there, the refraction's constants are
// equal.
TYPED_TEST(CommonSun, angles_at_masdar) {
  const Table t = read_table("sky_masdar_pvlib.csv");
  Array<Real, 2> in(device_of<TypeParam>, {t.n_row, 6});
  for (int i = 0; i < t.n_row; ++i) {
    in(i, 0) = t["unix_s"][i], in(i, 1) = 24.4267, in(i, 2) = 54.615, in(i, 3) = 5.0;
    in(i, 4) = t["pressure_Pa"][i], in(i, 5) = t["Tamb_C"][i] + 273.15;
  }
  const Array<Real, 2> out = observed<TypeParam>(in);
  ASSERT_EQ(t.n_row, 288);
  for (int i = 0; i < t.n_row; ++i) {
    EXPECT_NEAR(out(i, 0), t["zenith"][i], 1e-6);
    EXPECT_NEAR(out(i, 1), t["apparent_zenith"][i], 1e-6);
    EXPECT_LT(apart(out(i, 2), t["azimuth"][i]) * std::sin(out(i, 0) * degree), 1e-6);
    EXPECT_NEAR(out(i, 4), t["dni_extra"][i], 1e-8);
  }
}

TYPED_TEST(CommonSun, angles_anywhere) {
  const Table t = read_table("sky_random_pvlib.csv");
  Array<Real, 2> in(device_of<TypeParam>, {t.n_row, 6});
  for (int i = 0; i < t.n_row; ++i) {
    in(i, 0) = t["unix_s"][i], in(i, 1) = t["latitude"][i], in(i, 2) = t["longitude"][i], in(i, 3) = t["altitude"][i];
    in(i, 4) = t["pressure_Pa"][i], in(i, 5) = t["temp_C"][i] + 273.15;
  }
  const Array<Real, 2> out = observed<TypeParam>(in);
  for (int i = 0; i < t.n_row; ++i) {
    EXPECT_NEAR(out(i, 0), t["zenith"][i], 1e-6) << i;
    EXPECT_NEAR(out(i, 1), t["apparent_zenith"][i], 1e-6) << i;
    EXPECT_LT(apart(out(i, 2), t["azimuth"][i]) * std::sin(out(i, 0) * degree), 1e-6) << i;
    EXPECT_NEAR(out(i, 3), t["distance_au"][i], 1e-10) << i;
    EXPECT_NEAR(out(i, 4), t["dni_extra"][i], 1e-8) << i;
  }
}

// Almanac of 2026 to the minute: equinox 20 March 14:46, solstice 21 June 08:24. The Sun moves 0.0007 degrees in a
// minute.
TEST(CommonSun, equinox_and_solstice) {
  const Time minute = 60 * ns_per_s;
  const sun::Place march = sun::place(midnight({2026, 3, 20}) + (14 * 60 + 46) * minute);
  EXPECT_LT(apart(march.longitude / degree, 0.0), 7e-4);
  const sun::Place june = sun::place(midnight({2026, 6, 21}) + (8 * 60 + 24) * minute);
  EXPECT_LT(apart(june.longitude / degree, 90.0), 7e-4);
  EXPECT_NEAR(june.declination, june.obliquity, 1e-5);
  EXPECT_NEAR(june.obliquity / degree, 23.438, 2e-3);
}

// The inertial vector differs from right ascension and declination by the equation of the equinoxes: 1.2 s of
// time, 8.5e-5 rad, at most.
TEST(CommonSun, inertial_vector) {
  for (int day = 0; day < 7000; day += 97) {
    const sun::Place p = sun::place(midnight({2015, 1, 1}) + day * 86400 * ns_per_s);
    EXPECT_NEAR(sun::dot(p.teme, p.teme), 1.0, 1e-14);
    EXPECT_NEAR(p.teme.z, std::sin(p.declination), 1e-14);
    EXPECT_LT(std::fabs(std::remainder(std::atan2(p.teme.y, p.teme.x) - p.right_ascension, 2.0 * sun::pi)), 8.5e-5);
    EXPECT_GT(p.distance, 0.983 * constants::astronomical_unit);
    EXPECT_LT(p.distance, 1.017 * constants::astronomical_unit);
  }
}

TEST(CommonSun, linear_within_an_hour) {
  const Time hour = 3600 * ns_per_s, start = midnight({2026, 3, 1}) + 7 * hour;
  const sun::Place a = sun::place(start), b = sun::place(start + hour);
  for (Real t : {0.25, 0.5, 0.9}) {
    const sun::Place p = sun::between(a, b, t), q = sun::place(start + static_cast<Time>(t * 3600) * ns_per_s);
    EXPECT_NEAR(p.teme.x, q.teme.x, 1e-8);
    EXPECT_NEAR(p.teme.y, q.teme.y, 1e-8);
    EXPECT_NEAR(p.teme.z, q.teme.z, 1e-8);
    EXPECT_NEAR(p.right_ascension, q.right_ascension, 1e-8);
  }
}

// Extremes of the equation of time in 2026: -14 min 12 s on 11 February, +16 min 26 s on 3 November (almanac, to 2 s).
TEST(CommonSun, equation_of_time) {
  const auto at = [](int month, int day) {
    const Time t = midnight({2026, month, day}) + 12 * 3600 * ns_per_s;
    return sun::equation_of_time(t, sun::place(t));
  };
  EXPECT_NEAR(at(2, 11), -(14 * 60 + 12), 3.0);
  EXPECT_NEAR(at(11, 3), 16 * 60 + 26, 3.0);
  const Time noon = midnight({2026, 6, 13}) + 12 * 3600 * ns_per_s;  // near zero
  EXPECT_NEAR(sun::solar_hour(sun::place(noon), sun::mean_sidereal_time(noon), 0.0), 12.0, 0.01);
}

// Saemundsson's formula at the horizon, 1010 hPa and 10 degC: 29 arc minutes; none when the Sun's upper edge has set.
TEST(CommonSun, refraction) {
  EXPECT_NEAR(sun::refraction(0.0, 101000.0, 283.15) / degree * 60.0, 28.98, 0.05);
  EXPECT_EQ(sun::refraction(-0.84 * degree, 101000.0, 283.15), 0.0);
  EXPECT_LT(sun::refraction(89.0 * degree, 101000.0, 283.15) / degree, 1e-3);
}

}  // namespace
}  // namespace coldsun::test

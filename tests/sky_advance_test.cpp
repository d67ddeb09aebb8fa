// The sky's step: a day on the table, night, closure, members, cuts, the cell's lag, flags.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends.hpp"
#include "sky/advance.hpp"

namespace coldsun::test {
namespace {

using namespace coldsun::sky;
constexpr Real degree = constants::degree;

Climate climate() {
  Climate c = {};
  for (int m = 0; m < 12; ++m) {
    c.linke_turbidity[m] = 3.0, c.temp_air_min[m] = 285.0, c.temp_air_max[m] = 300.0, c.wind_speed[m] = 4.0;
    c.haze[m] = 0.05, c.dust_probability[m] = 0.1;
  }
  c.dust_depth = 0.1;
  return c;
}

System two_sites(Device device) {
  std::vector<Site> site(2);
  Cloudiness cloudy;
  for (int m = 0; m < 12; ++m) cloudy.clear_fraction[m] = 0.2, cloudy.overcast_fraction[m] = 0.1;
  site[0].latitude = -22.92 * degree, site[0].longitude = -69.91 * degree, site[0].altitude = 1635.0;
  site[1].latitude = 24.4267 * degree, site[1].longitude = 54.6167 * degree, site[1].altitude = 10.0,
  site[1].entity = 1;
  for (Site& s : site) s.cloud = make_cloud_law(cloudy);
  std::vector<Plane> plane(3);
  plane[0].surface_tilt = 0.4;
  plane[1].site = 1, plane[1].surface_tilt = 0.4, plane[1].surface_azimuth = constants::pi,
  plane[1].soiling_ratio = 0.97;
  plane[2].site = 1;  // flat
  return make_system(site, plane, device);
}

// A run of equal cuts of some members.
template <class Space>
struct Run {
  static constexpr Device device = device_of<Space>;
  System system = two_sites(device);
  Weather weather;
  State state;
  Array<std::int32_t, 1> member;
  Array<Time, 1> start, stop;
  Array<std::uint32_t, 1> flags;
  std::uint32_t first_member = 0;

  Run(int n_member, Time begin, Time end, std::uint32_t first = 0) : first_member(first) {
    weather = make_weather(system, begin, end, device);
    for (int s = 0; s < 2; ++s) fill_from_climate(weather, system, s, climate(), 5);
    state = make_state(system, weather, begin, n_member, device);
    member = Array<std::int32_t, 1>(device, {n_member});
    start = Array<Time, 1>(device, {n_member}), stop = Array<Time, 1>(device, {n_member});
    flags = Array<std::uint32_t, 1>(device, {n_member});
    for (int m = 0; m < n_member; ++m) member(m) = m;
  }
  void step(Time from, Time to, int n_active) {
    for (int a = 0; a < n_active; ++a) start(member(a)) = from, stop(member(a)) = to;
    Cut cut = {member, start, stop, n_active, 99, first_member};
    advance(Space{}, system, state, Drive{&weather, flags}, cut);
    synchronize(Space{});
  }
};

const Time day0 = midnight({2026, 3, 1});
constexpr Time minute = 60 * ns_per_s;

template <class Space>
class SkyAdvance : public OnBackend<Space> {};
TYPED_TEST_SUITE(SkyAdvance, Backends);

TYPED_TEST(SkyAdvance, a_day_closes_and_its_night_is_dark) {
  Run<TypeParam> run(3, day0, day0 + 1440 * minute);
  int dark = 0;
  Real energy = 0.0;
  for (int k = 0; k < 1440; k += 3) {
    run.step(day0 + k * minute, day0 + (k + 3) * minute, 3);
    const State& s = run.state;
    const Place p = WeatherView(run.weather).place(day0 + k * minute + 90 * ns_per_s);
    for (int m = 0; m < 3; ++m) {
      for (int i = 0; i < 2; ++i) {
        const Real up = WeatherView(run.weather).sun_at(i, p).z;
        if (up <= 0.0) {
          ++dark;
          ASSERT_EQ(s.ghi(m, i), 0.0);
          ASSERT_EQ(s.dni(m, i), 0.0);
          ASSERT_EQ(s.dhi(m, i), 0.0);
          ASSERT_EQ(s.clearsky_index(m, i), 1.0);
        } else {
          ASSERT_NEAR(s.ghi(m, i), std::fma(s.dni(m, i), up, s.dhi(m, i)),
                      1e-12 * s.ghi(m, i));  // the device may round up elsewhere
          ASSERT_GE(s.dhi(m, i), 0.0);
          ASSERT_LE(s.clearsky_index(m, i), 1.26);
        }
        ASSERT_NEAR(std::cos(s.solar_zenith(m, i)), up, 1e-12);
      }
      for (int i = 0; i < 3; ++i) {
        const int site = run.system.plane(i).site;
        ASSERT_TRUE(s.ghi(m, site) > 0.0 || (s.poa_global(m, i) == 0.0 && s.effective_irradiance(m, i) == 0.0));
        ASSERT_LE(s.effective_irradiance(m, i), s.poa_global(m, i));
      }
      // A horizontal plane receives ghi; 2 %: Perez' brightening is not exactly neutral with the Sun low.
      if (s.solar_zenith(m, 1) < 80.0 * degree) {
        ASSERT_NEAR(s.poa_global(m, 2), s.ghi(m, 1), 0.02 * s.ghi(m, 1));
      }
      energy += s.ghi(m, 0) * 180.0 / 3.6e6 / 3.0;
    }
    ASSERT_EQ(run.flags(0) | run.flags(1) | run.flags(2), 0u);
  }
  EXPECT_GT(dark, 2 * 3 * 220);
  EXPECT_GT(energy, 3.0);  // kWh/m2 of a March day at 23 degrees south
  EXPECT_LT(energy, 8.5);
}

// Draws depend on the member's number, not on its row or on other members.
TYPED_TEST(SkyAdvance, a_member_alone_gives_its_own_bits) {
  const Time t = day0 + 15 * 60 * minute;
  Run<TypeParam> all(20, t, t + 10 * minute), alone(1, t, t + 10 * minute, 17);
  for (int k = 0; k < 30; ++k) {
    all.step(t + k * 10 * ns_per_s, t + (k + 1) * 10 * ns_per_s, 20);
    alone.step(t + k * 10 * ns_per_s, t + (k + 1) * 10 * ns_per_s, 1);
  }
  State::each(all.state, [&](const FieldInfo& info, const auto& many) {
    State::each(alone.state, [&](const FieldInfo& other, const auto& one) {
      if (std::string(info.name) != other.name) return;
      for (int i = 0; i < many.extent(1); ++i) EXPECT_EQ(many(17, i), one(0, i)) << info.name;
    });
  });
}

TYPED_TEST(SkyAdvance, inactive_members_are_not_touched) {
  const Time t = day0 + 15 * 60 * minute;
  Run<TypeParam> run(4, t, t + 10 * minute);
  const Real poison = std::numeric_limits<Real>::quiet_NaN();
  run.state.ghi.fill(poison), run.state.temp_cell.fill(poison), run.state.temp_air.fill(poison);
  run.member(0) = 2;
  run.step(t, t + 10 * ns_per_s, 1);
  for (int m = 0; m < 4; ++m) {
    EXPECT_EQ(std::isnan(run.state.ghi(m, 0)), m != 2);
    EXPECT_EQ(std::isnan(run.state.temp_cell(m, 0)), m != 2);
  }
}

// Halving the cut changes the means of the clouds by nothing but rounding; the Sun moves in between: 1e-5 of a 10-s
// cut.
TYPED_TEST(SkyAdvance, half_cuts_add_up) {
  const Time t = day0 + 15 * 60 * minute;
  Run<TypeParam> whole(2, t, t + 10 * minute), half(2, t, t + 10 * minute);
  for (int k = 0; k < 30; ++k) {
    const Time a = t + k * 10 * ns_per_s, b = a + 5 * ns_per_s, c = a + 10 * ns_per_s;
    whole.step(a, c, 2);
    half.step(a, b, 2);
    Real sum[2] = {half.state.ghi(0, 0), half.state.ghi(1, 0)};
    half.step(b, c, 2);
    for (int m = 0; m < 2; ++m)
      EXPECT_NEAR(0.5 * (sum[m] + half.state.ghi(m, 0)), whole.state.ghi(m, 0), 1e-5 * whole.state.ghi(m, 0));
    for (int m = 0; m < 2; ++m) EXPECT_NEAR(half.state.temp_cell_end(m, 0), whole.state.temp_cell_end(m, 0), 0.05);
  }
}

// Cells forget their start by e^(-1) in tau; in the dark they go to the air's temperature.
TYPED_TEST(SkyAdvance, cells_cool_with_their_time_constant) {
  Run<TypeParam> run(1, day0 + 5 * 60 * minute, day0 + 6 * 60 * minute);  // night at site 0
  const Time t = day0 + 5 * 60 * minute;
  run.weather.temp_air.fill(290.0);
  run.state.temp_cell_end(0, 0) = 330.0;
  run.step(t, t + 300 * ns_per_s, 1);
  EXPECT_NEAR(run.state.temp_cell_end(0, 0), 290.0 + 40.0 * std::exp(-1.0), 1e-10);
  EXPECT_NEAR(run.state.temp_cell(0, 0), 290.0 + 40.0 * (1.0 - std::exp(-1.0)), 1e-10);
}

TYPED_TEST(SkyAdvance, flags) {
  const Time t = day0 + 15 * 60 * minute;
  Run<TypeParam> run(2, t, t + 10 * minute);
  run.step(t, t + ns_per_s, 2);
  EXPECT_EQ(run.flags(0), 0u);
  run.state.soiling_ratio(1, 0) = std::numeric_limits<Real>::quiet_NaN();
  run.step(t, t + ns_per_s, 2);
  EXPECT_EQ(run.flags(0), 0u);
  EXPECT_EQ(run.flags(1), flag_sky_not_finite);
  run.step(t + 20 * minute, t + 21 * minute, 1);
  EXPECT_EQ(run.flags(0), flag_sky_outside_table);
}

TEST(SkyAdvance, field_lists_fill_their_structs) {
  EXPECT_NO_THROW(check_fields(System{}));
  EXPECT_NO_THROW(check_fields(State{}));
  EXPECT_NO_THROW(check_fields(Weather{}));
}

TEST(SkyAdvance, invalid_values_are_rejected) {
  std::vector<Site> site(1);
  EXPECT_THROW(make_system(site, {}, Device::host), std::invalid_argument);  // no cloud law
  site[0].cloud = make_cloud_law({});
  EXPECT_NO_THROW(make_system(site, {}, Device::host));
  std::vector<Plane> plane(1);
  plane[0].site = 1;
  EXPECT_THROW(make_system(site, plane, Device::host), std::invalid_argument);
}

}  // namespace
}  // namespace coldsun::test

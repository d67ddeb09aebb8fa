// Forecast: ranks of the ensemble, independence of later observations, and PV power equal to that of a day under the
// same sky.
#include <cmath>

#include "electrical/advance.hpp"
#include "electrical_plant.hpp"
#include "schedule/forecast_pv.hpp"
#include "sky/advance.hpp"

namespace coldsun::schedule {
namespace {

using test::device_of;

template <class Space>
class ScheduleForecast : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ScheduleForecast, test::Backends);

const Time morning = midnight({2026, 3, 1}) + 12 * 3600 * ns_per_s;  // eight at the site

sky::System one_sky(Device device) {
  std::vector<sky::Site> site(1);
  site[0].latitude = -22.92 * constants::degree, site[0].longitude = -69.91 * constants::degree,
  site[0].altitude = 1635.0, site[0].entity = 4;
  site[0].cloud = sky::make_cloud_law({});
  std::vector<sky::Plane> plane(2);
  plane[0].surface_tilt = 0.35, plane[1].surface_tilt = 0.1, plane[1].surface_azimuth = 1.6;
  return sky::make_system(site, plane, device);
}
electrical::System one_plant(Device device) {
  std::vector<electrical::StringRow> strings;
  for (int i = 0; i < 4; ++i) strings.push_back({0, i % 2, 0, 14, 1 + i, 8.5e3, 0.9e-3, 50e3, 0.3});
  return electrical::make_system({electrical::module_longi_lr5_72hbd_545m()}, {electrical::base_site()}, strings,
                                 {{0, 9e3}}, device);
}

struct World {
  sky::System sky;
  electrical::System plant;
  sky::Weather weather;
  Array<Real, 1> index, age, temp_cell, soiling, gain;
  explicit World(Device device)
      : sky(one_sky(device)),
        plant(one_plant(device)),
        index(device, {1}),
        age(device, {1}),
        temp_cell(device, {2}),
        soiling(device, {2}),
        gain(device, {4}) {
    sky::Climate c = {};
    for (int m = 0; m < 12; ++m)
      c.linke_turbidity[m] = 3.0, c.temp_air_min[m] = 280.0, c.temp_air_max[m] = 298.0, c.wind_speed[m] = 4.0;
    weather = sky::make_weather(sky, morning - 3600 * ns_per_s, morning + 86400 * ns_per_s, device);
    sky::fill_from_climate(weather, sky, 0, c, 5);
    index.fill(0.8), temp_cell.fill(300.0), soiling.fill(0.97), gain.fill(1.0);
  }
  PvForecast forecast() const {
    return {.seed = 7,
            .issue = morning - 60 * ns_per_s,
            .law = {},
            .clearsky_index = index,
            .index_age = age,
            .temp_cell = temp_cell,
            .soiling_ratio = soiling,
            .pv_gain = gain};
  }
  Problem problem(Device device) const {
    Problem p = make_problem({1, 96, 8, 0, 1}, device);
    p.start = morning;
    return p;
  }
};

// Each rank occurs once at any lead; two members and two issues differ; lead 0 is the index seen.
TEST(ScheduleForecastIndex, EachRankOnceAndZeroErrorAtLeadZero) {
  const sky::ForecastLaw law;
  for (const int n : {1, 2, 5, 8, 12, 16})
    for (const Real lead : {0.0, 3600.0, 20000.0, 80000.0})
      for (std::uint32_t member = 0; member < 50; ++member) {
        std::vector<int> seen(static_cast<std::size_t>(n), 0);
        for (int k = 0; k < n; ++k)
          ++seen[static_cast<std::size_t>(
              sky::forecast_rank_of({3, member, Stream::forecast, 1}, law, morning, {k, n}, lead) * n)];
        for (const int times : seen) ASSERT_EQ(times, 1) << n << " " << lead;
      }
  const sky::ForecastNow now{0.8, 0.7, 0.0};
  int other_member = 0, other_issue = 0;
  for (int k = 0; k < 16; ++k) {
    const Chance a{3, 0, Stream::forecast, 1}, b{3, 1, Stream::forecast, 1};
    const Real x = sky::forecast_index(a, law, now, morning, {k, 16}, 3600.0);
    other_member += x != sky::forecast_index(b, law, now, morning, {k, 16}, 3600.0);
    other_issue += x != sky::forecast_index(a, law, now, morning + ns_per_s, {k, 16}, 3600.0);
    EXPECT_EQ(sky::forecast_index(a, law, now, morning, {k, 16}, 0.0), 0.7);
  }
  EXPECT_GT(other_member, 8);
  EXPECT_GT(other_issue, 8);
}

// Poisoned observations (beam, diffuse and clouds of the table) change no bit.
TYPED_TEST(ScheduleForecast, IgnoresWhatIsObservedAfterIssue) {
  const Device device = device_of<TypeParam>;
  World w(device);
  Problem clean = w.problem(device), poisoned = w.problem(device);
  forecast_pv(TypeParam{}, w.sky, w.weather, w.plant, w.forecast(), clean);
  for (auto* a : {&w.weather.dni, &w.weather.dhi, &w.weather.cover, &w.weather.dust}) a->fill(math::not_a_number);
  forecast_pv(TypeParam{}, w.sky, w.weather, w.plant, w.forecast(), poisoned);
  Real most = 0.0;
  for (std::int64_t i = 0; i < clean.pv_linear.size(); ++i) {
    ASSERT_EQ(clean.pv_linear.data()[i], poisoned.pv_linear.data()[i]);
    ASSERT_EQ(clean.pv_square.data()[i], poisoned.pv_square.data()[i]);
    ASSERT_EQ(clean.pv_available.data()[i], poisoned.pv_available.data()[i]);
    most = math::max(most, clean.pv_available.data()[i]);
  }
  EXPECT_GT(most, 30e3);  // ten strings of 7.6 kW
  EXPECT_LT(most, 90e3);
}

// A clear day without spread is the engine's own clear day: sky and strings advanced by the coupled step's kernels.
TYPED_TEST(ScheduleForecast, ClearDayEqualsTheTwins) {
  const Device device = device_of<TypeParam>;
  World w(device);
  w.index.fill(1.0);
  w.weather.cover.fill(0.0);
  PvForecast f = w.forecast();
  f.law.scale = 0.0;
  Problem p = w.problem(device);
  forecast_pv(TypeParam{}, w.sky, w.weather, w.plant, f, p);
  sky::State sky = sky::make_state(w.sky, w.weather, morning, 1, device);
  sky.temp_cell_end.fill(300.0), sky.soiling_ratio.fill(0.97);
  electrical::State plant = electrical::make_state(w.plant, 1, device);
  Array<std::int32_t, 1> member(device, {1});
  Array<Time, 1> start(device, {1}), stop(device, {1});
  Array<std::uint32_t, 1> flags(device, {1});
  Array<Real, 2> node(device, {1, 1}), site(device, {1, 1});
  Array<std::int32_t, 2> priority(device, {1, 1});
  for (int t = 0; t < 96; ++t) {
    start(0) = morning + 300 * t * ns_per_s, stop(0) = start(0) + 300 * ns_per_s;
    const Cut cut{member, start, stop, 1, 1, 0};
    sky::advance(TypeParam{}, w.sky, sky, sky::Drive{&w.weather, flags}, cut);
    const electrical::Drive d{.effective_irradiance = sky.effective_irradiance,
                              .temp_cell = sky.temp_cell,
                              .p_request = node,
                              .p_floor = node,
                              .p_leak_bound = node,
                              .priority = priority,
                              .p_node = node,
                              .p_aux = site,
                              .p_aux_bound = site,
                              .p_site_cap = site,
                              .t_coolant = site,
                              .flags = flags};
    electrical::allocate(TypeParam{}, w.plant, plant, d, cut);
    synchronize(TypeParam{});
    const Real scale =
        1e-4 * (1.0 + plant.pv_linear(0, 0));  // between knots a day's diffuse light is linear, a forecast's global
    for (int m = 0; m < 8; ++m) {
      ASSERT_NEAR(p.pv_linear(m, 0, t), plant.pv_linear(0, 0), scale) << t;
      ASSERT_NEAR(p.pv_square(m, 0, t), plant.pv_square(0, 0), scale) << t;
    }
  }
}

}  // namespace
}  // namespace coldsun::schedule

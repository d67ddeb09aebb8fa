// Clouds inside the intervals of a weather series: means are kept, no clouds in haze, minute values are constant.
#include <gtest/gtest.h>

#include "sky_series.hpp"

namespace coldsun::test {
namespace {

// A day of a series, stepped: means of every interval of each member, clouds and all; and the largest clear-sky index
// and ghi.
struct Stepped {
  std::vector<Real> ghi[4], dni[4], dhi[4];
  Real most = 0.0, brightest = 0.0;
};
Stepped stepped(const Truth& t, Weather& w, int per_interval, Time dt = minute) {
  constexpr int n = 4;
  State state = make_state(t.system, w, day0, n, Device::host);
  Array<std::int32_t, 1> member(Device::host, {n});
  Array<Time, 1> start(Device::host, {n}), stop(Device::host, {n});
  Array<std::uint32_t, 1> flags(Device::host, {n});
  Stepped s;
  const int steps = static_cast<int>(24 * hour / dt);
  for (auto* all : {&s.ghi, &s.dni, &s.dhi})
    for (auto& v : *all) v.assign(static_cast<std::size_t>(steps / per_interval), 0.0);
  for (int k = 0; k < steps; ++k) {
    for (int m = 0; m < n; ++m) member(m) = m, start(m) = day0 + k * dt, stop(m) = start(m) + dt;
    advance(Host{}, t.system, state, Drive{&w, flags}, Cut{member, start, stop, n, 7, 0});
    const auto i = static_cast<std::size_t>(k / per_interval);
    for (int m = 0; m < n; ++m) {
      s.ghi[m][i] += state.ghi(m, 0) / per_interval, s.dni[m][i] += state.dni(m, 0) / per_interval,
          s.dhi[m][i] += state.dhi(m, 0) / per_interval;
      s.most = std::max(s.most, state.clearsky_index(m, 0)), s.brightest = std::max(s.brightest, state.ghi(m, 0));
    }
  }
  return s;
}

// Clouds inside an hour move its light about and leave its means of all three. Drawn by index alone one hour of these
// was 19 % off, rms 7 %; with a gain on ghi alone the beam of a day was 14 to 17 % low and the diffuse light 29 to 40 %
// high.
TEST(SkySeries, every_member_keeps_ghi_dni_and_dhi_of_every_hour) {
  const Truth truth(day0, day0 + 24 * hour);
  Weather w = filled(truth, truth.series(60, Stamp::start), day0, day0 + 24 * hour);
  const Stepped s = stepped(truth, w, 60);
  Real cover = 0.0;
  for (std::size_t h = 0; h < 24; ++h) {
    const int k = 60 * static_cast<int>(h);
    const Real ghi = mean_of([&](int i) { return ghi_of(w, i); }, k, 60),
               dni = mean_of([&](int i) { return w.dni(0, i); }, k, 60);
    const Real dhi = mean_of([&](int i) { return w.dhi(0, i); }, k, 60);
    for (int m = 0; m < 4; ++m) {
      EXPECT_NEAR(s.ghi[m][h], ghi, 2e-4 * ghi + 0.03) << h;
      EXPECT_NEAR(s.dhi[m][h], dhi, 1e-3 * dhi + 0.05) << h;
      EXPECT_NEAR(s.dni[m][h], dni, 0.05 * dni + 5.0)
          << h;  // its mean on the ground is kept; the Sun moves within the hour
    }
    if (ghi > 100.0) cover = std::max(cover, w.cover(0, k + 30));
  }
  EXPECT_GT(cover, 0.3);
  EXPECT_LT(s.brightest, 1.45 * 1400.0);
}

// Public report 20: a cloudless hazy day is cloudless, however far below our own clear sky; an hour without beam in it
// is cloudy.
TEST(SkySeries, haze_draws_no_clouds) {
  Truth truth(day0, day0 + 24 * hour);
  Climate hazy = climate();
  for (Real& t : hazy.linke_turbidity) t = 6.0;
  fill_from_climate(truth.weather, truth.system, 0, hazy, 1);
  for (int k = 0; k < truth.weather.n_knot(); ++k)
    truth.ghi[k] = ghi_of(truth.weather, k), truth.dni[k] = truth.weather.dni(0, k),
    truth.dhi[k] = truth.weather.dhi(0, k);
  Series s = truth.series(60, Stamp::start);
  Weather w = filled(truth, s, day0, day0 + 24 * hour);
  EXPECT_LT(ghi_of(w, 16 * 60 + 30), 0.95 * w.ghi_clear(0, 16 * 60 + 30));
  for (int k = 0; k < w.n_knot(); ++k) ASSERT_EQ(w.cover(0, k), 0.0) << k;
  const Stepped t = stepped(truth, w, 60);
  for (std::size_t h = 0; h < 24; ++h)
    for (int m = 0; m < 4; ++m) {
      EXPECT_NEAR(t.dni[m][h], s.dni[h], 0.05 * s.dni[h] + 2.0) << h;  // a low Sun: 4 %
      EXPECT_NEAR(t.dhi[m][h], s.dhi[h], 0.05 * s.dhi[h] + 1.0) << h;
    }
  s.ghi[16] = s.dhi[16] = 0.4 * s.ghi[16], s.dni[16] = 0.0;
  w = filled(truth, s, day0, day0 + 24 * hour);
  EXPECT_GT(w.cover(0, 16 * 60 + 30), 0.9);
  EXPECT_EQ(w.cover(0, 15 * 60 + 30), 0.0);
  EXPECT_EQ(w.cover(0, 17 * 60), 0.0);
}

// A minute of a file is that minute, however its neighbours are; a cut of five minutes has the mean of all five.
TEST(SkySeries, minute_values_are_kept) {
  const Truth truth(day0, day0 + 24 * hour);
  Series s = truth.series(1, Stamp::start);
  for (std::size_t i = 0; i < s.time.size(); ++i)
    if (i % 3 == 1) s.ghi[i] -= 0.9 * (s.ghi[i] - s.dhi[i]), s.dni[i] *= 0.1;
  Weather w = filled(truth, s, day0, day0 + 24 * hour);
  const Stepped one = stepped(truth, w, 1), five = stepped(truth, w, 1, 5 * minute);
  for (std::size_t i = 0; i + 5 < s.time.size(); ++i) {
    if (w.up(0, static_cast<int>(i)) < 0.1) continue;
    for (int m = 0; m < 4; ++m) {
      ASSERT_NEAR(one.ghi[m][i], s.ghi[i], 0.01 * s.ghi[i] + 1.0) << i;
      ASSERT_NEAR(one.dni[m][i], s.dni[i], 0.02 * s.dni[i] + 2.0) << i;
    }
    if (i % 5 == 0) {
      Real mean = 0.0;
      for (std::size_t k = i; k < i + 5; ++k) mean += s.ghi[k] / 5.0;
      ASSERT_NEAR(five.ghi[0][i / 5], mean, 0.01 * mean + 1.0) << i;
    }
  }
}

// A file that closes with the Sun of each hour's middle, as many do: the beam beyond 70 degrees of zenith is the file's
// to 5 %.
TEST(SkySeries, the_beam_of_a_low_sun_is_kept) {
  const Truth truth(day0, day0 + 24 * hour);
  Series s = truth.series(60, Stamp::start);
  for (std::size_t i = 0; i < s.time.size(); ++i) {
    const int k = 60 * static_cast<int>(i) + 30;
    const Real up = std::max(truth.weather.up(0, k), 0.0);
    s.dni[i] = up > 0.0 ? truth.weather.dni(0, k) : 0.0, s.dhi[i] = up > 0.0 ? truth.weather.dhi(0, k) : 0.0;
    s.ghi[i] = s.dni[i] * up + s.dhi[i];
  }
  const Weather w = filled(truth, s, day0, day0 + 24 * hour);
  Real have = 0.0, want = 0.0;
  for (int h = 0; h < 24; ++h) {
    if (w.up(0, 60 * h + 30) > 0.342) continue;
    have += mean_of([&](int k) { return w.dni(0, k); }, 60 * h, 60), want += s.dni[static_cast<std::size_t>(h)];
  }
  EXPECT_GT(want, 300.0);
  EXPECT_NEAR(have, want, 0.05 * want);
}

// Stamps at the middle of 5 and 15 min: intervals that begin on half minutes keep their energy.
TEST(SkySeries, intervals_from_half_minutes) {
  const Truth truth(day0 - hour, day0 + 25 * hour);
  for (int n : {5, 15}) {
    Series s = truth.series(n, Stamp::start);
    s.stamp = Stamp::centre;
    Weather w = make_weather(truth.system, day0, day0 + 24 * hour, Device::host);
    fill_from_series(w, truth.system, 0, climate(), s);
    Real have = 0.0, want = 0.0;
    for (int k = 0; k < w.n_knot(); ++k) have += ghi_of(w, k) / w.n_knot();
    for (std::size_t i = 0; i < s.time.size(); ++i)
      if (s.time[i] >= day0 && s.time[i] < day0 + 24 * hour) want += s.ghi[i] * n / 1440.0;
    EXPECT_NEAR(have, want, 0.003 * want) << n;
    EXPECT_EQ(w.hold(0), 0);
  }
}

// A file whose Sun rises before ours: its first hour is far brighter than the clear sky. The index stays at 2, the
// energy is the file's.
TEST(SkySeries, the_index_is_bounded_at_low_sun) {
  const Truth truth(day0, day0 + 24 * hour);
  Series series = truth.series(60, Stamp::start);
  std::size_t dawn = 5;
  while (dawn < 23 && !(series.ghi[dawn] > 1.0 && series.ghi[dawn - 1] < 1.0)) ++dawn;
  series.ghi[dawn] = series.dhi[dawn] = 3.0 * series.ghi[dawn];
  Weather w = filled(truth, series, day0, day0 + 24 * hour);
  const Stepped s = stepped(truth, w, 60);
  EXPECT_EQ(s.most, 2.0);
  for (const auto& member : s.ghi) EXPECT_NEAR(member[dawn], series.ghi[dawn], 0.01 * series.ghi[dawn] + 1.0);
}

}  // namespace
}  // namespace coldsun::test

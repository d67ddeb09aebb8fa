// Weather series on the table: energy of every interval, stamps, typical years, missing columns, errors.
#include "sky_series.hpp"

#include <gtest/gtest.h>

namespace coldsun::test {
namespace {

// 1 % of every interval's energy, or 1 W/m2 at dawn and dusk.
TEST(SkySeries, keeps_the_energy_of_every_interval) {
  const Truth truth(day0, day0 + 5 * 24 * hour);
  for (int n : {60, 15}) {
    const Series s = truth.series(n, Stamp::start);
    const Weather w = filled(truth, s, day0, day0 + 5 * 24 * hour);
    Real total = 0.0, wanted = 0.0, beam = 0.0, beam_wanted = 0.0;
    for (std::size_t i = 0; i < s.time.size(); ++i) {
      const int k = static_cast<int>(i) * n;
      const Real got = mean_of([&](int j) { return ghi_of(w, j); }, k, n);
      EXPECT_NEAR(got, s.ghi[i], 0.01 * s.ghi[i] + 1.0) << i;
      EXPECT_NEAR(mean_of([&](int j) { return w.dhi(0, j); }, k, n), s.dhi[i], 0.03 * s.dhi[i] + 6.0)
          << i;  // clouds that came while the Sun was high or low
      EXPECT_NEAR(mean_of([&](int j) { return w.dni(0, j); }, k, n), s.dni[i], 0.05 * s.dni[i] + 10.0) << i;
      total += got, wanted += s.ghi[i];
      beam += mean_of([&](int j) { return w.dni(0, j); }, k, n), beam_wanted += s.dni[i];
    }
    EXPECT_NEAR(total, wanted, 1e-3 * wanted);
    // the horizontal beam is kept; the Sun moves within the interval
    EXPECT_NEAR(beam, beam_wanted, 0.02 * beam_wanted);
  }
}

TEST(SkySeries, the_stamp_selects_the_interval) {
  const Truth truth(day0, day0 + 2 * 24 * hour);
  const Weather a = filled(truth, truth.series(60, Stamp::start), day0 + 6 * hour, day0 + 30 * hour);
  const Weather b = filled(truth, truth.series(60, Stamp::end), day0 + 6 * hour, day0 + 30 * hour);
  const Weather c = filled(truth, truth.series(60, Stamp::centre), day0 + 6 * hour, day0 + 30 * hour);
  for (int k = 0; k < a.n_knot(); ++k) {
    ASSERT_EQ(ghi_of(a, k), ghi_of(b, k));
    ASSERT_EQ(ghi_of(a, k), ghi_of(c, k));
  }
}

// A table that starts and stops inside intervals holds the same as a longer one.
TEST(SkySeries, a_part_of_the_span_agrees_with_the_whole) {
  const Truth truth(day0, day0 + 2 * 24 * hour);
  const Series s = truth.series(60, Stamp::end);
  const Weather whole = filled(truth, s, day0, day0 + 48 * hour),
                part = filled(truth, s, day0 + 12 * hour + 7 * minute, day0 + 20 * hour);
  const int shift = 12 * 60 + 7;
  for (int k = 120; k + 120 < part.n_knot(); ++k)
    ASSERT_NEAR(ghi_of(part, k), ghi_of(whole, k + shift), 0.02 * ghi_of(whole, k + shift) + 1.0);
}

TEST(SkySeries, two_of_three_columns_are_enough) {
  const Truth truth(day0, day0 + 24 * hour);
  const Series all = truth.series(60, Stamp::start);
  Series no_dhi = all, no_ghi = all, only_ghi = all;
  no_dhi.dhi.clear(), no_ghi.ghi.clear(), only_ghi.dni.clear(), only_ghi.dhi.clear();
  const Time stop = day0 + 24 * hour;
  const Weather a = filled(truth, all, day0, stop), b = filled(truth, no_dhi, day0, stop),
                c = filled(truth, no_ghi, day0, stop), d = filled(truth, only_ghi, day0, stop);
  Real sum[4] = {}, beam[4] = {};
  for (int k = 0; k < a.n_knot(); ++k) {
    int i = 0;
    for (const Weather* w : {&a, &b, &c, &d}) sum[i] += ghi_of(*w, k), beam[i++] += w->dni(0, k);
  }
  EXPECT_NEAR(sum[1], sum[0], 0.005 * sum[0]);
  EXPECT_NEAR(sum[2], sum[0], 0.02 * sum[0]);
  EXPECT_NEAR(sum[3], sum[0], 0.005 * sum[0]);
  EXPECT_NEAR(beam[1], beam[0], 0.05 * beam[0]);
  EXPECT_NEAR(beam[2], beam[0], 0.05 * beam[0]);
  EXPECT_NEAR(beam[3], beam[0], 0.35 * beam[0]);  // Erbs' split is a mean over many skies
}

// Sub-hourly clouds: none where they are switched off, and beside them a mean that the hours' energy allows.
TEST(SkySeries, clouds_inside_the_intervals) {
  const Truth truth(day0, day0 + 24 * hour);
  Series s = truth.series(60, Stamp::start);
  s.subhourly_clouds = false;
  const Weather smooth = filled(truth, s, day0, day0 + 24 * hour);
  s.subhourly_clouds = true;
  const Weather rough = filled(truth, s, day0, day0 + 24 * hour);
  Real most = 0.0;
  for (int k = 0; k < smooth.n_knot(); ++k) {
    ASSERT_EQ(smooth.cover(0, k), 0.0);
    ASSERT_GE(rough.cover(0, k), 0.0);
    ASSERT_LE(rough.cover(0, k), 1.0);
    most = std::max(most, rough.cover(0, k));
  }
  EXPECT_GT(most, 0.3);
}

// A typical year serves any year, 29 February too.
TEST(SkySeries, typical_year) {
  Series s;
  s.stamp = Stamp::start, s.repeat_yearly = true;
  for (int h = 0; h < 8760; ++h) {
    s.time.push_back(midnight({2014, 1, 1}) + (h + 4) * hour);  // local time of UTC-4, given in UTC
    s.ghi.push_back(h), s.dhi.push_back(h), s.temp_air.push_back(280.0 + h / 8760.0);
  }
  const Truth truth(day0, day0 + hour);
  const Weather w = filled(truth, s, midnight({2028, 2, 28}), midnight({2028, 3, 2}));
  const Weather v = filled(truth, s, midnight({2025, 12, 31}), midnight({2026, 1, 2}));
  const auto hour_of = [](const Weather& x, int k) { return (x.temp_air(0, k) - 280.0) * 8760.0; };
  EXPECT_NEAR(hour_of(w, 12 * 60 + 30), (31 + 27) * 24 + 8, 1e-6);  // 28 February 12:30 UTC is 8:30 local
  EXPECT_NEAR(hour_of(w, 36 * 60 + 30), (31 + 27) * 24 + 8, 1e-6);  // 29 February again
  EXPECT_NEAR(hour_of(w, 60 * 60 + 30), (31 + 28) * 24 + 8, 1e-6);  // 1 March
  EXPECT_NEAR(hour_of(v, 24 * 60 + 30), 364 * 24 + 20, 1e-6);       // 1 January 0:30 UTC is 31 December 20:30 local
  EXPECT_NEAR(hour_of(v, 36 * 60 + 30), 8, 1e-6);
}

TEST(SkySeries, invalid_series_are_rejected) {
  const Truth truth(day0, day0 + 24 * hour);
  const Series good = truth.series(60, Stamp::start);
  const auto refuses = [&](const Series& s) {
    EXPECT_THROW(filled(truth, s, day0, day0 + 24 * hour), std::invalid_argument);
  };
  Series s = good;
  s.temp_air.pop_back(), refuses(s);
  s = good, s.ghi.clear(), s.dhi.clear(), refuses(s);
  s = good, s.time[3] += minute, refuses(s);
  s = good, s.ghi[5] = std::nan(""), refuses(s);
  s = good, s.time.resize(1), refuses(s);
  EXPECT_THROW(filled(truth, good, day0, day0 + 30 * hour), std::invalid_argument);
  for (Time& t : s.time) t += ns_per_s;
  refuses(s);
}

}  // namespace
}  // namespace coldsun::test

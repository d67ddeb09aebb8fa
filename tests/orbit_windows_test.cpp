// Frames and looks against reference samples; contact windows against reference passes, at the ends of a span, and in
// pieces.
#include "backends.hpp"
#include "orbit/ephemeris.hpp"
#include "orbit/windows.hpp"
#include "orbit_cases.hpp"

namespace coldsun::test {
namespace {

using namespace orbit;

template <class Space>
class OrbitWindows : public OnBackend<Space> {};
TYPED_TEST_SUITE(OrbitWindows, Backends);

const Time day_start = 1'781'416'800 * ns_per_s, day_stop = day_start + 86400 * ns_per_s;  // 2026-06-14T06:00:00Z

int index_of(const std::vector<ElementSet>& sets, std::int64_t id) {
  for (std::size_t i = 0; i < sets.size(); ++i)
    if (sets[i].norad_cat_id == id) return static_cast<int>(i);
  return -1;
}

// Rows of a table of near-earth and of the one of deep-space satellites; the sets of both.
std::vector<std::vector<std::string>> both_rows(const std::string& table) {
  auto rows = read_rows("orbit_" + table), deep = read_rows("orbit_deep_" + table);
  rows.insert(rows.end(), deep.begin(), deep.end());
  return rows;
}
std::vector<ElementSet> both_sets() { return parse_tle(read_text("orbit_windows.tle") + read_text("orbit_deep.tle")); }

struct LookRow {  // reads a satellite, a station and a time; writes 4 numbers
  Ephemeris ephemeris;
  View<const Time, 1> time;
  View<const std::int32_t, 1> satellite, site;
  View<const Station, 1> station;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    Real sine, cosine;
    math::sincos(gmst82(time(i), 0.0), sine, cosine);
    const PosVel p = ephemeris.pef(satellite(i), seconds(time(i) - ephemeris.start), sine, cosine);
    const Look l = look(station(site(i)), p);
    out(0, i) = l.elevation, out(1, i) = l.azimuth, out(2, i) = l.slant_range, out(3, i) = l.range_rate;
  }
};

// 1e-7 deg, 1e-6 km, 1e-6 km/s: tolerance of the reference's second pipeline and of its printed digits (5e-10 deg
// seen).
TYPED_TEST(OrbitWindows, LooksAgreeWithSamples) {
  constexpr Device device = device_of<TypeParam>;
  const auto sets = both_sets();
  const Catalogue catalogue = make_catalogue(sets, device);
  ASSERT_EQ(catalogue.n_deep(), 10);
  const auto rows = both_rows("samples.csv");
  const int n = static_cast<int>(rows.size());
  ASSERT_GT(n, 290);
  Array<Station, 1> station(device, {2});
  for (int b = 0; b < 2; ++b) station(b) = reference_stations(0.0)[static_cast<std::size_t>(b)];
  Array<Time, 1> time(device, {n});
  Array<std::int32_t, 1> satellite(device, {n}), site(device, {n});
  Array<Real, 2> out(device, {4, n});
  for (int i = 0; i < n; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    site(i) = row[0] == "MASDAR" ? 0 : 1;
    satellite(i) = index_of(sets, std::stol(row[1]));
    time(i) = day_start + std::stol(row[2]) * ns_per_s;
  }
  const Array<Real, 1> minutes = minutes_from_epoch(catalogue, day_start);
  const Knots knots = make_knots(TypeParam{}, catalogue, day_start, day_stop);
  const Ephemeris ephemeris = make_ephemeris(catalogue, minutes, knots, day_start, 0.0);
  for_each(TypeParam{}, n, LookRow{ephemeris, time, satellite, site, station, out});
  synchronize(TypeParam{});
  for (int i = 0; i < n; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    EXPECT_NEAR(out(0, i) / degree, std::stod(row[3]), 1e-7);
    EXPECT_NEAR(out(1, i) / degree, std::stod(row[4]), 1e-7);
    EXPECT_NEAR(out(2, i), 1e3 * std::stod(row[5]), 1e-3);
    EXPECT_NEAR(out(3, i), 1e3 * std::stod(row[8]), 1e-3);
  }
}

// Every pass of the reference and no other; rise and set within 1 ms, the highest point within 0.05 s and 1e-5 deg.
// Near the apogee of a Molniya orbit a satellite stands so still that what V06's velocity lacks moves the turn by 0.2
// s. Of windows that the span cuts, which may hold two turns or stand highest at the cut, the reference has one turn.
TYPED_TEST(OrbitWindows, ContactWindowsAtThreeMasks) {
  const auto sets = both_sets();
  const Catalogue catalogue = make_catalogue(sets, device_of<TypeParam>);
  const auto rows = both_rows("passes.csv");
  for (const Real mask : {0.0, 10.0, 25.0}) {
    const Windows w =
        find_windows(TypeParam{}, catalogue, reference_stations(mask * degree), {day_start, day_stop, 0.0});
    int n = 0;
    for (const auto& row : rows) {
      if (std::stod(row[2]) != mask) continue;
      ++n;
      const int site = row[0] == "MASDAR" ? 0 : 1, s = index_of(sets, std::stol(row[1]));
      int at = -1;
      for (int i = w.first(site); i < w.first(site + 1); ++i)
        if (w.satellite(i) == s && std::fabs(seconds(w.los(i) - day_start) - std::stod(row[5])) < 60) at = i;
      ASSERT_GE(at, 0) << row[0] << " " << row[1] << " mask " << mask << " tca " << row[4];
      EXPECT_EQ(w.station(at), site);
      EXPECT_NEAR(seconds(w.aos(at) - day_start), std::stod(row[3]), 1e-3);
      EXPECT_NEAR(seconds(w.los(at) - day_start), std::stod(row[5]), 1e-3);
      if (w.truncated(at) == 0) {
        EXPECT_NEAR(seconds(w.tca(at) - day_start), std::stod(row[4]), catalogue.deep_column(s) < 0 ? 0.05 : 0.3);
        EXPECT_NEAR(w.max_elevation(at) / degree, std::stod(row[6]), 1e-5);
      }
      EXPECT_GT(w.max_elevation(at) / degree, std::stod(row[6]) - 1e-5);
      EXPECT_EQ(w.truncated(at), (row[7] == "1" ? truncated_start : 0) | (row[8] == "1" ? truncated_stop : 0));
    }
    EXPECT_EQ(w.size(), n) << "mask " << mask;
    for (int b = 0; b < 2; ++b)
      for (int i = w.first(b) + 1; i < w.first(b + 1); ++i) EXPECT_LE(w.aos(i - 1), w.aos(i));
  }
}

// A day searched in pieces of 17 min, shorter than many steps of the tile and cutting through passes, gives the day's
// contact time.
TYPED_TEST(OrbitWindows, PiecesAddUpToTheWhole) {
  const Catalogue catalogue = make_catalogue(parse_tle(read_text("orbit_windows.tle")), device_of<TypeParam>);
  const auto stations = reference_stations(5 * degree);
  const auto sum = [](const Windows& w) {
    Time t = 0;
    for (int i = 0; i < w.size(); ++i) t += w.los(i) - w.aos(i);
    return t;
  };
  const Time stop = day_start + 21600 * ns_per_s, piece = 1020 * ns_per_s;
  Time pieces = 0;
  int cut = 0;
  for (Time t = day_start; t < stop; t += piece) {
    const Windows w = find_windows(TypeParam{}, catalogue, stations, {t, std::min(t + piece, stop), 0.0});
    pieces += sum(w);
    for (int i = 0; i < w.size(); ++i) cut += w.truncated(i) != 0;
  }
  EXPECT_GT(cut, 4);  // the case is at work
  EXPECT_NEAR(seconds(pieces), seconds(sum(find_windows(TypeParam{}, catalogue, stations, {day_start, stop, 0.0}))),
              1e-2);  // roots, 1e-5 s each
}

// Inside a pass: open at both ends, whether the highest point lies before, in, or after the span.
TYPED_TEST(OrbitWindows, OpenAtBothEnds) {
  const auto sets = parse_tle(read_text("orbit_windows.tle"));
  const Catalogue catalogue = make_catalogue(sets, device_of<TypeParam>);
  const auto stations = reference_stations(10 * degree);
  const Windows day = find_windows(TypeParam{}, catalogue, stations, {day_start, day_stop, 0.0});
  int checked = 0;
  for (int i = 0; i < day.size(); ++i) {
    if (day.truncated(i) || day.los(i) - day.aos(i) < 120 * ns_per_s) continue;
    const Time third = (day.los(i) - day.aos(i)) / 3;
    for (int k = 0; k < 3; ++k) {
      const Time a = day.aos(i) + k * third + ns_per_s, b = day.aos(i) + (k + 1) * third - ns_per_s;
      const Windows w = find_windows(TypeParam{}, catalogue, stations, {a, b, 0.0});
      int found = 0;
      for (int j = 0; j < w.size(); ++j) {
        if (w.satellite(j) != day.satellite(i) || w.station(j) != day.station(i)) continue;
        ++found;
        EXPECT_EQ(w.truncated(j), truncated_start | truncated_stop);
        EXPECT_EQ(w.aos(j), a);
        EXPECT_EQ(w.los(j), b);
      }
      EXPECT_EQ(found, 1);
    }
    if (++checked == 6) break;
  }
  EXPECT_EQ(checked, 6);
}

// A satellite that the theory refuses is never seen, and says so in the catalogue.
TYPED_TEST(OrbitWindows, WhatCannotFlyIsLeftOut) {
  auto sets = parse_tle(read_text("orbit_windows.tle"));
  sets[0].mean.mean_motion = 0.0;
  const Catalogue catalogue = make_catalogue(sets, device_of<TypeParam>);
  EXPECT_EQ(catalogue.error(0), static_cast<std::int32_t>(Sgp4Error::mean_motion));
  const Windows w = find_windows(TypeParam{}, catalogue, reference_stations(0.0), {day_start, day_stop, 0.0});
  EXPECT_GT(w.size(), 20);
  for (int i = 0; i < w.size(); ++i) EXPECT_NE(w.satellite(i), 0);
}

// Over the same meridian as the station one geostationary satellite stands for ever: one window, open at both ends,
// though it turns twice a day.
TYPED_TEST(OrbitWindows, WhoStandsForEverIsOneWindow) {
  auto sets = parse_tle(read_text("orbit_deep.tle"));
  const int g1 = index_of(sets, 43683);  // BEIDOU-3 G1, geostationary
  const std::vector<Station> below{make_station(5 * degree, 139 * degree, 0.0, 60 * degree)};
  const Catalogue catalogue = make_catalogue(sets, device_of<TypeParam>);
  const Time stop = day_start + 10 * 86400 * ns_per_s;
  const Windows w = find_windows(TypeParam{}, catalogue, below, {day_start, stop, 0.0});
  int n = 0;
  for (int i = 0; i < w.size(); ++i) {
    if (w.satellite(i) != g1) continue;
    ++n;
    EXPECT_EQ(w.truncated(i), truncated_start | truncated_stop);
    EXPECT_EQ(w.aos(i), day_start);
    EXPECT_EQ(w.los(i), stop);
  }
  EXPECT_EQ(n, 1);
}

TEST(OrbitFrames, Gmst82) {
  // Vallado (2013) example 3-5: 1992-08-20 12:14:00 UT1. The polynomial in rational arithmetic; the book prints 152.578
  // 787 810, 1e-5 s of time from it, for its sum of nine digits before the point was done in doubles.
  const Time t = parse_utc("1992-08-20T12:14:00Z");
  EXPECT_NEAR(gmst82(t, 0.0) / degree, 152.57878785165747, 1e-11);
  EXPECT_NEAR(gmst82(t - ns_per_s / 2, 0.5), gmst82(t, 0.0), 1e-14);
  const EarthAngle angle = earth_angle(t, 0.0);
  EXPECT_NEAR(angle.rate, earth_rate, 1e-15);
  const Real later = angle(10 * 86400.0) - gmst82(t + 864000 * ns_per_s, 0.0);
  EXPECT_NEAR(std::remainder(later, two_pi), 0.0, 2e-12);  // (0.5 * 7e-11 s/day^2) * 100 day^2 of angle, and rounding
}

// The foot of a station, its altitude below it along `up`, lies on the ellipsoid of WGS 84, and `up` is normal to it.
TEST(OrbitFrames, StationStandsOnTheEllipsoid) {
  const Real a2 = wgs84_a * wgs84_a, b2 = a2 * (1.0 - wgs84_f) * (1.0 - wgs84_f);
  for (Real latitude = -89; latitude < 90; latitude += 13)
    for (Real altitude : {-400.0, 0.0, 1635.0, 500e3, 2000e3}) {
      const Station s = make_station(latitude * degree, 2.5, altitude, 0.0);
      const Vector3 foot{s.position.x - altitude * s.up.x, s.position.y - altitude * s.up.y,
                         s.position.z - altitude * s.up.z};
      EXPECT_NEAR((foot.x * foot.x + foot.y * foot.y) / a2 + foot.z * foot.z / b2, 1.0, 1e-14);
      EXPECT_NEAR(std::atan2(foot.z / b2, std::hypot(foot.x, foot.y) / a2), latitude * degree, 1e-14);
      EXPECT_NEAR(std::asin(s.up.z), latitude * degree, 1e-13);
      EXPECT_NEAR(std::atan2(foot.y, foot.x), 2.5, 1e-14);
      EXPECT_NEAR(std::atan2(s.up.y, s.up.x), 2.5, 1e-14);
      EXPECT_NEAR(dot(s.up, s.east) + dot(s.up, s.north) + dot(s.east, s.north), 0.0, 1e-15);
    }
}

TEST(OrbitFrames, ElevationRateIsTheDerivative) {
  const Station s = make_station(0.4, 1.0, 100.0, 0.0);
  const PosVel p{{3.0e6, 5.0e6, 3.2e6}, {-4000.0, 1000.0, 6000.0}};
  const auto moved = [&](Real t) { return PosVel{{p.r.x + t * p.v.x, p.r.y + t * p.v.y, p.r.z + t * p.v.z}, p.v}; };
  const Real h = 1e-3;
  EXPECT_NEAR(sight(s, p).sin_elevation, std::sin(look(s, p).elevation), 1e-14);
  EXPECT_NEAR(sight(s, p).rate, (sight(s, moved(h)).sin_elevation - sight(s, moved(-h)).sin_elevation) / (2 * h),
              1e-12);
  EXPECT_NEAR(look(s, p).range_rate, (look(s, moved(h)).slant_range - look(s, moved(-h)).slant_range) / (2 * h), 1e-4);
}

}  // namespace
}  // namespace coldsun::test

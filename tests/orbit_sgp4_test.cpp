// SGP4 against the published verification rows, its error codes, and its solution of Kepler's equation.
#include "backends.hpp"
#include "common/philox.hpp"
#include "orbit/propagate.hpp"
#include "orbit_cases.hpp"

namespace coldsun::test {
namespace {

using namespace orbit;

template <class Space>
class OrbitSgp4 : public OnBackend<Space> {};
TYPED_TEST_SUITE(OrbitSgp4, Backends);

struct PropagateRow {  // reads one satellite's coefficients and a time; writes 7 numbers
  View<const Real, 2> coefficient;
  View<const std::int32_t, 1> satellite;
  View<const Real, 1> minutes;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int i) const {
    const Sgp4Result s = sgp4_propagate(load_coefficients(coefficient, satellite(i)), minutes(i));
    out(0, i) = s.teme.r.x, out(1, i) = s.teme.r.y, out(2, i) = s.teme.r.z;
    out(3, i) = s.teme.v.x, out(4, i) = s.teme.v.y, out(5, i) = s.teme.v.z, out(6, i) = s.error;
  }
};

std::vector<ElementSet> verification_sets() {
  std::vector<ElementSet> sets;
  for (const auto& row : read_rows("orbit_sgp4_ver_tle.csv"))
    sets.push_back(parse_tle(row[1] + "\n" + row[2] + "\n")[0]);
  return sets;
}
int index_of(const std::vector<ElementSet>& sets, std::int64_t id) {
  for (std::size_t i = 0; i < sets.size(); ++i)
    if (sets[i].norad_cat_id == id) return static_cast<int>(i);
  return -1;
}

// 2e-7 km, 1e-9 km/s: the reference prints 8 and 9 decimals; python-sgp4 asks the same of its own C++.
TYPED_TEST(OrbitSgp4, VerificationRows) {
  constexpr Device device = device_of<TypeParam>;
  const auto sets = verification_sets();
  const Catalogue catalogue = make_catalogue(sets, device);
  const auto rows = read_rows("orbit_sgp4_ver.csv");
  const int n = static_cast<int>(rows.size());
  ASSERT_EQ(n, 158);
  Array<std::int32_t, 1> satellite(device, {n});
  Array<Real, 1> minutes(device, {n});
  Array<Real, 2> out(device, {7, n});
  for (int i = 0; i < n; ++i) {
    satellite(i) = index_of(sets, std::stol(rows[static_cast<std::size_t>(i)][0]));
    ASSERT_GE(satellite(i), 0);
    minutes(i) = std::stod(rows[static_cast<std::size_t>(i)][1]);
  }
  out.fill(-1.0);
  for_each(TypeParam{}, n, PropagateRow{catalogue.coefficient, satellite, minutes, out});
  synchronize(TypeParam{});
  for (int i = 0; i < n; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    EXPECT_EQ(out(6, i), 0.0) << row[0] << " at " << row[1];
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(out(k, i), 1e3 * std::stod(row[static_cast<std::size_t>(k + 2)]), 2e-4) << row[0] << " at " << row[1];
      EXPECT_NEAR(out(k + 3, i), 1e3 * std::stod(row[static_cast<std::size_t>(k + 5)]), 1e-6)
          << row[0] << " at " << row[1];
    }
  }
}

// The errors that the verification set is made to raise, near Earth.
TYPED_TEST(OrbitSgp4, ErrorCodes) {
  constexpr Device device = device_of<TypeParam>;
  const auto sets = verification_sets();
  const Catalogue catalogue = make_catalogue(sets, device);
  const struct {
    int id;
    Real minutes;
    Sgp4Error error;
  } cases[] = {{22312, 494.2028672, Sgp4Error::eccentricity},
               {22312, 474.2028672, Sgp4Error::none},
               {28350, 1560.0, Sgp4Error::eccentricity},
               {28872, 55.0, Sgp4Error::decayed},
               {28872, 50.0, Sgp4Error::none},
               {29141, 440.0, Sgp4Error::decayed}};
  constexpr int n = 6;
  Array<std::int32_t, 1> satellite(device, {n});
  Array<Real, 1> minutes(device, {n});
  Array<Real, 2> out(device, {7, n});
  for (int i = 0; i < n; ++i) satellite(i) = index_of(sets, cases[i].id), minutes(i) = cases[i].minutes;
  for_each(TypeParam{}, n, PropagateRow{catalogue.coefficient, satellite, minutes, out});
  synchronize(TypeParam{});
  for (int i = 0; i < n; ++i)
    EXPECT_EQ(out(6, i), static_cast<Real>(cases[i].error)) << cases[i].id << " at " << cases[i].minutes;
}

TYPED_TEST(OrbitSgp4, WholeTableAgreesWithOneByOne) {
  constexpr Device device = device_of<TypeParam>;
  const Time epoch = parse_utc("2026-06-14T00:00:00Z");
  const auto sets = small_shell(epoch);
  const Catalogue catalogue = make_catalogue(sets, device);
  constexpr int n_time = 9;
  const int n = catalogue.n_satellite();
  Array<Time, 1> time(device, {n_time});
  for (int k = 0; k < n_time; ++k) time(k) = epoch + k * 3600 * ns_per_s;
  Array<Real, 3> r(device, {3, n_time, n}), v(device, {3, n_time, n});
  Array<std::int32_t, 2> error(device, {n_time, n});
  for_rows(TypeParam{}, n_time, n, Propagate{catalogue, time, {r, v, error}});
  synchronize(TypeParam{});
  for (int k = 0; k < n_time; ++k)
    for (int s = 0; s < n; s += 7) {
      Sgp4Coefficients c;
      sgp4_init(sets[static_cast<std::size_t>(s)].mean, c);
      const Sgp4Result x = sgp4_propagate(c, 60.0 * k);
      EXPECT_EQ(error(k, s), 0);
      // 1e-6 m: another backend may contract and divide differently, 1e-13 of the radius.
      EXPECT_NEAR(r(0, k, s), x.teme.r.x, 1e-6);
      EXPECT_NEAR(r(2, k, s), x.teme.r.z, 1e-6);
      EXPECT_NEAR(v(1, k, s), x.teme.v.y, 1e-9);
    }
}

TEST(OrbitSgp4Host, RefusesWhatItCannotDo) {
  MeanElements m;
  Sgp4Coefficients c;
  m.mean_motion = 2.0056 * two_pi / 86400.0, m.eccentricity = 0.01, m.inclination = 0.96;
  EXPECT_EQ(sgp4_init(m, c), Sgp4Error::deep_space);
  m.mean_motion = 0.0;
  EXPECT_EQ(sgp4_init(m, c), Sgp4Error::mean_motion);
  m.mean_motion = 15.2 * two_pi / 86400.0, m.eccentricity = 1.0;
  EXPECT_EQ(sgp4_init(m, c), Sgp4Error::eccentricity);
  m.eccentricity = 0.001;
  EXPECT_EQ(sgp4_init(m, c), Sgp4Error::none);
}

// AVX2 has no conversion of 64-bit integers: the one of propagate.hpp must round as the processor's own does, ties
// included.
TEST(OrbitSgp4Host, TimesBecomeNumbersAsTheProcessorRoundsThem) {
  std::vector<Time> times{0, 1, -1, 0xffffffff, 0x100000000, -0x100000000, INT64_MAX, INT64_MIN, -INT64_MAX};
  for (int bit = 52; bit < 63; ++bit)  // the first numbers that do not fit, their ties and the neighbours of both
    for (Time off = -3; off <= 3; ++off)
      for (const Time half : {Time{0}, Time{1} << (bit - 53 > 0 ? bit - 53 : 0)})
        times.push_back((Time{1} << bit) + half + off), times.push_back(-(Time{1} << bit) - half + off);
  const Chance chance{7, 0, Stream::test, 0};
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const Quad q = chance.bits(i, 0);
    times.push_back(static_cast<Time>(std::uint64_t{q.v[0]} << 32 | q.v[1]) >> (q.v[2] % 63));
  }
  for (const Time t : times) ASSERT_EQ(math::bits_of(real_of_time(t)), math::bits_of(static_cast<Real>(t))) << t;
}

// A state is a function of its satellite and time: one at a time, in any piece of the table, at any place in a vector,
// the same bits.
TEST(OrbitSgp4Host, AnyPieceOfATableHasTheSameBits) {
  const Time epoch = parse_utc("2026-06-14T00:00:00Z");
  auto sets = small_shell(epoch);
  for (std::size_t s = 0; s < sets.size(); ++s)
    sets[s].mean.epoch -= static_cast<Time>(s) * 7'654'321'987'654;  // up to days before
  constexpr int n_time = 11;
  const auto run = [&](std::span<const ElementSet> some, Time first, int times) {
    const Catalogue catalogue = make_catalogue(some, Device::host);
    const int n = catalogue.n_satellite();
    Array<Time, 1> time(Device::host, {times});
    for (int k = 0; k < times; ++k) time(k) = first + k * 611'222'333'444;
    Array<Real, 3> r(Device::host, {3, times, n}), v(Device::host, {3, times, n});
    Array<std::int32_t, 2> error(Device::host, {times, n});
    propagate(Host{}, catalogue, time, StateTable{r, v, error});
    return r;
  };
  const std::span<const ElementSet> all(sets);
  const auto whole = run(all, epoch, n_time);
  for (const std::size_t size : {1, 3, 8, 13})
    for (const std::size_t from : {0, 5, 22}) {
      const int late = static_cast<int>(size) % n_time;
      const auto piece = run(all.subspan(from, size), epoch + late * 611'222'333'444, n_time - late);
      for (int i = 0; i < 3; ++i)
        for (int k = late; k < n_time; ++k)
          for (std::size_t s = 0; s < size; ++s)
            ASSERT_EQ(piece(i, k - late, static_cast<int>(s)), whole(i, k, static_cast<int>(from + s)))
                << i << ' ' << k << ' ' << s;
    }
}

// Five Newton steps must solve Kepler's equation to rounding for every orbit near the Earth (e <= 0.47).
TEST(OrbitSgp4Host, KeplerIsSolved) {
  Real worst = 0;
  for (int i = 0; i <= 47; ++i)
    for (int j = 0; j < 360; ++j)
      for (int k = 0; k < 8; ++k) {
        const Real e = 0.01 * i, w = two_pi * k / 8.0, axn = e * std::cos(w), ayn = e * std::sin(w),
                   u = two_pi * j / 360.0;
        Real s, c;
        sgp4::kepler(u, axn, ayn, s, c);
        // Residual through the angle itself, which sine and cosine give back.
        const Real turns = std::atan2(s, c) - (u - ayn * c + axn * s);
        worst = std::max(worst, std::fabs(turns - two_pi * std::round(turns / two_pi)));
      }
  EXPECT_LT(worst, 4e-15);  // a few ulp of 2 pi
}

// Speed is the derivative of place: central difference over 2 s, truncation h^2/6 |r'''| = 1e-3 m/s in low orbit;
// theory error of V06's velocity (its rates leave out some terms of second order) stays below 0.1 m/s.
TEST(OrbitSgp4Host, VelocityIsTheDerivative) {
  for (const auto& set : parse_tle(read_text("orbit_windows.tle"))) {
    Sgp4Coefficients c;
    ASSERT_EQ(sgp4_init(set.mean, c), Sgp4Error::none);
    for (Real t = 0; t < 300; t += 7) {
      const Vector3 a = sgp4_propagate(c, t - 1.0 / 60).teme.r, b = sgp4_propagate(c, t + 1.0 / 60).teme.r,
                    v = sgp4_propagate(c, t).teme.v;
      EXPECT_NEAR((b.x - a.x) / 2, v.x, 0.1);
      EXPECT_NEAR((b.y - a.y) / 2, v.y, 0.1);
      EXPECT_NEAR((b.z - a.z) / 2, v.z, 0.1);
    }
  }
}

}  // namespace
}  // namespace coldsun::test

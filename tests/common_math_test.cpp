// exp, log, pow, sincos, atan2 and the normal quantile against long double on every backend; special values; vectors
// give the scalar's bits.
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "common/atmosphere.hpp"
#include "common/math.hpp"
#include "common/philox.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

enum class What { exp, log, sin, cos, quantile, atan2 };

// reads x; writes y. 16 B, 10 to 60 flops per item
template <What what>
struct Apply {
  View<const Real, 2> x;
  View<Real, 2> y;
  COLDSUN_FN void operator()(int r, int c) const {
    const Real v = x(r, c);
    if constexpr (what == What::exp) y(r, c) = math::exp(v);
    if constexpr (what == What::log) y(r, c) = math::log(v);
    if constexpr (what == What::sin) y(r, c) = math::sin(v);
    if constexpr (what == What::cos) y(r, c) = math::cos(v);
    if constexpr (what == What::quantile) y(r, c) = math::normal_quantile(v);
    if constexpr (what == What::atan2) y(r, c) = math::atan2(v, 0.75);
  }
};

constexpr int n_row = 40, n_col = 2501;

// Arguments from g(u) with u uniform on (0, 1).
Array<Real, 2> arguments(Device device, const std::function<Real(Real)>& g) {
  Array<Real, 2> x(device, {n_row, n_col});
  const Chance chance{11, 0, Stream::test, 0};
  for (int r = 0; r < n_row; ++r)
    for (int c = 0; c < n_col; ++c)
      x(r, c) = g(chance.uniform(static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(c)));
  return x;
}

// The distance to the right value in units of its last place.
Real ulp_error(Real got, long double want) {
  int e;
  std::frexp(want, &e);
  return static_cast<Real>(std::fabs(got - want) / std::ldexp(1.0L, std::max(e, -1021) - 53));
}

template <class Space, What what>
Real worst_ulp(const std::function<Real(Real)>& g, long double (*reference)(long double)) {
  const auto x = arguments(device_of<Space>, g);
  Array<Real, 2> y(device_of<Space>, {n_row, n_col});
  for_rows(Space{}, n_row, n_col, Apply<what>{x, y});
  synchronize(Space{});
  Real worst = 0.0;
  for (int i = 0; i < n_row * n_col; ++i) worst = std::max(worst, ulp_error(y.data()[i], reference(x.data()[i])));
  return worst;
}

template <class Space>
class Math : public OnBackend<Space> {};
TYPED_TEST_SUITE(Math, Backends);

TYPED_TEST(Math, ExpIsWithinAnUlp) {
  const auto over = [](Real lo, Real hi) {
    return worst_ulp<TypeParam, What::exp>([=](Real u) { return lo + u * (hi - lo); },
                                           [](long double v) { return std::exp(v); });
  };
  EXPECT_LT(over(-708.0, 709.7), 1.1);
  EXPECT_LT(over(-1.0, 1.0), 1.1);
  EXPECT_LT(over(-1e-6, 1e-6), 1.1);
  EXPECT_LT(over(-745.1, -708.0), 1.1);  // subnormal results
}

TYPED_TEST(Math, LogIsWithinAnUlp) {
  const auto by = [](std::function<Real(Real)> g) {
    return worst_ulp<TypeParam, What::log>(g, [](long double v) { return std::log(v); });
  };
  EXPECT_LT(by([](Real u) { return 0.5 + 1.5 * u; }), 0.9);
  EXPECT_LT(by([](Real u) { return 1.0 + 1e-3 * (u - 0.5); }), 0.9);
  EXPECT_LT(by([](Real u) { return std::exp2(2000.0 * (u - 0.5)); }), 0.9);
  EXPECT_LT(by([](Real u) { return std::exp2(-1022.0 - 50.0 * u); }), 0.9);  // subnormal arguments
}

TYPED_TEST(Math, SineAndCosineAreWithinTwoUlp) {
  for (Real reach : {1.0, 10.0, 1e3, 1e6, 1e9}) {
    const auto g = [=](Real u) { return reach * (2.0 * u - 1.0); };
    EXPECT_LT((worst_ulp<TypeParam, What::sin>(g, [](long double v) { return std::sin(v); })), 1.6) << reach;
    EXPECT_LT((worst_ulp<TypeParam, What::cos>(g, [](long double v) { return std::cos(v); })), 1.6) << reach;
  }
  // Next to the zeros, where the reduction cancels.
  const auto zeros = [](Real u) { return std::floor(u * 1e5) * 1.5707963267948966; };
  EXPECT_LT((worst_ulp<TypeParam, What::sin>(zeros, [](long double v) { return std::sin(v); })), 1.6);
  EXPECT_LT((worst_ulp<TypeParam, What::cos>(zeros, [](long double v) { return std::cos(v); })), 1.6);
}

TYPED_TEST(Math, Atan2IsWithinTwoUlp) {
  for (const Real reach : {1e-6, 0.3, 1.0, 100.0})
    EXPECT_LT((worst_ulp<TypeParam, What::atan2>([=](Real u) { return reach * (2.0 * u - 1.0); },
                                                 [](long double v) { return std::atan2(v, 0.75L); })),
              2.0)
        << reach;
}
TEST(MathHost, Atan2OfAllDirections) {
  for (int i = -720; i <= 720; ++i) {
    const Real angle = 3.141592653589793 * i / 720.0, r = std::exp2(i % 50);
    const Real y = r * std::sin(angle), x = r * std::cos(angle);
    EXPECT_NEAR(math::atan2(y, x), std::atan2(y, x), 5e-16) << i;
  }
  EXPECT_EQ(math::atan2(0.0, 0.0), 0.0);
  EXPECT_EQ(math::atan2(0.0, 2.0), 0.0);
  EXPECT_EQ(math::atan2(0.0, -2.0), 3.141592653589793);
  EXPECT_EQ(math::atan2(-2.0, 0.0), -1.5707963267948966);
}

// Against the distribution itself: Phi(z) = p. One Newton step in long double turns the difference into the error of z.
TYPED_TEST(Math, NormalQuantileInvertsTheDistribution) {
  const auto x =
      arguments(device_of<TypeParam>, [](Real u) { return u < 0.5 ? u : std::exp2(-1000.0 * (u - 0.5) * 2.0 - 1.0); });
  Array<Real, 2> z(device_of<TypeParam>, {n_row, n_col});
  for_rows(TypeParam{}, n_row, n_col, Apply<What::quantile>{x, z});
  synchronize(TypeParam{});
  for (int i = 0; i < n_row * n_col; ++i) {
    const long double v = z.data()[i], p = x.data()[i];
    const long double residue = 0.5L * std::erfc(-v / std::sqrt(2.0L)) - p;
    const long double density = std::exp(-0.5L * v * v) / std::sqrt(2.0L * 3.14159265358979323846L);
    const Real error = static_cast<Real>(std::fabs(residue / density / v));
    ASSERT_LT(error, 2e-15) << x.data()[i];
  }
}

TEST(MathHost, NormalQuantileOfTables) {
  EXPECT_NEAR(math::normal_quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_NEAR(math::normal_quantile(0.25), -0.6744897501960817434, 1e-15);  // AS 241's own test values, to 16 figures
  EXPECT_NEAR(math::normal_quantile(0.001), -3.090232306167813541, 4e-15);
  EXPECT_NEAR(math::normal_quantile(1e-20), -9.262340089798407574, 1e-14);
  EXPECT_EQ(math::normal_quantile(0.5), 0.0);
  EXPECT_EQ(math::normal_quantile(0.0), -math::infinity);
  EXPECT_EQ(math::normal_quantile(1.0), math::infinity);
}

TEST(MathHost, SpecialValues) {
  const Real inf = math::infinity, nan = math::not_a_number, least = std::numeric_limits<Real>::denorm_min();
  EXPECT_EQ(math::exp(0.0), 1.0);
  EXPECT_EQ(math::exp(inf), inf);
  EXPECT_EQ(math::exp(-inf), 0.0);
  EXPECT_EQ(math::exp(709.79), inf);
  EXPECT_EQ(math::exp(-745.13), least);
  EXPECT_EQ(math::exp(-746.0), 0.0);
  EXPECT_EQ(math::exp(1e300), inf);
  EXPECT_EQ(math::exp(-1e300), 0.0);
  EXPECT_TRUE(std::isnan(math::exp(nan)));
  EXPECT_EQ(math::log(1.0), 0.0);
  EXPECT_EQ(math::log(0.0), -inf);
  EXPECT_EQ(math::log(-0.0), -inf);
  EXPECT_EQ(math::log(inf), inf);
  EXPECT_NEAR(math::log(least), -744.44007192138126, 1e-12);
  EXPECT_TRUE(std::isnan(math::log(-1.0)));
  EXPECT_TRUE(std::isnan(math::log(nan)));
  EXPECT_EQ(math::pow(0.0, 2.0), 0.0);
  EXPECT_EQ(math::pow(0.0, 0.0), 1.0);
  EXPECT_EQ(math::pow(0.0, -1.0), inf);
  EXPECT_EQ(math::pow(1.0, inf), 1.0);
  EXPECT_TRUE(std::isnan(math::sin(inf)) && std::isnan(math::cos(nan)));
  EXPECT_TRUE(std::isnan(math::sin(2e9))) << "too large to reduce: no number is better than a wrong one";
}

TEST(MathHost, PowErrorGrowsWithTheExponent) {
  const Chance chance{12, 0, Stream::test, 0};
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const Real x = std::exp(40.0 * (chance.uniform(i, 0) - 0.5)), y = 20.0 * (chance.uniform(i, 1) - 0.5);
    const Real error = ulp_error(math::pow(x, y), std::pow(static_cast<long double>(x), static_cast<long double>(y)));
    ASSERT_LT(error, 1.75 * (1.0 + std::fabs(y * std::log(x)))) << x << " ^ " << y;
  }
}

// One by one through a call that cannot be vectorised, against the vector loop.
TEST(MathHost, SimdGivesTheScalarBits) {
  const auto x = arguments(Device::host, [](Real u) { return 0.01 + 0.98 * u; });
  Array<Real, 2> y(Device::host, {n_row, n_col});
  const auto agree = [&](Real (*scalar)(Real)) {
    for (int i = 0; i < n_row * n_col; ++i) {
      const Real one = scalar(x.data()[i]);
      if (std::memcmp(&one, &y.data()[i], sizeof one) != 0) return false;
    }
    return true;
  };
  for_rows(Host{}, n_row, n_col, Apply<What::exp>{x, y});
  EXPECT_TRUE(agree([](Real v) { return math::exp(v); }));
  for_rows(Host{}, n_row, n_col, Apply<What::log>{x, y});
  EXPECT_TRUE(agree([](Real v) { return math::log(v); }));
  for_rows(Host{}, n_row, n_col, Apply<What::sin>{x, y});
  EXPECT_TRUE(agree([](Real v) { return math::sin(v); }));
  for_rows(Host{}, n_row, n_col, Apply<What::quantile>{x, y});
  EXPECT_TRUE(agree([](Real v) { return math::normal_quantile(v); }));
}

// Pressures in the tables of ISO 2533 at geopotential altitudes, to their last digit.
TEST(MathHost, StandardPressureOfTheTables) {
  EXPECT_EQ(standard_pressure(0.0), 101325.0);
  EXPECT_NEAR(standard_pressure(1000.0), 89874.6, 0.05);
  EXPECT_NEAR(standard_pressure(5000.0), 54019.9, 0.05);
  EXPECT_NEAR(standard_pressure(11000.0), 22632.0, 0.1);
}

}  // namespace
}  // namespace coldsun::test

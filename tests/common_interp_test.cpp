// Tables on every backend: linear, bilinear, the exact mean of a piecewise linear function, and the monotone cubic
// against SciPy.
#include <algorithm>
#include <cmath>
#include <vector>

#include "common/interp.hpp"
#include "common/philox.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

// reads the tables and at; writes out. some 100 B per item
struct Lookups {
  View<const Real, 1> x, y, slope, at;
  View<Real, 2> out;
  COLDSUN_FN void operator()(int r, int i) const {
    const Real v = at(i);
    if (r == 0) out(r, i) = interp(x, y, v);
    if (r == 1) out(r, i) = Pchip{x, y, slope}(v);
    if (r == 2) out(r, i) = Pchip{x, y, slope}.derivative(v);
  }
};

// reads y, prefix, start, stop; writes mean. some 100 B per item
struct Means {
  View<const Real, 1> y, prefix, start, stop;
  View<Real, 1> mean;
  Real first, inverse_step;
  COLDSUN_FN void operator()(int i) const { mean(i) = mean_uniform(y, prefix, first, inverse_step, start(i), stop(i)); }
};

Array<Real, 1> array(Device device, const std::vector<Real>& values) {
  Array<Real, 1> a(device, {static_cast<int>(values.size())});
  std::copy(values.begin(), values.end(), a.data());
  return a;
}

template <class Space>
class Interp : public OnBackend<Space> {};
TYPED_TEST_SUITE(Interp, Backends);

// SciPy 1.17.1: PchipInterpolator(x, y)(at) and its derivative. Tolerance: rounding, 1e-14.
TYPED_TEST(Interp, PchipAgreesWithSciPy) {
  const Device d = device_of<TypeParam>;
  const auto x = array(d, {0, 0.1, 0.3, 0.35, 0.7, 1.0}), y = array(d, {3.0, 3.2, 3.25, 3.25, 3.3, 3.6});
  const auto at = array(d, {0.0, 0.05, 0.2, 0.32, 0.5, 0.9, 1.0});
  const Real value[] = {3.0, 3.1262105855855857, 3.2371621621621625, 3.25, 3.260315554793346, 3.4658598482127894, 3.6};
  const Real rate[] = {2.583333333333336,   2.2325450450450472, 0.25337837837837734, 0.0,
                       0.13188132395815422, 1.2483660130718968, 1.3956043956043964};
  Array<Real, 1> slope(d, {6});
  Array<Real, 2> out(d, {3, 7});
  pchip_slopes(x, y, slope);
  for_rows(TypeParam{}, 3, 7, Lookups{x, y, slope, at, out});
  synchronize(TypeParam{});
  for (int i = 0; i < 7; ++i) {
    EXPECT_NEAR(out(1, i), value[i], 1e-14);
    EXPECT_NEAR(out(2, i), rate[i], 1e-14);
  }
}

TEST(InterpHost, PchipTurnsAtAPeak) {  // SciPy 1.17.1 again, a table that rises and falls
  const auto x = array(Device::host, {0, 1, 2, 4}), y = array(Device::host, {0, 1, 0.5, 2});
  Array<Real, 1> slope(Device::host, {4});
  pchip_slopes(x, y, slope);
  const Pchip curve{x, y, slope};
  EXPECT_NEAR(curve(0.5), 0.71875, 1e-15);
  EXPECT_NEAR(curve(1.5), 0.75, 1e-15);
  EXPECT_NEAR(curve(3.0), 0.8541666666666667, 1e-15);
  EXPECT_NEAR(curve(3.9), 1.8462291666666666, 1e-15);
  EXPECT_EQ(curve(-1.0), 0.0);
  EXPECT_EQ(curve(9.0), 2.0);
  EXPECT_EQ(curve.derivative(9.0), 0.0);
}

TYPED_TEST(Interp, LinearFindsItsCell) {
  const Device d = device_of<TypeParam>;
  for (int n : {2, 3, 4, 7, 64, 100}) {
    Array<Real, 1> x(d, {n}), y(d, {n}), slope(d, {n}), at(d, {400});
    Array<Real, 2> out(d, {1, 400});
    const Chance chance{9, 0, Stream::test, 1};
    for (int i = 0; i < n; ++i)
      x(i) = (i ? x(i - 1) : -2.0) + 0.1 + chance.uniform(static_cast<std::uint32_t>(i), 0), y(i) = std::sin(i * 1.3);
    for (int i = 0; i < 400; ++i) at(i) = x(0) - 1.0 + (x(n - 1) - x(0) + 2.0) * i / 399.0;
    for (int i = 0; i < n && i < 400; ++i) at(i) = x(i);  // the knots themselves
    for_rows(TypeParam{}, 1, 400, Lookups{x, y, slope, at, out});
    synchronize(TypeParam{});
    for (int i = 0; i < 400; ++i) {
      const auto* above = std::upper_bound(x.data(), x.data() + n, at(i));
      const int k = std::clamp(static_cast<int>(above - x.data()) - 1, 0, n - 2);
      const Real t = std::clamp((at(i) - x(k)) / (x(k + 1) - x(k)), 0.0, 1.0);
      ASSERT_NEAR(out(0, i), (1.0 - t) * y(k) + t * y(k + 1), 1e-15) << n << " knots, at " << at(i);
    }
  }
}

// The mean over any interval against the trapezia of its pieces; also outside the knots, inside one cell, and of no
// length.
TYPED_TEST(Interp, MeanIsExact) {
  const Device d = device_of<TypeParam>;
  const int n = 50, n_at = 2000;
  const Real first = -3.0, step = 0.5;
  Array<Real, 1> y(d, {n}), prefix(d, {n}), start(d, {n_at}), stop(d, {n_at}), mean(d, {n_at});
  const Chance chance{10, 0, Stream::test, 2};
  for (int i = 0; i < n; ++i) y(i) = chance.uniform(static_cast<std::uint32_t>(i), 0);
  integrate_uniform(y, prefix);
  for (int i = 0; i < n_at; ++i) {
    const Real reach = std::pow(10.0, -(i % 5));
    start(i) = -5.0 + 28.0 * chance.uniform(static_cast<std::uint32_t>(i), 1);
    if (i % 7 == 0) start(i) = first + step * (i % n);
    stop(i) = start(i) + (i % 11 ? reach * 10.0 * chance.uniform(static_cast<std::uint32_t>(i), 2) : 0.0);
    if (i % 13 == 0) stop(i) = start(i) + step * (i % 9);
  }
  for_each(TypeParam{}, n_at, Means{y, prefix, start, stop, mean, first, 1.0 / step});
  synchronize(TypeParam{});
  const auto value = [&](Real at) { return interp_uniform(y, first, 1.0 / step, at); };
  for (int i = 0; i < n_at; ++i) {
    std::vector<Real> knot{start(i), stop(i)};
    for (int k = 0; k < n; ++k)
      if (first + k * step > start(i) && first + k * step < stop(i)) knot.push_back(first + k * step);
    std::sort(knot.begin(), knot.end());
    long double sum = 0.0L;
    for (std::size_t k = 1; k < knot.size(); ++k)
      sum += 0.5L * (value(knot[k - 1]) + value(knot[k])) * (knot[k] - knot[k - 1]);
    const Real length = stop(i) - start(i);
    const Real want = length > 0.0 ? static_cast<Real>(sum / length) : value(start(i));
    // The prefix sums reach 25: their rounding, 4e-15, over the length in steps where the interval crosses a knot.
    ASSERT_NEAR(mean(i), want, 1e-14 + 1e-14 * step / std::max(length, 1e-9) * (knot.size() > 2))
        << start(i) << " to " << stop(i);
  }
}

TEST(InterpHost, BilinearIsExactOnABilinearFunction) {
  const auto x = array(Device::host, {0, 1, 3}), y = array(Device::host, {-1, 0, 0.5, 2});
  Array<Real, 2> z(Device::host, {3, 4});
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j) z(i, j) = 1.0 + 2.0 * x(i) - y(j) + 0.5 * x(i) * y(j);
  for (Real u : {0.0, 0.3, 1.0, 2.2, 3.0})
    for (Real v : {-1.0, -0.2, 0.1, 1.7, 2.0})
      EXPECT_NEAR(interp2(x, y, z, u, v), 1.0 + 2.0 * u - v + 0.5 * u * v, 1e-14);
  EXPECT_EQ(interp2(x, y, z, -5.0, 9.0), z(0, 3));
}

}  // namespace
}  // namespace coldsun::test

// Kernels of the array functions on every backend: the host's numbers, and NaN where an input is NaN.
#include <cmath>
#include <string_view>

#include "bench/points.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class PointsOn : public OnBackend<Space> {};
TYPED_TEST_SUITE(PointsOn, Backends);

// 1e-11 of the largest value of the column: libm's last bits differ between backends, and an air mass or an angle near
// the horizon multiplies them.
TYPED_TEST(PointsOn, EveryArrayKernelGivesTheHostsNumbers) {
  bench::each_points_kernel([](const bench::PointsKernel& k, auto make) {
    SCOPED_TRACE(k.name);
    const int n = 257;
    bench::Points here(device_of<TypeParam>, n, k.range, k.n_out), there(Device::host, n, k.range, k.n_out);
    for_rows(TypeParam{}, 1, n, make(here));
    for_rows(Host{}, 1, n, make(there));
    synchronize(TypeParam{});
    for (int c = 0; c < k.n_out; ++c) {
      const auto &x = here.out[static_cast<std::size_t>(c)], &y = there.out[static_cast<std::size_t>(c)];
      Real most = 0.0;
      for (int i = 0; i < n; ++i) most = std::fmax(most, std::fabs(y(0, i)));
      for (int i = 0; i < n; ++i) {
        ASSERT_TRUE(std::isfinite(x(0, i))) << "column " << c << ", point " << i;
        EXPECT_NEAR(x(0, i), y(0, i), 1e-11 * most) << "column " << c << ", point " << i;
      }
    }
  });
}

// One input at a time; some outputs depend on some inputs alone. Without an air mass (night) the sky is 0, as in pvlib.
TYPED_TEST(PointsOn, NanInAnyInputStaysNan) {
  bench::each_points_kernel([](const bench::PointsKernel& k, auto make) {
    SCOPED_TRACE(k.name);
    const int n = static_cast<int>(k.range.size());
    bench::Points points(device_of<TypeParam>, n + 1, k.range, k.n_out);
    for (int i = 0; i < n; ++i) points.in[static_cast<std::size_t>(i)](0, i) = math::not_a_number;
    for_rows(TypeParam{}, 1, n + 1, make(points));
    synchronize(TypeParam{});
    for (int i = 0; i <= n; ++i) {
      int n_nan = 0;
      for (const auto& column : points.out) n_nan += std::isnan(column(0, i));
      EXPECT_EQ(n_nan > 0, i < n && i != k.night) << "input " << i;
      if (std::string_view(k.name).starts_with("seven_points")) {
        EXPECT_EQ(n_nan, i < n ? k.n_out : 0) << "input " << i;
      }
    }
  });
}

}  // namespace
}  // namespace coldsun::test

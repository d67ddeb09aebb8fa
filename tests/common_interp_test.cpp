// Tables on every backend: linear on uniform knots.
#include <algorithm>
#include <cmath>

#include "common/interp.hpp"
#include "common/philox.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

// reads the table and at; writes out. 32 B per item
struct Lookups {
  View<const Real, 1> y, at;
  View<Real, 1> out;
  Real first, inverse_step;
  COLDSUN_FN void operator()(int i) const { out(i) = interp_uniform(y, first, inverse_step, at(i)); }
};

template <class Space>
class Interp : public OnBackend<Space> {};
TYPED_TEST_SUITE(Interp, Backends);

TYPED_TEST(Interp, UniformFindsItsCell) {
  const Device d = device_of<TypeParam>;
  const Real first = -2.0, step = 0.5;
  for (int n : {2, 3, 4, 7, 64, 100}) {
    Array<Real, 1> y(d, {n}), at(d, {400}), out(d, {400});
    const Chance chance{9, 0, Stream::test, 1};
    for (int i = 0; i < n; ++i) y(i) = chance.uniform(static_cast<std::uint32_t>(i), 0);
    for (int i = 0; i < 400; ++i) at(i) = first - 1.0 + (step * (n - 1) + 2.0) * i / 399.0;
    for (int i = 0; i < n; ++i) at(i) = first + step * i;  // the knots themselves
    for_each(TypeParam{}, 400, Lookups{y, at, out, first, 1.0 / step});
    synchronize(TypeParam{});
    for (int i = 0; i < 400; ++i) {
      const int k = std::clamp(static_cast<int>(std::floor((at(i) - first) / step)), 0, n - 2);
      const Real t = std::clamp((at(i) - first) / step - k, 0.0, 1.0);
      ASSERT_NEAR(out(i), (1.0 - t) * y(k) + t * y(k + 1), 1e-15) << n << " knots, at " << at(i);
    }
  }
}

}  // namespace
}  // namespace coldsun::test

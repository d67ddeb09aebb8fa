// Sort by (key, index), select and quantile on every backend, against the standard library and for any number of
// threads.
#include <omp.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "common/philox.hpp"
#include "common/primitives.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class Primitives : public OnBackend<Space> {};
TYPED_TEST_SUITE(Primitives, Backends);

constexpr Chance chance{3, 0, Stream::test, 9};
constexpr int sizes[] = {0, 1, 2, 3, 100, 4097, 100'000};

TYPED_TEST(Primitives, SortsByKeyThenIndex) {
  for (const int n : sizes) {
    Array<Real, 1> key(device_of<TypeParam>, {n});
    Array<std::int32_t, 1> index(device_of<TypeParam>, {n});
    for (int i = 0; i < n; ++i)
      key(i) = std::floor(20.0 * chance.uniform(static_cast<std::uint32_t>(i), 0));  // many ties
    if (n > 50) key(7) = math::not_a_number, key(50) = math::infinity;               // the same rank, by index
    std::vector<std::int32_t> want(static_cast<std::size_t>(n));
    std::iota(want.begin(), want.end(), 0);
    const auto at = [&](int i) { return key(i) == key(i) ? key(i) : math::infinity; };
    std::stable_sort(want.begin(), want.end(), [&](int a, int b) { return at(a) < at(b); });
    for (const int n_thread : {1, 2, 5}) {
      omp_set_num_threads(n_thread);
      sort_by_key(TypeParam{}, key, index);
      for (int i = 0; i < n; ++i) ASSERT_EQ(index(i), want[static_cast<std::size_t>(i)]) << n;
    }
  }
  omp_set_num_threads(2);
}

TYPED_TEST(Primitives, SelectsWhatIsFlagged) {
  for (const int n : sizes) {
    Array<std::int32_t, 1> flag(device_of<TypeParam>, {n}), index(device_of<TypeParam>, {n});
    std::vector<std::int32_t> want;
    for (int i = 0; i < n; ++i) {
      flag(i) = chance.uniform(static_cast<std::uint32_t>(i), 1) < 0.3 ? -1 - i : 0;  // any number but 0
      if (flag(i) != 0) want.push_back(i);
    }
    ASSERT_EQ(select(TypeParam{}, flag, index), static_cast<int>(want.size()));
    for (std::size_t i = 0; i < want.size(); ++i) ASSERT_EQ(index(static_cast<int>(i)), want[i]);
  }
}

TYPED_TEST(Primitives, QuantileIsTypeSeven) {
  Array<Real, 1> value(device_of<TypeParam>, {5});
  Array<std::int32_t, 1> index(device_of<TypeParam>, {5});
  const Real x[] = {3.0, 1.0, 2.0, 5.0, 4.0};
  std::copy(std::begin(x), std::end(x), value.data());
  EXPECT_EQ(quantile(TypeParam{}, value, 0.0, index), 1.0);
  EXPECT_EQ(quantile(TypeParam{}, value, 0.5, index), 3.0);
  EXPECT_EQ(quantile(TypeParam{}, value, 1.0, index), 5.0);
  EXPECT_DOUBLE_EQ(quantile(TypeParam{}, value, 0.9, index), 4.6);  // numpy.quantile([1, 2, 3, 4, 5], 0.9)
  View<const Real, 1> one = value;
  one.extent[0] = 1;
  EXPECT_EQ(quantile(TypeParam{}, one, 0.7, index), 3.0);
}

}  // namespace
}  // namespace coldsun::test

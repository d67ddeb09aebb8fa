// for_each, for_rows and reduce on every backend: every index once, the same bits in SIMD body and tail and for any
// number of threads.
#include <omp.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "common/math.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

// reads and writes count. 8 B per item
struct CountEach {
  View<std::int32_t, 1> count;
  COLDSUN_FN void operator()(int i) const { count(i) += i + 1; }
};
struct CountRows {
  View<std::int32_t, 2> count;
  COLDSUN_FN void operator()(int r, int c) const { count(r, c) += 1000 * r + c + 1; }
};

// Everything that could round differently in a vector: fma chains, division, square root, exp, log, sin, selects. reads
// x; writes y.
struct Mixed {
  View<const Real, 2> x;
  View<Real, 2> y;
  Real a;
  COLDSUN_FN void operator()(int r, int c) const {
    const Real v = x(r, c);
    const Real w = a * v + math::exp(v) * math::sin(3.0 * v);
    y(r, c) = (v > 0.3 ? w : 1.0 / (2.0 + w * w)) + std::sqrt(std::fabs(w)) * math::log(1.0 + v * v) - w * v;
  }
};

// reads x. 8 B per item
struct Term {
  View<const Real, 1> x;
  COLDSUN_FN Real operator()(int i) const { return x(i); }
};

template <class Space>
class Loops : public OnBackend<Space> {};
TYPED_TEST_SUITE(Loops, Backends);

TYPED_TEST(Loops, ForEachVisitsEachOnce) {
  for (int n : {0, 1, 63, 64, 65, 257, 10'001}) {
    Array<std::int32_t, 1> count(device_of<TypeParam>, {n});
    for_each(TypeParam{}, n, CountEach{count});
    synchronize(TypeParam{});
    for (int i = 0; i < n; ++i) ASSERT_EQ(count(i), i + 1) << n;
  }
}

TYPED_TEST(Loops, ForRowsVisitsEachOnce) {
  for (int n_row : {0, 1, 2, 7, 8, 9, 130})
    for (int n_col : {0, 1, 2, 3, 17, 63, 64, 65, 129, 300}) {
      Array<std::int32_t, 2> count(device_of<TypeParam>, {n_row, n_col});
      for_rows(TypeParam{}, n_row, n_col, CountRows{count});
      synchronize(TypeParam{});
      for (int r = 0; r < n_row; ++r)
        for (int c = 0; c < n_col; ++c) ASSERT_EQ(count(r, c), 1000 * r + c + 1) << n_row << " x " << n_col;
    }
}

// A single column is the tail of a vector loop; one of many is in its body. Both must give the same bits.
TYPED_TEST(Loops, SimdBodyAndTailGiveTheSameBits) {
  const int n = 203;
  Array<Real, 2> x(device_of<TypeParam>, {9, n}), all(device_of<TypeParam>, {9, n});
  for (int r = 0; r < 9; ++r)
    for (int c = 0; c < n; ++c) x(r, c) = std::sin(0.1 * (r * n + c)) * 2.0;
  for_rows(TypeParam{}, 9, n, Mixed{x, all, 1.7});
  synchronize(TypeParam{});
  for (int width : {1, 2, 3, 5, 7, 8, 13, 31}) {
    Array<Real, 2> part(device_of<TypeParam>, {9, n});
    for (int first = 0; first < n; first += width) {
      View<const Real, 2> from = x;
      View<Real, 2> to = part;
      from.data += first, to.data += first;
      for_rows(TypeParam{}, 9, std::min(width, n - first), Mixed{from, to, 1.7});
    }
    synchronize(TypeParam{});
    EXPECT_EQ(std::memcmp(all.data(), part.data(), sizeof(Real) * 9 * n), 0) << width;
  }
}

TYPED_TEST(Loops, ReduceIsOneFixedTree) {
  for (int n : {0, 1, 255, 256, 257, 5'000, 100'003}) {
    Array<Real, 1> x(device_of<TypeParam>, {n});
    long double exact = 0.0L;
    for (int i = 0; i < n; ++i) x(i) = std::sin(i) * std::pow(10.0, i % 9), exact += x(i);
    const Real sum = reduce(TypeParam{}, n, Term{x});
    // A tree of depth 17 over terms up to 1e8: the error is below 17 * 2^-53 * sum |x| < 2e-15 * n * 1e8.
    EXPECT_NEAR(sum, static_cast<Real>(exact), 2e-7 * n);
    EXPECT_EQ(sum, reduce(Host{}, n, Term{x})) << "the backends' trees differ at " << n;
  }
}

TEST(Threads, DoNotChangeBits) {
  const int n = 1003, before = omp_get_max_threads();
  Array<Real, 2> x(Device::host, {12, n});
  for (int r = 0; r < 12; ++r)
    for (int c = 0; c < n; ++c) x(r, c) = std::sin(0.37 * (r * n + c)) * 2.0;
  std::vector<std::vector<char>> seen;
  for (int threads : {1, 2, 3}) {
    omp_set_num_threads(threads);
    Array<Real, 2> many(Device::host, {12, n}), few(Device::host, {2, n});
    for_rows(Host{}, 12, n, Mixed{x, many, 1.7});
    for_rows(Host{}, 2, n, Mixed{x, few, 1.7});
    const Real sum =
        reduce(Host{}, many.size(), Term{make_view<const Real>(many.data(), static_cast<int>(many.size()))});
    std::vector<char> bytes(sizeof sum);
    std::memcpy(bytes.data(), &sum, sizeof sum);
    for (const auto* a : {&many, &few}) {
      const auto* p = reinterpret_cast<const char*>(a->data());
      bytes.insert(bytes.end(), p, p + a->size() * static_cast<std::int64_t>(sizeof(Real)));
    }
    seen.push_back(bytes);
  }
  omp_set_num_threads(before);
  EXPECT_TRUE(seen[0] == seen[1]);
  EXPECT_TRUE(seen[0] == seen[2]);
}

// A short loop is shared among threads only if its functor states a high cost per item.
struct Costly {
  static constexpr int flops = 20'000;
};
static_assert(worth_threads<Costly>(2, 64) && !worth_threads<Costly>(1, 64));
static_assert(!worth_threads<Term>(500, 64) && worth_threads<Term>(512, 64));

TEST(Memory, IsAlignedAndZeroedAndRejectsInvalidExtents) {
  Array<Real, 2> a(Device::host, {3, 5});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data()) % 64, 0u);
  for (int i = 0; i < 15; ++i) EXPECT_EQ(a.data()[i], 0.0);
  a(2, 4) = 7.0;
  const auto b = a.clone();
  EXPECT_EQ(b(2, 4), 7.0);
  EXPECT_NE(b.data(), a.data());
  EXPECT_EQ(a.view().row(2)(4), 7.0);
  const auto shared = shared_rows(make_view(a.data() + 10, 1, 5), 100);
  EXPECT_EQ(shared(99, 4), 7.0);
  using Column = Array<Real, 1>;
  EXPECT_THROW(Column(Device::host, {-1}), std::invalid_argument);
  EXPECT_EQ(Column(Device::host, {0}).size(), 0);
  if (!device_available(Device::cuda)) {
    EXPECT_THROW(Column(Device::cuda, {4}), std::runtime_error);
  }
}

}  // namespace
}  // namespace coldsun::test

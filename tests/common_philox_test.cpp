// Philox against its published answers, the fixed counter layout against golden draws, and the moments of the normal
// numbers.
#include <algorithm>
#include <cmath>
#include <vector>

#include "common/philox.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

// reads nothing; writes out. 16 B per item
struct DrawNormal {
  View<Real, 1> uniform, normal;
  Chance chance;
  COLDSUN_FN void operator()(int i) const {
    uniform(i) = chance.uniform(static_cast<std::uint32_t>(i), 0);
    normal(i) = chance.normal(static_cast<std::uint32_t>(i), 0);
  }
};

template <class Space>
class PhiloxDraws : public OnBackend<Space> {};
TYPED_TEST_SUITE(PhiloxDraws, Backends);

void expect_quad(Quad got, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  const std::uint32_t want[4] = {a, b, c, d};
  for (int k = 0; k < 4; ++k) EXPECT_EQ(got.v[k], want[k]) << "word " << k;
}

// Known answers of Philox4x32-10 as distributed with Random123 1.09 (Salmon et al. 2011).
TEST(Philox, KnownAnswers) {
  constexpr std::uint32_t ones = 0xffffffff;
  expect_quad(philox4x32(Quad{{0, 0, 0, 0}}, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  expect_quad(philox4x32(Quad{{ones, ones, ones, ones}}, ones, ones), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  expect_quad(philox4x32(Quad{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0xa4093822, 0x299f31d0), 0xd16cfe09,
              0x94fdcceb, 0x5001e420, 0x24126ea1);
}

// Computed apart, in integers and 40 digits: whoever changes the layout changes every record ever written.
TEST(Philox, CounterLayoutIsFixed) {
  const Chance cloud{0x0123456789abcdef, 17, Stream::cloud, 5};
  expect_quad(cloud.bits(1000, 3), 0x767f67f8, 0xa9a88f90, 0x3c79058b, 0x33e1711f);
  EXPECT_EQ(cloud.uniform(1000, 3), 0x1.d9fd9fe2a6a22p-2);
  EXPECT_NEAR(cloud.normal(1000, 3), -0.09317677273528961, 1e-15);
  const Chance job{7, 0, Stream::job, 0xffffff};
  expect_quad(job.bits(0xffffffff, 0), 0xdb165f35, 0x8a7ca564, 0x1ec6b4f9, 0x3a43310f);
  EXPECT_EQ(job.uniform(0xffffffff, 0), 0x1.b62cbe6b14f95p-1);
  EXPECT_NEAR(job.normal(0xffffffff, 0), 1.0616826829014938, 1e-15);
  const Chance last{0xffffffffffffffff, 0xffffffff, Stream::test, 0x1000002};  // the entity has 24 bits
  expect_quad(last.bits(1, 2), 0x92922590, 0xa2c48b32, 0x2c9f1b6d, 0x2f4af0f4);
}

TYPED_TEST(PhiloxDraws, NormalMoments) {
  const int n = 200'000;
  Array<Real, 1> u(device_of<TypeParam>, {n}), z(device_of<TypeParam>, {n});
  for_each(TypeParam{}, n, DrawNormal{u, z, Chance{2026, 3, Stream::test, 0}});
  synchronize(TypeParam{});
  Real m1 = 0, m2 = 0, m3 = 0, m4 = 0, lag = 0;
  for (int i = 0; i < n; ++i) {
    m1 += z(i), m2 += z(i) * z(i), m3 += std::pow(z(i), 3), m4 += std::pow(z(i), 4);
    if (i) lag += z(i) * z(i - 1);
  }
  // Five standard errors of each moment: 1, 2, 15 and 96 over n; of the product of neighbours 1 over n.
  const Real five = 5.0 / std::sqrt(n);
  EXPECT_NEAR(m1 / n, 0.0, five);
  EXPECT_NEAR(m2 / n, 1.0, five * std::sqrt(2.0));
  EXPECT_NEAR(m3 / n, 0.0, five * std::sqrt(15.0));
  EXPECT_NEAR(m4 / n, 3.0, five * std::sqrt(96.0));
  EXPECT_NEAR(lag / n, 0.0, five);
  // Kolmogorov and Smirnov: 1.95 over sqrt(n) is passed by chance once in 1000.
  std::vector<Real> sorted(u.data(), u.data() + n);
  std::sort(sorted.begin(), sorted.end());
  Real distance = 0;
  for (int i = 0; i < n; ++i) distance = std::max({distance, sorted[i] - i / Real(n), (i + 1) / Real(n) - sorted[i]});
  EXPECT_LT(distance, 1.95 / std::sqrt(n));
  EXPECT_GT(sorted.front(), 0.0);
  EXPECT_LT(sorted.back(), 1.0);
}

TEST(Philox, MembersStreamsAndEntitiesDiffer) {
  const Chance a{1, 0, Stream::cloud, 0};
  const Real u = a.uniform(0, 0);
  EXPECT_NE(u, (Chance{1, 1, Stream::cloud, 0}.uniform(0, 0)));
  EXPECT_NE(u, (Chance{1, 0, Stream::link, 0}.uniform(0, 0)));
  EXPECT_NE(u, (Chance{1, 0, Stream::cloud, 1}.uniform(0, 0)));
  EXPECT_NE(u, (Chance{2, 0, Stream::cloud, 0}.uniform(0, 0)));
  EXPECT_NE(u, (Chance{1 + (std::uint64_t{1} << 32), 0, Stream::cloud, 0}.uniform(0, 0)));
  EXPECT_NE(u, a.uniform(1, 0));
  EXPECT_NE(u, a.uniform(0, 1));
}

}  // namespace
}  // namespace coldsun::test

// Small dense solves on every backend: random systems of every size, a system that needs pivoting, and singular ones that say so.
#include <cmath>

#include "common/philox.hpp"
#include "common/small_linalg.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

// A random matrix A, x, and A x: solves and keeps the largest error. reads nothing; writes error. 8 B, 2/3 N^3 flops per item
template <int N, bool symmetric>
struct SolveRandom {
  View<Real, 1> error;
  COLDSUN_FN void operator()(int item) const {
    const Chance chance{5, static_cast<std::uint32_t>(item), Stream::test, N};
    Matrix<N> a;
    Vector<N> x;
    for (int i = 0; i < N; ++i) {
      x[i] = chance.uniform(static_cast<std::uint32_t>(i), 100) - 0.5;
      for (int j = 0; j < N; ++j)
        a(i, j) =
            chance.uniform(static_cast<std::uint32_t>(symmetric && j > i ? j : i), static_cast<std::uint32_t>(symmetric && j > i ? i : j)) -
            0.5;
    }
    if (symmetric)
      for (int i = 0; i < N; ++i) a(i, i) += N;
    const Vector<N> got = solve(a, a * x);
    error(item) = 0.0;
    for (int i = 0; i < N; ++i) error(item) = std::fmax(error(item), std::fabs(got[i] - x[i]));
  }
  COLDSUN_FN static Vector<N> solve(const Matrix<N>& a, const Vector<N>& b) {
    if constexpr (symmetric) return Cholesky<N>(a).solve(b);
    else return Lu<N>(a).solve(b);
  }
};

template <class Space>
class SmallLinalg : public OnBackend<Space> {};
TYPED_TEST_SUITE(SmallLinalg, Backends);

template <class Space, int N, bool symmetric>
Real worst() {
  Array<Real, 1> error(device_of<Space>, {1000});
  for_each(Space{}, 1000, SolveRandom<N, symmetric>{error});
  synchronize(Space{});
  Real most = 0.0;
  for (int i = 0; i < 1000; ++i) most = std::fmax(most, error(i));
  return most;
}

// Of 1000 random matrices the worst condition is some 1e4 to 1e5: 1e-16 times that.
TYPED_TEST(SmallLinalg, LuSolvesRandomSystems) {
  EXPECT_LT((worst<TypeParam, 1, false>()), 1e-15);
  EXPECT_LT((worst<TypeParam, 2, false>()), 1e-11);
  EXPECT_LT((worst<TypeParam, 3, false>()), 1e-11);
  EXPECT_LT((worst<TypeParam, 5, false>()), 1e-11);
  EXPECT_LT((worst<TypeParam, 8, false>()), 1e-11);
}

// Diagonally dominant: condition below 10.
TYPED_TEST(SmallLinalg, CholeskySolvesRandomSystems) {
  EXPECT_LT((worst<TypeParam, 1, true>()), 1e-15);
  EXPECT_LT((worst<TypeParam, 4, true>()), 1e-15);
  EXPECT_LT((worst<TypeParam, 8, true>()), 1e-15);
}

TEST(SmallLinalgHost, PivotsAndSpeaks) {
  const Lu<3> swapped(Matrix<3>{{{0, 0, 2}, {1, 0, 0}, {0, 4, 0}}});
  EXPECT_TRUE(swapped.ok);
  const Vector<3> x = swapped.solve(Vector<3>{{6, 1, 8}});
  EXPECT_EQ(x[0], 1.0);
  EXPECT_EQ(x[1], 2.0);
  EXPECT_EQ(x[2], 3.0);
  EXPECT_FALSE((Lu<2>(Matrix<2>{{{1, 2}, {2, 4}}}).ok));
  EXPECT_FALSE((Lu<2>(Matrix<2>{{{NAN, 2}, {2, 4}}}).ok));
  EXPECT_FALSE((Cholesky<2>(Matrix<2>{{{1, 2}, {2, 1}}}).ok)) << "indefinite";
  EXPECT_TRUE((Cholesky<2>(Matrix<2>{{{2, 1}, {1, 2}}}).ok));
}

}  // namespace
}  // namespace coldsun::test

// for_teams on every backend gives the serial bits, also where scratch is larger than a block's shared memory.
#include <vector>

#include "tests/backends.hpp"
#include "tests/team_kernels.hpp"

namespace coldsun::test {
namespace {

// More scratch than a block's shared memory: the fall-back to global memory. writes y.
struct LargeScratch {
  View<Real, 2> y;
  int length;
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int row) const {
    Real* v = team.template scratch<Real>(static_cast<std::size_t>(length));
    for (int i = team.rank(); i < length; i += team.size()) v[i] = row + i;
    team.sync();
    for (int i = team.rank(); i < y.extent[1]; i += team.size()) y(row, i) = v[length - 1 - i];
  }
};

// A one-row view that a kernel reaches under any row number.
View<Real, 2> shared_row(View<Real, 2> one) {
  one.stride[0] = 0;
  return one;
}

template <class Space>
class Teams : public OnBackend<Space> {};
TYPED_TEST_SUITE(Teams, Backends);

TYPED_TEST(Teams, GiveTheSerialBits) {
  const int n_row = 5;
  for (int n : {1, 2, 31, 64, 129}) {
    const auto x = waves(device_of<TypeParam>, n_row, n);
    Array<Real, 2> y(device_of<TypeParam>, {n_row, n}), sum(device_of<TypeParam>, {n_row, n});
    for_teams(TypeParam{}, n_row, 32, scratch_bytes<Real>(static_cast<std::size_t>(n)), SmoothTwice<true>{x, y});
    for_teams(TypeParam{}, n_row, 64, scratch_bytes<Real>(static_cast<std::size_t>(n)), RowSum{x, sum});
    synchronize(TypeParam{});
    for (int r = 0; r < n_row; ++r) {
      std::vector<Real> memory(static_cast<std::size_t>(n) + 8), want(static_cast<std::size_t>(n));
      SerialTeam team{reinterpret_cast<char*>(memory.data())};
      SerialTeam again = team;
      const auto one = make_view(want.data(), 1, n);
      SmoothTwice<true>{x.view(), shared_row(one)}(team, r);
      for (int i = 0; i < n; ++i) EXPECT_EQ(y(r, i), one(0, i));
      RowSum{x.view(), shared_row(one)}(again, r);
      for (int i = 0; i < n; ++i) EXPECT_EQ(sum(r, i), one(0, i));
    }
  }
}

TYPED_TEST(Teams, HaveScratchBeyondSharedMemory) {
  const int length = 50'000;  // 400 kB
  Array<Real, 2> y(device_of<TypeParam>, {3, 17});
  for_teams(TypeParam{}, 3, 128, scratch_bytes<Real>(length), LargeScratch{y, length});
  synchronize(TypeParam{});
  for (int r = 0; r < 3; ++r)
    for (int i = 0; i < 17; ++i) EXPECT_EQ(y(r, i), r + length - 1 - i);
}

}  // namespace
}  // namespace coldsun::test

// The team check: a missing barrier, a data race, a divergent barrier, an overrun and unwritten scratch are caught;
// right kernels pass. A host test: the CUDA and Kokkos builds leave it empty.
#if !defined(__CUDACC__) && !defined(COLDSUN_KOKKOS)
#include <gtest/gtest.h>

#include <cmath>

#include "common/team_check.hpp"
#include "tests/team_kernels.hpp"

namespace coldsun::test {
namespace {

// Each thread writes its rank to the same place: a race whose winner depends on the order. writes y.
struct LastOneWins {
  View<Real, 2> y;
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int item) const {
    Real* v = team.template scratch<Real>(1);
    v[0] = team.rank();
    team.sync();
    if (team.rank() == 0) y(item, 0) = v[0];
  }
};
struct HalfAtTheBarrier {
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int) const {
    if (team.rank() % 2 == 0) team.sync();
  }
};
struct TwoBarriers {
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int) const {
    if (team.rank() % 2 == 0) team.sync();
    else team.sync();
  }
};
struct AsksTooMuch {
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int) const {
    team.template scratch<Real>(100'000)[0] = 1.0;
  }
};
// Counts on scratch being zero. writes y.
struct ReadsUnwritten {
  View<Real, 2> y;
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int item) const {
    Real* v = team.template scratch<Real>(1);
    if (team.rank() == 0) y(item, 0) = v[0];
  }
};

std::string thrown(const TeamOrder& order, int team_size, auto f) {
  try {
    for_teams(order, 1, team_size, 64, f);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

TEST(TeamCheck, AcceptsACorrectKernel) {
  const auto x = waves(Device::host, 3, 45);
  Array<Real, 2> y(Device::host, {3, 45}), sum(Device::host, {3, 45});
  for (int team_size : {1, 2, 16, 64}) {
    EXPECT_EQ(run_team_checked(3, team_size, scratch_bytes<Real>(45), SmoothTwice<true>{x, y}, 4, y), "");
    EXPECT_EQ(run_team_checked(3, team_size, scratch_bytes<Real>(45), RowSum{x, sum}, 4, sum), "");
  }
}

TEST(TeamCheck, CatchesAMissingBarrier) {
  const auto x = waves(Device::host, 3, 45);
  Array<Real, 2> y(Device::host, {3, 45});
  for (int team_size : {2, 16, 64}) {
    const std::string verdict = run_team_checked(3, team_size, scratch_bytes<Real>(45), SmoothTwice<false>{x, y}, 4, y);
    EXPECT_NE(verdict.find("differs from the serial run's"), std::string::npos) << verdict;
  }
  // The shuffled orders alone see it too, each of them.
  Array<Real, 2> right(Device::host, {3, 45});
  run_team_checked(3, 16, scratch_bytes<Real>(45), SmoothTwice<true>{x, right}, 0, right);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    for_teams(TeamOrder{TeamOrder::shuffled, seed}, 3, 16, scratch_bytes<Real>(45), SmoothTwice<false>{x, y});
    int n_wrong = 0;
    for (int i = 0; i < 45; ++i) n_wrong += !(y(1, i) == right(1, i));
    EXPECT_GT(n_wrong, 0) << seed;
  }
}

TEST(TeamCheck, NamesTheThreadsOfARace) {
  Array<Real, 2> y(Device::host, {1, 1});
  const std::string said = thrown({TeamOrder::isolated}, 4, LastOneWins{y});
  EXPECT_NE(said.find("write different values to byte"), std::string::npos) << said;
  EXPECT_NE(run_team_checked(1, 4, 64, LastOneWins{y}, 0, y), "");
}

TEST(TeamCheck, FindsMismatchedBarriersAndScratch) {
  EXPECT_EQ(thrown({}, 4, HalfAtTheBarrier{}), "some threads ended while others wait at a barrier");
  EXPECT_NE(thrown({}, 4, TwoBarriers{}).find("different barriers"), std::string::npos);
  EXPECT_NE(thrown({}, 4, AsksTooMuch{}).find("scratch of 800000 bytes asked for"), std::string::npos);
  Array<Real, 2> y(Device::host, {1, 1});
  EXPECT_NE(run_team_checked(1, 4, 64, ReadsUnwritten{y}, 0, y), "");
}

}  // namespace
}  // namespace coldsun::test
#endif

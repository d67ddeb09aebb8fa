// Power by utilisation and rate of work by power: shape, limits, and the measurements that they were fitted to.
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "workload/node_power.hpp"
#include "workload_world.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class WorkloadPower : public OnBackend<Space> {};
TYPED_TEST_SUITE(WorkloadPower, Backends);

std::vector<std::vector<std::string>> table(const std::string& name) {
  std::ifstream file(std::string(COLDSUN_DATA_DIR) + "/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::vector<std::vector<std::string>> rows;
  bool head = true;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (std::exchange(head, false)) continue;
    std::vector<std::string> row;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    rows.push_back(row);
  }
  return rows;
}

// reads y; writes the pace there
struct PaceOf {
  View<const Real, 1> y;
  View<Real, 1> pace;
  COLDSUN_FN void operator()(int i) const { pace(i) = wl::pace_at(y(i)); }
};
// reads u; writes power, and the power of a burst of half of the rest
struct PowerOf {
  View<const Real, 1> u;
  View<Real, 1> p, burst;
  wl::PowerCurve curve;
  COLDSUN_FN void operator()(int i) const {
    p(i) = curve(u(i));
    burst(i) = curve(wl::raised_utilization(u(i), curve.exponent, 0.5));
  }
};

TYPED_TEST(WorkloadPower, PaceRisesToOneAndFitsTheSweeps) {
  const auto rows = table("workload_power_cap.csv");
  ASSERT_EQ(rows.size(), 791u);
  const int n = static_cast<int>(rows.size()), n_grid = 1001;
  Array<Real, 1> y(device_of<TypeParam>, {n + n_grid}), pace(device_of<TypeParam>, {n + n_grid});
  for (int i = 0; i < n; ++i)
    y(i) = (std::stod(rows[static_cast<std::size_t>(i)][2]) - 0.15) / 0.85;  // idle at 0.15 of the uncapped power
  for (int i = 0; i < n_grid; ++i) y(n + i) = -0.1 + 1.3 * i / (n_grid - 1);
  for_each(TypeParam{}, n + n_grid, PaceOf{y, pace});
  synchronize(TypeParam{});
  std::vector<Real> residual;
  Real square = 0.0;
  for (int i = 0; i < n; ++i) {
    const Real e = pace(i) - std::stod(rows[static_cast<std::size_t>(i)][3]);
    square += e * e, residual.push_back(std::fabs(e));
  }
  std::nth_element(residual.begin(), residual.begin() + n / 2, residual.end());
  EXPECT_LT(residual[static_cast<std::size_t>(n / 2)], 0.026);  // the fit's own residuals, rounded up
  EXPECT_LT(std::sqrt(square / n), 0.085);
  for (int i = n + 1; i < n + n_grid; ++i) EXPECT_GE(pace(i), pace(i - 1));
  for (int i = n; i < n + n_grid; ++i) {
    EXPECT_TRUE(pace(i) >= 0.0 && pace(i) <= 1.0);
    if (y(i) >= 1.0) {
      EXPECT_EQ(pace(i), 1.0);
    }
    if (y(i) <= 0.18) {
      EXPECT_EQ(pace(i), 0.0);
    }
  }
}

TYPED_TEST(WorkloadPower, PowerIsConcaveAndFitsTheSteadyHours) {
  const auto rows = table("workload_power_use.csv");
  const int n = static_cast<int>(rows.size()), n_grid = 101;
  Array<Real, 1> u(device_of<TypeParam>, {n + n_grid}), p(device_of<TypeParam>, {n + n_grid}),
      burst(device_of<TypeParam>, {n + n_grid});
  for (int i = 0; i < n; ++i) u(i) = std::stod(rows[static_cast<std::size_t>(i)][1]);
  for (int i = 0; i < n_grid; ++i) u(n + i) = i / 100.0;
  for_each(TypeParam{}, n + n_grid, PowerOf{u, p, burst, {78.8, 340.9, 0.84}});
  synchronize(TypeParam{});
  Real square = 0.0, hours = 0.0;
  for (int i = 0; i < n; ++i) {
    const auto& row = rows[static_cast<std::size_t>(i)];
    const Real e = p(i) - std::stod(row[2]), w = std::stod(row[0]);
    square += w * e * e, hours += w;
  }
  EXPECT_EQ(hours, 4223.0);                   // of 4,237: bins of fewer than five hours are left out
  EXPECT_LT(std::sqrt(square / hours), 6.0);  // W, by hours; the middle bins, 83 hours, stray by up to 70 W
  for (int i = n; i < n + n_grid; ++i) {
    EXPECT_NEAR(burst(i), 0.5 * (p(i) + 340.9), 1e-11);
    if (i > n) {
      EXPECT_GT(p(i), p(i - 1));
    }
    if (i > n && i + 1 < n + n_grid) {
      EXPECT_LT(p(i + 1) - p(i), p(i) - p(i - 1));
    }
  }
  EXPECT_EQ(p(n), 78.8);
  EXPECT_NEAR(p(n + n_grid - 1), 340.9, 1e-12);
}

TEST(WorkloadPace, NodePaceFollowsThePowerDrawn) {
  EXPECT_EQ(wl::node_pace(5000.0, 1400.0, 5000.0), 1.0);
  EXPECT_EQ(wl::node_pace(5100.0, 1400.0, 5000.0), 1.0);  // leakage of a warm die is no work
  EXPECT_EQ(wl::node_pace(1400.0, 1400.0, 5000.0), 0.0);
  EXPECT_EQ(wl::node_pace(0.0, 1400.0, 5000.0), 0.0);     // off
  EXPECT_EQ(wl::node_pace(1400.0, 1400.0, 1400.0), 1.0);  // nothing asked above idle, nothing missed
  EXPECT_EQ(wl::node_pace(0.0, 1400.0, 1400.0), 0.0);
  const Real half = wl::node_pace(3200.0, 1400.0, 5000.0);
  EXPECT_NEAR(half, 1.0 - std::pow(1.0 - (0.5 - 0.18) / 0.82, 2.4), 1e-14);
}

}  // namespace
}  // namespace coldsun::test

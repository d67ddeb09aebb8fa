// The team form of a resolved plate, run thread by thread as fibers: the CUDA block, executed without a GPU.
#if !defined(__CUDACC__) && !defined(COLDSUN_KOKKOS)
#include "common/team_check.hpp"
#include "thermal/advance.hpp"
#include "thermal_hall.hpp"

namespace coldsun::thermal {
namespace {

using test::node;
using test::pair;
using test::Plant;

// The team kernel gives the same bits in any order of its threads: no barrier is missing.
TEST(ThermalTeam, ResolvedPlateDoesNotDependOnThreadOrder) {
  Plant p(pair(Device::host, node(0, true)), 2, Device::host);
  for (int m = 0; m < 2; ++m) p.stop(m) = nanoseconds(0.02);
  const AdvanceField f{{p.cut({0, 1}), p.sys, p.drive(), p.state, {p.sys.tolerance, p.sys.h_restart, p.sys.h_min}},
                       p.sys.n_field};
  for (const int threads : {1, 3, 8})
    EXPECT_EQ(run_team_checked(2, threads, AdvanceField::Solver::bytes(), f, 2, p.state.t_solid, p.state.t_coolant,
                               p.state.h_next, p.state.p_node_end, p.state.t_junction, p.state.p_node, p.state.q_plate,
                               p.state.q_carried, p.state.q_stored, p.state.t_outlet, p.state.throttle_fraction,
                               p.state.p_unthrottled, p.state.n_step, p.state.trouble),
              "")
        << threads << " threads";
}

}  // namespace
}  // namespace coldsun::thermal
#endif

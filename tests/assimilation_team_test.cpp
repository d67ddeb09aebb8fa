// The team form of the analysis, run thread by thread as fibers: the CUDA block, executed without a GPU.
#if !defined(__CUDACC__) && !defined(COLDSUN_KOKKOS)
#include "assimilation/update.hpp"
#include "backends.hpp"
#include "common/philox.hpp"
#include "common/team_check.hpp"

namespace coldsun::assimilation {
namespace {

// No barrier is missing, and a block of any size gives the bits of one thread: 70 columns are more than one tile.
TEST(AssimilationTeam, ResultsDoNotDependOnThreadOrder) {
  const int n_member = 6, m = 4;
  const Domains d = make_domains({{70, {0, 1, 3}, {1, 0.5, 1}}, {3, {2}, {}}, {1, {}, {}}}, m, Device::host);
  const Array<Real, 2> x(Device::host, {n_member, 74}), y(Device::host, {n_member, m});
  const Array<Real, 1> y_obs(Device::host, {m}), r_obs(Device::host, {m}), inflation(Device::host, {3});
  const Array<std::int8_t, 1> use(Device::host, {m});
  const Array<std::int32_t, 1> trouble(Device::host, {3});
  const Chance chance{5, 0, Stream::test, 1};
  for (int n = 0; n < n_member; ++n) {
    for (int j = 0; j < 74; ++j) x(n, j) = chance.normal(static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(j));
    for (int k = 0; k < m; ++k) y(n, k) = x(n, 7 * k) + 0.2 * x(n, 7 * k + 1);
  }
  y_obs.fill(0.3), r_obs.fill(0.5), inflation.fill(1.02), use.fill(1);
  for (const Form form : {Form::root, Form::denkf}) {
    const UpdateDomain f{d,
                         {.x = x,
                          .y = y,
                          .y_obs = y_obs,
                          .r_obs = r_obs,
                          .use = use,
                          .inflation = inflation,
                          .trouble = trouble,
                          .form = form,
                          .relaxation = 0.2},
                         3};
    for (const int threads : {1, 3, 8})
      EXPECT_EQ(run_team_checked(3, threads, UpdateDomain::bytes(3), f, 2, x, trouble), "") << threads << " threads";
  }
}

}  // namespace
}  // namespace coldsun::assimilation
#endif

// A plan in the workload: another site, a start, a cap; how it arrives over the link; and nothing where nothing is
// planned.
#include <cstring>
#include <memory>

#include "workload/node_power.hpp"
#include "workload_world.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class WorkloadPlan : public OnBackend<Space> {};
TYPED_TEST_SUITE(WorkloadPlan, Backends);

// Two sites of four nodes; the second one's nodes hold half as many GPUs. Jobs are submitted at the first one.
wl::System two_sites(Device device) {
  wl::System sys = small_system({4, 4}, device);
  sys.site(1).n_plate = 4;
  return sys;
}
wl::JobTable jobs_at_first(const wl::System& sys, int n_member, const std::vector<HandJob>& jobs, Device device) {
  wl::JobTable t = wl::make_jobs(sys, n_member, t_zero, t_zero + 86400 * second,
                                 {{0, 0}, {static_cast<int>(jobs.size()), 0}}, device);
  for (int m = 0; m < n_member; ++m)
    for (int j = 0; j < t.capacity(); ++j) {
      const HandJob& h = jobs[static_cast<std::size_t>(j)];
      t.submit_time(m, j) = t_zero + nanoseconds(h.submit), t.deadline(m, j) = t_zero + nanoseconds(h.deadline);
      t.n_node(m, j) = h.n_node, t.n_gpu(m, j) = 8 * h.n_node, t.priority(m, j) = 1;
      t.work(m, j) = h.work, t.walltime(m, j) = h.walltime, t.job_utilization(m, j) = h.utilization,
                t.link_bound(m, j) = h.link_bound;
    }
  return t;
}
Real start_of(const wl::State& s, int j) { return seconds(s.start_time(0, j) - t_zero); }
Real end_of(const wl::State& s, int j) { return seconds(s.end_time(0, j) - t_zero); }

TYPED_TEST(WorkloadPlan, AJobRunsWhereThePlanSendsIt) {
  const Device device = device_of<TypeParam>;
  wl::System sys = two_sites(device);
  wl::JobTable t = jobs_at_first(sys, 1, {{1, 100, 120, 3}, {2, 50, 60, 2}, {3, 40, 60, 3}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.state.plan_site(0, 1) = 1,
                       w.state.plan_site(0, 2) = 1;  // 2 nodes of 8 GPUs are 4 of 4; 3 nodes would be 6, there are 4
  w.run_to(t_zero + 20 * second);
  EXPECT_EQ(w.state.lead_node(0, 1), 4);
  EXPECT_EQ(w.state.node_busy(0, 0), 3);
  EXPECT_EQ(w.state.node_busy(0, 1), 4);
  EXPECT_EQ(w.state.n_queued(0, 0), 1);  // it waits in the row of its own site, for the other one
  EXPECT_EQ(w.state.n_running(0, 1), 1);
  w.run_to(t_zero + 200 * second);
  EXPECT_NEAR(start_of(w.state, 2), 52.0, 1e-6);
  EXPECT_EQ(w.state.n_done(0, 0), 1);
  EXPECT_EQ(w.state.n_done(0, 1), 2);
  EXPECT_NEAR(w.state.work_done(0, 1), 90.0, 1e-6);
  EXPECT_NEAR(w.state.gpu_seconds(0, 1), 50.0 * 16 + 40.0 * 24, 1e-3);
  EXPECT_NEAR(w.state.wait_seconds(0, 1), 49.0, 1e-6);
  EXPECT_EQ(w.state.node_busy(0, 0) + w.state.node_busy(0, 1) + w.state.n_queued(0, 0), 0);
}

// Two sites' jobs meet at one place in the order in which they were submitted.
TYPED_TEST(WorkloadPlan, MovedAndLocalJobsWaitInOneOrder) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({4, 4}, device);
  wl::JobTable t = wl::make_jobs(sys, 1, t_zero, t_zero + 86400 * second, {{0, 0}, {3, 3}}, device);
  for (int j = 0; j < 6; ++j) {
    t.submit_time(0, j) = t_zero + (j < 3 ? 1 + 2 * j : 2 + 2 * (j - 3)) * second,
                     t.deadline(0, j) = t_zero + 1000 * second;
    t.n_node(0, j) = 4, t.n_gpu(0, j) = 32, t.priority(0, j) = 1, t.work(0, j) = 10, t.walltime(0, j) = 12,
                t.job_utilization(0, j) = 0.5;
  }
  World<TypeParam> w(std::move(sys), std::move(t));
  for (int j = 0; j < 3; ++j) w.state.plan_site(0, j) = 1;
  w.run_to(t_zero + 100 * second);
  const Real begin[] = {1, 21, 41, 11, 31, 51};  // 0 3 1 4 2 5
  for (int j = 0; j < 6; ++j) EXPECT_NEAR(start_of(w.state, j), begin[j], 1e-6) << j;
  EXPECT_EQ(w.state.n_done(0, 0), 0);
}

TYPED_TEST(WorkloadPlan, AHeldJobStartsAtItsInstantAndOthersOvertake) {
  const Device device = device_of<TypeParam>;
  wl::System sys = two_sites(device);
  wl::JobTable t = jobs_at_first(sys, 1, {{1, 30, 40, 4}, {2, 10, 15, 4}, {3, 20, 25, 4}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.state.plan_start(0, 0) = t_zero + nanoseconds(77.25);
  w.run_to(t_zero + 70 * second);
  EXPECT_EQ(w.state.n_queued(0, 0), 1);
  w.run_to(t_zero + 200 * second);
  EXPECT_NEAR(start_of(w.state, 1), 2.0, 1e-6);
  EXPECT_NEAR(start_of(w.state, 2), 12.0, 1e-6);
  EXPECT_EQ(w.state.start_time(0, 0), t_zero + nanoseconds(77.25));
}

TYPED_TEST(WorkloadPlan, ACapLowersPowerAndPace) {
  const Device device = device_of<TypeParam>;
  wl::System sys = two_sites(device);
  wl::JobTable t = jobs_at_first(sys, 1, {{0, 100, 120, 2}, {0, 100, 120, 1}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.state.plan_cap(0, 0) = 0.7;
  w.run_to(t_zero + 10 * second);
  const Real free = w.state.p_request(0, 2), rest = 1400.0;
  EXPECT_NEAR(w.state.p_request(0, 0), rest + 0.7 * (free - rest), 1e-9);
  w.run_to(t_zero + 300 * second);
  EXPECT_NEAR(end_of(w.state, 1), 100.0, 1e-6);
  EXPECT_NEAR(end_of(w.state, 0), 100.0 / wl::pace_at(0.7), 1e-6);
}

// A plan reaches a site at plan_due, or when its link is back; a job sent away needs the other site's link as well.
// Running jobs take caps only.
TYPED_TEST(WorkloadPlan, APlanArrivesOverTheLink) {
  const Device device = device_of<TypeParam>;
  for (const bool stale : {true, false}) {
    wl::System sys = two_sites(device);
    wl::JobTable t = jobs_at_first(sys, 1, {{0, 100, 120, 4}, {1, 10, 15, 4}, {2, 10, 15, 1}}, device);
    World<TypeParam> w(std::move(sys), std::move(t));
    w.path_stale = stale;
    w.outage = {{t_zero + 8 * second, t_zero + 14 * second}};
    w.run_to(t_zero + 5 * second, 5.0);
    wl::State& s = w.state;
    s.told_cap(0, 0) = 0.8, s.told_site(0, 0) = 1, s.told_start(0, 0) = t_zero + 50 * second;
    s.told_cap(0, 2) = 1.0, s.told_site(0, 2) = 1, s.told_start(0, 2) = t_zero + 12 * second;
    s.plan_due(0, 0) = t_zero + nanoseconds(9.5);
    w.run_to(t_zero + 200 * second);
    const Real taken = stale ? 14.0 : 9.5;
    EXPECT_NEAR(end_of(s, 0), taken + (100.0 - taken) / wl::pace_at(0.8), 1e-6) << stale;
    EXPECT_EQ(s.lead_node(0, 0), 0);
    EXPECT_NEAR(start_of(s, 2), stale ? 14.0 : 12.0, 1e-6) << stale;
    EXPECT_EQ(s.lead_node(0, 2), 4);
    EXPECT_EQ(s.plan_due(0, 0), never);
    EXPECT_EQ(s.told_cap(0, 0) + s.told_cap(0, 2), 0.0);
  }
}

TYPED_TEST(WorkloadPlan, ArrivingJobsWaitForAPlanForPlanHold) {
  const Device device = device_of<TypeParam>;
  wl::System sys = two_sites(device);
  wl::JobTable t = jobs_at_first(sys, 1, {{1, 30, 40, 1}, {2, 10, 15, 1}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.state.plan_hold(0) = 20 * second;
  w.run_to(t_zero + 5 * second, 5.0);
  w.state.told_cap(0, 0) = 1.0, w.state.told_start(0, 0) = 0, w.state.told_site(0, 0) = -1,
                      w.state.plan_due(0, 0) = t_zero + 6 * second;
  w.run_to(t_zero + 100 * second);
  EXPECT_NEAR(start_of(w.state, 0), 6.0, 1e-6);
  EXPECT_NEAR(start_of(w.state, 1), 22.0, 1e-6);
}

// Waiting for a plan makes no job late, and jobs longer than plan_reach do not wait.
TYPED_TEST(WorkloadPlan, WaitingForAPlanLeavesTimeForTheDeadline) {
  const Device device = device_of<TypeParam>;
  wl::System sys = two_sites(device);
  wl::JobTable t = jobs_at_first(sys, 1,
                                 {{1, 10, 15, 1, 0.6, false, 30},
                                  {2, 30, 200, 1, 0.6, false, 900},
                                  {3, 10, 15, 1, 0.6, false, 10},
                                  {4, 10, 15, 1, 0.6, false, 900}},
                                 device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.state.plan_hold(0) = 20 * second, w.state.plan_reach(0) = 100 * second;
  w.run_to(t_zero + 100 * second);
  EXPECT_NEAR(start_of(w.state, 0), 15.0, 1e-6) << "as long as its request leaves time";
  EXPECT_NEAR(start_of(w.state, 1), 2.0, 1e-6) << "outlasts the plan";
  EXPECT_NEAR(start_of(w.state, 2), 3.0, 1e-6) << "has no time to wait";
  EXPECT_NEAR(start_of(w.state, 3), 24.0, 1e-6);
}

template <class A>
bool same(const A& a, const A& b) {
  return std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(typename A::value_type)) == 0;
}
// A plan equal to the queue's own decisions changes no bit.
TYPED_TEST(WorkloadPlan, APlanEqualToTheQueueChangesNothing) {
  const Device device = device_of<TypeParam>;
  const Chance c{5, 0, Stream::test, 1};
  std::vector<HandJob> jobs;
  Real at = 0.0;
  for (std::uint32_t i = 0; i < 80; ++i) {
    at += -30.0 * std::log(c.uniform(i, 0));
    const Real work = 10.0 * std::exp(3.0 * c.uniform(i, 1));
    jobs.push_back({at, work, 1.5 * work, 1 + static_cast<int>(4 * std::pow(c.uniform(i, 2), 2.0)), 0.6, i % 2 == 0,
                    at + 2 * work});
  }
  std::unique_ptr<World<TypeParam>> world[2];
  for (int k = 0; k < 2; ++k) {
    wl::System sys = two_sites(device);
    wl::JobTable t = jobs_at_first(sys, 1, jobs, device);
    world[k] = std::make_unique<World<TypeParam>>(std::move(sys), std::move(t));
    world[k]->outage = {{t_zero + 100 * second, t_zero + 105 * second}};
    world[k]->drawn = [](int, int n, Time, Real asked) { return n % 2 ? asked : 0.9 * asked; };
    if (k)
      for (int j = 0; j < 80; ++j) world[k]->state.plan_site(0, j) = 0;
    world[k]->run_to(t_zero + 4000 * second, 100.0);
  }
  const wl::State &a = world[0]->state, &b = world[1]->state;
  EXPECT_TRUE(same(a.start_time, b.start_time) && same(a.end_time, b.end_time) && same(a.work_left, b.work_left));
  EXPECT_TRUE(same(a.wait_seconds, b.wait_seconds) && same(a.gpu_seconds, b.gpu_seconds) &&
              same(a.p_request, b.p_request));
  EXPECT_GT(a.n_backfilled(0, 0), 0);
  EXPECT_GT(a.n_late(0, 0), 0);
}

}  // namespace
}  // namespace coldsun::test

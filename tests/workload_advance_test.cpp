// Progress by the power drawn, stalls and bursts of link-bound work, conservation of work, independence of members.
#include <cmath>

#include "workload/node_power.hpp"
#include "workload_world.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class WorkloadAdvance : public OnBackend<Space> {};
TYPED_TEST_SUITE(WorkloadAdvance, Backends);

// A link-bound job on node 0 and another on node 1; the link is gone from 100 s to 102 s, the buffer lasts 0.3 s, the
// burst 0.8 s per second.
template <class Space>
World<Space> outage_world(bool path_stall, bool path_burst, bool outage = true) {
  const Device device = device_of<Space>;
  wl::System sys = small_system({2}, device);
  wl::JobTable t = hand_jobs(sys, 1, {{0, 500, 600, 1, 0.6, true}, {0, 500, 600, 1, 0.6, false}}, device);
  World<Space> w(std::move(sys), std::move(t));
  w.path_stall = path_stall, w.path_burst = path_burst;
  if (outage) w.outage = {{t_zero + 100 * second, t_zero + 102 * second}};
  return w;
}
struct Trace {
  std::vector<Time> stop;
  std::vector<Real> bound, other, left;
};
template <class Space>
Trace trace(World<Space>& w, Real until) {
  Trace r;
  w.after = [&](int, Time, Time stop) {
    r.stop.push_back(stop - t_zero), r.bound.push_back(w.state.p_request(0, 0)),
        r.other.push_back(w.state.p_request(0, 1));
    r.left.push_back(w.state.work_left(0, 0));
  };
  w.run_to(t_zero + nanoseconds(until));
  return r;
}
std::size_t cut_ending(const Trace& r, Real at) {
  for (std::size_t i = 0; i < r.stop.size(); ++i)
    if (std::fabs(seconds(r.stop[i]) - at) < 1e-6) return i;
  ADD_FAILURE() << "no cut ends at " << at;
  return 0;
}

TYPED_TEST(WorkloadAdvance, AnOutageStallsThenBurstsAndIsCaughtUp) {
  World<TypeParam> w = outage_world<TypeParam>(true, true);
  const Trace r = trace(w, 200.0);
  const Real normal = wl::PowerCurve{1400.0, 7000.0, 0.8}(0.6);
  EXPECT_EQ(r.bound[cut_ending(r, 100.0)], normal);
  EXPECT_EQ(r.bound[cut_ending(r, 100.3)], normal);  // from its buffers
  const std::size_t stalled = cut_ending(r, 102.0), drained = cut_ending(r, 102.0 + 0.8 * 1.7);
  EXPECT_NEAR(r.bound[stalled], (wl::PowerCurve{1400.0, 7000.0, 0.8}(0.6 * 0.05)), 1e-9);
  EXPECT_NEAR(r.bound[drained], normal + 0.5 * (7000.0 - normal), 1e-9);
  EXPECT_EQ(r.bound[drained + 1], normal);
  EXPECT_NEAR(r.left[stalled], 500.0 - 100.3, 1e-9);
  EXPECT_NEAR(r.left[drained], 500.0 - seconds(r.stop[drained]), 1e-9);  // all that was lost
  EXPECT_EQ(w.state.work_owed(0, 0), 0.0);
  EXPECT_EQ(w.state.backlog(0, 0), 0.0);
  EXPECT_NEAR(w.state.stall_seconds(0, 0), 1.7, 1e-9);
  for (const Real p : r.other) EXPECT_EQ(p, normal);
  EXPECT_NEAR(w.state.work_left(0, 1), 300.0, 1e-9);
  w.after = [](int, Time, Time) {};
  w.run_to(t_zero + 600 * second);
  EXPECT_NEAR(seconds(w.state.end_time(0, 0) - t_zero), 500.0, 2e-3);  // within the residue that counts as done
}

TYPED_TEST(WorkloadAdvance, PathsSwitchPowerNotTheSchedule) {
  World<TypeParam> both = outage_world<TypeParam>(true, true), none = outage_world<TypeParam>(false, false),
                   stall = outage_world<TypeParam>(true, false), burst = outage_world<TypeParam>(false, true),
                   quiet = outage_world<TypeParam>(false, false, false);
  const Trace a = trace(both, 200.0), b = trace(none, 200.0), c = trace(stall, 200.0), d = trace(burst, 200.0),
              e = trace(quiet, 200.0);
  EXPECT_EQ(a.stop, b.stop);
  EXPECT_EQ(a.stop, c.stop);
  EXPECT_EQ(a.stop, d.stop);
  const Real normal = e.bound[0];
  for (std::size_t i = 0; i < a.stop.size(); ++i) {
    EXPECT_EQ(b.bound[i], normal);
    EXPECT_LE(c.bound[i], normal);
    EXPECT_GE(d.bound[i], normal);
    EXPECT_EQ(c.bound[i], std::min(a.bound[i], normal));
    EXPECT_EQ(d.bound[i], std::max(a.bound[i], normal));
    EXPECT_NEAR(b.left[i], 500.0 - seconds(b.stop[i]), 1e-9);
  }
  EXPECT_LT(*std::min_element(c.bound.begin(), c.bound.end()), normal - 1000.0);
  EXPECT_GT(*std::max_element(d.bound.begin(), d.bound.end()), normal + 900.0);
  EXPECT_EQ(d.left, b.left);  // the burst's power alone moves no work
  EXPECT_EQ(c.left, a.left);  // the stall is caught up whether the burst's power is on or off
}

TYPED_TEST(WorkloadAdvance, AJobStartedInAStallOwesOnlyItsOwnTime) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({3}, device);
  wl::JobTable t = hand_jobs(
      sys, 1, {{0, 500, 600, 1, 0.6, true}, {101, 400, 600, 1, 0.6, true}, {102.5, 400, 600, 1, 0.6, true}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.outage = {{t_zero + 100 * second, t_zero + 102 * second},
              {t_zero + 103 * second, t_zero + 103 * second + second / 2}};
  w.run_to(t_zero + 150 * second);
  // The second outage interrupts the drain after 1 s and adds 0.2 s of stall.
  EXPECT_NEAR(w.state.stall_seconds(0, 0), 1.9, 1e-9);
  EXPECT_NEAR(w.state.work_left(0, 0), 500.0 - 150.0, 1e-9);
  EXPECT_NEAR(w.state.work_left(0, 1), 400.0 - 49.0, 1e-9);
  EXPECT_NEAR(w.state.work_left(0, 2), 400.0 - 47.5, 1e-9);
}

TYPED_TEST(WorkloadAdvance, JobsProgressByThePowerDrawn) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({3}, device);
  wl::JobTable t = hand_jobs(sys, 1, {{0, 200, 600, 2}, {0, 200, 600, 1, 0.6, false, 250.0}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  // Node 1 is throttled to half of its power above idle; node 2 is off between 50 s and 150 s.
  w.drawn = [](int, int n, Time at, Real asked) {
    if (n == 1) return 0.5 * (asked + 1400.0);
    return n == 2 && at >= t_zero + 50 * second && at < t_zero + 150 * second ? 0.0 : asked;
  };
  // held back: requested but not drawn; no leakage without p_unthrottled
  w.after = [&](int, Time, Time) {
    Real held = 0.0;
    for (int n = 0; n < 3; ++n) held += w.state.p_request(0, n) - w.p_node(0, n);
    ASSERT_EQ(w.state.p_it_held_back(0, 0), held);
    ASSERT_EQ(w.state.p_it_leakage_change(0, 0), 0.0);
  };
  w.run_to(t_zero + 100 * second);
  EXPECT_GT(w.state.p_it_held_back(0, 0), 1000.0);
  const Real pace = wl::pace_at(0.5);
  EXPECT_NEAR(w.state.work_left(0, 0), 200.0 - 100.0 * pace, 1e-9);  // the slowest node's
  EXPECT_NEAR(w.state.work_left(0, 1), 150.0, 1e-9);
  w.run_to(t_zero + 1000 * second);
  EXPECT_NEAR(seconds(w.state.end_time(0, 0) - t_zero), 200.0 / pace, 2e-3 / pace);
  EXPECT_NEAR(seconds(w.state.end_time(0, 1) - t_zero), 300.0, 2e-3);
  EXPECT_EQ(w.state.late(0, 0), 0);
  EXPECT_EQ(w.state.late(0, 1), 1);
  EXPECT_EQ(w.state.n_late(0, 0), 1);
  EXPECT_NEAR(w.state.gpu_seconds(0, 0), 200.0 * 16 + 200.0 * 8, 1e-9);
}

// Waiting, running or done: at the end of every cut the late ones are those whose deadline has passed without an end
// before it.
TYPED_TEST(WorkloadAdvance, RunningAndWaitingJobsCountAsLate) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({4}, device);
  std::vector<HandJob> jobs;
  const Chance chance{8, 0, Stream::test, 3};
  for (std::uint32_t j = 0; j < 120; ++j) {
    const Real submit = 20.0 * j, work = 30.0 + 200.0 * chance.uniform(j, 0);
    jobs.push_back({submit, work, 1.2 * work, 1 + static_cast<int>(4 * chance.uniform(j, 1)), 0.6, false,
                    submit + work * (1.0 + 9.0 * chance.uniform(j, 2))});
  }
  jobs.push_back({2420, 10, 12, 1, 0.6, false, 2420.5});  // comes late to a hall that is full
  wl::JobTable t = hand_jobs(sys, 1, jobs, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  int waiting = 0;
  w.after = [&](int m, Time, Time stop) {
    int late = 0;
    for (int j = 0; j < w.jobs.capacity(); ++j) {
      const Time due = w.jobs.deadline(m, j), end = w.state.end_time(m, j);
      const bool is_late = due < std::min(stop, end);
      late += is_late, waiting += is_late && w.state.status(m, j) == wl::Status::queued;
      ASSERT_EQ(w.state.late(m, j) != 0, is_late) << j << " at " << seconds(stop - t_zero);
    }
    ASSERT_EQ(w.state.n_late(m, 0), late);
  };
  w.run_to(t_zero + 20000 * second);
  EXPECT_EQ(w.state.n_done(0, 0), 121);
  EXPECT_TRUE(w.state.n_late(0, 0) > 20 && w.state.n_late(0, 0) < 121) << w.state.n_late(0, 0);
  EXPECT_GT(waiting, 100);
}

// A drawn day with random throttling, suspension and outages: work done and left is the work given, sums are those of
// the jobs.
TYPED_TEST(WorkloadAdvance, WorkIsConserved) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({16, 9}, device);
  wl::JobTable t = wl::make_jobs(sys, 4, t_zero, t_zero + 86400 * second, device);
  wl::State priors = wl::make_state(sys, t, 4, device);
  wl::draw_jobs(TypeParam{}, sys, priors, t, 3, 0);
  synchronize(TypeParam{});
  World<TypeParam> w(std::move(sys), std::move(t));
  for (int k = 0; k < 200; ++k)
    w.outage.push_back({t_zero + (60 * k + 12) * second, t_zero + (60 * k + 13 + k % 5) * second});
  w.drawn = [&](int m, int n, Time at, Real asked) {
    const Chance chance{4, static_cast<std::uint32_t>(m), Stream::test, 2};
    const Real u = chance.uniform(static_cast<std::uint32_t>((at - t_zero) / second), static_cast<std::uint32_t>(n));
    return u < 0.05 ? 0.0 : 1400.0 + (asked - 1400.0) * (u < 0.5 ? u + 0.5 : 1.0);
  };
  std::vector<Real> given(4, 0.0);
  int done_jobs = 0;
  for (int m = 0; m < 4; ++m)
    for (int j = 0; j < w.jobs.capacity(); ++j) given[static_cast<std::size_t>(m)] += w.state.work_left(m, j);
  w.run_to(t_zero + 3 * 3600 * second, 30.0);
  for (int m = 0; m < 4; ++m) {
    EXPECT_EQ(w.flags(m), 0u);
    Real left = 0.0, done = 0.0;
    int count[5] = {};
    for (int j = 0; j < w.jobs.capacity(); ++j) {
      left += w.state.work_left(m, j), ++count[static_cast<int>(w.state.status(m, j))];
      EXPECT_LE(w.state.work_owed(m, j), w.state.backlog(m, w.jobs.job_site(j)) + 1e-9);
    }
    for (int s = 0; s < 2; ++s) done += w.state.work_done(m, s);
    EXPECT_NEAR(done + left, given[static_cast<std::size_t>(m)], 1e-12 * given[static_cast<std::size_t>(m)]);
    EXPECT_EQ(count[3], w.state.n_running(m, 0) + w.state.n_running(m, 1));
    EXPECT_EQ(count[2], w.state.n_queued(m, 0) + w.state.n_queued(m, 1));
    EXPECT_EQ(count[4], w.state.n_done(m, 0) + w.state.n_done(m, 1));
    done_jobs += count[4];
  }
  EXPECT_GT(done_jobs, 20);
}

TYPED_TEST(WorkloadAdvance, AMemberAloneHasTheSameBits) {
  const Device device = device_of<TypeParam>;
  const auto world = [&](int n_member, std::uint32_t first) {
    wl::System sys = small_system({12, 7}, device);
    wl::JobTable t = wl::make_jobs(sys, n_member, t_zero, t_zero + 43200 * second, device);
    const wl::State priors = wl::make_state(sys, t, n_member, device);
    wl::draw_jobs(TypeParam{}, sys, priors, t, 21, first);
    synchronize(TypeParam{});
    World<TypeParam> w(std::move(sys), std::move(t));
    w.first_member = first;
    w.outage = {{t_zero + 615 * second, t_zero + 617 * second}, {t_zero + 1815 * second, t_zero + 1816 * second}};
    w.drawn = [first](int m, int n, Time, Real asked) {
      return asked * ((static_cast<int>(first) + m + n) % 5 == 0 ? 0.8 : 1.0);
    };
    w.run_to(t_zero + 3600 * second);
    return w;
  };
  const World<TypeParam> all = world(6, 10), one = world(1, 14);
  for (int j = 0; j < one.jobs.capacity(); ++j) {
    ASSERT_EQ(all.state.status(4, j), one.state.status(0, j));
    ASSERT_EQ(all.state.start_time(4, j), one.state.start_time(0, j));
    ASSERT_EQ(all.state.end_time(4, j), one.state.end_time(0, j));
    ASSERT_EQ(all.state.work_left(4, j), one.state.work_left(0, j));
  }
  for (int n = 0; n < 19; ++n) EXPECT_EQ(all.state.p_request(4, n), one.state.p_request(0, n));
  for (int s = 0; s < 2; ++s) {
    EXPECT_EQ(all.state.gpu_seconds(4, s), one.state.gpu_seconds(0, s));
    EXPECT_EQ(all.state.n_done(4, s), one.state.n_done(0, s));
    Real sum = 0.0;
    for (int n = one.sys.site(s).node_first; n < one.sys.site(s).node_first + one.sys.site(s).node_count; ++n)
      sum += one.state.p_request(0, n);
    EXPECT_EQ(one.state.p_it_request(0, s), sum);
  }
}

TYPED_TEST(WorkloadAdvance, InactiveMembersAreNotTouchedAndBadPowerIsFlagged) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({2}, device);
  wl::JobTable t = hand_jobs(sys, 3, {{0, 100, 600, 1}, {5, 100, 600, 1}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.drawn = [](int m, int, Time, Real asked) { return m == 2 ? std::nan("") : asked; };
  w.active(0) = 0, w.active(1) = 2;
  w.cut(2, t_zero + 4 * second);
  EXPECT_EQ(w.state.status(1, 0), wl::Status::pending);
  EXPECT_EQ(w.state.p_request(1, 0), 0.0);
  EXPECT_EQ(w.state.work_left(1, 0), 100.0);
  EXPECT_NEAR(w.state.work_left(0, 0), 96.0, 1e-12);
  EXPECT_EQ(w.flags(0), 0u);
  EXPECT_EQ(w.flags(1), 0u);
  EXPECT_EQ(w.flags(2), wl::flag_workload_not_finite);
}

}  // namespace
}  // namespace coldsun::test

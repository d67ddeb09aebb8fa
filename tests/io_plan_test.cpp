// The planner on the coupled twin: its information, the transfer of its plans, replanning and resuming.
#include <omp.h>

#include "core/plan/plan.hpp"
#include "core/step/run.hpp"
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

// Eight nodes; six queued jobs of at most four nodes.
Twin crowded(Real hours = 12) {
  Network n = new_nodes(8, 0);
  Twin t = twin_of(n, options(9, hours));
  std::vector<HandJob> jobs;
  for (int i = 0; i < 4; ++i) jobs.push_back({-600.0, 5400.0 + 600.0 * i, 9000.0, 2, 0.9, false, 1 + i % 3});
  for (int i = 0; i < 6; ++i)
    jobs.push_back({60.0 * (i + 1), 2400.0 + 300.0 * i, 4000.0, 1 + i % 3, 0.8, i % 2 == 0, 1 + i % 2});
  give_jobs(t, jobs);
  return t;
}
Network its_network() { return new_nodes(8, 0); }
PlanOptions quick(Real hours = 6) {
  PlanOptions o;
  o.horizon = hours * hour, o.n_scenario = 4, o.search.n_plan = 256, o.search.n_population = 64;
  return o;
}
Plan plan_of(const Twin& t, const PlanOptions& o, int m = 0) {
  const Network n = its_network();
  return decide(n, t.system, t.state, make_plan_task(n, t.system, t.state, t.inputs, m, o), o);
}
bool same_rows(const Plan& a, const Plan& b) {
  if (a.row.size() != b.row.size() || a.decision.score != b.decision.score ||
      a.decision.cost_mean[0] != b.decision.cost_mean[0])
    return false;
  for (std::size_t i = 0; i < a.row.size(); ++i)
    if (a.row[i].job != b.row[i].job || a.row[i].site != b.row[i].site || a.row[i].start != b.row[i].start ||
        a.row[i].cap != b.row[i].cap)
      return false;
  return a.decision.key == b.decision.key;
}

TEST(Plan, RowsAreTheRunningAndQueuedJobs) {
  Twin t = crowded();
  steps(t, 60);
  const Plan p = plan_of(t, quick());
  int waiting = 0, running = 0;
  for (const PlanRow& r : p.row) {
    const auto status = t.state.workload.status(0, r.job);
    EXPECT_EQ(status == workload::Status::running, r.running);
    EXPECT_TRUE(status == workload::Status::running || status == workload::Status::queued) << r.job;
    EXPECT_TRUE(r.running || r.start >= t.state.time);
    EXPECT_GT(r.cap, 0.5);
    (r.running ? running : waiting) += 1;
  }
  EXPECT_EQ(running, t.state.workload.n_running(0, 0));
  EXPECT_EQ(waiting, t.state.workload.n_queued(0, 0));
  EXPECT_GT(waiting, 2);
  EXPECT_EQ(p.made, t.state.time);
  EXPECT_EQ(p.effect, t.state.time + quick().decision_time + nanoseconds(0.1));
}

// A decision does not depend on later weather, outages or arrivals.
TEST(Plan, DoesNotDependOnTheFuture) {
  Twin t = crowded(), poisoned = crowded();
  steps(t, 61), steps(poisoned, 61);  // 10 s after a knot
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  sky::Weather& w = poisoned.inputs.weather;
  const auto last = static_cast<int>((poisoned.state.time - w.start(0)) / sky::weather_step);
  sky::Weather::each(w, [&](const FieldInfo& info, auto& a) {
    using A = std::remove_cvref_t<decltype(a)>;
    if constexpr (A::rank == 2) {
      for (int k = last + 1; k < a.extent(1); ++k) a(0, k) = nan;
    } else {
      EXPECT_EQ(A::rank, 1) << info.name;  // the table's grid and that of the series: no value of the future
    }
  });
  for (int j = 0; j < poisoned.inputs.jobs.capacity(); ++j) {
    if (poisoned.state.workload.status(0, j) == workload::Status::pending)
      poisoned.inputs.jobs.work(0, j) = nan, poisoned.inputs.jobs.walltime(0, j) = nan;
    poisoned.inputs.jobs.work(0, j) = nan, poisoned.state.workload.work_left(0, j) *=
                                           2.0;  // requests are known, durations are not
  }
  const Plan a = plan_of(t, quick()), b = plan_of(poisoned, quick());
  EXPECT_TRUE(same_rows(a, b));
  EXPECT_TRUE(std::isfinite(a.decision.score));
  poisoned.inputs.weather.temp_air(0, last) += 5.0;  // the present is known
  EXPECT_FALSE(same_rows(a, plan_of(poisoned, quick())));
}

TEST(Plan, DecisionIsTheSameForAnyThreadsAndRepeats) {
  Twin t = crowded();
  steps(t, 60);
  const int usual = omp_get_max_threads();
  omp_set_num_threads(1);
  const Plan a = plan_of(t, quick());
  omp_set_num_threads(3);
  const Plan b = plan_of(t, quick());
  omp_set_num_threads(usual);
  EXPECT_TRUE(same_rows(a, b));
  for (std::size_t i = 0; i < a.alternative.size(); ++i) EXPECT_GE(a.alternative[i].score, a.decision.score);
  for (int k = 0; k < schedule::n_rule; ++k) EXPECT_LE(a.decision.score, a.decision.rule_score[k] + 1e-9) << k;
}

TEST(Plan, PlansAreInForceAfterDecisionTimeAndControlDelay) {
  Twin t = crowded();
  const Network n = its_network();
  steps(t, 60);
  PlanOptions o = quick();
  o.decision_time = 25 * ns_per_s;
  Plan p = plan_of(t, o);
  for (PlanRow& r : p.row)
    if (!r.running) r.start = r.hold = t.state.time + 1200 * ns_per_s;
  steady_link(t);
  tell(n, t.state, p, o);
  const Time due = t.state.workload.plan_due(0, 0);
  EXPECT_EQ(due, p.made + nanoseconds(25.1));
  steps(t, 2);
  for (const PlanRow& r : p.row) EXPECT_EQ(t.state.workload.plan_start(0, r.job), 0);
  steps(t, 1);
  int held = 0;
  for (const PlanRow& r : p.row)
    if (t.state.workload.status(0, r.job) == workload::Status::queued) {
      EXPECT_EQ(t.state.workload.plan_start(0, r.job), r.start);
      ++held;
    }
  EXPECT_GT(held, 2);
  expect_sound(t.state);
}

// In a full hall a plan gives the start expected from the requests; jobs that only wait for nodes are not held until
// then.
TEST(Plan, JobsThatWaitForNodesAreNotHeld) {
  Twin t = crowded();
  const Network n = its_network();
  steps(t, 60);
  PlanOptions o = quick();
  o.policy = "fcfs";
  Plan p = plan_of(t, o);
  int later = 0;
  for (const PlanRow& r : p.row) {
    EXPECT_EQ(r.hold, 0) << r.job;
    later += !r.running && r.start > t.state.time;
  }
  EXPECT_GT(later, 2);
  tell(n, t.state, p, o);
  for (const PlanRow& r : p.row) EXPECT_EQ(t.state.workload.told_start(0, r.job), 0);
  // planned after a free hour, it is held
  std::vector<schedule::Assignment> moved = p.decision.job;
  int shifted = -1;
  for (std::size_t i = 0; i < moved.size() && shifted < 0; ++i)
    if (moved[i].start > 0)
      moved[i].start = static_cast<int>(o.horizon / seconds(o.slot)) - 1, shifted = static_cast<int>(i);
  ASSERT_GE(shifted, 0);
  const PlanTask task = make_plan_task(n, t.system, t.state, t.inputs, 0, o);
  const int job = task.job[static_cast<std::size_t>(shifted)].front();
  for (const PlanRow& r : rows_of(task, moved, t.state)) EXPECT_TRUE(r.hold == r.start || r.job != job);
}

// A job whose data are in transfer is planned at the other site, released at its planned start: a new decision does not
// restart the transfer.
TEST(Plan, JobsInTransferAreNotSentAgain) {
  Network n = its_network();
  n.site.push_back(n.site.front()), n.site.back().name = "other";
  Library l = library();
  l.jobs.push_back(l.jobs.front()), l.listed.push_back(l.listed.front());
  Twin t = make_twin(n, l, {}, options(9, 12.0));
  std::vector<HandJob> jobs;
  for (int i = 0; i < 4; ++i)
    jobs.push_back({-600.0, 5400.0, 9000.0, 2, 0.9, false, 1});  // all nodes of the first site
  jobs.push_back({60.0, 2400.0, 4000.0, 1, 0.8, false, 1});
  jobs.push_back({120.0, 2400.0, 4000.0, 1, 0.8, false, 1});  // arrives later, could start earlier
  give_jobs(t, jobs);
  for (int j = 0; j < t.inputs.jobs.capacity(); ++j) t.inputs.jobs.data_in(0, j) = 1e15;  // longer than the horizon
  steps(t, 60);
  workload::State& w = t.state.workload;
  ASSERT_EQ(w.status(0, 4), workload::Status::queued);
  w.plan_site(0, 4) = 1, w.plan_start(0, 4) = t.state.time + 1800 * ns_per_s;
  const Plan p = decide(n, t.system, t.state, make_plan_task(n, t.system, t.state, t.inputs, 0, quick()), quick());
  for (const PlanRow& r : p.row) {
    if (r.job != 4) continue;
    EXPECT_EQ(r.site, 1);
    EXPECT_GE(r.start, w.plan_start(0, 4));
    EXPECT_LT(r.start, t.state.time + nanoseconds(quick().horizon));
  }
  tell(n, t.state, p, quick());
  EXPECT_GE(w.told_start(0, 4), w.plan_start(0, 4)) << "not before its data is there, whether there is room or not";
  // without the plan in force so much data cannot be moved: the job stays
  w.plan_site(0, 4) = -1, w.plan_start(0, 4) = 0;
  for (const PlanRow& r :
       decide(n, t.system, t.state, make_plan_task(n, t.system, t.state, t.inputs, 0, quick()), quick()).row) {
    if (r.job == 4) {
      EXPECT_EQ(r.site, 0);
    }
  }
}

// Running jobs are not late by what no plan can change, nor jobs that start at once by the reserve; later deadlines
// keep the reserve.
TEST(Plan, LatenessExcludesWhatNoPlanCanChange) {
  Twin t = crowded();
  steps(t, 60);
  const Network n = its_network();
  const auto task = [&] { return make_plan_task(n, t.system, t.state, t.inputs, 0, quick()); };
  const auto row_of = [&](const PlanTask& k, int job) {
    for (std::size_t i = 0; i < k.job.size(); ++i)
      if (k.job[i] == std::vector<int>{job}) return k.problem.job(static_cast<int>(i));
    ADD_FAILURE() << "no row of its own: " << job;
    return schedule::Job{};
  };
  const auto due = [&](int job, Real from_now) {
    t.inputs.jobs.deadline(0, job) = t.state.time + nanoseconds(from_now);
  };
  const workload::State& w = t.state.workload;
  int running = -1, waiting = -1;
  for (int j = 0; j < 10; ++j) {
    if (w.status(0, j) == workload::Status::running && !t.inputs.jobs.preemptible(0, j)) running = j;
    if (w.status(0, j) == workload::Status::queued) waiting = j;
  }
  ASSERT_GE(running, 0);
  ASSERT_GE(waiting, 0);
  due(running, -3600.0), due(waiting, 1e6);
  PlanTask k = task();
  EXPECT_EQ(row_of(k, running).deadline, row_of(k, running).work);
  const Real reserve = 1e6 - row_of(k, waiting).deadline;
  EXPECT_GT(reserve, 7200.0);
  due(running, 1e6), due(waiting, 0.5 * row_of(k, waiting).work);
  EXPECT_LT(row_of(task(), running).deadline, 1e6);
  EXPECT_DOUBLE_EQ(row_of(task(), waiting).deadline, 0.5 * row_of(k, waiting).work) << "late by its own deadline";
  due(waiting, row_of(k, waiting).work + 60.0);
  EXPECT_EQ(row_of(task(), waiting).deadline, row_of(k, waiting).work);
  t.state.workload.plan_cap(0, running) = 0.55;  // in force, and not to be changed: longer, and late by nothing
  due(running, -3600.0);
  EXPECT_GT(row_of(task(), running).work, 1.2 * row_of(k, running).work);
  EXPECT_EQ(row_of(task(), running).deadline, row_of(task(), running).work);
}

// A plan equal to the behaviour without a plan changes no bit of the twin except the plan's own fields.
TEST(Plan, OwnSiteAndFullPowerChangeNothing) {
  Twin without = crowded(2), with = crowded(2);
  for (int j = 0; j < with.inputs.jobs.capacity(); ++j) with.state.workload.plan_site(0, j) = 0;
  steps(without, 360), steps(with, 360);
  EXPECT_EQ(differing(without.state, with.state), "workload/plan_site ");
  with.state.workload.plan_site.fill(-1);
  EXPECT_EQ(hash(without.state), hash(with.state));
}

// ---- in a run ----------------------------------------------------------------------------------------------------
Planner planner_of(const Network& n) {
  Planner p;
  p.network = &n, p.options = quick(4), p.options.search.n_plan = 64, p.options.search.n_population = 32,
  p.every = 600 * ns_per_s;
  return p;
}

TEST(Plan, RunPlansOnItsGridAndResumesToTheBit) {
  const Network n = its_network();
  Twin whole = crowded(2), first = crowded(2), again = crowded(2);
  Planner a = planner_of(n), b = planner_of(n), c = planner_of(n);
  int decisions = 0;
  const auto hook = [](Planner& p, Twin& t) { return [&p, &t](State& s) { replan(p, t.system, s, t.inputs); }; };
  const auto count = [&](const State&) { return decisions += a.n_decision, true; };
  run(whole.system, whole.state, whole.inputs, 10.0, 240, {count, hook(a, whole)});
  EXPECT_GE(decisions, 4);
  EXPECT_GT(whole.state.workload.plan_hold(0), 0);
  run(first.system, first.state, first.inputs, 10.0, 97, {{}, hook(b, first)});
  restore(again.state, snapshot(first.state));
  run(again.system, again.state, again.inputs, 10.0, 143, {{}, hook(c, again)});
  EXPECT_EQ(differing(whole.state, again.state), "");
  EXPECT_EQ(hash(whole.state), hash(again.state));
  expect_sound(whole.state);
}

TEST(Plan, SurpriseIsAnIndexOrJobsOutsideTheForecast) {
  const Network n = its_network();
  Twin t = crowded();
  Planner p = planner_of(n);
  p.surprise_share = 10.0;
  steps(t, 60);
  replan(p, t.system, t.state, t.inputs);
  EXPECT_EQ(p.n_decision, 1);
  const Real seen = t.state.controls.kc_seen(0, 0);
  steps(t, 24);
  const sky::ForecastNow then = sky::forecast_now(t.system.sky.site(0).cloud, t.state.controls.plan_made(0), seen,
                                                  t.state.controls.kc_planned_age(0, 0));
  const Real lead = 240.0, low = sky::forecast_error(then, lead, 0.0013),
             high = sky::forecast_error(then, lead, 0.9987);
  for (const Real edge : {high, low})
    for (const Real part : {0.99, 1.01}) {
      t.state.controls.kc_seen(0, 0) = seen + part * edge;
      EXPECT_EQ(surprised(p, t.system, t.state, t.inputs, 0), part > 1.0) << edge;
    }
  replan(p, t.system, t.state, t.inputs);
  EXPECT_EQ(p.n_surprise, 1);
  p.surprise_share = 1e-3;
  const auto j = t.inputs.jobs.capacity() - 1;
  t.inputs.jobs.submit_time(0, j) = t.state.time + ns_per_s, t.state.workload.status(0, j) = workload::Status::queued;
  EXPECT_TRUE(surprised(p, t.system, t.state, t.inputs, 0));
}

TEST(Plan, FollowedScenarioEqualsTheForecast) {
  Twin t = crowded(4);
  steps(t, 60);
  PlanOptions o = quick(3);
  const Network n = its_network();
  const PlanTask task = make_plan_task(n, t.system, t.state, t.inputs, 0, o);
  follow_scenario(task, 2, t.system, t.inputs);
  steps(t, 180);
  const int slot = static_cast<int>((t.state.time - ns_per_s - task.problem.start) / o.slot);
  EXPECT_NEAR(t.state.sky.clearsky_index(0, 0), task.clearsky_index(2, 0, slot), 0.02);
  // strings of the twin against the forecast's: lag of the cells and the middle of the slot differ
  EXPECT_NEAR(t.state.electrical.p_pv_available(0, 0), task.problem.pv_available(2, 0, slot),
              0.02 * task.problem.pv_available(2, 0, slot));
}

}  // namespace
}  // namespace coldsun

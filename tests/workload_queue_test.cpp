// The queue: first come first served, EASY backfill that never delays the head, against an independent slow scheduler.
#include <map>
#include <set>

#include "workload_world.hpp"

namespace coldsun::test {
namespace {

template <class Space>
class WorkloadQueue : public OnBackend<Space> {};
TYPED_TEST_SUITE(WorkloadQueue, Backends);

Real start_of(const wl::State& s, int m, int j) { return seconds(s.start_time(m, j) - t_zero); }

TYPED_TEST(WorkloadQueue, FirstComeFirstServedOnTheLowestNodes) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({4}, device);
  // Jobs as wide as the hall cannot be overtaken: strict order at any walltime.
  wl::JobTable t =
      hand_jobs(sys, 1, {{1, 50, 60, 4}, {2, 30, 40, 4}, {3, 20, 25, 4}, {4, 10, 15, 3}, {4.5, 7, 15, 1}}, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.run_to(t_zero + 200 * second);
  const Real begin[] = {1, 51, 81, 101, 101};  // arrivals at 1, then each when the one before ends
  for (int j = 0; j < 5; ++j) EXPECT_NEAR(start_of(w.state, 0, j), begin[j], 1e-6) << j;
  EXPECT_EQ(w.state.lead_node(0, 3), 0);
  EXPECT_EQ(w.state.lead_node(0, 4), 3);
  EXPECT_EQ(w.state.n_backfilled(0, 0), 0);
  EXPECT_EQ(w.state.n_done(0, 0), 5);
  EXPECT_NEAR(w.state.wait_seconds(0, 0), 0 + 49 + 78 + 97 + 96.5, 1e-6);
}

TYPED_TEST(WorkloadQueue, BackfillTakesOnlyWhatTheHeadDoesNotNeed) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({10}, device);
  // 0 runs on 6 nodes until 100 by its request. 1 (8 nodes) is the head: reserved for 100, 2 nodes over then. 2 is too
  // long and too wide; 3 ends in time; 4 is long but fits the two spare nodes; 5 is long and nothing spare is left.
  const std::vector<HandJob> jobs = {{0, 100, 100, 6}, {1, 50, 50, 8},   {2, 200, 200, 3},
                                     {3, 80, 90, 1},   {4, 500, 500, 2}, {5, 500, 500, 1}};
  wl::JobTable t = hand_jobs(sys, 1, jobs, device);
  World<TypeParam> w(std::move(sys), std::move(t));
  w.run_to(t_zero + 99 * second);
  EXPECT_EQ(w.state.n_backfilled(0, 0), 2);
  EXPECT_EQ(w.state.n_queued(0, 0), 3);
  EXPECT_EQ(w.state.node_busy(0, 0), 6 + 2 + 0 + (w.state.status(0, 3) == wl::Status::running ? 1 : 0));
  w.run_to(t_zero + 1000 * second, 100.0);
  EXPECT_NEAR(start_of(w.state, 0, 3), 3.0, 1e-6);
  EXPECT_NEAR(start_of(w.state, 0, 4), 4.0, 1e-6);
  EXPECT_NEAR(start_of(w.state, 0, 1), 100.0, 1e-6);
  EXPECT_NEAR(start_of(w.state, 0, 2), 150.0, 1e-6);
  EXPECT_NEAR(start_of(w.state, 0, 5), 150.0, 1e-6);
}

// ---- an independent scheduler: jobs in sorted maps, a profile of expected releases, no nodes
// ---------------------------------------
struct Slow {
  int n_node;
  std::vector<HandJob> jobs;
  std::vector<Real> start;
  std::map<int, Real> end_of;  // of running jobs
  std::vector<int> waiting;
  int backfilled = 0;

  int free_nodes() const {
    int n = n_node;
    for (auto& [j, end] : end_of) n -= jobs[static_cast<std::size_t>(j)].n_node;
    return n;
  }
  // Earliest instant at which job `head` would find its nodes, were nothing else to start; and how many are over.
  std::pair<Real, int> promise(int head, Real now) const {
    std::multimap<Real, int> release;
    for (auto& [j, end] : end_of) {
      const HandJob& h = jobs[static_cast<std::size_t>(j)];
      release.emplace(std::max(now, start[static_cast<std::size_t>(j)] + h.walltime), h.n_node);
    }
    int n = free_nodes();
    Real when = now;
    const int need = jobs[static_cast<std::size_t>(head)].n_node;
    for (auto it = release.begin(); it != release.end() && n < need; it = release.upper_bound(when)) {
      when = it->first;
      for (auto [a, b] = release.equal_range(when); a != b; ++a) n += a->second;
    }
    return {when, n - need};
  }
  void begin(int j, Real now) {
    start[static_cast<std::size_t>(j)] = now;
    end_of[j] = now + jobs[static_cast<std::size_t>(j)].work;
    waiting.erase(std::find(waiting.begin(), waiting.end(), j));
  }
  void dispatch(Real now) {
    while (!waiting.empty() && jobs[static_cast<std::size_t>(waiting[0])].n_node <= free_nodes())
      begin(waiting[0], now);
    if (waiting.empty()) return;
    const auto [shadow, spare] = promise(waiting[0], now);
    int extra = spare;
    const std::vector<int> rest(waiting.begin() + 1, waiting.end());
    for (int j : rest) {
      const HandJob& h = jobs[static_cast<std::size_t>(j)];
      if (h.n_node > free_nodes()) continue;
      if (now + h.walltime > shadow) {
        if (h.n_node > extra) continue;
        extra -= h.n_node;
      }
      begin(j, now), ++backfilled;
    }
  }
  void run() {
    start.assign(jobs.size(), -1.0);
    std::size_t next = 0;
    while (next < jobs.size() || !end_of.empty()) {
      Real now = next < jobs.size() ? jobs[next].submit : 1e300;
      for (auto& [j, end] : end_of) now = std::min(now, end);
      for (auto it = end_of.begin(); it != end_of.end();) it = it->second <= now ? end_of.erase(it) : std::next(it);
      for (; next < jobs.size() && jobs[next].submit <= now; ++next) waiting.push_back(static_cast<int>(next));
      dispatch(now);
    }
  }
};

std::vector<HandJob> random_jobs(std::uint32_t instance, int n, int n_node) {
  const Chance c{99, instance, Stream::test, 1};
  std::vector<HandJob> jobs;
  Real t = 0.0;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(n); ++i) {
    t += -40.0 * std::log(c.uniform(i, 0));
    const Real work = 10.0 * std::exp(3.0 * c.uniform(i, 1));
    const int nodes = 1 + static_cast<int>(n_node * std::pow(c.uniform(i, 2), 3.0));
    jobs.push_back({t, work, work * (1.0 + (instance % 2 ? 3.0 * c.uniform(i, 3) : 0.0)), std::min(nodes, n_node)});
  }
  return jobs;
}

TYPED_TEST(WorkloadQueue, RandomInstancesAgreeWithTheSlowScheduler) {
  const Device device = device_of<TypeParam>;
  int backfilled = 0;
  for (std::uint32_t instance = 0; instance < 24; ++instance) {
    Slow slow{12, random_jobs(instance, 60, 12), {}, {}, {}};
    slow.run();
    wl::System sys = small_system({12}, device);
    wl::JobTable t = hand_jobs(sys, 1, slow.jobs, device);
    World<TypeParam> w(std::move(sys), std::move(t));
    w.run_to(t_zero + 20000 * second, 1000.0);
    // Ends are nanoseconds and the work left is a sum of cuts: some nanoseconds per job that waits for another.
    for (int j = 0; j < 60; ++j)
      ASSERT_NEAR(start_of(w.state, 0, j), slow.start[static_cast<std::size_t>(j)], 1e-5) << instance << " " << j;
    EXPECT_EQ(w.state.n_backfilled(0, 0), slow.backfilled);
    EXPECT_EQ(w.state.n_done(0, 0), 60);
    EXPECT_EQ(w.state.n_running(0, 0) + w.state.n_queued(0, 0) + w.state.node_busy(0, 0), 0);
    backfilled += slow.backfilled;
  }
  EXPECT_GT(backfilled, 100);  // the instances do exercise it
}

// The head of the queue always starts no later than promised when it became the head; no node holds two jobs.
TYPED_TEST(WorkloadQueue, TheHeadIsNeverDelayed) {
  const Device device = device_of<TypeParam>;
  int promises = 0;
  for (std::uint32_t instance = 100; instance < 112; ++instance) {
    const std::vector<HandJob> jobs = random_jobs(instance, 60, 9);
    wl::System sys = small_system({9}, device);
    wl::JobTable t = hand_jobs(sys, 1, jobs, device);
    World<TypeParam> w(std::move(sys), std::move(t));
    std::map<int, Real> promised;
    w.after = [&](int, Time start, Time stop) {
      // State at the start of the cut: jobs that ended in it ran and are done.
      Slow view{9, jobs, std::vector<Real>(60, 0.0), {}, {}};
      int head = -1;
      std::map<int, int> nodes;
      for (int j = 0; j < 60; ++j) {
        const wl::Status s = w.state.status(0, j);
        const bool ran = s == wl::Status::running || (s == wl::Status::done && w.state.end_time(0, j) > start);
        if (ran) view.start[static_cast<std::size_t>(j)] = start_of(w.state, 0, j), view.end_of[j] = 0.0;
        if (s == wl::Status::queued && head < 0) head = j;
      }
      if (head >= 0 && !promised.count(head))
        promised[head] = view.promise(head, seconds(start - t_zero)).first, ++promises;
      for (int n = 0; n < 9; ++n)
        if (const int j = w.state.node_job(0, n); j >= 0) ++nodes[j];
      for (auto [j, n] : nodes) ASSERT_EQ(n, jobs[static_cast<std::size_t>(j)].n_node) << seconds(stop - t_zero);
    };
    w.run_to(t_zero + 20000 * second, 1000.0);
    for (auto [j, when] : promised) EXPECT_LE(start_of(w.state, 0, j), when + 1e-5) << instance << " " << j;
  }
  EXPECT_GT(promises, 50);
}

TYPED_TEST(WorkloadQueue, TheDayStartsWithJobsInProgress) {
  const Device device = device_of<TypeParam>;
  wl::System sys = small_system({24, 11}, device);
  wl::JobTable t = wl::make_jobs(sys, 3, t_zero, t_zero + 86400 * second, device);
  const wl::State priors = wl::make_state(sys, t, 3, device);
  wl::draw_jobs(TypeParam{}, sys, priors, t, 5, 0);
  synchronize(TypeParam{});
  World<TypeParam> w(std::move(sys), std::move(t));
  for (int m = 0; m < 3; ++m)
    for (int s = 0; s < 2; ++s) {
      int busy = 0;
      std::set<std::int32_t> seen;
      for (int n = w.sys.site(s).node_first; n < w.sys.site(s).node_first + w.sys.site(s).node_count; ++n) {
        const int j = w.state.node_job(m, n);
        if (j < 0) continue;
        ++busy, seen.insert(j);
        EXPECT_EQ(w.jobs.job_site(j), s);
        EXPECT_EQ(w.state.status(m, j), wl::Status::running);
        EXPECT_LE(w.state.start_time(m, j), t_zero);
        EXPECT_NEAR(w.state.work_left(m, j), w.jobs.work(m, j) - seconds(t_zero - w.state.start_time(m, j)), 1e-6);
      }
      EXPECT_EQ(busy, w.state.node_busy(m, s));
      EXPECT_EQ(static_cast<int>(seen.size()), w.state.n_running(m, s));
      EXPECT_NEAR(busy, 0.8 * w.sys.site(s).node_count,
                  4.5);  // the widest job takes 8 nodes: half of it either way, and rounding
    }
  w.run_to(t_zero + 3600 * second, 60.0);
  EXPECT_GT(w.state.n_done(0, 0), 0);
}

}  // namespace
}  // namespace coldsun::test

// Search: against every plan of small problems, the heuristics, other numbers of threads, and warm starts.
#include <omp.h>

#include "schedule/example.hpp"
#include "schedule/search.hpp"
#include "tests/schedule_run.hpp"

namespace coldsun::schedule {
namespace {

using test::device_of;

template <class Space>
class ScheduleSearch : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ScheduleSearch, test::Backends);

Problem small_problem(int n_job, std::uint64_t seed, Device device) {
  ExampleShape e;
  e.n_job = n_job, e.n_slot = 48, e.n_scenario = 1, e.n_node = 32, e.n_running = 0, e.work_median = 4.0 * 3600.0;
  Problem p = example_problem(e, seed, device, 1800.0);
  p.n_start = 6;
  for (Real& l : p.level) l = 1.0;
  return p;
}

// 3 jobs, 2 places, 6 starts: 1,728 plans. Five jobs are coldsun_optimum's.
TYPED_TEST(ScheduleSearch, FindsTheBestOfAllPlans) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Problem p = small_problem(3, seed, device_of<TypeParam>);
    prepare(TypeParam{}, p);
    constexpr int n_all = 12 * 12 * 12;
    Population x = make_population(p, n_all, device_of<TypeParam>);
    for (int i = 0; i < n_all; ++i)
      for (int j = 0, code = i; j < 3; ++j, code /= 12)
        x.key(i, 4 * j) = (j + 0.5) / 3, x.key(i, 4 * j + 1) = (code % 2 + 0.5) / 2,
                     x.key(i, 4 * j + 2) = (code % 12 / 2 + 0.5) / 6;
    SearchOptions o;
    o.n_plan = 1024, o.seed = seed;
    decode(TypeParam{}, p, x, 0, n_all), evaluate(TypeParam{}, p, o.weights, x, 0, n_all);
    synchronize(TypeParam{});
    Real best = math::infinity;
    for (int i = 0; i < n_all; ++i) best = math::min(best, x.score(i));
    EXPECT_LE(decide(TypeParam{}, p, o).score, best + 1e-12 * std::fabs(best)) << seed;
  }
}

// Plans with equal schedules in a generation share one price: every plan has the costs of its own rollout, bit for bit.
TYPED_TEST(ScheduleSearch, EveryPlanHasThePriceOfItsOwnRollout) {
  ExampleShape e;
  e.n_job = 8, e.n_slot = 48, e.n_scenario = 3, e.n_node = 24, e.n_running = 3, e.n_expected = 1;
  Problem p = example_problem(e, 2, device_of<TypeParam>, 1800.0);
  prepare(TypeParam{}, p);
  SearchOptions o;
  o.n_plan = 600, o.n_population = 96;
  Search s = make_search(p, o, device_of<TypeParam>);
  Population x = make_population(p, o.n_population, device_of<TypeParam>);
  while (!finished(s)) {
    advance(TypeParam{}, p, s);
    std::copy(s.now.key.data(), s.now.key.data() + s.now.key.size(), x.key.data());
    decode(TypeParam{}, p, x, 0, s.n_ranked), evaluate(TypeParam{}, p, o.weights, x, 0, s.n_ranked);
    synchronize(TypeParam{});
    for (int i = 0; i < s.n_ranked; ++i) {
      EXPECT_EQ(x.score(i), s.now.score(i)) << s.generation << " " << i;
      for (int m = 0; m < e.n_scenario; ++m)
        for (int k = 0; k < n_line; ++k) EXPECT_EQ(x.cost(i, m, k), s.now.cost(i, m, k)) << s.generation << " " << i;
    }
  }
  EXPECT_EQ(s.n_priced, 600);
  EXPECT_LT(s.n_different, 580);
  EXPECT_GT(s.n_different, 100);
}

// Plans that differ in a cap alone are no twins.
TYPED_TEST(ScheduleSearch, CapLevelsMakeDifferentSchedules) {
  ExampleShape e;
  e.n_job = 1, e.n_slot = 48, e.n_scenario = 1, e.n_node = 24, e.n_running = 0;
  Problem p = example_problem(e, 2, device_of<TypeParam>, 1800.0);
  prepare(TypeParam{}, p);
  SearchOptions o;
  o.n_plan = o.n_population = n_level;
  Search s = make_search(p, o, device_of<TypeParam>);
  s.now.key.fill(0.0);
  for (int l = 0; l < n_level; ++l) s.now.key(l, 3) = (l + 0.5) / n_level;
  price(TypeParam{}, p, s, s.now, 0, n_level);
  EXPECT_EQ(s.n_different, n_level);
  EXPECT_NE(s.now.score(0), s.now.score(n_level - 1));
}

ExampleShape day() {
  ExampleShape e;
  e.n_job = 24, e.n_slot = 96, e.n_scenario = 4;
  return e;
}

TYPED_TEST(ScheduleSearch, NeverWorseThanItsRulesAndNeverWorseWithTime) {
  Problem p = example_problem(day(), 4, device_of<TypeParam>, 900.0);
  prepare(TypeParam{}, p);
  SearchOptions o;
  o.n_plan = 1000, o.n_population = 128;
  const Decision d = decide(TypeParam{}, p, o);
  EXPECT_EQ(d.n_priced, 1000);
  for (const Real r : d.rule_score) EXPECT_LE(d.score, r);
  for (std::size_t g = 1; g < d.best_by_generation.size(); ++g)
    EXPECT_LE(d.best_by_generation[g], d.best_by_generation[g - 1]);
  EXPECT_LT(d.score, d.best_by_generation.front());
  // Its keys decode to its schedule, at its price.
  Population x = make_population(p, 1, device_of<TypeParam>);
  for (int c = 0; c < x.key.extent(1); ++c) x.key(0, c) = d.key[static_cast<std::size_t>(c)];
  decode(TypeParam{}, p, x, 0, 1), evaluate(TypeParam{}, p, o.weights, x, 0, 1);
  synchronize(TypeParam{});
  EXPECT_EQ(x.score(0), d.score);
  for (int j = 0; j < p.n_job(); ++j) {
    const Assignment& a = d.job[static_cast<std::size_t>(j)];
    EXPECT_EQ(x.start(0, j), a.start);
    EXPECT_EQ(x.place(0, j), a.place);
  }
  // A warm start is never worse than its incumbent.
  o.n_plan = 100, o.seed = 99;
  EXPECT_LE(decide(TypeParam{}, p, o, d.key).score, d.score);
}

TEST(ScheduleSearchHost, BitsDoNotDependOnThreads) {
  Problem p = example_problem(day(), 5, Device::host, 900.0);
  prepare(Host{}, p);
  SearchOptions o;
  o.n_plan = 400, o.n_population = 100;
  const int usual = omp_get_max_threads();
  std::vector<Decision> d;
  for (int n : {1, 2, 3}) omp_set_num_threads(n), d.push_back(decide(Host{}, p, o));
  omp_set_num_threads(usual);
  for (const Decision& x : d) {
    EXPECT_EQ(x.key, d[0].key);
    EXPECT_EQ(x.best_by_generation, d[0].best_by_generation);
  }
  o.seed = 1;
  EXPECT_NE(decide(Host{}, p, o).key, d[0].key);
}

TEST(ScheduleSearchHost, ZeroJobsGiveAnEmptyPlan) {
  ExampleShape e = day();
  e.n_job = 0;
  Problem p = example_problem(e, 5);
  prepare(Host{}, p);
  check_problem(p);
  SearchOptions o;
  o.n_plan = 64, o.n_population = 32;
  const Decision d = decide(Host{}, p, o);
  EXPECT_TRUE(d.job.empty());
  EXPECT_TRUE(std::isfinite(d.score));
}

}  // namespace
}  // namespace coldsun::schedule

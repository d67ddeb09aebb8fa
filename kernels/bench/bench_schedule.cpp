// Planner on the host: node table, decoder, rollouts and a generation of the search; a default decision. 64 jobs, 2
// places, 288 slots.
#include <benchmark/benchmark.h>

#include <cmath>

#include "bench/rates.hpp"
#include "schedule/decode.hpp"
#include "schedule/example.hpp"
#include "schedule/prepare.hpp"
#include "schedule/rollout.hpp"

namespace coldsun::schedule {
namespace {

using bench::rates;

// Counted by hand. Decoder, per job and slot examined: a compare and a subtraction. Rollout, per place and slot: limits
// of the battery 130, its current 80 (2 Newton steps), supply and two offers 70, dispatch and closing 90, loop table
// and lag 40. Per slot of a running job: two points of the node table 20, its share of power and work 30.
constexpr double flops_place_slot = 410.0, flops_job_slot = 50.0, flops_decode_slot = 4.0, flops_node_point = 400.0;

struct World {
  Problem problem = example_problem({}, 1);
  Population plans;
  double booked = 0.0;  // job slots of all plans
  explicit World(int n_plan) {
    prepare(Host{}, problem);
    plans = make_population(problem, n_plan, Device::host);
    const Chance c{1, 0, Stream::test, 0};
    for (int k = 0; k < n_plan; ++k)
      for (int g = 0; g < plans.key.extent(1); ++g)
        plans.key(k, g) = c.uniform(static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(g));
    decode(Host{}, problem, plans, 0, n_plan);
    for (int k = 0; k < n_plan; ++k)
      for (int j = 0; j < problem.n_job(); ++j)
        if (plans.start(k, j) >= 0) booked += std::min(plans.booked(k, j), problem.n_slot() - plans.start(k, j));
  }
};

void node_table(benchmark::State& state) {
  World w(1);
  const NodePoint n =
      point_of(w.problem.place(0), w.problem.node_class(0), w.problem.job(3).utilization, 1.0, w.problem.knot_first);
  if (!(n.p > 0.0)) state.SkipWithError("the cap law gives no power");
  for (auto _ : state) prepare(Host{}, w.problem);
  const double points = static_cast<double>(w.problem.node.size()) * 2;  // two classes a place
  rates(state, points, 40.0, flops_node_point);
}
BENCHMARK(node_table)->Name("schedule/node_table")->UseRealTime();

// items: plans
void decode_plans(benchmark::State& state) {
  World w(256);
  const Population& x = w.plans;
  const int before = x.start(7, 5);
  for (auto _ : state) decode(Host{}, w.problem, w.plans, 0, 256);
  if (x.start(7, 5) != before) state.SkipWithError("decoded twice, two answers");
  const double cells = 256.0 * w.problem.n_place() * w.problem.n_slot();
  rates(state, 256.0, (12.0 * cells + 16.0 * w.booked) / 256.0, flops_decode_slot * (cells + w.booked) / 256.0);
}
BENCHMARK(decode_plans)->Name("schedule/decode")->UseRealTime();

// Of n (plan, scenario) by the mean of the 256 random plans. Working set: the tables that all of them read.
void rollout_rates(benchmark::State& state, const World& w, double n) {
  const double cells = w.problem.n_place() * w.problem.n_slot(), work = w.booked / 256.0;
  const double tables =
      sizeof(NodePoint) * static_cast<double>(w.problem.node.size()) + 24.0 * cells * w.problem.n_scenario();
  rates(state, n, 80.0 * cells + 160.0 * work, flops_place_slot * cells + flops_job_slot * work, tables);
}

// items: plans x scenarios
void rollouts(benchmark::State& state) {
  World w(256);
  evaluate(Host{}, w.problem, Weights{}, w.plans, 0, 256);
  Real sum = 0.0;  // the score is compared with its lines once
  for (int k = 0; k < n_line; ++k) sum += Weights{}.line[k] * w.plans.cost(3, 2, k);
  if (!(std::fabs(sum - w.plans.scenario_score(3, 2)) <= 1e-12 * std::fabs(sum)))
    state.SkipWithError("the score is not the sum of its lines");
  for (auto _ : state) evaluate(Host{}, w.problem, Weights{}, w.plans, 0, 256);
  rollout_rates(state, w, 256.0 * w.problem.n_scenario());
}
BENCHMARK(rollouts)->Name("schedule/rollout")->UseRealTime();

// items: plans x scenarios rolled out (equal schedules once), search and heuristics included; one iteration is a
// default decision (target: 10 s on two cores)
void decision(benchmark::State& state) {
  World w(256);
  const SearchOptions o;
  int rolled_out = 0;
  for (auto _ : state) {
    const Decision d = decide(Host{}, w.problem, o);
    rolled_out = d.n_different;
    if (d.n_priced != o.n_plan || !(d.score <= d.rule_score[0]))
      state.SkipWithError("a decision worse than first come, first served");
  }
  rollout_rates(state, w,
                static_cast<double>(rolled_out) * w.problem.n_scenario());  // the decoder's part is a few per cent
}
BENCHMARK(decision)->Name("schedule/decision")->UseRealTime()->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace coldsun::schedule

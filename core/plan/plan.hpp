// Plan: State and Inputs become a problem of the scheduler; its decision becomes rows that the workload follows once
// they have arrived over the link. The planner knows submitted jobs, requested instead of true durations, and an
// Outlook instead of the weather.
#pragma once
#include <functional>

#include "core/plan/outlook.hpp"
#include "schedule/schedule.hpp"

namespace coldsun {

struct PlanOptions {
  Real horizon = 86400.0;  // s
  Time slot = 300 * ns_per_s;
  int n_scenario = 16;
  sky::ForecastLaw law;                // spread of the scenarios around persistence
  schedule::SearchOptions search;      // seed and member are set from the State
  Time decision_time = 10 * ns_per_s;  // simulated time of a decision; wall time goes to the record only
  std::string policy = "search";       // or the name of a rule, in lower case
  bool known_work = false;             // true: durations are known and no further jobs arrive; for tests of the rollout
  std::function<bool()> stop;          // called after each generation; true ends the search with the best plan so far
  int max_row = 64;                    // above it running jobs are merged; each queued job keeps its own row
};

// Problem of the scheduler, and the jobs behind its rows.
struct PlanTask {
  schedule::Problem problem;
  std::vector<std::vector<int>>
      job;  // (row) jobs by index in the job table; several: merged running jobs; none: expected future jobs
  std::vector<std::vector<Real>> work;  // expected remaining time of each job [s]
  std::vector<Real> incumbent;          // keys of the plan in force; empty: no plan
  Outlook outlook;
  Array<Real, 3> clearsky_index;  // (scenario, site, slot) of the forecast
  int member = 0;
};
PlanTask make_plan_task(const Network&, const System&, const State&, const Inputs&, int member, const PlanOptions&);

struct PlanRow {
  std::int32_t job = 0;                 // index in the job table
  std::int32_t site = 0;                // site of execution
  bool running = false, placed = true;  // placed: starts within the horizon
  Time hold = 0;  // earliest start: planned start of a deferred job, arrival of data in transfer; 0: none
  Time start = 0, end = 0, arrival = 0;  // expected start, end of the booking, arrival of results at the home site
  Real cap = 1.0;
};
struct Plan {
  Time made = 0, effect = 0;  // decision; earliest arrival of the plan at a site
  int member = 0;
  std::vector<PlanRow> row;
  schedule::Decision decision;
  std::vector<schedule::Decision>
      alternative;       // next best plans that differ in a tenth of the rows from the chosen one and each other
  double wall_time = 0;  // s
};
Plan decide(const Network&, const System&, const State&, const PlanTask&, const PlanOptions&);
// The rows of a decision for a task.
std::vector<PlanRow> rows_of(const PlanTask&, const std::vector<schedule::Assignment>&, const State&);
// Decodes and prices plans given by keys; assignments of one of them.
schedule::Population price_plans(const PlanTask&, const PlanOptions&, const Real* key, int n_plan);
std::vector<schedule::Assignment> assignments(const schedule::Population&, int plan);
// Sends a plan: it arrives at each site after decision time and control_delay, or when the link is up again.
void tell(const Network&, State&, const Plan&, const PlanOptions&);

// Planning during a run: at whole multiples of `every` since the inputs' start, and on a surprise in between.
struct Planner {
  const Network* network = nullptr;
  PlanOptions options;
  Time every = 300 * ns_per_s;
  Real surprise_share = 0.1;  // share of a site's nodes with jobs submitted or ended early since the last decision
  // Results of the last call of replan:
  int n_decision = 0, n_surprise = 0;  // members with a decision; of these because of a surprise
  double wall_time = 0;                // s, sum over members
  Real score = 0.0;                    // mean over members with a decision
  std::vector<Plan> last;              // (member)
};
// True on a surprise since the member's last decision: the clear-sky index of the last ten minutes is outside the 99.74
// % interval of the forecast, or jobs arrived or ended before their requested time on more than surprise_share of a
// site's nodes.
bool surprised(const Planner&, const System&, const State&, const Inputs&, int member);
// Hook of run(): decides and sends plans that are due.
void replan(Planner&, const System&, State&, const Inputs&);

// Replaces the weather from the task's start on by one of its scenarios, for what-if runs and tests of the rollout.
void follow_scenario(const PlanTask&, int scenario, const System&, Inputs&);

}  // namespace coldsun

// Plan: what stands in State and Inputs becomes a problem of the scheduler; its decision becomes rows that the workload
// follows, once they have come over the link. The planner sees jobs that are submitted, requests instead of durations,
// and an Outlook instead of the weather.
#pragma once
#include <functional>

#include "core/plan/outlook.hpp"
#include "schedule/schedule.hpp"

namespace coldsun {

struct PlanOptions {
  Real horizon = 86400.0;  // s
  Time slot = 300 * ns_per_s;
  int n_scenario = 16;
  sky::ForecastLaw law;                // how far scenarios stray from persistence
  schedule::SearchOptions search;      // seed and member are set by the State
  Time decision_time = 10 * ns_per_s;  // simulated: what a decision takes; the wall time goes to the record only
  std::string policy = "search";       // or a rule's name, in small letters
  bool known_work = false;     // true: durations are known and no other jobs come, as a test of the rollout needs it
  std::function<bool()> stop;  // asked after each generation; true: the best so far is the plan
  int max_row = 64;            // above it, jobs that run are summed up; those that wait have a row each
};

// What the scheduler was asked.
struct PlanTask {
  schedule::Problem problem;
  std::vector<std::vector<int>>
      job;  // (row) places in the table of jobs: one, or several that run and were summed up; none: only expected
  std::vector<std::vector<Real>> work;  // of each, s left as expected
  std::vector<Real> incumbent;          // keys of the plan in force; empty: none
  Outlook outlook;
  Array<Real, 3> clearsky_index;  // (scenario, site, slot) of the forecast
  int member = 0;
};
PlanTask make_plan_task(const Network&, const System&, const State&, const Inputs&, int member, const PlanOptions&);

struct PlanRow {
  std::int32_t job = 0;                 // place in the table
  std::int32_t site = 0;                // where it runs
  bool running = false, placed = true;  // placed: it begins within the horizon
  Time hold =
      0;  // not before it: the start of who is put off while there is room, the arrival of what is under way; 0: none
  Time start = 0, end = 0, arrival = 0;  // expected: begin, end of what is booked, results at home
  Real cap = 1.0;
};
struct Plan {
  Time made = 0, effect = 0;  // decision, earliest instant at which a site hears of it
  int member = 0;
  std::vector<PlanRow> row;
  schedule::Decision decision;
  std::vector<schedule::Decision>
      alternative;       // the next best that differ from the chosen one and each other in a tenth of the rows
  double wall_time = 0;  // s
};
Plan decide(const Network&, const System&, const State&, const PlanTask&, const PlanOptions&);
// The rows of a decision for a task.
std::vector<PlanRow> rows_of(const PlanTask&, const std::vector<schedule::Assignment>&, const State&);
// Plans by their keys, decoded and priced; and one of them.
schedule::Population price_plans(const PlanTask&, const PlanOptions&, const Real* key, int n_plan);
std::vector<schedule::Assignment> assignments(const schedule::Population&, int plan);
// Sends a plan on its way: it is heard at each site after the decision's time and the control's delay, or when the link
// is back.
void tell(const Network&, State&, const Plan&, const PlanOptions&);

// Replanning in a run: at whole multiples of `every` since the inputs' start, and on a surprise in between.
struct Planner {
  const Network* network = nullptr;
  PlanOptions options;
  Time every = 300 * ns_per_s;
  Real surprise_share = 0.1;  // of a site's nodes: submitted or freed early since the last decision
  // of the last call
  int n_decision = 0, n_surprise = 0;  // members that decided, and that did so out of turn
  double wall_time = 0;                // s, all of them
  Real score = 0.0;                    // mean over the members that decided
  std::vector<Plan> last;              // (member)
};
// True where what happened since the member's last decision was not foreseen: the clear-sky index of the last ten
// minutes lies outside 99.74 % of the forecast, or jobs came or ended before their request on more than surprise_share
// of a site's nodes.
bool surprised(const Planner&, const System&, const State&, const Inputs&, int member);
// The hook of run(): decides and tells where it is due.
void replan(Planner&, const System&, State&, const Inputs&);

// The weather from the task's start on turns out as one of its scenarios: for what-if runs and for tests of the
// rollout.
void follow_scenario(const PlanTask&, int scenario, const System&, Inputs&);

}  // namespace coldsun

// Schedule: from a Problem to the best of thousands of plans. Entry points, in the order of their use:
//   Problem p = make_problem(shape, device);  fill p;  forecast_pv(space, ...);  prepare(space, p);
//   Search s = make_search(p, options, device);  while (!finished(s)) advance(space, p, s);  Decision d =
//   decision_of(p, s)
// or decide(space, p, options) which does the last line. A plan is random keys (Bean 1994, doi 10.1287/ijoc.6.2.154),
// decode() makes a feasible schedule of any of them, evaluate() prices schedules under all scenarios in one launch.
#pragma once
#include <vector>

#include "schedule/problem.hpp"
#include "sky/forecast.hpp"
#include "sky/sky.hpp"

namespace coldsun::schedule {

// Lines of a bill, each summed over the horizon and the places.
enum Line : std::int32_t {
  line_unserved = 0,  // node seconds of work not done at the end of the horizon, of the work that fits in it
  line_grid,          // J imported
  line_carbon,        // kg of imported and generated energy
  line_price,         // of imported and generated energy
  line_lateness,      // s after the deadline times priority
  line_thermal,       // K s of the hottest junction above t_margin
  // node seconds of work missed while running: plan cap, junction cap, shortage of power
  line_throttle,
  line_battery,  // J, decrease of the energy in the batteries
  line_wait,     // node seconds between release and start
  n_line
};
const char* line_name(int line);
const char* line_unit(int line);

// Objective of the search: weights times lines; then mean + risk (CVaR - mean) over the scenarios.
struct Weights {
  Real line[n_line] = {1e-3, 0.0, 0.1, 1.0, 1e-3, 1e-5, 1e-3, 1.7e-8, 1e-6};  // per unit of the line; see README
  Real risk = 0.25;                                                           // share of CVaR in the score
  Real alpha = 0.75;  // CVaR: mean of the worst 1 - alpha of the scenarios
};

// Plans as keys, as schedules, and their costs.
// clang-format off
#define COLDSUN_SCHEDULE_POPULATION(F) \
  F(Real,         key,            "1", "plan gene",          state,   host,    "random keys of the plan's jobs, in [0, 1)") \
  F(std::int32_t, place,          "1", "plan job",           derived, Decode,  "place of the job in the plan") \
  F(std::int32_t, start,          "1", "plan job",           derived, Decode,  "plan slot in which the job starts; -1: left out") \
  F(std::int32_t, level,          "1", "plan job",           derived, Decode,  "plan cap level of the job") \
  F(std::int32_t, booked,         "1", "plan job",           derived, Decode,  "number of plan slots booked for the job on its nodes") \
  F(std::int32_t, arrival,        "1", "plan job",           derived, Decode,  "plan slot by whose end the job's results are at home; -1: no transfer") \
  F(std::int32_t, send,           "1", "plan job",           derived, Decode,  "plan slot in which the transfer of the job's data starts; -1: none") \
  F(std::int32_t, by_start,       "1", "plan job",           derived, Decode,  "jobs of the plan in order of start") \
  F(Real,         cost,           "1", "plan scenario line", derived, Rollout, "cost of the plan: lines of the bill") \
  F(Real,         scenario_score, "1", "plan scenario",      derived, Rollout, "score of the plan in a scenario: weights times lines") \
  F(Real,         score,          "1", "plan",               derived, Score,   "score of the plan: mean over the scenarios and of the worst of them") \
  F(Real,         bytes_left,     "B", "plan place slot",    scratch, Decode,  "remaining capacity of the link") \
  F(std::int32_t, nodes_left,     "1", "plan place slot",    scratch, Decode,  "number of free nodes")
// clang-format on
struct Population {
  COLDSUN_ARRAYS(COLDSUN_SCHEDULE_POPULATION)
  int size() const { return key.extent(0); }
};
struct PopulationView {
  COLDSUN_VIEWS(PopulationView, Population, COLDSUN_SCHEDULE_POPULATION)
};
Population make_population(const Problem&, int n_plan, Device);

// Node table and requests, from classes, jobs and levels. Call after forecast_pv or any change of jobs, places or
// levels.
template <class Space>
void prepare(Space, Problem&);

// Scenarios of irradiance around persistence (sky/forecast.hpp), through planes, cells, strings and converters to
// pv_linear, pv_square and pv_available. `weather` holds a forecast (Sun, clear sky, expected air temperature and wind)
// and no observation after `issue`.
struct PvForecast {
  std::uint64_t seed = 0;
  std::uint32_t member = 0;
  Time issue = 0;  // time of issue, <= start of the first slot
  sky::ForecastLaw law;
  View<const Real, 1> clearsky_index, index_age;  // (site) last value seen in light, and its age [s]
  View<const Real, 1> temp_cell;                  // (plane) K at the issue
  View<const Real, 1> soiling_ratio;              // (plane)
  View<const Real, 1> pv_gain;                    // (string)
};
template <class Space>
void forecast_pv(Space, const sky::System&, const sky::Weather& weather, const electrical::System&, const PvForecast&,
                 Problem&);

// Keys -> schedules for plans [first, first + n).
template <class Space>
void decode(Space, const Problem&, Population&, int first, int n);
// Schedules -> cost of every (plan, scenario), then scores.
template <class Space>
void evaluate(Space, const Problem&, const Weights&, Population&, int first, int n);

// Common rules as keys that decode to their schedules. All but greedy-green use the home place while the horizon has
// room there. Host memory only (managed memory counts as such).
enum class Rule : std::int32_t { fcfs = 0, easy = 1, greedy_green = 2, wait_awhile = 3 };
inline constexpr int n_rule = 4;
const char* rule_name(Rule);
void rule_keys(const Problem&, Rule, View<Real, 1> key);

struct SearchOptions {
  std::uint64_t seed = 0;
  std::uint32_t member = 0;  // member of the ensemble, for the random draws
  int n_plan = 4096;         // number of plans priced, rules and incumbent included
  int n_population = 256;    // per generation
  Real elite = 0.125;        // share kept unchanged
  Real immigrant = 0.0625;   // share drawn anew
  // share of the rest that is an elite with a few changed jobs; the others cross an elite with any plan
  Real mutate = 0.5;
  Real inherit = 0.7;  // probability of a gene from the elite parent
  Weights weights;
};

struct Search {
  SearchOptions options;
  Population now, next;
  Array<std::int32_t, 1> rank, flag, kept;  // scratch: plans in order of score, distinct ones
  Array<std::int32_t, 1> print, twin;       // scratch: hash of a schedule, first row with the same schedule
  std::vector<Real> incumbent;              // keys of a plan to start from; empty: none
  // plans ranked in the last generation, distinct ones of them
  int generation = 0, n_priced = 0, n_ranked = 0, n_kept = 0;
  int n_different = 0;  // of n_priced; plans with equal schedules in a generation are evaluated once
  std::vector<Real> best_by_generation, middle_by_generation;  // best and median score of the plans ranked
  Real rule_score[n_rule] = {};                                // of the rules, priced in the first generation
  Real rule_cost[n_rule][n_line] = {};                         // mean over the scenarios
};
Search make_search(const Problem&, const SearchOptions&, Device);
// One generation: breed, decode, evaluate, rank. After each call row rank(0) of `now` is the best plan so far.
template <class Space>
void advance(Space, const Problem&, Search&);
inline bool finished(const Search& s) { return s.n_priced >= s.options.n_plan; }

// Result of a search. Costs are means over the scenarios.
struct Assignment {
  std::int32_t place, start, level, booked, arrival, send;  // as in Population
};
struct Decision {
  std::vector<Assignment> job;
  std::vector<Real> key;  // for the warm start of the next decision: remove the rows of jobs that have left
  std::vector<std::vector<Real>> cost;  // (scenario)(line)
  std::vector<Real> scenario_score;
  Real score = 0.0, cost_mean[n_line] = {};
  Real rule_score[n_rule] = {}, rule_cost[n_rule][n_line] = {};
  std::vector<Real> best_by_generation;
  int n_priced = 0, n_different = 0;
};
Decision decision_of(const Problem&, const Search&);
template <class Space>
Decision decide(Space, const Problem&, const SearchOptions&, const std::vector<Real>& incumbent = {});

}  // namespace coldsun::schedule

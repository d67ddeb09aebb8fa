// Host code of the planner: makes and checks problems, populations and searches; the loop's table; the decision.
#include "schedule/schedule.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace coldsun::schedule {
namespace {

void require(bool good, const std::string& what) {
  if (!good) throw std::invalid_argument("schedule: " + what);
}
std::string at(const char* what, int i) { return std::string(what) + " " + std::to_string(i); }

void check_job(const Problem& p, int i) {
  const Job& j = p.job(i);
  const std::string where = at("job", i) + ": ";
  require(j.home >= 0 && j.home < p.n_place(), where + "home does not exist; accepted: index of a place");
  require(j.n_node >= 1 && j.priority >= 1, where + "n_node or priority is below 1; accepted: 1 or more");
  require(j.work >= 0.0 && j.work < 1e9 && std::isfinite(j.release) && std::isfinite(j.deadline),
          where + "work, release or deadline is out of range; accepted: work 0 to 1e9 s, finite times");
  require(j.utilization >= 0.0 && j.utilization <= 1.0 && j.data_in >= 0.0 && j.data_out >= 0.0,
          where + "utilization or data is out of range; accepted: utilization 0 to 1, data 0 B or more");
  if (i == 0) return;
  const Job& before = p.job(i - 1);
  require(before.priority > j.priority || (before.priority == j.priority && before.release <= j.release),
          where + "is out of order; accepted: descending priority, then ascending release");
}

void check_place(const Problem& p, int s) {
  const Place& x = p.place(s);
  const std::string where = at("place", s) + ": ";
  require(x.n_class >= 1 && x.class_first >= 0 && x.class_first + x.n_class <= p.node_class.extent(0),
          where + "node classes are out of range; accepted: 1 or more rows of node_class");
  int n = 0, used = 0;
  for (int i = 0; i < x.n_class; ++i) n += p.node_class(x.class_first + i).n_node;
  require(n == x.n_node && n > 0, where + "n_node is not the sum over its classes; accepted: that sum, above 0");
  for (int j = 0; j < p.n_job(); ++j)
    if (p.job(j).running && p.job(j).home == s && p.job(j).release <= 0.0) used += p.job(j).n_node;
  require(used <= n, where + "its running jobs take more nodes than it has; accepted: n_node at most");
  require(x.tau_loop > 0.0 && x.soc >= 0.0 && x.soc <= 1.0 &&
              std::isfinite(x.t_supply + x.p_overhead + x.p_it + x.v_1 + x.v_2),
          where + "state is out of range; accepted: tau_loop above 0 s, soc 0 to 1, finite values");
}

}  // namespace

const char* line_name(int line) {
  static const char* const name[n_line] = {"work left",   "grid energy",    "carbon",       "price", "lateness",
                                           "over margin", "throttled work", "battery used", "wait"};
  return line >= 0 && line < n_line ? name[line] : "";
}
const char* line_unit(int line) {
  static const char* const unit[n_line] = {"node s", "J", "kg", "USD", "s", "K s", "node s", "J", "node s"};
  return line >= 0 && line < n_line ? unit[line] : "";
}
const char* rule_name(Rule rule) {
  static const char* const name[n_rule] = {"FCFS", "EASY", "greedy-green", "wait-awhile"};
  return name[static_cast<int>(rule)];
}

Problem make_problem(const Shape& shape, Device device) {
  const auto [n_place, n_slot, n_scenario, n_job, n_class] = shape;
  require(n_place >= 1 && n_place <= max_place,
          "number of places is out of range; accepted: 1 to " + std::to_string(max_place));
  require(n_scenario >= 1 && n_scenario <= max_scenario,
          "number of scenarios is out of range; accepted: 1 to " + std::to_string(max_scenario));
  require(n_job >= 0 && n_job <= max_job, "number of jobs is out of range; accepted: 0 to " + std::to_string(max_job));
  require(n_slot >= 1 && n_slot <= 100'000 && n_class >= 1,
          "number of slots or node classes is out of range; accepted: 1 to 100000 slots, 1 class or more");
  Problem p;
  allocate_fields(p, device,
                  {{"class", n_class},
                   {"place", n_place},
                   {"job", n_job},
                   {"job_or_free", n_job + 1},
                   {"scenario", n_scenario},
                   {"slot", n_slot},
                   {"level", n_level},
                   {"knot", n_knot}});
  p.node_class.fill({}), p.place.fill({}), p.job.fill({});
  return p;
}

void check_problem(const Problem& p) {
  require(p.slot > 0.0 && p.knot_step > 0.0 && p.n_start >= 0,
          "slot, knot_step or n_start is out of range; accepted: slot and knot_step above 0, n_start 0 or more");
  for (int l = 0; l < n_level; ++l)
    require(p.level[l] > 0.0 && p.level[l] <= 1.0, "a cap level is out of range; accepted: above 0, at most 1");
  for (int s = 0; s < p.n_place(); ++s) check_place(p, s);
  for (int j = 0; j < p.n_job(); ++j) check_job(p, j);
  for (const auto* a : {&p.temp_air, &p.aux_bound, &p.carbon, &p.price, &p.link_bytes, &p.gap})
    for (std::int64_t i = 0; i < a->size(); ++i)
      require(std::isfinite(a->data()[i]), "a forecast by place and slot is not finite; accepted: finite numbers");
  for (const auto* a : {&p.pv_linear, &p.pv_square, &p.pv_available})
    for (std::int64_t i = 0; i < a->size(); ++i)
      require(std::isfinite(a->data()[i]), "a forecast of PV power is not finite; accepted: finite numbers");
}

Population make_population(const Problem& p, int n_plan, Device device) {
  Population x;
  allocate_fields(x, device,
                  {{"plan", n_plan},
                   {"gene", n_gene * p.n_job()},
                   {"job", p.n_job()},
                   {"place", p.n_place()},
                   {"slot", p.n_slot()},
                   {"scenario", p.n_scenario()},
                   {"line", n_line}});
  return x;
}

Search make_search(const Problem& p, const SearchOptions& options, Device device) {
  require(options.n_plan >= 1 && options.n_population >= 2,
          "n_plan or n_population is out of range; accepted: n_plan 1 or more, n_population 2 or more");
  require(options.elite > 0.0 && options.elite < 1.0 && options.immigrant >= 0.0 && options.immigrant <= 1.0,
          "elite or immigrant is out of range; accepted: elite above 0 and below 1, immigrant 0 to 1");
  require(options.weights.alpha >= 0.0 && options.weights.alpha < 1.0,
          "alpha of CVaR is out of range; accepted: 0 or more, below 1");
  Search s;
  s.options = options;
  s.now = make_population(p, options.n_population, device), s.next = make_population(p, options.n_population, device);
  for (auto* a : {&s.rank, &s.flag, &s.kept, &s.print, &s.twin}) *a = {device, {options.n_population}};
  return s;
}

Decision decision_of(const Problem& p, const Search& s) {
  require(s.generation > 0, "the search has no priced plan; accepted: a search after at least one advance");
  const int best = s.rank(0);
  Decision d;
  for (int j = 0; j < p.n_job(); ++j)
    d.job.push_back({s.now.place(best, j), s.now.start(best, j), s.now.level(best, j), s.now.booked(best, j),
                     s.now.arrival(best, j), s.now.send(best, j)});
  for (int c = 0; c < s.now.key.extent(1); ++c) d.key.push_back(s.now.key(best, c));
  for (int m = 0; m < p.n_scenario(); ++m) {
    std::vector<Real> bill;
    for (int k = 0; k < n_line; ++k)
      bill.push_back(s.now.cost(best, m, k)), d.cost_mean[k] += bill.back() / p.n_scenario();
    d.cost.push_back(std::move(bill)), d.scenario_score.push_back(s.now.scenario_score(best, m));
  }
  d.score = s.now.score(best), d.n_priced = s.n_priced, d.n_different = s.n_different,
  d.best_by_generation = s.best_by_generation;
  for (int r = 0; r < n_rule; ++r) {
    d.rule_score[r] = s.rule_score[r];
    for (int k = 0; k < n_line; ++k) d.rule_cost[r][k] = s.rule_cost[r][k];
  }
  return d;
}

LoopTable make_loop_table(const thermal::LoopModel& m, const LoopLoad& load, const Real (&t_set)[n_air]) {
  constexpr Real dt = 120.0, rest = 1e-6;  // s; K per step, small against the minutes of the loop's time constants
  constexpr int most = 2000;
  LoopTable table;
  table.p_step = load.p_it_max / (n_heat - 1), table.t_first = load.t_first, table.t_step = load.t_step;
  for (int j = 0; j < n_air; ++j) {
    thermal::LoopState s{t_set[j], t_set[j], t_set[j] - m.facility.approach, m.hall_air.t_set, 0.5, 0.5};
    for (int i = 0; i < n_heat; ++i) {
      const Real p = table.p_first + i * table.p_step;
      const thermal::LoopInput in{.q_plates = load.liquid * p,
                                  .q_extra = load.extra * p,
                                  .q_nodes_air = (1.0 - load.liquid) * p,
                                  .t_supply_set = t_set[j],
                                  .temp_air = load.t_first + j * load.t_step,
                                  .flow = load.flow,
                                  .v_dot = load.v_dot,
                                  .dt = dt};
      thermal::LoopOutput out{};
      for (int k = 0; k < most; ++k) {
        out = thermal::advance_loop(m, s, in);
        const Real moved = std::fabs(out.state.t_supply - s.t_supply) + std::fabs(out.state.t_facility - s.t_facility) +
                           std::fabs(out.state.t_hall - s.t_hall);
        s = out.state;
        if (moved < rest) break;
      }
      table.p_aux[i][j] = out.p_pump + out.p_fan + out.p_cdu + out.p_hall_cooler, table.t_supply[i][j] = s.t_supply;
    }
  }
  return table;
}

}  // namespace coldsun::schedule

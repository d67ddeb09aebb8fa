// Plans: found by search or by a rule, sent over the link, made again during a run.
#include "core/plan/plan.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "common/loops.hpp"
#include "core/step/couple.hpp"
#include "core/step/spaces.hpp"
#include "schedule/decode.hpp"

namespace coldsun {

namespace {

namespace wl = workload;

schedule::Rule rule_named(const std::string& word) {
  std::string all = "search";
  for (int k = 0; k < schedule::n_rule; ++k) {
    std::string name = schedule::rule_name(static_cast<schedule::Rule>(k));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (word == name) return static_cast<schedule::Rule>(k);
    all += ", " + name;
  }
  throw std::invalid_argument("policy = \"" + word + "\"; accepted: " + all);
}

// Row `row` of a priced population as a decision.
schedule::Decision decision_at(const schedule::Problem& p, const schedule::Population& all, int row) {
  schedule::Decision d;
  d.job = assignments(all, row);
  d.score = all.score(row);
  d.n_priced = d.n_different = 1;
  for (int i = 0; i < all.key.extent(1); ++i) d.key.push_back(all.key(row, i));
  for (int k = 0; k < p.n_scenario(); ++k) {
    d.cost.emplace_back();
    for (int l = 0; l < schedule::n_line; ++l) {
      d.cost.back().push_back(all.cost(row, k, l));
      d.cost_mean[l] += all.cost(row, k, l) / p.n_scenario();
    }
    d.scenario_score.push_back(all.scenario_score(row, k));
  }
  return d;
}

// Whether two plans differ in at least a tenth of their rows: by place, by cap, or by more than an hour of start.
bool differ(const std::vector<schedule::Assignment>& a, const std::vector<schedule::Assignment>& b, Real slot) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    n += a[i].place != b[i].place || a[i].level != b[i].level || (a[i].start < 0) != (b[i].start < 0) ||
         std::abs(a[i].start - b[i].start) * slot > 3600.0;
  return 10 * n >= std::max<std::size_t>(a.size(), 1);
}
// Adds the best of the last generation's n_row plans that differ from the chosen plan and from each other.
void find_alternatives(Plan& plan, const schedule::Problem& p, const schedule::Population& all, int n_row,
                       std::size_t most) {
  std::vector<int> order(static_cast<std::size_t>(n_row));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return all.score(a) < all.score(b); });
  for (const int row : order) {
    if (plan.alternative.size() == most) return;
    const auto job = assignments(all, row);
    bool is_new = differ(job, plan.decision.job, p.slot);
    for (const auto& other : plan.alternative) is_new = is_new && differ(job, other.job, p.slot);
    if (is_new) plan.alternative.push_back(decision_at(p, all, row));
  }
}

std::vector<Real> keys_of_rule(const schedule::Problem& p, schedule::Rule rule) {
  Array<Real, 1> key(Device::host, {schedule::n_gene * p.n_job()});
  schedule::rule_keys(p, rule, key);
  return {key.data(), key.data() + key.size()};
}

// True for each job that could start earlier at its place among the other jobs, and for each job sent to another site:
// these jobs are held until their planned start.
std::vector<bool> put_off(const schedule::Problem& p, const std::vector<schedule::Assignment>& chosen) {
  std::vector<std::vector<int>> free;
  for (int s = 0; s < p.n_place(); ++s) free.emplace_back(static_cast<std::size_t>(p.n_slot()), p.place(s).n_node);
  const auto take = [&](const schedule::Assignment& a, int n_node) {
    for (int t = std::max(a.start, 0); a.start >= 0 && t < std::min(a.start + a.booked, p.n_slot()); ++t)
      free[static_cast<std::size_t>(a.place)][static_cast<std::size_t>(t)] -= n_node;
  };
  for (std::size_t i = 0; i < chosen.size(); ++i) take(chosen[i], p.job(static_cast<int>(i)).n_node);
  std::vector<bool> out(chosen.size(), false);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const schedule::Assignment& a = chosen[i];
    const schedule::Job& job = p.job(static_cast<int>(i));
    if (a.start < 0) continue;
    take(a, -job.n_node);
    const std::vector<int>& room = free[static_cast<std::size_t>(a.place)];
    out[i] = a.place != job.home;
    for (int t = schedule::slots_of(std::max(job.release, 0.0), p.slot), from = t;
         t < a.start + a.booked && from < a.start && !out[i]; ++t) {
      if (t >= p.n_slot() || t - from >= a.booked) out[i] = true;
      else if (room[static_cast<std::size_t>(t)] < job.n_node) from = t + 1;
    }
    take(a, job.n_node);
  }
  return out;
}

}  // namespace

std::vector<PlanRow> rows_of(const PlanTask& t, const std::vector<schedule::Assignment>& chosen, const State& state) {
  std::vector<PlanRow> out;
  const Time slot = nanoseconds(t.problem.slot);
  const std::vector<bool> held = put_off(t.problem, chosen);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const schedule::Assignment& a = chosen[i];
    const schedule::Job& job = t.problem.job(static_cast<int>(i));
    for (std::size_t k = 0; k < t.job[i].size(); ++k) {
      const int j = t.job[i][k];
      PlanRow r;
      r.job = j;
      r.site = a.place;
      r.running = job.running != 0;
      r.placed = a.start >= 0;
      const int start = r.placed ? a.start : t.problem.n_slot();
      r.start = r.running ? state.workload.start_time(t.member, j) : t.problem.start + start * slot;
      r.end = t.problem.start + (start + (r.placed ? a.booked : 0)) * slot;
      if (r.running)
        r.end =
            t.problem.start +
            nanoseconds(t.work[i][k] /
                        wl::pace_at(t.problem.level[std::max(a.level, 0)]));  // end of this job, not of its merged row
      r.arrival = r.placed && a.arrival >= 0 ? t.problem.start + (a.arrival + 1) * slot : r.end;
      if (!r.running) r.hold = held[i] ? r.start : job.release > 0.0 ? t.problem.start + nanoseconds(job.release) : 0;
      r.cap =
          r.running && !job.preemptible ? state.workload.plan_cap(t.member, j) : t.problem.level[std::max(a.level, 0)];
      out.push_back(r);
    }
  }
  return out;
}

schedule::Population price_plans(const PlanTask& task, const PlanOptions& o, const Real* key, int n_plan) {
  const schedule::Problem& p = task.problem;
  schedule::Population all = schedule::make_population(p, n_plan, p.job.device());
  std::copy(key, key + static_cast<std::ptrdiff_t>(n_plan) * all.key.extent(1), all.key.data());
  with_space(p.job.device(), [&](auto space) {
    schedule::decode(space, p, all, 0, n_plan);
    schedule::evaluate(space, p, o.search.weights, all, 0, n_plan);
    synchronize(space);
  });
  return all;
}
std::vector<schedule::Assignment> assignments(const schedule::Population& all, int row) {
  std::vector<schedule::Assignment> out;
  for (int j = 0; j < all.place.extent(1); ++j)
    out.push_back({all.place(row, j), all.start(row, j), all.level(row, j), all.booked(row, j), all.arrival(row, j),
                   all.send(row, j)});
  return out;
}

Plan decide(const Network& network, const System& sys, const State& state, const PlanTask& task, const PlanOptions& o) {
  const auto begin = std::chrono::steady_clock::now();
  const schedule::Problem& p = task.problem;
  Plan plan;
  plan.made = state.time;
  plan.member = task.member;
  if (o.policy == "search") {
    schedule::SearchOptions options = o.search;
    options.seed = state.seed;
    options.member = state.first_member + static_cast<std::uint32_t>(task.member);
    with_space(sys.device, [&](auto space) {
      schedule::Search search = schedule::make_search(p, options, sys.device);
      search.incumbent = task.incumbent;
      do schedule::advance(space, p, search);
      while (!schedule::finished(search) && !(o.stop && o.stop()));
      synchronize(space);
      plan.decision = schedule::decision_of(p, search);
      find_alternatives(plan, p, search.now, search.n_ranked, 3);
    });
  } else {
    const std::vector<Real> key = keys_of_rule(p, rule_named(o.policy));
    plan.decision = decision_at(p, price_plans(task, o, key.data(), 1), 0);
  }
  plan.row = rows_of(task, plan.decision.job, state);
  Real delay = 1e9;
  for (const Site& s : network.site) delay = std::min(delay, s.comms.link.control_delay);
  plan.effect = plan.made + o.decision_time + nanoseconds(delay);
  plan.wall_time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return plan;
}

void tell(const Network& network, State& state, const Plan& plan, const PlanOptions& o) {
  wl::State& w = state.workload;
  const int m = plan.member;
  for (int j = 0; j < w.told_cap.extent(1); ++j) w.told_cap(m, j) = 0.0;
  for (const PlanRow& r : plan.row) {
    w.told_site(m, r.job) = r.site;
    w.told_cap(m, r.job) = r.cap;
    w.told_start(m, r.job) = r.hold > plan.made ? r.hold : 0;
  }
  for (int s = 0; s < w.plan_due.extent(1); ++s) {
    w.plan_due(m, s) =
        plan.made + o.decision_time + nanoseconds(network.site[static_cast<std::size_t>(s)].comms.link.control_delay);
    state.controls.kc_planned(m, s) = state.controls.kc_seen(m, s),
                                 state.controls.kc_planned_age(m, s) = state.controls.kc_age(m, s);
  }
  state.controls.plan_made(m) = plan.made;
}

bool surprised(const Planner& planner, const System& sys, const State& state, const Inputs& in, int m) {
  const Time made = state.controls.plan_made(m);
  const Real lead = seconds(state.time - made);
  const wl::State& w = state.workload;
  for (int s = 0; s < sys.n_site(); ++s) {
    const Real away = state.controls.kc_seen(m, s) - state.controls.kc_planned(m, s), scale = planner.options.law.scale;
    const sky::ForecastNow then = sky::forecast_now(sys.sky.site(s).cloud, made, state.controls.kc_planned(m, s),
                                                    state.controls.kc_planned_age(m, s));
    if (away < scale * sky::forecast_error(then, lead, 0.0) || away > scale * sky::forecast_error(then, lead, 1.0))
      return true;
    Real nodes = 0.0;
    const int first = in.jobs.job_first(s);
    for (int j = first; j < first + in.jobs.n_job(s); ++j) {
      const bool came = w.status(m, j) != wl::Status::pending && in.jobs.submit_time(m, j) > made;
      const Time end = w.end_time(m, j);
      const bool early = w.status(m, j) == wl::Status::done && end > made &&
                         end < w.start_time(m, j) + nanoseconds(in.jobs.walltime(m, j));
      nodes += came || early ? in.jobs.n_node(m, j) : 0;
    }
    if (nodes > planner.surprise_share * sys.workload.site(s).node_count) return true;
  }
  return false;
}

void replan(Planner& p, const System& sys, State& state, const Inputs& in) {
  p.n_decision = p.n_surprise = 0;
  p.wall_time = 0.0;
  p.score = 0.0;
  p.last.resize(static_cast<std::size_t>(state.n_member));
  const bool due = (state.time - in.start) % p.every == 0;
  for (int m = 0; m < state.n_member; ++m) {
    if (state.run.flags(m) & couple::fatal_flags) continue;
    const bool first = state.controls.plan_made(m) == 0;
    const bool out_of_turn =
        !due && !first && state.controls.plan_made(m) < state.time - p.every / 5 && surprised(p, sys, state, in, m);
    if (!due && !first && !out_of_turn) continue;
    // a job that comes now is spoken of by then, if it can wait so long
    state.workload.plan_hold(m) = 2 * p.every + p.options.decision_time;
    state.workload.plan_reach(m) = nanoseconds(p.options.horizon);
    const auto begin = std::chrono::steady_clock::now();
    Plan plan = decide(*p.network, sys, state, make_plan_task(*p.network, sys, state, in, m, p.options), p.options);
    plan.wall_time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
                         .count();  // with the time to make the task
    tell(*p.network, state, plan, p.options);
    ++p.n_decision;
    p.n_surprise += out_of_turn;
    p.wall_time += plan.wall_time;
    p.score += plan.decision.score;
    p.last[static_cast<std::size_t>(m)] = std::move(plan);
  }
  if (p.n_decision > 0) p.score /= p.n_decision;
}

}  // namespace coldsun

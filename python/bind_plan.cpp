// Bindings of the planner: decisions as arrays, plans sent to a twin, the hook of a run with a planner.
#include <chrono>
#include <memory>

#include "core/io/run_recorded.hpp"
#include "core/make/twin.hpp"
#include "core/plan/plan.hpp"
#include "python/plan_options.hpp"

namespace {

// An array that owns its memory.
template <class T>
py::array_t<T> flat(const std::vector<T>& v) {
  return py::array_t<T>(static_cast<py::ssize_t>(v.size()), v.data());
}
template <class T, int R>
py::array_t<T> copy(const Array<T, R>& a) {
  std::vector<py::ssize_t> shape;
  for (int r = 0; r < R; ++r) shape.push_back(a.extent(r));
  return py::array_t<T>(shape, a.data());
}
std::vector<Real> line_of(const Real (&line)[schedule::n_line]) { return {line, line + schedule::n_line}; }

template <class F>
auto column(const std::vector<PlanRow>& rows, F&& f) {
  std::vector<decltype(f(rows.front()))> out;
  for (const PlanRow& r : rows) out.push_back(f(r));
  return flat(out);
}
py::dict rows_dict(const std::vector<PlanRow>& rows, const Twin& t, int m) {
  const workload::JobTable& j = t.inputs.jobs;
  return py::dict("job"_a = column(rows, [](const PlanRow& r) { return r.job; }),
                  "site"_a = column(rows, [](const PlanRow& r) { return r.site; }),
                  "home"_a = column(rows, [&](const PlanRow& r) { return j.job_site(r.job); }),
                  "start"_a = column(rows, [](const PlanRow& r) { return r.start; }),
                  "end"_a = column(rows, [](const PlanRow& r) { return r.end; }),
                  "arrival"_a = column(rows, [](const PlanRow& r) { return r.arrival; }),
                  "cap"_a = column(rows, [](const PlanRow& r) { return r.cap; }),
                  "running"_a = column(rows, [](const PlanRow& r) { return static_cast<std::int8_t>(r.running); }),
                  "placed"_a = column(rows, [](const PlanRow& r) { return static_cast<std::int8_t>(r.placed); }),
                  "hold"_a = column(rows, [](const PlanRow& r) { return r.hold; }),
                  "n_node"_a = column(rows, [&](const PlanRow& r) { return j.n_node(m, r.job); }),
                  "n_gpu"_a = column(rows, [&](const PlanRow& r) { return j.n_gpu(m, r.job); }),
                  "priority"_a = column(rows, [&](const PlanRow& r) { return j.priority(m, r.job); }),
                  "work"_a = column(rows, [&](const PlanRow& r) { return j.work(m, r.job); }),
                  "submit"_a = column(rows, [&](const PlanRow& r) { return j.submit_time(m, r.job); }),
                  "deadline"_a = column(rows, [&](const PlanRow& r) { return j.deadline(m, r.job); }));
}

py::dict outlook_dict(const PlanTask& t) {
  const Outlook& o = t.outlook;
  std::vector<Time> time;
  Array<Real, 2> ghi_clear(Device::host, {o.n_site(), o.n_slot()});
  for (int k = 0; k < o.n_slot(); ++k) {
    time.push_back(o.start + k * o.slot);
    const auto knot = static_cast<int>((k * o.slot + o.slot / 2) / sky::weather_step);
    for (int s = 0; s < o.n_site(); ++s) ghi_clear(s, k) = o.weather.ghi_clear(s, knot);
  }
  return py::dict("time"_a = flat(time), "ghi_clear"_a = copy(ghi_clear), "clearsky_index"_a = copy(t.clearsky_index),
                  "pv_available"_a = copy(t.problem.pv_available), "temp_air"_a = copy(o.temp_air),
                  "contact"_a = copy(o.contact_share), "antennas"_a = copy(o.antennas), "gap"_a = copy(o.gap_share),
                  "carbon"_a = copy(o.carbon), "price"_a = copy(o.price));
}

py::dict decision_dict(const schedule::Decision& d) {
  std::vector<std::string> line, unit, rule;
  std::vector<std::vector<Real>> rule_cost;
  for (int l = 0; l < schedule::n_line; ++l)
    line.emplace_back(schedule::line_name(l)), unit.emplace_back(schedule::line_unit(l));
  for (int k = 0; k < schedule::n_rule; ++k) {
    rule.emplace_back(schedule::rule_name(static_cast<schedule::Rule>(k)));
    rule_cost.push_back(line_of(d.rule_cost[k]));
  }
  return py::dict(
      "line"_a = line, "unit"_a = unit, "score"_a = d.score, "cost"_a = line_of(d.cost_mean),
      "cost_by_scenario"_a = d.cost, "score_by_scenario"_a = flat(d.scenario_score), "rule"_a = rule,
      "rule_cost"_a = rule_cost, "rule_score"_a = std::vector<Real>(d.rule_score, d.rule_score + schedule::n_rule),
      "best_by_generation"_a = flat(d.best_by_generation), "n_priced"_a = d.n_priced, "n_different"_a = d.n_different);
}

// A plan and the task that it answers, kept for tell and for prices of other plans.
struct PyPlan {
  py::object engine, network;
  PlanOptions options;
  PlanTask task;
  Plan plan;
};

std::shared_ptr<PyPlan> plan(const py::object& engine, const py::object& network, int member, const py::dict& given) {
  auto p = std::make_shared<PyPlan>();
  p->engine = engine;
  p->network = network;
  p->options = options_of(given);
  const Twin& t = behind<Twin>(engine, "_twin");
  const Network& n = behind<const Network>(network, "_network");
  if (member < 0 || member >= t.state.n_member)
    throw std::invalid_argument("member = " + std::to_string(member) + "; accepted: 0 to " +
                                std::to_string(t.state.n_member - 1));
  const auto begin = std::chrono::steady_clock::now();
  const double most = given["seconds"].cast<double>();
  p->options.stop = [&] {
    {
      py::gil_scoped_acquire acquire;
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() >= most;
  };
  py::gil_scoped_release release;
  p->task = make_plan_task(n, t.system, t.state, t.inputs, member, p->options);
  p->plan = decide(n, t.system, t.state, p->task, p->options);
  p->options.stop = {};
  return p;
}

// Nodes kept for jobs not yet submitted: site, number, start and end in the decision.
py::dict expected_dict(const PyPlan& p) {
  const schedule::Problem& q = p.task.problem;
  std::vector<std::int32_t> site, n_node;
  std::vector<Time> start, end;
  const auto at = [&](int slot) { return q.start + slot * nanoseconds(q.slot); };
  for (std::size_t i = 0; i < p.plan.decision.job.size(); ++i)
    if (const schedule::Assignment& a = p.plan.decision.job[i]; p.task.job[i].empty() && a.start >= 0) {
      site.push_back(a.place), n_node.push_back(q.job(static_cast<int>(i)).n_node);
      start.push_back(at(a.start)), end.push_back(at(a.start + a.booked));
    }
  return py::dict("site"_a = flat(site), "n_node"_a = flat(n_node), "start"_a = flat(start), "end"_a = flat(end));
}

// Plans by their keys (plan, n_gene job): schedules, lines, scores.
py::dict price(const PyPlan& p, const py::array_t<double, py::array::c_style | py::array::forcecast>& key) {
  const int n_job = p.task.problem.n_job();
  if (key.ndim() != 2 || key.shape(1) != schedule::n_gene * n_job)
    throw std::invalid_argument("keys: accepted: an array (plan, " + std::to_string(schedule::n_gene * n_job) + ")");
  schedule::Population all = [&] {
    py::gil_scoped_release release;
    return price_plans(p.task, p.options, key.data(), static_cast<int>(key.shape(0)));
  }();
  return py::dict("place"_a = copy(all.place), "start"_a = copy(all.start), "level"_a = copy(all.level),
                  "cost"_a = copy(all.cost), "scenario_score"_a = copy(all.scenario_score),
                  "score"_a = copy(all.score));
}

// The hook that replans in a run.
struct PyPlanner {
  py::object network;
  Planner planner;
  io::Hook hook;
};
std::shared_ptr<PyPlanner> make_planner(const py::object& engine, const py::object& network, double every,
                                        double surprise_share, const py::dict& given) {
  auto p = std::make_shared<PyPlanner>();
  p->network = network;
  p->planner.network = &behind<const Network>(network, "_network");
  p->planner.options = options_of(given);
  p->planner.every = nanoseconds(every);
  p->planner.surprise_share = surprise_share;
  Twin* t = &behind<Twin>(engine, "_twin");
  Planner* planner = &p->planner;
  p->hook.decide = [planner, t](State& s) { replan(*planner, t->system, s, t->inputs); };
  p->hook.variable = {
      {"plan_decisions",
       "1",
       "number of members with a new plan at the start of the step",
       "",
       {},
       false,
       {},
       {},
       Scalar::i32},
      {"plan_surprises", "1", "number of these plans made after a surprise", "", {}, false, {}, {}, Scalar::i32},
      {"plan_wall_time", "s", "measured duration of the planning at the start of the step", "", {}, false, {}},
      {"plan_score", "USD", "score of the new plans, mean over their members", "", {}, false, {}}};
  p->hook.values = [planner] {
    return std::vector<double>{static_cast<double>(planner->n_decision), static_cast<double>(planner->n_surprise),
                               planner->wall_time, planner->score};
  };
  return p;
}

}  // namespace

void bind_plan(py::module_& m) {
  py::class_<PyPlan, std::shared_ptr<PyPlan>>(m, "Plan", "A plan and its task")
      .def(
          "rows", [](const PyPlan& p) { return rows_dict(p.plan.row, behind<Twin>(p.engine, "_twin"), p.plan.member); },
          "Columns of the plan's jobs: site, start, end, cap, ...; times [ns since 1970 UTC]")
      .def(
          "rows_of",
          [](const PyPlan& p, const py::array_t<double, py::array::c_style | py::array::forcecast>& key) {
            const Twin& t = behind<Twin>(p.engine, "_twin");
            return rows_dict(rows_of(p.task, assignments(price_plans(p.task, p.options, key.data(), 1), 0), t.state), t,
                             p.plan.member);
          },
          "Columns of the jobs of the plan with these keys")
      .def(
          "decision",
          [](const PyPlan& p) {
            py::dict out = decision_dict(p.plan.decision);
            const schedule::Weights& w = p.options.search.weights;
            out["weight"] = line_of(w.line);
            out["risk"] = w.risk;
            out["alpha"] = w.alpha;
            return out;
          },
          "Score and cost by line and scenario of the plan and of the common rules; prices of the lines")
      .def(
          "alternatives",
          [](const PyPlan& p) {
            py::list out;
            for (const schedule::Decision& d : p.plan.alternative) out.append(decision_dict(d));
            return out;
          },
          "The next best plans of the search, each as `decision`")
      .def("expected", &expected_dict,
           "Nodes kept for jobs not yet submitted: site, number, start, end [ns since 1970 UTC]")
      .def(
          "outlook", [](const PyPlan& p) { return outlook_dict(p.task); },
          "Forecast of the planner by plan slot: irradiance, PV power, contact windows, carbon intensity, price")
      .def("price", &price, "keys"_a, "Schedules, costs and scores of the plans with these keys (plan, gene of a job)")
      .def(
          "tell",
          [](const PyPlan& p) {
            tell(behind<const Network>(p.network, "_network"), behind<Twin>(p.engine, "_twin").state, p.plan,
                 p.options);
          },
          "Sends the plan to the sites of the twin, over their links")
      .def(
          "tell_keys",
          [](const PyPlan& p, const py::array_t<double, py::array::c_style | py::array::forcecast>& key) {
            Plan other = p.plan;
            Twin& t = behind<Twin>(p.engine, "_twin");
            other.row = rows_of(p.task, assignments(price_plans(p.task, p.options, key.data(), 1), 0), t.state);
            tell(behind<const Network>(p.network, "_network"), t.state, other, p.options);
          },
          "keys"_a, "Sends the plan with these keys to the sites of the twin")
      .def(
          "follow_scenario",
          [](const PyPlan& p, int scenario) {
            if (scenario < 0 || scenario >= p.options.n_scenario)
              throw std::invalid_argument("scenario = " + std::to_string(scenario) + "; accepted: 0 to " +
                                          std::to_string(p.options.n_scenario - 1));
            Twin& t = behind<Twin>(p.engine, "_twin");
            follow_scenario(p.task, scenario, t.system, t.inputs);
          },
          "scenario"_a, "Sets the weather of the twin to a scenario of the plan")
      .def_property_readonly(
          "keys", [](const PyPlan& p) { return flat(p.plan.decision.key); }, "Keys of the plan (gene of a job)")
      .def_property_readonly(
          "n_row", [](const PyPlan& p) { return p.task.problem.n_job(); }, "Number of rows of the task")
      .def_property_readonly(
          "made_ns", [](const PyPlan& p) { return p.plan.made; }, "Time of the decision [ns since 1970 UTC]")
      .def_property_readonly(
          "effect_ns", [](const PyPlan& p) { return p.plan.effect; }, "Earliest time in force [ns since 1970 UTC]")
      .def_property_readonly(
          "wall_time", [](const PyPlan& p) { return p.plan.wall_time; }, "Measured duration of the decision [s]");
  m.attr("n_gene") = static_cast<int>(schedule::n_gene);
  m.def(
      "plan_lines",
      [] {
        py::dict out;
        for (int l = 0; l < schedule::n_line; ++l) out[schedule::line_name(l)] = schedule::line_unit(l);
        return out;
      },
      "Lines of a plan's bill and their units");
  m.def("plan_defaults", &plan_defaults, "Default settings of the planner; times in seconds");
  m.def("plan", &plan, "engine"_a, "network"_a, "member"_a, "options"_a, "Plan of one member of a twin");
  py::class_<PyPlanner, std::shared_ptr<PyPlanner>>(m, "Planner",
                                                    "Planner of a run: plans at intervals and after surprises")
      .def("_hook", [](PyPlanner& p) { return py::capsule(&p.hook, "coldsun::io::Hook"); }, "For Engine.run");
  m.def("planner", &make_planner, "engine"_a, "network"_a, "every"_a, "surprise_share"_a, "options"_a,
        py::keep_alive<0, 1>(),
        "Planner with an interval [s]; surprise_share: share of a site's nodes whose jobs arrive or end early");
}

// Options of the planner between Python's dict and the engine's struct, each under one name.
#pragma once
#include <map>
#include <string>
#include <type_traits>

#include "core/plan/plan.hpp"
#include "python/bind.hpp"

// Every option that Python sets, by its name there.
template <class F>
void each_option(PlanOptions& o, F&& f) {
  f("horizon", o.horizon), f("slot", o.slot), f("scenarios", o.n_scenario), f("plans", o.search.n_plan);
  f("population", o.search.n_population), f("decision_time", o.decision_time), f("policy", o.policy);
  f("known_work", o.known_work), f("spread", o.law.scale), f("rows", o.max_row);
}

inline PlanOptions options_of(const py::dict& d) {
  PlanOptions o;
  each_option(o, [&]<class T>(const char* name, T& value) {
    if constexpr (std::is_same_v<T, Time>) value = nanoseconds(d[name].cast<double>());
    else value = d[name].cast<T>();
  });
  for (const auto& [name, weight] : d["weights"].cast<std::map<std::string, double>>()) {
    int line = 0;
    while (line < schedule::n_line && name != schedule::line_name(line)) ++line;
    if (line == schedule::n_line) throw std::invalid_argument("weights: unknown line \"" + name + "\"");
    o.search.weights.line[line] = weight;
  }
  return o;
}

inline py::dict plan_defaults() {
  PlanOptions o;
  py::dict out;
  each_option(o, [&]<class T>(const char* name, const T& value) {
    if constexpr (std::is_same_v<T, Time>) out[name] = seconds(value);
    else out[name] = value;
  });
  return out;
}

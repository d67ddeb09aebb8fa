// run: the only loop. Step, record, and whatever hooks are given.
#pragma once
#include <functional>

#include "core/step/step.hpp"

namespace coldsun {

// Called after every step with the State at its end; false ends the run there.
using AfterStep = std::function<bool(const State&)>;
// Called before every step with the State at its start: a planner that may tell it a plan.
using Decide = std::function<void(State&)>;

struct StepHooks {
  AfterStep after = {};
  Decide decide = {};
};

// n_step steps of dt. Returns how many were made.
inline std::int64_t run(const System& system, State& state, const Inputs& inputs, Real dt, std::int64_t n_step,
                        const StepHooks& hooks) {
  for (std::int64_t i = 0; i < n_step; ++i) {
    if (hooks.decide) hooks.decide(state);
    step(system, state, inputs, dt);
    if (hooks.after && !hooks.after(state)) return i + 1;
  }
  return n_step;
}

}  // namespace coldsun

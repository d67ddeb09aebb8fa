// run: the only loop over steps, with hooks for planner and record.
#pragma once
#include <functional>

#include "core/step/step.hpp"

namespace coldsun {

// Called after every step with the State at its end; false ends the run there.
using AfterStep = std::function<bool(const State&)>;
// Called before every step with the State at its start; a planner may write a plan into it.
using Decide = std::function<void(State&)>;

struct StepHooks {
  AfterStep after = {};
  Decide decide = {};
};

// Makes n_step steps of dt. Returns the number made.
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

// One step of the coupled twin: the only place that knows the order in which the physics meet.
#pragma once
#include <functional>

#include "core/step/state.hpp"

namespace coldsun {

// Where each member's cuts of one step end. A twin that follows its partner's cuts differs from it by nothing else than
// what was changed.
struct Cuts {
  std::vector<std::vector<Time>> stop;  // [member], rising
};

// Called after every sub-step, when all of it is done: the members of the cut stand at their ends.
using AfterCut = std::function<void(const State&, const Cut&)>;

// Moves every member that is not frozen from state.time to state.time + dt. Inside, each member walks its own cuts:
// outage start and end, drain end, job start and predicted end, arrivals, window edges; cuts under 10 ms merge. Chooses
// the device of the State.
struct CutOptions {
  Cuts* made = nullptr;          // filled with the cuts walked
  const Cuts* follow = nullptr;  // walked as well as the twin's own
  AfterCut after = {};
};
void step(const System& system, State& state, const Inputs& inputs, Real dt, const CutOptions& cuts = {});

}  // namespace coldsun

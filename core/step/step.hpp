// One step of the coupled twin.
#pragma once
#include <functional>

#include "core/step/state.hpp"

namespace coldsun {

// Ends of each member's cuts in one step. A twin that follows its partner's cuts differs from it only by the change
// under study.
struct Cuts {
  std::vector<std::vector<Time>> stop;  // [member], ascending
};

// Called after every cut with its members at the ends of their cuts.
using AfterCut = std::function<void(const State&, const Cut&)>;

// Advances every member that is not frozen from state.time to state.time + dt, on the State's device. Each member has
// its own cuts, ended by outage start and end, drain end, job start and predicted end, arrivals and window edges; cuts
// under 10 ms merge.
struct CutOptions {
  Cuts* made = nullptr;          // set to the cuts made
  const Cuts* follow = nullptr;  // made in addition to the twin's own
  AfterCut after = {};
};
void step(const System& system, State& state, const Inputs& inputs, Real dt, const CutOptions& cuts = {});

}  // namespace coldsun

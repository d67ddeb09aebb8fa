// One cut: implemented in substep_impl.hpp and compiled per backend.
#pragma once
#include "core/step/state.hpp"

namespace coldsun {

// Sets run.stop of the first n active members to their next event, at most `end`.
template <class Space>
void find_cuts(Space space, const System& sys, State& s, const Inputs& in, int n, Time end);

// Advances the members of one cut: sky, link -> request -> power cap -> plates -> bus -> progress.
template <class Space>
void substep(Space space, const System& sys, State& s, const Inputs& in, const Cut& cut);

}  // namespace coldsun

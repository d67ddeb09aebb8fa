// What happens in one cut, as declarations: implemented once, in substep_impl.hpp, and compiled per backend.
#pragma once
#include "core/step/state.hpp"

namespace coldsun {

// Sets run.stop of the first n active members to the next instant at which something changes for them, `end` at the
// latest.
template <class Space>
void find_cuts(Space space, const System& sys, State& s, const Inputs& in, int n, Time end);

// Sky, link -> request -> power cap -> plates -> bus -> progress, for the members of one cut.
template <class Space>
void substep(Space space, const System& sys, State& s, const Inputs& in, const Cut& cut);

}  // namespace coldsun

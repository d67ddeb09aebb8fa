// The coupled step: members walk their cuts, and in every cut the physics meet in one order.
#include "core/step.hpp"

#include <algorithm>

#include "common/loops.hpp"
#include "core/couple.hpp"
#include "core/spaces.hpp"
#include "core/substep.hpp"

namespace coldsun {

namespace {

// Members that still have time to walk in this step; a frozen one has none.
int gather_active(State& s, Time end) {
  int n = 0;
  for (int m = 0; m < s.n_member; ++m)
    if (!(s.run.flags(m) & couple::fatal_flags) && s.run.start(m) < end) s.run.active(n++) = m;
  return n;
}

// The partner's next cut, where it comes first.
void follow_cuts(State& s, const Cuts& partner, int n) {
  for (int a = 0; a < n; ++a) {
    const int m = s.run.active(a);
    const auto& stop = partner.stop[static_cast<std::size_t>(m)];
    const auto next = std::upper_bound(stop.begin(), stop.end(), s.run.start(m));
    if (next != stop.end() && *next < s.run.stop(m)) s.run.stop(m) = *next;
  }
}

template <class Space>
void step_on(Space space, const System& sys, State& s, const Inputs& in, Time end, Cuts* made, const Cuts* follow, const AfterCut& after) {
  if (made) made->stop.assign(static_cast<std::size_t>(s.n_member), {});
  for (int m = 0; m < s.n_member; ++m) s.run.start(m) = s.time;
  s.series.sum.fill(0.0);
  for (int n; (n = gather_active(s, end)) > 0;) {
    find_cuts(space, sys, s, in, n, end);
    synchronize(space);
    if (follow) follow_cuts(s, *follow, n);
    const Cut cut{s.run.active, s.run.start, s.run.stop, n, s.seed, s.first_member};
    substep(space, sys, s, in, cut);
    synchronize(space);
    if (after) after(s, cut);
    for (int a = 0; a < n; ++a) {
      const int m = s.run.active(a);
      s.run.start(m) = s.run.stop(m), ++s.run.n_cut(m);
      if (made) made->stop[static_cast<std::size_t>(m)].push_back(s.run.stop(m));
    }
  }
}

}  // namespace

void step(const System& system, State& state, const Inputs& inputs, Real dt, Cuts* made, const Cuts* follow, const AfterCut& after) {
  const Time end = state.time + nanoseconds(dt);
  with_space(state.device, [&](auto space) { step_on(space, system, state, inputs, end, made, follow, after); });
  state.time = end;
  ++state.n_step;
}

}  // namespace coldsun

// One step on a given space: every member has its own cuts. Used by step() and by the checks on their own spaces.
#pragma once
#include "common/loops.hpp"
#include "core/step/couple.hpp"
#include "core/step/substep.hpp"

namespace coldsun {

// Lists the members that have not reached `end` and are not frozen.
inline int gather_active(State& s, Time end) {
  int n = 0;
  for (int m = 0; m < s.n_member; ++m)
    if (!(s.run.flags(m) & couple::fatal_flags) && s.run.start(m) < end) s.run.active(n++) = m;
  return n;
}

// before(cut) may shorten a member's cut; after(cut) sees the State at its end.
template <class Before, class After>
struct Around {
  Before before;
  After after;
};
template <class Space, class Before, class After>
void walk(const Space& space, const System& sys, State& s, const Inputs& in, Time end,
          const Around<Before, After>& around) {
  for (int m = 0; m < s.n_member; ++m) s.run.start(m) = s.time;
  s.series.sum.fill(0.0);
  for (int n; (n = gather_active(s, end)) > 0;) {
    find_cuts(space, sys, s, in, n, end);
    synchronize(space);
    const Cut cut{s.run.active, s.run.start, s.run.stop, n, s.seed, s.first_member};
    around.before(cut);
    substep(space, sys, s, in, cut);
    synchronize(space);
    around.after(cut);
    for (int a = 0; a < n; ++a)
      s.run.start(s.run.active(a)) = s.run.stop(s.run.active(a)), ++s.run.n_cut(s.run.active(a));
  }
  s.time = end;
  ++s.n_step;
}

}  // namespace coldsun

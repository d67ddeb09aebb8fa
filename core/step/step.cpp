// The coupled step on the State's device.
#include "core/step/step.hpp"

#include <algorithm>

#include "core/step/spaces.hpp"
#include "core/step/walk.hpp"

namespace coldsun {

namespace {

// Shortens each member's cut to the partner's next one, if that ends earlier.
void follow_cuts(State& s, const Cuts& partner, int n) {
  for (int a = 0; a < n; ++a) {
    const int m = s.run.active(a);
    const auto& stop = partner.stop[static_cast<std::size_t>(m)];
    const auto next = std::upper_bound(stop.begin(), stop.end(), s.run.start(m));
    if (next != stop.end() && *next < s.run.stop(m)) s.run.stop(m) = *next;
  }
}

void keep_cuts(const Cut& cut, Cuts& made) {
  for (int a = 0; a < cut.n_active; ++a)
    made.stop[static_cast<std::size_t>(cut.member(a))].push_back(cut.stop(cut.member(a)));
}

}  // namespace

void step(const System& system, State& state, const Inputs& inputs, Real dt, const CutOptions& cuts) {
  if (cuts.made) cuts.made->stop.assign(static_cast<std::size_t>(state.n_member), {});
  with_space(state.device, [&](auto space) {
    walk(space, system, state, inputs, state.time + nanoseconds(dt),
         Around{[&](const Cut& cut) {
                  if (cuts.follow) follow_cuts(state, *cuts.follow, cut.n_active);
                },
                [&](const Cut& cut) {
                  if (cuts.after) cuts.after(state, cut);
                  if (cuts.made) keep_cuts(cut, *cuts.made);
                }});
  });
}

}  // namespace coldsun

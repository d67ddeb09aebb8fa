// Cut: one sub-step of the active members. A kernel loops over a in [0, n_active) and takes m = member(a).
#pragma once
#include "common/array.hpp"
#include "common/time.hpp"

namespace coldsun {

struct Cut {
  View<const std::int32_t, 1> member;  // [n_active] members with this cut
  View<const Time, 1> start, stop;     // [n_member] start and end of the cut
  int n_active = 0;
  std::uint64_t seed = 0;  // of the run, for random draws
  // member m of this State is member id(m) of the whole ensemble; random draws use the id
  std::uint32_t first_member = 0;
  COLDSUN_FN std::uint32_t id(int m) const { return first_member + static_cast<std::uint32_t>(m); }
  COLDSUN_FN Real length(int m) const { return seconds(stop(m) - start(m)); }
};

// Search for the next cut: each next_event lowers stop(m) of the active members to the first instant after now(m) at
// which its physics changes. Initially stop(m) is the end of the step.
struct NextCut {
  View<const std::int32_t, 1> member;  // [n_active]
  int n_active = 0;
  View<const Time, 1> now;  // [n_member]
  View<Time, 1> stop;
};

}  // namespace coldsun

// Cut: one sub-step of the members that have one. A kernel loops over a in [0, n_active) and takes m = member(a).
#pragma once
#include "common/array.hpp"
#include "common/time.hpp"

namespace coldsun {

struct Cut {
  View<const std::int32_t, 1> member;  // [n_active] which members walk this sub-step
  View<const Time, 1> start, stop;     // [n_member] its ends
  int n_active = 0;
  std::uint64_t seed = 0;          // of the run, for Chance
  std::uint32_t first_member = 0;  // member m of this State is member id(m) of the whole ensemble: chance uses the id
  COLDSUN_FN std::uint32_t id(int m) const { return first_member + static_cast<std::uint32_t>(m); }
  COLDSUN_FN Real length(int m) const { return seconds(stop(m) - start(m)); }
};

// The next cut while it is sought: a next_event lowers stop(m) of the active members to the first instant after now(m)
// at which something of its physics changes. stop(m) holds a bound already, the end of the step; the search ends there.
struct NextCut {
  View<const std::int32_t, 1> member;  // [n_active]
  int n_active = 0;
  View<const Time, 1> now;  // [n_member]
  View<Time, 1> stop;
};

}  // namespace coldsun

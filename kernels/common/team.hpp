// Team: the threads that share one item of for_teams and its scratch memory.
// A team functor is  struct F { template <class Team> COLDSUN_FN void operator()(Team& team, int item) const; };
//   team.rank(), team.size()   index of the thread, number of threads; loops have the form
//                              for (int i = team.rank(); i < n; i += team.size())
//   team.sync()                barrier: writes to scratch before it are visible to all after it; all threads must call
//   it team.scratch<T>(n)         the next n T of the item's scratch, the same address for all; call in the same order
//   team.shuffle(x, from)      the value x of thread `from` (a barrier on both sides)
// Scratch is not initialised. The bytes of a launch are the sum of scratch_bytes<T>(n) over the calls. On the host a
// team is one thread: size() is the constant 1, so the loops above become plain vectorisable loops. host_team.hpp runs
// the threads one by one in shuffled order, and run_team_checked finds a missing barrier without a GPU.
#pragma once
#include <cstddef>

#include "common/space.hpp"

namespace coldsun {

inline constexpr std::size_t scratch_line = 64;                 // every piece starts on a cache line
inline constexpr std::size_t scratch_slack = 8 * scratch_line;  // added to every launch, for sums of unrounded sizes

template <class T>
COLDSUN_FN constexpr std::size_t scratch_bytes(std::size_t n) {
  return (n * sizeof(T) + scratch_line - 1) / scratch_line * scratch_line;
}

// Memory of the calling host thread for one team, at least that many bytes; reused by the next call. In memory.cpp.
char* host_scratch(std::size_t bytes);

struct SerialTeam {
  char* memory = nullptr;
  std::size_t used = 0;
  std::size_t capacity = static_cast<std::size_t>(-1);
  static constexpr int rank() { return 0; }
  static constexpr int size() { return 1; }
  static constexpr void sync() {}
  template <class T>
  COLDSUN_FN T shuffle(T x, int) const {
    return x;
  }
  template <class T>
  COLDSUN_FN T* scratch(std::size_t n) {
    T* p = reinterpret_cast<T*>(memory + used);
    used += scratch_bytes<T>(n);
    if (used > capacity) COLDSUN_TRAP();  // more requested than the launch provides: stops at once
    return p;
  }
};

}  // namespace coldsun

// A perturbed State, and one step of it on a given space: the start of the kernel checks.
#pragma once
#include "core/check/spaces.hpp"
#include "core/make/twin.hpp"
#include "core/step/substep_impl.hpp"
#include "core/step/walk.hpp"
#include "electrical/advance.hpp"
#include "orbit/advance.hpp"
#include "sky/advance.hpp"
#include "thermal/advance.hpp"
#include "workload/draw.hpp"
#include "workload/progress.hpp"

namespace coldsun {

// One step on a given space.
template <class Space>
void step_on(const Space& space, Twin& t) {
  const auto nothing = [](const Cut&) {};
  walk(space, t.system, t.state, t.inputs, t.state.time + nanoseconds(t.dt), Around{nothing, nothing});
}

// Adds 0.25 % of noise to every floating-point field but scratch; queues and clocks stay.
inline void shake(const State& s) {
  std::uint32_t entity = 0;
  for (const FieldRef& f : fields(s)) {
    ++entity;
    if (f.type != Scalar::f64 || f.info.kind == Kind::scratch) continue;
    auto* v = static_cast<Real*>(f.data);
    for (std::size_t i = 0; i < f.bytes() / sizeof(Real); ++i) {
      std::uint64_t h =
          (static_cast<std::uint64_t>(entity) << 32 | i) * 0x9E3779B97F4A7C15ull;  // Fibonacci hashing (Knuth, 6.4)
      h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9ull, h ^= h >> 32;
      v[i] *= 1.0 + 0.005 * (static_cast<Real>(h >> 11) * 0x1p-53 - 0.5);
    }
  }
}

}  // namespace coldsun

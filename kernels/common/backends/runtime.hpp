// Runtime: starts a backend and finalises it at the end of its life. Only Kokkos needs it.
#pragma once
#if defined(COLDSUN_KOKKOS)
#include <Kokkos_Core.hpp>
#endif

namespace coldsun {

#if defined(COLDSUN_KOKKOS)
using Runtime = Kokkos::ScopeGuard;
#else
struct Runtime {
  Runtime() {}
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
};
#endif

}  // namespace coldsun

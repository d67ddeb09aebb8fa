// Runtime: lives as long as a program that launches kernels; starts and ends what a backend needs. Only Kokkos needs
// anything.
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

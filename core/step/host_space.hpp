// Space of the host: OpenMP, or Kokkos in the Kokkos build, whose tests run the engine on it.
#pragma once
#include "common/space.hpp"

namespace coldsun {

#if defined(COLDSUN_KOKKOS)
using HostSpace = KokkosSpace;
#else
using HostSpace = Host;
#endif

}  // namespace coldsun

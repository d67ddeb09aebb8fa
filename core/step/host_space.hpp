// The space of the host: OpenMP, or Kokkos in the Kokkos build, which runs the engine on it so that it is tested there.
#pragma once
#include "common/space.hpp"

namespace coldsun {

#if defined(COLDSUN_KOKKOS)
using HostSpace = KokkosSpace;
#else
using HostSpace = Host;
#endif

}  // namespace coldsun

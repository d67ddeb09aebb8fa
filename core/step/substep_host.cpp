// The coupled cut on the host's space: OpenMP, or Kokkos in the Kokkos build.
#include "core/step/host_space.hpp"
#include "core/step/substep_impl.hpp"

namespace coldsun {

template void find_cuts(HostSpace, const System&, State&, const Inputs&, int, Time);
template void substep(HostSpace, const System&, State&, const Inputs&, const Cut&);

}  // namespace coldsun

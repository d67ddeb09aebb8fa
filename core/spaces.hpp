// From the device chosen at run time to the space tag chosen at compile time.
#pragma once
#include <stdexcept>
#include <utility>

#include "common/array.hpp"

namespace coldsun {

#if defined(COLDSUN_KOKKOS)
using HostSpace = KokkosSpace;   // the Kokkos build runs the engine on Kokkos, so that it is tested there
#else
using HostSpace = Host;
#endif

template <class F>
void with_space(Device device, F&& f) {
  if (device == Device::host) return f(HostSpace{});
#if defined(COLDSUN_CUDA)
  return f(Cuda{});
#else
  throw std::runtime_error("device = cuda; accepted in this build: cpu (it was built without CUDA)");
#endif
}

}  // namespace coldsun

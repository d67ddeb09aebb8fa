// From the device chosen at run time to the space tag chosen at compile time.
#pragma once
#include <stdexcept>
#include <utility>

#include "common/array.hpp"
#include "core/step/host_space.hpp"

#if defined(COLDSUN_CUDA) && !defined(COLDSUN_DEVICE_VERBS)
#error "the file chooses a space at run time: CMakeLists.txt lists it among those compiled as CUDA"
#endif

namespace coldsun {

template <class F>
void with_space(Device device, F&& f) {
  if (device == Device::host) return f(HostSpace{});
#if defined(COLDSUN_CUDA)
  return f(Cuda{});
#else
  throw std::runtime_error("device = cuda; accepted: cpu, since this build has no CUDA");
#endif
}

}  // namespace coldsun

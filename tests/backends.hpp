// A kernel test's body runs on every backend that the build has: Host always, Cuda under nvcc, KokkosSpace in the
// Kokkos build.
#pragma once
#include <gtest/gtest.h>

#include "common/loops.hpp"

namespace coldsun::test {

#if defined(COLDSUN_KOKKOS)
using Backends = ::testing::Types<Host, KokkosSpace>;

// Kokkos must be initialised before the first kernel and finalised before the destruction of statics.
class KokkosEnvironment : public ::testing::Environment {
 public:
  void SetUp() override { Kokkos::initialize(); }
  void TearDown() override { Kokkos::finalize(); }
};
[[maybe_unused]] inline ::testing::Environment* const kokkos_environment =
    ::testing::AddGlobalTestEnvironment(new KokkosEnvironment);
#elif defined(__CUDACC__)
using Backends = ::testing::Types<Host, Cuda>;
#else
using Backends = ::testing::Types<Host>;
#endif

template <class Space>
inline constexpr Device device_of = Device::host;
template <>
inline constexpr Device device_of<Cuda> = Device::cuda;

// A fixture for TYPED_TEST_SUITE(Name, Backends); a CUDA case is skipped, aloud, where no device is.
// Call synchronize(TypeParam{}) between the last kernel and the first look at its results.
template <class Space>
class OnBackend : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!device_available(device_of<Space>)) GTEST_SKIP() << "no CUDA device on this machine";
  }
};

}  // namespace coldsun::test

// Spaces in which a loop runs, as tags; and the macro for functions of both host and device.
#pragma once
#include <cstdint>

// Forced inline, so that two compilers of one program never share an emitted copy of a function.
#if defined(__CUDACC__) || defined(__HIPCC__)
#define COLDSUN_FN __host__ __device__ __forceinline__
#define COLDSUN_DEVICE_VERBS 1  // this file may launch on the device
#else
#define COLDSUN_FN inline __attribute__((always_inline))
#endif
#if defined(__CUDA_ARCH__)
#define COLDSUN_TRAP() __trap()  // ends the launch with an error
#else
#define COLDSUN_TRAP() __builtin_trap()
#endif

namespace coldsun {

using Real = double;

struct Host {};  // OpenMP; always available
struct Cuda {
  void* stream = nullptr;
};  // cudaStream_t; native launches
struct KokkosSpace {};  // Kokkos::DefaultExecutionSpace

enum class Device : std::int8_t { host, cuda };

}  // namespace coldsun

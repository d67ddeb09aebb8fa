// Managed memory of a CUDA device, and whether there is one. The only place of the library that allocates for a State
// on a device.
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

namespace coldsun {

bool cuda_available() noexcept {
  int n = 0;
  const bool yes = cudaGetDeviceCount(&n) == cudaSuccess &&
                   n > 0;  // no driver, an old driver, no device: an error code, never a crash
  cudaGetLastError();
  return yes;
}

void* allocate_cuda(std::size_t bytes) {
  if (!cuda_available()) throw std::runtime_error("no CUDA device on this machine");
  void* p = nullptr;
  cudaError_t error = cudaMallocManaged(&p, bytes ? bytes : 1);
  if (error == cudaSuccess) error = cudaMemset(p, 0, bytes);
  if (error == cudaSuccess) error = cudaDeviceSynchronize();  // zero before any stream or the host looks
  if (error != cudaSuccess) {
    cudaFree(p);
    cudaGetLastError();
    throw std::runtime_error("CUDA failed while allocating " + std::to_string(bytes) +
                             " bytes: " + cudaGetErrorString(error));
  }
  return p;
}

void deallocate_cuda(void* p) noexcept {
  cudaFree(p);  // waits for the kernels that use it
  cudaGetLastError();
}

}  // namespace coldsun

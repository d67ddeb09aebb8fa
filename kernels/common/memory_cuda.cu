// Managed memory of a CUDA device, and the check for a device. Allocates the memory of States on a device.
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

namespace coldsun {

bool cuda_available() noexcept {
  int n = 0;
  // no driver, an old driver or no device give an error code
  const bool yes = cudaGetDeviceCount(&n) == cudaSuccess && n > 0;
  cudaGetLastError();
  return yes;
}

void* allocate_cuda(std::size_t bytes) {
  if (!cuda_available()) throw std::runtime_error("no CUDA device on this machine");
  void* p = nullptr;
  cudaError_t error = cudaMallocManaged(&p, bytes ? bytes : 1);
  if (error == cudaSuccess) error = cudaMemset(p, 0, bytes);
  if (error == cudaSuccess) error = cudaDeviceSynchronize();  // memory is zero before any stream or the host reads it
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

// Memory on a device, and scratch of the host's teams. The CUDA part is memory_cuda.cu; a build without it throws.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "common/array.hpp"
#include "common/team.hpp"

namespace coldsun {

#if defined(COLDSUN_CUDA)
void* allocate_cuda(std::size_t bytes);  // memory_cuda.cu
void deallocate_cuda(void* p) noexcept;
bool cuda_available() noexcept;
#else
namespace {
[[noreturn]] void* allocate_cuda(std::size_t) { throw std::runtime_error("this build has no CUDA"); }
void deallocate_cuda(void*) noexcept {}
bool cuda_available() noexcept { return false; }
}  // namespace
#endif

namespace {
constexpr std::size_t line = 64;  // a cache line, and the widest vector register

char* aligned(std::size_t bytes) {
  if (bytes > PTRDIFF_MAX - line) throw std::bad_alloc();
  auto* p = static_cast<char*>(std::aligned_alloc(line, (bytes + line - 1) / line * line));
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace

void* allocate(Device device, std::size_t bytes) {
  if (device == Device::cuda) return allocate_cuda(bytes);
  char* p = aligned(bytes ? bytes : 1);
  std::memset(p, 0, bytes);
  return p;
}

void deallocate(Device device, void* p) noexcept {
  if (device == Device::cuda) deallocate_cuda(p);
  else std::free(p);
}

bool device_available(Device device) noexcept { return device == Device::host || cuda_available(); }

char* host_scratch(std::size_t bytes) {
  struct Buffer {
    char* data = nullptr;
    std::size_t size = 0;
    ~Buffer() { std::free(data); }
  };
  static thread_local Buffer
      buffer;  // grows to the need of the thread's largest kernel and is kept, so that a step allocates nothing
  if (bytes > buffer.size) {
    std::free(std::exchange(buffer.data, nullptr));
    buffer.size = 0;
    buffer.data = aligned(bytes);
    buffer.size = bytes;
  }
  return buffer.data;
}

}  // namespace coldsun

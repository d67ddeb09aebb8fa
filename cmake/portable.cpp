// arc4random of glibc 2.36, which libstdc++'s random_device would ask for: with it, portable programs start on
// glibc 2.35 too.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

extern "C" __attribute__((weak)) std::uint32_t arc4random() {
  std::uint32_t value = 0;
  if (getentropy(&value, sizeof value) != 0) std::abort();
  return value;
}

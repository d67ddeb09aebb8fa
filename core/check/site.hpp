// Compiled-in site for programs without files: an eighth of a one-megawatt hall. Values are those of the shipped
// Atacama pilot, scaled (sources: data/sites/atacama.toml); its satellites are two Walker shells.
#pragma once
#include <cstdio>
#include <exception>

#include "common/backends/runtime.hpp"
#include "core/make/twin.hpp"

namespace coldsun {

Network check_network();
Library check_library();
Time check_start();  // a clear morning with sun, battery, queue and outages active within the hour
Twin check_twin(int n_member, Device device, Real hours = 1.0);

// main of such a program: runs body between start and end of the backends; an exception is printed and gives exit
// status 1.
inline int program(const char* name, int (*body)(int, char**), int n_argument, char** argument) {
  try {
    const Runtime runtime;
    return body(n_argument, argument);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

}  // namespace coldsun

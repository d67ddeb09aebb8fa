// The compiled-in site: an eighth of a one-megawatt hall, for programs that read no file. Its figures are those of the
// shipped Atacama pilot (data/sites/atacama.toml has their sources), scaled; its satellites are two Walker shells.
#pragma once
#include <cstdio>
#include <exception>

#include "common/backends/runtime.hpp"
#include "core/make/twin.hpp"

namespace coldsun {

Network check_network();
Library check_library();
Time check_start();  // a clear morning: sun, battery, queue and outages are all at work within the hour
Twin check_twin(int n_member, Device device, Real hours = 1.0);

// The main of such a program: body between the start and the end of the backends; what it throws becomes a sentence and
// exit status 1.
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

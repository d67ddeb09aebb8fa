// An hour of the Atacama pilot with eight members: the engine as another program uses it.
#include <cstdio>

#include "core/io/library.hpp"
#include "core/io/site_reader.hpp"
#include "core/make/twin.hpp"
#include "core/step/run.hpp"

int main() {
  using namespace coldsun;
  Network network = load_network("atacama", DATA);
  const Library library = io::load_library(network, DATA);
  Twin twin =
      make_twin(network, library, {}, {.n_member = 8, .start = network.start + 12 * 3600 * ns_per_s, .hours = 1});
  run(twin.system, twin.state, twin.inputs, twin.dt, 360, {});
  for (int m = 0; m < twin.state.n_member; ++m)
    std::printf("member %d: battery at %.1f %%, PV %.1f kW\n", m, 100 * twin.state.electrical.soc(m, 0),
                1e-3 * twin.state.electrical.p_pv(m, 0));
}

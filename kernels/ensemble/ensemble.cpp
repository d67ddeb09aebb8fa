// Allocates the statistics of an ensemble.
#include "ensemble/ensemble.hpp"

namespace coldsun::ensemble {

Watch make_watch(const System& sys, int n_member, Device device) {
  Watch w;
  allocate_fields(w, device, {{"member", n_member}, {"group", sys.n_group()}});
  w.highest.fill(-1e300), w.margin.fill(-1e300);
  return w;
}

Tally make_tally(const System& sys, int n_member, Device device) {
  Tally t;
  allocate_fields(t, device,
                  {{"member", n_member}, {"group", sys.n_group()}, {"offset", sys.n_offset()}, {"bin", n_bin}});
  t.open.fill(never), t.trace.fill(Trace{});
  return t;
}

}  // namespace coldsun::ensemble

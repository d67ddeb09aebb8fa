// Room for what is kept of an ensemble.
#include "ensemble/ensemble.hpp"

namespace coldsun::ensemble {

Watch make_watch(const System& sys, int n_member, Device device) {
  const std::array<int, 2> shape{n_member, sys.n_group()};
  Watch w;
  w.highest = {device, shape}, w.margin = {device, shape}, w.above = {device, shape}, w.weighted = {device, shape};
  w.highest.fill(-1e300), w.margin.fill(-1e300);
  return w;
}

Tally make_tally(const System& sys, int n_member, Device device) {
  const int n_group = sys.n_group();
  const std::array<int, 2> shape{n_member, n_group};
  Tally t;
  t.open = {device, {n_member}}, t.trace = {device, shape};
  t.n_event = {device, shape}, t.n_above = {device, shape};
  for (auto* a : {&t.sum_rise, &t.sum_dip, &t.sum_peak, &t.sum_time, &t.sum_return, &t.max_rise, &t.max_dip, &t.max_return}) *a = {device, shape};
  t.peak_count = {device, {n_member, n_group, n_bin}};
  t.fan_count = {device, {n_member, n_group, sys.n_offset(), n_bin}};
  t.open.fill(never), t.trace.fill(Trace{});
  return t;
}

}  // namespace coldsun::ensemble

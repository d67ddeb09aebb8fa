// Serving satellite of every 15-s slot, from the contact windows: template, instantiated per backend.
#pragma once
#include <vector>

#include "common/loops.hpp"
#include "orbit/find_windows.hpp"
#include "orbit/handover.hpp"

namespace coldsun::orbit {
namespace slots {

// Per (site, slot): number of satellites above the mask at its start, and the window that the strategy would choose
// anew. Reads the windows that can be open (20 B each, some 60 for ten thousand satellites) and propagates each open
// one.
struct Choose {
  Ephemeris ephemeris;
  WindowsView windows;
  View<const Station, 1> station;
  View<const std::int32_t, 1> strategy;
  SlotView slots;
  View<std::int32_t, 2> best;  // (site, slot) row of the window table, -1 none
  // Sine of the elevation. For longest_remaining preceded by the number of slot starts to come, because service counts
  // in whole slots; of two satellites that leave in the same slot the higher one is chosen.
  COLDSUN_FN Real score(int site, int i, Time t, Real sin_theta, Real cos_theta) const {
    const int s = windows.satellite(i);
    const Sight seen = sight(station(site), ephemeris.pef(s, seconds(t - ephemeris.start), sin_theta, cos_theta));
    const bool lasting = strategy(site) == static_cast<std::int32_t>(Strategy::longest_remaining);
    return seen.sin_elevation +
           (lasting ? 4.0 * static_cast<Real>((windows.los(i) - t + slot_length - 1) / slot_length) : 0.0);
  }
  COLDSUN_FN void operator()(int site, int k) const {
    const Time t = slot_start(slots.first + k);
    Real sin_theta, cos_theta;
    math::sincos(ephemeris.angle(seconds(t - ephemeris.start)), sin_theta, cos_theta);
    const int lo = windows.first(site), stop = first_after(windows.aos, lo, windows.first(site + 1), t);
    int n = 0, chosen = -1;
    Real top = -1e30;
    for (int i = first_after(windows.aos, lo, stop, t - windows.longest(site) - 1); i < stop; ++i) {
      if (windows.los(i) <= t) continue;
      ++n;
      const Real value = score(site, i, t, sin_theta, cos_theta);
      if (value > top) top = value, chosen = i;
    }
    slots.visible(site, k) = n, best(site, k) = chosen;
  }
};

// Along time, one site per thread: keeps the window while it is open (sticky, longest_remaining) or takes the best in
// every slot. Reads and writes 4 B per slot.
struct Keep {
  WindowsView windows;
  View<const std::int32_t, 1> strategy;
  Time first;
  int n_slot;
  View<std::int32_t, 2> best;  // in: the best anew; out: the serving one
  COLDSUN_FN void operator()(int site) const {
    if (strategy(site) == static_cast<std::int32_t>(Strategy::max_elevation)) return;
    int held = -1;
    for (int k = 0; k < n_slot; ++k) {
      if (held < 0 || windows.los(held) <= slot_start(first + k)) held = best(site, k);
      best(site, k) = held;
    }
  }
};

// Rows of the slot table. Reads 4 B of choice and one satellite; writes 32 B; about 700 flops per slot.
struct Fill {
  Ephemeris ephemeris;
  WindowsView windows;
  View<const Station, 1> station;
  View<const std::int32_t, 2> chosen;
  SlotView slots;
  COLDSUN_FN int satellite_of(int site, int k) const {
    const int i = chosen(site, k);
    return i < 0 ? -1 : windows.satellite(i);
  }
  COLDSUN_FN void operator()(int site, int k) const {
    const int s = satellite_of(site, k);
    const Time t = slot_start(slots.first + k);
    Look l{};
    Real rest = 0;
    if (s >= 0) {
      const Real x = seconds(t - ephemeris.start), theta = ephemeris.angle(x);
      const PosVel p = ephemeris.pef(s, x, math::sin(theta), math::cos(theta));
      l = look(station(site), p);
      rest = seconds(windows.los(chosen(site, k)) - t);
    }
    slots.satellite(site, k) = s;
    slots.reconfiguration(site, k) = k > 0 && s >= 0 && satellite_of(site, k - 1) != s ? 1 : 0;
    slots.elevation(site, k) = l.elevation, slots.slant_range(site, k) = l.slant_range, slots.remaining(site, k) = rest;
  }
};

}  // namespace slots

template <class Space>
SlotTable assign_slots(Space space, const Catalogue& catalogue, std::span<const Station> stations,
                       std::span<const Strategy> strategy, const Windows& windows, const Span& span) {
  const auto [start, stop, dut1] = span;
  const Device device = catalogue.epoch.device();
  const int n_site = static_cast<int>(stations.size());
  const Time first = slot_number(start);
  const int n_slot = stop > start ? static_cast<int>(slot_number(stop - 1) - first + 1) : 0;
  Array<Station, 1> station(device, {n_site});
  Array<std::int32_t, 1> how(device, {n_site});
  for (int b = 0; b < n_site; ++b) {
    station(b) = stations[static_cast<std::size_t>(b)];
    how(b) = static_cast<std::int32_t>(strategy[static_cast<std::size_t>(b)]);
  }
  SlotTable t;
  allocate_fields(t, device, {{"site", n_site}, {"slot", n_slot}});
  t.first = first;
  Array<std::int32_t, 2> chosen(device, {n_site, n_slot});
  const Array<Real, 1> minutes = minutes_from_epoch(catalogue, start);
  const Knots knots = make_knots(space, catalogue, slot_start(first), stop);
  const Ephemeris e = make_ephemeris(catalogue, minutes, knots, start, dut1);
  for_rows(space, n_site, n_slot, slots::Choose{e, windows, station, how, t, chosen});
  for_each(space, n_site, slots::Keep{windows, how, first, n_slot, chosen});
  for_rows(space, n_site, n_slot, slots::Fill{e, windows, station, chosen, t});
  synchronize(space);
  return t;
}

}  // namespace coldsun::orbit

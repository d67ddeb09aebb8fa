// Orbit kernels on the host: propagations, windows of a shell, slot tables, links over a cut. Each checked against a
// scalar before it is timed.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "bench/rates.hpp"
#include "common/loops.hpp"
#include "orbit/advance.hpp"
#include "orbit/assign_slots.hpp"
#include "orbit/find_windows.hpp"
#include "orbit/points.hpp"

namespace {

using namespace coldsun;
using namespace coldsun::orbit;
using coldsun::bench::rates;

constexpr Real degree = pi / 180.0;
const Time start = 1'781'395'200 * ns_per_s;  // 2026-06-14T00:00:00Z

Catalogue shell(int total, int plane) {
  WalkerDelta w;
  w.inclination = 53 * degree, w.total = total, w.plane = plane, w.phasing = 17, w.altitude = 480e3, w.epoch = start;
  return make_catalogue(walker_delta(w), Device::host);
}
std::vector<Station> pilots() {
  return {make_station(24.4267 * degree, 54.6167 * degree, 10.0, 25 * degree),
          make_station(-22.92 * degree, -69.91 * degree, 1635.0, 25 * degree)};
}

// One state: 560 flops (adds, multiplies, divisions and roots of sgp4_propagate; a sine-cosine pair counts 35), 52 B
// written; the 264 B of coefficients stay in cache over the rows.
void propagate_states(benchmark::State& bench) {
  const Catalogue c = shell(2376, 72);
  constexpr int n_time = 60;
  const int n = c.n_satellite();
  Array<Time, 1> time(Device::host, {n_time});
  for (int k = 0; k < n_time; ++k) time(k) = start + k * 60 * ns_per_s;
  Array<Real, 3> r(Device::host, {3, n_time, n}), v(Device::host, {3, n_time, n});
  Array<std::int32_t, 2> error(Device::host, {n_time, n});
  const Propagate f{c, time, {r, v, error}};
  for_rows(Host{}, n_time, n, f);
  for (int s = 0; s < n; s += 13) {  // the scalar: one state at a time through the same formulas, without SIMD
    const Sgp4Result x = sgp4_propagate(load_coefficients(c.coefficient, s), 59.0);
    if (!(std::fabs(x.teme.r.x - r(0, 59, s)) < 1e-6) || error(59, s) != 0)
      return bench.SkipWithError("differs from the scalar");
  }
  for (auto _ : bench) {
    for_rows(Host{}, n_time, n, f);
    benchmark::DoNotOptimize(r.data());
  }
  const double items = static_cast<double>(n_time) * n;
  rates(bench, items, 52, 560, 52 * items + 264.0 * n);
}
BENCHMARK(propagate_states)->UseRealTime();

// One look: 52 B and the hour's sine and cosine read, 32 B written; 200 flops.
void look_at_states(benchmark::State& bench) {
  const Catalogue c = shell(2376, 72);
  constexpr int n_time = 8;
  const int n = c.n_satellite();
  Array<Time, 1> time(Device::host, {n_time});
  Array<Real, 1> sine(Device::host, {n_time}), cosine(Device::host, {n_time});
  for (int k = 0; k < n_time; ++k) {
    time(k) = start + k * 60 * ns_per_s;
    math::sincos(gmst82(time(k), 0.0), sine(k), cosine(k));
  }
  Array<Real, 3> r(Device::host, {3, n_time, n}), v(Device::host, {3, n_time, n});
  Array<std::int32_t, 2> error(Device::host, {n_time, n});
  propagate(Host{}, c, time, StateTable{r, v, error});
  std::vector<Array<Real, 2>> out;
  for (int k = 0; k < 4; ++k) out.emplace_back(Device::host, std::array<int, 2>{n_time, n});
  const Station station = pilots().front();
  const LookAtStates f{.station = station,
                       .time_last = false,
                       .sine = sine,
                       .cosine = cosine,
                       .r_teme = r,
                       .v_teme = v,
                       .error = error,
                       .azimuth = out[0],
                       .elevation = out[1],
                       .slant_range = out[2],
                       .range_rate = out[3]};
  for_rows(Host{}, n_time, n, f);
  for (int s = 0; s < n; s += 13) {  // the range by the difference of the two places, without angles
    const PosVel p =
        teme_to_pef({{r(0, 7, s), r(1, 7, s), r(2, 7, s)}, {v(0, 7, s), v(1, 7, s), v(2, 7, s)}}, sine(7), cosine(7));
    const Vector3 &a = p.r, &b = station.position;
    if (!(std::fabs(std::hypot(a.x - b.x, a.y - b.y, a.z - b.z) / out[2](7, s) - 1.0) < 1e-12))
      return bench.SkipWithError("another range");
  }
  for (auto _ : bench) {
    for_rows(Host{}, n_time, n, f);
    benchmark::DoNotOptimize(out[0].data());
  }
  rates(bench, static_cast<double>(n_time) * n, 52 + 32, 200);
}
BENCHMARK(look_at_states)->UseRealTime();

// A ring of half a day and one of a day, e 0.3 and 0.001, as deep space has them: 1,130 flops a state (19 sine-cosine
// pairs of 35), 52 B written and spread (104 B to and fro), a knot of 32 B read; the 344 B of coefficients stay in
// cache over the rows. Knots are made anew each time, one 520-flop step a satellite here.
void propagate_deep_states(benchmark::State& bench) {
  constexpr int n = 800, n_time = 60;
  std::vector<ElementSet> sets(n);
  for (int s = 0; s < n; ++s) {
    MeanElements& m = sets[static_cast<std::size_t>(s)].mean;
    m.mean_motion = (s % 2 ? 1.0027 : 2.0057) * two_pi / 86400.0, m.eccentricity = s % 2 ? 0.001 : 0.3;
    m.inclination = (s % 7) * 10 * degree, m.ra_of_asc_node = two_pi * s / n, m.mean_anomaly = two_pi * 7 * s / n;
    m.epoch = start;
  }
  const Catalogue c = make_catalogue(sets, Device::host);
  Array<Time, 1> time(Device::host, {n_time});
  for (int k = 0; k < n_time; ++k) time(k) = start + k * 60 * ns_per_s;
  Array<Real, 3> r(Device::host, {3, n_time, n}), v(Device::host, {3, n_time, n});
  Array<std::int32_t, 2> error(Device::host, {n_time, n});
  const StateTable table{r, v, error};
  propagate(Host{}, c, time, table);
  for (int s = 0; s < n; s += 13) {  // the scalar: one state at a time from the first knot
    const Sdp4Resonance resonance = load_resonance(c.resonance, s);
    const Sdp4Knot knot = sdp4::knot_at(resonance, {resonance.angle, resonance.no, 0});
    const Sgp4Result x = sdp4_propagate(load_deep(c.deep_coefficient, s), knot, 59.0, 59.0);
    if (!(std::fabs(x.teme.r.x - r(0, 59, s)) < 1e-6) || error(59, s) != 0)
      return bench.SkipWithError("differs from the scalar");
  }
  for (auto _ : bench) {
    propagate(Host{}, c, time, table);
    benchmark::DoNotOptimize(r.data());
  }
  const double items = static_cast<double>(n_time) * n;
  rates(bench, items, 52 + 104 + 32, 1130, 188 * items + 344.0 * n);
}
BENCHMARK(propagate_deep_states)->UseRealTime();

// Windows of a shell over two sites and a day: 481 grid points a satellite (640 flops, 96 B to and fro), 40 flops a
// site and point, and some 35 brackets a satellite and site refined with about 8 propagations each.
void windows_of_a_day(benchmark::State& bench) {
  const Catalogue c = shell(static_cast<int>(bench.range(0)), 72);
  const auto stations = pilots();
  const Time stop = start + 86400 * ns_per_s;
  const Windows w = find_windows(Host{}, c, stations, {start, stop, 0.0});
  if (w.size() == 0) return bench.SkipWithError("no window");
  for (int i = 0; i < w.size(); i += 97) {  // the scalar: elevation at rise and set through frames.hpp
    for (const Time t : {w.aos(i), w.los(i)}) {
      const int s = w.satellite(i);
      const Sgp4Result x = sgp4_propagate(load_coefficients(c.coefficient, s), seconds(t - c.epoch(s)) / 60);
      const Look l = look(stations[static_cast<std::size_t>(w.station(i))], teme_to_pef(x.teme, gmst82(t, 0.0)));
      if (w.truncated(i) == 0 && !(std::fabs(l.elevation - 25 * degree) < 1e-6))
        return bench.SkipWithError("edge not at the mask");
    }
  }
  for (auto _ : bench) benchmark::DoNotOptimize(find_windows(Host{}, c, stations, {start, stop, 0.0}).size());
  const double pairs = 2.0 * c.n_satellite();
  rates(bench, pairs, 481 * (48 + 48 / 2.0), 481 * (320 + 40) + 16 * 8 * 680.0,
        (49 * 48 + 264.0) * c.n_satellite());  // a tile at a time
}
BENCHMARK(windows_of_a_day)->Arg(1584)->Arg(2376)->UseRealTime()->Unit(benchmark::kMillisecond);

// Slot tables of two sites and a day: about 9 satellites in view a slot, 660 flops each, and one more to fill; 44 B
// written a slot.
void slots_of_a_day(benchmark::State& bench) {
  const Catalogue c = shell(2376, 72);
  const auto stations = pilots();
  const std::vector<Strategy> strategy(2, Strategy::longest_remaining);
  const Time stop = start + 86400 * ns_per_s;
  const Windows w = find_windows(Host{}, c, stations, {start - 60 * ns_per_s, stop + 600 * ns_per_s, 0.0});
  const SlotTable t = assign_slots(Host{}, c, stations, strategy, w, {start, stop, 0.0});
  double in_view = 0;
  for (int b = 0; b < 2; ++b)
    for (int k = 0; k < t.n_slot(); ++k) {
      in_view += t.visible(b, k);
      if (t.satellite(b, k) >= 0 && !(t.elevation(b, k) >= 25 * degree - 1e-6))
        return bench.SkipWithError("serves below the mask");
    }
  for (auto _ : bench)
    benchmark::DoNotOptimize(assign_slots(Host{}, c, stations, strategy, w, {start, stop, 0.0}).n_slot());
  const double slots = 2.0 * t.n_slot();
  rates(bench, slots, 44 + 20 * in_view / slots, 660 * (in_view + slots) / slots);
}
BENCHMARK(slots_of_a_day)->UseRealTime()->Unit(benchmark::kMillisecond);

// Links of a thousand members at two sites over a 10-s cut: about 5 Philox draws of 250 flops-worth; 160 B read and
// written.
void advance_links(benchmark::State& bench) {
  constexpr int n_member = 1024;
  const Catalogue c = shell(1584, 72);
  const auto stations = pilots();
  const std::vector<Strategy> strategy(2, Strategy::longest_remaining);
  const Windows w = find_windows(Host{}, c, stations, {start, start + 7200 * ns_per_s, 0.0});
  const SlotTable slots = assign_slots(Host{}, c, stations, strategy, w, {start, start + 3600 * ns_per_s, 0.0});
  const Contacts contacts = join_windows(w);
  Site site{.outage_probability = 0.22, .outage_median = 0.519, .outage_sigma = 0.03, .outage_offset = -0.18};
  std::vector<Site> sites(2, site);
  sites[1].entity = 1;
  const System system = make_system(sites, Device::host);
  State state = make_state(system, n_member, Device::host);
  const Drive drive{slots, contacts, 7, 0};
  Array<std::int32_t, 1> member(Device::host, {n_member});
  Array<Time, 1> a(Device::host, {n_member}), b(Device::host, {n_member});
  for (int m = 0; m < n_member; ++m) member(m) = m;
  const Time first = start + 600 * ns_per_s;
  a.fill(first), b.fill(first + 10 * ns_per_s);
  const Cut cut{member, a, b, n_member};
  advance(Host{}, system, state, drive, cut);
  for (int m = 0; m < n_member; m += 31) {  // the scalar: down time sampled every millisecond
    const Link link = Lines{system, state, drive}.link(m, 0);
    Real down = 0;
    for (Time t = first + 500'000; t < first + 10 * ns_per_s; t += 1'000'000) down += link.up(t) ? 0.0 : 1e-3;
    if (!(std::fabs(down - state.outage_seconds(m, 0)) < 2.1e-3)) return bench.SkipWithError("differs from sampling");
  }
  for (auto _ : bench) {
    advance(Host{}, system, state, drive, cut);
    benchmark::DoNotOptimize(state.outage_seconds.data());
  }
  const double items = 2.0 * n_member;
  rates(bench, items, 160, 1250);
}
BENCHMARK(advance_links)->UseRealTime();

}  // namespace

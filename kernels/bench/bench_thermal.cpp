// Thermal kernels on the host: factorisation and solution of one plate, a lumped plate, the loop, whole cuts of a hall
// of 128 nodes.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

#include "bench/rates.hpp"
#include "common/loops.hpp"
#include "thermal/advance.hpp"
#include "thermal/at_rest.hpp"
#include "thermal/make.hpp"

namespace coldsun::thermal {
namespace {

using bench::rates;
using Solver = PlateSolver<n_y, n_solid>;
constexpr int nz = Solver::nz, n = Solver::n;

// 30 x 30 mm die, 75 channels of 0.2 x 1 mm, copper, 1 L/min of 25 % propylene glycol; one half of the die twice as hot
// as the other.
PlateSpec plate() {
  PlateSpec p;
  p.length = p.width = 0.03, p.tim_layer = 2, p.coolant = Coolant::pg25;
  p.layer = {{50e-6, 120, 1.63566e6, 0}, {700e-6, 120, 1.63566e6, 0}, {50e-6, 5, 2.5e6, 0}, {1e-3, 390, 3.45e6, 0}};
  p.channel = {{0.2e-3, 1e-3, 75, 1.5}}, p.channel.fin_conductivity = 390, p.channel.fin_heat_capacity = 3.45e6,
  p.lid = {1e-3, 390, 3.45e6, 0};
  for (int y = 0; y < map_rows; ++y)
    for (int x = 0; x < n_x; ++x) p.power_map.push_back(x < n_x / 2 ? 2.0 : 1.0);
  return p;
}
constexpr Real flow = 1e-3 / 60;

struct OnePlate {
  Stack stack = make_stack(plate());
  std::unique_ptr<char, decltype(&std::free)> memory{static_cast<char*>(std::aligned_alloc(64, Solver::bytes() + 64)),
                                                     &std::free};
  SerialTeam team{memory.get(), 0, Solver::bytes()};
  Solver s = Solver::make(team);
  Real shift = 1.0 / (sdirk2::gamma * 0.1);
  OnePlate() {
    for (int i = 0; i < n * n_mode; ++i) s.t[i] = std::sin(0.1 * i);
    const std::vector<Real> map = plate().power_map;
    for (int y = 0; y < n_y; ++y)
      store(s.source + y * n_mode,
            transform(s.table.transpose, &map[static_cast<std::size_t>(y * map_rows / n_y * n_x)]));
    PlateFlow<n_solid>{&stack, flow, 1.0}.refresh(team, s, 313.15);
    factor<n_mode>(*s.a, shift, 0, s.band);
  }
  // Largest residual row of shift C x + K x - b relative to the largest b: the operator applied row by row, independent
  // of the factors.
  Real residual(const Real* x, const Real* b) {
    apply_minus<n_mode>(*s.a, 0, x, s.rate);
    Real most = 0, scale = 0;
    for (int i = 0; i < n * n_mode; ++i) {
      most = std::fmax(most, std::fabs(s.a->capacity[i / n_mode % nz] * shift * x[i] - s.rate[i] - b[i]));
      scale = std::fmax(scale, std::fabs(b[i]));
    }
    return most / scale;
  }
};

// One plate: 128 rows of 8 modes, half bandwidth 8. Writes 17 numbers per row and mode (139 kB); 137 flops each: 8
// multipliers, 64 fma, 1 inverse.
void factor_plate(benchmark::State& state) {
  OnePlate p;
  for (int i = 0; i < n * n_mode; ++i) p.s.error[i] = p.s.t[i];
  solve<n_mode>(p.s.band, 0, p.s.error);
  if (!(p.residual(p.s.error, p.s.t) < 1e-13)) return state.SkipWithError("the factors do not solve the operator");
  for (auto _ : state) {
    factor<n_mode>(*p.s.a, p.shift, 0, p.s.band);
    benchmark::ClobberMemory();
  }
  rates(state, 1, n * n_mode * (2 * nz + 1) * 8.0, n * n_mode * (nz + 2.0 * nz * nz + 1));
  state.counters["threads"] = 1;
}
BENCHMARK(factor_plate);

// Reads the factors and the vector, writes the vector: 19 numbers and 33 flops per row and mode.
void solve_plate(benchmark::State& state) {
  OnePlate p;
  for (int i = 0; i < n * n_mode; ++i) p.s.error[i] = p.s.t[i];
  solve<n_mode>(p.s.band, 0, p.s.error);
  if (!(p.residual(p.s.error, p.s.t) < 1e-13)) return state.SkipWithError("the solution does not solve the operator");
  for (auto _ : state) {
    solve<n_mode>(p.s.band, 0, p.s.error);
    for (int i = 0; i < n_mode; ++i) p.s.error[i] += 1.0;  // keeps the vector from fading to zero
    benchmark::ClobberMemory();
  }
  rates(state, 1, n * n_mode * (2 * nz + 3) * 8.0, n * n_mode * (4.0 * nz + 1));
  state.counters["threads"] = 1;
}
BENCHMARK(solve_plate);

// One flow of a plate at rest: 32 B beside the plate, which stays in cache; factorisation and one solve, 170 flops per
// row and mode.
void resistance_of_plate(benchmark::State& state) {
  constexpr int n_flow = 64;
  Array<Real, 2> map(Device::host, {n_y, n_x});
  Array<Real, 1> flows(Device::host, {n_flow}), t_film(Device::host, {n_flow}), tim_gain(Device::host, {n_flow}),
      resistance(Device::host, {n_flow});
  map.fill(1.0 / (n_x * n_y)), t_film.fill(313.15), tim_gain.fill(1.0);
  for (int k = 0; k < n_flow; ++k) flows(k) = flow * (0.5 + 0.02 * k);
  const ResistanceOfPlate kernel{make_stack(plate()), map, flows, t_film, tim_gain, resistance};
  const auto pass = [&] { for_teams(Host{}, n_flow, n_mode, ResistanceOfPlate::Solver::bytes(), kernel); };
  pass();
  for (int k = 1; k < n_flow; ++k)
    if (!(resistance(k) > 0.0 && resistance(k) < resistance(k - 1)))
      return state.SkipWithError("the resistance does not fall with the flow");
  for (auto _ : state) {
    pass();
    benchmark::ClobberMemory();
  }
  rates(state, n_flow, 32.0, n * n_mode * 170.0);
}
BENCHMARK(resistance_of_plate)->UseRealTime();

// A hall of 128 nodes of 8 plates, 64 of them resolved.
struct Hall {
  static constexpr int n_node = 128;
  System sys;
  State st;
  Array<Real, 2> request{Device::host, {1, n_node}}, floor{Device::host, {1, n_node}},
      allocated{Device::host, {1, n_node}};
  Array<Real, 2> t_set{Device::host, {1, 1}}, temp_air{Device::host, {1, 1}}, q_extra{Device::host, {1, 1}};
  Array<std::uint32_t, 1> flags{Device::host, {1}};
  Array<std::int32_t, 1> member{Device::host, {1}};
  Array<Time, 1> start{Device::host, {1}}, stop{Device::host, {1}};

  static System make() {
    LoopModel l;
    l.c_supply = l.c_return = 3e6, l.pump.flow = 0.017, l.pump.dp = 1.5e5, l.pump.efficiency = 0.6, l.cdu.ua = 2.5e5,
    l.c_facility = 1e7;
    l.flow_facility = 8e4, l.facility.pump.flow = 0.02, l.facility.pump.dp = 1e5, l.facility.pump.efficiency = 0.6,
    l.dry_cooler.ua = 2e5, l.dry_cooler.air_flow = 150;
    l.dry_cooler.fan_power = 4e4, l.hall_air.heat_capacity = 5e6, l.hall_air.cooling = 3e5;
    l.hall_air.cooler_ua = 2e4, l.hall_air.fan_power = 5e3, l.p_aux_base = 1e3;
    std::vector<NodeSpec> nodes;
    for (int i = 0; i < n_node; ++i) {
      NodeSpec s;
      s.field = i % 2 == 0, s.flow = flow, s.p_max = 7500, s.p_throttle = 1500, s.t_cap = 370, s.p_leakage = 250,
      s.leakage_slope = 0.02;
      nodes.push_back(s);
    }
    return make_system({plate()}, nodes, {l}, Device::host);
  }
  Hall() : sys(make()), st(make_state(sys, 1, Device::host, 308.15)) {
    request.fill(5600), floor.fill(1500), allocated.fill(1e4), t_set.fill(308.15), temp_air.fill(293.15);
    for (int k = 0; k < 100; ++k) step(10.0);
  }
  void step(Real dt) {
    stop(0) = start(0) + nanoseconds(dt);
    const Drive d{.p_request = request,
                  .p_floor = floor,
                  .p_allocated = allocated,
                  .t_supply_set = t_set,
                  .temp_air = temp_air,
                  .q_extra = q_extra,
                  .flags = flags};
    Cut c;
    c.member = member, c.start = start, c.stop = stop, c.n_active = 1;
    advance(Host{}, sys, st, d, c);
    start(0) = stop(0);
  }
  Real steps() const {
    Real s = 0;
    for (int i = 0; i < n_node; i += 2) s += st.n_step(0, i);
    return s;
  }
  bool balanced() const {  // the scalar reference of a cut: heat in = carried off + stored, node by node
    for (int i = 0; i < n_node; ++i)
      if (!(std::fabs(st.q_plate(0, i) - st.q_carried(0, i) - st.q_stored(0, i)) < 1e-9 * std::fabs(st.q_plate(0, i))))
        return false;
    return flags(0) == 0;
  }
};

// Per SDIRK2 step of a field: factors once (140 kflop), five solves (34 kflop each), operator, sums and transforms (144
// kflop); the plate's state crosses memory once a cut: 16 kB. Items are steps of fields; lumped plates and loop are in
// the time and not in the count.
constexpr double step_flops = 140e3 + 5 * 33.8e3 + 144e3, step_bytes = 16.4e3,
                 hall_bytes = Hall::n_node / 2 * step_bytes;

void cut_of_a_quiet_hall(benchmark::State& state) {
  Hall h;
  h.step(10.0);
  if (!h.balanced()) return state.SkipWithError("heat is lost");
  for (auto _ : state) h.step(10.0);
  rates(state, h.steps(), step_bytes, step_flops, hall_bytes);
}
BENCHMARK(cut_of_a_quiet_hall)->UseRealTime();

// A fifth of the nodes falls to idle for 0.5 s, bursts for 2 s, and continues: three cuts.
void outage_of_a_hall(benchmark::State& state) {
  Hall h;
  Real steps = 0;
  const auto outage = [&] {
    steps = 0;
    for (const Real power : {1500.0, 6800.0, 5600.0}) {
      for (int i = 0; i < Hall::n_node; i += 5) h.request(0, i) = power;
      h.step(power == 1500.0 ? 0.5 : (power == 6800.0 ? 2.0 : 7.5));
      steps += h.steps();
    }
  };
  outage();
  if (!h.balanced()) return state.SkipWithError("heat is lost");
  for (auto _ : state) outage();
  rates(state, steps, step_bytes, step_flops, hall_bytes);
}
BENCHMARK(outage_of_a_hall)->UseRealTime();

// One loop with its two nested control roots: about 60 linear solutions of 30 flops and 8 effectivenesses of 150.
void loop_of_a_site(benchmark::State& state) {
  Hall h;
  const LoopModel& m = h.sys.loop(0);
  LoopState s{308.0, 316.0, 304.0, 300.0, 0.5, 0.5};
  LoopInput in{.q_plates = 5e5,
               .q_extra = 1e4,
               .q_nodes_air = 1e5,
               .t_supply_set = 308.15,
               .temp_air = 293.15,
               .flow = m.flow,
               .v_dot = m.v_dot,
               .dt = 10.0};
  const LoopOutput o = advance_loop(m, s, in);
  const Real stored =
      (m.c_supply * (o.state.t_supply - s.t_supply) + m.c_return * (o.state.t_return - s.t_return)) / in.dt;
  if (!(std::fabs(in.q_plates + in.q_extra + o.q_pump - o.q_cdu - stored) < 1e-6))
    return state.SkipWithError("the loop loses heat");
  for (auto _ : state) {
    in.q_plates = 5e5 + (in.q_plates == 5e5);
    benchmark::DoNotOptimize(advance_loop(m, s, in));
  }
  rates(state, 1, sizeof(LoopModel) + sizeof(LoopState) + sizeof(LoopOutput), 60 * 30.0 + 8 * 150.0);
  state.counters["threads"] = 1;
}
BENCHMARK(loop_of_a_site);

}  // namespace
}  // namespace coldsun::thermal

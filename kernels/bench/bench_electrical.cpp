// Electrical kernels on the host: points of the single-diode model, strings before and after the closing, whole bus
// steps.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "bench/rates.hpp"
#include "common/loops.hpp"
#include "common/philox.hpp"
#include "electrical/any_curve_points.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {
namespace {

using bench::rates;

struct Points {
  Array<Real, 2> g, t, v, i, p;
  explicit Points(int n) {
    for (auto* a : {&g, &t, &v, &i, &p}) *a = {Device::host, {1, n}};
    const Chance u{1, 0, Stream::test, 0};
    for (int k = 0; k < n; ++k)
      g(0, k) = 20.0 + 1180.0 * u.uniform(static_cast<std::uint32_t>(k), 0),
           t(0, k) = 263.15 + 95.0 * u.uniform(static_cast<std::uint32_t>(k), 1);
  }
};

// Bisection on dP/dx with libm's exp: the scalar reference.
double reference_power(const Curve& c) {
  double low = 0.0, high = c.nNsVth * std::log1p(c.photocurrent / c.saturation_current);
  const auto slope = [&](double x) {
    const double e = c.saturation_current * std::exp(x / c.nNsVth),
                 i = c.photocurrent - (e - c.saturation_current) - x * c.conductance_shunt;
    const double di = -(e / c.nNsVth + c.conductance_shunt);
    return i * (1.0 - c.resistance_series * di) + (x - i * c.resistance_series) * di;
  };
  for (int n = 0; n < 60; ++n) (slope(0.5 * (low + high)) > 0.0 ? low : high) = 0.5 * (low + high);
  const double i = c.photocurrent - c.saturation_current * std::expm1(low / c.nNsVth) - low * c.conductance_shunt;
  return i * (low - i * c.resistance_series);
}

// Maximum power at irradiance and cell temperature, for one module type.
struct MaxPowerOfPoints {
  View<const Real, 2> effective_irradiance, temp_cell;
  View<Real, 2> v_mp, i_mp, p_mp;
  Module module;
  COLDSUN_FN void operator()(int row, int i) const {
    const MaxPower m = max_power(calcparams_cec(effective_irradiance(row, i), temp_cell(row, i), module));
    v_mp(row, i) = m.v;
    i_mp(row, i) = m.i;
    p_mp(row, i) = m.p;
  }
};

// 40 B per point: two in, three out. 420 flops: six evaluations of the curve (exp 31, products and sums 12), five
// Newton quotients at 11, exp, log and products of the parameters 90, start value 15.
void max_power_of_points(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  const Points x(n);
  const Module module = module_longi_lr5_72hbd_545m();
  const MaxPowerOfPoints kernel{x.g, x.t, x.v, x.i, x.p, module};
  for_rows(Host{}, 1, n, kernel);
  for (int k = 0; k < n; k += n / 100) {
    const double p = reference_power(calcparams_cec(x.g(0, k), x.t(0, k), module));
    if (!(std::fabs(x.p(0, k) / p - 1.0) < 1e-12))
      return state.SkipWithError("maximum power differs from the scalar reference");
  }
  for (auto _ : state) {
    for_rows(Host{}, 1, n, kernel);
    benchmark::ClobberMemory();
  }
  rates(state, n, 40.0, 420.0);
}
BENCHMARK(max_power_of_points)->Arg(1 << 14)->Arg(1 << 20)->UseRealTime();

// A pilot's hall: 144 strings, 128 nodes, one bus.
struct Plant {
  static constexpr int n_string = 144, n_node = 128;
  System sys;
  State st;
  int n;
  Array<std::int32_t, 1> member;
  Array<Time, 1> start, stop;
  Array<Real, 2> g, t, p_request, p_floor, p_leak, p_node, p_aux, p_aux_bound, p_site_cap, t_coolant;
  Array<std::int32_t, 2> priority;
  Array<std::uint32_t, 1> flags;

  static System make() {
    Site s;
    s.r_droop = 12.8e-3, s.capacitance = 0.3, s.r_pv_cable = 5e-3, s.r_battery_cable = 3e-3, s.r_load_cable = 4e-3;
    s.battery = pack_lfp_280ah(250, 8), s.battery.converter.p_rated = 1e6, s.grid.converter.p_rated = 1.2e6,
    s.grid.p_import = 1e6;
    s.aux_converter.p_rated = 1e5, s.rack = loss_rack_llc();
    s.converter_sink.heat_capacity = 2e5, s.converter_sink.conductance = 5e3;
    std::vector<StringRow> strings(n_string, StringRow{0, 0, 0, 14, 1, 8.5e3, 0.9e-3, 50e3, 0.3});
    return make_system({module_longi_lr5_72hbd_545m()}, {s}, strings, std::vector<NodeRow>(n_node, NodeRow{0, 10e3}),
                       Device::host);
  }
  explicit Plant(int members) : sys(make()), st(make_state(sys, members, Device::host)), n(members) {
    const Device h = Device::host;
    member = {h, {n}}, start = {h, {n}}, stop = {h, {n}}, flags = {h, {n}}, priority = {h, {n, n_node}};
    for (auto* a : {&g, &t}) *a = {h, {n, 1}};
    for (auto* a : {&p_request, &p_floor, &p_leak, &p_node}) *a = {h, {n, n_node}};
    for (auto* a : {&p_aux, &p_aux_bound, &p_site_cap, &t_coolant}) *a = {h, {n, 1}};
    stop.fill(10 * ns_per_s), t.fill(320.0), p_request.fill(6e3), p_floor.fill(1e3), p_leak.fill(100.0),
        p_node.fill(5e3);
    p_aux.fill(3e4), p_aux_bound.fill(5e4), p_site_cap.fill(1e9), t_coolant.fill(305.0);
    for (int m = 0; m < n; ++m) member(m) = m, g(m, 0) = 1000.0 * m / n;
  }
  void step() {
    const Drive d{.effective_irradiance = g,
                  .temp_cell = t,
                  .p_request = p_request,
                  .p_floor = p_floor,
                  .p_leak_bound = p_leak,
                  .priority = priority,
                  .p_node = p_node,
                  .p_aux = p_aux,
                  .p_aux_bound = p_aux_bound,
                  .p_site_cap = p_site_cap,
                  .t_coolant = t_coolant,
                  .flags = flags};
    const Cut cut{member, start, stop, n, 0, 0};
    allocate(Host{}, sys, st, d, cut);
    advance(Host{}, sys, st, d, cut);
  }
};

// One bus, 10 s: allocate and advance. Bytes: 144 strings x 480 B, 128 nodes x 90 B, 1 kB of the site. Flops: strings
// 1,850, nodes 150, site 3,500.
void bus_step(benchmark::State& state) {
  Plant plant(static_cast<int>(state.range(0)));
  plant.step();
  for (int m = 0; m < plant.n; ++m)
    if (!(std::fabs(plant.st.balance_bus(m, 0)) < 1e-10 * 1e6) || plant.flags(m))
      return state.SkipWithError("the bus does not balance");
  for (auto _ : state) {
    plant.st.soc.fill(0.6);
    plant.step();
  }
  rates(state, plant.n, 144 * 480.0 + 128 * 90.0 + 1e3, 144 * 1850.0 + 128 * 150.0 + 3500.0);
}
BENCHMARK(bus_step)->Arg(1)->Arg(64)->Arg(1024)->UseRealTime();

}  // namespace
}  // namespace coldsun::electrical

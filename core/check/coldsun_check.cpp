// coldsun_check: the coupled hour of the compiled-in site, without any file: what the Kokkos build and a bare GPU machine run.
//   coldsun_check [--device cpu|cuda|both] [--members n] [--hours h]
// Prints the hour's energies and the worst balances; exit status 0 when all balances hold, no member is frozen and, with both, the devices
// agree; 77 where a CUDA device is asked for and none is there.
#include <cmath>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "common/backends/runtime.hpp"
#include "core/check/site.hpp"
#include "core/couple.hpp"
#include "core/run.hpp"
#include "core/twin.hpp"

namespace coldsun {
namespace {

struct Hour {
  Real energy_pv = 0, energy_it = 0, energy_grid = 0, soc = 0, t_hottest = 0;   // J, J, J, 1, K, sums and extremes over members
  Real worst_bus = 0, worst_pv = 0, worst_heat = 0;                              // relative
  std::int64_t n_cut = 0;
  int n_frozen = 0;
  double wall = 0;
};

Real magnitude(std::initializer_list<Real> terms) {
  Real most = 1.0;   // W: below a watt there is nothing to balance
  for (Real t : terms) most = std::fmax(most, std::fabs(t));
  return most;
}

// Of the last cut of every member, from the terms themselves.
void balances(const State& s, Hour& h) {
  const auto& e = s.electrical;
  const auto& t = s.thermal;
  for (int m = 0; m < s.n_member; ++m) {
    for (int k = 0; k < e.soc.extent(1); ++k) {
      const Real in = e.p_pv(m, k) + e.p_battery(m, k) + e.p_grid(m, k) + e.p_genset(m, k);
      const Real out = e.p_it(m, k) + e.p_aux(m, k) + e.p_loss(m, k) + e.de_bus_dt(m, k);
      h.worst_bus = std::fmax(h.worst_bus, std::fabs(in - out) / magnitude({e.p_pv(m, k), e.p_battery(m, k), e.p_grid(m, k), e.p_it(m, k)}));
      const Real parts = e.p_pv(m, k) + e.p_curtailed(m, k) + e.p_mppt_loss(m, k);
      h.worst_pv = std::fmax(h.worst_pv, std::fabs(e.p_pv_available(m, k) - parts) / magnitude({e.p_pv_available(m, k)}));
    }
    for (int n = 0; n < t.t_junction.extent(1); ++n) {
      const Real left = t.q_plate(m, n) - t.q_carried(m, n) - t.q_stored(m, n);
      h.worst_heat = std::fmax(h.worst_heat, std::fabs(left) / magnitude({t.q_plate(m, n), t.q_carried(m, n), t.q_stored(m, n)}));
      h.t_hottest = std::fmax(h.t_hottest, t.t_junction(m, n));
    }
  }
}

Hour run_on(Device device, int n_member, Real hours) {
  TwinOptions o;
  o.n_member = n_member, o.seed = 7, o.device = device, o.hours = hours, o.start = check_start();
  Twin t = make_twin(check_network(), check_library(), {}, o);
  Hour h;
  const auto start = std::chrono::steady_clock::now();
  const auto index = [&](const char* name) {
    for (std::size_t i = 0; i < t.state.series.info.size(); ++i)
      if (!std::strcmp(t.state.series.info[i].name, name)) return static_cast<int>(i);
    throw std::logic_error(name);
  };
  const int pv = index("p_pv"), it = index("p_it"), grid = index("p_grid");
  run(t.system, t.state, t.inputs, t.dt, static_cast<std::int64_t>(std::llround(hours * 3600.0 / t.dt)), [&](const State& s) {
    balances(s, h);
    for (int m = 0; m < n_member; ++m)
      for (int k = 0; k < t.system.n_site(); ++k)
        h.energy_pv += s.series.sum(pv, m, k), h.energy_it += s.series.sum(it, m, k), h.energy_grid += s.series.sum(grid, m, k);
    return true;
  });
  h.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (int m = 0; m < n_member; ++m) {
    h.n_cut += t.state.run.n_cut(m), h.n_frozen += is_fatal(t.state.run.flags(m));
    for (int k = 0; k < t.system.n_site(); ++k) h.soc += t.state.electrical.soc(m, k) / n_member;
  }
  return h;
}

bool report(const char* device, const Hour& h) {
  // Heat: rounding of the stored energy (some 100 J/K times 300 K) over a 10 ms cut is 1e-9 of a node's kilowatts.
  const bool ok = h.worst_bus < 1e-10 && h.worst_pv < 1e-10 && h.worst_heat < 1e-7 && h.n_frozen == 0 && h.energy_it > 0;
  std::printf("%s: sun used %.6f kWh, IT %.6f kWh, grid %.6f kWh, charge %.6f, hottest %.3f K, %lld cuts, %.2f s\n", device, h.energy_pv / 3.6e6,
              h.energy_it / 3.6e6, h.energy_grid / 3.6e6, h.soc, h.t_hottest, static_cast<long long>(h.n_cut), h.wall);
  std::printf("%s: worst balance of bus %.1e, sun %.1e, plates %.1e; frozen %d: %s\n", device, h.worst_bus, h.worst_pv, h.worst_heat, h.n_frozen,
              ok ? "ok" : "FAILED");
  return ok;
}

// Stated tolerance between devices: energies to 1e-6 (rounding may move a plate's step size, whose error control is 0.05 K).
bool agree(const Hour& a, const Hour& b) {
  const auto near = [](Real x, Real y) { return std::fabs(x - y) <= 1e-6 * std::fmax(std::fabs(x), 1.0); };
  const bool ok = near(a.energy_pv, b.energy_pv) && near(a.energy_it, b.energy_it) && near(a.soc, b.soc) && std::fabs(a.t_hottest - b.t_hottest) < 0.05;
  std::printf("cpu and cuda %s\n", ok ? "agree: ok" : "differ: FAILED");
  return ok;
}

int main_of(int n_argument, char** argument) {
  std::string device = "cpu";
  int n_member = 4;
  Real hours = 1.0;
  for (int i = 1; i + 1 < n_argument; i += 2) {
    if (!std::strcmp(argument[i], "--device")) device = argument[i + 1];
    else if (!std::strcmp(argument[i], "--members")) n_member = std::atoi(argument[i + 1]);
    else if (!std::strcmp(argument[i], "--hours")) hours = std::atof(argument[i + 1]);
    else device = "";
  }
  if (n_argument % 2 == 0 || (device != "cpu" && device != "cuda" && device != "both")) {
    std::fprintf(stderr, "usage: coldsun_check [--device cpu|cuda|both] [--members n] [--hours h]\n");
    return 2;
  }
  if (device != "cpu" && !device_available(Device::cuda)) {
    std::printf("no CUDA device on this machine\n");
    return 77;
  }
  bool ok = true;
  Hour cpu, cuda;
  if (device != "cuda") ok &= report("cpu", cpu = run_on(Device::host, n_member, hours));
  if (device != "cpu") ok &= report("cuda", cuda = run_on(Device::cuda, n_member, hours));
  if (device == "both") ok &= agree(cpu, cuda);
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace coldsun

int main(int n_argument, char** argument) {
  try {
    const coldsun::Runtime runtime;
    return coldsun::main_of(n_argument, argument);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coldsun_check: %s\n", error.what());
    return 1;
  }
}

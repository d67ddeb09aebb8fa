// coldsun_check: one coupled hour of the compiled-in site, without files; for the Kokkos build and bare GPU machines.
//   coldsun_check [--device cpu|cuda|both] [--members n] [--hours h]
// Prints energies and worst balances. Exit status 0 if all balances hold (to 1e-10 of the largest term, or the rounding
// of stored temperatures), no member is frozen and, with both, the devices agree; 77 if a CUDA device is requested but
// absent.
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "core/check/ledger.hpp"
#include "core/check/site.hpp"
#include "core/step/step.hpp"
#include "electrical/bus.hpp"

namespace coldsun {
namespace {

struct Hour {
  Real energy_pv = 0, energy_it = 0, energy_grid = 0, soc = 0,
       t_hottest = 0;    // J, J, J, 1, K, sums and extremes over members
  Real energy_rest = 0;  // J, energy of the nodes at idle
  Balance bus, sun, plates, loops;
  std::int64_t n_cut = 0;
  int n_frozen = 0;
  double wall = 0;
};

// Rounding of a stored temperature [K]: half an ulp near 320 K is 2.8e-14 K; all parts of a store may round the same
// way, at start and end.
constexpr Real rounding = 2.0 * 2.8e-14;

Real sum_of(const State& s, const char* name, int m, int k) {  // integral over the step
  for (std::size_t i = 0; i < s.series.info.size(); ++i)
    if (!std::strcmp(s.series.info[i].name, name)) return s.series.sum(static_cast<int>(i), m, k);
  throw std::logic_error(name);
}

// Heat stores other than the plates, at the start of a step.
struct Stores {
  Array<Real, 2> t_supply, t_return, t_facility, t_hall;
  explicit Stores(const thermal::State& s)
      : t_supply(s.t_supply.clone()),
        t_return(s.t_return.clone()),
        t_facility(s.t_facility.clone()),
        t_hall(s.t_hall.clone()) {}
};

// Balances of one site over the whole step: coolant loop, facility loop, hall air.
void loop_balances(const Twin& t, const Stores& before, int m, int k, std::size_t n_cut, Hour& h) {
  const thermal::State& s = t.state.thermal;
  const thermal::LoopModel& l = t.system.thermal.loop(k);
  const auto sum = [&](const char* name) { return sum_of(t.state, name, m, k); };
  const auto stored = [&](const Array<Real, 2>& now, const Array<Real, 2>& then, Real c) {
    return c * (now(m, k) - then(m, k));
  };
  const Real keeps = rounding * static_cast<Real>(n_cut);
  h.loops.add({sum("q_plates"), sum("q_extra"), sum("q_pump"), -sum("q_cdu"),
               -stored(s.t_supply, before.t_supply, l.c_supply), -stored(s.t_return, before.t_return, l.c_return)},
              keeps * (l.c_supply + l.c_return));
  h.loops.add({sum("q_cdu"), sum("q_coil"), sum("q_pump_facility"), -sum("q_cooler"),
               -stored(s.t_facility, before.t_facility, l.c_facility)},
              keeps * l.c_facility);
  h.loops.add(
      {sum("q_air"), -sum("q_coil"), -sum("q_chiller"), -stored(s.t_hall, before.t_hall, l.hall_air.heat_capacity)},
      keeps * l.hall_air.heat_capacity);
}

// Balances of one member over its last cut.
void cut_balances(const Twin& t, int m, Real length, Hour& h) {
  const auto& e = t.state.electrical;
  const auto& s = t.state.thermal;
  const thermal::System& sys = t.system.thermal;
  for (int k = 0; k < t.system.n_site(); ++k) {
    const auto [left, most] = electrical::bus_balance(e, m, k);
    h.bus.add({left}, 1e-10 * most);
    h.sun.add({e.p_pv_available(m, k), -e.p_pv(m, k), -e.p_curtailed(m, k), -e.p_mppt_loss(m, k)});
  }
  for (int n = 0; n < sys.n_node; ++n) {
    h.plates.add({s.q_plate(m, n), -s.q_carried(m, n), -s.q_stored(m, n)},
                 rounding * sys.n_plate(n) * sys.lumped(sys.model(n)).capacity / length);
    h.t_hottest = std::fmax(h.t_hottest, s.t_junction(m, n));
  }
}

void check_step(Twin& t, Hour& h) {
  const Stores before(t.state.thermal);
  const Time start = t.state.time;
  Cuts made;
  step(t.system, t.state, t.inputs, t.dt, {.made = &made});
  for (int m = 0; m < t.state.n_member; ++m) {
    const auto& stop = made.stop[static_cast<std::size_t>(m)];
    if (is_fatal(t.state.run.flags(m))) continue;  // counted at the end
    cut_balances(t, m, seconds(stop.back() - (stop.size() > 1 ? stop[stop.size() - 2] : start)), h);
    for (int k = 0; k < t.system.n_site(); ++k) {
      loop_balances(t, before, m, k, stop.size(), h);
      h.energy_pv += sum_of(t.state, "p_pv", m, k);
      h.energy_it += sum_of(t.state, "p_it", m, k);
      h.energy_grid += sum_of(t.state, "p_grid", m, k);
    }
  }
}

Hour run_on(Device device, int n_member, Real hours) {
  Twin t = check_twin(n_member, device, hours);
  Hour h;
  const auto start = std::chrono::steady_clock::now();
  for (auto left = static_cast<std::int64_t>(std::llround(hours * 3600.0 / t.dt)); left > 0; --left) check_step(t, h);
  h.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (int n = 0; n < t.system.thermal.n_node; ++n)
    h.energy_rest += t.system.workload.node_p_idle(n) * n_member * hours * 3600.0;
  for (int m = 0; m < n_member; ++m) {
    h.n_cut += t.state.run.n_cut(m);
    h.n_frozen += is_fatal(t.state.run.flags(m));
    for (int k = 0; k < t.system.n_site(); ++k) h.soc += t.state.electrical.soc(m, k) / n_member;
  }
  return h;
}

bool report(const char* device, const Hour& h) {
  const bool works = h.energy_it > h.energy_rest;  // a hall without power would also balance
  const bool ok = h.bus.holds() && h.sun.holds() && h.plates.holds() && h.loops.holds() && h.n_frozen == 0 && works;
  std::printf(
      "%s: PV used %.6f kWh, IT %.6f kWh, grid %.6f kWh, state of charge %.6f, hottest junction %.3f K, %lld cuts, "
      "%.2f s\n",
      device, h.energy_pv / 3.6e6, h.energy_it / 3.6e6, h.energy_grid / 3.6e6, h.soc, h.t_hottest,
      static_cast<long long>(h.n_cut), h.wall);
  std::printf("%s: worst balance over tolerance: bus %.1e, PV %.1e, plates %.1e, loops %.1e; frozen members %d: %s\n",
              device, h.bus.worst, h.sun.worst, h.plates.worst, h.loops.worst, h.n_frozen, ok ? "ok" : "FAILED");
  return ok;
}

// Tolerance between devices: energies to 1e-6, junctions to 0.05 K, the error control of the plates (rounding may
// change their step size).
bool agree(const Hour& a, const Hour& b) {
  const auto near = [](Real x, Real y) { return std::fabs(x - y) <= 1e-6 * std::fmax(std::fabs(x), 1.0); };
  const bool ok = near(a.energy_pv, b.energy_pv) && near(a.energy_it, b.energy_it) && near(a.soc, b.soc) &&
                  std::fabs(a.t_hottest - b.t_hottest) < 0.05;
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
  return coldsun::program("coldsun_check", coldsun::main_of, n_argument, argument);
}

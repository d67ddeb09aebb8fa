// coldsun_parity: every kernel of the coupled step on two backends, from the same random State with poisoned outputs; then their times.
// The backends: Host and Cuda in the CUDA build (exit status 77 where no device is), Host and Kokkos in the Kokkos build, elsewhere
// Host against itself, which still finds a kernel that leaves an output unwritten or gives other bits the second time.
//   lines:  kernel NAME ok|FAILED WORST CALLS POISONED FIELD     worst: relative difference
//           time   NAME ok FIRST SECOND us                       per call
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "common/backends/runtime.hpp"
#include "core/check/plan_parity.hpp"
#include "core/check/site.hpp"
#include "core/check/spaces.hpp"
#include "core/substep_impl.hpp"
#include "core/twin.hpp"
#include "electrical/advance.hpp"
#include "orbit/advance.hpp"
#include "orbit/propagate.hpp"
#include "sky/advance.hpp"
#include "thermal/advance.hpp"
#include "workload/draw.hpp"
#include "workload/progress.hpp"

namespace coldsun {
namespace {

#if defined(COLDSUN_CUDA)
using Second = Cuda;
#elif defined(COLDSUN_KOKKOS)
using Second = KokkosSpace;
#else
using Second = Host;
#endif
constexpr Device device = std::is_same_v<Second, Cuda> ? Device::cuda : Device::host;

// Between backends only libm and the order of a compiler's own choosing differ, by units in the last place; solvers amplify that by
// their condition, some 1e3 here. A kernel that is wrong is wrong in the first digits.
constexpr Real limit = 1e-9;

Twin twin_of(int n_member) {
  TwinOptions options;
  options.n_member = n_member, options.seed = 7, options.device = device, options.hours = 1.0, options.start = check_start();
  return make_twin(check_network(), check_library(), {}, options);
}

// One step of every member on a space of our own, as step() does on the State's.
template <class Space>
void walk(const Space& space, const System& sys, State& s, const Inputs& in, Time end) {
  for (int m = 0; m < s.n_member; ++m) s.run.start(m) = s.time;
  for (int n = s.n_member; n > 0;) {
    n = 0;
    for (int m = 0; m < s.n_member; ++m)
      if (s.run.start(m) < end) s.run.active(n++) = m;
    if (n == 0) break;
    find_cuts(space, sys, s, in, n, end);
    synchronize(space);
    substep(space, sys, s, in, Cut{s.run.active, s.run.start, s.run.stop, n, s.seed, s.first_member});
    synchronize(space);
    for (int a = 0; a < n; ++a) s.run.start(s.run.active(a)) = s.run.stop(s.run.active(a));
  }
  s.time = end;
}

// Half a percent of noise on every floating-point field that moves or is a member's own; queue and clocks stay what they are.
void shake(const State& s) {
  std::uint32_t entity = 0;
  for (const FieldRef& f : fields(s)) {
    ++entity;
    if (f.type != Scalar::f64 || f.info.kind == Kind::scratch) continue;
    auto* v = static_cast<Real*>(f.data);
    for (std::size_t i = 0; i < f.bytes() / sizeof(Real); ++i) {
      std::uint64_t h = (static_cast<std::uint64_t>(entity) << 32 | i) * 0x9E3779B97F4A7C15ull;  // Fibonacci hashing (Knuth, 6.4)
      h = (h ^ h >> 29) * 0xBF58476D1CE4E5B9ull, h ^= h >> 32;
      v[i] *= 1.0 + 0.005 * (static_cast<Real>(h >> 11) * 0x1p-53 - 0.5);
    }
  }
}

template <class A>
FieldRef field(const char* group, const FieldInfo& info, const A& a) {
  FieldRef f{group, info, scalar_of<std::remove_const_t<typename A::value_type>>(), sizeof(typename A::value_type), {}, a.data()};
  for (int r = 0; r < A::rank; ++r) f.extent.push_back(a.extent(r));
  return f;
}

// Kernels that run ahead of the day: orbits of both constellations at five instants, the jobs of the day, their start.
struct Ahead {
  orbit::Catalogue shell, data;
  Array<Time, 1> time{device, {5}};
  Array<Real, 3> r_shell, v_shell, r_data, v_data;
  Array<std::int32_t, 2> error_shell, error_data;

  explicit Ahead(const Library& library)
      : shell(orbit::make_catalogue(library.broadband, device)),
        data(orbit::make_catalogue(library.data, device)),
        r_shell(device, {3, 5, shell.n_satellite()}),
        v_shell(device, {3, 5, shell.n_satellite()}),
        r_data(device, {3, 5, data.n_satellite()}),
        v_data(device, {3, 5, data.n_satellite()}),
        error_shell(device, {5, shell.n_satellite()}),
        error_data(device, {5, data.n_satellite()}) {
    for (int i = 0; i < 5; ++i) time(i) = check_start() + nanoseconds(17280.0 * i);
  }
  void add_to(std::vector<FieldRef>& list) const {
    const auto add = [&](const char* name, const auto& a) { list.push_back(field("ahead", {name, "1", "", "", Kind::derived}, a)); };
    add("r_shell", r_shell), add("v_shell", v_shell), add("r_data", r_data), add("v_data", v_data);
    add("error_shell", error_shell), add("error_data", error_data);
  }
  template <class Space>
  void run(const Space& space, Twin& t) const {
    orbit::propagate(space, orbit::view(shell), time, r_shell, v_shell, error_shell);
    orbit::propagate(space, orbit::view(data), time, r_data, v_data, error_data);
    workload::draw_jobs(space, t.system.workload, t.state.workload, t.inputs.jobs, t.state.seed, t.state.first_member);
    workload::start(space, t.system.workload, t.inputs.jobs, t.state.workload);
    synchronize(space);
  }
};

int compare(int n_step) {
  Twin t = twin_of(2);
  const Time dt = nanoseconds(t.dt);
  for (int i = 0; i < 6; ++i) walk(Host{}, t.system, t.state, t.inputs, t.state.time + dt);
  shake(t.state);
  auto list = fields(t.state);
  list.push_back(field("series", {"sum", "1", "", "", Kind::derived}, t.state.series.sum));
  workload::JobTable::each(t.inputs.jobs, [&](const FieldInfo& info, const auto& a) { list.push_back(field("jobs", info, a)); });
  const Ahead ahead(check_library());
  ahead.add_to(list);
  Ledger ledger(std::move(list));
  const Both<Host, Second> both{&ledger, {}, {}};
  for (int i = 0; i < n_step; ++i) walk(both, t.system, t.state, t.inputs, t.state.time + dt);
  ahead.run(both, t);
  PlanRig plan(t, device, check_start());
  Ledger plan_ledger(plan.fields());
  plan.run(Both<Host, Second>{&plan_ledger, {}, {}});
  auto kernels = ledger.kernels();
  kernels.insert(plan_ledger.kernels().begin(), plan_ledger.kernels().end());
  int n_bad = 0;
  for (const auto& [name, k] : kernels) {
    const bool ok = k.worst <= limit;
    n_bad += !ok;
    std::printf("kernel\t%s\t%s\t%.3g\t%lld\t%lld\t%s\n", name.c_str(), ok ? "ok" : "FAILED", k.worst, static_cast<long long>(k.n_call),
                static_cast<long long>(k.n_poisoned), k.where.c_str());
  }
  std::printf("%zu kernels compared, %d differ by more than %g\n", kernels.size(), n_bad, limit);
  return n_bad;
}

// Seconds per call of every kernel, with so many members that a device has work. The first step is not counted.
template <class Space>
Tally time_on(Space space, int n_member, int n_step) {
  Twin t = twin_of(n_member);
  Tally tally;
  const Ahead ahead(check_library());
  for (int i = 0; i <= n_step; ++i) {
    if (i == 1) tally.kernels.clear();
    walk(Timed<Space>{&tally, space}, t.system, t.state, t.inputs, t.state.time + nanoseconds(t.dt));
  }
  ahead.run(Timed<Space>{&tally, space}, t);
  PlanRig(t, device, check_start()).run(Timed<Space>{&tally, space});
  return tally;
}

void time_both(int n_member, int n_step) {
  const Tally first = time_on(Host{}, n_member, n_step), second = time_on(Second{}, n_member, n_step);
  for (const auto& [name, a] : first.kernels) {
    const auto found = second.kernels.find(name);
    if (found == second.kernels.end()) continue;
    const auto& b = found->second;
    std::printf("time\t%s\tok\t%.2f\t%.2f\tus\n", name.c_str(), 1e6 * a.seconds / static_cast<Real>(a.n_call),
                1e6 * b.seconds / static_cast<Real>(b.n_call));
  }
  std::printf("%zu kernels timed with %d members\n", first.kernels.size(), n_member);
}

int main_of(int n_argument, char** argument) {
  int n_step = 2, n_member = 16;
  for (int i = 1; i < n_argument; ++i) {
    const char* value = i + 1 < n_argument ? argument[i + 1] : "";
    if (!std::strcmp(argument[i], "--steps") && std::atoi(value) > 0) n_step = std::atoi(value), ++i;
    else if (!std::strcmp(argument[i], "--members") && std::atoi(value) >= 0) n_member = std::atoi(value), ++i;
    else {
      std::fprintf(stderr, "usage: coldsun_parity [--steps n] [--members n]; members of the timing, 0: none\n");
      return 2;
    }
  }
  if (!device_available(device)) {
    std::printf("no CUDA device on this machine, so nothing was compared\n");
    return 77;
  }
  const int n_bad = compare(n_step);
  if (n_member > 0) time_both(n_member, 2);
  return n_bad > 0;
}

}  // namespace
}  // namespace coldsun

int main(int n_argument, char** argument) {
  try {
    const coldsun::Runtime runtime;
    return coldsun::main_of(n_argument, argument);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coldsun_parity: %s\n", error.what());
    return 1;
  }
}

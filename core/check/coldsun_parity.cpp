// coldsun_parity: compares every kernel of the coupled step on two backends, from the same random State with poisoned
// outputs; then times them. Backends: Host and Cuda in the CUDA build (exit status 77 without a device), Host and
// Kokkos in the Kokkos build, else Host against itself, which still finds unwritten outputs and results that do not
// repeat.
//   lines:  kernel NAME ok|FAILED WORST CALLS POISONED FIELD     worst: relative difference
//           time   NAME ok FIRST SECOND us                       per call
#include <cstdlib>
#include <cstring>

#include "assimilation/update.hpp"
#include "core/check/pairs.hpp"
#include "core/check/plan_parity.hpp"
#include "core/check/shaken.hpp"
#include "core/check/site.hpp"
#include "core/shadow/feed.hpp"
#include "core/shadow/pack_impl.hpp"
#include "electrical/advance.hpp"
#include "orbit/advance.hpp"
#include "orbit/assign_slots.hpp"
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

// Backends differ in libm and order of operations only, by units in the last place; solvers amplify this by their
// condition number, about 1e3 here. A wrong kernel differs in the first digits.
constexpr Real limit = 1e-9;

// Kernels before the first step: orbits of both constellations at five instants, drawing and start of the jobs.
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
    const auto add = [&](const char* name, const auto& a) {
      list.push_back(field_of("ahead", {name, "1", "", "", Kind::derived}, a));
    };
    add("r_shell", r_shell), add("v_shell", v_shell), add("r_data", r_data), add("v_data", v_data);
    add("error_shell", error_shell), add("error_data", error_data);
  }
  template <class Space>
  void run(const Space& space, Twin& t) const {
    orbit::propagate(space, shell, time, orbit::StateTable{r_shell, v_shell, error_shell});
    orbit::propagate(space, data, time, orbit::StateTable{r_data, v_data, error_data});
    workload::draw_jobs(space, t.system.workload, t.state.workload, t.inputs.jobs, t.state.seed, t.state.first_member);
    workload::start(space, t.system.workload, t.inputs.jobs, t.state.workload);
    synchronize(space);
  }
};

// Contact windows of both constellations and the serving satellites of three hours.
struct Tables {
  orbit::Windows data, shell;
  orbit::SlotTable slots;
};
// windows: table from which the slots are assigned; null: this space's own.
template <class Space>
Tables tables_on(const Space& space, const Ahead& ahead, const orbit::System& sys,
                 const orbit::Windows* windows = nullptr) {
  const Time start = check_start(), stop = start + nanoseconds(10800.0), margin = orbit::slot_length;
  const auto station = orbit::stations_of(sys, orbit::link_constellation);
  std::vector<orbit::Strategy> strategy;
  for (std::size_t k = 0; k < station.size(); ++k) strategy.push_back(sys.site(static_cast<int>(k)).strategy);
  Tables t;
  t.data =
      orbit::find_windows(space, ahead.data, orbit::stations_of(sys, orbit::data_constellation), {start, stop, 0.0});
  t.shell = orbit::find_windows(space, ahead.shell, station, {start - margin, stop + margin, 0.0});
  t.slots =
      orbit::assign_slots(space, ahead.shell, station, strategy, windows ? *windows : t.shell, {start, stop, 0.0});
  return t;
}

// Whole tables are compared, since their kernels allocate memory of their own. Counts and satellites must be equal.
// Instants are roots found to 1e-5 s; their differences are taken relative to a quarter of a day.
struct TableGap {
  static constexpr Real quarter_day = 21600.0;
  Real worst = 0.0;
  const char* where = "";
  template <class A>
  void add(const char* name, const A& a, const A& b, Real scale = 1.0) {
    using T = std::remove_const_t<typename A::value_type>;
    Real gap = a.size() == b.size() ? 0.0 : math::infinity;
    for (std::int64_t i = 0; i < a.size() && gap < math::infinity; ++i) {
      const T x = a.data()[i], y = b.data()[i];
      if constexpr (std::is_same_v<T, Time>) gap = std::fmax(gap, std::fabs(seconds(x - y)) / quarter_day);
      else if constexpr (std::is_integral_v<T>) gap = x == y ? gap : math::infinity;
      else gap = std::isfinite(x - y) ? std::fmax(gap, std::fabs(x - y) / scale) : math::infinity;
    }
    if (gap > worst) {
      worst = gap;
      where = name;
    }
  }
  void add(const orbit::Windows& a, const orbit::Windows& b) {
    add("satellite", a.satellite, b.satellite), add("station", a.station, b.station), add("first", a.first, b.first);
    add("truncated", a.truncated, b.truncated), add("aos", a.aos, b.aos), add("tca", a.tca, b.tca),
        add("los", a.los, b.los);
    add("longest", a.longest, b.longest), add("max_elevation", a.max_elevation, b.max_elevation);
  }
  void add(const orbit::SlotTable& a, const orbit::SlotTable& b) {
    add("satellite", a.satellite, b.satellite), add("visible", a.visible, b.visible);
    add("reconfiguration", a.reconfiguration, b.reconfiguration), add("elevation", a.elevation, b.elevation);
    add("slant_range", a.slant_range, b.slant_range, 1e6), add("remaining", a.remaining, b.remaining, quarter_day);
  }
};

int report(const std::string& name, Real worst, std::int64_t n_call, std::int64_t n_poisoned,
           const std::string& where) {
  const bool ok = worst <= limit;
  std::printf("kernel\t%s\t%s\t%.3g\t%lld\t%lld\t%s\n", name.c_str(), ok ? "ok" : "FAILED", worst,
              static_cast<long long>(n_call), static_cast<long long>(n_poisoned), where.c_str());
  return !ok;
}

int compare_tables(const Ahead& ahead, const orbit::System& sys) {
  const Tables a = tables_on(Host{}, ahead, sys), b = tables_on(Second{}, ahead, sys, &a.shell);
  if (a.data.size() == 0 || a.shell.size() == 0)
    throw std::logic_error("no satellite passes: tables cannot be compared");
  TableGap windows, slots;
  windows.add(a.data, b.data), windows.add(a.shell, b.shell), slots.add(a.slots, b.slots);
  return report("orbit::find_windows", windows.worst, 2, 0, windows.where) +
         report("orbit::assign_slots", slots.worst, 1, 0, slots.where);
}

// Kernels of a shadow: one step driven by the site's own readings, then an analysis of readings that are 2 % off.
struct Follow {
  const Network network = check_network();
  Shadow shadow;
  explicit Follow(Twin& t) : shadow(make_shadow(network, t)) { t.inputs.feed = {}; }
  void add_to(std::vector<FieldRef>& list) const {
    const auto add = [&](const char* name, const auto& a) {
      list.push_back(field_of("shadow", {name, "1", "", "", Kind::derived}, a));
    };
    add("x", shadow.x), add("y", shadow.y), add("trouble", shadow.trouble);
  }
  template <class Space>
  void run(const Space& space, Twin& t) const {
    t.inputs.feed.p_node = Array<Real, 2>(device, {t.state.n_member, t.system.thermal.n_node});
    const std::vector<Real> value = sense(shadow, t);
    drive(shadow, t, value, std::vector<std::int8_t>(value.size(), 1));
    step_on(space, t);
    pack_on(space, t.state, shadow.column, shadow.x);
    observe_on(space, t.system, t.state, shadow.look, shadow.y);
    synchronize(space);
    for (int k = 0; k < shadow.use.extent(0); ++k) {
      shadow.use(k) = !shadow.point[static_cast<std::size_t>(k)].what->input;
      shadow.y_obs(k) = 1.02 * shadow.y(0, k);
    }
    assimilation::analyse(space, shadow.domains,
                          {.x = shadow.x,
                           .y = shadow.y,
                           .y_obs = shadow.y_obs,
                           .r_obs = shadow.r_obs,
                           .use = shadow.use,
                           .inflation = shadow.inflation,
                           .trouble = shadow.trouble,
                           .form = assimilation::Form::root,
                           .relaxation = shadow.relaxation});
    unpack_on(space, t.state, shadow.column, shadow.x);
    synchronize(space);
  }
};

int compare(int n_step) {
  Twin t = check_twin(4, device);
  const Follow follow(t);
  for (int i = 0; i < 6; ++i) step_on(Host{}, t);
  shake(t.state);
  auto list = fields(t.state);
  list.push_back(field_of("series", {"sum", "1", "", "", Kind::derived}, t.state.series.sum));
  workload::JobTable::each(t.inputs.jobs,
                           [&](const FieldInfo& info, const auto& a) { list.push_back(field_of("jobs", info, a)); });
  const Ahead ahead(check_library());
  ahead.add_to(list), follow.add_to(list);
  Pairs pairs(device);
  pairs.add_to(
      list, [](const char* group, const FieldInfo& info, const auto& array) { return field_of(group, info, array); });
  Ledger ledger(std::move(list));
  const Both<Host, Second> both{&ledger, {}, {}};
  for (int i = 0; i < n_step; ++i) step_on(both, t);
  for (int m = 0; m < t.state.n_member; ++m)
    if (is_fatal(t.state.run.flags(m)))
      throw std::logic_error("a frozen member compares nothing: " + flag_text(t.state.run.flags(m)));
  ahead.run(both, t), follow.run(both, t), pairs.run(both);
  PlanRig plan(t, device, check_start());
  Ledger plan_ledger(plan.fields());
  plan.run(Both<Host, Second>{&plan_ledger, {}, {}});
  auto kernels = ledger.kernels();
  kernels.insert(plan_ledger.kernels().begin(), plan_ledger.kernels().end());
  int n_bad = compare_tables(ahead, t.system.orbit);
  for (const auto& [name, k] : kernels) n_bad += report(name, k.worst, k.n_call, k.n_poisoned, k.where);
  std::printf("%zu kernels and 2 tables compared, %d differ by more than %g\n", kernels.size(), n_bad, limit);
  return n_bad;
}

// Time of every kernel with n_member members. The first step is not counted.
template <class Space>
Tally time_on(Space space, int n_member, int n_step) {
  Twin t = check_twin(n_member, device);
  Tally tally;
  const Timed<Space> timed{&tally, space};
  const Ahead ahead(check_library());
  for (int i = 0; i <= n_step; ++i) {
    if (i == 1) tally.kernels.clear();
    step_on(timed, t);
  }
  const Follow follow(t);
  ahead.run(timed, t), follow.run(timed, t), Pairs(device).run(timed);
  tables_on(timed, ahead, t.system.orbit);
  PlanRig(t, device, check_start()).run(timed);
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
    if (!std::strcmp(argument[i], "--steps") && std::atoi(value) > 0) {
      n_step = std::atoi(value);
      ++i;
    } else if (!std::strcmp(argument[i], "--members") && std::atoi(value) >= 0) {
      n_member = std::atoi(value);
      ++i;
    } else {
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
  return coldsun::program("coldsun_parity", coldsun::main_of, n_argument, argument);
}

// State at the start of a run: allocation, running jobs, plates in equilibrium, series of the record.
#include "common/loops.hpp"
#include "core/make/make_system.hpp"
#include "core/step/couple.hpp"
#include "core/step/spaces.hpp"
#include "sky/climate.hpp"

namespace coldsun {

namespace {

// Step means are kept of every derived field of numbers per (member, site).
void make_series(State& s) {
  std::vector<Series::Source> sources;
  each_field(s, [&](const char* group, const FieldInfo& info, const auto& array) {
    using A = std::remove_cvref_t<decltype(array)>;
    if constexpr (A::rank == 2 && std::is_same_v<typename A::value_type, Real>) {
      if (info.kind != Kind::derived || std::string(info.axes) != "member site") return;
      sources.push_back({array}), s.series.info.push_back(info), s.series.group.emplace_back(group);
    }
  });
  const int n = static_cast<int>(sources.size());
  s.series.source = Array<Series::Source, 1>(s.device, {n});
  for (int i = 0; i < n; ++i) s.series.source(i) = sources[static_cast<std::size_t>(i)];
  s.series.sum = Array<Real, 3>(s.device, {n, s.n_member, s.electrical.soc.extent(1)});
}

// A plate at the temperature of its coolant, without heat.
void settle_node(const thermal::System& sys, thermal::State& s, int m, int n, Real t) {
  s.t_junction(m, n) = s.t_outlet(m, n) = t;
  const int fidelity = sys.fidelity(n);
  if (fidelity < 0) {
    s.t_lumped(m, -1 - fidelity) = t;
    return;
  }
  for (int y = 0; y < thermal::n_y; ++y)
    for (int x = 0; x < thermal::n_x; ++x) {
      s.t_coolant(m, fidelity, y, x) = t;
      for (int z = 0; z < thermal::n_solid; ++z) s.t_solid(m, fidelity, z, y, x) = t;
    }
}

// Loops and plates start at the supply set-point for the first air temperature, so that no cool-down precedes the day.
void settle(const System& system, const Inputs& inputs, State& s) {
  for (int m = 0; m < s.n_member; ++m)
    for (int k = 0; k < system.n_site(); ++k) {
      const Real t = couple::supply_set_point(system.control(k), inputs.weather.temp_air(k, 0));
      s.thermal.t_supply(m, k) = s.thermal.t_return(m, k) = t;
      s.thermal.t_facility(m, k) = t - system.thermal.loop(k).facility.approach;
      for (int n = system.thermal.first_node(k); n < system.thermal.first_node(k + 1); ++n)
        settle_node(system.thermal, s.thermal, m, n, t);
    }
}

}  // namespace

State make_state(const System& system, const Inputs& inputs, int n_member, std::uint64_t seed,
                 std::uint32_t first_member, Time start) {
  State s;
  s.device = system.device;
  s.time = start;
  s.seed = seed;
  s.first_member = first_member;
  s.n_member = n_member;
  const Device device = system.device;
  const int n_site = system.n_site();
  const auto own = [&](auto&... part) {
    (allocate_fields(
         part, device,
         {{"member", n_member}, {"site", n_site}, {"node", system.thermal.n_node}, {"instrument", system.n_gain}}),
     ...);
  };
  own(s.run, s.controls, s.fed, s.observe);
  s.sky = sky::make_state(system.sky, inputs.weather, start, n_member, device);
  s.orbit = orbit::make_state(system.orbit, n_member, device);
  s.workload = workload::make_state(system.workload, inputs.jobs, n_member, device);
  s.electrical = electrical::make_state(system.electrical, n_member, device);
  s.thermal = thermal::make_state(system.thermal, n_member, device, system.control(0).t_supply);
  settle(system, inputs, s);
  s.observe.gain.fill(1.0);
  for (int m = 0; m < n_member; ++m)
    for (int k = 0; k < n_site; ++k) {
      const ControlLaw& law = system.control(k);
      s.controls.p_site_cap(m, k) = law.p_it_max;
      s.controls.t_supply_set(m, k) = couple::supply_set_point(law, inputs.weather.temp_air(k, 0));
      const Real usual = sky::mean_clouds(system.sky.site(k).cloud, date_of(start).month - 1)
                             .index;  // mean of the climate, until the sun has been measured
      s.controls.kc_seen(m, k) = s.controls.kc_planned(m, k) = usual;
      s.controls.p_pv_seen(m, k) = law.p_it_max;  // no measurement yet: the first cut has no site cap
    }
  with_space(device,
             [&](auto space) { workload::start(space, system.workload, inputs.jobs, s.workload), synchronize(space); });
  make_series(s);
  return s;
}

}  // namespace coldsun

// Scenarios of PV power: clear-sky index -> irradiance of sites and planes -> cells -> strings -> net power of their
// converters, slot by slot. The loops are the twin's kernels with scenarios as members, so forecast and simulated day
// differ by their clouds only.
#pragma once
#include "electrical/allocate.hpp"
#include "schedule/schedule.hpp"
#include "sky/advance.hpp"

namespace coldsun::schedule {

// Irradiance of a site under a scenario at the middle of a slot. Of the table only Sun, clear sky and expected air are
// used. reads the table around the slot; writes a site's irradiance and air. 120 B and about 500 flops (one draw).
struct ForecastSites {
  Cut cut;
  sky::SystemView sys;
  sky::WeatherView table;
  PvForecast given;
  sky::StateView st;

  COLDSUN_FN void operator()(int scenario, int s) const {
    const Time middle = cut.start(scenario) + (cut.stop(scenario) - cut.start(scenario)) / 2;
    const coldsun::Place p = table.place(middle);
    const sun::Direction to_sun = table.sun_at(s, p);
    Irradiance now = {0.0, 0.0, 0.0};
    if (to_sun.z > 0.0) {
      const Chance own{given.seed, given.member, Stream::forecast, static_cast<std::uint32_t>(sys.site(s).entity)};
      const sky::ForecastNow seen =
          sky::forecast_now(sys.site(s).cloud, given.issue, given.clearsky_index(s), given.index_age(s));
      const Real index = sky::forecast_index(own, given.law, seen, given.issue, {scenario, cut.n_active},
                                             seconds(middle - given.issue));
      const Real beam = table.at(table.dni_clear, s, p), whole = table.at(table.ghi_clear, s, p);
      now = sky::under_clouds({index, sky::beam_transmission(index)}, beam, math::max(whole - beam * to_sun.z, 0.0),
                              beam, to_sun.z);
    }
    st.ghi(scenario, s) = now.ghi, st.dni(scenario, s) = now.dni, st.dhi(scenario, s) = now.dhi;
    st.temp_air(scenario, s) = table.at(table.temp_air, s, p),
                          st.wind_speed(scenario, s) = table.at(table.wind_speed, s, p);
  }
  using Irradiance = sky::Irradiance;
};

// reads p_track and p_mp of a site's strings; writes its row of the problem. 16 B and 14 flops per string.
struct SumStrings {
  electrical::SystemView power;
  electrical::StateView strings;
  View<Real, 3> pv_linear, pv_square, pv_available;
  int slot;
  COLDSUN_FN void operator()(int scenario, int s) const {
    const electrical::Site& p = power.site(s);
    const auto [linear, square] = electrical::pv_terms(power, p, strings.p_track, scenario);
    Real most = 0.0;
    for (int k = p.string_first; k < p.string_first + p.string_count; ++k)
      most += power.string_count(k) * strings.p_mp(scenario, k);
    pv_linear(scenario, s, slot) = linear, pv_square(scenario, s, slot) = square,
                           pv_available(scenario, s, slot) = most;
  }
};

// One row for all scenarios, on the host before the first kernel.
inline void repeat(View<const Real, 1> row, const Array<Real, 2>& to) {
  for (int m = 0; m < to.extent(0); ++m)
    for (int i = 0; i < to.extent(1); ++i) to(m, i) = row(i);
}

template <class Space>
void forecast_pv(Space space, const sky::System& sky_system, const sky::Weather& weather,
                 const electrical::System& power, const PvForecast& f, Problem& p) {
  const int n = p.n_scenario(), n_site = sky_system.n_site(), n_slot = p.n_slot();
  if (n_site != p.n_place() || power.site.extent(0) != n_site)
    throw std::invalid_argument(
        "schedule: the number of places is not that of the sites; accepted: one place per site");
  const Device device = p.place.device();
  const sky::State sky = sky::make_state(sky_system, weather, p.start, n, device);
  const electrical::State strings = electrical::make_state(power, n, device);
  repeat(f.temp_cell, sky.temp_cell_end), repeat(f.soiling_ratio, sky.soiling_ratio),
      repeat(f.pv_gain, strings.pv_gain);
  const Array<std::int32_t, 1> member(device, {n});
  const Array<Time, 2> start(device, {n_slot, n}), stop(device, {n_slot, n});
  for (int m = 0; m < n; ++m) member(m) = m;
  for (int t = 0; t < n_slot; ++t)
    for (int m = 0; m < n; ++m)
      start(t, m) = p.start + nanoseconds(t * p.slot), stop(t, m) = p.start + nanoseconds((t + 1) * p.slot);
  const sky::WeatherView table = weather;
  electrical::Drive power_drive;
  power_drive.effective_irradiance = sky.effective_irradiance, power_drive.temp_cell = sky.temp_cell;
  for (int t = 0; t < n_slot; ++t) {
    const Cut cut{member, start.view().row(t), stop.view().row(t), n, f.seed, f.member};
    for_rows(space, n, n_site, ForecastSites{cut, sky_system, table, f, sky});
    for_rows(space, n, sky_system.n_plane(), sky::PlaneSky{cut, sky_system, table, sky});
    electrical::track_strings(space, power, strings, power_drive, cut);
    for_rows(space, n, n_site, SumStrings{power, strings, p.pv_linear, p.pv_square, p.pv_available, t});
  }
  synchronize(space);
}

}  // namespace coldsun::schedule

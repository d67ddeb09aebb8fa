// Generator of a site: start and stop, power limits, fuel. Pure rules, and the kernel that moves it after a cut.
#pragma once
#include "common/cut.hpp"
#include "electrical/bus.hpp"

namespace coldsun::electrical {

// It starts where PV, battery above its reserve and the grid's plan could not supply the site for this time: the
// longest usual step [s].
inline constexpr Real genset_outlook = 900.0;
// Without a battery it stops only where the other sources can supply 10 % more than needed.
inline constexpr Real genset_margin = 1.1;

COLDSUN_FN Real genset_capacity(const Site& p) { return math::min(p.genset.p_max, p.genset.rectifier.p_rated); }

// Fuel flow of a running generator [m3/s]: linear in its terminal power, as consumption is published.
COLDSUN_FN Real genset_fuel_rate(const Genset& g, Real p) { return g.fuel_idle + g.fuel_slope * math::max(p, 0.0); }

struct GensetNow {
  GensetMode mode;
  Real time;    // s in this mode
  bool starts;  // start was ordered at the end of this cut
};
// needed: the other sources cannot supply the site. relieved: they can, and the battery has reached soc_stop.
COLDSUN_FN GensetNow genset_after(const Genset& g, GensetMode mode, Real time, bool needed, bool relieved) {
  constexpr Real rounding = 1e-6;  // s; larger than the rounding to whole nanoseconds
  if (mode == GensetMode::off && needed)
    return {g.start_time > 0.0 ? GensetMode::starting : GensetMode::running, 0.0, true};
  if (mode == GensetMode::starting && time >= g.start_time - rounding) return {GensetMode::running, 0.0, false};
  if (mode == GensetMode::running && relieved && time >= g.least_run - rounding) return {GensetMode::off, 0.0, false};
  return {mode, time, false};
}

// After the closing: fuel and running time of the cut, then the generator's next mode. need: power requested by the
// site with its auxiliaries and losses. Other sources: PV, battery over the outlook, planned grid import. reads 16 B
// per node, 14 Real per site; writes 6 Real per site; 2 flops per node and, where there is a generator, 1,500 per site.
struct MoveGensets {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;
  int n_site;

  COLDSUN_FN void operator()(int item) const {
    const int m = cut.member(item / n_site), s = item % n_site;
    const Site& p = sys.site(s);
    st.fuel_rate(m, s) = 0.0;
    if (!(genset_capacity(p) > 0.0)) return;
    const Real length = cut.length(m);
    const auto mode = static_cast<GensetMode>(st.genset_mode(m, s));
    if (mode == GensetMode::running) {
      st.fuel_rate(m, s) = genset_fuel_rate(p.genset, st.p_genset(m, s));
      st.genset_fuel(m, s) += st.fuel_rate(m, s) * length, st.genset_run_time(m, s) += length;
    }
    const Real need = needed_power(m, s, p),
               sun_and_grid = st.pv_linear(m, s) + st.pv_square(m, s) + st.loss_pv_converter(m, s) + p.p_import_plan;
    Real battery = 0.0;
    bool charged = true;
    if (p.battery.n_series > 0 && p.battery.converter.p_rated > 0.0) {
      const Real outlook = math::max(genset_outlook, p.genset.start_time);
      battery = pack_limits(p.battery, cell_cut(p.battery, st.capacity_factor(m, s), outlook),
                            Cell{st.soc(m, s), st.v_rc1(m, s), st.v_rc2(m, s)}, p.battery.converter.p_rated)
                    .discharge_reserve;
      if (battery <= idle_power(p.battery.converter)) battery = 0.0;
      charged = st.soc(m, s) >= p.genset.soc_stop;
    }
    const bool alone = p.battery.n_series == 0;
    const GensetNow now = genset_after(p.genset, mode, st.genset_time(m, s) + length, need > sun_and_grid + battery,
                                       charged && need * (alone ? genset_margin : 1.0) <= sun_and_grid + battery);
    st.genset_mode(m, s) = static_cast<std::int8_t>(now.mode), st.genset_time(m, s) = now.time;
    if (now.starts) ++st.genset_starts(m, s);
  }
  // Requested node power, change by leakage and junction caps, draw of the auxiliaries (also where it was cut), losses.
  COLDSUN_FN Real needed_power(int m, int s, const Site& p) const {
    Real asked = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n) asked += drive.p_request(m, n);
    return asked + math::max(st.p_it(m, s) - (asked - st.p_shed(m, s)), 0.0) + drive.p_aux(m, s) + st.p_loss(m, s);
  }
};

// Ends a cut at the instant at which a starting generator is ready. reads 3 Real per site, writes stop. 40 B and 3
// flops per member and site
struct GensetReady {
  SystemView sys;
  StateView st;
  NextCut next;
  int n_site;
  COLDSUN_FN void operator()(int a) const {
    const int m = next.member(a);
    for (int s = 0; s < n_site; ++s) {
      if (st.genset_mode(m, s) != static_cast<std::int8_t>(GensetMode::starting)) continue;
      const Time ready =
          next.now(m) + nanoseconds(math::max(sys.site(s).genset.start_time - st.genset_time(m, s), 0.0));
      if (ready > next.now(m) && ready < next.stop(m)) next.stop(m) = ready;
    }
  }
};

}  // namespace coldsun::electrical

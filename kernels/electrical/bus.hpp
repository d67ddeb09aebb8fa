// DC bus of a site: dispatch of the sources at a bus voltage, and the resulting voltage. Powers are means over the cut,
// W; "at the bus" means after the source's own converter and cable. Order of supply: PV, battery above its reserve,
// grid, generator, the battery's reserve. A running generator supplies its minimum first and the rest before the
// battery, to spare the battery until it may stop. Order of surplus: battery, export, curtailment, then reduction of
// the generator below its minimum. Every loss comes from its own model; none is a remainder.
#pragma once
#include <cmath>

#include "common/math.hpp"
#include "electrical/battery.hpp"
#include "electrical/converter.hpp"
#include "electrical/electrical.hpp"

namespace coldsun::electrical {

// Power of the sources of a bus over the cut, before cables.
struct Supply {
  Real pv_linear, pv_square;  // net PV of the boost converters = linear u + square u^2, u the share used
  Real battery_reserve, battery_all, battery_charge;  // behind the battery converter, charge as a positive number
  // power that the converter of a battery at its reserve needs before it can charge
  Real battery_least_charge;
  Real grid_import, grid_export, genset;  // behind their converters
  Real grid_plan, genset_least;           // after their converters
  // part of the import used before a running generator; minimum power of the generator
  bool battery_on, battery_low, battery_empty, grid_on,
      // low: at its reserve, where an idle converter is switched off
      genset_on;
};

COLDSUN_FN Supply make_supply(const Site& p, Real pv_linear, Real pv_square, const PackLimits& b, GensetMode genset) {
  Supply s{};
  s.pv_linear = pv_linear, s.pv_square = pv_square;
  const Converter& c = p.battery.converter;
  s.battery_on = c.p_rated > 0.0 && p.battery.n_series > 0;
  if (s.battery_on) {
    const Real idle = idle_power(c);
    s.battery_empty = b.discharge <= idle;
    s.battery_low = b.discharge_reserve <= idle;
    s.battery_reserve = !s.battery_low ? through(c, b.discharge_reserve) : 0.0;
    s.battery_all = s.battery_empty ? 0.0 : through(c, b.discharge);
    s.battery_charge = b.charge > 0.0 ? -through(c, -b.charge) : 0.0;
    s.battery_least_charge = s.battery_low ? converter_loss(c, 0.0) : 0.0;
  }
  const Real import = math::min(p.grid.p_import, p.grid.converter.p_rated);
  s.grid_on = p.grid.converter.p_rated > 0.0 && import >= idle_power(p.grid.converter);
  if (s.grid_on) {
    s.grid_import = math::max(through(p.grid.converter, import), 0.0);
    s.grid_plan = math::max(through(p.grid.converter, math::min(import, p.p_import_plan)), 0.0);
    s.grid_export =
        p.grid.p_export > 0.0 ? -through(p.grid.converter, -math::min(p.grid.p_export, p.grid.converter.p_rated)) : 0.0;
  }
  s.genset_on = genset == GensetMode::running;
  if (s.genset_on || genset == GensetMode::ready)
    s.genset = math::max(through(p.genset.rectifier, math::min(p.genset.p_max, p.genset.rectifier.p_rated)), 0.0);
  if (s.genset_on)
    s.genset_least =
        math::clamp(through(p.genset.rectifier, math::min(p.genset.p_min, p.genset.rectifier.p_rated)), 0.0, s.genset);
  return s;
}

// The same powers at the bus, at voltage v.
struct Offer {
  Real pv, battery_reserve, battery_all, battery_charge, grid_import, grid_export, genset;
  COLDSUN_FN Real all() const { return pv + battery_all + grid_import + genset; }
  COLDSUN_FN Real without_reserve() const { return pv + battery_reserve + grid_import + genset; }
};
COLDSUN_FN Offer offer(const Site& p, const Supply& s, Real v) {
  const Real k_pv = cable_factor(p.r_pv_cable, v), k_battery = cable_factor(p.r_battery_cable, v);
  return Offer{.pv = cable_received(k_pv, s.pv_linear + s.pv_square),
               .battery_reserve = cable_received(k_battery, s.battery_reserve),
               .battery_all = cable_received(k_battery, s.battery_all),
               .battery_charge = -cable_received(k_battery, -s.battery_charge),
               .grid_import = s.grid_import,
               .grid_export = s.grid_export,
               .genset = s.genset};
}

// Power of each source at the bus for a demand `need`. missing > 0: no source can supply it.
struct Dispatch {
  Real pv, battery, grid, genset, missing;
};
COLDSUN_FN Dispatch dispatch(const Supply& s, const Offer& o, Real k_battery, Real need) {
  Dispatch d{o.pv, 0.0, 0.0, s.genset_least, 0.0};
  Real rest = need - o.pv - d.genset;
  if (rest > 0.0) {
    if (!s.genset_on) d.battery = math::min(rest, o.battery_reserve);
    rest -= d.battery;
    d.grid = math::min(rest, s.genset > 0.0 ? s.grid_plan : o.grid_import);
    rest -= d.grid;
    const Real more_genset = math::min(rest, o.genset - d.genset);
    d.genset += more_genset, rest -= more_genset;
    const Real more_grid = math::min(rest, o.grid_import - d.grid);
    d.grid += more_grid, rest -= more_grid;
    const Real more = math::min(rest, o.battery_all - d.battery);
    d.battery += more;
    d.missing = rest - more;
    return d;
  }
  Real surplus = -rest;
  const Real least = cable_fed(k_battery, s.battery_least_charge);
  const Real charge = surplus > least ? math::min(surplus, o.battery_charge) : 0.0;
  surplus -= charge;
  const Real out = math::min(surplus, o.grid_export);
  surplus -= out;
  const Real back = math::min(surplus, o.pv);
  d.battery = -charge, d.grid = -out;
  d.pv = o.pv - back, d.genset -= surplus - back;
  return d;
}

// Total power available to the loads (before their cable) for a supply a at the bus. The factor below 1 prevents
// shedding by rounding.
COLDSUN_FN Real load_budget(const Site& p, Real a) {
  return cable_load(cable_factor(p.r_load_cable, p.v_min), math::max(a, 0.0)) * (1.0 - 1e-12);
}

// Cap on the sum of node requests: PV now, planned power of battery, grid and generator, less the other needs of the
// site.
COLDSUN_FN Real site_cap(Real p_pv_available, Real p_battery, Real p_grid_budget, Real p_genset, Real p_overhead,
                         Real p_it_max) {
  return math::clamp(p_pv_available + p_battery + p_grid_budget + p_genset - p_overhead, 0.0, p_it_max);
}

// Power set aside for the auxiliaries, at the loads' side: 1.05 times their last draw, at most their bound. The rest up
// to the bound is set aside only as far as `reserve` (supply of the bus beyond its budget) does not cover it.
COLDSUN_FN Real kept_for_aux(const Site& p, Real bound, Real drawn, Real reserve) {
  return math::max(input_power(p.aux_converter, math::min(bound, 1.05 * drawn)),
                   input_power(p.aux_converter, bound) - reserve);
}

struct BusState {
  // voltage at the end of the cut, rate of energy in the capacitance, load at the bus with its cable
  Real v, de_dt, load;
  Dispatch d;
  bool converged;
};

// Bus voltage and dispatch by fixed-point iteration. The droop voltage depends on the current of the regulating
// sources, which depends on losses and capacitance, and these on the voltage; the factor is about r_droop capacitance /
// tau_v (1e-2). The last dispatch uses the last voltage, so the powers balance at any residual. `ceiling` limits the
// rise to the energy available, `floor` the fall to the energy that loads can take.
COLDSUN_FN BusState solve_bus(const Site& p, const Supply& s, Real v_old, Real load, Real dt) {
  const bool has_c = p.capacitance > 0.0;
  const Real half_c = 0.5 * p.capacitance / dt, w = 1.0 - math::exp(-dt / p.tau_v);
  const Real spare =
      math::max(offer(p, s, p.v_min).all() - cable_fed(cable_factor(p.r_load_cable, p.v_min), load), 0.0);
  const Real ceiling = has_c ? std::sqrt(v_old * v_old + spare / half_c) : p.v_max;
  const Real floor = has_c ? std::sqrt(math::max(v_old * v_old - load / half_c, 0.0)) : p.v_min;
  BusState b{v_old, 0.0, 0.0, {}, false};
  Real change = 0.0;
  for (int n = 0;; ++n) {
    b.load = cable_fed(cable_factor(p.r_load_cable, b.v), load);
    b.de_dt = half_c * (b.v - v_old) * (b.v + v_old);
    b.d = dispatch(s, offer(p, s, b.v), cable_factor(p.r_battery_cable, b.v), b.load + b.de_dt);
    if (n == 16) break;
    const Real target = p.v_nominal - p.r_droop * (b.d.battery + b.d.grid + b.d.genset) / b.v;
    const Real v = math::clamp(math::clamp(v_old + (target - v_old) * w, p.v_min, p.v_max), floor, ceiling);
    change = std::fabs(v - b.v);
    b.v = v;
  }
  // a low battery's converter may switch on and off at the same operating point
  b.converged = change <= 1e-9 * p.v_nominal || s.battery_low;
  return b;
}

// What the sources of a bus give less what is taken from it, each term from its own model, and the largest term.
struct BusBalance {
  Real left, most;
};
COLDSUN_FN BusBalance bus_balance(const StateView& st, int m, int s) {
  const Real gives[] = {st.p_pv(m, s), st.p_battery(m, s), st.p_grid(m, s), st.p_genset(m, s)};
  const Real takes[] = {st.p_it(m, s), st.p_aux(m, s), st.p_loss(m, s), st.de_bus_dt(m, s)};
  Real give = 0.0, take = 0.0, most = 0.0;
  for (const Real x : gives) give += x, most = math::max(most, std::fabs(x));
  for (const Real x : takes) take += x, most = math::max(most, std::fabs(x));
  return BusBalance{give - take, most};
}

// Power at a source's terminals and loss of its cable, for a power `at_bus` (negative: the source takes power).
struct Source {
  Real terminal, loss_cable;
};
COLDSUN_FN Source source(const Converter& c, Real k, Real at_bus, bool on) {
  if (!on) return Source{0.0, 0.0};
  const Real sent = cable_sent(k, at_bus);
  return Source{terminal_power(c, sent), k * sent * sent};
}

// Heat sink of the indoor converters: capacity dT/dt = heat - conductance (T - t_coolant), exact over the cut.
struct Sink {
  Real t_end, p_heat;  // K, mean W to the coolant
};
COLDSUN_FN Sink sink_after(const Site& p, Real t, Real t_coolant, Real heat, Real dt) {
  const Real tau = p.converter_sink.heat_capacity / p.converter_sink.conductance,
             steady = t_coolant + heat / p.converter_sink.conductance;
  const Real e = math::exp(-dt / tau), t_end = steady + (t - steady) * e;
  const Real t_mean = steady + (t - steady) * (1.0 - e) * tau / dt;
  return Sink{t_end, p.converter_sink.conductance * (t_mean - t_coolant)};
}

}  // namespace coldsun::electrical

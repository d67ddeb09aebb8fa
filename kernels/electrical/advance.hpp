// Closing of the bus: delivers the power drawn, computes losses, and moves battery, bus voltage and heat sink to the
// end of the cut.
#pragma once
#include "common/loops.hpp"
#include "electrical/allocate.hpp"
#include "electrical/genset.hpp"

namespace coldsun::electrical {

// In the closing, a node gets either all the power that it has drawn or none (it is shed).
struct AskServed {
  const SystemView& sys;
  const Drive& drive;
  const StateView& st;
  const LossTable& rack;
  int m;
  COLDSUN_FN bool works(int) const { return true; }
  COLDSUN_FN Real least(int n) const { return drive.p_node(m, n); }
  COLDSUN_FN Real most(int n) const { return drive.p_node(m, n); }
  COLDSUN_FN Real leakage(int) const { return 0.0; }
  COLDSUN_FN Real cost(int n, Real p) const { return p + table_loss(rack, sys.node_rating(n), p); }
  COLDSUN_FN std::int32_t priority(int n) const { return drive.priority(m, n); }
  COLDSUN_FN void give(int n, Real p) const { st.p_served_node(m, n) = p; }
  COLDSUN_FN Real given(int n) const { return st.p_served_node(m, n); }
};

// Closes the bus of one (active member, site) and moves its state.
// reads 24 B per node and 20 Real per site, writes 8 B per node and 25 Real per site; about 60 flops per node and 2,500
// per site.
struct CloseSites {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;
  int n_site;

  COLDSUN_FN void operator()(int item) const {
    const int m = cut.member(item / n_site), s = item % n_site;
    const Site& p = sys.site(s);
    const Supply supply =
        make_supply(p, st.pv_linear(m, s), st.pv_square(m, s),
                    PackLimits{st.p_discharge_reserve(m, s), st.p_discharge_max(m, s), st.p_charge_max(m, s)},
                    static_cast<GensetMode>(st.genset_mode(m, s)));
    st.trouble(m, s) = 0;
    const Real load = serve(m, s, p, load_budget(p, offer(p, supply, p.v_min).all()));
    const BusState b = solve_bus(p, supply, st.v_bus(m, s), load, cut.length(m));
    if (!b.converged) st.trouble(m, s) |= flag_bus_not_converged;
    st.v_bus(m, s) = b.v, st.de_bus_dt(m, s) = b.de_dt, st.i_bus(m, s) = b.load / b.v;
    const Real k_load = cable_factor(p.r_load_cable, b.v);
    st.loss_load_cable(m, s) = k_load * load * load;
    pv(m, s, p, b);
    battery(m, s, p, supply, b);
    const Source grid = source(p.grid.converter, 0.0, b.d.grid, supply.grid_on);
    st.p_grid(m, s) = grid.terminal,
                 st.loss_grid_tie(m, s) = supply.grid_on ? converter_loss(p.grid.converter, grid.terminal) : 0.0;
    const Source genset = source(p.genset.rectifier, 0.0, b.d.genset, b.d.genset > 0.0);
    st.p_genset(m, s) = genset.terminal,
                   st.loss_genset_rectifier(m, s) =
                       b.d.genset > 0.0 ? converter_loss(p.genset.rectifier, genset.terminal) : 0.0;
  }

  // Delivers what auxiliaries and nodes drew, and sheds by priority where the bus cannot supply it. Returns the power
  // into the load cable.
  COLDSUN_FN Real serve(int m, int s, const Site& p, Real budget) const {
    Real aux = math::max(drive.p_aux(m, s), 0.0);
    Real drawn = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n)
      st.p_served_node(m, n) = drive.p_node(m, n),
                          drawn += drive.p_node(m, n) + table_loss(p.rack, sys.node_rating(n), drive.p_node(m, n));
    if (input_power(p.aux_converter, aux) + drawn > budget * (1.0 + 1e-12)) {
      const Real most = load_power(p.aux_converter, budget) * (1.0 - 1e-12);
      if (aux > most) aux = most, st.trouble(m, s) |= flag_aux_cut;
      const AskServed ask{sys, drive, st, p.rack, m};
      serve_by_priority(ask, p.node_first, p.node_count, budget - input_power(p.aux_converter, aux), math::infinity);
    }
    Real it = 0.0, loss = 0.0, dropped = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n) {
      it += st.p_served_node(m, n), loss += table_loss(p.rack, sys.node_rating(n), st.p_served_node(m, n));
      dropped += drive.p_node(m, n) - st.p_served_node(m, n);
    }
    if (dropped > 0.0) st.trouble(m, s) |= flag_bus_shed;
    st.p_shed(m, s) = st.p_withheld(m, s) + math::max(dropped, 0.0);
    st.p_it(m, s) = it, st.p_aux(m, s) = aux, st.loss_rack(m, s) = loss;
    st.loss_aux_converter(m, s) = aux > 0.0 ? converter_loss(p.aux_converter, aux) : 0.0;
    return it + loss + aux + st.loss_aux_converter(m, s);
  }
  COLDSUN_FN void pv(int m, int s, const Site& p, const BusState& b) const {
    const Real k = cable_factor(p.r_pv_cable, b.v), full = st.pv_linear(m, s) + st.pv_square(m, s);
    const bool cut_back = b.d.pv < cable_received(k, full);
    const Real net = cut_back ? cable_sent(k, b.d.pv) : full;
    st.pv_share(m, s) = cut_back ? share(st.pv_linear(m, s), st.pv_square(m, s), net) : 1.0;
    st.loss_pv_cable(m, s) = k * net * net;
  }
  COLDSUN_FN void battery(int m, int s, const Site& p, const Supply& supply, const BusState& b) const {
    const bool on = supply.battery_on && !(supply.battery_low && b.d.battery == 0.0);
    const Source source_of = source(p.battery.converter, cable_factor(p.r_battery_cable, b.v), b.d.battery, on);
    st.loss_battery_cable(m, s) = source_of.loss_cable;
    if (p.battery.n_series == 0) {
      st.p_battery(m, s) = st.loss_battery_converter(m, s) = st.i_battery(m, s) = st.v_battery(m, s) =
          st.p_heat_battery(m, s) = 0.0;
      return;
    }
    const Real n = static_cast<Real>(p.battery.n_series) * static_cast<Real>(p.battery.n_parallel);
    const Cell cell{st.soc(m, s), st.v_rc1(m, s), st.v_rc2(m, s)};
    const CellCut c = cell_cut(p.battery, st.capacity_factor(m, s), cut.length(m));
    const Real i = current_for_power(p.battery, c, cell, source_of.terminal / n),
               v = mean_voltage(p.battery, c, cell, i);
    st.p_battery(m, s) = n * i * v, st.i_battery(m, s) = i, st.v_battery(m, s) = v;
    st.loss_battery_converter(m, s) = on ? converter_loss(p.battery.converter, st.p_battery(m, s)) : 0.0;
    st.p_heat_battery(m, s) = n * cell_heat(p.battery, c, cell, i);
    const Cell after = cell_after(p.battery, c, cell, i);
    st.soc(m, s) = after.soc, st.v_rc1(m, s) = after.v_1, st.v_rc2(m, s) = after.v_2;
  }
};

// Sums over strings in their order, total loss, both balances from all their terms, heat sink. reads 56 B per string
// and 20 Real per site, writes 8 Real per site; 14 flops per string and 60 per site.
struct SumSites {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;
  int n_site;

  COLDSUN_FN void operator()(int item) const {
    const int m = cut.member(item / n_site), s = item % n_site;
    const Site& p = sys.site(s);
    sum_strings(m, s, p);
    st.p_charge(m, s) = math::max(-st.p_battery(m, s), 0.0), st.p_import(m, s) = math::max(st.p_grid(m, s), 0.0);
    st.p_loss(m, s) = st.loss_pv_converter(m, s) + st.loss_pv_cable(m, s) + st.loss_battery_converter(m, s) +
                      st.loss_battery_cable(m, s) + st.loss_grid_tie(m, s) + st.loss_genset_rectifier(m, s) +
                      st.loss_rack(m, s) + st.loss_load_cable(m, s) + st.loss_aux_converter(m, s);
    st.balance_pv(m, s) = st.p_pv_available(m, s) - (st.p_pv(m, s) + st.p_curtailed(m, s) + st.p_mppt_loss(m, s));
    st.balance_bus(m, s) = bus_balance(st, m, s).left;
    const Real indoors = st.loss_battery_converter(m, s) + st.loss_grid_tie(m, s) + st.loss_genset_rectifier(m, s) +
                         st.loss_rack(m, s) + st.loss_aux_converter(m, s);
    const Sink sink = sink_after(p, st.t_sink(m, s), drive.t_coolant(m, s), indoors, cut.length(m));
    st.t_sink(m, s) = sink.t_end, st.p_heat(m, s) = sink.p_heat;
    const Real sum = st.balance_bus(m, s) + st.balance_pv(m, s) + st.v_bus(m, s) + st.soc(m, s) + sink.t_end;
    if (!(std::fabs(sum) < 1e300)) st.trouble(m, s) |= flag_electrical_not_finite;
  }
  COLDSUN_FN void sum_strings(int m, int s, const Site& p) const {
    Real available = 0.0, pv = 0.0, curtailed = 0.0, missed = 0.0, converter = 0.0;
    for (int k = p.string_first; k < p.string_first + p.string_count; ++k) {
      const Real n = static_cast<Real>(sys.string_count(k)), track = st.p_track(m, k);
      const PvRange r = pv_range(string_converter(sys, k), track);
      available += n * st.p_mp(m, k);
      pv += n * st.v_pv(m, k) * st.i_pv(m, k);
      // Curtailed: power above the rating, and the unused share. A sleeping string loses all of its power
      // (p_mppt_loss).
      curtailed += r.on ? n * ((track - r.high) + (1.0 - st.pv_share(m, s)) * (r.high - r.low)) : 0.0;
      missed += n * (r.on ? st.p_miss(m, k) : st.p_mp(m, k));
      converter += n * st.loss(m, k);
    }
    st.p_pv_available(m, s) = available, st.p_pv(m, s) = pv, st.p_curtailed(m, s) = curtailed,
                         st.p_mppt_loss(m, s) = missed;
    st.loss_pv_converter(m, s) = converter;
  }
};

// Collects the sites' flag bits, one item per active member, so that no two items write the same word.
struct RaiseFlags {
  Cut cut;
  Drive drive;
  StateView st;
  int n_site;
  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    for (int s = 0; s < n_site; ++s) drive.flags(m) |= st.trouble(m, s);
  }
};

template <class Space>
void next_event(Space space, const System& sys, const State& st, const NextCut& next) {
  for_each(space, next.n_active, GensetReady{sys, st, next, sys.site.extent(0)});
}

template <class Space>
void advance(Space space, const System& sys, State& st, const Drive& d, const Cut& cut) {
  const int n_site = sys.site.extent(0);
  const std::int64_t n_item = static_cast<std::int64_t>(cut.n_active) * n_site;
  for_each(space, n_item, CloseSites{cut, sys, d, st, n_site});
  operate_strings(space, sys, st, d, cut);
  for_each(space, n_item, SumSites{cut, sys, d, st, n_site});
  for_each(space, n_item, MoveGensets{cut, sys, d, st, n_site});
  for_each(space, cut.n_active, RaiseFlags{cut, d, st, n_site});
}

}  // namespace coldsun::electrical

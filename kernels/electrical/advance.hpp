// The closing of the bus: what was drawn is given, losses are computed, battery, bus voltage and heat sink move to the end of the cut.
#pragma once
#include "common/loops.hpp"
#include "electrical/allocate.hpp"
#include "electrical/genset.hpp"

namespace coldsun::electrical {

// In the closing a node has drawn what it has drawn: all of it is given, or the node is shed.
struct AskServed {
  int m;
  const LossTable& rack;
  View<const Real, 1> rating;
  View<const Real, 2> p_node;
  View<const std::int32_t, 2> order;
  View<Real, 2> p_served_node;
  COLDSUN_FN bool works(int) const { return true; }
  COLDSUN_FN Real least(int n) const { return p_node(m, n); }
  COLDSUN_FN Real most(int n) const { return p_node(m, n); }
  COLDSUN_FN Real leakage(int) const { return 0.0; }
  COLDSUN_FN Real cost(int n, Real p) const { return p + table_loss(rack, rating(n), p); }
  COLDSUN_FN std::int32_t priority(int n) const { return order(m, n); }
  COLDSUN_FN void give(int n, Real p) const { p_served_node(m, n) = p; }
  COLDSUN_FN Real given(int n) const { return p_served_node(m, n); }
};

// Closes the bus of one (active member, site) and moves its state.
// reads 24 B per node and 20 Real per site, writes 8 B per node and 25 Real per site; about 60 flops per node and 2,500 per site.
struct CloseSites {
  Cut cut;
  View<const Site, 1> site;
  int n_site;
  View<const Real, 1> node_rating;
  Drive drive;
  View<const Real, 2> pv_linear, pv_square, p_discharge_reserve, p_discharge_max, p_charge_max, capacity_factor;
  View<const std::int8_t, 2> genset_mode;
  View<Real, 2> v_bus, soc, v_rc1, v_rc2, p_served_node, p_it, p_aux, p_shed, p_battery, p_grid, p_genset, de_bus_dt, i_battery,
      v_battery, i_bus, p_heat_battery, pv_share, loss_pv_cable, loss_battery_converter, loss_battery_cable, loss_grid_tie,
      loss_genset_rectifier, loss_rack, loss_load_cable, loss_aux_converter;
  View<std::uint32_t, 2> trouble;

  COLDSUN_FN void operator()(int item) const {
    const int m = cut.member(item / n_site), s = item % n_site;
    const Site& p = site(s);
    const Supply supply =
        make_supply(p, pv_linear(m, s), pv_square(m, s), PackLimits{p_discharge_reserve(m, s), p_discharge_max(m, s), p_charge_max(m, s)},
                    static_cast<GensetMode>(genset_mode(m, s)));
    trouble(m, s) = 0;
    const Real load = serve(m, s, p, load_budget(p, offer(p, supply, p.v_min).all()));
    const BusState b = solve_bus(p, supply, v_bus(m, s), load, cut.length(m));
    if (!b.converged) trouble(m, s) |= flag_bus_not_converged;
    v_bus(m, s) = b.v, de_bus_dt(m, s) = b.de_dt, i_bus(m, s) = b.load / b.v;
    const Real k_load = cable_factor(p.r_load_cable, b.v);
    loss_load_cable(m, s) = k_load * load * load;
    pv(m, s, p, b);
    battery(m, s, p, supply, b);
    const Source grid = source(p.grid_tie, 0.0, b.d.grid, supply.grid_on);
    p_grid(m, s) = grid.terminal, loss_grid_tie(m, s) = supply.grid_on ? converter_loss(p.grid_tie, grid.terminal) : 0.0;
    const Source genset = source(p.genset_rectifier, 0.0, b.d.genset, b.d.genset > 0.0);
    p_genset(m, s) = genset.terminal,
                loss_genset_rectifier(m, s) = b.d.genset > 0.0 ? converter_loss(p.genset_rectifier, genset.terminal) : 0.0;
  }

  // Gives auxiliaries and nodes what they drew; sheds by priority where that is more than the bus has. Returns the power into the load
  // cable.
  COLDSUN_FN Real serve(int m, int s, const Site& p, Real budget) const {
    Real aux = math::max(drive.p_aux(m, s), 0.0);
    Real drawn = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n)
      p_served_node(m, n) = drive.p_node(m, n), drawn += drive.p_node(m, n) + table_loss(p.rack, node_rating(n), drive.p_node(m, n));
    if (input_power(p.aux_converter, aux) + drawn > budget * (1.0 + 1e-12)) {
      const Real most = load_power(p.aux_converter, budget) * (1.0 - 1e-12);
      if (aux > most) aux = most, trouble(m, s) |= flag_aux_cut;
      const AskServed ask{m, p.rack, node_rating, drive.p_node, drive.priority, p_served_node};
      serve_by_priority(ask, p.node_first, p.node_count, budget - input_power(p.aux_converter, aux), math::infinity);
    }
    Real it = 0.0, loss = 0.0, dropped = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n) {
      it += p_served_node(m, n), loss += table_loss(p.rack, node_rating(n), p_served_node(m, n));
      dropped += drive.p_node(m, n) - p_served_node(m, n);
    }
    if (dropped > 0.0) trouble(m, s) |= flag_bus_shed, p_shed(m, s) += dropped;
    p_it(m, s) = it, p_aux(m, s) = aux, loss_rack(m, s) = loss;
    loss_aux_converter(m, s) = aux > 0.0 ? converter_loss(p.aux_converter, aux) : 0.0;
    return it + loss + aux + loss_aux_converter(m, s);
  }
  COLDSUN_FN void pv(int m, int s, const Site& p, const BusState& b) const {
    const Real k = cable_factor(p.r_pv_cable, b.v), full = pv_linear(m, s) + pv_square(m, s);
    const bool cut_back = b.d.pv < cable_received(k, full);
    const Real net = cut_back ? cable_sent(k, b.d.pv) : full;
    pv_share(m, s) = cut_back ? share(pv_linear(m, s), pv_square(m, s), net) : 1.0;
    loss_pv_cable(m, s) = k * net * net;
  }
  COLDSUN_FN void battery(int m, int s, const Site& p, const Supply& supply, const BusState& b) const {
    const bool on = supply.battery_on && !(supply.battery_low && b.d.battery == 0.0);
    const Source source_of = source(p.battery_converter, cable_factor(p.r_battery_cable, b.v), b.d.battery, on);
    loss_battery_cable(m, s) = source_of.loss_cable;
    if (p.battery.n_series == 0) {
      p_battery(m, s) = loss_battery_converter(m, s) = i_battery(m, s) = v_battery(m, s) = p_heat_battery(m, s) = 0.0;
      return;
    }
    const Real n = static_cast<Real>(p.battery.n_series) * static_cast<Real>(p.battery.n_parallel);
    const Cell cell{soc(m, s), v_rc1(m, s), v_rc2(m, s)};
    const CellCut c = cell_cut(p.battery, capacity_factor(m, s), cut.length(m));
    const Real i = current_for_power(p.battery, c, cell, source_of.terminal / n), v = mean_voltage(p.battery, c, cell, i);
    p_battery(m, s) = n * i * v, i_battery(m, s) = i, v_battery(m, s) = v;
    loss_battery_converter(m, s) = on ? converter_loss(p.battery_converter, p_battery(m, s)) : 0.0;
    p_heat_battery(m, s) = n * cell_heat(p.battery, c, cell, i);
    const Cell after = cell_after(p.battery, c, cell, i);
    soc(m, s) = after.soc, v_rc1(m, s) = after.v_1, v_rc2(m, s) = after.v_2;
  }
};

// Sums over strings in their order, the total of the losses, both balances from all their terms, the heat sink.
// reads 56 B per string and 20 Real per site, writes 8 Real per site; 14 flops per string and 60 per site.
struct SumSites {
  Cut cut;
  StringSet set;
  int n_site;
  View<const Real, 2> t_coolant, v_pv, i_pv, loss, p_mp, p_track, p_miss, pv_share, p_battery, p_grid, p_genset, p_it, p_aux, de_bus_dt;
  View<const Real, 2> loss_pv_cable, loss_battery_converter, loss_battery_cable, loss_grid_tie, loss_genset_rectifier, loss_rack,
      loss_load_cable, loss_aux_converter, v_bus, soc;
  View<Real, 2> p_pv_available, p_pv, p_curtailed, p_mppt_loss, loss_pv_converter, p_loss, p_heat, t_sink, balance_pv, balance_bus, p_charge, p_import;
  View<std::uint32_t, 2> trouble;

  COLDSUN_FN void operator()(int item) const {
    const int m = cut.member(item / n_site), s = item % n_site;
    const Site& p = set.site(s);
    sum_strings(m, s, p);
    p_charge(m, s) = math::max(-p_battery(m, s), 0.0), p_import(m, s) = math::max(p_grid(m, s), 0.0);
    p_loss(m, s) = loss_pv_converter(m, s) + loss_pv_cable(m, s) + loss_battery_converter(m, s) + loss_battery_cable(m, s) +
                   loss_grid_tie(m, s) + loss_genset_rectifier(m, s) + loss_rack(m, s) + loss_load_cable(m, s) + loss_aux_converter(m, s);
    balance_pv(m, s) = p_pv_available(m, s) - (p_pv(m, s) + p_curtailed(m, s) + p_mppt_loss(m, s));
    balance_bus(m, s) =
        p_pv(m, s) + p_battery(m, s) + p_grid(m, s) + p_genset(m, s) - (p_it(m, s) + p_aux(m, s) + p_loss(m, s) + de_bus_dt(m, s));
    const Real indoors =
        loss_battery_converter(m, s) + loss_grid_tie(m, s) + loss_genset_rectifier(m, s) + loss_rack(m, s) + loss_aux_converter(m, s);
    const Sink sink = sink_after(p, t_sink(m, s), t_coolant(m, s), indoors, cut.length(m));
    t_sink(m, s) = sink.t_end, p_heat(m, s) = sink.p_heat;
    const Real sum = balance_bus(m, s) + balance_pv(m, s) + v_bus(m, s) + soc(m, s) + sink.t_end;
    if (!(std::fabs(sum) < 1e300)) trouble(m, s) |= flag_electrical_not_finite;
  }
  COLDSUN_FN void sum_strings(int m, int s, const Site& p) const {
    Real available = 0.0, pv = 0.0, curtailed = 0.0, missed = 0.0, converter = 0.0;
    for (int k = p.string_first; k < p.string_first + p.string_count; ++k) {
      const Real n = static_cast<Real>(set.count(k)), track = p_track(m, k);
      const PvRange r = pv_range(set.converter(k), track);
      available += n * p_mp(m, k);
      pv += n * v_pv(m, k) * i_pv(m, k);
      // Given up: the part above the rating, and the share that is not used. A sleeping string misses all it has.
      curtailed += r.on ? n * ((track - r.high) + (1.0 - pv_share(m, s)) * (r.high - r.low)) : 0.0;
      missed += n * (r.on ? p_miss(m, k) : p_mp(m, k));
      converter += n * loss(m, k);
    }
    p_pv_available(m, s) = available, p_pv(m, s) = pv, p_curtailed(m, s) = curtailed, p_mppt_loss(m, s) = missed;
    loss_pv_converter(m, s) = converter;
  }
};

// Collects the sites' bits, one item per active member, so that no two items write one word.
struct RaiseFlags {
  Cut cut;
  int n_site;
  View<const std::uint32_t, 2> trouble;
  View<std::uint32_t, 1> flags;
  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    for (int s = 0; s < n_site; ++s) flags(m) |= trouble(m, s);
  }
};

template <class Space>
void next_event(Space space, const System& sys, const State& st, View<const std::int32_t, 1> active, int n_active, View<const Time, 1> now,
                View<Time, 1> stop) {
  for_each(space, n_active, GensetReady{active, sys.site, st.genset_mode, st.genset_time, now, stop, sys.site.extent(0)});
}

template <class Space>
void advance(Space space, const System& sys, State& st, const Drive& d, const Cut& cut) {
  const StringSet set = string_set(sys);
  const int n_site = sys.site.extent(0);
  const std::int64_t n_item = static_cast<std::int64_t>(cut.n_active) * n_site;
  for_each(space, n_item,
           CloseSites{cut,
                      sys.site,
                      n_site,
                      sys.node_rating,
                      d,
                      st.pv_linear,
                      st.pv_square,
                      st.p_discharge_reserve,
                      st.p_discharge_max,
                      st.p_charge_max,
                      st.capacity_factor,
                      st.genset_mode,
                      st.v_bus,
                      st.soc,
                      st.v_rc1,
                      st.v_rc2,
                      st.p_served_node,
                      st.p_it,
                      st.p_aux,
                      st.p_shed,
                      st.p_battery,
                      st.p_grid,
                      st.p_genset,
                      st.de_bus_dt,
                      st.i_battery,
                      st.v_battery,
                      st.i_bus,
                      st.p_heat_battery,
                      st.pv_share,
                      st.loss_pv_cable,
                      st.loss_battery_converter,
                      st.loss_battery_cable,
                      st.loss_grid_tie,
                      st.loss_genset_rectifier,
                      st.loss_rack,
                      st.loss_load_cable,
                      st.loss_aux_converter,
                      st.trouble});
  for_rows(space, cut.n_active, sys.string_site.extent(0),
           OperateStrings{cut, set, d.effective_irradiance, d.temp_cell, st.pv_gain, st.v_bus, st.pv_share, st.p_mp, st.p_track, st.vd_mp,
                          st.vd_pass, st.curvature, st.v_pv, st.i_pv, st.duty, st.i_l, st.loss});
  for_rows(space, cut.n_active, sys.string_site.extent(0),
           ModeOfStrings{cut, set, st.v_bus, st.pv_share, st.p_track, st.vd_pass, st.v_pv, st.i_pv, st.mode});
  for_each(space, n_item,
           SumSites{cut,
                    set,
                    n_site,
                    d.t_coolant,
                    st.v_pv,
                    st.i_pv,
                    st.loss,
                    st.p_mp,
                    st.p_track,
                    st.p_miss,
                    st.pv_share,
                    st.p_battery,
                    st.p_grid,
                    st.p_genset,
                    st.p_it,
                    st.p_aux,
                    st.de_bus_dt,
                    st.loss_pv_cable,
                    st.loss_battery_converter,
                    st.loss_battery_cable,
                    st.loss_grid_tie,
                    st.loss_genset_rectifier,
                    st.loss_rack,
                    st.loss_load_cable,
                    st.loss_aux_converter,
                    st.v_bus,
                    st.soc,
                    st.p_pv_available,
                    st.p_pv,
                    st.p_curtailed,
                    st.p_mppt_loss,
                    st.loss_pv_converter,
                    st.p_loss,
                    st.p_heat,
                    st.t_sink,
                    st.balance_pv,
                    st.balance_bus,
                    st.p_charge,
                    st.p_import,
                    st.trouble});
  for_each(space, n_item,
           MoveGensets{cut, sys.site, n_site, d.p_request, d.p_aux, st.soc, st.v_rc1, st.v_rc2, st.capacity_factor, st.pv_linear, st.pv_square,
                       st.loss_pv_converter, st.p_it, st.p_shed, st.p_loss, st.p_genset, st.genset_mode, st.genset_time, st.genset_run_time,
                       st.genset_fuel, st.fuel_rate, st.genset_starts});
  for_each(space, cut.n_active, RaiseFlags{cut, n_site, st.trouble, d.flags});
}

}  // namespace coldsun::electrical

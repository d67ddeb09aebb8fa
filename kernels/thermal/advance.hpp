// Advance: the sub-step of all plates, then of the loops. Functors of for_teams (resolved plates), for_rows (lumped plates, loops).
#pragma once
#include "common/loops.hpp"
#include "thermal/plate.hpp"
#include "thermal/thermal.hpp"

namespace coldsun::thermal {

// What both kinds of plate need of System, State and Drive, and what they write.
struct NodeIo {
  Cut cut;
  View<const Stack, 1> stack;
  View<const LumpedModel, 1> lumped;
  View<const Real, 3> power_map;
  View<const Real, 1> r_junction, flow, liquid_fraction, p_max, p_throttle, t_cap, t_band, p_leakage, t_leakage, leakage_slope;
  View<const Real, 1> t_trip, t_restart, restart_time;
  View<const std::int32_t, 1> site, model, n_plate;
  View<const Real, 2> p_request, p_floor, p_allocated, t_supply, flow_gain, tim_gain;
  View<Real, 2> h_next, p_node_end, t_junction, p_node, q_plate, q_carried, q_stored, t_outlet, throttle_fraction, p_unthrottled, trip_left;
  View<std::int32_t, 2> n_step;
  View<std::uint32_t, 2> trouble;
  StepLimits limits;

  COLDSUN_FN PowerLaw law(int m, int node) const {
    return {p_request(m, node), p_floor(m, node), p_allocated(m, node), p_max(node),         p_throttle(node), t_cap(node),
            t_band(node),       p_leakage(node),  t_leakage(node),      leakage_slope(node), t_trip(node),     trip_left(m, node) > 0.0};
  }
  COLDSUN_FN Real share(int node) const { return liquid_fraction(node) / n_plate(node); }  // one plate's heat per node power
  // outlet: mean of the coolant that leaves; hottest: of all coolant in the plate.
  COLDSUN_FN void report(int m, int node, const PlateReport& r, Real dt, Real outlet, Real hottest) const {
    const Real all = n_plate(node), per = 1.0 / dt;
    h_next(m, node) = r.h_next, p_node_end(m, node) = r.p_end, t_junction(m, node) = r.t_junction;
    p_node(m, node) = r.energy_in * per, p_unthrottled(m, node) = r.energy_asked * per;
    q_plate(m, node) = liquid_fraction(node) * r.energy_in * per;
    q_carried(m, node) = all * r.carried * per, q_stored(m, node) = all * r.stored * per;
    t_outlet(m, node) = outlet, throttle_fraction(m, node) = r.throttled * per, n_step(m, node) = r.n_step;
    // A tripped node comes back when its junction has stood below t_restart for restart_time, counted in whole cuts.
    if (r.tripped) trip_left(m, node) = restart_time(node);
    else if (trip_left(m, node) > 0.0 && r.t_junction <= t_restart(node)) trip_left(m, node) = math::max(trip_left(m, node) - dt, 0.0);
    std::uint32_t bits = (r.converged ? 0u : flag_thermal_not_converged) | (r.tripped ? flag_thermal_trip : 0u);
    if (hottest > boiling_point(stack(model(node)).coolant)) bits |= flag_thermal_boils;
    if (!(std::fabs(r.t_junction) + std::fabs(r.energy_in) + std::fabs(outlet) < 1e300)) bits |= flag_thermal_not_finite;
    if (outlet < coolant_t_min || outlet > coolant_t_max) bits |= flag_thermal_out_of_range;
    trouble(m, node) = bits;
  }
};

// One resolved plate per team. reads t_solid, t_coolant, h_next, p_node_end, drive; writes t_solid, t_coolant and the node's row.
// 640 cells: 10 kB of state in and out; work per SDIRK2 step see PlateSolver::advance.
struct AdvanceField {
  using Solver = PlateSolver<n_y, n_solid>;
  NodeIo io;
  int n_field;
  View<const std::int32_t, 1> node_of_field;
  View<Real, 5> t_solid;
  View<Real, 4> t_coolant;

  // The solver numbers rows from where the coolant enters; a flow below zero enters at the plate's last row.
  COLDSUN_FN int plate_row(Real flow, int y) const { return flow < 0.0 ? n_y - 1 - y : y; }
  COLDSUN_FN Real& cell(int m, int f, Real flow, int row, int x) const {
    const int y = plate_row(flow, row / Solver::nz), z = row % Solver::nz;
    return z < n_solid ? t_solid(m, f, z, y, x) : t_coolant(m, f, y, x);
  }
  // Power map and the state as modes of the rise above the inlet.
  template <class Team>
  COLDSUN_FN void load_plate(Team& team, const Solver& s, int m, int f, int node, Real flow, Real t_inlet) const {
    team.sync();  // the mode tables stand
    for (int y = team.rank(); y < n_y; y += team.size())
      store(s.source + y * n_mode, transform(s.table.transpose, &io.power_map(io.model(node), plate_row(flow, y), 0)));
    for (int row = team.rank(); row < Solver::n; row += team.size()) {
      Real rise[n_x];
      for (int x = 0; x < n_x; ++x) rise[x] = cell(m, f, flow, row, x) - t_inlet;
      store(s.t + row * n_mode, transform(s.table.transpose, rise));
    }
    team.sync();
  }

  template <class Team>
  COLDSUN_FN void operator()(Team& team, int item) const {
    const int m = io.cut.member(item / n_field), f = item % n_field, node = node_of_field(f);
    const Real dt = io.cut.length(m), t_inlet = io.t_supply(m, io.site(node));
    if (!(dt > 0.0)) return;
    const Solver s = Solver::make(team);
    const int k = io.model(node);
    const Real v_dot = io.flow(node) * io.flow_gain(m, node);
    load_plate(team, s, m, f, node, v_dot, t_inlet);
    const PlateFlow<n_solid> flow{&io.stack(k), std::fabs(v_dot), io.tim_gain(m, node)};
    const PlateReport r = s.advance(team, flow, io.law(m, node), io.share(node), t_inlet, dt, io.h_next(m, node), io.p_node_end(m, node),
                                    io.share(node) * io.r_junction(k), io.limits);
    for (int row = team.rank(); row < Solver::n; row += team.size()) {
      const Lanes<n_x> change = transform(s.table.shape, s.step_1 + row * n_mode);
      for (int x = 0; x < n_x; ++x) cell(m, f, v_dot, row, x) += change.v[x];
      if (row % Solver::nz != n_solid) continue;
      Real& hottest = s.step_2[row * n_mode];  // the row's own, no longer needed
      hottest = t_inlet;
      for (int x = 0; x < n_x; ++x) hottest = math::max(hottest, cell(m, f, v_dot, row, x));
    }
    team.sync();  // every thread has read the node's row and left its hottest coolant
    if (team.rank() != 0) return;
    Real hottest = 0.0;
    for (int y = 0; y < n_y; ++y) hottest = math::max(hottest, s.step_2[(y * Solver::nz + n_solid) * n_mode]);
    io.report(m, node, r, dt, t_inlet + s.outlet(s.t) / root_columns, hottest);
  }
};

// reads q_lumped, t_lumped, the node's row and drive; writes them. About 600 B per plate, 500 flops per SDIRK2 step.
struct AdvanceLumped {
  NodeIo io;
  View<const std::int32_t, 1> node_of_lumped;
  View<Real, 3> q_lumped;
  View<Real, 2> t_lumped;

  COLDSUN_FN void operator()(int a, int l) const {
    const int m = io.cut.member(a), node = node_of_lumped(l), k = io.model(node);
    const Real dt = io.cut.length(m), t_inlet = io.t_supply(m, io.site(node));
    if (!(dt > 0.0)) return;
    const LumpedPlate plate(io.lumped(k), std::fabs(io.flow_gain(m, node)), io.tim_gain(m, node));
    LumpedState s;
    for (int i = 0; i < n_lumped_mode; ++i) s.q[i] = q_lumped(m, i, l);
    s.t = t_lumped(m, l) - t_inlet;
    const LumpedState before = s;
    const PlateReport r = advance_lumped(plate, s, io.law(m, node), io.share(node), t_inlet, dt, io.h_next(m, node), io.p_node_end(m, node),
                                         io.share(node) * io.r_junction(k), io.limits);
    for (int i = 0; i < n_lumped_mode; ++i) q_lumped(m, i, l) = s.q[i];
    t_lumped(m, l) += s.t - before.t;
    const Real outlet = plate.flow > 0.0 ? t_inlet + plate.carried(s) / plate.flow : t_lumped(m, l);
    io.report(m, node, r, dt, outlet, outlet);
  }
};

// One site's loop; gathers its nodes in order. reads p_node, q_carried of the nodes, drive, the loop's state; writes the loop's row.
// 30 B per node and about 1e4 flops per site (two nested scalar roots).
struct AdvanceLoop {
  Cut cut;
  View<const LoopModel, 1> loop;
  Flows flows;
  View<const Real, 1> liquid_fraction;
  View<const Real, 2> p_node, q_carried, t_supply_set, temp_air, q_extra;
  View<Real, 2> t_supply, t_return, t_facility, t_hall, valve, fan_speed;
  View<Real, 2> q_plates, q_cdu, q_cooler, q_coil, q_chiller, q_air, q_pump, q_pump_facility;
  View<Real, 2> p_pump, p_fan, p_cdu, p_hall_cooler, p_aux;

  COLDSUN_FN LoopInput gather(int m, int s) const {
    LoopInput in{};
    for (int n = flows.first_node(s); n < flows.first_node(s + 1); ++n) {
      in.q_plates += q_carried(m, n);
      in.q_nodes_air += (1.0 - liquid_fraction(n)) * p_node(m, n);
    }
    in.v_dot = flows.of_site(m, s);
    in.q_extra = q_extra(m, s), in.t_supply_set = t_supply_set(m, s), in.temp_air = temp_air(m, s), in.dt = cut.length(m);
    in.flow = loop(s).v_dot > 0.0 ? loop(s).flow * (in.v_dot / loop(s).v_dot) : 0.0;
    return in;
  }
  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a);
    if (!(cut.length(m) > 0.0)) return;
    const LoopInput in = gather(m, s);
    const LoopState before{t_supply(m, s), t_return(m, s), t_facility(m, s), t_hall(m, s), valve(m, s), fan_speed(m, s)};
    const LoopOutput o = advance_loop(loop(s), before, in);
    t_supply(m, s) = o.state.t_supply, t_return(m, s) = o.state.t_return, t_facility(m, s) = o.state.t_facility;
    t_hall(m, s) = o.state.t_hall, valve(m, s) = o.state.valve, fan_speed(m, s) = o.state.fan_speed;
    q_plates(m, s) = in.q_plates, q_cdu(m, s) = o.q_cdu, q_cooler(m, s) = o.q_cooler, q_coil(m, s) = o.q_coil;
    q_chiller(m, s) = o.q_chiller, q_air(m, s) = o.q_air, q_pump(m, s) = o.q_pump, q_pump_facility(m, s) = o.q_pump_facility;
    p_pump(m, s) = o.p_pump, p_fan(m, s) = o.p_fan, p_cdu(m, s) = o.p_cdu, p_hall_cooler(m, s) = o.p_hall_cooler;
    p_aux(m, s) = o.p_pump + o.p_fan + o.p_cdu + o.p_hall_cooler;
  }
};

// reads trouble and the loops; writes flags of the active members. 4 B per node.
struct RaiseFlags {
  Cut cut;
  int n_node, n_site;
  View<const std::uint32_t, 2> trouble;
  View<const Real, 2> t_supply, t_return, t_facility, t_hall, p_aux;
  View<std::uint32_t, 1> flags;
  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    std::uint32_t bits = 0;
    for (int n = 0; n < n_node; ++n) bits |= trouble(m, n);
    for (int s = 0; s < n_site; ++s) {
      const Real sum =
          std::fabs(t_supply(m, s)) + std::fabs(t_return(m, s)) + std::fabs(t_facility(m, s)) + std::fabs(t_hall(m, s)) + p_aux(m, s);
      if (!(sum < 1e300)) bits |= flag_thermal_not_finite;
    }
    flags(m) |= bits;
  }
};

inline NodeIo node_io(const System& sys, State& st, const Drive& d, const Cut& cut) {
  return {cut,
          sys.stack,
          sys.lumped,
          sys.power_map,
          sys.r_junction,
          sys.flow,
          sys.liquid_fraction,
          sys.p_max,
          sys.p_throttle,
          sys.t_cap,
          sys.t_band,
          sys.p_leakage,
          sys.t_leakage,
          sys.leakage_slope,
          sys.t_trip,
          sys.t_restart,
          sys.restart_time,
          sys.site,
          sys.model,
          sys.n_plate,
          d.p_request,
          d.p_floor,
          d.p_allocated,
          st.t_supply,
          st.flow_gain,
          st.tim_gain,
          st.h_next,
          st.p_node_end,
          st.t_junction,
          st.p_node,
          st.q_plate,
          st.q_carried,
          st.q_stored,
          st.t_outlet,
          st.throttle_fraction,
          st.p_unthrottled,
          st.trip_left,
          st.n_step,
          st.trouble,
          {sys.tolerance, sys.h_restart, sys.h_min}};
}

inline constexpr int team_threads = n_mode;  // a thread per mode where threads form a team

template <class Space>
void advance(Space space, const System& sys, State& st, const Drive& d, const Cut& cut) {
  const NodeIo io = node_io(sys, st, d, cut);
  if (sys.n_field > 0)
    for_teams(space, cut.n_active * sys.n_field, team_threads, AdvanceField::Solver::bytes(),
              AdvanceField{io, sys.n_field, sys.node_of_field, st.t_solid, st.t_coolant});
  if (sys.n_lumped > 0) for_rows(space, cut.n_active, sys.n_lumped, AdvanceLumped{io, sys.node_of_lumped, st.q_lumped, st.t_lumped});
  for_rows(
      space, cut.n_active, sys.n_site,
      AdvanceLoop{cut,          sys.loop,           flows(sys, st), sys.liquid_fraction, st.p_node,
                  st.q_carried, d.t_supply_set,     d.temp_air,     d.q_extra,   st.t_supply, st.t_return,         st.t_facility, st.t_hall,
                  st.valve,     st.fan_speed,       st.q_plates,    st.q_cdu,    st.q_cooler, st.q_coil,           st.q_chiller,  st.q_air,
                  st.q_pump,    st.q_pump_facility, st.p_pump,      st.p_fan,    st.p_cdu,    st.p_hall_cooler,    st.p_aux});
  for_each(space, cut.n_active,
           RaiseFlags{cut, sys.n_node, sys.n_site, st.trouble, st.t_supply, st.t_return, st.t_facility, st.t_hall, st.p_aux, d.flags});
}

}  // namespace coldsun::thermal

// Advance: the cut of all plates, then of the loops. Functors of for_teams (resolved plates), for_rows (lumped
// plates, loops).
#pragma once
#include "common/loops.hpp"
#include "thermal/plate.hpp"
#include "thermal/thermal.hpp"

namespace coldsun::thermal {

// Input and output of a node, common to resolved and lumped plates.
struct Nodes {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;
  StepLimits limits;

  COLDSUN_FN PowerLaw law(int m, int node) const {
    return {.p_request = drive.p_request(m, node),
            .p_floor = drive.p_floor(m, node),
            .p_allocated = drive.p_allocated(m, node),
            .p_max = sys.p_max(node),
            .p_throttle = sys.p_throttle(node),
            .t_cap = sys.t_cap(node),
            .t_cap_band = sys.t_cap_band(node),
            .p_leakage = sys.p_leakage(node),
            .t_leakage = sys.t_leakage(node),
            .leakage_slope = sys.leakage_slope(node),
            .t_trip = sys.t_trip(node),
            .tripped = st.trip_left(m, node) > 0.0};
  }
  COLDSUN_FN PlateCut given(int m, int node) const {
    const Real share = sys.liquid_fraction(node) / sys.n_plate(node);  // one plate's heat per node power
    return {.law = law(m, node),
            .share = share,
            .t_inlet = st.t_supply(m, sys.site(node)),
            .dt = cut.length(m),
            .h_next = st.h_next(m, node),
            .p_last = st.p_node_end(m, node),
            .r_node = share * sys.r_junction(sys.model(node)),
            .limits = limits};
  }
  // outlet: mean temperature of the coolant that leaves; hottest: highest coolant temperature in the plate.
  COLDSUN_FN void report(int m, int node, const PlateReport& r, Real outlet, Real hottest) const {
    const Real dt = cut.length(m), all = sys.n_plate(node), per = 1.0 / dt;
    st.h_next(m, node) = r.h_next, st.p_node_end(m, node) = r.p_end, st.t_junction(m, node) = r.t_junction;
    st.p_node(m, node) = r.energy_in * per, st.p_unthrottled(m, node) = r.energy_asked * per;
    st.q_plate(m, node) = sys.liquid_fraction(node) * r.energy_in * per;
    st.q_carried(m, node) = all * r.carried * per, st.q_stored(m, node) = all * r.stored * per;
    st.t_outlet(m, node) = outlet, st.throttle_fraction(m, node) = r.throttled * per, st.n_step(m, node) = r.n_step;
    // The restart time counts down in whole cuts, only while the junction is at or below t_restart.
    Real& trip_left = st.trip_left(m, node);
    if (r.tripped) trip_left = sys.restart_time(node);
    else if (trip_left > 0.0 && r.t_junction <= sys.t_restart(node)) trip_left = math::max(trip_left - dt, 0.0);
    std::uint32_t bits = (r.converged ? 0u : flag_thermal_not_converged) | (r.tripped ? flag_thermal_trip : 0u);
    if (hottest > boiling_point(sys.stack(sys.model(node)).coolant)) bits |= flag_thermal_boils;
    if (!(std::fabs(r.t_junction) + std::fabs(r.energy_in) + std::fabs(outlet) < 1e300))
      bits |= flag_thermal_not_finite;
    if (outlet < coolant_t_min || outlet > coolant_t_max) bits |= flag_thermal_out_of_range;
    st.trouble(m, node) = bits;
  }
};

// One resolved plate per team. reads t_solid, t_coolant, h_next, p_node_end, drive; writes t_solid, t_coolant and the
// node's row. 640 cells: 10 kB of state in and out. Work per SDIRK2 step: see PlateSolver::advance.
struct AdvanceField {
  using Solver = PlateSolver<n_y, n_solid>;
  Nodes nodes;
  int n_field;

  struct Slot {  // indices and flow of one plate
    int member, field, node;
    Real flow;  // [m3/s]
  };
  // The solver numbers rows from the coolant inlet; a negative flow enters at the plate's last row.
  COLDSUN_FN int plate_row(Real flow, int y) const { return flow < 0.0 ? n_y - 1 - y : y; }
  COLDSUN_FN Real& cell(const Slot& at, int row, int x) const {
    const int y = plate_row(at.flow, row / Solver::nz), z = row % Solver::nz;
    return z < n_solid ? nodes.st.t_solid(at.member, at.field, z, y, x) : nodes.st.t_coolant(at.member, at.field, y, x);
  }
  // Transforms the power map and the temperatures above the inlet into modes.
  template <class Team>
  COLDSUN_FN void load_plate(Team& team, const Solver& s, const Slot& at, Real t_inlet) const {
    team.sync();  // the mode tables are complete
    for (int y = team.rank(); y < n_y; y += team.size())
      store(s.source + y * n_mode,
            transform(s.table.transpose, &nodes.sys.power_map(nodes.sys.model(at.node), plate_row(at.flow, y), 0)));
    for (int row = team.rank(); row < Solver::n; row += team.size()) {
      Real rise[n_x];
      for (int x = 0; x < n_x; ++x) rise[x] = cell(at, row, x) - t_inlet;
      store(s.t + row * n_mode, transform(s.table.transpose, rise));
    }
    team.sync();
  }

  template <class Team>
  COLDSUN_FN void operator()(Team& team, int item) const {
    const SystemView& sys = nodes.sys;
    const int m = nodes.cut.member(item / n_field), f = item % n_field, node = sys.node_of_field(f);
    const PlateCut given = nodes.given(m, node);
    if (!(given.dt > 0.0)) return;
    const Solver s = Solver::make(team);
    const Slot at{m, f, node, sys.flow(node) * nodes.st.flow_gain(m, node)};
    const Real t_inlet = given.t_inlet;
    load_plate(team, s, at, t_inlet);
    const PlateFlow<n_solid> flow{&sys.stack(sys.model(node)), std::fabs(at.flow), nodes.st.tim_gain(m, node)};
    const PlateReport r = s.advance(team, flow, given);
    for (int row = team.rank(); row < Solver::n; row += team.size()) {
      const Lanes<n_x> change = transform(s.table.shape, s.step_1 + row * n_mode);
      for (int x = 0; x < n_x; ++x) cell(at, row, x) += change.v[x];
      if (row % Solver::nz != n_solid) continue;
      Real& hottest = s.step_2[row * n_mode];  // each row reuses its own entry of step_2
      hottest = t_inlet;
      for (int x = 0; x < n_x; ++x) hottest = math::max(hottest, cell(at, row, x));
    }
    team.sync();  // every thread has read the node's row and stored its hottest coolant
    if (team.rank() != 0) return;
    Real hottest = 0.0;
    for (int y = 0; y < n_y; ++y) hottest = math::max(hottest, s.step_2[(y * Solver::nz + n_solid) * n_mode]);
    nodes.report(m, node, r, t_inlet + s.outlet(s.t) / root_columns, hottest);
  }
};

// reads q_lumped, t_lumped, the node's row and drive; writes them. About 600 B per plate, 500 flops per SDIRK2 step.
struct AdvanceLumped {
  Nodes nodes;

  COLDSUN_FN void operator()(int a, int l) const {
    const StateView& st = nodes.st;
    const int m = nodes.cut.member(a), node = nodes.sys.node_of_lumped(l);
    const PlateCut given = nodes.given(m, node);
    if (!(given.dt > 0.0)) return;
    const LumpedPlate plate(nodes.sys.lumped(nodes.sys.model(node)), std::fabs(st.flow_gain(m, node)),
                            st.tim_gain(m, node));
    LumpedState s;
    for (int i = 0; i < n_lumped_mode; ++i) s.q[i] = st.q_lumped(m, i, l);
    s.t = st.t_lumped(m, l) - given.t_inlet;
    const LumpedState before = s;
    const PlateReport r = advance_lumped(plate, s, given);
    for (int i = 0; i < n_lumped_mode; ++i) st.q_lumped(m, i, l) = s.q[i];
    st.t_lumped(m, l) += s.t - before.t;
    const Real outlet = plate.flow > 0.0 ? given.t_inlet + plate.carried(s) / plate.flow : st.t_lumped(m, l);
    nodes.report(m, node, r, outlet, outlet);
  }
};

// One site's loop; gathers its nodes in order. reads p_node, q_carried of the nodes, drive, the loop's state; writes
// the loop's row. 30 B per node and about 1e4 flops per site (two nested scalar roots).
struct AdvanceLoop {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;

  COLDSUN_FN LoopInput gather(int m, int s) const {
    LoopInput in{};
    for (int n = sys.first_node(s); n < sys.first_node(s + 1); ++n) {
      in.q_plates += st.q_carried(m, n);
      in.q_nodes_air += (1.0 - sys.liquid_fraction(n)) * st.p_node(m, n);
    }
    in.v_dot = flow_of_site(sys, st, m, s);
    in.q_extra = drive.q_extra(m, s), in.t_supply_set = drive.t_supply_set(m, s), in.temp_air = drive.temp_air(m, s),
    in.dt = cut.length(m);
    in.flow = sys.loop(s).v_dot > 0.0 ? sys.loop(s).flow * (in.v_dot / sys.loop(s).v_dot) : 0.0;
    return in;
  }
  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a);
    if (!(cut.length(m) > 0.0)) return;
    const LoopInput in = gather(m, s);
    const LoopState before{st.t_supply(m, s), st.t_return(m, s), st.t_facility(m, s),
                           st.t_hall(m, s),   st.valve(m, s),    st.fan_speed(m, s)};
    const LoopOutput o = advance_loop(sys.loop(s), before, in);
    st.t_supply(m, s) = o.state.t_supply, st.t_return(m, s) = o.state.t_return,
                   st.t_facility(m, s) = o.state.t_facility;
    st.t_hall(m, s) = o.state.t_hall, st.valve(m, s) = o.state.valve, st.fan_speed(m, s) = o.state.fan_speed;
    st.q_plates(m, s) = in.q_plates, st.q_cdu(m, s) = o.q_cdu, st.q_cooler(m, s) = o.q_cooler,
                   st.q_coil(m, s) = o.q_coil;
    st.q_chiller(m, s) = o.q_chiller, st.q_air(m, s) = o.q_air, st.q_pump(m, s) = o.q_pump,
                    st.q_pump_facility(m, s) = o.q_pump_facility;
    st.p_pump(m, s) = o.p_pump, st.p_fan(m, s) = o.p_fan, st.p_cdu(m, s) = o.p_cdu,
                 st.p_hall_cooler(m, s) = o.p_hall_cooler;
    st.p_aux(m, s) = o.p_pump + o.p_fan + o.p_cdu + o.p_hall_cooler;
  }
};

// reads trouble and the loops; writes flags of the active members. 4 B per node.
struct RaiseFlags {
  Cut cut;
  Drive drive;
  StateView st;
  int n_node, n_site;
  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    std::uint32_t bits = 0;
    for (int n = 0; n < n_node; ++n) bits |= st.trouble(m, n);
    for (int s = 0; s < n_site; ++s) {
      const Real sum = std::fabs(st.t_supply(m, s)) + std::fabs(st.t_return(m, s)) + std::fabs(st.t_facility(m, s)) +
                       std::fabs(st.t_hall(m, s)) + st.p_aux(m, s);
      if (!(sum < 1e300)) bits |= flag_thermal_not_finite;
    }
    drive.flags(m) |= bits;
  }
};

inline constexpr int team_threads = n_mode;  // one thread per mode on backends with teams of several threads

template <class Space>
void advance(Space space, const System& sys, State& st, const Drive& d, const Cut& cut) {
  const Nodes nodes{cut, sys, d, st, {sys.tolerance, sys.h_restart, sys.h_min}};
  if (sys.n_field > 0)
    for_teams(space, cut.n_active * sys.n_field, team_threads, AdvanceField::Solver::bytes(),
              AdvanceField{nodes, sys.n_field});
  if (sys.n_lumped > 0) for_rows(space, cut.n_active, sys.n_lumped, AdvanceLumped{nodes});
  for_rows(space, cut.n_active, sys.n_site, AdvanceLoop{cut, sys, d, st});
  for_each(space, cut.n_active, RaiseFlags{cut, d, st, sys.n_node, sys.n_site});
}

}  // namespace coldsun::thermal

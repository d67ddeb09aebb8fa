// Thermal: System, State, Drive and advance. Cold plates with their power cap, the coolant loop, CDU, dry cooler and hall air.
#pragma once
#include "common/array.hpp"
#include "common/cut.hpp"
#include "common/fields.hpp"
#include "thermal/loop.hpp"
#include "thermal/stack.hpp"

namespace coldsun::thermal {

// Bits raised in flags(member).
inline constexpr std::uint32_t flag_thermal_not_finite = 1u << 16;     // a temperature or power is not a number: freeze the member
inline constexpr std::uint32_t flag_thermal_not_converged = 1u << 17;  // a plate needed more steps than allowed in one cut
inline constexpr std::uint32_t flag_thermal_out_of_range = 1u << 18;   // coolant outside 0..90 degrees C, where its properties end
inline constexpr std::uint32_t flag_thermal_trip = 1u << 19;           // a node passed t_trip and went off
inline constexpr std::uint32_t flag_thermal_boils = 1u << 20;          // coolant in a plate is above its boiling point at standard pressure

inline constexpr int n_lumped_mode = 3;   // time constants of a lumped plate
inline constexpr int n_lumped_flow = 11;  // flows at which its film is known: 2^-3, 2^-2.5 .. 2^2 of the design's
inline constexpr int n_lumped_film = 4;   // and coolant temperatures: 15, 35, 55 and 75 degrees C
inline constexpr Real lumped_film_first = 288.15, lumped_film_step = 20.0;  // [K]

// A lumped plate, fitted from the operator's step response at the design flow and from its answer at rest at the other flows:
//   tau_k dq_k/dt = P - q_k;  junction = t_ref + r_0 q_0 + s (r_1 q_1 + r_2 q_2)
//   heat to the coolant = sum w_k q_k + flow (t_ref - t_inlet);  s: of the flow and the coolant's mean temperature
struct LumpedModel {
  Real tau[n_lumped_mode];                   // [s]
  Real r[n_lumped_mode];                     // share of the junction's resistance at the design [K/W], >= 0; 0 is die and interface
  Real slow[n_lumped_flow * n_lumped_film];  // s: the slow shares' factor (flow, film temperature), near 1 at the design [1]
  Real weight[n_lumped_mode];  // share of the heat carried off, sum 1
  Real capacity;               // of the whole plate [J/K]
  Real flow;                   // capacity rate at the design flow [W/K]
  Real r_tim;                  // what the junction gains per unit of tim_gain [K/W]
};

// What the members share. Nodes of all sites are numbered through; a node is a field or lumped.
struct System {
  std::int32_t n_site = 0, n_node = 0, n_field = 0, n_lumped = 0;
  Real tolerance = 0.05;  // of a step, on every cell of a plate [K]
  Real h_restart = 5e-3;  // first step after a change of power [s]
  Real h_min = 1e-4;      // no step is refined below [s]

  // model: one per (plate class, flow, interface) that occurs
  Array<Stack, 1> stack;         // (model)
  Array<LumpedModel, 1> lumped;  // (model)
  Array<Real, 3> power_map;      // (model, y, x) share of the plate's power in each column, sum 1
  Array<Real, 1> r_junction;     // (model) static resistance of the power plane's hottest point to the inlet at the design flow [K/W]
  // node
  Array<std::int32_t, 1> site, model, fidelity, n_plate;  // (node) fidelity: >= 0 field index, < 0 lumped index as -1 - index
  Array<Real, 1> flow;                                    // (node) of one plate [m3/s]
  Array<Real, 1> liquid_fraction;                         // (node)
  Array<Real, 1> p_max, p_throttle;                       // (node) power below the cap and at the end of its band [W]
  Array<Real, 1> t_cap, t_band;                           // (node) where the cap begins [K], how wide it is [K]
  Array<Real, 1> p_leakage, t_leakage, leakage_slope;     // (node) [W] at [K], d ln / dT [1/K]
  Array<Real, 1> t_trip, t_restart, restart_time;         // (node) off above [K]; on again after so long [s] below [K]
  Array<Real, 1> p_leak_bound;                            // (node) most leakage above that at t_leakage: at the end of the cap's band [W]
  // index lists
  Array<std::int32_t, 1> node_of_field, node_of_lumped;  // (field), (lumped)
  Array<std::int32_t, 1> first_node;                     // (site + 1) nodes of a site are contiguous
  // site
  Array<LoopModel, 1> loop;  // (site)

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind par = Kind::parameter;
    f(FieldInfo{"stack", "1", "model", "layers, channels and coolant of a plate", par}, s.stack);
    f(FieldInfo{"lumped", "1", "model", "time constants fitted from the same plate", par}, s.lumped);
    f(FieldInfo{"power_map", "1", "model y x", "share of the plate's power in each column", par}, s.power_map);
    f(FieldInfo{"r_junction", "K W-1", "model", "static resistance of the hottest point to the inlet", par}, s.r_junction);
    f(FieldInfo{"site", "1", "node", "site of the node", par}, s.site);
    f(FieldInfo{"model", "1", "node", "plate model of the node", par}, s.model);
    f(FieldInfo{"fidelity", "1", "node", "field index, or -1 - lumped index", par}, s.fidelity);
    f(FieldInfo{"n_plate", "1", "node", "plates of the node", par}, s.n_plate);
    f(FieldInfo{"flow", "m3 s-1", "node", "coolant through one plate", par}, s.flow);
    f(FieldInfo{"liquid_fraction", "1", "node", "share of the node's power that heats its plates", par}, s.liquid_fraction);
    f(FieldInfo{"p_max", "W", "node", "node power below the junction cap", par}, s.p_max);
    f(FieldInfo{"p_throttle", "W", "node", "node power at the end of the cap's band", par}, s.p_throttle);
    f(FieldInfo{"t_cap", "K", "node", "junction temperature where the cap begins", par}, s.t_cap);
    f(FieldInfo{"t_trip", "K", "node", "junction temperature above which the node switches itself off", par}, s.t_trip);
    f(FieldInfo{"t_restart", "K", "node", "junction temperature below which a tripped node may start again", par}, s.t_restart);
    f(FieldInfo{"restart_time", "s", "node", "time below t_restart after which a tripped node starts again", par}, s.restart_time);
    f(FieldInfo{"t_band", "K", "node", "width of the cap's band", par}, s.t_band);
    f(FieldInfo{"p_leakage", "W", "node", "leakage at t_leakage", par}, s.p_leakage);
    f(FieldInfo{"t_leakage", "K", "node", "reference junction temperature of leakage and requests", par}, s.t_leakage);
    f(FieldInfo{"leakage_slope", "K-1", "node", "relative growth of leakage with temperature", par}, s.leakage_slope);
    f(FieldInfo{"p_leak_bound", "W", "node", "most leakage above its reference value", par}, s.p_leak_bound);
    f(FieldInfo{"node_of_field", "1", "field", "node of a resolved plate", par}, s.node_of_field);
    f(FieldInfo{"node_of_lumped", "1", "lumped", "node of a lumped plate", par}, s.node_of_lumped);
    f(FieldInfo{"first_node", "1", "site_edge", "first node of each site", par}, s.first_node);
    f(FieldInfo{"loop", "1", "site", "coolant loop, coolers and hall air", par}, s.loop);
  }
};

struct State {
  // plates
  Array<Real, 5> t_solid;                                                            // (member, field, z, y, x)
  Array<Real, 4> t_coolant;                                                          // (member, field, y, x)
  Array<Real, 3> q_lumped;                                                           // (member, mode, lumped)
  Array<Real, 2> t_lumped;                                                           // (member, lumped)
  Array<Real, 2> h_next, p_node_end, t_junction;                                     // (member, node)
  Array<Real, 2> flow_gain, tim_gain, trip_left;                                     // (member, node)
  Array<Real, 2> p_node, q_plate, q_carried, q_stored, t_outlet, throttle_fraction, p_unthrottled;  // (member, node)
  Array<std::int32_t, 2> n_step;                                                     // (member, node)
  Array<std::uint32_t, 2> trouble;                                                   // (member, node)
  // loop
  Array<Real, 2> t_supply, t_return, t_facility, t_hall, valve, fan_speed;                      // (member, site)
  Array<Real, 2> q_plates, q_cdu, q_cooler, q_coil, q_chiller, q_air, q_pump, q_pump_facility;  // (member, site)
  Array<Real, 2> p_pump, p_fan, p_cdu, p_hall_cooler, p_aux;                                    // (member, site)

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind st = Kind::state, par = Kind::parameter, der = Kind::derived, scr = Kind::scratch;
    constexpr const char *mn = "member node", *ms = "member site";
    f(FieldInfo{"t_solid", "K", "member field z y x", "temperature of the plate's solid cells, from the power plane up", st}, s.t_solid);
    f(FieldInfo{"t_coolant", "K", "member field y x", "temperature of the coolant in the plate", st}, s.t_coolant);
    f(FieldInfo{"q_lumped", "W", "member mode lumped", "lagged power of a lumped plate, per time constant", st}, s.q_lumped);
    f(FieldInfo{"t_lumped", "K", "member lumped", "temperature that a lumped plate has without power", st}, s.t_lumped);
    f(FieldInfo{"h_next", "s", mn, "next step of the plate's own error control", st}, s.h_next);
    f(FieldInfo{"p_node_end", "W", mn, "node power at the end of the step", st}, s.p_node_end);
    f(FieldInfo{"t_junction", "K", mn, "hottest point of the power plane at the end of the step", st}, s.t_junction);
    f(FieldInfo{"trip_left", "s", mn, "time until a tripped node starts again; 0: not tripped", st}, s.trip_left);
    f(FieldInfo{"flow_gain", "1", mn, "coolant flow relative to design; below 0 it enters at the plate's other end", par}, s.flow_gain);
    f(FieldInfo{"tim_gain", "1", mn, "resistance of the interface material relative to design", par}, s.tim_gain);
    f(FieldInfo{"p_node", "W", mn, "node power, mean over the step", der}, s.p_node);
    f(FieldInfo{"q_plate", "W", mn, "heat into the node's plates, mean over the step", der}, s.q_plate);
    f(FieldInfo{"q_carried", "W", mn, "heat that the coolant carried off the node's plates, mean over the step", der}, s.q_carried);
    f(FieldInfo{"q_stored", "W", mn, "heat stored in the node's plates, mean over the step", der}, s.q_stored);
    f(FieldInfo{"t_outlet", "K", mn, "coolant leaving the plate at the end of the step", der}, s.t_outlet);
    f(FieldInfo{"p_unthrottled", "W", mn, "power that the node would have drawn at its temperatures without any cap, mean over the step", der},
      s.p_unthrottled);
    f(FieldInfo{"throttle_fraction", "1", mn, "share of the step in which the junction cap held power back", der}, s.throttle_fraction);
    f(FieldInfo{"n_step", "1", mn, "steps that the plate took, repeated ones included", der}, s.n_step);
    f(FieldInfo{"trouble", "1", mn, "bits to raise in the member's flags", scr}, s.trouble);
    f(FieldInfo{"t_supply", "K", ms, "coolant supplied to the plates", st}, s.t_supply);
    f(FieldInfo{"t_return", "K", ms, "coolant returned to the CDU", st}, s.t_return);
    f(FieldInfo{"t_facility", "K", ms, "facility water from the dry cooler", st}, s.t_facility);
    f(FieldInfo{"t_hall", "K", ms, "hall air", st}, s.t_hall);
    f(FieldInfo{"valve", "1", ms, "opening of the CDU's valve", st}, s.valve);
    f(FieldInfo{"fan_speed", "1", ms, "speed of the dry cooler's fans relative to design", st}, s.fan_speed);
    f(FieldInfo{"q_plates", "W", ms, "heat from the plates into the loop", der}, s.q_plates);
    f(FieldInfo{"q_cdu", "W", ms, "heat through the CDU to the facility water", der}, s.q_cdu);
    f(FieldInfo{"q_cooler", "W", ms, "heat from the dry cooler to the outside air", der}, s.q_cooler);
    f(FieldInfo{"q_coil", "W", ms, "heat from hall air to the facility water", der}, s.q_coil);
    f(FieldInfo{"q_chiller", "W", ms, "heat from hall air taken by the chiller", der}, s.q_chiller);
    f(FieldInfo{"q_air", "W", ms, "heat into hall air", der}, s.q_air);
    f(FieldInfo{"q_pump", "W", ms, "pump work that heats the plates' loop", der}, s.q_pump);
    f(FieldInfo{"q_pump_facility", "W", ms, "pump work that heats the facility water", der}, s.q_pump_facility);
    f(FieldInfo{"p_pump", "W", ms, "both pumps", der}, s.p_pump);
    f(FieldInfo{"p_fan", "W", ms, "fans of the dry cooler", der}, s.p_fan);
    f(FieldInfo{"p_cdu", "W", ms, "CDU electronics, controls and lights", der}, s.p_cdu);
    f(FieldInfo{"p_hall_cooler", "W", ms, "fans and compressor of the hall cooler", der}, s.p_hall_cooler);
    f(FieldInfo{"p_aux", "W", ms, "sum of pumps, fans, CDU and hall cooler", der}, s.p_aux);
  }
};

// What the caller gives for each sub-step.
struct Drive {
  View<const Real, 2> p_request;     // (member, node) asked at the junction temperature t_leakage, its leakage included [W]
  View<const Real, 2> p_floor;       // (member, node) at rest at t_leakage, its leakage included: the cap goes no lower [W]
  View<const Real, 2> p_allocated;   // (member, node) cap from the bus, leakage included; 0: off [W]
  View<const Real, 2> t_supply_set;  // (member, site) set-point of the plates' coolant [K]
  View<const Real, 2> temp_air;      // (member, site) outside [K]
  View<const Real, 2> q_extra;       // (member, site) other heat into the loop: converters on its cold rail [W]
  View<std::uint32_t, 1> flags;      // (member)
};

// Coolant through the plates of a site.
struct Flows {
  View<const std::int32_t, 1> first_node, n_plate;
  View<const Real, 1> flow;
  View<const Real, 2> flow_gain;
  COLDSUN_FN Real of_site(int m, int s) const {  // [m3/s]
    Real v_dot = 0.0;
    for (int n = first_node(s); n < first_node(s + 1); ++n) v_dot += n_plate(n) * flow(n) * std::fabs(flow_gain(m, n));
    return v_dot;
  }
};
inline Flows flows(const System& sys, const State& st) { return {sys.first_node, sys.n_plate, sys.flow, st.flow_gain}; }

template <class Space>
void advance(Space space, const System& sys, State& state, const Drive& drive, const Cut& cut);

State make_state(const System& sys, int n_member, Device device, Real t_start = 303.15);

}  // namespace coldsun::thermal

// Thermal: System, State, Drive and advance. Cold plates with their power cap, the coolant loop, CDU, dry cooler and
// hall air.
#pragma once
#include "common/array.hpp"
#include "common/cut.hpp"
#include "common/fields.hpp"
#include "thermal/loop.hpp"
#include "thermal/stack.hpp"

namespace coldsun::thermal {

// Bits raised in flags(member).
inline constexpr std::uint32_t flag_thermal_not_finite =
    1u << 16;  // a temperature or power is not a number: freeze the member
inline constexpr std::uint32_t flag_thermal_not_converged = 1u
                                                            << 17;  // a plate needed more steps than allowed in one cut
inline constexpr std::uint32_t flag_thermal_out_of_range =
    1u << 18;  // coolant outside 0..90 degrees C, where its properties end
inline constexpr std::uint32_t flag_thermal_trip = 1u << 19;  // a node passed t_trip and went off
inline constexpr std::uint32_t flag_thermal_boils =
    1u << 20;  // coolant in a plate is above its boiling point at standard pressure

inline constexpr int n_lumped_mode = 3;   // time constants of a lumped plate
inline constexpr int n_lumped_flow = 11;  // flows at which its film is known: 2^-3, 2^-2.5 .. 2^2 of the design's
inline constexpr int n_lumped_film = 4;   // and coolant temperatures: 15, 35, 55 and 75 degrees C
inline constexpr Real lumped_film_first = 288.15, lumped_film_step = 20.0;  // [K]

// A lumped plate, fitted from the operator's step response at the design flow and from its answer at rest at the other
// flows:
//   tau_k dq_k/dt = P - q_k;  junction = t_ref + r_0 q_0 + s (r_1 q_1 + r_2 q_2)
//   heat to the coolant = sum w_k q_k + flow (t_ref - t_inlet);  s: of the flow and the coolant's mean temperature
struct LumpedModel {
  Real tau[n_lumped_mode];  // [s]
  Real r[n_lumped_mode];    // share of the junction's resistance at the design [K/W], >= 0; 0 is die and interface
  Real slow[n_lumped_flow *
            n_lumped_film];    // s: the slow shares' factor (flow, film temperature), near 1 at the design [1]
  Real weight[n_lumped_mode];  // share of the heat carried off, sum 1
  Real capacity;               // of the whole plate [J/K]
  Real flow;                   // capacity rate at the design flow [W/K]
  Real r_tim;                  // what the junction gains per unit of tim_gain [K/W]
};

// What the members share. Nodes of all sites are numbered through; a node is a field or lumped.
// A model: one per plate class, flow and interface that occur together.
// clang-format off
#define COLDSUN_THERMAL_SYSTEM(F) \
  F(Stack,        stack,           "1",      "model",     parameter, host, "layers, channels and coolant of a plate") \
  F(LumpedModel,  lumped,          "1",      "model",     parameter, host, "time constants fitted from the same plate") \
  F(Real,         power_map,       "1",      "model y x", parameter, host, "share of the plate's power in each column") \
  F(Real,         r_junction,      "K W-1",  "model",     parameter, host, "static resistance of the hottest point to the inlet") \
  F(std::int32_t, site,            "1",      "node",      parameter, host, "site of the node") \
  F(std::int32_t, model,           "1",      "node",      parameter, host, "plate model of the node") \
  F(std::int32_t, fidelity,        "1",      "node",      parameter, host, "field index, or -1 - lumped index") \
  F(std::int32_t, n_plate,         "1",      "node",      parameter, host, "plates of the node") \
  F(Real,         flow,            "m3 s-1", "node",      parameter, host, "coolant through one plate") \
  F(Real,         liquid_fraction, "1",      "node",      parameter, host, "share of the node's power that heats its plates") \
  F(Real,         p_max,           "W",      "node",      parameter, host, "node power below the junction cap") \
  F(Real,         p_throttle,      "W",      "node",      parameter, host, "node power at the end of the cap's band") \
  F(Real,         t_cap,           "K",      "node",      parameter, host, "junction temperature where the cap begins") \
  F(Real,         t_trip,          "K",      "node",      parameter, host, "junction temperature above which the node switches itself off") \
  F(Real,         t_restart,       "K",      "node",      parameter, host, "junction temperature below which a tripped node may start again") \
  F(Real,         restart_time,    "s",      "node",      parameter, host, "time below t_restart after which a tripped node starts again") \
  F(Real,         t_cap_band,          "K",      "node",      parameter, host, "width of the cap's band") \
  F(Real,         p_leakage,       "W",      "node",      parameter, host, "leakage at t_leakage") \
  F(Real,         t_leakage,       "K",      "node",      parameter, host, "reference junction temperature of leakage and requests") \
  F(Real,         leakage_slope,   "K-1",    "node",      parameter, host, "relative growth of leakage with temperature") \
  F(Real,         p_leak_bound,    "W",      "node",      parameter, host, "most leakage above its reference value") \
  F(std::int32_t, node_of_field,   "1",      "field",     parameter, host, "node of a resolved plate") \
  F(std::int32_t, node_of_lumped,  "1",      "lumped",    parameter, host, "node of a lumped plate") \
  F(std::int32_t, first_node,      "1",      "site_edge", parameter, host, "first node of each site") \
  F(LoopModel,    loop,            "1",      "site",      parameter, host, "coolant loop, coolers and hall air")
// clang-format on
struct System {
  std::int32_t n_site = 0, n_node = 0, n_field = 0, n_lumped = 0;
  Real tolerance = 0.05;  // of a step, on every cell of a plate [K]
  Real h_restart = 5e-3;  // first step after a change of power [s]
  Real h_min = 1e-4;      // no step is refined below [s]
  COLDSUN_ARRAYS(COLDSUN_THERMAL_SYSTEM)
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_THERMAL_SYSTEM)
};

// clang-format off
#define COLDSUN_THERMAL_STATE(F) \
  F(Real,          t_solid,           "K", "member field z y x", state,     AdvanceField,  "temperature of the plate's solid cells, from the power plane up") \
  F(Real,          t_coolant,         "K", "member field y x",   state,     AdvanceField,  "temperature of the coolant in the plate") \
  F(Real,          q_lumped,          "W", "member mode lumped", state,     AdvanceLumped, "lagged power of a lumped plate, per time constant") \
  F(Real,          t_lumped,          "K", "member lumped",      state,     AdvanceLumped, "temperature that a lumped plate has without power") \
  F(Real,          h_next,            "s", "member node",        state,     thermal,       "next step of the plate's own error control") \
  F(Real,          p_node_end,        "W", "member node",        state,     thermal,       "node power at the end of the step") \
  F(Real,          t_junction,        "K", "member node",        state,     thermal,       "hottest point of the power plane at the end of the step") \
  F(Real,          trip_left,         "s", "member node",        state,     thermal,       "time until a tripped node starts again; 0: not tripped") \
  F(Real,          flow_gain,         "1", "member node",        parameter, host,          "coolant flow over design; below 0 it enters at the other end") \
  F(Real,          tim_gain,          "1", "member node",        parameter, host,          "resistance of the interface material relative to design") \
  F(Real,          p_node,            "W", "member node",        derived,   thermal,       "node power, mean over the step") \
  F(Real,          q_plate,           "W", "member node",        derived,   thermal,       "heat into the node's plates, mean over the step") \
  F(Real,          q_carried,         "W", "member node",        derived,   thermal,       "heat that the coolant carried off, mean over the step") \
  F(Real,          q_stored,          "W", "member node",        derived,   thermal,       "heat stored in the node's plates, mean over the step") \
  F(Real,          t_outlet,          "K", "member node",        derived,   thermal,       "coolant leaving the plate at the end of the step") \
  F(Real,          p_unthrottled,     "W", "member node",        derived,   thermal,       "node power that no cap would have held back, mean over the step") \
  F(Real,          throttle_fraction, "1", "member node",        derived,   thermal,       "share of the step in which the junction cap held power back") \
  F(std::int32_t,  n_step,            "1", "member node",        derived,   thermal,       "steps that the plate took, repeated ones included") \
  F(std::uint32_t, trouble,           "1", "member node",        scratch,   thermal,       "bits to raise in the member's flags") \
  F(Real,          t_supply,          "K", "member site",        state,     AdvanceLoop,   "coolant supplied to the plates") \
  F(Real,          t_return,          "K", "member site",        state,     AdvanceLoop,   "coolant returned to the CDU") \
  F(Real,          t_facility,        "K", "member site",        state,     AdvanceLoop,   "facility water from the dry cooler") \
  F(Real,          t_hall,            "K", "member site",        state,     AdvanceLoop,   "hall air") \
  F(Real,          valve,             "1", "member site",        state,     AdvanceLoop,   "opening of the CDU's valve") \
  F(Real,          fan_speed,         "1", "member site",        state,     AdvanceLoop,   "speed of the dry cooler's fans relative to design") \
  F(Real,          q_plates,          "W", "member site",        derived,   AdvanceLoop,   "heat from the plates into the loop") \
  F(Real,          q_cdu,             "W", "member site",        derived,   AdvanceLoop,   "heat through the CDU to the facility water") \
  F(Real,          q_cooler,          "W", "member site",        derived,   AdvanceLoop,   "heat from the dry cooler to the outside air") \
  F(Real,          q_coil,            "W", "member site",        derived,   AdvanceLoop,   "heat from hall air to the facility water") \
  F(Real,          q_chiller,         "W", "member site",        derived,   AdvanceLoop,   "heat from hall air taken by the chiller") \
  F(Real,          q_air,             "W", "member site",        derived,   AdvanceLoop,   "heat into hall air") \
  F(Real,          q_pump,            "W", "member site",        derived,   AdvanceLoop,   "pump work that heats the plates' loop") \
  F(Real,          q_pump_facility,   "W", "member site",        derived,   AdvanceLoop,   "pump work that heats the facility water") \
  F(Real,          p_pump,            "W", "member site",        derived,   AdvanceLoop,   "both pumps") \
  F(Real,          p_fan,             "W", "member site",        derived,   AdvanceLoop,   "fans of the dry cooler") \
  F(Real,          p_cdu,             "W", "member site",        derived,   AdvanceLoop,   "CDU electronics, controls and lights") \
  F(Real,          p_hall_cooler,     "W", "member site",        derived,   AdvanceLoop,   "fans and compressor of the hall cooler") \
  F(Real,          p_aux,             "W", "member site",        derived,   AdvanceLoop,   "sum of pumps, fans, CDU and hall cooler")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_THERMAL_STATE)
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_THERMAL_STATE)
};

// What the caller gives for each sub-step.
struct Drive {
  View<const Real, 2>
      p_request;                // (member, node) asked at the junction temperature t_leakage, its leakage included [W]
  View<const Real, 2> p_floor;  // (member, node) at rest at t_leakage, its leakage included: the cap goes no lower [W]
  View<const Real, 2> p_allocated;   // (member, node) cap from the bus, leakage included; 0: off [W]
  View<const Real, 2> t_supply_set;  // (member, site) set-point of the plates' coolant [K]
  View<const Real, 2> temp_air;      // (member, site) outside [K]
  View<const Real, 2> q_extra;       // (member, site) other heat into the loop: converters on its cold rail [W]
  View<std::uint32_t, 1> flags;      // (member)
};

// Coolant through the plates of a site [m3/s].
COLDSUN_FN Real flow_of_site(const SystemView& sys, const StateView& st, int m, int s) {
  Real v_dot = 0.0;
  for (int n = sys.first_node(s); n < sys.first_node(s + 1); ++n)
    v_dot += sys.n_plate(n) * sys.flow(n) * std::fabs(st.flow_gain(m, n));
  return v_dot;
}

template <class Space>
void advance(Space space, const System& sys, State& state, const Drive& drive, const Cut& cut);

State make_state(const System& sys, int n_member, Device device, Real t_start = 303.15);

}  // namespace coldsun::thermal

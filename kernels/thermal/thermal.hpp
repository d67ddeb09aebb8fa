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
// a temperature or power is not finite: the member is frozen
inline constexpr std::uint32_t flag_thermal_not_finite = 1u << 16;
// a plate needed more steps than allowed in one cut
inline constexpr std::uint32_t flag_thermal_not_converged = 1u << 17;
// coolant is outside 0 to 90 degrees C, the range of its property correlations
inline constexpr std::uint32_t flag_thermal_out_of_range = 1u << 18;
// a node's junction passed t_trip and the node switched itself off
inline constexpr std::uint32_t flag_thermal_trip = 1u << 19;
// coolant in a plate is above its boiling point at standard pressure
inline constexpr std::uint32_t flag_thermal_boils = 1u << 20;

inline constexpr int n_lumped_mode = 3;   // time constants of a lumped plate
inline constexpr int n_lumped_flow = 11;  // flows of its film table: 2^-3, 2^-2.5 .. 2^2 times the design flow
inline constexpr int n_lumped_film = 4;   // coolant temperatures of its film table: 15, 35, 55 and 75 degrees C
inline constexpr Real lumped_film_first = 288.15, lumped_film_step = 20.0;  // [K]

// A lumped plate, fitted to the step response of the resolved operator at the design flow and to its steady state at
// the other flows:
//   tau_k dq_k/dt = P - q_k;  junction = t_ref + r_0 q_0 + s (r_1 q_1 + r_2 q_2)
//   heat to the coolant = sum w_k q_k + flow (t_ref - t_inlet);  s: function of flow and mean coolant temperature
struct LumpedModel {
  Real tau[n_lumped_mode];  // [s]
  Real r[n_lumped_mode];    // share of the junction's resistance at the design [K/W], >= 0; index 0: die and interface
  // s: factor on the slow shares r_1 and r_2, by flow and film temperature; near 1 at the design [1]
  Real slow[n_lumped_flow * n_lumped_film];
  Real weight[n_lumped_mode];  // share of the heat to the coolant, sum 1
  Real capacity;               // of the whole plate [J/K]
  Real flow;                   // capacity rate at the design flow [W/K]
  Real r_tim;                  // change of the junction's resistance per unit of tim_gain [K/W]
};

// Constants common to all members. Nodes of all sites are numbered consecutively; a node is resolved (field) or lumped.
// A model: one for each combination of plate class, flow and interface that occurs.
// clang-format off
#define COLDSUN_THERMAL_SYSTEM(F) \
  F(Stack,        stack,           "1",      "model",     parameter, host, "layers, channels and coolant of the plate model") \
  F(LumpedModel,  lumped,          "1",      "model",     parameter, host, "lumped plate model, fitted to the resolved operator") \
  F(Real,         power_map,       "1",      "model y x", parameter, host, "share of plate power in each column of the plate") \
  F(Real,         r_junction,      "K W-1",  "model",     parameter, host, "steady-state resistance from junction to coolant inlet at design flow") \
  F(std::int32_t, site,            "1",      "node",      parameter, host, "site index of the node") \
  F(std::int32_t, model,           "1",      "node",      parameter, host, "plate model index of the node") \
  F(std::int32_t, fidelity,        "1",      "node",      parameter, host, "index of the resolved plate, or -1 - index of the lumped plate") \
  F(std::int32_t, n_plate,         "1",      "node",      parameter, host, "number of plates in the node") \
  F(Real,         flow,            "m3 s-1", "node",      parameter, host, "design coolant flow through one plate of the node") \
  F(Real,         liquid_fraction, "1",      "node",      parameter, host, "share of node power that heats the node's plates") \
  F(Real,         p_max,           "W",      "node",      parameter, host, "cap on node power at junction temperatures below t_cap") \
  F(Real,         p_throttle,      "W",      "node",      parameter, host, "cap on node power at junction temperatures above t_cap + t_cap_band") \
  F(Real,         t_cap,           "K",      "node",      parameter, host, "junction temperature at which the cap on node power starts to fall") \
  F(Real,         t_trip,          "K",      "node",      parameter, host, "junction temperature above which the node switches itself off") \
  F(Real,         t_restart,       "K",      "node",      parameter, host, "junction temperature below which a tripped node may start again") \
  F(Real,         restart_time,    "s",      "node",      parameter, host, "time below t_restart before a tripped node starts again") \
  F(Real,         t_cap_band,          "K",      "node",      parameter, host, "width of the junction-temperature band over which the cap falls") \
  F(Real,         p_leakage,       "W",      "node",      parameter, host, "leakage power of the node at t_leakage") \
  F(Real,         t_leakage,       "K",      "node",      parameter, host, "reference junction temperature of leakage and requested power") \
  F(Real,         leakage_slope,   "K-1",    "node",      parameter, host, "relative increase of leakage power per kelvin of junction temperature") \
  F(Real,         p_leak_bound,    "W",      "node",      parameter, host, "upper bound of leakage power above its value at t_leakage") \
  F(std::int32_t, node_of_field,   "1",      "field",     parameter, host, "node index of the resolved plate") \
  F(std::int32_t, node_of_lumped,  "1",      "lumped",    parameter, host, "node index of the lumped plate") \
  F(std::int32_t, first_node,      "1",      "site_edge", parameter, host, "index of the site's first node") \
  F(LoopModel,    loop,            "1",      "site",      parameter, host, "parameters of the coolant loop, coolers and hall air")
// clang-format on
struct System {
  std::int32_t n_site = 0, n_node = 0, n_field = 0, n_lumped = 0;
  Real tolerance = 0.05;  // error per step accepted in any cell of a plate [K]
  Real h_restart = 5e-3;  // first step after a change of power [s]
  Real h_min = 1e-4;      // smallest step of the error control [s]
  COLDSUN_ARRAYS(COLDSUN_THERMAL_SYSTEM)
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_THERMAL_SYSTEM)
};

// clang-format off
#define COLDSUN_THERMAL_STATE(F) \
  F(Real,          t_solid,           "K", "member field z y x", state,     AdvanceField,  "temperature of the plate's solid cells at the end of the step") \
  F(Real,          t_coolant,         "K", "member field y x",   state,     AdvanceField,  "coolant temperature after each plate row at the end of the step") \
  F(Real,          q_lumped,          "W", "member mode lumped", state,     AdvanceLumped, "power of the lumped plate, lagged by each of its time constants") \
  F(Real,          t_lumped,          "K", "member lumped",      state,     AdvanceLumped, "temperature of the lumped plate without power (reference)") \
  F(Real,          h_next,            "s", "member node",        state,     thermal,       "next integrator step of the plate") \
  F(Real,          p_node_end,        "W", "member node",        state,     thermal,       "node power at the end of the step") \
  F(Real,          t_junction,        "K", "member node",        state,     thermal,       "junction temperature: hottest point at the end of the step") \
  F(Real,          trip_left,         "s", "member node",        state,     thermal,       "remaining time below t_restart until restart; 0: not tripped") \
  F(Real,          flow_gain,         "1", "member node",        parameter, host,          "coolant flow of the node relative to design; below 0: reversed") \
  F(Real,          tim_gain,          "1", "member node",        parameter, host,          "thermal resistance of the interface material relative to design") \
  F(Real,          p_node,            "W", "member node",        derived,   thermal,       "node power, mean over the last cut") \
  F(Real,          q_plate,           "W", "member node",        derived,   thermal,       "heat flow from node to plates, mean over the last cut") \
  F(Real,          q_carried,         "W", "member node",        derived,   thermal,       "heat flow carried off by the coolant, mean over the last cut") \
  F(Real,          q_stored,          "W", "member node",        derived,   thermal,       "rate of heat storage in the plates, mean over the last cut") \
  F(Real,          t_outlet,          "K", "member node",        derived,   thermal,       "coolant temperature at the plate outlet at the end of the step") \
  F(Real,          p_unthrottled,     "W", "member node",        derived,   thermal,       "node power requested without any cap, mean over the last cut") \
  F(Real,          throttle_fraction, "1", "member node",        derived,   thermal,       "share of the last cut with node power limited by junction cap") \
  F(std::int32_t,  n_step,            "1", "member node",        derived,   thermal,       "integrator steps of the plate in the last cut, with rejected") \
  F(std::uint32_t, trouble,           "1", "member node",        scratch,   thermal,       "flag bits raised by the node in the cut") \
  F(Real,          t_supply,          "K", "member site",        state,     AdvanceLoop,   "coolant supply temperature to the plates at the end of the step") \
  F(Real,          t_return,          "K", "member site",        state,     AdvanceLoop,   "coolant return temperature to the CDU at the end of the step") \
  F(Real,          t_facility,        "K", "member site",        state,     AdvanceLoop,   "facility-water supply temperature at the end of the step") \
  F(Real,          t_hall,            "K", "member site",        state,     AdvanceLoop,   "hall air temperature at the end of the step") \
  F(Real,          valve,             "1", "member site",        state,     AdvanceLoop,   "opening of the CDU valve (0 to 1) at the end of the step") \
  F(Real,          fan_speed,         "1", "member site",        state,     AdvanceLoop,   "dry-cooler fan speed relative to design at the end of the step") \
  F(Real,          q_plates,          "W", "member site",        derived,   AdvanceLoop,   "heat flow from the plates into the coolant loop") \
  F(Real,          q_cdu,             "W", "member site",        derived,   AdvanceLoop,   "heat flow from coolant loop to facility water through the CDU") \
  F(Real,          q_cooler,          "W", "member site",        derived,   AdvanceLoop,   "heat flow from the dry cooler to outside air") \
  F(Real,          q_coil,            "W", "member site",        derived,   AdvanceLoop,   "heat flow from hall air to facility water") \
  F(Real,          q_chiller,         "W", "member site",        derived,   AdvanceLoop,   "heat flow removed from hall air by the chiller") \
  F(Real,          q_air,             "W", "member site",        derived,   AdvanceLoop,   "heat gain of hall air from nodes, pump motors, CDU and fans") \
  F(Real,          q_pump,            "W", "member site",        derived,   AdvanceLoop,   "hydraulic pump work that heats the coolant loop") \
  F(Real,          q_pump_facility,   "W", "member site",        derived,   AdvanceLoop,   "hydraulic pump work that heats the facility water") \
  F(Real,          p_pump,            "W", "member site",        derived,   AdvanceLoop,   "electrical power of the coolant and facility pumps") \
  F(Real,          p_fan,             "W", "member site",        derived,   AdvanceLoop,   "electrical power of the dry-cooler fans") \
  F(Real,          p_cdu,             "W", "member site",        derived,   AdvanceLoop,   "electrical power of CDU electronics, controls and lights") \
  F(Real,          p_hall_cooler,     "W", "member site",        derived,   AdvanceLoop,   "electrical power of the hall cooler's fans and compressor") \
  F(Real,          p_aux,             "W", "member site",        derived,   AdvanceLoop,   "electrical demand of pumps, fans, CDU and hall cooler")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_THERMAL_STATE)
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_THERMAL_STATE)
};

// External inputs of a cut.
struct Drive {
  // (member, node) requested at the junction temperature t_leakage, its leakage included [W]
  View<const Real, 2> p_request;
  // (member, node) lower limit of the cap: power at rest at t_leakage, its leakage included [W]
  View<const Real, 2> p_floor;
  View<const Real, 2> p_allocated;   // (member, node) cap from the bus, leakage included; 0: off [W]
  View<const Real, 2> t_supply_set;  // (member, site) set-point of the plates' coolant [K]
  View<const Real, 2> temp_air;      // (member, site) outside air temperature [K]
  View<const Real, 2> q_extra;       // (member, site) other heat into the loop: converters cooled by it [W]
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

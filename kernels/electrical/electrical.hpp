// Electrical power of the sites in quasi-steady mode: PV strings, converters, battery and the DC bus. Structs and entry
// points. Order in a cut: allocate (a cap per node that the bus can deliver) -> the plates draw power -> advance (bus
// voltage and dispatch for the power drawn).
#pragma once
#include <cstdint>
#include <vector>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "electrical/table.hpp"

namespace coldsun::electrical {

// Operating mode of a string's converter.
enum class Mode : std::int8_t { off = 0, ccm = 1, dcm = 2, limited = 3, curtailed = 4, pass_through = 5 };

// Bits raised in flags(member).
inline constexpr std::uint32_t flag_electrical_not_finite = 1u << 8;  // a result is not finite: the member is frozen
// the droop equation is not met to 1e-9 of v_nominal; the powers still balance
inline constexpr std::uint32_t flag_bus_not_converged = 1u << 9;
// the power drawn exceeds the allocation: load is shed in the closing
inline constexpr std::uint32_t flag_bus_shed = 1u << 10;
// pumps, fans and CDU drew more than the bus can deliver: their power is cut
inline constexpr std::uint32_t flag_aux_cut = 1u << 11;

// A PV module at reference conditions, 1000 W/m2 and 25 degC, CEC parameters (Dobos 2012, doi 10.1115/1.4005759) by
// SAM's names.
struct Module {
  Real i_l_ref, i_o_ref;  // A: photocurrent, saturation current
  Real r_s, r_sh_ref;     // ohm: series and shunt resistance
  Real a_ref;             // V, n Ns Vth
  Real alpha_sc;          // A/K
  Real adjust;            // of the temperature coefficients, share
};

// Loss of a converter against the power p at its measured terminals: loss = p_rated (c0 + c1 x + c2 x^2), x = |p| /
// p_rated. p_rated 0: there is no such converter.
struct LossCurve {
  Real c0 = 0.0016, c1 = 0.0038, c2 = 0.0049;
};
struct Converter {
  Real p_rated = 0.0;  // W
  LossCurve loss = {};
};

using LossTable = Table<8>;     // loss against output power, both per unit of rating
using OcvTable = PolyLine<24>;  // open-circuit voltage of a cell [V] against state of charge

// A battery of n_series x n_parallel equal cells; 0 cells: none.
struct Pack {
  OcvTable v_ocv;
  Real capacity = 0.0;                   // A s of one cell
  Real r_0 = 0.0, r_1 = 0.0, r_2 = 0.0;  // ohm of one cell
  Real tau_1 = 1.0, tau_2 = 1.0;         // s
  std::int32_t n_series = 0, n_parallel = 0;
  Real i_charge = 0.0, i_discharge = 0.0;   // A of one cell
  Real v_cell_min = 0.0, v_cell_max = 0.0;  // V of one cell
  Real soc_min = 0.0, soc_reserve = 0.0,
       soc_max = 1.0;  // below soc_reserve the battery gives only when nothing else can
  Real soc_start = 0.5;
  Converter converter;
};

struct GridTie {
  Real p_import = 0.0, p_export = 0.0;  // W at the grid's terminals
  Converter converter;
};

// Heat sink of the converters indoors.
struct ConverterSink {
  Real heat_capacity = 1.0, conductance = 1.0;  // J/K, W/K to the coolant
};

// A generator: off, on its way, running, or (to a planner, who sees slots of minutes) there as soon as it is needed.
enum class GensetMode : std::int8_t { off = 0, starting = 1, running = 2, ready = 3 };
struct Genset {
  Real p_max = 0.0, p_min = 0.0;           // W at its terminals; below p_min it runs only where nobody takes more
  Real start_time = 0.0, least_run = 0.0;  // s from the word to power; least run
  Real soc_stop = 0.0;                     // charge of the battery at which it may stop
  Real fuel_idle = 0.0, fuel_slope = 0.0;  // m3/s at no load, m3/J above that
  Converter rectifier = {};
};

// One site: its bus and all that hangs on it but strings and nodes.
struct Site {
  std::int32_t string_first = 0, string_count = 0, node_first = 0, node_count = 0;
  Real v_nominal = 800.0, v_min = 720.0, v_max = 820.0;  // V, window of the bus
  Real r_droop = 0.0;      // ohm: v_bus = v_nominal - r_droop i of battery, grid tie and genset together
  Real tau_v = 0.2;        // s, response of the voltage to a change of that current
  Real capacitance = 0.0;  // F
  Real r_pv_cable = 0.0, r_battery_cable = 0.0,
       r_load_cable = 0.0;  // ohm: field feeder, battery cable, distribution to racks and auxiliaries
  Real mppt_step = 0.005;   // perturbation of the tracker as a part of v_oc
  Pack battery;
  Converter string_converter;  // its loss per unit; the rating is the string's own
  Converter aux_converter;
  GridTie grid;
  Real p_import_plan =
      0.0;  // W of p_import meant to be taken while a generator could start, and before it where it runs
  Genset genset;
  LossTable rack;  // of every node's rack converter, 800 V to 50 V
  ConverterSink converter_sink;
  Real t_sink_initial = 300.0;  // K
};

// A string row stands for `string_count` equal strings, each with its own boost converter. A StringRow is one item.
// clang-format off
#define COLDSUN_ELECTRICAL_STRING(F) \
  F(std::int32_t, string_site,       "1",   "string", parameter, host, "site index of the string row") \
  F(std::int32_t, string_plane,      "1",   "string", parameter, host, "index of the string's plane of irradiance") \
  F(std::int32_t, string_module,     "1",   "string", parameter, host, "index of the string's module type") \
  F(std::int32_t, string_n_series,   "1",   "string", parameter, host, "number of modules in series in the string") \
  F(std::int32_t, string_count,      "1",   "string", parameter, host, "number of equal strings represented by the string row") \
  F(Real,         string_rating,     "W",   "string", parameter, host, "rated input power of the string's boost converter") \
  F(Real,         string_inductance, "H",   "string", parameter, host, "inductance of the string's boost converter") \
  F(Real,         string_f_sw,       "Hz",  "string", parameter, host, "switching frequency of the string's boost converter") \
  F(Real,         string_r_wire,     "ohm", "string", parameter, host, "wiring resistance between modules and converter of the string, part of its curve")
// Constants.
#define COLDSUN_ELECTRICAL_SYSTEM(F) \
  F(Module,       module,            "1",   "module", parameter, host, "CEC parameters of the PV module type") \
  F(Site,         site,              "1",   "site",   parameter, host, "bus, battery, grid tie, generator and converters of the site") \
  COLDSUN_ELECTRICAL_STRING(F) \
  F(Real,         string_loss_0,     "1",   "string", parameter, host, "boost converter loss relative to rating: constant coefficient") \
  F(Real,         string_loss_1,     "1",   "string", parameter, host, "boost converter loss relative to rating: linear coefficient") \
  F(Real,         string_loss_2,     "1",   "string", parameter, host, "boost converter loss relative to rating: quadratic coefficient") \
  F(std::int32_t, node_site,         "1",   "node",   parameter, host, "site index of the node") \
  F(Real,         node_rating,       "W",   "node",   parameter, host, "rated output power of the node's rack converter")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_ELECTRICAL_SYSTEM)
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_ELECTRICAL_SYSTEM)
};

// (string): value of one of the row's equal strings. (site): balances in README.
// clang-format off
#define COLDSUN_ELECTRICAL_STATE(F) \
  F(Real,          v_pv,                   "V",    "member string", derived,   OperateStrings, "voltage at the string's terminals") \
  F(Real,          i_pv,                   "A",    "member string", derived,   OperateStrings, "current of the string") \
  F(Real,          duty,                   "1",    "member string", derived,   OperateStrings, "duty cycle of the string's boost converter") \
  F(Real,          i_l,                    "A",    "member string", derived,   OperateStrings, "mean inductor current of the string's boost converter") \
  F(std::int8_t,   mode,                   "1",    "member string", derived,   ModeOfStrings,  "operating mode of the string's boost converter") \
  F(Real,          loss,                   "W",    "member string", derived,   OperateStrings, "power loss of the string's boost converter") \
  F(Real,          v_mp,                   "V",    "member string", derived,   TrackStrings,   "voltage of the string at its maximum power point") \
  F(Real,          p_mp,                   "W",    "member string", derived,   TrackStrings,   "power of the string at its maximum power point") \
  F(Real,          p_track,                "W",    "member string", derived,   TrackStrings,   "mean string power at the tracker's operating points") \
  F(Real,          p_miss,                 "W",    "member string", derived,   TrackStrings,   "string power lost to tracking or bus voltage") \
  F(Real,          vd_mp,                  "V",    "member string", scratch,   TrackStrings,   "diode voltage of a module at its maximum power point") \
  F(Real,          vd_pass,                "V",    "member string", scratch,   TrackStrings,   "diode voltage of a module in pass-through; 0: other mode") \
  F(Real,          curvature,              "W/V2", "member string", scratch,   TrackStrings,   "d2P/dx2 of a module at maximum power, x: diode voltage") \
  F(Real,          pv_gain,                "1",    "member string", parameter, host,           "correction factor on the string's effective irradiance") \
  F(Real,          p_allocated,            "W",    "member node",   derived,   AllocateSites,  "cap on node power allocated by the bus; 0: node off") \
  F(Real,          p_served_node,          "W",    "member node",   derived,   CloseSites,     "power delivered to the node by the bus") \
  F(Real,          v_bus,                  "V",    "member site",   state,     CloseSites,     "voltage of the DC bus at the end of the step") \
  F(Real,          soc,                    "1",    "member site",   state,     CloseSites,     "state of charge of the battery at the end of the step") \
  F(Real,          v_rc1,                  "V",    "member site",   state,     CloseSites,     "voltage of a cell's fast RC pair at the end of the step") \
  F(Real,          v_rc2,                  "V",    "member site",   state,     CloseSites,     "voltage of a cell's slow RC pair at the end of the step") \
  F(Real,          t_sink,                 "K",    "member site",   state,     SumSites,       "converter heat sink temperature at the end of the step") \
  F(Real,          capacity_factor,        "1",    "member site",   parameter, host,           "battery capacity relative to its rated capacity") \
  F(Real,          p_pv_available,         "W",    "member site",   derived,   SumSites,       "available PV power: sum of the strings' maximum power") \
  F(Real,          p_pv,                   "W",    "member site",   derived,   SumSites,       "PV power at the strings' terminals") \
  F(Real,          p_curtailed,            "W",    "member site",   derived,   SumSites,       "PV power curtailed or above a converter's rating") \
  F(Real,          p_mppt_loss,            "W",    "member site",   derived,   SumSites,       "PV power lost to tracking, converter sleep or bus voltage") \
  F(Real,          p_battery,              "W",    "member site",   derived,   CloseSites,     "battery power at the cell terminals, discharge positive") \
  F(Real,          p_grid,                 "W",    "member site",   derived,   CloseSites,     "grid power at the AC terminals, import positive") \
  F(Real,          p_charge,               "W",    "member site",   derived,   SumSites,       "charging power of the battery: positive part of -p_battery") \
  F(Real,          p_import,               "W",    "member site",   derived,   SumSites,       "power imported from the grid: positive part of p_grid") \
  F(std::int8_t,   genset_mode,            "1",    "member site",   state,     MoveGensets,    "mode of the generator: 0 off, 1 starting, 2 running") \
  F(std::int64_t,  genset_starts,          "1",    "member site",   state,     MoveGensets,    "number of generator starts") \
  F(Real,          genset_time,            "s",    "member site",   state,     MoveGensets,    "time since the generator's last change of mode") \
  F(Real,          genset_run_time,        "s",    "member site",   state,     MoveGensets,    "total running time of the generator") \
  F(Real,          genset_fuel,            "m3",   "member site",   state,     MoveGensets,    "total fuel consumption of the generator") \
  F(Real,          fuel_rate,              "m3/s", "member site",   derived,   MoveGensets,    "fuel flow of the generator") \
  F(Real,          p_genset,               "W",    "member site",   derived,   CloseSites,     "generator power at its AC terminals") \
  F(Real,          p_it,                   "W",    "member site",   derived,   CloseSites,     "IT power: power delivered to the nodes") \
  F(Real,          p_aux,                  "W",    "member site",   derived,   CloseSites,     "power delivered to pumps, fans, CDU and hall cooler") \
  F(Real,          p_loss,                 "W",    "member site",   derived,   SumSites,       "power loss of all converters and cables") \
  F(Real,          de_bus_dt,              "W",    "member site",   derived,   CloseSites,     "rate of change of the energy stored in the bus capacitance") \
  F(Real,          p_withheld,             "W",    "member site",   scratch,   AllocateSites,  "requested node power that was not allocated") \
  F(Real,          p_shed,                 "W",    "member site",   derived,   CloseSites,     "shed load: requested node power that was not supplied") \
  F(Real,          p_aux_cap,              "W",    "member site",   derived,   AllocateSites,  "cap on the power of the auxiliaries") \
  F(Real,          p_heat,                 "W",    "member site",   derived,   SumSites,       "heat flow from the indoor converters into the coolant") \
  F(Real,          p_heat_battery,         "W",    "member site",   derived,   CloseSites,     "heat generated in the battery cells") \
  F(Real,          i_battery,              "A",    "member site",   derived,   CloseSites,     "current of one battery cell, discharge positive") \
  F(Real,          v_battery,              "V",    "member site",   derived,   CloseSites,     "mean terminal voltage of one battery cell") \
  F(Real,          i_bus,                  "A",    "member site",   derived,   CloseSites,     "current of all loads on the DC bus") \
  F(Real,          loss_pv_converter,      "W",    "member site",   derived,   SumSites,       "power loss of the boost converters") \
  F(Real,          loss_pv_cable,          "W",    "member site",   derived,   CloseSites,     "power loss of the PV feeder cable") \
  F(Real,          loss_battery_converter, "W",    "member site",   derived,   CloseSites,     "power loss of the battery converter") \
  F(Real,          loss_battery_cable,     "W",    "member site",   derived,   CloseSites,     "power loss of the battery cable") \
  F(Real,          loss_grid_tie,          "W",    "member site",   derived,   CloseSites,     "power loss of the grid tie") \
  F(Real,          loss_genset_rectifier,  "W",    "member site",   derived,   CloseSites,     "power loss of the generator's rectifier") \
  F(Real,          loss_rack,              "W",    "member site",   derived,   CloseSites,     "power loss of the rack converters") \
  F(Real,          loss_load_cable,        "W",    "member site",   derived,   CloseSites,     "power loss of distribution cables to racks and auxiliaries") \
  F(Real,          loss_aux_converter,     "W",    "member site",   derived,   CloseSites,     "power loss of the auxiliaries' converter") \
  F(Real,          balance_pv,             "W",    "member site",   derived,   SumSites,       "PV balance residual: available - used - curtailed - lost") \
  F(Real,          balance_bus,            "W",    "member site",   derived,   SumSites,       "bus balance residual: sources - loads - losses - storage") \
  F(Real,          pv_linear,              "W",    "member site",   scratch,   AllocateSites,  "net PV power by the share used: linear coefficient") \
  F(Real,          pv_square,              "W",    "member site",   scratch,   AllocateSites,  "net PV power by the share used: quadratic coefficient") \
  F(Real,          pv_share,               "1",    "member site",   derived,   CloseSites,     "share of PV power used, common to all strings of the site") \
  F(Real,          p_discharge_reserve,    "W",    "member site",   scratch,   AllocateSites,  "largest battery discharge over the cut down to soc_reserve") \
  F(Real,          p_discharge_max,        "W",    "member site",   scratch,   AllocateSites,  "largest battery discharge over the cut down to soc_min") \
  F(Real,          p_charge_max,           "W",    "member site",   scratch,   AllocateSites,  "largest battery charging power over the cut") \
  F(std::uint32_t, trouble,                "1",    "member site",   scratch,   electrical,     "flag bits raised by the site in the cut")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_ELECTRICAL_STATE)
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_ELECTRICAL_STATE)
};

// External inputs of a cut: constant over it, or its mean. allocate reads all but p_node, p_aux, t_coolant; advance
// reads p_node, p_aux, t_coolant, p_request, p_leak_bound and priority.
struct Drive {
  View<const Real, 2> effective_irradiance, temp_cell;  // (member, plane) W/m2, K
  // (member, node) W: requested, at rest, bound of leakage above both
  View<const Real, 2> p_request, p_floor, p_leak_bound;
  View<const std::int32_t, 2> priority;  // (member, node) nodes of higher priority are served first
  View<const Real, 2> p_node;            // (member, node) power drawn, W
  // (member, site) power drawn by pumps, fans and CDU, and its upper bound, W
  View<const Real, 2> p_aux, p_aux_bound;
  // (member, site) W, cap on the sum of the nodes from the remote controller
  View<const Real, 2> p_site_cap;
  View<const Real, 2> t_coolant;  // (member, site) coolant temperature at the converters' cold plates, K
  View<std::uint32_t, 1> flags;   // (member)
};

// Host-side description of a System, in the order of its rows. Nodes and strings of a site are contiguous.
struct StringRow {
  COLDSUN_ROW(COLDSUN_ELECTRICAL_STRING)
};
struct NodeRow {
  std::int32_t site;
  Real p_rated;  // W
};
// Throws std::invalid_argument in one sentence for an invalid description. Sets the first/count ranges of the sites.
System make_system(const std::vector<Module>&, std::vector<Site>, const std::vector<StringRow>&,
                   const std::vector<NodeRow>&, Device);
// Batteries at soc_start and at rest, buses at v_nominal, sinks at t_sink_initial, factors at 1.
State make_state(const System&, int n_member, Device);

// Data with a source (defaults.cpp): modules of the CEC list, an LFP cell, the loss of a rack converter.
Module module_longi_lr5_72hbd_545m();
Module module_first_solar_fs_6460a();
OcvTable ocv_lfp();
Pack pack_lfp_280ah(int n_series, int n_parallel);
LossTable loss_rack_llc();

// Ends a member's cut at the instant at which a starting generator is ready.
template <class Space>
void next_event(Space, const System&, const State&, const NextCut&);
// From the sky of the coming cut: maximum power of the strings, battery limits, p_allocated and p_aux_cap. Must precede
// advance in every cut.
template <class Space>
void allocate(Space, const System&, State&, const Drive&, const Cut&);
// Solves every bus for p_node and p_aux and moves battery, bus voltage and heat sink to the end of the cut.
template <class Space>
void advance(Space, const System&, State&, const Drive&, const Cut&);

}  // namespace coldsun::electrical

// Electrical power of the sites in quasi-steady mode: PV strings, converters, battery and the DC bus. Structs and entry
// points. Order in a cut: allocate (what the bus can give, a cap per node) -> the plates draw -> advance (the bus
// closes on what was drawn).
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
inline constexpr std::uint32_t flag_electrical_not_finite = 1u << 8;  // a result is not a number: freeze the member
inline constexpr std::uint32_t flag_bus_not_converged =
    1u << 9;  // the droop equation is not met to 1e-9 of v_nominal; the powers still balance
inline constexpr std::uint32_t flag_bus_shed =
    1u << 10;  // more was drawn than had been allocated: load was shed in the closing
inline constexpr std::uint32_t flag_aux_cut =
    1u << 11;  // pumps, fans and CDU drew more than the bus has: their power was cut

// A PV module at reference conditions, 1000 W/m2 and 25 degC, CEC parameters (Dobos 2012, doi 10.1115/1.4005759).
struct Module {
  Real photocurrent, saturation_current;     // A
  Real resistance_series, resistance_shunt;  // ohm
  Real a_ref;                                // V, n Ns Vth
  Real alpha_sc;                             // A/K
  Real adjust;                               // percent
};

// Loss of a converter against the power p at its measured terminals: loss = rating (c0 + c1 x + c2 x^2), x = |p| /
// rating. rating 0: there is no such converter.
struct Converter {
  Real rating = 0.0;  // W
  Real c0 = 0.0016, c1 = 0.0038, c2 = 0.0049;
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
};

// A generator: off, on its way, running, or (to a planner, who sees slots of minutes) there as soon as it is needed.
enum class GensetMode : std::int8_t { off = 0, starting = 1, running = 2, ready = 3 };
struct Genset {
  Real p_max = 0.0, p_min = 0.0;           // W at its terminals; below p_min it runs only where nobody takes more
  Real start_time = 0.0, least_run = 0.0;  // s from the word to power; least run
  Real soc_stop = 0.0;                     // charge of the battery at which it may stop
  Real fuel_idle = 0.0, fuel_slope = 0.0;  // m3/s at no load, m3/J above that
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
  Converter battery_converter, grid_tie, genset_rectifier, aux_converter;
  Real p_import = 0.0, p_export = 0.0;  // W at the grid's terminals
  Real p_import_plan =
      0.0;  // W of it that is meant to be taken while a generator could start, and before it where it runs
  Genset genset;
  LossTable rack;                                    // of every node's rack converter, 800 V to 50 V
  Real sink_capacity = 1.0, sink_conductance = 1.0;  // J/K and W/K to the coolant: heat sink of the converters indoors
  Real t_sink_initial = 300.0;                       // K
};

// Constant. A string row stands for `count` equal strings, each with a boost converter of its own.
// clang-format off
#define COLDSUN_ELECTRICAL_SYSTEM(F) \
  F(Module,       module,            "1",   "module", parameter, host, "CEC parameters of the PV modules") \
  F(Site,         site,              "1",   "site",   parameter, host, "bus, battery, grid tie, genset and converters of the sites") \
  F(std::int32_t, string_site,       "1",   "string", parameter, host, "site of the string") \
  F(std::int32_t, string_plane,      "1",   "string", parameter, host, "plane of the string") \
  F(std::int32_t, string_module,     "1",   "string", parameter, host, "row of the string's module type") \
  F(std::int32_t, string_n_series,   "1",   "string", parameter, host, "modules in series") \
  F(std::int32_t, string_count,      "1",   "string", parameter, host, "equal strings that the row stands for") \
  F(Real,         string_rating,     "W",   "string", parameter, host, "rated input power of the string's boost converter") \
  F(Real,         string_inductance, "H",   "string", parameter, host, "inductance of the boost converter") \
  F(Real,         string_f_sw,       "Hz",  "string", parameter, host, "switching frequency of the boost converter") \
  F(Real,         string_r_wire,     "ohm", "string", parameter, host, "wiring between modules and converter, part of the string's curve") \
  F(Real,         string_loss_0,     "1",   "string", parameter, host, "loss of the boost converter per rating: constant term") \
  F(Real,         string_loss_1,     "1",   "string", parameter, host, "loss of the boost converter per rating: linear term") \
  F(Real,         string_loss_2,     "1",   "string", parameter, host, "loss of the boost converter per rating: square term") \
  F(std::int32_t, node_site,         "1",   "node",   parameter, host, "site of the node") \
  F(Real,         node_rating,       "W",   "node",   parameter, host, "rated output of the node's rack converter")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_ELECTRICAL_SYSTEM)
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_ELECTRICAL_SYSTEM)
};

// (string): of one of the row's equal strings. (site): balances in README.
// clang-format off
#define COLDSUN_ELECTRICAL_STATE(F) \
  F(Real,          v_pv,                   "V",    "member string", derived,   OperateStrings, "voltage at the string's terminals") \
  F(Real,          i_pv,                   "A",    "member string", derived,   OperateStrings, "current of the string") \
  F(Real,          duty,                   "1",    "member string", derived,   OperateStrings, "duty cycle of the string's boost converter") \
  F(Real,          i_l,                    "A",    "member string", derived,   OperateStrings, "mean inductor current of the boost converter") \
  F(std::int8_t,   mode,                   "1",    "member string", derived,   ModeOfStrings,  "operating mode of the string's converter") \
  F(Real,          loss,                   "W",    "member string", derived,   OperateStrings, "loss of the string's boost converter") \
  F(Real,          v_mp,                   "V",    "member string", derived,   TrackStrings,   "voltage of the string's maximum power point") \
  F(Real,          p_mp,                   "W",    "member string", derived,   TrackStrings,   "maximum power of the string") \
  F(Real,          p_track,                "W",    "member string", derived,   TrackStrings,   "mean power that the tracker reaches") \
  F(Real,          p_miss,                 "W",    "member string", derived,   TrackStrings,   "power missed by tracking, sleep or bus voltage") \
  F(Real,          vd_mp,                  "V",    "member string", scratch,   TrackStrings,   "diode voltage of a module at its maximum power") \
  F(Real,          vd_pass,                "V",    "member string", scratch,   TrackStrings,   "diode voltage of a module in pass-through, else 0") \
  F(Real,          curvature,              "W/V2", "member string", scratch,   TrackStrings,   "second derivative of a module's power there") \
  F(Real,          pv_gain,                "1",    "member string", parameter, host,           "factor on effective irradiance, not modelled else") \
  F(Real,          p_allocated,            "W",    "member node",   derived,   AllocateSites,  "cap on the node's power; 0 is off") \
  F(Real,          p_served_node,          "W",    "member node",   derived,   CloseSites,     "power given to the node") \
  F(Real,          v_bus,                  "V",    "member site",   state,     CloseSites,     "voltage of the DC bus at the end of the cut") \
  F(Real,          soc,                    "1",    "member site",   state,     CloseSites,     "state of charge of the battery") \
  F(Real,          v_rc1,                  "V",    "member site",   state,     CloseSites,     "voltage of the cell's fast RC pair") \
  F(Real,          v_rc2,                  "V",    "member site",   state,     CloseSites,     "voltage of the cell's slow RC pair") \
  F(Real,          t_sink,                 "K",    "member site",   state,     SumSites,       "temperature of the converters' heat sink") \
  F(Real,          capacity_factor,        "1",    "member site",   parameter, host,           "capacity of the battery as a part of its rated one") \
  F(Real,          p_pv_available,         "W",    "member site",   derived,   SumSites,       "maximum power of all strings") \
  F(Real,          p_pv,                   "W",    "member site",   derived,   SumSites,       "power at the strings' terminals") \
  F(Real,          p_curtailed,            "W",    "member site",   derived,   SumSites,       "PV power given up: curtailed, or beyond a rating") \
  F(Real,          p_mppt_loss,            "W",    "member site",   derived,   SumSites,       "PV power missed by the trackers") \
  F(Real,          p_battery,              "W",    "member site",   derived,   CloseSites,     "power at the battery's cell terminals, discharge positive") \
  F(Real,          p_grid,                 "W",    "member site",   derived,   CloseSites,     "power at the grid's terminals, import positive") \
  F(Real,          p_charge,               "W",    "member site",   derived,   SumSites,       "power into the cells: the part of -p_battery above zero") \
  F(Real,          p_import,               "W",    "member site",   derived,   SumSites,       "power taken from the grid: the part of p_grid above zero") \
  F(std::int8_t,   genset_mode,            "1",    "member site",   state,     MoveGensets,    "0 off, 1 starting, 2 running") \
  F(std::int64_t,  genset_starts,          "1",    "member site",   state,     MoveGensets,    "starts of the generator") \
  F(Real,          genset_time,            "s",    "member site",   state,     MoveGensets,    "since the generator came into its mode") \
  F(Real,          genset_run_time,        "s",    "member site",   state,     MoveGensets,    "time that the generator ran") \
  F(Real,          genset_fuel,            "m3",   "member site",   state,     MoveGensets,    "fuel that the generator burnt") \
  F(Real,          fuel_rate,              "m3/s", "member site",   derived,   MoveGensets,    "fuel flow of the generator") \
  F(Real,          p_genset,               "W",    "member site",   derived,   CloseSites,     "power at the generator's terminals") \
  F(Real,          p_it,                   "W",    "member site",   derived,   CloseSites,     "power given to the nodes: p_it of the balance") \
  F(Real,          p_aux,                  "W",    "member site",   derived,   CloseSites,     "power given to pumps, fans and CDU") \
  F(Real,          p_loss,                 "W",    "member site",   derived,   SumSites,       "loss of all converters and cables") \
  F(Real,          de_bus_dt,              "W",    "member site",   derived,   CloseSites,     "rate of change of the energy in the bus capacitance") \
  F(Real,          p_withheld,             "W",    "member site",   scratch,   AllocateSites,  "requested node power that was not allocated") \
  F(Real,          p_shed,                 "W",    "member site",   derived,   CloseSites,     "requested node power that was not given") \
  F(Real,          p_aux_cap,              "W",    "member site",   derived,   AllocateSites,  "most power that the auxiliaries may draw") \
  F(Real,          p_heat,                 "W",    "member site",   derived,   SumSites,       "heat of the indoor converters into the coolant") \
  F(Real,          p_heat_battery,         "W",    "member site",   derived,   CloseSites,     "heat made in the battery's cells") \
  F(Real,          i_battery,              "A",    "member site",   derived,   CloseSites,     "current of one cell, discharge positive") \
  F(Real,          v_battery,              "V",    "member site",   derived,   CloseSites,     "mean voltage of one cell") \
  F(Real,          i_bus,                  "A",    "member site",   derived,   CloseSites,     "current of all loads of the bus") \
  F(Real,          loss_pv_converter,      "W",    "member site",   derived,   SumSites,       "loss of the boost converters") \
  F(Real,          loss_pv_cable,          "W",    "member site",   derived,   CloseSites,     "loss of the feeder from the PV field") \
  F(Real,          loss_battery_converter, "W",    "member site",   derived,   CloseSites,     "loss of the battery converter") \
  F(Real,          loss_battery_cable,     "W",    "member site",   derived,   CloseSites,     "loss of the battery cable") \
  F(Real,          loss_grid_tie,          "W",    "member site",   derived,   CloseSites,     "loss of the grid tie") \
  F(Real,          loss_genset_rectifier,  "W",    "member site",   derived,   CloseSites,     "loss of the generator's rectifier") \
  F(Real,          loss_rack,              "W",    "member site",   derived,   CloseSites,     "loss of the rack converters") \
  F(Real,          loss_load_cable,        "W",    "member site",   derived,   CloseSites,     "loss of the distribution to racks and auxiliaries") \
  F(Real,          loss_aux_converter,     "W",    "member site",   derived,   CloseSites,     "loss of the auxiliaries' converter") \
  F(Real,          balance_pv,             "W",    "member site",   derived,   SumSites,       "available less used, curtailed and missed PV power") \
  F(Real,          balance_bus,            "W",    "member site",   derived,   SumSites,       "sources less loads, losses and de_bus_dt") \
  F(Real,          pv_linear,              "W",    "member site",   scratch,   AllocateSites,  "net PV power by the share used: linear term") \
  F(Real,          pv_square,              "W",    "member site",   scratch,   AllocateSites,  "net PV power by the share used: square term") \
  F(Real,          pv_share,               "1",    "member site",   derived,   CloseSites,     "share of the PV power that is used, common to all strings") \
  F(Real,          p_discharge_reserve,    "W",    "member site",   scratch,   AllocateSites,  "discharge that can be held over the cut down to soc_reserve") \
  F(Real,          p_discharge_max,        "W",    "member site",   scratch,   AllocateSites,  "discharge that can be held over the cut down to soc_min") \
  F(Real,          p_charge_max,           "W",    "member site",   scratch,   AllocateSites,  "charge that can be held over the cut") \
  F(std::uint32_t, trouble,                "1",    "member site",   scratch,   electrical,     "bits to raise in the member's flags")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_ELECTRICAL_STATE)
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_ELECTRICAL_STATE)
};

// What the caller passes in each cut, constant or mean over it. allocate reads all but p_node, p_aux, t_coolant;
// advance reads p_node, p_aux, t_coolant, p_request, p_leak_bound and priority.
struct Drive {
  View<const Real, 2> effective_irradiance, temp_cell;   // (member, plane) W/m2, K
  View<const Real, 2> p_request, p_floor, p_leak_bound;  // (member, node) W: asked, idle, most leakage above them
  View<const std::int32_t, 2> priority;                  // (member, node) higher is served first
  View<const Real, 2> p_node;                            // (member, node) W drawn
  View<const Real, 2> p_aux, p_aux_bound;  // (member, site) W drawn by pumps, fans, CDU; the most they may draw
  View<const Real, 2> p_site_cap;          // (member, site) W, cap on the sum of the nodes, as the controls last said
  View<const Real, 2> t_coolant;           // (member, site) K at the converters' cold plates
  View<std::uint32_t, 1> flags;            // (member)
};

// Host-side description of a System, in the order of its rows. Nodes and strings of a site are contiguous.
struct StringRow {
  std::int32_t site, plane, module, n_series, count;
  Real rating, inductance, f_sw, r_wire;  // W, H, Hz, ohm
};
struct NodeRow {
  std::int32_t site;
  Real rating;  // W
};
// Throws std::invalid_argument with one sentence where the description cannot be built. Fills the first/count ranges of
// the sites.
System make_system(const std::vector<Module>&, std::vector<Site>, const std::vector<StringRow>&,
                   const std::vector<NodeRow>&, Device);
// Batteries at soc_start and at rest, buses at v_nominal, sinks at t_sink_initial, factors at 1.
State make_state(const System&, int n_member, Device);

// Data with a source (defaults.cpp): module rows of the CEC list, an LFP cell, a rack converter's loss.
Module module_longi_lr5_72hbd_545m();
Module module_first_solar_fs_6460a();
OcvTable ocv_lfp();
Pack pack_lfp_280ah(int n_series, int n_parallel);
LossTable loss_rack_llc();

// Brings a member's stop forward to the instant at which a starting generator is there.
template <class Space>
void next_event(Space, const System&, const State&, const NextCut&);
// Sky of the coming cut -> strings' maximum power, battery limits, p_allocated and p_aux_cap. Must come before advance
// in every cut.
template <class Space>
void allocate(Space, const System&, State&, const Drive&, const Cut&);
// Closes every bus on p_node and p_aux and moves battery, bus voltage and heat sink to the end of the cut.
template <class Space>
void advance(Space, const System&, State&, const Drive&, const Cut&);

}  // namespace coldsun::electrical

// Electrical power of the sites in quasi-steady mode: PV strings, converters, battery and the DC bus. Structs and entry points.
// Order in a cut: allocate (what the bus can give, a cap per node) -> the plates draw -> advance (the bus closes on what was drawn).
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
inline constexpr std::uint32_t flag_bus_not_converged = 1u
                                                        << 9;  // the droop equation is not met to 1e-9 of v_nom; the powers still balance
inline constexpr std::uint32_t flag_bus_shed = 1u << 10;       // more was drawn than had been allocated: load was shed in the closing
inline constexpr std::uint32_t flag_aux_cut = 1u << 11;        // pumps, fans and CDU drew more than the bus has: their power was cut

// A PV module at reference conditions, 1000 W/m2 and 25 degC, CEC parameters (Dobos 2012, doi 10.1115/1.4005759).
struct Module {
  Real photocurrent, saturation_current;     // A
  Real resistance_series, resistance_shunt;  // ohm
  Real a_ref;                                // V, n Ns Vth
  Real alpha_sc;                             // A/K
  Real adjust;                               // percent
};

// Loss of a converter against the power p at its measured terminals: loss = rating (c0 + c1 x + c2 x^2), x = |p| / rating.
// rating 0: there is no such converter.
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
  Real i_charge_max = 0.0, i_discharge_max = 0.0;        // A of one cell
  Real v_min = 0.0, v_max = 0.0;                         // V of one cell
  Real soc_min = 0.0, soc_reserve = 0.0, soc_max = 1.0;  // below soc_reserve the battery gives only when nothing else can
  Real soc_initial = 0.5;
};

// A generator: off, on its way, running, or (to a planner, who sees slots of minutes) there as soon as it is needed.
enum class GensetMode : std::int8_t { off = 0, starting = 1, running = 2, ready = 3 };
struct Genset {
  Real p_max = 0.0, p_min = 0.0;                  // W at its terminals; below p_min it runs only where nobody takes more
  Real start_time = 0.0, run_time_min = 0.0;      // s from the word to power; least run
  Real soc_stop = 0.0;                            // charge of the battery at which it may stop
  Real fuel_idle = 0.0, fuel_per_energy = 0.0;    // m3/s at no load, m3/J above that
};

// One site: its bus and all that hangs on it but strings and nodes.
struct Site {
  std::int32_t string_first = 0, string_count = 0, node_first = 0, node_count = 0;
  Real v_nom = 800.0, v_min = 720.0, v_max = 820.0;  // V, window of the bus
  Real r_droop = 0.0;                                // ohm: v_bus = v_nom - r_droop i of battery, grid tie and genset together
  Real tau_v = 0.2;                                  // s, response of the voltage to a change of that current
  Real capacitance = 0.0;                            // F
  Real r_pv_cable = 0.0, r_battery_cable = 0.0,
       r_load_cable = 0.0;  // ohm: field feeder, battery cable, distribution to racks and auxiliaries
  Real mppt_step = 0.005;   // perturbation of the tracker as a part of v_oc
  Pack battery;
  Converter string_converter;  // its loss per unit; the rating is the string's own
  Converter battery_converter, grid_tie, genset_rectifier, aux_converter;
  Real p_import_max = 0.0, p_export_max = 0.0;       // W at the grid's terminals
  Real p_import_plan = 0.0;  // W of it that is meant to be taken while a generator could start, and before it where it runs
  Genset genset;
  LossTable rack;                                    // of every node's rack converter, 800 V to 50 V
  Real sink_capacity = 1.0, sink_conductance = 1.0;  // J/K and W/K to the coolant: heat sink of the converters indoors
  Real t_sink_initial = 300.0;                       // K
};

// Constant. A string row stands for `count` equal strings, each with a boost converter of its own.
struct System {
  Array<Module, 1> module;
  Array<Site, 1> site;
  Array<std::int32_t, 1> string_site, string_plane, string_module, string_n_series, string_count;
  Array<Real, 1> string_rating, string_inductance, string_f_sw, string_r_wire;
  Array<Real, 1> string_loss_0, string_loss_1, string_loss_2;  // c0, c1, c2 of the string's converter: a column each, so that loops become vectors
  Array<std::int32_t, 1> node_site;
  Array<Real, 1> node_rating;

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind k = Kind::parameter;
    f(FieldInfo{"module", "1", "module", "CEC parameters of the PV modules", k}, s.module);
    f(FieldInfo{"site", "1", "site", "bus, battery, grid tie, genset and converters of the sites", k}, s.site);
    f(FieldInfo{"string_site", "1", "string", "site of the string", k}, s.string_site);
    f(FieldInfo{"string_plane", "1", "string", "plane of the string", k}, s.string_plane);
    f(FieldInfo{"string_module", "1", "string", "row of the string's module type", k}, s.string_module);
    f(FieldInfo{"string_n_series", "1", "string", "modules in series", k}, s.string_n_series);
    f(FieldInfo{"string_count", "1", "string", "equal strings that the row stands for", k}, s.string_count);
    f(FieldInfo{"string_rating", "W", "string", "rated input power of the string's boost converter", k}, s.string_rating);
    f(FieldInfo{"string_inductance", "H", "string", "inductance of the boost converter", k}, s.string_inductance);
    f(FieldInfo{"string_f_sw", "Hz", "string", "switching frequency of the boost converter", k}, s.string_f_sw);
    f(FieldInfo{"string_r_wire", "ohm", "string", "wiring between modules and converter, part of the string's curve", k}, s.string_r_wire);
    f(FieldInfo{"string_loss_0", "1", "string", "loss of the boost converter per rating: constant term", k}, s.string_loss_0);
    f(FieldInfo{"string_loss_1", "1", "string", "loss of the boost converter per rating: linear term", k}, s.string_loss_1);
    f(FieldInfo{"string_loss_2", "1", "string", "loss of the boost converter per rating: square term", k}, s.string_loss_2);
    f(FieldInfo{"node_site", "1", "node", "site of the node", k}, s.node_site);
    f(FieldInfo{"node_rating", "W", "node", "rated output of the node's rack converter", k}, s.node_rating);
  }
};

struct State {
  // strings: of one of the row's equal strings
  Array<Real, 2> v_pv, i_pv, duty, i_l, loss, v_mp, p_mp, p_track, p_miss, vd_mp, vd_pass, curvature, pv_gain;
  Array<std::int8_t, 2> mode;
  // nodes
  Array<Real, 2> p_allocated, p_served_node;
  // sites
  Array<Real, 2> v_bus, soc, v_rc1, v_rc2, t_sink, capacity_factor;
  Array<Real, 2> p_pv_available, p_pv, p_curtailed, p_mppt_loss, p_battery, p_grid, p_genset, p_it, p_aux, p_loss, de_bus_dt;
  Array<Real, 2> p_charge, p_import, p_shed, p_aux_cap, p_heat, p_heat_battery, i_battery, v_battery, i_bus;
  Array<Real, 2> loss_pv_converter, loss_pv_cable, loss_battery_converter, loss_battery_cable, loss_grid_tie, loss_genset_rectifier;
  Array<Real, 2> loss_rack, loss_load_cable, loss_aux_converter;
  Array<Real, 2> balance_pv, balance_bus;
  Array<std::int8_t, 2> genset_mode;
  Array<std::int64_t, 2> genset_starts;
  Array<Real, 2> genset_time, genset_run_time, genset_fuel, fuel_rate;
  Array<Real, 2> pv_linear, pv_square, pv_share, p_discharge_reserve, p_discharge_max, p_charge_max;
  Array<std::uint32_t, 2> trouble;

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind state = Kind::state, par = Kind::parameter, der = Kind::derived, scr = Kind::scratch;
    const char *ms = "member string", *mn = "member node", *mb = "member site";
    f(FieldInfo{"v_pv", "V", ms, "voltage at the string's terminals", der}, s.v_pv);
    f(FieldInfo{"i_pv", "A", ms, "current of the string", der}, s.i_pv);
    f(FieldInfo{"duty", "1", ms, "duty cycle of the string's boost converter", der}, s.duty);
    f(FieldInfo{"i_l", "A", ms, "mean inductor current of the boost converter", der}, s.i_l);
    f(FieldInfo{"mode", "1", ms, "0 off, 1 continuous, 2 discontinuous conduction, 3 limited by rating, 4 curtailed, 5 pass-through", der},
      s.mode);
    f(FieldInfo{"loss", "W", ms, "loss of the string's boost converter", der}, s.loss);
    f(FieldInfo{"v_mp", "V", ms, "voltage of the string's maximum power point", der}, s.v_mp);
    f(FieldInfo{"p_mp", "W", ms, "maximum power of the string", der}, s.p_mp);
    f(FieldInfo{"p_track", "W", ms, "mean power that the tracker reaches", der}, s.p_track);
    f(FieldInfo{"p_miss", "W", ms, "power that the tracker misses by its steps, by sleeping or by the bus voltage", der}, s.p_miss);
    f(FieldInfo{"vd_mp", "V", ms, "diode voltage of a module at the maximum power point", scr}, s.vd_mp);
    f(FieldInfo{"vd_pass", "V", ms, "diode voltage of a module at the bus voltage where that is below the maximum's, else 0", scr},
      s.vd_pass);
    f(FieldInfo{"curvature", "W/V2", ms, "second derivative of a module's power by its diode voltage there", scr}, s.curvature);
    f(FieldInfo{"pv_gain", "1", ms, "factor on effective irradiance: soiling, mismatch, degradation", par}, s.pv_gain);
    f(FieldInfo{"p_allocated", "W", mn, "cap on the node's power; 0 is off", der}, s.p_allocated);
    f(FieldInfo{"p_served_node", "W", mn, "power given to the node", der}, s.p_served_node);
    f(FieldInfo{"v_bus", "V", mb, "voltage of the DC bus at the end of the cut", state}, s.v_bus);
    f(FieldInfo{"soc", "1", mb, "state of charge of the battery", state}, s.soc);
    f(FieldInfo{"v_rc1", "V", mb, "voltage of the cell's fast RC pair", state}, s.v_rc1);
    f(FieldInfo{"v_rc2", "V", mb, "voltage of the cell's slow RC pair", state}, s.v_rc2);
    f(FieldInfo{"t_sink", "K", mb, "temperature of the converters' heat sink", state}, s.t_sink);
    f(FieldInfo{"capacity_factor", "1", mb, "capacity of the battery as a part of its rated one", par}, s.capacity_factor);
    f(FieldInfo{"p_pv_available", "W", mb, "maximum power of all strings", der}, s.p_pv_available);
    f(FieldInfo{"p_pv", "W", mb, "power at the strings' terminals", der}, s.p_pv);
    f(FieldInfo{"p_curtailed", "W", mb, "PV power given up by curtailment or by the converters' rating", der}, s.p_curtailed);
    f(FieldInfo{"p_mppt_loss", "W", mb, "PV power missed by the trackers", der}, s.p_mppt_loss);
    f(FieldInfo{"p_battery", "W", mb, "power at the battery's cell terminals, discharge positive", der}, s.p_battery);
    f(FieldInfo{"p_grid", "W", mb, "power at the grid's terminals, import positive", der}, s.p_grid);
    f(FieldInfo{"p_charge", "W", mb, "power into the battery's cell terminals: the part of -p_battery above zero", der}, s.p_charge);
    f(FieldInfo{"p_import", "W", mb, "power taken from the grid: the part of p_grid above zero", der}, s.p_import);
    f(FieldInfo{"genset_mode", "1", mb, "0 off, 1 starting, 2 running", state}, s.genset_mode);
    f(FieldInfo{"genset_starts", "1", mb, "starts of the generator", state}, s.genset_starts);
    f(FieldInfo{"genset_time", "s", mb, "since the generator came into its mode", state}, s.genset_time);
    f(FieldInfo{"genset_run_time", "s", mb, "time that the generator ran", state}, s.genset_run_time);
    f(FieldInfo{"genset_fuel", "m3", mb, "fuel that the generator burnt", state}, s.genset_fuel);
    f(FieldInfo{"fuel_rate", "m3/s", mb, "fuel flow of the generator", der}, s.fuel_rate);
    f(FieldInfo{"p_genset", "W", mb, "power at the generator's terminals", der}, s.p_genset);
    f(FieldInfo{"p_it", "W", mb, "power given to the nodes: p_it of the balance", der}, s.p_it);
    f(FieldInfo{"p_aux", "W", mb, "power given to pumps, fans and CDU", der}, s.p_aux);
    f(FieldInfo{"p_loss", "W", mb, "loss of all converters and cables", der}, s.p_loss);
    f(FieldInfo{"de_bus_dt", "W", mb, "rate of change of the energy in the bus capacitance", der}, s.de_bus_dt);
    f(FieldInfo{"p_shed", "W", mb, "requested node power that was not given", der}, s.p_shed);
    f(FieldInfo{"p_aux_cap", "W", mb, "most power that the auxiliaries may draw", der}, s.p_aux_cap);
    f(FieldInfo{"p_heat", "W", mb, "heat of the indoor converters into the coolant", der}, s.p_heat);
    f(FieldInfo{"p_heat_battery", "W", mb, "heat made in the battery's cells", der}, s.p_heat_battery);
    f(FieldInfo{"i_battery", "A", mb, "current of one cell, discharge positive", der}, s.i_battery);
    f(FieldInfo{"v_battery", "V", mb, "mean voltage of one cell", der}, s.v_battery);
    f(FieldInfo{"i_bus", "A", mb, "current of all loads of the bus", der}, s.i_bus);
    f(FieldInfo{"loss_pv_converter", "W", mb, "loss of the boost converters", der}, s.loss_pv_converter);
    f(FieldInfo{"loss_pv_cable", "W", mb, "loss of the feeder from the PV field", der}, s.loss_pv_cable);
    f(FieldInfo{"loss_battery_converter", "W", mb, "loss of the battery converter", der}, s.loss_battery_converter);
    f(FieldInfo{"loss_battery_cable", "W", mb, "loss of the battery cable", der}, s.loss_battery_cable);
    f(FieldInfo{"loss_grid_tie", "W", mb, "loss of the grid tie", der}, s.loss_grid_tie);
    f(FieldInfo{"loss_genset_rectifier", "W", mb, "loss of the generator's rectifier", der}, s.loss_genset_rectifier);
    f(FieldInfo{"loss_rack", "W", mb, "loss of the rack converters", der}, s.loss_rack);
    f(FieldInfo{"loss_load_cable", "W", mb, "loss of the distribution to racks and auxiliaries", der}, s.loss_load_cable);
    f(FieldInfo{"loss_aux_converter", "W", mb, "loss of the auxiliaries' converter", der}, s.loss_aux_converter);
    f(FieldInfo{"balance_pv", "W", mb, "p_pv_available - (p_pv + p_curtailed + p_mppt_loss)", der}, s.balance_pv);
    f(FieldInfo{"balance_bus", "W", mb, "p_pv + p_battery + p_grid + p_genset - (p_it + p_aux + p_loss + de_bus_dt)", der},
      s.balance_bus);
    f(FieldInfo{"pv_linear", "W", mb, "net PV power by the share used: linear term", scr}, s.pv_linear);
    f(FieldInfo{"pv_square", "W", mb, "net PV power by the share used: square term", scr}, s.pv_square);
    f(FieldInfo{"pv_share", "1", mb, "share of the PV power that is used, common to all strings", der}, s.pv_share);
    f(FieldInfo{"p_discharge_reserve", "W", mb, "discharge that can be held over the cut down to soc_reserve", scr}, s.p_discharge_reserve);
    f(FieldInfo{"p_discharge_max", "W", mb, "discharge that can be held over the cut down to soc_min", scr}, s.p_discharge_max);
    f(FieldInfo{"p_charge_max", "W", mb, "charge that can be held over the cut", scr}, s.p_charge_max);
    f(FieldInfo{"trouble", "1", mb, "bits to raise in the member's flags", scr}, s.trouble);
  }
};

// What the caller passes in each cut, constant or mean over it. allocate reads all but p_node, p_aux, t_coolant; advance reads
// p_node, p_aux, t_coolant, p_request, p_leak_bound and priority.
struct Drive {
  View<const Real, 2> effective_irradiance, temp_cell;   // (member, plane) W/m2, K
  View<const Real, 2> p_request, p_floor, p_leak_bound;  // (member, node) W: asked, idle, most leakage above them
  View<const std::int32_t, 2> priority;                  // (member, node) higher is served first
  View<const Real, 2> p_node;                            // (member, node) W drawn
  View<const Real, 2> p_aux, p_aux_bound;                // (member, site) W drawn by pumps, fans, CDU; the most they may draw
  View<const Real, 2> p_site_cap;                        // (member, site) W, cap on the sum of the nodes, as the controls last said
  View<const Real, 2> t_coolant;                         // (member, site) K at the converters' cold plates
  View<std::uint32_t, 1> flags;                          // (member)
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
// Throws std::invalid_argument with one sentence where the description cannot be built. Fills the first/count ranges of the sites.
System make_system(const std::vector<Module>&, std::vector<Site>, const std::vector<StringRow>&, const std::vector<NodeRow>&, Device);
// Batteries at soc_initial and at rest, buses at v_nom, sinks at t_sink_initial, factors at 1.
State make_state(const System&, int n_member, Device);

// Data with a source (defaults.cpp): module rows of the CEC list, an LFP cell, a rack converter's loss.
Module module_longi_lr5_72hbd_545m();
Module module_first_solar_fs_6460a();
OcvTable ocv_lfp();
Pack pack_lfp_280ah(int n_series, int n_parallel);
LossTable loss_rack_llc();

// Brings a member's stop forward to the instant at which a starting generator is there.
template <class Space>
void next_event(Space, const System&, const State&, View<const std::int32_t, 1> active, int n_active, View<const Time, 1> now, View<Time, 1> stop);
// Sky of the coming cut -> strings' maximum power, battery limits, p_allocated and p_aux_cap. Must come before advance in every cut.
template <class Space>
void allocate(Space, const System&, State&, const Drive&, const Cut&);
// Closes every bus on p_node and p_aux and moves battery, bus voltage and heat sink to the end of the cut.
template <class Space>
void advance(Space, const System&, State&, const Drive&, const Cut&);

}  // namespace coldsun::electrical

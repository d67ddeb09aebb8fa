// Hall and cooling of a site: part of Site (core/site/site.hpp), SI.
#pragma once
#include "common/constants.hpp"
#include "core/site/key.hpp"

namespace coldsun {

namespace usual {
inline constexpr Real lpm = 1e-3 / 60;  // m3/s
inline constexpr Limits liquid =
    between(constants::zero_celsius, 363.15).usual(278.15, 338.15);  // the coolants' correlations
inline constexpr Limits restart =
    between(constants::zero_celsius, 423.15).usual(293.15, 393.15);                 // of a node that tripped
inline constexpr Limits solid_conductivity = between(0.05, 3000).usual(0.5, 2500);  // interface materials to diamond
inline constexpr Limits solid_heat_capacity = between(1e4, 1e7).usual(5e5, 5e6);    // solids have 1 to 4 MJ/(m3 K)
inline constexpr Limits plate_flow = between(1e-3 * lpm, 1e3 * lpm).usual(0.05 * lpm, 50 * lpm);
inline constexpr Limits valve_band = between(0.05, 20).usual(0.5, 10);
inline constexpr Limits control_time = between(0.05, 7200).usual(1, 600);
inline constexpr Limits flow_exponent = between(0, 1).usual(0.3, 0.95).or_zero();
inline constexpr Limits silicon = between(303.15, 423.15);  // firmware limits of any accelerator on the market
}  // namespace usual

// clang-format off
// ---- plates ------------------------------------------------------------------------------------------------------
#define COLDSUN_LAYER(K) \
  K(std::string, name, a_name().label(), "name of the layer") \
  K(Real, thickness, a(Q::length, between(1e-7, 0.1).usual(10e-6, 20e-3)), "thickness") \
  K(Real, conductivity, a(Q::conductivity, usual::solid_conductivity), "thermal conductivity") \
  K(Real, heat_capacity, a(Q::volumetric_heat_capacity, usual::solid_heat_capacity), "volumetric heat capacity, rho c")
struct Layer {
  COLDSUN_KEYS(COLDSUN_LAYER)
  bool present() const { return thickness > 0; }
};

#define COLDSUN_CHANNEL(K) \
  K(int, n_channel, a_count(1, 10000), "number of parallel channels across the plate") \
  K(Real, width, a(Q::length, between(1e-6, 0.1).usual(30e-6, 10e-3)), "width of a channel") \
  K(Real, height, a(Q::length, between(1e-6, 0.1).usual(0.1e-3, 20e-3)), "height of the channels and of their fins") \
  K(Real, fin_conductivity, a(Q::conductivity, usual::solid_conductivity), "thermal conductivity of the fins") \
  K(Real, fin_heat_capacity, a(Q::volumetric_heat_capacity, usual::solid_heat_capacity), "volumetric heat capacity of the fins") \
  K(int, n_fin_layer, a_count(1, 6), "highest number of cells over the fin height; the layers below take their cells first") \
  K(Real, minor_loss, a_number(between(0, 100).usual(0.05, 50).or_zero()), "loss coefficient of inlet, outlet and manifold together, on the channel velocity")
struct Channel { COLDSUN_KEYS(COLDSUN_CHANNEL) };

/// A cold plate and its die, one per GPU. Layers run from the power plane of the die, in layer[0], up to the channel base.
#define COLDSUN_PLATE(K) \
  K(std::string, name, a_name().label(), "name of the plate class") \
  K(Real, length, a(Q::length, between(1e-3, 1).usual(5e-3, 0.3)), "length of the plate along the flow") \
  K(Real, width, a(Q::length, between(1e-3, 1).usual(5e-3, 0.3)), "width of the plate across the flow") \
  K(int, n_x, a_count(8, 8).checked(), "columns of the power map, across the flow; the plate solver has as many") \
  K(int, n_y, a_count(8, 8).checked(), "rows of the power map, along the flow; the plate solver has twice as many") \
  K(std::vector<Layer>, layer, a_table(), "layers from the power plane up to the channel base") \
  K(std::string, tim_layer, a_name(), "name of the layer of thermal interface material") \
  K(Channel, channel, a_table(), "channels and fins") \
  K(Layer, lid, a_table().or_none(), "lid above the channels") \
  K(std::string, coolant, a_choice({"pg25", "water"}), "coolant of the loop through the plates (coolant loop)") \
  K(Real, flow_min, a(Q::volume_flow, usual::plate_flow).checked(), "lowest coolant flow in the range of the plate class") \
  K(Real, flow_max, a(Q::volume_flow, usual::plate_flow).checked(), "highest coolant flow in the range of the plate class") \
  K(std::vector<Real>, power_map, numbers_of(not_negative(), 64, 64), "n_y rows of n_x relative power densities, inlet row first; scaled to a mean of 1") \
  K(Real, r_reference, a(Q::thermal_resistance, between(1e-4, 2).usual(3e-3, 0.5)).checked(), "published case-to-inlet thermal resistance at flow_reference") \
  K(Real, flow_reference, a(Q::volume_flow, usual::plate_flow).checked(), "coolant flow at which r_reference holds")
struct PlateClass {
  COLDSUN_KEYS(COLDSUN_PLATE)
  int tim() const {  ///< index of the interface material in `layer`; -1: no layer of that name
    for (std::size_t i = 0; i < layer.size(); ++i)
      if (layer[i].name == tim_layer) return static_cast<int>(i);
    return -1;
  }
};

// ---- hall --------------------------------------------------------------------------------------------------------
// Shutdown lies above slowdown in any firmware (nvidia-smi -q -d TEMPERATURE); start and self-test of a server take minutes.
#define COLDSUN_NODE(K) \
  K(std::string, name, a_name().label(), "name of the node type") \
  K(std::string, gpu, a_text().label(), "accelerator model") \
  K(int, n_node, a_count(1, 1 << 20), "number of nodes (servers) of this type") \
  K(int, n_field, a_count(0, 1 << 20), "number of nodes whose plates are resolved; the plates of the others are lumped") \
  K(int, n_plate, a_count(1, 64), "cold plates per node, one per GPU") \
  K(std::string, plate, a_text(), "plate class: a file in data/plates or beside the site file") \
  K(Real, p_idle, a(Q::power, positive()), "idle power of the node without its leakage: at t_leakage an idle node draws p_idle + p_leakage") \
  K(Real, p_max, a(Q::power, positive()), "power of the node at full utilisation, leakage at t_leakage included; power cap below t_cap") \
  K(Real, utilisation_exponent, a_number(between(0.05, 4).usual(0.3, 2)), "n in p = p_rest + (p_max - p_rest) utilisation^n, p_rest = p_idle + p_leakage") \
  K(Real, p_leakage, a(Q::power, not_negative()), "leakage power of the node at t_leakage") \
  K(Real, t_leakage, a(Q::temperature, usual::silicon), "junction temperature at which p_leakage and p_max hold") \
  K(Real, leakage_slope, a(Q::per_temperature, between(0, 0.1).usual(0.003, 0.03).or_zero()), "temperature coefficient of leakage, d ln(leakage) / dT") \
  K(Real, t_cap, a(Q::temperature, usual::silicon), "junction temperature above which the firmware lowers the power cap") \
  K(Real, t_cap_band, a(Q::temperature_difference, between(0.1, 50).usual(2, 30)), "width of the cap band, in which the power cap falls linearly") \
  K(Real, t_trip, a(Q::temperature, between(303.15, 493.15).usual(343.15, 423.15)).or_else(s.t_cap + s.t_cap_band + 10, "degc", \
    "assumed: 10 K above the end of the cap's band"), "trip temperature: junction temperature above which the node switches off") \
  K(Real, t_restart, a(Q::temperature, usual::restart).or_else(s.t_cap - 10, "degc", "assumed: 10 K below the cap"), \
    "junction temperature below which a tripped node may restart") \
  K(Real, restart_time, a(Q::time, between(1, 86400).usual(20, 7200)).or_else(300, "min", "assumed: start and self-test of a server"), \
    "time below t_restart until a tripped node runs again, rounded up to whole cuts") \
  K(Real, throttle_floor, a_number(share().usual(0.05, 0.95).or_zero()), "power cap at the end of the cap band, as a share of p_max") \
  K(Real, flow_factor, a_number(between(0.05, 10).usual(0.3, 3)), "coolant flow per plate, relative: the plates share the pump's flow in proportion to it") \
  K(Real, tim_factor, a_number(between(0.05, 10).usual(0.3, 4)), "thermal resistance of the interface material relative to the plate class")
/// Nodes of one type are equal servers with equal flow from the manifold.
struct NodeType { COLDSUN_KEYS(COLDSUN_NODE) };

#define COLDSUN_HALL(K) \
  K(int, n_rack, a_count(1).checked(), "number of racks") \
  K(int, nodes_per_rack, a_count(1).checked(), "nodes per rack") \
  K(Real, liquid_fraction, a_number(between(0.01, 1).usual(0.3, 1)), "share of node power that enters the plates; the rest heats the hall air") \
  K(std::vector<NodeType>, node, a_table(), "node types")
struct Hall { COLDSUN_KEYS(COLDSUN_HALL) };

// ---- cooling -----------------------------------------------------------------------------------------------------
#define COLDSUN_PUMP(K) \
  K(Real, flow, a(Q::volume_flow, positive()), "design volume flow") \
  K(Real, dp, a(Q::pressure, between(1e3, 2e6).usual(2e4, 6e5)), "pressure drop at the design flow; of the coolant loop: without the plates") \
  K(Real, efficiency, a_number(between(0.02, 1).usual(0.2, 0.9)), "pump efficiency, wire to water")
struct Pump { COLDSUN_KEYS(COLDSUN_PUMP) };

#define COLDSUN_PLATES_PUMP(K) COLDSUN_PUMP(K) K(Real, dp_exponent, a_number(between(1, 2)), "exponent of the pressure drop: dp ~ flow^exponent")
struct PlatesPump { COLDSUN_KEYS(COLDSUN_PLATES_PUMP) };

#define COLDSUN_CDU(K) \
  K(Real, ua, a(Q::thermal_conductance, positive()), "thermal conductance UA at design flow on both sides") \
  K(Real, ua_exponent, a_number(usual::flow_exponent), "exponent of the film conductance: ~ flow^exponent") \
  K(Real, heat_capacity, a(Q::heat_capacity, positive()), "heat capacity of the exchanger: metal and liquid in it") \
  K(Real, band, a(Q::temperature_difference, usual::valve_band), "proportional band of the valve control on the supply temperature") \
  K(Real, control_time, a(Q::time, usual::control_time), "time constant of the valve")
struct Cdu { COLDSUN_KEYS(COLDSUN_CDU) };

#define COLDSUN_FACILITY(K) \
  K(std::string, coolant, a_choice({"pg25", "water"}), "coolant of the facility loop") \
  K(Real, volume, a(Q::volume, positive()), "volume of coolant in the facility loop") \
  K(Pump, pump, a_table(), "pump of the facility loop") \
  K(Real, approach, a(Q::temperature_difference, usual::valve_band), "set-point of the facility supply below that of the coolant supply")
struct Facility { COLDSUN_KEYS(COLDSUN_FACILITY) };

#define COLDSUN_DRY_COOLER(K) \
  K(Real, ua, a(Q::thermal_conductance, positive()), "thermal conductance UA at design air and water flow") \
  K(Real, ua_exponent, a_number(usual::flow_exponent), "exponent of the conductance: UA ~ (air mass flow)^exponent") \
  K(Real, air_flow, a(Q::volume_flow, positive()), "volume flow of air at full fan speed, at any density") \
  K(Real, fan_power, a(Q::power, positive()), "power of all fans at full speed in air of sea-level density; proportional to density and speed cubed") \
  K(Real, fan_min, a_number(between(1e-3, 1).usual(0.02, 0.7)), "lowest fan speed, as a share of full speed") \
  K(Real, fan_band, a(Q::temperature_difference, usual::valve_band), "proportional band of the fan control on the facility supply temperature") \
  K(Real, fan_time, a(Q::time, usual::control_time), "time constant of the fans")
struct DryCooler { COLDSUN_KEYS(COLDSUN_DRY_COOLER) };

#define COLDSUN_HALL_AIR(K) \
  K(Real, t_set, a(Q::temperature, between(283.15, 323.15)), "set-point of the hall air temperature, middle of the band") \
  K(Real, band, a(Q::temperature_difference, usual::valve_band), "proportional band of the hall air control") \
  K(Real, heat_capacity, a(Q::heat_capacity, positive()), "heat capacity of the hall air and of what follows its temperature quickly") \
  K(Real, cooler_ua, a(Q::thermal_conductance, positive()), "thermal conductance UA of the cooling coils, hall air to facility water") \
  K(Real, cooling, a(Q::power, positive()), "cooling power of coils and chiller together at the upper end of the band") \
  K(Real, fan_power, a(Q::power, not_negative()), "power of the coil fans at full speed") \
  K(Real, fan_min, a_number(share().usual(0.02, 0.7).or_zero()), "lowest speed of the coil fans, as a share of full speed") \
  K(Real, chiller_cop, a_number(between(1, 20).usual(1.5, 12)), "COP of the trim chiller at chiller_t_air") \
  K(Real, chiller_t_air, a(Q::temperature, between(constants::zero_celsius, 333.15).usual(288.15, 328.15)), "outside air temperature of chiller_cop")
struct HallAir { COLDSUN_KEYS(COLDSUN_HALL_AIR) };

#define COLDSUN_COOLING(K) \
  K(std::string, coolant, a_choice({"pg25", "water"}), "coolant of the loop through the plates (coolant loop)") \
  K(Real, volume, a(Q::volume, positive()), "volume of coolant in the coolant loop, half of it on either side of the plates") \
  K(PlatesPump, pump, a_table(), "pump of the coolant loop; the plates share its flow by flow_factor") \
  K(Real, t_supply, a(Q::temperature, usual::liquid), "highest set-point of the coolant supply to the plates: the design value") \
  K(Real, t_supply_min, a(Q::temperature, usual::liquid), "lowest set-point of the coolant supply, above the dew point of the hall") \
  K(Real, supply_approach, a(Q::temperature_difference, between(0, 40).usual(2, 25)), "supply set-point over outside air, from t_supply_min to t_supply") \
  K(Real, p_aux_base, a(Q::power, not_negative()), "constant auxiliary power: CDU electronics, controls, lights") \
  K(Cdu, cdu, a_table(), "coolant distribution unit: coolant loop to facility loop") \
  K(Facility, facility, a_table(), "facility loop: CDU to dry cooler") \
  K(DryCooler, dry_cooler, a_table(), "dry cooler") \
  K(HallAir, hall_air, a_table(), "hall air with its cooling coils and trim chiller")
// clang-format on
struct Cooling {
  COLDSUN_KEYS(COLDSUN_COOLING)
};

}  // namespace coldsun

// The hall of a site and what cools it: part of Site (core/site/site.hpp), SI.
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
  K(int, n_channel, a_count(1, 10000), "parallel channels over the width") \
  K(Real, width, a(Q::length, between(1e-6, 0.1).usual(30e-6, 10e-3)), "width of a channel") \
  K(Real, height, a(Q::length, between(1e-6, 0.1).usual(0.1e-3, 20e-3)), "height of a channel and of its fins") \
  K(Real, fin_conductivity, a(Q::conductivity, usual::solid_conductivity), "thermal conductivity of the fins") \
  K(Real, fin_heat_capacity, a(Q::volumetric_heat_capacity, usual::solid_heat_capacity), "volumetric heat capacity of the fins") \
  K(int, n_fin_layer, a_count(1, 6), "sub-layers over the fin's height, at most; the layers under it come first") \
  K(Real, minor_loss, a_number(between(0, 100).usual(0.05, 50).or_zero()), "sum of K over inlet, outlet and manifold, on the channel velocity")
struct Channel { COLDSUN_KEYS(COLDSUN_CHANNEL) };

/// A cold plate with the die below it, one per GPU. Layers run from the die's power plane, in layer[0], up to the channel base.
#define COLDSUN_PLATE(K) \
  K(std::string, name, a_name().label(), "name of the plate class") \
  K(Real, length, a(Q::length, between(1e-3, 1).usual(5e-3, 0.3)), "length along the flow") \
  K(Real, width, a(Q::length, between(1e-3, 1).usual(5e-3, 0.3)), "width across the flow") \
  K(int, n_x, a_count(8, 8).checked(), "columns of the power map, across the flow: the lanes of the plate solver") \
  K(int, n_y, a_count(8, 8).checked(), "rows of the power map, along the flow; the solver takes 16 rows") \
  K(std::vector<Layer>, layer, a_table(), "layers from the power plane up to the channel base") \
  K(std::string, tim_layer, a_name(), "name of the layer that is the thermal interface material") \
  K(Channel, channel, a_table(), "channels and fins") \
  K(Layer, lid, a_table().or_none(), "lid above the channels") \
  K(std::string, coolant, a_choice({"pg25", "water"}), "coolant of the plates' loop") \
  K(Real, flow_min, a(Q::volume_flow, usual::plate_flow).checked(), "lowest flow that the class is meant for") \
  K(Real, flow_max, a(Q::volume_flow, usual::plate_flow).checked(), "highest flow that the class is meant for") \
  K(std::vector<Real>, power_map, numbers_of(not_negative(), 64, 64), "n_y rows of n_x relative power densities, inlet row first; scaled to a mean of 1") \
  K(Real, r_reference, a(Q::thermal_resistance, between(1e-4, 2).usual(3e-3, 0.5)).checked(), "published case-to-inlet resistance at flow_reference") \
  K(Real, flow_reference, a(Q::volume_flow, usual::plate_flow).checked(), "flow of r_reference")
struct PlateClass {
  COLDSUN_KEYS(COLDSUN_PLATE)
  int tim() const {  ///< index of the interface material in `layer`, -1: none has its name
    for (std::size_t i = 0; i < layer.size(); ++i)
      if (layer[i].name == tim_layer) return static_cast<int>(i);
    return -1;
  }
};

// ---- hall --------------------------------------------------------------------------------------------------------
// Shutdown stands above slowdown in any firmware (nvidia-smi -q -d TEMPERATURE); a server takes minutes to start and check itself.
#define COLDSUN_NODE(K) \
  K(std::string, name, a_name().label(), "name of the node type") \
  K(std::string, gpu, a_text().label(), "what the accelerator is") \
  K(int, n_node, a_count(1, 1 << 20), "servers of this type") \
  K(int, n_field, a_count(0, 1 << 20), "how many of them are resolved as fields; the others are lumped") \
  K(int, n_plate, a_count(1, 64), "plates per node: one per GPU") \
  K(std::string, plate, a_text(), "plate class: a file of data/plates, or beside the site's") \
  K(Real, p_idle, a(Q::power, positive()), "node power at rest, without leakage") \
  K(Real, p_max, a(Q::power, positive()), "node power at full work with p_leakage in it: below the cap it goes no higher") \
  K(Real, utilisation_exponent, a_number(between(0.05, 4).usual(0.3, 2)), "p = p_idle + (p_max - p_idle) utilisation^exponent") \
  K(Real, p_leakage, a(Q::power, not_negative()), "leakage of the node at t_leakage") \
  K(Real, t_leakage, a(Q::temperature, usual::silicon), "junction temperature of p_leakage and p_max") \
  K(Real, leakage_slope, a(Q::per_temperature, between(0, 0.1).usual(0.003, 0.03).or_zero()), "d ln(leakage) / dT") \
  K(Real, t_cap, a(Q::temperature, usual::silicon), "junction temperature at which the firmware begins to take power away") \
  K(Real, t_cap_band, a(Q::temperature_difference, between(0.1, 50).usual(2, 30)), "width over which the cap falls linearly to the throttle floor") \
  K(Real, t_trip, a(Q::temperature, between(303.15, 493.15).usual(343.15, 423.15)).or_else(s.t_cap + s.t_cap_band + 10, "degc", \
    "assumed: 10 K above the end of the cap's band"), "junction temperature above which the node switches itself off") \
  K(Real, t_restart, a(Q::temperature, usual::restart).or_else(s.t_cap - 10, "degc", "assumed: 10 K below the cap"), \
    "junction temperature below which it may start again") \
  K(Real, restart_time, a(Q::time, between(1, 86400).usual(20, 7200)).or_else(300, "min", "assumed: start and self-test of a server"), \
    "time below t_restart until it has started, in whole cuts") \
  K(Real, throttle_floor, a_number(share().usual(0.05, 0.95).or_zero()), "power at the end of the band as a share of p_max") \
  K(Real, flow_factor, a_number(between(0.05, 10).usual(0.3, 3)), "flow per plate relative to the hall's mean design flow per plate") \
  K(Real, tim_factor, a_number(between(0.05, 10).usual(0.3, 4)), "resistance of the interface material relative to the plate class")
/// A node type is one row of the hall's list: equal servers with equal places on the manifold.
struct NodeType { COLDSUN_KEYS(COLDSUN_NODE) };

#define COLDSUN_HALL(K) \
  K(int, n_rack, a_count(1).checked(), "racks") \
  K(int, nodes_per_rack, a_count(1).checked(), "places of a rack") \
  K(Real, liquid_fraction, a_number(between(0.01, 1).usual(0.3, 1)), "share of node power that goes to the plates; the rest heats hall air") \
  K(std::vector<NodeType>, node, a_table(), "node types")
struct Hall { COLDSUN_KEYS(COLDSUN_HALL) };

// ---- cooling -----------------------------------------------------------------------------------------------------
#define COLDSUN_PUMP(K) \
  K(Real, flow, a(Q::volume_flow, positive()), "design volume flow") \
  K(Real, dp, a(Q::pressure, between(1e3, 2e6).usual(2e4, 6e5)), "head at the design flow, of the plates' loop without its plates") \
  K(Real, efficiency, a_number(between(0.02, 1).usual(0.2, 0.9)), "efficiency, wire to water")
struct Pump { COLDSUN_KEYS(COLDSUN_PUMP) };

#define COLDSUN_PLATES_PUMP(K) COLDSUN_PUMP(K) K(Real, dp_exponent, a_number(between(1, 2)), "dp ~ flow^exponent of the circuit")
struct PlatesPump { COLDSUN_KEYS(COLDSUN_PLATES_PUMP) };

#define COLDSUN_CDU(K) \
  K(Real, ua, a(Q::thermal_conductance, positive()), "conductance at design flow on both sides") \
  K(Real, ua_exponent, a_number(usual::flow_exponent), "film conductance ~ flow^exponent") \
  K(Real, heat_capacity, a(Q::heat_capacity, positive()), "metal and held liquid of the exchanger") \
  K(Real, band, a(Q::temperature_difference, usual::valve_band), "proportional band of its valve on the supply temperature") \
  K(Real, control_time, a(Q::time, usual::control_time), "time constant of the valve")
struct Cdu { COLDSUN_KEYS(COLDSUN_CDU) };

#define COLDSUN_FACILITY(K) \
  K(std::string, coolant, a_choice({"pg25", "water"}), "coolant between CDU and dry cooler") \
  K(Real, volume, a(Q::volume, positive()), "coolant in the facility loop") \
  K(Pump, pump, a_table(), "pump of the facility loop") \
  K(Real, approach, a(Q::temperature_difference, usual::valve_band), "set-point of the facility water below that of the supply")
struct Facility { COLDSUN_KEYS(COLDSUN_FACILITY) };

#define COLDSUN_DRY_COOLER(K) \
  K(Real, ua, a(Q::thermal_conductance, positive()), "conductance at design air and water flow") \
  K(Real, ua_exponent, a_number(usual::flow_exponent), "UA ~ air flow^exponent") \
  K(Real, air_flow, a(Q::volume_flow, positive()), "air flow of the fans at full speed, whatever the density") \
  K(Real, fan_power, a(Q::power, positive()), "power of all fans at full speed in air of sea-level density; falls with the cube of the speed") \
  K(Real, fan_min, a_number(between(1e-3, 1).usual(0.02, 0.7)), "lowest fan speed as a share of full: air that stands still carries nothing off") \
  K(Real, fan_band, a(Q::temperature_difference, usual::valve_band), "proportional band on the facility water's temperature") \
  K(Real, fan_time, a(Q::time, usual::control_time), "time constant of the fans")
struct DryCooler { COLDSUN_KEYS(COLDSUN_DRY_COOLER) };

#define COLDSUN_HALL_AIR(K) \
  K(Real, t_set, a(Q::temperature, between(283.15, 323.15)), "set-point of hall air") \
  K(Real, band, a(Q::temperature_difference, usual::valve_band), "width of the proportional band about it") \
  K(Real, heat_capacity, a(Q::heat_capacity, positive()), "air and what follows it quickly") \
  K(Real, cooler_ua, a(Q::thermal_conductance, positive()), "conductance of the coils from air to facility water") \
  K(Real, cooling, a(Q::power, positive()), "cooling of coils and chiller at the end of the band") \
  K(Real, fan_power, a(Q::power, not_negative()), "power of the coils' fans at full speed") \
  K(Real, fan_min, a_number(share().usual(0.02, 0.7).or_zero()), "lowest speed of the coils' fans") \
  K(Real, chiller_cop, a_number(between(1, 20).usual(1.5, 12)), "COP of the compressor trim at chiller_t_air") \
  K(Real, chiller_t_air, a(Q::temperature, between(constants::zero_celsius, 333.15).usual(288.15, 328.15)), "outside temperature at which the COP holds")
struct HallAir { COLDSUN_KEYS(COLDSUN_HALL_AIR) };

#define COLDSUN_COOLING(K) \
  K(std::string, coolant, a_choice({"pg25", "water"}), "coolant of the plates' loop") \
  K(Real, volume, a(Q::volume, positive()), "coolant in the plates' loop, half of it on either side of the plates") \
  K(PlatesPump, pump, a_table(), "pump of the plates' loop; its flow is the whole hall's, a plate's is its share by flow_factor") \
  K(Real, t_supply, a(Q::temperature, usual::liquid), "highest set-point of the coolant that the plates get: what the hall is designed for") \
  K(Real, t_supply_min, a(Q::temperature, usual::liquid), "lowest set-point: above the hall's dew point") \
  K(Real, supply_approach, a(Q::temperature_difference, between(0, 40).usual(2, 25)), "distance at which the set-point between them follows the outside air") \
  K(Real, p_aux_base, a(Q::power, not_negative()), "CDU electronics, controls, lights: always on") \
  K(Cdu, cdu, a_table(), "coolant distribution unit: plates' loop to facility loop") \
  K(Facility, facility, a_table(), "facility loop: CDU to dry cooler") \
  K(DryCooler, dry_cooler, a_table(), "dry cooler") \
  K(HallAir, hall_air, a_table(), "hall air, its coils and chiller")
// clang-format on
struct Cooling {
  COLDSUN_KEYS(COLDSUN_COOLING)
};

}  // namespace coldsun

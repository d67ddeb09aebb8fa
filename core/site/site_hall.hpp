// The hall of a site and what cools it: part of Site (core/site/site.hpp), SI.
#pragma once
#include <string>
#include <vector>

#include "common/space.hpp"

namespace coldsun {

// ---- hall --------------------------------------------------------------------------------------------------------
struct Layer {
  std::string name;
  Real thickness = 0;      ///< [m]
  Real conductivity = 0;   ///< [W/(m K)]
  Real heat_capacity = 0;  ///< volumetric, rho c [J/(m3 K)]
};

/// A cold plate with the die below it, one per GPU. Layers run from the die's power plane up to the channel base.
struct PlateClass {
  std::string name;
  Real length = 0;                  ///< along the flow [m]
  Real width = 0;                   ///< across the flow [m]
  int n_x = 0, n_y = 0;             ///< columns and rows of the power map, across and along the flow; the solver takes 16 rows
  std::vector<Layer> layer;         ///< [0] holds the power plane
  int tim_layer = 0;                ///< index in `layer` of the thermal interface material
  int n_channel = 0;                ///< parallel channels over the width
  Real channel_width = 0;           ///< [m]
  Real channel_height = 0;          ///< [m]; the fin's height
  Real fin_conductivity = 0;        ///< [W/(m K)]
  Real fin_heat_capacity = 0;       ///< volumetric [J/(m3 K)]
  int n_fin_layer = 0;              ///< sub-layers over the fin's height, at most; the layers under it come first
  Layer lid;                        ///< above the channels; thickness 0: none
  Real minor_loss = 0;              ///< sum of K over inlet, outlet and manifold, on the channel velocity [1]
  std::string coolant;              ///< "water" or "pg25"
  Real flow_min = 0, flow_max = 0;  ///< the range of flow that the class is meant for [m3/s]
  std::vector<Real> power_map;      ///< n_y rows of n_x relative power densities, inlet row first; mean 1 after reading
  Real r_reference = 0;             ///< published case-to-inlet resistance at flow_reference [K/W]; a check, no input
  Real flow_reference = 0;          ///< [m3/s]
};

/// A node type is one row of the hall's list: equal servers with equal places on the manifold.
struct NodeType {
  std::string name;
  std::string gpu;                ///< what the accelerator is
  int n_node = 0;                 ///< servers of this type
  int n_field = 0;                ///< how many of them are resolved as fields; the others are lumped
  int n_plate = 0;                ///< plates per node: one per GPU
  std::string plate;              ///< name of the plate class
  Real p_idle = 0;                ///< node power at rest, without leakage [W]
  Real p_max = 0;                 ///< node power at full work, leakage at t_leakage included: below the cap it goes no higher [W]
  Real utilisation_exponent = 0;  ///< p = p_idle + (p_max - p_idle) u^exponent [1]
  Real p_leakage = 0;             ///< leakage of the node at t_leakage [W]
  Real t_leakage = 0;             ///< reference junction temperature of p_leakage and p_max [K]
  Real leakage_slope = 0;         ///< d ln(leakage)/dT [1/K]
  Real t_cap = 0;                 ///< junction temperature at which the firmware begins to take power away [K]
  Real t_cap_band = 0;            ///< width over which the cap falls linearly to the throttle floor [K]
  Real t_trip = 0;                ///< junction temperature above which the node switches itself off [K]
  Real t_restart = 0;             ///< junction temperature below which it may start again [K]
  Real restart_time = 0;          ///< how long below t_restart until it has started, in whole cuts [s]
  Real throttle_floor = 0;        ///< power at the end of the band, as a share of p_max [1]
  Real flow_factor = 0;           ///< flow per plate relative to the hall's mean design flow per plate [1]
  Real tim_factor = 0;            ///< resistance of the interface material relative to the plate class [1]
};

/// The rooms and what stands in them.
struct Hall {
  int n_rack = 0;
  int nodes_per_rack = 0;
  Real liquid_fraction = 0;  ///< share of node power that goes to the plates; the rest heats hall air [1]
  std::vector<NodeType> node;
};

// ---- cooling -----------------------------------------------------------------------------------------------------
struct Pump {
  Real flow = 0;         ///< design volume flow [m3/s]
  Real dp = 0;           ///< head at the design flow, of the plates' loop without its plates [Pa]
  Real dp_exponent = 0;  ///< dp ~ flow^exponent of the circuit; given for the plates' loop only [1]
  Real efficiency = 0;   ///< wire to water [1]
};

struct Cooling {
  // technology cooling system: plates - manifold - CDU
  std::string coolant;       ///< of the plates' loop: "pg25" or "water"
  Real volume = 0;           ///< coolant in the plates' loop, half of it on either side of the plates [m3]
  Pump pump;                 ///< pump.flow is the whole hall's; a plate's is its share by flow_factor
  Real t_supply = 0;         ///< highest set-point of the coolant that the plates get: what the hall is designed for [K]
  Real t_supply_min = 0;     ///< lowest set-point: above the hall's dew point [K]
  Real supply_approach = 0;  ///< between the two the set-point follows the outside air at this distance [K]
  Real p_aux_base = 0;       ///< CDU electronics, controls, lights: always on [W]
  // coolant distribution unit
  Real cdu_ua = 0;             ///< at design flow on both sides [W/K]
  Real cdu_ua_exponent = 0;    ///< film conductance ~ flow^exponent [1]
  Real cdu_heat_capacity = 0;  ///< metal and held liquid of the exchanger [J/K]
  Real cdu_band = 0;           ///< proportional band of its valve on the supply temperature [K]
  Real cdu_control_time = 0;   ///< of the valve [s]
  // facility water system: CDU - dry cooler
  std::string facility_coolant;
  Real facility_volume = 0;  ///< [m3]
  Pump facility_pump;
  Real facility_approach = 0;  ///< set-point of the facility water below that of the supply [K]
  // dry cooler
  Real cooler_ua = 0;           ///< at design air and water flow [W/K]
  Real cooler_ua_exponent = 0;  ///< UA ~ air flow^exponent [1]
  Real cooler_air_flow = 0;     ///< of the fans at full speed, whatever the density [m3/s]
  Real cooler_fan_power = 0;    ///< of all fans at full speed in air of sea-level density [W]; falls with the cube
  Real cooler_fan_min = 0;      ///< lowest fan speed as a share of full [1]
  Real cooler_fan_band = 0;     ///< proportional band on the facility water's temperature [K]
  Real cooler_fan_time = 0;     ///< [s]
  // hall air
  Real t_hall = 0;              ///< set-point of hall air [K]
  Real hall_band = 0;           ///< width of the proportional band about it [K]
  Real hall_heat_capacity = 0;  ///< air and what follows it quickly [J/K]
  Real hall_cooler_ua = 0;      ///< coils from air to facility water [W/K]
  Real hall_cooling = 0;        ///< of coils and chiller at the end of the band [W]
  Real hall_fan_power = 0;      ///< of the coils' fans at full speed [W]
  Real hall_fan_min = 0;        ///< lowest speed [1]
  Real hall_chiller_cop = 0;    ///< of the compressor trim at hall_chiller_t_air [1]
  Real hall_chiller_t_air = 0;  ///< outside temperature at which the COP holds [K]
};

}  // namespace coldsun

// Input of make_system: plates, nodes and loops as plain structs in SI. Host only.
#pragma once
#include <vector>

#include "thermal/thermal.hpp"

namespace coldsun::thermal {

struct LayerSpec {
  Real thickness = 0;      // [m]
  Real conductivity = 0;   // [W/(m K)]
  Real heat_capacity = 0;  // volumetric [J/(m3 K)]
  Real contact = 0;        // contact resistance on its upper face [m2 K/W]
};

inline constexpr int map_rows = 8;  // rows of a power map in a file, inlet row first

// Channels and the fins between them.
struct Fins : ChannelArray {
  Real fin_conductivity = 0;   // [W/(m K)]
  Real fin_heat_capacity = 0;  // [J/(m3 K)]
  int n_fin_layer = 3;         // maximum number of fin sub-layers
};

struct PlateSpec {
  Real length = 0, width = 0;    // along and across the flow [m]
  std::vector<LayerSpec> layer;  // from the power plane up to the channel base
  int tim_layer = -1;            // index in layer of the interface material, -1: none
  Fins channel;
  LayerSpec lid;  // thickness 0: none
  Coolant coolant = Coolant::water;
  Real t_design = 313.15;       // coolant temperature for rho cp and for the fit of the lumped model [K]
  std::vector<Real> power_map;  // map_rows or n_y rows of n_x relative densities; empty: uniform
};

struct NodeSpec {
  int site = 0;
  int plate = 0;       // index in the list of plates
  bool field = false;  // resolved plate, else lumped
  int n_plate = 8;
  Real flow = 0;  // of one plate [m3/s]
  Real liquid_fraction = 0.8;
  Real tim_factor = 1;                                 // resistance of the interface material relative to its layer
  Real p_max = 0;                                      // cap below t_cap [W]
  Real p_throttle = 0;                                 // cap above t_cap + t_cap_band [W]
  Real t_cap = 0, t_cap_band = 10;                     // [K]
  Real t_trip = 1e9, t_restart = 0, restart_time = 0;  // [K], [K], [s]; default: never trips
  Real p_leakage = 0;                                  // of the node at t_leakage [W]
  Real t_leakage = 333.15;                             // [K]
  Real leakage_slope = 0;                              // [1/K]
};

struct Options {
  Real tolerance = 0.05, h_restart = 5e-3, h_min = 1e-4;
};

// Nodes must be sorted by site. Throws std::invalid_argument in one sentence.
System make_system(const std::vector<PlateSpec>& plates, const std::vector<NodeSpec>& nodes,
                   const std::vector<LoopModel>& loops, Device device, const Options& options = {});

// A plate class as the operator's seven solid cells: layers are kept, and the part with the largest resistance times
// time constant per cell is split until there are seven.
Stack make_stack(const PlateSpec& plate, Real tim_factor = 1);

// Shares of the plate's power on n_y rows of n_x cells, from the power map of a PlateSpec.
std::vector<Real> power_shares(const std::vector<Real>& map);

// Fits the lumped model of one plate at a flow: step response and steady-state resistance of the junction, stored heat.
LumpedModel fit_lumped(const Stack& stack, const Real* power_map, Real flow, Real t_design, Real& r_junction);

}  // namespace coldsun::thermal

// The one table of units: the suffix of a key at the edge (flow_lpm, t_supply_degc) -> SI inside.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/space.hpp"

namespace coldsun {

enum class Quantity {
  temperature,
  temperature_difference,
  power,
  energy,
  time,
  length,
  area,
  volume,
  volume_flow,
  pressure,
  angle,
  velocity,
  conductivity,
  volumetric_heat_capacity,
  heat_capacity,
  thermal_conductance,
  thermal_resistance,
  film_coefficient,
  wind_film_coefficient,
  irradiation,
  irradiance,
  carbon_intensity,
  price,
  fuel_per_energy,
  per_temperature,
  voltage,
  current,
  charge,
  resistance,
  capacitance,
  inductance,
  frequency,
  current_per_temperature,
  voltage_per_temperature,
  data_rate,
  share,
};

/// si = value * scale + offset
struct Unit {
  std::string_view suffix;
  Quantity quantity;
  Real scale;
  Real offset;
  std::string_view symbol;  // as people print it
};

const std::vector<Unit>& units();
/// "volume flow"
std::string_view name_of(Quantity);
/// The unit of that suffix for that quantity, or nullptr.
const Unit* find_unit(std::string_view suffix, Quantity);
/// Any unit of that suffix, or nullptr: to say what a wrong suffix would have been right for.
const Unit* find_unit(std::string_view suffix);
/// "m3_per_h, lpm, m3_per_s"
std::string suffixes(Quantity);

inline Real to_si(const Unit& u, Real value) { return value * u.scale + u.offset; }
inline Real from_si(const Unit& u, Real si) { return (si - u.offset) / u.scale; }

/// For feeds and plots, where a name alone says the unit: from_unit("degc", 32) = 305.15. Throws std::invalid_argument listing what is
/// known.
Real from_unit(std::string_view suffix, Real value);
Real to_unit(std::string_view suffix, Real si);

}  // namespace coldsun

// The one table of units: the suffix of a key at the edge (flow_lpm, t_supply_degc) -> SI inside.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/space.hpp"

namespace coldsun {

// clang-format off
#define COLDSUN_QUANTITIES(Q) \
  Q(temperature, "temperature") Q(temperature_difference, "temperature difference") Q(power, "power") Q(energy, "energy") Q(time, "time") \
  Q(length, "length") Q(area, "area") Q(volume, "volume") Q(volume_flow, "volume flow") Q(pressure, "pressure") Q(angle, "angle") \
  Q(velocity, "velocity") Q(conductivity, "thermal conductivity") Q(volumetric_heat_capacity, "volumetric heat capacity") \
  Q(heat_capacity, "heat capacity") Q(thermal_conductance, "thermal conductance") Q(thermal_resistance, "thermal resistance") \
  Q(film_coefficient, "film coefficient") Q(wind_film_coefficient, "film coefficient per wind speed") Q(irradiation, "irradiation") \
  Q(irradiance, "irradiance") Q(carbon_intensity, "carbon intensity") Q(price, "price of energy") Q(fuel_per_energy, "fuel per energy") \
  Q(per_temperature, "temperature coefficient") Q(voltage, "voltage") Q(current, "current") Q(charge, "charge") \
  Q(resistance, "electrical resistance") Q(capacitance, "capacitance") Q(inductance, "inductance") Q(frequency, "frequency") \
  Q(current_per_temperature, "current per temperature") Q(voltage_per_temperature, "voltage per temperature") Q(data_rate, "data rate") \
  Q(share, "share")
// clang-format on
#define COLDSUN_QUANTITY_NAME(name, text) name,
enum class Quantity { COLDSUN_QUANTITIES(COLDSUN_QUANTITY_NAME) };

/// si = value * scale + offset
struct Unit {
  std::string_view suffix;
  Quantity quantity;
  Real scale;
  Real offset;
  std::string_view symbol;  // as printed
};

const std::vector<Unit>& units();
/// "volume flow"
std::string_view name_of(Quantity);
/// The unit of that suffix for that quantity, or nullptr.
const Unit* find_unit(std::string_view suffix, Quantity);
/// Any unit of that suffix, or nullptr: for the message about a wrong suffix.
const Unit* find_unit(std::string_view suffix);
/// "m3_per_h, lpm, m3_per_s"
std::string suffixes(Quantity);

inline Real to_si(const Unit& u, Real value) { return value * u.scale + u.offset; }
inline Real from_si(const Unit& u, Real si) { return (si - u.offset) / u.scale; }

/// By suffix alone: to_unit("degc", 305.15) = 32. Throws std::invalid_argument with the known suffixes.
Real to_unit(std::string_view suffix, Real si);

}  // namespace coldsun

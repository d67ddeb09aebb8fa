// The one table of units and its look-ups.
#include "core/site/units.hpp"

#include <fmt/format.h>

#include <numbers>
#include <stdexcept>

#include "common/constants.hpp"

namespace coldsun {

namespace {

#define COLDSUN_QUANTITY_TEXT(name, text) text,

// Conversion factors are powers of ten or exact by definition (SI Brochure, 9th ed.); 0 degC = 273.15 K.
std::vector<Unit> make_units() {
  using Q = Quantity;
  const Real degree = std::numbers::pi / 180.0;
  const Real kwh = 3.6e6;
  return {
      {"degc", Q::temperature, 1, constants::zero_celsius, "degC"},
      {"k", Q::temperature, 1, 0, "K"},
      {"k", Q::temperature_difference, 1, 0, "K"},
      {"w", Q::power, 1, 0, "W"},
      {"kw", Q::power, 1e3, 0, "kW"},
      {"mw", Q::power, 1e6, 0, "MW"},
      {"j", Q::energy, 1, 0, "J"},
      {"kwh", Q::energy, kwh, 0, "kWh"},
      {"mwh", Q::energy, 1e3 * kwh, 0, "MWh"},
      {"ms", Q::time, 1e-3, 0, "ms"},
      {"s", Q::time, 1, 0, "s"},
      {"min", Q::time, 60, 0, "min"},
      {"h", Q::time, 3600, 0, "h"},
      {"um", Q::length, 1e-6, 0, "um"},
      {"mm", Q::length, 1e-3, 0, "mm"},
      {"m", Q::length, 1, 0, "m"},
      {"km", Q::length, 1e3, 0, "km"},
      {"mm2", Q::area, 1e-6, 0, "mm2"},
      {"m2", Q::area, 1, 0, "m2"},
      {"l", Q::volume, 1e-3, 0, "L"},
      {"m3", Q::volume, 1, 0, "m3"},
      {"lpm", Q::volume_flow, 1e-3 / 60.0, 0, "L/min"},
      {"m3_per_h", Q::volume_flow, 1.0 / 3600.0, 0, "m3/h"},
      {"l_per_h", Q::volume_flow, 1e-3 / 3600.0, 0, "L/h"},
      {"m3_per_s", Q::volume_flow, 1, 0, "m3/s"},
      {"pa", Q::pressure, 1, 0, "Pa"},
      {"kpa", Q::pressure, 1e3, 0, "kPa"},
      {"bar", Q::pressure, 1e5, 0, "bar"},
      {"deg", Q::angle, degree, 0, "deg"},
      {"rad", Q::angle, 1, 0, "rad"},
      {"m_per_s", Q::velocity, 1, 0, "m/s"},
      {"w_per_mk", Q::conductivity, 1, 0, "W/(m K)"},
      {"j_per_m3k", Q::volumetric_heat_capacity, 1, 0, "J/(m3 K)"},
      {"mj_per_m3k", Q::volumetric_heat_capacity, 1e6, 0, "MJ/(m3 K)"},
      {"j_per_k", Q::heat_capacity, 1, 0, "J/K"},
      {"kj_per_k", Q::heat_capacity, 1e3, 0, "kJ/K"},
      {"mj_per_k", Q::heat_capacity, 1e6, 0, "MJ/K"},
      {"w_per_k", Q::thermal_conductance, 1, 0, "W/K"},
      {"kw_per_k", Q::thermal_conductance, 1e3, 0, "kW/K"},
      {"k_per_w", Q::thermal_resistance, 1, 0, "K/W"},
      {"w_per_m2k", Q::film_coefficient, 1, 0, "W/(m2 K)"},
      {"ws_per_m3k", Q::wind_film_coefficient, 1, 0, "W s/(m3 K)"},
      {"kwh_per_m2", Q::irradiation, kwh, 0, "kWh/m2"},
      {"j_per_m2", Q::irradiation, 1, 0, "J/m2"},
      {"w_per_m2", Q::irradiance, 1, 0, "W/m2"},
      {"kg_per_kwh", Q::carbon_intensity, 1.0 / kwh, 0, "kg/kWh"},
      {"g_per_kwh", Q::carbon_intensity, 1e-3 / kwh, 0, "g/kWh"},
      {"usd_per_kwh", Q::price, 1.0 / kwh, 0, "USD/kWh"},
      {"usd_per_mwh", Q::price, 1e-3 / kwh, 0, "USD/MWh"},
      {"l_per_kwh", Q::fuel_per_energy, 1e-3 / kwh, 0, "L/kWh"},
      {"per_k", Q::per_temperature, 1, 0, "1/K"},
      {"pct_per_k", Q::per_temperature, 1e-2, 0, "%/K"},
      {"v", Q::voltage, 1, 0, "V"},
      {"mv", Q::voltage, 1e-3, 0, "mV"},
      {"a", Q::current, 1, 0, "A"},
      {"ah", Q::charge, 3600, 0, "Ah"},
      {"ohm", Q::resistance, 1, 0, "ohm"},
      {"mohm", Q::resistance, 1e-3, 0, "mohm"},
      {"f", Q::capacitance, 1, 0, "F"},
      {"mf", Q::capacitance, 1e-3, 0, "mF"},
      {"uf", Q::capacitance, 1e-6, 0, "uF"},
      {"mh", Q::inductance, 1e-3, 0, "mH"},
      {"uh", Q::inductance, 1e-6, 0, "uH"},
      {"hz", Q::frequency, 1, 0, "Hz"},
      {"khz", Q::frequency, 1e3, 0, "kHz"},
      {"ghz", Q::frequency, 1e9, 0, "GHz"},
      {"a_per_k", Q::current_per_temperature, 1, 0, "A/K"},
      {"v_per_k", Q::voltage_per_temperature, 1, 0, "V/K"},
      {"bit_per_s", Q::data_rate, 1, 0, "bit/s"},
      {"mbit_per_s", Q::data_rate, 1e6, 0, "Mbit/s"},
      {"gbit_per_s", Q::data_rate, 1e9, 0, "Gbit/s"},
      {"pct", Q::share, 1e-2, 0, "%"},
  };
}

const Unit& known(std::string_view suffix) {
  if (const Unit* u = find_unit(suffix)) return *u;
  std::string all;
  for (const Unit& u : units())
    if (find_unit(u.suffix) == &u) all += fmt::format("{}{}", all.empty() ? "" : ", ", u.suffix);  // each suffix once
  throw std::invalid_argument(fmt::format("unknown unit \"{}\"; accepted: {}", suffix, all));
}

}  // namespace

const std::vector<Unit>& units() {
  static const std::vector<Unit> table = make_units();
  return table;
}

std::string_view name_of(Quantity q) {
  constexpr std::string_view name[] = {COLDSUN_QUANTITIES(COLDSUN_QUANTITY_TEXT)};
  return name[static_cast<std::size_t>(q)];
}

const Unit* find_unit(std::string_view suffix, Quantity q) {
  for (const Unit& u : units())
    if (u.quantity == q && u.suffix == suffix) return &u;
  return nullptr;
}

const Unit* find_unit(std::string_view suffix) {
  for (const Unit& u : units())
    if (u.suffix == suffix) return &u;
  return nullptr;
}

std::string suffixes(Quantity q) {
  std::string s;
  for (const Unit& u : units())
    if (u.quantity == q) s += fmt::format("{}{}", s.empty() ? "" : ", ", u.suffix);
  return s;
}

Real to_unit(std::string_view suffix, Real si) { return from_si(known(suffix), si); }

}  // namespace coldsun

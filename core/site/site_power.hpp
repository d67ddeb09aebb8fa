// Photovoltaic strings, battery, DC bus, grid tie and generator of a site: part of Site (core/site/site.hpp), SI.
#pragma once
#include <algorithm>
#include <numbers>

#include "core/site/key.hpp"

namespace coldsun {

namespace usual {
inline constexpr Real degree = std::numbers::pi / 180;
inline constexpr Real usd_per_kwh = 1 / 3.6e6;  // USD/J
// kg/J; the worst coal gives about 1.2 kg/kWh (IPCC AR5 WG III, annex III)
inline constexpr Limits carbon = between(0, 5 / 3.6e6).usual(0.001 / 3.6e6, 1.5 / 3.6e6).or_zero();
inline constexpr Limits grid_price =
    between(-20 * usd_per_kwh, 20 * usd_per_kwh).usual(-usd_per_kwh, usd_per_kwh).no_nearer_to_zero(5e-4 * usd_per_kwh);
inline constexpr Limits fuel_price = between(0, 20 * usd_per_kwh).usual(0.02 * usd_per_kwh, 2 * usd_per_kwh);
inline constexpr Limits loss_share = between(0, 0.2).usual(5e-5, 0.1).or_zero();
inline constexpr Real skarstein_idle = 0.08415e-3 / 3600 / 1e3;  // m3/s per W rated
inline constexpr Real skarstein_slope = 0.246 * (1e-3 / 3.6e6);  // m3/J
}  // namespace usual

// clang-format off
/// CEC single-diode parameters as in the SAM library (California Energy Commission list).
#define COLDSUN_MODULE(K) \
  K(std::string, name, a_name().label(), "name of the module") \
  K(int, n_cell_series, a_count(1, 1000).checked(), "cells in series") \
  K(Real, i_sc, a(Q::current, between(0.01, 100).usual(0.5, 30)).checked(), "short-circuit current at standard test conditions") \
  K(Real, v_oc, a(Q::voltage, between(0.5, 1000).usual(10, 300)).checked(), "open-circuit voltage at standard test conditions") \
  K(Real, i_mp, a(Q::current, positive()).checked(), "current at maximum power at standard test conditions") \
  K(Real, v_mp, a(Q::voltage, positive()).checked(), "voltage at maximum power at standard test conditions") \
  K(Real, alpha_sc, a(Q::current_per_temperature, between(-0.1, 0.1)), "temperature coefficient of the short-circuit current") \
  K(Real, beta_oc, a(Q::voltage_per_temperature, between(-10, 0)).checked(), "temperature coefficient of the open-circuit voltage") \
  K(Real, a_ref, a(Q::voltage, positive()), "modified ideality factor n Ns Vth") \
  K(Real, i_l_ref, a(Q::current, positive()), "photocurrent at standard test conditions") \
  K(Real, i_o_ref, a(Q::current, positive()), "diode saturation current at standard test conditions") \
  K(Real, r_s, a(Q::resistance, not_negative()), "series resistance") \
  K(Real, r_sh_ref, a(Q::resistance, positive()), "shunt resistance at standard test conditions") \
  K(Real, adjust, a(Q::share, between(-1, 1).usual(-0.6, 0.6).no_nearer_to_zero(5e-4)), "CEC adjustment of the temperature coefficients") \
  K(Real, area, a(Q::area, positive()).checked(), "area of the module")
struct PvModule {
  COLDSUN_KEYS(COLDSUN_MODULE)
  Real p_stc() const { return i_mp * v_mp; }
};

/// Loss of a converter over its rating: c0 + c1 x + c2 x^2, x = power over rating.
#define COLDSUN_LOSS(K) \
  K(Real, c0, a_number(usual::loss_share), "loss at no load, as a share of the rating") \
  K(Real, c1, a_number(usual::loss_share), "linear part of the loss at rated power") \
  K(Real, c2, a_number(usual::loss_share), "quadratic part of the loss at rated power")
struct LossCurve { COLDSUN_KEYS(COLDSUN_LOSS) };

/// Strings of one orientation: one plane of irradiance, n_row rows of n_per_row equal strings in State.
#define COLDSUN_STRINGS(K) \
  K(std::string, name, a_name().label(), "name of the string group") \
  K(std::string, module, a_text(), "PV module: a file in data/modules or beside the site file") \
  K(int, n_row, a_count(1, 1 << 20), "number of string rows (elements of the axis string)") \
  K(int, n_per_row, a_count(1, 1 << 20), "equal strings per row") \
  K(int, n_series, a_count(1, 1000), "modules in series") \
  K(Real, surface_tilt, a(Q::angle, between(0, std::numbers::pi / 2).no_nearer_to_zero(usual::degree)), "tilt of the modules from horizontal") \
  K(Real, surface_azimuth, a(Q::angle, between(0, 2 * std::numbers::pi).no_nearer_to_zero(usual::degree)), "azimuth of the modules, clockwise from north") \
  K(Real, soiling_ratio, a_number(between(0.05, 1).usual(0.5, 1)), "soiling ratio: share of light transmitted by the dirt") \
  K(Real, u_c, a(Q::film_coefficient, between(1, 500).usual(10, 60)), "Faiman heat loss coefficient without wind") \
  K(Real, u_v, a(Q::wind_film_coefficient, between(0, 200).usual(0.5, 20).or_zero()), "Faiman heat loss coefficient per wind speed") \
  K(Real, t_cell_time, a(Q::time, between(0.1, 7200).usual(60, 1800)), "time constant of the module temperature, first order") \
  K(Real, refractive_index_ar, a_number(between(1, 1.6)), "refractive index of the anti-reflection coating of the glass; 1: none") \
  K(Real, r_wire, a(Q::resistance, between(0, 20).usual(5e-3, 5).or_zero()), "wire resistance of one string up to its converter")
struct StringGroup { COLDSUN_KEYS(COLDSUN_STRINGS) };

#define COLDSUN_STRING_CONVERTER(K) \
  K(Real, p_rated, a(Q::power, positive()), "rated power of one converter") \
  K(Real, inductance, a(Q::inductance, between(1e-7, 10).usual(10e-6, 50e-3)), "inductance of the boost converter") \
  K(Real, f_sw, a(Q::frequency, between(100, 1e8).usual(2e3, 1e6)), "switching frequency") \
  K(Real, mppt_step, a_number(between(0, 0.049).usual(5e-4, 0.03).or_zero()), "voltage step of the MPP tracker as a share of the open-circuit voltage") \
  K(LossCurve, loss, a_table(), "loss as a share of the rating: c0 + c1 x + c2 x^2, x = power over rating")
/// The boost converter behind every string.
struct StringConverter { COLDSUN_KEYS(COLDSUN_STRING_CONVERTER) };

#define COLDSUN_BUS_CONVERTER(K) \
  K(Real, p_rated, a(Q::power, positive()), "rated power") \
  K(LossCurve, loss, a_table(), "loss as a share of the rating: c0 + c1 x + c2 x^2, x = power over rating")
/// A converter on the bus; p_rated 0: absent.
struct BusConverter { COLDSUN_KEYS(COLDSUN_BUS_CONVERTER) };

#define COLDSUN_BATTERY(K) \
  K(std::string, chemistry, a_choice({"lfp"}), "cell chemistry: selects the table of open-circuit voltage against state of charge") \
  K(int, n_series, a_count(1, 100000), "cells in series") \
  K(int, n_parallel, a_count(1, 100000), "cell strings in parallel") \
  K(Real, capacity, a(Q::charge, positive()), "capacity of one cell") \
  K(Real, r_0, a(Q::resistance, positive()), "ohmic resistance of one cell") \
  K(Real, r_1, a(Q::resistance, positive()), "resistance of the fast polarisation of one cell") \
  K(Real, tau_1, a(Q::time, between(0.01, 1e5).usual(0.5, 600)), "time constant of the fast polarisation") \
  K(Real, r_2, a(Q::resistance, positive()), "resistance of the slow polarisation of one cell") \
  K(Real, tau_2, a(Q::time, between(0.01, 1e6).usual(20, 2e4)), "time constant of the slow polarisation") \
  K(Real, soc_min, a_number(share().usual(0.005, 0.6).or_zero()), "lowest state of charge in operation") \
  K(Real, soc_max, a_number(share().usual(0.4, 1)), "highest state of charge in operation") \
  K(Real, soc_start, a_number(share()), "state of charge at the start of a run") \
  K(Real, soc_reserve, a_number(share().usual(0.005, 0.8).or_zero()), "reserve: below this state of charge the battery discharges only as the last source") \
  K(Real, i_charge, a(Q::current, not_negative()), "charge current limit of one cell") \
  K(Real, i_discharge, a(Q::current, not_negative()), "discharge current limit of one cell") \
  K(Real, v_cell_min, a(Q::voltage, between(0.5, 3.4).usual(1.8, 3.2)), "lowest voltage of one cell") \
  K(Real, v_cell_max, a(Q::voltage, between(3.2, 5).usual(3.4, 3.9)), "highest voltage of one cell") \
  K(BusConverter, converter, a_table(), "DC/DC converter between battery and bus")
struct Battery { COLDSUN_KEYS(COLDSUN_BATTERY) };

#define COLDSUN_BUS(K) \
  K(Real, v_nominal, a(Q::voltage, between(10, 1e5).usual(48, 3000)), "nominal bus voltage") \
  K(Real, v_min, a(Q::voltage, between(1, 1e5)), "lowest bus voltage in operation") \
  K(Real, v_max, a(Q::voltage, between(10, 1e6)), "highest bus voltage in operation") \
  K(Real, r_droop, a(Q::resistance, not_negative()), "droop resistance: v = v_nominal - r_droop i, i the current of battery, grid tie and generator together") \
  K(Real, tau_v, a(Q::time, between(1e-5, 60).usual(1e-3, 10)), "time constant of the bus voltage after a change of that current") \
  K(Real, capacitance, a(Q::capacitance, positive()), "bus capacitance, with the output capacitors of all converters") \
  K(Real, r_pv_cable, a(Q::resistance, not_negative()), "resistance of the feeder from the PV array to the bus") \
  K(Real, r_battery_cable, a(Q::resistance, not_negative()), "resistance of the battery cable") \
  K(Real, r_load_cable, a(Q::resistance, not_negative()), "resistance of the distribution to racks and auxiliaries")
struct Bus { COLDSUN_KEYS(COLDSUN_BUS) };

#define COLDSUN_GRID(K) \
  K(Real, p_import, a(Q::power, not_negative()), "import limit") \
  K(Real, p_export, a(Q::power, not_negative()), "export limit; 0: surplus PV power is curtailed") \
  K(Real, p_budget, a(Q::power, not_negative()), "grid power planned for the nodes (site cap), at most the import limit") \
  K(Hourly, carbon_intensity, a(Q::carbon_intensity, usual::carbon), "carbon intensity of imported energy, constant or by hour of local standard time") \
  K(Hourly, price, a(Q::price, usual::grid_price), "price of imported energy, constant or by hour of local standard time") \
  K(BusConverter, converter, a_table(), "active front end between grid and bus")
struct GridTie {
  COLDSUN_KEYS(COLDSUN_GRID)
  bool present = false;
};
/// Grid power available to plans [W]: the least of budget, import limit and converter rating.
inline Real planned_import(const GridTie& g) { return g.present ? std::min({g.p_budget, g.p_import, g.converter.p_rated}) : 0.0; }

// Defaults are the usual operation and fuel of diesel sets; that of soc_stop follows from the battery (io, prepare).
#define COLDSUN_GENSET(K) \
  K(Real, p_max, a(Q::power, positive()), "rated power at the generator's terminals") \
  K(Real, p_min, a(Q::power, between(0, s.p_max)).as("0 to p_max").or_else(0.3 * s.p_max, "kw", "assumed: 30 % of p_max, below which diesels foul"), \
    "minimum load; the generator runs below it only where the site takes less") \
  K(Real, start_time, a(Q::time, between(0, 3600)).or_else(30, "s", "assumed: cranking, running up and taking load"), "time from the start command to power") \
  K(Real, least_run, a(Q::time, between(0, 86400)).or_else(1800, "min", "assumed: half an hour, so that it gets warm"), "minimum running time") \
  K(Real, soc_stop, a_number(share()).or_else(s.soc_stop, "", "assumed: half-way from soc_reserve to soc_max"), \
    "state of charge from which the generator may stop, where PV and grid carry the site") \
  K(Real, fuel_idle, a(Q::volume_flow, not_negative()).or_else(s.p_max * usual::skarstein_idle, "l_per_h", \
    "sourced: 0.08415 L/h per kW rated (Skarstein and Uhlen 1989, Wind Engineering 13:72)"), "fuel flow at no load") \
  K(Real, fuel_slope, a(Q::fuel_per_energy, not_negative()).or_else(usual::skarstein_slope, "l_per_kwh", \
    "sourced: 0.246 L/kWh (Skarstein and Uhlen 1989, Wind Engineering 13:72)"), "fuel per electrical energy, beyond the no-load flow") \
  K(Real, carbon_intensity, a(Q::carbon_intensity, usual::carbon), "carbon intensity of the generator's energy") \
  K(Real, price, a(Q::price, usual::fuel_price), "price of the generator's energy") \
  K(BusConverter, rectifier, a_table(), "rectifier between generator and bus")
struct Genset {
  COLDSUN_KEYS(COLDSUN_GENSET)
  bool present = false;
};

#define COLDSUN_RACK_CONVERTER(K) \
  K(Real, p_rated, a(Q::power, positive()), "rated power, per node") \
  K(std::vector<Real>, load, numbers_of(above(0, 2).usual(0.005, 1.5), 2, 7), "load points of the efficiency curve: output over rating, rising") \
  K(std::vector<Real>, efficiency, numbers_of(between(0.05, 1).usual(0.5, 1), 2, 7), "efficiency at the load points")
/// Bus to the node's rail, one per node: efficiency by load, as in data sheets.
struct RackConverter { COLDSUN_KEYS(COLDSUN_RACK_CONVERTER) };

#define COLDSUN_CONVERTER_SINK(K) \
  K(Real, heat_capacity, a(Q::heat_capacity, positive()), "heat capacity of the sink") \
  K(Real, conductance, a(Q::thermal_conductance, positive()), "thermal conductance to the coolant")
/// Heat sink of the indoor converters, cooled by the coolant loop.
struct ConverterSink { COLDSUN_KEYS(COLDSUN_CONVERTER_SINK) };

#define COLDSUN_POWER(K) \
  K(std::vector<StringGroup>, strings, a_table(), "groups of photovoltaic strings") \
  K(StringConverter, string_converter, a_table(), "boost converter behind every string") \
  K(Battery, battery, a_table(), "battery") \
  K(Bus, bus, a_table(), "DC bus") \
  K(GridTie, grid, a_table().or_none(), "grid tie; left out: an island") \
  K(Genset, genset, a_table().or_none(), "generator") \
  K(BusConverter, aux_converter, a_table(), "converter from the bus to pumps, fans and CDU") \
  K(RackConverter, rack_converter, a_table(), "converter from the bus to the node's rail, one per node") \
  K(ConverterSink, converter_sink, a_table(), "heat sink of the indoor converters, cooled by the coolant loop")
// clang-format on
struct Power {
  COLDSUN_KEYS(COLDSUN_POWER)
  std::vector<PvModule> module;  ///< modules named by the string groups
};

}  // namespace coldsun

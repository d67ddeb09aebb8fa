// Sun, battery, bus and grid of a site: part of Site (core/site/site.hpp), SI.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "common/space.hpp"

namespace coldsun {

/// A day's course of something: one value for ever, or 24 values, one per hour of local standard time.
struct Hourly {
  std::array<Real, 24> value{};
  bool constant = true;
  /// Value in the hour that holds t (seconds since local midnight, any sign).
  Real at(Real t) const {
    const auto h = static_cast<std::int64_t>(std::floor(t / 3600.0));
    return value[static_cast<std::size_t>(((h % 24) + 24) % 24)];
  }
};

/// CEC single-diode parameters as in the SAM library (California Energy Commission list), SI.
struct PvModule {
  std::string name, technology;
  int n_cell_series = 0;                        ///< cells in series
  Real i_sc = 0, v_oc = 0, i_mp = 0, v_mp = 0;  ///< at standard test conditions [A, V]
  Real alpha_sc = 0;                            ///< [A/K]
  Real beta_oc = 0;                             ///< [V/K]
  Real t_noct = 0;                              ///< [K]
  Real a_ref = 0;                               ///< modified ideality nNsVth [V]
  Real i_l_ref = 0;                             ///< photocurrent [A]
  Real i_o_ref = 0;                             ///< saturation current [A]
  Real r_s = 0;                                 ///< [ohm]
  Real r_sh_ref = 0;                            ///< [ohm]
  Real adjust = 0;                              ///< CEC adjustment of the temperature coefficients [1]: 0.054 for 5.4 %
  Real gamma_r = 0;                             ///< of p_mp [1/K]
  Real area = 0;                                ///< [m2]
  Real p_stc() const { return i_mp * v_mp; }
};

/// Loss of a converter as a share of its rating: c0 + c1 p + c2 p^2, p the share of rating that it carries.
struct LossCurve {
  Real c0 = 0, c1 = 0, c2 = 0;  ///< [1]
};

/// A group of strings that look the same way: one plane of irradiance. It stands in State as n_row rows of n_per_row strings.
struct StringGroup {
  std::string name, module;
  int n_row = 0;                 ///< rows in State
  int n_per_row = 0;             ///< equal strings that one row stands for
  int n_series = 0;              ///< modules in series
  Real surface_tilt = 0;         ///< [rad]
  Real surface_azimuth = 0;      ///< from north clockwise [rad]
  Real soiling_ratio = 0;        ///< transmitted share on the demo day [1]
  Real u_c = 0, u_v = 0;         ///< Faiman heat loss [W/(m2 K)], [W s/(m3 K)]
  Real t_cell_time = 0;          ///< first-order lag of the module's temperature [s]
  Real refractive_index_ar = 0;  ///< of the glass's anti-reflection coating; 1: none [1]
  Real r_wire = 0;               ///< wiring of one string up to its converter [ohm]
};

/// The boost converter behind every string.
struct StringConverter {
  Real p_rated = 0;     ///< [W]
  Real inductance = 0;  ///< [H]
  Real f_sw = 0;        ///< switching frequency [Hz]
  Real mppt_step = 0;   ///< perturbation of the tracker as a share of the open-circuit voltage [1]
  LossCurve loss;       ///< of its rating
};

/// A converter between the bus and something else. p_rated 0: there is none.
struct BusConverter {
  Real p_rated = 0;  ///< [W]
  LossCurve loss;
};

struct Battery {
  std::string chemistry;  ///< "lfp": the table of open-circuit voltage against charge
  int n_series = 0;       ///< cells in series
  int n_parallel = 0;
  Real capacity = 0;                    ///< of one cell [C]
  Real r_0 = 0;                         ///< of one cell [ohm]
  Real r_1 = 0, tau_1 = 0;              ///< fast polarisation of one cell [ohm, s]
  Real r_2 = 0, tau_2 = 0;              ///< slow polarisation [ohm, s]
  Real soc_min = 0, soc_max = 0;        ///< working window [1]
  Real soc_reserve = 0;                 ///< below it the battery gives only when nothing else can [1]
  Real soc_start = 0;                   ///< at the start of a run [1]
  Real i_charge = 0, i_discharge = 0;   ///< limits of one cell [A]
  Real v_cell_min = 0, v_cell_max = 0;  ///< limits of one cell [V]
  BusConverter converter;
};

struct Bus {
  Real v_nominal = 0;         ///< [V]
  Real v_min = 0, v_max = 0;  ///< working window [V]
  Real r_droop = 0;           ///< v = v_nominal - r_droop i, i the current of battery, grid tie and genset together [ohm]
  Real tau_v = 0;             ///< response of the voltage to a change of that current [s]
  Real capacitance = 0;       ///< lumped, with every converter's output capacitor [F]
  Real r_pv_cable = 0;        ///< feeder from the field to the bus [ohm]
  Real r_battery_cable = 0;   ///< [ohm]
  Real r_load_cable = 0;      ///< distribution to racks and auxiliaries [ohm]
};

struct GridTie {
  bool present = false;
  Real p_import = 0;        ///< limit [W]
  Real p_export = 0;        ///< limit [W]; 0: surplus is curtailed
  Real p_budget = 0;        ///< what the hall's work may take from the grid: under the import limit by choice or contract [W]
  BusConverter converter;   ///< the active front end
  Hourly carbon_intensity;  ///< [kg/J]
  Hourly price;             ///< of imported energy [USD/J]
};

/// What of the tie may be planned with: the budget, as far as limit and converter carry it [W].
inline Real planned_import(const GridTie& g) { return g.present ? std::min({g.p_budget, g.p_import, g.converter.p_rated}) : 0.0; }

struct Genset {
  bool present = false;
  Real p_max = 0;            ///< at the generator's terminals [W]
  Real p_min = 0;            ///< least load; below it only where nobody takes more [W]
  Real start_time = 0;       ///< from the word to power [s]
  Real run_time_min = 0;     ///< least run [s]
  Real soc_stop = 0;         ///< charge of the battery at which it may stop, where sun and grid can go on [1]
  Real fuel_idle = 0;        ///< fuel flow at no load [m3/s]
  Real fuel_per_energy = 0;  ///< fuel per energy above that [m3/J]
  BusConverter rectifier;
  Real carbon_intensity = 0;  ///< [kg/J]
  Real price = 0;             ///< [USD/J]
};

/// 800 V to the node's own rail, one per node: efficiency by load, as data sheets have it.
struct RackConverter {
  Real p_rated = 0;              ///< per node [W]
  std::vector<Real> load;        ///< output as a share of the rating, rising [1]
  std::vector<Real> efficiency;  ///< [1]
};

/// Heat sink of the converters that stand indoors, on the plates' loop.
struct ConverterSink {
  Real heat_capacity = 0;  ///< [J/K]
  Real conductance = 0;    ///< to the coolant [W/K]
};

struct Power {
  std::vector<PvModule> module;  ///< those that the string groups name
  std::vector<StringGroup> strings;
  StringConverter string_converter;
  Battery battery;
  Bus bus;
  GridTie grid;
  Genset genset;
  BusConverter aux_converter;  ///< 800 V to pumps, fans and CDU
  RackConverter rack_converter;
  ConverterSink sink;
};

}  // namespace coldsun

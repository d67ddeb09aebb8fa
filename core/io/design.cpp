// Design figures of a site, and notes on unusual figures and values, from the site file alone.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/atmosphere.hpp"
#include "common/constants.hpp"
#include "core/io/describe.hpp"
#include "core/make/make_system.hpp"
#include "core/site/text.hpp"
#include "core/site/units.hpp"
#include "thermal/loop.hpp"

namespace coldsun {

namespace {

// Constants for the design balance; the engine uses the fluids' correlations. At 40 degC: water (IAPWS-95), PG25 by
// mass (Melinder 2010).
Real volumetric_heat_capacity(const std::string& coolant) {
  return coolant == "water" ? 992.2 * 4179.5 : 1009.9 * 3969.0;
}

template <class P>
Real pump_power(const P& p) {
  return p.flow * p.dp / p.efficiency;
}

const PvModule* find_module(const Site& s, const std::string& name) {
  for (const PvModule& m : s.power.module)
    if (m.name == name) return &m;
  return nullptr;
}

}  // namespace

DesignPoint design_point(const Site& s) {
  DesignPoint d;
  for (const NodeType& n : s.hall.node) {
    d.n_node += n.n_node;
    d.n_field += n.n_field;
    d.n_gpu += n.n_node * n.n_plate;
    d.p_it_max += n.n_node * n.p_max;
  }
  const Real cold = *std::min_element(s.climate.temp_air_min.begin(), s.climate.temp_air_min.end());
  for (const StringGroup& g : s.power.strings) {
    const PvModule* m = find_module(s, g.module);
    if (!m) continue;
    d.n_string_row += g.n_row;
    d.n_string += g.n_row * g.n_per_row;
    d.p_pv_stc += m->p_stc() * g.n_series * g.n_row * g.n_per_row;
    d.v_string_oc_cold = std::max(d.v_string_oc_cold, g.n_series * (m->v_oc + m->beta_oc * (cold - 298.15)));
  }
  const Battery& b = s.power.battery;
  d.e_battery = b.capacity * 3.2 * b.n_series * b.n_parallel * (b.soc_max - b.soc_min);

  // Loops at full load: plates -> CDU -> dry cooler; heat of the hall air enters the facility loop.
  const Cooling& c = s.cooling;
  const Real c_plates = c.pump.flow * volumetric_heat_capacity(c.coolant);
  const Real c_facility = c.facility.pump.flow * volumetric_heat_capacity(c.facility.coolant);
  d.q_liquid = d.p_it_max * s.hall.liquid_fraction;
  const Real q_air = d.p_it_max - d.q_liquid;
  d.flow_per_heat = c.pump.flow / d.q_liquid;
  d.t_supply = c.t_supply;
  d.t_return = c.t_supply + d.q_liquid / c_plates;
  d.t_facility_supply = d.t_return - d.q_liquid / thermal::exchange_counterflow(c.cdu.ua, c_plates, c_facility);
  d.cdu_approach = d.t_supply - d.t_facility_supply;
  const Real q_coil = std::clamp(c.hall_air.cooler_ua * (c.hall_air.t_set - d.t_facility_supply), 0.0, q_air);
  const Real q_facility = d.q_liquid + q_coil;
  d.t_facility_return = d.t_facility_supply + q_facility / c_facility;
  const Real density = thermal::air_density(standard_pressure(s.altitude), d.t_facility_supply);
  const Real c_air = c.dry_cooler.air_flow * density * thermal::cp_air;
  d.t_air_limit = d.t_facility_return - q_facility / thermal::exchange_crossflow(c.dry_cooler.ua, c_facility, c_air);
  d.cooler_approach = d.t_facility_supply - d.t_air_limit;
  d.p_aux_design = pump_power(c.pump) + c.pump.flow * plates_head(s) / c.pump.efficiency + pump_power(c.facility.pump) +
                   c.dry_cooler.fan_power + c.hall_air.fan_power + (q_air - q_coil) / c.hall_air.chiller_cop +
                   c.p_aux_base;
  return d;
}

std::vector<std::string> doubts(const std::vector<Provenance>& values) {
  std::vector<std::string> all;
  for (const Provenance& p : values)
    if (!p.doubt.empty()) all.push_back(clean(p.doubt));
  return all;
}

std::vector<std::string> doubts(const Site& s) {
  std::vector<std::string> all = doubts(s.provenance);
  const DesignPoint d = design_point(s);
  const auto doubt = [&](bool raised, std::string sentence) {
    if (raised) all.push_back(std::move(sentence));
  };
  // Civil time differs from solar time by at most 3 h (west China); the difference is taken modulo one day.
  const Real by_sun = s.longitude / (2.0 * constants::pi) * 86400.0,
             apart = std::fabs(std::remainder(s.utc_offset - by_sun, 86400.0)) / 3600.0;
  doubt(apart > 3.0, fmt::format("utc_offset of {:+.1f} h at {:.1f} degrees east, solar time {:+.1f} h: hourly prices, "
                                 "carbon intensity and arrivals are {:.0f} h off; usual: within 3 h",
                                 s.utc_offset / 3600.0, s.longitude / constants::degree, by_sun / 3600.0, apart));
  const Real lpm_per_kw = to_unit("lpm", d.flow_per_heat) * 1e3;
  doubt(lpm_per_kw < 1.0 || lpm_per_kw > 2.0,
        fmt::format(
            "coolant flow of {:.2f} L/min per kW of plate heat; usual: 1.0 to 2.0 (OCP OAI liquid cooling guidelines)",
            lpm_per_kw));
  doubt(d.cdu_approach < 2 || d.cdu_approach > 8,
        fmt::format("CDU approach of {:.1f} K at full load; usual: 3 to 5", d.cdu_approach));
  doubt(d.cooler_approach < 3 || d.cooler_approach > 12,
        fmt::format("dry cooler approach of {:.1f} K at full load; usual: 5 to 8", d.cooler_approach));
  const Real share = d.p_aux_design / d.p_it_max;
  doubt(share > 0.2, fmt::format("auxiliaries take {:.0f} % of IT power at design; usual: 4 to 15 %", 100 * share));
  const Real hottest = *std::max_element(s.climate.temp_air_max.begin(), s.climate.temp_air_max.end());
  doubt(hottest > d.t_air_limit,
        fmt::format("the supply set-point of {:.0f} degC is held at full load up to {:.1f} degC outside air, but the "
                    "warmest month's mean maximum is {:.1f} degC: the supply will exceed its set-point",
                    to_unit("degc", d.t_supply), to_unit("degc", d.t_air_limit), to_unit("degc", hottest)));
  doubt(d.v_string_oc_cold > s.power.bus.v_max,
        fmt::format(
            "the open-circuit voltage of a string reaches {:.0f} V in the coldest mean minimum, above power.bus.v_max "
            "= {:.0f} V: a boost converter cannot lower it",
            d.v_string_oc_cold, s.power.bus.v_max));
  Real served = planned_import(s.power.grid);
  const int b_cells = s.power.battery.n_series * s.power.battery.n_parallel;
  if (const Genset& g = s.power.genset; g.present) {
    served += std::min(g.p_max, g.rectifier.p_rated);
    const Real bridge =
        s.power.battery.capacity * 3.2 * b_cells * (s.power.battery.soc_reserve - s.power.battery.soc_min);
    const Real wanted = g.start_time * (d.p_it_max + d.p_aux_design);
    Real idle = s.cooling.p_aux_base;
    for (const NodeType& t : s.hall.node) idle += t.n_node * t.p_idle;
    const Real charge = std::min(s.power.battery.i_charge * s.power.battery.n_parallel * s.power.battery.n_series * 3.2,
                                 s.power.battery.converter.p_rated);
    doubt(b_cells > 0 && g.p_min < idle && g.soc_stop > s.power.battery.soc_reserve,
          fmt::format("the generator's minimum load of {:.0f} kW is below the idle power of the hall, {:.0f} kW: it "
                      "never charges the battery, and once started runs until PV or grid have charged it",
                      g.p_min / 1e3, idle / 1e3));
    doubt(g.p_min > idle + charge,
          fmt::format("the generator's minimum load of {:.0f} kW is above the idle power of the "
                      "hall and the battery's charge power together, {:.0f} kW: it may run below it",
                      g.p_min / 1e3, (idle + charge) / 1e3));
    doubt(bridge < wanted || s.power.battery.converter.p_rated < d.p_it_max + d.p_aux_design,
          fmt::format("the generator takes {:.0f} s to start; the battery's reserve of {:.1f} kWh on a converter of "
                      "{:.0f} kW does not carry the full hall until then ({:.1f} kWh, {:.0f} kW)",
                      g.start_time, to_unit("kwh", bridge), s.power.battery.converter.p_rated / 1e3,
                      to_unit("kwh", wanted), (d.p_it_max + d.p_aux_design) / 1e3));
  }
  doubt(served < d.p_it_max + d.p_aux_design,
        fmt::format(
            "grid and generator supply at most {:.0f} kW of the {:.0f} kW at full load: without PV and with an empty "
            "battery load is shed",
            served / 1e3, (d.p_it_max + d.p_aux_design) / 1e3));
  for (const NodeType& n : s.hall.node)
    doubt(n.t_restart < s.cooling.t_supply + 1.0,
          fmt::format("node type {} restarts below {:.1f} degC, but its coolant supply is {:.1f} degC: once tripped it "
                      "never restarts",
                      n.name, to_unit("degc", n.t_restart), to_unit("degc", s.cooling.t_supply)));
  for (const PlateClass& p : s.plate) {
    const Real mean = s.cooling.pump.flow / std::max(1, d.n_gpu);
    for (const NodeType& n : s.hall.node)
      doubt(
          n.plate == p.name && (mean * n.flow_factor < p.flow_min || mean * n.flow_factor > p.flow_max),
          fmt::format("node type {} has {:.2f} L/min per plate, outside the range of plate {}, {:.2f} to {:.2f} L/min",
                      n.name, to_unit("lpm", mean * n.flow_factor), p.name, to_unit("lpm", p.flow_min),
                      to_unit("lpm", p.flow_max)));
  }
  return all;
}

}  // namespace coldsun

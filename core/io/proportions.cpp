// Checks that need the whole site: sizes of equipment against the hall, ranges of points against the site. A value off
// by a factor of 1,000 is refused or noted; the ranges cover every plant that can reasonably be built.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/io/describe.hpp"
#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

struct Proportion {
  std::string key;  // of the value, without unit suffix
  Real ratio;       // value over the size of what it serves
  Real lo, usual_lo, usual_hi, hi;
  std::string what;  // unit and reference of the ratio
};

// Ratios are per kW of the hall at full load, or relative to a quantity of the same kind.
std::vector<Proportion> of_cooling(const Site& s, const DesignPoint& d) {
  const Cooling& c = s.cooling;
  const Real it = d.p_it_max / 1e3, liquid = d.q_liquid / 1e3, air = std::max(it - liquid, 0.02 * it);  // kW
  return {
      {"cooling.volume", c.volume * 1e3 / liquid, 0.01, 0.3, 30, 1000, "L per kW of plate heat"},
      {"cooling.pump.flow", c.pump.flow * 6e4 / liquid, 0.05, 0.5, 5, 50, "L/min per kW of plate heat"},
      {"cooling.p_aux_base", c.p_aux_base / 1e3 / it, 0, 2e-4, 0.1, 1, "of the hall's power"},
      {"cooling.cdu.ua", c.cdu.ua / 1e3 / liquid, 1e-3, 0.03, 3, 100, "kW/K per kW of plate heat"},
      {"cooling.cdu.heat_capacity", c.cdu.heat_capacity / 1e3 / liquid, 2e-3, 0.05, 20, 500,
       "kJ/K per kW of plate heat"},
      {"cooling.facility.volume", c.facility.volume * 1e3 / it, 0.01, 0.3, 50, 2000, "L per kW of the hall"},
      {"cooling.facility.pump.flow", c.facility.pump.flow * 6e4 / it, 0.05, 0.4, 5, 50, "L/min per kW of the hall"},
      {"cooling.dry_cooler.ua", c.dry_cooler.ua / 1e3 / it, 1e-3, 0.03, 3, 100, "kW/K per kW of the hall"},
      {"cooling.dry_cooler.air_flow", c.dry_cooler.air_flow / it, 1e-3, 0.02, 0.5, 20, "m3/s per kW of the hall"},
      {"cooling.dry_cooler.fan_power", c.dry_cooler.fan_power / 1e3 / it, 1e-7, 1e-3, 0.15, 1, "of the hall's power"},
      {"cooling.hall_air.heat_capacity", c.hall_air.heat_capacity / 1e3 / air, 0.1, 2, 1000, 2e4,
       "kJ/K per kW of air heat"},
      {"cooling.hall_air.cooler_ua", c.hall_air.cooler_ua / 1e3 / air, 1e-4, 0.02, 3, 100, "kW/K per kW of air heat"},
      {"cooling.hall_air.cooling", c.hall_air.cooling / 1e3 / air, 0.01, 1, 10, 200, "of the air heat"},
      {"cooling.hall_air.fan_power", c.hall_air.fan_power / 1e3 / air, 0, 1e-3, 0.25, 2, "of the air heat"},
  };
}

std::vector<Proportion> of_nodes(const Site& s) {
  std::vector<Proportion> all;
  for (const NodeType& n : s.hall.node) {
    const std::string key = fmt::format("hall.node[{}].", n.name);
    all.push_back({key + "p_idle", n.p_idle / n.p_max, 1e-4, 0.03, 0.7, 1, "of p_max"});
    all.push_back({key + "p_max", n.p_max / n.n_plate, 10, 150, 4000, 2e4, "W per accelerator"});
    all.push_back({key + "p_leakage", n.p_leakage / n.p_max, 0, 2e-3, 0.3, 1, "of p_max"});
  }
  return all;
}

std::vector<Proportion> of_power(const Site& s, const DesignPoint& d) {
  const Power& p = s.power;
  const Real it = d.p_it_max, unit = p.bus.v_nominal * p.bus.v_nominal / it;  // ohm
  const Battery& b = p.battery;
  const Real ah = b.capacity / 3600, v_nominal = p.bus.v_nominal;
  std::vector<Proportion> all = {
      {"power.battery.n_parallel", d.e_battery / it / 3600, 1e-4, 0.02, 100, 1000, "h of the hall at full load"},
      {"power.battery.capacity", ah, 0.05, 1, 2000, 1e5, "Ah per cell"},
      {"power.battery.r_0", b.r_0 * ah, 1e-5, 3e-3, 0.5, 2, "V of drop at 1 C"},
      {"power.battery.r_1", b.r_1 * ah, 1e-7, 1e-3, 0.5, 2, "V of drop at 1 C"},
      {"power.battery.r_2", b.r_2 * ah, 1e-7, 1e-3, 0.5, 2, "V of drop at 1 C"},
      {"power.battery.i_charge", b.i_charge / ah, 0, 0.02, 6, 100, "C"},
      {"power.battery.i_discharge", b.i_discharge / ah, 0, 0.02, 20, 100, "C"},
      {"power.battery.converter.p_rated", b.converter.p_rated / it, 1e-5, 0.03, 20, 200, "of the hall's power"},
      {"power.bus.v_min", p.bus.v_min / v_nominal, 0.3, 0.7, 1, 1, "of v_nominal"},
      {"power.bus.v_max", p.bus.v_max / v_nominal, 1, 1, 1.3, 2, "of v_nominal"},
      {"power.bus.r_droop", p.bus.r_droop / unit, 0, 5e-4, 0.15, 1, "of the bus voltage at the hall's full current"},
      {"power.bus.capacitance", 0.5 * p.bus.capacitance * v_nominal * v_nominal / it, 1e-7, 1e-3, 5, 60,
       "s of the hall's full load"},
      {"power.bus.r_pv_cable", p.bus.r_pv_cable / unit, 0, 2e-5, 0.05, 0.5,
       "of the bus voltage at the hall's full current"},
      {"power.bus.r_battery_cable", p.bus.r_battery_cable / unit, 0, 2e-5, 0.05, 0.5,
       "of the bus voltage at the hall's full current"},
      {"power.bus.r_load_cable", p.bus.r_load_cable / unit, 0, 2e-5, 0.05, 0.5,
       "of the bus voltage at the hall's full current"},
      {"power.aux_converter.p_rated", p.aux_converter.p_rated / d.p_aux_design, 0.02, 0.9, 10, 200,
       "of the auxiliaries at design"},
      {"power.rack_converter.p_rated", p.rack_converter.p_rated, 10, 500, 1e6, 1e7, "W"},
      {"power.converter_sink.heat_capacity", p.converter_sink.heat_capacity / it, 1e-5, 5e-3, 10, 500,
       "J/K per W of the hall"},
      {"power.converter_sink.conductance", p.converter_sink.conductance / it, 1e-7, 1e-4, 0.1, 5,
       "W/K per W of the hall"},
  };
  for (const NodeType& n : s.hall.node)
    all.push_back(
        {"power.rack_converter.p_rated", p.rack_converter.p_rated / n.p_max, 0.1, 0.8, 5, 50, "of p_max of " + n.name});
  for (const StringGroup& g : p.strings) {
    const auto m =
        std::find_if(p.module.begin(), p.module.end(), [&](const PvModule& x) { return x.name == g.module; });
    const Real string = m->p_stc() * g.n_series, field = string * g.n_row * g.n_per_row;
    all.push_back(
        {fmt::format("power.strings[{}].n_row", g.name), field / it, 0, 1e-4, 20, 500, "of the hall's power"});
    all.push_back({"power.string_converter.p_rated", p.string_converter.p_rated / string, 0.05, 0.4, 5, 100,
                   "of a string of " + g.name});
    all.push_back({fmt::format("power.strings[{}].r_wire", g.name), g.r_wire * m->i_mp / (m->v_mp * g.n_series), 0,
                   5e-4, 0.06, 0.5, "of its voltage"});
  }
  if (p.grid.present) {
    all.push_back({"power.grid.p_import", p.grid.p_import / it, 0, 0.02, 20, 500, "of the hall's power"});
    all.push_back({"power.grid.p_export", p.grid.p_export / it, 0, 0.01, 20, 500, "of the hall's power"});
    all.push_back(
        {"power.grid.p_budget", p.grid.p_budget / std::max(p.grid.p_import, 1.0), 0, 0.05, 1, 1, "of p_import"});
    all.push_back(
        {"power.grid.converter.p_rated", p.grid.converter.p_rated / it, 1e-5, 0.03, 20, 200, "of the hall's power"});
  }
  if (p.genset.present) {
    all.push_back({"power.genset.p_max", p.genset.p_max / it, 1e-5, 0.05, 10, 200, "of the hall's power"});
    all.push_back(
        {"power.genset.rectifier.p_rated", p.genset.rectifier.p_rated / p.genset.p_max, 0.01, 0.5, 5, 200, "of p_max"});
  }
  return all;
}

// The range of a point must cover the values of the site, and its noise must suit its range.
void check_points(Site& s, const DesignPoint& d) {
  const auto [air_lo, air_hi] =
      std::pair{*std::min_element(s.climate.temp_air_min.begin(), s.climate.temp_air_min.end()),
                *std::max_element(s.climate.temp_air_max.begin(), s.climate.temp_air_max.end())};
  Real p_max = 0, t_cap = 0;
  for (const NodeType& n : s.hall.node) {
    p_max = std::max(p_max, n.p_max);
    t_cap = std::max(t_cap, n.t_cap);
  }
  const Real battery = s.power.battery.converter.p_rated, cold = s.cooling.t_supply_min, warm = s.cooling.t_supply;
  struct Need {
    std::string_view quantity;
    Real lo, hi;
    bool negative;  // may be below 0 by more than an offset
  };
  const Need needs[] = {
      {"p_node", 0, p_max, false},
      {"t_junction", cold, t_cap, true},
      {"t_outlet", cold, warm + 15, true},
      {"dni", 0, 1000, false},
      {"dhi", 0, 400, false},
      {"temp_air", air_lo, air_hi, true},
      {"wind_speed", 0, 15, false},
      {"t_supply", cold, warm, true},
      {"t_return", cold, warm + 5, true},
      {"t_facility", cold - 10, warm, true},
      {"t_hall", cold, s.cooling.hall_air.t_set, true},
      {"flow", 0, s.cooling.pump.flow, false},
      {"p_pv", 0, 0.8 * d.p_pv_stc, false},
      {"p_battery", -0.8 * battery, 0.8 * battery, true},
      {"p_grid", -s.power.grid.p_export, s.power.grid.p_import, true},
      {"soc", 0, 1, false},
  };
  for (std::size_t i = 0; i < s.shadow.point.size(); ++i) {
    const ShadowPoint& p = s.shadow.point[i];
    const std::string key = fmt::format("shadow.point[{}].", i);
    const Unit* unit = find_unit(p.unit, find_observable(p.quantity)->quantity);
    const auto shown = [&](Real si) { return fmt::format("{:.4g} {}", from_si(*unit, si), unit->symbol); };
    const Real span = p.max - p.min, zero = unit->offset;
    if (!(p.noise < span)) {
      const Provenance* noise = value_named(s.provenance, key + "noise");
      throw SiteError(fmt::format("{}:{}: {} = {}; accepted: less than max - min of this {} point",
                                  noise ? noise->file : s.name, noise ? noise->line : 0, noise ? noise->key : key,
                                  noise ? noise->text : "", p.quantity));
    }
    const auto doubt = [&](const char* which, const std::string& why) { add_doubt(s.provenance, key + which, why); };
    if (p.noise < 2e-4 * span || p.noise > 0.1 * span)
      doubt("noise",
            fmt::format("is {:.2g} of max - min of this {} point; usual: 0.0002 to 0.1", p.noise / span, p.quantity));
    for (const auto& [which, end] : {std::pair{"min", p.min}, std::pair{"max", p.max}})
      if (end != zero && std::fabs(end - zero) < p.noise)
        doubt(which, fmt::format("= {} for {} differs from 0 by less than its noise; usual: 0, or more than the noise",
                                 shown(end), p.quantity));
    for (const Need& n : needs) {
      if (n.quantity != p.quantity) continue;
      if (p.min > n.lo || p.max < n.hi)
        doubt(p.min > n.lo ? "min" : "max",
              fmt::format("= {}: at this site {} ranges from {} to {}", shown(p.min > n.lo ? p.min : p.max), p.quantity,
                          shown(n.lo), shown(n.hi)));
      if (!n.negative && p.min < -0.2 * p.max)
        doubt("min", fmt::format("= {} for {}, which is never negative; usual: 0 or slightly below", shown(p.min),
                                 p.quantity));
    }
  }
}

// Civil time has offsets of whole quarters of an hour; design.cpp compares it with solar time.
void check_clock(Site& s) {
  const Real hours = s.utc_offset / 3600;
  if (std::fabs(std::remainder(hours, 0.25)) > 1e-9)
    add_doubt(s.provenance, "utc_offset", fmt::format("= {:g} h; usual: whole quarters of an hour", hours));
}

}  // namespace

void add_doubt(std::vector<Provenance>& all, const std::string& key, std::string_view why) {
  if (Provenance* p = value_named(all, key); p && p->doubt.empty()) p->doubt = fmt::format("{} {}", p->key, why);
}

void check_proportions(Site& s) {
  const DesignPoint d = design_point(s);
  std::vector<Proportion> all = of_nodes(s);
  for (std::vector<Proportion> more : {of_cooling(s, d), of_power(s, d)})
    all.insert(all.end(), more.begin(), more.end());
  for (const Proportion& p : all) {
    if (p.ratio == 0 && p.lo == 0) continue;  // absent by choice
    const Provenance* value = value_named(s.provenance, p.key);
    const std::string text = value ? value->text : "";
    if (!(p.ratio >= p.lo && p.ratio <= p.hi))
      throw SiteError(fmt::format("{}:{}: {} = {} is {:.3g} {}; accepted: {:g} to {:g}, usual {:g} to {:g}",
                                  value ? value->file : s.name, value ? value->line : 0, value ? value->key : p.key,
                                  text, p.ratio, p.what, p.lo, p.hi, p.usual_lo, p.usual_hi));
    if (p.ratio < p.usual_lo || p.ratio > p.usual_hi)
      add_doubt(s.provenance, p.key,
                fmt::format("= {} is {:.3g} {}; usual: {:g} to {:g}", text, p.ratio, p.what, p.usual_lo, p.usual_hi));
  }
  check_points(s, d);
  check_clock(s);
}

}  // namespace coldsun::site_reader

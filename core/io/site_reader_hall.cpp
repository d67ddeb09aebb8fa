// [hall], [cooling] and the plate files.
#include <fmt/format.h>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

using Q = Quantity;
constexpr Real lpm = 1e-3 / 60;  // m3/s
constexpr Range liquid = between(273.15, 363.15).usual(278.15, 338.15);   // the coolants' correlations
constexpr Range solid_conductivity = between(0.05, 3000).usual(0.5, 2500);       // interface materials to diamond
constexpr Range solid_heat_capacity = between(1e4, 1e7).usual(5e5, 5e6);         // solids have 1 to 4 MJ/(m3 K)
constexpr Range plate_flow = between(1e-3 * lpm, 1e3 * lpm).usual(0.05 * lpm, 50 * lpm);
constexpr Range valve_band = between(0.05, 20).usual(0.5, 10);
constexpr Range control_time = between(0.05, 7200).usual(1, 600);
constexpr Range fan_speed = share().usual(0.02, 0.7).or_zero();
constexpr Range flow_exponent = between(0, 1).usual(0.3, 0.95).or_zero();
constexpr Range silicon = between(303.15, 423.15);  // firmware limits of any accelerator on the market

NodeType read_node(Table t) {
  NodeType n;
  n.name = t.name("name");
  n.gpu = t.word("gpu");
  n.n_node = t.count("n_node", 1, 1 << 20);
  n.n_field = t.count("n_field", 0, 1 << 20);
  n.n_plate = t.count("n_plate", 1, 64);
  n.plate = t.word("plate");
  n.p_idle = t.quantity("p_idle", Q::power, positive());
  n.p_max = t.quantity("p_max", Q::power, positive());
  n.utilisation_exponent = t.number("utilisation_exponent", between(0.05, 4).usual(0.3, 2));
  n.p_leakage = t.quantity("p_leakage", Q::power, not_negative());
  n.t_leakage = t.quantity("t_leakage", Q::temperature, silicon);
  n.leakage_slope = t.quantity("leakage_slope", Q::per_temperature, between(0, 0.1).usual(0.003, 0.03).or_zero());
  n.t_cap = t.quantity("t_cap", Q::temperature, silicon);
  n.t_cap_band = t.quantity("t_cap_band", Q::temperature_difference, between(0.1, 50).usual(2, 30));
  // The firmware's shutdown stands above its slowdown (nvidia-smi -q -d TEMPERATURE); a server takes minutes to start and check itself.
  n.t_trip = t.quantity_or("t_trip", "degc", Q::temperature, between(303.15, 493.15).usual(343.15, 423.15), n.t_cap + n.t_cap_band + 10,
                           "assumed: 10 K above the end of the cap's band");
  n.t_restart = t.quantity_or("t_restart", "degc", Q::temperature, between(273.15, 423.15).usual(293.15, 393.15), n.t_cap - 10,
                              "assumed: 10 K below the cap");
  n.restart_time = t.quantity_or("restart_time", "min", Q::time, between(1, 86400).usual(20, 7200), 300, "assumed: start and self-test of a server");
  n.throttle_floor = t.number("throttle_floor", share().usual(0.05, 0.95).or_zero());
  n.flow_factor = t.number("flow_factor", between(0.05, 10).usual(0.3, 3));
  n.tim_factor = t.number("tim_factor", between(0.05, 10).usual(0.3, 4));
  t.finish();
  if (n.t_trip <= n.t_cap + n.t_cap_band)
    t.fail("t_trip", fmt::format("= {:g} degC; accepted: above the end of the cap's band, {:g} degC", n.t_trip - 273.15, n.t_cap + n.t_cap_band - 273.15));
  if (n.t_restart >= n.t_trip)
    t.fail("t_restart", fmt::format("= {:g} degC; accepted: below t_trip = {:g} degC", n.t_restart - 273.15, n.t_trip - 273.15));
  if (n.n_field > n.n_node) t.fail("n_field", fmt::format("= {}; accepted: 0 to n_node = {}", n.n_field, n.n_node));
  if (n.p_idle + n.p_leakage >= n.p_max)
    throw SiteError(t.at(fmt::format("p_idle + p_leakage = {:g} W; accepted: less than p_max = {:g} W", n.p_idle + n.p_leakage, n.p_max)));
  return n;
}

Pump read_pump(Table t, bool exponent) {
  Pump p;
  p.flow = t.quantity("flow", Q::volume_flow, positive());
  p.dp = t.quantity("dp", Q::pressure, between(1e3, 2e6).usual(2e4, 6e5));
  if (exponent) p.dp_exponent = t.number("dp_exponent", between(1, 2));
  p.efficiency = t.number("efficiency", between(0.02, 1).usual(0.2, 0.9));
  t.finish();
  return p;
}

Layer read_layer(Table t) {
  Layer l;
  l.name = t.name("name");
  l.thickness = t.quantity("thickness", Q::length, between(1e-7, 0.1).usual(10e-6, 20e-3));
  l.conductivity = t.quantity("conductivity", Q::conductivity, solid_conductivity);
  l.heat_capacity = t.quantity("heat_capacity", Q::volumetric_heat_capacity, solid_heat_capacity);
  t.finish();
  return l;
}

}  // namespace

Hall read_hall(Table t) {
  Hall h;
  h.n_rack = t.count("n_rack", 1);
  h.nodes_per_rack = t.count("nodes_per_rack", 1);
  h.liquid_fraction = t.number("liquid_fraction", between(0.01, 1).usual(0.3, 1));
  for (Table& n : t.children("node")) h.node.push_back(read_node(std::move(n)));
  t.finish();
  std::int64_t n = 0;
  for (const NodeType& type : h.node) n += type.n_node;
  const std::int64_t places = static_cast<std::int64_t>(h.n_rack) * h.nodes_per_rack;
  if (n != places)
    t.fail("n_rack", fmt::format("= {} times nodes_per_rack = {} are {} places for the {} nodes of [[hall.node]]; accepted: as many of both", h.n_rack,
                                 h.nodes_per_rack, places, n));
  return h;
}

Cooling read_cooling(Table t) {
  Cooling c;
  c.coolant = t.choice("coolant", {"pg25", "water"});
  c.volume = t.quantity("volume", Q::volume, positive());
  c.pump = read_pump(t.child("pump"), true);
  c.t_supply = t.quantity("t_supply", Q::temperature, liquid);
  c.t_supply_min = t.quantity("t_supply_min", Q::temperature, liquid);
  c.supply_approach = t.quantity("supply_approach", Q::temperature_difference, between(0, 40).usual(2, 25));
  c.p_aux_base = t.quantity("p_aux_base", Q::power, not_negative());
  {
    Table u = t.child("cdu");
    c.cdu_ua = u.quantity("ua", Q::thermal_conductance, positive());
    c.cdu_ua_exponent = u.number("ua_exponent", flow_exponent);
    c.cdu_heat_capacity = u.quantity("heat_capacity", Q::heat_capacity, positive());
    c.cdu_band = u.quantity("band", Q::temperature_difference, valve_band);
    c.cdu_control_time = u.quantity("control_time", Q::time, control_time);
    u.finish();
  }
  {
    Table f = t.child("facility");
    c.facility_coolant = f.choice("coolant", {"pg25", "water"});
    c.facility_volume = f.quantity("volume", Q::volume, positive());
    c.facility_pump = read_pump(f.child("pump"), false);
    c.facility_approach = f.quantity("approach", Q::temperature_difference, valve_band);
    f.finish();
  }
  {
    Table d = t.child("dry_cooler");
    c.cooler_ua = d.quantity("ua", Q::thermal_conductance, positive());
    c.cooler_ua_exponent = d.number("ua_exponent", flow_exponent);
    c.cooler_air_flow = d.quantity("air_flow", Q::volume_flow, positive());
    c.cooler_fan_power = d.quantity("fan_power", Q::power, positive());
    c.cooler_fan_min = d.number("fan_min", between(1e-3, 1).usual(0.02, 0.7));  // air that stands still carries nothing off
    c.cooler_fan_band = d.quantity("fan_band", Q::temperature_difference, valve_band);
    c.cooler_fan_time = d.quantity("fan_time", Q::time, control_time);
    d.finish();
  }
  {
    Table a = t.child("hall_air");
    c.t_hall = a.quantity("t_set", Q::temperature, between(283.15, 323.15));
    c.hall_band = a.quantity("band", Q::temperature_difference, valve_band);
    c.hall_heat_capacity = a.quantity("heat_capacity", Q::heat_capacity, positive());
    c.hall_cooler_ua = a.quantity("cooler_ua", Q::thermal_conductance, positive());
    c.hall_cooling = a.quantity("cooling", Q::power, positive());
    c.hall_fan_power = a.quantity("fan_power", Q::power, not_negative());
    c.hall_fan_min = a.number("fan_min", fan_speed);
    c.hall_chiller_cop = a.number("chiller_cop", between(1, 20).usual(1.5, 12));
    c.hall_chiller_t_air = a.quantity("chiller_t_air", Q::temperature, between(273.15, 333.15).usual(288.15, 328.15));
    a.finish();
  }
  t.finish();
  if (c.t_supply_min > c.t_supply)
    throw SiteError(t.at(fmt::format("t_supply_min = {:g} degC; accepted: at most t_supply = {:g} degC", to_unit("degc", c.t_supply_min),
                                     to_unit("degc", c.t_supply))));
  return c;
}

PlateClass read_plate(Table t) {
  PlateClass p;
  p.name = t.name("name");
  p.length = t.quantity("length", Q::length, between(1e-3, 1).usual(5e-3, 0.3));
  p.width = t.quantity("width", Q::length, between(1e-3, 1).usual(5e-3, 0.3));
  p.n_x = t.count("n_x", 8, 8);  // the lanes of the plate solver
  p.n_y = t.count("n_y", 8, 8);
  for (Table& l : t.children("layer")) p.layer.push_back(read_layer(std::move(l)));
  const std::string tim = t.name("tim_layer");
  {
    Table c = t.child("channel");
    p.n_channel = c.count("n_channel", 1, 10000);
    p.channel_width = c.quantity("width", Q::length, between(1e-6, 0.1).usual(30e-6, 10e-3));
    p.channel_height = c.quantity("height", Q::length, between(1e-6, 0.1).usual(0.1e-3, 20e-3));
    p.fin_conductivity = c.quantity("fin_conductivity", Q::conductivity, solid_conductivity);
    p.fin_heat_capacity = c.quantity("fin_heat_capacity", Q::volumetric_heat_capacity, solid_heat_capacity);
    p.n_fin_layer = c.count("n_fin_layer", 1, 6);
    p.minor_loss = c.number("minor_loss", between(0, 100).usual(0.05, 50).or_zero());
    c.finish();
    if (p.n_channel * p.channel_width >= p.width)
      c.fail("n_channel", fmt::format("= {} channels leave no wall in {:g} mm; accepted: n_channel * width < the plate's width",
                                      p.n_channel, p.width * 1e3));
  }
  if (auto lid = t.child_if("lid")) p.lid = read_layer(*std::move(lid));
  p.coolant = t.choice("coolant", {"pg25", "water"});
  p.flow_min = t.quantity("flow_min", Q::volume_flow, plate_flow);
  p.flow_max = t.quantity("flow_max", Q::volume_flow, plate_flow);
  const std::size_t n_column = static_cast<std::size_t>(p.n_x) * static_cast<std::size_t>(p.n_y);
  p.power_map = t.numbers("power_map", not_negative(), n_column, n_column);
  p.r_reference = t.quantity("r_reference", Q::thermal_resistance, between(1e-4, 2).usual(3e-3, 0.5));
  p.flow_reference = t.quantity("flow_reference", Q::volume_flow, plate_flow);
  t.finish();
  p.tim_layer = -1;
  for (std::size_t i = 0; i < p.layer.size(); ++i)
    if (p.layer[i].name == tim) p.tim_layer = static_cast<int>(i);
  if (p.tim_layer < 0) t.fail("tim_layer", fmt::format("= \"{}\"; accepted: the name of one of its layers", tim));
  if (p.flow_max < p.flow_min) t.fail("flow_max", "is below flow_min; accepted: flow_min or more");
  if (p.flow_reference < p.flow_min / 10 || p.flow_reference > p.flow_max * 10)
    t.fail("flow_reference", "is far from flow_min and flow_max; accepted: a tenth of flow_min to ten times flow_max");
  Real sum = 0;
  for (const Real x : p.power_map) sum += x;
  if (!(sum > 0)) t.fail("power_map", "is zero everywhere; accepted: at least one positive density");
  for (Real& x : p.power_map) {
    x *= static_cast<Real>(p.power_map.size()) / sum;
    if (x > 20) t.fail("power_map", fmt::format("holds a density of {:.3g} times the mean; accepted: at most 20 times", x));
    if (x > 5 || (x > 0 && x < 0.02)) t.doubt("power_map", fmt::format("holds a density of {:.3g} times the mean; usual: 0 or 0.02 to 5 times", x));
  }
  return p;
}

}  // namespace coldsun::site_reader

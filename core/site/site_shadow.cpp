// Quantities of the model that a point may measure.
#include "core/site/site_shadow.hpp"

namespace coldsun {

const std::vector<Observable>& observables() {
  using O = Observable;
  constexpr Q temperature = Q::temperature, kelvin = Q::temperature_difference;
  static const std::vector<Observable> table = {
      {"p_node", "thermal", "p_node_end", O::node, O::end, Q::power, Q::power, true},
      {"dni", "sky", "dni", O::site, O::mean, Q::irradiance, Q::irradiance, true},
      {"dhi", "sky", "dhi", O::site, O::mean, Q::irradiance, Q::irradiance, true},
      {"temp_air", "sky", "temp_air", O::site, O::mean, temperature, kelvin, true},
      {"wind_speed", "sky", "wind_speed", O::site, O::mean, Q::velocity, Q::velocity, true},
      {"t_junction", "thermal", "t_junction", O::node, O::end, temperature, kelvin, false},
      {"t_outlet", "thermal", "t_outlet", O::node, O::end, temperature, kelvin, false},
      {"t_supply", "thermal", "t_supply", O::site, O::end, temperature, kelvin, false},
      {"t_return", "thermal", "t_return", O::site, O::end, temperature, kelvin, false},
      {"t_facility", "thermal", "t_facility", O::site, O::end, temperature, kelvin, false},
      {"t_hall", "thermal", "t_hall", O::site, O::end, temperature, kelvin, false},
      {"flow", "", "", O::site, O::flow, Q::volume_flow, Q::volume_flow, false},
      {"p_pv", "electrical", "p_pv", O::site, O::mean, Q::power, Q::power, false},
      {"p_battery", "electrical", "p_battery", O::site, O::mean, Q::power, Q::power, false},
      {"p_grid", "electrical", "p_grid", O::site, O::mean, Q::power, Q::power, false},
      {"p_it", "electrical", "p_it", O::site, O::mean, Q::power, Q::power, false},
      {"p_aux", "electrical", "p_aux", O::site, O::mean, Q::power, Q::power, false},
      {"soc", "electrical", "soc", O::site, O::end, Q::share, Q::share, false},
      {"v_bus", "electrical", "v_bus", O::site, O::end, Q::voltage, Q::voltage, false},
  };
  return table;
}

const Observable* find_observable(std::string_view name) {
  for (const Observable& o : observables())
    if (o.name == name) return &o;
  return nullptr;
}

std::vector<std::string_view> observable_names() {
  std::vector<std::string_view> all;
  for (const Observable& o : observables()) all.push_back(o.name);
  return all;
}

}  // namespace coldsun

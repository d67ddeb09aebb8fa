// [climate] of a site file.
#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

using Q = Quantity;
constexpr Real kwh = 3.6e6;  // J
// Monthly means of daily extremes; 0.05 K about 0 degC: a value with three digits too few rather than one in some hundred winters.
constexpr Range monthly_air = between(203.15, 333.15).usual(213.15, 323.15).no_nearer_to_zero(0.05);

CloudClimate read_cloud(Table t) {
  CloudClimate c;
  c.clear_fraction = t.monthly("clear_fraction", share().usual(0.01, 1).or_zero());
  c.overcast_fraction = t.monthly("overcast_fraction", share().usual(0.001, 1).or_zero());
  c.kc_thick = t.number("kc_thick", above(0, 1).usual(0.1, 0.9));
  c.kc_max = t.number("kc_max", between(1, 2).usual(1, 1.6));
  c.in_series = t.has("in_series") ? t.flag("in_series") : true;
  t.finish();
  for (int m = 0; m < 12; ++m)
    if (c.clear_fraction[m] + c.overcast_fraction[m] > 1 + 1e-12)
      t.fail("clear_fraction", "and overcast_fraction sum to more than 1 in a month; accepted: a sum of at most 1");
  return c;
}

}  // namespace

Climate read_climate(Table t) {
  Climate c;
  c.linke_turbidity = t.monthly("linke_turbidity", between(1, 12).usual(1.5, 9));
  c.haze = t.monthly("haze", between(0, 3).usual(0.005, 1).or_zero());
  c.haze_forward = t.number("haze_forward", share().usual(0.2, 0.95));
  c.dust_days = t.monthly("dust_days", between(0, 28).usual(0.2, 28).or_zero());
  c.dust_depth = t.number("dust_depth", between(0, 3).usual(0.02, 1.5).or_zero());
  c.temp_air_min = t.monthly("temp_air_min", Q::temperature, monthly_air);
  c.temp_air_max = t.monthly("temp_air_max", Q::temperature, monthly_air);
  c.wind_speed = t.monthly("wind_speed", Q::velocity, between(0, 40).usual(0.5, 15));
  c.wind_amplitude = t.number("wind_amplitude", between(0, 1).usual(0.02, 1).or_zero());
  c.albedo = t.number("albedo", share().usual(0.05, 0.9));
  c.cloud = read_cloud(t.child("cloud"));
  for (Table& r : t.children_if("reference")) {
    ReferenceYear year;
    year.name = r.word("name");
    // beyond the air a plane that faces the sun gets 5,970 kWh/m2 a year, a level one on the equator 3,650
    year.ghi = r.quantity_if("ghi", Q::irradiation, between(100 * kwh, 3650 * kwh).usual(600 * kwh, 2900 * kwh)).value_or(0);
    year.dni = r.quantity_if("dni", Q::irradiation, between(50 * kwh, 5970 * kwh).usual(300 * kwh, 4300 * kwh)).value_or(0);
    r.finish();
    c.reference.push_back(std::move(year));
  }
  t.finish();
  for (int m = 0; m < 12; ++m)
    if (c.temp_air_min[m] > c.temp_air_max[m]) t.fail("temp_air_min_degc", "is above temp_air_max_degc in a month; accepted: min <= max");
  return c;
}

}  // namespace coldsun::site_reader

// [climate] of a site file.
#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

using Q = Quantity;

CloudClimate read_cloud(Table t) {
  CloudClimate c;
  c.clear_fraction = t.monthly("clear_fraction", share());
  c.overcast_fraction = t.monthly("overcast_fraction", share());
  c.kc_thick = t.number("kc_thick", above(0, 1));
  c.kc_max = t.number("kc_max", between(1, 2));
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
  c.linke_turbidity = t.monthly("linke_turbidity", between(1, 12));
  c.haze = t.monthly("haze", between(0, 3));
  c.haze_forward = t.number("haze_forward", share());
  c.dust_days = t.monthly("dust_days", between(0, 28));
  c.dust_depth = t.number("dust_depth", between(0, 3));
  c.temp_air_min = t.monthly("temp_air_min", Q::temperature, between(203.15, 333.15));
  c.temp_air_max = t.monthly("temp_air_max", Q::temperature, between(203.15, 333.15));
  c.wind_speed = t.monthly("wind_speed", Q::velocity, between(0, 40));
  c.wind_amplitude = t.number("wind_amplitude", between(0, 1));
  c.albedo = t.number("albedo", share());
  c.cloud = read_cloud(t.child("cloud"));
  for (Table& r : t.children_if("reference")) {
    ReferenceYear year;
    year.name = r.word("name");
    year.ghi = r.quantity_if("ghi", Q::irradiation, positive()).value_or(0);
    year.dni = r.quantity_if("dni", Q::irradiation, positive()).value_or(0);
    r.finish();
    c.reference.push_back(std::move(year));
  }
  t.finish();
  for (int m = 0; m < 12; ++m)
    if (c.temp_air_min[m] > c.temp_air_max[m]) t.fail("temp_air_min_degc", "is above temp_air_max_degc in a month; accepted: min <= max");
  return c;
}

}  // namespace coldsun::site_reader

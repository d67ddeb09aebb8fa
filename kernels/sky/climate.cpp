// Weather tables from a climate, and their yearly sums.
#include "sky/climate.hpp"

#include <stdexcept>

namespace coldsun::sky {

Real dust_depth(const Climate& climate, const Site& site, Time utc, std::uint64_t seed) {
  const std::int64_t day = local_day(utc, site.longitude);
  // Dust is common to all members: it uses member 0. The cloud octaves use other indices and draw numbers.
  const Chance chance = {seed, 0, Stream::cloud, static_cast<std::uint32_t>(site.entity)};
  const Real u = chance.uniform(static_cast<std::uint32_t>(day), draw_dust);
  return dust_of(u, monthly(climate.dust_probability, noon_of(day, site.longitude)), climate.dust_depth);
}

SkyMaker::SkyMaker(const Site& site, const Climate& climate)
    : site_(site),
      climate_(climate),
      horizon_(sun::horizon({site.latitude, site.longitude, site.altitude})),
      standard_pressure_(standard_pressure(site.altitude)) {}

sun::Place SkyMaker::place_at(Time utc) {
  constexpr Time hour = 3600 * ns_per_s;
  const Time whole = floor_div(utc, hour) * hour;
  if (whole != hour_) {
    left_ = hour_ != never && whole == hour_ + hour ? right_ : sun::place(whole);
    right_ = sun::place(whole + hour);
    hour_ = whole;
  }
  return sun::between(left_, right_, static_cast<Real>(utc - whole) / static_cast<Real>(hour));
}

SkyKnot SkyMaker::operator()(Time utc, Real dust) {
  const Real hour = sun::solar_hour(place_at(utc), sun::mean_sidereal_time(utc), site_.longitude);
  const Real temp = diurnal_temperature(monthly(climate_.temp_air_min, utc), monthly(climate_.temp_air_max, utc), hour);
  return (*this)(utc, dust, temp, diurnal_wind(monthly(climate_.wind_speed, utc), climate_.wind_amplitude, hour),
                 standard_pressure_);
}

SkyKnot SkyMaker::operator()(Time utc, Real dust, Real temp_air, Real wind_speed, Real pressure) {
  SkyKnot k;
  k.to_sun = sun::sight(place_at(utc), sun::mean_sidereal_time(utc), horizon_, pressure, temp_air).apparent;
  k.dni_extra = sun::extraterrestrial_dni(day_of_year(utc));
  k.temp_air = temp_air, k.wind_speed = wind_speed, k.pressure = pressure;
  const Real airmass = relative_airmass(sun::zenith(k.to_sun), k.to_sun.z),
             turbidity = monthly(climate_.linke_turbidity, utc);
  const Irradiance air =
      clear_sky(k.to_sun.z, absolute_airmass(airmass, pressure), turbidity, site_.altitude, k.dni_extra);
  k.clear = with_haze(air, k.to_sun.z, airmass, monthly(climate_.haze, utc) + dust, climate_.haze_forward);
  return k;
}

Weather make_weather(const System& system, Time start, Time stop, Device device) {
  if (stop <= start) throw std::invalid_argument("weather: stop is not after start; accepted: a later instant");
  const Time first = floor_div(start, weather_step), last = -floor_div(-stop, weather_step);
  if (last - first >= INT32_MAX)
    throw std::invalid_argument("weather: the table has too many knots; accepted: below 2^31");
  Weather w;
  allocate_fields(w, device, {{"one", 1}, {"site", system.n_site()}, {"knot", static_cast<int>(last - first) + 1}});
  w.start(0) = first * weather_step;
  return w;
}

void fill_from_climate(Weather& w, const System& system, int site, const Climate& climate, std::uint64_t seed) {
  const Site& place = system.site(site);
  SkyMaker make(place, climate);
  std::int64_t day = INT64_MIN;
  Real dust = 0.0;
  for (int k = 0; k < w.n_knot(); ++k) {
    const Time t = w.start(0) + k * weather_step;
    if (local_day(t, place.longitude) != day)
      day = local_day(t, place.longitude), dust = dust_depth(climate, place, t, seed);
    const SkyKnot s = make(t, dust);
    w.east(site, k) = s.to_sun.x, w.north(site, k) = s.to_sun.y, w.up(site, k) = s.to_sun.z;
    w.dni_extra(site, k) = s.dni_extra;
    w.ghi_clear(site, k) = s.clear.ghi, w.dni_clear(site, k) = s.clear.dni;
    w.dni(site, k) = s.clear.dni, w.dhi(site, k) = s.clear.dhi;
    w.cover(site, k) = -1.0;
    w.temp_air(site, k) = s.temp_air, w.wind_speed(site, k) = s.wind_speed, w.pressure(site, k) = s.pressure;
    w.dust(site, k) = dust;
  }
}

CloudKnot mean_clouds(const CloudLaw& law, int month) {
  CloudKnot broken = {0.0, 0.0};
  for (int k = 0; k + 1 < n_cover; ++k) {
    broken.index += 0.5 * (law.mean_index[k] + law.mean_index[k + 1]) / (n_cover - 1.0);
    broken.beam += 0.5 * (law.mean_beam[k] + law.mean_beam[k + 1]) / (n_cover - 1.0);
  }
  const Real clear = law.clear_fraction[month], overcast = law.overcast_fraction[month], rest = 1.0 - clear - overcast;
  return {clear + rest * broken.index + overcast * law.mean_index[n_cover - 1],
          clear + rest * broken.beam + overcast * law.mean_beam[n_cover - 1]};
}

Irradiation annual_irradiation(const Site& site, const Climate& climate, int year) {
  constexpr Time step = 300 * ns_per_s;
  constexpr int n_dust = 4;  // strengths of a dust day, midpoints of equal probabilities
  SkyMaker make(site, climate);
  Irradiation sum = {};
  const Time stop = midnight({year + 1, 1, 1});
  for (Time t = midnight({year, 1, 1}) + step / 2; t < stop; t += step) {
    const Irradiance plain = make(t, 0.0).clear;
    if (plain.ghi <= 0.0) continue;
    const CloudKnot cloud = mean_clouds(site.cloud, date_of(t).month - 1);
    const Real p = monthly(climate.dust_probability, noon_of(local_day(t, site.longitude), site.longitude));
    Irradiance mean = {(1.0 - p) * plain.ghi, (1.0 - p) * plain.dni, 0.0};
    for (int i = 0; i < n_dust && p > 0.0; ++i) {
      const Irradiance dusty = make(t, climate.dust_depth * 2.0 * (i + 0.5) / n_dust).clear;
      mean.ghi += p / n_dust * dusty.ghi, mean.dni += p / n_dust * dusty.dni;
    }
    const Real length = seconds(step);
    sum.ghi += mean.ghi * cloud.index * length, sum.dni += mean.dni * cloud.beam * length;
    sum.ghi_clear += mean.ghi * length, sum.dni_clear += mean.dni * length;
  }
  return sum;
}

}  // namespace coldsun::sky

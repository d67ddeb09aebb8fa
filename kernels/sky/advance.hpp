// One cut of the sky: sites, then planes, then flags.
#pragma once
#include <cmath>

#include "common/loops.hpp"
#include "sky/clear_sky.hpp"
#include "sky/sky.hpp"

namespace coldsun::sky {

// View of the weather table for kernels.
struct WeatherView {
  COLDSUN_READS(WeatherView, Weather, COLDSUN_SKY_WEATHER)

  COLDSUN_FN Place place(Time t) const {
    return place_uniform(seconds(t - start(0)), 0.0, 1.0 / seconds(weather_step), up.extent[1]);
  }
  COLDSUN_FN static Real at(const View<const Real, 2>& column, int site, const Place& p) {
    return lerp(column(site, p.cell), column(site, p.cell + 1), p.t);
  }
  // The same for dni and dhi, which the table may hold constant from knot to knot.
  COLDSUN_FN Real light(const View<const Real, 2>& column, int site, const Place& p) const {
    return hold(site) != 0 ? column(site, p.cell) : at(column, site, p);
  }
  COLDSUN_FN sun::Direction sun_at(int site, const Place& p) const {
    return sun::unit({at(east, site, p), at(north, site, p), at(up, site, p)});
  }
};

// Cover of the series at a given second of CloudField.
struct CoverOfTable {
  const WeatherView& table;
  int site;
  COLDSUN_FN Real operator()(std::int64_t second) const {
    return WeatherView::at(table.cover, site, table.place(second * ns_per_s));
  }
};

// Irradiance under clouds from the smooth sky: ghi is scaled by the index, the beam by its transmission, the rest is
// diffuse; ghi = fma(dni, up, dhi) exactly. Diffuse light is at least half that of the smooth sky (times an index below
// 1): at that limit the beam is reduced, ghi is kept.
COLDSUN_FN Irradiance under_clouds(const CloudKnot& cloud, Real dni, Real dhi, Real dni_clear, Real up) {
  const Real whole = std::fma(dni, up, dhi) * cloud.index, least = 0.5 * dhi * math::min(cloud.index, 1.0);
  const Real most = math::max(dni, dni_clear);
  const Real beam = math::max(math::min(math::min(dni * cloud.beam, most), (whole - least) / up), 0.0);
  const Real diffuse = whole - beam * up;
  return {std::fma(beam, up, diffuse), beam, diffuse};
}

// Means and swings of the cloud effect in one interval of the series. Where the run covers only part of an interval,
// the mean of that part is kept. Otherwise a function of the interval and the member's random numbers only.
struct Swing {
  Real beam_mean, beam, sky_mean, sky;
};
// Diffuse light under clouds relative to the clear sky, linear in both means of a knot: index + ratio (index - beam),
// at least the index.
COLDSUN_FN Real sky_light(const CloudKnot& c, Real ratio) { return c.index + ratio * (c.index - c.beam); }
// Beam of the clear sky on the ground divided by its diffuse light.
COLDSUN_FN Real clear_ratio(const WeatherView& table, int s, const Place& p, Real up) {
  const Real beam = WeatherView::at(table.dni_clear, s, p) * up;
  return beam / math::max(WeatherView::at(table.ghi_clear, s, p) - beam, 1.0);
}

// dni (1 + beam (b - beam_mean)) and dhi (1 + sky (q - sky_mean)) have the series' means for any draw. The swing
// reaches down to darkness. It is smaller where the beam would exceed that between the clouds, or ghi kc_max of the
// clear sky.
COLDSUN_FN Swing swing_of(CloudField field, const WeatherView& table, int s, Time start) {
  const Time begin = table.start(0), end = begin + (table.up.extent[1] - 1) * weather_step,
             stop = start + table.period(s);
  const Time middle = start + table.period(s) / 2;
  const Real cover = WeatherView::at(table.cover, s, table.place(middle));
  Real beam = 0.0, through = 0.0, sky = 0.0, light = 0.0, brightest = 0.0, above = 1e9, room = 0.0;
  Time t = start < begin ? begin : start;
  for (Time next = t; cover > 0.0 && t < stop && t < end; t = next) {
    next = (floor_div(t - begin, weather_step) + 1) * weather_step + begin;
    next = next < stop ? next : stop;
    const Place p = table.place(t + (next - t) / 2);
    const Real up = math::max(table.sun_at(s, p).z, 0.0), length = seconds(next - t);
    if (up <= 0.0) continue;
    const Real beam_now = WeatherView::at(table.dni, s, p) * up * length,
               sky_now = WeatherView::at(table.dhi, s, p) * length;
    const Real beam_clear = WeatherView::at(table.dni_clear, s, p) * up * length;
    const CloudKnot c = cloud_mean(field, CoverOfTable{table, s}, t, next);
    const Real q = sky_light(c, clear_ratio(table, s, p, up));
    beam += beam_now, through += beam_now * c.beam;
    if (beam_now > 0.0) above = math::min(above, math::max(beam_clear / beam_now, 1.0));
    sky += sky_now, light += sky_now * q, brightest = math::max(brightest, q);
    room += field.law->kc_max * WeatherView::at(table.ghi_clear, s, p) * length - beam_clear;
  }
  Swing w = {1.0, 0.0, 1.0, 0.0};
  if (beam > 0.0 && through > 0.0) {
    w.beam_mean = through / beam;
    const Place c = place_uniform(cover, 0.0, n_cover - 1.0, n_cover);
    const Real usual = lerp(field.law->mean_beam[c.cell], field.law->mean_beam[c.cell + 1], c.t);
    // relative excess of the beam between the clouds over the series' beam
    const Real most = math::min(1.0 / math::max(usual, 1e-6), above) - 1.0;
    if (w.beam_mean < 1.0) w.beam = math::min(1.0 / w.beam_mean, math::max(most, 0.0) / (1.0 - w.beam_mean));
  }
  if (sky > 0.0 && light > 0.0) {
    w.sky_mean = light / sky;
    const Real most = math::max(room / sky - 1.0, 0.0);
    if (brightest > w.sky_mean) w.sky = math::min(1.0 / w.sky_mean, most / (brightest - w.sky_mean));
  }
  return w;
}

// reads system.site, the table around the cut; writes irradiance and air of a site. About 200 B and, by day, 800 flops
// for a one-second cut plus 15 normals of 300 operations each; 300 to 500 operations more per further second. On a
// series the same again, once per cloudy interval.
struct SiteSky {
  Cut cut;
  SystemView sys;
  WeatherView table;
  StateView st;

  COLDSUN_FN CloudField clouds(int m, int s) const {
    return {sys.site(s).cloud, {cut.seed, cut.id(m), Stream::cloud, static_cast<std::uint32_t>(sys.site(s).entity)}};
  }
  // Light of the series with clouds inside its intervals, summed piece by piece between the table's knots, so that a
  // cut of many minutes averages over all of them.
  COLDSUN_FN Irradiance on_series(int m, int s, Real up) const {
    const Time begin = table.start(0), last = cut.stop(m);
    CloudField field = clouds(m, s);
    Real beam = 0.0, whole = 0.0;
    Time t = cut.start(m);
    for (Time next = t; t < last; t = next) {
      next = (floor_div(t - begin, weather_step) + 1) * weather_step + begin;
      next = next < last ? next : last;
      const Time middle = t + (next - t) / 2;
      const Place p = table.place(middle);
      const Real above = table.sun_at(s, p).z;
      if (above <= 0.0) continue;
      const Time number = floor_div(middle - table.origin(s), table.period(s));
      if (st.interval(m, s) != static_cast<Real>(number + 1)) {
        const Swing w = swing_of(field, table, s, table.origin(s) + number * table.period(s));
        st.interval(m, s) = static_cast<Real>(number + 1);
        st.beam_mean(m, s) = w.beam_mean, st.beam_swing(m, s) = w.beam, st.sky_mean(m, s) = w.sky_mean,
                        st.sky_swing(m, s) = w.sky;
      }
      Real direct = table.light(table.dni, s, p), diffuse = table.light(table.dhi, s, p);
      if (st.beam_swing(m, s) != 0.0 || st.sky_swing(m, s) != 0.0) {
        const CloudKnot c = cloud_mean(field, CoverOfTable{table, s}, t, next);
        direct *= math::max(1.0 + st.beam_swing(m, s) * (c.beam - st.beam_mean(m, s)), 0.0);
        diffuse *= math::max(
            1.0 + st.sky_swing(m, s) * (sky_light(c, clear_ratio(table, s, p, above)) - st.sky_mean(m, s)), 0.0);
      }
      const Real length = seconds(next - t);
      beam += direct * length, whole += std::fma(direct, above, diffuse) * length;
    }
    const Real inverse = 1.0 / cut.length(m);
    beam = math::max(math::min(beam, whole / up), 0.0) * inverse;
    const Real diffuse = math::max(whole * inverse - beam * up, 0.0);
    return {std::fma(beam, up, diffuse), beam, diffuse};
  }
  COLDSUN_FN void operator()(int a, int s) const {
    const int m = cut.member(a);
    const Time middle = cut.start(m) + (cut.stop(m) - cut.start(m)) / 2;
    const Place p = table.place(middle);
    st.temp_air(m, s) = WeatherView::at(table.temp_air, s, p);
    st.wind_speed(m, s) = WeatherView::at(table.wind_speed, s, p);
    st.pressure(m, s) = WeatherView::at(table.pressure, s, p);
    const sun::Direction to_sun = table.sun_at(s, p);
    st.solar_zenith(m, s) = sun::zenith(to_sun);
    const Real clear = WeatherView::at(table.ghi_clear, s, p);
    Irradiance now = {0.0, 0.0, 0.0};
    if (to_sun.z > 0.0 && cut.stop(m) > cut.start(m)) {
      if (table.period(s) != 0) {
        now = on_series(m, s, to_sun.z);
      } else {
        CloudField field = clouds(m, s);
        now = under_clouds(cloud_mean(field, CoverOfTable{table, s}, cut.start(m), cut.stop(m)),
                           WeatherView::at(table.dni, s, p), WeatherView::at(table.dhi, s, p),
                           WeatherView::at(table.dni_clear, s, p), to_sun.z);
      }
    }
    st.ghi(m, s) = now.ghi, st.dni(m, s) = now.dni, st.dhi(m, s) = now.dhi;
    // At most 2, as in pvlib.irradiance.clearsky_index: with the Sun low, a series may be many times brighter than the
    // clear sky.
    st.clearsky_index(m, s) = to_sun.z > 0.0 && clear > 0.0 ? math::min(now.ghi / clear, 2.0) : 1.0;
  }
};

// reads irradiance and air of a site, the Sun in the table; writes irradiance and cell temperature of a plane, moves
// temp_cell_end. About 200 B and 250 flops.
struct PlaneSky {
  Cut cut;
  SystemView sys;
  WeatherView table;
  StateView st;

  COLDSUN_FN void operator()(int a, int i) const {
    const int m = cut.member(a);
    const Plane& plate = sys.plane(i);
    const int s = plate.site;
    const Place p = table.place(cut.start(m) + (cut.stop(m) - cut.start(m)) / 2);
    const sun::Direction to_sun = table.sun_at(s, p);
    PlaneOfArray poa = {0.0, 0.0, 0.0};
    const Real incidence = cos_aoi(plate.tilt, to_sun.x, to_sun.y, to_sun.z);
    if (st.ghi(m, s) > 0.0) {
      const Real zenith = sun::zenith(to_sun);
      const SkyNow now = {.ghi = st.ghi(m, s),
                          .dni = st.dni(m, s),
                          .dhi = st.dhi(m, s),
                          .dni_extra = WeatherView::at(table.dni_extra, s, p),
                          .zenith = zenith,
                          .cos_zenith = to_sun.z,
                          .airmass = relative_airmass(zenith, to_sun.z)};
      poa = on_plane(plate.transposition, now, plate.tilt, incidence, sys.site(s).albedo);
    }
    const Real passed =
        poa.beam * iam_physical(plate.iam, incidence) + poa.sky * plate.iam.sky + poa.ground * plate.iam.ground;
    st.poa_global(m, i) = poa.global();
    st.effective_irradiance(m, i) = passed * st.soiling_ratio(m, i);
    // The module is heated by the light that falls on it, soiled or not; the lag is exact for a constant drive.
    const Real steady = temp_cell_steady(plate.cell, poa.global(), st.temp_air(m, s), st.wind_speed(m, s));
    const Lag l = plate.t_cell_time > 0.0 ? lag(cut.length(m), plate.t_cell_time) : Lag{0.0, 0.0};
    const Real away = st.temp_cell_end(m, i) - steady;
    st.temp_cell(m, i) = steady + away * l.mean;
    st.temp_cell_end(m, i) = steady + away * l.left;
  }
};

// reads the member's sites and planes; writes flags(member).
struct RaiseFlags {
  Cut cut;
  WeatherView table;
  int n_site;
  int n_plane;
  Drive drive;
  StateView st;

  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    Real sum = 0.0;
    for (int s = 0; s < n_site; ++s) sum += st.ghi(m, s) + st.temp_air(m, s);
    for (int i = 0; i < n_plane; ++i) sum += st.effective_irradiance(m, i) + st.temp_cell_end(m, i);
    if (!(std::fabs(sum) < 1e300)) drive.flags(m) |= flag_sky_not_finite;
    const Time end = table.start(0) + (table.up.extent[1] - 1) * weather_step;
    if (cut.start(m) < table.start(0) || cut.stop(m) > end) drive.flags(m) |= flag_sky_outside_table;
  }
};

template <class Space>
void advance(Space space, const System& sys, State& st, const Drive& d, const Cut& cut) {
  const WeatherView table = *d.weather;
  for_rows(space, cut.n_active, sys.n_site(), SiteSky{cut, sys, table, st});
  for_rows(space, cut.n_active, sys.n_plane(), PlaneSky{cut, sys, table, st});
  for_each(space, cut.n_active, RaiseFlags{cut, table, sys.n_site(), sys.n_plane(), d, st});
}

}  // namespace coldsun::sky

// Outlook of a network at an instant.
#include "core/plan/outlook.hpp"

#include <algorithm>
#include <cmath>

#include "orbit/link.hpp"
#include "sky/advance.hpp"
#include "sky/climate.hpp"

namespace coldsun {

namespace {

struct SiteOutlook {
  const Network& network;
  const System& sys;
  const Inputs& in;
  Outlook& out;
  int s;

  const Site& site() const { return network.site[static_cast<std::size_t>(s)]; }
  Time start_of(int k) const { return out.start + k * out.slot; }

  // Air: the climate's course moved to the present temperature. Dust stays for the day: it settles overnight, as far as
  // one can know.
  void sky_ahead() const {
    const sky::Site place = sys.sky.site(s);
    sky::SkyMaker maker(place, sky_climate(site()));
    const Time since = (out.start - in.weather.start(0)) / sky::weather_step;
    const auto now = static_cast<int>(std::clamp<Time>(since, 0, in.weather.n_knot() - 1));
    const Real shift = in.weather.temp_air(s, now) - maker(out.start, 1.0).temp_air;
    const std::int64_t today = sky::local_day(out.start, place.longitude);
    sky::Weather& w = out.weather;
    for (int k = 0; k < w.n_knot(); ++k) {
      const Time t = w.start(0) + k * sky::weather_step;
      w.dust(s, k) = sky::local_day(t, place.longitude) == today ? in.weather.dust(s, now) : 1.0;
      const sky::SkyKnot knot = maker(t, w.dust(s, k));
      w.east(s, k) = knot.to_sun.x;
      w.north(s, k) = knot.to_sun.y;
      w.up(s, k) = knot.to_sun.z;
      w.dni_extra(s, k) = knot.dni_extra;
      w.ghi_clear(s, k) = knot.clear.ghi;
      w.dni_clear(s, k) = w.dni(s, k) = knot.clear.dni;
      w.dhi(s, k) = knot.clear.dhi;
      w.cover(s, k) = 0.0;
      w.temp_air(s, k) = knot.temp_air + shift;
      w.wind_speed(s, k) = knot.wind_speed;
      w.pressure(s, k) = knot.pressure;
    }
    const sky::WeatherView table = w;
    for (int k = 0; k < out.n_slot(); ++k)
      out.temp_air(s, k) = sky::WeatherView::at(table.temp_air, s, table.place(start_of(k) + out.slot / 2));
  }

  // A link slot's expected share of time without a link: all of it where no satellite serves, else an outage's mean
  // length by its chance.
  Real gap(Time a, Time b) const {
    const orbit::System& o = sys.orbit;
    const Real length = o.outage_median(s) * std::exp(0.5 * o.outage_sigma(s) * o.outage_sigma(s));
    const Real usual = std::min(o.outage_probability(s) * length / seconds(orbit::slot_length), 1.0);
    const orbit::SlotView slots = in.slots;
    Real down = 0.0;
    int n = 0;
    for (Time k = orbit::slot_number(a); orbit::slot_start(k) < b; ++k) {
      const Time column = k - slots.first;
      if (column < 0 || column >= slots.n_slot) continue;  // beyond what was prepared the usual is expected
      down += slots.satellite(s, static_cast<int>(column)) < 0 ? 1.0 : usual;
      ++n;
    }
    return n > 0 ? down / n : usual;
  }
  // Most data satellites in reach at the beginning, middle or end of a span.
  int reach(Time a, Time b) const {
    int most = 0;
    for (const Time t : {a, a + (b - a) / 2, b}) {
      int n = 0;
      for (int i = in.windows.first(s); i < in.windows.first(s + 1); ++i)
        n += in.windows.aos(i) <= t && t < in.windows.los(i);
      most = std::max(most, n);
    }
    return most;
  }
  // A rented path to another site is always open; else data go by satellite, as fast as the slower of up and down of
  // the best band.
  void links_ahead() const {
    Real path = 0.0, band = 0.0;
    for (const Link& l : network.link)
      if ((l.kind == "fibre" || l.kind == "laser") && (l.from == site().name || l.to == site().name))
        path = std::max(path, l.rate / 8.0);
    for (const Band& b : site().comms.band) band = std::max(band, std::min(b.rate_up, b.rate_down) / 8.0);
    const orbit::ContactLine line{in.contacts, s, 0};
    for (int k = 0; k < out.n_slot(); ++k) {
      const Time a = start_of(k), b = a + out.slot;
      const int satellites = std::min(reach(a, b), site().comms.n_antenna);
      const Real open = seconds(line.contact_time(a, b)) / seconds(out.slot);
      out.gap_share(s, k) = gap(a, b);
      out.contact_share(s, k) = open;
      out.antennas(s, k) = path > 0.0 ? 1 : satellites;
      out.link_rate(s, k) = path > 0.0 ? path : band * open;
    }
  }

  void grid_ahead() const {
    const GridTie& g = site().power.grid;
    for (int k = 0; k < out.n_slot(); ++k) {
      const Real local = seconds((start_of(k) + out.slot / 2 + nanoseconds(site().utc_offset)) % ns_per_day);
      out.carbon(s, k) = g.present ? g.carbon_intensity.at(local) : 0.0,
                    out.price(s, k) = g.present ? g.price.at(local) : 0.0;
    }
  }
};

}  // namespace

Outlook make_outlook(const Network& network, const System& system, const Inputs& inputs, Time now, Time slot,
                     int n_slot) {
  Outlook o;
  o.start = now;
  o.slot = slot;
  const int n_site = system.n_site();
  o.weather = sky::make_weather(system.sky, now, now + n_slot * slot, system.device);
  for (auto* a : {&o.temp_air, &o.gap_share, &o.contact_share, &o.link_rate, &o.carbon, &o.price})
    *a = Array<Real, 2>(Device::host, {n_site, n_slot});
  o.antennas = Array<std::int32_t, 2>(Device::host, {n_site, n_slot});
  for (int s = 0; s < n_site; ++s) {
    const SiteOutlook site{network, system, inputs, o, s};
    site.sky_ahead(), site.links_ahead(), site.grid_ahead();
  }
  return o;
}

}  // namespace coldsun

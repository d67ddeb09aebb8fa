// Makes the outlook of a network.
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

  // Air: the climate's daily course, shifted to the present temperature. Dust is known for today; after that it is the
  // mean of the month.
  void sky_ahead() const {
    const sky::Site place = sys.sky.site(s);
    const sky::Climate climate = sky_climate(site());
    sky::SkyMaker maker(place, climate);
    const Time since = (out.start - in.weather.start(0)) / sky::weather_step;
    const auto now = static_cast<int>(std::clamp<Time>(since, 0, in.weather.n_knot() - 1));
    const Real shift = in.weather.temp_air(s, now) - maker(out.start, 0.0).temp_air;
    const std::int64_t today = sky::local_day(out.start, place.longitude);
    sky::Weather& w = out.weather;
    for (int k = 0; k < w.n_knot(); ++k) {
      const Time t = w.start(0) + k * sky::weather_step;
      const bool is_today = sky::local_day(t, place.longitude) == today;
      const Real usual_dust = sky::usual_dust(sky::monthly(climate.dust_probability, t), climate.dust_depth);
      w.dust(s, k) = is_today ? in.weather.dust(s, now) : usual_dust;
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

  // Expected share of [a, b) without a link: 1 in slots without a serving satellite, else mean outage duration times
  // outage probability.
  Real gap(Time a, Time b) const {
    const orbit::Site& o = sys.orbit.site(s);
    const Real length = o.outage_median * std::exp(0.5 * o.outage_sigma * o.outage_sigma);
    const Real usual = std::min(o.outage_probability * length / seconds(orbit::slot_length), 1.0);
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
  // Largest number of data satellites in contact at the beginning, middle and end of [a, b).
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
  // A leased line to another site is always open. Otherwise data go by satellite, at the lower of uplink and
  // downlink rate of the best band.
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

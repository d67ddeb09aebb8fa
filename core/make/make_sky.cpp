// Site -> sites and planes of the sky; climate or weather series -> weather table.
#include <algorithm>
#include <stdexcept>

#include "core/make/make_system.hpp"

namespace coldsun {

sky::Climate sky_climate(const Site& site) {
  const Climate& c = site.climate;
  constexpr Real days[12] = {31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  sky::Climate k{};
  for (std::size_t m = 0; m < 12; ++m) k.dust_probability[m] = std::min(1.0, c.dust_days[m] / days[m]);
  take(k, c);
  return k;
}

sky::Site sky_site(const Site& site) {
  sky::Cloudiness cloud;
  take(cloud, site.climate.cloud);
  sky::Site k;
  take(k, site), take(k, site.climate);
  k.entity = static_cast<std::int32_t>(entity_of(site));
  k.cloud = sky::make_cloud_law(cloud);
  return k;
}

sky::System make_sky(const Network& network, Device device) {
  std::vector<sky::Site> sites;
  std::vector<sky::Plane> planes;
  for (std::int32_t s = 0; s < static_cast<std::int32_t>(network.site.size()); ++s) {
    const Site& site = network.site[static_cast<std::size_t>(s)];
    sites.push_back(sky_site(site));
    for (const StringGroup& g : site.power.strings) {
      sky::Plane p;
      p.site = s;
      take(p, g), take(p.cell, g), take(p.iam, g);
      p.cell.model = sky::CellModel::faiman;
      planes.push_back(p);
    }
  }
  return sky::make_system(sites, planes, device);
}

void fill_weather(sky::Weather& table, const System& system, const Network& network, int site,
                  const std::vector<sky::Series>& weather, std::uint64_t seed) {
  const sky::Climate climate = sky_climate(network.site[static_cast<std::size_t>(site)]);
  if (weather.empty()) return sky::fill_from_climate(table, system.sky, site, climate, seed);
  if (static_cast<int>(weather.size()) != system.n_site())
    throw std::invalid_argument("weather: " + std::to_string(weather.size()) + " series for " +
                                std::to_string(system.n_site()) + " sites; accepted: one per site");
  sky::Series s = weather[static_cast<std::size_t>(site)];
  if (!s.subhourly_clouds) s.subhourly_clouds = network.site[static_cast<std::size_t>(site)].climate.cloud.in_series;
  sky::fill_from_series(table, system.sky, site, climate, s);
}

}  // namespace coldsun

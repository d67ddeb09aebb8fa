// Factories of the orbit System and State. Host only.
#include "orbit/orbit.hpp"

namespace coldsun::orbit {

System make_system(int n_site, Device device) {
  System s;
  allocate_fields(s, device, {{"site", n_site}, {"constellation", n_constellation}});
  for (int b = 0; b < n_site; ++b) s.entity(b) = static_cast<std::uint32_t>(b);
  return s;
}

State make_state(const System& y, int n_member, Device device) {
  const int n_site = y.n_site();
  State s;
  allocate_fields(s, device, {{"member", n_member}, {"site", n_site}, {"constellation", n_constellation}});
  for (int m = 0; m < n_member; ++m)
    for (int b = 0; b < n_site; ++b) {
      s.outage_probability(m, b) = y.outage_probability(b);
      s.outage_median(m, b) = y.outage_median(b);
      s.outage_sigma(m, b) = y.outage_sigma(b);
      s.satellite(m, b) = -1;
    }
  return s;
}

std::vector<Station> stations_of(const System& y, int constellation) {
  std::vector<Station> stations;
  for (int b = 0; b < y.n_site(); ++b)
    stations.push_back(make_station(y.latitude(b), y.longitude(b), y.altitude(b), y.elevation_mask(constellation, b)));
  return stations;
}

}  // namespace coldsun::orbit

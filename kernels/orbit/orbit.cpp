// Factories of the orbit System and State. Host only.
#include "orbit/orbit.hpp"

namespace coldsun::orbit {

System make_system(const std::vector<Site>& sites, Device device) {
  System s;
  allocate_fields(s, device, {{"site", static_cast<int>(sites.size())}});
  for (std::size_t b = 0; b < sites.size(); ++b) s.site(b) = sites[b];
  return s;
}

State make_state(const System& y, int n_member, Device device) {
  const int n_site = y.n_site();
  State s;
  allocate_fields(s, device, {{"member", n_member}, {"site", n_site}, {"constellation", n_constellation}});
  for (int m = 0; m < n_member; ++m)
    for (int b = 0; b < n_site; ++b) {
      s.outage_probability(m, b) = y.site(b).outage_probability;
      s.outage_median(m, b) = y.site(b).outage_median;
      s.outage_sigma(m, b) = y.site(b).outage_sigma;
      s.satellite(m, b) = -1;
    }
  return s;
}

std::vector<Station> stations_of(const System& y, int constellation) {
  std::vector<Station> stations;
  for (int b = 0; b < y.n_site(); ++b) {
    const Site& s = y.site(b);
    stations.push_back(make_station(s.latitude, s.longitude, s.altitude,
                                    constellation == link_constellation ? s.broadband_mask : s.mask));
  }
  return stations;
}

}  // namespace coldsun::orbit

// Factories of the orbit System and State. Host only.
#include "orbit/orbit.hpp"

namespace coldsun::orbit {

System make_system(int n_site, Device device) {
  const auto reals = [&] { return Array<Real, 1>(device, {n_site}); };
  Array<std::uint32_t, 1> entity(device, {n_site});
  for (int s = 0; s < n_site; ++s) entity(s) = static_cast<std::uint32_t>(s);
  return {reals(),
          reals(),
          reals(),
          Array<Real, 2>(device, {n_constellation, n_site}),
          Array<std::int32_t, 1>(device, {n_site}),
          reals(),
          reals(),
          reals(),
          std::move(entity),
          reals(),
          reals()};
}

State make_state(const System& y, int n_member, Device device) {
  const int n_site = y.n_site();
  const auto reals = [&] { return Array<Real, 2>(device, {n_member, n_site}); };
  const auto ints = [&] { return Array<std::int32_t, 2>(device, {n_member, n_site}); };
  State s{Array<Real, 2>(device, {n_member, n_constellation}),
          reals(),
          reals(),
          reals(),
          reals(),
          reals(),
          ints(),
          ints(),
          ints(),
          reals(),
          ints(),
          ints(),
          reals()};
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

// Makes System and State of the sky: checks the description and computes derived values.
#include "sky/sky.hpp"

#include <stdexcept>
#include <string>

namespace coldsun::sky {

namespace {

void check(bool ok, const std::string& what) {
  if (!ok) throw std::invalid_argument(what);
}

void check(const Site& s) {
  check(s.latitude >= -0.5 * constants::pi && s.latitude <= 0.5 * constants::pi,
        "latitude is out of range; accepted: -pi/2 to pi/2");
  check(s.longitude >= -constants::pi && s.longitude <= 2.0 * constants::pi,
        "longitude is out of range; accepted: -pi to 2 pi");
  check(s.altitude >= -500.0 && s.altitude <= 9000.0, "altitude is out of range; accepted: -500 to 9000 m");
  check(s.albedo >= 0.0 && s.albedo <= 1.0, "albedo is out of range; accepted: 0 to 1");
  check(s.entity >= 0 && s.entity < (1 << 24), "entity is out of range; accepted: 0 to 2^24 - 1");
  check(s.cloud.kc_max >= 1.0, "cloud is not filled in; accepted: a result of make_cloud_law");
}

void check(const Plane& p, int n_site) {
  check(p.site >= 0 && p.site < n_site, "site of a plane does not exist; accepted: index of a site");
  check(p.surface_tilt >= 0.0 && p.surface_tilt <= constants::pi, "surface_tilt is out of range; accepted: 0 to pi");
  check(p.t_cell_time >= 0.0, "tau is negative; accepted: >= 0 s");
  check(p.soiling_ratio >= 0.0 && p.soiling_ratio <= 1.0, "soiling_ratio is out of range; accepted: 0 to 1");
  check(p.iam.refractive_index > 1.0 && p.iam.refractive_index_ar >= 1.0,
        "refractive_index is out of range; accepted: > 1; of the coating: >= 1");
  check(p.cell.model == CellModel::sapm || p.cell.u_c > 0.0, "u_c is out of range; accepted: > 0 W/(m2 K)");
}

// Incidence angle modifier for light of equal radiance over the sky or the ground, weighted by its projection on the
// plane: integrals of Marion (2017), doi 10.1016/j.solener.2017.02.026, on a grid of directions, midpoints. 1 where the
// plane sees none of it.
void diffuse_iam(Iam& iam, const Tilt& tilt) {
  constexpr int n_band = 180, n_azimuth = 180;
  Real seen[2] = {0.0, 0.0}, passed[2] = {0.0, 0.0};
  for (int i = 0; i < n_band; ++i) {
    const Real z = constants::pi * (i + 0.5) / n_band;
    Real sz, cz;
    math::sincos(z, sz, cz);
    for (int j = 0; j < n_azimuth; ++j) {
      Real sa, ca;
      math::sincos(2.0 * constants::pi * (j + 0.5) / n_azimuth, sa, ca);
      const Real incidence = cos_aoi(tilt, sz * sa, sz * ca, cz);
      if (incidence <= 0.0) continue;
      const int below = cz < 0.0;
      seen[below] += incidence * sz, passed[below] += incidence * sz * iam_physical(iam, incidence);
    }
  }
  iam.sky = seen[0] > 0.0 ? passed[0] / seen[0] : 1.0;
  iam.ground = seen[1] > 0.0 ? passed[1] / seen[1] : 1.0;
}

}  // namespace

System make_system(const std::vector<Site>& site, const std::vector<Plane>& plane, Device device) {
  System s;
  const int n_site = static_cast<int>(site.size()), n_plane = static_cast<int>(plane.size());
  allocate_fields(s, device, {{"site", n_site}, {"plane", n_plane}});
  for (int i = 0; i < n_site; ++i) check(site[i]), s.site(i) = site[i];
  for (int i = 0; i < n_plane; ++i) {
    Plane p = plane[i];
    check(p, n_site);
    p.tilt = tilt_of(p.surface_tilt, p.surface_azimuth);
    diffuse_iam(p.iam, p.tilt);
    s.plane(i) = p;
  }
  return s;
}

State make_state(const System& system, const Weather& weather, Time now, int n_member, Device device) {
  const int n_site = system.n_site(), n_plane = system.n_plane();
  State s;
  allocate_fields(s, device, {{"member", n_member}, {"site", n_site}, {"plane", n_plane}});
  const Real first = seconds(now - weather.start(0)) / seconds(weather_step);
  for (int m = 0; m < n_member; ++m)
    for (int p = 0; p < n_plane; ++p) {
      const Real t = interp_uniform(weather.temp_air.view().row(system.plane(p).site), 0.0, 1.0, first);
      s.temp_cell_end(m, p) = s.temp_cell(m, p) = t;
      s.soiling_ratio(m, p) = system.plane(p).soiling_ratio;
    }
  return s;
}

}  // namespace coldsun::sky

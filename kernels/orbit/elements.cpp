// The Walker generator and the catalogue of coefficients. Host only.
#include "orbit/elements.hpp"

#include <stdexcept>

namespace coldsun::orbit {

std::vector<ElementSet> walker_delta(const WalkerDelta& w) {
  if (w.total <= 0 || w.plane <= 0 || w.total % w.plane != 0)
    throw std::invalid_argument("walker delta: " + std::to_string(w.total) + " satellites do not fill " +
                                std::to_string(w.plane) + " planes.");
  // The Kozai mean motion that SGP4 turns back into this semi-major axis: the correction of R3 sec. 6 by fixed-point
  // iteration.
  const Real a = 1.0 + w.altitude / (1e3 * sgp4::radius), no = sgp4::xke / (a * std::sqrt(a));
  Real kozai = no;
  for (int k = 0; k < 8; ++k) kozai *= no / sgp4::brouwer_axis(kozai, 0.0, std::cos(w.inclination)).no;
  const int per_plane = w.total / w.plane;
  std::vector<ElementSet> sets;
  for (int p = 0; p < w.plane; ++p)
    for (int j = 0; j < per_plane; ++j) {
      ElementSet s;
      s.mean.mean_motion = kozai / 60.0, s.mean.inclination = w.inclination, s.mean.epoch = w.epoch;
      s.mean.ra_of_asc_node = w.ra_of_asc_node + two_pi * p / w.plane;
      s.mean.mean_anomaly = two_pi * (static_cast<Real>(j) / per_plane + static_cast<Real>(w.phasing) * p / w.total);
      s.norad_cat_id = w.first_id + p * per_plane + j;
      s.object_name = w.name + "-" + std::to_string(p + 1) + "-" + std::to_string(j + 1);
      sets.push_back(std::move(s));
    }
  return sets;
}

Catalogue make_catalogue(std::span<const ElementSet> sets, Device device) {
  struct Deep {
    int satellite;
    Sdp4Coefficients coefficient;
    Sdp4Resonance resonance;
  };
  const int n = static_cast<int>(sets.size());
  std::vector<Sgp4Coefficients> near(sets.size());
  std::vector<Sgp4Error> error(sets.size());
  std::vector<Deep> deep;
  for (std::size_t s = 0; s < sets.size(); ++s)
    if (error[s] = sgp4_init(sets[s].mean, near[s]); error[s] == Sgp4Error::deep_space) {
      Deep& d = deep.emplace_back();
      d.satellite = static_cast<int>(s);
      error[s] = sdp4_init(sets[s].mean, d.coefficient, d.resonance);
    }
  Catalogue c;
  allocate_fields(c, device,
                  {{"satellite", n},
                   {"coefficient", n_coefficient},
                   {"deep", static_cast<int>(deep.size())},
                   {"deep_coefficient", n_deep_coefficient},
                   {"resonance_term", n_resonance}});
  c.deep_column.fill(-1);
  for (int s = 0; s < n; ++s) {
    const auto at = static_cast<std::size_t>(s);
    const MeanElements& m = sets[at].mean;
    c.error(s) = static_cast<std::int32_t>(error[at]);
    c.epoch(s) = m.epoch;
    c.period(s) = two_pi / (near[at].no > 0 ? near[at].no / 60.0 : m.mean_motion);
    c.until(s) = c.error(s) == 0 ? math::infinity : -math::infinity;
    store_coefficients(c.coefficient, s, near[at]);
  }
  for (int j = 0; j < c.n_deep(); ++j) {
    const Deep& d = deep[static_cast<std::size_t>(j)];
    c.deep(j) = d.satellite, c.deep_column(d.satellite) = j;
    store_deep(c.deep_coefficient, c.resonance, j, d.coefficient, d.resonance);
  }
  return c;
}

}  // namespace coldsun::orbit

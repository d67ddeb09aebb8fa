// Makes a site's cloud law: mean index and mean beam as functions of cover, by quadrature over the normal z.
#include <stdexcept>

#include "sky/cloud.hpp"

namespace coldsun::sky {

namespace {

// Mean over z ~ N(0, 1) at midpoints of equal probabilities: with 4,096 points exact to about 1e-5.
void mean_over_clouds(CloudLaw& law, int k) {
  constexpr int n = 4096;
  const Real cover = k / (n_cover - 1.0);
  Real index = 0.0, beam = 0.0;
  for (int i = 0; i < n; ++i) {
    const Real x = index_at(math::normal_quantile((i + 0.5) / n), cover, law.kc_thick, law.kc_max);
    index += x / n, beam += beam_transmission(x) / n;
  }
  law.mean_index[k] = index, law.mean_beam[k] = beam;
}

}  // namespace

CloudLaw make_cloud_law(const Cloudiness& c) {
  CloudLaw law = {};
  for (int m = 0; m < 12; ++m) {
    law.clear_fraction[m] = c.clear_fraction[m], law.overcast_fraction[m] = c.overcast_fraction[m];
    if (!(c.clear_fraction[m] >= 0.0 && c.overcast_fraction[m] >= 0.0 &&
          c.clear_fraction[m] + c.overcast_fraction[m] <= 1.0))
      throw std::invalid_argument(
          "clear_fraction or overcast_fraction is out of range; accepted: each >= 0, together <= 1");
  }
  law.kc_thick = c.kc_thick, law.kc_max = c.kc_max;
  if (!(c.kc_thick > 0.0 && c.kc_thick < 1.0))
    throw std::invalid_argument("kc_thick is out of range; accepted: above 0, below 1");
  if (!(c.kc_max >= 1.0 && c.kc_max <= 2.0)) throw std::invalid_argument("kc_max is out of range; accepted: 1 to 2");
  law.mean_index[0] = law.mean_beam[0] = 1.0;
  for (int k = 1; k < n_cover; ++k) mean_over_clouds(law, k);
  return law;
}

namespace {

Real cover_of(const Real* mean, Real value) {
  for (int k = 1; k < n_cover; ++k) {
    const Real a = mean[k - 1], b = mean[k];
    if (b <= value && a > value) return (k - 1 + (a - value) / (a - b)) / (n_cover - 1.0);
  }
  return value >= 1.0 ? 0.0 : 1.0;
}

}  // namespace

Real cover_of_index(const CloudLaw& law, Real clearsky_index) { return cover_of(law.mean_index, clearsky_index); }
Real cover_of_beam(const CloudLaw& law, Real transmission) { return cover_of(law.mean_beam, transmission); }

}  // namespace coldsun::sky

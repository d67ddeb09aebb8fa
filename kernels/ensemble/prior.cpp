// Checks priors and computes their constants.
#include "ensemble/prior.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace coldsun::ensemble {

namespace {

Real normal_share(Real z) { return 0.5 * std::erfc(-z * 0.70710678118654752440); }

void require(bool holds, const std::string& why) {
  if (!holds) throw std::invalid_argument("prior: " + why);
}

}  // namespace

Prior make_prior(Shape shape, Real low, Real high, Real centre, Real spread) {
  for (const Real x : {low, high, centre, spread})
    require(std::isfinite(x), "a number is not finite; accepted: finite numbers");
  require(low <= high, "low is above high; accepted: low <= high");
  Prior p{.shape = shape, .low = low, .high = high, .centre = centre, .spread = spread};
  if (shape == Shape::fixed || shape == Shape::uniform) return p;
  if (shape == Shape::triangular) {
    require(low < high && low <= centre && centre <= high,
            "mode is outside low to high; accepted: low <= mode <= high, low < high");
    return p;
  }
  require(low < high && spread > 0, "the standard deviation or high - low is not positive; accepted: above 0");
  if (shape == Shape::normal) {
    p.share_low = normal_share((low - centre) / spread), p.share_high = normal_share((high - centre) / spread);
  } else {
    require(centre > 0 && low >= 0, "median or low of a lognormal is out of range; accepted: median > 0, low >= 0");
    p.share_low = low > 0 ? normal_share(std::log(low / centre) / spread) : 0.0;
    p.share_high = normal_share(std::log(high / centre) / spread);
  }
  require(p.share_high - p.share_low > 1e-9,
          "the bounds exclude the whole distribution; accepted: bounds with a share above 1e-9");
  return p;
}

}  // namespace coldsun::ensemble

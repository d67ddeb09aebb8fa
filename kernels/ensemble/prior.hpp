// A prior: a distribution between two bounds, sampled by its inverse from one uniform number of a member.
#pragma once
#include "common/philox.hpp"

namespace coldsun::ensemble {

enum class Shape : std::int32_t { fixed = 0, uniform = 1, normal = 2, lognormal = 3, triangular = 4 };

// Truncated distribution: the part within the bounds is scaled up to a total of 1.
struct Prior {
  Shape shape = Shape::fixed;
  Real low = 0, high = 0;              // bounds of the draws
  Real centre = 0, spread = 0;         // mean, median, mode; standard deviation, of the value or of its logarithm
  Real share_low = 0, share_high = 1;  // of the unbounded distribution below either bound
};

// Throws std::invalid_argument in one sentence for invalid parameters. Host only.
Prior make_prior(Shape shape, Real low, Real high, Real centre, Real spread);

// Inverse of the triangular distribution's integral: mode c in [0, 1], on the unit interval.
COLDSUN_FN Real triangular_quantile(Real c, Real p) {
  return p < c ? std::sqrt(p * c) : 1.0 - std::sqrt((1.0 - p) * (1.0 - c));
}

// The value at probability u in (0, 1).
COLDSUN_FN Real quantile(const Prior& prior, Real u) {
  const Real width = prior.high - prior.low;
  if (prior.shape == Shape::fixed) return prior.centre;
  if (prior.shape == Shape::uniform) return prior.low + u * width;
  if (prior.shape == Shape::triangular)
    return prior.low + width * triangular_quantile((prior.centre - prior.low) / width, u);
  const Real p = prior.share_low + u * (prior.share_high - prior.share_low);
  const Real z = math::normal_quantile(math::clamp(p, 1e-300, 1.0 - 0x1p-53));
  const Real x =
      prior.shape == Shape::normal ? prior.centre + prior.spread * z : prior.centre * math::exp(prior.spread * z);
  return math::clamp(x, prior.low, prior.high);  // corrects rounding of the shares
}

// Value of a member: counter = {member, prior | entity, index of the parameter, 0}.
COLDSUN_FN Real draw(const Prior& prior, std::uint64_t seed, std::uint32_t member, std::uint32_t entity,
                     std::uint32_t index) {
  return quantile(prior, Chance{seed, member, Stream::prior, entity}.uniform(index, 0));
}

}  // namespace coldsun::ensemble

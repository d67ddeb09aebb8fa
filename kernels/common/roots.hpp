// Brackets of a root, for root finders on the host and in kernels.
#pragma once
#include "common/space.hpp"

namespace coldsun {

// A root between low, where f < 0, and high, where f >= 0, narrowed by the Illinois rule: the value of an end that
// stays twice in a row is halved (Dowell & Jarratt 1971, doi 10.1007/BF01934364).
struct RootBracket {
  Real low, high, f_low, f_high;
  int side = 0;
  COLDSUN_FN void narrow(Real x, Real f) {
    if (f < 0.0) {
      low = x;
      f_low = f;
      if (side == -1) f_high *= 0.5;
      side = -1;
    } else {
      high = x;
      f_high = f;
      if (side == 1) f_low *= 0.5;
      side = 1;
    }
  }
};

}  // namespace coldsun

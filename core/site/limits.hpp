// Ranges of numbers in a file, SI: the accepted range, outside of which a value is refused, and the usual part of it,
// outside of which a value is doubted.
#pragma once
#include <limits>
#include <string>

#include "common/space.hpp"

namespace coldsun {

inline constexpr Real infinite = std::numeric_limits<Real>::infinity();

/// An open end is written "> 0", a closed one ">= 0".
struct Limits {
  Real lo = -infinite, hi = infinite;
  bool open_lo = false, open_hi = false;
  Real usual_lo = -infinite, usual_hi = infinite;
  bool zero_is_usual = false;
  Real least = 0;  ///< least usual magnitude of a value that is not zero, counted from the unit's own zero

  constexpr Limits usual(Real low, Real high) const { return with(low, high, zero_is_usual, least); }
  constexpr Limits or_zero() const { return with(usual_lo, usual_hi, true, least); }
  constexpr Limits no_nearer_to_zero(Real magnitude) const {
    return with(usual_lo, usual_hi, zero_is_usual, magnitude);
  }

  bool holds(Real x) const { return (open_lo ? x > lo : x >= lo) && (open_hi ? x < hi : x <= hi); }
  bool holds_about(Real x, Real slack) const;  // accepts a limit whose unit conversion rounds
  bool is_usual(Real si,
                Real written) const;  // `written`: without the unit's offset, so that a temperature of 0 degC is 0
  /// In the unit of the file.
  std::string text(Real scale = 1, Real offset = 0) const;
  std::string usual_text(Real scale = 1, Real offset = 0) const;

 private:
  constexpr Limits with(Real low, Real high, bool zero, Real magnitude) const {
    Limits r = *this;
    r.usual_lo = low;
    r.usual_hi = high;
    r.zero_is_usual = zero;
    r.least = magnitude;
    return r;
  }
};
constexpr Limits within(Real lo, Real hi, bool open_lo) {
  Limits r;
  r.lo = lo;
  r.hi = hi;
  r.open_lo = open_lo;
  return r;
}
constexpr Limits any() { return {}; }
constexpr Limits positive() {
  return within(0, infinite, true);
}  // magnitude: checked in io/proportions.cpp or by a relation
constexpr Limits not_negative() { return within(0, infinite, false); }
constexpr Limits between(Real lo, Real hi) { return within(lo, hi, false); }
constexpr Limits above(Real lo, Real hi) { return within(lo, hi, true); }
constexpr Limits share() { return within(0, 1, false); }

}  // namespace coldsun

// What a number in a file may be: limits that are kept, and within them the usual part, outside of which a value is
// doubted. SI.
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
  Real least = 0;  ///< usual magnitude, in the unit's own zero, of what is not zero

  constexpr Limits usual(Real low, Real high) const { return with(low, high, zero_is_usual, least); }
  constexpr Limits or_zero() const { return with(usual_lo, usual_hi, true, least); }
  constexpr Limits no_nearer_to_zero(Real magnitude) const {
    return with(usual_lo, usual_hi, zero_is_usual, magnitude);
  }

  bool holds(Real x) const { return (open_lo ? x > lo : x >= lo) && (open_hi ? x < hi : x <= hi); }
  bool holds_about(Real x, Real slack) const;  // a limit as written passes although its conversion rounds
  bool is_usual(Real si,
                Real written) const;  // `written`: without the unit's offset, so that a temperature of 0 degC is 0
  /// In the unit that the reader of the message wrote.
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
}  // its size is judged by proportions.cpp or by a relation
constexpr Limits not_negative() { return within(0, infinite, false); }
constexpr Limits between(Real lo, Real hi) { return within(lo, hi, false); }
constexpr Limits above(Real lo, Real hi) { return within(lo, hi, true); }
constexpr Limits share() { return within(0, 1, false); }

}  // namespace coldsun

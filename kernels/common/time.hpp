// Time: UTC as integer nanoseconds since 1970-01-01 (leap seconds not counted); durations in seconds.
#pragma once
#include <chrono>

#include "common/space.hpp"

namespace coldsun {

using Time = std::int64_t;
inline constexpr Time ns_per_s = 1'000'000'000;
inline constexpr Time ns_per_day = 86'400 * ns_per_s;
inline constexpr Time never = INT64_MAX;

COLDSUN_FN constexpr Real seconds(Time duration) { return static_cast<Real>(duration) * 1e-9; }
// Rounded to the nearest. Beyond 292 years and for NaN it saturates to never (or minus never), so that invalid numbers
// cannot produce a cut.
COLDSUN_FN constexpr Time nanoseconds(Real s) {
  const Real ns = s * 1e9;
  return ns <= -9.2e18 ? -never : (ns < 9.2e18 ? static_cast<Time>(ns + (ns < 0 ? -0.5 : 0.5)) : never);
}
COLDSUN_FN constexpr Time floor_div(Time a, Time b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
// Julian date of a Time, in two parts, so that the fraction keeps nanoseconds.
COLDSUN_FN void julian_date(Time t, Real& day, Real& fraction) {
  const Time d = floor_div(t, ns_per_day);
  day = 2440587.5 + static_cast<Real>(d);
  fraction = static_cast<Real>(t - d * ns_per_day) / static_cast<Real>(ns_per_day);
}

// A day of the proleptic Gregorian calendar.
struct Date {
  int year, month, day;
};

// Days from 1970-01-01. Years start in March, so that the leap day is the last (Fliegel and Van Flandern 1968,
// doi 10.1145/364096.364097, in the era form of H. Hinnant, chrono-compatible low-level date algorithms).
COLDSUN_FN constexpr Time days_from_date(Date d) {
  const auto month = static_cast<unsigned>(d.month), day = static_cast<unsigned>(d.day);
  const std::chrono::year_month_day date{std::chrono::year{d.year}, std::chrono::month{month}, std::chrono::day{day}};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}
COLDSUN_FN constexpr Time midnight(Date d) { return days_from_date(d) * ns_per_day; }

COLDSUN_FN constexpr Date date_of(Time t) {
  const std::chrono::days day{floor_div(t, ns_per_day)};
  const std::chrono::year_month_day d{std::chrono::sys_days{day}};
  return {static_cast<int>(d.year()), static_cast<int>(static_cast<unsigned>(d.month())),
          static_cast<int>(static_cast<unsigned>(d.day()))};
}
// 1 on the first of January
COLDSUN_FN constexpr int day_of_year(Time t) {
  return static_cast<int>(floor_div(t, ns_per_day) - days_from_date({date_of(t).year, 1, 1})) + 1;
}

}  // namespace coldsun

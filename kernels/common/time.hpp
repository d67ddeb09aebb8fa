// Time: UTC as integer nanoseconds since 1970-01-01 (leap seconds not counted); durations in seconds.
#pragma once
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
  const Time y = d.month > 2 ? d.year : d.year - 1;
  const Time era = floor_div(y, 400), of_era = y - era * 400;
  const Time of_year = (153 * (d.month > 2 ? d.month - 3 : d.month + 9) + 2) / 5 + d.day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}
COLDSUN_FN constexpr Time midnight(Date d) { return days_from_date(d) * ns_per_day; }

COLDSUN_FN constexpr Date date_of(Time t) {
  const Time z = floor_div(t, ns_per_day) + 719'468;
  const Time era = floor_div(z, 146'097), day = z - era * 146'097;
  const Time of_era = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
  const Time of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
  const Time m = (5 * of_year + 2) / 153;
  const int month = static_cast<int>(m < 10 ? m + 3 : m - 9);
  return {static_cast<int>(of_era + era * 400 + (month <= 2)), month,
          static_cast<int>(of_year - (153 * m + 2) / 5 + 1)};
}
// 1 on the first of January
COLDSUN_FN constexpr int day_of_year(Time t) {
  return static_cast<int>(floor_div(t, ns_per_day) - days_from_date({date_of(t).year, 1, 1})) + 1;
}

}  // namespace coldsun

// Pieces of the readers of element sets: lines, numbers and dates of a text. Host only.
#pragma once
#include <charconv>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "common/constants.hpp"
#include "common/time.hpp"

namespace coldsun::orbit::text {

inline constexpr Real radians_per_degree = constants::pi / 180.0,
                      rad_per_s_of_rev_per_day = 2.0 * constants::pi / 86400.0;

// A record that cannot be read; the file goes on with the next.
struct Fault : std::invalid_argument {
  int line;
  std::string reason;
  Fault(int l, const std::string& what)
      : std::invalid_argument("element sets: line " + std::to_string(l) + ": " + what), line(l), reason(what) {}
};

// What an error quotes of a file: without control characters, and not whole pages.
inline std::string quoted(std::string_view s) {
  constexpr std::size_t most = 60;
  std::string q(1, '"');
  for (const char c : s.substr(0, most)) q += c >= ' ' && c != '\x7f' ? c : '?';
  if (s.size() > most) q += "...";
  q += '"';
  return q;
}

inline std::string_view trim(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}
// The next line without the blanks around it. Lines end with LF, CR LF or CR.
inline std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\n\r");
  const std::string_view line = text.substr(0, end);
  const bool pair = end != std::string_view::npos && text.substr(end, 2) == "\r\n";
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + (pair ? 2 : 1));
  return trim(line);
}
inline std::string_view without_mark(std::string_view text) {  // the byte order mark of UTF-8
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  return text;
}

// Integers, and decimal or floating-point numbers as CCSDS 502.0-B-3 sec. 7.5 spells them: optional sign, E or e.
// Finite.
template <class T>
bool parse(std::string_view s, T& value) {
  s = trim(s);
  if (s.size() > 1 && s.front() == '+' && s[1] != '-') s.remove_prefix(1);
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  return error == std::errc() && end == s.data() + s.size() && std::isfinite(static_cast<Real>(value));
}

// Years that nanoseconds in 64 bits hold with room for differences.
inline Time midnight(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return date.ok() && year >= 1678 && year <= 2261 ? std::chrono::sys_days{date}.time_since_epoch().count() * ns_per_day
                                                   : never;
}

}  // namespace coldsun::orbit::text

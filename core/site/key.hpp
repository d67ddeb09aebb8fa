// Keys of a site file: each part of a site is a list with one line per key. From that line follow the member of the
// struct, reader, writer, `coldsun check`, the page of all keys (data/KEYS.md), provenance and the attribute in Python.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.hpp"
#include "core/site/limits.hpp"
#include "core/site/text.hpp"
#include "core/site/units.hpp"

namespace coldsun {

//   #define COLDSUN_CDU(K)
//     K(Real, ua, a(Q::thermal_conductance, positive()), "conductance at design flow on both sides")
//     K(Real, ua_exponent, a_number(between(0, 1).usual(0.3, 0.95).or_zero()), "film conductance ~ flow^exponent")
//   struct Cdu { COLDSUN_KEYS(COLDSUN_CDU) };
//   Cdu::each_key(cdu, [](const Key& key, auto& member) { ... });   // in the order of the list
//
// A line: type, key, rule, meaning. In the file the key of a quantity ends in its unit (ua_kw_per_k); the struct is SI.
// A rule may refer to earlier members as `s.name`. A type that is itself such a struct is a table, a vector of them a
// list of tables.

using Monthly = std::array<Real, 12>;  ///< January first

/// A value by hour of local standard time: 24 values, or one constant.
struct Hourly {
  std::array<Real, 24> value{};
  bool constant = true;
  /// Value in the hour that holds t (seconds since local midnight, any sign).
  Real at(Real t) const {
    const auto h = static_cast<std::int64_t>(std::floor(t / 3600.0));
    return value[static_cast<std::size_t>(((h % 24) + 24) % 24)];
  }
  bool operator==(const Hourly&) const = default;
};

struct Rule {
  enum Form { number, count, flag, choice, kind, name, text, texts, instant, table } form = number;
  std::optional<Quantity> quantity = {};
  Limits range = {};
  std::vector<std::string_view> accepted = {};  // of a choice or a kind
  std::size_t least = 0, most = 0;              // length of a list
  std::optional<Real> usually = {};             // default of a key that is left out, counted with its source
  std::string suffix = {}, source = {};
  bool optional = false;      // may be left out, without a default
  bool applies = true;        // false: refused as unknown here
  bool is_label = false;      // a name or title: changes no result
  bool only_checked = false;  // used only to check other values
  std::string said = {};      // range in words, for the page of keys, where it depends on other keys

  Rule or_else(Real si, const char* unit, const char* why) const {
    Rule r = *this;
    return r.usually = si, r.suffix = unit, r.source = why, r;
  }
  Rule or_none() const {
    Rule r = *this;
    return r.optional = true, r;
  }
  Rule when(bool condition) const {
    Rule r = *this;
    return r.applies = condition, r;
  }
  Rule label() const {
    Rule r = *this;
    return r.is_label = true, r;
  }
  Rule checked() const {
    Rule r = *this;
    return r.only_checked = true, r;
  }
  Rule as(const char* words) const {
    Rule r = *this;
    return r.said = words, r;
  }
  bool may_lack() const { return optional || usually; }
};
struct Key : Rule {
  const char *key = "", *meaning = "";
};

// Rules of the lines. Number types: int is a count, Real a number, Monthly 12 numbers, Hourly one or 24, a vector least
// to most.
using Q = Quantity;
inline Rule a(Quantity q, Limits range) { return {.quantity = q, .range = range}; }
inline Rule a_number(Limits range) { return {.range = range}; }
inline Rule numbers_of(Limits range, std::size_t least, std::size_t most) {
  return {.range = range, .least = least, .most = most};
}
inline Rule a_count(int lo, int hi = std::numeric_limits<int>::max()) {
  return {.form = Rule::count,
          .range = between(lo, hi == std::numeric_limits<int>::max() ? infinite : static_cast<Real>(hi))};
}
inline Rule a_flag() { return {.form = Rule::flag}; }
inline Rule a_choice(std::vector<std::string_view> accepted) {
  return {.form = Rule::choice, .accepted = std::move(accepted)};
}
inline Rule a_kind(std::vector<std::string_view> accepted) {
  return {.form = Rule::kind, .accepted = std::move(accepted)};
}
inline Rule a_name() { return {.form = Rule::name}; }  // plain (text.hpp): may become a file name or part of a topic
inline Rule a_text() { return {.form = Rule::text}; }  // any text, or the name of a file
inline Rule texts() { return {.form = Rule::texts}; }
inline Rule an_instant() { return {.form = Rule::instant}; }
inline Rule a_table() { return {.form = Rule::table}; }  // a vector of tables: one or more; or_none(): any number

#define COLDSUN_KEY_MEMBER(Type, name, rule, meaning) Type name{};
#define COLDSUN_KEY_VISIT(Type, name, rule, meaning) f(::coldsun::Key{rule, #name, meaning}, s.name);
#define COLDSUN_KEY_GIVE(Type, name, rule, meaning) \
  if constexpr (requires { to.name; }) take(to.name, from.name);

/// Copies every key to the member of a kernel's struct with the same name, tables within tables and lists of tables
/// too: equal names mean equal quantities, SI. A member of another kind, as an index for a name, is left as it is.
template <class To, class From>
void take(To& to, const From& from);

// The members of a list, and each_key(s, f): f(key, member) for every one in order.
#define COLDSUN_KEYS(LIST) \
  LIST(COLDSUN_KEY_MEMBER) \
  template <class Self, class F> \
  static void each_key(Self& s, F&& f) { \
    LIST(COLDSUN_KEY_VISIT) \
  } \
  template <class From, class To> \
  static void give(const From& from, To& to) { \
    LIST(COLDSUN_KEY_GIVE) \
  }

template <class T>
concept Part = requires(T& s) { T::each_key(s, [](const Key&, auto&) {}); };

template <class To, class From>
void take(To& to, const From& from) {
  if constexpr (requires { from.present; }) {
    if (from.present) From::give(from, to);  // a table that is not there leaves the kernel's defaults
  } else if constexpr (Part<From>) From::give(from, to);
  else if constexpr (std::is_array_v<To>) std::copy(from.begin(), from.end(), to);
  else if constexpr (requires { requires Part<typename From::value_type>; }) {
    to.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) take(to[i], from[i]);
  } else if constexpr (std::is_assignable_v<To&, const From&>) to = from;
}

}  // namespace coldsun

// A TOML table that is read key by key: units from the suffix, ranges, the origin of each value; what is left over is an error.
#pragma once
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/site_reader.hpp"

namespace coldsun::site_reader {
[[noreturn]] void parser_failed(const char* what);  // throws SiteError
}
// toml++ 3.3 asserts where a file should be refused ("[=" is enough). Its checks throw here instead; where NDEBUG switches them off
// the parser goes on to its own error. This header is the only one that includes it, so that both see one definition.
#define TOML_ASSERT(expr) ((expr) ? void() : ::coldsun::site_reader::parser_failed(#expr))
#include <toml++/toml.h>

#include "core/site/units.hpp"

namespace coldsun::site_reader {

inline constexpr Real infinite = std::numeric_limits<Real>::infinity();
/// Limits in SI. An open end is written "> 0", a closed one ">= 0". Outside lo to hi a value is refused, outside its usual part doubted.
struct Range {
  Real lo = -infinite, hi = infinite;
  bool open_lo = false, open_hi = false;
  Real usual_lo = -infinite, usual_hi = infinite;
  bool zero_is_usual = false;
  Real least = 0;  ///< usual magnitude, in the unit's own zero, of what is not zero

  constexpr Range usual(Real low, Real high) const { return with(low, high, zero_is_usual, least); }
  constexpr Range or_zero() const { return with(usual_lo, usual_hi, true, least); }
  constexpr Range no_nearer_to_zero(Real magnitude) const { return with(usual_lo, usual_hi, zero_is_usual, magnitude); }

  bool holds(Real x) const { return (open_lo ? x > lo : x >= lo) && (open_hi ? x < hi : x <= hi); }
  bool is_usual(Real si, Real written) const;  // `written`: without the unit's offset, so that a temperature of 0 degC is 0
  /// In the unit that the reader of the message wrote.
  std::string text(Real scale = 1, Real offset = 0) const;
  std::string usual_text(Real scale = 1, Real offset = 0) const;

 private:
  constexpr Range with(Real low, Real high, bool zero, Real magnitude) const {
    Range r = *this;
    r.usual_lo = low, r.usual_hi = high, r.zero_is_usual = zero, r.least = magnitude;
    return r;
  }
};
constexpr Range within(Real lo, Real hi, bool open_lo) {
  Range r;
  r.lo = lo, r.hi = hi, r.open_lo = open_lo;
  return r;
}
constexpr Range any() { return {}; }
constexpr Range positive() { return within(0, infinite, true); }  // its size is judged by proportions.cpp or by a relation
constexpr Range not_negative() { return within(0, infinite, false); }
constexpr Range between(Real lo, Real hi) { return within(lo, hi, false); }
constexpr Range above(Real lo, Real hi) { return within(lo, hi, true); }
constexpr Range share() { return within(0, 1, false); }

/// One file while it is read; the text must outlive it.
struct File {
  std::string name;  // base name, as errors say it
  toml::table root;
  std::vector<Provenance>* sink = nullptr;
};

/// Parses; a file that is no TOML is a SiteError with its line.
File parse(std::string_view text, std::string_view name);

class Table {
 public:
  Table(const toml::table& table, std::string path, File& file, std::string prefix = {});

  // Values: each is required, is counted, and must be finite and inside its range.
  Real number(std::string_view key, Range range);
  int count(std::string_view key, int lo, int hi = std::numeric_limits<int>::max());
  bool flag(std::string_view key);
  std::string choice(std::string_view key, std::initializer_list<std::string_view> accepted);
  Real quantity(std::string_view base, Quantity q, Range range);
  std::optional<Real> quantity_if(std::string_view base, Quantity q, Range range);  // may be absent
  /// A key that a file may leave out: the value that stands for it is counted with its origin, as if it had been written.
  Real quantity_or(std::string_view base, std::string_view suffix, Quantity q, Range range, Real si, std::string_view source);
  Real number_or(std::string_view key, Range range, Real value, std::string_view source);
  Monthly monthly(std::string_view key, Range range);
  Monthly monthly(std::string_view base, Quantity q, Range range);
  Hourly hourly(std::string_view base, Quantity q, Range range);
  std::vector<Real> numbers(std::string_view key, Range range, std::size_t least, std::size_t most);
  Time instant(std::string_view key);

  // Names: they say which, not how much, and are not counted.
  std::string kind(std::string_view key, std::initializer_list<std::string_view> accepted);
  std::string word(std::string_view key);   // any text for people
  std::string name(std::string_view key);   // plain (core/site/text.hpp): may become a file name or part of a topic
  std::vector<std::string> words(std::string_view key);

  Table child(std::string_view key);
  std::optional<Table> child_if(std::string_view key);
  std::vector<Table> children(std::string_view key);  // [[key]], at least one
  std::vector<Table> children_if(std::string_view key);
  bool has(std::string_view key) const { return table_->contains(key); }

  /// Every key was asked for, and every key that was asked for is there. To be called when a table has been read.
  void finish();

  [[noreturn]] void fail(std::string_view key, std::string_view why) const;  // "file:line: table.key why"
  void doubt(std::string_view key, std::string_view why);                       // of a value that was read: stands in its provenance
  std::string at(std::string_view what) const;                               // "file:line: [table]: what", for a relation between keys
  const std::string& path() const { return path_; }
  const std::string& file() const { return file_->name; }
  int line() const { return static_cast<int>(table_->source().begin.line); }

 private:
  struct Value {
    const toml::node* node = nullptr;
    std::string key;  // as written, with its suffix
    const Unit* unit = nullptr;
  };
  Value find(std::string_view key, std::string_view accepted);  // node may be null: missing
  Value find_quantity(std::string_view base, Quantity q, const Range& range);
  void note(const Value& v, std::string text);
  void stand_in(std::string key, std::string text, std::string_view source);
  Real real(const Value& v, const toml::node& node, const Range& range);
  std::vector<Real> list(const Value& v, const Range& range, std::size_t least, std::size_t most);
  std::string full(std::string_view key) const;
  std::string where(int line) const;

  std::string doubt_;  // of the value that is being read, until note() takes it
  const toml::table* table_;
  std::string path_;  // "cooling", "hall.node[h100]"
  File* file_;
  std::string source_;                           // inherited default
  std::set<std::string, std::less<>> known_;     // keys that may stand here, with every suffix
  std::set<std::string, std::less<>> consumed_;  // keys that were read
  struct Missing {
    std::string key, accepted;
    std::string base;  // of a quantity, else empty
    Quantity quantity{};
  };
  const Missing* base_of(std::string_view key) const;
  std::vector<Missing> missing_;
  std::vector<Missing> asked_;  // quantities asked for, to explain a wrong suffix
};

/// The value in { value = ..., source = "..." }, or the node itself.
const toml::node* value_of(const toml::node* node);

/// The origin and the rest of "sourced: ...". False if it begins with none of the three words.
bool split_source(std::string_view source, Origin& origin, std::string& note);

/// The nearest of the words within a third of its length, or empty.
std::string nearest(std::string_view word, const std::set<std::string, std::less<>>& known);

}  // namespace coldsun::site_reader

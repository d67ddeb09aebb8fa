// A TOML table that is read key by key: units from the suffix, ranges, the origin of each value; what is left over is
// an error.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/site_reader.hpp"

namespace coldsun::site_reader {
[[noreturn]] void parser_failed(const char* what);  // throws SiteError
}
// toml++ 3.3 asserts where a file should be refused ("[=" is enough). Its checks throw here instead; where NDEBUG
// switches them off the parser goes on to its own error. This header is the only one that includes it, so that both see
// one definition.
#define TOML_ASSERT(expr) ((expr) ? void() : ::coldsun::site_reader::parser_failed(#expr))
#include <toml++/toml.h>

namespace coldsun::site_reader {

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

  // One key by its line (core/site/key.hpp). A number must be finite and inside its range, and is counted with its
  // origin; a name says which, not how much, and is not. What stands in for a key that is left out is counted as if it
  // had been written.
  void read(const Key& k, Real& x);
  void read(const Key& k, int& x);
  void read(const Key& k, bool& x);
  void read(const Key& k, std::string& x);
  void read(const Key& k, Monthly& x);
  void read(const Key& k, Hourly& x);
  void read(const Key& k, std::vector<Real>& x);
  void read(const Key& k, std::vector<std::string>& x);
  void read(const Key& k, Time& x);
  // The same where a file has no list of keys.
  Real number(const char* key, Limits range) { return get<Real>(key, a_number(range)); }
  Real quantity(const char* base, Quantity q, Limits range) { return get<Real>(base, a(q, range)); }
  int count(const char* key, int lo, int hi = std::numeric_limits<int>::max()) {
    return get<int>(key, a_count(lo, hi));
  }
  std::string word(const char* key) { return get<std::string>(key, a_text()); }
  std::string name(const char* key) { return get<std::string>(key, a_name()); }
  std::string kind(const char* key, std::vector<std::string_view> accepted) {
    return get<std::string>(key, a_kind(std::move(accepted)));
  }
  Time instant(const char* key) { return get<Time>(key, an_instant()); }
  std::vector<Real> numbers(const char* key, Limits range, std::size_t least, std::size_t most) {
    return get<std::vector<Real>>(key, numbers_of(range, least, most));
  }

  Table child(std::string_view key);
  std::optional<Table> child_if(std::string_view key);
  std::vector<Table> children(std::string_view key);  // [[key]], at least one
  std::vector<Table> children_if(std::string_view key);
  bool has(std::string_view key) const { return table_->contains(key); }

  /// Every key was asked for, and every key that was asked for is there. To be called when a table has been read.
  void finish();

  [[noreturn]] void fail(std::string_view key, std::string_view why) const;  // "file:line: table.key why"
  void doubt(std::string_view key, std::string_view why);  // of a value that was read: stands in its provenance
  std::string at(std::string_view what) const;             // "file:line: [table]: what", for a relation between keys
  const std::string& path() const { return path_; }
  const std::string& file() const { return file_->name; }
  int line() const { return static_cast<int>(table_->source().begin.line); }

 private:
  template <class T>
  T get(const char* key, Rule rule) {
    T x{};
    read({std::move(rule), key, ""}, x);
    return x;
  }
  struct Value {
    const toml::node* node = nullptr;
    std::string key;  // as written, with its suffix
    const Unit* unit = nullptr;
    const toml::node& inner() const;
  };
  // The key's value; node is null where it is left out, which is remembered as missing unless the rule lets it.
  Value find(const Key& k, std::string_view accepted);
  Value find_quantity(const Key& k);
  Value find_number(const Key& k, std::string_view accepted) {
    return k.quantity ? find_quantity(k) : find(k, accepted);
  }
  void lacks(const Key& k, std::string key, std::string accepted);
  void note(const Value& v, std::string text);
  Real real(const Value& v, const toml::node& node, const Limits& range);
  std::vector<Real> list(const Value& v, const Limits& range, std::size_t least, std::size_t most);
  std::string full(std::string_view key) const;
  std::string where(int line) const;

  std::string doubt_;  // of the value that is being read, until note() takes it
  const toml::table* table_;
  std::string path_;  // "cooling", "hall.node[h100]"
  File* file_;
  std::string source_;                           // inherited default
  std::set<std::string, std::less<>> known_;     // keys that may stand here, with every suffix
  std::set<std::string, std::less<>> consumed_;  // keys that were read
  struct Asked {
    std::string key, accepted;
    Quantity quantity{};
  };
  const Asked* base_of(std::string_view key) const;
  std::vector<Asked> missing_;
  std::vector<Asked> asked_;  // quantities asked for by their base, to explain a wrong suffix
};

/// The value in { value = ..., source = "..." }, or the node itself.
const toml::node* value_of(const toml::node* node);

/// The origin and the rest of "sourced: ...". False if it begins with none of the three words.
bool split_source(std::string_view source, Origin& origin, std::string& note);

/// The nearest of the words within a third of its length, or empty.
std::string nearest(std::string_view word, const std::set<std::string, std::less<>>& known);

}  // namespace coldsun::site_reader

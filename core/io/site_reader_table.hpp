// A TOML table read key by key: unit from the suffix, range, origin of each value. Keys left unread are an error.
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
// toml++ 3.3 asserts on some malformed files ("[=" is enough). Here its assertions throw; with NDEBUG the parser goes
// on to its own error. Only this header includes toml++, so that the macro is the same everywhere.
#define TOML_ASSERT(expr) ((expr) ? void() : ::coldsun::site_reader::parser_failed(#expr))
#include <toml++/toml.h>

namespace coldsun::site_reader {

/// A file being read; its text must outlive it.
struct File {
  std::string name;  // base name, for errors
  toml::table root;
  std::vector<Provenance>* sink = nullptr;
};

/// Parses a text; SiteError with the line if it is not TOML.
File parse(std::string_view text, std::string_view name);

class Table {
 public:
  Table(const toml::table& table, std::string path, File& file, std::string prefix = {});

  // Reads one key by its line (core/site/key.hpp). A number must be finite and in range. Numbers and defaults are added
  // to the provenance; names are not.
  void read(const Key& k, Real& x);
  void read(const Key& k, int& x);
  void read(const Key& k, bool& x);
  void read(const Key& k, std::string& x);
  void read(const Key& k, Monthly& x);
  void read(const Key& k, Hourly& x);
  void read(const Key& k, std::vector<Real>& x);
  void read(const Key& k, std::vector<std::string>& x);
  void read(const Key& k, Time& x);
  // The same for files without a list of keys.
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

  /// Call once a table has been read. SiteError on an unknown or a missing key.
  void finish();

  [[noreturn]] void fail(std::string_view key, std::string_view why) const;  // "file:line: table.key why"
  void doubt(std::string_view key, std::string_view why);                    // adds a doubt to a value that was read
  std::string at(std::string_view what) const;  // "file:line: [table]: what", for a relation between keys
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
  // The key's value; node is null if it is left out, which counts as missing unless the rule allows it.
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

  std::string doubt_;  // of the value being read, until note() stores it
  const toml::table* table_;
  std::string path_;  // "cooling", "hall.node[h100]"
  File* file_;
  std::string source_;                           // inherited default
  std::set<std::string, std::less<>> known_;     // accepted keys, with every suffix
  std::set<std::string, std::less<>> consumed_;  // keys that were read
  struct Asked {
    std::string key, accepted;
    Quantity quantity{};
  };
  const Asked* base_of(std::string_view key) const;
  std::vector<Asked> missing_;
  std::vector<Asked> asked_;  // quantities read so far, to explain a wrong suffix
};

/// The value in { value = ..., source = "..." }, or the node itself.
const toml::node* value_of(const toml::node* node);

/// Splits "sourced: ..." into origin and note. False if it begins with none of the three words.
bool split_source(std::string_view source, Origin& origin, std::string& note);

/// The nearest of the known words within an edit distance of a third of its length, or empty.
std::string nearest(std::string_view word, const std::set<std::string, std::less<>>& known);

}  // namespace coldsun::site_reader

// Parses TOML; reads sub-tables; reports missing and unknown keys.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "core/io/site_reader_table.hpp"

namespace coldsun::site_reader {

namespace {
// The parser's message quotes the file with its line ends.
std::string one_line(std::string_view text) {
  std::string s(text.substr(0, 200));
  for (char& c : s)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return s;
}
}  // namespace

void parser_failed(const char* what) { throw SiteError(what); }

// TOML 1.0 forbids control characters except tab and line ends. They are refused here, since toml++ 3.3 asserts on some
// ("\n[\0").
File parse(std::string_view text, std::string_view name) {
  int line = 1;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') ++line;
    else if ((byte < 0x20 && c != '\t' && c != '\r') || byte == 0x7f)
      throw SiteError(
          fmt::format("{}:{}: byte 0x{:02x} is not text; accepted: a TOML file in UTF-8", name, line, byte));
  }
  File file;
  file.name = name;
  try {
    file.root = toml::parse(text, file.name);
  } catch (const toml::parse_error& e) {
    throw SiteError(fmt::format("{}:{}: not TOML: {}", name, e.source().begin.line, one_line(e.description())));
  } catch (const SiteError&) {
    throw SiteError(fmt::format("{}: not TOML: malformed brackets or keys; accepted: a TOML file in UTF-8", name));
  }
  return file;
}

bool split_source(std::string_view source, Origin& origin, std::string& note) {
  constexpr std::pair<std::string_view, Origin> words[] = {
      {"measured", Origin::measured}, {"sourced", Origin::sourced}, {"assumed", Origin::assumed}};
  for (const auto& [word, kind] : words) {
    if (source.substr(0, word.size()) != word) continue;
    std::string_view rest = source.substr(word.size());
    if (rest.empty() || rest.front() != ':') return false;
    rest.remove_prefix(1);
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    origin = kind;
    note = rest;
    return !rest.empty();
  }
  return false;
}

namespace {
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, corner + (a[i] != b[j])});
      corner = above;
    }
  }
  return row[b.size()];
}
}  // namespace

std::string nearest(std::string_view word, const std::set<std::string, std::less<>>& known) {
  if (word.size() > 100) return {};  // the cost is quadratic in the length
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& k : known)
    if (const std::size_t d = edit_distance(word, k); d < least) {
      least = d;
      best = k;
    }
  return best;
}

void Table::read(const Key& k, Time& out) {
  constexpr std::string_view accepted = "a UTC instant like 2026-06-14T04:00:00Z, years 1970 to 2200";
  const Value v = find(k, accepted);
  if (!v.node) return;
  const auto* t = v.inner().as_date_time();
  if (!t || !t->get().offset || t->get().date.year < 1970 || t->get().date.year > 2200)
    fail(k.key, fmt::format("is not {}", accepted));
  const toml::date_time& x = t->get();
  const Time minutes = days_from_date({x.date.year, x.date.month, x.date.day}) * 1440 + x.time.hour * 60 +
                       x.time.minute - x.offset->minutes;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", x.date.year, x.date.month, x.date.day,
                                 x.time.hour, x.time.minute, x.time.second);
  if (x.time.nanosecond) text += fmt::format(".{:09}", x.time.nanosecond);
  const int offset = x.offset->minutes;
  note(v, text + (offset ? fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', std::abs(offset) / 60,
                                       std::abs(offset) % 60)
                         : "Z"));
  out = (minutes * 60 + x.time.second) * ns_per_s + x.time.nanosecond;
}

std::optional<Table> Table::child_if(std::string_view key) {
  known_.insert(std::string(key));
  const toml::node* node = table_->get(key);
  if (!node) return std::nullopt;
  consumed_.insert(std::string(key));
  if (!node->is_table()) fail(key, fmt::format("is not a table; accepted: [{}]", full(key)));
  return Table(*node->as_table(), full(key), *file_, source_);
}

Table Table::child(std::string_view key) {
  if (auto t = child_if(key)) return *std::move(t);
  std::set<std::string, std::less<>> here;
  for (const auto& [k, n] : *table_)
    if (n.is_table() || n.is_array_of_tables()) here.insert(std::string(k.str()));
  const std::string near = nearest(key, here);
  if (!near.empty() && !known_.count(near)) fail(near, fmt::format("is not known; did you mean [{}]?", full(key)));
  throw SiteError(
      fmt::format("{}: [{}] is missing; accepted: a table [{}]", where(std::max(1, line())), full(key), full(key)));
}

std::vector<Table> Table::children_if(std::string_view key) {
  known_.insert(std::string(key));
  std::vector<Table> all;
  const toml::node* node = table_->get(key);
  if (!node) return all;
  consumed_.insert(std::string(key));
  const auto* a = node->as_array();
  if (!a) fail(key, fmt::format("is not a list of tables; accepted: [[{}]]", full(key)));
  std::set<std::string> tags;
  int i = 0;
  for (const toml::node& item : *a) {
    if (!item.is_table()) fail(key, fmt::format("is not a list of tables; accepted: [[{}]]", full(key)));
    const toml::node* name = item.as_table()->get("name");
    const std::string tag = name && name->is_string() ? name->as_string()->get() : fmt::format("{}", i);
    if (!tags.insert(tag).second)
      throw SiteError(fmt::format("{}: [[{}]] has the name \"{}\" twice; accepted: each name once",
                                  where(static_cast<int>(item.source().begin.line)), full(key), tag));
    all.emplace_back(*item.as_table(), fmt::format("{}[{}]", full(key), tag), *file_, source_);
    ++i;
  }
  return all;
}

std::vector<Table> Table::children(std::string_view key) {
  std::vector<Table> all = children_if(key);
  if (all.empty())
    throw SiteError(fmt::format("{}: [[{}]] is missing; accepted: one or more", where(std::max(1, line())), full(key)));
  return all;
}

// The quantity whose key without suffix is the longest beginning of this key.
const Table::Asked* Table::base_of(std::string_view key) const {
  const Asked* best = nullptr;
  for (const Asked& q : asked_)
    if (key.size() > q.key.size() + 1 && key[q.key.size()] == '_' && key.substr(0, q.key.size()) == q.key &&
        (!best || q.key.size() > best->key.size()))
      best = &q;
  return best;
}

void Table::finish() {
  for (const auto& [k, node] : *table_) {
    const std::string key(k.str());
    if (consumed_.count(key)) continue;
    const std::string at = where(static_cast<int>(k.source().begin.line));
    const std::string near = nearest(key, known_);
    if (const Asked* q = base_of(key)) {  // flow_gpm: wrong suffix of flow; flow_facter: misspelt flow_factor
      const std::string suffix = key.substr(q->key.size() + 1);
      const Unit* u = find_unit(suffix);
      const bool other_key =
          !near.empty() && near.rfind(q->key + "_", 0) == 0 && q->accepted.find(near) == std::string::npos;
      const std::string what =
          u ? fmt::format("\"{}\" is a unit of {}, not of {}", suffix, name_of(u->quantity), name_of(q->quantity))
            : fmt::format("unknown unit \"{}\" of {}", suffix, name_of(q->quantity));
      if (u || !other_key) throw SiteError(fmt::format("{}: {}: {}; accepted: {}", at, full(key), what, q->accepted));
    }
    std::string all;
    for (const std::string& n : known_) all += fmt::format("{}{}", all.empty() ? "" : ", ", n);
    throw SiteError(near.empty() ? fmt::format("{}: {} is not known; accepted in [{}]: {}", at, full(key), path_, all)
                                 : fmt::format("{}: {} is not known; did you mean {}?", at, full(key), near));
  }
  if (missing_.empty()) return;
  const Asked& m = missing_.front();
  throw SiteError(fmt::format("{}: {} is missing; accepted: {}", where(std::max(1, line())), full(m.key), m.accepted));
}

}  // namespace coldsun::site_reader

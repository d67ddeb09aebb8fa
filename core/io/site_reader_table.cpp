// How a table is read: finding a key by its base and unit, ranges, origins.
#include "core/io/site_reader_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace coldsun::site_reader {

namespace {

// What a value looks like in a message: as written, but short.
std::string shown(const toml::node& node) {
  std::string s;
  if (const auto* text = node.as_string()) s = fmt::format("\"{}\"", text->get());
  else if (const auto* i = node.as_integer()) s = fmt::format("{}", i->get());
  else if (const auto* x = node.as_floating_point()) s = fmt::format("{}", x->get());
  else if (const auto* b = node.as_boolean()) s = b->get() ? "true" : "false";
  else if (const auto* a = node.as_array()) s = fmt::format("a list of {}", a->size());
  else if (node.is_table()) s = "a table";
  else s = "a date";
  return s.size() > 60 ? s.substr(0, 57) + "..." : s;
}

// degC for a temperature, else the SI unit, else the first.
const Unit& usual(Quantity q) {
  const Unit* best = nullptr;
  for (const Unit& u : units()) {
    if (u.quantity != q) continue;
    if (u.offset != 0) return u;
    if (!best || (u.scale == 1 && best->scale != 1)) best = &u;
  }
  return *best;
}

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

}  // namespace

const toml::node* value_of(const toml::node* node) {
  const auto* t = node->as_table();
  return t && t->contains("value") ? t->get("value") : node;
}

Table::Table(const toml::table& table, std::string path, File& file, std::string inherited)
    : table_(&table), path_(std::move(path)), file_(&file), source_(std::move(inherited)) {
  known_.insert("source");
  if (const toml::node* s = table.get("source")) {
    consumed_.insert("source");
    Origin origin;
    std::string note;
    if (!s->is_string() || !split_source(s->as_string()->get(), origin, note))
      fail("source",
           fmt::format("= {}; accepted: \"measured: ...\", \"sourced: ...\" or \"assumed: ...\", saying what stands behind it", shown(*s)));
    source_ = s->as_string()->get();
  }
}

std::string Table::full(std::string_view key) const { return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key); }
std::string Table::where(int line) const { return fmt::format("{}:{}", file_->name, line); }

// A quantity may be named by its base: it is shown as it was written.
void Table::fail(std::string_view key, std::string_view why) const {
  const toml::node* node = table_->get(key);
  const std::string stem = fmt::format("{}_", key);
  for (auto it = table_->begin(); !node && it != table_->end(); ++it)
    if (const std::string_view k = it->first.str(); k.starts_with(stem) && find_unit(k.substr(stem.size()))) fail(k, why);
  throw SiteError(fmt::format("{}: {} {}", where(node ? line_of(*node) : line()), full(key), why));
}

void Table::doubt(std::string_view key, std::string_view why) {
  if (file_->sink) add_doubt(*file_->sink, full(key), why);
}

std::string Table::at(std::string_view what) const { return fmt::format("{}: [{}]: {}", where(line()), path_, what); }

Table::Value Table::find(std::string_view key, std::string_view accepted) {
  known_.insert(std::string(key));
  const toml::node* node = table_->get(key);
  if (node) consumed_.insert(std::string(key));
  else missing_.push_back({std::string(key), std::string(accepted), {}, {}});
  return {node, std::string(key), nullptr};
}

Table::Value Table::find_quantity(std::string_view base, Quantity q, const Range& range) {
  Value found;
  std::string spellings;
  for (const Unit& u : units()) {
    if (u.quantity != q) continue;
    const std::string key = fmt::format("{}_{}", base, u.suffix);
    known_.insert(key);
    spellings += fmt::format("{}{}", spellings.empty() ? "" : ", ", key);
    const toml::node* node = table_->get(key);
    if (!node) continue;
    if (found.node) fail(key, fmt::format("says again what {} says; accepted: one of them", found.key));
    found = {node, key, &u};
    consumed_.insert(key);
  }
  Missing m{found.key.empty() ? std::string(base) : found.key, spellings, std::string(base), q};
  if (!found.node) {
    const Unit& first = usual(q);
    m.key = fmt::format("{}_{}", base, first.suffix);
    if (spellings.find(',') == std::string::npos) m.accepted.clear();
    m.accepted = fmt::format("{}{}{} {}", m.accepted, m.accepted.empty() ? "" : "; ", range.text(first.scale, first.offset), first.symbol);
    missing_.push_back(m);
  }
  asked_.push_back({std::string(base), spellings, std::string(base), q});
  return found;
}

// Counts the value and finds what stands behind it: its own word first, then its table's.
void Table::note(const Value& v, std::string text) {
  std::string source = source_;
  if (const auto* t = v.node->as_table()) {
    for (const auto& [k, n] : *t)
      if (k.str() != "value" && k.str() != "source")
        throw SiteError(fmt::format("{}: {}.{} is not known; accepted: value, source", where(line_of(n)), full(v.key), k.str()));
    if (const toml::node* s = t->get("source")) source = s->is_string() ? s->as_string()->get() : "?";
  }
  Provenance p{full(v.key), std::move(text), Origin::unstated, {}, file_->name, line_of(*v.node), std::move(doubt_)};
  doubt_.clear();
  if (!source.empty() && !split_source(source, p.origin, p.note))
    throw SiteError(fmt::format("{}: {}: source = \"{}\"; accepted: \"measured: ...\", \"sourced: ...\" or \"assumed: ...\"",
                                where(line_of(*v.node)), full(v.key), source));
  if (file_->sink) file_->sink->push_back(std::move(p));
}

Real Table::real(const Value& v, const toml::node& node, const Range& range) {
  const Real scale = v.unit ? v.unit->scale : 1, offset = v.unit ? v.unit->offset : 0;
  const auto bad = [&](std::string_view kind) {
    throw SiteError(
        fmt::format("{}: {} = {}; accepted: {}{}", where(line_of(node)), full(v.key), shown(node), kind, range.text(scale, offset)));
  };
  const std::optional<double> x = node.is_number() ? node.value<double>() : std::nullopt;
  if (!x) bad(range.text() == "a number" ? "" : "a number ");
  if (!std::isfinite(*x)) bad("a finite number ");
  const Real si = *x * scale + offset;
  // A limit as written must pass although its conversion rounds.
  const Real slack = 1e-12 * (std::fabs(si) + std::fabs(offset));
  if (!std::isfinite(si)) bad("");
  if (!range.holds(si) && !(range.holds(si + slack) && !range.open_lo) && !(range.holds(si - slack) && !range.open_hi)) bad("");
  if (doubt_.empty() && !range.is_usual(si, *x * scale))
    doubt_ = fmt::format("{} = {}{}; usual: {}", full(v.key), value_of(v.node)->is_array() ? "... " : "", shown(node), range.usual_text(scale, offset));
  return si;
}

std::vector<Real> Table::list(const Value& v, const Range& range, std::size_t least, std::size_t most) {
  const toml::node* node = value_of(v.node);
  const auto* a = node->as_array();
  if (!a || a->size() < least || a->size() > most)
    fail(v.key, fmt::format("= {}; accepted: a list of {} numbers", shown(*node),
                            least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most)));
  std::vector<Real> x;
  std::string text;
  for (const toml::node& item : *a) {
    x.push_back(real(v, item, range));
    text += fmt::format("{}{}", text.empty() ? "" : " ", shown(item));
  }
  note(v, text);
  return x;
}

Real Table::number(std::string_view key, Range range) {
  const Value v = find(key, range.text());
  if (!v.node) return 0;
  const toml::node* node = value_of(v.node);
  const Real x = real(v, *node, range);
  note(v, shown(*node));
  return x;
}

int Table::count(std::string_view key, int lo, int hi) {
  const Range range{static_cast<Real>(lo), hi == std::numeric_limits<int>::max() ? infinite : static_cast<Real>(hi)};
  const Value v = find(key, fmt::format("a whole number {}", range.text()));
  if (!v.node) return lo;
  const toml::node* node = value_of(v.node);
  const auto* i = node->as_integer();
  if (!i || i->get() < lo || i->get() > hi) fail(key, fmt::format("= {}; accepted: a whole number {}", shown(*node), range.text()));
  note(v, shown(*node));
  return static_cast<int>(i->get());
}

bool Table::flag(std::string_view key) {
  const Value v = find(key, "true or false");
  if (!v.node) return false;
  const toml::node* node = value_of(v.node);
  const auto* b = node->as_boolean();
  if (!b) fail(key, fmt::format("= {}; accepted: true or false", shown(*node)));
  note(v, shown(*node));
  return b->get();
}

std::string Table::kind(std::string_view key, std::initializer_list<std::string_view> accepted) {
  const std::string all = fmt::format("{}", fmt::join(accepted, ", "));
  const Value v = find(key, all);
  if (!v.node) return {};
  const toml::node* node = value_of(v.node);
  const auto* s = node->as_string();
  if (!s || std::find(accepted.begin(), accepted.end(), s->get()) == accepted.end())
    fail(key, fmt::format("= {}; accepted: {}", shown(*node), all));
  return s->get();
}

std::string Table::choice(std::string_view key, std::initializer_list<std::string_view> accepted) {
  const std::string s = kind(key, accepted);
  if (!s.empty()) note({table_->get(key), std::string(key), nullptr}, s);
  return s;
}

Real Table::quantity(std::string_view base, Quantity q, Range range) {
  const Value v = find_quantity(base, q, range);
  if (!v.node) return 0;
  const toml::node* node = value_of(v.node);
  const Real x = real(v, *node, range);
  note(v, shown(*node));
  return x;
}

std::optional<Real> Table::quantity_if(std::string_view base, Quantity q, Range range) {
  const std::size_t n = missing_.size();
  const Real x = quantity(base, q, range);
  if (missing_.size() == n) return x;
  missing_.pop_back();
  return std::nullopt;
}

void Table::stand_in(std::string key, std::string text, std::string_view source) {
  Provenance p{full(key), std::move(text), Origin::unstated, {}, file_->name, line()};
  split_source(source, p.origin, p.note);
  if (file_->sink) file_->sink->push_back(std::move(p));
}
Real Table::quantity_or(std::string_view base, std::string_view suffix, Quantity q, Range range, Real si, std::string_view source) {
  if (const auto x = quantity_if(base, q, range)) return *x;
  stand_in(fmt::format("{}_{}", base, suffix), fmt::format("{:g}", to_unit(suffix, si)), source);
  return si;
}
Real Table::number_or(std::string_view key, Range range, Real value, std::string_view source) {
  const std::size_t n = missing_.size();
  const Real x = number(key, range);
  if (missing_.size() == n) return x;
  missing_.pop_back();
  stand_in(std::string(key), fmt::format("{:g}", value), source);
  return value;
}

namespace {
Monthly months(const std::vector<Real>& x) {
  Monthly m{};
  std::copy(x.begin(), x.end(), m.begin());
  return m;
}
}  // namespace

Monthly Table::monthly(std::string_view key, Range range) {
  const Value v = find(key, fmt::format("12 numbers, January first, each {}", range.text()));
  return v.node ? months(list(v, range, 12, 12)) : Monthly{};
}

Monthly Table::monthly(std::string_view base, Quantity q, Range range) {
  const Value v = find_quantity(base, q, range);
  return v.node ? months(list(v, range, 12, 12)) : Monthly{};
}

Hourly Table::hourly(std::string_view base, Quantity q, Range range) {
  const Value v = find_quantity(base, q, range);
  Hourly h;
  if (!v.node) return h;
  const toml::node* node = value_of(v.node);
  if (node->is_array()) {
    if (node->as_array()->size() != 24)
      fail(v.key, fmt::format("= {}; accepted: one number, or 24 for the hours of local standard time", shown(*node)));
    const std::vector<Real> x = list(v, range, 24, 24);
    std::copy(x.begin(), x.end(), h.value.begin());
    h.constant = false;
  } else {
    h.value.fill(real(v, *node, range));
    note(v, shown(*node));
  }
  return h;
}

std::vector<Real> Table::numbers(std::string_view key, Range range, std::size_t least, std::size_t most) {
  const Value v = find(key, fmt::format("a list of {} to {} numbers", least, most));
  return v.node ? list(v, range, least, most) : std::vector<Real>(least, 0.0);
}

}  // namespace coldsun::site_reader

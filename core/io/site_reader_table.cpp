// Reads the keys of a table: key and unit suffix, range, origin.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

// A value in a message: as written, cut if long.
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
const Unit& usual_unit(Quantity q) {
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
      fail("source", fmt::format("= {}; accepted: \"measured: ...\", \"sourced: ...\" or \"assumed: ...\", with "
                                 "instrument, publication or reason",
                                 shown(*s)));
    source_ = s->as_string()->get();
  }
}

std::string Table::full(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}
std::string Table::where(int line) const { return fmt::format("{}:{}", file_->name, line); }

// `key` may lack its unit suffix; the message has the key as written.
void Table::fail(std::string_view key, std::string_view why) const {
  const toml::node* node = table_->get(key);
  const std::string stem = fmt::format("{}_", key);
  for (auto it = table_->begin(); !node && it != table_->end(); ++it)
    if (const std::string_view k = it->first.str(); k.starts_with(stem) && find_unit(k.substr(stem.size())))
      fail(k, why);
  throw SiteError(fmt::format("{}: {} {}", where(node ? line_of(*node) : line()), full(key), why));
}

void Table::doubt(std::string_view key, std::string_view why) {
  if (file_->sink) add_doubt(*file_->sink, full(key), why);
}

std::string Table::at(std::string_view what) const { return fmt::format("{}: [{}]: {}", where(line()), path_, what); }

const toml::node& Table::Value::inner() const { return *value_of(node); }

void Table::lacks(const Key& k, std::string key, std::string accepted) {
  if (!k.may_lack()) missing_.push_back({std::move(key), std::move(accepted)});
  if (!k.usually) return;
  Provenance p{full(key),        fmt::format("{:g}", k.suffix.empty() ? *k.usually : to_unit(k.suffix, *k.usually)),
               Origin::unstated, {},
               file_->name,      line()};
  if (!k.suffix.empty()) p.key = full(fmt::format("{}_{}", k.key, k.suffix));
  split_source(k.source, p.origin, p.note);
  if (file_->sink) file_->sink->push_back(std::move(p));
}

Table::Value Table::find(const Key& k, std::string_view accepted) {
  known_.insert(k.key);
  const toml::node* node = table_->get(k.key);
  if (node) consumed_.insert(k.key);
  else lacks(k, k.key, std::string(accepted));
  return {node, k.key, nullptr};
}

Table::Value Table::find_quantity(const Key& k) {
  Value found;
  std::string spellings;
  for (const Unit& u : units()) {
    if (u.quantity != *k.quantity) continue;
    const std::string key = fmt::format("{}_{}", k.key, u.suffix);
    known_.insert(key);
    spellings += fmt::format("{}{}", spellings.empty() ? "" : ", ", key);
    const toml::node* node = table_->get(key);
    if (!node) continue;
    if (found.node) fail(key, fmt::format("repeats {}; accepted: one of them", found.key));
    found = {node, key, &u};
    consumed_.insert(key);
  }
  asked_.push_back({k.key, spellings, *k.quantity});
  if (found.node) return found;
  const Unit& first = usual_unit(*k.quantity);
  lacks(k, fmt::format("{}_{}", k.key, first.suffix),
        fmt::format("{}{} {}", spellings.find(',') == std::string::npos ? "" : spellings + "; ",
                    k.range.text(first.scale, first.offset), first.symbol));
  return found;
}

// Adds the value to the provenance; its own source comes before that of its table.
void Table::note(const Value& v, std::string text) {
  std::string source = source_;
  if (const auto* t = v.node->as_table()) {
    for (const auto& [k, n] : *t)
      if (k.str() != "value" && k.str() != "source")
        throw SiteError(
            fmt::format("{}: {}.{} is not known; accepted: value, source", where(line_of(n)), full(v.key), k.str()));
    if (const toml::node* s = t->get("source")) source = s->is_string() ? s->as_string()->get() : "?";
  }
  Provenance p{full(v.key), std::move(text), Origin::unstated, {}, file_->name, line_of(*v.node), std::move(doubt_)};
  doubt_.clear();
  if (!source.empty() && !split_source(source, p.origin, p.note))
    throw SiteError(
        fmt::format("{}: {}: source = \"{}\"; accepted: \"measured: ...\", \"sourced: ...\" or \"assumed: ...\"",
                    where(line_of(*v.node)), full(v.key), source));
  if (file_->sink) file_->sink->push_back(std::move(p));
}

Real Table::real(const Value& v, const toml::node& node, const Limits& range) {
  const Real scale = v.unit ? v.unit->scale : 1, offset = v.unit ? v.unit->offset : 0;
  const auto bad = [&](std::string_view kind) {
    throw SiteError(fmt::format("{}: {} = {}; accepted: {}{}", where(line_of(node)), full(v.key), shown(node), kind,
                                range.text(scale, offset)));
  };
  const std::optional<double> x = node.is_number() ? node.value<double>() : std::nullopt;
  if (!x) bad(range.text() == "a number" ? "" : "a number ");
  if (!std::isfinite(*x)) bad("a finite number ");
  const Real si = *x * scale + offset;
  if (!std::isfinite(si) || !range.holds_about(si, 1e-12 * (std::fabs(si) + std::fabs(offset)))) bad("");
  if (doubt_.empty() && !range.is_usual(si, *x * scale))
    doubt_ = fmt::format("{} = {}{}; usual: {}", full(v.key), v.inner().is_array() ? "... " : "", shown(node),
                         range.usual_text(scale, offset));
  return si;
}

std::vector<Real> Table::list(const Value& v, const Limits& range, std::size_t least, std::size_t most) {
  const toml::node& node = v.inner();
  const auto* a = node.as_array();
  if (!a || a->size() < least || a->size() > most)
    fail(v.key, fmt::format("= {}; accepted: a list of {} numbers", shown(node),
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

void Table::read(const Key& k, Real& x) {
  const Value v = find_number(k, k.range.text());
  if (!v.node && k.usually) x = *k.usually;
  if (!v.node) return;
  x = real(v, v.inner(), k.range);
  note(v, shown(v.inner()));
}

void Table::read(const Key& k, int& x) {
  x = static_cast<int>(k.range.lo);
  const std::string accepted = fmt::format("a whole number {}", k.range.text());
  const Value v = find(k, accepted);
  if (!v.node) return;
  const auto* i = v.inner().as_integer();
  if (!i || i->get() > std::numeric_limits<int>::max() || !k.range.holds(static_cast<Real>(i->get())))
    fail(k.key, fmt::format("= {}; accepted: {}", shown(v.inner()), accepted));
  note(v, shown(v.inner()));
  x = static_cast<int>(i->get());
}

void Table::read(const Key& k, bool& x) {
  const Value v = find(k, "true or false");
  if (!v.node) return;
  const auto* b = v.inner().as_boolean();
  if (!b) fail(k.key, fmt::format("= {}; accepted: true or false", shown(v.inner())));
  note(v, shown(v.inner()));
  x = b->get();
}

void Table::read(const Key& k, std::string& x) {
  const bool listed = !k.accepted.empty(), plain = k.form == Rule::name;
  const std::string accepted =
      listed ? fmt::format("{}", fmt::join(k.accepted, ", ")) : std::string(plain ? plain_words : "a name");
  const Value v = find(k, accepted);
  if (!v.node) return;
  const auto* s = listed ? v.inner().as_string() : v.node->as_string();
  if (listed) {
    if (!s || std::find(k.accepted.begin(), k.accepted.end(), s->get()) == k.accepted.end())
      fail(k.key, fmt::format("= {}; accepted: {}", shown(v.inner()), accepted));
  } else if (!s) {
    fail(k.key,
         plain ? fmt::format("is not a text; accepted: {}", plain_words) : "is not a text; accepted: text in quotes");
  } else if (plain && !is_plain(s->get())) {
    fail(k.key, fmt::format("= \"{}\"; accepted: {}", s->get().substr(0, 80), plain_words));
  } else if (s->get().empty()) {
    fail(k.key, "is not a text; accepted: text in quotes");
  }
  x = s->get();
  if (k.form == Rule::choice) note(v, x);
}

void Table::read(const Key& k, Monthly& x) {
  const Value v = find_number(k, fmt::format("12 numbers, January first, each {}", k.range.text()));
  if (!v.node) return;
  const std::vector<Real> all = list(v, k.range, 12, 12);
  std::copy(all.begin(), all.end(), x.begin());
}

void Table::read(const Key& k, Hourly& x) {
  const Value v = find_number(k, k.range.text());
  if (!v.node) return;
  const toml::node& node = v.inner();
  x.constant = !node.is_array();
  if (x.constant) {
    x.value.fill(real(v, node, k.range));
    note(v, shown(node));
    return;
  }
  if (node.as_array()->size() != 24)
    fail(v.key, fmt::format("= {}; accepted: one number, or 24 for the hours of local standard time", shown(node)));
  const std::vector<Real> all = list(v, k.range, 24, 24);
  std::copy(all.begin(), all.end(), x.value.begin());
}

void Table::read(const Key& k, std::vector<Real>& x) {
  const Value v = find_number(k, fmt::format("a list of {} to {} numbers", k.least, k.most));
  x = v.node ? list(v, k.range, k.least, k.most) : std::vector<Real>(k.least, 0.0);
}

void Table::read(const Key& k, std::vector<std::string>& x) {
  const Value v = find(k, "a list of names");
  if (!v.node) return;
  const auto* a = v.node->as_array();
  if (!a) fail(k.key, "is not a list; accepted: a list of names in quotes");
  for (const toml::node& item : *a) {
    if (!item.is_string()) fail(k.key, "has an element that is not a name; accepted: a list of names in quotes");
    x.push_back(item.as_string()->get());
  }
}

}  // namespace coldsun::site_reader

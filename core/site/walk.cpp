// Visits the keys of a site; sets a key by its path.
#include "core/site/walk.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace coldsun {

namespace {

template <class T>
inline constexpr bool is_list = false;
template <Part P>
inline constexpr bool is_list<std::vector<P>> = true;

template <class P>
bool stands(const P& part) {
  if constexpr (requires { part.present(); }) return part.present();
  else if constexpr (requires { part.present; }) return part.present;
  else if constexpr (requires { part.point; }) return !part.point.empty();
  else return true;
}

template <Part P>
void walk_part(P& part, const std::string& path, const Visit& visit, bool all) {
  P::each_key(part, [&]<class T>(const Key& k, T& x) {
    const std::string full = path.empty() ? k.key : path + "." + k.key;
    if constexpr (Part<T>) {
      if (all || !k.optional || stands(x)) walk_part(x, full, visit, all);
    } else if constexpr (is_list<T>) {
      if (all && x.empty()) {
        typename T::value_type one;
        return walk_part(one, full + "[NAME]", visit, all);
      }
      for (std::size_t i = 0; i < x.size(); ++i) {
        std::string tag = std::to_string(i);
        if constexpr (requires { x[i].name; }) tag = x[i].name;
        walk_part(x[i], fmt::format("{}[{}]", full, tag), visit, all);
      }
    } else if (k.applies || all) {
      visit({path, k, &x});
    }
  });
}

// In SI, with the unit's symbol.
std::string unit_text(const Slot& s) {
  if (!s.key.quantity) return "";
  const Unit& u = unit_of(nullptr, s);
  return fmt::format(" {}", u.symbol);
}

[[noreturn]] void refuse(const Slot& s, const KeyValue& value, std::string_view accepted) {
  throw std::invalid_argument(fmt::format("{} = {}{}; accepted: {}", s.path(), text_of(value), unit_text(s), accepted));
}

Real checked(const Slot& s, const KeyValue& whole, Real x) {
  if (!std::isfinite(x) || !s.key.range.holds_about(x, 1e-12 * std::fabs(x)))
    refuse(s, whole, fmt::format("{}{}", s.key.range.text(), s.key.range.text() == "a number" ? "" : unit_text(s)));
  return x;
}

Real number(const Slot& s, const KeyValue& value) {
  if (const auto* x = std::get_if<Real>(&value)) return checked(s, value, *x);
  if (const auto* i = std::get_if<std::int64_t>(&value)) return checked(s, value, static_cast<Real>(*i));
  refuse(s, value, "a number " + s.key.range.text());
}

std::vector<Real> numbers(const Slot& s, const KeyValue& value, std::size_t least, std::size_t most) {
  const auto* x = std::get_if<std::vector<Real>>(&value);
  if (!x || x->size() < least || x->size() > most)
    refuse(s, value,
           least == most ? fmt::format("a list of {} numbers", most)
                         : fmt::format("a list of {} to {} numbers", least, most));
  for (const Real one : *x) checked(s, value, one);
  return *x;
}

void put(const Slot& s, Real& x, const KeyValue& v) { x = number(s, v); }
void put(const Slot& s, int& x, const KeyValue& v) {
  const Real n = number(s, v);
  if (n != std::floor(n) || std::fabs(n) > 2e9) refuse(s, v, "a whole number " + s.key.range.text());
  x = static_cast<int>(n);
}
void put(const Slot& s, bool& x, const KeyValue& v) {
  if (const auto* b = std::get_if<bool>(&v)) x = *b;
  else refuse(s, v, "true or false");
}
void put(const Slot& s, std::string& x, const KeyValue& v) {
  const auto* text = std::get_if<std::string>(&v);
  const auto& words = s.key.accepted;
  if (!words.empty() && (!text || std::find(words.begin(), words.end(), *text) == words.end()))
    refuse(s, v, fmt::format("{}", fmt::join(words, ", ")));
  if (words.empty() && !s.key.is_label) refuse(s, v, "a change in the site file, since it names a file or a topic");
  if (!text || text->empty() || (s.key.form == Rule::name && !is_plain(*text)))
    refuse(s, v, s.key.form == Rule::name ? plain_words : "text");
  x = *text;
}
void put(const Slot& s, Monthly& x, const KeyValue& v) {
  const std::vector<Real> all = numbers(s, v, 12, 12);
  std::copy(all.begin(), all.end(), x.begin());
}
void put(const Slot& s, Hourly& x, const KeyValue& v) {
  x.constant = !std::holds_alternative<std::vector<Real>>(v);
  if (x.constant) return x.value.fill(number(s, v));
  const std::vector<Real> all = numbers(s, v, 24, 24);
  std::copy(all.begin(), all.end(), x.value.begin());
}
void put(const Slot& s, std::vector<Real>& x, const KeyValue& v) { x = numbers(s, v, s.key.least, s.key.most); }
void put(const Slot& s, std::vector<std::string>&, const KeyValue& v) {
  refuse(s, v, "a change in the site file, since it names files");
}
void put(const Slot& s, Time& x, const KeyValue& v) {
  if (const auto* ns = std::get_if<std::int64_t>(&v)) x = *ns;
  else refuse(s, v, "nanoseconds since 1970 UTC");
}

struct ToValue {
  KeyValue operator()(const Real* x) const { return *x; }
  KeyValue operator()(const int* x) const { return static_cast<std::int64_t>(*x); }
  KeyValue operator()(const bool* x) const { return *x; }
  KeyValue operator()(const std::string* x) const { return *x; }
  KeyValue operator()(const Monthly* x) const { return std::vector<Real>(x->begin(), x->end()); }
  KeyValue operator()(const Hourly* x) const {
    if (x->constant) return x->value[0];
    return std::vector<Real>(x->value.begin(), x->value.end());
  }
  KeyValue operator()(const std::vector<Real>* x) const { return *x; }
  KeyValue operator()(const std::vector<std::string>* x) const { return *x; }
  KeyValue operator()(const Time* x) const { return static_cast<std::int64_t>(*x); }
};

bool at_path(auto& whole, std::string_view path, const Visit& found) {
  bool any = false;
  const Visit visit = [&](const Slot& s) {
    if (any || s.path() != path) return;
    any = true;
    found(s);
  };
  walk(whole, visit);
  if constexpr (requires { walk_named(whole, visit); })
    if (!any) walk_named(whole, visit);
  return any;
}

[[noreturn]] void unknown(auto& whole, std::string_view path) {
  const std::string_view leaf = path.substr(path.rfind('.') + 1);
  std::string near;
  walk(whole, [&](const Slot& s) {
    if (near.empty() && s.key.key == leaf) near = s.path();
  });
  throw std::invalid_argument(fmt::format(
      "{} is not a key of {} {}{}", clean(path.substr(0, 80)), requires { whole.sites; } ? "network" : "site",
      whole.name, near.empty() ? "; accepted: a key of data/KEYS.md" : fmt::format("; did you mean {}?", near)));
}

KeyValue value_at(auto whole, std::string_view path) {
  KeyValue out;
  if (!at_path(whole, path, [&](const Slot& s) { out = value_of(s); })) unknown(whole, path);
  return out;
}

}  // namespace

void walk(Site& site, const Visit& visit, bool all) { walk_part(site, "", visit, all); }
void walk(Network& network, const Visit& visit, bool all) { walk_part(network, "", visit, all); }
void walk(PlateClass& plate, const Visit& visit, bool all) { walk_part(plate, "", visit, all); }
void walk(PvModule& module, const Visit& visit, bool all) { walk_part(module, "", visit, all); }
void walk_named(Site& site, const Visit& visit) {
  for (PlateClass& p : site.plate) walk_part(p, fmt::format("plate[{}]", p.name), visit, false);
  for (PvModule& m : site.power.module) walk_part(m, fmt::format("module[{}]", m.name), visit, false);
}

KeyValue value_of(const Slot& slot) { return std::visit(ToValue{}, slot.at); }

std::string text_of(const KeyValue& value) {
  return std::visit(
      []<class T>(const T& x) -> std::string {
        if constexpr (std::is_arithmetic_v<T>) return fmt::format("{}", x);
        else if constexpr (std::is_same_v<T, std::string>) return fmt::format("\"{}\"", clean(x.substr(0, 60)));
        else return fmt::format("a list of {}", x.size());
      },
      value);
}

KeyValue get_key(const Site& site, std::string_view path) { return value_at(site, path); }
KeyValue get_key(const Network& network, std::string_view path) { return value_at(network, path); }

namespace {

void set_at(auto& whole, std::string_view path, const KeyValue& value, std::string_view why) {
  const auto set = [&](const Slot& s) {
    std::visit([&](auto* x) { put(s, *x, value); }, s.at);
    if (s.key.form == Rule::name || s.key.form == Rule::text || s.key.form == Rule::kind) return;
    Provenance* p = value_named(whole.provenance, path);
    const Unit* u = s.key.quantity ? &unit_of(p, s) : nullptr;
    const auto in_unit = [&](Real x) { return fmt::format("{:.12g}", u ? from_si(*u, x) : x); };
    std::string text = text_of(value);
    if (const auto* x = std::get_if<Real>(&value)) text = in_unit(*x);
    if (const auto* i = std::get_if<std::int64_t>(&value); i && u) text = in_unit(static_cast<Real>(*i));
    if (const auto* t = std::get_if<std::string>(&value)) text = *t;
    if (const auto* all = std::get_if<std::vector<Real>>(&value)) {
      text.clear();
      for (const Real x : *all) text += (text.empty() ? "" : " ") + in_unit(x);
    }
    if (!p) p = &whole.provenance.emplace_back();
    if (p->key.empty()) p->key = u ? fmt::format("{}_{}", path, u->suffix) : std::string(path);
    p->text = text;
    p->origin = Origin::assumed;
    p->note = why;
    p->file.clear();
    p->line = 0;
    p->doubt.clear();
    const auto doubt = [&](Real x) {
      if (p->doubt.empty() && !s.key.range.is_usual(x, u ? x - u->offset : x))
        p->doubt = fmt::format("{} = {}; usual: {}", p->key, in_unit(x),
                               s.key.range.usual_text(u ? u->scale : 1, u ? u->offset : 0));
    };
    if (const auto* x = std::get_if<Real>(&value)) doubt(*x);
    if (const auto* all = std::get_if<std::vector<Real>>(&value)) std::for_each(all->begin(), all->end(), doubt);
  };
  if (!at_path(whole, path, set)) unknown(whole, path);
}

}  // namespace

void set_key(Site& site, std::string_view path, const KeyValue& value, std::string_view why) {
  set_at(site, path, value, why);
}
void set_key(Network& network, std::string_view path, const KeyValue& value, std::string_view why) {
  set_at(network, path, value, why);
}

Provenance* value_named(std::vector<Provenance>& all, std::string_view key) {
  for (Provenance& p : all) {
    const std::string_view name = p.key;
    if (name == key || (name.size() > key.size() + 1 && name.starts_with(key) && name[key.size()] == '_' &&
                        find_unit(name.substr(key.size() + 1))))
      return &p;
  }
  return nullptr;
}

const Unit& unit_of(const Provenance* p, const Slot& slot) {
  const std::size_t stem = slot.path().size() + 1;
  if (p && p->key.size() > stem)
    if (const Unit* u = find_unit(p->key.substr(stem), *slot.key.quantity)) return *u;
  const Unit* first = nullptr;
  for (const Unit& u : units())
    if (u.quantity == *slot.key.quantity) {
      if (u.scale == 1 && u.offset == 0) return u;
      if (!first) first = &u;
    }
  return *first;
}

}  // namespace coldsun

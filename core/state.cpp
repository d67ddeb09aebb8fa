// Fields of a State as the outside sees them; keeping, taking up, hashing.
#include "core/state.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace coldsun {

namespace {

// 64-bit mixing of whole words (the finaliser of MurmurHash3, Appleby 2011), folded over the bytes.
std::uint64_t fold(std::uint64_t h, const char* p, std::size_t n) {
  for (; n > 0;) {
    std::uint64_t w = 0;
    const std::size_t k = std::min<std::size_t>(n, 8);
    std::memcpy(&w, p, k);
    h ^= w, h ^= h >> 33, h *= 0xFF51AFD7ED558CCDull, h ^= h >> 33, h *= 0xC4CEB9FE1A85EC53ull, h ^= h >> 33;
    p += k, n -= k;
  }
  return h;
}

}  // namespace

std::vector<FieldRef> fields(const State& s) {
  std::vector<FieldRef> out;
  each_field(s, [&](const char* group, const FieldInfo& info, const auto& array) { out.push_back(field_of(group, info, array)); });
  return out;
}

Snapshot snapshot(const State& s) {
  Snapshot kept;
  kept.attributes = {{"time_ns", std::to_string(s.time)},
                     {"n_step", std::to_string(s.n_step)},
                     {"seed", std::to_string(s.seed)},
                     {"first_member", std::to_string(s.first_member)},
                     {"n_member", std::to_string(s.n_member)},
                     {"identity", s.identity}};
  for (const FieldRef& f : fields(s)) {
    if (f.info.kind == Kind::scratch) continue;
    Snapshot::Item item{f.path(), f, std::vector<char>(f.bytes())};
    if (!item.bytes.empty()) std::memcpy(item.bytes.data(), f.data, item.bytes.size());
    kept.items.push_back(std::move(item));
  }
  return kept;
}

void restore(State& s, const Snapshot& kept) {
  const auto attribute = [&](const char* name) -> const std::string& {
    const auto it = kept.attributes.find(name);
    if (it == kept.attributes.end()) throw std::invalid_argument(std::string("checkpoint: no attribute ") + name + "; accepted: one that coldsun wrote");
    return it->second;
  };
  const auto whole = [&](const char* name) {
    const std::string& text = attribute(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      throw std::invalid_argument(std::string("checkpoint: ") + name + " = \"" + text + "\"; accepted: a whole number");
    return value;
  };
  const auto expect = [&](const char* name, std::uint64_t have) {
    if (attribute(name) != std::to_string(have))
      throw std::invalid_argument(std::string("checkpoint: ") + name + " = " + attribute(name) + "; accepted: " + std::to_string(have) + ", as this twin has");
  };
  expect("seed", s.seed), expect("first_member", s.first_member), expect("n_member", static_cast<std::uint64_t>(s.n_member));
  if (attribute("identity") != s.identity)
    throw std::invalid_argument("checkpoint: is of " + attribute("identity") + "; accepted: " + s.identity + ", as this twin");
  std::map<std::string, const Snapshot::Item*> by_path;
  for (const auto& item : kept.items) by_path[item.path] = &item;
  const std::int64_t time = whole("time_ns"), n_step = whole("n_step");
  const auto wanted = fields(s);
  for (const FieldRef& f : wanted) {  // all is checked before anything is written
    if (f.info.kind == Kind::scratch) continue;
    const auto it = by_path.find(f.path());
    if (it == by_path.end()) throw std::invalid_argument("checkpoint: no field " + f.path() + "; accepted: one of the same version and inputs");
    if (it->second->field.extent != f.extent || it->second->field.type != f.type || it->second->bytes.size() != f.bytes())
      throw std::invalid_argument("checkpoint: field " + f.path() + " has another shape or type; accepted: one of the same version and inputs");
  }
  for (const FieldRef& f : wanted)
    if (f.info.kind != Kind::scratch && f.bytes()) std::memcpy(f.data, by_path.at(f.path())->bytes.data(), f.bytes());
  s.time = time, s.n_step = n_step;
}

std::vector<std::uint64_t> hash(const State& s) {
  std::vector<std::uint64_t> h(static_cast<std::size_t>(s.n_member), static_cast<std::uint64_t>(s.time));
  for (const FieldRef& f : fields(s)) {
    if (f.info.kind != Kind::state || f.bytes() == 0) continue;
    const std::size_t row = f.bytes() / static_cast<std::size_t>(s.n_member);
    for (std::size_t m = 0; m < h.size(); ++m) h[m] = fold(h[m], static_cast<const char*>(f.data) + m * row, row);
  }
  return h;
}

}  // namespace coldsun

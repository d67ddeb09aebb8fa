// Field list, snapshot, restore and hash of a State.
#include "core/step/state.hpp"

#include "core/step/check_state.hpp"
#include "core/step/fold.hpp"

namespace coldsun {

std::vector<FieldRef> fields(const State& s) {
  std::vector<FieldRef> out;
  each_field(s, [&](const char* group, const FieldInfo& info, const auto& array) {
    out.push_back(field_of(group, info, array));
  });
  return out;
}

Snapshot snapshot(const State& s) {
  Snapshot kept;
  kept.attributes = {{"time_ns", std::to_string(s.time)},      {"n_step", std::to_string(s.n_step)},
                     {"seed", std::to_string(s.seed)},         {"first_member", std::to_string(s.first_member)},
                     {"n_member", std::to_string(s.n_member)}, {"identity", s.identity}};
  for (const FieldRef& f : fields(s)) {
    if (f.info.kind == Kind::scratch) continue;
    Snapshot::Item item{f.path(), f, std::vector<char>(f.bytes())};
    if (!item.bytes.empty()) std::memcpy(item.bytes.data(), f.data, item.bytes.size());
    kept.items.push_back(std::move(item));
  }
  return kept;
}

void restore(State& s, const Snapshot& kept) {
  const KeptAt at = check_kept(s, kept);  // checks everything before the first write
  std::map<std::string, const Snapshot::Item*> by_path;
  for (const auto& item : kept.items) by_path[item.path] = &item;
  for (const FieldRef& f : fields(s))
    if (f.info.kind != Kind::scratch && f.bytes()) std::memcpy(f.data, by_path.at(f.path())->bytes.data(), f.bytes());
  s.time = at.time;
  s.n_step = at.n_step;
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

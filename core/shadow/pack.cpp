// Packing, unpacking and predicted readings: three loops over (member, element).
#include <stdexcept>

#include "core/shadow/pack_impl.hpp"
#include "core/step/spaces.hpp"

namespace coldsun {

namespace {

FieldRef find(const State& s, const std::string& path, int first, int count) {
  for (const FieldRef& f : fields(s)) {
    if (f.path() != path) continue;
    const bool per_member = f.type == Scalar::f64 && !f.extent.empty() && f.extent[0] == s.n_member;
    const auto row = static_cast<int>(f.bytes() / sizeof(Real)) / s.n_member;
    if (!per_member || first < 0 || count < 1 || first + count > row)
      throw std::invalid_argument("field " + path + " has no numbers " + std::to_string(first) + " to " +
                                  std::to_string(first + count - 1) + " per member");
    return f;
  }
  throw std::invalid_argument("no field " + path + " in the State");
}

}  // namespace

Column column_of(const State& s, const std::string& path, int first, int count, Transform transform) {
  const FieldRef f = find(s, path, first, count);
  return {static_cast<Real*>(f.data) + first, static_cast<std::int64_t>(f.bytes() / sizeof(Real)) / s.n_member, count,
          transform, -1};
}

Look look_at(const State& s, const std::string& path, int place, Real mean_dt) {
  if (mean_dt > 0.0) {
    const int n_site = s.series.sum.extent(2);
    for (std::size_t v = 0; v < s.series.info.size(); ++v)
      if (s.series.group[v] + "/" + s.series.info[v].name == path)
        return {s.series.sum.data() + (static_cast<std::int64_t>(v) * s.n_member * n_site + place), n_site,
                1.0 / mean_dt, -1, -1};
    throw std::invalid_argument("field " + path + " has no step mean; accepted: a derived field per member and site");
  }
  const Column c = column_of(s, path, place, 1, Transform::plain);
  return {c.first, c.stride, 1.0, -1, -1};
}

void pack(const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x) {
  with_space(s.device, [&](auto space) { pack_on(space, s, column, x), synchronize(space); });
}

void unpack(const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x) {
  with_space(s.device, [&](auto space) { unpack_on(space, s, column, x), synchronize(space); });
}

void observe(const System& sys, const State& s, const Array<Look, 1>& look, const Array<Real, 2>& y) {
  with_space(s.device, [&](auto space) { observe_on(space, sys, s, look, y), synchronize(space); });
}

}  // namespace coldsun

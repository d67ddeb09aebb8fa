// Makes the points of a shadow; drive, analyse, sense, fork.
#include "core/shadow/feed.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/loops.hpp"
#include "common/philox.hpp"
#include "core/step/spaces.hpp"

namespace coldsun {

namespace {

// Bounds on ln(gain) in prior standard deviations (a hall without flow would boil within a step), and on ln(node flow
// over site flow).
constexpr Real farthest = 10.0;
constexpr Real node_flow_farthest = 2.3;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at; (at = text.find(what)) != std::string::npos;) text.replace(at, what.size(), with);
  return text;
}

Chance chance_of(const State& s, int m, Stream stream, int entity) {
  return {s.seed, s.first_member + static_cast<std::uint32_t>(m), stream, static_cast<std::uint32_t>(entity)};
}

// Adds normal noise of standard deviation sigma(column) to the packed members; bounds gains and states of charge.
void scatter_members(const Shadow& f, Twin& t, const Array<Real, 1>& sigma, Real scale, std::uint32_t index) {
  State& s = t.state;
  for (int m = 0; m < s.n_member; ++m)
    for (int j = 0; j < f.column.extent(0); ++j) {
      if (sigma(j) > 0.0) f.x(m, j) += sigma(j) * scale * chance_of(s, m, Stream::prior, j).normal(index, 0);
      const Real most = f.column(j).base >= 0 ? node_flow_farthest : farthest * f.sigma(j);
      if (f.column(j).transform != Transform::plain) f.x(m, j) = std::clamp(f.x(m, j), -most, most);
    }
  unpack(s, f.column, f.x);
  for (int k = 0; k < t.system.n_site(); ++k) {
    const electrical::Pack& b = t.system.electrical.site(k).battery;
    if (b.n_series > 0)
      for (int m = 0; m < s.n_member; ++m)
        s.electrical.soc(m, k) = std::clamp(s.electrical.soc(m, k), b.soc_min, b.soc_max);
  }
}

}  // namespace

std::vector<Point> make_points(const Network& network, const System& system) {
  const std::string prefix = "BMS/v1/PUB/Value/";
  std::vector<Point> out;
  for (int s = 0; s < system.n_site(); ++s)
    for (const ShadowPoint& kind : network.site[static_cast<std::size_t>(s)].shadow.point) {
      const Observable* what = find_observable(kind.quantity);
      const std::string site = system.site_name[static_cast<std::size_t>(s)];
      const auto add = [&](int node, const std::string& name) {
        const std::string own = name.substr(std::min(name.size(), site.size() + 1));  // without the site's name
        const std::string tag = replaced(replaced(kind.tag, "{site}", site), "{node}", own);
        out.push_back({.kind = &kind,
                       .what = what,
                       .unit = find_unit(kind.unit, what->quantity),
                       .topic = prefix + kind.object_type + "/" + kind.point_type + "/" + tag,
                       .name = name + " " + kind.quantity,
                       .site = s,
                       .node = node});
      };
      if (what->axis == Observable::site) add(-1, site);
      else
        for (int n = system.thermal.first_node(s); n < system.thermal.first_node(s + 1); ++n)
          add(n, system.node_name[static_cast<std::size_t>(n)]);
    }
  std::vector<std::string> name;
  for (const Point& p : out) name.push_back(p.name);
  for (Point& p : out)  // points of the same quantity differ by their topics
    if (std::count(name.begin(), name.end(), p.name) > 1) p.name += " (" + p.topic.substr(prefix.size()) + ")";
  return out;
}

Shadow make_shadow(const Network& network, Twin& twin) {
  Shadow f;
  State& s = twin.state;
  f.point = make_points(network, twin.system);
  if (f.point.empty())
    throw std::invalid_argument("network " + network.name +
                                ": no published points; accepted: a site file with [shadow]");
  const int n_point = static_cast<int>(f.point.size());
  f.look = Array<Look, 1>(s.device, {n_point});
  for (int k = 0; k < n_point; ++k) {
    const Point& p = f.point[static_cast<std::size_t>(k)];
    if (p.what->how == Observable::flow) f.look(k) = {nullptr, 0, 1.0, p.site, -1};
    else
      f.look(k) = look_at(s, std::string(p.what->group) + "/" + std::string(p.what->field),
                          p.node >= 0 ? p.node : p.site, p.what->how == Observable::mean ? twin.dt : 0.0);
  }
  f.home.assign(f.point.size(), -1);
  make_columns(network, twin, f);
  const int n_column = f.column.extent(0), n_domain = f.domains.n_domain();
  f.x = Array<Real, 2>(s.device, {s.n_member, n_column});
  f.y = Array<Real, 2>(s.device, {s.n_member, n_point});
  f.y_obs = Array<Real, 1>(s.device, {n_point});
  f.r_obs = Array<Real, 1>(s.device, {n_point});
  f.inflation = Array<Real, 1>(s.device, {n_domain});
  f.use = Array<std::int8_t, 1>(s.device, {n_point});
  f.trouble = Array<std::int32_t, 1>(s.device, {n_domain});
  for (int k = 0; k < n_point; ++k) f.r_obs(k) = std::pow(f.point[static_cast<std::size_t>(k)].kind->noise, 2);
  for (const Site& site : network.site) f.relaxation = std::max(f.relaxation, site.shadow.relaxation);
  f.inflation.fill(1.0);
  f.reopen = Array<Real, 1>(s.device, {n_column});
  twin.inputs.feed.p_node = Array<Real, 2>(s.device, {s.n_member, twin.system.thermal.n_node});
  twin.inputs.feed.p_node.fill(-1.0);
  if (s.n_step == 0 && s.n_member > 1) {
    pack(s, f.column, f.x);
    scatter_members(f, twin, f.sigma, 1.0, 0);
  }
  return f;
}

namespace {

// Sets every knot that the step touches, so that interpolation gives the value.
void set_knots(const Array<Real, 2>& table, int site, int first, int last, Real value) {
  for (int k = first; k <= last; ++k) table(site, k) = value;
}

}  // namespace

void drive(const Shadow& f, Twin& t, const std::vector<Real>& value, const std::vector<std::int8_t>& known) {
  if (value.size() != f.point.size() || known.size() != f.point.size())
    throw std::invalid_argument("drive: " + std::to_string(value.size()) + " values; accepted: one per point, " +
                                std::to_string(f.point.size()));
  const State& s = t.state;
  sky::Weather& w = t.inputs.weather;
  const Time from = s.time - w.start(0), to = from + nanoseconds(t.dt);
  const int first = static_cast<int>(std::clamp<Time>(from / sky::weather_step, 0, w.n_knot() - 1));
  const int last =
      static_cast<int>(std::clamp<Time>((to + sky::weather_step - 1) / sky::weather_step, 0, w.n_knot() - 1));
  const int clear_from = std::max(first - 1, 0),
            clear_to = std::min(last + 1, w.n_knot() - 1);  // cloud interpolation reads one second beyond the step
  for (std::size_t k = 0; k < f.point.size(); ++k) {
    const Point& p = f.point[k];
    if (!p.what->input) continue;
    // No reading, or too old: power of the node's own jobs; the sky keeps the table's values.
    if (!known[k] || !std::isfinite(value[k])) {
      if (p.what->axis == Observable::node)
        for (int m = 0; m < s.n_member; ++m) t.inputs.feed.p_node(m, p.node) = -1.0;
      continue;
    }
    if (p.what->axis == Observable::node) {
      for (int m = 0; m < s.n_member; ++m) {
        const Chance own = chance_of(s, m, Stream::sensor, static_cast<int>(k));
        const Real error = s.n_member > 1 ? p.kind->noise * own.normal(static_cast<std::uint32_t>(s.n_step), 1) : 0.0;
        t.inputs.feed.p_node(m, p.node) = std::max(value[k] + error, 0.0);
      }
      continue;
    }
    const std::string_view q = p.what->name;
    if (q == "temp_air") set_knots(w.temp_air, p.site, first, last, value[k]);
    else if (q == "wind_speed") set_knots(w.wind_speed, p.site, first, last, std::max(value[k], 0.0));
    else
      set_knots(q == "dni" ? w.dni : w.dhi, p.site, first, last, std::max(value[k], 0.0)),
          set_knots(w.cover, p.site, clear_from, clear_to, 0.0);
  }
}

void observe(const Shadow& f, const Twin& t) { observe(t.system, t.state, f.look, f.y); }

void analyse(const Shadow& f, Twin& t) {
  pack(t.state, f.column, f.x);
  with_space(t.state.device, [&](auto space) {
    assimilation::analyse(space, f.domains,
                          {.x = f.x,
                           .y = f.y,
                           .y_obs = f.y_obs,
                           .r_obs = f.r_obs,
                           .use = f.use,
                           .inflation = f.inflation,
                           .trouble = f.trouble,
                           .form = assimilation::Form::root,
                           .relaxation = f.relaxation});
    synchronize(space);
  });
  const Real part = std::sqrt(t.dt / 86400.0);  // share of the walk of one day, in standard deviations
  for (int j = 0; j < f.column.extent(0); ++j)
    f.reopen(j) = std::sqrt(f.walk(j) * f.walk(j) * part * part + f.reopen(j) * f.reopen(j));
  scatter_members(f, t, f.reopen, 1.0, static_cast<std::uint32_t>(t.state.n_step));
  f.inflation.fill(1.0), f.reopen.fill(0.0);
}

std::vector<Real> sense(const Shadow& f, const Twin& t) {
  observe(f, t);
  std::vector<Real> out;
  for (int k = 0; k < f.y.extent(1); ++k)
    out.push_back(f.y(0, k) +
                  f.point[static_cast<std::size_t>(k)].kind->noise *
                      chance_of(t.state, 0, Stream::sensor, k).normal(static_cast<std::uint32_t>(t.state.n_step), 0));
  return out;
}

void fork(const Twin& from, Twin& to) {
  Snapshot kept = snapshot(from.state);
  if (from.system.site_name == to.system.site_name)
    kept.attributes["identity"] = to.state.identity;  // the other twin may have more hours
  restore(to.state, kept);
  const auto copy = [](const Array<Real, 2>& a, const Array<Real, 2>& b) {
    if (a.extent(0) != b.extent(0) || a.extent(1) > b.extent(1))
      throw std::invalid_argument(
          "fork: the twins have different inputs; accepted: the same network, start and members, and no fewer hours");
    for (int s = 0; s < a.extent(0); ++s) std::copy(&a(s, 0), &a(s, 0) + a.extent(1), &b(s, 0));
  };
  const sky::Weather &w = from.inputs.weather, &v = to.inputs.weather;
  copy(w.dni, v.dni), copy(w.dhi, v.dhi), copy(w.cover, v.cover), copy(w.temp_air, v.temp_air),
      copy(w.wind_speed, v.wind_speed);
  to.inputs.feed.p_node = from.inputs.feed.p_node.clone();
}

}  // namespace coldsun

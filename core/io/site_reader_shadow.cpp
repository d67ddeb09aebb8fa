// [shadow] of a site file: what the site publishes, in which unit, and what stands behind it.
#include <fmt/format.h>

#include <algorithm>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace {

constexpr Range spread = between(0, 1).usual(0.002, 0.7).or_zero();

// A topic's level: no wildcard, no empty or hidden part.
void check_topic(const Table& t, std::string_view key, const std::string& word) {
  const bool bad = word.empty() || std::any_of(word.begin(), word.end(), [](char c) { return c <= ' ' || c > '~' || c == '+' || c == '#' || c == '$'; }) ||
                   word.front() == '/' || word.back() == '/' || word.find("//") != std::string::npos;
  if (bad) t.fail(key, fmt::format("= \"{}\"; accepted: part of an MQTT topic, without spaces, wildcards and empty levels", word));
}

ShadowPoint read_point(Table t) {
  ShadowPoint p;
  p.quantity = t.word("quantity");
  const Observable* o = find_observable(p.quantity);
  if (!o) {
    std::string all;
    for (const Observable& known : observables()) all += fmt::format("{}{}", all.empty() ? "" : ", ", known.name);
    t.fail("quantity", fmt::format("= \"{}\"; accepted: {}", p.quantity, all));
  }
  p.object_type = t.word("object_type"), p.point_type = t.word("point_type"), p.tag = t.word("tag");
  check_topic(t, "object_type", p.object_type), check_topic(t, "point_type", p.point_type), check_topic(t, "tag", p.tag);
  if (o->axis == Observable::node && p.tag.find("{node}") == std::string::npos)
    t.fail("tag", fmt::format("= \"{}\"; accepted: one that holds {{node}}, as {} differs by node", p.tag, p.quantity));
  p.unit = t.word("unit");
  if (!find_unit(p.unit, o->quantity))
    t.fail("unit", fmt::format("= \"{}\"; accepted for a {}: {}", p.unit, name_of(o->quantity), suffixes(o->quantity)));
  p.noise = t.quantity("noise", o->difference, positive());
  p.low = t.quantity("min", o->quantity, any()), p.high = t.quantity("max", o->quantity, any());
  if (t.has("gain_sigma")) p.gain_sigma = t.number("gain_sigma", above(0, 1).usual(0.001, 0.5));
  t.finish();
  if (!(p.low < p.high)) t.fail("quantity", fmt::format("= \"{}\": its min is not below its max; accepted: a range", p.quantity));
  if (o->how != Observable::flow && p.gain_sigma > 0)
    t.fail("gain_sigma", fmt::format("stands at {}; accepted: at a flow, whose meter's gain the coolant's temperatures tell", p.quantity));
  return p;
}

}  // namespace

ShadowMap read_shadow(Table t) {
  ShadowMap m;
  m.tim_sigma = t.number("tim_sigma", spread);
  m.flow_sigma = t.number("flow_sigma", spread);
  m.soiling_sigma = t.number("soiling_sigma", spread);
  m.drift = t.number("drift_per_day", between(0, 1).usual(0.001, 0.5).or_zero());
  m.relaxation = t.number("relaxation", between(0, 0.95).usual(0.005, 0.95).or_zero());
  for (Table& p : t.children("point")) m.point.push_back(read_point(std::move(p)));
  t.finish();
  return m;
}

}  // namespace coldsun::site_reader

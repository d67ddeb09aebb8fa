// Relations between the keys of climate, hall, plates, cooling, shadow and studies.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

void settle(CloudClimate& c, Table& t, const Beside&) {
  for (std::size_t m = 0; m < 12; ++m)
    if (c.clear_fraction[m] + c.overcast_fraction[m] > 1 + 1e-12)
      t.fail("clear_fraction", "+ overcast_fraction is above 1 in a month; accepted: a sum of at most 1");
}

void settle(Climate& c, Table& t, const Beside&) {
  for (std::size_t m = 0; m < 12; ++m)
    if (c.temp_air_min[m] > c.temp_air_max[m])
      t.fail("temp_air_min_degc", "is above temp_air_max_degc in a month; accepted: min <= max");
}

void settle(NodeType& n, Table& t, const Beside&) {
  if (n.t_trip <= n.t_cap + n.t_cap_band)
    t.fail("t_trip", fmt::format("= {:g} degC; accepted: above the end of the cap's band, {:g} degC",
                                 to_unit("degc", n.t_trip), to_unit("degc", n.t_cap + n.t_cap_band)));
  if (n.t_restart >= n.t_trip)
    t.fail("t_restart", fmt::format("= {:g} degC; accepted: below t_trip = {:g} degC", to_unit("degc", n.t_restart),
                                    to_unit("degc", n.t_trip)));
  if (n.n_field > n.n_node) t.fail("n_field", fmt::format("= {}; accepted: 0 to n_node = {}", n.n_field, n.n_node));
  if (n.p_idle + n.p_leakage >= n.p_max)
    throw SiteError(t.at(fmt::format("p_idle + p_leakage = {:g} W; accepted: less than p_max = {:g} W",
                                     n.p_idle + n.p_leakage, n.p_max)));
}

void settle(Cooling& c, Table& t, const Beside&) {
  if (c.t_supply_min > c.t_supply)
    throw SiteError(t.at(fmt::format("t_supply_min = {:g} degC; accepted: at most t_supply = {:g} degC",
                                     to_unit("degc", c.t_supply_min), to_unit("degc", c.t_supply))));
}

void settle(PlateClass& p, Table& t, const Beside&) {
  if (p.channel.n_channel * p.channel.width >= p.width)
    t.child("channel").fail(
        "n_channel",
        fmt::format("= {}: the channels leave no wall in {:g} mm; accepted: n_channel * width below the plate's width",
                    p.channel.n_channel, p.width * 1e3));
  if (p.tim() < 0)
    t.fail("tim_layer", fmt::format("= \"{}\"; accepted: the name of a layer of the plate", p.tim_layer));
  if (p.flow_max < p.flow_min) t.fail("flow_max", "is below flow_min; accepted: flow_min or more");
  if (p.flow_reference < p.flow_min / 10 || p.flow_reference > p.flow_max * 10)
    t.fail("flow_reference", "is outside 0.1 flow_min to 10 flow_max; accepted: a flow within it");
  Real sum = 0;
  for (const Real x : p.power_map) sum += x;
  if (!(sum > 0)) t.fail("power_map", "is 0 everywhere; accepted: at least one positive density");
  const Real n = static_cast<Real>(p.power_map.size()),
             scale = std::fabs(sum - n) < 1e-12 * n ? 1.0 : n / sum;  // a mean of 1 is kept bit for bit
  for (Real& x : p.power_map) {
    x *= scale;
    if (x > 20)
      t.fail("power_map", fmt::format("holds a density of {:.3g} times the mean; accepted: at most 20 times", x));
    if (x > 5 || (x > 0 && x < 0.02))
      t.doubt("power_map", fmt::format("holds a density of {:.3g} times the mean; usual: 0 or 0.02 to 5 times", x));
  }
}

namespace {

// Part of a topic: no wildcards, no empty or hidden levels.
void check_topic(const Table& t, std::string_view key, const std::string& word) {
  const bool bad = word.empty() ||
                   std::any_of(word.begin(), word.end(),
                               [](char c) { return c <= ' ' || c > '~' || c == '+' || c == '#' || c == '$'; }) ||
                   word.front() == '/' || word.back() == '/' || word.find("//") != std::string::npos;
  if (bad)
    t.fail(key,
           fmt::format("= \"{}\"; accepted: part of an MQTT topic without spaces, wildcards and empty levels", word));
}

}  // namespace

void settle(ShadowPoint& p, Table& t, const Beside&) {
  const Observable& o = p.observed();
  check_topic(t, "object_type", p.object_type), check_topic(t, "point_type", p.point_type),
      check_topic(t, "tag", p.tag);
  if (o.axis == Observable::node && p.tag.find("{node}") == std::string::npos)
    t.fail("tag", fmt::format("= \"{}\"; accepted: a tag with {{node}}, since {} is per node", p.tag, p.quantity));
  if (!find_unit(p.unit, o.quantity))
    t.fail("unit", fmt::format("= \"{}\"; accepted for a {}: {}", p.unit, name_of(o.quantity), suffixes(o.quantity)));
  if (!(p.min < p.max))
    t.fail("quantity", fmt::format("= \"{}\": min is not below max; accepted: min < max", p.quantity));
  if (o.how != Observable::flow && p.gain_sigma > 0)
    t.fail("gain_sigma",
           fmt::format("is given for {}; accepted: only for flow, whose meter gain the coolant temperatures reveal",
                       p.quantity));
}

void settle(ParameterPrior& p, Table& t, const Beside&) {
  using ensemble::Shape;
  try {
    if (p.distribution == "normal") p.prior = ensemble::make_prior(Shape::normal, p.low, p.high, p.mean, p.deviation);
    else if (p.distribution == "lognormal")
      p.prior = ensemble::make_prior(Shape::lognormal, p.low, p.high, p.median, p.deviation_of_log);
    else if (p.distribution == "triangular")
      p.prior = ensemble::make_prior(Shape::triangular, p.low, p.high, p.mode, 0);
    else p.prior = ensemble::make_prior(Shape::uniform, p.low, p.high, p.low, 0);
  } catch (const std::invalid_argument& e) {
    throw SiteError(t.at(e.what()));
  }
}

void settle(StudyPriors& study, Table&, const Beside& beside) {
  StudyPriors::each_key(study, [&](const Key&, const ParameterPrior& p) {
    if (p.present) beside.site->prior.push_back(p);
  });
}

}  // namespace coldsun::site_reader

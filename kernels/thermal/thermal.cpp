// Thermal: makes System and State.
#include "thermal/thermal.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "thermal/make.hpp"

namespace coldsun::thermal {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("thermal: " + what); }

void check(const PlateSpec& p) {
  if (!(p.length > 0 && p.width > 0)) refuse("length or width of a plate is not positive; accepted: above 0 m");
  if (p.layer.empty()) refuse("a plate has 0 layers under its channels; accepted: at least 1");
  if (p.tim_layer >= static_cast<int>(p.layer.size()))
    refuse("tim_layer of a plate is beyond its layers; accepted: index of a layer, or -1 for none");
  for (const LayerSpec& l : p.layer)
    if (!(l.thickness > 0 && l.conductivity > 0 && l.heat_capacity > 0) || l.contact < 0)
      refuse(
          "a layer has a value out of range; accepted: thickness, conductivity, heat_capacity above 0, contact >= 0");
  if (p.layer.back().contact > 0 || p.lid.contact > 0)
    refuse("the last layer or the lid has a contact resistance; accepted: contact between two layers");
  if (p.tim_layer == static_cast<int>(p.layer.size()) - 1)
    refuse("tim_layer of a plate is its last layer, the channel base; accepted: a layer below it, or -1 for none");
  if (p.lid.thickness > 0 && !(p.lid.conductivity > 0 && p.lid.heat_capacity > 0))
    refuse("the lid has a conductivity or heat_capacity that is not positive; accepted: above 0");
  if (!(p.channel.n_channel >= 1 && p.channel.width > 0 && p.channel.height > 0))
    refuse("the channels of a plate are not defined; accepted: count >= 1, width and height above 0 m");
  if (!(p.channel.open_share(p.width) < 1.0))
    refuse("the channels are as wide as the plate; accepted: count times width below the plate's width");
  if (p.channel.n_fin_layer < 1 || !(p.channel.fin_conductivity > 0 && p.channel.fin_heat_capacity > 0))
    refuse("the fins of a plate are not defined; accepted: n_fin >= 1, conductivity and heat_capacity above 0");
  if (const std::size_t n = p.power_map.size(); n != 0 && n != map_rows * n_x && n != n_y * n_x)
    refuse("a power map has " + std::to_string(n) + " values; accepted: 8 or 16 rows of 8 values");
  if (std::any_of(p.power_map.begin(), p.power_map.end(), [](Real x) { return !(x >= 0); }))
    refuse("a power map has a negative value; accepted: 0 or more");
}

void check(const NodeSpec& n, std::size_t n_plates, std::size_t n_site) {
  if (n.site < 0 || static_cast<std::size_t>(n.site) >= n_site)
    refuse("the site of a node does not exist; accepted: index of a loop");
  if (n.plate < 0 || static_cast<std::size_t>(n.plate) >= n_plates)
    refuse("the plate class of a node does not exist; accepted: index of a plate");
  if (n.n_plate < 1) refuse("n_plate of a node is below 1; accepted: 1 or more");
  if (!(n.flow > 0)) refuse("flow of a plate is not positive; accepted: above 0 m3/s");
  if (!(n.liquid_fraction > 0 && n.liquid_fraction <= 1))
    refuse("liquid_fraction is out of range; accepted: above 0, at most 1");
  if (!(n.tim_factor > 0)) refuse("tim_factor is not positive; accepted: above 0");
  if (!(n.p_max > 0 && n.p_throttle >= 0 && n.p_throttle <= n.p_max))
    refuse("p_max or p_throttle of a node is out of range; accepted: 0 <= p_throttle <= p_max, p_max above 0 W");
  if (!(n.t_cap > 0 && n.t_cap_band > 0)) refuse("t_cap or t_cap_band of a node is not positive; accepted: above 0 K");
  if (!(n.t_trip > n.t_cap)) refuse("t_trip of a node is not above its t_cap; accepted: above t_cap");
  if (n.p_leakage < 0 || n.leakage_slope < 0)
    refuse("p_leakage or leakage_slope of a node is negative; accepted: 0 or more");
}

void check(const LoopModel& l) {
  if (!(l.c_supply > 0 && l.c_return > 0 && l.c_facility > 0 && l.hall_air.heat_capacity > 0))
    refuse("a heat capacity of a loop is not positive; accepted: above 0 J/K");
  if (!(l.pump.flow > 0 && l.flow_facility > 0)) refuse("a design flow of a loop is not positive; accepted: above 0");
  if (!(l.pump.efficiency > 0 && l.facility.pump.efficiency > 0 && l.hall_air.chiller_cop > 0))
    refuse("an efficiency or COP of a loop is not positive; accepted: above 0");
  if (!(l.cdu.band > 0 && l.dry_cooler.fan_band > 0 && l.hall_air.band > 0 && l.cdu.control_time > 0 &&
        l.dry_cooler.fan_time > 0))
    refuse("a control band or time constant of a loop is not positive; accepted: above 0");
  if (!(l.dry_cooler.fan_min > 0 && l.dry_cooler.fan_min <= 1))
    refuse("fan_min is out of range; accepted: above 0, at most 1");
}

}  // namespace

std::vector<Real> power_shares(const std::vector<Real>& map) {
  std::vector<Real> out(n_x * n_y, 1.0 / (n_x * n_y));
  if (map.empty()) return out;
  const int repeat = n_y * n_x / static_cast<int>(map.size());  // rows of the plate per row of the map
  Real sum = 0;
  for (const Real x : map) sum += x * repeat;
  if (!(sum > 0)) refuse("a power map is 0 everywhere; accepted: at least one value above 0");
  for (int y = 0; y < n_y; ++y)
    for (int x = 0; x < n_x; ++x)
      out[static_cast<std::size_t>(y * n_x + x)] = map[static_cast<std::size_t>(y / repeat * n_x + x)] / sum;
  return out;
}

namespace {

struct Key {
  int plate;
  Real flow, tim;
  bool operator==(const Key&) const = default;
};

}  // namespace

Stack make_stack(const PlateSpec& p, Real tim_factor) {
  check(p);
  struct Part {  // a layer, or the fins, and the number of cells that it is split into
    Real thickness, conductivity, heat_capacity, contact;
    int most, pieces = 1;
    // Time constant of one cell times its resistance: the error measure by which parts are split.
    Real blur() const {
      const Real d = thickness / pieces;
      return pieces < most ? d * d * d * heat_capacity / (conductivity * conductivity) : -1.0;
    }
  };
  std::vector<Part> parts;
  const int n_layer = static_cast<int>(p.layer.size());
  for (int i = 0; i < n_layer; ++i) {
    const LayerSpec& l = p.layer[static_cast<std::size_t>(i)];
    parts.push_back(
        {l.thickness, l.conductivity / (i == p.tim_layer ? tim_factor : 1.0), l.heat_capacity, l.contact, n_solid});
  }
  parts.push_back(
      {p.channel.height, p.channel.fin_conductivity, p.channel.fin_heat_capacity, 0.0, p.channel.n_fin_layer});
  const bool lid = p.lid.thickness > 0;
  const int room = n_solid - n_layer - (lid ? 1 : 0);
  if (room < 1)
    refuse("a plate has " + std::to_string(n_layer) + " layers, fins and " + (lid ? "a lid" : "no lid") +
           "; accepted: at most " + std::to_string(n_solid) + " together, the fins counted as 1");
  for (int n = 1; n < room; ++n)
    ++std::max_element(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
        return a.blur() < b.blur();
      })->pieces;
  Stack s;
  s.length = p.length, s.width = p.width, s.channel = p.channel, s.coolant = p.coolant;
  int z = 0;
  for (int i = 0; i <= n_layer; ++i) {
    const Part& c = parts[static_cast<std::size_t>(i)];
    if (i == p.tim_layer) s.tim_first = z, s.tim_last = z + c.pieces - 1;
    if (i == n_layer) s.n_below = z, s.n_fin = c.pieces;
    for (int k = 0; k < c.pieces; ++k, ++z) {
      s.thickness[z] = c.thickness / c.pieces, s.conductivity[z] = c.conductivity, s.heat_capacity[z] = c.heat_capacity;
      s.contact[z] = k + 1 == c.pieces ? c.contact : 0.0;
    }
  }
  if (lid)
    s.thickness[z] = p.lid.thickness, s.conductivity[z] = p.lid.conductivity, s.heat_capacity[z] = p.lid.heat_capacity;
  const CoolantProperties c = coolant_properties(p.coolant, p.t_design);
  s.rho_cp = c.rho * c.cp;
  return s;
}

System make_system(const std::vector<PlateSpec>& plates, const std::vector<NodeSpec>& nodes,
                   const std::vector<LoopModel>& loops, Device device, const Options& options) {
  if (plates.empty() || nodes.empty() || loops.empty())
    refuse("the list of plates, nodes or loops is empty; accepted: at least one of each");
  for (const PlateSpec& p : plates) check(p);
  for (const NodeSpec& n : nodes) check(n, plates.size(), loops.size());
  for (const LoopModel& l : loops) check(l);
  if (!std::is_sorted(nodes.begin(), nodes.end(), [](const NodeSpec& a, const NodeSpec& b) { return a.site < b.site; }))
    refuse("the nodes are not sorted by site; accepted: ascending site index");
  if (!(options.tolerance > 0 && options.h_restart > 0 && options.h_min > 0))
    refuse("tolerance, h_restart or h_min is not positive; accepted: above 0");

  System s;
  s.n_site = static_cast<int>(loops.size()), s.n_node = static_cast<int>(nodes.size());
  s.tolerance = options.tolerance, s.h_restart = options.h_restart, s.h_min = options.h_min;

  for (const NodeSpec& n : nodes) ++(n.field ? s.n_field : s.n_lumped);

  std::vector<Key> keys;
  std::vector<std::int32_t> model;
  for (const NodeSpec& n : nodes) {
    const Key key{n.plate, n.flow, n.tim_factor};
    const auto at = std::find(keys.begin(), keys.end(), key);
    model.push_back(static_cast<std::int32_t>(at - keys.begin()));
    if (at == keys.end()) keys.push_back(key);
  }
  const int n_model = static_cast<int>(keys.size());
  allocate_fields(s, device,
                  {{"model", n_model},
                   {"y", n_y},
                   {"x", n_x},
                   {"node", s.n_node},
                   {"field", s.n_field},
                   {"lumped", s.n_lumped},
                   {"site", s.n_site},
                   {"site_edge", s.n_site + 1}});
  for (int k = 0; k < n_model; ++k) {
    const Key& key = keys[static_cast<std::size_t>(k)];
    const PlateSpec& p = plates[static_cast<std::size_t>(key.plate)];
    const std::vector<Real> map = power_shares(p.power_map);
    std::copy(map.begin(), map.end(), &s.power_map(k, 0, 0));
    s.stack(k) = make_stack(p, key.tim);
    s.lumped(k) = fit_lumped(s.stack(k), map.data(), key.flow, p.t_design, s.r_junction(k));
  }

  for (int i = 0, field = 0, lumped = 0; i < s.n_node; ++i) {
    const NodeSpec& n = nodes[static_cast<std::size_t>(i)];
    s.model(i) = model[static_cast<std::size_t>(i)];
    s.site(i) = n.site, s.n_plate(i) = n.n_plate, s.flow(i) = n.flow, s.liquid_fraction(i) = n.liquid_fraction;
    s.p_max(i) = n.p_max, s.p_throttle(i) = n.p_throttle, s.t_cap(i) = n.t_cap, s.t_cap_band(i) = n.t_cap_band;
    s.p_leakage(i) = n.p_leakage, s.t_leakage(i) = n.t_leakage, s.leakage_slope(i) = n.leakage_slope;
    s.t_trip(i) = n.t_trip, s.t_restart(i) = n.t_restart, s.restart_time(i) = n.restart_time;
    s.p_leak_bound(i) = std::max(
        0.0, n.p_leakage * (std::exp(std::min(n.leakage_slope * (n.t_cap + n.t_cap_band - n.t_leakage), 4.0)) - 1.0));
    s.fidelity(i) = n.field ? field : -1 - lumped;
    if (n.field) s.node_of_field(field++) = i;
    else s.node_of_lumped(lumped++) = i;
  }

  for (int k = 0, i = 0; k < s.n_site; ++k) {
    LoopModel l = loops[static_cast<std::size_t>(k)];
    l.flow = l.v_dot = 0.0;
    Real dp_most = 0.0;  // plates are parallel branches: the one with the highest head sets the loop's head
    s.first_node(k) = i;
    for (; i < s.n_node && s.site(i) == k; ++i) {
      const Real v = s.n_plate(i) * s.flow(i);
      const Stack& p = s.stack(s.model(i));
      l.v_dot += v, l.flow += v * p.rho_cp;
      const Real dp = pressure_drop(p.channel, l.properties, s.flow(i), p.length);
      if (dp > dp_most) dp_most = dp, l.channel = p.channel, l.channel_length = p.length, l.flow_share = s.flow(i);
    }
    if (l.v_dot > 0.0) l.flow_share /= l.v_dot;
    s.first_node(k + 1) = i;
    s.loop(k) = l;
  }
  return s;
}

State make_state(const System& sys, int n_member, Device device, Real t_start) {
  if (n_member < 1) refuse("the number of members is below 1; accepted: 1 or more");
  State s;
  allocate_fields(s, device,
                  {{"member", n_member},
                   {"field", sys.n_field},
                   {"lumped", sys.n_lumped},
                   {"node", sys.n_node},
                   {"site", sys.n_site},
                   {"z", n_solid},
                   {"y", n_y},
                   {"x", n_x},
                   {"mode", n_lumped_mode}});
  s.t_solid.fill(t_start), s.t_coolant.fill(t_start), s.t_lumped.fill(t_start), s.t_junction.fill(t_start),
      s.t_outlet.fill(t_start);
  s.flow_gain.fill(1.0), s.tim_gain.fill(1.0);
  s.t_supply.fill(t_start), s.t_return.fill(t_start), s.t_facility.fill(t_start);
  for (int m = 0; m < n_member; ++m)
    for (int k = 0; k < sys.n_site; ++k)
      s.t_hall(m, k) = sys.loop(k).hall_air.t_set, s.valve(m, k) = 0.5,
                  s.fan_speed(m, k) = sys.loop(k).dry_cooler.fan_min;
  return s;
}

}  // namespace coldsun::thermal

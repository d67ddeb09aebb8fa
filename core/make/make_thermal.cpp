// Site -> plates, nodes, coolant loops, dry cooler and hall air.
#include <stdexcept>

#include "common/atmosphere.hpp"
#include "core/make/make_system.hpp"
#include "thermal/make.hpp"

namespace coldsun {

namespace {

thermal::Coolant coolant_of(const std::string& word) {
  if (word == "water") return thermal::Coolant::water;
  if (word == "pg25") return thermal::Coolant::pg25;
  throw std::invalid_argument("coolant = \"" + word + "\"; accepted: \"water\", \"pg25\"");
}

thermal::LoopModel loop_of(const Site& site) {
  const Cooling& c = site.cooling;
  const auto plate = thermal::coolant_properties(coolant_of(c.coolant), c.t_supply);
  const auto facility = thermal::coolant_properties(coolant_of(c.facility.coolant), c.t_supply);
  thermal::LoopModel l;
  // Half of the coolant volume on either side of the plates; the CDU metal counts with the supply.
  l.c_supply = 0.5 * c.volume * plate.rho * plate.cp + c.cdu.heat_capacity;
  l.c_return = 0.5 * c.volume * plate.rho * plate.cp;
  l.properties = plate;
  l.c_facility = c.facility.volume * facility.rho * facility.cp;
  l.flow_facility = c.facility.pump.flow * facility.rho * facility.cp;
  l.pressure = standard_pressure(site.altitude);
  take(l, c);
  return l;
}

}  // namespace

thermal::PlateSpec plate_spec(const PlateClass& p, Real t_design) {
  if (p.n_x != thermal::n_x || p.n_y != thermal::map_rows)
    throw std::invalid_argument("plate " + p.name + ": n_x, n_y = " + std::to_string(p.n_x) + ", " +
                                std::to_string(p.n_y) + "; accepted: 8, 8");
  thermal::PlateSpec s;
  take(s, p);
  s.tim_layer = p.tim();
  s.coolant = coolant_of(p.coolant);
  s.t_design = t_design;
  return s;
}

namespace {
Real plate_flow(const Site& site, const NodeType& type) {  // flow per plate at the loop's design flow [m3/s]
  Real n_plate = 0;
  for (const NodeType& t : site.hall.node) n_plate += t.n_node * t.n_plate * t.flow_factor;
  return site.cooling.pump.flow / n_plate * type.flow_factor;
}
}  // namespace

Real plates_head(const Site& site) {
  const auto coolant = thermal::coolant_properties(coolant_of(site.cooling.coolant), site.cooling.t_supply);
  Real most = 0;
  for (const NodeType& t : site.hall.node)
    for (const PlateClass& p : site.plate)
      if (p.name == t.plate)
        most = std::max(most, thermal::pressure_drop(plate_spec(p, site.cooling.t_supply).channel, coolant,
                                                     plate_flow(site, t), p.length));
  return most;
}

thermal::System make_thermal(const Network& network, Device device) {
  std::vector<thermal::PlateSpec> plates;
  std::vector<thermal::NodeSpec> nodes;
  std::vector<thermal::LoopModel> loops;
  for (int s = 0; s < static_cast<int>(network.site.size()); ++s) {
    const Site& site = network.site[static_cast<std::size_t>(s)];
    const int first_plate = static_cast<int>(plates.size());
    for (const PlateClass& p : site.plate) plates.push_back(plate_spec(p, site.cooling.t_supply));
    for (const NodeType& t : site.hall.node) {
      thermal::NodeSpec n;
      n.site = s;
      n.plate = -1;
      for (std::size_t i = 0; i < site.plate.size(); ++i)
        if (site.plate[i].name == t.plate) n.plate = first_plate + static_cast<int>(i);
      if (n.plate < 0)
        throw std::invalid_argument(site.name + ": hall.node[" + t.name + "].plate = \"" + t.plate +
                                    "\"; accepted: a plate that was read");
      take(n, t);
      n.flow = plate_flow(site, t);
      n.liquid_fraction = site.hall.liquid_fraction;
      n.p_throttle = t.throttle_floor * t.p_max;
      for (int i = 0; i < t.n_node; ++i) {
        n.field = i < t.n_field;
        nodes.push_back(n);
      }
    }
    loops.push_back(loop_of(site));
  }
  return thermal::make_system(plates, nodes, loops, device);
}

}  // namespace coldsun

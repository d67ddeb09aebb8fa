// Labels and positions on the axes of a record: planes, strings, layers and columns of resolved plates.
#include <algorithm>

#include "core/make/make_system.hpp"

namespace coldsun {

namespace {

// Layer name of every solid cell of a plate, upwards from the power plane; cells of one layer are numbered.
std::vector<std::string> layers_of(const PlateClass& p, const thermal::Stack& stack) {
  std::vector<std::string> cell;
  Real height = 0;
  for (int z = 0; z < thermal::n_solid; ++z) {
    std::string name = stack.is_fin(z) ? "fin" : (z >= stack.n_below ? "lid" : "below");
    const Real middle = height + 0.5 * stack.thickness[z];
    height += stack.thickness[z];
    Real top = 0;
    for (const Layer& l : p.layer)
      if (top += l.thickness; z < stack.n_below && middle < top) {
        name = l.name;
        break;
      }
    cell.push_back(name);
  }
  std::vector<std::string> out = cell;
  for (std::size_t z = 0; z < cell.size(); ++z)
    if (std::count(cell.begin(), cell.end(), cell[z]) > 1)
      out[z] +=
          " " + std::to_string(1 + std::count(cell.begin(), cell.begin() + static_cast<std::ptrdiff_t>(z), cell[z]));
  return out;
}

// Centres of n equal parts of a length [mm].
std::vector<Real> middles(Real length, int n) {
  std::vector<Real> x;
  for (int i = 0; i < n; ++i) x.push_back(1e3 * length * (i + 0.5) / n);
  return x;
}

// Plate class of the node with resolved plate number `field`.
const PlateClass* plate_of(const Network& network, const thermal::System& sys, int field) {
  int n = sys.node_of_field(field);
  for (const Site& site : network.site)
    for (const NodeType& t : site.hall.node) {
      if (n < t.n_node) {
        const auto found =
            std::find_if(site.plate.begin(), site.plate.end(), [&](const PlateClass& p) { return p.name == t.plate; });
        return found == site.plate.end() ? nullptr : &*found;
      }
      n -= t.n_node;
    }
  return nullptr;
}

}  // namespace

void name_axes(System& s, const Network& network) {
  for (const Site& site : network.site)
    for (const StringGroup& g : site.power.strings) {
      s.plane_name.push_back(site.name + "/" + g.name);
      for (int i = 0; i < g.n_row; ++i) s.string_name.push_back(site.name + "/" + g.name + "/" + std::to_string(i));
    }
  for (int f = 0; f < s.thermal.n_field; ++f) {  // plates of several classes share an axis only where they agree
    const PlateClass* p = plate_of(network, s.thermal, f);
    if (!p) continue;
    const auto layer = layers_of(*p, s.thermal.stack(s.thermal.model(s.thermal.node_of_field(f))));
    const auto x = middles(p->width, thermal::n_x), y = middles(p->length, thermal::n_y);
    if (f == 0) {
      s.layer_name = layer;
      s.column_x = x;
      s.column_y = y;
    }
    if (s.layer_name != layer) s.layer_name.clear();
    if (s.column_x != x) s.column_x.clear();
    if (s.column_y != y) s.column_y.clear();
  }
}

}  // namespace coldsun

// Stack: what one class of cold plate is made of, as plain numbers; from it the conductances and capacities of the operator.
#pragma once
#include "thermal/coolant.hpp"
#include "thermal/film.hpp"

namespace coldsun::thermal {

inline constexpr int n_x = 8;      // columns across the flow: the lanes of the solver
inline constexpr int n_y = 8;      // columns along the flow
inline constexpr int n_solid = 9;  // solid cells of a column, die first: silicon, interface, base, fin sub-layers, lid

// Cells are numbered from the power plane upwards: n_below cells under the channels, then n_fin fin sub-layers, then the lid's.
template <int NS>
struct StackOf {
  Real length = 0, width = 0;                  // along and across the flow [m]
  Real thickness[NS] = {};                     // of each cell [m]
  Real conductivity[NS] = {};                  // [W/(m K)]
  Real heat_capacity[NS] = {};                 // volumetric [J/(m3 K)]
  Real contact[NS] = {};                       // contact resistance on the upper face of each cell [m2 K/W]
  std::int32_t n_below = 0, n_fin = 0;         // cells under the channels; fin sub-layers; the other NS - n_below - n_fin are lid
  std::int32_t tim_first = -1, tim_last = -1;  // the cells of the interface material, -1: none
  ChannelArray channel;                        // the coolant's side (film.hpp)
  Coolant coolant = Coolant::water;
  Real rho_cp = 0;  // of the coolant at the design temperature [J/(m3 K)]: fixed, so that stored heat is a state

  COLDSUN_FN int n_lid() const { return NS - n_below - n_fin; }
  COLDSUN_FN bool is_fin(int z) const { return z >= n_below && z < n_below + n_fin; }
  COLDSUN_FN bool is_tim(int z) const { return z >= tim_first && z <= tim_last && tim_first >= 0; }
  // Share of the plan area that is solid at cell z.
  COLDSUN_FN Real solid_share(int z) const { return is_fin(z) ? 1.0 - channel.open_share(width) : 1.0; }
};
using Stack = StackOf<n_solid>;

// One column's coefficients, equal for all x: what makes the cosine transform across the flow exact.
//   capacity dT/dt = sum of conductances times differences + power; the fluid cell has index NS.
template <int NY, int NS>
struct Operator {
  Real capacity[NS + 1];  // [J/K] per cell
  Real across[NS];        // conductance between neighbours in x [W/K]
  Real along[NS];         // conductance between neighbours in y [W/K]
  Real up[NY][NS];        // conductance between cell z and z + 1 [W/K]; the last is 0
  Real film[NY][NS];      // conductance between cell z and the fluid cell [W/K]
  Real flow;              // capacity rate of one column's coolant, rho c V / n_x, positive along +y [W/K]
};

// Three resistances that meet in a surface (base, fin foot, film) become three that join their far ends (star-mesh transform).
COLDSUN_FN Real star(Real g_a, Real g_b, Real g_sum) { return g_sum > 0.0 ? g_a * g_b / g_sum : 0.0; }

// Conductance between the centres of cells z and z + 1 of equal plan area: half cells and contact in series, exact for steady conduction.
template <int NS>
COLDSUN_FN Real series(const StackOf<NS>& s, int z, Real area, Real tim_gain) {
  const Real below = 0.5 * s.thickness[z] / s.conductivity[z] * (s.is_tim(z) ? tim_gain : 1.0);
  const Real above = 0.5 * s.thickness[z + 1] / s.conductivity[z + 1] * (s.is_tim(z + 1) ? tim_gain : 1.0);
  return area / (below + above + s.contact[z]);
}

// Fills the operator for a plate at a flow, with the local film coefficient h[NY] in each row along the flow [W/(m2 K)].
// Fins conduct along y and z only: across x their walls are parted by coolant, and that path is left out (base and lid spread the heat).
template <int NY, int NS>
COLDSUN_FN void fill_operator(const StackOf<NS>& s, Real flow, const Real* h, Real tim_gain, Operator<NY, NS>& a) {
  const Real dx = s.width / n_x, dy = s.length / NY, area = dx * dy;
  const Real open = s.channel.open_share(s.width);
  for (int z = 0; z < NS; ++z) {
    const Real share = s.solid_share(z);
    a.capacity[z] = s.heat_capacity[z] * share * area * s.thickness[z];
    a.across[z] = s.is_fin(z) ? 0.0 : s.conductivity[z] * s.thickness[z] * dy / dx;
    a.along[z] = s.conductivity[z] * share * s.thickness[z] * dx / dy;
  }
  a.capacity[NS] = s.rho_cp * open * area * s.channel.height;
  a.flow = s.rho_cp * flow / n_x;

  const int base = s.n_below - 1, foot = s.n_below, tip = s.n_below + s.n_fin - 1, lid = s.n_below + s.n_fin;
  const Real half_base = 2.0 * s.conductivity[base] * area / s.thickness[base];
  const Real half_fin = s.n_fin > 0 ? 2.0 * s.conductivity[foot] * s.solid_share(foot) * area / s.thickness[foot] : 0.0;
  const Real half_tip = s.n_fin > 0 ? 2.0 * s.conductivity[tip] * s.solid_share(tip) * area / s.thickness[tip] : 0.0;
  const Real half_lid = s.n_lid() > 0 ? 2.0 * s.conductivity[lid] * area / s.thickness[lid] : 0.0;
  const Real sides = 2.0 * s.channel.count / s.width * area;  // wetted side area per height of channel [m]
  for (int y = 0; y < NY; ++y) {
    for (int z = 0; z < NS; ++z) {
      const bool plain = z + 1 < NS && z != base && !(z == tip && s.n_fin > 0);
      a.up[y][z] = plain ? series(s, z, area * s.solid_share(z), tim_gain) : 0.0;
      a.film[y][z] = s.is_fin(z) ? h[y] * sides * s.thickness[z] : 0.0;
    }
    const Real wet = h[y] * open * area;
    const Real at_base = half_base + half_fin + wet;  // the base's upper surface: base, fin foot, channel floor
    a.film[y][base] += star(half_base, wet, at_base);
    if (s.n_fin > 0) a.up[y][base] = star(half_base, half_fin, at_base), a.film[y][foot] += star(half_fin, wet, at_base);
    if (s.n_lid() > 0 && s.n_fin > 0) {
      const Real at_lid = half_lid + half_tip + wet;  // the lid's lower surface: lid, fin tip, channel roof
      a.up[y][tip] = star(half_tip, half_lid, at_lid);
      a.film[y][tip] += star(half_tip, wet, at_lid), a.film[y][lid] += star(half_lid, wet, at_lid);
    }
  }
}

}  // namespace coldsun::thermal

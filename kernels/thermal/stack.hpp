// Stack: layers, channels and coolant of one class of cold plate; from it, the operator's conductances and capacities.
#pragma once
#include "thermal/coolant.hpp"
#include "thermal/film.hpp"

namespace coldsun::thermal {

inline constexpr int n_x = 8;      // columns across the flow: the lanes of the solver
inline constexpr int n_y = 16;     // rows along the flow
inline constexpr int n_solid = 7;  // solid cells of a column, die first: silicon, interface, base, fin sub-layers, lid

// Cells are numbered upwards from the power plane: n_below cells under the channels, n_fin fin sub-layers, then the
// lid.
template <int NS>
struct StackOf {
  Real length = 0, width = 0;   // along and across the flow [m]
  Real thickness[NS] = {};      // of each cell [m]
  Real conductivity[NS] = {};   // [W/(m K)]
  Real heat_capacity[NS] = {};  // volumetric [J/(m3 K)]
  Real contact[NS] = {};        // contact resistance on the upper face of each cell [m2 K/W]
  // cells under the channels; fin sub-layers; the remaining NS - n_below - n_fin are the lid
  std::int32_t n_below = 0, n_fin = 0;
  std::int32_t tim_first = -1, tim_last = -1;  // the cells of the interface material, -1: none
  ChannelArray channel;                        // coolant channels (film.hpp)
  Coolant coolant = Coolant::water;
  // of the coolant at the design temperature [J/(m3 K)]; constant, so that stored heat depends on temperature only
  Real rho_cp = 0;

  COLDSUN_FN int n_lid() const { return NS - n_below - n_fin; }
  COLDSUN_FN bool is_fin(int z) const { return z >= n_below && z < n_below + n_fin; }
  COLDSUN_FN bool is_tim(int z) const { return z >= tim_first && z <= tim_last && tim_first >= 0; }
  // Share of the plan area that is solid at cell z.
  COLDSUN_FN Real solid_share(int z) const { return is_fin(z) ? 1.0 - channel.open_share(width) : 1.0; }
};
using Stack = StackOf<n_solid>;

// Coefficients of one column, equal for all x, so that the cosine transform across the flow is exact.
//   capacity dT/dt = sum of conductances times differences + power; the fluid cell has index NS.
template <int NY, int NS>
struct Operator {
  Real capacity[NS + 1];  // [J/K] per cell
  Real across[NS];        // conductance between neighbours in x [W/K]
  Real along[NS];         // conductance between neighbours in y [W/K]
  Real up[NY][NS];        // conductance between cell z and z + 1 [W/K]; the last is 0
  Real film[NY][NS];      // conductance between cell z and the fluid of its row [W/K]
  // the walls see outlet_share t_fluid[y] + (1 - outlet_share) t_fluid[y - 1]; t_fluid is a row's outlet temperature
  Real outlet_share[NY];
  // capacity rate of one column's coolant, rho c V / n_x, from row 0 to row NY - 1; never negative [W/K]
  Real flow;
  Real to_plane;  // resistance from the power plane, the face under cell 0, to that cell's centre [K/W]
};

// Exponential profile of a coolant along a wall of uniform temperature (Patankar 1980, Numerical Heat Transfer and
// Fluid Flow, 5.2-3). Returns, for ntu = film / capacity rate, the weight of the outlet temperature in the coolant
// temperature seen by the wall: 1/2 at large flow, 1 without flow. Monotone at every ntu; second order where the wall's
// temperature varies along the flow.
COLDSUN_FN Real exponential_share(Real film, Real flow) {
  if (!(flow > 0.0)) return 1.0;
  const Real ntu = film / flow;
  return ntu < 0.02 ? 0.5 + ntu / 12.0
                    : -1.0 / std::expm1(-ntu) - 1.0 / ntu;  // the next term of the series is ntu^3 / 720
}

// Star-mesh transform: three resistances that meet in a surface (base, fin foot, film) become three between their far
// ends.
COLDSUN_FN Real star(Real g_a, Real g_b, Real g_sum) { return g_sum > 0.0 ? g_a * g_b / g_sum : 0.0; }

// Conductance between the centres of cells z and z + 1 of equal plan area: half cells and contact in series. Exact for
// steady conduction.
template <int NS>
COLDSUN_FN Real series(const StackOf<NS>& s, int z, Real area, Real tim_gain) {
  const Real below = 0.5 * s.thickness[z] / s.conductivity[z] * (s.is_tim(z) ? tim_gain : 1.0);
  const Real above = 0.5 * s.thickness[z + 1] / s.conductivity[z + 1] * (s.is_tim(z + 1) ? tim_gain : 1.0);
  return area / (below + above + s.contact[z]);
}

// Conductances of a piece of fin, exact in steady state with coolant of uniform temperature: between its ends, and from
// each end to the coolant. g: conductance along the piece; film: conductance of its sides; m d = sqrt(film / g).
struct FinPiece {
  Real along, to_fluid;  // [W/K]
};
COLDSUN_FN FinPiece fin_piece(Real g, Real film) {
  const Real md = std::sqrt(film / g);
  if (md < 1e-3) return {g, 0.5 * film};  // relative error: next terms md^2 / 6 and md^2 / 12
  const Real e = math::exp(-md), scale = g * md;
  return {scale * 2.0 * e / (1.0 - e * e), scale * (1.0 - e) / (1.0 + e)};
}

// Fills the operator for a plate at a flow >= 0, with the film coefficient h[NY] of each row along the flow [W/(m2 K)].
// Fins conduct along y and z only: across x the coolant separates their walls, and that path is neglected (base and lid
// spread the heat).
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
  a.to_plane = 0.5 * s.thickness[0] / (s.conductivity[0] * area);

  const int base = s.n_below - 1, foot = s.n_below, tip = s.n_below + s.n_fin - 1, lid = s.n_below + s.n_fin;
  const Real half_base = 2.0 * s.conductivity[base] * area / s.thickness[base];
  // along one sub-layer
  const Real fin = s.n_fin > 0 ? s.conductivity[foot] * s.solid_share(foot) * area / s.thickness[foot] : 0.0;
  const Real half_lid = s.n_lid() > 0 ? 2.0 * s.conductivity[lid] * area / s.thickness[lid] : 0.0;
  const Real sides = s.channel.side_share(s.width) * area;  // wetted side area per channel height [m]
  for (int y = 0; y < NY; ++y) {
    for (int z = 0; z < NS; ++z) {
      const bool plain = z + 1 < NS && z != base && !s.is_fin(z);
      a.up[y][z] = plain ? series(s, z, area, tim_gain) : 0.0;
      a.film[y][z] = 0.0;
    }
    const Real wet = h[y] * open * area;
    if (s.n_fin == 0) a.film[y][base] += star(half_base, wet, half_base + wet);
    else {
      const Real side = h[y] * sides * s.thickness[foot];
      const FinPiece whole = fin_piece(fin, side), half = fin_piece(2.0 * fin, 0.5 * side);
      for (int z = foot; z < tip; ++z)
        a.up[y][z] = whole.along, a.film[y][z] += whole.to_fluid, a.film[y][z + 1] += whole.to_fluid;
      a.film[y][foot] += half.to_fluid, a.film[y][tip] += half.to_fluid;
      // upper surface of the base: base, fin foot, and channel floor with the foot's half piece
      const Real floor = wet + half.to_fluid, at_base = half_base + half.along + floor;
      a.up[y][base] = star(half_base, half.along, at_base);
      a.film[y][base] += star(half_base, floor, at_base), a.film[y][foot] += star(half.along, floor, at_base);
      // Lower surface of the lid: lid, fin tip, and channel roof with the tip's half piece. Without a lid, the tip
      // loses heat through its sides only.
      const Real roof = (s.n_lid() > 0 ? wet : 0.0) + half.to_fluid, at_lid = half_lid + half.along + roof;
      a.film[y][tip] += star(half.along, roof, at_lid);
      if (s.n_lid() > 0)
        a.up[y][tip] = star(half.along, half_lid, at_lid), a.film[y][lid] += star(half_lid, roof, at_lid);
    }
    Real film = 0.0;
    for (int z = 0; z < NS; ++z) film += a.film[y][z];
    a.outlet_share[y] = exponential_share(film, a.flow);
  }
}

}  // namespace coldsun::thermal

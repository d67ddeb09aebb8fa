// A plate in steady state: temperature rise of its junction above the inlet per plate power, from the resolved operator
// without capacity; for one flow and for arrays of flows.
#pragma once
#include "thermal/plate.hpp"

namespace coldsun::thermal {

// Conditions of the plate: flow [m3/s], film temperature of the coolant [K], resistance of the interface relative to
// the stack's.
struct Rest {
  Real flow, t_film, tim_gain;
};

// [K/W]. The solver's source must hold the power map; its other arrays are overwritten.
template <class Team, class Solver>
COLDSUN_FN Real resistance_at_rest(Team& team, const Solver& s, const Stack& stack, const Rest& at) {
  if (team.rank() == 0) {
    Real h[n_y];
    film_rows<n_y>(stack.channel, coolant_properties(stack.coolant, at.t_film), at.flow, stack.length, h);
    fill_operator(stack, at.flow, h, at.tim_gain, *s.a);
  }
  for (int i = team.rank(); i < n_y * n_x; i += team.size()) s.face[i] = 0.0;
  team.sync();
  s.prepare(team, 0.0);
  team.sync();
  Real slope = 0.0;
  return FaceJunction<n_y>{s.face, s.face_unit, 1.0, 0.0}(1.0, slope);
}

// A functor of for_teams over points. reads 3 Real and the plate, writes 1 Real: 32 B. Factorises and solves eight band
// systems of 128 unknowns: about 0.5 Mflop.
struct ResistanceOfPlate {
  using Solver = PlateSolver<n_y, n_solid>;
  Stack stack;
  View<const Real, 2> power_map;  // (y, x) shares of the plate's power
  View<const Real, 1> flow, t_film, tim_gain;
  View<Real, 1> resistance;  // [K/W]
  template <class Team>
  COLDSUN_FN void operator()(Team& team, int item) const {
    const Solver s = Solver::make(team);
    team.sync();
    for (int y = team.rank(); y < n_y; y += team.size())
      store(s.source + y * n_mode, transform(s.table.transpose, &power_map(y, 0)));
    team.sync();
    const Real r = resistance_at_rest(team, s, stack, {flow(item), t_film(item), tim_gain(item)});
    const bool known = (flow(item) == flow(item)) & (t_film(item) == t_film(item)) & (tim_gain(item) == tim_gain(item));
    if (team.rank() == 0) resistance(item) = known ? r : math::not_a_number;
  }
};

}  // namespace coldsun::thermal

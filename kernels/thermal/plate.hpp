// Plate: one resolved plate and its power through a cut, by SDIRK2 in cosine modes. Written for a team; on the host a
// team is one thread.
#pragma once
#include <type_traits>

#include "common/team.hpp"
#include "thermal/lumped.hpp"
#include "thermal/modes.hpp"

namespace coldsun::thermal {

// A team with the constant size 1 processes all modes of a row as one vector; in other teams each thread has one mode.
template <class Team>
concept OneThread = requires { typename std::integral_constant<int, Team::size()>; };
template <class Team>
inline constexpr int lanes_of = OneThread<Team> ? n_mode : 1;

// Hottest cell of the power plane at node power p, each cell being linear in p: t_inlet + max(rise + share p gain).
template <int NY>
struct FaceJunction {
  const Real *rise, *gain;  // [NY][n_x]
  Real share, t_inlet;
  COLDSUN_FN Real operator()(Real p, Real& slope) const {
    const Real q = share * p;
    Lanes<n_x> hot = lanes<n_x>(-1e300), at = lanes<n_x>(0.0);
    for (int y = 0; y < NY; ++y)
      for (int x = 0; x < n_x; ++x) {
        const Real g = gain[y * n_x + x], t = std::fma(q, g, rise[y * n_x + x]);
        const bool hotter = t > hot.v[x];
        hot.v[x] = hotter ? t : hot.v[x], at.v[x] = hotter ? g : at.v[x];
      }
    Real t = hot.v[0], g = at.v[0];
    for (int x = 1; x < n_x; ++x)
      if (hot.v[x] > t) t = hot.v[x], g = at.v[x];
    slope = share * g;
    return t_inlet + t;
  }
};

// The plate's stack and coolant flow. Builds the operator; the film uses the coolant's mean temperature at the start of
// the step, so its properties lag by one step.
template <int NS>
struct PlateFlow {
  const StackOf<NS>* stack;
  Real flow, tim_gain;  // [m3/s], not negative; resistance of the interface material relative to the stack's

  template <class Team, class Solver>
  COLDSUN_FN void refresh(Team& team, const Solver& s, Real t_inlet) const {
    if (team.rank() == 0) {
      Real bulk = 0.0, h[Solver::ny];
      for (int y = 0; y < Solver::ny; ++y) bulk += s.t[(y * Solver::nz + NS) * n_mode];
      bulk -= 0.5 * s.outlet(s.t);  // rows hold their outlet temperature; the first row's inlet is 0
      bulk = t_inlet + bulk / (root_columns * Solver::ny);
      film_rows<Solver::ny>(stack->channel, coolant_properties(stack->coolant, bulk), flow, stack->length, h);
      fill_operator(*stack, flow, h, tim_gain, *s.a);
    }
    team.sync();
  }
};

template <int NY, int NS>
struct PlateSolver {
  using Shape = BandShape<NY, NS>;
  static constexpr int ny = NY, nz = NS + 1, n = NY * nz, last = NY - 1;
  static constexpr std::size_t size = Shape::vector_size;

  Operator<NY, NS>* a;
  Band<NY, NS> band;
  ModeTable table;
  Real *t, *start, *rate, *step_1, *step_2, *base, *unit, *error;  // [y][z][mode], temperatures relative to the inlet
  Real* source;                                                    // [y][mode] power map
  Real *face, *face_unit;                                          // [y][x] of the power plane
  Real* row_error;                                                 // [y][z]

  // Bytes of scratch that make() takes.
  static constexpr std::size_t bytes() {
    return scratch_bytes<Operator<NY, NS>>(1) + 2 * scratch_bytes<Real>(Shape::band_size) +
           scratch_bytes<Real>(Shape::pivot_size) + 2 * scratch_bytes<Real>(n_mode * n_x) +
           8 * scratch_bytes<Real>(size) + 3 * scratch_bytes<Real>(NY * n_x) + scratch_bytes<Real>(n);
  }
  template <class Team>
  COLDSUN_FN static PlateSolver make(Team& team) {
    PlateSolver s;
    s.a = team.template scratch<Operator<NY, NS>>(1);
    s.band = Band<NY, NS>::make(team);
    s.table = ModeTable::make(team);
    Real** vectors[8] = {&s.t, &s.start, &s.rate, &s.step_1, &s.step_2, &s.base, &s.unit, &s.error};
    for (Real** v : vectors) *v = team.template scratch<Real>(size);
    s.source = team.template scratch<Real>(NY * n_mode);
    s.face = team.template scratch<Real>(NY * n_x);
    s.face_unit = team.template scratch<Real>(NY * n_x);
    s.row_error = team.template scratch<Real>(n);
    s.band.clear(team);
    return s;
  }

  // Sum over mode 0 of a vector with weights per layer. The layers have separate partial sums to shorten the dependency
  // chain.
  COLDSUN_FN Real weighted_sum(const Real* x, Real weight) const {
    Real s[nz] = {};
    for (int y = 0; y < NY; ++y)
      for (int z = 0; z < nz; ++z) s[z] += x[(y * nz + z) * n_mode];
    Real sum = 0.0;
    for (int z = 0; z < nz; ++z) sum = std::fma(weight * a->capacity[z], s[z], sum);
    return sum;
  }
  COLDSUN_FN Real outlet(const Real* x) const { return x[(last * nz + NS) * n_mode]; }
  COLDSUN_FN Real capacity_sum() const {
    Real c = 0.0;
    for (int z = 0; z < nz; ++z) c += a->capacity[z];
    return c * NY;
  }

  // x := A^-1 x, then a constant is added so that heat in = stored + carried off, exact to the rounding of one
  // addition. Summed over all rows, A x is sum(capacity shift x) + flow x_outlet, and A 1 is sum(capacity shift) +
  // flow.
  template <int W>
  COLDSUN_FN void solve_balanced(Real shift, int lane, Real* x) const {
    Real sum = 0.0;
    if (lane == 0)
      for (int i = 0; i < n; ++i) sum += x[i * n_mode];
    solve<W>(band, lane, x);
    if (lane == 0) {
      const Real left = sum - weighted_sum(x, shift) - a->flow * outlet(x);
      const Real shift_all = left / (capacity_sum() * shift + a->flow);
      for (int i = 0; i < n; ++i) x[i * n_mode] += shift_all;
    }
  }

  // face_unit := rise of the power plane per unit plate power: rise of the cells, plus that from the centre of cell 0
  // to the plane, which has no heat capacity.
  template <class Team>
  COLDSUN_FN void face_of_power(Team& team, bool with_cells) const {
    for (int y = team.rank(); y < NY; y += team.size()) {
      Real rise[n_mode];
      for (int m = 0; m < n_mode; ++m)
        rise[m] = a->to_plane * source[y * n_mode + m] + (with_cells ? unit[y * nz * n_mode + m] : 0.0);
      store(face_unit + y * n_x, transform(table.shape, rise));
    }
  }

  // Factorises for the shift 1 / (gamma h) and computes the response to unit plate power.
  template <class Team>
  COLDSUN_FN void prepare(Team& team, Real shift) const {
    constexpr int W = lanes_of<Team>;
    for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W) {
      factor<W>(*a, shift, lane, band);
      for (int i = 0; i < n; ++i) store(unit + i * n_mode + lane, lanes<W>(0.0));
      for (int y = 0; y < NY; ++y) store(unit + y * nz * n_mode + lane, load<W>(source + y * n_mode + lane));
      solve_balanced<W>(shift, lane, unit);
    }
    team.sync();
    face_of_power(team, true);
  }

  // Increment without power from x: r := -K x, d := A^-1 r; face := cells at the power plane of x + d.
  template <class Team>
  COLDSUN_FN void unpowered(Team& team, Real shift, const Real* x, Real* r, Real* d) const {
    constexpr int W = lanes_of<Team>;
    for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W) {
      apply_minus<W>(*a, lane, x, r);
      if (r != d)
        for (int i = 0; i < n; ++i) store(d + i * n_mode + lane, load<W>(r + i * n_mode + lane));
      solve_balanced<W>(shift, lane, d);
    }
    team.sync();
    for (int y = team.rank(); y < NY; y += team.size()) {
      Real sum[n_mode];
      for (int m = 0; m < n_mode; ++m) sum[m] = x[y * nz * n_mode + m] + d[y * nz * n_mode + m];
      store(face + y * n_x, transform(table.shape, sum));
    }
    team.sync();
  }

  // d += q unit, and base := x + carry d (stage 1) or base += d (stage 2).
  template <class Team>
  COLDSUN_FN void add_power(Team& team, Real q, Real* d, const Real* x, Real factor_on_d) const {
    constexpr int W = lanes_of<Team>;
    for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W)
      for (int i = 0; i < n; ++i) {
        const int at = i * n_mode + lane;
        const Lanes<W> sum = fma(q, load<W>(unit + at), load<W>(d + at));
        store(d + at, sum);
        store(base + at, fma(factor_on_d, sum, load<W>(x + at)));
      }
  }

  // Largest error of the step over all cells. The difference of the two methods is filtered by A^-1 twice (Shampine's
  // filter): without it, fast modes that the L-stable step has damped would dominate the estimate.
  template <class Team>
  COLDSUN_FN Real largest_error(Team& team, Real shift, Real q_0) const {
    using namespace sdirk2;
    constexpr int W = lanes_of<Team>;
    for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W) {
      for (int y = 0; y < NY; ++y)
        for (int z = 0; z < nz; ++z) {
          const int at = (y * nz + z) * n_mode + lane;
          const Real c = a->capacity[z] * shift / gamma;
          Lanes<W> e = lanes<W>(e_0 / gamma) * load<W>(rate + at);
          if (z == 0) e = fma(e_0 / gamma * q_0, load<W>(source + y * n_mode + lane), e);
          store(error + at, fma(c * e_1, load<W>(step_1 + at), fma(c * e_2, load<W>(step_2 + at), e)));
        }
      solve<W>(band, lane, error);
      for (int y = 0; y < NY; ++y)
        for (int z = 0; z < nz; ++z) {
          const int at = (y * nz + z) * n_mode + lane;
          store(error + at, lanes<W>(a->capacity[z] * shift) * load<W>(error + at));
        }
      solve<W>(band, lane, error);
    }
    team.sync();
    for (int i = team.rank(); i < n; i += team.size()) {
      const Lanes<n_x> e = transform(table.shape, error + i * n_mode);
      Real most = 0.0;
      for (int x = 0; x < n_x; ++x) most = std::fabs(e.v[x]) > most || e.v[x] != e.v[x] ? std::fabs(e.v[x]) : most;
      row_error[i] = most;
    }
    team.sync();
    Real most = 0.0;
    for (int i = 0; i < n; ++i) most = row_error[i] > most || row_error[i] != row_error[i] ? row_error[i] : most;
    return most;
  }

  // The plate through a cut of length dt. t and source are inputs; t holds the result. Each step has one factorisation
  // (N NZ^2 multiply-adds per mode), five solves (2 N NZ each) and minor terms: about 1.5e5 flops per factorisation and
  // 1.3e4 per solve at 8 x 10.
  template <class Team, class Flow>
  COLDSUN_FN PlateReport advance(Team& team, const Flow& flow, const PlateCut& given) const {
    using namespace sdirk2;
    const auto& [law, share, t_inlet, dt, h_next, p_last, r_node, limits] = given;
    constexpr int W = lanes_of<Team>;
    PlateReport out;
    for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W)
      for (int i = 0; i < n; ++i) store(start + i * n_mode + lane, load<W>(t + i * n_mode + lane));
    flow.refresh(team, *this, t_inlet);
    for (int y = team.rank(); y < NY; y += team.size())
      store(face + y * n_x, transform(table.shape, t + y * nz * n_mode));
    face_of_power(team, false);
    team.sync();
    const FaceJunction<NY> junction{face, face_unit, share, t_inlet};
    bool capped_0 = false;
    PowerLaw now = law;  // until the node trips
    Real t_j = 0.0, p_0 = solve_power(now, junction, p_last, t_j, capped_0);
    Real wanted = first_step(limits, h_next, p_0 - p_last, r_node), left = dt, factored = -1.0;
    team.sync();
    bool fresh = true;
    while (left > 0.0) {
      const bool forced = ++out.n_step > most_steps;
      const Real h = forced ? left : fit_step(wanted, left), shift = 1.0 / (gamma * h);
      if (fresh || shift != factored) prepare(team, shift), factored = shift, fresh = false;
      bool capped_1 = false, capped_2 = false;
      Real t_1 = 0.0, t_2 = 0.0;
      unpowered(team, shift, t, rate, step_1);
      const Real carried_rate = a->flow * root_columns;  // read between two barriers, before refresh can change it
      const Real p_1 = solve_power(now, junction, p_0, t_1, capped_1);
      add_power(team, share * p_1, step_1, t, carry);
      team.sync();
      const Real out_1 = outlet(t) + outlet(step_1);
      unpowered(team, shift, base, step_2, step_2);
      const Real p_2 = solve_power(now, junction, p_1, t_2, capped_2);
      add_power(team, share * p_2, step_2, base, 1.0);
      team.sync();
      const Real out_2 = outlet(base), error_now = largest_error(team, shift, share * p_0);
      const Real factor_now = step_factor(error_now, limits.tolerance);
      if (error_now > limits.tolerance && h > limits.h_min && !forced) {
        wanted = math::max(h * factor_now, limits.h_min);
        continue;
      }
      const bool trips = t_2 > now.t_trip && !now.tripped;
      if (trips && t_2 > now.t_trip + trip_overshoot && h > limits.h_min && !forced) {
        wanted = math::max(0.5 * h, limits.h_min);
        continue;
      }
      for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W)
        for (int i = 0; i < n; ++i) store(t + i * n_mode + lane, load<W>(base + i * n_mode + lane));
      team.sync();
      p_0 = p_2, t_j = t_2, left -= h, fresh = true;
      if (left > 0.0) flow.refresh(team, *this, t_inlet);
      out.energy_in += h * (b_1 * p_1 + b_2 * p_2);
      out.carried += h * carried_rate * (b_1 * out_1 + b_2 * out_2);
      out.energy_asked += h * (b_1 * law.asked(t_1) + b_2 * law.asked(t_2));
      out.throttled += h * ((capped_1 ? b_1 : 0.0) + (capped_2 ? b_2 : 0.0));
      wanted = math::max(h * factor_now, h < wanted && error_now <= limits.tolerance ? wanted : 0.0);
      if (trips) now.tripped = true, p_0 = 0.0, wanted = limits.h_restart, out.tripped = true;
      out.converged = out.converged && !forced;
    }
    for (int lane = team.rank() * W; lane < n_mode; lane += team.size() * W)
      for (int i = 0; i < n; ++i)
        store(step_1 + i * n_mode + lane, load<W>(t + i * n_mode + lane) - load<W>(start + i * n_mode + lane));
    team.sync();
    out.stored = root_columns * weighted_sum(step_1, 1.0);
    out.p_end = p_0, out.t_junction = t_j, out.h_next = wanted;
    return out;  // step_1 holds the temperature change over the cut
  }
};

}  // namespace coldsun::thermal

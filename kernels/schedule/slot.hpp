// A place in one slot: available power, its distribution, closing of the bus. Pure functions, by the twin's physics.
#pragma once
#include "common/interp.hpp"
#include "electrical/genset.hpp"
#include "schedule/schedule.hpp"

namespace coldsun::schedule {

// State of a place, carried from slot to slot.
struct PlaceNow {
  electrical::Cell cell;
  electrical::CellCut cut;    // of a slot
  Real t_supply, keep;        // K; share of the old supply temperature after a slot
  Real p_overhead;            // W, other power of the site in the last slot
  Real p_it, p_input, t_max;  // W, W, K of this slot
  Real p_request;             // W, p_it as counted by the site cap
  Real p_it_last;
  std::int32_t n_free;
};
COLDSUN_FN PlaceNow place_now(const Place& p, Real slot) {
  PlaceNow now{};
  now.cell = {p.soc, p.v_1, p.v_2};
  if (p.bus.battery.n_series > 0) now.cut = electrical::cell_cut(p.bus.battery, p.capacity_factor, slot);
  now.t_supply = p.t_supply, now.keep = math::exp(-slot / p.tau_loop);
  now.p_overhead = p.p_overhead, now.p_it_last = p.p_it;
  now.n_free = p.n_node;
  return now;
}

COLDSUN_FN Real bilinear(const Real (&z)[n_heat][n_air], const coldsun::Place& a, const coldsun::Place& b) {
  return lerp(lerp(z[a.cell][b.cell], z[a.cell][b.cell + 1], b.t),
              lerp(z[a.cell + 1][b.cell], z[a.cell + 1][b.cell + 1], b.t), a.t);
}
COLDSUN_FN Real loop_value(const LoopTable& l, const Real (&z)[n_heat][n_air], Real p_it, Real temp_air) {
  return bilinear(z, place_uniform(p_it, l.p_first, 1.0 / l.p_step, n_heat),
                  place_uniform(temp_air, l.t_first, 1.0 / l.t_step, n_air));
}

// Available and requested power of a place in a slot.
struct SlotNow {
  electrical::Supply supply;
  coldsun::Place knot;  // of the supply temperature in the node table
  NodePoint idle;       // a free node
  Real p_idle;          // W of a free node at the reference temperature
  Real budget, cap;     // W at the inputs of the rack converters, W of node requests
  Real input, request;  // W requested of both by all nodes
  Real n_busy;          // nodes with a job
  Real n_idle;          // nodes that can stay on and are not assigned yet
  bool enough;
};

COLDSUN_FN NodePoint node_point(const NodePoint* by_knot, const SlotNow& c) {
  const NodePoint &a = by_knot[c.knot.cell], &b = by_knot[c.knot.cell + 1];
  const Real t = c.knot.t;
  return {lerp(a.p, b.p, t), lerp(a.p_input, b.p_input, t), lerp(a.asked, b.asked, t), lerp(a.pace, b.pace, t),
          lerp(a.t_junction, b.t_junction, t)};
}

// Battery and bus before the draw. The coolant approaches the loop's steady state with its time constant; budget and
// site cap follow the twin's rules.
struct Spot {
  int scenario, site, t;  // t: slot
};
COLDSUN_FN SlotNow slot_now(const ProblemView& q, PlaceNow& now, const Spot& spot) {
  using namespace electrical;
  const auto [scenario, site, t] = spot;
  const Place& p = q.place(site);
  const electrical::Site& bus = p.bus;
  SlotNow c{};
  const Real steady = loop_value(p.loop, p.loop.t_supply, now.p_it_last, q.temp_air(site, t));
  now.t_supply = steady + (now.t_supply - steady) * now.keep;
  c.knot = place_uniform(now.t_supply, q.knot_first, 1.0 / q.knot_step, n_knot);
  c.idle = node_point(&q.node(site, q.n_job, 0, 0), c);
  c.p_idle = q.request(site, q.n_job, 0);
  PackLimits b{0.0, 0.0, 0.0};
  if (bus.battery.n_series > 0) b = pack_limits(bus.battery, now.cut, now.cell, bus.battery.converter.p_rated);
  c.supply = make_supply(bus, q.pv_linear(scenario, site, t), q.pv_square(scenario, site, t), b, GensetMode::ready);
  const Offer o = offer(bus, c.supply, bus.v_min);
  const Real budget = load_budget(bus, o.without_reserve()), reserve = load_budget(bus, o.all()) - budget;
  const Real drawn = loop_value(p.loop, p.loop.p_aux, now.p_it_last, q.temp_air(site, t));
  c.budget = math::max(budget - kept_for_aux(bus, q.aux_bound(site, t), drawn, reserve), 0.0);
  const Real battery = c.supply.battery_low ? 0.0 : b.discharge_reserve;
  c.cap = site_cap(q.pv_available(scenario, site, t), battery, p.p_grid_budget, genset_capacity(bus), now.p_overhead,
                   p.p_it_max);
  now.p_it = now.p_input = now.p_request = 0.0, now.t_max = now.t_supply;
  return c;
}

COLDSUN_FN void want(SlotNow& c, const NodePoint& full, Real asked, std::int32_t n_node) {
  c.input += n_node * (full.p_input - c.idle.p_input), c.request += asked, c.n_busy += n_node;
}

// Base power of the nodes. All rest if power suffices. Else the jobs' nodes get their power at rest, then the jobs
// their requests, and the free nodes the remainder (rest_of_free), as in the twin's allocation.
COLDSUN_FN void settle(SlotNow& c, PlaceNow& now, std::int32_t n_node) {
  const Real rest_input = n_node * c.idle.p_input, rest = n_node * c.p_idle;
  c.enough = rest_input + c.input <= c.budget && rest + c.request <= c.cap;
  c.n_idle = n_node;
  if (!c.enough) {
    const Real on = math::min(c.budget / math::max(c.idle.p_input, 1e-9), c.cap / math::max(c.p_idle, 1e-9));
    c.n_idle = math::clamp(std::floor(on), 0.0, c.n_busy);
    c.budget -= c.n_idle * c.idle.p_input, c.cap -= c.n_idle * c.p_idle;
  }
  now.p_it = c.n_idle * c.idle.p, now.p_input = c.n_idle * c.idle.p_input, now.p_request = c.n_idle * c.p_idle;
}

// Share of its power above rest that a job gets, in order of service; 0 if its nodes are off.
COLDSUN_FN Real granted(SlotNow& c, const NodePoint& full, Real asked, std::int32_t n_node) {
  if (c.n_idle < n_node) return 0.0;
  c.n_idle -= n_node;
  const Real input = n_node * (full.p_input - c.idle.p_input);
  const Real by_bus = input > c.budget ? math::max(c.budget, 0.0) / input : 1.0,
             by_cap = asked > c.cap ? math::max(c.cap, 0.0) / asked : 1.0;
  const Real share = math::min(by_bus, by_cap);
  c.budget -= share * input, c.cap -= share * asked;
  return share;
}
COLDSUN_FN void rest_of_free(const SlotNow& c, PlaceNow& now, std::int32_t n_node) {
  const Real on = math::min(c.budget / math::max(c.idle.p_input, 1e-9), c.cap / math::max(c.p_idle, 1e-9));
  const Real n = c.enough ? 0.0 : math::clamp(std::floor(on), 0.0, n_node - c.n_busy);
  now.p_it += n * c.idle.p, now.p_input += n * c.idle.p_input, now.p_request += n * c.p_idle;
}

// Closing of the bus at its nominal voltage: dispatch, battery, costs.
COLDSUN_FN void close_slot(const ProblemView& q, const SlotNow& c, PlaceNow& now, const Spot& spot,
                           Real (&line)[n_line]) {
  using namespace electrical;
  const auto [scenario, site, t] = spot;
  const Place& p = q.place(site);
  const electrical::Site& bus = p.bus;
  const Real p_aux = loop_value(p.loop, p.loop.p_aux, now.p_it, q.temp_air(site, t));
  const Real load = now.p_input + input_power(bus.aux_converter, p_aux);
  const Real k_battery = cable_factor(bus.r_battery_cable, bus.v_nominal),
             k_pv = cable_factor(bus.r_pv_cable, bus.v_nominal);
  const Dispatch d = dispatch(c.supply, offer(bus, c.supply, bus.v_nominal), k_battery,
                              cable_fed(cable_factor(bus.r_load_cable, bus.v_nominal), load));
  const bool battery_on = c.supply.battery_on && !(c.supply.battery_low && d.battery == 0.0);
  const Real p_battery = source(bus.battery.converter, k_battery, d.battery, battery_on).terminal;
  if (bus.battery.n_series > 0) {
    const Real n = static_cast<Real>(bus.battery.n_series) * static_cast<Real>(bus.battery.n_parallel);
    // two Newton steps from the quadratic: exact to 1e-9 over a slot (tests)
    const Real i = p_battery != 0.0 ? current_for_power<2>(bus.battery, now.cut, now.cell, p_battery / n) : 0.0;
    now.cell = cell_after(bus.battery, now.cut, now.cell, i);
  }
  const Real p_grid = source(bus.grid.converter, 0.0, d.grid, c.supply.grid_on).terminal;
  const Real p_genset = source(bus.genset.rectifier, 0.0, d.genset, d.genset > 0.0).terminal;
  // Terminal power of the strings: power used and its losses up to the bus.
  const Real net = c.supply.pv_linear + c.supply.pv_square, sent = cable_sent(k_pv, d.pv);
  const Real used = sent < net ? share(c.supply.pv_linear, c.supply.pv_square, sent) : 1.0;
  const Real p_pv = sent + used * math::max(q.pv_available(scenario, site, t) - net, 0.0);
  const Real import = math::max(p_grid, 0.0) * q.slot, generated = p_genset * q.slot;
  line[line_grid] += import;
  line[line_carbon] += import * q.carbon(site, t) + generated * p.genset_carbon;
  line[line_price] += import * q.price(site, t) + generated * p.genset_price;
  line[line_thermal] += q.slot * math::max(now.t_max - p.t_margin, 0.0);
  now.p_overhead = p_pv + p_battery + p_grid + p_genset - now.p_request;
  now.p_it_last = now.p_it;
}

// Decrease of the energy in the cells since the start, at the mean open-circuit voltage.
COLDSUN_FN Real stored_less(const Place& p, const PlaceNow& now) {
  const electrical::Pack& b = p.bus.battery;
  if (b.n_series == 0) return 0.0;
  const Real n = static_cast<Real>(b.n_series) * static_cast<Real>(b.n_parallel);
  return n * b.capacity * p.capacity_factor * (p.soc - now.cell.soc) * b.v_ocv(0.5 * (p.soc + now.cell.soc));
}

}  // namespace coldsun::schedule

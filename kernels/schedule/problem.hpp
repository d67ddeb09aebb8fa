// What a plan is made for: places, slots, forecasts, jobs. Plain data on a device; a maker fills it, kernels read it. SI, no suffixes.
// Filled by the caller: what is marked [in]. Filled by prepare() and the forecast: [made].
#pragma once
#include "common/fields.hpp"
#include "common/time.hpp"
#include "electrical/electrical.hpp"
#include "thermal/loop.hpp"
#include "workload/node_power.hpp"

namespace coldsun::schedule {

inline constexpr int max_job = 256;    // jobs of one decision
inline constexpr int max_place = 8;    // places that a job may go to
inline constexpr int max_scenario = 64;  // forecasts
inline constexpr int n_level = 4;      // cap levels of a plan
inline constexpr int n_gene = 4;       // keys per job: order, place, start, cap level
inline constexpr int n_knot = 32;      // knots of coolant supply temperature in the node table
inline constexpr int n_heat = 9, n_air = 9;  // knots of the loop table

// Nodes that are alike: one row per (node type, plate model) of a place. [in]
struct NodeClass {
  std::int32_t n_node = 0;
  workload::PowerCurve curve = {0.0, 1.0, 1.0};
  Real r_th = 0.0;             // K/W: t_junction = t_supply + r_th times the heat of one plate
  Real plate_share = 0.0;      // heat of one plate per node power: liquid_fraction / n_plate
  Real p_max = 0.0, p_throttle = 0.0, t_cap = 0.0, t_band = 1.0;         // cap law of the node
  Real p_leakage = 0.0, t_leakage = 0.0, leakage_slope = 0.0;            // of the node
  Real rating = 0.0;           // W, output of the node's rack converter
};

// The loop when nothing changes any more: auxiliary power and supply temperature by IT power and outside temperature, evenly spaced knots.
struct LoopTable {
  Real p_first = 0.0, p_step = 1.0, t_first = 0.0, t_step = 1.0;  // IT power [W], outside temperature [K]
  Real p_aux[n_heat][n_air] = {};     // W
  Real t_supply[n_heat][n_air] = {};  // K
};

// A place: a site of the network as a planner sees it.
struct Place {
  electrical::Site bus;                                // [in] battery, converters, grid rules, rack loss
  std::int32_t class_first = 0, n_class = 0, n_node = 0;  // [in] its rows of node_class; n_node is their sum
  LoopTable loop;                                      // [in] by make_loop_table
  Real tau_loop = 300.0;                               // s [in] by loop_time
  // remote control [in]: what the nodes may be asked for in all
  Real p_grid_budget = 0.0, p_it_max = 0.0;
  // what stands now [in]
  Real t_supply = 300.0;                               // K
  Real soc = 0.5, v_1 = 0.0, v_2 = 0.0, capacity_factor = 1.0;  // battery: charge, RC voltages [V]
  Real p_it = 0.0;                                     // W that the nodes draw
  Real p_overhead = 0.0;                               // W that the site needs beside the work asked: auxiliaries, losses, leakage
  Real genset_carbon = 0.0, genset_price = 0.0;        // kg/J, per J
  Real t_margin = 353.15;                              // K: a junction above it costs margin
};

// A job. Rows stand in order of service: highest priority first, among equals the earlier release. [in]
struct Job {
  std::int32_t home = 0;         // place where its data lies; where it runs if it is running
  std::int32_t n_node = 1;
  std::int32_t priority = 1;     // >= 1
  Real release = 0.0;            // s after the start of the first slot; <= 0: now
  Real deadline = 0.0;           // s after the start of the first slot
  Real work = 0.0;               // s left at the full rate
  Real utilization = 1.0;
  Real data_in = 0.0, data_out = 0.0;  // B, carried only if it runs elsewhere than at home
  std::int8_t running = 0;       // 1: it runs at home, from its release on or, where that is to come, from when there is room; preemptible: its cap may change
  std::int8_t preemptible = 0;
  std::int8_t link_bound = 0;    // 1: stands still in handover gaps
};

// One node at a job's request by supply temperature: mean over the classes of the place by their counts, hottest junction of them.
struct NodePoint {
  Real p, p_input, asked;     // W drawn, W at the rack converter's input, W without any cap
  Real pace, t_junction;      // 1, K
};

struct Shape {
  int n_place = 1, n_slot = 288, n_scenario = 16, n_job = 0, n_class = 1;
};

struct Problem {
  Real slot = 300.0;             // s [in]
  Time start = 0;                // of the first slot, ns [in]
  Real level[n_level] = {1.0, 0.85, 0.7, 0.55};  // share of what a job's nodes would draw above rest [in]
  Real knot_first = 283.15, knot_step = 1.5;     // K: supply temperatures of the node table
  std::int32_t n_start = 0;      // starts that a key may choose among, evenly spaced; 0: every slot [in]

  Array<NodeClass, 1> node_class;            // (class) [in]
  Array<Place, 1> place;                     // (place) [in]
  Array<Job, 1> job;                         // (job) [in]
  Array<Real, 3> pv_linear, pv_square;       // (scenario, place, slot) W: net PV of the boost converters = linear u + square u^2 [made]
  Array<Real, 3> pv_available;               // (scenario, place, slot) W: maximum power of all strings [made]
  Array<Real, 2> temp_air;                   // (place, slot) K outside [in]
  Array<Real, 2> aux_bound;                  // (place, slot) W: thermal::aux_bound [in]
  Array<Real, 2> carbon, price;              // (place, slot) of imported energy: kg/J, per J [in]
  Array<Real, 2> link_bytes;                 // (place, slot) B that one antenna carries in the slot, gaps taken off [in]
  Array<std::int32_t, 2> antennas;           // (place, slot) antennas that have a contact [in]
  Array<Real, 2> gap;                        // (place, slot) share of the slot in which link-bound work stands still [in]
  Array<NodePoint, 4> node;                  // (place, job | idle, level, knot); row n_job: a free node [made]
  Array<Real, 3> request;                    // (place, job | idle, level) W of a node at the reference temperature, as the site cap counts [made]

  int n_place() const { return place.extent(0); }
  int n_job() const { return job.extent(0); }
  int n_slot() const { return temp_air.extent(1); }
  int n_scenario() const { return pv_linear.extent(0); }
};

// What kernels see of it.
struct ProblemView {
  int n_place, n_job, n_slot, n_scenario, n_start;
  Real slot, knot_first, knot_step;
  Real level[n_level];
  View<const NodeClass, 1> node_class;
  View<const Place, 1> place;
  View<const Job, 1> job;
  View<const Real, 3> pv_linear, pv_square, pv_available;
  View<const Real, 2> temp_air, aux_bound, carbon, price, link_bytes;
  View<const std::int32_t, 2> antennas;
  View<const Real, 2> gap;
  View<const NodePoint, 4> node;
  View<const Real, 3> request;
};
inline ProblemView view_of(const Problem& p) {
  ProblemView v{p.n_place(), p.n_job(), p.n_slot(), p.n_scenario(), p.n_start, p.slot, p.knot_first, p.knot_step, {}, p.node_class, p.place,
                p.job, p.pv_linear, p.pv_square, p.pv_available, p.temp_air, p.aux_bound, p.carbon, p.price, p.link_bytes, p.antennas, p.gap,
                p.node, p.request};
  for (int l = 0; l < n_level; ++l) v.level[l] = p.level[l];
  return v;
}

// All arrays on `device`, jobs and places at their defaults. Throws std::invalid_argument where a shape cannot be.
Problem make_problem(const Shape&, Device);
// Throws std::invalid_argument with one sentence where a filled problem cannot be: order of jobs, node counts, NaN.
void check_problem(const Problem&);

// Quasi-steady loop of a place by thermal::advance_loop run until it rests. liquid: share of IT power that the plates carry off;
// extra: heat of converters into the loop per IT power; t_set[k]: supply set-point at outside temperature t_first + k t_step. Host code.
LoopTable make_loop_table(const thermal::LoopModel&, Real flow, Real v_dot, Real liquid, Real extra, Real p_it_max, Real t_first,
                          Real t_step, const Real (&t_set)[n_air]);
// First-order lag of the supply: heat capacity of the plates' loop and of the facility water over the flow [s].
inline Real loop_time(const thermal::LoopModel& m, Real flow) { return (m.c_supply + m.c_return + m.c_facility) / flow; }

}  // namespace coldsun::schedule

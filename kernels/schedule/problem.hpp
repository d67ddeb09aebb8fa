// Input of a plan: places, slots, forecasts, jobs. Plain data on a device, filled by the host and read by kernels. SI,
// no suffixes. [in]: filled by the caller. [made]: filled by prepare() and the forecast.
#pragma once
#include "common/fields.hpp"
#include "common/time.hpp"
#include "electrical/electrical.hpp"
#include "thermal/loop.hpp"
#include "workload/node_power.hpp"

namespace coldsun::schedule {

inline constexpr int max_job = 256;          // jobs of one decision
inline constexpr int max_place = 8;          // places for a job
inline constexpr int max_scenario = 64;      // scenarios of the forecast
inline constexpr int n_level = 4;            // cap levels of a plan
inline constexpr int n_gene = 4;             // keys per job: order, place, start, cap level
inline constexpr int n_knot = 32;            // knots of coolant supply temperature in the node table
inline constexpr int n_heat = 9, n_air = 9;  // knots of the loop table

// Nodes of one kind: one row per (node type, plate model) of a place. [in]
struct NodeClass {
  std::int32_t n_node = 0;
  workload::PowerCurve curve = {0.0, 1.0, 1.0};
  Real r_th = 0.0;         // K/W: t_junction = t_supply + r_th times the heat of one plate
  Real plate_share = 0.0;  // heat of one plate per node power: liquid_fraction / n_plate
  Real p_max = 0.0, p_throttle = 0.0, t_cap = 0.0, t_cap_band = 1.0;  // cap law of the node
  Real p_leakage = 0.0, t_leakage = 0.0, leakage_slope = 0.0;         // of the node
  Real rating = 0.0;                                                  // W, output of the node's rack converter
};

// Steady state of the loop: auxiliary power and supply temperature by IT power and outside temperature, evenly spaced
// knots.
struct LoopTable {
  Real p_first = 0.0, p_step = 1.0, t_first = 0.0, t_step = 1.0;  // IT power [W], outside temperature [K]
  Real p_aux[n_heat][n_air] = {};                                 // W
  Real t_supply[n_heat][n_air] = {};                              // K
};

// A place: a site of the network as the planner models it.
struct Place {
  electrical::Site bus;                                   // [in] battery, converters, grid rules, rack loss
  std::int32_t class_first = 0, n_class = 0, n_node = 0;  // [in] its rows of node_class; n_node is their sum
  LoopTable loop;                                         // [in] by make_loop_table
  Real tau_loop = 300.0;                                  // s [in] by loop_time
  // remote control [in]: limits of the sum of node requests
  Real p_grid_budget = 0.0, p_it_max = 0.0;
  // state at the start of the plan [in]
  Real t_supply = 300.0;                                        // K
  Real soc = 0.5, v_1 = 0.0, v_2 = 0.0, capacity_factor = 1.0;  // battery: charge, RC voltages [V]
  Real p_it = 0.0;                                              // W, IT power
  Real p_overhead = 0.0;                         // W, other power of the site: auxiliaries, losses, leakage
  Real genset_carbon = 0.0, genset_price = 0.0;  // kg/J, per J
  Real t_margin = 353.15;                        // K: junction temperatures above it cost line_thermal
};

// A job. Rows in order of service: highest priority first, then the earlier release. [in]
struct Job {
  std::int32_t home = 0;  // place of its data; a running job runs there
  std::int32_t n_node = 1;
  std::int32_t priority = 1;  // >= 1
  Real release = 0.0;         // s after the start of the first slot; <= 0: now
  Real deadline = 0.0;        // s after the start of the first slot
  Real work = 0.0;            // s, remaining work at the full rate
  Real utilization = 1.0;
  Real data_in = 0.0, data_out = 0.0;  // B, carried only if it runs away from home
  // 1: it runs at home from its release, or from the first time with enough free nodes; preemptible: its cap may change
  std::int8_t running = 0;
  std::int8_t preemptible = 0;
  std::int8_t link_bound = 0;  // 1: stalls during outages
};

// One node under a job's request at a supply temperature: mean over the place's classes weighted by node count, their
// hottest junction.
struct NodePoint {
  Real p, p_input, asked;  // W drawn, W at the rack converter's input, W without any cap
  Real pace, t_junction;   // 1, K
};

struct Shape {
  int n_place = 1, n_slot = 288, n_scenario = 16, n_job = 0, n_class = 1;
};

struct ProblemNumbers {
  Real slot = 300.0;                             // s [in]
  Time start = 0;                                // of the first slot, ns [in]
  Real level[n_level] = {1.0, 0.85, 0.7, 0.55};  // share of the power above rest that a job's nodes may draw [in]
  Real knot_first = 283.15, knot_step = 1.5;     // K: supply temperatures of the node table
  // number of starts that a key may select from, evenly spaced; 0: every slot [in]
  std::int32_t n_start = 0;
};

// Filled by the host: [in]. The row after the last job is a free node.
// clang-format off
#define COLDSUN_SCHEDULE_PROBLEM(F) \
  F(NodeClass,    node_class,   "1",      "class",                        parameter, host,       "nodes of one kind at a place") \
  F(Place,        place,        "1",      "place",                        parameter, host,       "sites as modelled by the planner") \
  F(Job,          job,          "1",      "job",                          parameter, host,       "jobs in order of service") \
  F(Real,         pv_linear,    "W",      "scenario place slot",          derived,   SumStrings, "net PV power by the share used: linear coefficient") \
  F(Real,         pv_square,    "W",      "scenario place slot",          derived,   SumStrings, "net PV power by the share used: quadratic coefficient") \
  F(Real,         pv_available, "W",      "scenario place slot",          derived,   SumStrings, "available PV power: sum of the strings' maximum power") \
  F(Real,         temp_air,     "K",      "place slot",                   parameter, host,       "outside air temperature") \
  F(Real,         aux_bound,    "W",      "place slot",                   parameter, host,       "upper bound of the power of the auxiliaries") \
  F(Real,         carbon,       "kg J-1", "place slot",                   parameter, host,       "carbon emission per imported energy") \
  F(Real,         price,        "J-1",    "place slot",                   parameter, host,       "price per imported energy") \
  F(Real,         link_bytes,   "B",      "place slot",                   parameter, host,       "data that one antenna carries, outages excluded") \
  F(std::int32_t, antennas,     "1",      "place slot",                   parameter, host,       "number of antennas with an open contact window") \
  F(Real,         gap,          "1",      "place slot",                   parameter, host,       "share of the plan slot in which link-bound work stalls") \
  F(NodePoint,    node,         "1",      "place job_or_free level knot", derived,   NodeTable,  "power, pace and junction of one node by supply temperature") \
  F(Real,         request,      "W",      "place job_or_free level",      derived,   Requests,   "requested power of one node, as counted by the site cap")
// clang-format on
struct Problem : ProblemNumbers {
  COLDSUN_ARRAYS(COLDSUN_SCHEDULE_PROBLEM)
  int n_place() const { return place.extent(0); }
  int n_job() const { return job.extent(0); }
  int n_slot() const { return temp_air.extent(1); }
  int n_scenario() const { return pv_linear.extent(0); }
};

// View of the problem for kernels.
struct ProblemView : ProblemNumbers {
  int n_place, n_job, n_slot, n_scenario;
  COLDSUN_SCHEDULE_PROBLEM(COLDSUN_FIELD_READ)
  ProblemView(const Problem& s)
      : ProblemNumbers(s), n_place(s.n_place()), n_job(s.n_job()), n_slot(s.n_slot()), n_scenario(s.n_scenario()) {
    COLDSUN_SCHEDULE_PROBLEM(COLDSUN_FIELD_TAKE)
  }
};

// All arrays on `device`, jobs and places at their defaults. Throws std::invalid_argument for an impossible shape.
Problem make_problem(const Shape&, Device);
// Throws std::invalid_argument in one sentence for an invalid problem: order of jobs, node counts, NaN.
void check_problem(const Problem&);

struct LoopLoad {
  Real flow, v_dot;      // of the plates' loop [W/K], [m3/s]
  Real liquid, extra;    // share of IT power carried off by the plates; heat of converters into the loop per IT power
  Real p_it_max;         // [W]
  Real t_first, t_step;  // outside temperatures of the table [K]
};
// Steady state of a place's loop, by thermal::advance_loop until it is constant. t_set[k]: supply set-point at the k-th
// outside temperature. Host code.
LoopTable make_loop_table(const thermal::LoopModel&, const LoopLoad&, const Real (&t_set)[n_air]);
// Time constant of the supply: heat capacity of the plates' loop and of the facility water over the flow [s].
inline Real loop_time(const thermal::LoopModel& m, Real flow) {
  return (m.c_supply + m.c_return + m.c_facility) / flow;
}

}  // namespace coldsun::schedule

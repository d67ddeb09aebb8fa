// From State and Inputs to the scheduler's problem: places, jobs, forecast.
#include <algorithm>
#include <cmath>

#include "common/loops.hpp"
#include "core/plan/plan_jobs.hpp"
#include "core/step/couple.hpp"
#include "core/step/spaces.hpp"
#include "electrical/converter.hpp"
#include "schedule/decode.hpp"
#include "sky/advance.hpp"

namespace coldsun {

namespace {

namespace wl = workload;

// ---- places ------------------------------------------------------------------------------------------------------
int fill_classes(schedule::Problem& p, const Site& site, const System& sys, int s, int first) {
  int n = sys.thermal.first_node(s), row = first;
  for (const NodeType& t : site.hall.node) {
    schedule::NodeClass& c = p.node_class(row++);
    c.n_node = t.n_node;
    c.curve = {sys.workload.node_p_idle(n), sys.workload.node_p_max(n), sys.workload.node_exponent(n)};
    c.r_th = sys.thermal.r_junction(sys.thermal.model(n));
    c.plate_share = sys.thermal.liquid_fraction(n) / sys.thermal.n_plate(n);
    c.p_max = sys.thermal.p_max(n);
    c.p_throttle = sys.thermal.p_throttle(n);
    c.t_cap = sys.thermal.t_cap(n);
    c.t_cap_band = sys.thermal.t_cap_band(n);
    c.p_leakage = sys.thermal.p_leakage(n);
    c.t_leakage = sys.thermal.t_leakage(n);
    c.leakage_slope = sys.thermal.leakage_slope(n);
    c.rating = sys.electrical.node_rating(n);
    n += t.n_node;
  }
  return row;
}

// Steady-state loop over the outside temperatures of the outlook. Converter heat as a share of IT power: grid tie and
// battery converter at half of the hall's power.
schedule::LoopTable loop_of(const System& sys, const State& state, const Outlook& outlook, int m, int s) {
  Real low = 1e9, high = 0.0;
  for (int k = 0; k < outlook.n_slot(); ++k) {
    low = std::min(low, outlook.temp_air(s, k));
    high = std::max(high, outlook.temp_air(s, k));
  }
  const Real step = std::max((high - low) / (schedule::n_air - 1), 0.5);
  Real t_set[schedule::n_air];
  for (int k = 0; k < schedule::n_air; ++k) t_set[k] = couple::supply_set_point(sys.control(s), low + k * step);
  const thermal::LoopModel& loop = sys.thermal.loop(s);
  const Real v_dot = thermal::flow_of_site(sys.thermal, state.thermal, m, s), half = 0.5 * sys.control(s).p_it_max;
  const electrical::Site& bus = sys.electrical.site(s);
  const Real extra =
      0.5 *
      (electrical::converter_loss(bus.grid.converter, half) + electrical::converter_loss(bus.battery.converter, half)) /
      half;
  const int n = sys.thermal.first_node(s);
  return schedule::make_loop_table(loop,
                                   {.flow = loop.flow * (v_dot / loop.v_dot),
                                    .v_dot = v_dot,
                                    .liquid = sys.thermal.liquid_fraction(n),
                                    .extra = extra,
                                    .p_it_max = sys.control(s).p_it_max,
                                    .t_first = low,
                                    .t_step = step},
                                   t_set);
}

void fill_place(PlanTask& task, const Site& site, const System& sys, const State& state, int s) {
  schedule::Problem& p = task.problem;
  const Outlook& outlook = task.outlook;
  const int m = task.member;
  schedule::Place& place = p.place(s);
  const ControlLaw& law = sys.control(s);
  place.bus = sys.electrical.site(s);
  place.n_class = static_cast<std::int32_t>(site.hall.node.size());
  place.n_node = sys.workload.site(s).node_count;
  place.loop = loop_of(sys, state, outlook, m, s);
  place.tau_loop = schedule::loop_time(sys.thermal.loop(s), sys.thermal.loop(s).flow);
  place.p_grid_budget = law.p_grid_budget;
  place.p_it_max = law.p_it_max;
  place.t_supply = state.thermal.t_supply(m, s);
  place.soc = state.electrical.soc(m, s);
  place.v_1 = state.electrical.v_rc1(m, s);
  place.v_2 = state.electrical.v_rc2(m, s);
  place.capacity_factor = state.electrical.capacity_factor(m, s);
  place.p_overhead = state.controls.p_overhead_seen(m, s);
  place.p_it = state.electrical.p_it(m, s);
  place.genset_carbon = site.power.genset.carbon_intensity;
  place.genset_price = site.power.genset.price;
  place.t_margin = 1e9;
  constexpr Real margin = 5.0;  // K below the cap band, assumed
  for (const NodeType& t : site.hall.node) place.t_margin = std::min(place.t_margin, t.t_cap - margin);
  const Real v_dot = thermal::flow_of_site(sys.thermal, state.thermal, m, s);
  for (int k = 0; k < p.n_slot(); ++k) {
    p.temp_air(s, k) = outlook.temp_air(s, k), p.carbon(s, k) = outlook.carbon(s, k),
                  p.price(s, k) = outlook.price(s, k);
    p.aux_bound(s, k) = thermal::aux_bound(sys.thermal.loop(s), v_dot, outlook.temp_air(s, k));
    p.gap(s, k) = outlook.gap_share(s, k), p.antennas(s, k) = outlook.antennas(s, k);
    p.link_bytes(s, k) = outlook.link_rate(s, k) * seconds(outlook.slot) * (1.0 - outlook.gap_share(s, k));
  }
}

// ---- forecast ----------------------------------------------------------------------------------------------------
schedule::PvForecast forecast_of(const State& state, int m, const PlanOptions& o) {
  schedule::PvForecast f;
  f.seed = state.seed;
  f.member = state.first_member + static_cast<std::uint32_t>(m);
  f.issue = state.time;
  f.law = o.law;
  f.clearsky_index = state.controls.kc_seen.view().row(m);
  f.index_age = state.controls.kc_age.view().row(m);
  f.temp_cell = state.sky.temp_cell_end.view().row(m);
  f.soiling_ratio = state.sky.soiling_ratio.view().row(m);
  f.pv_gain = state.electrical.pv_gain.view().row(m);
  return f;
}

// ---- plan in force -----------------------------------------------------------------------------------------------
// Keys that decode to the plan in the State, sent or in force: the start of the search. Rows without a plan keep their
// order.
std::vector<Real> keys_in_force(const PlanTask& t, const State& state, int m) {
  const schedule::ProblemView q = t.problem;
  const wl::State& w = state.workload;
  std::vector<Real> key(static_cast<std::size_t>(schedule::n_gene * q.n_job));
  for (int i = 0; i < q.n_job; ++i) {
    if (t.job[static_cast<std::size_t>(i)].empty()) continue;  // expected future jobs
    const int j = t.job[static_cast<std::size_t>(i)].front();
    const bool told = w.told_cap(m, j) > 0.0;
    const int site = told ? w.told_site(m, j) : w.plan_site(m, j), place = site < 0 ? q.job(i).home : site;
    const Time start = told ? w.told_start(m, j) : w.plan_start(m, j);
    const Real cap = told ? w.told_cap(m, j) : w.plan_cap(m, j);
    int level = 0;
    while (level + 1 < schedule::n_level && cap < 0.5 * (q.level[level] + q.level[level + 1])) ++level;
    const int slot = start > state.time ? static_cast<int>((start - state.time) / t.outlook.slot) : 0;
    const int booked = schedule::booked_slots(q.job(i), q.level[level], q.slot),
              moved = place != q.job(i).home;  // assumes one slot of transfer each way
    const int first = schedule::slots_of(std::max(q.job(i).release, 0.0), q.slot) + moved;
    const schedule::Starts o =
        schedule::starts_of(q, q.job(i), first, moved ? q.n_slot - 1 - booked : q.n_slot, booked);
    Real* gene = &key[static_cast<std::size_t>(schedule::n_gene * i)];
    gene[0] = std::min((slot + (i + 1.0) / (q.n_job + 1.0)) / (q.n_slot + 1.0), 0.999);
    gene[1] = (place + 0.5) / q.n_place;
    gene[3] = (level + 0.5) / schedule::n_level;
    gene[2] = std::clamp((slot - o.first + 0.5) / std::max(o.count, 1), 0.0, 0.999);
  }
  return key;
}

}  // namespace

PlanTask make_plan_task(const Network& network, const System& sys, const State& state, const Inputs& in, int m,
                        const PlanOptions& o) {
  PlanTask t;
  t.member = m;
  const int n_slot = static_cast<int>(std::lround(o.horizon / seconds(o.slot))), n_site = sys.n_site();
  t.outlook = make_outlook(network, sys, in, state.time, o.slot, n_slot);
  const std::vector<Candidate> jobs = candidates(sys, state, in, m, o);
  schedule::Shape shape;
  shape.n_place = n_site;
  shape.n_slot = n_slot;
  shape.n_scenario = o.n_scenario;
  shape.n_job = static_cast<int>(jobs.size());
  shape.n_class = 0;
  for (const Site& site : network.site) shape.n_class += static_cast<int>(site.hall.node.size());
  t.problem = schedule::make_problem(shape, sys.device);
  t.problem.slot = seconds(o.slot);
  t.problem.start = state.time;
  for (int s = 0, first = 0; s < n_site; ++s) {
    t.problem.place(s).class_first = first;
    first = fill_classes(t.problem, network.site[static_cast<std::size_t>(s)], sys, s, first);
    fill_place(t, network.site[static_cast<std::size_t>(s)], sys, state, s);
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    t.problem.job(static_cast<int>(i)) = jobs[i].job;
    t.job.push_back(jobs[i].places), t.work.push_back(jobs[i].work);
  }
  const schedule::PvForecast forecast = forecast_of(state, m, o);
  with_space(sys.device, [&](auto space) {
    schedule::forecast_pv(space, sys.sky, t.outlook.weather, sys.electrical, forecast, t.problem);
    schedule::prepare(space, t.problem);
    synchronize(space);
  });
  schedule::check_problem(t.problem);
  if (state.controls.plan_made(m) != 0) t.incumbent = keys_in_force(t, state, m);
  t.clearsky_index = Array<Real, 3>(Device::host, {o.n_scenario, n_site, n_slot});
  for (int s = 0; s < n_site; ++s) {
    const Chance chance{forecast.seed, forecast.member, Stream::forecast,
                        static_cast<std::uint32_t>(sys.sky.site(s).entity)};
    const auto now =
        sky::forecast_now(sys.sky.site(s).cloud, state.time, forecast.clearsky_index(s), forecast.index_age(s));
    for (int k = 0; k < o.n_scenario; ++k)
      for (int i = 0; i < n_slot; ++i)
        t.clearsky_index(k, s, i) =
            sky::forecast_index(chance, o.law, now, state.time, {k, o.n_scenario}, seconds(o.slot) * (i + 0.5));
  }
  return t;
}

void follow_scenario(const PlanTask& t, int scenario, const System& sys, Inputs& in) {
  const sky::Weather& from = t.outlook.weather;
  sky::Weather& to = in.weather;
  const auto ahead = static_cast<int>((from.start(0) - to.start(0)) / sky::weather_step);
  const auto last = static_cast<int>(t.outlook.n_slot()) - 1;
  for (int s = 0; s < sys.n_site(); ++s)
    for (int k = 1; k < from.n_knot() && k + ahead < to.n_knot(); ++k) {
      const int slot = std::min(static_cast<int>((k * sky::weather_step) / t.outlook.slot), last), i = k + ahead;
      const Real index = t.clearsky_index(scenario, s, slot);
      const sky::CloudKnot clouds = {index, sky::beam_transmission(index)};
      const sky::Irradiance now =
          sky::under_clouds(clouds, from.dni(s, k), from.dhi(s, k), from.dni_clear(s, k), from.up(s, k));
      to.dni(s, i) = now.dni;
      to.dhi(s, i) = now.dhi;
      to.cover(s, i) = 0.0;
      to.dust(s, i) = from.dust(s, k);
      to.ghi_clear(s, i) = from.ghi_clear(s, k), to.dni_clear(s, i) = from.dni_clear(s, k);
      to.temp_air(s, i) = from.temp_air(s, k), to.wind_speed(s, i) = from.wind_speed(s, k),
                     to.pressure(s, i) = from.pressure(s, k);
    }
}

}  // namespace coldsun

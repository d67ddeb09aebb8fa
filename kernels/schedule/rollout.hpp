// Rollout: one plan under one scenario, slot by slot, by the twin's rules. One lane per (plan, scenario). In a slot:
// supply of PV, battery and grid; draw of the running jobs by the node table, shared in order of service where site cap
// or bus are short; closing of the bus; progress. All is constant within a slot.
#pragma once
#include "electrical/bus.hpp"
#include "schedule/slot.hpp"

namespace coldsun::schedule {

// Plans of a launch: those of a list, or n from the first on.
struct Rows {
  int first;
  View<const std::int32_t, 1> list;
  COLDSUN_FN int operator()(int i) const { return list.data ? list(i) : first + i; }
};

// reads a plan and a scenario; writes its lines and score. Some 80 B per place and slot and 160 B per running job and
// slot, 8 KB of them private to the lane. About 410 flops per place and slot (battery 210, bus 160, loop 40) and 50 per
// running job and slot.
struct Rollout {
  ProblemView q;
  Weights weights;
  PopulationView pop;
  Rows rows;
  static constexpr int flops = 400'000;

  // A running job with its table values at its place and level.
  struct Running {
    const NodePoint* point;  // by knot
    Real asked;              // W that its nodes request above rest
    std::int32_t n_node;
    std::int16_t j, site;
  };
  // State of a lane. Running jobs are in order of service.
  struct Lane {
    PlaceNow at[max_place];
    Real work[max_job];
    Running running[max_job];
    int n_running, head;
    Real line[n_line];
  };

  COLDSUN_FN void begin(Lane& x) const {
    x.n_running = x.head = 0;
    for (int k = 0; k < n_line; ++k) x.line[k] = 0.0;
    for (int s = 0; s < q.n_place; ++s) x.at[s] = place_now(q.place(s), q.slot);
    for (int j = 0; j < q.n_job; ++j) x.work[j] = q.job(j).work;
  }

  // Starts the jobs whose start has come and whose nodes are free; the others wait.
  COLDSUN_FN void dispatch(Lane& x, int p, int t) const {
    bool whole = true;  // no earlier job waits
    for (int k = x.head; k < q.n_job; ++k) {
      const int j = pop.by_start(p, k), s = pop.start(p, j);
      if (s < 0 || s > t) break;
      PlaceNow& now = x.at[pop.place(p, j)];
      const bool waits = x.work[j] > 0.0 && !is_running(x, j);
      if (waits && now.n_free >= q.job(j).n_node) {
        now.n_free -= q.job(j).n_node;
        int i = x.n_running++;
        for (; i > 0 && x.running[i - 1].j > j; --i) x.running[i] = x.running[i - 1];
        x.running[i] = running_at(p, j);
        x.line[line_wait] += q.job(j).n_node * math::max(t * q.slot - math::max(q.job(j).release, 0.0), 0.0);
      } else if (waits) {
        whole = false;
      }
      if (whole) x.head = k + 1;
    }
  }
  COLDSUN_FN static bool is_running(const Lane& x, int j) {
    for (int i = 0; i < x.n_running; ++i)
      if (x.running[i].j == j) return true;
    return false;
  }
  COLDSUN_FN Running running_at(int p, int j) const {
    const int s = pop.place(p, j), l = pop.level(p, j), n = q.job(j).n_node;
    const Real asked = n * (q.request(s, j, l) - q.request(s, q.n_job, 0));
    return {&q.node(s, j, l, 0), asked, n, static_cast<std::int16_t>(j), static_cast<std::int16_t>(s)};
  }

  struct Turn {
    int plan, slot;
  };
  // One slot of a job at a share of its power above rest, with its costs.
  COLDSUN_FN void work_on(Lane& x, const SlotNow& c, const Running& r, const NodePoint& full, Real share,
                          const Turn& turn) const {
    const auto [p, t] = turn;
    const int j = r.j, site = r.site;
    const Job& job = q.job(j);
    const Real drawn = c.idle.p + share * (full.p - c.idle.p);
    const Real pace = share >= 1.0 ? full.pace : workload::node_pace(drawn, c.p_idle, full.asked);
    const Real moving = job.link_bound ? 1.0 - q.gap(site, t) : 1.0, rate = pace * moving * q.slot;
    const Real part = x.work[j] <= rate ? x.work[j] / rate : 1.0;  // share of the slot until its end
    PlaceNow& now = x.at[site];
    now.p_it += r.n_node * part * (drawn - c.idle.p);
    now.p_input += r.n_node * part * share * (full.p_input - c.idle.p_input);
    now.p_request += part * share * r.asked;
    now.t_max = math::max(now.t_max, c.idle.t_junction + share * (full.t_junction - c.idle.t_junction));
    x.line[line_throttle] += r.n_node * part * q.slot * math::max(1.0 - pace, 0.0);
    x.work[j] = part < 1.0 ? 0.0 : x.work[j] - rate;
    if (x.work[j] <= 1e-6) x.work[j] = 0.0, finish(x, p, j, (t + part) * q.slot);
  }
  COLDSUN_FN void finish(Lane& x, int p, int j, Real time) const {
    if (pop.arrival(p, j) >= 0) {  // results return in their windows, later if the job is late
      const Real planned = (pop.start(p, j) + pop.booked(p, j)) * q.slot;
      time = math::max(time, planned) + (pop.arrival(p, j) + 1) * q.slot - planned;
    }
    x.line[line_lateness] += q.job(j).priority * math::max(time - q.job(j).deadline, 0.0);
  }

  // Jobs of all places in this slot: all at full power if it suffices, else shared in order of service.
  COLDSUN_FN void draw(Lane& x, int p, int scenario, int t) const {
    SlotNow slot[max_place];
    for (int s = 0; s < q.n_place; ++s) slot[s] = slot_now(q, x.at[s], {scenario, s, t});
    for (int i = 0; i < x.n_running; ++i) {
      const Running& r = x.running[i];
      want(slot[r.site], node_point(r.point, slot[r.site]), r.asked, r.n_node);
    }
    for (int s = 0; s < q.n_place; ++s) settle(slot[s], x.at[s], q.place(s).n_node);
    int kept = 0;
    for (int i = 0; i < x.n_running; ++i) {
      const Running r = x.running[i];
      SlotNow& c = slot[r.site];
      const NodePoint full = node_point(r.point, c);
      const Real share = c.enough ? 1.0 : granted(c, full, r.asked, r.n_node);
      work_on(x, c, r, full, share, {p, t});
      if (!(x.work[r.j] > 0.0)) x.at[r.site].n_free += r.n_node;
      else if (kept++ < i) x.running[kept - 1] = r;
    }
    x.n_running = kept;
    for (int s = 0; s < q.n_place; ++s) {
      rest_of_free(slot[s], x.at[s], q.place(s).n_node);
      close_slot(q, slot[s], x.at[s], {scenario, s, t}, x.line);
    }
  }

  COLDSUN_FN void end(Lane& x) const {
    const Real horizon = q.n_slot * q.slot;
    for (int j = 0; j < q.n_job; ++j) {
      const Job& job = q.job(j);
      if (!(x.work[j] > 0.0)) continue;
      // work for which no plan has time
      const Real never = math::max(job.work - (horizon - math::max(job.release, 0.0)), 0.0);
      x.line[line_unserved] += job.n_node * math::max(x.work[j] - never, 0.0);
      x.line[line_lateness] += job.priority * math::max(horizon + x.work[j] - job.deadline, 0.0);
      if (!is_running(x, j)) x.line[line_wait] += job.n_node * math::max(horizon - math::max(job.release, 0.0), 0.0);
    }
    for (int s = 0; s < q.n_place; ++s) x.line[line_battery] += stored_less(q.place(s), x.at[s]);
  }

  COLDSUN_FN void operator()(int row, int scenario) const {
    const int p = rows(row);
    Lane x;
    begin(x);
    for (int t = 0; t < q.n_slot; ++t) dispatch(x, p, t), draw(x, p, scenario, t);
    end(x);
    Real sum = 0.0;
    for (int k = 0; k < n_line; ++k) pop.cost(p, scenario, k) = x.line[k], sum += weights.line[k] * x.line[k];
    pop.scenario_score(p, scenario) = sum == sum ? sum : math::infinity;  // NaN is never the best
  }
};

// Mean of a plan's scenario scores, with the conditional value at risk (Rockafellar and Uryasev 2000,
// doi 10.21314/JOR.2000.038); the scenario at its edge counts in part. reads scenario_score; writes score. 8 B and some
// 20 flops per scenario
struct Score {
  PopulationView pop;
  Real risk, alpha;
  Rows rows;
  COLDSUN_FN void operator()(int row) const {
    const int p = rows(row), n = pop.scenario_score.extent[1];
    Real sorted[max_scenario], mean = 0.0;
    for (int s = 0; s < n; ++s) {
      const Real x = pop.scenario_score(p, s);
      mean += x / n;
      int k = s;
      for (; k > 0 && sorted[k - 1] < x; --k) sorted[k] = sorted[k - 1];
      sorted[k] = x;
    }
    Real left = math::max((1.0 - alpha) * n, 1e-9), tail = 0.0;
    const Real whole = left;
    for (int k = 0; k < n && left > 0.0; ++k) {
      const Real part = math::min(left, 1.0);
      tail += part * sorted[k], left -= part;
    }
    const Real sum = mean + risk * (tail / whole - mean);
    pop.score(p) = sum == sum ? sum : math::infinity;
  }
};

template <class Space>
void evaluate(Space space, const Problem& problem, const Weights& w, Population& pop, const Rows& rows, int n) {
  for_rows(space, n, problem.n_scenario(), Rollout{problem, w, pop, rows});
  for_each(space, n, Score{pop, w.risk, w.alpha, rows});
}
template <class Space>
void evaluate(Space space, const Problem& problem, const Weights& w, Population& pop, int first, int n) {
  evaluate(space, problem, w, pop, Rows{first, {}}, n);
}

}  // namespace coldsun::schedule

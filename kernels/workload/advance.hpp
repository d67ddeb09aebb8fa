// The workload in a cut: events at its first instant, power requested, progress by the power drawn.
#pragma once
#include "workload/draw.hpp"
#include "workload/node_power.hpp"
#include "workload/stall.hpp"

namespace coldsun::workload {

// At one instant of one member: phases of the links, arrivals, plans, and dispatch where something changed. Serial over
// the sites, because a plan may move a job between sites. A second call has no effect. reads link_up, the queues;
// writes phase, queues, nodes. 56 B per member and site, and a site's nodes and queue where a job came or went
struct Begin : Queue {
  Drive drive;
  View<const std::int32_t, 1> member;
  View<const Time, 1> now;
  COLDSUN_FN void operator()(int a) const {
    const int n_site = sys.site.extent[0], m = member(a);
    const Time t = now(m);
    for (int s = 0; s < n_site; ++s) {
      const bool up = drive.link_up(m, s) != 0;
      Time& down_since = st.link_down_since(m, s);
      down_since = up ? never : (down_since == never ? t : down_since);
      st.link_phase(m, s) = link_phase_at(up, t, down_since, st.link_buffer(m, s), st.backlog(m, s));
      arrivals(m, s, t);
      PlanPost{*this, drive}(m, s, t);
      release(m, s, t);
    }
    for (int s = 0; s < n_site; ++s)
      if (st.changed(m, s)) dispatch(m, s, t);
    for (int s = 0; s < n_site; ++s) find_head(m, s);
  }
};

// reads running, arriving, stalled and draining work of a member's sites; lowers next. 12 B per node and 40 B per
// running job
struct NextEvent : Queue {
  NextCut next;
  bool path_stall;

  static COLDSUN_FN Time earlier(Time a, Time b) { return a < b ? a : b; }
  COLDSUN_FN Time job_end(int m, int s, int j, Time t) const {
    const Real rate = st.pace(m, j) * scheduled_rate(st.link_phase(m, s), jobs.link_bound(m, j), path_stall,
                                                     st.work_owed(m, j), st.backlog(m, s), st.burst_ratio(m, s));
    const Real left = math::max(st.work_left(m, j), 0.0);
    // a suspended job has no predicted end
    return left < 1e9 * rate ? t + nanoseconds(left / rate) : never;
  }
  COLDSUN_FN Time site_event(int m, int s, Time t) const {
    Time first = never;
    if (const int j = st.next_job(m, s); j < last_job(s)) first = jobs.submit_time(m, j);
    if (st.link_phase(m, s) == LinkPhase::draining)
      first = earlier(first, drain_end(t, st.backlog(m, s), st.burst_ratio(m, s)));
    if (st.link_down_since(m, s) != never && st.link_phase(m, s) != LinkPhase::stalled)
      first = earlier(first, stall_start(st.link_down_since(m, s), st.link_buffer(m, s)));
    if (st.plan_due(m, s) > t) first = earlier(first, st.plan_due(m, s));
    for (int j = st.queue_head(m, s); j < st.next_job(m, s); ++j)
      if (st.status(m, j) == Status::queued && st.plan_start(m, j) > t) first = earlier(first, st.plan_start(m, j));
    const int node = sys.site(s).node_first, count = sys.site(s).node_count;
    for (int n = node; n < node + count; ++n)
      if (const int j = st.node_job(m, n); j >= 0 && st.lead_node(m, j) == n)
        first = earlier(first, job_end(m, s, j, t));
    return first;
  }
  COLDSUN_FN void operator()(int a) const {
    const int m = next.member(a);
    const Time t = next.now(m);
    Time first = next.stop(m);
    for (int s = 0; s < sys.site.extent[0]; ++s) first = earlier(first, site_event(m, s, t));
    next.stop(m) = first > t ? first : t + 1;
  }
};

// reads the node's job; writes utilization, p_request, p_floor, node_priority. 74 B read, 28 B written and 63 flops per
// node
struct AskPower {
  Cut cut;
  SystemView sys;
  JobsView jobs;
  Drive drive;
  StateView st;
  COLDSUN_FN Real job_level(int m, int s, int n, int j) const {
    const Real u = jobs.job_utilization(m, j);
    const NodeMode mode =
        node_mode(st.link_phase(m, s), jobs.link_bound(m, j), st.work_owed(m, j), drive.path_stall, drive.path_burst);
    if (mode == NodeMode::stalled) return u * sys.statistics(s).stalled_utilization;
    return mode == NodeMode::burst ? raised_utilization(u, sys.node_exponent(n), st.burst_gain(m, s)) : u;
  }
  COLDSUN_FN void operator()(int a, int n) const {
    const int m = cut.member(a), j = st.node_job(m, n);
    const Real u = j < 0 ? 0.0 : job_level(m, sys.node_site(n), n, j);
    st.utilization(m, n) = u;
    const Real p = PowerCurve{sys.node_p_idle(n), sys.node_p_max(n), sys.node_exponent(n)}(u),
               cap = j < 0 ? 1.0 : st.plan_cap(m, j);
    st.p_request(m, n) = cap >= 1.0 ? p : sys.node_p_idle(n) + cap * (p - sys.node_p_idle(n));
    st.p_floor(m, n) = sys.node_p_idle(n);
    st.node_priority(m, n) = j < 0 ? 0 : jobs.priority(m, j);
  }
};

// reads a site's counts; writes them as Real for the record. 24 B and 1 flop per site
struct CountSite {
  Cut cut;
  SystemView sys;
  StateView st;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = sys.site.extent[0], m = cut.member(i / n_site), s = i % n_site, count = sys.site(s).node_count;
    st.busy_fraction(m, s) = count > 0 ? static_cast<Real>(st.node_busy(m, s)) / count : 0.0;
    st.queue_length(m, s) = st.n_queued(m, s);
  }
};

template <class Space>
void next_event(Space space, const System& sys, const JobTable& t, State& s, const Drive& d, const NextCut& next) {
  for_each(space, next.n_active, Begin{{sys, t, s}, d, next.member, next.now});
  for_each(space, next.n_active, NextEvent{{sys, t, s}, next, d.path_stall});
}

template <class Space>
void request(Space space, const System& sys, const JobTable& t, State& s, const Drive& d, const Cut& cut) {
  const std::int64_t pairs = static_cast<std::int64_t>(cut.n_active) * sys.n_site();
  for_each(space, cut.n_active, Begin{{sys, t, s}, d, cut.member, cut.start});
  for_rows(space, cut.n_active, sys.n_node(), AskPower{cut, sys, t, d, s});
  for_each(space, pairs, CountSite{cut, sys, s});
}

}  // namespace coldsun::workload

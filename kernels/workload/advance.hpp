// The workload in a cut: what happens at its first instant, the power asked, the progress by the power drawn.
#pragma once
#include "workload/draw.hpp"
#include "workload/node_power.hpp"
#include "workload/stall.hpp"

namespace coldsun::workload {

// At one instant of one member: the links' phases, arrivals, plans, and the dispatch where something changed; serial over the sites, since a
// plan may send a job from one to another. A second call does nothing.
// reads link_up, the queues; writes phase, queues, nodes. 56 B per member and site, and a site's nodes and queue where a job came or went
struct Begin {
  Queue queue;
  PlanPost post;
  View<const std::int32_t, 1> member;
  View<const Time, 1> now;
  View<const std::int32_t, 2> link_up;
  View<const Real, 2> link_buffer, backlog;
  View<Time, 2> link_down_since;
  View<LinkPhase, 2> link_phase;
  COLDSUN_FN void operator()(int a) const {
    const int n_site = queue.site.extent[0], m = member(a);
    const Time t = now(m);
    for (int s = 0; s < n_site; ++s) {
      const bool up = link_up(m, s) != 0;
      link_down_since(m, s) = up ? never : (link_down_since(m, s) == never ? t : link_down_since(m, s));
      link_phase(m, s) = link_phase_at(up, t, link_down_since(m, s), link_buffer(m, s), backlog(m, s));
      queue.arrivals(m, s, t);
      post(m, s, t);
      queue.release(m, s, t);
    }
    for (int s = 0; s < n_site; ++s)
      if (queue.changed(m, s)) queue.dispatch(m, s, t);
    for (int s = 0; s < n_site; ++s) queue.find_head(m, s);
  }
};

// reads what runs, arrives, stalls and drains at the sites of a member; lowers next. 12 B per node and 40 B per running job
struct NextEvent {
  Queue queue;
  View<const std::int32_t, 1> member;
  View<const Time, 1> now;
  View<const std::int8_t, 2> link_bound;
  View<const Real, 2> work_left, work_owed, pace, link_buffer, backlog, burst_ratio;
  View<const Time, 2> link_down_since, plan_due;
  View<const LinkPhase, 2> link_phase;
  bool path_stall;
  View<Time, 1> next;
  static COLDSUN_FN Time earlier(Time a, Time b) { return a < b ? a : b; }
  COLDSUN_FN Time job_end(int m, int s, int j, Time t) const {
    const Real rate =
        pace(m, j) * scheduled_rate(link_phase(m, s), link_bound(m, j), path_stall, work_owed(m, j), backlog(m, s), burst_ratio(m, s));
    const Real left = math::max(work_left(m, j), 0.0);
    return left < 1e9 * rate ? t + nanoseconds(left / rate) : never;  // a suspended job ends never, as far as one can say now
  }
  COLDSUN_FN Time site_event(int m, int s, Time t) const {
    Time first = never;
    if (const int j = queue.next_job(m, s); j < queue.last_job(s)) first = queue.submit_time(m, j);
    if (link_phase(m, s) == LinkPhase::draining) first = earlier(first, drain_end(t, backlog(m, s), burst_ratio(m, s)));
    if (link_down_since(m, s) != never && link_phase(m, s) != LinkPhase::stalled)
      first = earlier(first, stall_start(link_down_since(m, s), link_buffer(m, s)));
    if (plan_due(m, s) > t) first = earlier(first, plan_due(m, s));
    for (int j = queue.queue_head(m, s); j < queue.next_job(m, s); ++j)
      if (queue.status(m, j) == Status::queued && queue.plan_start(m, j) > t) first = earlier(first, queue.plan_start(m, j));
    const int node = queue.site(s).node_first, count = queue.site(s).node_count;
    for (int n = node; n < node + count; ++n)
      if (const int j = queue.node_job(m, n); j >= 0 && queue.lead_node(m, j) == n) first = earlier(first, job_end(m, s, j, t));
    return first;
  }
  COLDSUN_FN void operator()(int a) const {
    const int m = member(a);
    const Time t = now(m);
    Time first = next(m);
    for (int s = 0; s < queue.site.extent[0]; ++s) first = earlier(first, site_event(m, s, t));
    next(m) = first > t ? first : t + 1;
  }
};

// reads the node's job; writes utilization, p_request, p_floor, node_priority. 74 B read, 28 B written and 63 flops per node
struct AskPower {
  Cut cut;
  View<const std::int32_t, 1> node_site;
  View<const Real, 1> node_p_idle, node_p_max, node_exponent;
  View<const JobStatistics, 1> statistics;
  View<const std::int32_t, 2> node_job, job_priority;
  View<const Real, 2> job_utilization, work_owed, burst_gain, plan_cap;
  View<const std::int8_t, 2> link_bound;
  View<const LinkPhase, 2> link_phase;
  bool path_stall, path_burst;
  View<Real, 2> utilization, p_request, p_floor;
  View<std::int32_t, 2> node_priority;
  COLDSUN_FN Real job_level(int m, int s, int n, int j) const {
    const Real u = job_utilization(m, j);
    const NodeMode mode = node_mode(link_phase(m, s), link_bound(m, j), work_owed(m, j), path_stall, path_burst);
    if (mode == NodeMode::stalled) return u * statistics(s).stalled_utilization;
    return mode == NodeMode::burst ? raised_utilization(u, node_exponent(n), burst_gain(m, s)) : u;
  }
  COLDSUN_FN void operator()(int a, int n) const {
    const int m = cut.member(a), j = node_job(m, n);
    const Real u = j < 0 ? 0.0 : job_level(m, node_site(n), n, j);
    utilization(m, n) = u;
    const Real p = PowerCurve{node_p_idle(n), node_p_max(n), node_exponent(n)}(u), cap = j < 0 ? 1.0 : plan_cap(m, j);
    p_request(m, n) = cap >= 1.0 ? p : node_p_idle(n) + cap * (p - node_p_idle(n));
    p_floor(m, n) = node_p_idle(n);
    node_priority(m, n) = j < 0 ? 0 : job_priority(m, j);
  }
};

// reads a site's counts; writes them as numbers for the record. 24 B and 1 flop per site
struct CountSite {
  Cut cut;
  View<const Site, 1> site;
  View<const std::int32_t, 2> node_busy, n_queued;
  View<Real, 2> busy_fraction, queue_length;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = site.extent[0], m = cut.member(i / n_site), s = i % n_site, count = site(s).node_count;
    busy_fraction(m, s) = count > 0 ? static_cast<Real>(node_busy(m, s)) / count : 0.0;
    queue_length(m, s) = n_queued(m, s);
  }
};

inline Begin make_begin(const System& sys, const JobTable& t, State& s, const Drive& d, View<const std::int32_t, 1> member,
                        View<const Time, 1> now) {
  const Queue queue = make_queue(sys, t, s);
  return {queue,         {queue, d.link_up, s.told_site, s.told_start, s.told_cap, s.plan_due, d.path_stale},
          member,        now,
          d.link_up,     s.link_buffer,
          s.backlog,     s.link_down_since,
          s.link_phase};
}

template <class Space>
void next_event(Space space, const System& sys, const JobTable& t, State& s, const Drive& d, View<const std::int32_t, 1> member,
                int n_active, View<const Time, 1> now, View<Time, 1> next) {
  const Begin begin = make_begin(sys, t, s, d, member, now);
  for_each(space, n_active, begin);
  for_each(space, n_active,
           NextEvent{begin.queue, member, now, t.link_bound, s.work_left, s.work_owed, s.pace, s.link_buffer, s.backlog, s.burst_ratio,
                     s.link_down_since, s.plan_due, s.link_phase, d.path_stall, next});
}

template <class Space>
void request(Space space, const System& sys, const JobTable& t, State& s, const Drive& d, const Cut& cut) {
  const std::int64_t pairs = static_cast<std::int64_t>(cut.n_active) * sys.n_site();
  for_each(space, cut.n_active, make_begin(sys, t, s, d, cut.member, cut.start));
  for_rows(space, cut.n_active, sys.n_node(),
           AskPower{cut, sys.node_site, sys.node_p_idle, sys.node_p_max, sys.node_exponent, sys.statistics, s.node_job, t.priority,
                    t.job_utilization, s.work_owed, s.burst_gain, s.plan_cap, t.link_bound, s.link_phase, d.path_stall, d.path_burst, s.utilization,
                    s.p_request, s.p_floor, s.node_priority});
  for_each(space, pairs, CountSite{cut, sys.site, s.node_busy, s.n_queued, s.busy_fraction, s.queue_length});
}

}  // namespace coldsun::workload

// Queues of the sites of one member: arrivals, plans, first-come-first-served with EASY backfill (Lifka 1995, doi 10.1007/3-540-60153-8_35;
// Mu'alem and Feitelson 2001, doi 10.1109/71.932708). Serial. The head of a queue holds a reservation, by the requested walltimes of
// what runs; a later job may start only if by its own walltime it ends before that instant or takes nodes that the head will not need.
// A plan may send a job to another site, hold it until an instant, and cap its nodes; who may start then follows the same rule.
#pragma once
#include "workload/node_power.hpp"
#include "workload/workload.hpp"

namespace coldsun::workload {

// Everything the queues read and write. A job waits in the row of its own site; what runs is counted where it runs.
struct Queue {
  View<const Site, 1> site;
  View<const std::int32_t, 1> job_first, n_job, job_site;
  View<const Time, 2> submit_time;
  View<const std::int32_t, 2> n_gpu, n_node;
  View<const Real, 2> walltime;
  View<Status, 2> status;
  View<std::int32_t, 2> lead_node, node_job, next_job, queue_head, cursor, n_running, n_queued, n_backfilled, node_busy;
  View<Time, 2> start_time;
  View<Real, 2> wait_seconds;
  View<std::int8_t, 2> changed;
  View<std::int32_t, 2> plan_site;
  View<Time, 2> plan_start;
  View<Real, 2> plan_cap;
  View<const Time, 1> plan_hold, plan_reach;
  View<const Time, 2> deadline;

  COLDSUN_FN int last_job(int s) const { return job_first(s) + n_job(s); }
  // Where a waiting job will run, and how many nodes it takes there.
  COLDSUN_FN int place_of(int m, int j) const { return plan_site(m, j) < 0 ? job_site(j) : plan_site(m, j); }
  COLDSUN_FN std::int32_t nodes_at(int m, int s, int j) const {
    return job_site(j) == s ? n_node(m, j) : node_count_of(n_gpu(m, j), site(s).gpu_per_node, site(s).node_count);
  }
  // The duration that the request foresees: longer under a cap.
  COLDSUN_FN Time expected_duration(int m, int j) const { return nanoseconds(walltime(m, j) / math::max(pace_at(plan_cap(m, j)), 1e-6)); }

  // Nodes of a job: the free ones of lowest number.
  COLDSUN_FN void start(int m, int s, int j, Time now) const {
    const int first = site(s).node_first;
    const std::int32_t nodes = nodes_at(m, s, j);
    lead_node(m, j) = -1;
    for (int n = first, need = nodes; need > 0; ++n) {
      if (node_job(m, n) >= 0) continue;
      node_job(m, n) = j, --need;
      if (lead_node(m, j) < 0) lead_node(m, j) = n;
    }
    status(m, j) = Status::running;
    start_time(m, j) = now;
    ++n_running(m, s), node_busy(m, s) += nodes;
  }
  COLDSUN_FN void start_queued(int m, int s, int j, Time now) const {
    --n_queued(m, job_site(j));
    wait_seconds(m, s) += seconds(now - submit_time(m, j));
    start(m, s, j, now);
  }

  // Until when a job that arrives waits for a plan; now: not at all. What by its request outlasts the plan or has no slack does not wait.
  COLDSUN_FN Time held_until(int m, int j, Time now) const {
    const Time until = now + plan_hold(m), request = nanoseconds(walltime(m, j)), latest = deadline(m, j) - request;
    if (plan_reach(m) == 0) return until;
    if (request > plan_reach(m) || latest < now) return now;
    return until < latest ? until : latest;
  }
  COLDSUN_FN void arrivals(int m, int s, Time now) const {
    int j = next_job(m, s);
    for (const int last = last_job(s); j < last && (n_node(m, j) == 0 || submit_time(m, j) <= now); ++j) {
      if (status(m, j) != Status::pending) continue;
      status(m, j) = Status::queued;
      if (const Time until = held_until(m, j, now); until > now && plan_start(m, j) == 0) plan_start(m, j) = until;
      ++n_queued(m, s), changed(m, place_of(m, j)) = 1;
    }
    next_job(m, s) = j;
  }
  // Jobs of site s whose planned start has come are free to go.
  COLDSUN_FN void release(int m, int s, Time now) const {
    for (int j = queue_head(m, s); j < next_job(m, s); ++j) {
      if (status(m, j) != Status::queued || plan_start(m, j) == 0 || plan_start(m, j) > now) continue;
      plan_start(m, j) = 0, changed(m, place_of(m, j)) = 1;
    }
  }

  // When a running job is expected to end: by its request, at once if that has passed.
  COLDSUN_FN Time expected_end(int m, int j, Time now) const {
    const Time end = start_time(m, j) + expected_duration(m, j);
    return end > now ? end : now;
  }
  // The earliest instant at which `need` nodes are expected free, and how many are over then.
  struct Reservation {
    Time when;
    std::int32_t extra;
  };
  COLDSUN_FN Reservation reserve(int m, int s, int need, Time now) const {
    const int first = site(s).node_first, count = site(s).node_count;
    int free = count - node_busy(m, s);
    for (Time t = now - 1; free < need;) {
      Time next = never;
      int released = 0;
      for (int n = first; n < first + count; ++n) {
        const int j = node_job(m, n);
        if (j < 0 || lead_node(m, j) != n) continue;
        const Time end = expected_end(m, j, now);
        if (end <= t || end > next) continue;
        released = end < next ? nodes_at(m, s, j) : released + nodes_at(m, s, j);
        next = end;
      }
      if (next == never) return {never, 0};
      t = next, free += released;
      if (free >= need) return {t, free - need};
    }
    return {now, free - need};
  }

  // The next job that waits for place s and is not held, by submit_time; -1: none. The cursors remember how far each site was read.
  COLDSUN_FN int next_waiting(int m, int s) const {
    int best = -1;
    for (int h = 0; h < site.extent[0]; ++h) {
      int j = cursor(m, h);
      const int last = next_job(m, h);
      while (j < last && (status(m, j) != Status::queued || plan_start(m, j) != 0 || place_of(m, j) != s)) ++j;
      cursor(m, h) = j;
      if (j < last && (best < 0 || submit_time(m, j) < submit_time(m, best))) best = j;
    }
    if (best >= 0) cursor(m, job_site(best)) = best + 1;
    return best;
  }

  // Starts what may start at `now` at place s.
  COLDSUN_FN void dispatch(int m, int s, Time now) const {
    changed(m, s) = 0;
    for (int h = 0; h < site.extent[0]; ++h) cursor(m, h) = queue_head(m, h);
    const int count = site(s).node_count;
    int j = next_waiting(m, s);
    for (; j >= 0 && nodes_at(m, s, j) <= count - node_busy(m, s); j = next_waiting(m, s)) start_queued(m, s, j, now);
    if (j >= 0 && node_busy(m, s) < count) backfill(m, s, j, now);
  }
  COLDSUN_FN void backfill(int m, int s, int head, Time now) const {
    const int count = site(s).node_count;
    Reservation r = reserve(m, s, nodes_at(m, s, head), now);
    while (node_busy(m, s) < count) {
      const int j = next_waiting(m, s);
      if (j < 0) return;
      const std::int32_t nodes = nodes_at(m, s, j);
      if (nodes > count - node_busy(m, s)) continue;
      const bool in_time = r.when == never || now + expected_duration(m, j) <= r.when;
      if (!in_time && nodes > r.extra) continue;
      if (!in_time) r.extra -= nodes;
      start_queued(m, s, j, now);
      ++n_backfilled(m, s);
    }
  }
  COLDSUN_FN void find_head(int m, int s) const {
    int j = queue_head(m, s);
    while (j < next_job(m, s) && status(m, j) != Status::queued) ++j;
    queue_head(m, s) = j;
  }
};

// A plan under way: it reaches a site at plan_due, or when the link is back; a job that is sent away needs the other site's link too.
struct PlanPost {
  Queue queue;
  View<const std::int32_t, 2> link_up, told_site;
  View<const Time, 2> told_start;
  View<Real, 2> told_cap;
  View<Time, 2> plan_due;
  bool path_stale;

  COLDSUN_FN bool hears(int m, int s) const { return !path_stale || link_up(m, s) != 0; }
  // A job that runs stays where it is: of a plan it only takes the cap.
  COLDSUN_FN void take_running(int m, int s) const {
    const int first = queue.site(s).node_first;
    for (int n = first; n < first + queue.site(s).node_count; ++n) {
      const int j = queue.node_job(m, n);
      if (j >= 0 && queue.lead_node(m, j) == n && told_cap(m, j) > 0.0) queue.plan_cap(m, j) = told_cap(m, j), told_cap(m, j) = 0.0;
    }
  }
  COLDSUN_FN bool take_waiting(int m, int s, Time now) const {
    bool all = true;
    for (int j = queue.queue_head(m, s); j < queue.next_job(m, s); ++j) {
      if (queue.status(m, j) != Status::queued || !(told_cap(m, j) > 0.0)) continue;
      if (told_site(m, j) >= 0 && !hears(m, told_site(m, j))) {
        all = false;
        continue;
      }
      queue.changed(m, queue.place_of(m, j)) = 1;
      queue.plan_site(m, j) = told_site(m, j), queue.plan_cap(m, j) = told_cap(m, j), told_cap(m, j) = 0.0;
      queue.plan_start(m, j) = told_start(m, j) > now ? told_start(m, j) : 0;
      queue.changed(m, queue.place_of(m, j)) = 1;
    }
    return all;
  }
  COLDSUN_FN void operator()(int m, int s, Time now) const {
    if (plan_due(m, s) > now || !hears(m, s)) return;
    take_running(m, s);
    if (take_waiting(m, s, now)) plan_due(m, s) = never;
  }
};

}  // namespace coldsun::workload

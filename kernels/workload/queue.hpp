// Queues of the sites of one member: arrivals, plans, first-come-first-served with EASY backfill (Lifka 1995,
// doi 10.1007/3-540-60153-8_35; Mu'alem and Feitelson 2001, doi 10.1109/71.932708). Serial. The head of a queue holds a
// reservation from the walltimes of the running jobs. A later job may start only if it ends by its walltime before that
// instant, or takes nodes that the head will not need. A plan may send a job to another site, hold it until an instant,
// and cap its nodes; the same rule then applies.
#pragma once
#include "workload/node_power.hpp"
#include "workload/workload.hpp"

namespace coldsun::workload {

// Data of the queues. A job waits in the rows of its own site and is counted as running where it runs.
struct Queue {
  SystemView sys;
  JobsView jobs;
  StateView st;

  COLDSUN_FN int last_job(int s) const { return jobs.job_first(s) + jobs.n_job(s); }
  // Site where a waiting job will run, and the number of nodes that it takes there.
  COLDSUN_FN int place_of(int m, int j) const { return st.plan_site(m, j) < 0 ? jobs.job_site(j) : st.plan_site(m, j); }
  COLDSUN_FN std::int32_t nodes_at(int m, int s, int j) const {
    return jobs.job_site(j) == s ? jobs.n_node(m, j)
                                 : node_count_of(jobs.n_gpu(m, j), sys.site(s).n_plate, sys.site(s).node_count);
  }
  // Expected duration from the request, longer under a cap.
  COLDSUN_FN Time expected_duration(int m, int j) const {
    return nanoseconds(jobs.walltime(m, j) / math::max(pace_at(st.plan_cap(m, j)), 1e-6));
  }

  // Starts a job on the free nodes of lowest number.
  COLDSUN_FN void start(int m, int s, int j, Time now) const {
    const int first = sys.site(s).node_first;
    const std::int32_t nodes = nodes_at(m, s, j);
    st.lead_node(m, j) = -1;
    for (int n = first, need = nodes; need > 0; ++n) {
      if (st.node_job(m, n) >= 0) continue;
      st.node_job(m, n) = j, --need;
      if (st.lead_node(m, j) < 0) st.lead_node(m, j) = n;
    }
    st.status(m, j) = Status::running;
    st.start_time(m, j) = now;
    ++st.n_running(m, s), st.node_busy(m, s) += nodes;
  }
  COLDSUN_FN void start_queued(int m, int s, int j, Time now) const {
    --st.n_queued(m, jobs.job_site(j));
    st.wait_seconds(m, s) += seconds(now - jobs.submit_time(m, j));
    start(m, s, j, now);
  }

  // End of the hold of an arriving job for a plan; now: no hold. Jobs whose request exceeds plan_reach or has no slack
  // are not held.
  COLDSUN_FN Time held_until(int m, int j, Time now) const {
    const Time until = now + st.plan_hold(m), request = nanoseconds(jobs.walltime(m, j)),
               latest = jobs.deadline(m, j) - request;
    if (st.plan_reach(m) == 0) return until;
    if (request > st.plan_reach(m) || latest < now) return now;
    return until < latest ? until : latest;
  }
  COLDSUN_FN void arrivals(int m, int s, Time now) const {
    int j = st.next_job(m, s);
    for (const int last = last_job(s); j < last && (jobs.n_node(m, j) == 0 || jobs.submit_time(m, j) <= now); ++j) {
      if (st.status(m, j) != Status::pending) continue;
      st.status(m, j) = Status::queued;
      if (const Time until = held_until(m, j, now); until > now && st.plan_start(m, j) == 0)
        st.plan_start(m, j) = until;
      ++st.n_queued(m, s), st.changed(m, place_of(m, j)) = 1;
    }
    st.next_job(m, s) = j;
  }
  // Ends the hold of the site's jobs whose planned start has come.
  COLDSUN_FN void release(int m, int s, Time now) const {
    for (int j = st.queue_head(m, s); j < st.next_job(m, s); ++j) {
      if (st.status(m, j) != Status::queued || st.plan_start(m, j) == 0 || st.plan_start(m, j) > now) continue;
      st.plan_start(m, j) = 0, st.changed(m, place_of(m, j)) = 1;
    }
  }

  // Expected end of a running job from its request; now where that has passed.
  COLDSUN_FN Time expected_end(int m, int j, Time now) const {
    const Time end = st.start_time(m, j) + expected_duration(m, j);
    return end > now ? end : now;
  }
  // The earliest instant at which `need` nodes are expected to be free, and the number of further free nodes then.
  struct Reservation {
    Time when;
    std::int32_t extra;
  };
  COLDSUN_FN Reservation reserve(int m, int s, int need, Time now) const {
    const int first = sys.site(s).node_first, count = sys.site(s).node_count;
    int free = count - st.node_busy(m, s);
    for (Time t = now - 1; free < need;) {
      Time next = never;
      int released = 0;
      for (int n = first; n < first + count; ++n) {
        const int j = st.node_job(m, n);
        if (j < 0 || st.lead_node(m, j) != n) continue;
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

  // The next waiting job for place s, by submit_time, that is not held; -1: none. The cursors hold the reading position
  // at each site.
  COLDSUN_FN int next_waiting(int m, int s) const {
    int best = -1;
    for (int h = 0; h < sys.site.extent[0]; ++h) {
      int j = st.cursor(m, h);
      const int last = st.next_job(m, h);
      while (j < last && (st.status(m, j) != Status::queued || st.plan_start(m, j) != 0 || place_of(m, j) != s)) ++j;
      st.cursor(m, h) = j;
      if (j < last && (best < 0 || jobs.submit_time(m, j) < jobs.submit_time(m, best))) best = j;
    }
    if (best >= 0) st.cursor(m, jobs.job_site(best)) = best + 1;
    return best;
  }

  // Starts all jobs that may start at `now` at place s.
  COLDSUN_FN void dispatch(int m, int s, Time now) const {
    st.changed(m, s) = 0;
    for (int h = 0; h < sys.site.extent[0]; ++h) st.cursor(m, h) = st.queue_head(m, h);
    const int count = sys.site(s).node_count;
    int j = next_waiting(m, s);
    for (; j >= 0 && nodes_at(m, s, j) <= count - st.node_busy(m, s); j = next_waiting(m, s))
      start_queued(m, s, j, now);
    if (j >= 0 && st.node_busy(m, s) < count) backfill(m, s, j, now);
  }
  COLDSUN_FN void backfill(int m, int s, int head, Time now) const {
    const int count = sys.site(s).node_count;
    Reservation r = reserve(m, s, nodes_at(m, s, head), now);
    while (st.node_busy(m, s) < count) {
      const int j = next_waiting(m, s);
      if (j < 0) return;
      const std::int32_t nodes = nodes_at(m, s, j);
      if (nodes > count - st.node_busy(m, s)) continue;
      const bool in_time = r.when == never || now + expected_duration(m, j) <= r.when;
      if (!in_time && nodes > r.extra) continue;
      if (!in_time) r.extra -= nodes;
      start_queued(m, s, j, now);
      ++st.n_backfilled(m, s);
    }
  }
  COLDSUN_FN void find_head(int m, int s) const {
    int j = st.queue_head(m, s);
    while (j < st.next_job(m, s) && st.status(m, j) != Status::queued) ++j;
    st.queue_head(m, s) = j;
  }
};

// A plan on its way: it reaches a site at plan_due or, during an outage, at its end. A job sent to another site needs
// that site's link too.
struct PlanPost {
  const Queue& queue;
  const Drive& drive;

  COLDSUN_FN bool hears(int m, int s) const { return !drive.path_stale || drive.link_up(m, s) != 0; }
  // A running job stays where it is: it takes only the cap of a plan.
  COLDSUN_FN void take_running(int m, int s) const {
    const StateView& st = queue.st;
    const int first = queue.sys.site(s).node_first;
    for (int n = first; n < first + queue.sys.site(s).node_count; ++n) {
      const int j = st.node_job(m, n);
      if (j >= 0 && st.lead_node(m, j) == n && st.told_cap(m, j) > 0.0)
        st.plan_cap(m, j) = st.told_cap(m, j), st.told_cap(m, j) = 0.0;
    }
  }
  COLDSUN_FN bool take_waiting(int m, int s, Time now) const {
    const StateView& st = queue.st;
    bool all = true;
    for (int j = st.queue_head(m, s); j < st.next_job(m, s); ++j) {
      if (st.status(m, j) != Status::queued || !(st.told_cap(m, j) > 0.0)) continue;
      if (st.told_site(m, j) >= 0 && !hears(m, st.told_site(m, j))) {
        all = false;
        continue;
      }
      st.changed(m, queue.place_of(m, j)) = 1;
      st.plan_site(m, j) = st.told_site(m, j), st.plan_cap(m, j) = st.told_cap(m, j), st.told_cap(m, j) = 0.0;
      st.plan_start(m, j) = st.told_start(m, j) > now ? st.told_start(m, j) : 0;
      st.changed(m, queue.place_of(m, j)) = 1;
    }
    return all;
  }
  COLDSUN_FN void operator()(int m, int s, Time now) const {
    if (queue.st.plan_due(m, s) > now || !hears(m, s)) return;
    take_running(m, s);
    if (take_waiting(m, s, now)) queue.st.plan_due(m, s) = never;
  }
};

}  // namespace coldsun::workload

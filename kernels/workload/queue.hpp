// Queue of one site of one member: arrivals, first-come-first-served with EASY backfill (Lifka 1995, doi 10.1007/3-540-60153-8_35;
// Mu'alem and Feitelson 2001, doi 10.1109/71.932708). Serial. The head of the queue holds a reservation, by the requested walltimes of
// what runs; a later job may start only if by its own walltime it ends before that instant or takes nodes that the head will not need.
#pragma once
#include "workload/workload.hpp"

namespace coldsun::workload {

// Everything the queue reads and writes.
struct Queue {
  View<const Site, 1> site;
  View<const std::int32_t, 1> job_first, n_job;
  View<const Time, 2> submit_time;
  View<const std::int32_t, 2> n_node;
  View<const Real, 2> walltime;
  View<Status, 2> status;
  View<std::int32_t, 2> lead_node, node_job, next_job, queue_head, n_running, n_queued, n_backfilled, node_busy;
  View<Time, 2> start_time;
  View<Real, 2> wait_seconds;
  View<std::int8_t, 2> changed;

  COLDSUN_FN int last_job(int s) const { return job_first(s) + n_job(s); }

  // Nodes of a job: the free ones of lowest number.
  COLDSUN_FN void start(int m, int s, int j, Time now) const {
    const int first = site(s).node_first;
    lead_node(m, j) = -1;
    for (int n = first, need = n_node(m, j); need > 0; ++n) {
      if (node_job(m, n) >= 0) continue;
      node_job(m, n) = j, --need;
      if (lead_node(m, j) < 0) lead_node(m, j) = n;
    }
    status(m, j) = Status::running;
    start_time(m, j) = now;
    ++n_running(m, s), node_busy(m, s) += n_node(m, j);
  }
  COLDSUN_FN void start_queued(int m, int s, int j, Time now) const {
    --n_queued(m, s);
    wait_seconds(m, s) += seconds(now - submit_time(m, j));
    start(m, s, j, now);
  }

  COLDSUN_FN void arrivals(int m, int s, Time now) const {
    int j = next_job(m, s);
    for (const int last = last_job(s); j < last && (n_node(m, j) == 0 || submit_time(m, j) <= now); ++j) {
      if (status(m, j) != Status::pending) continue;
      status(m, j) = Status::queued;
      ++n_queued(m, s), changed(m, s) = 1;
    }
    next_job(m, s) = j;
  }

  // When a running job is expected to end: by its request, at once if that has passed.
  COLDSUN_FN Time expected_end(int m, int j, Time now) const {
    const Time end = start_time(m, j) + nanoseconds(walltime(m, j));
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
        released = end < next ? n_node(m, j) : released + n_node(m, j);
        next = end;
      }
      if (next == never) return {never, 0};
      t = next, free += released;
      if (free >= need) return {t, free - need};
    }
    return {now, free - need};
  }

  // Starts what may start at `now`.
  COLDSUN_FN void dispatch(int m, int s, Time now) const {
    changed(m, s) = 0;
    if (n_queued(m, s) == 0) {
      queue_head(m, s) = next_job(m, s);
      return;
    }
    const int count = site(s).node_count, last = next_job(m, s);
    int j = queue_head(m, s);
    for (; j < last; ++j) {
      if (status(m, j) != Status::queued) continue;
      if (n_node(m, j) > count - node_busy(m, s)) break;
      start_queued(m, s, j, now);
    }
    queue_head(m, s) = j;
    if (j < last && n_queued(m, s) > 1 && node_busy(m, s) < count) backfill(m, s, j, now);
  }

  COLDSUN_FN void backfill(int m, int s, int head, Time now) const {
    const int count = site(s).node_count, last = next_job(m, s);
    Reservation r = reserve(m, s, n_node(m, head), now);
    for (int j = head + 1; j < last && node_busy(m, s) < count; ++j) {
      if (status(m, j) != Status::queued || n_node(m, j) > count - node_busy(m, s)) continue;
      const bool in_time = r.when == never || now + nanoseconds(walltime(m, j)) <= r.when;
      if (!in_time && n_node(m, j) > r.extra) continue;
      if (!in_time) r.extra -= n_node(m, j);
      start_queued(m, s, j, now);
      ++n_backfilled(m, s);
    }
  }
};

}  // namespace coldsun::workload

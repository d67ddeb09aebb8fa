// Fills the table of jobs and the State of the day's start. Loops; what a job is stands in jobs.hpp.
#pragma once
#include "common/loops.hpp"
#include "workload/jobs.hpp"
#include "workload/queue.hpp"

namespace coldsun::workload {

// reads statistics; writes submit_time of the arrivals. 8 B and some 80 flops per job; serial in a site: an arrival is a sum of intervals
struct DrawArrivals {
  View<const Site, 1> site;
  View<const JobStatistics, 1> statistics;
  View<const Real, 1> arrival_rate;
  View<const Time, 1> span;
  View<const std::int32_t, 1> job_first, n_initial, n_job;
  View<const Real, 2> load_gain;
  View<Time, 2> submit_time;
  std::uint64_t seed;
  std::uint32_t first_member;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = site.extent[0], m = i / n_site, s = i % n_site;
    const JobStatistics& stats = statistics(s);
    const Chance chance = job_chance(seed, first_member + static_cast<std::uint32_t>(m), site(s).entity);
    const Time offset = nanoseconds(site(s).utc_offset), start = span(0), day = 86400 * ns_per_s;
    const Time midnight = floor_div(start + offset, day) * day - offset;
    const Real from = arrival_clock(stats, seconds(start - midnight) / 3600.0), per_hour = arrival_rate(s) * load_gain(m, s) * 3600.0;
    Real sum = 0.0;
    const int first = job_first(s) + n_initial(s), n = n_job(s) - n_initial(s);
    for (int k = 0; k < n; ++k) {
      sum += unit_interval(chance.uniform(static_cast<std::uint32_t>(k), draw_interval), stats.interval_cv, k == 0);
      submit_time(m, first + k) = midnight + nanoseconds(3600.0 * hour_of_clock(stats, from + sum / per_hour));
    }
  }
};

// reads submit_time of the arrivals; writes all else. 8 B read, 75 B written and some 900 integer and 300 floating operations per job
struct DrawJobs {
  View<const Site, 1> site;
  View<const JobStatistics, 1> statistics;
  View<const Time, 1> span;
  View<const std::int32_t, 1> job_site, job_first, n_initial;
  View<const Real, 2> link_bound_share;
  View<Time, 2> submit_time, deadline;
  View<std::int32_t, 2> n_gpu, n_node, priority;
  View<Real, 2> work, walltime, job_utilization, data_in, data_out;
  View<std::int8_t, 2> link_bound, preemptible;
  std::uint64_t seed;
  std::uint32_t first_member;
  COLDSUN_FN void operator()(int m, int j) const {
    const int s = job_site(j), place = j - job_first(s);
    const bool initial = place < n_initial(s);
    const std::uint32_t number =
        initial ? initial_number + static_cast<std::uint32_t>(place) : static_cast<std::uint32_t>(place - n_initial(s));
    const Chance chance = job_chance(seed, first_member + static_cast<std::uint32_t>(m), site(s).entity);
    const Job job = draw_job(statistics(s), site(s).gpu_per_node, site(s).node_count, link_bound_share(m, s), chance, number);
    if (initial) submit_time(m, j) = span(0) - nanoseconds(job.age);
    deadline(m, j) = submit_time(m, j) + nanoseconds(math::min(job.work + job.slack, 3e9));  // 95 years at most: a Time ends in 2262
    n_gpu(m, j) = job.n_gpu, n_node(m, j) = job.n_node, priority(m, j) = job.priority;
    work(m, j) = job.work, walltime(m, j) = job.walltime, job_utilization(m, j) = job.utilization;
    data_in(m, j) = job.data_in, data_out(m, j) = job.data_out;
    link_bound(m, j) = job.link_bound, preemptible(m, j) = job.preemptible;
  }
};

// reads n_node of the initial places; sets it to 0 where the hall is filled to its load. 4 B per initial place
struct FillHall {
  View<const Site, 1> site;
  View<const std::int32_t, 1> job_first, n_initial;
  View<const Real, 2> load_gain;
  View<std::int32_t, 2> n_node;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = site.extent[0], m = i / n_site, s = i % n_site;
    const Real target = site(s).node_count * math::min(site(s).load * load_gain(m, s), 1.0);
    int sum = 0;
    bool open = true;
    for (int j = job_first(s); j < job_first(s) + n_initial(s); ++j) {
      const int n = n_node(m, j);
      // The last one goes in if that brings the sum nearer to the target.
      open = open && sum + n <= site(s).node_count && sum + 0.5 * n <= target;
      if (open) sum += n;
      else n_node(m, j) = 0;
    }
  }
};

template <class Space>
void draw_jobs(Space space, const System& sys, const State& state, JobTable& t, std::uint64_t seed, std::uint32_t first_member) {
  const int n_member = t.n_member(), n_site = sys.n_site();
  const std::int64_t pairs = static_cast<std::int64_t>(n_member) * n_site;
  for_each(space, pairs,
           DrawArrivals{sys.site, sys.statistics, sys.arrival_rate, t.span, t.job_first, t.n_initial, t.n_job, state.load_gain,
                        t.submit_time, seed, first_member});
  for_rows(space, n_member, t.capacity(),
           DrawJobs{sys.site,          sys.statistics, t.span,     t.job_site,   t.job_first,   t.n_initial, state.link_bound_share,
                    t.submit_time,     t.deadline,     t.n_gpu,    t.n_node,     t.priority,    t.work,      t.walltime,
                    t.job_utilization, t.data_in,      t.data_out, t.link_bound, t.preemptible, seed,        first_member});
  for_each(space, pairs, FillHall{sys.site, t.job_first, t.n_initial, state.load_gain, t.n_node});
}

// reads the table; writes the jobs' state. 20 B read, 83 B written per job
struct StartJobs {
  View<const Site, 1> site;
  View<const std::int32_t, 1> job_site;
  View<const std::int32_t, 2> n_node;
  View<const Real, 2> work;
  View<Status, 2> status;
  View<std::int8_t, 2> late;
  View<std::int32_t, 2> lead_node;
  View<Time, 2> start_time, end_time;
  View<Real, 2> work_left, work_owed, pace;
  View<std::int32_t, 2> plan_site, told_site;
  View<Time, 2> plan_start, told_start;
  View<Real, 2> plan_cap, told_cap;
  COLDSUN_FN void operator()(int m, int j) const {
    const bool there = n_node(m, j) > 0 && n_node(m, j) <= site(job_site(j)).node_count;
    status(m, j) = there ? Status::pending : Status::absent;
    late(m, j) = 0, lead_node(m, j) = -1, start_time(m, j) = never, end_time(m, j) = never;
    work_left(m, j) = there ? work(m, j) : 0.0, work_owed(m, j) = 0.0, pace(m, j) = 1.0;
    plan_site(m, j) = told_site(m, j) = -1, plan_start(m, j) = told_start(m, j) = 0, plan_cap(m, j) = 1.0, told_cap(m, j) = 0.0;
  }
};

// reads the initial jobs; puts them on nodes; zeroes the site's sums. Serial: the lowest free nodes
struct StartSites {
  Queue queue;
  View<const Time, 1> span;
  View<const std::int32_t, 1> n_initial;
  View<std::int32_t, 2> n_done, n_late;
  View<Real, 2> work_left, backlog, gpu_seconds, work_done, stall_seconds;
  View<LinkPhase, 2> link_phase;
  View<Time, 2> link_down_since, plan_due;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = queue.site.extent[0], m = i / n_site, s = i % n_site;
    const int first = queue.job_first(s), node = queue.site(s).node_first, count = queue.site(s).node_count;
    queue.n_running(m, s) = queue.n_queued(m, s) = queue.n_backfilled(m, s) = queue.node_busy(m, s) = n_done(m, s) = n_late(m, s) = 0;
    queue.wait_seconds(m, s) = backlog(m, s) = gpu_seconds(m, s) = work_done(m, s) = stall_seconds(m, s) = 0.0;
    queue.changed(m, s) = 0, link_phase(m, s) = LinkPhase::normal, link_down_since(m, s) = plan_due(m, s) = never;
    queue.queue_head(m, s) = first;
    for (int n = node; n < node + count; ++n) queue.node_job(m, n) = -1;
    int j = first;
    for (; j < first + n_initial(s); ++j) {
      if (queue.status(m, j) != Status::pending) continue;
      const Time begun = queue.submit_time(m, j);
      work_left(m, j) = math::max(work_left(m, j) - seconds(span(0) - begun), 0.0);
      if (queue.n_node(m, j) <= count - queue.node_busy(m, s)) queue.start(m, s, j, begun);
      else queue.status(m, j) = Status::queued, ++queue.n_queued(m, s), queue.changed(m, s) = 1;
    }
    queue.next_job(m, s) = j;
  }
};

inline Queue make_queue(const System& sys, const JobTable& t, State& s) {
  return {sys.site,    t.job_first,  t.n_job,       t.job_site,     t.submit_time,  t.n_gpu,     t.n_node,    t.walltime,
          s.status,    s.lead_node,  s.node_job,    s.next_job,     s.queue_head,   s.cursor,    s.n_running, s.n_queued,
          s.n_backfilled, s.node_busy, s.start_time, s.wait_seconds, s.changed,     s.plan_site, s.plan_start, s.plan_cap,
          s.plan_hold, s.plan_reach, t.deadline};
}

template <class Space>
void start(Space space, const System& sys, const JobTable& t, State& s) {
  for_rows(space, t.n_member(), t.capacity(),
           StartJobs{sys.site, t.job_site, t.n_node, t.work, s.status, s.late, s.lead_node, s.start_time, s.end_time, s.work_left,
                     s.work_owed, s.pace, s.plan_site, s.told_site, s.plan_start, s.told_start, s.plan_cap, s.told_cap});
  for_each(space, static_cast<std::int64_t>(t.n_member()) * sys.n_site(),
           StartSites{make_queue(sys, t, s), t.span, t.n_initial, s.n_done, s.n_late, s.work_left, s.backlog, s.gpu_seconds, s.work_done,
                      s.stall_seconds, s.link_phase, s.link_down_since, s.plan_due});
}

}  // namespace coldsun::workload

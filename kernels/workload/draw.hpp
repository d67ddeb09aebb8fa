// Fills the table of jobs and the State at the start. Loops only; jobs.hpp defines a job.
#pragma once
#include "common/loops.hpp"
#include "workload/jobs.hpp"
#include "workload/queue.hpp"

namespace coldsun::workload {

// reads statistics; writes submit_time of the arrivals. 8 B and some 80 flops per job; serial in a site, because an
// arrival time is a sum of intervals
struct DrawArrivals {
  SystemView sys;
  JobsView jobs;
  StateView st;
  std::uint64_t seed;
  std::uint32_t first_member;

  COLDSUN_FN void operator()(int i) const {
    const int n_site = sys.site.extent[0], m = i / n_site, s = i % n_site;
    const JobStatistics& stats = sys.statistics(s);
    const Chance chance = job_chance(seed, first_member + static_cast<std::uint32_t>(m), sys.site(s).entity);
    const Time offset = nanoseconds(sys.site(s).utc_offset), start = jobs.span(0), day = 86400 * ns_per_s;
    const Time midnight = floor_div(start + offset, day) * day - offset;
    const Real from = arrival_clock(stats, seconds(start - midnight) / 3600.0),
               per_hour = sys.arrival_rate(s) * st.load_gain(m, s) * 3600.0;
    Real sum = 0.0;
    const int first = jobs.job_first(s) + jobs.n_initial(s), n = jobs.n_job(s) - jobs.n_initial(s);
    for (int k = 0; k < n; ++k) {
      sum += unit_interval(chance.uniform(static_cast<std::uint32_t>(k), draw_interval), stats.interval_cv, k == 0);
      jobs.submit_time(m, first + k) = midnight + nanoseconds(3600.0 * hour_of_clock(stats, from + sum / per_hour));
    }
  }
};

// reads submit_time of the arrivals; writes all other columns. 8 B read, 75 B written and some 900 integer and 300
// floating operations per job
struct DrawJobs {
  SystemView sys;
  JobsView jobs;
  StateView st;
  std::uint64_t seed;
  std::uint32_t first_member;

  COLDSUN_FN void operator()(int m, int j) const {
    const int s = jobs.job_site(j), place = j - jobs.job_first(s);
    const bool initial = place < jobs.n_initial(s);
    const std::uint32_t number = initial ? initial_number + static_cast<std::uint32_t>(place)
                                         : static_cast<std::uint32_t>(place - jobs.n_initial(s));
    const Chance chance = job_chance(seed, first_member + static_cast<std::uint32_t>(m), sys.site(s).entity);
    const Job job = draw_job(sys.statistics(s), sys.site(s).n_plate, sys.site(s).node_count, st.link_bound_share(m, s),
                             chance, number);
    if (initial) jobs.submit_time(m, j) = jobs.span(0) - nanoseconds(job.age);
    jobs.deadline(m, j) =
        jobs.submit_time(m, j) +
        nanoseconds(math::min(job.work + job.slack, 3e9));  // at most 95 years, because a Time ends in 2262
    jobs.n_gpu(m, j) = job.n_gpu, jobs.n_node(m, j) = job.n_node, jobs.priority(m, j) = job.priority;
    jobs.work(m, j) = job.work, jobs.walltime(m, j) = job.walltime, jobs.job_utilization(m, j) = job.utilization;
    jobs.data_in(m, j) = job.data_in, jobs.data_out(m, j) = job.data_out;
    jobs.link_bound(m, j) = job.link_bound, jobs.preemptible(m, j) = job.preemptible;
  }
};

// reads n_node of the initial places; sets it to 0 once the hall has its load. 4 B per initial place
struct FillHall {
  SystemView sys;
  JobsView jobs;
  StateView st;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = sys.site.extent[0], m = i / n_site, s = i % n_site;
    const Real target = sys.site(s).node_count * math::min(sys.site(s).load * st.load_gain(m, s), 1.0);
    int sum = 0;
    bool open = true;
    for (int j = jobs.job_first(s); j < jobs.job_first(s) + jobs.n_initial(s); ++j) {
      const int n = jobs.n_node(m, j);
      // The last job is included if this brings the sum nearer to the target.
      open = open && sum + n <= sys.site(s).node_count && sum + 0.5 * n <= target;
      if (open) sum += n;
      else jobs.n_node(m, j) = 0;
    }
  }
};

template <class Space>
void draw_jobs(Space space, const System& sys, const State& state, JobTable& t, std::uint64_t seed,
               std::uint32_t first_member) {
  const int n_member = t.n_member(), n_site = sys.n_site();
  const std::int64_t pairs = static_cast<std::int64_t>(n_member) * n_site;
  for_each(space, pairs, DrawArrivals{sys, t, state, seed, first_member});
  for_rows(space, n_member, t.capacity(), DrawJobs{sys, t, state, seed, first_member});
  for_each(space, pairs, FillHall{sys, t, state});
}

// reads the table; writes the jobs' state. 20 B read, 83 B written per job
struct StartJobs {
  SystemView sys;
  JobsView jobs;
  StateView st;
  COLDSUN_FN void operator()(int m, int j) const {
    const bool there = jobs.n_node(m, j) > 0 && jobs.n_node(m, j) <= sys.site(jobs.job_site(j)).node_count;
    st.status(m, j) = there ? Status::pending : Status::absent;
    st.late(m, j) = 0, st.lead_node(m, j) = -1, st.start_time(m, j) = never, st.end_time(m, j) = never;
    st.work_left(m, j) = there ? jobs.work(m, j) : 0.0, st.work_owed(m, j) = 0.0, st.pace(m, j) = 1.0;
    st.plan_site(m, j) = st.told_site(m, j) = -1, st.plan_start(m, j) = st.told_start(m, j) = 0,
                    st.plan_cap(m, j) = 1.0, st.told_cap(m, j) = 0.0;
  }
};

// reads the initial jobs; places them on nodes; zeroes the site's sums. Serial: the lowest free nodes
struct StartSites : Queue {
  COLDSUN_FN void operator()(int i) const {
    const int n_site = sys.site.extent[0], m = i / n_site, s = i % n_site;
    const int first = jobs.job_first(s), node = sys.site(s).node_first, count = sys.site(s).node_count;
    st.n_running(m, s) = st.n_queued(m, s) = st.n_backfilled(m, s) = st.node_busy(m, s) = st.n_done(m, s) =
        st.n_late(m, s) = 0;
    st.wait_seconds(m, s) = st.backlog(m, s) = st.gpu_seconds(m, s) = st.work_done(m, s) = st.stall_seconds(m, s) = 0.0;
    st.changed(m, s) = 0, st.link_phase(m, s) = LinkPhase::normal, st.link_down_since(m, s) = st.plan_due(m, s) = never;
    st.queue_head(m, s) = first;
    for (int n = node; n < node + count; ++n) st.node_job(m, n) = -1;
    int j = first;
    for (; j < first + jobs.n_initial(s); ++j) {
      if (st.status(m, j) != Status::pending) continue;
      const Time begun = jobs.submit_time(m, j);
      st.work_left(m, j) = math::max(st.work_left(m, j) - seconds(jobs.span(0) - begun), 0.0);
      if (jobs.n_node(m, j) <= count - st.node_busy(m, s)) start(m, s, j, begun);
      else st.status(m, j) = Status::queued, ++st.n_queued(m, s), st.changed(m, s) = 1;
    }
    st.next_job(m, s) = j;
  }
};

template <class Space>
void start(Space space, const System& sys, const JobTable& t, State& s) {
  for_rows(space, t.n_member(), t.capacity(), StartJobs{sys, t, s});
  for_each(space, static_cast<std::int64_t>(t.n_member()) * sys.n_site(), StartSites{{sys, t, s}});
}

}  // namespace coldsun::workload

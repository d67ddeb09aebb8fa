// Rows of the scheduler's problem: queued jobs, merged running jobs, and expected future jobs, with expected durations
// from the requested ones.
#include "core/plan/plan_jobs.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "schedule/decode.hpp"

namespace coldsun {

namespace {

namespace wl = workload;

// Remaining work after `elapsed`, expected and longest: work = requested walltime times a ratio that is uniform between
// two bounds.
struct Left {
  Real expected, most;
};
Left left_of(const wl::JobStatistics& s, Real walltime, Real elapsed) {
  const Real least = s.walltime_ratio_min * walltime, most = s.walltime_ratio_max * walltime;
  const Real expected = std::max(0.5 * (std::max(least, elapsed) + most) - elapsed, 60.0);  // overdue: at least 1 min
  return {expected, std::max(expected, most - elapsed)};
}

// Slack of a queued job that a plan keeps in reserve [s]: a hall can be full for hours that the plan did not expect
// (Philly's jobs at load 0.8). Assumed.
constexpr Real in_hand = 7200.0;

struct Jobs {
  const System& sys;
  const State& state;
  const Inputs& in;
  int m;
  bool known_work;

  Left left(int j, int s) const {
    const wl::State& w = state.workload;
    if (known_work) return {w.work_left(m, j), w.work_left(m, j)};
    const bool running = w.status(m, j) == wl::Status::running;
    const Real elapsed = running ? seconds(state.time - w.start_time(m, j)) : 0.0;
    return left_of(sys.workload.statistics(s), in.jobs.walltime(m, j), elapsed);
  }
  Candidate candidate(int j, int s, bool running) const {
    const wl::JobTable& t = in.jobs;
    const wl::State& w = state.workload;
    Candidate c;
    c.places = {j};
    schedule::Job& job = c.job;
    const bool home = s == t.job_site(j);
    const wl::Site& site = sys.workload.site(s);
    job.home = s;
    job.n_node = home ? t.n_node(m, j) : wl::node_count_of(t.n_gpu(m, j), site.n_plate, site.node_count);
    job.priority = t.priority(m, j);
    job.release = std::min(seconds(t.submit_time(m, j) - state.time), 0.0);
    // What a plan in force sends elsewhere is on its way: there by the start it was given, and not to be sent anew from
    // the beginning.
    if (!running && !home && w.plan_start(m, j) > state.time) job.release = seconds(w.plan_start(m, j) - state.time);
    const Left work = left(j, t.job_site(j));
    job.utilization = t.job_utilization(m, j);
    job.work = work.expected;
    job.data_in = t.data_in(m, j);
    job.data_out = t.data_out(m, j);
    job.running = running;
    job.preemptible = t.preemptible(m, j);
    job.link_bound = t.link_bound(m, j);
    if (running && !job.preemptible && w.plan_cap(m, j) < 1.0) {  // its cap stays
      const wl::PowerCurve curve = curve_of(w.lead_node(m, j));
      job.utilization = curve.inverse(curve.p_idle + w.plan_cap(m, j) * (curve(job.utilization) - curve.p_idle));
      job.work /= std::max(wl::pace_at(w.plan_cap(m, j)), 1e-3);
    }
    // Deadlines come forward by the possible excess of work and by the reserve, but never so that a job that runs, or
    // starts at once, counts as late.
    const Real deadline = seconds(t.deadline(m, j) - state.time), reserve = work.most - work.expected,
               soonest = std::max(job.release, 0.0) + job.work;
    if (known_work) job.deadline = deadline;
    else if (running) job.deadline = std::max(deadline - reserve, soonest);
    else job.deadline = std::min(deadline, std::max(deadline - reserve - in_hand, soonest));
    c.work = {job.work};
    return c;
  }
  wl::PowerCurve curve_of(int n) const {
    return {sys.workload.node_p_idle(n), sys.workload.node_p_max(n), sys.workload.node_exponent(n)};
  }
  std::vector<Candidate> running() const {
    std::vector<Candidate> out;
    for (int s = 0; s < sys.n_site(); ++s) {
      const wl::Site& site = sys.workload.site(s);
      for (int n = site.node_first; n < site.node_first + site.node_count; ++n)
        if (const int j = state.workload.node_job(m, n); j >= 0 && state.workload.lead_node(m, j) == n)
          out.push_back(candidate(j, s, true));
    }
    return out;
  }
  std::vector<Candidate> waiting() const {
    std::vector<Candidate> out;
    const wl::State& w = state.workload;
    for (int s = 0; s < sys.n_site(); ++s)
      for (int j = w.queue_head(m, s); j < w.next_job(m, s); ++j)
        if (w.status(m, j) == wl::Status::queued)
          out.push_back(candidate(j, w.plan_site(m, j) < 0 ? s : w.plan_site(m, j), false));
    return out;
  }

  // Merges jobs of similar remaining work into one row: nodes added, power and work averaged. A merged row keeps its
  // caps.
  Candidate sum(const std::vector<Candidate>& all, std::size_t first, std::size_t stop) const {
    Candidate c = all[first];
    const wl::PowerCurve curve = curve_of(sys.workload.site(c.job.home).node_first);
    Real nodes = 0.0, share = 0.0, work = 0.0, deadline = 0.0;
    c.places.clear(), c.work.clear();
    for (std::size_t i = first; i < stop; ++i) {
      const Real n = all[i].job.n_node;
      nodes += n;
      share += n * curve.share(all[i].job.utilization);
      work += n * all[i].job.work;
      deadline += n * all[i].job.deadline;
      c.places.insert(c.places.end(), all[i].places.begin(), all[i].places.end());
      c.work.insert(c.work.end(), all[i].work.begin(), all[i].work.end());
    }
    c.job.n_node = static_cast<std::int32_t>(nodes);
    c.job.work = work / nodes;
    c.job.deadline = deadline / nodes;
    c.job.utilization = std::pow(share / nodes, 1.0 / curve.exponent);
    c.job.preemptible = stop - first == 1 ? c.job.preemptible : 0;
    return c;
  }
  std::vector<Candidate> summed(std::vector<Candidate> all, std::size_t room) const {
    if (all.size() <= room) return all;
    std::stable_sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
      return std::tuple(a.job.home, a.job.link_bound, a.job.work) <
             std::tuple(b.job.home, b.job.link_bound, b.job.work);
    });
    const std::size_t groups = std::max<std::size_t>(room, 4), length = (all.size() + groups - 1) / groups;
    std::vector<Candidate> out;
    for (std::size_t i = 0; i < all.size();) {
      std::size_t stop = i + 1;
      while (stop < all.size() && stop < i + length && all[stop].job.home == all[i].job.home &&
             all[stop].job.link_bound == all[i].job.link_bound)
        ++stop;
      out.push_back(sum(all, i, stop));
      i = stop;
    }
    return out;
  }

  // Expected future jobs: the hall stays as full as it is now. Nodes that known jobs release (queued jobs counted with
  // twice their time) are taken by rows that start at an edge and last to the horizon, with the mean power of running
  // jobs.
  void expect(std::vector<Candidate>& rows, Real horizon, Real slot) const {
    const std::vector<Candidate> known = rows;
    for (int s = 0; s < sys.n_site(); ++s) {
      std::vector<Candidate> here;
      for (const Candidate& c : known)
        if (c.job.home == s && c.job.running) here.push_back(c);
      if (here.empty()) continue;
      Candidate c = sum(here, 0, here.size());
      c.places.clear();
      c.work.clear();
      c.job.priority = 1;
      c.job.link_bound = c.job.preemptible = 0;
      c.job.deadline = 1e9;
      int expected = 0;
      for (const Real share : edges) {
        const Real at = slot * std::floor(share * horizon / slot);
        int nodes = state.workload.node_busy(m, s) - expected;
        for (const Candidate& k : known) {
          const Real until = k.job.running ? slot * schedule::slots_of(k.job.work, slot) : 2.0 * k.job.work + 3600.0;
          if (k.job.home == s && until > at) nodes -= k.job.n_node;
        }
        if (nodes <= 0) continue;
        c.job.n_node = nodes;
        c.job.release = at;
        c.job.work = horizon - at;
        expected += nodes;
        rows.push_back(c);
      }
    }
  }
  static constexpr Real edges[] = {1.0 / 48, 1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3, 0.55, 0.8};
};

}  // namespace

std::vector<Candidate> candidates(const System& sys, const State& state, const Inputs& in, int m,
                                  const PlanOptions& o) {
  const Jobs jobs{sys, state, in, m, o.known_work};
  std::vector<Candidate> waiting = jobs.waiting();
  const auto first = [](const Candidate& a, const Candidate& b) {
    return std::tuple(-a.job.priority, a.job.release, a.places) < std::tuple(-b.job.priority, b.job.release, b.places);
  };
  std::stable_sort(waiting.begin(), waiting.end(), first);
  const std::size_t links = 2 * static_cast<std::size_t>(sys.n_site());  // groups that are never merged with each other
  const std::size_t coming = o.known_work ? 0 : std::size(Jobs::edges) * static_cast<std::size_t>(sys.n_site());
  const std::size_t least = 2 * links + 8 + coming, most = schedule::max_job,
                    asked = static_cast<std::size_t>(std::min(o.max_row, schedule::max_job));
  if (waiting.size() > most - least) waiting.resize(most - least);  // later jobs wait for the next decision
  const std::size_t room = asked > waiting.size() + least ? asked - waiting.size() : least;
  std::vector<Candidate> all = jobs.summed(jobs.running(), room - links - coming);
  all.insert(all.end(), waiting.begin(), waiting.end());
  if (!o.known_work) jobs.expect(all, o.horizon, seconds(o.slot));
  std::stable_sort(all.begin(), all.end(), first);
  return all;
}

}  // namespace coldsun

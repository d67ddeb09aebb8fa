// A small workload for tests: sites, statistics, jobs written by hand, and a driver that walks the cuts as the coupled
// step does.
#pragma once
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "backends.hpp"
#include "workload/jobs.hpp"
#include "workload/workload.hpp"

namespace coldsun::test {

namespace wl = coldsun::workload;

inline constexpr Time t_zero = 1'781'409'600 * ns_per_s;  // 2026-06-14T04:00:00Z
inline constexpr Time second = ns_per_s;

// Four counts, two tables of durations, a day with a peak; every distribution present.
inline wl::JobStatistics small_mix() {
  wl::JobStatistics s;
  s.n_count = 4;
  const int count[] = {1, 8, 16, 64};
  const Real share[] = {0.6, 0.2, 0.15, 0.05};
  const int table[] = {0, 0, 1, 1};
  for (int i = 0; i < 4; ++i) s.gpu_count[i] = count[i], s.gpu_share[i] = share[i], s.gpu_class[i] = table[i];
  s.n_class = 2, s.n_level = 5;
  const Real level[] = {0.0, 0.2, 0.5, 0.9, 1.0}, fast[] = {5.0, 60.0, 600.0, 7200.0, 86400.0},
             slow[] = {60.0, 600.0, 600.0, 36000.0, 3e5};
  for (int l = 0; l < 5; ++l) s.level[l] = level[l], s.duration[0][l] = fast[l], s.duration[1][l] = slow[l];
  for (int h = 0; h < 24; ++h) s.hour_rate[h] = h >= 8 && h < 16 ? 2.0 : 0.5;
  s.interval_cv = 2.5;
  s.walltime_min = 600.0, s.walltime_ratio_max = 0.9;
  s.slack_min = 1800.0, s.slack_median = 1.0, s.slack_sigma = 0.8;
  s.n_utilization = 3, s.utilization[0] = 0.1, s.utilization[1] = 0.5, s.utilization[2] = 1.0;
  s.stalled_utilization = 0.05;
  s.data_in_median = 2e10, s.data_in_sigma = 1.5, s.data_out_median = 2e9, s.data_out_sigma = 1.5;
  s.n_priority = 3, s.priority_share[0] = 0.25, s.priority_share[1] = 0.6, s.priority_share[2] = 0.15;
  s.preemptible_share = 0.4;
  return s;
}

inline wl::Site small_site(int node_first, int node_count) {
  wl::Site s;
  s.node_first = node_first, s.node_count = node_count, s.entity = static_cast<std::uint32_t>(node_first);
  s.n_plate = 8, s.load = 0.8, s.utc_offset = -4.0 * 3600.0;
  s.link_bound_share = 0.25, s.buffer = 0.3, s.burst_gain = 0.5, s.burst_ratio = 0.8;
  return s;
}

inline wl::System small_system(const std::vector<int>& node_count, Device device,
                               const wl::JobStatistics& mix = small_mix()) {
  std::vector<wl::Site> sites;
  std::vector<wl::NodeRow> nodes;
  for (std::size_t s = 0; s < node_count.size(); ++s) {
    sites.push_back(small_site(static_cast<int>(nodes.size()), node_count[s]));
    for (int n = 0; n < node_count[s]; ++n) nodes.push_back({static_cast<std::int32_t>(s), 1400.0, 7000.0, 0.8});
  }
  return wl::make_system(sites, std::vector<wl::JobStatistics>(node_count.size(), mix), nodes, device);
}

// A job as a test writes it; times in seconds after t_zero.
struct HandJob {
  Real submit, work, walltime;
  int n_node;
  Real utilization = 0.6;
  bool link_bound = false;
  Real deadline = 1e8;
};

// One site; the same jobs for every member.
inline wl::JobTable hand_jobs(const wl::System& sys, int n_member, const std::vector<HandJob>& jobs, Device device) {
  wl::JobTable t =
      wl::make_jobs(sys, n_member, t_zero, t_zero + 86400 * second, {{0}, {static_cast<int>(jobs.size())}}, device);
  for (int m = 0; m < n_member; ++m)
    for (int j = 0; j < t.capacity(); ++j) {
      const HandJob& h = jobs[static_cast<std::size_t>(j)];
      t.submit_time(m, j) = t_zero + nanoseconds(h.submit), t.deadline(m, j) = t_zero + nanoseconds(h.deadline);
      t.n_node(m, j) = h.n_node, t.n_gpu(m, j) = 8 * h.n_node, t.priority(m, j) = 1 + j % 3;
      t.work(m, j) = h.work, t.walltime(m, j) = h.walltime, t.job_utilization(m, j) = h.utilization,
                t.link_bound(m, j) = h.link_bound;
    }
  return t;
}

// Walks steps and cuts. Links follow `outage`; the power drawn is `drawn` times the request.
template <class Space>
struct World {
  Space space{};
  Device device = device_of<Space>;
  wl::System sys;
  wl::JobTable jobs;
  wl::State state;
  Array<std::int32_t, 2> link_up;
  Array<Real, 2> p_node;
  Array<std::uint32_t, 1> flags;
  Array<std::int32_t, 1> active;
  Array<Time, 1> now, next;
  std::uint32_t first_member = 0;
  std::vector<std::pair<Time, Time>> outage;  // of every member and site
  std::function<Real(int m, int n, Time t, Real asked)> drawn = [](int, int, Time, Real asked) { return asked; };
  std::function<void(int m, Time start, Time stop)> after = [](int, Time, Time) {
  };  // called after each cut of a member
  bool path_stale = true, path_stall = true, path_burst = true;

  World(wl::System s, wl::JobTable t) : sys(std::move(s)), jobs(std::move(t)) {
    const int n = jobs.n_member();
    state = wl::make_state(sys, jobs, n, device);
    link_up = {device, {n, sys.n_site()}}, p_node = {device, {n, sys.n_node()}}, flags = {device, {n}},
    active = {device, {n}};
    now = {device, {n}}, next = {device, {n}};
    now.fill(jobs.span(0));
    wl::start(space, sys, jobs, state);
    synchronize(space);
  }
  wl::Drive drive() {
    wl::Drive d;
    d.link_up = link_up, d.p_node = p_node, d.path_stale = path_stale, d.path_stall = path_stall,
    d.path_burst = path_burst, d.flags = flags;
    return d;
  }
  Time link_event(Time t) const {
    Time first = never;
    for (auto [down, up] : outage)
      for (Time e : {down, up})
        if (e > t) first = std::min(first, e);
    return first;
  }
  bool up_at(Time t) const {
    for (auto [down, up] : outage)
      if (t >= down && t < up) return false;
    return true;
  }
  // One cut of the members in `active`, each up to `end` at most.
  void cut(int n, Time end) {
    for (int a = 0; a < n; ++a) {
      const int m = active(a);
      next(m) = std::min(end, link_event(now(m)));
      for (int s = 0; s < sys.n_site(); ++s) link_up(m, s) = up_at(now(m));
    }
    wl::next_event(space, sys, jobs, state, drive(), NextCut{active, n, now, next});
    Cut c;
    c.member = active, c.start = now, c.stop = next, c.n_active = n, c.first_member = first_member;
    wl::request(space, sys, jobs, state, drive(), c);
    synchronize(space);
    for (int a = 0; a < n; ++a)
      for (int k = 0; k < sys.n_node(); ++k)
        p_node(active(a), k) = drawn(active(a), k, now(active(a)), state.p_request(active(a), k));
    wl::advance(space, sys, jobs, state, drive(), c);
    synchronize(space);
    for (int a = 0; a < n; ++a) after(active(a), now(active(a)), next(active(a))), now(active(a)) = next(active(a));
  }
  void run_to(Time end, Real step = 10.0) {
    for (Time t = now(0); t < end;) {
      t = std::min(t + nanoseconds(step), end);
      for (int n = 1; n > 0;) {
        n = 0;
        for (int m = 0; m < jobs.n_member(); ++m)
          if (now(m) < t) active(n++) = m;
        if (n) cut(n, t);
      }
    }
  }
};

}  // namespace coldsun::test

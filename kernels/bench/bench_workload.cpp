// Workload kernels on the host: drawing jobs, power requests, pace of the nodes, progress of the jobs, and whole cuts.
#include <benchmark/benchmark.h>

#include <cmath>

#include "bench/rates.hpp"
#include "workload/progress.hpp"

namespace coldsun::workload {
namespace {

using bench::rates;

constexpr Time t_zero = 1'781'409'600 * ns_per_s;
constexpr int n_node = 256;  // two sites of 128

// Short and long jobs on one and on several nodes, bursts of arrivals.
JobStatistics mix() {
  JobStatistics s;
  s.n_count = 3, s.n_class = 1, s.n_level = 4, s.n_utilization = 3, s.interval_cv = 2.5;
  const int count[] = {1, 16, 64};
  const Real share[] = {0.90, 0.07, 0.03}, level[] = {0.0, 0.5, 0.95, 1.0}, duration[] = {10.0, 1200.0, 20000.0, 5e5};
  for (int i = 0; i < 3; ++i) s.gpu_count[i] = count[i], s.gpu_share[i] = share[i];
  for (int l = 0; l < 4; ++l) s.level[l] = level[l], s.duration[0][l] = duration[l];
  s.utilization[0] = 0.1, s.utilization[1] = 0.5, s.utilization[2] = 1.0, s.stalled_utilization = 0.05;
  return s;
}

// Two sites in the middle of a day, links up.
struct Twin {
  System sys;
  JobTable jobs;
  State state;
  Array<std::int32_t, 2> link_up;
  Array<Real, 2> p_node;
  Array<std::uint32_t, 1> flags;
  Array<std::int32_t, 1> member;
  Array<Time, 1> now, next;
  Cut cut;
  Drive drive;

  explicit Twin(int n) {
    std::vector<Site> sites(2);
    for (int s = 0; s < 2; ++s)
      sites[static_cast<std::size_t>(s)] = {128 * s, 128,  8,   0.9, 0.0,
                                            0.25,    0.15, 0.5, 1.0, static_cast<std::uint32_t>(s)};
    std::vector<NodeRow> nodes;
    for (int k = 0; k < n_node; ++k) nodes.push_back({k / 128, 1400.0, 7000.0, 0.8});
    sys = make_system(sites, {mix(), mix()}, nodes, Device::host);
    jobs = make_jobs(sys, n, t_zero, t_zero + 86400 * ns_per_s, Device::host);
    state = make_state(sys, jobs, n, Device::host);
    draw_jobs(Host{}, sys, state, jobs, 1, 0);
    start(Host{}, sys, jobs, state);
    link_up = {Device::host, {n, 2}}, p_node = {Device::host, {n, n_node}}, flags = {Device::host, {n}},
    member = {Device::host, {n}};
    now = {Device::host, {n}}, next = {Device::host, {n}};
    link_up.fill(1), now.fill(t_zero);
    for (int m = 0; m < n; ++m) member(m) = m;
    drive.link_up = link_up, drive.p_node = p_node, drive.flags = flags;
    cut.member = member, cut.start = now, cut.stop = next, cut.n_active = n;
    for (int k = 0; k < 60; ++k) walk();
  }
  void ask() {
    for (int m = 0; m < cut.n_active; ++m) next(m) = now(m) + 10 * ns_per_s;
    next_event(Host{}, sys, jobs, state, drive, NextCut{member, cut.n_active, now, next});
    request(Host{}, sys, jobs, state, drive, cut);
  }
  void walk() {
    ask();
    for (int m = 0; m < cut.n_active; ++m)
      for (int k = 0; k < n_node; ++k) p_node(m, k) = state.p_request(m, k) * (k % 7 ? 1.0 : 0.9);
    advance(Host{}, sys, jobs, state, drive, cut);
    for (int m = 0; m < cut.n_active; ++m) now(m) = next(m);
  }
  AskPower ask_power() { return {cut, sys, jobs, drive, state}; }
};

// The table by libm: work and utilisation of every place from the same uniform numbers.
bool draws_agree(const Twin& t, int m) {
  for (int j = 0; j < t.jobs.capacity(); ++j) {
    const int s = t.jobs.job_site(j), place = j - t.jobs.job_first(s) - t.jobs.n_initial(s);
    if (place < 0) continue;
    const JobStatistics& x = t.sys.statistics(s);
    const double u = job_chance(1, static_cast<std::uint32_t>(m), t.sys.site(s).entity)
                         .uniform(static_cast<std::uint32_t>(place), draw_duration);
    int l = 0;
    while (l + 2 < x.n_level && x.level[l + 1] <= u) ++l;
    const double d = x.duration[0][l] * std::pow(x.duration[0][l + 1] / x.duration[0][l],
                                                 (u - x.level[l]) / (x.level[l + 1] - x.level[l]));
    if (!(std::fabs(t.jobs.work(m, j) / d - 1.0) < 1e-12)) return false;
  }
  return true;
}

// Per job: 83 B written or read, 12 Philox blocks of 10 rounds and some 450 flops (five logarithms or quantiles, four
// exponentials).
void draw_table(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  Twin t(n);
  draw_jobs(Host{}, t.sys, t.state, t.jobs, 1, 0);
  if (!draws_agree(t, n - 1)) return state.SkipWithError("drawn durations differ from the scalar reference");
  for (auto _ : state) {
    draw_jobs(Host{}, t.sys, t.state, t.jobs, 1, 0);
    benchmark::ClobberMemory();
  }
  rates(state, static_cast<double>(n) * t.jobs.capacity(), 83.0, 450.0);
}
BENCHMARK(draw_table)->Arg(1)->Arg(64)->UseRealTime();

// Per node 94 B and 60 flops: one power (exp 31, log 25) and 4.
void ask_power(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  Twin t(n);
  t.ask();
  for (int m = 0; m < n; ++m)
    for (int k = 0; k < n_node; ++k) {
      const int j = t.state.node_job(m, k);
      const double p = 1400.0 + 5600.0 * std::pow(j < 0 ? 0.0 : t.jobs.job_utilization(m, j), 0.8);
      if (!(std::fabs(t.state.p_request(m, k) / p - 1.0) < 1e-13))
        return state.SkipWithError("power differs from the scalar reference");
    }
  const AskPower kernel = t.ask_power();
  for (auto _ : state) {
    for_rows(Host{}, n, n_node, kernel);
    benchmark::ClobberMemory();
  }
  rates(state, static_cast<double>(n) * n_node, 94.0, 60.0);
}
BENCHMARK(ask_power)->Arg(1)->Arg(256)->UseRealTime();

// Per node 52 B and 70 flops: two quotients at 5 and one power.
void pace_of_nodes(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  Twin t(n);
  Drive drive = t.drive;
  drive.p_request = drive.p_unthrottled = t.state.p_request, drive.p_floor = t.state.p_floor;
  const NodePace kernel{t.cut, drive, t.state};
  for_rows(Host{}, n, n_node, kernel);
  for (int m = 0; m < n; ++m)
    for (int k = 0; k < n_node; ++k) {
      const double asked = t.state.p_request(m, k) - 1400.0, y = (t.p_node(m, k) - 1400.0) / asked;
      const double s = std::fmin(std::fmax((y - 0.18) / 0.82, 0.0), 1.0),
                   pace = asked > 1.0 ? 1.0 - std::pow(1.0 - s, 2.4) : 1.0;
      if (!(std::fabs(t.state.node_pace(m, k) - pace) < 1e-13))
        return state.SkipWithError("pace differs from the scalar reference");
    }
  for (auto _ : state) {
    for_rows(Host{}, n, n_node, kernel);
    benchmark::ClobberMemory();
  }
  rates(state, static_cast<double>(n) * n_node, 52.0, 70.0);
}
BENCHMARK(pace_of_nodes)->Arg(1)->Arg(256)->UseRealTime();

// A whole cut of at most 10 s: events, dispatch after arrivals and ends, power, progress. Per node some 270 B and 160
// flops.
void whole_cut(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0));
  Twin t(n);
  double given = 0.0, kept = 0.0;
  for (int j = 0; j < t.jobs.capacity(); ++j) {
    const int s = t.jobs.job_site(j);
    const bool initial = j < t.jobs.job_first(s) + t.jobs.n_initial(s) && t.jobs.n_node(0, j) > 0;
    const double age = initial ? seconds(t_zero - t.jobs.submit_time(0, j)) : 0.0;
    given += t.jobs.n_node(0, j) > 0 ? t.jobs.work(0, j) - age : 0.0;
    kept += t.state.work_left(0, j);
  }
  for (int s = 0; s < 2; ++s) kept += t.state.work_done(0, s);
  if (!(std::fabs(kept / given - 1.0) < 1e-9)) return state.SkipWithError("work is not conserved");
  for (auto _ : state) {
    t.walk();
    if (t.now(0) < t_zero + 80000 * ns_per_s) continue;
    state.PauseTiming();  // restarts at the end of the day
    start(Host{}, t.sys, t.jobs, t.state);
    t.now.fill(t_zero);
    state.ResumeTiming();
  }
  rates(state, static_cast<double>(n) * n_node, 270.0, 160.0);
}
BENCHMARK(whole_cut)->Arg(1)->Arg(256)->UseRealTime();

}  // namespace
}  // namespace coldsun::workload

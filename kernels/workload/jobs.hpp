// A job as a function of (seed, member, site, job number): arrival, size, duration, request. Inverse tables and
// distributions with a source.
#pragma once
#include "common/interp.hpp"
#include "common/philox.hpp"
#include "common/time.hpp"
#include "workload/statistics.hpp"

namespace coldsun::workload {

// Draw numbers of a job. They are part of every record: append, never renumber.
enum Draw : std::uint32_t {
  draw_interval = 0,
  draw_count = 1,
  draw_duration = 2,
  draw_walltime = 3,
  draw_utilization = 4,
  draw_link = 5,
  draw_slack = 6,
  draw_data_in = 7,
  draw_data_out = 8,
  draw_priority = 9,
  draw_preemptible = 10,
  draw_age = 11,
};
// Jobs that run at the start have separate numbers.
inline constexpr std::uint32_t initial_number = 0x80000000u;

COLDSUN_FN Chance job_chance(std::uint64_t seed, std::uint32_t member, std::uint32_t entity) {
  return Chance{seed, member, Stream::job, entity};
}

// First i with u < edge[i]; at most the last one.
COLDSUN_FN int pick(const Real* edge, int n, Real u) {
  int i = 0;
  while (i + 1 < n && u >= edge[i]) ++i;
  return i;
}
// Cell of a rising table that contains u.
COLDSUN_FN int cell_of(const Real* x, int n, Real u) {
  int cell = 0;
  for (int width = n - 1; width > 1;) {
    const int half = width / 2;
    cell = x[cell + half] <= u ? cell + half : cell;
    width -= half;
  }
  return cell;
}

// Duration of a job of class c at level u.
COLDSUN_FN Real duration_at(const JobStatistics& s, int c, Real u) {
  const int l = cell_of(s.level, s.n_level, u);
  const Real t = (u - s.level[l]) / (s.level[l + 1] - s.level[l]);
  return math::exp(lerp(math::log(s.duration[c][l]), math::log(s.duration[c][l + 1]), t));
}
// Total duration of a job found in progress: length-biased. Where ln(duration) is linear in the level, the moment is
// linear in the duration, so this inverse is linear between the knots and exact.
COLDSUN_FN Real running_duration_at(const JobStatistics& s, int c, Real v) {
  const int l = cell_of(s.moment[c], s.n_level, v);
  const Real t = (v - s.moment[c][l]) / (s.moment[c][l + 1] - s.moment[c][l]);
  return lerp(s.duration[c][l], s.duration[c][l + 1], t);
}

// Interval of mean 1 and coefficient of variation cv >= 1: two exponentials with balanced means (Allen 1990,
// Probability, Statistics and Queueing Theory, 2nd ed., 3.2.9), p = (1 + sqrt((cv^2 - 1) / (cv^2 + 1))) / 2 of rate 2
// p, the others of rate 2 (1 - p). first: remainder of the interval in progress at the start; its branches are equally
// likely, because their means are balanced.
COLDSUN_FN Real unit_interval(Real u, Real cv, bool first) {
  const Real p = 0.5 * (1.0 + std::sqrt((cv * cv - 1.0) / (cv * cv + 1.0)));
  const Real edge = first ? 0.5 : p;
  const bool fast = u < edge || edge >= 1.0;
  const Real w = fast ? u / edge : (u - edge) / (1.0 - edge);  // uniform on (0, 1) within the branch
  const Real rate = cv > 1.0 ? (fast ? 2.0 * p : 2.0 * (1.0 - p)) : 1.0;
  return -math::log(math::max(1.0 - w, 0x1p-53)) / rate;
}

// Clock of the arrivals: hours since a local midnight, weighted by hour_rate. It advances by 24 a day.
COLDSUN_FN Real arrival_clock(const JobStatistics& s, Real hour) {
  const Real day = std::floor(hour / 24.0), rest = hour - 24.0 * day;
  const int h = static_cast<int>(math::clamp(rest, 0.0, 23.0));
  return day * s.hour_sum[24] + s.hour_sum[h] + (rest - h) * s.hour_rate[h];
}
COLDSUN_FN Real hour_of_clock(const JobStatistics& s, Real clock) {
  const Real day = std::floor(clock / s.hour_sum[24]), rest = clock - day * s.hour_sum[24];
  const int h = pick(s.hour_sum + 1, 24, rest);
  return 24.0 * day + h + (rest - s.hour_sum[h]) / s.hour_rate[h];
}

// Properties of a job without its times.
struct Job {
  std::int32_t n_gpu, n_node, priority;
  Real work, walltime, utilization, slack, age;  // age: time that a job of the start has run already
  Real data_in, data_out;
  bool link_bound, preemptible;
};

COLDSUN_FN Real lognormal(Real median, Real sigma, Real normal) { return median * math::exp(sigma * normal); }

COLDSUN_FN Job draw_job(const JobStatistics& s, std::int32_t n_plate, std::int32_t node_count, Real link_bound_share,
                        const Chance& chance, std::uint32_t number) {
  const bool initial = number >= initial_number;
  Job job;
  const int i = pick(initial ? s.running_edge : s.count_edge, s.n_count, chance.uniform(number, draw_count));
  job.n_gpu = s.gpu_count[i];
  job.n_node = node_count_of(job.n_gpu, n_plate, node_count);
  const Real u = chance.uniform(number, draw_duration);
  job.work = initial ? running_duration_at(s, s.gpu_class[i], u) : duration_at(s, s.gpu_class[i], u);
  job.age = initial ? job.work * chance.uniform(number, draw_age) : 0.0;
  job.walltime =
      math::max(job.work / lerp(s.walltime_ratio_min, s.walltime_ratio_max, chance.uniform(number, draw_walltime)),
                s.walltime_min);
  const Real level = chance.uniform(number, draw_utilization) * (s.n_utilization - 1);
  const int l = static_cast<int>(math::min(level, s.n_utilization - 2.0));
  job.utilization = lerp(s.utilization[l], s.utilization[l + 1], level - l);
  job.slack = s.slack_min + job.work * lognormal(s.slack_median, s.slack_sigma, chance.normal(number, draw_slack));
  job.data_in = lognormal(s.data_in_median, s.data_in_sigma, chance.normal(number, draw_data_in));
  job.data_out = lognormal(s.data_out_median, s.data_out_sigma, chance.normal(number, draw_data_out));
  job.priority = 1 + pick(s.priority_edge, s.n_priority, chance.uniform(number, draw_priority));
  job.link_bound = chance.uniform(number, draw_link) < link_bound_share;
  job.preemptible = chance.uniform(number, draw_preemptible) < s.preemptible_share;
  return job;
}

}  // namespace coldsun::workload

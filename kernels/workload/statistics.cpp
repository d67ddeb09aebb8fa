// Checks job statistics and computes their derived tables; exact means of the draws.
#include "workload/statistics.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace coldsun::workload {

namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(std::string("job statistics: ") + what);
}

void check_counts(const JobStatistics& s) {
  require(s.n_count >= 1 && s.n_count <= max_count,
          "the number of accelerator counts is out of range; accepted: 1 to 24");
  Real sum = 0.0;
  for (int i = 0; i < s.n_count; ++i) {
    require(s.gpu_count[i] >= 1, "an accelerator count is below 1; accepted: 1 or more");
    require(s.gpu_share[i] >= 0.0, "a share of jobs is negative; accepted: 0 or more");
    require(s.gpu_class[i] >= 0 && s.gpu_class[i] < s.n_class,
            "a count has an unknown table of durations; accepted: index of a table");
    sum += s.gpu_share[i];
  }
  require(std::fabs(sum - 1.0) < 1e-9, "the shares of the accelerator counts do not sum to 1; accepted: a sum of 1");
}

void check_durations(const JobStatistics& s) {
  require(s.n_class >= 1 && s.n_class <= max_class,
          "the number of tables of durations is out of range; accepted: 1 to 8");
  require(s.n_level >= 2 && s.n_level <= max_level,
          "the number of levels of duration is out of range; accepted: 2 to 48");
  require(s.level[0] == 0.0 && s.level[s.n_level - 1] == 1.0,
          "the levels do not run from 0 to 1; accepted: first 0, last 1");
  for (int l = 1; l < s.n_level; ++l)
    require(s.level[l] > s.level[l - 1], "the levels do not rise; accepted: strictly rising levels");
  for (int c = 0; c < s.n_class; ++c) {
    require(s.duration[c][0] > 0.0 && std::isfinite(s.duration[c][s.n_level - 1]),
            "a duration is not positive and finite; accepted: above 0 s");
    for (int l = 1; l < s.n_level; ++l)
      require(s.duration[c][l] >= s.duration[c][l - 1],
              "a table of durations falls; accepted: rising or equal durations");
  }
}

void check_rest(const JobStatistics& s) {
  Real sum = 0.0;
  for (const Real r : s.hour_rate) require(r > 0.0, "a rate by hour is not positive; accepted: above 0"), sum += r;
  require(std::fabs(sum - 24.0) < 0.01, "the rates by hour do not have the mean 1; accepted: a sum of 24");
  require(s.interval_cv >= 1.0 && s.interval_cv < 100.0, "interval_cv is out of range; accepted: 1 to 100");
  require(s.walltime_ratio_min > 0.0 && s.walltime_ratio_max >= s.walltime_ratio_min && s.walltime_ratio_max <= 1.0,
          "the walltime ratios are out of range; accepted: 0 < min <= max <= 1");
  require(s.walltime_min >= 0.0 && s.slack_min >= 0.0 && s.slack_median >= 0.0 && s.slack_sigma >= 0.0,
          "a time or slack is negative; accepted: 0 or more");
  require(s.n_utilization >= 2 && s.n_utilization <= max_utilization,
          "the number of quantiles of utilisation is out of range; accepted: 2 to 24");
  for (int i = 0; i < s.n_utilization; ++i)
    require(s.utilization[i] >= (i ? s.utilization[i - 1] : 0.0) && s.utilization[i] <= 1.0,
            "the utilisation falls or is out of range; accepted: rising within 0 to 1");
  require(s.stalled_utilization >= 0.0 && s.stalled_utilization <= 1.0,
          "stalled_utilization is out of range; accepted: 0 to 1");
  require(s.data_in_median >= 0.0 && s.data_in_sigma >= 0.0 && s.data_out_median >= 0.0 && s.data_out_sigma >= 0.0,
          "a data volume is negative; accepted: 0 or more");
  require(s.n_priority >= 1 && s.n_priority <= max_priority,
          "the number of priorities is out of range; accepted: 1 to 8");
  Real share = 0.0;
  for (int i = 0; i < s.n_priority; ++i)
    require(s.priority_share[i] >= 0.0, "a share of priority is negative; accepted: 0 or more"),
        share += s.priority_share[i];
  require(std::fabs(share - 1.0) < 1e-9, "the shares of the priorities do not sum to 1; accepted: a sum of 1");
  require(s.preemptible_share >= 0.0 && s.preemptible_share <= 1.0,
          "preemptible_share is out of range; accepted: 0 to 1");
}

// Integral over a cell of width w of a duration whose logarithm is linear in the level: w (d1 - d0) / ln(d1 / d0).
Real cell_moment(Real width, Real d0, Real d1) {
  const Real x = std::log(d1 / d0);
  return width * (x < 1e-6 ? 0.5 * (d0 + d1) : (d1 - d0) / x);
}

void fill_moments(JobStatistics& s) {
  for (int c = 0; c < s.n_class; ++c) {
    s.moment[c][0] = 0.0;
    for (int l = 1; l < s.n_level; ++l)
      s.moment[c][l] =
          s.moment[c][l - 1] + cell_moment(s.level[l] - s.level[l - 1], s.duration[c][l - 1], s.duration[c][l]);
    s.mean_duration[c] = s.moment[c][s.n_level - 1];
    for (int l = 0; l < s.n_level; ++l) s.moment[c][l] /= s.mean_duration[c];
  }
}

}  // namespace

void complete(JobStatistics& s) {
  check_durations(s), check_counts(s), check_rest(s);
  fill_moments(s);
  Real share = 0.0, running = 0.0;
  for (int i = 0; i < s.n_count; ++i) {
    s.count_edge[i] = share += s.gpu_share[i];
    s.running_edge[i] = running += s.gpu_share[i] * s.mean_duration[s.gpu_class[i]];
  }
  for (int i = 0; i < s.n_count; ++i) s.running_edge[i] /= running;
  s.hour_sum[0] = 0.0;
  for (int h = 0; h < 24; ++h) s.hour_sum[h + 1] = s.hour_sum[h] + s.hour_rate[h];
  Real p = 0.0;
  for (int i = 0; i < s.n_priority; ++i) s.priority_edge[i] = p += s.priority_share[i];
}

Real mean_node_seconds(const JobStatistics& s, std::int32_t n_plate, std::int32_t node_count) {
  Real sum = 0.0;
  for (int i = 0; i < s.n_count; ++i)
    sum += s.gpu_share[i] * node_count_of(s.gpu_count[i], n_plate, node_count) * s.mean_duration[s.gpu_class[i]];
  return sum;
}

}  // namespace coldsun::workload

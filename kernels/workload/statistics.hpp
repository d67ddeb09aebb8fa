// Statistics from which jobs are drawn: tables measured on a trace and stated distributions, as one plain struct, and
// exact means.
#pragma once
#include <cstdint>

#include "common/math.hpp"

namespace coldsun::workload {

inline constexpr int max_count = 24, max_class = 8, max_level = 48, max_utilization = 24, max_priority = 8;

struct JobStatistics {
  // accelerators per job
  std::int32_t n_count = 0;
  std::int32_t gpu_count[max_count] = {};  // accelerators
  Real gpu_share[max_count] = {};          // share of the jobs; sums to 1
  std::int32_t gpu_class[max_count] = {};  // row of `duration`
  // duration: inverse tables, ln(duration) linear in the level
  std::int32_t n_class = 0, n_level = 0;
  Real level[max_level] = {};                // rising from 0 to 1
  Real duration[max_class][max_level] = {};  // s, rising
  // arrivals: rate by local hour relative to its mean; coefficient of variation of the intervals at that rate (>= 1)
  Real hour_rate[24] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  Real interval_cv = 1.0;
  // requests: duration over walltime is uniform between the two ratios
  Real walltime_ratio_min = 0.1, walltime_ratio_max = 0.95;
  Real walltime_min = 0.0;  // s
  // deadline = submit_time + work + slack_min + lognormal(slack_median, slack_sigma) * work
  Real slack_min = 0.0;  // s
  Real slack_median = 1.0, slack_sigma = 0.0;
  // utilisation of a job's nodes: inverse table on equally spaced levels, linear between
  std::int32_t n_utilization = 0;
  Real utilization[max_utilization] = {};
  Real stalled_utilization = 0.0;  // utilisation of a stalled job relative to its own
  // lognormal volumes
  Real data_in_median = 0.0, data_in_sigma = 0.0, data_out_median = 0.0, data_out_sigma = 0.0;  // B, 1
  std::int32_t n_priority = 1;
  Real priority_share[max_priority] = {1.0};  // of priority 1, 2, ...
  Real preemptible_share = 0.0;

  // Computed by complete().
  Real count_edge[max_count] = {};    // cumulative share
  Real running_edge[max_count] = {};  // cumulative share * E[duration]: accelerator counts of jobs in progress
  // integral of duration by level, normalised: durations of jobs in progress
  Real moment[max_class][max_level] = {};
  Real mean_duration[max_class] = {};  // s
  Real hour_sum[25] = {};              // integral of hour_rate [h]
  Real priority_edge[max_priority] = {};
};

// Checks the tables and computes the derived ones. Throws std::invalid_argument in one sentence.
void complete(JobStatistics& statistics);

// Number of whole nodes of a job of n_gpu accelerators at a site, at most all of the site's.
COLDSUN_FN std::int32_t node_count_of(std::int32_t n_gpu, std::int32_t n_plate, std::int32_t node_count) {
  const std::int32_t n = (n_gpu + n_plate - 1) / n_plate;
  return n < node_count ? n : node_count;
}

// Mean node-seconds of a job, exact for the tables.
Real mean_node_seconds(const JobStatistics& statistics, std::int32_t n_plate, std::int32_t node_count);

}  // namespace coldsun::workload

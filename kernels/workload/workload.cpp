// Makes the workload's structs: checks the description, allocates, sets the constants.
#include "workload/workload.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace coldsun::workload {

namespace {

void require(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument("workload: " + what);
}

void check(const Site& s, std::size_t i) {
  const std::string name = "site " + std::to_string(i) + ": ";
  require(s.node_count >= 0 && s.node_first >= 0, name + "node_first or node_count is negative; accepted: 0 or more");
  require(s.n_plate >= 1, name + "n_plate is below 1; accepted: 1 or more");
  require(s.load >= 0.0 && s.load <= 100.0, name + "load is out of range; accepted: 0 to 100");
  require(s.link_bound_share >= 0.0 && s.link_bound_share <= 1.0,
          name + "link_bound_share is out of range; accepted: 0 to 1");
  require(s.buffer >= 0.0 && s.buffer < 1e9, name + "buffer is out of range; accepted: 0 to 1e9 s");
  require(s.burst_gain >= 0.0 && s.burst_gain <= 1.0, name + "burst_gain is out of range; accepted: 0 to 1");
  require(s.burst_ratio >= 0.0 && s.burst_ratio <= 1e3, name + "burst_ratio is out of range; accepted: 0 to 1000");
}

void check(const NodeRow& n, std::size_t i) {
  const std::string name = "node " + std::to_string(i) + ": ";
  require(n.p_idle > 0.0 && n.p_max > n.p_idle && std::isfinite(n.p_max),
          name + "p_idle or p_max is out of range; accepted: 0 < p_idle < p_max");
  require(n.utilisation_exponent > 0.0 && n.utilisation_exponent <= 4.0,
          name + "utilisation_exponent is out of range; accepted: above 0, at most 4");
}

// Mean number of arrivals in [start, stop), by the hour of the site's own day.
Real expected_arrivals(const System& system, int s, Time start, Time stop) {
  const JobStatistics& stats = system.statistics(s);
  const Time hour = 3600 * ns_per_s;
  Real sum = 0.0;
  for (Time t = start; t < stop;) {
    const Time local = t + nanoseconds(system.site(s).utc_offset);
    const Time whole = floor_div(local, hour);
    const Time next = t + (whole + 1) * hour - local;
    const Time end = next < stop ? next : stop;
    sum += stats.hour_rate[whole - floor_div(whole, 24) * 24] * seconds(end - t);
    t = end;
  }
  return sum * system.arrival_rate(s);
}

}  // namespace

System make_system(const std::vector<Site>& sites, const std::vector<JobStatistics>& statistics,
                   const std::vector<NodeRow>& nodes, Device device) {
  require(!sites.empty(), "the list of sites is empty; accepted: at least one site");
  require(statistics.size() == sites.size(), "there are " + std::to_string(sites.size()) + " sites and " +
                                                 std::to_string(statistics.size()) +
                                                 " job statistics; accepted: one per site");
  const int n_site = static_cast<int>(sites.size()), n_node = static_cast<int>(nodes.size());
  System s;
  allocate_fields(s, device, {{"site", n_site}, {"node", n_node}});
  std::int32_t first = 0;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    check(sites[i], i);
    require(
        sites[i].node_first == first,
        "site " + std::to_string(i) + ": node_first does not follow the site before; accepted: nodes sorted by site");
    first += sites[i].node_count;
    const int k = static_cast<int>(i);
    s.site(k) = sites[i], s.statistics(k) = statistics[i];
    complete(s.statistics(k));
    const Real per_job = mean_node_seconds(s.statistics(k), sites[i].n_plate, std::max(sites[i].node_count, 1));
    s.arrival_rate(k) = sites[i].load * sites[i].node_count / per_job;
  }
  require(first == n_node, "the sites name " + std::to_string(first) + " nodes and " + std::to_string(n_node) +
                               " are given; accepted: equal numbers");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    check(nodes[i], i);
    const int n = static_cast<int>(i), site = nodes[i].site;
    require(site >= 0 && site < n_site && n >= s.site(site).node_first &&
                n < s.site(site).node_first + s.site(site).node_count,
            "node " + std::to_string(i) +
                ": it is outside the range of its site; accepted: node_first to node_first + node_count - 1");
    s.node_site(n) = site, s.node_p_idle(n) = nodes[i].p_idle, s.node_p_max(n) = nodes[i].p_max,
    s.node_exponent(n) = nodes[i].utilisation_exponent;
  }
  return s;
}

JobTable make_jobs(const System& system, int n_member, Time start, Time stop, const Places& places, Device device) {
  const auto& [n_initial, n_arrival] = places;
  const int n_site = system.n_site();
  require(n_member >= 1, "the number of members is below 1; accepted: 1 or more");
  require(stop >= start, "stop is before start; accepted: a later instant");
  require(static_cast<int>(n_initial.size()) == n_site && static_cast<int>(n_arrival.size()) == n_site,
          "the numbers of jobs do not match the sites; accepted: one per site");
  std::int64_t n = 0;
  for (std::size_t i = 0; i < n_initial.size(); ++i) {
    require(n_initial[i] >= 0 && n_arrival[i] >= 0, "a number of jobs is negative; accepted: 0 or more");
    n += n_initial[i] + n_arrival[i];
    require(n < std::numeric_limits<std::int32_t>::max(), "the number of jobs is too large; accepted: below 2^31");
  }
  JobTable t;
  allocate_fields(t, device, {{"end", 2}, {"site", n_site}, {"member", n_member}, {"job", static_cast<int>(n)}});
  t.span(0) = start, t.span(1) = stop;
  for (int s = 0, first = 0; s < n_site; first += t.n_job(s), ++s) {
    const std::size_t i = static_cast<std::size_t>(s);
    t.job_first(s) = first, t.n_initial(s) = n_initial[i], t.n_job(s) = n_initial[i] + n_arrival[i];
    for (int j = 0; j < t.n_job(s); ++j) t.job_site(first + j) = s;
  }
  return t;
}

JobTable make_jobs(const System& system, int n_member, Time start, Time stop, Device device, Real load_gain) {
  Places places;
  for (int s = 0; s < system.n_site(); ++s) {
    const Real cv = system.statistics(s).interval_cv, mean = load_gain * expected_arrivals(system, s, start, stop);
    const bool none = system.site(s).load == 0.0 || system.site(s).node_count == 0;
    require(mean < 1e8, "the span has too many jobs; accepted: an expected number below 1e8");
    places.initial.push_back(none ? 0 : system.site(s).node_count);
    places.arrival.push_back(
        none ? 0 : static_cast<int>(std::ceil(mean + 7.0 * cv * std::sqrt(mean) + 8.0 * cv * cv + 8.0)));
  }
  return make_jobs(system, n_member, start, stop, places, device);
}

int count_short(const System& system, const JobTable& jobs) {
  int n = 0;
  for (int m = 0; m < jobs.n_member(); ++m)
    for (int s = 0; s < system.n_site(); ++s) {
      const int last = jobs.job_first(s) + jobs.n_job(s) - 1;
      n += system.arrival_rate(s) > 0.0 && jobs.n_job(s) > 0 && jobs.submit_time(m, last) < jobs.span(1);
    }
  return n;
}

State make_state(const System& system, const JobTable& jobs, int n_member, Device device) {
  require(n_member == jobs.n_member(), "the table of jobs has " + std::to_string(jobs.n_member()) +
                                           " members; accepted: " + std::to_string(n_member));
  const int n_site = system.n_site();
  State s;
  allocate_fields(s, device,
                  {{"member", n_member}, {"job", jobs.capacity()}, {"node", system.n_node()}, {"site", n_site}});
  s.load_gain.fill(1.0);
  for (int m = 0; m < n_member; ++m) {
    for (int i = 0; i < n_site; ++i) {
      const Site& k = system.site(i);
      s.link_bound_share(m, i) = k.link_bound_share, s.link_buffer(m, i) = k.buffer;
      s.burst_gain(m, i) = k.burst_gain, s.burst_ratio(m, i) = k.burst_ratio;
      s.link_down_since(m, i) = never;
    }
    for (int n = 0; n < system.n_node(); ++n) s.node_job(m, n) = -1;
  }
  return s;
}

}  // namespace coldsun::workload

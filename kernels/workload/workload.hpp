// Work of the sites: jobs that arrive, wait, run, stall with the link and end. What is constant, what changes, and the entry points.
// Order in a cut: next_event (what happens at its first instant; when the next thing happens) -> request (power asked by the nodes)
// -> the plates and the bus say what is drawn -> advance (jobs progress by it).
#pragma once
#include <cstdint>
#include <vector>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "workload/statistics.hpp"

namespace coldsun::workload {

enum class Status : std::int8_t { absent = 0, pending = 1, queued = 2, running = 3, done = 4 };
// What an outage does at a site: nothing, link-bound jobs wait, or they catch up.
enum class LinkPhase : std::int8_t { normal = 0, stalled = 1, draining = 2 };

// Bits raised in flags(member).
inline constexpr std::uint32_t flag_workload_not_finite = 1u << 24;  // a node's power or a job's work is not a number

inline constexpr Real work_residue = 1e-3;  // s of work: what is left below it counts as done

// One site: its nodes, what is asked of it, and the priors of how an outage of the link reaches the work.
struct Site {
  std::int32_t node_first = 0, node_count = 0;
  std::int32_t gpu_per_node = 8;  // a job of n GPUs takes ceil(n / gpu_per_node) whole nodes
  Real load = 0.0;                // offered node-seconds over those of the hall; 0: no jobs
  Real utc_offset = 0.0;          // s, local standard time minus UTC: the arrival rate follows the local hour
  Real link_bound_share = 0.0;    // share of jobs that stall when the link is gone
  Real link_buffer = 0.0;         // s that a link-bound job goes on from its buffers; they are full again when the link is back
  Real burst_gain = 0.0;          // power over normal while the backlog drains, as a share of (p_max - p)
  Real burst_ratio = 1.0;         // seconds of burst per second of stall: the drain runs at 1 + 1 / burst_ratio of the normal rate
  std::uint32_t entity = 0;         // the site's number in Chance: the same jobs whatever other sites stand beside it
};

// Constant.
struct System {
  Array<Site, 1> site;
  Array<JobStatistics, 1> statistics;                     // (site)
  Array<Real, 1> arrival_rate;                            // (site) 1/s, mean: load times the hall over the mean job
  Array<std::int32_t, 1> node_site;                       // (node) nodes of a site are contiguous
  Array<Real, 1> node_p_idle, node_p_max, node_exponent;  // (node) p = p_idle + (p_max - p_idle) u^exponent

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind k = Kind::parameter;
    f(FieldInfo{"site", "1", "site", "nodes, load and link priors of the sites", k}, s.site);
    f(FieldInfo{"statistics", "1", "site", "statistics that the jobs of the sites are drawn from", k}, s.statistics);
    f(FieldInfo{"arrival_rate", "s-1", "site", "mean rate of arrivals", k}, s.arrival_rate);
    f(FieldInfo{"node_site", "1", "node", "site of the node", k}, s.node_site);
    f(FieldInfo{"node_p_idle", "W", "node", "power of the node at rest", k}, s.node_p_idle);
    f(FieldInfo{"node_p_max", "W", "node", "power of the node at full work", k}, s.node_p_max);
    f(FieldInfo{"node_exponent", "1", "node", "exponent of power by utilisation", k}, s.node_exponent);
  }
  int n_site() const { return site.extent(0); }
  int n_node() const { return node_site.extent(0); }
};

// Jobs of every site, an input: drawn from the statistics (draw_jobs) or written by the host from a log. Those of a site are contiguous
// and arrive in the order of their places; the first n_initial places are for jobs that run when the day starts (begun at their
// submit_time, before it, and gone on at the full rate since then); unused places have n_node 0.
struct JobTable {
  Array<Time, 1> span;                                 // (2) start and end of what the table covers
  Array<std::int32_t, 1> job_first, n_initial, n_job;  // (site) places: first, for initial jobs, in all
  Array<std::int32_t, 1> job_site;                     // (job)
  Array<Time, 2> submit_time, deadline;                // (member, job)
  Array<std::int32_t, 2> n_gpu, n_node, priority;      // priority >= 1, higher is served first
  Array<Real, 2> work, walltime, job_utilization;      // s at the full rate, s requested, share of full work
  Array<Real, 2> data_in, data_out;                    // B
  Array<std::int8_t, 2> link_bound, preemptible;

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind k = Kind::parameter;
    const char* mj = "member job";
    f(FieldInfo{"span", "ns", "end", "start and end of what the table covers", k}, s.span);
    f(FieldInfo{"job_first", "1", "site", "first place of the site's jobs", k}, s.job_first);
    f(FieldInfo{"n_initial", "1", "site", "places for jobs that run at the start", k}, s.n_initial);
    f(FieldInfo{"n_job", "1", "site", "places of the site's jobs", k}, s.n_job);
    f(FieldInfo{"job_site", "1", "job", "site of the job", k}, s.job_site);
    f(FieldInfo{"submit_time", "ns", mj, "when the job was submitted", k}, s.submit_time);
    f(FieldInfo{"deadline", "ns", mj, "when the job should be done", k}, s.deadline);
    f(FieldInfo{"n_gpu", "1", mj, "accelerators asked", k}, s.n_gpu);
    f(FieldInfo{"n_node", "1", mj, "whole nodes taken; 0: no job", k}, s.n_node);
    f(FieldInfo{"priority", "1", mj, "higher is served first", k}, s.priority);
    f(FieldInfo{"work", "s", mj, "duration at the full rate", k}, s.work);
    f(FieldInfo{"walltime", "s", mj, "duration requested", k}, s.walltime);
    f(FieldInfo{"job_utilization", "1", mj, "utilisation of the job's nodes", k}, s.job_utilization);
    f(FieldInfo{"data_in", "B", mj, "data to be brought before the start", k}, s.data_in);
    f(FieldInfo{"data_out", "B", mj, "data to be carried away after the end", k}, s.data_out);
    f(FieldInfo{"link_bound", "1", mj, "1: stalls when the link is gone", k}, s.link_bound);
    f(FieldInfo{"preemptible", "1", mj, "1: may be stopped and resumed", k}, s.preemptible);
  }
  int n_member() const { return submit_time.extent(0); }
  int capacity() const { return job_site.extent(0); }
};

struct State {
  // jobs
  Array<Status, 2> status;  // (member, job)
  Array<std::int8_t, 2> late;
  Array<std::int32_t, 2> lead_node;     // (member, job) its lowest-numbered node; -1: none
  Array<Time, 2> start_time, end_time;  // never: not yet
  Array<Real, 2> work_left, work_owed, pace;
  // what a plan says of the jobs: in force, and under way over the link (told_cap 0: nothing)
  Array<std::int32_t, 2> plan_site, told_site;  // (member, job) -1: its own site
  Array<Time, 2> plan_start, told_start;        // 0: whenever there is room
  Array<Real, 2> plan_cap, told_cap;            // share of what its nodes would draw above rest
  Array<Time, 1> plan_hold;                     // (member) how long a job that arrives waits for a plan to speak of it; 0: not at all
  Array<Time, 1> plan_reach;                    // (member) only jobs that can end in it, and in time, wait so; 0: all do
  Array<Time, 2> plan_due;                      // (member, site) when the plan under way reaches the site; never: none
  // nodes
  Array<std::int32_t, 2> node_job;  // (member, node) -1: free
  Array<Real, 2> utilization, p_request, p_floor, node_pace;
  Array<std::int32_t, 2> node_priority;
  // sites
  Array<std::int32_t, 2> next_job, queue_head;  // (member, site) first place not yet arrived; no place before queue_head waits
  Array<std::int32_t, 2> cursor;                // (member, site) scratch of the dispatch
  Array<std::int8_t, 2> changed;
  Array<LinkPhase, 2> link_phase;
  Array<Time, 2> link_down_since;
  Array<Real, 2> backlog;
  Array<std::int32_t, 2> n_running, n_queued, n_done, n_late, n_backfilled, node_busy;
  Array<Real, 2> gpu_seconds, wait_seconds, work_done, stall_seconds;
  Array<Real, 2> p_it_request, p_it_leakage_change, p_it_held_back, busy_fraction, queue_length;
  Array<std::uint32_t, 2> trouble;
  Array<Real, 2> link_bound_share, link_buffer, burst_gain, burst_ratio;  // parameters: each member's own priors
  Array<Real, 2> load_gain;                                               // the same, of the jobs' arrivals

  template <class Self, class F>
  static void each(Self& s, F&& f) {
    constexpr Kind state = Kind::state, par = Kind::parameter, der = Kind::derived, scr = Kind::scratch;
    const char *mj = "member job", *mn = "member node", *mb = "member site";
    f(FieldInfo{"status", "1", mj, "0 absent, 1 pending, 2 queued, 3 running, 4 done", state}, s.status);
    f(FieldInfo{"late", "1", mj, "1: the deadline passed before the end", state}, s.late);
    f(FieldInfo{"lead_node", "1", mj, "lowest-numbered node of the job, -1 none", state}, s.lead_node);
    f(FieldInfo{"start_time", "ns", mj, "start of the job", state}, s.start_time);
    f(FieldInfo{"end_time", "ns", mj, "end of the job", state}, s.end_time);
    f(FieldInfo{"work_left", "s", mj, "what is left of the work", state}, s.work_left);
    f(FieldInfo{"work_owed", "s", mj, "work lost in stalls and not yet caught up", state}, s.work_owed);
    f(FieldInfo{"pace", "1", mj, "rate in the last cut by the power drawn, 1 without throttling", state}, s.pace);
    f(FieldInfo{"plan_site", "1", mj, "where the plan has the job run, -1 its own site", state}, s.plan_site);
    f(FieldInfo{"plan_start", "ns", mj, "not dispatched before, 0 no such bound", state}, s.plan_start);
    f(FieldInfo{"plan_cap", "1", mj, "share of its nodes' power above rest that the plan allows", state}, s.plan_cap);
    f(FieldInfo{"told_site", "1", mj, "plan_site of the plan under way", state}, s.told_site);
    f(FieldInfo{"told_start", "ns", mj, "plan_start of the plan under way", state}, s.told_start);
    f(FieldInfo{"told_cap", "1", mj, "plan_cap of the plan under way, 0 it says nothing of the job", state}, s.told_cap);
    f(FieldInfo{"plan_hold", "ns", "member", "wait of an arriving job for a plan, 0 none", par}, s.plan_hold);
    f(FieldInfo{"plan_reach", "ns", "member", "longest request that waits for a plan, and no longer than its deadline allows; 0: all wait", par}, s.plan_reach);
    f(FieldInfo{"plan_due", "ns", mb, "when the plan under way reaches the site, never: none", state}, s.plan_due);
    f(FieldInfo{"node_job", "1", mn, "job on the node, -1 none", state}, s.node_job);
    f(FieldInfo{"utilization", "1", mn, "utilisation asked of the node", der}, s.utilization);
    f(FieldInfo{"p_request", "W", mn, "power asked at the reference temperature, without throttling", der}, s.p_request);
    f(FieldInfo{"p_floor", "W", mn, "power of the node at rest", der}, s.p_floor);
    f(FieldInfo{"node_pace", "1", mn, "rate of work on the node by the power drawn", scr}, s.node_pace);
    f(FieldInfo{"node_priority", "1", mn, "priority of the node's job, 0 free", der}, s.node_priority);
    f(FieldInfo{"next_job", "1", mb, "first job that has not arrived yet", state}, s.next_job);
    f(FieldInfo{"queue_head", "1", mb, "no job before it waits", state}, s.queue_head);
    f(FieldInfo{"cursor", "1", mb, "how far the dispatch has read the site's jobs", scr}, s.cursor);
    f(FieldInfo{"changed", "1", mb, "1: a job arrived or ended since the last dispatch", state}, s.changed);
    f(FieldInfo{"link_phase", "1", mb, "0 normal, 1 stalled: link gone and buffers empty, 2 draining", state}, s.link_phase);
    f(FieldInfo{"link_down_since", "ns", mb, "when the link went, never: it is up", state}, s.link_down_since);
    f(FieldInfo{"backlog", "s", mb, "stalled time not yet caught up", state}, s.backlog);
    f(FieldInfo{"n_running", "1", mb, "jobs running", state}, s.n_running);
    f(FieldInfo{"n_queued", "1", mb, "jobs waiting", state}, s.n_queued);
    f(FieldInfo{"n_done", "1", mb, "jobs done since the start", state}, s.n_done);
    f(FieldInfo{"n_late", "1", mb, "jobs whose deadline passed before they ended, since the start", state}, s.n_late);
    f(FieldInfo{"n_backfilled", "1", mb, "jobs started before an earlier one since the start", state}, s.n_backfilled);
    f(FieldInfo{"node_busy", "1", mb, "nodes with a job", state}, s.node_busy);
    f(FieldInfo{"gpu_seconds", "s", mb, "accelerator time at the full rate served since the start", state}, s.gpu_seconds);
    f(FieldInfo{"wait_seconds", "s", mb, "waits of the jobs started since the start", state}, s.wait_seconds);
    f(FieldInfo{"work_done", "s", mb, "work of all jobs done since the start", state}, s.work_done);
    f(FieldInfo{"stall_seconds", "s", mb, "time stalled since the start", state}, s.stall_seconds);
    f(FieldInfo{"p_it_request", "W", mb, "power asked by all nodes with the leakage of the reference temperature", der}, s.p_it_request);
    f(FieldInfo{"p_it_leakage_change", "W", mb, "leakage of all nodes over that of the reference temperature, as without any cap", der},
      s.p_it_leakage_change);
    f(FieldInfo{"p_it_held_back", "W", mb,
                "power not given to the nodes, by junction cap, allocation or shedding: p_it_request + p_it_leakage_change - p_it", der},
      s.p_it_held_back);
    f(FieldInfo{"busy_fraction", "1", mb, "share of the nodes with a job", der}, s.busy_fraction);
    f(FieldInfo{"queue_length", "1", mb, "jobs waiting", der}, s.queue_length);
    f(FieldInfo{"trouble", "1", mb, "bits to raise in the member's flags", scr}, s.trouble);
    f(FieldInfo{"link_bound_share", "1", mb, "share of jobs that stall when the link is gone", par}, s.link_bound_share);
    f(FieldInfo{"link_buffer", "s", mb, "time that a link-bound job goes on without the link", par}, s.link_buffer);
    f(FieldInfo{"burst_gain", "1", mb, "power over normal in the drain, share of what is left up to the maximum", par}, s.burst_gain);
    f(FieldInfo{"burst_ratio", "1", mb, "seconds of drain per second of stall", par}, s.burst_ratio);
    f(FieldInfo{"load_gain", "1", mb, "offered load relative to the site's", par}, s.load_gain);
  }
  int n_member() const { return node_job.extent(0); }
};

// What the caller passes. link_up is the state from the cut's first instant on: it must be right when next_event is called.
struct Drive {
  View<const std::int32_t, 2> link_up;        // (member, site) 1: up
  View<const Real, 2> p_node;                 // (member, node) W drawn, mean over the cut: read by advance only
  View<const Real, 2> p_unthrottled;          // (member, node) W that the node would have drawn at its temperatures without any cap;
                                              // no data: p_request is taken (right where leakage does not follow temperature)
  bool path_stale = true;                     // off: a plan arrives whether the link is up or not
  bool path_stall = true, path_burst = true;  // off: power and progress (stall), power (burst) as if there were none; events stay
  View<std::uint32_t, 1> flags;               // (member)
};

// Host-side description, in the order of the rows. Nodes of a site are contiguous and in its range.
struct NodeRow {
  std::int32_t site;
  Real p_idle, p_max;  // W
  Real exponent;       // 1
};
// Throws std::invalid_argument with one sentence where the description cannot be built. One JobStatistics per site.
System make_system(const std::vector<Site>&, const std::vector<JobStatistics>&, const std::vector<NodeRow>&, Device);
// Room for the jobs that run at the start and for the arrivals in [start, stop) with seven standard deviations to spare, all unused.
// load_gain: the largest of any member.
JobTable make_jobs(const System&, int n_member, Time start, Time stop, Device, Real load_gain = 1.0);
// The same with given numbers of places per site, for a host that writes jobs of its own.
JobTable make_jobs(const System&, int n_member, Time start, Time stop, const std::vector<int>& n_initial, const std::vector<int>& n_arrival,
                   Device);
// Members and sites whose last arrival lies before the end of the span although the site has a load: 0 but for a chance of 1e-10.
int count_short(const System&, const JobTable&);
// Priors copied to every member, no job anywhere.
State make_state(const System&, const JobTable&, int n_member, Device);

// Draws every place of the table by job number; link-bound share and load are each member's own, from the State's parameters.
template <class Space>
void draw_jobs(Space, const System&, const State&, JobTable&, std::uint64_t seed, std::uint32_t first_member);
// The State as the day starts: initial jobs on their nodes, the others pending. A job larger than its site is taken for absent.
template <class Space>
void start(Space, const System&, const JobTable&, State&);

// At the instant now(m): link, stalls, arrivals, plans that arrive, dispatch. Then lowers next(m) to the first instant after it at which a
// job or a plan arrives, a job is predicted to end at its present rate or held until then, a stall starts, or a drain ends.
template <class Space>
void next_event(Space, const System&, const JobTable&, State&, const Drive&, View<const std::int32_t, 1> member, int n_active,
                View<const Time, 1> now, View<Time, 1> next);
// utilization, p_request, p_floor, node_priority of the cut. Does first what next_event does at cut.start, if that was not called.
template <class Space>
void request(Space, const System&, const JobTable&, State&, const Drive&, const Cut&);
// Progress by p_node, ends, lateness, sums.
template <class Space>
void advance(Space, const System&, const JobTable&, State&, const Drive&, const Cut&);

}  // namespace coldsun::workload

// Work of the sites: jobs that arrive, wait, run, stall with the link and end. What is constant, what changes, and the
// entry points. Order in a cut: next_event (what happens at its first instant; when the next thing happens) -> request
// (power asked by the nodes)
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
  Real link_buffer =
      0.0;                // s that a link-bound job goes on from its buffers; they are full again when the link is back
  Real burst_gain = 0.0;  // power over normal while the backlog drains, as a share of (p_max - p)
  Real burst_ratio =
      1.0;  // seconds of burst per second of stall: the drain runs at 1 + 1 / burst_ratio of the normal rate
  std::uint32_t entity = 0;  // the site's number in Chance: the same jobs whatever other sites stand beside it
};

// Constant.
// clang-format off
#define COLDSUN_WORKLOAD_SYSTEM(F) \
  F(Site,          site,          "1",   "site", parameter, host, "nodes, load and link priors of the sites") \
  F(JobStatistics, statistics,    "1",   "site", parameter, host, "statistics that the jobs of the sites are drawn from") \
  F(Real,          arrival_rate,  "s-1", "site", parameter, host, "mean rate of arrivals") \
  F(std::int32_t,  node_site,     "1",   "node", parameter, host, "site of the node") \
  F(Real,          node_p_idle,   "W",   "node", parameter, host, "power of the node at rest") \
  F(Real,          node_p_max,    "W",   "node", parameter, host, "power of the node at full work") \
  F(Real,          node_exponent, "1",   "node", parameter, host, "exponent of power by utilisation")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_WORKLOAD_SYSTEM)
  int n_site() const { return site.extent(0); }
  int n_node() const { return node_site.extent(0); }
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_WORKLOAD_SYSTEM)
};

// Jobs of every site, an input: drawn from the statistics (draw_jobs) or written by the host from a log. Those of a
// site are contiguous and arrive in the order of their places; the first n_initial places are for jobs that run when
// the day starts (begun at their submit_time, before it, and gone on at the full rate since then); unused places have
// n_node 0.
// clang-format off
#define COLDSUN_WORKLOAD_JOB_TABLE(F) \
  F(Time,         span,            "ns", "end",        parameter, host,     "start and end of what the table covers") \
  F(std::int32_t, job_first,       "1",  "site",       parameter, host,     "first place of the site's jobs") \
  F(std::int32_t, n_initial,       "1",  "site",       parameter, host,     "places for jobs that run at the start") \
  F(std::int32_t, n_job,           "1",  "site",       parameter, host,     "places of the site's jobs") \
  F(std::int32_t, job_site,        "1",  "job",        parameter, host,     "site of the job") \
  F(Time,         submit_time,     "ns", "member job", parameter, workload, "when the job was submitted") \
  F(Time,         deadline,        "ns", "member job", parameter, DrawJobs, "when the job should be done") \
  F(std::int32_t, n_gpu,           "1",  "member job", parameter, DrawJobs, "accelerators asked") \
  F(std::int32_t, n_node,          "1",  "member job", parameter, workload, "whole nodes taken; 0: no job") \
  F(std::int32_t, priority,        "1",  "member job", parameter, DrawJobs, "higher is served first") \
  F(Real,         work,            "s",  "member job", parameter, DrawJobs, "duration at the full rate") \
  F(Real,         walltime,        "s",  "member job", parameter, DrawJobs, "duration requested") \
  F(Real,         job_utilization, "1",  "member job", parameter, DrawJobs, "utilisation of the job's nodes") \
  F(Real,         data_in,         "B",  "member job", parameter, DrawJobs, "data to be brought before the start") \
  F(Real,         data_out,        "B",  "member job", parameter, DrawJobs, "data to be carried away after the end") \
  F(std::int8_t,  link_bound,      "1",  "member job", parameter, DrawJobs, "1: stalls when the link is gone") \
  F(std::int8_t,  preemptible,     "1",  "member job", parameter, DrawJobs, "1: may be stopped and resumed")
// clang-format on
struct JobTable {
  COLDSUN_ARRAYS(COLDSUN_WORKLOAD_JOB_TABLE)
  int n_member() const { return submit_time.extent(0); }
  int capacity() const { return job_site.extent(0); }
};
struct JobsView {
  COLDSUN_VIEWS(JobsView, JobTable, COLDSUN_WORKLOAD_JOB_TABLE)
};

// clang-format off
#define COLDSUN_WORKLOAD_STATE(F) \
  F(Status,        status,              "1",  "member job",  state,     workload,  "0 absent, 1 pending, 2 queued, 3 running, 4 done") \
  F(std::int8_t,   late,                "1",  "member job",  state,     workload,  "1: the deadline passed before the end") \
  F(std::int32_t,  lead_node,           "1",  "member job",  state,     workload,  "lowest-numbered node of the job, -1 none") \
  F(Time,          start_time,          "ns", "member job",  state,     workload,  "start of the job") \
  F(Time,          end_time,            "ns", "member job",  state,     workload,  "end of the job") \
  F(Real,          work_left,           "s",  "member job",  state,     workload,  "what is left of the work") \
  F(Real,          work_owed,           "s",  "member job",  state,     workload,  "work lost in stalls and not yet caught up") \
  F(Real,          pace,                "1",  "member job",  state,     workload,  "rate in the last cut by the power drawn, 1 without throttling") \
  F(std::int32_t,  plan_site,           "1",  "member job",  state,     workload,  "where the plan has the job run, -1 its own site") \
  F(Time,          plan_start,          "ns", "member job",  state,     workload,  "not dispatched before, 0 no such bound") \
  F(Real,          plan_cap,            "1",  "member job",  state,     workload,  "share of its nodes' power above rest that the plan allows") \
  F(std::int32_t,  told_site,           "1",  "member job",  state,     workload,  "plan_site of the plan under way") \
  F(Time,          told_start,          "ns", "member job",  state,     workload,  "plan_start of the plan under way") \
  F(Real,          told_cap,            "1",  "member job",  state,     workload,  "plan_cap of the plan under way, 0 it says nothing of the job") \
  F(Time,          plan_hold,           "ns", "member",      parameter, host,      "wait of an arriving job for a plan, 0 none") \
  F(Time,          plan_reach,          "ns", "member",      parameter, host,      "longest request that waits for a plan; 0: all wait") \
  F(Time,          plan_due,            "ns", "member site", state,     workload,  "when the plan under way reaches the site, never: none") \
  F(std::int32_t,  node_job,            "1",  "member node", state,     workload,  "job on the node, -1 none") \
  F(Real,          utilization,         "1",  "member node", derived,   AskPower,  "utilisation asked of the node") \
  F(Real,          p_request,           "W",  "member node", derived,   AskPower,  "power asked at the reference temperature, without throttling") \
  F(Real,          p_floor,             "W",  "member node", derived,   AskPower,  "power of the node at rest") \
  F(Real,          node_pace,           "1",  "member node", scratch,   NodePace,  "rate of work on the node by the power drawn") \
  F(std::int32_t,  node_priority,       "1",  "member node", derived,   AskPower,  "priority of the node's job, 0 free") \
  F(std::int32_t,  next_job,            "1",  "member site", state,     workload,  "first job that has not arrived yet") \
  F(std::int32_t,  queue_head,          "1",  "member site", state,     workload,  "no job before it waits") \
  F(std::int32_t,  cursor,              "1",  "member site", scratch,   workload,  "how far the dispatch has read the site's jobs") \
  F(std::int8_t,   changed,             "1",  "member site", state,     workload,  "1: a job arrived or ended since the last dispatch") \
  F(LinkPhase,     link_phase,          "1",  "member site", state,     workload,  "0 normal, 1 stalled: link gone and buffers empty, 2 draining") \
  F(Time,          link_down_since,     "ns", "member site", state,     workload,  "when the link went, never: it is up") \
  F(Real,          backlog,             "s",  "member site", state,     workload,  "stalled time not yet caught up") \
  F(std::int32_t,  n_running,           "1",  "member site", state,     workload,  "jobs running") \
  F(std::int32_t,  n_queued,            "1",  "member site", state,     workload,  "jobs waiting") \
  F(std::int32_t,  n_done,              "1",  "member site", state,     workload,  "jobs done since the start") \
  F(std::int32_t,  n_late,              "1",  "member site", state,     workload,  "jobs whose deadline passed before they ended, since the start") \
  F(std::int32_t,  n_backfilled,        "1",  "member site", state,     workload,  "jobs started before an earlier one since the start") \
  F(std::int32_t,  node_busy,           "1",  "member site", state,     workload,  "nodes with a job") \
  F(Real,          gpu_seconds,         "s",  "member site", state,     workload,  "accelerator time at the full rate served since the start") \
  F(Real,          wait_seconds,        "s",  "member site", state,     workload,  "waits of the jobs started since the start") \
  F(Real,          work_done,           "s",  "member site", state,     workload,  "work of all jobs done since the start") \
  F(Real,          stall_seconds,       "s",  "member site", state,     workload,  "time stalled since the start") \
  F(Real,          p_it_request,        "W",  "member site", derived,   SumDrawn,  "power asked by all nodes, leakage at its reference included") \
  F(Real,          p_it_leakage_change, "W",  "member site", derived,   SumDrawn,  "leakage of all nodes above its reference, without any cap") \
  F(Real,          p_it_held_back,      "W",  "member site", derived,   SumDrawn,  "power not given to the nodes: by junction cap, allocation or shedding") \
  F(Real,          busy_fraction,       "1",  "member site", derived,   CountSite, "share of the nodes with a job") \
  F(Real,          queue_length,        "1",  "member site", derived,   CountSite, "jobs waiting") \
  F(std::uint32_t, trouble,             "1",  "member site", scratch,   Progress,  "bits to raise in the member's flags") \
  F(Real,          link_bound_share,    "1",  "member site", parameter, host,      "share of jobs that stall when the link is gone") \
  F(Real,          link_buffer,         "s",  "member site", parameter, host,      "time that a link-bound job goes on without the link") \
  F(Real,          burst_gain,          "1",  "member site", parameter, host,      "power over normal in the drain, share of what is left up to the maximum") \
  F(Real,          burst_ratio,         "1",  "member site", parameter, host,      "seconds of drain per second of stall") \
  F(Real,          load_gain,           "1",  "member site", parameter, host,      "offered load relative to the site's")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_WORKLOAD_STATE)
  int n_member() const { return node_job.extent(0); }
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_WORKLOAD_STATE)
};

// What the caller passes. link_up is the state from the cut's first instant on: it must be right when next_event is
// called.
struct Drive {
  View<const std::int32_t, 2> link_up;  // (member, site) 1: up
  View<const Real, 2> p_node;           // (member, node) W drawn, mean over the cut: read by advance only
  View<const Real, 2>
      p_unthrottled;  // (member, node) W that the node would have drawn at its temperatures without any cap;
                      // no data: p_request is taken (right where leakage does not follow temperature)
  View<const Real, 2> p_request,
      p_floor;  // (member, node) W asked and at rest, where others than the jobs say it; no data: the jobs' own
  bool path_stale = true;  // off: a plan arrives whether the link is up or not
  bool path_stall = true,
       path_burst = true;        // off: power and progress (stall), power (burst) as if there were none; events stay
  View<std::uint32_t, 1> flags;  // (member)
};

// Host-side description, in the order of the rows. Nodes of a site are contiguous and in its range.
struct NodeRow {
  std::int32_t site;
  Real p_idle, p_max;  // W
  Real exponent;       // 1
};
// Throws std::invalid_argument with one sentence where the description cannot be built. One JobStatistics per site.
System make_system(const std::vector<Site>&, const std::vector<JobStatistics>&, const std::vector<NodeRow>&, Device);
// Room for the jobs that run at the start and for the arrivals in [start, stop) with seven standard deviations to
// spare, all unused. load_gain: the largest of any member.
JobTable make_jobs(const System&, int n_member, Time start, Time stop, Device, Real load_gain = 1.0);
struct Places {
  std::vector<int> initial, arrival;  // (site)
};
// The same with given numbers of places per site, for a host that writes jobs of its own.
JobTable make_jobs(const System&, int n_member, Time start, Time stop, const Places&, Device);
// Members and sites whose last arrival lies before the end of the span although the site has a load: 0 but for a chance
// of 1e-10.
int count_short(const System&, const JobTable&);
// Priors copied to every member, no job anywhere.
State make_state(const System&, const JobTable&, int n_member, Device);

// Draws every place of the table by job number; link-bound share and load are each member's own, from the State's
// parameters.
template <class Space>
void draw_jobs(Space, const System&, const State&, JobTable&, std::uint64_t seed, std::uint32_t first_member);
// The State as the day starts: initial jobs on their nodes, the others pending. A job larger than its site is taken for
// absent.
template <class Space>
void start(Space, const System&, const JobTable&, State&);

// At the instant now(m): link, stalls, arrivals, plans that arrive, dispatch. Then lowers stop(m) to the first instant
// after it at which a job or a plan arrives, a job is predicted to end at its present rate or held until then, a stall
// starts, or a drain ends.
template <class Space>
void next_event(Space, const System&, const JobTable&, State&, const Drive&, const NextCut&);
// utilization, p_request, p_floor, node_priority of the cut. Does first what next_event does at cut.start, if that was
// not called.
template <class Space>
void request(Space, const System&, const JobTable&, State&, const Drive&, const Cut&);
// Progress by p_node, ends, lateness, sums.
template <class Space>
void advance(Space, const System&, const JobTable&, State&, const Drive&, const Cut&);

}  // namespace coldsun::workload

// Work of the sites: jobs arrive, wait, run, stall with the link and end. Constants, State and entry points. Order in a
// cut: next_event (events at its first instant; time of the next event) -> request (power requested by the nodes) ->
// plates and bus give the power drawn -> advance (jobs progress by it).
#pragma once
#include <cstdint>
#include <vector>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "workload/statistics.hpp"

namespace coldsun::workload {

enum class Status : std::int8_t { absent = 0, pending = 1, queued = 2, running = 3, done = 4 };
// Phase of link-bound work at a site: normal, stalled by an outage, or draining its backlog.
enum class LinkPhase : std::int8_t { normal = 0, stalled = 1, draining = 2 };

// Bits raised in flags(member).
inline constexpr std::uint32_t flag_workload_not_finite = 1u << 24;  // a node's power or a job's work is not finite

inline constexpr Real work_residue = 1e-3;  // s; remaining work below it counts as done

// One site: its nodes, what is asked of it, and the priors of how an outage of the link reaches the work.
struct Site {
  std::int32_t node_first = 0, node_count = 0;
  std::int32_t n_plate = 8;     // GPUs of a node: a job of n takes ceil(n / n_plate) whole nodes
  Real load = 0.0;              // offered node-seconds over those of the hall; 0: no jobs
  Real utc_offset = 0.0;        // s, local standard time minus UTC: the arrival rate follows the local hour
  Real link_bound_share = 0.0;  // share of jobs that stall when the link is gone
  Real buffer = 0.0;      // s that a link-bound job goes on from its buffers; they are full again when the link is back
  Real burst_gain = 0.0;  // power over normal while the backlog drains, as a share of (p_max - p)
  Real burst_ratio =
      1.0;  // seconds of burst per second of stall: the drain runs at 1 + 1 / burst_ratio of the normal rate
  std::uint32_t entity = 0;  // the site's number in Chance: the same jobs whatever other sites stand beside it
};

// Constants.
// clang-format off
#define COLDSUN_WORKLOAD_SYSTEM(F) \
  F(Site,          site,          "1",   "site", parameter, host, "nodes, load and link parameters of the site") \
  F(JobStatistics, statistics,    "1",   "site", parameter, host, "job statistics from which the site's jobs are drawn") \
  F(Real,          arrival_rate,  "s-1", "site", parameter, host, "mean arrival rate of jobs at the site") \
  F(std::int32_t,  node_site,     "1",   "node", parameter, host, "site index of the node") \
  F(Real,          node_p_idle,   "W",   "node", parameter, host, "node power at rest") \
  F(Real,          node_p_max,    "W",   "node", parameter, host, "node power at full utilisation") \
  F(Real,          node_exponent, "1",   "node", parameter, host, "exponent of node power by utilisation")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_WORKLOAD_SYSTEM)
  int n_site() const { return site.extent(0); }
  int n_node() const { return node_site.extent(0); }
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_WORKLOAD_SYSTEM)
};

// Jobs of every site, an input: drawn from the statistics (draw_jobs) or written by the host from a log. Jobs of a site
// are contiguous and sorted by arrival. The first n_initial places hold jobs that run at the start: they started at
// their submit_time, before the start, and ran at full rate. Unused places have n_node 0.
// clang-format off
#define COLDSUN_WORKLOAD_JOB_TABLE(F) \
  F(Time,         span,            "ns", "end",        parameter, host,     "start and end of the time covered by the job table") \
  F(std::int32_t, job_first,       "1",  "site",       parameter, host,     "index of the site's first job") \
  F(std::int32_t, n_initial,       "1",  "site",       parameter, host,     "number of the site's job places for jobs that run at the start") \
  F(std::int32_t, n_job,           "1",  "site",       parameter, host,     "number of the site's job places") \
  F(std::int32_t, job_site,        "1",  "job",        parameter, host,     "site index of the job") \
  F(Time,         submit_time,     "ns", "member job", parameter, workload, "submission time of the job") \
  F(Time,         deadline,        "ns", "member job", parameter, DrawJobs, "deadline of the job") \
  F(std::int32_t, n_gpu,           "1",  "member job", parameter, DrawJobs, "number of accelerators requested by the job") \
  F(std::int32_t, n_node,          "1",  "member job", parameter, workload, "number of whole nodes taken by the job; 0: no job") \
  F(std::int32_t, priority,        "1",  "member job", parameter, DrawJobs, "priority of the job; higher is served first") \
  F(Real,         work,            "s",  "member job", parameter, DrawJobs, "work of the job: its duration at full rate") \
  F(Real,         walltime,        "s",  "member job", parameter, DrawJobs, "walltime of the job: its requested duration") \
  F(Real,         job_utilization, "1",  "member job", parameter, DrawJobs, "utilisation of the job's nodes") \
  F(Real,         data_in,         "B",  "member job", parameter, DrawJobs, "data to transfer to the site before the job starts") \
  F(Real,         data_out,        "B",  "member job", parameter, DrawJobs, "data to transfer from the site after the job ends") \
  F(std::int8_t,  link_bound,      "1",  "member job", parameter, DrawJobs, "1: the job stalls during outages of the link") \
  F(std::int8_t,  preemptible,     "1",  "member job", parameter, DrawJobs, "1: the job may be stopped and resumed")
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
  F(Status,        status,              "1",  "member job",  state,     workload,  "status of the job: 0 absent, 1 pending, 2 queued, 3 running, 4 done") \
  F(std::int8_t,   late,                "1",  "member job",  state,     workload,  "1: the deadline passed before the end of the job") \
  F(std::int32_t,  lead_node,           "1",  "member job",  state,     workload,  "lowest-numbered node of the job; -1: none") \
  F(Time,          start_time,          "ns", "member job",  state,     workload,  "start time of the job") \
  F(Time,          end_time,            "ns", "member job",  state,     workload,  "end time of the job") \
  F(Real,          work_left,           "s",  "member job",  state,     workload,  "remaining work of the job, as duration at full rate") \
  F(Real,          work_owed,           "s",  "member job",  state,     workload,  "work of the job lost in stalls and not yet caught up") \
  F(Real,          pace,                "1",  "member job",  state,     workload,  "rate of work of the job in the last cut relative to no throttling") \
  F(std::int32_t,  plan_site,           "1",  "member job",  state,     workload,  "site of the job by plan; -1: its own site") \
  F(Time,          plan_start,          "ns", "member job",  state,     workload,  "earliest start of the job by plan; 0: none") \
  F(Real,          plan_cap,            "1",  "member job",  state,     workload,  "plan cap of the job: share of its nodes' power above rest") \
  F(std::int32_t,  told_site,           "1",  "member job",  state,     workload,  "plan_site in the plan on its way to the site") \
  F(Time,          told_start,          "ns", "member job",  state,     workload,  "plan_start in the plan on its way to the site") \
  F(Real,          told_cap,            "1",  "member job",  state,     workload,  "plan_cap in the plan on its way to the site; 0: no decision on the job") \
  F(Time,          plan_hold,           "ns", "member",      parameter, host,      "time that an arriving job waits for a plan; 0: none") \
  F(Time,          plan_reach,          "ns", "member",      parameter, host,      "longest walltime of a job that waits for a plan; 0: all jobs wait") \
  F(Time,          plan_due,            "ns", "member site", state,     workload,  "arrival time at the site of the plan on its way; never: no such plan") \
  F(std::int32_t,  node_job,            "1",  "member node", state,     workload,  "index of the job on the node; -1: none") \
  F(Real,          utilization,         "1",  "member node", derived,   AskPower,  "utilisation requested of the node") \
  F(Real,          p_request,           "W",  "member node", derived,   AskPower,  "node power requested at the reference temperature, plan cap applied") \
  F(Real,          p_floor,             "W",  "member node", derived,   AskPower,  "node power at rest") \
  F(Real,          node_pace,           "1",  "member node", scratch,   NodePace,  "rate of work on the node relative to no throttling") \
  F(std::int32_t,  node_priority,       "1",  "member node", derived,   AskPower,  "priority of the job on the node; 0: no job") \
  F(std::int32_t,  next_job,            "1",  "member site", state,     workload,  "index of the site's first job that has not arrived yet") \
  F(std::int32_t,  queue_head,          "1",  "member site", state,     workload,  "index of the first waiting job") \
  F(std::int32_t,  cursor,              "1",  "member site", scratch,   workload,  "position up to which the dispatch has read the site's jobs") \
  F(std::int8_t,   changed,             "1",  "member site", state,     workload,  "1: the queue or the free nodes changed since the last dispatch") \
  F(LinkPhase,     link_phase,          "1",  "member site", state,     workload,  "phase of link-bound work: 0 normal, 1 stalled, 2 draining") \
  F(Time,          link_down_since,     "ns", "member site", state,     workload,  "start of the present outage of the link; never: link up") \
  F(Real,          backlog,             "s",  "member site", state,     workload,  "stalled time of the site's link-bound work not yet caught up") \
  F(std::int32_t,  n_running,           "1",  "member site", state,     workload,  "number of jobs running at the site") \
  F(std::int32_t,  n_queued,            "1",  "member site", state,     workload,  "number of waiting jobs submitted at the site") \
  F(std::int32_t,  n_done,              "1",  "member site", state,     workload,  "number of jobs completed at the site since the start") \
  F(std::int32_t,  n_late,              "1",  "member site", state,     workload,  "number of jobs whose deadline passed before their end, since the start") \
  F(std::int32_t,  n_backfilled,        "1",  "member site", state,     workload,  "number of backfilled jobs (ahead of an earlier one) since the start") \
  F(std::int32_t,  node_busy,           "1",  "member site", state,     workload,  "number of nodes with a job") \
  F(Real,          gpu_seconds,         "s",  "member site", state,     workload,  "accelerator time at full rate delivered to jobs since the start") \
  F(Real,          wait_seconds,        "s",  "member site", state,     workload,  "total waiting time of the jobs started since the start") \
  F(Real,          work_done,           "s",  "member site", state,     workload,  "total work done by all jobs since the start") \
  F(Real,          stall_seconds,       "s",  "member site", state,     workload,  "total time in which link-bound work was stalled since the start") \
  F(Real,          p_it_request,        "W",  "member site", derived,   SumDrawn,  "IT power requested by all nodes, leakage at its reference included") \
  F(Real,          p_it_leakage_change, "W",  "member site", derived,   SumDrawn,  "leakage power of all nodes above its reference value, without any cap") \
  F(Real,          p_it_held_back,      "W",  "member site", derived,   SumDrawn,  "requested IT power not drawn: junction cap, allocation or shedding") \
  F(Real,          busy_fraction,       "1",  "member site", derived,   CountSite, "share of the site's nodes with a job") \
  F(Real,          queue_length,        "1",  "member site", derived,   CountSite, "number of waiting jobs submitted at the site") \
  F(std::uint32_t, trouble,             "1",  "member site", scratch,   Progress,  "flag bits raised by the site in the cut") \
  F(Real,          link_bound_share,    "1",  "member site", parameter, host,      "share of jobs that stall during outages of the link") \
  F(Real,          link_buffer,         "s",  "member site", parameter, host,      "time that a link-bound job continues without the link") \
  F(Real,          burst_gain,          "1",  "member site", parameter, host,      "power increase in the drain, as a share of the rest up to maximum") \
  F(Real,          burst_ratio,         "1",  "member site", parameter, host,      "drain time per stalled time") \
  F(Real,          load_gain,           "1",  "member site", parameter, host,      "offered load of the member relative to the site's")
// clang-format on
struct State {
  COLDSUN_ARRAYS(COLDSUN_WORKLOAD_STATE)
  int n_member() const { return node_job.extent(0); }
};
struct StateView {
  COLDSUN_VIEWS(StateView, State, COLDSUN_WORKLOAD_STATE)
};

// External inputs. link_up holds from the cut's first instant on and must be set before next_event.
struct Drive {
  View<const std::int32_t, 2> link_up;  // (member, site) 1: up
  View<const Real, 2> p_node;           // (member, node) W drawn, mean over the cut; used by advance only
  // (member, node) W that the node would have drawn at its temperatures without any cap. Without data p_request is
  // used, exact if leakage does not depend on temperature.
  View<const Real, 2> p_unthrottled;
  // (member, node) W requested and at rest, if given from outside; no data: the values of the jobs
  View<const Real, 2> p_request, p_floor;
  bool path_stale = true;  // off: a plan arrives also during outages
  // off: power and progress (stall) or power (burst) as without outages; the events stay
  bool path_stall = true, path_burst = true;
  View<std::uint32_t, 1> flags;  // (member)
};

// Host-side description, in the order of the rows. Nodes of a site are contiguous and within its range.
struct NodeRow {
  std::int32_t site;
  Real p_idle, p_max;         // W
  Real utilisation_exponent;  // 1
};
// Throws std::invalid_argument in one sentence for an invalid description. One JobStatistics per site.
System make_system(const std::vector<Site>&, const std::vector<JobStatistics>&, const std::vector<NodeRow>&, Device);
// Unused places for the jobs that run at the start and for the arrivals in [start, stop), with a margin of seven
// standard deviations. load_gain: the largest of all members.
JobTable make_jobs(const System&, int n_member, Time start, Time stop, Device, Real load_gain = 1.0);
struct Places {
  std::vector<int> initial, arrival;  // (site)
};
// The same with given numbers of places per site, for a host that fills in jobs of its own.
JobTable make_jobs(const System&, int n_member, Time start, Time stop, const Places&, Device);
// Number of members and sites with a load whose last arrival lies before the end of the span: 0, except with a
// probability of 1e-10.
int count_short(const System&, const JobTable&);
// Priors copied to every member, no jobs.
State make_state(const System&, const JobTable&, int n_member, Device);

// Draws every place of the table by job number. Link-bound share and load are those of each member, from the State.
template <class Space>
void draw_jobs(Space, const System&, const State&, JobTable&, std::uint64_t seed, std::uint32_t first_member);
// State at the start: initial jobs on their nodes, the others pending. A job larger than its site is set to absent.
template <class Space>
void start(Space, const System&, const JobTable&, State&);

// At the instant now(m): link, stalls, arrivals of jobs and plans, dispatch. Then lowers stop(m) to the next event:
// arrival of a job or plan, predicted end of a job at its present rate, end of a hold, start of a stall, end of a
// drain.
template <class Space>
void next_event(Space, const System&, const JobTable&, State&, const Drive&, const NextCut&);
// Computes utilization, p_request, p_floor, node_priority of the cut; first the events at cut.start if next_event was
// not called.
template <class Space>
void request(Space, const System&, const JobTable&, State&, const Drive&, const Cut&);
// Progress by p_node, ends, lateness, sums.
template <class Space>
void advance(Space, const System&, const JobTable&, State&, const Drive&, const Cut&);

}  // namespace coldsun::workload

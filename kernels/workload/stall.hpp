// Effect of an outage of the link on link-bound work: buffers, stall, backlog, drain. Pure functions. A job that runs
// while its site is stalled accumulates debt. In the drain every job's debt shrinks in proportion to the site's
// backlog. All debts thus end in one event, and a job that started late neither gains nor loses. The schedule depends
// only on the link.
#pragma once
#include "common/math.hpp"
#include "common/time.hpp"
#include "workload/workload.hpp"

namespace coldsun::workload {

COLDSUN_FN Time stall_start(Time link_down_since, Real link_buffer) {
  return link_down_since + nanoseconds(link_buffer);
}

// Phase from `now` on.
COLDSUN_FN LinkPhase link_phase_at(bool link_up, Time now, Time link_down_since, Real link_buffer, Real backlog) {
  if (link_up) return backlog > 0.0 ? LinkPhase::draining : LinkPhase::normal;
  return now >= stall_start(link_down_since, link_buffer) ? LinkPhase::stalled : LinkPhase::normal;
}

// Backlog after dt. The drain runs at 1 + 1 / burst_ratio of the normal rate, so it loses 1 / burst_ratio per second.
COLDSUN_FN Real backlog_after(LinkPhase phase, Real backlog, Real burst_ratio, Real dt) {
  if (phase == LinkPhase::stalled) return backlog + dt;
  if (phase != LinkPhase::draining) return backlog;
  return dt >= burst_ratio * backlog ? 0.0 : backlog - dt / burst_ratio;
}
// End of a drain in progress at `now`, rounded up so that no backlog remains.
COLDSUN_FN Time drain_end(Time now, Real backlog, Real burst_ratio) {
  return now + nanoseconds(backlog * burst_ratio) + 1;
}

// Debt of a job after dt, in which the site's backlog changed from `before` to `after`.
COLDSUN_FN Real owed_after(LinkPhase phase, bool link_bound, Real owed, Real before, Real after, Real dt) {
  if (!link_bound) return 0.0;
  if (phase == LinkPhase::stalled) return owed + dt;
  return phase == LinkPhase::draining ? owed * (after / before) : owed;
}

// Work done over dt at pace 1. Without the path: as without outages. With it: none in the stall, the repaid debt on top
// in the drain.
COLDSUN_FN Real scheduled_work(LinkPhase phase, bool link_bound, bool path_stall, Real owed, Real owed_then, Real dt) {
  if (!link_bound || !path_stall || phase == LinkPhase::normal) return dt;
  return phase == LinkPhase::stalled ? 0.0 : dt + (owed - owed_then);
}
// Rate of scheduled_work at this instant.
COLDSUN_FN Real scheduled_rate(LinkPhase phase, bool link_bound, bool path_stall, Real owed, Real backlog,
                               Real burst_ratio) {
  if (!link_bound || !path_stall || phase == LinkPhase::normal) return 1.0;
  return phase == LinkPhase::stalled ? 0.0 : 1.0 + owed / (backlog * math::max(burst_ratio, 1e-9));
}

// Load of a job's nodes: its utilisation; reduced in the stall; raised in the drain while the job has debt.
enum class NodeMode : std::int8_t { normal = 0, stalled = 1, burst = 2 };
COLDSUN_FN NodeMode node_mode(LinkPhase phase, bool link_bound, Real owed, bool path_stall, bool path_burst) {
  if (!link_bound) return NodeMode::normal;
  if (phase == LinkPhase::stalled) return path_stall ? NodeMode::stalled : NodeMode::normal;
  return phase == LinkPhase::draining && owed > 0.0 && path_burst ? NodeMode::burst : NodeMode::normal;
}

}  // namespace coldsun::workload

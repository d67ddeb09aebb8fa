// The workload at the end of a cut: jobs progress by the power that their nodes drew, end, and free their nodes.
#pragma once
#include "workload/advance.hpp"

namespace coldsun::workload {

// reads the power drawn and requested; writes node_pace. 52 B and some 43 flops per node. Power withheld by a planned
// cap counts as requested.
struct NodePace {
  Cut cut;
  Drive drive;
  StateView st;
  COLDSUN_FN void operator()(int a, int n) const {
    const int m = cut.member(a), j = st.node_job(m, n);
    const Real p = drive.p_node(m, n), cap = j < 0 ? 1.0 : st.plan_cap(m, j);
    const Real held = cap >= 1.0 ? 0.0 : (drive.p_request(m, n) - drive.p_floor(m, n)) * (1.0 / cap - 1.0);
    st.node_pace(m, n) =
        p >= 0.0 ? node_pace(p, drive.p_floor(m, n), drive.p_unthrottled(m, n) + held) : math::not_a_number;
  }
};

// Difference between power drawn and power requested by the jobs, per site: drawn = p_it_request + p_it_leakage_change
// - p_it_held_back. reads the power drawn and requested of a site's nodes; writes the three sums. 24 B and 5 flops per
// node
struct SumDrawn {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = sys.site.extent[0], m = cut.member(i / n_site), s = i % n_site, first = sys.site(s).node_first;
    Real request = 0.0, leakage = 0.0, held_back = 0.0;
    for (int n = first; n < first + sys.site(s).node_count; ++n)
      request += drive.p_request(m, n), leakage += drive.p_unthrottled(m, n) - drive.p_request(m, n),
          held_back += drive.p_unthrottled(m, n) - drive.p_node(m, n);
    st.p_it_request(m, s) = request, st.p_it_leakage_change(m, s) = leakage, st.p_it_held_back(m, s) = held_back;
  }
};

// reads node_pace, phase and jobs of a site; writes progress, ends and sums. 16 B per node; 90 B and 30 flops per
// running job; 10 B per place from the head of the queue on
struct Progress : Queue {
  Cut cut;
  bool path_stall;

  // A job runs at the pace of its slowest node. Its lead node is the first in the order of nodes.
  COLDSUN_FN void slowest(int m, int s) const {
    const int first = sys.site(s).node_first;
    for (int n = first; n < first + sys.site(s).node_count; ++n) {
      const int j = st.node_job(m, n);
      if (j < 0) continue;
      const Real p = st.node_pace(m, n), before = st.pace(m, j);
      st.pace(m, j) = st.lead_node(m, j) == n || p < before || p != p ? p : before;  // keeps NaN
    }
  }
  COLDSUN_FN void move(int m, int s, int j, Real backlog_then, Real dt) const {
    const LinkPhase phase = st.link_phase(m, s);
    const Real owed = st.work_owed(m, j),
               owed_then = owed_after(phase, jobs.link_bound(m, j), owed, st.backlog(m, s), backlog_then, dt);
    const Real work = st.pace(m, j) * scheduled_work(phase, jobs.link_bound(m, j), path_stall, owed, owed_then, dt),
               left = st.work_left(m, j);
    if (!(work >= 0.0 && left >= 0.0)) {
      st.trouble(m, s) |= flag_workload_not_finite;
      return;
    }
    st.work_owed(m, j) = owed_then;
    const bool ends = left - work <= work_residue;
    const Real done = ends ? left : work;
    st.work_left(m, j) = left - done;
    st.work_done(m, s) += done, st.gpu_seconds(m, s) += done * jobs.n_gpu(m, j);
    // Power and rate are constant within the cut, so the end is interpolated.
    const Time end = !ends || left >= work ? cut.stop(m) : cut.start(m) + nanoseconds(dt * (left / work));
    count_late(m, s, j, end);
    if (ends) finish(m, s, j, end);
  }
  COLDSUN_FN void count_late(int m, int s, int j, Time end) const {
    if (!st.late(m, j) && end > jobs.deadline(m, j)) st.late(m, j) = 1, ++st.n_late(m, s);
  }
  COLDSUN_FN void finish(int m, int s, int j, Time end) const {
    st.status(m, j) = Status::done;
    st.end_time(m, j) = end;
    --st.n_running(m, s), ++st.n_done(m, s), st.node_busy(m, s) -= nodes_at(m, s, j), st.changed(m, s) = 1;
  }
  COLDSUN_FN void operator()(int i) const {
    const int n_site = sys.site.extent[0], m = cut.member(i / n_site), s = i % n_site;
    const int first = sys.site(s).node_first, stop = first + sys.site(s).node_count;
    const Real dt = cut.length(m),
               backlog_then = backlog_after(st.link_phase(m, s), st.backlog(m, s), st.burst_ratio(m, s), dt);
    st.trouble(m, s) = 0;
    slowest(m, s);
    for (int n = first; n < stop; ++n)
      if (const int j = st.node_job(m, n); j >= 0 && st.lead_node(m, j) == n) move(m, s, j, backlog_then, dt);
    for (int n = first; n < stop; ++n)
      if (const int j = st.node_job(m, n); j >= 0 && st.status(m, j) == Status::done) st.node_job(m, n) = -1;
    if (st.n_queued(m, s) > 0)
      for (int j = st.queue_head(m, s); j < st.next_job(m, s); ++j)
        if (st.status(m, j) == Status::queued) count_late(m, s, j, cut.stop(m));
    if (st.link_phase(m, s) == LinkPhase::stalled) st.stall_seconds(m, s) += dt;
    st.backlog(m, s) = backlog_then;
  }
};

// reads trouble of a member's sites; raises flags. 4 B per site
struct RaiseFlags {
  Cut cut;
  Drive drive;
  StateView st;
  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    std::uint32_t bits = 0;
    for (int s = 0; s < st.trouble.extent[1]; ++s) bits |= st.trouble(m, s);
    if (bits) drive.flags(m) |= bits;
  }
};

template <class Space>
void advance(Space space, const System& sys, const JobTable& t, State& s, const Drive& given, const Cut& cut) {
  Drive d = given;
  if (!d.p_request.data) d.p_request = s.p_request, d.p_floor = s.p_floor;
  if (!d.p_unthrottled.data) d.p_unthrottled = d.p_request;
  for_rows(space, cut.n_active, sys.n_node(), NodePace{cut, d, s});
  const std::int64_t pairs = static_cast<std::int64_t>(cut.n_active) * sys.n_site();
  for_each(space, pairs, SumDrawn{cut, sys, d, s});
  for_each(space, pairs, Progress{{sys, t, s}, cut, d.path_stall});
  for_each(space, cut.n_active, RaiseFlags{cut, d, s});
}

}  // namespace coldsun::workload

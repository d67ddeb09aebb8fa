// The workload at the end of a cut: jobs progress by the power that their nodes really drew, end, and free their nodes.
#pragma once
#include "workload/advance.hpp"

namespace coldsun::workload {

// reads the power drawn and asked; writes node_pace. 52 B and some 43 flops per node. What a plan's cap held back was asked all the same.
struct NodePace {
  Cut cut;
  View<const Real, 2> p_node, p_unthrottled, p_request, p_floor, plan_cap;
  View<const std::int32_t, 2> node_job;
  View<Real, 2> pace;
  COLDSUN_FN void operator()(int a, int n) const {
    const int m = cut.member(a), j = node_job(m, n);
    const Real p = p_node(m, n), cap = j < 0 ? 1.0 : plan_cap(m, j);
    const Real held = cap >= 1.0 ? 0.0 : (p_request(m, n) - p_floor(m, n)) * (1.0 / cap - 1.0);
    pace(m, n) = p >= 0.0 ? node_pace(p, p_floor(m, n), p_unthrottled(m, n) + held) : math::not_a_number;
  }
};

// Why a site's nodes drew another power than their jobs asked for: p_it_request + p_it_leakage_change - p_it_held_back is what they drew.
// reads the power drawn and asked of a site's nodes; writes the three sums. 24 B and 5 flops per node
struct SumDrawn {
  Cut cut;
  View<const Site, 1> site;
  View<const Real, 2> p_node, p_unthrottled, p_request;
  View<Real, 2> p_it_request, p_it_leakage_change, p_it_held_back;
  COLDSUN_FN void operator()(int i) const {
    const int n_site = site.extent[0], m = cut.member(i / n_site), s = i % n_site, first = site(s).node_first;
    Real request = 0.0, leakage = 0.0, held_back = 0.0;
    for (int n = first; n < first + site(s).node_count; ++n)
      request += p_request(m, n), leakage += p_unthrottled(m, n) - p_request(m, n), held_back += p_unthrottled(m, n) - p_node(m, n);
    p_it_request(m, s) = request, p_it_leakage_change(m, s) = leakage, p_it_held_back(m, s) = held_back;
  }
};

// reads node_pace, phase and jobs of a site; writes progress, ends and sums. 16 B per node; 90 B and 30 flops per running job; 10 B per
// place from the head of the queue on
struct Progress {
  Cut cut;
  Queue queue;
  View<const Real, 2> node_pace, burst_ratio;
  View<const LinkPhase, 2> link_phase;
  View<const std::int8_t, 2> link_bound;
  View<const std::int32_t, 2> n_gpu;
  View<const Time, 2> deadline;
  bool path_stall;
  View<Real, 2> work_left, work_owed, pace, backlog, gpu_seconds, work_done, stall_seconds;
  View<Time, 2> end_time;
  View<std::int8_t, 2> late;
  View<std::int32_t, 2> n_done, n_late;
  View<std::uint32_t, 2> trouble;

  // A job runs at the pace of its slowest node; its lead node comes first in the order of the nodes.
  COLDSUN_FN void slowest(int m, int s) const {
    const int first = queue.site(s).node_first;
    for (int n = first; n < first + queue.site(s).node_count; ++n) {
      const int j = queue.node_job(m, n);
      if (j < 0) continue;
      const Real p = node_pace(m, n), before = pace(m, j);
      pace(m, j) = queue.lead_node(m, j) == n || p < before || p != p ? p : before;  // what is not a number stays so
    }
  }
  COLDSUN_FN void move(int m, int s, int j, Real backlog_then, Real dt) const {
    const LinkPhase phase = link_phase(m, s);
    const Real owed = work_owed(m, j), owed_then = owed_after(phase, link_bound(m, j), owed, backlog(m, s), backlog_then, dt);
    const Real work = pace(m, j) * scheduled_work(phase, link_bound(m, j), path_stall, owed, owed_then, dt), left = work_left(m, j);
    if (!(work >= 0.0 && left >= 0.0)) {
      trouble(m, s) |= flag_workload_not_finite;
      return;
    }
    work_owed(m, j) = owed_then;
    const bool ends = left - work <= work_residue;
    const Real done = ends ? left : work;
    work_left(m, j) = left - done;
    work_done(m, s) += done, gpu_seconds(m, s) += done * n_gpu(m, j);
    // Within the cut power and rate are constant: the work ends in proportion.
    const Time end = !ends || left >= work ? cut.stop(m) : cut.start(m) + nanoseconds(dt * (left / work));
    count_late(m, s, j, end);
    if (ends) finish(m, s, j, end);
  }
  COLDSUN_FN void count_late(int m, int s, int j, Time end) const {
    if (!late(m, j) && end > deadline(m, j)) late(m, j) = 1, ++n_late(m, s);
  }
  COLDSUN_FN void finish(int m, int s, int j, Time end) const {
    queue.status(m, j) = Status::done;
    end_time(m, j) = end;
    --queue.n_running(m, s), ++n_done(m, s), queue.node_busy(m, s) -= queue.nodes_at(m, s, j), queue.changed(m, s) = 1;
  }
  COLDSUN_FN void operator()(int i) const {
    const int n_site = queue.site.extent[0], m = cut.member(i / n_site), s = i % n_site;
    const int first = queue.site(s).node_first, stop = first + queue.site(s).node_count;
    const Real dt = cut.length(m), backlog_then = backlog_after(link_phase(m, s), backlog(m, s), burst_ratio(m, s), dt);
    trouble(m, s) = 0;
    slowest(m, s);
    for (int n = first; n < stop; ++n)
      if (const int j = queue.node_job(m, n); j >= 0 && queue.lead_node(m, j) == n) move(m, s, j, backlog_then, dt);
    for (int n = first; n < stop; ++n)
      if (const int j = queue.node_job(m, n); j >= 0 && queue.status(m, j) == Status::done) queue.node_job(m, n) = -1;
    if (queue.n_queued(m, s) > 0)
      for (int j = queue.queue_head(m, s); j < queue.next_job(m, s); ++j)
        if (queue.status(m, j) == Status::queued) count_late(m, s, j, cut.stop(m));
    if (link_phase(m, s) == LinkPhase::stalled) stall_seconds(m, s) += dt;
    backlog(m, s) = backlog_then;
  }
};

// reads trouble of a member's sites; raises flags. 4 B per site
struct RaiseFlags {
  Cut cut;
  View<const std::uint32_t, 2> trouble;
  View<std::uint32_t, 1> flags;
  COLDSUN_FN void operator()(int a) const {
    const int m = cut.member(a);
    std::uint32_t bits = 0;
    for (int s = 0; s < trouble.extent[1]; ++s) bits |= trouble(m, s);
    if (bits) flags(m) |= bits;
  }
};

template <class Space>
void advance(Space space, const System& sys, const JobTable& t, State& s, const Drive& d, const Cut& cut) {
  const View<const Real, 2> asked = d.p_unthrottled.data ? d.p_unthrottled : View<const Real, 2>(s.p_request);
  for_rows(space, cut.n_active, sys.n_node(), NodePace{cut, d.p_node, asked, s.p_request, s.p_floor, s.plan_cap, s.node_job, s.node_pace});
  const std::int64_t pairs = static_cast<std::int64_t>(cut.n_active) * sys.n_site();
  for_each(space, pairs, SumDrawn{cut, sys.site, d.p_node, asked, s.p_request, s.p_it_request, s.p_it_leakage_change, s.p_it_held_back});
  for_each(space, pairs,
           Progress{cut,         make_queue(sys, t, s), s.node_pace, s.burst_ratio, s.link_phase, t.link_bound, t.n_gpu,
                    t.deadline,  d.path_stall,          s.work_left, s.work_owed,   s.pace,       s.backlog,    s.gpu_seconds,
                    s.work_done, s.stall_seconds,       s.end_time,  s.late,        s.n_done,     s.n_late,     s.trouble});
  for_each(space, cut.n_active, RaiseFlags{cut, s.trouble, d.flags});
}

}  // namespace coldsun::workload

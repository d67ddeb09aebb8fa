// Allocation of the power that a bus can deliver over the coming cut to the nodes by priority, before the plates are
// solved. Guarantee: the closing can supply any draw up to the caps of nodes and auxiliaries, at worst from the
// battery's reserve. Both steps use load_budget of the same offer at the lowest bus voltage, where cable losses are
// largest.
#pragma once
#include "common/loops.hpp"
#include "electrical/bus.hpp"
#include "electrical/strings.hpp"

namespace coldsun::electrical {

// Power of node n from the budget that is left, by bisection on its cost. Ask has: works(n) [whether a job is on the
// node], least(n), most(n) [W at the node], leakage(n) [W of them outside the cap], cost(n, p) [W at the rack
// converter's input, rising with p], priority(n), give(n, p), given(n).
template <class Ask>
COLDSUN_FN Real share_of_node(const Ask& ask, int n, Real left, Real cap) {
  const Real least = ask.least(n), most = math::min(ask.most(n), cap + ask.leakage(n));
  if (!(most > 0.0) || most < least) return 0.0;
  if (ask.cost(n, most) <= left) return most;
  if (ask.cost(n, least) > left) return 0.0;
  Real good = least, bad = most;
  for (int i = 0; i < 48; ++i) {
    const Real mid = 0.5 * (good + bad);
    if (ask.cost(n, mid) <= left) good = mid;
    else bad = mid;
  }
  return good > 0.0 ? good : 0.0;
}

// visit(n) for the nodes [first, first + count) by descending priority, then ascending row.
template <class Ask, class Visit>
COLDSUN_FN void by_priority(const Ask& ask, int first, int count, Visit& visit) {
  int done = 0;
  std::int32_t level = INT32_MAX;
  bool top = true;
  while (done < count) {
    std::int32_t next = INT32_MIN;  // the highest priority below the last one visited
    for (int n = first; n < first + count; ++n) {
      const std::int32_t q = ask.priority(n);
      if ((top || q < level) && q > next) next = q;
    }
    for (int n = first; n < first + count; ++n) {
      if (ask.priority(n) != next) continue;
      visit(n), ++done;
    }
    level = next, top = false;
  }
}

// GiveLeast: minimum power of the nodes with work, or of those without. GiveMore: further power of the nodes with work.
template <class Ask>
struct GiveLeast {
  const Ask& ask;
  bool working;
  Real left, cap;
  COLDSUN_FN void operator()(int n) {
    if (ask.works(n) != working) return;
    const Real least = ask.least(n), counted = least - ask.leakage(n);
    const bool on = ask.most(n) > 0.0 && ask.most(n) >= least && ask.cost(n, least) <= left && counted <= cap;
    ask.give(n, on ? least : 0.0);
    if (on) left -= ask.cost(n, least), cap -= counted;
  }
};
template <class Ask>
struct GiveMore {
  const Ask& ask;
  Real left, cap;
  COLDSUN_FN void operator()(int n) {
    const Real least = ask.works(n) ? ask.given(n) : 0.0;
    if (!(least > 0.0)) return;
    left += ask.cost(n, least), cap += least - ask.leakage(n);
    const Real p = math::max(share_of_node(ask, n, left, cap), least);
    ask.give(n, p);
    left -= ask.cost(n, p), cap -= p - ask.leakage(n);
  }
};

// Shares `budget` (at the inputs of the rack converters) and `cap` (at the nodes, without leakage) among the nodes.
// Order: minimum power of all nodes with work, further power of these, then the idle nodes; each by priority. When
// power is short, idle nodes switch off first. Then nodes with work fall to their minimum, and switch off last.
template <class Ask>
COLDSUN_FN void serve_by_priority(const Ask& ask, int first, int count, Real budget, Real cap) {
  GiveLeast<Ask> least{ask, true, budget, cap};
  by_priority(ask, first, count, least);
  GiveMore<Ask> more{ask, least.left, least.cap};
  by_priority(ask, first, count, more);
  GiveLeast<Ask> idle{ask, false, more.left, more.cap};
  by_priority(ask, first, count, idle);
}
// Before the plates: a node requests from idle plus leakage up to request plus leakage, within the rating of its rack
// converter.
struct AskAllocation {
  const SystemView& sys;
  const Drive& drive;
  const StateView& st;
  const LossTable& rack;
  int m;
  COLDSUN_FN bool works(int n) const { return drive.p_request(m, n) > drive.p_floor(m, n); }
  COLDSUN_FN Real least(int n) const { return drive.p_floor(m, n) + leakage(n); }
  COLDSUN_FN Real leakage(int n) const { return drive.p_leak_bound(m, n); }
  COLDSUN_FN Real most(int n) const {
    const Real asked = math::max(drive.p_request(m, n), drive.p_floor(m, n));
    return asked > 0.0 ? math::min(asked + leakage(n), sys.node_rating(n)) : 0.0;
  }
  COLDSUN_FN Real cost(int n, Real p) const { return p + table_loss(rack, sys.node_rating(n), p); }
  COLDSUN_FN std::int32_t priority(int n) const { return drive.priority(m, n); }
  COLDSUN_FN void give(int n, Real p) const { st.p_allocated(m, n) = p; }
  COLDSUN_FN Real given(int n) const { return st.p_allocated(m, n); }
};

// Net PV power of a site at share u, summed over its strings in their order: linear u + square u^2.
struct PvTerms {
  Real linear, square;
};
COLDSUN_FN PvTerms pv_terms(const SystemView& sys, const Site& p, const View<const Real, 2>& p_track, int m) {
  PvTerms sum{0.0, 0.0};
  for (int k = p.string_first; k < p.string_first + p.string_count; ++k) {
    const Converter c = string_converter(sys, k);
    const PvRange r = pv_range(c, p_track(m, k));
    const Real n = r.on ? static_cast<Real>(sys.string_count(k)) : 0.0;
    sum.linear += n * net_linear(c, r), sum.square += n * net_square(c, r);
  }
  return sum;
}

// PV sums, battery limits and allocation: one item per (active member, site). Sums run in string order. reads 40 B per
// string, 40 B per node; writes 8 B per node and 10 Real per site; about 30 flops per string, 60 per node and priority
// level.
struct AllocateSites {
  Cut cut;
  SystemView sys;
  Drive drive;
  StateView st;
  int n_site;

  COLDSUN_FN void operator()(int item) const {
    const int m = cut.member(item / n_site), s = item % n_site;
    const Site& p = sys.site(s);
    const auto [linear, square] = pv_terms(sys, p, st.p_track, m);
    PackLimits b{0.0, 0.0, 0.0};
    if (p.battery.n_series > 0)
      b = pack_limits(p.battery, cell_cut(p.battery, st.capacity_factor(m, s), cut.length(m)),
                      Cell{st.soc(m, s), st.v_rc1(m, s), st.v_rc2(m, s)}, p.battery.converter.p_rated);
    st.pv_linear(m, s) = linear, st.pv_square(m, s) = square;
    st.p_discharge_reserve(m, s) = b.discharge_reserve, st.p_discharge_max(m, s) = b.discharge,
                              st.p_charge_max(m, s) = b.charge;
    // A generator that is not running yet: the reserve supplies the hall until it runs.
    const auto mode = static_cast<GensetMode>(st.genset_mode(m, s));
    const Offer o = offer(p, make_supply(p, linear, square, b, mode), p.v_min);
    const bool bridged = p.genset.p_max > 0.0 && mode != GensetMode::running;
    const Real all = load_budget(p, o.all()), budget = bridged ? all : load_budget(p, o.without_reserve());
    share_out(m, s, p, budget, all - budget);
  }
  // Auxiliaries first, then the nodes. Where the reserve covers them, upper bounds are not set aside, because the draw
  // rarely reaches them.
  COLDSUN_FN void share_out(int m, int s, const Site& p, Real budget, Real reserve) const {
    const Real bound = drive.p_aux_bound(m, s), kept = kept_for_aux(p, bound, drive.p_aux(m, s), reserve);
    const bool enough = kept <= budget;
    st.p_aux_cap(m, s) = enough ? bound : math::min(bound, load_power(p.aux_converter, budget)) * (1.0 - 1e-12);
    const Real free_reserve = enough ? math::max(reserve - (input_power(p.aux_converter, bound) - kept), 0.0) : 0.0;
    const Real left = enough ? budget - kept + math::min(free_reserve, left_over(m, p)) : 0.0;
    const AskAllocation ask{sys, drive, st, p.rack, m};
    serve_by_priority(ask, p.node_first, p.node_count, left, drive.p_site_cap(m, s));
    Real withheld = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n)
      withheld +=
          math::max(drive.p_request(m, n) - math::max(st.p_allocated(m, n) - drive.p_leak_bound(m, n), 0.0), 0.0);
    st.p_withheld(m, s) = withheld;
  }
  // Part of the nodes' leakage bounds that they did not draw in the cut before.
  COLDSUN_FN Real left_over(int m, const Site& p) const {
    Real sum = 0.0;
    for (int n = p.node_first; n < p.node_first + p.node_count; ++n)
      sum += math::clamp(st.p_allocated(m, n) - st.p_served_node(m, n), 0.0, drive.p_leak_bound(m, n));
    return sum;
  }
};

template <class Space>
void allocate(Space space, const System& sys, State& st, const Drive& d, const Cut& cut) {
  const int n_site = sys.site.extent(0);
  track_strings(space, sys, st, d, cut);
  for_each(space, static_cast<std::int64_t>(cut.n_active) * n_site, AllocateSites{cut, sys, d, st, n_site});
}

}  // namespace coldsun::electrical

// Tables common to all plans and scenarios: power, pace and junction of a node by job, cap level and supply
// temperature, from the twin's cap law solved with the class's thermal resistance.
#pragma once
#include "common/loops.hpp"
#include "electrical/allocate.hpp"
#include "schedule/schedule.hpp"
#include "thermal/cap_law.hpp"

namespace coldsun::schedule {

// Junction temperature: supply temperature plus a rise linear in node power.
struct GainRow {
  Real t_supply, r_node;  // K, K/W of node power
  COLDSUN_FN Real operator()(Real p, Real& slope) const { return slope = r_node, t_supply + r_node * p; }
};

// Power law of a class's node at utilisation u, limited to `level` of its power above rest.
COLDSUN_FN thermal::PowerLaw law_of(const NodeClass& c, Real u, Real level) {
  const Real rest = c.curve.p_idle, asked = c.curve(u);
  return {.p_request = rest + level * (asked - rest),
          .p_floor = rest,
          .p_allocated = c.rating,
          .p_max = c.p_max,
          .p_throttle = c.p_throttle,
          .t_cap = c.t_cap,
          .t_cap_band = c.t_cap_band,
          .p_leakage = c.p_leakage,
          .t_leakage = c.t_leakage,
          .leakage_slope = c.leakage_slope};
}
COLDSUN_FN NodePoint point_of(const Place& place, const NodeClass& c, Real u, Real level, Real t_supply) {
  const thermal::PowerLaw law = law_of(c, u, level);
  bool capped = false;
  NodePoint n{};
  n.p = thermal::solve_power(law, GainRow{t_supply, c.r_th * c.plate_share}, law.p_request, n.t_junction, capped);
  n.p_input = n.p + electrical::table_loss(place.bus.rack, c.rating, n.p);
  n.asked = c.curve(u) + law.leakage_change(n.t_junction);
  n.pace = workload::node_pace(n.p, c.curve.p_idle, n.asked);
  return n;
}

// Row: place and job (or a free node); column: level and knot. Means over the classes weighted by node count, hottest
// junction. reads classes and jobs; writes node. 40 B and about 400 flops per class.
struct NodeTable {
  ProblemView q;
  View<NodePoint, 4> node;
  static constexpr int flops = 400;
  COLDSUN_FN void operator()(int row, int column) const {
    const int site = row / (q.n_job + 1), j = row % (q.n_job + 1), l = column / n_knot, k = column % n_knot;
    const Place& p = q.place(site);
    const Real u = j < q.n_job ? q.job(j).utilization : 0.0, t = q.knot_first + k * q.knot_step;
    NodePoint sum{};
    for (int i = p.class_first; i < p.class_first + p.n_class; ++i) {
      const NodeClass& c = q.node_class(i);
      const NodePoint n = point_of(p, c, u, q.level[l], t);
      const Real w = static_cast<Real>(c.n_node) / p.n_node;
      sum.p += w * n.p, sum.p_input += w * n.p_input, sum.asked += w * n.asked, sum.pace += w * n.pace;
      sum.t_junction = math::max(sum.t_junction, n.t_junction);
    }
    node(site, j, l, k) = sum;
  }
};

// reads classes and jobs; writes request. 8 B and about 60 flops per class
struct Requests {
  ProblemView q;
  View<Real, 3> request;
  COLDSUN_FN void operator()(int row, int l) const {
    const int site = row / (q.n_job + 1), j = row % (q.n_job + 1);
    const Place& p = q.place(site);
    Real sum = 0.0;
    for (int i = p.class_first; i < p.class_first + p.n_class; ++i) {
      const NodeClass& c = q.node_class(i);
      sum += static_cast<Real>(c.n_node) / p.n_node *
             law_of(c, j < q.n_job ? q.job(j).utilization : 0.0, q.level[l]).p_request;
    }
    request(site, j, l) = sum;
  }
};

template <class Space>
void prepare(Space space, Problem& p) {
  const ProblemView q = p;
  for_rows(space, q.n_place * (q.n_job + 1), n_level * n_knot, NodeTable{q, p.node});
  for_rows(space, q.n_place * (q.n_job + 1), n_level, Requests{q, p.request});
}

}  // namespace coldsun::schedule

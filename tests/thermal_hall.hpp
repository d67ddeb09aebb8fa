// A small plant for the thermal tests: nodes of eight plates on one loop, with drive, flags and cuts.
#pragma once
#include <utility>
#include <vector>

#include "common/cut.hpp"
#include "common/loops.hpp"
#include "thermal_plant.hpp"

namespace coldsun::thermal::test {

inline LoopModel loop_model() {  // of a hall of 100 kW
  LoopModel l;
  l.c_supply = 4e5, l.c_return = 4e5, l.pump.flow = 2.5e-3, l.pump.dp = 1.5e5, l.pump.dp_exponent = 1.85,
  l.pump.efficiency = 0.6;
  l.cdu.ua = 2.5e4, l.c_facility = 2e6, l.flow_facility = 1.2e4, l.facility.pump.flow = 2.9e-3,
  l.facility.pump.dp = 1e5, l.facility.pump.efficiency = 0.6;
  l.dry_cooler.ua = 2e4, l.dry_cooler.air_flow = 15, l.dry_cooler.fan_power = 4e3, l.hall_air.heat_capacity = 1e6,
  l.hall_air.cooling = 4e4;
  l.hall_air.cooler_ua = 2e3, l.hall_air.fan_power = 500, l.p_aux_base = 300;
  return l;
}

inline NodeSpec node(int site, bool field) {  // eight plates of 700 W
  NodeSpec n;
  n.site = site, n.field = field, n.n_plate = 8, n.flow = 1e-3 / 60, n.liquid_fraction = 0.8;
  n.p_max = 7000, n.p_throttle = 1500, n.t_cap = 360, n.p_leakage = 250, n.leakage_slope = 0.02;
  return n;
}

struct Plant {
  System sys;
  State state;
  int n_member;
  Array<Real, 2> request, floor, allocated, t_set, temp_air, q_extra;
  Array<std::uint32_t, 1> flags;
  Array<std::int32_t, 1> member;
  Array<Time, 1> start, stop;

  Plant(System s, int members, Device device)
      : sys(std::move(s)),
        state(make_state(sys, members, device, 308.15)),
        n_member(members),
        request(device, {members, sys.n_node}),
        floor(device, {members, sys.n_node}),
        allocated(device, {members, sys.n_node}),
        t_set(device, {members, sys.n_site}),
        temp_air(device, {members, sys.n_site}),
        q_extra(device, {members, sys.n_site}),
        flags(device, {members}),
        member(device, {members}),
        start(device, {members}),
        stop(device, {members}) {
    request.fill(5600), floor.fill(1500), allocated.fill(1e4), t_set.fill(308.15), temp_air.fill(293.15),
        q_extra.fill(2000);
    for (int m = 0; m < members; ++m) member(m) = m;
  }
  Drive drive() {
    return {.p_request = request,
            .p_floor = floor,
            .p_allocated = allocated,
            .t_supply_set = t_set,
            .temp_air = temp_air,
            .q_extra = q_extra,
            .flags = flags};
  }
  Cut cut(const std::vector<int>& active) {
    Cut c;
    for (std::size_t a = 0; a < active.size(); ++a) member(a) = active[a];
    c.member = member, c.start = start, c.stop = stop, c.n_active = static_cast<int>(active.size());
    return c;
  }
  std::vector<int> all() const {
    std::vector<int> a;
    for (int m = 0; m < n_member; ++m) a.push_back(m);
    return a;
  }
  template <class Space>
  void step(Space space, Real dt, const std::vector<int>& active) {
    for (const int m : active) stop(m) = start(m) + nanoseconds(dt);
    advance(space, sys, state, drive(), cut(active));
    reduce(space, 1, Nothing{});  // waits where launches do not
    for (const int m : active) start(m) = stop(m);
  }
  template <class Space>
  void step(Space space, Real dt) {
    step(space, dt, all());
  }
  struct Nothing {
    COLDSUN_FN Real operator()(int) const { return 0.0; }
  };
};

inline System pair(Device device, const NodeSpec& n) {  // one field and one lumped node of a kind
  NodeSpec field = n, lumped = n;
  field.field = true, lumped.field = false;
  return make_system({benchmark_plate()}, {field, lumped}, {loop_model()}, device);
}

}  // namespace coldsun::thermal::test

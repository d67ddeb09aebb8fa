// Pure rules and functors that join the physics: remote control, bounds of auxiliaries, sums for the record.
#pragma once
#include "common/cut.hpp"
#include "common/math.hpp"
#include "core/step/state.hpp"
#include "electrical/genset.hpp"
#include "orbit/advance.hpp"
#include "thermal/loop.hpp"

namespace coldsun::couple {

// Set-point of the coolant supply: outside air temperature plus approach, between t_supply_min and the design value.
COLDSUN_FN Real supply_set_point(const ControlLaw& law, Real temp_air) {
  return math::clamp(temp_air + law.supply_approach, law.t_supply_min, law.t_supply);
}

// Site cap, the upper limit of the nodes' requests together: PV, battery above its reserve, grid budget and generator,
// less the overhead measured in the cut before (auxiliaries, losses, change of leakage).
COLDSUN_FN Real site_cap(const ControlLaw& law, Real p_pv, Real p_battery, Real p_genset, Real p_overhead) {
  return electrical::site_cap(p_pv, p_battery, law.p_grid_budget, p_genset, p_overhead, law.p_it_max);
}

// reads temp_air, p_pv_seen, p_battery_seen, p_genset_seen, p_overhead_seen, link_up; writes p_site_cap, t_supply_set.
// 72 B and 13 flops per member and site
struct Control {
  Cut cut;
  View<const ControlLaw, 1> law;
  View<const Real, 2> temp_air;
  View<const std::int32_t, 2> link_up;
  ControlsView st;
  bool stale;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = cut.member(a);
    if (stale && !link_up(m, site)) return;  // path stale: cap and set-point are held while the link is down
    st.t_supply_set(m, site) = supply_set_point(law(site), temp_air(m, site));
    st.p_site_cap(m, site) = site_cap(law(site), st.p_pv_seen(m, site), st.p_battery_seen(m, site),
                                      st.p_genset_seen(m, site), st.p_overhead_seen(m, site));
  }
};

// Where a feed gives the power of a node, it replaces the request and is not limited by the site cap. The bus
// allocation and the junction cap still apply. reads p_fed and the workload's requests; writes p_request_bus, p_floor,
// p_site_cap. 48 B and 3 flops per node
struct AskFed {
  Cut cut;
  View<const Real, 2> p_fed;
  thermal::SystemView plates;
  View<const ControlLaw, 1> law;
  workload::StateView work;
  FedView st;
  COLDSUN_FN void operator()(int a, int n) const {
    const int m = cut.member(a), s = plates.site(n);
    const Real p = p_fed(m, n), floor = work.p_floor(m, n);
    if (n == plates.first_node(s)) st.p_site_cap(m, s) = law(s).p_it_max;
    st.p_request_bus(m, n) = p < 0.0 ? work.p_request(m, n) : p;
    st.p_floor(m, n) = p < 0.0 ? floor : math::min(floor, p);
  }
};
// reads p_fed, p_request_bus, p_leakage and the bus's p_allocated; writes p_allocated, p_request. 48 B and 2 flops per
// node
struct CapFed {
  Cut cut;
  View<const Real, 2> p_fed;
  View<const Real, 1> p_leakage;  // of the node at t_leakage: requests include it, so that a cold node may draw p_fed
  View<const Real, 2> p_allocated;
  FedView st;
  COLDSUN_FN void operator()(int a, int n) const {
    const int m = cut.member(a);
    const Real p = p_fed(m, n);
    st.p_allocated(m, n) = p < 0.0 ? p_allocated(m, n) : math::min(p_allocated(m, n), p);
    st.p_request(m, n) = p < 0.0 ? st.p_request_bus(m, n) : p + p_leakage(n);
  }
};

// Upper bound of auxiliary power in the coming cut. reads the site's loop, flows, temp_air; writes p_aux_bound. 16
// B and 3 flops per node
struct BoundAux {
  Cut cut;
  thermal::SystemView sys;
  thermal::StateView plates;
  View<const Real, 2> temp_air;
  ControlsView st;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = cut.member(a);
    st.p_aux_bound(m, site) =
        thermal::aux_bound(sys.loop(site), thermal::flow_of_site(sys, plates, m, site), temp_air(m, site));
  }
};

// Heat of converters and battery from the cuts before enters the coolant, conserved to the joule, over at least 10 s: a
// short cut after a long one would otherwise see a multiple of the mean power. reads
// heat_pending; writes q_extra. 16 B and 2 flops per member and site
struct GiveHeat {
  Cut cut;
  ControlsView st;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = cut.member(a);
    st.q_extra(m, site) = st.heat_pending(m, site) / math::max(cut.length(m), 10.0);
  }
};
// Values of a cut for the next: pending heat for the coolant, and the measurements of remote controller and planner.
// The clear-sky index is averaged while GHI is above `light`. reads p_heat, p_heat_battery, pv_linear, pv_square,
// loss_pv_converter, p_discharge_reserve, p_discharge_max, p_it, p_it_request, p_it_held_back, p_shed, p_aux, p_loss,
// genset_mode, ghi, clearsky_index; writes p_it_shed, heat_pending, p_pv_seen, p_battery_seen, p_genset_seen,
// p_overhead_seen, kc_seen, kc_age. 206 B and 30 flops per member and site
struct Remember {
  Cut cut;
  View<const electrical::Site, 1> bus;
  electrical::StateView power;
  workload::StateView work;
  sky::StateView sky;
  ControlsView st;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = cut.member(a);
    const Real shed = power.p_shed(m, site);
    const Real beyond = power.p_it(m, site) - (work.p_it_request(m, site) -
                                               shed);  // change of leakage, less the power held back by junction caps
    const Real battery = power.p_discharge_reserve(m, site);  // 0 if it does not exceed the idle loss of its converter
    st.p_it_shed(m, site) = math::max(math::min(shed, work.p_it_held_back(m, site)), 0.0);
    Real& pending = st.heat_pending(m, site);
    pending -= st.q_extra(m, site) * cut.length(m);
    pending += (power.p_heat(m, site) + power.p_heat_battery(m, site)) *
               cut.length(m);  // the cells share the cold rail of the converters
    // PV power available to the boost stages
    st.p_pv_seen(m, site) = power.pv_linear(m, site) + power.pv_square(m, site) + power.loss_pv_converter(m, site);
    st.p_battery_seen(m, site) = battery > electrical::idle_power(bus(site).battery.converter) ? battery : 0.0;
    // Until the generator runs, it counts up to the discharge power of the battery's reserve, which bridges its start.
    const Real genset = electrical::genset_capacity(bus(site));
    const bool runs = power.genset_mode(m, site) == static_cast<std::int8_t>(electrical::GensetMode::running);
    st.p_genset_seen(m, site) =
        runs ? genset : math::min(genset, math::max(power.p_discharge_max(m, site) - st.p_battery_seen(m, site), 0.0));
    st.p_overhead_seen(m, site) = power.p_aux(m, site) + power.p_loss(m, site) + beyond;
    const Real now = sky.clearsky_index(m, site), light = 20.0, memory = 600.0;  // W/m2, s
    Real &kc = st.kc_seen(m, site), &age = st.kc_age(m, site);
    age += cut.length(m);
    if (sky.ghi(m, site) > light) {
      kc = now + (kc - now) * math::exp(-cut.length(m) / memory);
      age = 0.0;
    }
  }
};

// State of the link in the middle of the member's cut as known so far. reads slots; writes link_up. 60 B and 250 flops
// per member and site
struct LinkNow {
  orbit::Lines lines;
  NextCut next;
  View<std::int32_t, 2> link_up;
  COLDSUN_FN void operator()(int a, int site) const {
    const int m = next.member(a);
    link_up(m, site) = lines.link(m, site).up(next.now(m) + (next.stop(m) - next.now(m)) / 2) ? 1 : 0;
  }
};

// A cut shorter than shortest_cut is lengthened to it; a remainder of the step shorter than that joins the cut.
inline constexpr Time shortest_cut = 10'000'000;  // ns
COLDSUN_FN Time merged(Time start, Time next, Time end) {
  const Time stop = next < start + shortest_cut ? start + shortest_cut : next;
  return stop + shortest_cut > end ? end : stop;
}
// writes stop. 8 B per member
struct SetStop {
  NextCut next;
  Time end;
  COLDSUN_FN void operator()(int a) const { next.stop(next.member(a)) = end; }
};
// writes stop. 16 B per member
struct Merge {
  NextCut next;
  Time end;
  COLDSUN_FN void operator()(int a) const {
    Time& stop = next.stop(next.member(a));
    stop = merged(next.now(next.member(a)), stop, end);
  }
};

// reads a (member, site) field; adds value times length of the cut. 24 B and 2 flops per member, site and variable
struct Accumulate {
  Cut cut;
  View<const Series::Source, 1> source;
  View<Real, 3> sum;
  COLDSUN_FN void operator()(int v, int i) const {
    const int n_site = sum.extent[2], m = cut.member(i / n_site), site = i % n_site;
    sum(v, m, site) += source(v).value(m, site) * cut.length(m);
  }
};

// Flags that freeze a member; the others are remarks.
inline constexpr std::uint32_t fatal_flags =
    ~(electrical::flag_bus_shed | electrical::flag_aux_cut | electrical::flag_bus_not_converged |
      thermal::flag_thermal_not_converged | thermal::flag_thermal_out_of_range | thermal::flag_thermal_trip |
      thermal::flag_thermal_boils);

}  // namespace coldsun::couple

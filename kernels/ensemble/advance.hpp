// The loops of an ensemble: priors, extremes, differences in windows. What they compute stands in prior.hpp and window.hpp.
#pragma once
#include "common/loops.hpp"
#include "ensemble/ensemble.hpp"

namespace coldsun::ensemble {

// reads prior, entity, index; writes value. 72 B and some 60 integer and 60 floating operations per member and prior
struct DrawPriors {
  View<const Prior, 1> prior;
  View<const std::uint32_t, 1> entity, index;
  View<Real, 2> value;
  std::uint64_t seed;
  std::uint32_t first_member;
  COLDSUN_FN void operator()(int m, int k) const {
    value(m, k) = draw(prior(k), seed, first_member + static_cast<std::uint32_t>(m), entity(k), index(k));
  }
};

// reads value, limit, weight of a group; writes highest, margin, above, weighted. 24 B and 5 flops per item
struct WatchGroup {
  Cut cut;
  View<const std::int32_t, 1> first_item, stop_item;
  View<const Real, 2> value;
  View<const Real, 1> limit;
  View<const Real, 2> weight;
  View<Real, 2> highest, margin, above, weighted;
  COLDSUN_FN void operator()(int a, int g) const {
    const int m = cut.member(a);
    Real top = -1e300, over = -1e300, sum = 0.0;
    for (int i = first_item(g); i < stop_item(g); ++i) {
      top = math::max(top, value(m, i)), over = math::max(over, value(m, i) - limit(i));
      sum += weight(m, i);
    }
    highest(m, g) = math::max(highest(m, g), top), margin(m, g) = math::max(margin(m, g), over);
    above(m, g) += over > 0.0 ? cut.length(m) : 0.0;
    weighted(m, g) += sum * cut.length(m);
  }
};

// reads both rows of items and their keys; updates the trace and counts the drift at the window's offsets. 24 B and 3 flops per item
struct CompareGroup {
  Look look;
  View<const std::int32_t, 1> first_item, stop_item;
  View<const Time, 1> offset, open;
  View<const Real, 1> setting;
  View<Trace, 2> trace;
  View<std::int32_t, 4> fan_count;
  COLDSUN_FN void operator()(int l, int g) const {
    const int m = look.member(l), a = look.a(l), b = look.b(l);
    Drift d;
    for (int i = first_item(g); i < stop_item(g); ++i) {
      const bool counts = look.key_a(a, i) == look.key_b(b, i) && look.key_a(a, i) >= 0;
      const Real x = counts ? look.value_a(a, i) - look.value_b(b, i) : 0.0;
      d.rise = math::max(d.rise, x), d.dip = math::min(d.dip, x);
    }
    trace(m, g).look(look.now(l), d, setting(0));
    for (int k = 0; k < offset.extent[0]; ++k)
      if (look.now(l) - open(m) == offset(k)) ++fan_count(m, g, k, bin_of(d.extreme()));
  }
};

// reads a closed trace; adds it to sums, extremes and counts. 200 B and 20 flops per member and group
struct CloseGroup {
  View<const std::int32_t, 1> member;
  View<const Time, 1> open;
  View<const Real, 1> setting;
  View<Trace, 2> trace;
  View<std::int32_t, 2> n_event, n_above;
  View<Real, 2> sum_rise, sum_dip, sum_peak, sum_time, sum_return, max_rise, max_dip, max_return;
  View<std::int32_t, 3> peak_count;
  COLDSUN_FN void operator()(int c, int g) const {
    const int m = member(c);
    const Trace t = trace(m, g);
    const Real peak = math::max(t.rise, -t.dip), back = t.last_above > 0 ? seconds(t.last_above - open(m)) : 0.0;
    ++n_event(m, g), n_above(m, g) += peak > setting(0) ? 1 : 0;
    sum_rise(m, g) += t.rise, sum_dip(m, g) += t.dip, sum_peak(m, g) += peak, sum_time(m, g) += t.above, sum_return(m, g) += back;
    max_rise(m, g) = math::max(max_rise(m, g), t.rise), max_dip(m, g) = math::min(max_dip(m, g), t.dip);
    max_return(m, g) = math::max(max_return(m, g), back);
    ++peak_count(m, g, bin_of(peak));
    trace(m, g) = Trace{};
  }
};
// writes open. 8 B per member
struct Shut {
  View<const std::int32_t, 1> member;
  View<Time, 1> open;
  COLDSUN_FN void operator()(int c) const { open(member(c)) = never; }
};

template <class Space>
void draw_priors(Space space, const System& sys, View<Real, 2> value, std::uint64_t seed, std::uint32_t first_member) {
  for_rows(space, value.extent[0], value.extent[1], DrawPriors{sys.prior, sys.entity, sys.index, value, seed, first_member});
}

template <class Space>
void watch(Space space, const System& sys, Watch& w, View<const Real, 2> value, View<const Real, 1> limit, View<const Real, 2> weight,
           const Cut& cut) {
  for_rows(space, cut.n_active, sys.n_group(),
           WatchGroup{cut, sys.first_item, sys.stop_item, value, limit, weight, w.highest, w.margin, w.above, w.weighted});
}

template <class Space>
void compare(Space space, const System& sys, Tally& t, const Look& look, int n) {
  for_rows(space, n, sys.n_group(),
           CompareGroup{look, sys.first_item, sys.stop_item, sys.offset, t.open, sys.setting, t.trace, t.fan_count});
}

template <class Space>
void close(Space space, const System& sys, Tally& t, View<const std::int32_t, 1> member, int n) {
  for_rows(space, n, sys.n_group(),
           CloseGroup{member, t.open, sys.setting, t.trace, t.n_event, t.n_above, t.sum_rise, t.sum_dip, t.sum_peak, t.sum_time, t.sum_return,
                      t.max_rise, t.max_dip, t.max_return, t.peak_count});
  for_each(space, n, Shut{member, t.open});
}

}  // namespace coldsun::ensemble

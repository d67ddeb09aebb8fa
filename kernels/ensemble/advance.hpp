// The loops of an ensemble: priors, extremes, drifts in windows. Their rules are in prior.hpp and window.hpp.
#pragma once
#include "common/loops.hpp"
#include "ensemble/ensemble.hpp"

namespace coldsun::ensemble {

// reads prior, entity, index; writes value. 72 B and some 60 integer and 60 floating operations per member and prior
struct DrawPriors {
  SystemView sys;
  View<Real, 2> value;
  std::uint64_t seed;
  std::uint32_t first_member;
  COLDSUN_FN void operator()(int m, int k) const {
    value(m, k) = draw(sys.prior(k), seed, first_member + static_cast<std::uint32_t>(m), sys.entity(k), sys.index(k));
  }
};

// reads value, limit, weight of a group; writes highest, margin, above, weighted. 24 B and 5 flops per item
struct WatchGroup {
  Cut cut;
  SystemView sys;
  WatchView st;
  Items item;
  COLDSUN_FN void operator()(int a, int g) const {
    const int m = cut.member(a);
    Real top = -1e300, over = -1e300, sum = 0.0;
    for (int i = sys.first_item(g); i < sys.stop_item(g); ++i) {
      top = math::max(top, item.value(m, i)), over = math::max(over, item.value(m, i) - item.limit(i));
      sum += item.weight(m, i);
    }
    st.highest(m, g) = math::max(st.highest(m, g), top), st.margin(m, g) = math::max(st.margin(m, g), over);
    st.above(m, g) += over > 0.0 ? cut.length(m) : 0.0;
    st.weighted(m, g) += sum * cut.length(m);
  }
};

// reads both rows of items and their keys; updates the trace and counts the drift at the window's offsets. 24 B and 3
// flops per item
struct CompareGroup {
  Look look;
  SystemView sys;
  TallyView st;
  COLDSUN_FN void operator()(int l, int g) const {
    const int m = look.member(l), a = look.a(l), b = look.b(l);
    Drift d;
    for (int i = sys.first_item(g); i < sys.stop_item(g); ++i) {
      const bool counts = look.key_a(a, i) == look.key_b(b, i) && look.key_a(a, i) >= 0;
      const Real x = counts ? look.value_a(a, i) - look.value_b(b, i) : 0.0;
      d.rise = math::max(d.rise, x), d.dip = math::min(d.dip, x);
    }
    st.trace(m, g).look(look.now(l), d, sys.setting(0));
    for (int k = 0; k < sys.offset.extent[0]; ++k)
      if (look.now(l) - st.open(m) == sys.offset(k)) ++st.fan_count(m, g, k, bin_of(d.extreme()));
  }
};

// reads a closed trace; adds it to sums, extremes and counts. 200 B and 20 flops per member and group
struct CloseGroup {
  View<const std::int32_t, 1> member;
  SystemView sys;
  TallyView st;
  COLDSUN_FN void operator()(int c, int g) const {
    const int m = member(c);
    const Trace t = st.trace(m, g);
    const Real peak = math::max(t.rise, -t.dip), back = t.last_above > 0 ? seconds(t.last_above - st.open(m)) : 0.0;
    ++st.n_event(m, g), st.n_above(m, g) += peak > sys.setting(0) ? 1 : 0;
    st.sum_rise(m, g) += t.rise, st.sum_dip(m, g) += t.dip, st.sum_peak(m, g) += peak, st.sum_time(m, g) += t.above,
        st.sum_return(m, g) += back;
    st.max_rise(m, g) = math::max(st.max_rise(m, g), t.rise), st.max_dip(m, g) = math::min(st.max_dip(m, g), t.dip);
    st.max_return(m, g) = math::max(st.max_return(m, g), back);
    ++st.peak_count(m, g, bin_of(peak));
    st.trace(m, g) = Trace{};
  }
};
// writes open. 8 B per member
struct Shut {
  View<const std::int32_t, 1> member;
  TallyView st;
  COLDSUN_FN void operator()(int c) const { st.open(member(c)) = never; }
};

template <class Space>
void draw_priors(Space space, const System& sys, View<Real, 2> value, std::uint64_t seed, std::uint32_t first_member) {
  for_rows(space, value.extent[0], value.extent[1], DrawPriors{sys, value, seed, first_member});
}

template <class Space>
void watch(Space space, const System& sys, Watch& w, const Items& item, const Cut& cut) {
  for_rows(space, cut.n_active, sys.n_group(), WatchGroup{cut, sys, w, item});
}

template <class Space>
void compare(Space space, const System& sys, Tally& t, const Look& look, int n) {
  for_rows(space, n, sys.n_group(), CompareGroup{look, sys, t});
}

template <class Space>
void close(Space space, const System& sys, Tally& t, View<const std::int32_t, 1> member, int n) {
  for_rows(space, n, sys.n_group(), CloseGroup{member, sys, t});
  for_each(space, n, Shut{member, t});
}

}  // namespace coldsun::ensemble

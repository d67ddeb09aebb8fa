// Ensembles of pairs, blind to what the numbers mean: parameters drawn from priors, extremes and sums as the run goes, and the difference
// of a member to its own twin in windows that begin with events. Everything is per member; nothing grows with time.
#pragma once
#include <cstdint>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "ensemble/prior.hpp"
#include "ensemble/window.hpp"

namespace coldsun::ensemble {

// Constant. An item is a number per member that is followed; a group is a range of items.
struct System {
  Array<Prior, 1> prior;                        // (prior)
  Array<std::uint32_t, 1> entity, index;        // (prior) whose chance, and the parameter's number
  Array<std::int32_t, 1> first_item, stop_item; // (group) items [first, stop)
  Array<Time, 1> offset;                        // (offset) after a window's start at which the difference is counted, rising
  Array<Real, 1> setting;                       // (2) limit of the drift; length of a window [s]
  template <class Self, class F> static void each(Self& s, F&& f) {
    constexpr Kind k = Kind::parameter;
    f(FieldInfo{"prior", "1", "prior", "distributions of the parameters", k}, s.prior);
    f(FieldInfo{"entity", "1", "prior", "number of the site in Chance", k}, s.entity);
    f(FieldInfo{"index", "1", "prior", "number of the parameter in Chance", k}, s.index);
    f(FieldInfo{"first_item", "1", "group", "first item of the group", k}, s.first_item);
    f(FieldInfo{"stop_item", "1", "group", "item after the last of the group", k}, s.stop_item);
    f(FieldInfo{"offset", "ns", "offset", "after the start of a window", k}, s.offset);
    f(FieldInfo{"setting", "1", "setting", "limit of the drift; length of a window in s", k}, s.setting);
  }
  int n_group() const { return first_item.extent(0); }
  int n_offset() const { return offset.extent(0); }
};

// Extremes and sums of one twin over its run.
struct Watch {
  Array<Real, 2> highest, margin;  // (member, group)
  Array<Real, 2> above, weighted;  // (member, group)
  template <class Self, class F> static void each(Self& s, F&& f) {
    constexpr const char* mg = "member group";
    f(FieldInfo{"highest", "K", mg, "highest value since the start", Kind::state}, s.highest);
    f(FieldInfo{"margin", "K", mg, "highest value over its own limit since the start", Kind::state}, s.margin);
    f(FieldInfo{"above", "s", mg, "time with an item of the group above its own limit", Kind::state}, s.above);
    f(FieldInfo{"weighted", "s", mg, "sum over the items of weight times time", Kind::state}, s.weighted);
  }
};

// Difference of a twin with the event to its own twin without, per window and over all windows that have closed.
struct Tally {
  Array<Time, 1> open;                                             // (member) start of the open window; never: none
  Array<Trace, 2> trace;                                           // (member, group) of the open window
  Array<std::int32_t, 2> n_event, n_above;                         // (member, group)
  Array<Real, 2> sum_rise, sum_dip, sum_peak, sum_time, sum_return;  // (member, group)
  Array<Real, 2> max_rise, max_dip, max_return;                    // (member, group)
  Array<std::int32_t, 3> peak_count;                               // (member, group, bin)
  Array<std::int32_t, 4> fan_count;                                // (member, group, offset, bin)
  template <class Self, class F> static void each(Self& s, F&& f) {
    constexpr const char* mg = "member group";
    constexpr Kind st = Kind::state;
    f(FieldInfo{"open", "ns", "member", "start of the open window, never: none", st}, s.open);
    f(FieldInfo{"trace", "1", mg, "what the open window has seen", st}, s.trace);
    f(FieldInfo{"n_event", "1", mg, "windows closed", st}, s.n_event);
    f(FieldInfo{"n_above", "1", mg, "windows with a drift beyond the limit", st}, s.n_above);
    f(FieldInfo{"sum_rise", "K", mg, "sum over windows of the largest rise", st}, s.sum_rise);
    f(FieldInfo{"sum_dip", "K", mg, "sum over windows of the deepest dip, negative", st}, s.sum_dip);
    f(FieldInfo{"sum_peak", "K", mg, "sum over windows of the largest drift of either sign", st}, s.sum_peak);
    f(FieldInfo{"sum_time", "s", mg, "time with a drift beyond the limit", st}, s.sum_time);
    f(FieldInfo{"sum_return", "s", mg, "sum over windows of the time until the drift is back within the limit", st}, s.sum_return);
    f(FieldInfo{"max_rise", "K", mg, "largest rise of all windows", st}, s.max_rise);
    f(FieldInfo{"max_dip", "K", mg, "deepest dip of all windows, negative", st}, s.max_dip);
    f(FieldInfo{"max_return", "s", mg, "longest return of all windows", st}, s.max_return);
    f(FieldInfo{"peak_count", "1", "member group bin", "windows by their largest drift of either sign", st}, s.peak_count);
    f(FieldInfo{"fan_count", "1", "member group offset bin", "looks by the drift at that time after the event", st}, s.fan_count);
  }
};

// Two twins at one instant: row a(l) of the first's items against row b(l) of the second's, for look l of member(l).
// An item counts where both keys are equal and not negative.
struct Look {
  View<const std::int32_t, 1> member, a, b;
  View<const Time, 1> now;
  View<const Real, 2> value_a, value_b;          // (row, item)
  View<const std::int32_t, 2> key_a, key_b;
};

// (member, prior) values of members first_member + m.
template <class Space>
void draw_priors(Space, const System&, View<Real, 2> value, std::uint64_t seed, std::uint32_t first_member);
// The cut's end over the cut: value(m, item) against limit(item), weight(m, item).
template <class Space>
void watch(Space, const System&, Watch&, View<const Real, 2> value, View<const Real, 1> limit, View<const Real, 2> weight, const Cut&);
// A look at each of n pairs; the members' windows must be open.
template <class Space>
void compare(Space, const System&, Tally&, const Look&, int n);
// Closes the windows of n members and adds them to the sums.
template <class Space>
void close(Space, const System&, Tally&, View<const std::int32_t, 1> member, int n);

Watch make_watch(const System&, int n_member, Device);
Tally make_tally(const System&, int n_member, Device);

}  // namespace coldsun::ensemble

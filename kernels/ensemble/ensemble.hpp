// Ensembles of pairs, independent of the physics: parameters drawn from priors, extremes and sums over the run, and the
// drift of a member from its reference twin in drift windows that start with events. All memory is per member; none
// grows with time.
#pragma once
#include <cstdint>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "ensemble/prior.hpp"
#include "ensemble/window.hpp"

namespace coldsun::ensemble {

// Constants. An item is one number per member; a group is a range of items.
// clang-format off
#define COLDSUN_ENSEMBLE_SYSTEM(F) \
  F(Prior,         prior,      "1",  "prior",   parameter, host, "prior distribution of the parameter") \
  F(std::uint32_t, entity,     "1",  "prior",   parameter, host, "site number of the parameter in random draws") \
  F(std::uint32_t, index,      "1",  "prior",   parameter, host, "parameter number in random draws") \
  F(std::int32_t,  first_item, "1",  "group",   parameter, host, "index of the group's first item") \
  F(std::int32_t,  stop_item,  "1",  "group",   parameter, host, "index after the group's last item") \
  F(Time,          offset,     "ns", "offset",  parameter, host, "time after the start of a drift window") \
  F(Real,          setting,    "1",  "setting", parameter, host, "settings: limit of the drift in K, length of a drift window in s")
// clang-format on
struct System {
  COLDSUN_ARRAYS(COLDSUN_ENSEMBLE_SYSTEM)
  int n_group() const { return first_item.extent(0); }
  int n_offset() const { return offset.extent(0); }
};
struct SystemView {
  COLDSUN_READS(SystemView, System, COLDSUN_ENSEMBLE_SYSTEM)
};

// Extremes and sums of one twin over its run.
// clang-format off
#define COLDSUN_ENSEMBLE_WATCH(F) \
  F(Real, highest,  "K", "member group", state, host, "highest value of the group since the start") \
  F(Real, margin,   "K", "member group", state, host, "largest excess of an item over its own limit since the start") \
  F(Real, above,    "s", "member group", state, host, "time with an item of the group above its own limit") \
  F(Real, weighted, "s", "member group", state, host, "sum over the group's items of weight times time")
// clang-format on
struct Watch {
  COLDSUN_ARRAYS(COLDSUN_ENSEMBLE_WATCH)
};
struct WatchView {
  COLDSUN_VIEWS(WatchView, Watch, COLDSUN_ENSEMBLE_WATCH)
};

// Drift: difference between a twin with the event and its reference twin without, per window and over all closed
// windows.
// clang-format off
#define COLDSUN_ENSEMBLE_TALLY(F) \
  F(Time,         open,       "ns", "member",                  state, host, "start of the open drift window; never: none") \
  F(Trace,        trace,      "1",  "member group",            state, host, "drift in the open drift window") \
  F(std::int32_t, n_event,    "1",  "member group",            state, host, "number of closed drift windows") \
  F(std::int32_t, n_above,    "1",  "member group",            state, host, "number of drift windows with a drift beyond the limit") \
  F(Real,         sum_rise,   "K",  "member group",            state, host, "sum over drift windows of the largest rise") \
  F(Real,         sum_dip,    "K",  "member group",            state, host, "sum over drift windows of the deepest dip, negative") \
  F(Real,         sum_peak,   "K",  "member group",            state, host, "sum over drift windows of the largest drift of either sign") \
  F(Real,         sum_time,   "s",  "member group",            state, host, "total time with a drift beyond the limit") \
  F(Real,         sum_return, "s",  "member group",            state, host, "sum over drift windows of the time until the drift returns within the limit") \
  F(Real,         max_rise,   "K",  "member group",            state, host, "largest rise in any drift window") \
  F(Real,         max_dip,    "K",  "member group",            state, host, "deepest dip in any drift window, negative") \
  F(Real,         max_return, "s",  "member group",            state, host, "longest return time in any drift window") \
  F(std::int32_t, peak_count, "1",  "member group bin",        state, host, "number of drift windows by largest drift of either sign") \
  F(std::int32_t, fan_count,  "1",  "member group offset bin", state, host, "number of looks by drift at an offset after the drift window's start")
// clang-format on
struct Tally {
  COLDSUN_ARRAYS(COLDSUN_ENSEMBLE_TALLY)
};
struct TallyView {
  COLDSUN_VIEWS(TallyView, Tally, COLDSUN_ENSEMBLE_TALLY)
};

// Quantities of one twin that are watched.
struct Items {
  View<const Real, 2> value;   // (member, item)
  View<const Real, 1> limit;   // (item) of its value
  View<const Real, 2> weight;  // (member, item)
};

// Two twins at one instant: row a(l) of the first's items and row b(l) of the second's, for sample l of member(l). An
// item counts where both keys are equal and not negative.
struct Look {
  View<const std::int32_t, 1> member, a, b;
  View<const Time, 1> now;
  View<const Real, 2> value_a, value_b;  // (row, item)
  View<const std::int32_t, 2> key_a, key_b;
};

// (member, prior) values of members first_member + m.
template <class Space>
void draw_priors(Space, const System&, View<Real, 2> value, std::uint64_t seed, std::uint32_t first_member);
// Adds a cut, with the values at its end.
template <class Space>
void watch(Space, const System&, Watch&, const Items&, const Cut&);
// One sample of each of n pairs; the members' windows must be open.
template <class Space>
void compare(Space, const System&, Tally&, const Look&, int n);
// Closes the windows of n members and adds them to the sums.
template <class Space>
void close(Space, const System&, Tally&, View<const std::int32_t, 1> member, int n);

Watch make_watch(const System&, int n_member, Device);
Tally make_tally(const System&, int n_member, Device);

}  // namespace coldsun::ensemble

// Ensembles of pairs, blind to what the numbers mean: parameters drawn from priors, extremes and sums as the run goes,
// and the difference of a member to its own twin in windows that begin with events. Everything is per member; nothing
// grows with time.
#pragma once
#include <cstdint>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "ensemble/prior.hpp"
#include "ensemble/window.hpp"

namespace coldsun::ensemble {

// Constant. An item is a number per member that is followed; a group is a range of items.
// clang-format off
#define COLDSUN_ENSEMBLE_SYSTEM(F) \
  F(Prior,         prior,      "1",  "prior",   parameter, host, "distributions of the parameters") \
  F(std::uint32_t, entity,     "1",  "prior",   parameter, host, "number of the site in Chance") \
  F(std::uint32_t, index,      "1",  "prior",   parameter, host, "number of the parameter in Chance") \
  F(std::int32_t,  first_item, "1",  "group",   parameter, host, "first item of the group") \
  F(std::int32_t,  stop_item,  "1",  "group",   parameter, host, "item after the last of the group") \
  F(Time,          offset,     "ns", "offset",  parameter, host, "after the start of a window") \
  F(Real,          setting,    "1",  "setting", parameter, host, "limit of the drift; length of a window in s")
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
  F(Real, highest,  "K", "member group", state, host, "highest value since the start") \
  F(Real, margin,   "K", "member group", state, host, "highest value over its own limit since the start") \
  F(Real, above,    "s", "member group", state, host, "time with an item of the group above its own limit") \
  F(Real, weighted, "s", "member group", state, host, "sum over the items of weight times time")
// clang-format on
struct Watch {
  COLDSUN_ARRAYS(COLDSUN_ENSEMBLE_WATCH)
};
struct WatchView {
  COLDSUN_VIEWS(WatchView, Watch, COLDSUN_ENSEMBLE_WATCH)
};

// Difference of a twin with the event to its own twin without, per window and over all windows that have closed.
// clang-format off
#define COLDSUN_ENSEMBLE_TALLY(F) \
  F(Time,         open,       "ns", "member",                  state, host, "start of the open window, never: none") \
  F(Trace,        trace,      "1",  "member group",            state, host, "what the open window has seen") \
  F(std::int32_t, n_event,    "1",  "member group",            state, host, "windows closed") \
  F(std::int32_t, n_above,    "1",  "member group",            state, host, "windows with a drift beyond the limit") \
  F(Real,         sum_rise,   "K",  "member group",            state, host, "sum over windows of the largest rise") \
  F(Real,         sum_dip,    "K",  "member group",            state, host, "sum over windows of the deepest dip, negative") \
  F(Real,         sum_peak,   "K",  "member group",            state, host, "sum over windows of the largest drift of either sign") \
  F(Real,         sum_time,   "s",  "member group",            state, host, "time with a drift beyond the limit") \
  F(Real,         sum_return, "s",  "member group",            state, host, "sum over windows of the time until the drift is back within the limit") \
  F(Real,         max_rise,   "K",  "member group",            state, host, "largest rise of all windows") \
  F(Real,         max_dip,    "K",  "member group",            state, host, "deepest dip of all windows, negative") \
  F(Real,         max_return, "s",  "member group",            state, host, "longest return of all windows") \
  F(std::int32_t, peak_count, "1",  "member group bin",        state, host, "windows by their largest drift of either sign") \
  F(std::int32_t, fan_count,  "1",  "member group offset bin", state, host, "looks by the drift at that time after the event")
// clang-format on
struct Tally {
  COLDSUN_ARRAYS(COLDSUN_ENSEMBLE_TALLY)
};
struct TallyView {
  COLDSUN_VIEWS(TallyView, Tally, COLDSUN_ENSEMBLE_TALLY)
};

// What is watched of one twin.
struct Items {
  View<const Real, 2> value;   // (member, item)
  View<const Real, 1> limit;   // (item) of its value
  View<const Real, 2> weight;  // (member, item)
};

// Two twins at one instant: row a(l) of the first's items against row b(l) of the second's, for look l of member(l).
// An item counts where both keys are equal and not negative.
struct Look {
  View<const std::int32_t, 1> member, a, b;
  View<const Time, 1> now;
  View<const Real, 2> value_a, value_b;  // (row, item)
  View<const std::int32_t, 2> key_a, key_b;
};

// (member, prior) values of members first_member + m.
template <class Space>
void draw_priors(Space, const System&, View<Real, 2> value, std::uint64_t seed, std::uint32_t first_member);
// The cut's end over the cut.
template <class Space>
void watch(Space, const System&, Watch&, const Items&, const Cut&);
// A look at each of n pairs; the members' windows must be open.
template <class Space>
void compare(Space, const System&, Tally&, const Look&, int n);
// Closes the windows of n members and adds them to the sums.
template <class Space>
void close(Space, const System&, Tally&, View<const std::int32_t, 1> member, int n);

Watch make_watch(const System&, int n_member, Device);
Tally make_tally(const System&, int n_member, Device);

}  // namespace coldsun::ensemble

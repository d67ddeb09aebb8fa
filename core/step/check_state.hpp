// Accepted values of a State: every checkpoint is checked before it is used. Host only.
#pragma once
#include "core/step/state.hpp"

namespace coldsun {

inline constexpr Time latest = Time{1} << 62;  // ns since 1970, in the year 2116; two such times add without overflow

// Accepted values of a field, both ends included. `never`: an instant that is not set is accepted too.
struct Range {
  double low, high;
  bool never = false;
  bool holds(double x) const { return x >= low && x <= high; }  // false for NaN
};

// Range by the field's name (indices, counters, shares), else by its unit. Not known: an integer field without a range
// of its own; a test forbids that for saved fields.
struct RangeOf {
  bool known = false;
  Range range{0, 0};
};
RangeOf range_of(const State& s, const FieldRef& f);

struct KeptAt {
  Time time;
  std::int64_t n_step;
};
// Checks that a snapshot belongs to this twin: attributes, fields, shapes, then check_values. Throws
// std::invalid_argument.
KeptAt check_kept(const State& like, const Snapshot& kept);

// Both throw std::invalid_argument in one sentence: "checkpoint: FIELD[member m] = VALUE; accepted: LOW to HIGH".
// For a member frozen by a fault only the indices are checked, since no step reads its values.
void check_values(const State& like, const Snapshot& kept);
// Checks that jobs, nodes and queues are consistent: nodes of a running job, counts, rows of a site.
void check_work(const System& system, const Inputs& inputs, const State& like, const Snapshot& kept);

}  // namespace coldsun

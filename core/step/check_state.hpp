// What values a State may hold: a checkpoint of others is checked before anything of it is used. Host only.
#pragma once
#include "core/step/state.hpp"

namespace coldsun {

inline constexpr Time latest =
    Time{1} << 62;  // ns since 1970: in the year 2116; sums of two such times do not overflow

// Accepted values of a field, both ends included. `none` beside them is accepted too: never, for an instant that is not
// set.
struct Range {
  double low, high;
  bool never = false;
  bool holds(double x) const { return x >= low && x <= high; }  // false for NaN
};

// By the field's name where it has a range of its own (indices, counters, shares), else by its unit; nullopt: an
// integer field without a range of its own, which a test forbids for what is saved.
struct RangeOf {
  bool known = false;
  Range range{0, 0};
};
RangeOf range_of(const State& s, const FieldRef& f);

struct KeptAt {
  Time time;
  std::int64_t n_step;
};
// Whether a snapshot is of this twin and may be taken up: attributes, fields, shapes, then check_values. Throws
// std::invalid_argument.
KeptAt check_kept(const State& like, const Snapshot& kept);

// Both throw std::invalid_argument in one sentence: "checkpoint: FIELD[member m] = VALUE; accepted: LOW to HIGH".
// Values of a member that a fault stopped are not held against the ranges (no step reads them), its indices are.
void check_values(const State& like, const Snapshot& kept);
// What jobs, nodes and queues say of each other: nodes of a running job, counts, rows of a site. Needs the network and
// its jobs.
void check_work(const System& system, const Inputs& inputs, const State& like, const Snapshot& kept);

}  // namespace coldsun

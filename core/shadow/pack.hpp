// Packs fields of a State into the vector of a filter and back; predicts readings. Works on field lists, without
// physics.
#pragma once
#include <string>
#include <vector>

#include "core/step/state.hpp"

namespace coldsun {

// log: for positive values. mean_log: mean of the logarithms of `count` elements; columns with this one as base write
// them.
enum class Transform : std::int8_t { plain, log, mean_log };

// One element of the packed vector: one element of a field, or `count` adjacent ones with a common value (flow of all
// nodes).
struct Column {
  Real* first = nullptr;    // element of member 0
  std::int64_t stride = 0;  // to the next member
  std::int32_t count = 1;
  Transform transform = Transform::plain;
  std::int32_t base = -1;  // >= 0: relative to that mean_log column: ln of node flow over site flow
};

// Quantity that an instrument measures: an element of a State times scale, or the coolant flow through a site's plates;
// times the instrument's gain.
struct Look {
  const Real* first = nullptr;  // element of member 0
  std::int64_t stride = 0;
  Real scale = 1.0;
  std::int32_t flow_site = -1;  // >= 0: coolant flow of that site
  std::int32_t gain = -1;       // >= 0: index in observe/gain
};

// A column for elements [first, first + count) per member of the field `path` ("thermal/tim_gain"). Throws
// std::invalid_argument if there is no such field of floating-point numbers per member. Valid as long as the State's
// Arrays.
Column column_of(const State& s, const std::string& path, int first, int count, Transform transform);
// The same element as a measured quantity; mean_dt > 0: step mean of a derived field per site.
Look look_at(const State& s, const std::string& path, int place, Real mean_dt = 0.0);

void pack(const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x);    // x(member, column)
void unpack(const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x);  // the inverse
void observe(const System& sys, const State& s, const Array<Look, 1>& look,
             const Array<Real, 2>& y);  // y(member, look)

}  // namespace coldsun

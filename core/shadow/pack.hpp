// Fields of a State as the packed vector of a filter and back, and what instruments would read: walks the field lists,
// blind to their physics.
#pragma once
#include <string>
#include <vector>

#include "core/step/state.hpp"

namespace coldsun {

// log: of what is positive; mean_log: mean of the logarithms of `count` places, which columns with this one as their
// base write.
enum class Transform : std::int8_t { plain, log, mean_log };

// One element of the packed vector: `count` neighbouring places of a field that hold one value (a flow common to all
// nodes), or one.
struct Column {
  Real* first = nullptr;    // of member 0
  std::int64_t stride = 0;  // to the next member
  std::int32_t count = 1;
  Transform transform = Transform::plain;
  std::int32_t base =
      -1;  // >= 0: the value is relative to that column, a mean_log: ln of a node's flow over the site's
};

// What an instrument looks at: a place of a State, times scale; or the coolant through a site's plates. Its own gain
// multiplies it.
struct Look {
  const Real* first = nullptr;  // of member 0
  std::int64_t stride = 0;
  Real scale = 1.0;
  std::int32_t flow_site = -1;  // >= 0: the flow of that site instead
  std::int32_t gain = -1;       // >= 0: place in observe/gain
};

// A column of field `path` ("thermal/tim_gain") for the places [first, first + count) of a member; throws
// std::invalid_argument where there is no such field of floating-point numbers per member. Valid as long as the State's
// Arrays are.
Column column_of(const State& s, const std::string& path, int first, int count, Transform transform);
// The same place as something to look at; a derived field per site is looked at as its mean over the step where mean_dt
// > 0.
Look look_at(const State& s, const std::string& path, int place, Real mean_dt = 0.0);

void pack(const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x);    // x(member, column)
void unpack(const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x);  // the inverse
void observe(const System& sys, const State& s, const Array<Look, 1>& look,
             const Array<Real, 2>& y);  // y(member, look)

}  // namespace coldsun

// Loops of packing, unpacking and predicted readings, on any space.
#pragma once
#include "common/loops.hpp"
#include "common/math.hpp"
#include "core/shadow/pack.hpp"

namespace coldsun {

// reads a field; writes x. 16 B per element, 8 B and a logarithm per place of a mean
struct Gather {
  View<const Column, 1> column;
  View<Real, 2> x;
  COLDSUN_FN void operator()(int m, int j) const {
    const Column c = column(j);
    const Real* v = c.first + m * c.stride;
    if (c.transform == Transform::plain) {
      x(m, j) = v[0];
      return;
    }
    const int n = c.transform == Transform::mean_log ? c.count : 1;
    Real sum = 0.0;
    for (int k = 0; k < n; ++k) sum += math::log(v[k]);
    x(m, j) = sum / n;
  }
};

// reads the column that a column is relative to; writes x. 16 B per element
struct TakeBase {
  View<const Column, 1> column;
  View<Real, 2> x;
  COLDSUN_FN void operator()(int m, int j) const {
    if (column(j).base >= 0) x(m, j) -= x(m, column(j).base);
  }
};

// reads x; writes a field. 16 B per element
struct Scatter {
  View<const Column, 1> column;
  View<const Real, 2> x;
  COLDSUN_FN void operator()(int m, int j) const {
    const Column c = column(j);
    if (c.transform == Transform::mean_log) return;
    const Real value = c.base >= 0 ? x(m, j) + x(m, c.base) : x(m, j);
    const Real v = c.transform == Transform::log ? math::exp(value) : value;
    for (int k = 0; k < c.count; ++k) c.first[m * c.stride + k] = v;
  }
};

// reads fields, flows and gains; writes y. 24 B per element, 12 B and 3 flops per node where it is a flow
struct ReadInstruments {
  View<const Look, 1> look;
  thermal::SystemView sys;
  thermal::StateView st;
  View<const Real, 2> gain;
  View<Real, 2> y;
  COLDSUN_FN void operator()(int m, int j) const {
    const Look l = look(j);
    const Real v = l.flow_site >= 0 ? thermal::flow_of_site(sys, st, m, l.flow_site) : l.first[m * l.stride] * l.scale;
    y(m, j) = l.gain >= 0 ? v * gain(m, l.gain) : v;
  }
};

template <class Space>
void pack_on(const Space& space, const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x) {
  for_rows(space, s.n_member, column.extent(0), Gather{column, x});
  for_rows(space, s.n_member, column.extent(0), TakeBase{column, x});
}
template <class Space>
void unpack_on(const Space& space, const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x) {
  for_rows(space, s.n_member, column.extent(0), Scatter{column, x});
}
template <class Space>
void observe_on(const Space& space, const System& sys, const State& s, const Array<Look, 1>& look,
                const Array<Real, 2>& y) {
  for_rows(space, s.n_member, look.extent(0), ReadInstruments{look, sys.thermal, s.thermal, s.observe.gain, y});
}

}  // namespace coldsun

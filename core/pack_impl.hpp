// The loops of packing, unpacking and looking, on any space.
#pragma once
#include "common/loops.hpp"
#include "common/math.hpp"
#include "core/pack.hpp"

namespace coldsun {

// reads a field; writes x. 16 B per element
struct Gather {
  View<const Column, 1> column;
  View<Real, 2> x;
  COLDSUN_FN void operator()(int m, int j) const {
    const Column c = column(j);
    const Real v = c.first[m * c.stride];
    x(m, j) = c.transform == Transform::log ? math::log(v) : v;
  }
};

// reads x; writes a field. 16 B per element
struct Scatter {
  View<const Column, 1> column;
  View<const Real, 2> x;
  COLDSUN_FN void operator()(int m, int j) const {
    const Column c = column(j);
    const Real v = c.transform == Transform::log ? math::exp(x(m, j)) : x(m, j);
    for (int k = 0; k < c.count; ++k) c.first[m * c.stride + k] = v;
  }
};

// reads fields, flows and gains; writes y. 24 B per element, 12 B and 3 flops per node where it is a flow
struct ReadInstruments {
  View<const Look, 1> look;
  thermal::Flows flows;
  View<const Real, 2> gain;
  View<Real, 2> y;
  COLDSUN_FN void operator()(int m, int j) const {
    const Look l = look(j);
    const Real v = l.flow_site >= 0 ? flows.of_site(m, l.flow_site) : l.first[m * l.stride] * l.scale;
    y(m, j) = l.gain >= 0 ? v * gain(m, l.gain) : v;
  }
};

template <class Space>
void pack_on(const Space& space, const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x) {
  for_rows(space, s.n_member, column.extent(0), Gather{column, x});
}
template <class Space>
void unpack_on(const Space& space, const State& s, const Array<Column, 1>& column, const Array<Real, 2>& x) {
  for_rows(space, s.n_member, column.extent(0), Scatter{column, x});
}
template <class Space>
void observe_on(const Space& space, const System& sys, const State& s, const Array<Look, 1>& look, const Array<Real, 2>& y) {
  for_rows(space, s.n_member, look.extent(0), ReadInstruments{look, thermal::flows(sys.thermal, s.thermal), s.observe.gain, y});
}

}  // namespace coldsun

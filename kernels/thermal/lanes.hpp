// Lanes: W neighbouring modes processed as one vector. W is all modes in a team of one thread, else 1.
#pragma once
#include "common/math.hpp"

namespace coldsun::thermal {

template <int W>
struct Lanes {
  Real v[W];

  COLDSUN_FN Lanes& operator+=(const Lanes& o) {
    for (int i = 0; i < W; ++i) v[i] += o.v[i];
    return *this;
  }
};

template <int W>
COLDSUN_FN Lanes<W> load(const Real* p) {
  Lanes<W> a;
  for (int i = 0; i < W; ++i) a.v[i] = p[i];
  return a;
}
template <int W>
COLDSUN_FN void store(Real* p, const Lanes<W>& a) {
  for (int i = 0; i < W; ++i) p[i] = a.v[i];
}
template <int W>
COLDSUN_FN Lanes<W> lanes(Real x) {
  Lanes<W> a;
  for (int i = 0; i < W; ++i) a.v[i] = x;
  return a;
}
template <int W>
COLDSUN_FN Lanes<W> operator*(const Lanes<W>& a, const Lanes<W>& b) {
  Lanes<W> c;
  for (int i = 0; i < W; ++i) c.v[i] = a.v[i] * b.v[i];
  return c;
}
template <int W>
COLDSUN_FN Lanes<W> operator-(const Lanes<W>& a, const Lanes<W>& b) {
  Lanes<W> c;
  for (int i = 0; i < W; ++i) c.v[i] = a.v[i] - b.v[i];
  return c;
}
// a b + c and c - a b, each with one rounding.
template <int W>
COLDSUN_FN Lanes<W> fma(const Lanes<W>& a, const Lanes<W>& b, const Lanes<W>& c) {
  Lanes<W> d;
  for (int i = 0; i < W; ++i) d.v[i] = std::fma(a.v[i], b.v[i], c.v[i]);
  return d;
}
template <int W>
COLDSUN_FN Lanes<W> fma(Real a, const Lanes<W>& b, const Lanes<W>& c) {
  Lanes<W> d;
  for (int i = 0; i < W; ++i) d.v[i] = std::fma(a, b.v[i], c.v[i]);
  return d;
}
template <int W>
COLDSUN_FN Lanes<W> minus(const Lanes<W>& a, const Lanes<W>& b, const Lanes<W>& c) {
  Lanes<W> d;
  for (int i = 0; i < W; ++i) d.v[i] = std::fma(-a.v[i], b.v[i], c.v[i]);
  return d;
}
template <int W>
COLDSUN_FN Lanes<W> inverse(const Lanes<W>& a) {
  Lanes<W> c;
  for (int i = 0; i < W; ++i) c.v[i] = 1.0 / a.v[i];
  return c;
}

}  // namespace coldsun::thermal

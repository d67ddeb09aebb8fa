// Tiny dense systems of fixed size N <= 8: LU with partial pivoting and Cholesky, in place, on registers.
#pragma once
#include <cmath>

#include "common/space.hpp"

namespace coldsun {

template <int N>
struct Vector {
  Real v[N];
  COLDSUN_FN Real& operator[](int i) { return v[i]; }
  COLDSUN_FN const Real& operator[](int i) const { return v[i]; }
};
template <int N>
struct Matrix {
  static_assert(N >= 1 && N <= 8, "small means 8 at most: the loops are unrolled");
  Real m[N][N];
  COLDSUN_FN Real& operator()(int i, int j) { return m[i][j]; }
  COLDSUN_FN const Real& operator()(int i, int j) const { return m[i][j]; }
};

template <int N>
COLDSUN_FN Vector<N> operator*(const Matrix<N>& a, const Vector<N>& x) {
  Vector<N> y{};
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) y[i] = std::fma(a(i, j), x[j], y[i]);
  return y;
}

// P A = L U, L with a unit diagonal. ok is false where a pivot is zero or not finite; then solve gives what it gives.
template <int N>
struct Lu {
  Matrix<N> lu;
  int row[N];  // row of A that stands at place i
  bool ok;

  COLDSUN_FN explicit Lu(const Matrix<N>& a) : lu(a), ok(true) {
    for (int i = 0; i < N; ++i) row[i] = i;
    for (int k = 0; k < N; ++k) {
      int best = k;
      for (int i = k + 1; i < N; ++i) best = std::fabs(lu(i, k)) > std::fabs(lu(best, k)) ? i : best;
      for (int j = 0; j < N; ++j) exchange(lu(k, j), lu(best, j));
      exchange(row[k], row[best]);
      const Real pivot = lu(k, k);
      ok = ok && std::fabs(pivot) > 0.0 && std::fabs(pivot) <= 1.7976931348623157e308;
      for (int i = k + 1; i < N; ++i) {
        lu(i, k) /= pivot;
        for (int j = k + 1; j < N; ++j) lu(i, j) = std::fma(-lu(i, k), lu(k, j), lu(i, j));
      }
    }
  }
  COLDSUN_FN Vector<N> solve(const Vector<N>& b) const {
    Vector<N> x;
    for (int i = 0; i < N; ++i) {
      x[i] = b[row[i]];
      for (int j = 0; j < i; ++j) x[i] = std::fma(-lu(i, j), x[j], x[i]);
    }
    for (int i = N - 1; i >= 0; --i) {
      for (int j = i + 1; j < N; ++j) x[i] = std::fma(-lu(i, j), x[j], x[i]);
      x[i] /= lu(i, i);
    }
    return x;
  }

 private:
  template <class T>
  COLDSUN_FN static void exchange(T& a, T& b) {
    const T t = a;
    a = b, b = t;
  }
};

// A = L L^T of a symmetric positive definite A (its lower triangle is read). ok is false where A is not positive definite.
template <int N>
struct Cholesky {
  Matrix<N> l;
  bool ok;

  COLDSUN_FN explicit Cholesky(const Matrix<N>& a) : l(a), ok(true) {
    for (int j = 0; j < N; ++j) {
      for (int k = 0; k < j; ++k) l(j, j) = std::fma(-l(j, k), l(j, k), l(j, j));
      ok = ok && l(j, j) > 0.0 && l(j, j) <= 1.7976931348623157e308;
      l(j, j) = std::sqrt(l(j, j));
      for (int i = j + 1; i < N; ++i) {
        for (int k = 0; k < j; ++k) l(i, j) = std::fma(-l(i, k), l(j, k), l(i, j));
        l(i, j) /= l(j, j);
      }
    }
  }
  COLDSUN_FN Vector<N> solve(const Vector<N>& b) const {
    Vector<N> x = b;
    for (int i = 0; i < N; ++i) {
      for (int j = 0; j < i; ++j) x[i] = std::fma(-l(i, j), x[j], x[i]);
      x[i] /= l(i, i);
    }
    for (int i = N - 1; i >= 0; --i) {
      for (int j = i + 1; j < N; ++j) x[i] = std::fma(-l(j, i), x[j], x[i]);
      x[i] /= l(i, i);
    }
    return x;
  }
};

}  // namespace coldsun

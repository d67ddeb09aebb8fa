// Two spaces for checks: Both runs every kernel on two spaces and compares, Timed runs it on one and keeps the seconds.
// Whatever is templated on a Space runs on them unchanged, so that every kernel, also a later one, is compared and timed by itself.
#pragma once
#include <chrono>
#include <typeinfo>

#include "common/loops.hpp"
#include "common/primitives.hpp"
#include "core/check/ledger.hpp"

namespace coldsun {

template <class First, class Second>
struct Both {
  Ledger* ledger;
  First first;
  Second second;

  template <class F, class Launch>
  void run(const F&, const Launch& launch) const {
    ledger->compare(kernel_name(typeid(F).name()), [&] { launch(first), synchronize(first); }, [&] { launch(second), synchronize(second); });
  }
};

template <class Space>
struct Timed {
  Tally* tally;
  Space space;

  template <class F, class Launch>
  void run(const F&, const Launch& launch) const {
    synchronize(space);
    const auto start = std::chrono::steady_clock::now();
    launch(space), synchronize(space);
    auto& kernel = tally->kernels[kernel_name(typeid(F).name())];
    kernel.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ++kernel.n_call;
  }
};

// What is started on a space, as a value: the same start on the first and on the second.
namespace launch {
template <class F> struct Each {
  std::int64_t n; const F& f;
  template <class S> void operator()(const S& s) const { for_each(s, n, f); }
};
template <class F> struct Rows {
  int n_row, n_col; const F& f;
  template <class S> void operator()(const S& s) const { for_rows(s, n_row, n_col, f); }
};
template <class F> struct Teams {
  int n_item, team_size; std::size_t bytes; const F& f;
  template <class S> void operator()(const S& s) const { for_teams(s, n_item, team_size, bytes, f); }
};
template <class F> struct Reduce {
  std::int64_t n; const F& f; Real& sum;
  template <class S> void operator()(const S& s) const { sum = reduce(s, n, f); }
};
// The primitives, under names of their own.
struct SortByKey {
  View<const Real, 1> key; View<std::int32_t, 1> index;
  template <class S> void operator()(const S& s) const { sort_by_key(s, key, index); }
};
struct Select {
  View<const std::int32_t, 1> flag; View<std::int32_t, 1> index; int& n;
  template <class S> void operator()(const S& s) const { n = select(s, flag, index); }
};
struct Quantile {
  View<const Real, 1> value; Real q; View<std::int32_t, 1> index; Real& x;
  template <class S> void operator()(const S& s) const { x = quantile(s, value, q, index); }
};
}  // namespace launch

template <class A, class B, class F> void for_each(const Both<A, B>& s, std::int64_t n, const F& f) { s.run(f, launch::Each<F>{n, f}); }
template <class A, class B, class F> void for_rows(const Both<A, B>& s, int n_row, int n_col, const F& f) {
  s.run(f, launch::Rows<F>{n_row, n_col, f});
}
template <class A, class B, class F> void for_teams(const Both<A, B>& s, int n_item, int team_size, std::size_t bytes, const F& f) {
  s.run(f, launch::Teams<F>{n_item, team_size, bytes, f});
}
template <class A, class B, class F> Real reduce(const Both<A, B>& s, std::int64_t n, const F& f) {
  Real sum = 0.0;
  s.run(f, launch::Reduce<F>{n, f, sum});
  return sum;
}
template <class A, class B> void sort_by_key(const Both<A, B>& s, View<const Real, 1> key, View<std::int32_t, 1> index) {
  const launch::SortByKey f{key, index};
  s.run(f, f);
}
template <class A, class B> int select(const Both<A, B>& s, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  int n = 0;
  const launch::Select f{flag, index, n};
  return s.run(f, f), n;
}
template <class A, class B> Real quantile(const Both<A, B>& s, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  Real x = 0.0;
  const launch::Quantile f{value, q, index, x};
  return s.run(f, f), x;
}
template <class A, class B> void synchronize(const Both<A, B>&) {}

template <class S, class F> void for_each(const Timed<S>& s, std::int64_t n, const F& f) { s.run(f, launch::Each<F>{n, f}); }
template <class S, class F> void for_rows(const Timed<S>& s, int n_row, int n_col, const F& f) { s.run(f, launch::Rows<F>{n_row, n_col, f}); }
template <class S, class F> void for_teams(const Timed<S>& s, int n_item, int team_size, std::size_t bytes, const F& f) {
  s.run(f, launch::Teams<F>{n_item, team_size, bytes, f});
}
template <class S, class F> Real reduce(const Timed<S>& s, std::int64_t n, const F& f) {
  Real sum = 0.0;
  s.run(f, launch::Reduce<F>{n, f, sum});
  return sum;
}
template <class S> void sort_by_key(const Timed<S>& s, View<const Real, 1> key, View<std::int32_t, 1> index) {
  const launch::SortByKey f{key, index};
  s.run(f, f);
}
template <class S> int select(const Timed<S>& s, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  int n = 0;
  const launch::Select f{flag, index, n};
  return s.run(f, f), n;
}
template <class S> Real quantile(const Timed<S>& s, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  Real x = 0.0;
  const launch::Quantile f{value, q, index, x};
  return s.run(f, f), x;
}
template <class S> void synchronize(const Timed<S>& s) { synchronize(s.space); }

}  // namespace coldsun

// Two spaces for checks: Both runs every kernel on two spaces and compares, Timed runs it on one and keeps the seconds.
// Whatever is templated on a Space runs on them unchanged, so that every kernel, also a later one, is compared and timed by itself.
#pragma once
#include <chrono>
#include <typeinfo>

#include "common/loops.hpp"
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
template <class S> void synchronize(const Timed<S>& s) { synchronize(s.space); }

}  // namespace coldsun

// Spaces for checks: Both compares every kernel on two spaces, Timed measures its time, Watched lists the fields that
// it changes. Code templated on a Space runs on them unchanged, so that new kernels are covered automatically.
#pragma once
#include <chrono>
#include <typeinfo>

#include "common/loops.hpp"
#include "common/primitives.hpp"
#include "core/check/ledger.hpp"
#include "core/check/writers.hpp"

namespace coldsun {

// A space for checks has run(name, launch); launch(space) starts the kernel on one of its inner spaces.
template <class First, class Second>
struct Both {
  Ledger* ledger;
  First first;
  Second second;

  template <class Launch>
  void run(const std::string& name, const Launch& launch) const {
    ledger->compare(name, [&] { launch(first), synchronize(first); }, [&] { launch(second), synchronize(second); });
  }
};

template <class Space>
struct Timed {
  Tally* tally;
  Space space;

  template <class Launch>
  void run(const std::string& name, const Launch& launch) const {
    synchronize(space);
    const auto start = std::chrono::steady_clock::now();
    launch(space), synchronize(space);
    auto& kernel = tally->kernels[name];
    kernel.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ++kernel.n_call;
  }
};

template <class Space>
struct Watched {
  Writers* writers;
  Space space;

  template <class Launch>
  void run(const std::string& name, const Launch& launch) const {
    writers->watch(name, [&] { launch(space), synchronize(space); });
  }
};

template <class S>
inline constexpr bool checking = false;
template <class A, class B>
inline constexpr bool checking<Both<A, B>> = true;
template <class S>
inline constexpr bool checking<Timed<S>> = true;
template <class S>
inline constexpr bool checking<Watched<S>> = true;
template <class S>
concept Checking = checking<S>;

// Kernel launches as values, to launch the same kernel on both spaces.
namespace launch {
template <class F>
struct Each {
  std::int64_t n;
  const F& f;
  template <class S>
  void operator()(const S& s) const {
    for_each(s, n, f);
  }
};
template <class F>
struct Rows {
  int n_row, n_col;
  const F& f;
  template <class S>
  void operator()(const S& s) const {
    for_rows(s, n_row, n_col, f);
  }
};
template <class F>
struct Teams {
  int n_item, team_size;
  std::size_t bytes;
  const F& f;
  template <class S>
  void operator()(const S& s) const {
    for_teams(s, n_item, team_size, bytes, f);
  }
};
template <class F>
struct Reduce {
  std::int64_t n;
  const F& f;
  Real& sum;
  template <class S>
  void operator()(const S& s) const {
    sum = reduce(s, n, f);
  }
};
// The primitives, with names of their own.
struct SortByKey {
  View<const Real, 1> key;
  View<std::int32_t, 1> index;
  template <class S>
  void operator()(const S& s) const {
    sort_by_key(s, key, index);
  }
};
struct Select {
  View<const std::int32_t, 1> flag;
  View<std::int32_t, 1> index;
  int& n;
  template <class S>
  void operator()(const S& s) const {
    n = select(s, flag, index);
  }
};
struct Quantile {
  View<const Real, 1> value;
  Real q;
  View<std::int32_t, 1> index;
  Real& x;
  template <class S>
  void operator()(const S& s) const {
    x = quantile(s, value, q, index);
  }
};
}  // namespace launch

template <class F>
std::string name_of() {
  return kernel_name(typeid(F).name());
}
template <Checking S, class F>
void for_each(const S& s, std::int64_t n, const F& f) {
  s.run(name_of<F>(), launch::Each<F>{n, f});
}
template <Checking S, class F>
void for_rows(const S& s, int n_row, int n_col, const F& f) {
  s.run(name_of<F>(), launch::Rows<F>{n_row, n_col, f});
}
template <Checking S, class F>
void for_teams(const S& s, int n_item, int team_size, std::size_t bytes, const F& f) {
  s.run(name_of<F>(), launch::Teams<F>{n_item, team_size, bytes, f});
}
template <Checking S, class F>
Real reduce(const S& s, std::int64_t n, const F& f) {
  Real sum = 0.0;
  s.run(name_of<F>(), launch::Reduce<F>{n, f, sum});
  return sum;
}
template <Checking S>
void sort_by_key(const S& s, View<const Real, 1> key, View<std::int32_t, 1> index) {
  s.run(name_of<launch::SortByKey>(), launch::SortByKey{key, index});
}
template <Checking S>
int select(const S& s, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  int n = 0;
  s.run(name_of<launch::Select>(), launch::Select{flag, index, n});
  return n;
}
template <Checking S>
Real quantile(const S& s, View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  Real x = 0.0;
  s.run(name_of<launch::Quantile>(), launch::Quantile{value, q, index, x});
  return x;
}
template <Checking S>
void synchronize(const S&) {}

}  // namespace coldsun

// The comparison of two backends finds a faulty backend and passes a correct one.
#include <gtest/gtest.h>

#include <cmath>

#include "core/check/spaces.hpp"

namespace coldsun {

// Spaces like Host with one fault each.
struct Forgetful {};  // skips the last column
template <class F>
void for_rows(Forgetful, int n_row, int n_col, const F& f) {
  for_rows(Host{}, n_row, n_col - 1, f);
}
inline void synchronize(Forgetful) {}

struct Eager {};  // runs everything twice
template <class F>
void for_rows(Eager, int n_row, int n_col, const F& f) {
  for_rows(Host{}, n_row, n_col, f), for_rows(Host{}, n_row, n_col, f);
}
inline void synchronize(Eager) {}

namespace {

struct Twice {  // reads x; writes y, n. 20 B and 1 flop per item
  View<const Real, 2> x;
  View<Real, 2> y;
  View<std::int32_t, 2> n;
  COLDSUN_FN void operator()(int r, int c) const { y(r, c) = 2.0 * x(r, c), n(r, c) = r + c; }
};
struct Grow {  // reads and writes x. 16 B and 1 flop per item
  View<Real, 2> x;
  COLDSUN_FN void operator()(int r, int c) const { x(r, c) *= 1.5; }
};

struct GrowInto {  // reads and writes x; writes y. 24 B and 2 flops per item
  View<Real, 2> x, y;
  COLDSUN_FN void operator()(int r, int c) const { x(r, c) *= 1.5, y(r, c) = x(r, c) + 1.0; }
};

struct Memory {
  Array<Real, 2> x{Device::host, {3, 5}}, y{Device::host, {3, 5}};
  Array<std::int32_t, 2> n{Device::host, {3, 5}};
  std::vector<FieldRef> fields() const {
    const std::vector<std::int32_t> extent = {3, 5};
    return {{"a", {"x", "1", "r c", "", Kind::state}, Scalar::f64, 8, extent, x.data()},
            {"a", {"y", "1", "r c", "", Kind::derived}, Scalar::f64, 8, extent, y.data()},
            {"a", {"n", "1", "r c", "", Kind::derived}, Scalar::i32, 4, extent, n.data()}};
  }
  Memory() {
    for (int i = 0; i < 15; ++i) x.data()[i] = 1.0 + i;
  }
};

template <class Second>
Ledger::Kernel twice(Memory& memory) {
  Ledger ledger(memory.fields());
  for_rows(Both<Host, Second>{&ledger, {}, {}}, 3, 5, Twice{memory.x, memory.y, memory.n});
  EXPECT_EQ(ledger.kernels().size(), 1u);
  return ledger.kernels().begin()->second;
}

TEST(Parity, EqualBackendsAgree) {
  Memory memory;
  const auto kernel = twice<Host>(memory);
  EXPECT_EQ(kernel.worst, 0.0);
  EXPECT_EQ(kernel.n_call, 1);
  EXPECT_EQ(kernel.n_poisoned, 1);
  EXPECT_EQ(memory.y(2, 4), 30.0);  // results of the first backend are kept
}

TEST(Parity, UnwrittenElementIsFoundByPoison) {
  Memory memory;
  memory.y.fill(0.0);
  const auto kernel = twice<Forgetful>(memory);
  EXPECT_TRUE(std::isinf(kernel.worst));
  EXPECT_EQ(kernel.where, "a/y");
  EXPECT_EQ(memory.y(2, 4), 30.0);
}

TEST(Parity, KernelsThatReadTheirOutputAreNotPoisonedButCompared) {
  Memory memory;
  Ledger ledger(memory.fields());
  for_rows(Both<Host, Host>{&ledger, {}, {}}, 3, 5, Grow{memory.x});
  EXPECT_EQ(ledger.kernels().begin()->second.worst, 0.0);
  EXPECT_EQ(ledger.kernels().begin()->second.n_poisoned, 0);
  for_rows(Both<Host, Eager>{&ledger, {}, {}}, 3, 5, Grow{memory.x});
  EXPECT_NEAR(ledger.kernels().begin()->second.worst, 0.5, 1e-15);  // 1.5 applied twice against once
  EXPECT_EQ(memory.x(0, 0), 2.25);
}

// If a kernel reads some of its outputs, the others are still poisoned.
struct HalfForgetful {};  // grows x everywhere, but does not write the last column of y
template <class F>
void for_rows(HalfForgetful, int n_row, int n_col, const F& f) {
  for (int r = 0; r < n_row; ++r) {
    const Real last = f.y(r, n_col - 1);
    for (int c = 0; c < n_col; ++c) f(r, c);
    f.y(r, n_col - 1) = last;
  }
}
inline void synchronize(HalfForgetful) {}

TEST(Parity, OutputsThatAreNotReadArePoisonedBesideThoseThatAre) {
  Memory memory;
  memory.y.fill(1e-30);
  Ledger ledger(memory.fields());
  for_rows(Both<Host, Host>{&ledger, {}, {}}, 3, 5, GrowInto{memory.x, memory.y});
  EXPECT_EQ(ledger.kernels().at("GrowInto").worst, 0.0);
  EXPECT_EQ(ledger.kernels().at("GrowInto").n_poisoned, 1);
  for_rows(Both<Host, HalfForgetful>{&ledger, {}, {}}, 3, 5, GrowInto{memory.x, memory.y});
  EXPECT_TRUE(std::isinf(ledger.kernels().at("GrowInto").worst));
  EXPECT_EQ(ledger.kernels().at("GrowInto").where, "a/y");
}

TEST(Parity, BalanceToleranceIsTheLargerOfShareAndRounding) {
  Balance b;
  b.add({0.0, 0.0}), b.add({5.0, -3.0, -2.0});
  EXPECT_EQ(b.worst, 0.0);
  b.add({1e3, -1e3 + 0.5e-7});
  EXPECT_NEAR(b.worst, 0.5, 1e-5);
  EXPECT_TRUE(b.holds());
  b.add({1e3, -1e3 + 4e-7}, 1e-6);  // the rounding of stored values is larger
  EXPECT_TRUE(b.holds());
  b.add({1e3, -1e3 + 4e-7});
  EXPECT_FALSE(b.holds());
  Balance lost;
  lost.add({1.0, std::nan("")}), lost.add({1.0, -1.0});
  EXPECT_FALSE(lost.holds());
}

TEST(Parity, KernelNamesAreDemangled) {
  Memory memory;
  Ledger ledger(memory.fields());
  Tally tally;
  for_rows(Both<Host, Host>{&ledger, {}, {}}, 3, 5, Grow{memory.x});
  for (int i = 0; i < 3; ++i) for_rows(Timed<Host>{&tally, {}}, 3, 5, Grow{memory.x});
  EXPECT_EQ(ledger.kernels().begin()->first, "Grow");
  EXPECT_EQ(tally.kernels.at("Grow").n_call, 3);
  EXPECT_GT(tally.kernels.at("Grow").seconds, 0.0);
}

}  // namespace
}  // namespace coldsun

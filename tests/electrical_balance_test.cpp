// The bus in random situations: both balances, delivery of the allocation, the same bits alone and in a batch.
#include "electrical_plant.hpp"

namespace coldsun::electrical {
namespace {

template <class Space>
class BusAnywhere : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(BusAnywhere, test::Backends);

// 1,300 members x 8 kinds of site = 10,400 situations; p_node is drawn without regard to the caps in half of them, so
// that the closing sheds.
TYPED_TEST(BusAnywhere, BalancesInAnySituation) {
  Rig b(device_of<TypeParam>, 1300);
  for (int m = 0; m < b.n_member; ++m) b.draw(m, 11, static_cast<std::uint32_t>(m));
  allocate(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
  for (int m = 0; m < b.n_member; ++m) {
    b.consume(m, 11, static_cast<std::uint32_t>(m), false);
    if (m % 2 == 0) continue;
    for (int n = 0; n < n_kind * n_node; ++n) b.p_node(m, n) = b.p_request(m, n) + 0.5 * b.p_leak(m, n);
    for (int s = 0; s < n_kind; ++s) b.p_aux(m, s) = b.p_aux_bound(m, s);
  }
  advance(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
  int curtailed = 0, charged = 0, discharged = 0, imported = 0, exported = 0, generated = 0, shed = 0, passed = 0,
      limited = 0, dcm = 0, dark = 0, unconverged = 0;
  for (int m = 0; m < b.n_member; ++m) {
    unconverged += (b.flags(m) & flag_bus_not_converged) != 0;
    EXPECT_TRUE(m % 2 == 1 || (b.flags(m) & flag_bus_shed) == 0u);
    shed += (b.flags(m) & flag_bus_shed) != 0;
    for (int s = 0; s < n_kind; ++s) {
      check_site(b, m, s);
      const State& st = b.st;
      curtailed += st.pv_share(m, s) < 1.0, charged += st.p_battery(m, s) < -10, discharged += st.p_battery(m, s) > 1e3;
      imported += st.p_grid(m, s) > 1e3, exported += st.p_grid(m, s) < -10, generated += st.p_genset(m, s) > 1e3,
          dark += st.p_pv_available(m, s) == 0.0;
    }
    for (int i = 0; i < n_kind * n_string; ++i) {
      const auto mode = static_cast<Mode>(b.st.mode(m, i));
      passed += mode == Mode::pass_through, limited += mode == Mode::limited, dcm += mode == Mode::dcm;
      EXPECT_GE(b.st.i_pv(m, i), 0.0);
      EXPECT_GE(b.st.loss(m, i), 0.0);
      EXPECT_GE(b.st.duty(m, i), 0.0);
      EXPECT_LT(b.st.duty(m, i), 1.0);
    }
  }
  EXPECT_EQ(unconverged, 0);
  for (int met : {curtailed, charged, discharged, imported, exported, generated, shed, passed, limited, dcm, dark})
    EXPECT_GT(met, 30);
}

// The guarantee of allocate: 12,500 members x 8 sites = 1e5 cases, every node at its cap or anywhere below, auxiliaries
// likewise.
TYPED_TEST(BusAnywhere, DeliversEveryAllocation) {
  const int n = 1250;
  Rig b(device_of<TypeParam>, n);
  int off = 0, part = 0, full = 0;
  for (int round = 0; round < 10; ++round) {
    for (int m = 0; m < n; ++m) b.draw(m, 100 + static_cast<std::uint64_t>(round), static_cast<std::uint32_t>(m));
    allocate(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
    for (int m = 0; m < n; ++m) b.consume(m, 7, static_cast<std::uint32_t>(m), m % 3 == 0);
    advance(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
    for (int m = 0; m < n; ++m) {
      ASSERT_EQ(b.flags(m), 0u) << "round " << round << " member " << m;
      for (int s = 0; s < n_kind; ++s) {
        double sum = 0.0;
        for (int k = s * n_node; k < (s + 1) * n_node; ++k) {
          const double cap = b.st.p_allocated(m, k), least = b.p_floor(m, k) + b.p_leak(m, k),
                       most = std::max(b.p_request(m, k), b.p_floor(m, k)) + b.p_leak(m, k);
          ASSERT_TRUE(cap == 0.0 || (cap >= least && cap <= most)) << cap << " " << least << " " << most;
          ASSERT_EQ(b.st.p_served_node(m, k), b.p_node(m, k));
          sum += cap > 0.0 ? cap - b.p_leak(m, k) : 0.0;
          off += cap == 0.0 && b.p_request(m, k) > 0.0, full += cap > 0.0 && cap == most,
              part += cap > 0.0 && cap < most;
        }
        ASSERT_LE(sum, b.p_site_cap(m, s) * (1.0 + 1e-12));
        ASSERT_EQ(b.st.p_aux(m, s), b.p_aux(m, s));
        ASSERT_NEAR(b.st.balance_bus(m, s), 0.0, 1e-10 * largest(b.st, m, s));
      }
    }
  }
  EXPECT_GT(off, 1000);
  EXPECT_GT(part, 1000);
  EXPECT_GT(full, 1000);
}

// A member gives the same bits alone, in a batch and among strangers.
TYPED_TEST(BusAnywhere, SameBitsAloneAndInABatch) {
  Rig many(device_of<TypeParam>, 37), one(device_of<TypeParam>, 1);
  for (int m = 0; m < 37; ++m) many.draw(m, 5, static_cast<std::uint32_t>(m));
  for (int id : {0, 17, 36}) {
    one.draw(0, 5, static_cast<std::uint32_t>(id));
    for (Rig* b : {&many, &one}) {
      if (b == &many)
        for (int m = 0; m < 37; ++m) b->draw(m, 5, static_cast<std::uint32_t>(m));
      b->flags.fill(0);
      allocate(TypeParam{}, b->sys, b->st, b->drive(), b->cut());
      for (int m = 0; m < b->n_member; ++m) b->consume(m, 5, static_cast<std::uint32_t>(b == &one ? id : m), false);
      advance(TypeParam{}, b->sys, b->st, b->drive(), b->cut());
    }
    std::vector<std::vector<double>> bits;
    State::each(many.st, [&](const FieldInfo&, const auto& a) {
      bits.emplace_back();
      for (int i = 0; i < a.extent(1); ++i) bits.back().push_back(static_cast<double>(a(id, i)));
    });
    std::size_t f = 0;
    State::each(one.st, [&](const FieldInfo& info, const auto& a) {
      for (int i = 0; i < a.extent(1); ++i)
        ASSERT_EQ(bits[f][static_cast<std::size_t>(i)], static_cast<double>(a(0, i)))
            << info.name << " " << i << " member " << id;
      ++f;
    });
  }
}

// Members that are not active keep every byte.
TYPED_TEST(BusAnywhere, DoesNotChangeInactiveMembers) {
  Rig b(device_of<TypeParam>, 5);
  for (int m = 0; m < 5; ++m) b.draw(m, 6, static_cast<std::uint32_t>(m));
  State::each(
      b.st, [&](const FieldInfo&, auto& a) { a.fill(static_cast<typename std::decay_t<decltype(a)>::value_type>(7)); });
  b.member(0) = 3;
  b.n_member = 1;
  b.draw(3, 6, 3u);
  allocate(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
  b.consume(3, 6, 3u, false);
  advance(TypeParam{}, b.sys, b.st, b.drive(), b.cut());
  State::each(b.st, [&](const FieldInfo& info, const auto& a) {
    for (int m : {0, 1, 2, 4})
      for (int i = 0; i < a.extent(1); ++i) ASSERT_EQ(static_cast<double>(a(m, i)), 7.0) << info.name;
  });
}

}  // namespace
}  // namespace coldsun::electrical

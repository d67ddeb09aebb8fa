// Decoder on every backend: an independent checker over ten thousand random instances, the heuristics' schedules, jobs
// that cannot be placed.
#include <algorithm>
#include <vector>

#include "schedule/example.hpp"
#include "tests/schedule_run.hpp"

namespace coldsun::schedule {
namespace {

using test::device_of;

// The checker counts nodes by their changes in the finished plan. A booking proves that the bytes fit: it fills slot
// after slot with the most urgent data first or, if that fails, with the jobs by their first key. A plan without any
// booking is a fault.
struct Checker {
  const Problem& p;
  const Population& x;
  int plan;
  const char* fault = nullptr;

  void fail(const char* what) {
    if (!fault) fault = what;
  }
  int at(const Array<std::int32_t, 2>& a, int j) const { return a(plan, j); }

  void nodes() {
    for (int s = 0; s < p.n_place(); ++s) {
      std::vector<int> change(static_cast<std::size_t>(p.n_slot()) + 1, 0);
      for (int j = 0; j < p.n_job(); ++j) {
        if (at(x.start, j) < 0 || at(x.place, j) != s) continue;
        change[static_cast<std::size_t>(at(x.start, j))] += p.job(j).n_node;
        const int stop = at(x.start, j) + at(x.booked, j);
        if (stop <= p.n_slot()) change[static_cast<std::size_t>(stop)] -= p.job(j).n_node;
      }
      int busy = 0;
      for (int t = 0; t < p.n_slot(); ++t)
        if ((busy += change[static_cast<std::size_t>(t)]) > p.place(s).n_node) fail("more nodes than there are");
    }
  }

  void job(int j) {
    const Job& w = p.job(j);
    const int s = at(x.start, j), place = at(x.place, j);
    if (place < 0 || place >= p.n_place() || at(x.level, j) < 0 || at(x.level, j) >= n_level)
      return fail("no such place or level");
    if (w.running && (place != w.home || (w.release <= 0.0 && s != 0))) return fail("a running job moved");
    if (w.running && !w.preemptible && at(x.level, j) != 0)
      return fail("a running job that may not be touched was capped");
    if (s < 0) return;
    if (s >= p.n_slot()) return fail("a start outside the horizon");
    if (s * p.slot < w.release - 1e-6) return fail("started before its release");
    const Real level = p.level[at(x.level, j)];
    if (at(x.booked, j) * p.slot * std::max(workload::pace_at(level), 0.05) < w.work - 1e-5)
      return fail("booked less than its work takes");
    if (place != w.home && w.data_in > 0.0 && at(x.send, j) * p.slot < w.release - 1e-6)
      fail("sent before its release");
    if (place != w.home && w.data_out > 0.0 &&
        (at(x.arrival, j) < s + at(x.booked, j) || at(x.arrival, j) >= p.n_slot()))
      fail("results late");
  }

  // A transfer: bytes between two places in the slots [from, to).
  struct Transfer {
    int a, b, from, to;
    Real bytes, key;
  };
  std::vector<Transfer> transfers() const {
    std::vector<Transfer> all;
    for (int j = 0; j < p.n_job(); ++j) {
      const Job& w = p.job(j);
      const int s = at(x.start, j), place = at(x.place, j);
      if (s < 0 || place == w.home) continue;
      const int released = static_cast<int>(std::ceil(std::max(w.release, 0.0) / p.slot - 1e-9));
      if (w.data_in > 0.0) all.push_back({w.home, place, released, s, w.data_in, x.key(plan, n_gene * j)});
      if (w.data_out > 0.0)
        all.push_back({place, w.home, s + at(x.booked, j), at(x.arrival, j) + 1, w.data_out, x.key(plan, n_gene * j)});
    }
    return all;
  }
  bool fits(std::vector<Transfer> all) const {
    std::vector<Real> left(static_cast<std::size_t>(p.n_place() * p.n_slot()));
    const auto room = [&](int s, int t) -> Real& { return left[static_cast<std::size_t>(s * p.n_slot() + t)]; };
    for (int s = 0; s < p.n_place(); ++s)
      for (int t = 0; t < p.n_slot(); ++t)
        room(s, t) = p.antennas(s, t) > 0 ? p.antennas(s, t) * p.link_bytes(s, t) * (1.0 + 1e-9) : 0.0;
    for (Transfer& f : all) {
      for (int t = f.from; t < f.to && f.bytes > 0.0; ++t) {
        if (p.antennas(f.a, t) < 1 || p.antennas(f.b, t) < 1) continue;
        const Real one = std::min(p.link_bytes(f.a, t), p.link_bytes(f.b, t));
        const Real carried = std::min({f.bytes, one, room(f.a, t), room(f.b, t)});
        room(f.a, t) -= carried, room(f.b, t) -= carried, f.bytes -= carried;
      }
      if (f.bytes > 1.0) return false;
    }
    return true;
  }
  void links() {
    std::vector<Transfer> all = transfers();
    const auto first_due = [](const Transfer& a, const Transfer& b) {
      return a.to < b.to || (a.to == b.to && a.from < b.from);
    };
    std::stable_sort(all.begin(), all.end(), first_due);
    if (fits(all)) return;
    const auto by_key = [&](const Transfer& a, const Transfer& b) {
      return a.key < b.key || (a.key == b.key && first_due(a, b));
    };
    std::stable_sort(all.begin(), all.end(), by_key);
    if (!fits(all)) fail("data do not fit into the windows and antennas");
  }
  const char* operator()() {
    for (int j = 0; j < p.n_job(); ++j) job(j);
    if (!fault) nodes();
    if (!fault) links();
    return fault;
  }
};

ExampleShape shape_of(const Chance& c, std::uint32_t i) {
  const auto pick = [&](std::uint32_t draw, int low, int high) {
    return low + static_cast<int>(c.uniform(i, draw) * (high - low + 1));
  };
  ExampleShape e;
  e.n_job = pick(0, 1, 14), e.n_place = pick(1, 1, 3), e.n_slot = pick(2, 6, 60), e.n_scenario = 1,
  e.n_node = pick(3, 8, 24);
  e.n_running = pick(4, 0, 3), e.n_expected = pick(11, 0, 2), e.work_median = 300.0 * e.n_slot * 0.4 * c.uniform(i, 5),
  e.data_median = 2e10 * c.uniform(i, 6);
  e.contact_share = c.uniform(i, 10);
  e.data_out_share = c.uniform(i, 7) * 1.5;
  return e;
}

template <class Space>
class ScheduleDecode : public test::OnBackend<Space> {};
TYPED_TEST_SUITE(ScheduleDecode, test::Backends);

// Ten thousand instances, a plan of random keys each; of every hundredth the heuristics' plans too.
TYPED_TEST(ScheduleDecode, NoPlanBreaksNodesWindowsOrAntennas) {
  const Chance c{11, 0, Stream::test, 77};
  constexpr int n_instance = 10'000;
  int moved = 0, left_out = 0, placed = 0, returned = 0;
  for (std::uint32_t i = 0; i < n_instance; ++i) {
    Problem p = example_problem(shape_of(c, i), i, device_of<TypeParam>);
    p.n_start = c.uniform(i, 8) < 0.5 ? 0 : 1 + static_cast<int>(8.0 * c.uniform(i, 9));
    const int n_plan = i % 100 == 0 ? 1 + n_rule : 1;
    Population x = random_plans(p, n_plan, i, device_of<TypeParam>);
    if (n_plan > 1) {
      prepare(TypeParam{}, p);
      synchronize(TypeParam{});
      check_problem(p);
      for (int r = 0; r < n_rule; ++r) rule_keys(p, static_cast<Rule>(r), x.key.view().row(1 + r));
    }
    decode(TypeParam{}, p, x, 0, n_plan);
    synchronize(TypeParam{});
    for (int k = 0; k < n_plan; ++k) {
      const char* fault = Checker{p, x, k}();
      ASSERT_EQ(fault, nullptr) << fault << ": instance " << i << ", plan " << k;
      for (int j = 0; j < p.n_job(); ++j) {
        left_out += x.start(k, j) < 0, placed += x.start(k, j) >= 0, returned += x.arrival(k, j) >= 0;
        moved += x.start(k, j) >= 0 && x.place(k, j) != p.job(j).home;
      }
    }
  }
  EXPECT_GT(moved, 5000);
  EXPECT_GT(returned, 5000);
  EXPECT_GT(left_out, 50);
  EXPECT_GT(placed, 30000);
}

// The checker can fail: each fault put into a good plan is seen.
TEST(ScheduleChecker, FindsInjectedFaults) {
  ExampleShape e;
  e.n_job = 12, e.n_slot = 48, e.n_scenario = 1, e.n_node = 12, e.n_running = 0, e.work_median = 3000.0,
  e.data_median = 1e10;
  e.contact_share = 0.5;
  int seen = 0, tried = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Problem p = example_problem(e, seed);
    Population x = random_plans(p, 1, seed, Device::host);
    decode(Host{}, p, x, 0, 1);
    ASSERT_EQ((Checker{p, x, 0}()), nullptr);
    for (int j = 0; j < p.n_job(); ++j) {
      if (x.start(0, j) < 0) continue;
      const int place = x.place(0, j), booked = x.booked(0, j), arrival = x.arrival(0, j);
      if (place == p.job(j).home) {
        x.place(0, j) = 1 - place;  // as if its data were already there
        ++tried, seen += Checker{p, x, 0}() != nullptr;
        x.place(0, j) = place;
      }
      x.booked(0, j) = booked - 1;
      EXPECT_NE((Checker{p, x, 0}()), nullptr);
      x.booked(0, j) = booked;
      if (arrival >= 0) {
        x.arrival(0, j) = x.start(0, j);
        EXPECT_NE((Checker{p, x, 0}()), nullptr);
        x.arrival(0, j) = arrival;
      }
    }
    // Everybody at once.
    for (int j = 0; j < p.n_job(); ++j) x.place(0, j) = 0, x.start(0, j) = 40;
    EXPECT_NE((Checker{p, x, 0}()), nullptr);
  }
  EXPECT_GT(seen, tried / 2);
}

// The first key orders, the third selects the start: with room everywhere a job starts at the start of its key.
TEST(ScheduleDecoder, AKeySelectsItsStart) {
  ExampleShape e;
  e.n_job = 1, e.n_place = 1, e.n_slot = 40, e.n_scenario = 1, e.n_running = 0;
  Problem p = example_problem(e, 5);
  p.job(0) = {};
  p.job(0).work = 10 * p.slot, p.job(0).release = 2 * p.slot, p.job(0).deadline = 1e6;
  prepare(Host{}, p);
  Population x = make_population(p, 64, Device::host);
  for (int k = 0; k < 64; ++k) x.key(k, 2) = k / 64.0;
  decode(Host{}, p, x, 0, 64);
  for (int k = 0; k < 64; ++k)
    EXPECT_EQ(x.start(k, 0), 2 + static_cast<int>(k / 64.0 * (40 - 2)));  // a late deadline: up to the last slot
  p.job(0).deadline = 20 * p.slot;
  decode(Host{}, p, x, 0, 64);
  for (int k = 0; k < 64; ++k)
    EXPECT_EQ(x.start(k, 0), 2 + static_cast<int>(k / 64.0 * 29));  // until it just ends in the horizon
}

// EASY fills a hole that FCFS leaves, and does not delay the first in the queue.
TEST(ScheduleRules, EasyBackfillsWithoutDelay) {
  ExampleShape e;
  e.n_job = 3, e.n_place = 1, e.n_slot = 60, e.n_scenario = 1, e.n_node = 10, e.n_running = 0;
  Problem p = example_problem(e, 5);
  const auto job = [&](int j, int n_node, int slots, Real release) {
    p.job(j) = {};
    p.job(j).n_node = n_node, p.job(j).work = slots * p.slot, p.job(j).release = release, p.job(j).deadline = 1e6;
  };
  job(0, 6, 20, 0.0), job(1, 8, 10, 1.0), job(2, 4, 15, 2.0);
  prepare(Host{}, p);
  Population x = make_population(p, 2, Device::host);
  rule_keys(p, Rule::fcfs, x.key.view().row(0)), rule_keys(p, Rule::easy, x.key.view().row(1));
  decode(Host{}, p, x, 0, 2);
  EXPECT_EQ(x.start(0, 0), 0);
  EXPECT_EQ(x.start(0, 1), 20);
  EXPECT_EQ(x.start(0, 2), 30);
  EXPECT_EQ(x.start(1, 0), 0);
  EXPECT_EQ(x.start(1, 1), 20);
  EXPECT_EQ(x.start(1, 2), 1);
}

// Greedy-green goes to the sun, wait-awhile to the cleanest hours of its slack.
TEST(ScheduleRules, GreenRulesFollowSurplusAndCarbonIntensity) {
  ExampleShape e;
  e.n_job = 1, e.n_place = 2, e.n_slot = 60, e.n_scenario = 2, e.n_node = 10, e.n_running = 0;
  Problem p = example_problem(e, 5);
  p.job(0) = {};
  p.job(0).work = 10 * p.slot, p.job(0).deadline = 45 * p.slot;
  prepare(Host{}, p);
  p.pv_linear.fill(0.0), p.pv_square.fill(0.0);
  for (int m = 0; m < 2; ++m)
    for (int t = 33; t < 43; ++t) p.pv_linear(m, 1, t) = 1e6;
  p.carbon.fill(1.0), p.carbon(0, 50) = 0.0;
  for (int t = 20; t < 30; ++t) p.carbon(0, t) = 0.5;
  Population x = make_population(p, 2, Device::host);
  rule_keys(p, Rule::greedy_green, x.key.view().row(0)), rule_keys(p, Rule::wait_awhile, x.key.view().row(1));
  decode(Host{}, p, x, 0, 2);
  EXPECT_EQ(x.place(0, 0), 1);
  EXPECT_EQ(x.start(0, 0), 33);
  EXPECT_EQ(x.place(1, 0), 0);
  EXPECT_EQ(x.start(1, 0), 20);
}

}  // namespace
}  // namespace coldsun::schedule

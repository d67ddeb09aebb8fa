// Slot tables against brute force: every satellite of a small shell looked at in every slot, strategies written out
// once more.
#include "backends.hpp"
#include "orbit/handover.hpp"
#include "orbit_cases.hpp"

namespace coldsun::test {
namespace {

using namespace orbit;

template <class Space>
class OrbitHandover : public OnBackend<Space> {};
TYPED_TEST_SUITE(OrbitHandover, Backends);

const Time start = 1'781'395'200 * ns_per_s + 5 * ns_per_s, stop = start + 7200 * ns_per_s;  // 2026-06-14T00:00:05Z
const Real mask = 25 * degree;

// Elevations of all satellites at all slot starts, one after another, without windows.
struct Everything {
  std::vector<std::vector<Look>> look;  // [slot][satellite]
  std::vector<std::vector<int>> left;   // slot starts at which it is still up, this one among them
};
Everything look_at_everything(const std::vector<ElementSet>& sets, const Station& station, Time first, int n_slot,
                              int beyond) {
  Everything e;
  for (int k = 0; k < n_slot + beyond; ++k) {
    const Time t = slot_start(first + k);
    e.look.emplace_back();
    for (const auto& set : sets) {
      Sgp4Coefficients c;
      sgp4_init(set.mean, c);
      e.look.back().push_back(
          look(station, teme_to_pef(sgp4_propagate(c, seconds(t - set.mean.epoch) / 60).teme, gmst82(t, 0.0))));
    }
  }
  e.left.assign(e.look.size(), std::vector<int>(sets.size(), 0));
  for (std::size_t k = e.look.size(); k-- > 0;)
    for (std::size_t s = 0; s < sets.size(); ++s)
      e.left[k][s] = e.look[k][s].elevation < mask ? 0 : 1 + (k + 1 < e.look.size() ? e.left[k + 1][s] : 0);
  return e;
}

int best_of(const Everything& e, std::size_t k, bool lasting) {
  int best = -1;
  for (std::size_t s = 0; s < e.look[k].size(); ++s) {
    if (e.left[k][s] == 0) continue;
    const std::size_t b = static_cast<std::size_t>(best);
    const bool higher = best < 0 || e.look[k][s].elevation > e.look[k][b].elevation;
    const bool longer = best < 0 || e.left[k][s] > e.left[k][b], equal = best >= 0 && e.left[k][s] == e.left[k][b];
    if (lasting ? longer || (equal && higher) : higher) best = static_cast<int>(s);
  }
  return best;
}

TYPED_TEST(OrbitHandover, AgreesWithBruteForce) {
  const auto sets = small_shell(start);
  const Catalogue catalogue = make_catalogue(sets, device_of<TypeParam>);
  const auto stations = reference_stations(mask);
  const Time first = slot_number(start);
  EXPECT_LE(slot_start(first), start);
  EXPECT_EQ((slot_start(first) / ns_per_s) % 15, 12);
  const Windows windows =
      find_windows(TypeParam{}, catalogue, stations, {slot_start(first), stop + 900 * ns_per_s, 0.0});
  std::vector<Everything> all;
  for (const Strategy how : {Strategy::max_elevation, Strategy::sticky, Strategy::longest_remaining}) {
    const std::vector<Strategy> strategy(2, how);
    const SlotTable t = assign_slots(TypeParam{}, catalogue, stations, strategy, windows, {start, stop, 0.0});
    ASSERT_EQ(t.first, first);
    ASSERT_EQ(t.n_slot(), static_cast<int>(slot_number(stop - 1) - first + 1));
    int handovers = 0, empty = 0;
    for (int site = 0; site < 2; ++site) {
      if (static_cast<int>(all.size()) <= site)
        all.push_back(look_at_everything(sets, stations[static_cast<std::size_t>(site)], first, t.n_slot(), 60));
      const Everything& e = all[static_cast<std::size_t>(site)];
      int held = -1;
      for (int k = 0; k < t.n_slot(); ++k) {
        const std::size_t at = static_cast<std::size_t>(k);
        const int before = held;
        if (how == Strategy::max_elevation || held < 0 || e.left[at][static_cast<std::size_t>(held)] == 0)
          held = best_of(e, at, how == Strategy::longest_remaining);
        ASSERT_EQ(t.satellite(site, k), held)
            << "strategy " << static_cast<int>(how) << " site " << site << " slot " << k;
        int up = 0;
        for (int left : e.left[at]) up += left > 0;
        EXPECT_EQ(t.visible(site, k), up);
        EXPECT_EQ(t.reconfiguration(site, k), k > 0 && held >= 0 && held != before ? 1 : 0);
        handovers += t.reconfiguration(site, k), empty += held < 0;
        if (held < 0) continue;
        const Look& l = e.look[at][static_cast<std::size_t>(held)];
        EXPECT_NEAR(t.elevation(site, k), l.elevation,
                    1e-9);  // the Earth's angle is linear in one and not in the other
        EXPECT_NEAR(t.slant_range(site, k), l.slant_range, 1e-3);
        EXPECT_EQ(static_cast<int>(std::ceil(t.remaining(site, k) / 15.0)), e.left[at][static_cast<std::size_t>(held)]);
      }
    }
    EXPECT_GT(handovers, 20);
    EXPECT_GT(empty, 0);  // a shell this small leaves holes: that case is at work too
  }
}

}  // namespace
}  // namespace coldsun::test

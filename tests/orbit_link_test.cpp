// The outage process and its effect on a member's link: statistics, exact ends, sums that do not depend on the cuts.
#include <algorithm>

#include "backends.hpp"
#include "orbit/link.hpp"
#include "orbit/orbit.hpp"
#include "orbit_cases.hpp"

namespace coldsun::test {
namespace {

using namespace orbit;

template <class Space>
class OrbitLink : public OnBackend<Space> {};
TYPED_TEST_SUITE(OrbitLink, Backends);

const Time start = 1'781'416'800 * ns_per_s, stop = start + 5400 * ns_per_s;  // 2026-06-14T06:00:00Z

// Two sites under a shell with holes and two data satellites, with outages at half of the boundaries.
struct Case {
  Catalogue catalogue;
  Windows windows;
  SlotTable slots;
  Contacts contacts;
  System system;
  State state;
  Drive drive;
};
template <class Space>
Case make_case(int n_member, Real offset, std::uint32_t first_member = 0) {
  constexpr Device device = device_of<Space>;
  Case c;
  const Site masdar{.latitude = 24.4267 * degree,
                    .longitude = 54.6167 * degree,
                    .altitude = 10.0,
                    .broadband_mask = 25 * degree,
                    .mask = 5 * degree,
                    .strategy = Strategy::longest_remaining,
                    .outage_probability = 0.5,
                    .outage_median = 0.519,
                    .outage_sigma = 0.03,
                    .outage_offset = offset,
                    .processing_delay = 0.02};
  Site atacama = masdar;
  atacama.latitude = -22.92 * degree, atacama.longitude = -69.91 * degree, atacama.altitude = 1635.0;
  atacama.entity = 1, atacama.outage_probability = 1.0, atacama.outage_median = 5.0, atacama.outage_sigma = 1.0;
  c.system = make_system({masdar, atacama}, device);
  c.state = make_state(c.system, n_member, device);
  const Time margin = 600 * ns_per_s;
  c.catalogue = make_catalogue(small_shell(start), device);
  const auto stations = stations_of(c.system, link_constellation);
  c.windows = find_windows(Space{}, c.catalogue, stations, {start - margin, stop + margin, 0.0});
  const std::vector<Strategy> strategy(2, Strategy::longest_remaining);
  c.slots = assign_slots(Space{}, c.catalogue, stations, strategy, c.windows, {start - margin / 2, stop + margin, 0.0});
  const Catalogue data = make_catalogue(parse_tle(read_text("orbit_windows.tle")), device);
  c.contacts = join_windows(
      find_windows(Space{}, data, stations_of(c.system, data_constellation), {start - margin, stop + margin, 0.0}));
  c.drive = {c.slots, c.contacts, 11, first_member};
  return c;
}
Link link_of(const Case& c, int m, int site) {
  return {Chance{c.drive.seed, c.drive.first_member + static_cast<std::uint32_t>(m), Stream::link,
                 static_cast<std::uint32_t>(site)},
          OutageLaw{c.state.outage_probability(m, site), c.state.outage_median(m, site), c.state.outage_sigma(m, site),
                    c.system.site(site).outage_offset},
          c.drive.slots, site, nanoseconds(c.state.window_shift(m, link_constellation))};
}

// Advance every member over the same cuts, whose ends are given.
template <class Space>
void walk(Case& c, const std::vector<Time>& ends) {
  const int n = c.state.n_member();
  constexpr Device device = device_of<Space>;
  Array<std::int32_t, 1> member(device, {n});
  Array<Time, 1> a(device, {n}), b(device, {n});
  for (int m = 0; m < n; ++m) member(m) = m;
  for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
    a.fill(ends[k]), b.fill(ends[k + 1]);
    advance(Space{}, c.system, c.state, c.drive, Cut{member, a, b, n});
    synchronize(Space{});
  }
}

TEST(OrbitOutage, StatisticsAreThePriors) {
  const Chance chance{5, 3, Stream::link, 1};
  const OutageLaw law{0.22, 0.519, 0.3, -0.18};
  constexpr int n = 40000;
  int happened = 0, longer = 0;
  Real log_sum = 0, log_square = 0;
  for (Time k = 0; k < n; ++k) {
    const Outage o = outage_at(chance, law, 118'000'000 + k);
    EXPECT_EQ(o.start, slot_start(118'000'000 + k) - 180'000'000);
    if (o.stop == o.start) continue;
    ++happened;
    const Real x = std::log(seconds(o.stop - o.start) / 0.519);
    longer += x > 0, log_sum += x, log_square += x * x;
  }
  // Four standard errors: sqrt(p (1 - p) / n) = 2.1e-3; sigma / sqrt(n p) = 3.2e-3; half of the outages exceed the
  // median to 5e-3.
  EXPECT_NEAR(static_cast<Real>(happened) / n, 0.22, 8.3e-3);
  EXPECT_NEAR(log_sum / happened, 0.0, 1.3e-2);
  EXPECT_NEAR(std::sqrt(log_square / happened), 0.3, 1e-2);
  EXPECT_NEAR(static_cast<Real>(longer) / happened, 0.5, 2.2e-2);
}

TEST(OrbitOutage, NeverLongerThanASlotAndOfItsOwnEntity) {
  const OutageLaw law{1.0, 10.0, 1.5, -0.18};
  Time longest = 0;
  int same = 0;
  for (Time k = 0; k < 400; ++k) {
    const Outage a = outage_at(Chance{5, 3, Stream::link, 0}, law, k),
                 b = outage_at(Chance{5, 3, Stream::link, 1}, law, k);
    longest = std::max(longest, a.stop - a.start), same += a.stop == b.stop;
    EXPECT_LE(a.stop, outage_at(Chance{5, 3, Stream::link, 0}, law, k + 1).start);
  }
  EXPECT_EQ(longest, slot_length);  // the cap is at work
  EXPECT_LT(same, 250);             // only capped ones can agree: P(length > 15 s) = 0.39, both 0.15
}

TEST(OrbitOutage, RoundTrip) {
  EXPECT_NEAR(round_trip(735e3, 0.0), 4.90e-3, 5e-6);
}  // 2 R / c of the reference's summary, 4.90 ms

// up(), down_time(), next_event() and the counts agree: between events the link is constant (sampled), and the down
// times add up. Three offsets: before, at and after the boundary.
TEST(OrbitLinkHost, EventsBoundConstantPieces) {
  for (const Real offset : {-0.18, 0.0, 2.5}) {
    Case c = make_case<Host>(2, offset);
    c.state.window_shift(1, link_constellation) = 7.3;
    for (int m = 0; m < 2; ++m)
      for (int site = 0; site < 2; ++site) {
        const Link link = link_of(c, m, site);
        Time down = 0;
        int events = 0, falls = 0, handovers = 0;
        for (Time t = start; t < stop; ++events) {
          const Time next = link.next_event(t, stop);
          ASSERT_GT(next, t);
          const bool up = link.up(t);
          for (const Time x : {t + (next - t) / 3, t + (next - t) / 2, next - 1}) {
            EXPECT_EQ(link.up(x), up) << seconds(x - start) << " offset " << offset << " site " << site;
            EXPECT_EQ(link.satellite(slot_number(x)), link.satellite(slot_number(t)));
          }
          EXPECT_EQ(link.down_time(t, next), up ? 0 : next - t);
          down += up ? 0 : next - t;
          falls += up && next < stop && !link.up(next);
          handovers += next < stop && link.satellite(slot_number(next)) != link.satellite(slot_number(next - 1)) &&
                       link.satellite(slot_number(next)) >= 0;
          t = next;
        }
        EXPECT_EQ(link.down_time(start, stop), down);
        EXPECT_EQ(link.handovers(start + 1, stop), handovers);
        EXPECT_GT(falls, 50);
        EXPECT_GT(handovers, 5);
        EXPECT_LE(events, 1600);  // 360 slots: two outage ends and a boundary each at most
        EXPECT_GE(link.outages_begun(start, stop), falls / 2);
      }
  }
}

// Sums over the run do not depend on the cuts: 10-s steps, 7.77-s steps, one single cut.
TYPED_TEST(OrbitLink, SumsDoNotDependOnTheCuts) {
  std::vector<std::vector<Time>> cuts(3);
  for (Time t = start; t <= stop; t += 10 * ns_per_s) cuts[0].push_back(t);
  for (Time t = start; t < stop; t += 7'770'000'000) cuts[1].push_back(t);
  cuts[1].push_back(stop);
  cuts[2] = {start, stop};
  Case first;
  for (std::size_t k = 0; k < cuts.size(); ++k) {
    Case c = make_case<TypeParam>(3, -0.18);
    c.state.window_shift(2, link_constellation) = -4.0, c.state.window_shift(2, data_constellation) = 12.5;
    walk<TypeParam>(c, cuts[k]);
    if (k == 0) {
      first = std::move(c);
      continue;
    }
    for (int m = 0; m < 3; ++m)
      for (int b = 0; b < 2; ++b) {
        EXPECT_EQ(c.state.outage_count(m, b), first.state.outage_count(m, b));
        EXPECT_EQ(c.state.handover_count(m, b), first.state.handover_count(m, b));
        EXPECT_NEAR(c.state.outage_seconds(m, b), first.state.outage_seconds(m, b),
                    1e-9);  // sums of a few hundred doubles
        EXPECT_NEAR(c.state.contact_seconds(m, b), first.state.contact_seconds(m, b), 1e-9);
      }
  }
  const Real span = seconds(stop - start);
  for (int b = 0; b < 2; ++b) {
    EXPECT_GT(first.state.contact_seconds(0, b), 300.0);
    EXPECT_LT(first.state.contact_seconds(0, b), 0.6 * span);
    EXPECT_GT(first.state.handover_count(0, b), 5);
    EXPECT_GT(first.state.outage_seconds(0, b), 0.0);
    EXPECT_LT(first.state.outage_seconds(0, b), span);
  }
  EXPECT_NE(first.state.outage_seconds(0, 0), first.state.outage_seconds(1, 0));  // members have their own chance
}

// Values reported by a cut: fraction and state at its middle, satellite and round trip of its slot.
TYPED_TEST(OrbitLink, CutReportsLinkSatelliteAndRoundTrip) {
  Case c = make_case<TypeParam>(1, -0.18);
  int up = 0, down = 0;
  Time t = start;
  while (t < start + 1800 * ns_per_s) {
    const Link link = link_of(c, 0, 1);
    const Time next = link.next_event(t, t + 10 * ns_per_s);
    walk<TypeParam>(c, {t, next});
    const bool is_up = link.up(t);
    EXPECT_EQ(c.state.link_up(0, 1), is_up ? 1 : 0);
    EXPECT_EQ(c.state.link_fraction(0, 1), is_up ? 1.0 : 0.0);
    const int k = static_cast<int>(slot_number(t + (next - t) / 2) - c.slots.first);
    EXPECT_EQ(c.state.satellite(0, 1), c.slots.satellite(1, k));
    const Real expected = c.slots.satellite(1, k) < 0 ? 0.0 : 2 * c.slots.slant_range(1, k) / 299792458.0 + 0.02;
    EXPECT_NEAR(c.state.round_trip(0, 1), expected, 1e-15);
    up += is_up, down += !is_up;
    t = next;
  }
  EXPECT_GT(up, 50);
  EXPECT_GT(down, 50);
}

// next_event over all sites and contacts equals the least of the lines' own; a step's end is kept when nothing happens
// before.
TYPED_TEST(OrbitLink, NextEventIsTheEarliest) {
  constexpr Device device = device_of<TypeParam>;
  Case c = make_case<TypeParam>(4, -0.18);
  c.state.window_shift(3, data_constellation) = 30.0;
  Array<std::int32_t, 1> member(device, {3});
  Array<Time, 1> now(device, {4}), next(device, {4});
  member(0) = 3, member(1) = 0, member(2) = 2;  // member 1 rests
  int early = 0, edges = 0;
  for (Time t = start; t < stop; t += 10 * ns_per_s) {
    now.fill(t), next.fill(t + 10 * ns_per_s);
    next(1) = 77;
    next_event(TypeParam{}, c.system, c.state, c.drive, NextCut{member, 3, now, next});
    synchronize(TypeParam{});
    EXPECT_EQ(next(1), 77);
    for (int m : {0, 2, 3}) {
      Time expected = t + 10 * ns_per_s;
      for (int b = 0; b < 2; ++b) {
        expected = std::min(expected, link_of(c, m, b).next_event(t, t + 10 * ns_per_s));
        const Time shift = nanoseconds(c.state.window_shift(m, data_constellation));
        for (int i = c.contacts.first(b); i < c.contacts.first(b + 1); ++i)
          for (const Time edge : {c.contacts.start(i) + shift, c.contacts.stop(i) + shift})
            if (edge > t && edge <= expected) expected = edge, ++edges;
      }
      EXPECT_EQ(next(m), expected);
      early += next(m) < t + 10 * ns_per_s;
    }
  }
  EXPECT_GT(early, 300);
  EXPECT_GE(edges, 4);
}

// Member 17 alone has member 17's bits.
TYPED_TEST(OrbitLink, OneMemberAloneHasTheSameValues) {
  std::vector<Time> ends;
  for (Time t = start; t <= start + 900 * ns_per_s; t += 10 * ns_per_s) ends.push_back(t);
  Case many = make_case<TypeParam>(24, -0.18), one = make_case<TypeParam>(1, -0.18, 17);
  walk<TypeParam>(many, ends);
  walk<TypeParam>(one, ends);
  for (int b = 0; b < 2; ++b) {
    EXPECT_EQ(many.state.outage_seconds(17, b), one.state.outage_seconds(0, b));
    EXPECT_EQ(many.state.outage_count(17, b), one.state.outage_count(0, b));
    EXPECT_EQ(many.state.link_up(17, b), one.state.link_up(0, b));
  }
}

TEST(OrbitFields, ListsFillTheirStructs) {
  const System system = make_system({{}, {}}, Device::host);
  const State state = make_state(system, 3, Device::host);
  EXPECT_NO_THROW(check_fields(system));
  EXPECT_NO_THROW(check_fields(state));
}

}  // namespace
}  // namespace coldsun::test

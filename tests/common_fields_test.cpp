// The guard over field lists, and time: a forgotten, doubled or foreign field is caught; dates and Julian dates are right.
#include <string>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "common/time.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

// A state of two fields whose list is right, forgets one, doubles one, gives one name twice or lists an array from elsewhere.
enum class Fault { none, forgotten, doubled, one_name, foreign };
Array<Real, 1> elsewhere;

template <Fault fault>
struct Pair {
  Array<Real, 2> t_solid;
  Array<Real, 2> p_node;
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    f(FieldInfo{"t_solid", "K", "member node", "temperature of the solid", Kind::state}, s.t_solid);
    if (fault == Fault::doubled) f(FieldInfo{"again", "K", "member node", "the same field", Kind::state}, s.t_solid);
    if (fault == Fault::foreign) f(FieldInfo{"foreign", "K", "member", "not of this struct", Kind::state}, elsewhere);
    if (fault != Fault::forgotten)
      f(FieldInfo{fault == Fault::one_name ? "t_solid" : "p_node", "W", "member node", "power", Kind::derived}, s.p_node);
  }
};

template <Fault fault>
std::string guard() {
  try {
    check_fields(Pair<fault>{});
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

TEST(Fields, GuardPassesAWholeList) { EXPECT_EQ(guard<Fault::none>(), ""); }
TEST(Fields, GuardCatchesWhatIsWrong) {
  EXPECT_EQ(guard<Fault::forgotten>(), "field list does not fill its struct");
  EXPECT_EQ(guard<Fault::doubled>(), "again: listed twice");
  EXPECT_EQ(guard<Fault::one_name>(), "t_solid: name used twice");
  EXPECT_EQ(guard<Fault::foreign>(), "foreign: not in the struct");
}

TEST(Time, DurationsRoundTrip) {
  for (Real s : {0.0, 1.0, 0.01, 0.1, 86'400.0, 1e-9, 123'456.789}) EXPECT_EQ(seconds(nanoseconds(s)), s);
  EXPECT_EQ(nanoseconds(-1.5e-9), -2);
  EXPECT_EQ(nanoseconds(0.4e-9), 0);
  EXPECT_EQ(nanoseconds(1e300), never);
  EXPECT_EQ(nanoseconds(-1e300), -never);
  EXPECT_EQ(nanoseconds(__builtin_nan("")), never);
  EXPECT_EQ(floor_div(-1, 10), -1);
  EXPECT_EQ(floor_div(-10, 10), -1);
  EXPECT_EQ(floor_div(9, 10), 0);
}

TEST(Time, JulianDates) {
  Real day, fraction;
  julian_date(0, day, fraction);
  EXPECT_EQ(day, 2440587.5);
  EXPECT_EQ(fraction, 0.0);
  julian_date(946'728'000 * ns_per_s, day, fraction);  // J2000.0: 2000-01-01 12:00 is 2451545.0
  EXPECT_EQ(day + fraction, 2451545.0);
  julian_date(-1, day, fraction);
  EXPECT_EQ(day, 2440586.5);
  EXPECT_NEAR(fraction, 1.0, 2e-14);
}

TEST(Time, DatesFollowTheCalendar) {
  EXPECT_EQ(midnight({1970, 1, 1}), 0);
  EXPECT_EQ(midnight({2000, 3, 1}), 951'868'800 * ns_per_s);  // date -u -d 2000-03-01 +%s
  EXPECT_EQ(midnight({2026, 11, 24}), 1'795'478'400 * ns_per_s);
  EXPECT_EQ(day_of_year(midnight({2024, 12, 31}) + 5), 366);
  EXPECT_EQ(day_of_year(midnight({2100, 12, 31})), 365);
  EXPECT_EQ(day_of_year(-1), 365);
  // Every day of 400 years in turn.
  const int length[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  Date d{1800, 1, 1};
  for (Time t = midnight(d); d.year < 2200; t += ns_per_day) {
    const Date got = date_of(t + ns_per_day - 1);
    ASSERT_TRUE(got.year == d.year && got.month == d.month && got.day == d.day) << d.year << "-" << d.month << "-" << d.day;
    ASSERT_EQ(midnight(d), t);
    const bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
    if (++d.day > length[d.month - 1] + (leap && d.month == 2)) d.day = 1, ++d.month;
    if (d.month > 12) d.month = 1, ++d.year;
  }
}

// reads the cut; writes length. 8 B per member
struct Lengths {
  Cut cut;
  View<Real, 1> length;
  COLDSUN_FN void operator()(int a) const { length(cut.member(a)) = cut.length(cut.member(a)) + cut.id(cut.member(a)); }
};

template <class Space>
class Cuts : public OnBackend<Space> {};
TYPED_TEST_SUITE(Cuts, Backends);

TYPED_TEST(Cuts, TouchActiveMembersOnly) {
  const Device device = device_of<TypeParam>;
  Array<std::int32_t, 1> member(device, {2});
  Array<Time, 1> start(device, {4}), stop(device, {4});
  Array<Real, 1> length(device, {4});
  member(0) = 3, member(1) = 1;
  for (int m = 0; m < 4; ++m) start(m) = 5, stop(m) = 5 + (m + 1) * ns_per_s;
  length.fill(-1.0);
  for_each(TypeParam{}, 2, Lengths{Cut{member, start, stop, 2, 0, 100}, length});
  synchronize(TypeParam{});
  EXPECT_EQ(length(0), -1.0);
  EXPECT_EQ(length(1), 2.0 + 101.0);
  EXPECT_EQ(length(2), -1.0);
  EXPECT_EQ(length(3), 4.0 + 103.0);
}

}  // namespace
}  // namespace coldsun::test

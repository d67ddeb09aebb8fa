// Fields from their lines, the guard over lists, and time: dates and Julian dates are right.
#include <string>

#include "common/cut.hpp"
#include "common/fields.hpp"
#include "common/time.hpp"
#include "tests/backends.hpp"

namespace coldsun::test {
namespace {

#define PAIR(F) \
  F(Real, t_solid, "K", "member node", state, Conduct, "temperature of the solid") \
  F(std::int32_t, n_step, "1", "member", derived, host, "steps taken")
struct Pair {
  COLDSUN_ARRAYS(PAIR)
};
struct PairView {
  COLDSUN_VIEWS(PairView, Pair, PAIR)
};
struct PairReads {
  COLDSUN_READS(PairReads, Pair, PAIR)
};

TEST(Fields, OneLineGivesArrayViewAndInfo) {
  Pair s;
  allocate_fields(s, Device::host, {{"member", 2}, {"node", 3}});
  static_assert(std::is_same_v<decltype(s.t_solid), Array<Real, 2>> &&
                std::is_same_v<decltype(s.n_step), Array<std::int32_t, 1>>);
  static_assert(std::is_same_v<decltype(PairReads::t_solid), View<const Real, 2>> &&
                std::is_trivially_copyable_v<PairView>);
  const PairView v = s;
  v.t_solid(1, 2) = 300.0, v.n_step(1) = 7;
  EXPECT_EQ(PairReads(s).t_solid(1, 2), 300.0);
  std::string seen;
  Pair::each(s, [&](const FieldInfo& f, const auto& a) {
    seen += std::string(f.name) + "|" + f.unit + "|" + f.axes + "|" + f.meaning + "|" + f.writer + "|" +
            std::to_string(a.size()) + "|" + std::to_string(static_cast<int>(f.kind)) + "\n";
  });
  EXPECT_EQ(seen, "t_solid|K|member node|temperature of the solid|Conduct|6|0\nn_step|1|member|steps taken|host|2|2\n");
  EXPECT_NO_THROW(check_fields(s));
}

TEST(Fields, ErrorNamesAnAxisWithoutLength) {
  Pair s;
  try {
    allocate_fields(s, Device::host, {{"member", 2}, {"site", 3}});
    ADD_FAILURE();
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(), "t_solid: the axis \"node\" has no length");
  }
}

// Checks beyond the compiler's: an Array outside the list, and one name twice (of two lists).
struct Beside {
  COLDSUN_ARRAYS(PAIR)
  Array<Real, 1> forgotten;
};
struct Twice {
  Array<Real, 1> a, b;
  template <class Self, class F>
  static void each(Self& s, F&& f) {
    f(FieldInfo{"a", "K", "node", "one", Kind::state}, s.a),
        f(FieldInfo{"a", "K", "node", "another", Kind::state}, s.b);
  }
};
TEST(Fields, CheckFindsUnlistedArraysAndRepeatedNames) {
  const auto guard = [](const auto& s) -> std::string {
    try {
      check_fields(s);
    } catch (const std::logic_error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(guard(Beside{}), "field list does not fill its struct");
  EXPECT_EQ(guard(Twice{}), "a: name used twice");
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
    ASSERT_TRUE(got.year == d.year && got.month == d.month && got.day == d.day)
        << d.year << "-" << d.month << "-" << d.day;
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

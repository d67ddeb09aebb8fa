// Field lists of all structs of Arrays in the coupled twin: complete, distinct, described, and allocated in their
// shape.
#include <set>

#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

// Every Array is in the list, and every entry has its texts.
template <class S>
void expect_listed(const char* what, const S& s, int n_least) {
  EXPECT_NO_THROW(check_fields(s)) << what;
  int n = 0;
  S::each(s, [&](const FieldInfo& info, const auto& a) {
    using A = std::remove_cvref_t<decltype(a)>;
    const std::string name = std::string(what) + "." + info.name;
    EXPECT_EQ(rank_of(info.axes), A::rank) << name << ": " << info.axes;
    EXPECT_FALSE(std::string(info.unit).empty()) << name;
    EXPECT_STRNE(info.meaning, "") << name;
    ++n;
  });
  EXPECT_GE(n, n_least) << what;
}

TEST(TwinFields, EveryStructOfArraysIsListed) {
  TwinOptions o = options(1, 0.25);
  o.n_member = 2;
  Twin t = twin_of(small_network(), o);
  int n_part = 0;
  each_part(t.state, [&](const char* group, auto& part) {
    expect_listed(group, part, std::string(group) == "observe" ? 1 : 3), ++n_part;
  });
  EXPECT_EQ(n_part, 9);
  expect_listed("system.sky", t.system.sky, 2);
  expect_listed("system.orbit", t.system.orbit, 1);
  expect_listed("system.workload", t.system.workload, 5);
  expect_listed("system.electrical", t.system.electrical, 5);
  expect_listed("inputs.weather", t.inputs.weather, 10);
  expect_listed("inputs.jobs", t.inputs.jobs, 10);
  // thermal's System holds four counts and three numbers beside its Arrays: all that the list leaves out
  std::size_t listed = 0;
  thermal::System::each(t.system.thermal, [&](const FieldInfo&, const auto& a) { listed += sizeof(a); });
  EXPECT_EQ(listed + 4 * sizeof(std::int32_t) + 3 * sizeof(Real), sizeof(thermal::System));
}

// Paths of a State are distinct, so that a checkpoint can name them; every field has memory of its own; member comes
// first.
TEST(TwinFields, FieldsOfAStateAreDistinct) {
  TwinOptions o = options(1, 0.25);
  o.n_member = 3;
  Twin t = twin_of(small_network(), o);
  std::set<std::string> paths;
  std::set<const void*> places;
  std::size_t n = 0;
  for (const FieldRef& f : fields(t.state)) {
    EXPECT_TRUE(paths.insert(f.path()).second) << f.path();
    if (f.bytes() == 0) continue;
    EXPECT_TRUE(places.insert(f.data).second) << f.path();
    EXPECT_EQ(f.extent.front(), 3) << f.path();
    EXPECT_EQ(std::string(f.info.axes).rfind("member", 0), 0u) << f.path();
    ++n;
  }
  EXPECT_GT(n, 100u);
}

// The memory check before allocation is exact to the byte.
TEST(TwinFields, BytesPerMemberAreExact) {
  TwinOptions o = options(1, 0.25);
  o.n_member = 3;
  Twin t = twin_of(small_network(), o);
  std::int64_t all = 0;
  for (const FieldRef& f : fields(t.state)) all += static_cast<std::int64_t>(f.bytes());
  workload::JobTable::each(t.inputs.jobs, [&](const FieldInfo& info, const auto& a) {
    using T = typename std::remove_cvref_t<decltype(a)>::value_type;
    if (std::string(info.axes) == "member job") all += a.size() * static_cast<std::int64_t>(sizeof(T));
  });
  EXPECT_EQ(3 * bytes_per_member(t.system, t.inputs.jobs), all);
  o.n_member = 1'000'000, o.hours = 9600;
  try {
    twin_of(small_network(), o);
    ADD_FAILURE() << "a million members over a year were allocated";
  } catch (const std::invalid_argument& e) {
    EXPECT_NE(std::string(e.what()).find("members = 1000000: their State and jobs take "), std::string::npos)
        << e.what();
  }
}

// One bit of any field of kind state changes the hash of its member only.
TEST(TwinFields, HashDependsOnEveryStateFieldOfItsMember) {
  TwinOptions o = options(1, 0.25);
  o.n_member = 2;
  Twin t = twin_of(small_network(), o);
  steps(t, 2);
  const auto before = hash(t.state);
  for (const FieldRef& f : fields(t.state)) {
    if (f.bytes() == 0) continue;
    auto* last = static_cast<unsigned char*>(f.data) + f.bytes() - 1;  // in member 1
    *last ^= 1;
    const auto now = hash(t.state);
    EXPECT_EQ(now[0], before[0]) << f.path();
    EXPECT_EQ(now[1] != before[1], f.info.kind == Kind::state) << f.path();
    *last ^= 1;
  }
  EXPECT_EQ(hash(t.state), before);
}

}  // namespace
}  // namespace coldsun

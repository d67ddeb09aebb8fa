// Table of units: each suffix against its definition, conversion and back, error of an unknown suffix.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <set>
#include <stdexcept>
#include <string>

#include "core/site/units.hpp"

namespace coldsun {
namespace {

// 1 of each unit in SI, from the units' definitions, not from the table.
const std::map<std::string, Real>& one_of_each() {
  static const std::map<std::string, Real> table = {{"degc", 274.15},
                                                    {"k", 1},
                                                    {"w", 1},
                                                    {"kw", 1000},
                                                    {"mw", 1000000},
                                                    {"j", 1},
                                                    {"kwh", 3600000},
                                                    {"mwh", 3.6e9},
                                                    {"ms", 0.001},
                                                    {"s", 1},
                                                    {"min", 60},
                                                    {"h", 3600},
                                                    {"um", 1e-6},
                                                    {"mm", 0.001},
                                                    {"m", 1},
                                                    {"km", 1000},
                                                    {"mm2", 1e-6},
                                                    {"m2", 1},
                                                    {"l", 0.001},
                                                    {"m3", 1},
                                                    {"lpm", 1.0 / 60000},
                                                    {"m3_per_h", 1.0 / 3600},
                                                    {"l_per_h", 1.0 / 3.6e6},
                                                    {"m3_per_s", 1},
                                                    {"pa", 1},
                                                    {"kpa", 1000},
                                                    {"bar", 100000},
                                                    {"deg", std::numbers::pi / 180},
                                                    {"rad", 1},
                                                    {"m_per_s", 1},
                                                    {"w_per_mk", 1},
                                                    {"j_per_m3k", 1},
                                                    {"mj_per_m3k", 1000000},
                                                    {"j_per_k", 1},
                                                    {"kj_per_k", 1000},
                                                    {"mj_per_k", 1000000},
                                                    {"w_per_k", 1},
                                                    {"w_per_m2", 1},
                                                    {"kw_per_k", 1000},
                                                    {"k_per_w", 1},
                                                    {"w_per_m2k", 1},
                                                    {"ws_per_m3k", 1},
                                                    {"kwh_per_m2", 3600000},
                                                    {"j_per_m2", 1},
                                                    {"kg_per_kwh", 1.0 / 3.6e6},
                                                    {"g_per_kwh", 1.0 / 3.6e9},
                                                    {"usd_per_kwh", 1.0 / 3.6e6},
                                                    {"usd_per_mwh", 1.0 / 3.6e9},
                                                    {"l_per_kwh", 1.0 / 3.6e9},
                                                    {"per_k", 1},
                                                    {"pct_per_k", 0.01},
                                                    {"v", 1},
                                                    {"mv", 0.001},
                                                    {"a", 1},
                                                    {"ah", 3600},
                                                    {"ohm", 1},
                                                    {"mohm", 0.001},
                                                    {"f", 1},
                                                    {"mf", 0.001},
                                                    {"uf", 1e-6},
                                                    {"mh", 0.001},
                                                    {"uh", 1e-6},
                                                    {"hz", 1},
                                                    {"khz", 1000},
                                                    {"ghz", 1e9},
                                                    {"a_per_k", 1},
                                                    {"v_per_k", 1},
                                                    {"bit_per_s", 1},
                                                    {"mbit_per_s", 1e6},
                                                    {"gbit_per_s", 1e9},
                                                    {"pct", 0.01}};
  return table;
}

TEST(Units, EachUnitHasItsDefinition) {
  std::set<std::string> seen;
  for (const Unit& u : units()) {
    const auto it = one_of_each().find(std::string(u.suffix));
    ASSERT_NE(it, one_of_each().end()) << u.suffix << " has no definition in this test";
    // One rounding of the product and one of the sum: 4 ulp are ample.
    EXPECT_NEAR(to_si(u, 1.0), it->second, 4e-16 * it->second * 2) << u.suffix;
    seen.insert(it->first);
  }
  EXPECT_EQ(seen.size(), one_of_each().size()) << "a unit of this test is not in the table";
}

TEST(Units, ConversionAndBackGiveTheSameValue) {
  for (const Unit& u : units())
    for (const Real x : {-273.15, -1.0, 0.0, 0.37, 41.8, 1e6})
      EXPECT_NEAR(from_si(u, to_si(u, x)), x, 1e-15 * (std::fabs(x) + std::fabs(u.offset / u.scale)) * 4) << u.suffix;
}

// to_unit has the suffix only: one suffix must not mean two conversions, and each pair (suffix, quantity) occurs
// once.
TEST(Units, SuffixesAreUnambiguous) {
  std::set<std::pair<std::string_view, Quantity>> pairs;
  for (const Unit& a : units()) {
    EXPECT_TRUE(pairs.insert({a.suffix, a.quantity}).second) << a.suffix;
    for (const Unit& b : units())
      if (a.suffix == b.suffix) {
        EXPECT_EQ(a.scale, b.scale) << a.suffix;
        EXPECT_EQ(a.offset, b.offset) << a.suffix;
      }
    for (const char c : a.suffix) EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') << a.suffix;
    EXPECT_NE(name_of(a.quantity), "?");
    EXPECT_GT(a.scale, 0);
  }
}

TEST(Units, ToUnitTakesTheSuffix) {
  EXPECT_DOUBLE_EQ(to_unit("degc", 305.15), 32);
  EXPECT_DOUBLE_EQ(to_unit("lpm", 1e-3), 60);
  EXPECT_NEAR(to_unit("deg", std::numbers::pi), 180, 1e-13);
  EXPECT_EQ(suffixes(Quantity::pressure), "pa, kpa, bar");
  EXPECT_EQ(find_unit("kpa", Quantity::volume_flow), nullptr);
  ASSERT_NE(find_unit("kpa"), nullptr);
  EXPECT_EQ(find_unit("kpa")->quantity, Quantity::pressure);
}

TEST(Units, ErrorOfAnUnknownUnitListsTheKnownOnes) {
  try {
    to_unit("gpm", 1);
    FAIL() << "gpm is no unit here";
  } catch (const std::invalid_argument& e) {
    const std::string text = e.what();
    EXPECT_EQ(text.rfind("unknown unit \"gpm\"; accepted: degc, k, w, kw", 0), 0u) << text;
    for (const Unit& u : units()) EXPECT_NE(text.find(std::string(u.suffix)), std::string::npos) << u.suffix;
    EXPECT_EQ(text.find(", k, k,"), std::string::npos) << "a suffix is listed twice";
  }
}

}  // namespace
}  // namespace coldsun

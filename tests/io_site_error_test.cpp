// Errors in site files: one helpful sentence each; arbitrary bytes give a site or a SiteError.
#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <string>

#include "core/io/describe.hpp"
#include "core/site/text.hpp"
#include "io_site_text.hpp"

namespace coldsun {
namespace {

using namespace site_test;

int line_of(const std::string& text, const std::string& piece) {
  int line = 1;
  for (std::size_t i = 0, at = text.find(piece); i < at && at != std::string::npos; ++i) line += text[i] == '\n';
  return line;
}

std::string error_of(const std::string& text) {
  try {
    read_site(text, "atacama.toml", data);
  } catch (const SiteError& e) {
    return e.what();
  }
  return "no error";
}

// Expects this error after replacing a line; "LINE" stands for its number.
void expect_error(const std::string& from, const std::string& to, std::string sentence) {
  const std::string text = with(from, to);
  const std::string mark = to.substr(0, to.find('\n'));
  if (const std::size_t at = sentence.find("LINE"); at != std::string::npos)
    sentence.replace(at, 4, std::to_string(mark.empty() ? 0 : line_of(text, mark)));
  const std::string got = error_of(text);
  EXPECT_EQ(got.substr(0, sentence.size()), sentence) << got;
  EXPECT_EQ(got.find('\n'), std::string::npos) << "more than one line: " << got;
}

TEST(SiteError, OneSentenceEach) {
  expect_error("flow_lpm = { value = 1075,", "flow_lpm = { value = -3,",
               "atacama.toml:LINE: cooling.pump.flow_lpm = -3; accepted: > 0");
  expect_error("flow_lpm = { value = 1075,", "flow_lpm = { value = \"fast\",",
               "atacama.toml:LINE: cooling.pump.flow_lpm = \"fast\"; accepted: a number > 0");
  expect_error("flow_lpm = { value = 1075,", "flow_gpm = { value = 284,",
               "atacama.toml:LINE: cooling.pump.flow_gpm: unknown unit \"gpm\" of volume flow; accepted: flow_lpm, "
               "flow_m3_per_h, flow_l_per_h, "
               "flow_m3_per_s");
  expect_error("flow_lpm = { value = 1075,", "flow_kpa = { value = 284,",
               "atacama.toml:LINE: cooling.pump.flow_kpa: \"kpa\" is a unit of pressure, not of volume flow; accepted: "
               "flow_lpm");
  expect_error("flow_lpm = { value = 1075,", "flwo_lpm = { value = 1075,",
               "atacama.toml:LINE: cooling.pump.flwo_lpm is not known; did you mean flow_lpm?");
  expect_error("flow_factor = 0.85", "flow_facter = 0.85",
               "atacama.toml:LINE: hall.node[end_of_row].flow_facter is not known; did you mean flow_factor?");
  expect_error("fan_min = 0.15", "fan_min = 1.5",
               "atacama.toml:LINE: cooling.dry_cooler.fan_min = 1.5; accepted: 0.001 to 1");
  expect_error("fan_min = 0.15", "fan_min = nan",
               "atacama.toml:LINE: cooling.dry_cooler.fan_min = nan; accepted: a finite number 0.001 to 1");
  expect_error("n_rack = 16", "n_rack = 16.5", "atacama.toml:LINE: hall.n_rack = 16.5; accepted: a whole number >= 1");
  for (const char* n : {"2", "17"})
    expect_error("n_rack = 16", std::string("n_rack = ") + n,
                 std::string("atacama.toml:LINE: hall.n_rack = ") + n + " times nodes_per_rack = 8 gives ");
  expect_error("coolant = \"pg25\"", "coolant = \"oil\"",
               "atacama.toml:LINE: cooling.coolant = \"oil\"; accepted: pg25, water");
  expect_error("t_supply_degc = { value = 36,", "t_supply_degc = { value = 309,",
               "atacama.toml:LINE: cooling.t_supply_degc = 309; accepted: 0 to 90");
  expect_error("[cooling.dry_cooler]", "[cooling.dry_coller]",
               "atacama.toml:LINE: cooling.dry_coller is not known; did you mean [cooling.dry_cooler]?");
  expect_error("altitude_m = 1635\n", "",
               "atacama.toml:1: altitude_m is missing; accepted: altitude_um, altitude_mm, altitude_m, altitude_km");
  EXPECT_NE(error_of(with("altitude_m = 1635", "altitude_m = 1635\naltitude_km = 1.6"))
                .find("altitude_km repeats altitude_m; accepted: one of them"),
            std::string::npos);
  EXPECT_NE(error_of(with("p_idle_kw = 1.4", "p_idle_kw = 7.8"))
                .find("p_idle + p_leakage = 8280 W; accepted: less than p_max = 7000 W"),
            std::string::npos);
  expect_error("temp_air_min_degc = [8.4, 7.0,", "temp_air_min_degc = [8.4,",
               "atacama.toml:LINE: climate.temp_air_min_degc = a list of 11; accepted: a list of 12 numbers");
  expect_error("temp_air_min_degc = [8.4,", "temp_air_min_degc = [28.4,",
               "atacama.toml:LINE: climate.temp_air_min_degc is above temp_air_max_degc");
  expect_error("plate = \"gpu_700w\"", "plate = \"gpu_800w\"",
               "atacama.toml:LINE: hall.node[end_of_row].plate = \"gpu_800w\"; accepted: a plate (.toml) in");
  expect_error("plate = \"gpu_700w\"", "plate = \"../../etc/passwd\"",
               "atacama.toml:LINE: hall.node[end_of_row].plate = \"../../etc/passwd\"; accepted: a plate (.toml) in");
  expect_error("file = \"jobs/philly.toml\"", "file = \"/etc/passwd\"",
               "atacama.toml:LINE: jobs.file = \"/etc/passwd\"; accepted: a file of job statistics (.toml) in");
  expect_error("soc_start = 0.30", "soc_start = 0.99",
               "atacama.toml:LINE: power.battery.soc_start = 0.99; accepted: soc_min to soc_max, 0.05 to 0.95");
  expect_error("source = \"assumed: no measurement at the site\"", "source = \"guess\"",
               "atacama.toml:LINE: comms.link.source = \"guess\"; accepted: \"measured: ...\"");
  expect_error("start = { value = 2026-06-14T04:00:00Z,", "start = { value = 2026-06-14,",
               "atacama.toml:LINE: start is not a UTC instant");
  expect_error("carbon_intensity_g_per_kwh = { value = [362, 362,", "carbon_intensity_g_per_kwh = { value = [362,",
               "atacama.toml:LINE: power.grid.carbon_intensity_g_per_kwh = a list of 23; accepted: one number, or 24");
  expect_error("efficiency = [0.936, 0.962,", "efficiency = [0.962,",
               "atacama.toml:LINE: power.rack_converter.efficiency differs in length from load");
  expect_error("[hall]\n", "[hall\n", "atacama.toml:LINE: not TOML:");
}

// Each value is within its own range, but implausible for the hall.
TEST(SiteError, ImplausibleSizesAreRefused) {
  expect_error("flow_lpm = { value = 1075,", "flow_lpm = { value = 10,",
               "atacama.toml:LINE: cooling.pump.flow_lpm = 10 L/min: the coolant warms by 1073 K at full IT load; "
               "accepted: less than 40 K, above 268.2 L/min");
  expect_error("flow_lpm = 1250", "flow_m3_per_h = 1.25",
               "atacama.toml:LINE: cooling.facility.pump.flow_m3_per_h = 20.83 L/min: the coolant warms by ");
  expect_error("n_series = 250", "n_series = 100",
               "atacama.toml:LINE: power.battery.n_series = 100 cells: 320 V on a bus of 800 V; accepted: half to "
               "twice the bus voltage, 125 to 500 cells");
  EXPECT_EQ(error_of(with("n_series = 250", "n_series = 501")).find("no error"), std::string::npos);
  EXPECT_EQ(error_of(with("n_series = 250", "n_series = 125")), "no error");
  expect_error(
      "p_rated_kw = { value = 9,", "p_rated_w = { value = 9,",
      "atacama.toml:LINE: power.rack_converter.p_rated_w = 9 W; accepted: 2088 W or more, the idle power of a hot "
      "node of end_of_row");
  expect_error("n_series = { value = 14,", "n_series = { value = 140,",
               "atacama.toml:LINE: power.strings[north].n_series = 140 modules: open-circuit voltage 6958 V; "
               "accepted: at most 1500 V, 30 modules");
  const std::string one = error_of(with("n_plate = { value = 8,", "n_plate = { value = 1,"));
  EXPECT_NE(one.find("hall.node[end_of_row].n_plate = 1: 5600 W per plate, 137 K above its coolant; "
                     "accepted: at most 100 K"),
            std::string::npos)
      << one;
  const fs::path folder = fs::path(testing::TempDir()) / "coldsun_slips";
  fs::create_directories(folder);
  std::string module = text_of(data / "modules" / "longi_lr5_72hbd_545m.toml");
  module.replace(module.find("area_m2 = "), 10, "area_mm2 = ");
  std::ofstream(folder / "longi_lr5_72hbd_545m.toml") << module;
  std::ofstream(folder / "mine.toml") << atacama();
  try {
    load_site((folder / "mine.toml").string(), data);
    ADD_FAILURE() << "an area of 2.49 mm2 passed";
  } catch (const SiteError& e) {
    EXPECT_NE(std::string(e.what()).find("area_mm2 = 2.49e-06 m2 with i_mp v_mp = 545.1 W"), std::string::npos)
        << e.what();
  }
  fs::remove_all(folder);
}

TEST(SiteError, MissingTablesAndKeys) {
  std::string text = atacama();
  text.resize(text.find("[jobs]"));
  EXPECT_EQ(error_of(text), "atacama.toml:1: [jobs] is missing; accepted: a table [jobs]");
  EXPECT_EQ(error_of("").substr(0, 15), "atacama.toml:1:");
}

std::string error_of_load(const std::string& name) {
  try {
    load_network(name, data);
  } catch (const SiteError& e) {
    return e.what();
  }
  return "no error";
}

TEST(SiteError, MissingFiles) {
  EXPECT_NE(error_of_load("atakama").find("did you mean atacama?"), std::string::npos) << error_of_load("atakama");
  EXPECT_NE(error_of_load("nowhere").find("atacama, masdar"), std::string::npos) << error_of_load("nowhere");
  EXPECT_EQ(error_of_load("./nowhere.toml"),
            "./nowhere.toml: no such file; accepted: the path of a site or network file");
  EXPECT_EQ(error_of_load("/"), "/: not a regular file; accepted: a TOML file");
  EXPECT_NE(error_of_load("").find("no network or site is named"), std::string::npos);
  EXPECT_NE(error_of_load("..").find("no network or site is named"), std::string::npos);
}

// Names become folders, files and topic levels: "x/../../../evil" once wrote two folders above --out, "a+b" ended the
// shadow.
TEST(SiteError, NamesArePlain) {
  const std::string accepted = "accepted: a name of letters, digits, . _ -, a letter or digit first, at most 64";
  for (const std::string name :
       {"x/../../../evil", "a+b", "..", ".hidden", "-n", "a b", "a#", "\\u001b[31m", "\u00e9", ""}) {
    const std::string error = error_of(with("name = \"atacama\"", "name = \"" + name + "\""));
    EXPECT_NE(error.find("name = \""), std::string::npos) << error;
    EXPECT_NE(error.find(accepted), std::string::npos) << error;
    EXPECT_NE(error_of(with("name = \"h200\"", "name = \"" + name + "\"")).find(accepted), std::string::npos);
    EXPECT_NE(error_of(with("name = \"north\"", "name = \"" + name + "\"")).find(accepted), std::string::npos);
    EXPECT_NE(error_of(with("name = \"Ka\"", "name = \"" + name + "\"")).find(accepted), std::string::npos);
  }
  EXPECT_NE(error_of(with("name = \"atacama\"", "name = \"" + std::string(65, 'a') + "\"")).find(accepted),
            std::string::npos);
  EXPECT_EQ(error_of(with("name = \"atacama\"", "name = \"Site_2.b-3\"")), "no error");
  EXPECT_NE(error_of(with("name = \"h200\"", "name = \"h100\"")).find("[[hall.node]] has the name \"h100\" twice"),
            std::string::npos);
  EXPECT_NE(error_of(with("tag = \"{site}/cdu/flow\"", "tag = \"{site}/\\u0007/flow\""))
                .find("accepted: part of an MQTT topic"),
            std::string::npos);
}

// Escape codes in a file never reach a terminal, neither in errors nor in `coldsun check`.
TEST(SiteError, TextIsCleanedWhereItIsShown) {
  const auto harmless = [](const std::string& text) {
    for (const char c : text) EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)) << text;
    for (const char* hidden : {"\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\x8b"})
      EXPECT_EQ(text.find(hidden), std::string::npos) << text;
  };
  const std::string evil = R"(\u001b]0;owned\u0007 \u009b31m \u202e \u200b)";
  for (const std::string from : {"gpu = \"700 W accelerator\"", "coolant = \"pg25\"", "plate = \"gpu_700w\"",
                                 "name = \"h200\"", "source = \"assumed: no measurement at the site\""})
    harmless(error_of(with(from, from.substr(0, from.find('"')) + '"' + evil + '"')));
  harmless(error_of(with("altitude_m = 1635", "\"" + evil + "\" = 1635")));
  Network n;
  n.site.push_back(read_site(with("title = \"Atacama pilot", "title = \"" + evil), "atacama.toml", data));
  harmless(describe(n, true));
  EXPECT_NE(describe(n).find("atacama: ?]0;owned?"), std::string::npos);
  EXPECT_EQ(clean("caf\xc3\xa9 \xe2\x80\x93 \xc2\xb0 K"), "caf\xc3\xa9 \xe2\x80\x93 \xc2\xb0 K");
  EXPECT_EQ(clean("a\xff\xc3(\xed\xa0\x80\nb"),
            "a?"
            "?("
            "??"
            "? b");
}

// Arbitrary bytes never abort, hang or throw anything but SiteError. Deterministic: a small random generator.
TEST(SiteFuzz, BytesGiveASiteOrASentence) {
  std::uint64_t x = 88172645463325252u;
  const auto next = [&] { return x ^= x << 13, x ^= x >> 7, x ^= x << 17; };
  const std::string base = atacama();
  const std::string pieces[] = {"\n[",   "\0", "=",  "\"\"\"",   "'''", "[[", "]]", "{",   "}",    "#",
                                "1e999", "-0", "0x", "\xff\xfe", "inf", ".",  "\r", "\\u", "2026-"};
  for (int i = 0; i < 400; ++i) {
    std::string text = base;
    for (std::uint64_t k = next() % 4 + 1; k-- > 0;) {
      const std::size_t at = next() % text.size();
      switch (next() % 4) {
        case 0:
          text[at] = static_cast<char>(next());
          break;
        case 1:
          text.erase(at, next() % 40);
          break;
        case 2:
          text.insert(at, pieces[next() % std::size(pieces)]);
          break;
        default:
          text.resize(at + 1);
          break;
      }
    }
    const std::string error = error_of(text);
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  for (const std::string& text : {std::string("\n[\0", 3), std::string("\0", 1), std::string("["),
                                  std::string("a = [[[[[[["), std::string("\xef\xbb\xbf"), std::string(100000, '['),
                                  std::string("a.") + std::string(5000, 'a'), std::string("a = \"\x01\"")})
    EXPECT_NE(error_of(text), "no error");
}

}  // namespace
}  // namespace coldsun

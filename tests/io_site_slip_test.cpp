// A number off by a factor of 1,000 (a lost "k", mm for um, a comma for a point) is refused or noted: every number of
// the shipped files is changed both ways. Exceptions are listed here with their reasons.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/io/describe.hpp"
#include "core/io/library.hpp"
#include "core/make/make_system.hpp"
#include "io_site_text.hpp"

namespace coldsun {
namespace {

using namespace site_test;

struct Slip {
  const char *key, *number, *reason;
};
constexpr Slip plausible[] = {
    {"altitude_m", "1.635", "a coast lies 1.6 m above the sea"},
};

struct Number {
  std::size_t at, length;
  std::string key;
  bool whole;
};

// Numbers outside comments, text and dates, with the key that they follow.
std::vector<Number> numbers_of(const std::string& text) {
  std::vector<Number> all;
  std::string key;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '#') i = std::min(text.find('\n', i), text.size());
    const bool first = i == 0 || std::string_view(" \t\n[{,=").find(text[i - 1]) != std::string_view::npos;
    if (!first) continue;
    if (std::isalpha(static_cast<unsigned char>(c))) {
      std::size_t end = i;
      while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
      const std::string word = text.substr(i, end - i);
      if (text.compare(end, 2, " =") == 0 && word != "value") key = word;
      i = end - 1;
    } else if (std::isdigit(static_cast<unsigned char>(c)) ||
               (c == '-' && std::isdigit(static_cast<unsigned char>(text[i + 1])))) {
      std::size_t end = i + 1;
      while (end < text.size() && std::string_view("0123456789.eE+-:TZ").find(text[end]) != std::string_view::npos)
        ++end;
      const std::string token = text.substr(i, end - i);
      if (token.find(':') == std::string::npos && std::strtod(token.c_str(), nullptr) != 0)
        all.push_back({i, end - i, key, token.find_first_of(".e") == std::string::npos});
      i = end - 1;
    }
  }
  return all;
}

std::string slipped(const std::string& token, bool whole, double factor) {
  const double x = std::strtod(token.c_str(), nullptr) * factor;
  char out[64];
  std::snprintf(out, sizeof out, "%.12g", x);
  std::string s = out;
  if (!whole && s.find_first_of(".e") == std::string::npos) s += ".0";
  return s;
}

// Without comments and with short sources, since the text is read about a thousand times.
std::string brief(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  const std::string mark = "source = \"";
  while (at < text.size()) {
    const std::size_t source = std::min(text.find(mark, at), text.size());
    out += text.substr(at, source - at);
    if (source == text.size()) break;
    out += mark + "assumed: x";
    at = text.find('"', source + mark.size());
  }
  return out;
}

// Calls `take(text)`, which gives the number of doubts or throws SiteError, for every slip of every number.
template <class Take>
int walk(const std::string& text, Take&& take) {
  const std::size_t usual = take(text);
  int n = 0;
  for (const Number& number : numbers_of(text))
    for (const bool up : {false, true}) {
      const std::string token = slipped(text.substr(number.at, number.length), number.whole, up ? 1e3 : 1e-3);
      std::string with = text;
      with.replace(number.at, number.length, token);
      ++n;
      bool said = false;
      try {
        said = take(with) > usual;
      } catch (const SiteError&) {
        said = true;
      }
      const bool listed = std::any_of(std::begin(plausible), std::end(plausible),
                                      [&](const Slip& s) { return number.key == s.key && token == s.number; });
      EXPECT_NE(said, listed) << number.key << " = " << token << (listed ? " is listed but said" : " passes in silence")
                              << ", line "
                              << 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(number.at),
                                                '\n');
    }
  return n;
}

TEST(SiteSlip, ThousandfoldErrorsInSitesAreNoticed) {
  for (const char* name : {"atacama", "masdar"}) {
    SCOPED_TRACE(name);
    const std::string text = brief(text_of(data / "sites" / (std::string(name) + ".toml")));
    const int n = walk(text, [&](const std::string& t) { return doubts(read_site(t, "site.toml", data)).size(); });
    EXPECT_GT(n, 700);
  }
}

// Values accepted by `check` make a System. Found by it: fan_min = 0, mppt_step = 0.06, droop with a large capacitance,
// battery current against resistance, losses that fall with load. Each number is changed one way, in turn.
TEST(SiteSlip, AcceptedValuesMakeASystem) {
  const std::string text = brief(atacama());
  Network n = load_network("atacama", data);
  const Library library = io::load_library(n, data);
  int made = 0;
  const auto take = [&](const std::string& with, const std::string& what) {
    try {
      n.site[0] = read_site(with, "site.toml", data);
    } catch (const SiteError&) {
      return;
    }
    ++made;
    EXPECT_NO_THROW(make_system(n, library, Device::host)) << what;
  };
  constexpr double factors[] = {0.0, 0.15, 4.0, 20.0};
  std::size_t k = 0;
  for (const Number& number : numbers_of(text)) {
    const std::string token = slipped(text.substr(number.at, number.length), number.whole, factors[k++ % 4]);
    std::string with = text;
    take(with.replace(number.at, number.length, token), number.key + " = " + token);
  }
  EXPECT_GT(made, 100);
}

class Beside : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("coldsun_slip_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  void write(const fs::path& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  fs::path folder;
};

TEST_F(Beside, ThousandfoldErrorsInPlateAndModuleAreNoticed) {
  write("mine.toml", brief(atacama()));
  for (const char* part : {"plates/gpu_700w.toml", "modules/longi_lr5_72hbd_545m.toml"}) {
    SCOPED_TRACE(part);
    const std::string text = brief(text_of(data / part));
    const fs::path name = fs::path(part).filename();
    EXPECT_GT(walk(text,
                   [&](const std::string& t) {
                     return write(name, t), doubts(load_site((folder / "mine.toml").string(), data)).size();
                   }),
              26);
    fs::remove(folder / name);
  }
}

TEST_F(Beside, ThousandfoldErrorsInNetworkAndShellAreNoticed) {
  const std::string network = brief(text_of(data / "networks" / "pilots.toml"));
  EXPECT_EQ(walk(network,
                 [&](const std::string& t) {
                   write("net.toml", t);
                   return doubts(load_network((folder / "net.toml").string(), data).provenance).size();
                 }),
            12);
  fs::create_directories(folder / "constellations");
  fs::create_directories(folder / "jobs");
  fs::copy(data / "jobs" / "philly.toml", folder / "jobs" / "philly.toml");
  Network one = load_network("atacama", data);
  one.site[0].comms.data.clear();
  EXPECT_EQ(walk(text_of(data / "constellations" / "broadband.toml"),
                 [&](const std::string& t) {
                   write(fs::path("constellations") / "broadband.toml", t);
                   Network n = one;
                   return io::load_library(n, folder), doubts(n.provenance).size();
                 }),
            14);
}

}  // namespace
}  // namespace coldsun

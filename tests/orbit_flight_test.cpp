// What cannot fly is named and costs itself alone: faulty records, sets that SGP4 refuses, decay, several sets of one
// satellite.
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "orbit/flight.hpp"
#include "orbit/remark.hpp"
#include "orbit/windows.hpp"
#include "orbit_cases.hpp"

namespace coldsun::test {
namespace {

using namespace orbit;

constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

const std::string a1 = "1 70001U 26010A   26165.25000000  .00001000  00000+0  10000-3 0  9998";
const std::string a2 = "2 70001  98.2000 240.0000 0010000  90.0000 270.0000 14.58000000    13";
const std::string b1 = "1 70003U 26010A   26165.25000000  .00001000  00000+0  10000-3 0  9990";
const std::string b2 = "2 70003  98.2000 240.0000 0010000  90.0000 200.0000 14.58000000    18";
const std::string header =
    "OBJECT_NAME,NORAD_CAT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "BSTAR\n";
const std::string row = "TEST A,70001,2026-06-14T06:00:00.000000,14.58,0.001,98.2,240.0,90.0,270.0,0.0001\n";

const Time day = parse_utc("2026-06-14T00:00:00");
constexpr Time hour = 3600 * ns_per_s;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
std::string all_sentences(const std::vector<Remark>& r) {
  std::string o;
  for (const std::string& s : sentences(r, 8)) o += s + "\n";
  return o;
}
Fleet fleet_of(const std::vector<ElementSet>& sets, Time start = day, Time stop = day + 24 * hour) {
  std::vector<int> all(sets.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i);
  return make_fleet(sets, std::vector<std::vector<int>>{all}, start, stop, Device::host);
}
// Seconds of contact over Atacama (22.92 S 69.91 W, 1,635 m, mask 10 deg) in the 24 h from `start`.
Real contact(const Fleet& f, Time start = day) {
  const std::vector<Station> atacama{make_station(-22.92 * degree, -69.91 * degree, 1635.0, 10 * degree)};
  const Contacts c = join_windows(find_windows(Host{}, f.catalogue, atacama, {start, start + 24 * hour, 0.0}, f.seen));
  Time sum = 0;
  for (int i = 0; i < c.start.extent(0); ++i) sum += c.stop(i) - c.start(i);
  return seconds(sum);
}
Real contact(const std::string& text) { return contact(fleet_of(read_elements(text).set)); }

// 1,460.7 s: what the same set gives in a form that was always read.
TEST(OrbitFlight, TruncatedLinesAreNotReadAsNames) {
  EXPECT_NEAR(contact("SAT A\n" + a1 + "\n" + a2 + "\nSAT B\n" + b1 + "\n" + b2 + "\n"), 3111.9, 0.1);
  const auto cut =
      read_elements("SAT A\n" + a1 + "\n" + a2 + "\nSAT B\n" + b1.substr(0, 50) + "\n" + b2.substr(0, 50) + "\n");
  EXPECT_NEAR(contact(fleet_of(cut.set)), 1460.7, 0.1);
  EXPECT_EQ(all_sentences(cut.remark),
            "line 5: SAT B (70003) is not used: cannot be read (50 columns where an element set's line has 69 (cut "
            "short?))\n");
  for (std::size_t n = 2; n < 68; ++n) {  // wherever the text ends, the second satellite is named
    const auto f = read_tle("SAT A\n" + a1 + "\n" + a2 + "\nSAT B\n" + b1 + "\n" + b2.substr(0, n));
    EXPECT_EQ(f.set.size(), 1u) << n;
    ASSERT_EQ(f.remark.size(), 1u) << n;
    EXPECT_NE(f.remark[0].name.find("SAT B"), std::string::npos) << n;
  }
  const auto lone = read_tle("SAT A\n" + a1 + "\n" + a2 + "\nSAT B\n" + b1 + "\nSAT C\n");
  EXPECT_EQ(all_sentences(lone.remark),
            "line 5: SAT B (70003) is not used: cannot be read (a first line without its second)\n"
            "line 6: \"SAT C\" is not used: no element lines follow\n");
}

TEST(OrbitFlight, BlanksMarksAndAMissingChecksumAreRead) {
  const std::string short1 = a1.substr(0, 68), short2 = a2.substr(0, 68);
  for (const std::string& text :
       {"\xEF\xBB\xBF" + a1 + "\n" + a2, "  " + a1 + "\n\n\n" + a2 + "  \n",
        "\xEF\xBB\xBF\r\nSAT A\r\n" + a1 + "\r\n\r\n" + a2 + "\r\n", "0 SAT A\r" + a1 + "\r# note\r" + a2 + "\r"}) {
    EXPECT_NEAR(contact(text), 1460.7, 0.1) << text;
    EXPECT_TRUE(read_elements(text).remark.empty()) << text;
  }
  EXPECT_NEAR(contact(short1 + "\n" + short2), 1460.7, 0.1);
  EXPECT_EQ(all_sentences(read_tle(short1 + "\n" + short2).remark),
            "line 1: satellite 70001 is used: the lines carry no checksum, a slip in them is not seen\n");
  const std::string less = replaced(short1, "26165.25000000", "26165.25      ");
  EXPECT_NEAR(contact(less + "\n" + short2), 1460.7, 0.1);
  EXPECT_NE(all_sentences(read_tle(less + "\n" + short2).remark).find("fewer than five decimals of a day (2)"),
            std::string::npos);
  EXPECT_NEAR(contact("\xEF\xBB\xBF\r\n" + header + "\r\n  \r\n" + row), 1460.7, 0.1);
}

TEST(OrbitFlight, EveryCcsdsSpellingOfTimesAndNumbers) {
  const std::string number = "14.58,0.001,98.2,240.0,90.0,270.0,0.0001";
  for (const std::string& text :
       {row, replaced(row, "2026-06-14T06:00:00.000000", "2026-165T06:00:00.000000"),
        replaced(row, "06:00:00.000000", "06:00:00Z"), replaced(row, "06:00:00.000000", "06:00:00.0000000000004"),
        replaced(row, "2026-06-14T06:00:00.000000", "2026-165T06:00:00Z"),
        replaced(row, number, "+1.458E+01,1.0e-3,9.82E1,+240,90.,.27E3,1E-4"),
        replaced(row, "TEST A", "\"TEST \"\"A\"\", one\"")}) {
    EXPECT_NEAR(contact(header + text), 1460.7, 0.1) << text;
    EXPECT_TRUE(read_elements(header + text).remark.empty()) << text;
  }
  EXPECT_EQ(read_elements(header + replaced(row, "TEST A", "\"TEST \"\"A\"\", one\"")).set[0].object_name,
            "TEST \"A\", one");
  for (const char* epoch : {"9026-06-14T06:00:00", "2026-366T06:00:00", "2026-000T06:00:00", "2026-06-14", "26165.25",
                            "2026-06-14T24:00:00", "1500-01-01T00:00:00"})
    EXPECT_NE(all_sentences(read_elements(header + row + replaced(row, "2026-06-14T06:00:00.000000", epoch)).remark)
                  .find("EPOCH"),
              std::string::npos)
        << epoch;
}

// Each beside a good set, which flies on: one fault is never fatal for the rest.
TEST(OrbitFlight, UnusableSetsAreReportedAndTheOthersPropagate) {
  const auto expect = [](const std::string& bad, const std::string& why) {
    const auto f = read_elements(header + row + bad);
    EXPECT_NEAR(contact(fleet_of(f.set)), 1460.7, 0.1) << bad;
    const std::string said = all_sentences(f.remark);
    EXPECT_NE(said.find("line 3: BAD (7) is not used: "), std::string::npos) << bad << said;
    EXPECT_NE(said.find(why), std::string::npos) << bad << said;
  };
  const std::string start = "BAD,7,2026-06-14T06:00:00,";
  expect(start + "14.58,0.001,nan,240.0,90.0,270.0,0.0001\n", "column INCLINATION reads \"nan\"");
  expect(start + "14.58,0.001,98.2,inf,90.0,270.0,0.0001\n", "column RA_OF_ASC_NODE reads \"inf\"");
  expect(start + "1e400,0.001,98.2,240,90.0,270.0,0.0001\n", "column MEAN_MOTION reads \"1e400\"");
  expect(start + "-14.58,0.001,98.2,240,90.0,270.0,0.0001\n", "column MEAN_MOTION reads \"-14.58\"");
  expect(start + "14.58,-0.001,98.2,240,90.0,270.0,0.0001\n", "column ECCENTRICITY reads \"-0.001\"");
  expect(start + "14.58,0.001,-98.2,240,90.0,270.0,0.0001\n",
         "the inclination is not between 0 and 180 deg (-98.2 deg)");
  expect(start + "14.58,0.001,98.2,1e300,90.0,270.0,0.0001\n", "an angle is not between -360 and 360 deg (1e+300 deg)");
  expect(start + "1e9,0.001,98.2,240,90.0,270.0,0.0001\n", "the perigee is under the ground (by 6378 km)");
  expect(start + "14.58,0.5,98.2,240.0,90.0,270.0,0.0001\n", "the perigee is under the ground (by 2841 km)");
  expect(start + "14.58,0.001,98.2,240,90.0,270.0,1e200\n", "SGP4 cannot propagate it at its own epoch");
  expect(start + "2.0,0.9,63.4,90,0,180,0\n", "the perigee is under the ground (by 3718 km)");
  expect(start + "1e-9,0.0001,0.05,90,0,180,0\n", "SGP4 cannot propagate it at its own epoch (code 3");
  expect("BAD,7,2201-06-14T06:00:00,14.58,0.001,98.2,240,90.0,270.0,0\n", "the epoch is not between 1957 and 2199");
  expect(start + "14.58,0.001\n", "5 fields where the header has 10");
}

TEST(OrbitFlight, SetsOfOtherTheoriesAreNotTakenForSgp4) {
  std::string xp = b1;
  xp[62] = '4', xp[68] = '4';
  const auto f = read_tle(a1 + "\n" + a2 + "\n" + xp + "\n" + b2);
  EXPECT_EQ(f.set.size(), 1u);
  EXPECT_EQ(all_sentences(f.remark),
            "line 3: satellite 70003 is not used: cannot be read (ephemeris type \"4\" (SGP4-XP) needs another theory "
            "than SGP4; accepted: 0 or 2)\n");
  const std::string more =
      replaced(header, "OBJECT_NAME", "OBJECT_NAME,EPHEMERIS_TYPE,MEAN_ELEMENT_THEORY,REF_FRAME,TIME_SYSTEM");
  const auto one = [&](const std::string& four) {
    return read_omm_csv(more + replaced(row, "TEST A", "TEST A," + four));
  };
  EXPECT_TRUE(one("0,SGP4,TEME,UTC").remark.empty());
  for (const char* four : {"4,SGP4-XP,TEME,UTC", "0,SGP4-XP,TEME,UTC", "0,SGP4,ICRF,UTC", "0,SGP4,TEME,TAI"})
    EXPECT_TRUE(one(four).set.empty()) << four;
}

// Sets that get into a catalogue all the same neither empty the windows of the others nor keep the search from its end.
TEST(OrbitFlight, AbsurdSetsDoNotTouchTheWindowsOfOthers) {
  auto sets = parse_omm_csv(header + row);
  const Real alone = contact(fleet_of(sets));
  for (const Real motion : std::vector<Real>{nan, 1e9, 1e-300, math::infinity})
    sets.push_back(sets[0]), sets.back().mean.mean_motion = motion, sets.back().norad_cat_id += 7;
  sets.push_back(sets[0]), sets.back().mean.inclination = nan, sets.back().norad_cat_id = 5;
  const Real together = contact(fleet_of(sets));
  EXPECT_NEAR(alone, 1460.7, 0.1);
  EXPECT_NEAR(together, alone, 1e-3);
}

// After its decay SGP4's polynomials bring the satellite back: 23,702 s of contact on 2026-06-14 with one that fell in
// 2024.
TEST(OrbitFlight, DecayedSatellitesStayOut) {
  const auto f = read_tle(
      "1 70002U 24001A   24060.50000000  .00110000  00000-0  32750-2 0  9994\n"
      "2 70002  69.9913 111.5649 0009740 159.9373 200.0626 15.34502222    04\n");
  ASSERT_EQ(f.set.size(), 1u);
  const Fleet later = fleet_of(f.set);
  EXPECT_EQ(contact(later), 0.0);
  ASSERT_EQ(later.remark.size(), 1u);
  EXPECT_EQ(later.remark[0].reason, "SGP4 ends before the run: no contacts");
  EXPECT_EQ(later.remark[0].detail.substr(0, 24), "code 6, decayed on 2024-");
  // Over its last day: in contact before, never after.
  const Time end = f.set[0].mean.epoch + nanoseconds(60.0 * later.catalogue.until(0)), from = end - 12 * hour;
  const Fleet last = fleet_of(f.set, from, from + 24 * hour);
  EXPECT_NEAR(last.catalogue.until(0), later.catalogue.until(0), 0.1);
  EXPECT_EQ(last.remark[0].reason, "SGP4 ends during the run: no contacts from then on");
  std::vector<Station> ring;  // enough stations that one sees it to its end
  for (int k = 0; k < 60; ++k)
    ring.push_back(make_station((-60 + 30 * (k % 5)) * degree, 30 * (k / 5) * degree, 0.0, 0.0));
  const Windows w = find_windows(Host{}, last.catalogue, ring, {from, from + 24 * hour, 0.0});
  Time latest = 0;
  for (int i = 0; i < w.size(); ++i) latest = std::max(latest, w.los(i));
  EXPECT_LE(latest, end + ns_per_s);
  EXPECT_GT(latest, end - hour);
  // SGP4 itself: an error at the end, none before.
  Sgp4Coefficients c;
  sgp4_init(f.set[0].mean, c);
  EXPECT_NE(sgp4_propagate(c, later.catalogue.until(0) + 2e-3).error, 0);
  for (Real t = 0; t < later.catalogue.until(0); t += 11.0) ASSERT_EQ(sgp4_propagate(c, t).error, 0) << t;
}

// Two sets of one number are one satellite: 2,907.5 s where both fly.
TEST(OrbitFlight, TheSetNearestInTimeIsUsed) {
  const auto f = read_elements(
      header + replaced(replaced(row, "2026-06-14", "2026-05-15"), "240.0,90.0,270.0", "210.0,90.0,120.0") + row);
  ASSERT_EQ(f.set.size(), 2u);
  const Fleet now = fleet_of(f.set);
  EXPECT_NEAR(contact(now), 1460.7, 0.1);
  EXPECT_EQ(all_sentences(now.remark),
            "line 2: TEST A (70001) is not used: another set of the satellite is nearer to the run (epoch 2026-05-15 "
            "06:00 UTC)\n");
  const Time may = parse_utc("2026-05-14T00:00:00");
  const Fleet then = fleet_of(f.set, may, may + 24 * hour);
  ASSERT_EQ(then.set.size(), 1u);
  EXPECT_EQ(then.set[0], 0);
  EXPECT_NE(
      all_sentences(fleet_of(f.set, day + 240 * hour, day + 264 * hour).remark).find("more than 7 days from the run"),
      std::string::npos);
}

// Stations with lists of their own: each is what it is alone.
TEST(OrbitFlight, EachStationHasItsOwnList) {
  const auto sets = read_elements(a1 + "\n" + a2 + "\n" + b1 + "\n" + b2).set;
  const auto stations = reference_stations(10 * degree);
  const Fleet f = make_fleet(sets, std::vector<std::vector<int>>{{1}, {0}}, day, day + 24 * hour, Device::host);
  const Windows w = find_windows(Host{}, f.catalogue, stations, {day, day + 24 * hour, 0.0}, f.seen);
  for (int b = 0; b < 2; ++b) {
    const std::vector<ElementSet> own{sets[b == 0 ? 1u : 0u]};
    const Windows alone = find_windows(Host{}, make_catalogue(own, Device::host),
                                       std::vector{stations[static_cast<std::size_t>(b)]}, {day, day + 24 * hour, 0.0});
    ASSERT_EQ(w.first(b + 1) - w.first(b), alone.size());
    ASSERT_GT(alone.size(), 0);
    for (int i = 0; i < alone.size(); ++i) {
      EXPECT_EQ(w.satellite(w.first(b) + i), 1 - b);
      EXPECT_EQ(w.aos(w.first(b) + i), alone.aos(i));
    }
  }
}

TEST(OrbitFlight, SentencesNameAsManyAsAskedFor) {
  std::string text = header + row;
  for (int k = 0; k < 20; ++k)
    text += "LOW " + std::to_string(k) + "," + std::to_string(k) + ",2026-06-14T06:00:00,17.9,0.0001,0.05,90,0,180,0\n";
  const auto f = read_elements(text);
  const auto few = sentences(f.remark, 2), all = sentences(f.remark, 1000);
  ASSERT_EQ(few.size(), 1u);
  EXPECT_EQ(few[0],
            "20 of 21 element sets are not used: the perigee is under the ground: LOW 0 (0), line 3, by 199 km; "
            "LOW 1 (1), line 4, by 199 km; and 18 more");
  EXPECT_NE(all[0].find("LOW 19 (19), line 22, by 199 km"), std::string::npos);
  EXPECT_THROW(read_elements("No GP data found"), std::invalid_argument);
  EXPECT_EQ(all_sentences(read_elements("[{\"OBJECT_NAME\": \"A\", \"EPOCH\": 1}]").remark),
            "line 1: A is not used: cannot be read (the keyword MEAN_MOTION is not there)\n");
  EXPECT_THROW(read_elements(""), std::invalid_argument);
}

// Whatever a file holds: a sentence, or sets that fly with finite states. Seeded slips in good files, the same every
// time.
TEST(OrbitFlight, NoTextBreaksTheReaders) {
  const std::string tle = "\xEF\xBB\xBFSAT A\r\n" + a1 + "\r\n" + a2 + "\nSAT B\n" + b1 + "\n" + b2 + "\n",
                    omm = header + row + replaced(row, "70001", "\"70002\"");
  std::mt19937 draw(11);
  const std::string letters = "0123456789 .,+-eE\"\n\rTZ:naif\x00\xff";
  int flown = 0, refused = 0;
  for (int k = 0; k < 20000; ++k) {
    std::string text = k % 2 ? tle : omm;
    for (unsigned n = draw() % 4 + 1; n > 0 && !text.empty(); --n) {
      const std::size_t at = draw() % text.size();
      switch (draw() % 4) {
        case 0:
          text[at] = letters[draw() % letters.size()];
          break;
        case 1:
          text.erase(at, draw() % 8);
          break;
        case 2:
          text.insert(at, 1, letters[draw() % letters.size()]);
          break;
        default:
          text.resize(at + 1);
      }
    }
    try {
      const auto f = read_elements(text);
      refused += static_cast<int>(f.remark.size());
      for (const std::string& said : sentences(f.remark, 8)) {
        ASSERT_FALSE(said.empty());
      }
      const Fleet fleet = fleet_of(f.set);
      for (int s = 0; s < fleet.catalogue.n_satellite(); ++s) {
        ASSERT_EQ(fleet.catalogue.error(s), 0);
        ++flown;
      }
    } catch (const std::invalid_argument& e) {
      ASSERT_GT(std::string(e.what()).size(), 20u);
    }
  }
  EXPECT_GT(flown, 5000);
  EXPECT_GT(refused, 5000);
}

}  // namespace
}  // namespace coldsun::test

// Readers of element sets, what they refuse and how they say it, and the Walker generator.
#include <gtest/gtest.h>

#include "orbit_cases.hpp"

namespace coldsun::test {
namespace {

using namespace orbit;

const std::string iss1 = "1 25544U 98067A   26164.83523427  .00008738  00000+0  16534-3 0  9990";
const std::string iss2 = "2 25544  51.6333 316.6832 0004955 182.4672 177.6293 15.49214103571238";

// The same line with some columns replaced and its checksum made right again.
std::string with(std::string line, std::size_t column, const std::string& text) {
  line.replace(column - 1, text.size(), text);
  int sum = 0;
  for (std::size_t i = 0; i < 68; ++i)
    sum += line[i] >= '0' && line[i] <= '9' ? line[i] - '0' : (line[i] == '-' ? 1 : 0);
  line[68] = static_cast<char>('0' + sum % 10);
  return line;
}
template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "nothing thrown";
}

TEST(OrbitElements, TleFields) {
  const auto sets = parse_tle("ISS (ZARYA)\r\n" + iss1 + "\r\n" + iss2 + "\r\n");
  ASSERT_EQ(sets.size(), 1u);
  const ElementSet& s = sets[0];
  EXPECT_EQ(s.object_name, "ISS (ZARYA)");
  EXPECT_EQ(s.object_id, "98067A");
  EXPECT_EQ(s.norad_cat_id, 25544);
  EXPECT_EQ(s.mean.epoch, parse_utc("2026-06-13T20:02:44.240928Z"));
  EXPECT_DOUBLE_EQ(s.mean.inclination, 51.6333 * degree);
  EXPECT_DOUBLE_EQ(s.mean.eccentricity, 0.0004955);
  EXPECT_DOUBLE_EQ(s.mean.mean_motion, 15.49214103 * two_pi / 86400);
  EXPECT_NEAR(s.mean.bstar, 1.6534e-4, 1e-18);
}

TEST(OrbitElements, TleBothErasAndAlpha5) {
  EXPECT_EQ(parse_tle(with(iss1, 19, "57001.00000000") + "\n" + iss2)[0].mean.epoch, parse_utc("1957-01-01T00:00:00"));
  EXPECT_EQ(parse_tle(with(iss1, 19, "56366.50000000") + "\n" + iss2)[0].mean.epoch, parse_utc("2056-12-31T12:00:00"));
  EXPECT_EQ(parse_tle(with(iss1, 3, "A0000") + "\n" + with(iss2, 3, "A0000"))[0].norad_cat_id, 100000);
  EXPECT_EQ(parse_tle(with(iss1, 3, "J2931") + "\n" + with(iss2, 3, "J2931"))[0].norad_cat_id, 182931);
  EXPECT_EQ(parse_tle(with(iss1, 3, "Z9999") + "\n" + with(iss2, 3, "Z9999"))[0].norad_cat_id, 339999);
  EXPECT_NE(message_of([] { parse_tle(with(iss1, 3, "I0000") + "\n" + iss2); }).find("columns 3-7"), std::string::npos);
}

TEST(OrbitElements, TleErrorsNameLineAndColumn) {
  std::string wrong = iss2;
  wrong[68] = '0';
  EXPECT_EQ(message_of([&] { parse_tle("ISS\n" + iss1 + "\n" + wrong); }),
            "element sets: line 3: column 69 (checksum) reads \"0\", the line sums to 8.");
  EXPECT_EQ(message_of([&] { parse_tle(iss1 + "\n" + with(iss2, 9, " 51.x333")); }),
            "element sets: line 2: columns 9-16 (inclination) read \" 51.x333\".");
  EXPECT_EQ(message_of([&] { parse_tle(iss1 + "\n" + with(iss2, 3, "25545")); }),
            "element sets: line 2: columns 3-7 (catalogue number) read \"25545\", the line before has \"25544\".");
  EXPECT_EQ(message_of([&] { parse_tle(iss1); }), "element sets: line 1: a first line without its second.");
  EXPECT_EQ(message_of([&] { parse_tle(iss2); }), "element sets: line 1: a second line without its first.");
  EXPECT_EQ(message_of([&] { parse_tle(iss1.substr(0, 66) + "\n" + iss2); }),
            "element sets: line 1: 66 columns where an element set's line has 69 (cut short?).");
  EXPECT_EQ(message_of([] { parse_tle("# nothing\n"); }), "element sets: line 1: no element set in the text.");
}

TEST(OrbitElements, OmmIdsOfEveryWidth) {
  const auto sets = parse_omm_csv(read_text("orbit_omm_ids.csv"));
  const std::int64_t ids[] = {25544, 99999, 100000, 148493, 339999, 340000, 999100101};
  ASSERT_EQ(sets.size(), 7u);
  const auto tle = parse_tle(iss1 + "\n" + iss2)[0];
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(sets[i].norad_cat_id, ids[i]);
    EXPECT_EQ(sets[i].mean.epoch, tle.mean.epoch);
    EXPECT_DOUBLE_EQ(sets[i].mean.mean_motion, tle.mean.mean_motion);
    EXPECT_DOUBLE_EQ(sets[i].mean.bstar, tle.mean.bstar);
    EXPECT_DOUBLE_EQ(sets[i].mean.mean_anomaly, tle.mean.mean_anomaly);
  }
}

// One satellite as CelesTrak's CSV, JSON, XML and KVN write it: the same set.
const std::string form_csv =
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "NORAD_CAT_ID,BSTAR\nA & B,1958-002B,2025-02-14T14:36:48.662784,10.85873516,.1841322,34.2493,19.2327,100.1057,"
    "281.1229,999100101,.35436E-3\n";
const std::string form_json =
    "[\n{\"OBJECT_NAME\": \"A \\u0026 B\", \"OBJECT_ID\":\"1958-002B\", \"EPOCH\": \"2025-02-14T14:36:48.662784\", "
    "\"MEAN_MOTION\": \"10.85873516\", \"ECCENTRICITY\": 0.1841322, \"INCLINATION\": 34.2493, \"RA_OF_ASC_NODE\": "
    "19.2327, \"ARG_OF_PERICENTER\": 100.1057, \"MEAN_ANOMALY\": 281.1229, \"EPHEMERIS_TYPE\": 0, \"USER\": {\"a\": "
    "[1, \"EPOCH\"]}, \"NORAD_CAT_ID\": 999100101, \"BSTAR\": 3.5436e-4, \"DECAYED\": null}\n]";
const std::string form_xml =
    "<?xml version=\"1.0\"?>\n<ndm><!-- <omm> -->\n<omm id=\"CCSDS_OMM_VERS\" version=\"2.0\"><body><OBJECT_NAME>A "
    "&amp; "
    "B</OBJECT_NAME><OBJECT_ID>1958-002B</OBJECT_ID><CENTER_NAME>EARTH</CENTER_NAME><REF_FRAME>TEME</REF_FRAME>"
    "<EPOCH>2025-02-14T14:36:48.662784</EPOCH><MEAN_MOTION "
    "units=\"rev/day\">10.85873516</MEAN_MOTION><ECCENTRICITY>.1841322</ECCENTRICITY><INCLINATION>34.2493</INCLINATION>"
    "<RA_OF_ASC_NODE>19.2327</RA_OF_ASC_NODE><ARG_OF_PERICENTER>100.1057</ARG_OF_PERICENTER><MEAN_ANOMALY>281.1229</"
    "MEAN_ANOMALY><NORAD_CAT_ID>999100101</NORAD_CAT_ID><BSTAR>.35436E-3</BSTAR><MEAN_MOTION_DOT>0</MEAN_MOTION_DOT>"
    "</body></omm></ndm>";
const std::string form_kvn =
    "CCSDS_OMM_VERS = 2.0\nCOMMENT EPOCH = none\nOBJECT_NAME = A & B\nOBJECT_ID = 1958-002B\nTIME_SYSTEM = UTC\n"
    "EPOCH = 2025-02-14T14:36:48.662784\nMEAN_MOTION = 10.85873516 [rev/day]\nECCENTRICITY = 0.1841322\n"
    "INCLINATION = 34.2493 [deg]\nRA_OF_ASC_NODE = 19.2327\nARG_OF_PERICENTER = 100.1057\nMEAN_ANOMALY = 281.1229\n"
    "NORAD_CAT_ID = 999100101\nBSTAR = 0.00035436\n";

TEST(OrbitElements, OmmFormsAreOne) {
  const auto csv = read_elements(form_csv).set;
  ASSERT_EQ(csv.size(), 1u);
  for (const std::string& text : {form_json, form_xml, form_kvn}) {
    const auto f = read_elements("\xEF\xBB\xBF\n" + text);
    EXPECT_TRUE(f.remark.empty()) << text;
    ASSERT_EQ(f.set.size(), 1u) << text;
    const ElementSet &a = csv[0], &b = f.set[0];
    EXPECT_EQ(b.object_name, "A & B");
    EXPECT_EQ(b.object_id, a.object_id);
    EXPECT_EQ(b.norad_cat_id, 999100101);
    EXPECT_EQ(b.mean.epoch, a.mean.epoch);
    for (const auto k : {&MeanElements::mean_motion, &MeanElements::eccentricity, &MeanElements::inclination,
                         &MeanElements::ra_of_asc_node, &MeanElements::arg_of_pericenter, &MeanElements::mean_anomaly,
                         &MeanElements::bstar})
      EXPECT_EQ(b.mean.*k, a.mean.*k);
  }
}

// Each form three times, the middle one spoilt: it is named, the others are read.
TEST(OrbitElements, OmmFormsFaultyRecordsCostThemselves) {
  const auto spoilt = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string object = form_json.substr(2, form_json.size() - 4),
                    element = form_xml.substr(form_xml.find("<omm id"));
  const auto json = [&](const std::string& bad) { return "[" + object + ",\n" + bad + ",\n" + object + "]"; };
  const auto xml = [&](const std::string& bad) { return "<ndm>" + element + "\n" + bad + "\n" + element + "</ndm>"; };
  const auto kvn = [&](const std::string& bad) { return form_kvn + bad + form_kvn; };
  const struct {
    std::string text, why;
  } cases[] = {{json(spoilt(object, "0.1841322", "\"much\"")), "keyword ECCENTRICITY reads \"much\""},
               {json(spoilt(object, "\"BSTAR\"", "\"BS\"")), "the keyword BSTAR is not there"},
               {json(spoilt(object, "\"USER\"", "\"BSTAR\": 1, \"USER\"")), "the keyword BSTAR stands there twice"},
               {xml(spoilt(element, "2025-02-14T", "2025-02-34T")), "keyword EPOCH reads"},
               {xml(spoilt(element, "</omm>", "")), "the element <omm> is not closed"},
               {xml(spoilt(element, "TEME", "ICRF")), "keyword REF_FRAME reads \"ICRF\"; accepted: TEME"},
               {kvn(spoilt(form_kvn, "999100101", "1999100101")), "keyword NORAD_CAT_ID reads \"1999100101\""},
               {kvn(spoilt(form_kvn, "INCLINATION = 34.2493 [deg]\n", "")), "the keyword INCLINATION is not there"}};
  for (const auto& c : cases) {
    const ElementFile f = read_elements(c.text);
    EXPECT_EQ(f.n_record, 3) << c.text;
    EXPECT_EQ(f.set.size(), 2u) << c.text;
    ASSERT_EQ(f.remark.size(), 1u) << c.text;
    EXPECT_NE(f.remark[0].detail.find(c.why), std::string::npos) << f.remark[0].detail;
    EXPECT_NE(f.remark[0].name.find("A & B"), std::string::npos) << f.remark[0].name;
  }
  EXPECT_EQ(read_elements(form_json.substr(0, 100)).remark[0].detail, "a string is not closed.");
}

TEST(OrbitElements, OmmErrorsNameLineAndColumn) {
  const std::string header =
      "NORAD_CAT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,BSTAR\n";
  EXPECT_EQ(parse_omm_csv(header + "7,2026-06-14T00:00:00,15.2,0.001,53,0,0,0,1e-4\n")[0].norad_cat_id, 7);
  EXPECT_EQ(message_of([&] { parse_omm_csv(header + "7,2026-06-31T00:00:00,15.2,0.001,53,0,0,0,0\n"); }),
            "element sets: line 2: column EPOCH reads \"2026-06-31T00:00:00\".");
  EXPECT_EQ(message_of(
                [&] { parse_omm_csv("# note\n" + header + "1234567890,2026-06-14T00:00:00,15.2,0.001,53,0,0,0,0\n"); }),
            "element sets: line 3: column NORAD_CAT_ID reads \"1234567890\".");
  EXPECT_EQ(message_of([&] { parse_omm_csv(header + "7,2026-06-14T00:00:00,15.2,1.5,53,0,0,0,0\n"); }),
            "element sets: line 2: column ECCENTRICITY reads \"1.5\".");
  EXPECT_EQ(message_of([&] { parse_omm_csv(header + "7,2026-06-14T00:00:00,15.2\n"); }),
            "element sets: line 2: 3 fields where the header has 9.");
  EXPECT_EQ(message_of([&] { parse_omm_csv("EPOCH,INCLINATION\n"); }),
            "element sets: line 1: the header lacks the column MEAN_MOTION.");
}

// A shell stays at its height and keeps its pattern: SGP4's own semi-major axis comes back to 1 mm, planes and places
// are even.
TEST(OrbitElements, WalkerDelta) {
  const Time epoch = parse_utc("2026-06-14T00:00:00Z");
  const auto sets = small_shell(epoch);
  ASSERT_EQ(sets.size(), 288u);
  Sgp4Coefficients c;
  ASSERT_EQ(sgp4_init(sets[0].mean, c), Sgp4Error::none);
  EXPECT_NEAR((c.ao - 1.0) * sgp4::radius * 1e3, 480e3, 1e-3);
  // J2 makes the published (Kozai) mean motion differ from Kepler's for the same axis: 3/2 J2 (R/a)^2 (1 - 3/2 sin^2 i)
  // = 6e-5.
  const Real kepler = sgp4::xke / std::pow(c.ao, 1.5) / 60.0;
  EXPECT_NEAR(sets[0].mean.mean_motion / kepler - 1.0, 0.75 * sgp4::j2 * c.con41 / (c.ao * c.ao), 1e-8);
  EXPECT_DOUBLE_EQ(sets[12].mean.ra_of_asc_node, two_pi / 24);
  EXPECT_NEAR(sets[12].mean.mean_anomaly - sets[0].mean.mean_anomaly, two_pi * 5 / 288, 1e-15);
  EXPECT_NEAR(sets[1].mean.mean_anomaly, two_pi / 12, 1e-15);
  WalkerDelta bad;
  bad.total = 10, bad.plane = 3;
  EXPECT_EQ(message_of([&] { walker_delta(bad); }), "walker delta: 10 satellites do not fill 3 planes.");
}

TEST(OrbitElements, Utc) {
  EXPECT_EQ(parse_utc("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_utc("2026-06-14 06:00:00.000000001"), 1781416800 * ns_per_s + 1);
  EXPECT_EQ(message_of([] { parse_utc("14.6.2026"); }), "time \"14.6.2026\" is not like 2026-06-14T06:00:00.123456Z.");
}

}  // namespace
}  // namespace coldsun::test

// Files named by a site: satellites per site, files beside the site file, remarks on skipped element sets.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/make/make_system.hpp"
#include "io_twin.hpp"

namespace coldsun {
namespace {

namespace fs = std::filesystem;
using twin_test::data;

const std::string tle =
    "SAT A\n1 70001U 26010A   26165.25000000  .00001000  00000+0  10000-3 0  9998\n"
    "2 70001  98.2000 240.0000 0010000  90.0000 270.0000 14.58000000    13\n";
const std::string geo =
    "GEO TEST\n1 A0001U 26001A   26165.00000000 -.00000100  00000+0  00000+0 0  9990\n"
    "2 A0001   0.0500  90.0000 0001000   0.0000 180.0000  1.00270000    18\n";

struct Folder {
  fs::path path = fs::path(testing::TempDir()) / ("coldsun_library_" + std::to_string(::getpid()));
  Folder() {
    fs::remove_all(path), fs::create_directories(path / "sites" / "own"), fs::create_directories(path / "shared_data");
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string at(const std::string& name) const { return (path / name).string(); }
};
std::string site_text(const std::string& site, std::initializer_list<std::pair<std::string, std::string>> changes) {
  std::ifstream in(data / "sites" / (site + ".toml"), std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  for (const auto& [from, to] : changes) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  }
  return text;
}
const std::string named = "data = [\"three_body\"]";

// Seconds of contact of each site in the 24 h from 2026-06-14T04:00Z.
std::vector<Real> contact(Network n, Library l) {
  l.broadband.resize(1);  // not used here
  const System s = make_system(n, l, Device::host);
  Inputs in;
  const Time start = n.start, stop = start + ns_per_day;
  fill_links(in, s, l, start, stop);
  std::vector<Real> sum;
  for (int b = 0; b < s.n_site(); ++b)
    sum.push_back(seconds(orbit::ContactLine{in.contacts, b, 0}.contact_time(start, stop)));
  return sum;
}
std::vector<Real> contact(const std::string& name) {
  Network n = load_network(name, data);
  const Library l = io::load_library(n, data);
  return contact(n, l);
}
std::string refused(const std::string& name) {
  try {
    Network n = load_network(name, data);
    io::load_library(n, data);
  } catch (const SiteError& e) {
    return e.what();
  }
  return "not refused";
}

// Atacama has 4,759 s of contact a day with the Three-Body satellites, whatever the other site lists; with one common
// list it had 8,219 s.
TEST(Library, EachSiteHasItsOwnSatellites) {
  const Folder f;
  f.write("mine.tle", tle);
  f.write("other.toml", site_text("masdar", {{named, "data = [\"mine\"]"}}));
  f.write("net.toml",
          "name = \"n\"\nsites = [\"atacama\", \"other\"]\n"
          "constellations = [\"broadband\", \"three_body\", \"mine\"]\nstart = 2026-06-14T04:00:00Z\n");
  const std::vector<Real> two = contact(f.at("net.toml")), alone = contact("atacama"),
                          other = contact(f.at("other.toml"));
  EXPECT_NEAR(alone[0], 4759.0, 1.0);
  EXPECT_EQ(two[0], alone[0]);
  EXPECT_EQ(two[1], other[0]);
}

// By name and by path, with and without extension, in parent and sub-folders; also jobs, plates and modules.
TEST(Library, OwnFilesAreFoundBesideTheSiteFile) {
  const Folder f;
  f.write("sites/mysats.tle", tle), f.write("sites/own/more.csv", "# none\n"), f.write("shared_data/far.tle", tle);
  f.write("sites/own/stats.toml", site_text("../jobs/philly", {{"name = \"", "name = \"own_"}}));
  f.write("shared_data/plate.toml", site_text("../plates/gpu_700w", {{"n_channel = 95", "n_channel = 80"}}));
  const Real right = 1573.84;  // of the satellite over a day beginning at 04:00
  for (const char* name :
       {"mysats", "mysats.tle", "./mysats", "../shared_data/far", "../shared_data/far.tle", "../sites/mysats"}) {
    f.write("sites/site.toml", site_text("atacama", {{named, std::string("data = [\"") + name + "\"]"},
                                                     {"file = \"jobs/philly.toml\"", "file = \"own/stats.toml\""},
                                                     {"plate = \"gpu_700w\"", "plate = \"../shared_data/plate\""}}));
    Network n = load_network(f.at("sites/site.toml"), data);
    const Library l = io::load_library(n, data);
    EXPECT_EQ(l.data.size(), 1u) << name;
    EXPECT_NEAR(contact(n, l)[0], right, 0.1) << name;
    EXPECT_EQ(n.site[0].plate[0].channel.n_channel, 80);
    EXPECT_NE(inputs_text(n).find("own_"), std::string::npos);
    EXPECT_NE(inputs_text(n).find("1 sets, "), std::string::npos);
  }
  // A site may have the name of its constellation: its own file is not taken for it.
  f.write("sites/mysats.toml", site_text("atacama", {{named, "data = [\"mysats\"]"}}));
  EXPECT_NEAR(contact(f.at("sites/mysats.toml"))[0], right, 0.1);
  fs::remove(f.at("sites/mysats.toml"));
  // A copy of a shipped site finds the shipped files; a missing file is reported with both places.
  f.write("sites/site.toml", site_text("atacama", {}));
  EXPECT_NEAR(contact(f.at("sites/site.toml"))[0], 4759.0, 1.0);
  f.write("sites/site.toml", site_text("atacama", {{named, "data = [\"yoursats\"]"}}));
  const std::string why = refused(f.at("sites/site.toml"));
  EXPECT_NE(why.find("comms.data = \"yoursats\"; accepted: a constellation (.toml, .csv, .tle, .txt) beside the file "
                     "that names it"),
            std::string::npos)
      << why;
  EXPECT_NE(why.find("broadband, three_body"), std::string::npos) << why;
  f.write("sites/mysats.csv", "x"), f.write("sites/site.toml", site_text("atacama", {{named, "data = [\"mysats\"]"}}));
  EXPECT_NE(
      refused(f.at("sites/site.toml")).find("fits mysats.csv and mysats.tle; accepted: the name with its extension"),
      std::string::npos);
}

// Sites of a network search beside their own files, so that one name may mean two files.
TEST(Library, SitesOfANetworkSearchBesideTheirOwnFiles) {
  const Folder f;
  fs::create_directories(f.path / "east");
  f.write("sites/mine.tle", tle);
  f.write(
      "east/mine.csv",
      "NORAD_CAT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,BSTAR\n"
      "5,2026-06-14T06:00:00,15.2,0.001,53,0,0,0,1e-4\n6,2026-06-14T06:00:00,15.2,0.001,53,90,0,0,1e-4\n");
  f.write("sites/west.toml", site_text("atacama", {{named, "data = [\"mine\"]"}}));
  f.write("east/east.toml", site_text("masdar", {{named, "data = [\"mine\"]"}}));
  f.write("net.toml",
          "name = \"n\"\nsites = [\"sites/west\", \"east/east.toml\"]\nconstellations = [\"broadband\", "
          "\"mine\"]\nstart = 2026-06-14T04:00:00Z\n");
  Network n = load_network(f.at("net.toml"), data);
  const Library l = io::load_library(n, data);
  ASSERT_EQ(l.data.size(), 3u);
  EXPECT_EQ(l.listed[0], std::vector<int>{0});
  EXPECT_EQ(l.listed[1], (std::vector<int>{1, 2}));
}

TEST(Library, SkippedElementSetsAreReportedAndTheOthersUsed) {
  const Folder f;
  f.write("mysats.tle", geo + tle + tle.substr(0, 120) + "\n");
  f.write("site.toml", site_text("atacama", {{named, "data = [\"mysats\"]"}}));
  Network n = load_network(f.at("site.toml"), data);
  const Library l = io::load_library(n, data);
  const auto said = element_remarks(l, 1, n.start, n.start + ns_per_day, 8);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0],
            "mysats.tle:9: SAT A (70001) is not used: cannot be read (44 columns where an element set's line has 69 "
            "(cut short?))");
  EXPECT_EQ(l.data.size(), 2u);  // the geostationary one too
  f.write("mysats.tle", tle.substr(0, 120) + "\n");
  EXPECT_NE(refused(f.at("site.toml")).find("comms.data: none of the element sets can be used; mysats.tle:3: SAT A"),
            std::string::npos)
      << refused(f.at("site.toml"));
}

}  // namespace
}  // namespace coldsun

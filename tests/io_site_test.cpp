// Site and network files: the shipped ones are complete, plausible and sourced; `coldsun check` describes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "core/io/describe.hpp"
#include "core/io/site_reader.hpp"
#include "core/make/make_system.hpp"
#include "core/site/units.hpp"
#include "io_site_text.hpp"
#include "sky/climate.hpp"

namespace coldsun {
namespace {

namespace fs = std::filesystem;
using namespace site_test;

TEST(SiteFile, ShippedSitesAreComplete) {
  for (const char* name : {"atacama", "masdar"}) {
    SCOPED_TRACE(name);
    const Site s = load_site(name, data);
    EXPECT_EQ(s.name, name);
    const DesignPoint d = design_point(s);
    // One megawatt class: 128 nodes of eight 700 W accelerators.
    EXPECT_EQ(d.n_node, 128);
    EXPECT_EQ(d.n_field, 64);
    EXPECT_EQ(d.n_gpu, 1024);
    EXPECT_NEAR(d.p_it_max, 0.9e6, 0.1e6);
    EXPECT_GT(d.p_pv_stc, 2.5e6);
    EXPECT_LT(d.p_pv_stc, 3.2e6);
    EXPECT_GT(to_unit("mwh", d.e_battery), 3.5);
    EXPECT_EQ(d.n_string_row, 144);
    // First design figures.
    const Real lpm_per_kw = to_unit("lpm", d.flow_per_heat) * 1e3;
    EXPECT_GE(lpm_per_kw, 1.25);  // OCP OAI: 1.25 to 2.0
    EXPECT_LE(lpm_per_kw, 2.0);
    EXPECT_GE(d.cdu_approach, 3.0);
    EXPECT_LE(d.cdu_approach, 5.0);
    EXPECT_GE(d.cooler_approach, 3.0);
    EXPECT_LE(d.cooler_approach, 8.0);
    EXPECT_LT(d.p_aux_design / d.p_it_max, 0.15);
    EXPECT_GE(d.t_supply, 305.15);
    EXPECT_LE(d.t_supply, 318.15);
    EXPECT_LT(d.v_string_oc_cold, 780.0);  // a boost converter needs bus voltage above string voltage
    for (const StringGroup& g : s.power.strings) EXPECT_EQ(g.n_series, 14);
    // The shipped flow factors have a mean of 1 over nodes.
    Real flow = 0;
    for (const NodeType& n : s.hall.node) flow += n.flow_factor * n.n_node;
    EXPECT_NEAR(flow / d.n_node, 1.0, 1e-12);
    for (const PlateClass& p : s.plate) {
      Real mean = 0;
      for (const Real x : p.power_map) mean += x / static_cast<Real>(p.power_map.size());
      EXPECT_NEAR(mean, 1.0, 1e-12);
      EXPECT_EQ(p.layer.at(static_cast<std::size_t>(p.tim())).name, "tim");
    }
    EXPECT_FALSE(s.climate.reference.empty());
    // The demo day begins at local midnight.
    const Time day = 86400 * ns_per_s;
    EXPECT_EQ(((s.start + nanoseconds(s.utc_offset)) % day + day) % day, 0);
  }
}

// DNI at noon on the 21st of a month without cloud or dust.
Real noon_beam(const Site& s, int month) {
  sky::SkyMaker make(sky_site(s), sky_climate(s));
  Real most = 0;
  for (int k = 0; k < 288; ++k)
    most = std::max(most, make(midnight({2026, month, 21}) + k * 300 * ns_per_s, 0.0).clear.dni);
  return most;
}

// Annual sums within 3 % of their references. Clear-day DNI: Atacama as the Ineichen sky of pvlib 0.16.1 with its own
// turbidity file (979 and 1,037 W/m2); Masdar near the mean of cloudless skies in the Emirates, 700 W/m2 (Eissa et al.
// 2015). Atacama's GHI has no such reference: maps of the region give 2,500 to 2,600 kWh/m2.
TEST(SiteFile, YearsMeetTheirReferencesAndClearDaysAreClear) {
  const Site a = load_site("atacama", data), m = load_site("masdar", data);
  const sky::Irradiation ya = sky::annual_irradiation(sky_site(a), sky_climate(a), 2026);
  const sky::Irradiation ym = sky::annual_irradiation(sky_site(m), sky_climate(m), 2026);
  EXPECT_NEAR(ya.ghi / 3.6e6, 2550.0, 50.0);
  EXPECT_NEAR(ya.dni, a.climate.reference.at(0).dni, 0.03 * ya.dni);
  EXPECT_NEAR(ym.ghi, m.climate.reference.at(0).ghi, 0.03 * ym.ghi);
  EXPECT_NEAR(ym.dni, m.climate.reference.at(0).dni, 0.03 * ym.dni);
  EXPECT_NEAR(noon_beam(a, 6), 978.9, 3.0);
  EXPECT_NEAR(noon_beam(a, 12), 1036.8, 3.0);
  EXPECT_NEAR(noon_beam(m, 6), 700.0, 70.0);
  EXPECT_NEAR(noon_beam(m, 12), 700.0, 70.0);
}

TEST(SiteFile, ShippedSitesAreAtTheirPositions) {
  const Site a = load_site("atacama", data), m = load_site("masdar", data);
  EXPECT_NEAR(to_unit("deg", a.latitude), -22.92, 1e-12);
  EXPECT_NEAR(to_unit("deg", a.longitude), -69.91, 1e-12);
  EXPECT_EQ(a.altitude, 1635);
  EXPECT_NEAR(to_unit("deg", m.latitude), 24.4267, 1e-12);
  EXPECT_NEAR(to_unit("deg", m.longitude), 54.6167, 1e-12);
  EXPECT_EQ(m.altitude, 10);
}

TEST(SiteFile, EveryShippedValueHasASource) {
  const Network n = load_network("pilots", data);
  std::vector<Provenance> all = n.provenance;
  for (const Site& s : n.site) {
    const OriginCount c = count_origins(s.provenance);
    EXPECT_GT(c.sourced, 40) << s.name;
    EXPECT_GT(c.assumed, 0) << s.name;
    EXPECT_GT(c.total(), 200) << s.name;
    all.insert(all.end(), s.provenance.begin(), s.provenance.end());
    std::set<std::string> keys;
    for (const Provenance& p : s.provenance) EXPECT_TRUE(keys.insert(p.key).second) << p.key << " is counted twice";
  }
  for (const Provenance& p : all) {
    EXPECT_NE(p.origin, Origin::unstated) << p.file << ":" << p.line << ": " << p.key;
    EXPECT_FALSE(p.text.empty()) << p.key;
    EXPECT_GT(p.note.size(), 5u) << p.file << ":" << p.line << ": " << p.key << " says too little: " << p.note;
    EXPECT_GT(p.line, 0);
  }
}

// Every key with a number in the text is in the provenance, counted independently of the reader.
TEST(SiteFile, CountsCoverEveryNumber) {
  const Site s = load_site("atacama", data);
  std::size_t keys = 0;
  std::string text = atacama();
  std::size_t start = 0;
  while (start < text.size()) {
    std::size_t end = text.find('\n', start);
    if (end == std::string::npos) end = text.size();
    const std::string line = text.substr(start, end - start);
    const std::size_t eq = line.find(" = ");
    if (eq != std::string::npos && line[0] != '#') {
      const std::string key = line.substr(0, eq);
      const char first = line[eq + 3];
      const bool number = (first >= '0' && first <= '9') || first == '-' || (first == '[' && line[eq + 4] != '"') ||
                          line.find("{ value") == eq + 3;
      if (number) ++keys;
      if (key == "loss") keys += 3;
      for (const char* choice : {"mounting", "coolant", "chemistry", "strategy", "distribution"}) keys += key == choice;
    }
    start = end + 1;
  }
  std::size_t counted = 0;
  for (const Provenance& p : s.provenance) counted += p.file == "atacama.toml";
  EXPECT_EQ(counted, keys);
}

TEST(SiteFile, ValuesAreSiAfterReading) {
  const Site s = load_site("atacama", data);
  EXPECT_NEAR(s.cooling.t_supply, 309.15, 1e-12);
  EXPECT_NEAR(s.cooling.pump.flow, 1075e-3 / 60, 1e-15);
  EXPECT_NEAR(s.power.battery.capacity, 280 * 3600, 1e-9);
  EXPECT_NEAR(s.power.module[0].adjust, 0.0540163, 1e-15);
  EXPECT_FALSE(s.power.grid.carbon_intensity.constant);
  Real mean = 0;
  for (const Real x : s.power.grid.carbon_intensity.value) mean += x / 24;
  EXPECT_NEAR(to_unit("g_per_kwh", mean), 291, 0.05);  // Chile 2023
  EXPECT_TRUE(load_site("masdar", data).power.grid.carbon_intensity.constant);
  // The same value in another unit gives the same site.
  const Site t = read_site(with("t_supply_degc = { value = 36,", "t_supply_k = { value = 309.15,"), "a.toml", data);
  EXPECT_NEAR(t.cooling.t_supply, s.cooling.t_supply, 1e-12);
}

TEST(SiteFile, HourlySeriesIsInLocalStandardTime) {
  Hourly h;
  for (int i = 0; i < 24; ++i) h.value[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(h.at(0), 0);
  EXPECT_EQ(h.at(3599.9), 0);
  EXPECT_EQ(h.at(3600), 1);
  EXPECT_EQ(h.at(86399), 23);
  EXPECT_EQ(h.at(86400), 0);
  EXPECT_EQ(h.at(-1), 23);
  EXPECT_EQ(h.at(-3600), 23);
  EXPECT_EQ(h.at(-3601), 22);
}

TEST(NetworkFile, NetworkOfThePilotsAndOfASiteAlone) {
  const Network n = load_network("pilots", data);
  ASSERT_EQ(n.site.size(), 2u);
  EXPECT_EQ(n.site[0].name, "atacama");
  EXPECT_EQ(n.site[1].name, "masdar");
  EXPECT_EQ(n.link.size(), 3u);
  EXPECT_NEAR(n.link[0].latency, 0.105, 1e-15);
  EXPECT_EQ(n.start, n.site[0].start);
  const Network one = load_network("atacama", data);
  ASSERT_EQ(one.site.size(), 1u);
  EXPECT_EQ(one.name, "atacama");
  ASSERT_EQ(one.constellation.size(), 2u);
  EXPECT_EQ(one.constellation[0].name, one.site[0].comms.broadband);
  EXPECT_EQ(one.constellation[0].file, "constellations/broadband.toml");
  EXPECT_EQ(one.constellation[1].file, "constellations/three_body.csv");
}

TEST(NetworkFile, FilesAreFoundBesideAPath) {
  const fs::path folder = fs::path(testing::TempDir()) / "coldsun_site_test";
  fs::create_directories(folder);
  std::ofstream(folder / "mine.toml") << with("plate = \"gpu_700w\"", "plate = \"own_plate\"");
  std::string plate = text_of(data / "plates" / "gpu_700w.toml");
  plate.replace(plate.find("n_channel = 95"), 14, "n_channel = 80");
  std::ofstream(folder / "own_plate.toml") << plate;
  std::ofstream(folder / "net.toml")
      << "name = \"n\"\nsites = [\"./mine.toml\"]\nconstellations = [\"broadband\", \"three_body\"]\n"
         "start = 2026-06-14T04:00:00Z\n";
  const Site s = load_site((folder / "mine.toml").string(), data);
  EXPECT_EQ(s.plate[0].name, "own_plate");
  EXPECT_EQ(s.plate[0].channel.n_channel, 80);
  EXPECT_EQ(s.plate[1].channel.n_channel, 95);
  const Network n = load_network((folder / "net.toml").string(), data);
  EXPECT_EQ(n.site[0].plate[0].channel.n_channel, 80);
  EXPECT_EQ(count_origins(n.provenance).unstated, 1);  // start
  fs::remove_all(folder);
}

TEST(Describe, ListsTheDesignFigures) {
  const Network n = load_network("pilots", data);
  const std::string text = describe(n, true), summary = describe(n);
  EXPECT_LE(std::count(summary.begin(), summary.end(), '\n'), 50);  // two sites
  EXPECT_EQ(summary.find("assumed: "), std::string::npos);
  for (const char* piece :
       {"0.896 MW IT, 128 nodes", "plates of 64 nodes resolved, 64 lumped", "2.869 MWp, 376 strings in 144 rows",
        "MWh usable", "DNI 3063", "GHI 2051 DNI 1418", "0 unstated", "assumed: "})
    EXPECT_NE(text.find(piece), std::string::npos) << piece << "\n" << text.substr(0, 2000);
}

TEST(Describe, UnusualDesignFiguresAreNoted) {
  const auto holds = [](const std::string& text, const char* piece) {
    for (const std::string& d : doubts(read_site(text, "a.toml", data)))
      if (d.find(piece) != std::string::npos) return true;
    return false;
  };
  EXPECT_FALSE(holds(atacama(), "coolant flow"));
  EXPECT_TRUE(
      holds(with("flow_lpm = { value = 1075,", "flow_lpm = { value = 500,"), "coolant flow of 0.70 L/min per kW"));
  EXPECT_TRUE(holds(with("n_series = { value = 14,", "n_series = { value = 16,"), "open-circuit voltage"));
  EXPECT_TRUE(holds(with("p_import_kw = 1000", "p_import_kw = 900"), "load is shed"));
  EXPECT_TRUE(holds(with("p_budget_kw = { value = 800,", "p_budget_kw = { value = 0,"),
                    "supply at most 0 kW"));  // the feeder would carry it
  EXPECT_TRUE(holds(with("p_rated_kw = 1100", "p_rated_kw = 200"), "supply at most 200 kW"));
  EXPECT_TRUE(holds(with("t_restart_degc = 75", "t_restart_degc = 20.5"), "once tripped it never restarts"));
  EXPECT_FALSE(holds(atacama(), "utc_offset"));
  EXPECT_TRUE(holds(with("utc_offset_h = { value = -4,", "utc_offset_h = { value = 8,"),
                    "utc_offset of +8.0 h at -69.9 degrees east"));  // public report 26
}

// Missing keys of a generator get usual values, with their source in the provenance; `check` shows them and notes a
// reserve too small to bridge its start.
TEST(SiteFile, GensetKeysHaveUsualDefaults) {
  const auto genset = [](const std::string& more) {
    return with("[power.aux_converter]",
                "[power.genset]\nsource = \"assumed: as large as the hall\"\np_max_kw = "
                "1000\ncarbon_intensity_g_per_kwh = 700\n"
                "price_usd_per_mwh = 300\n" +
                    more +
                    "[power.genset.rectifier]\np_rated_kw = 1100\nloss = { c0 = 0.004, c1 = 0.006, c2 = 0.008 }\n\n"
                    "[power.aux_converter]");
  };
  const Site s = read_site(genset(""), "atacama.toml", data);
  const Genset& g = s.power.genset;
  EXPECT_EQ(g.p_min, 300e3);
  EXPECT_EQ(g.start_time, 30.0);
  EXPECT_EQ(g.least_run, 1800.0);
  EXPECT_NEAR(g.soc_stop, 0.525, 1e-12);
  EXPECT_NEAR(g.fuel_idle + g.fuel_slope * g.p_max, 330.15e-3 / 3600.0, 1e-12);
  int listed = 0;
  for (const Provenance& p : s.provenance)
    listed += p.key == "power.genset.fuel_slope_l_per_kwh" && p.origin == Origin::sourced;
  EXPECT_EQ(listed, 1);
  EXPECT_NE(describe(s).find("1000 kW, minimum load 300 kW, start time 30 s"), std::string::npos);
  EXPECT_EQ(read_site(genset("start_time_s = 10\nsoc_stop = 0.8\n"), "atacama.toml", data).power.genset.start_time,
            10.0);
  EXPECT_THROW(read_site(genset("soc_stop = 0.99\n"), "atacama.toml", data), SiteError);
  const auto says = [&](const std::string& text, const char* piece) {
    for (const std::string& d : doubts(read_site(text, "atacama.toml", data)))
      if (d.find(piece) != std::string::npos) return true;
    return false;
  };
  EXPECT_FALSE(says(genset(""), "the generator"));
  EXPECT_TRUE(says(genset("start_time_s = 900\n"), "the generator takes"));
  EXPECT_TRUE(says(genset("p_min_kw = 0\n"), "it never charges the battery"));
  EXPECT_TRUE(
      says(genset("p_min_kw = 900\n").replace(genset("p_min_kw = 900\n").find("i_charge_a"), 10, "i_charge_a = 0 #"),
           "it may run below it"));
}

}  // namespace
}  // namespace coldsun

// Lists of keys: page of all keys, files written and read back, keys changed by path.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/io/describe.hpp"
#include "core/io/library.hpp"
#include "core/io/site_writer.hpp"
#include "core/make/twin.hpp"
#include "core/plan/outlook.hpp"
#include "core/shadow/feed.hpp"
#include "core/site/walk.hpp"
#include "core/study/changed.hpp"
#include "io_site_text.hpp"

namespace coldsun {
namespace {

using namespace site_test;

TEST(SiteKeys, KeyPageIsUpToDate) {
  EXPECT_EQ(text_of(data / "KEYS.md"), key_page()) << "write it again: coldsun keys > data/KEYS.md";
}

// Every value of a site, its plates and modules, by path.
std::vector<std::pair<std::string, KeyValue>> values(Site site) {
  std::vector<std::pair<std::string, KeyValue>> all;
  const Visit visit = [&](const Slot& s) { all.emplace_back(s.path(), value_of(s)); };
  walk(site, visit);
  walk_named(site, visit);
  return all;
}

void expect_same(const Site& a, const Site& b) {
  const auto x = values(a), y = values(b);
  ASSERT_EQ(x.size(), y.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(x[i].first, y[i].first);
    EXPECT_TRUE(x[i].second == y[i].second) << x[i].first;
  }
  ASSERT_EQ(a.provenance.size(), b.provenance.size());
  for (std::size_t i = 0; i < a.provenance.size(); ++i) {
    const Provenance *p = &a.provenance[i], *q = nullptr;
    for (const Provenance& other : b.provenance)
      if (other.key == p->key) q = &other;
    ASSERT_NE(q, nullptr) << p->key;
    EXPECT_EQ(p->origin, q->origin) << p->key;
    EXPECT_EQ(p->note, q->note) << p->key;
  }
}

TEST(SiteKeys, EveryShippedSiteReadsBackAsItWasWritten) {
  for (const std::string& name : shipped("sites", data)) {
    SCOPED_TRACE(name);
    const Site site = load_site(name, data);
    expect_same(site, read_site(toml_of(site), name + ".toml", data));
  }
  for (const std::string& name : shipped("networks", data))
    EXPECT_NE(toml_of(load_network(name, data)).find("[[link]]"), std::string::npos);
}

TEST(SiteKeys, SavedSiteKeepsItsPlates) {
  const fs::path folder = fs::path(testing::TempDir()) / "coldsun_site_keys";
  fs::create_directories(folder);
  Site site = load_site("atacama", data);
  set_key(site, "plate[gpu_700w].channel.width", 140e-6, "a test");
  set_key(site, "cooling.cdu.ua", 1.5e5, "a test");
  set_key(site, "hall.node[h200].t_cap", 356.15, "a test");
  save_site(site, folder / "mine.toml", data);
  const Site back = load_site((folder / "mine.toml").string(), data);
  expect_same(site, back);
  EXPECT_EQ(back.plate[0].channel.width, 140e-6);
  EXPECT_TRUE(fs::exists(folder / "gpu_700w.toml"));
  EXPECT_FALSE(fs::exists(folder / "longi_lr5_72hbd_545m.toml"));
  fs::remove_all(folder);
}

// A flow in L/min that no number of L/min gives: written in SI.
TEST(SiteKeys, WhatIsSavedIsExact) {
  Site site = load_site("atacama", data);
  for (int i = 0; i < 64; ++i) {
    Real flow = 0.02;
    for (int k = 0; k <= i; ++k) flow = std::nextafter(flow, 1.0);
    set_key(site, "cooling.pump.flow", flow, "a test");
    ASSERT_EQ(read_site(toml_of(site), "mine.toml", data).cooling.pump.flow, flow);
  }
}

std::string refusal(const char* path, const KeyValue& value) {
  Site site = load_site("atacama", data);
  try {
    set_key(site, path, value, "a test");
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST(SiteKeys, RefusalIsWordedAsByTheReader) {
  EXPECT_EQ(refusal("cooling.pump.flow", -3.0), "cooling.pump.flow = -3 m3/s; accepted: > 0 m3/s");
  EXPECT_EQ(refusal("cooling.dry_cooler.fan_min", 1.5), "cooling.dry_cooler.fan_min = 1.5; accepted: 0.001 to 1");
  EXPECT_EQ(refusal("hall.n_rack", 16.5), "hall.n_rack = 16.5; accepted: a whole number >= 1");
  EXPECT_EQ(refusal("cooling.coolant", std::string("oil")), "cooling.coolant = \"oil\"; accepted: pg25, water");
  EXPECT_EQ(refusal("climate.haze", std::vector<Real>{1.0}),
            "climate.haze = a list of 1; accepted: a list of 12 numbers");
  EXPECT_EQ(refusal("cooling.ua", 1.0), "cooling.ua is not a key of site atacama; did you mean cooling.cdu.ua?");
  EXPECT_NE(refusal("hall.node[h200].plate", std::string("other")).find("a change in the site file"),
            std::string::npos);
  EXPECT_EQ(refusal("power.bus.v_max", std::nan("")), "power.bus.v_max = nan V; accepted: 10 to 1e+06 V");
}

TEST(SiteKeys, ChangeIsInTheProvenance) {
  const Network n = changed(load_network("pilots", data), "masdar/cooling.pump.flow", 0.02);
  EXPECT_EQ(n.site[1].cooling.pump.flow, 0.02);
  EXPECT_NE(n.site[0].cooling.pump.flow, 0.02);
  std::vector<Provenance> all = n.site[1].provenance;
  const Provenance* p = value_named(all, "cooling.pump.flow");
  EXPECT_EQ(p->text, "1200");  // L/min, the unit of the file
  EXPECT_EQ(p->note, "changed after reading");
}

TEST(SiteKeys, SiteLikeAnotherIsShort) {
  const std::string text = text_of(data / "sites" / "small.toml");
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 60);
  const Site s = load_site("small", data), base = load_site("atacama", data);
  EXPECT_EQ(s.hall.node.size(), 1u);
  EXPECT_EQ(s.hall.node[0].t_cap, base.hall.node[1].t_cap);
  EXPECT_EQ(s.power.strings[0].n_series, 14);
  EXPECT_EQ(s.cooling.facility.pump.dp, base.cooling.facility.pump.dp);
  EXPECT_EQ(count_origins(s.provenance).unstated, 0);
  std::vector<Provenance> all = s.provenance;
  EXPECT_EQ(value_named(all, "cooling.cdu.ua_exponent")->note.substr(0, 13), "as in atacama");
  EXPECT_EQ(value_named(all, "cooling.cdu.ua")->note, "an example");
}

// ---- every key has an effect ---------------------------------------------------------------------------------------
// Bytes of every array of the System, of the control laws and of the climate.
std::string bytes_of(const Network& n, const Library& library) {
  const System s = make_system(n, library, Device::host);
  const sky::Climate climate = sky_climate(n.site[0]);
  std::string all(reinterpret_cast<const char*>(&climate), sizeof climate);
  const auto add = [&](const auto& part) {
    part.each(part, [&](const FieldInfo&, const auto& a) {
      all.append(reinterpret_cast<const char*>(a.data()), a.size() * sizeof(*a.data()));
    });
  };
  add(s.sky), add(s.orbit), add(s.workload), add(s.electrical), add(s.thermal);
  all.append(reinterpret_cast<const char*>(s.control.data()), s.control.size() * sizeof(ControlLaw));
  for (const auto* names : {&s.site_name, &s.node_name, &s.plane_name, &s.string_name})
    for (const std::string& name : *names) all += name;
  return all;
}

template <class T, int R>
void append(std::string& all, const Array<T, R>& a) {
  all.append(reinterpret_cast<const char*>(a.data()), static_cast<std::size_t>(a.size()) * sizeof(T));
}

// Bytes that a shadow and an outlook read from a network beside its System.
std::string bytes_of_shadow_and_outlook(const Network& n, const Library& library) {
  Twin t = make_twin(n, library, {}, {.n_member = 2, .start = n.start, .hours = 0.1});
  const Outlook o = make_outlook(n, t.system, t.inputs, n.start, 300 * ns_per_s, 1);
  const Shadow f = make_shadow(n, t);
  std::string all(reinterpret_cast<const char*>(&f.relaxation), sizeof f.relaxation);
  for (const auto* a : {&f.sigma, &f.walk, &f.r_obs}) append(all, *a);
  for (const auto* a : {&o.carbon, &o.price}) append(all, *a);
  return all;
}

// A slightly different value, or another accepted word.
KeyValue nudged(const Slot& s, bool down) {
  KeyValue v = value_of(s);
  const auto up = [&](Real x) {
    return x == 0 ? (s.key.range.holds(1e-3) ? 1e-3 : x) : s.key.range.holds(x * 1.001) ? x * 1.001 : x * 0.999;
  };
  if (auto* x = std::get_if<Real>(&v)) *x = up(*x);
  if (auto* b = std::get_if<bool>(&v)) *b = !*b;
  if (auto* all = std::get_if<std::vector<Real>>(&v))
    for (Real& x : *all) x = up(x);
  if (auto* i = std::get_if<std::int64_t>(&v)) *i += !down && s.key.range.holds(static_cast<Real>(*i + 1)) ? 1 : -1;
  if (auto* t = std::get_if<std::string>(&v))
    for (const std::string_view word : s.key.accepted)
      if (word != *t) v = std::string(word);
  return v;
}

// Files that read keys which do not enter the System; the file contains the key's name.
const char* reader_of(const std::string& path) {
  static const std::pair<const char*, const char*> table[] = {
      {"start", "core/io/site_reader_network.cpp"},      {"climate.cloud.in_series", "core/make/make_sky.cpp"},
      {"comms.band", "core/plan/outlook.cpp"},  // best band and antennas in use: a slight change has no effect
      {"comms.n_antenna", "core/plan/outlook.cpp"},      {"comms.link.control_delay", "core/plan/plan.cpp"},
      {"shadow.point", "python/bind_shadow.cpp"},        {"study.", "core/io/site_reader_hall.cpp"},
      {"cooling.coolant", "core/make/make_thermal.cpp"}, {"power.genset.", "python/bind_network.cpp"},
  };
  for (const auto& [prefix, file] : table)
    if (path.starts_with(prefix)) return file;
  return nullptr;
}

TEST(SiteKeys, ASavedNetworkMakesTheSameSystem) {
  const fs::path folder = fs::path(testing::TempDir()) / "coldsun_network_keys";
  fs::create_directories(folder);
  Network n = load_network("pilots", data);
  n = changed(n, "masdar/plate[gpu_700w].channel.width", 1.51e-4);
  n = changed(n, "atacama/cooling.dry_cooler.ua", 2.345678901e5);
  n = changed(n, "./link[0].latency", 0.2);
  save_network(n, folder / "mine.toml", data);
  Network back = load_network((folder / "mine.toml").string(), data);
  const Library a = io::load_library(n, data), b = io::load_library(back, data);
  EXPECT_EQ(bytes_of(n, a), bytes_of(back, b));
  EXPECT_EQ(back.link[0].latency, 0.2);
  EXPECT_TRUE(fs::exists(folder / "masdar" / "gpu_700w.toml"));
  EXPECT_FALSE(fs::exists(folder / "atacama" / "gpu_700w.toml"));
  fs::remove_all(folder);
}

TEST(SiteKeys, EveryKeyHasAnEffect) {
  Network n = load_network("atacama", data);  // with three node types: flow factors are relative to each other
  const Library library = io::load_library(n, data);
  const std::string before = bytes_of(n, library);
  ASSERT_EQ(before, bytes_of(n, library));
  const std::string ahead = bytes_of_shadow_and_outlook(n, library);
  ASSERT_EQ(ahead, bytes_of_shadow_and_outlook(n, library));
  const auto changes = [&](const Slot& s) {
    if (s.key.is_label || s.key.only_checked || s.key.form == Rule::text || s.key.form == Rule::texts ||
        s.key.form == Rule::name)
      return;
    const std::string path = s.path();
    if (const char* file = reader_of(path)) {
      std::string text = text_of(data / ".." / file);
      for (const char* part : {"feed", "columns"})
        text += text_of(data / ".." / "core/shadow" / (part + std::string(".cpp")));
      const std::string key = s.key.key;
      EXPECT_TRUE(text.find("." + key) != std::string::npos || text.find("->" + key) != std::string::npos)
          << path << " is not read in " << file;
      return;
    }
    bool changed = false;
    for (const bool down : {false, true}) {
      Network other = n;
      const KeyValue v = nudged(s, down);
      if (v == value_of(s)) return;  // only one accepted word
      set_key(other.site[0], path, v, "a test");
      try {
        changed = changed || bytes_of(other, library) != before || bytes_of_shadow_and_outlook(other, library) != ahead;
      } catch (const std::exception&) {
        changed = true;  // refused, hence read
      }
      if (changed) break;
    }
    EXPECT_TRUE(changed) << path << " changes nothing";
  };
  Site site = n.site[0];
  walk(site, changes);
  walk_named(site, changes);
}

}  // namespace
}  // namespace coldsun

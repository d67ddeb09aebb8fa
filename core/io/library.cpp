// Element sets of the constellations that a network's sites use, and job statistics (TOML).
#include "core/io/library.hpp"

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <numeric>
#include <sstream>

#include "common/constants.hpp"
#include "core/io/site_reader_table.hpp"
#include "core/step/fold.hpp"
#include "orbit/remark.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;
using site_reader::Table;

namespace {

std::string read_text(const fs::path& path, const std::string& who) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw SiteError(path.string() + ": cannot be read; named by " + who);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<orbit::ElementSet> read_shell(const std::string& text, const std::string& name,
                                          std::vector<Provenance>& sink) {
  site_reader::File file = site_reader::parse(text, name);
  file.sink = &sink;
  Table t(file.root, "", file);
  orbit::WalkerDelta w;
  w.name = t.name("name");
  t.kind("pattern", {"walker_delta"});
  w.inclination = t.quantity("inclination", Q::angle, above(0, constants::pi).no_nearer_to_zero(constants::pi / 180));
  w.plane = t.count("planes", 1, 1000);
  w.total = w.plane * t.count("satellites_per_plane", 1, 1000);
  w.phasing = t.count("phasing", 0, std::max(0, w.plane - 1));
  w.altitude = t.quantity("altitude", Q::length, between(150e3, 5877e3));  // near-earth SGP4: periods under 225 minutes
  w.epoch = t.instant("epoch");
  w.ra_of_asc_node = t.quantity("ra_of_asc_node", Q::angle, between(0, 2 * constants::pi));
  t.quantity("elevation_mask", Q::angle, between(0, constants::pi / 2).no_nearer_to_zero(constants::pi / 360));
  t.quantity("slot", Q::time, between(15, 15));  // slot length of kernels/orbit/handover.hpp
  t.finish();
  return orbit::walker_delta(w);
}

const Constellation& named(const Site& site, const std::string& name) {
  for (const Constellation& c : site.constellation)
    if (c.name == name) return c;
  throw SiteError("site " + site.name + ": constellation \"" + name + "\" has no file; accepted: one that comms names");
}

// 64-bit FNV-1a of the text: a resumed run needs the same text.
std::string contents_of(const std::string& text, std::size_t n) {
  return fmt::format("{} sets, {:016x}", n, fold(text.size(), text.data(), text.size()));
}

std::vector<orbit::ElementSet> read_constellation(Network& network, const std::string& site, const std::string& path,
                                                  const fs::path& data, std::vector<orbit::Remark>& remark) {
  const std::string text = read_text(data / path, "site " + site), file = fs::path(path).filename().string();
  orbit::ElementFile f;
  try {
    if (file.ends_with(".toml")) f.set = read_shell(text, file, network.provenance);
    else f = orbit::read_elements(text);
  } catch (const std::invalid_argument& e) {
    throw SiteError(file + ": " + e.what());
  }
  for (orbit::ElementSet& s : f.set) s.file = file;
  for (orbit::Remark& r : f.remark) r.file = file;
  remark.insert(remark.end(), f.remark.begin(), f.remark.end());
  const auto note = [&](std::vector<Constellation>& list) {
    for (Constellation& c : list)
      if (c.file == path) c.contents = contents_of(text, f.set.size());
  };
  note(network.constellation);
  for (Site& s : network.site) note(s.constellation);
  return std::move(f.set);
}

// A faulty record is skipped; an empty list is an error.
[[noreturn]] void nothing_flies(const std::string& who, std::span<const orbit::Remark> remark) {
  std::string why;
  for (const std::string& s : orbit::sentences(remark, 3)) why += "; " + s;
  throw SiteError(who + ": none of the element sets can be used" + why + "; accepted: at least one");
}

void read_durations(Table t, workload::JobStatistics& s) {
  const auto level = t.numbers("level", between(0, 1), 2, workload::max_level);
  s.n_level = static_cast<std::int32_t>(level.size());
  std::copy(level.begin(), level.end(), s.level);
  std::vector<Table> tables = t.children("table");
  for (Table& row : tables) {
    if (s.n_class == workload::max_class)
      t.fail("table", "has more than " + std::to_string(workload::max_class) + " entries; accepted: at most that many");
    row.numbers("gpus", positive(), 2, 2);
    row.count("n_job", 1);
    const auto d = row.numbers("duration_s", positive(), level.size(), level.size());
    std::copy(d.begin(), d.end(), s.duration[s.n_class++]);
    row.finish();
  }
  t.finish();
}

void read_counts(Table t, workload::JobStatistics& s) {
  const auto count = t.numbers("count", positive(), 1, workload::max_count);
  const auto n_job = t.numbers("n_job", not_negative(), count.size(), count.size());
  const auto table = t.numbers("table", between(0, s.n_class - 1), count.size(), count.size());
  const Real all = std::accumulate(n_job.begin(), n_job.end(), 0.0);
  s.n_count = static_cast<std::int32_t>(count.size());
  for (std::size_t i = 0; i < count.size(); ++i) {
    s.gpu_count[i] = static_cast<std::int32_t>(count[i]);
    s.gpu_share[i] = n_job[i] / all;
    s.gpu_class[i] = static_cast<std::int32_t>(table[i]);
  }
  t.finish();
}

void read_rest(Table& root, workload::JobStatistics& s) {
  Table arrival = root.child("arrival"), walltime = root.child("walltime"), deadline = root.child("deadline"),
        use = root.child("utilization"), data = root.child("data"), priority = root.child("priority");
  const auto rate = arrival.numbers("hour_rate", not_negative(), 24, 24);
  std::copy(rate.begin(), rate.end(), s.hour_rate);
  arrival.number("mean_per_h", positive());
  s.interval_cv = arrival.number("interval_cv", between(1, 100));
  s.walltime_ratio_min = walltime.number("ratio_min", above(0, 1));
  s.walltime_ratio_max = walltime.number("ratio_max", above(0, 1));
  s.walltime_min = walltime.quantity("min", Q::time, not_negative());
  s.slack_min = deadline.quantity("slack_min", Q::time, not_negative());
  s.slack_median = deadline.number("slack_median", not_negative());
  s.slack_sigma = deadline.number("slack_sigma", not_negative());
  const auto quantile = use.numbers("quantile", share(), 2, workload::max_utilization);
  s.n_utilization = static_cast<std::int32_t>(quantile.size());
  std::copy(quantile.begin(), quantile.end(), s.utilization);
  s.stalled_utilization = use.number("stalled", share());
  s.data_in_median = data.number("in_median_byte", not_negative());
  s.data_in_sigma = data.number("in_sigma", not_negative());
  s.data_out_median = data.number("out_median_byte", not_negative());
  s.data_out_sigma = data.number("out_sigma", not_negative());
  const auto share = priority.numbers("share", coldsun::share(), 1, workload::max_priority);
  s.n_priority = static_cast<std::int32_t>(share.size());
  std::copy(share.begin(), share.end(), s.priority_share);
  s.preemptible_share = priority.number("preemptible_share", coldsun::share());
  for (Table* t : {&arrival, &walltime, &deadline, &use, &data, &priority}) t->finish();
}

workload::JobStatistics read_jobs(const fs::path& path, const std::string& site, std::vector<Provenance>& sink) {
  const std::string text = read_text(path, "jobs.file of site " + site);
  site_reader::File file = site_reader::parse(text, path.filename().string());
  file.sink = &sink;
  Table t(file.root, "", file);
  workload::JobStatistics s;
  t.name("name"), t.word("title"), t.count("n_job", 1);
  read_durations(t.child("duration"), s);
  read_counts(t.child("gpu_count"), s);
  read_rest(t, s);
  t.finish();
  try {
    workload::complete(s);
  } catch (const std::invalid_argument& e) {
    throw SiteError(path.filename().string() + ": " + e.what());
  }
  return s;
}

}  // namespace

Library load_library(Network& network, const fs::path& data) {
  Library l;
  std::map<std::string, std::vector<int>> met;  // file -> its sets in l.data
  for (const Site& site : network.site) {
    l.jobs.push_back(read_jobs(data / site.jobs.file, site.name, network.provenance));
    std::vector<int>& listed = l.listed.emplace_back();
    for (const std::string& name : site.comms.data) {
      const std::string file = named(site, name).file;
      const auto [at, fresh] = met.try_emplace(file);
      if (fresh)
        for (auto& e : read_constellation(network, site.name, file, data, l.remark))
          at->second.push_back(static_cast<int>(l.data.size())), l.data.push_back(std::move(e));
      listed.insert(listed.end(), at->second.begin(), at->second.end());
    }
    if (listed.empty() && !site.comms.data.empty()) nothing_flies(site.name + ": comms.data", l.remark);
  }
  const Site& first = network.site.front();
  const std::string shell = named(first, first.comms.broadband).file;
  for (const Site& site : network.site)
    if (site.comms.broadband != first.comms.broadband || named(site, site.comms.broadband).file != shell)
      throw SiteError(site.name + ": comms.broadband = \"" + site.comms.broadband + "\" (" +
                      named(site, site.comms.broadband).file + "); accepted: \"" + first.comms.broadband + "\" (" +
                      shell + "), the same for all sites of a network");
  std::vector<orbit::Remark> remark;
  l.broadband = read_constellation(network, first.name, shell, data, remark);
  if (l.broadband.empty()) nothing_flies("comms.broadband = \"" + first.comms.broadband + "\"", remark);
  if (met.find(shell) == met.end()) l.remark.insert(l.remark.end(), remark.begin(), remark.end());
  return l;
}

}  // namespace coldsun::io

namespace coldsun {

std::string inputs_text(const Network& network) {
  std::string out;
  const auto add = [&](const std::vector<Provenance>& rows) {
    for (const Provenance& p : rows) out += p.file + ": " + p.key + " = " + p.text + "\n";
  };
  add(network.provenance);
  for (const Site& s : network.site) {
    add(s.provenance);
    for (const Constellation& c : s.constellation)
      out += std::filesystem::path(c.file).filename().string() + ": " + c.name + " of " + s.name + " = " + c.contents +
             "\n";
  }
  return out;
}

}  // namespace coldsun

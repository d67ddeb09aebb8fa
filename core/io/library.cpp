// Element sets of the constellations that a network's sites use, and job statistics (TOML).
#include "core/io/library.hpp"

#include <fstream>
#include <numeric>
#include <sstream>

#include "common/constants.hpp"
#include "core/io/site_reader_table.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;
using site_reader::Table;
using Q = Quantity;

namespace {

std::string read_text(const fs::path& path, const std::string& who) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw SiteError(path.string() + ": cannot be read; " + who + " names it");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<orbit::ElementSet> read_shell(const std::string& text, const std::string& name, std::vector<Provenance>& sink) {
  site_reader::File file = site_reader::parse(text, name);
  file.sink = &sink;
  Table t(file.root, "", file);
  orbit::WalkerDelta w;
  w.name = t.word("name");
  t.kind("pattern", {"walker_delta"});
  w.inclination = t.quantity("inclination", Q::angle, site_reader::above(0, constants::pi));
  w.plane = t.count("planes", 1, 1000);
  w.total = w.plane * t.count("satellites_per_plane", 1, 1000);
  w.phasing = t.count("phasing", 0, 1000000);
  w.altitude = t.quantity("altitude", Q::length, site_reader::between(150e3, 5877e3));  // near-earth SGP4: periods under 225 minutes
  w.epoch = t.instant("epoch");
  w.ra_of_asc_node = t.quantity("ra_of_asc_node", Q::angle, site_reader::between(0, 2 * constants::pi));
  t.quantity("elevation_mask", Q::angle, site_reader::any());
  t.quantity("slot", Q::time, site_reader::positive());
  t.finish();
  return orbit::walker_delta(w);
}

std::vector<orbit::ElementSet> constellation(Network& network, const std::string& name, const fs::path& data) {
  for (const Constellation& c : network.constellation) {
    if (c.name != name) continue;
    const std::string text = read_text(data / c.file, "constellation " + name);
    try {
      if (c.file.ends_with(".toml")) return read_shell(text, c.file, network.provenance);
      return c.file.ends_with(".csv") ? orbit::parse_omm_csv(text) : orbit::parse_tle(text);
    } catch (const std::invalid_argument& e) {
      throw SiteError(c.file + ": " + e.what());
    }
  }
  throw SiteError("network " + network.name + ": a site names the constellation \"" + name + "\", which the network does not list");
}

void read_durations(Table t, workload::JobStatistics& s) {
  const auto level = t.numbers("level", site_reader::between(0, 1), 2, workload::max_level);
  s.n_level = static_cast<std::int32_t>(level.size());
  std::copy(level.begin(), level.end(), s.level);
  std::vector<Table> tables = t.children("table");
  for (Table& row : tables) {
    if (s.n_class == workload::max_class) t.fail("table", "has more than " + std::to_string(workload::max_class) + " entries");
    row.numbers("gpus", site_reader::positive(), 2, 2);
    row.count("n_job", 1);
    const auto d = row.numbers("duration_s", site_reader::positive(), level.size(), level.size());
    std::copy(d.begin(), d.end(), s.duration[s.n_class++]);
    row.finish();
  }
  t.finish();
}

void read_counts(Table t, workload::JobStatistics& s) {
  const auto count = t.numbers("count", site_reader::positive(), 1, workload::max_count);
  const auto n_job = t.numbers("n_job", site_reader::not_negative(), count.size(), count.size());
  const auto table = t.numbers("table", site_reader::between(0, s.n_class - 1), count.size(), count.size());
  const Real all = std::accumulate(n_job.begin(), n_job.end(), 0.0);
  s.n_count = static_cast<std::int32_t>(count.size());
  for (std::size_t i = 0; i < count.size(); ++i)
    s.gpu_count[i] = static_cast<std::int32_t>(count[i]), s.gpu_share[i] = n_job[i] / all, s.gpu_class[i] = static_cast<std::int32_t>(table[i]);
  t.finish();
}

void read_rest(Table& root, workload::JobStatistics& s) {
  Table arrival = root.child("arrival"), walltime = root.child("walltime"), deadline = root.child("deadline"), use = root.child("utilization"),
        data = root.child("data"), priority = root.child("priority");
  const auto rate = arrival.numbers("hour_rate", site_reader::not_negative(), 24, 24);
  std::copy(rate.begin(), rate.end(), s.hour_rate);
  arrival.number("mean_per_h", site_reader::positive());
  s.interval_cv = arrival.number("interval_cv", site_reader::between(1, 100));
  s.walltime_ratio_min = walltime.number("ratio_min", site_reader::above(0, 1));
  s.walltime_ratio_max = walltime.number("ratio_max", site_reader::above(0, 1));
  s.walltime_min = walltime.quantity("min", Q::time, site_reader::not_negative());
  s.slack_min = deadline.quantity("slack_min", Q::time, site_reader::not_negative());
  s.slack_median = deadline.number("slack_median", site_reader::not_negative());
  s.slack_sigma = deadline.number("slack_sigma", site_reader::not_negative());
  const auto quantile = use.numbers("quantile", site_reader::share(), 2, workload::max_utilization);
  s.n_utilization = static_cast<std::int32_t>(quantile.size());
  std::copy(quantile.begin(), quantile.end(), s.utilization);
  s.stalled_utilization = use.number("stalled", site_reader::share());
  s.data_in_median = data.number("in_median_byte", site_reader::not_negative()), s.data_in_sigma = data.number("in_sigma", site_reader::not_negative());
  s.data_out_median = data.number("out_median_byte", site_reader::not_negative()), s.data_out_sigma = data.number("out_sigma", site_reader::not_negative());
  const auto share = priority.numbers("share", site_reader::share(), 1, workload::max_priority);
  s.n_priority = static_cast<std::int32_t>(share.size());
  std::copy(share.begin(), share.end(), s.priority_share);
  s.preemptible_share = priority.number("preemptible_share", site_reader::share());
  for (Table* t : {&arrival, &walltime, &deadline, &use, &data, &priority}) t->finish();
}

workload::JobStatistics read_jobs(const fs::path& path, const std::string& site, std::vector<Provenance>& sink) {
  const std::string text = read_text(path, "jobs.file of site " + site);
  site_reader::File file = site_reader::parse(text, path.filename().string());
  file.sink = &sink;
  Table t(file.root, "", file);
  workload::JobStatistics s;
  t.word("name"), t.word("title"), t.count("n_job", 1);
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
  std::set<std::string> met;
  for (const Site& site : network.site) {
    l.jobs.push_back(read_jobs(data / site.jobs.file, site.name, network.provenance));
    for (const std::string& name : site.comms.data) {
      if (!met.insert(name).second) continue;
      for (auto& e : constellation(network, name, data)) l.data.push_back(std::move(e));
    }
  }
  const std::string& shell = network.site.front().comms.broadband;
  for (const Site& site : network.site)
    if (site.comms.broadband != shell)
      throw SiteError(site.name + ": comms.broadband = \"" + site.comms.broadband + "\"; accepted: \"" + shell + "\", the same for all sites of a network");
  l.broadband = constellation(network, shell, data);
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
  for (const Site& s : network.site) add(s.provenance);
  return out;
}

}  // namespace coldsun

// Ranges of a State's fields by name and unit; consistency of jobs, nodes and queues.
#include "core/step/check_state.hpp"

#include <charconv>
#include <limits>
#include <map>
#include <stdexcept>
#include <vector>

#include "core/step/couple.hpp"

namespace coldsun {

namespace {

constexpr double most_counted = 9007199254740992.0;  // 2^53: largest range of exact whole numbers in a double

// Wide enough for any site and weather, narrow enough to refuse a wrong quantity, sign or unit. Units as in the field
// lists; other units accept any finite number.
const std::map<std::string, Range>& by_unit() {
  static const std::map<std::string, Range> table = {
      {"K", {150.0, 2000.0}},  // from the Antarctic plateau at night to molten silicon
      {"W", {-1e12, 1e12}},    // 1 TW: beyond any site
      {"W m-2", {-1e4, 1e4}},  // irradiance outside the atmosphere: 1.4e3
      {"V", {-1e6, 1e6}},     {"A", {-1e8, 1e8}},
      {"Pa", {0.0, 2e5}},     {"m s-1", {0.0, 200.0}},
      {"rad", {-10.0, 10.0}}, {"s", {-1e-6, 1e15}},  // sums over accelerators; a remainder may round to below 0
      {"J", {-1e18, 1e18}},   {"1", {-1e12, 1e12}},
      {"m3", {-1e-6, 1e12}},  {"ns", {-static_cast<double>(latest), static_cast<double>(latest), true}},
  };
  return table;
}

struct Sizes {
  double job, node, site;
};
// Indices, counters, enumerations, shares.
std::map<std::string, Range> by_name(const Sizes& n) {
  const Range yes_no{0, 1}, count{0, most_counted}, job_count{0, n.job}, share{-1e-9, 1.0 + 1e-9}, gain{1e-4, 1e4};
  return {
      {"run/flags", {0, 4294967295.0}},
      {"run/n_cut", count},
      {"orbit/outage_count", count},
      {"orbit/handover_count", count},
      {"orbit/link_up", yes_no},
      {"orbit/link_fraction", share},
      {"orbit/satellite", {-1, 1e7}},
      {"orbit/in_contact", yes_no},
      {"orbit/outage_probability", share},
      {"sky/soiling_ratio", {0.0, 2.0}},
      {"workload/status", {0, 4}},
      {"workload/late", yes_no},
      {"workload/lead_node", {-1, n.node - 1}},
      {"workload/plan_site", {-1, n.site - 1}},
      {"workload/told_site", {-1, n.site - 1}},
      {"workload/plan_cap", {0.0, 1e6}},
      {"workload/told_cap", {0.0, 1e6}},
      {"workload/node_job", {-1, n.job - 1}},
      {"workload/node_priority", {0, 2147483647.0}},
      {"workload/next_job", {0, n.job}},
      {"workload/queue_head", {0, n.job}},
      {"workload/changed", yes_no},
      {"workload/link_phase", {0, 2}},
      {"workload/n_running", job_count},
      {"workload/n_queued", job_count},
      {"workload/n_done", job_count},
      {"workload/n_late", job_count},
      {"workload/n_backfilled", job_count},
      {"workload/node_busy", {0, n.node}},
      {"workload/busy_fraction", share},
      {"workload/link_bound_share", share},
      {"electrical/soc", share},
      {"electrical/mode", {0, 5}},
      {"electrical/genset_mode", {0, 2}},
      {"electrical/genset_starts", count},
      {"electrical/v_rc1", {-10, 10}},
      {"electrical/v_rc2", {-10, 10}},
      {"electrical/pv_gain", {0.0, 1e4}},
      {"electrical/capacity_factor", {1e-4, 10.0}},
      {"thermal/q_lumped", {-5e3, 5e3}},
      {"thermal/n_step", count},
      {"thermal/flow_gain", {-1e4, 1e4}},
      {"thermal/tim_gain", gain},
      {"thermal/valve", share},
      {"thermal/fan_speed", {0.0, 10.0}},
      {"observe/gain", gain},
  };
}

Sizes sizes_of(const State& s) {
  return {static_cast<double>(s.workload.status.extent(1)), static_cast<double>(s.workload.node_job.extent(1)),
          static_cast<double>(s.workload.node_busy.extent(1))};
}

std::string shown(double x) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, x).ptr;
  return {text, end};
}

// Calls go with the field's bytes as an array of its number type.
template <class F>
void typed(const FieldRef& f, const char* bytes, F&& go) {
  switch (f.type) {
    case Scalar::f64:
      return go(reinterpret_cast<const double*>(bytes));
    case Scalar::f32:
      return go(reinterpret_cast<const float*>(bytes));
    case Scalar::i64:
      return go(reinterpret_cast<const std::int64_t*>(bytes));
    case Scalar::i32:
      return go(reinterpret_cast<const std::int32_t*>(bytes));
    case Scalar::i16:
      return go(reinterpret_cast<const std::int16_t*>(bytes));
    case Scalar::i8:
      return go(reinterpret_cast<const std::int8_t*>(bytes));
    case Scalar::u64:
      return go(reinterpret_cast<const std::uint64_t*>(bytes));
    case Scalar::u32:
      return go(reinterpret_cast<const std::uint32_t*>(bytes));
    case Scalar::u8:
      return go(reinterpret_cast<const std::uint8_t*>(bytes));
  }
}

RangeOf look_up(const std::map<std::string, Range>& names, const FieldRef& f) {
  if (const auto it = names.find(f.path()); it != names.end()) return {true, it->second};
  const bool whole = f.type != Scalar::f64 && f.type != Scalar::f32, instant = std::string(f.info.unit) == "ns";
  if (whole && !instant) return {};
  if (const auto it = by_unit().find(f.info.unit); it != by_unit().end()) return {true, it->second};
  return {true, {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()}};
}

const char* bytes_of(const Snapshot& kept, const std::string& path) {
  for (const auto& item : kept.items)
    if (item.path == path) return item.bytes.data();
  throw std::invalid_argument("checkpoint: no field " + path +
                              "; accepted: a checkpoint of the same version and inputs");
}
template <class T, int R>
View<const T, R> view_of(const Snapshot& kept, const std::string& path, const Array<T, R>& like) {
  View<const T, R> v = like;
  v.data = reinterpret_cast<const T*>(bytes_of(kept, path));
  return v;
}

}  // namespace

RangeOf range_of(const State& s, const FieldRef& f) { return look_up(by_name(sizes_of(s)), f); }

KeptAt check_kept(const State& s, const Snapshot& kept) {
  const auto attribute = [&](const char* name) -> const std::string& {
    const auto it = kept.attributes.find(name);
    if (it == kept.attributes.end())
      throw std::invalid_argument(std::string("checkpoint: no attribute ") + name +
                                  "; accepted: a checkpoint that coldsun wrote");
    return it->second;
  };
  const auto whole = [&](const char* name) {
    const std::string& text = attribute(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      throw std::invalid_argument(std::string("checkpoint: ") + name + " = \"" + text + "\"; accepted: a whole number");
    return value;
  };
  const auto expect = [&](const char* name, std::uint64_t have) {
    if (attribute(name) != std::to_string(have))
      throw std::invalid_argument(std::string("checkpoint: ") + name + " = " + attribute(name) +
                                  "; accepted: " + std::to_string(have) + ", the value of this twin");
  };
  expect("seed", s.seed), expect("first_member", s.first_member),
      expect("n_member", static_cast<std::uint64_t>(s.n_member));
  if (attribute("identity") != s.identity)
    throw std::invalid_argument("checkpoint: identity = " + attribute("identity") + "; accepted: " + s.identity +
                                ", the identity of this twin");
  std::map<std::string, const Snapshot::Item*> by_path;
  for (const auto& item : kept.items) by_path[item.path] = &item;
  const std::int64_t time = whole("time_ns"), n_step = whole("n_step");
  if (time < 0 || time > latest || n_step < 0 || n_step > latest)
    throw std::invalid_argument("checkpoint: time_ns = " + attribute("time_ns") + ", n_step = " + attribute("n_step") +
                                "; accepted: 0 to 2^62");
  const auto wanted = fields(s);
  for (const FieldRef& f : wanted) {
    if (f.info.kind == Kind::scratch) continue;
    const auto it = by_path.find(f.path());
    if (it == by_path.end())
      throw std::invalid_argument("checkpoint: no field " + f.path() +
                                  "; accepted: a checkpoint of the same version and inputs");
    if (it->second->field.extent != f.extent || it->second->field.type != f.type ||
        it->second->bytes.size() != f.bytes())
      throw std::invalid_argument("checkpoint: field " + f.path() +
                                  " has another shape or type; accepted: a checkpoint of the same version and inputs");
  }
  check_values(s, kept);
  return {time, n_step};
}

void check_values(const State& like, const Snapshot& kept) {
  const auto names = by_name(sizes_of(like));
  std::map<std::string, const char*> held;
  for (const auto& item : kept.items) held[item.path] = item.bytes.data();
  std::vector<bool> stopped(static_cast<std::size_t>(like.n_member));
  const auto flags = view_of(kept, "run/flags", like.run.flags);
  for (int m = 0; m < like.n_member; ++m) stopped[static_cast<std::size_t>(m)] = (flags(m) & couple::fatal_flags) != 0;
  for (const FieldRef& f : fields(like)) {
    if (f.info.kind == Kind::scratch || f.bytes() == 0) continue;
    const RangeOf known = look_up(names, f);
    if (!known.known) continue;
    const std::size_t n = f.bytes() / f.item, row = n / static_cast<std::size_t>(f.extent[0]);
    const bool real = f.type == Scalar::f64 || f.type == Scalar::f32;
    typed(f, held.at(f.path()), [&](const auto* x) {
      for (std::size_t i = 0; i < n; ++i) {
        const double value = static_cast<double>(x[i]);
        if (known.range.holds(value) || (known.range.never && value >= static_cast<double>(never))) continue;
        if (real && (stopped[i / row] || (f.info.kind == Kind::derived && value == 0.0))) continue;  // 0: no step yet
        throw std::invalid_argument("checkpoint: " + f.path() + "[member " + std::to_string(i / row) +
                                    "] = " + shown(value) + " " + f.info.unit +
                                    "; accepted: " + shown(known.range.low) + " to " + shown(known.range.high));
      }
    });
  }
}

void check_work(const System& system, const Inputs& inputs, const State& like, const Snapshot& kept) {
  const workload::JobTable& t = inputs.jobs;
  const workload::State& w = like.workload;
  const auto node_job = view_of(kept, "workload/node_job", w.node_job),
             lead_node = view_of(kept, "workload/lead_node", w.lead_node);
  const auto next_job = view_of(kept, "workload/next_job", w.next_job),
             head = view_of(kept, "workload/queue_head", w.queue_head);
  const auto n_running = view_of(kept, "workload/n_running", w.n_running),
             n_queued = view_of(kept, "workload/n_queued", w.n_queued);
  const auto busy = view_of(kept, "workload/node_busy", w.node_busy);
  const auto status = view_of(kept, "workload/status", w.status);
  const auto flags = view_of(kept, "run/flags", like.run.flags);
  const int n_job = t.capacity(), n_site = system.workload.n_site();
  const auto refuse = [&](int m, const std::string& what) {
    throw std::invalid_argument("checkpoint: member " + std::to_string(m) + ": " + what +
                                "; accepted: consistent jobs, nodes and queues");
  };
  std::vector<int> nodes(static_cast<std::size_t>(n_job));
  for (int m = 0; m < like.n_member; ++m) {
    if (flags(m) & couple::fatal_flags) continue;  // its queues are never read again
    const auto is = [&](int j, workload::Status s) { return status(m, j) == s; };
    std::fill(nodes.begin(), nodes.end(), 0);
    for (int s = 0; s < n_site; ++s) {
      const workload::Site& site = system.workload.site(s);
      int taken = 0, leads = 0, waiting = 0;
      for (int n = site.node_first; n < site.node_first + site.node_count; ++n) {
        const int j = node_job(m, n);
        if (j < 0) continue;
        const bool first = nodes[static_cast<std::size_t>(j)]++ == 0;
        ++taken;
        leads += first;
        if (!is(j, workload::Status::running) || (lead_node(m, j) == n) != first || lead_node(m, j) < site.node_first)
          refuse(m, "node_job[" + std::to_string(n) + "] = " + std::to_string(j) + ", which does not run on this node");
      }
      const int stop = t.job_first(s) + t.n_job(s);
      if (next_job(m, s) < t.job_first(s) || next_job(m, s) > stop || head(m, s) < t.job_first(s) ||
          head(m, s) > next_job(m, s))
        refuse(m, "next_job or queue_head is outside the site's jobs");
      for (int j = t.job_first(s); j < stop; ++j)
        if (is(j, workload::Status::queued)) {
          ++waiting;
          if (j < head(m, s) || j >= next_job(m, s))
            refuse(m, "job " + std::to_string(j) + " is queued outside its queue");
        }
      if (busy(m, s) != taken || n_running(m, s) != leads || n_queued(m, s) != waiting)
        refuse(m, "node_busy, n_running or n_queued differs from the count over nodes and jobs");
    }
    for (int j = 0; j < n_job; ++j) {
      if (is(j, workload::Status::running) != (nodes[static_cast<std::size_t>(j)] > 0))
        refuse(m, "job " + std::to_string(j) + " runs on no node");
      const int lead = lead_node(m, j);
      if (nodes[static_cast<std::size_t>(j)] == 0 || lead < 0) continue;
      const workload::Site& site = system.workload.site(system.workload.node_site(lead));
      const int needed = t.job_site(j) == system.workload.node_site(lead)
                             ? t.n_node(m, j)
                             : workload::node_count_of(t.n_gpu(m, j), site.n_plate, site.node_count);
      if (nodes[static_cast<std::size_t>(j)] != needed)
        refuse(m, "job " + std::to_string(j) + " runs on a number of nodes other than its own");
    }
  }
}

}  // namespace coldsun

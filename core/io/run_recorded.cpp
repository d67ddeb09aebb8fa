// Selects the fields of a State that become variables of a record; fills its rows.
#include "core/io/run_recorded.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>

#include "core/io/h5.hpp"
#include "core/step/check_state.hpp"
#include "core/step/couple.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;

namespace {

// CF standard names of fields that have one (CF standard name table 85).
const std::map<std::string, std::string> standard_names = {
    {"ghi", "surface_downwelling_shortwave_flux_in_air"},
    {"dni", "surface_direct_along_beam_shortwave_flux_in_air"},
    {"dhi", "surface_diffuse_downwelling_shortwave_flux_in_air"},
    {"temp_air", "air_temperature"},
    {"wind_speed", "wind_speed"},
    {"pressure", "surface_air_pressure"},
    {"solar_zenith", "solar_zenith_angle"},
};

// Internals between cuts, balances that are zero, and duplicates of other variables: recorded on request.
const std::set<std::string> internals = {
    "workload/queue_head",    "workload/changed",         "workload/link_down_since", "electrical/v_rc1",
    "electrical/v_rc2",       "electrical/p_aux_cap",     "electrical/pv_share",      "electrical/balance_pv",
    "electrical/balance_bus", "controls/heat_pending",    "controls/p_pv_seen",       "controls/p_battery_seen",
    "controls/p_genset_seen", "controls/p_overhead_seen", "electrical/genset_time",   "controls/q_extra",
    "thermal/p_aux",
};

// Attribute `comment` of some variables.
const std::map<std::string, std::string> comments = {
    {"p_it", "p_it = p_it_request + p_it_leakage_change - p_it_held_back"},
    {"p_it_held_back",
     "at the nodes' own temperatures; p_shed holds the allocation's part, with requests at the reference temperature"},
    {"p_shed",
     "power that the allocation took off the requests, with leakage at its upper bound; p_it_held_back is the power "
     "held back in the end, with the junction cap"},
    {"flags", "0: none; bits of remarks, and of faults that freeze the member; step means of a frozen member are NaN"},
    {"balance_pv", "residual: zero to rounding"},
    {"balance_bus", "residual: zero to rounding"},
};

// flag_meanings of enumerations (CF 3.5).
const std::map<std::string, std::vector<std::pair<std::int64_t, std::string>>> meanings = {
    {"orbit/link_up", {{0, "down"}, {1, "up"}}},
    {"orbit/in_contact", {{0, "no_data_satellite_in_reach"}, {1, "data_satellite_in_reach"}}},
    {"workload/link_phase", {{0, "normal"}, {1, "stalled"}, {2, "draining"}}},
    {"workload/changed", {{0, "nothing_since_the_last_dispatch"}, {1, "job_arrived_or_ended"}}},
    {"electrical/genset_mode", {{0, "off"}, {1, "starting"}, {2, "running"}}},
    {"electrical/mode",
     {{0, "off"},
      {1, "continuous_conduction"},
      {2, "discontinuous_conduction"},
      {3, "limited_by_rating"},
      {4, "curtailed"},
      {5, "pass_through"}}},
};

// A sentence as one word of flag_meanings: letters, digits and underscores.
std::string one_word(const std::string& sentence) {
  std::string word;
  for (const char c : sentence) {
    if (std::isalnum(static_cast<unsigned char>(c))) word += c;
    else if (!word.empty() && word.back() != '_') word += '_';
  }
  while (!word.empty() && word.back() == '_') word.pop_back();
  return word;
}

// Integer fields keep their type, with flag_meanings where they are flags or enumerations.
void keep_whole(Variable& v, const FieldRef& f) {
  if (f.type == Scalar::f64 || f.type == Scalar::f32) return;
  v.type = f.type;
  if (f.path() == "run/flags") {
    v.bits = true;
    for (const auto& [bit, sentence] : flag_table()) v.meaning.emplace_back(bit, one_word(sentence));
  } else if (const auto it = meanings.find(f.path()); it != meanings.end()) {
    v.meaning = it->second;
  }
}

std::vector<std::string> words(const char* text) {
  std::vector<std::string> out(1);
  for (const char* p = text; *p; ++p) {
    if (*p == ' ') out.emplace_back();
    else out.back() += *p;
  }
  return out;
}

double value_at(const FieldRef& f, std::size_t i) {
  switch (f.type) {
    case Scalar::f64:
      return static_cast<const double*>(f.data)[i];
    case Scalar::f32:
      return static_cast<const float*>(f.data)[i];
    case Scalar::i64:
      return static_cast<double>(static_cast<const std::int64_t*>(f.data)[i]);
    case Scalar::i32:
      return static_cast<const std::int32_t*>(f.data)[i];
    case Scalar::i16:
      return static_cast<const std::int16_t*>(f.data)[i];
    case Scalar::i8:
      return static_cast<const std::int8_t*>(f.data)[i];
    case Scalar::u64:
      return static_cast<double>(static_cast<const std::uint64_t*>(f.data)[i]);
    case Scalar::u32:
      return static_cast<const std::uint32_t*>(f.data)[i];
    case Scalar::u8:
      return static_cast<const std::uint8_t*>(f.data)[i];
  }
  return 0;
}

Dimension numbers(const std::string& name, std::int64_t first, std::int64_t n) {
  Dimension d{name, std::string("index along ").append(name), {}, {}};
  for (std::int64_t i = 0; i < n; ++i) d.value.push_back(first + i);
  return d;
}

std::vector<std::string> field_names(const System& system) {
  std::vector<std::string> names;
  for (int k = 0; k < system.thermal.n_field; ++k)
    names.push_back(system.node_name[static_cast<std::size_t>(system.thermal.node_of_field(k))]);
  return names;
}

// An axis with its labels or positions if the System has them, else numbered.
Dimension axis(const System& s, const std::string& name, std::int64_t n) {
  const auto n_is = [n](const auto& list) { return static_cast<std::int64_t>(list.size()) == n; };
  if (name == "field") return {"field", "node with resolved plates", field_names(s), {}};
  if (name == "plane" && n_is(s.plane_name))
    return {"plane", "plane of irradiance: site/string group", s.plane_name, {}};
  if (name == "string" && n_is(s.string_name))
    return {"string", "row of equal strings: site/group/number", s.string_name, {}};
  if (name == "z" && n_is(s.layer_name))
    return {"z", "layer of the plate, upwards from the power plane", s.layer_name, {}};
  if (name == "y" && n_is(s.column_y))
    return {"y", "distance along the flow from the inlet edge", {}, {}, s.column_y, "mm"};
  if (name == "x" && n_is(s.column_x))
    return {"x", "distance across the flow from the plate edge", {}, {}, s.column_x, "mm"};
  return numbers(name, 0, n);
}

// All site series (step means of derived fields, end-of-step values of state), junction and power per node, plate
// temperatures on request.
struct Layout {
  Header header;
  std::vector<FieldRef> end;  // end-of-step values, after the step means in a row
  std::vector<int> mean;      // step means: rows of state.series
};

Layout layout(const System& system, const State& s, const RecordOptions& options) {
  Layout l;
  std::set<std::string> used = {"time", "member", "site", "node", "step"};
  const auto name_of = [&](const std::string& group, const char* name) {
    std::string n = name;
    if (!used.insert(n).second) used.insert(n = std::string(group).append("_").append(name));
    return n;
  };
  std::set<std::string> dimensions;
  const auto said = [](const std::map<std::string, std::string>& table, const char* name) {
    const auto it = table.find(name);
    return it == table.end() ? std::string() : it->second;
  };
  const auto left_out = [&](const std::string& group, const char* name) {
    return !options.internals && internals.contains(group + "/" + name);
  };
  l.header.variable.push_back({"step", "s", "length of the step that ends at time", "", {}, false, {}});
  for (std::size_t i = 0; i < s.series.info.size(); ++i) {
    const FieldInfo& info = s.series.info[i];
    if (left_out(s.series.group[i], info.name)) continue;
    l.header.variable.push_back({name_of(s.series.group[i], info.name),
                                 info.unit,
                                 info.meaning,
                                 said(standard_names, info.name),
                                 {"member", "site"},
                                 false,
                                 "time: mean",
                                 said(comments, info.name)});
    l.mean.push_back(static_cast<int>(i));
  }
  for (const FieldRef& f : fields(s)) {
    const std::string shape = f.info.axes, name = f.info.name;
    const bool site_state = shape == "member site" &&
                            (f.info.kind == Kind::state || (f.info.kind == Kind::derived && f.type != Scalar::f64));
    const bool junction = f.group == "thermal" && (name == "t_junction" || name == "p_node_end");
    const bool field = options.fields && f.group == "thermal" && (name == "t_solid" || name == "t_coolant");
    const bool flags = f.group == "run" && (name == "flags" || name == "n_cut");
    const bool asked = std::find(options.also.begin(), options.also.end(), f.path()) != options.also.end();
    if (!(site_state || junction || field || flags || asked) || f.bytes() == 0 ||
        (!asked && left_out(f.group, f.info.name)))
      continue;
    const bool single = f.type == Scalar::f64 && (junction || field || asked);
    l.header.variable.push_back({name_of(f.group, f.info.name), f.info.unit, f.info.meaning,
                                 said(standard_names, f.info.name), words(f.info.axes), single, "time: point",
                                 said(comments, f.info.name)});
    keep_whole(l.header.variable.back(), f);
    l.end.push_back(f);
    const auto axes = words(f.info.axes);
    for (std::size_t r = 0; r < axes.size(); ++r) {
      if (axes[r] == "member" || axes[r] == "site" || axes[r] == "node" || !dimensions.insert(axes[r]).second) continue;
      l.header.dimension.push_back(axis(system, axes[r], f.extent[r]));
    }
  }
  l.header.dimension.push_back(numbers("member", s.first_member, s.n_member));
  l.header.dimension.back().long_name = "number of the member (realisation of the ensemble)";
  l.header.dimension.push_back({"site", "site", system.site_name, {}});
  l.header.dimension.push_back({"node", "node: site/type/number", system.node_name, {}});
  return l;
}

std::vector<double> row(const Layout& l, const State& s, Real dt) {
  std::vector<double> r;
  r.reserve(l.header.width());
  r.push_back(dt);
  const Real scale = 1.0 / dt;
  const int n_site = s.series.sum.extent(2);
  for (const int v : l.mean)
    for (int m = 0; m < s.n_member; ++m)  // NaN for a frozen member
      for (int k = 0; k < n_site; ++k)
        r.push_back(s.run.flags(m) & couple::fatal_flags ? std::numeric_limits<double>::quiet_NaN()
                                                         : s.series.sum(v, m, k) * scale);
  for (const FieldRef& f : l.end)
    for (std::size_t i = 0, n = f.bytes() / f.item; i < n; ++i) r.push_back(value_at(f, i));
  return r;
}

}  // namespace

std::int64_t run_recorded(const System& system, State& state, const Inputs& inputs, Real dt, std::int64_t n_step,
                          const RecordOptions& options, const std::function<bool(std::int64_t)>& go_on) {
  Layout l = layout(system, state, options);
  l.header.step = nanoseconds(dt);
  l.header.attribute = options.attribute;
  l.header.attribute["coldsun_schema"] = schema_version;
  if (options.hook)
    l.header.variable.insert(l.header.variable.end(), options.hook->variable.begin(), options.hook->variable.end());
  Recorder recorder(options.folder, l.header, options.first_segment);
  if (go_on && !go_on(0)) return 0;
  std::int64_t done = 0, in_segment = 0;
  const auto after = [&](const State& s) {
    std::vector<double> values = row(l, s, dt);
    if (options.hook)
      for (double v : options.hook->values()) values.push_back(v);
    recorder.append(s.time, std::move(values));
    ++done, ++in_segment;
    const bool more = !go_on || go_on(done);
    if (in_segment == options.steps_per_segment || done == n_step || !more) {
      recorder.close_segment(snapshot(s));
      in_segment = 0;
    }
    return more;
  };
  run(system, state, inputs, dt, n_step, {after, options.hook ? options.hook->decide : Decide{}});
  recorder.finish();
  return done;
}

void save_file(const State& state, const fs::path& path) { write_state_file(snapshot(state), path); }

void restore_file(State& state, const fs::path& path) {
  try {
    restore(state, read_snapshot(path, &state));
  } catch (const std::invalid_argument& e) {
    throw FileError(path.string() + ": " + e.what());
  }
}

void restore_file(Twin& twin, const fs::path& path) {
  try {
    const Snapshot kept = read_snapshot(path, &twin.state);
    check_kept(twin.state, kept);
    check_work(twin.system, twin.inputs, twin.state, kept);
    restore(twin.state, kept);
  } catch (const std::invalid_argument& e) {
    throw FileError(path.string() + ": " + e.what());
  }
}

}  // namespace coldsun::io

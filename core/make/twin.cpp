// Makes a Twin; devices and flags by name.
#include "core/make/twin.hpp"

#include <unistd.h>

#include <cmath>
#include <sstream>
#include <stdexcept>

#include "core/step/couple.hpp"

namespace coldsun {

namespace {

std::string number(Real x) {
  std::string s = std::to_string(x);
  s.erase(s.find_last_not_of('0') + 1);
  if (!s.empty() && s.back() == '.') s.pop_back();
  return s;
}

void check_options(const Network& network, const TwinOptions& o) {
  const auto fail = [](const std::string& text) { throw std::invalid_argument(text); };
  if (network.site.empty()) fail("network " + network.name + ": no site; accepted: one or more");
  if (o.n_member < 1 || o.n_member > 1'000'000)
    fail("members = " + std::to_string(o.n_member) + "; accepted: 1 to 1000000");
  if (!(o.dt >= 0.1 && o.dt <= 900.0)) fail("dt = " + number(o.dt) + " s; accepted: 0.1 to 900");
  if (!(o.hours > 0.0 && o.hours <= 24.0 * 400.0))
    fail("hours = " + number(o.hours) + "; accepted: more than 0, at most 9600");
  const Real steps = o.hours * 3600.0 / o.dt;
  if (std::abs(steps - std::round(steps)) > 1e-6)
    fail("hours = " + number(o.hours) + "; accepted: a whole number of steps of " + number(o.dt) + " s");
  if (o.start < 0 || o.start > 4'000'000'000 * ns_per_s)
    fail("start = " + std::to_string(o.start) + " ns; accepted: years 1970 to 2096");
}

// Length of a named axis of a State or a JobTable.
std::int64_t axis(const System& sys, const workload::JobTable& jobs, std::string_view name) {
  const std::pair<std::string_view, std::int64_t> length[] = {
      {"member", 1},
      {"site", sys.n_site()},
      {"node", sys.thermal.n_node},
      {"instrument", sys.n_gain},
      {"plane", sys.sky.n_plane()},
      {"string", sys.electrical.string_site.extent(0)},
      {"constellation", orbit::n_constellation},
      {"job", jobs.capacity()},
      {"field", sys.thermal.n_field},
      {"lumped", sys.thermal.n_lumped},
      {"mode", thermal::n_lumped_mode},
      {"z", thermal::n_solid},
      {"y", thermal::n_y},
      {"x", thermal::n_x},
  };
  for (const auto& [known, n] : length)
    if (known == name) return n;
  throw std::logic_error("no axis " + std::string(name));
}

}  // namespace

std::int64_t bytes_per_member(const System& sys, const workload::JobTable& jobs) {
  std::int64_t all = 0;
  const auto add = [&](const FieldInfo& info, const auto& array) {
    if (!std::string_view(info.axes).starts_with("member")) return;  // shared by all members
    std::int64_t n = sizeof(typename std::remove_cvref_t<decltype(array)>::value_type);
    std::istringstream axes(info.axes);
    for (std::string name; axes >> name;) n *= axis(sys, jobs, name);
    all += n;
  };
  const State none;
  each_field(none, [&](const char*, const FieldInfo& info, const auto& array) { add(info, array); });
  workload::JobTable::each(jobs, add);
  return all;
}

namespace {

void check_memory(const System& sys, const TwinOptions& o) {
  const workload::JobTable one =
      workload::make_jobs(sys.workload, 1, o.start, o.start + nanoseconds(3600.0 * o.hours), sys.device);
  const Real each = static_cast<Real>(bytes_per_member(sys, one)), all = each * o.n_member;
  const Real there = static_cast<Real>(::sysconf(_SC_PHYS_PAGES)) * static_cast<Real>(::sysconf(_SC_PAGESIZE));
  if (all > there)
    throw std::invalid_argument("members = " + std::to_string(o.n_member) + ": their State and jobs take " +
                                number(std::ceil(all * 1e-9)) + " GB of " + number(std::floor(there * 1e-9)) +
                                " GB; accepted: at most " + number(std::floor(there / each)) + ", or fewer hours");
}

}  // namespace

Twin make_twin(const Network& network, const Library& library, const std::vector<sky::Series>& weather,
               const TwinOptions& o) {
  check_options(network, o);
  Twin t;
  t.dt = o.dt;
  t.system = make_system(network, library, o.device);
  t.system.paths = o.paths;
  check_memory(t.system, o);
  t.inputs = make_inputs(network, t.system, library, weather, {o.start, o.hours, o.n_member, o.seed, o.first_member});
  t.state = make_state(t.system, t.inputs, o.n_member, o.seed, o.first_member, o.start);
  t.state.identity = "network " + network.name + ", " + number(o.hours) + " h from " + std::to_string(o.start) +
                     " ns in steps of " + number(o.dt) + " s";
  return t;
}

Device device_named(const std::string& word) {
  if (word == "cpu") return Device::host;
  if (word == "auto") return device_available(Device::cuda) ? Device::cuda : Device::host;
  if (word != "cuda") throw std::invalid_argument("device = \"" + word + "\"; accepted: auto, cpu, cuda");
  if (!device_available(Device::cuda))
    throw std::invalid_argument("device = \"cuda\", but no CUDA device is usable; accepted: auto, cpu");
  return Device::cuda;
}

bool is_fatal(std::uint32_t flags) { return (flags & couple::fatal_flags) != 0; }

const std::vector<std::pair<std::uint32_t, const char*>>& flag_table() {
  static const std::vector<std::pair<std::uint32_t, const char*>> bits = {
      {sky::flag_sky_not_finite, "an irradiance is not finite"},
      {sky::flag_sky_outside_table, "the weather table does not cover the time"},
      {electrical::flag_electrical_not_finite, "an electrical power is not finite"},
      {electrical::flag_bus_not_converged, "the bus voltage did not converge"},
      {electrical::flag_bus_shed, "bus power did not cover the load: load was shed"},
      {electrical::flag_aux_cut,
       "bus power did not cover pumps, fans and CDU: their power was cut, their cooling continued"},
      {thermal::flag_thermal_not_finite, "a temperature is not finite"},
      {thermal::flag_thermal_not_converged, "the solver of a plate reached its step limit"},
      {thermal::flag_thermal_trip, "a junction exceeded its trip temperature: the node switched off"},
      {thermal::flag_thermal_boils, "coolant above its boiling point at standard pressure"},
      {thermal::flag_thermal_out_of_range, "coolant outside 0 to 90 degrees C"},
      {workload::flag_workload_not_finite, "the work of a job is not finite"},
  };
  return bits;
}

std::string flag_text(std::uint32_t flags) {
  std::string text;
  for (const auto& [bit, words] : flag_table())
    if (flags & bit) text += (text.empty() ? "" : "; ") + std::string(words);
  return text;
}

}  // namespace coldsun

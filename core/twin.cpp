// Makes a Twin; names devices and flags.
#include "core/twin.hpp"

#include <cmath>
#include <stdexcept>

#include "core/couple.hpp"

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
  if (o.n_member < 1 || o.n_member > 1'000'000) fail("members = " + std::to_string(o.n_member) + "; accepted: 1 to 1000000");
  if (!(o.dt >= 0.1 && o.dt <= 900.0)) fail("dt = " + number(o.dt) + " s; accepted: 0.1 to 900");
  if (!(o.hours > 0.0 && o.hours <= 24.0 * 400.0)) fail("hours = " + number(o.hours) + "; accepted: more than 0, at most 9600");
  const Real steps = o.hours * 3600.0 / o.dt;
  if (std::abs(steps - std::round(steps)) > 1e-6) fail("hours = " + number(o.hours) + " is no whole number of steps of " + number(o.dt) + " s");
  if (o.start < 0 || o.start > 4'000'000'000 * ns_per_s) fail("start lies outside the years 1970 to 2096");
}

}  // namespace

Twin make_twin(const Network& network, const Library& library, const std::vector<WeatherSeries>& weather, const TwinOptions& o) {
  check_options(network, o);
  Twin t;
  t.dt = o.dt;
  t.system = make_system(network, library, o.device);
  t.system.paths = o.paths;
  t.inputs = make_inputs(network, t.system, library, weather, o.start, o.hours, o.n_member, o.seed, o.first_member);
  t.state = make_state(t.system, t.inputs, o.n_member, o.seed, o.first_member, o.start);
  t.state.identity = "network " + network.name + ", " + number(o.hours) + " h from " + std::to_string(o.start) + " ns in steps of " + number(o.dt) + " s";
  return t;
}

Device device_named(const std::string& word) {
  if (word == "cpu") return Device::host;
  if (word == "auto") return device_available(Device::cuda) ? Device::cuda : Device::host;
  if (word != "cuda") throw std::invalid_argument("device = \"" + word + "\"; accepted: auto, cpu, cuda");
  if (!device_available(Device::cuda)) throw std::invalid_argument("device = \"cuda\", but no CUDA device can be used here; accepted: auto, cpu");
  return Device::cuda;
}

bool is_fatal(std::uint32_t flags) { return (flags & couple::fatal_flags) != 0; }

std::string flag_text(std::uint32_t flags) {
  const std::pair<std::uint32_t, const char*> bits[] = {
      {sky::flag_sky_not_finite, "an irradiance is not a number"},
      {sky::flag_sky_outside_table, "the weather table does not cover the time"},
      {electrical::flag_electrical_not_finite, "an electrical power is not a number"},
      {electrical::flag_bus_not_converged, "the bus voltage was not found"},
      {electrical::flag_bus_shed, "more was drawn than the bus could give: load was shed"},
      {electrical::flag_aux_cut, "the bus could not feed pumps, fans and CDU: their power was cut, their cooling was not"},
      {thermal::flag_thermal_not_finite, "a temperature is not a number"},
      {thermal::flag_thermal_not_converged, "a plate needed too many steps"},
      {thermal::flag_thermal_out_of_range, "coolant outside 0 to 90 degrees C"},
      {workload::flag_workload_not_finite, "a job's work is not a number"},
  };
  std::string text;
  for (const auto& [bit, words] : bits)
    if (flags & bit) text += (text.empty() ? "" : "; ") + std::string(words);
  return text;
}

}  // namespace coldsun

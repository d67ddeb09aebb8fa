// Twin: System, Inputs and State of a network; plain data, no files.
#pragma once
#include "core/make/make_system.hpp"

namespace coldsun {

struct TwinOptions {
  int n_member = 1;
  std::uint32_t first_member = 0;
  std::uint64_t seed = 1;
  Time start = 0;
  Real hours = 24;
  Real dt = 10;
  Device device = Device::host;
  std::uint32_t paths = path_all;
};

struct Twin {
  System system;
  Inputs inputs;
  State state;
  Real dt = 10;
};

// Throws std::invalid_argument with one sentence if an option or a value of the network is not accepted.
Twin make_twin(const Network& network, const Library& library, const std::vector<sky::Series>& weather,
               const TwinOptions& options);

// Bytes per member of State and job table; `jobs` may have any number of members.
std::int64_t bytes_per_member(const System& system, const workload::JobTable& jobs);
// "auto", "cpu" or "cuda" -> an available device; else std::invalid_argument.
Device device_named(const std::string& word);
// Texts of the bits set in a member's flags.
std::string flag_text(std::uint32_t flags);
const std::vector<std::pair<std::uint32_t, const char*>>& flag_table();  // every bit with its text
bool is_fatal(std::uint32_t flags);                                      // whether they freeze the member

}  // namespace coldsun

// Twin: a network's System, Inputs and State made together from what people wrote; plain data, no file.
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

// Throws std::invalid_argument with one sentence where an option or a value of the network cannot be.
Twin make_twin(const Network& network, const Library& library, const std::vector<sky::Series>& weather,
               const TwinOptions& options);

// What a member of a State and its jobs take; jobs: a table of any number of members.
std::int64_t bytes_per_member(const System& system, const workload::JobTable& jobs);
// "auto", "cpu" or "cuda" -> a device that is there; throws std::invalid_argument where it is not.
Device device_named(const std::string& word);
// What the bits of a member's flags say, in words.
std::string flag_text(std::uint32_t flags);
const std::vector<std::pair<std::uint32_t, const char*>>& flag_table();  // every bit that may be raised, with its words
bool is_fatal(std::uint32_t flags);                                      // whether they freeze the member

}  // namespace coldsun

// A run with a record: which fields of a State become variables, and a State kept in a file of its own.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "core/io/recorder.hpp"
#include "core/make/twin.hpp"
#include "core/step/run.hpp"

namespace coldsun::io {

// What decides before every step, and what the record keeps of it: further variables of one value per step.
struct Hook {
  Decide decide;
  std::vector<Variable> variable;
  std::function<std::vector<double>()> values;
};

struct RecordOptions {
  std::filesystem::path folder;
  int first_segment = 0;
  std::int64_t steps_per_segment = 360;
  std::map<std::string, std::string> attribute;  // of every segment: title, commit, inputs
  bool fields = false;                           // plate temperatures too
  bool internals = false;  // what the engine keeps for itself too; a checkpoint holds it in any case
  const Hook* hook = nullptr;
  std::vector<std::string> also = {};  // further fields by path, at the end of each step
};

// Runs and records; `go_on(steps done)` is asked when the folder is ours and after every step, false closes the open
// segment and ends the run. Returns the steps made. Throws FileError when the record cannot be written.
std::int64_t run_recorded(const System& system, State& state, const Inputs& inputs, Real dt, std::int64_t n_step,
                          const RecordOptions& options, const std::function<bool(std::int64_t)>& go_on);

// One State in one HDF5 file: whole or not at all. Any checkpoint that coldsun wrote is taken up by restore_file.
void save_file(const State& state, const std::filesystem::path& path);
void restore_file(State& state, const std::filesystem::path& path);
// The same, and the queues are held against the twin's jobs first: for a file of others.
void restore_file(Twin& twin, const std::filesystem::path& path);

}  // namespace coldsun::io

// A run with a record; a State saved in a file of its own.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "core/io/recorder.hpp"
#include "core/make/twin.hpp"
#include "core/step/run.hpp"

namespace coldsun::io {

// A planner's decision before every step, with further variables of one value per step for the record.
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
  bool fields = false;                           // record temperatures of resolved plates
  bool internals = false;                        // record internals; a checkpoint holds them in any case
  const Hook* hook = nullptr;
  std::vector<std::string> also = {};  // paths of further fields, recorded at the end of each step
};

// Runs and records. `go_on(steps done)` is called once the folder is locked and after every step; false closes the open
// segment and ends the run. Returns the number of steps. Throws FileError if the record cannot be written.
std::int64_t run_recorded(const System& system, State& state, const Inputs& inputs, Real dt, std::int64_t n_step,
                          const RecordOptions& options, const std::function<bool(std::int64_t)>& go_on);

// One State in one HDF5 file, complete or not at all. restore_file also reads the checkpoint of a segment.
void save_file(const State& state, const std::filesystem::path& path);
void restore_file(State& state, const std::filesystem::path& path);
// The same after checking the queues against the twin's jobs: for a file of unknown origin.
void restore_file(Twin& twin, const std::filesystem::path& path);

}  // namespace coldsun::io

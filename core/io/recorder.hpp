// The record of a run: a folder of HDF5 segments laid out as netCDF-4, written by a thread of its own.
//   segment_0000.nc ...   one per simulated hour by default: series, inputs, checkpoint of the State at its end
//   segment_NNNN.nc.part  segment being written; renamed once it is on disk
//   .lock                 held by the run that writes here, removed at its end
// A kill loses the open segment, and the segment before it while that is being written.
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/time.hpp"
#include "core/step/state.hpp"

namespace coldsun::io {

inline constexpr Time ns_per_ms = 1'000'000;
inline constexpr const char* schema_version = "3";

struct Dimension {
  std::string name, long_name;
  std::vector<std::string> label;   // either labels
  std::vector<std::int64_t> value;  // or numbers
  std::vector<double> place = {};   // or positions, in `unit`
  std::string unit = "1";
  std::size_t size() const { return label.empty() ? (place.empty() ? value.size() : place.size()) : label.size(); }
};

struct Variable {
  std::string name, unit, long_name, standard_name;
  std::vector<std::string> dimension;  // without time, which comes first
  bool single = false;                 // stored as float32
  std::string cell_methods = {};       // "time: mean" for step means
  std::string comment = {};
  Scalar type = Scalar::f64;                                       // a whole-number type: counters, indices, flags
  std::vector<std::pair<std::int64_t, std::string>> meaning = {};  // value or bit, and its meaning as one word (CF 3.5)
  bool bits = false;                                               // flag_masks instead of flag_values
};

struct Header {
  std::map<std::string, std::string> attribute;  // global: title, commit, inputs...
  std::vector<Dimension> dimension;
  std::vector<Variable> variable;
  Time step = 0;                               // step of a row, whole milliseconds: gives the time bounds
  std::size_t width(const Variable& v) const;  // values per row
  std::size_t width() const;                   // of all variables
};

// Lock of a folder, held from construction to destruction by at most one run.
class FolderLock {
 public:
  // Throws FileError if another run holds it or the folder cannot be written.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  bool stands() const;  // the locked file still exists under its name
  std::filesystem::path path_;
  int file_ = -1;
};

class Recorder {
 public:
  // Creates the folder if needed. Throws FileError if it cannot be written or holds another run's segments.
  Recorder(std::filesystem::path folder, Header header, int first_segment);
  ~Recorder();  // drops the open segment; call finish() first to keep closed ones
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Adds one row: time at the end of the step [ns], in whole milliseconds (the unit that every netCDF tool reads), and
  // the values in the order of header.variable.
  void append(Time time, std::vector<double> row);
  // Closes the open segment with this checkpoint; the next row opens another. Waits until the previous one is on disk.
  void close_segment(Snapshot snapshot);
  // Waits until all segments are on disk; rethrows the writer's error.
  void finish();
  int segment() const { return segment_; }

 private:
  struct Job {
    std::vector<Time> time;
    std::vector<double> rows;
    Snapshot snapshot;
    int segment;
  };
  void work();
  void write(const Job&) const;
  void rethrow();

  std::filesystem::path folder_;
  FolderLock lock_;  // released last
  Header header_;
  int segment_;
  std::vector<Time> time_;
  std::vector<double> rows_;
  std::deque<Job> queue_;
  std::mutex mutex_;
  std::condition_variable wake_, room_;
  std::exception_ptr error_;
  bool busy_ = false, stop_ = false;
  std::thread thread_;
};

std::string segment_name(int number);
// Writes a file with a checkpoint only, as .part, then renamed.
void write_state_file(const Snapshot& snapshot, const std::filesystem::path& path);
// The checkpoint of one segment. Throws FileError on a truncated, damaged, foreign or older-schema file. With `like`
// only its fields are read, where type and shape agree.
Snapshot read_snapshot(const std::filesystem::path& segment, const State* like = nullptr);
// Throws FileError if the file is damaged or breaks the limits of h5_guard.hpp: call it before another tool opens the
// file.
void check_segment(const std::filesystem::path& segment);
std::map<std::string, std::string> read_attributes(const std::filesystem::path& segment);

}  // namespace coldsun::io

// The record of a run: a folder of HDF5 segments laid out as netCDF-4, written on a thread of its own.
//   segment_0000.nc ...   one per simulated hour by default, each whole: series, inputs, checkpoint of the State at its
//   end segment_NNNN.nc.part  the one being written; renamed when it is whole and on disk. A kill loses what is not
//   renamed yet: the open
//                         segment, and for the moment of its writing the one before it
//   .lock                 held by the run that writes here, gone when it ends
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
  std::vector<double> place = {};   // or places along a length, in
  std::string unit = "1";
  std::size_t size() const { return label.empty() ? (place.empty() ? value.size() : place.size()) : label.size(); }
};

struct Variable {
  std::string name, unit, long_name, standard_name;
  std::vector<std::string> dimension;  // without time, which comes first
  bool single = false;                 // stored as float32
  std::string cell_methods = {};       // "time: mean" for step means
  std::string comment = {};
  Scalar type = Scalar::f64;  // a whole-number type: counters, indices, flags
  std::vector<std::pair<std::int64_t, std::string>> meaning =
      {};             // value, or bit, and its word without spaces (CF 3.5)
  bool bits = false;  // flag_masks instead of flag_values
};

struct Header {
  std::map<std::string, std::string> attribute;  // global: title, commit, inputs...
  std::vector<Dimension> dimension;
  std::vector<Variable> variable;
  Time step = 0;                               // length of a row's step, whole milliseconds: the bounds of its time
  std::size_t width(const Variable& v) const;  // values per row
  std::size_t width() const;                   // of all variables
};

// The lock of a folder, from its making to its end: at most one run holds it.
class FolderLock {
 public:
  explicit FolderLock(
      const std::filesystem::path& folder);  // throws FileError where another run holds it or nothing can be written
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  bool stands() const;  // what was locked is what lies there
  std::filesystem::path path_;
  int file_ = -1;
};

class Recorder {
 public:
  // Makes the folder if need be. Throws FileError when it cannot be written to or holds another run's segments.
  Recorder(std::filesystem::path folder, Header header, int first_segment);
  ~Recorder();  // drops an unfinished segment's .part file; finish() first to keep it
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // One row: the time at the step's end [ns], whole milliseconds, since that is the unit that every netCDF tool reads;
  // its values in the order of header.variable.
  void append(Time time, std::vector<double> row);
  // Ends the open segment with this State; the next row opens another. Waits until the segment before it is on disk.
  void close_segment(Snapshot snapshot);
  // Waits until all is on disk; throws what the writer met.
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
  FolderLock lock_;  // the last to go
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
// A file that holds a checkpoint and nothing else: written beside its place, then renamed.
void write_state_file(const Snapshot& snapshot, const std::filesystem::path& path);
// The checkpoint in one segment. Throws FileError on a truncated, damaged, foreign or older-schema file. With `like`
// only its fields are read, and only where type and shape agree.
Snapshot read_snapshot(const std::filesystem::path& segment, const State* like = nullptr);
// Throws FileError where the file is damaged, or holds what no segment holds (h5_guard.hpp): to be called before any
// other tool opens it.
void check_segment(const std::filesystem::path& segment);
std::map<std::string, std::string> read_attributes(const std::filesystem::path& segment);

}  // namespace coldsun::io

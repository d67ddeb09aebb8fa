// Folder of a record: lock, open segment, and the thread that writes closed segments (layout: recorder.hpp).
#include "core/io/recorder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/io/h5.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;

std::string segment_name(int k) {
  std::string n = std::to_string(k);
  return "segment_" + std::string(n.size() < 4 ? 4 - n.size() : 0, '0') + n + ".nc";
}

std::size_t Header::width(const Variable& v) const {
  std::size_t n = 1;
  for (const auto& name : v.dimension)
    for (const auto& d : dimension)
      if (d.name == name) n *= d.size();
  return n;
}

std::size_t Header::width() const {
  std::size_t n = 0;
  for (const auto& v : variable) n += width(v);
  return n;
}

bool FolderLock::stands() const {
  struct stat mine{}, there{};
  return ::fstat(file_, &mine) == 0 && ::stat(path_.c_str(), &there) == 0 && mine.st_ino == there.st_ino;
}

FolderLock::FolderLock(const fs::path& folder) : path_(folder / ".lock") {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw FileError(folder.string() + ": folder cannot be created: " + error.message());
  for (;;) {
    file_ = ::open(path_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (file_ < 0) throw FileError(folder.string() + ": folder cannot be written to: " + last_error());
    const bool held = ::flock(file_, LOCK_EX | LOCK_NB) == 0;
    if (held && stands()) return;  // else the previous holder removed it between our open and our lock
    ::close(file_);
    if (!held) throw FileError(folder.string() + ": another run writes to this folder; accepted: another folder");
  }
}

FolderLock::~FolderLock() {
  std::error_code ignored;
  if (stands()) fs::remove(path_, ignored);  // before the lock is released
  ::close(file_);                            // releases the lock
}

Recorder::Recorder(fs::path folder, Header header, int first_segment)
    : folder_(std::move(folder)), lock_(folder_), header_(std::move(header)), segment_(first_segment) {
  silence();
  if (fs::exists(folder_ / segment_name(first_segment)))
    throw FileError(folder_.string() + ": already holds a record; accepted: another folder, or --resume");
  std::error_code error;
  for (const auto& e : fs::directory_iterator(folder_, error)) {  // left by a killed run
    const std::string name = e.path().filename().string();
    if (name.starts_with("segment_") && name.ends_with(".nc.part")) fs::remove(e.path(), error);
  }
  thread_ = std::thread([this] { work(); });
}

Recorder::~Recorder() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Recorder::rethrow() {
  if (error_) std::rethrow_exception(error_);
}

void Recorder::append(Time time, std::vector<double> row) {
  {
    std::lock_guard lock(mutex_);
    rethrow();
  }
  if (time % ns_per_ms != 0 || header_.step % ns_per_ms != 0)
    throw FileError(folder_.string() + ": a step ends at " + std::to_string(time) +
                    " ns; accepted: whole milliseconds, the record's unit of time");
  time_.push_back(time);
  rows_.insert(rows_.end(), row.begin(), row.end());
}

void Recorder::close_segment(Snapshot snapshot) {
  std::unique_lock lock(mutex_);
  rethrow();
  room_.wait(lock, [this] {
    return (queue_.empty() && !busy_) || error_;
  });  // one segment in flight at most, so that a kill loses no more
  rethrow();
  queue_.push_back(Job{std::move(time_), std::move(rows_), std::move(snapshot), segment_++});
  time_.clear(), rows_.clear();
  wake_.notify_all();
}

void Recorder::finish() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return (queue_.empty() && !busy_) || error_; });
  rethrow();
}

void Recorder::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Job job = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    std::exception_ptr error;
    try {
      write(job);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    busy_ = false;
    if (error) {
      error_ = error;
      queue_.clear();
    }
    room_.notify_all();
    if (error_) return;
  }
}

}  // namespace coldsun::io

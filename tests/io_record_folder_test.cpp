// Folder of a record: its lock, and errors of missing folders and full disks.
#include <sys/mount.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

#include "io_recorder_files.hpp"

namespace coldsun {
namespace {
using namespace recorder_test;

class RecordFolder : public Folder {};

// The first run may end and remove .lock between the second run's open and its lock: a lock on a removed file does not
// count.
TEST_F(RecordFolder, OneRunHoldsTheFolder) {
  auto first = std::make_unique<io::FolderLock>(folder);
  expect_sentence([&] { io::FolderLock{folder}; }, folder, "another run");
  fs::remove(folder / ".lock");
  auto second = std::make_unique<io::FolderLock>(folder);  // another file, so another lock
  first.reset();
  EXPECT_TRUE(fs::exists(folder / ".lock"));  // the first run must not remove it
  expect_sentence([&] { io::FolderLock{folder}; }, folder, "another run");
  second.reset();
  EXPECT_FALSE(fs::exists(folder / ".lock"));
  std::atomic<int> inside{0}, most{0}, turns{0};
  std::vector<std::thread> runs;
  for (int k = 0; k < 4; ++k)
    runs.emplace_back([&] {
      for (int i = 0; i < 500; ++i) try {
          const io::FolderLock lock(folder);
          const int now = ++inside;
          most = std::max(most.load(), now), ++turns;
          --inside;
        } catch (const io::FileError&) {
        }
    });
  for (std::thread& r : runs) r.join();
  EXPECT_EQ(most, 1);
  EXPECT_GT(turns, 4);
}

// Errors inside HDF5 name the file being written.
TEST_F(RecordFolder, ErrorsInsideTheLibraryNameTheFile) {
  io::Header twice = small_header();
  twice.variable.push_back(twice.variable.front());
  io::Recorder r(folder, twice, 0);
  r.append(ms(1), std::vector<double>(12, 1.0)), r.close_segment(small_snapshot());
  expect_sentence([&] { r.finish(); }, folder / "segment_0000.nc", "cannot create p_it");
  Snapshot same = small_snapshot();
  same.items.push_back(same.items.front());
  expect_sentence([&] { io::write_state_file(same, folder / "state.nc"); }, folder / "state.nc", "cannot create soc");
  EXPECT_EQ(names(folder), Names{});
}

// A folder deleted during the run gives an error at the next segment or at the end.
TEST_F(RecordFolder, DeletedFolderEndsTheRunWithAnError) {
  const fs::path record = folder / "record";
  io::Recorder r(record, small_header(), 0);
  fs::remove_all(record);
  r.append(ms(1), std::vector<double>(9, 1.0)), r.close_segment(small_snapshot());
  expect_sentence([&] { r.finish(); }, record / "segment_0000.nc", "cannot be written");
  expect_sentence([&] { r.append(ms(2), std::vector<double>(9, 1.0)); }, record / "segment_0000.nc",
                  "cannot be written");
  EXPECT_FALSE(fs::exists(record));
}

// ---- full disk ---------------------------------------------------------------------------------------------------

// The second segment does not fit: the first stays complete, nothing of the second remains, and the writer ends.
void expect_full(const fs::path& record) {
  {
    io::Recorder r(record, small_header(), 0);
    r.append(ms(1), std::vector<double>(9, 1.0)), r.close_segment(small_snapshot()), r.finish();
    r.append(ms(2), std::vector<double>(9, 1.0)), r.close_segment(small_snapshot(4 << 20));
    expect_sentence([&] { r.finish(); }, record / "segment_0001.nc", "cannot be written");
  }
  EXPECT_EQ(twin_test::closed_segments(record).size(), 1u);
  EXPECT_FALSE(fs::exists(record / "segment_0001.nc"));
  EXPECT_FALSE(fs::exists(record / "segment_0001.nc.part"));
  EXPECT_NO_THROW(io::read_snapshot(record / "segment_0000.nc"));
  expect_sentence([&] { io::write_state_file(small_snapshot(4 << 20), record / "state.nc"); }, record / "state.nc",
                  "cannot be written");
  EXPECT_FALSE(fs::exists(record / "state.nc"));
  EXPECT_FALSE(fs::exists(record / "state.nc.part"));
  EXPECT_NO_THROW(io::write_state_file(small_snapshot(), record / "small.nc"));  // what fits is still written
}

TEST_F(RecordFolder, FileSizeLimitLeavesWholeSegments) {
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{1 << 20, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  expect_full(folder);
  ::setrlimit(RLIMIT_FSIZE, &usual);
  std::signal(SIGXFSZ, handler);
}

TEST_F(RecordFolder, FullDiskLeavesWholeSegments) {
  const fs::path disk = folder / "disk";
  fs::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "no small disk may be mounted here; FileThatMayNotGrow is its stand-in";
  expect_full(disk / "record");
  EXPECT_EQ(::umount(disk.c_str()), 0);
}

}  // namespace
}  // namespace coldsun

// The recorder: segments that are whole or not there, what they hold, and one sentence for every file or folder that cannot be used.
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "core/io/h5.hpp"
#include "core/io/run_recorded.hpp"
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;
namespace fs = std::filesystem;

class Recorder : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("coldsun_recorder_" + std::to_string(::getpid()));
  void SetUp() override { fs::remove_all(folder), fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  // Names of what lies in a folder; the lock, which stays empty, left out.
  static std::vector<std::string> names(const fs::path& where) {
    std::vector<std::string> out;
    for (const auto& e : fs::directory_iterator(where))
      if (e.path().filename() != ".lock") out.push_back(e.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  using Names = std::vector<std::string>;
};

// What a FileError says: one sentence that names the file and holds `word`.
void expect_sentence(const std::function<void()>& call, const fs::path& file, const std::string& word) {
  try {
    call();
    ADD_FAILURE() << "no FileError for " << file;
  } catch (const io::FileError& e) {
    const std::string text = e.what();
    EXPECT_EQ(text.rfind(file.string() + ": ", 0), 0u) << text;
    EXPECT_NE(text.find(word), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    EXPECT_LT(text.size(), 400u) << text;
  }
}

// A record of three members' two numbers, without any physics.
io::Header small_header() {
  io::Header h;
  h.attribute = {{"coldsun_schema", io::schema_version}, {"title", "Cold light: 3 K \u2264 \u0394T"}, {"empty", ""}};
  h.dimension = {{"member", "member", {}, {7, 8, 9}}, {"site", "site", {"here", "there"}, {}}};
  h.variable = {{"p_it", "W", "power", "", {"member"}, false, "time: mean"}, {"t_junction", "K", "junction", "", {"member", "site"}, true, {}}};
  return h;
}
Snapshot small_snapshot(std::int64_t n_byte = 24) {
  Snapshot s;
  s.attributes = {{"time_ns", "1"}};
  const FieldInfo info{"soc", "1", "member", "charge", Kind::state};
  s.items.push_back({"electrical/soc", FieldRef{"electrical", info, Scalar::f64, 8, {static_cast<std::int32_t>(n_byte / 8)}, nullptr}, {}});
  // Bytes that packing does not make fewer (a 64-bit linear congruence, Knuth's multiplier; its upper bits).
  std::uint64_t x = 1;
  for (std::int64_t i = 0; i < n_byte; ++i) x = x * 6364136223846793005u + 1442695040888963407u, s.items.back().bytes.push_back(static_cast<char>(x >> 56));
  return s;
}
std::vector<double> read_doubles(const fs::path& file, const char* name, std::vector<hsize_t>& extent) {
  io::Handle f(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "file");
  io::Handle set(H5Dopen2(f, name, H5P_DEFAULT), H5Dclose, name), space(H5Dget_space(set), H5Sclose, name);
  extent.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, extent.data(), nullptr);
  std::size_t n = 1;
  for (auto e : extent) n *= e;
  std::vector<double> x(n);
  io::check(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x.data()), name);
  return x;
}

TEST_F(Recorder, SegmentsAreClosedAndRenamed) {
  const fs::path record = folder / "a" / "b";   // made if need be
  {
    io::Recorder r(record, small_header(), 0);
    for (int k = 0; k < 12; ++k) {
      for (int i = 0; i <= k; ++i) r.append(100 * k + i, {1.0 + k, 2.0, 3.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0 + i});
      EXPECT_EQ(r.segment(), k);
      r.close_segment(small_snapshot());
    }
    r.append(1, std::vector<double>(9, 0.0));   // the open segment, which a run that ends here loses
    r.finish();
    for (const std::string& n : names(record)) EXPECT_EQ(fs::path(n).extension(), ".nc") << n;
  }
  const auto closed = io::segments(record);
  ASSERT_EQ(closed.size(), 12u);
  EXPECT_EQ(names(record).size(), 12u);
  EXPECT_EQ(closed[9].filename(), "segment_0009.nc");
  EXPECT_EQ(closed[11].filename(), "segment_0011.nc");
  std::vector<hsize_t> extent;
  EXPECT_EQ(read_doubles(closed[2], "time", extent), (std::vector<double>{200, 201, 202}));
  const auto p = read_doubles(closed[2], "p_it", extent);
  EXPECT_EQ(extent, (std::vector<hsize_t>{3, 3}));
  EXPECT_EQ(p, (std::vector<double>{3, 2, 3, 3, 2, 3, 3, 2, 3}));
  const auto t = read_doubles(closed[2], "t_junction", extent);
  EXPECT_EQ(extent, (std::vector<hsize_t>{3, 3, 2}));
  EXPECT_EQ(t[0], 4.5);
  EXPECT_EQ(t[17], 11.0);
  const auto attributes = io::read_attributes(closed[5]);
  EXPECT_EQ(attributes.at("title"), small_header().attribute["title"]);
  EXPECT_EQ(attributes.at("empty"), "");
  const Snapshot s = io::read_snapshot(closed[5]);
  ASSERT_EQ(s.items.size(), 1u);
  EXPECT_EQ(s.items[0].path, "electrical/soc");
  EXPECT_EQ(s.items[0].bytes, small_snapshot().items[0].bytes);
  EXPECT_EQ(s.attributes.at("time_ns"), "1");
}

// Destroyed without finish(): what was closed is written, what was open is gone; a killed run's .part is cleared away, others' files stay.
TEST_F(Recorder, LeavesNoPartBehind) {
  std::ofstream(folder / "segment_0003.nc.part") << "half";
  std::ofstream(folder / "notes.part") << "mine";
  {
    io::Recorder r(folder, small_header(), 0);
    EXPECT_FALSE(fs::exists(folder / "segment_0003.nc.part"));
    r.append(1, std::vector<double>(9, 1.0));
    r.close_segment(small_snapshot(1 << 20));
    r.append(2, std::vector<double>(9, 1.0));
  }
  EXPECT_EQ(names(folder), (Names{"notes.part", "segment_0000.nc"}));
  EXPECT_NO_THROW(io::read_snapshot(folder / "segment_0000.nc"));
}

TEST_F(Recorder, AnotherRecordIsNotOverwritten) {
  {
    io::Recorder r(folder, small_header(), 0);
    expect_sentence([&] { io::Recorder(folder, small_header(), 0); }, folder, "another run");   // while it is written
    r.append(1, std::vector<double>(9, 1.0)), r.close_segment(small_snapshot()), r.finish();
  }
  expect_sentence([&] { io::Recorder(folder, small_header(), 0); }, folder, "already holds a record");
  EXPECT_NO_THROW(io::Recorder(folder, small_header(), 1));   // goes on
}

// ---- a twin's record -----------------------------------------------------------------------------------------------------------

TEST_F(Recorder, HoldsTheTwinsStepMeansAndItsCheckpoint) {
  TwinOptions o = options(11, 0.25);
  o.n_member = 2, o.first_member = 5;
  Twin t = twin_of(small_network(), o), live = twin_of(small_network(), o);
  io::RecordOptions keep;
  keep.folder = folder, keep.steps_per_segment = 5, keep.attribute = {{"title", "a quarter of an hour"}};
  // Stopped after 12 steps: two full segments, one of two rows.
  EXPECT_EQ(io::run_recorded(t.system, t.state, t.inputs, 10.0, 90, keep, [](std::int64_t n) { return n < 12; }), 12);
  EXPECT_EQ(names(folder), (Names{"segment_0000.nc", "segment_0001.nc", "segment_0002.nc"}));
  EXPECT_EQ(io::read_attributes(folder / "segment_0002.nc").at("title"), "a quarter of an hour");
  std::vector<hsize_t> extent;
  for (int k = 0; k < 3; ++k) {
    const fs::path file = folder / ("segment_000" + std::to_string(k) + ".nc");
    const auto time = read_doubles(file, "time", extent);
    ASSERT_EQ(time.size(), k < 2 ? 5u : 2u);
    const auto p_it = read_doubles(file, "p_it", extent);
    ASSERT_EQ(extent, (std::vector<hsize_t>{time.size(), 2, 1}));
    const auto soc = read_doubles(file, "soc", extent), junction = read_doubles(file, "t_junction", extent);
    ASSERT_EQ(extent, (std::vector<hsize_t>{time.size(), 2, 4}));
    int v = 0;
    while (std::string(live.state.series.info[static_cast<std::size_t>(v)].name) != "p_it") ++v;
    for (std::size_t i = 0; i < time.size(); ++i) {
      steps(live, 1);
      EXPECT_EQ(time[i], static_cast<double>(live.state.time));
      for (int m = 0; m < 2; ++m) {
        const auto at = 2 * i + static_cast<std::size_t>(m);
        EXPECT_EQ(p_it[at], live.state.series.sum(v, m, 0) * (1.0 / 10.0));   // the same product: float64 as it was
        EXPECT_EQ(soc[at], live.state.electrical.soc(m, 0));
        EXPECT_EQ(junction[4 * at + 3], static_cast<double>(static_cast<float>(live.state.thermal.t_junction(m, 3))));   // kept single
      }
    }
    Twin again = twin_of(small_network(), o);
    io::restore_file(again.state, file);
    EXPECT_EQ(hash(again.state), hash(live.state)) << file;
  }
}

// ---- files that are none -------------------------------------------------------------------------------------------------------

TEST_F(Recorder, FilesThatCannotBeReadAreRefusedInOneSentence) {
  Twin t = twin_of(small_network(), options(11, 0.25));
  const auto before = hash(t.state);
  const auto refused = [&](const fs::path& file, const std::string& word) {
    expect_sentence([&] { io::restore_file(t.state, file); }, file, word);
    expect_sentence([&] { io::read_attributes(file); }, file, "");
    EXPECT_EQ(hash(t.state), before);
  };
  io::save_file(t.state, folder / "good.nc");
  EXPECT_NO_THROW(io::restore_file(t.state, folder / "good.nc"));
  const auto size = fs::file_size(folder / "good.nc");
  for (const auto left : {size - 1, size - 4096, size / 2, std::uintmax_t{96}, std::uintmax_t{8}, std::uintmax_t{0}}) {
    fs::copy_file(folder / "good.nc", folder / "short.nc", fs::copy_options::overwrite_existing);
    fs::resize_file(folder / "short.nc", left);
    refused(folder / "short.nc", "truncated or foreign");
  }
  std::ofstream(folder / "text.nc") << "time,p_it\n0,1\n";
  refused(folder / "text.nc", "truncated or foreign");
  refused(folder / "missing.nc", "no such file");
  refused(folder, "");   // a folder is no file
  {
    io::Handle other(H5Fcreate((folder / "foreign.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "foreign");
    io::Handle old(H5Fcreate((folder / "old.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "old");
    io::set_attribute(old, "coldsun_schema", "0");
    io::Handle bare(H5Fcreate((folder / "bare.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "bare");
    io::set_attribute(bare, "coldsun_schema", io::schema_version);
    io::Handle hollow(H5Fcreate((folder / "hollow.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "hollow");
    io::set_attribute(hollow, "coldsun_schema", io::schema_version);
    io::Handle group(H5Gcreate2(hollow, "checkpoint", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "group");
  }
  refused(folder / "foreign.nc", "coldsun_schema");
  refused(folder / "old.nc", "coldsun_schema = 0; accepted: 1");
  expect_sentence([&] { io::restore_file(t.state, folder / "bare.nc"); }, folder / "bare.nc", "no checkpoint");
  expect_sentence([&] { io::restore_file(t.state, folder / "hollow.nc"); }, folder / "hollow.nc", "no attribute");
  EXPECT_EQ(hash(t.state), before);
  expect_sentence([&] { io::segments(folder / "nowhere"); }, folder / "nowhere", "cannot read this folder");
  expect_sentence([&] { io::segments(folder); }, folder, "no closed segment");
}

TEST_F(Recorder, FolderThatCannotBeMade) {
  std::ofstream(folder / "file") << "a regular file";
  expect_sentence([&] { io::Recorder(folder / "file" / "record", small_header(), 0); }, folder / "file" / "record", "cannot make this folder");
  expect_sentence([&] { io::Recorder(folder / "file", small_header(), 0); }, folder / "file", "");
  Twin t = twin_of(small_network(), options(11, 0.25));
  expect_sentence([&] { io::save_file(t.state, folder / "file" / "state.nc"); }, folder / "file" / "state.nc", "cannot be written");
  expect_sentence([&] { io::save_file(t.state, folder / "no" / "state.nc"); }, folder / "no" / "state.nc", "cannot be written");
  fs::create_directories(folder / "state.nc" / "held");   // the place is taken by a folder
  expect_sentence([&] { io::save_file(t.state, folder / "state.nc"); }, folder / "state.nc", "");
  EXPECT_EQ(names(folder), (Names{"file", "state.nc"}));
}

// The folder goes while the run is on: the run hears of it at the next segment, or at the end.
TEST_F(Recorder, FolderThatVanishes) {
  const fs::path record = folder / "record";
  io::Recorder r(record, small_header(), 0);
  fs::remove_all(record);
  r.append(1, std::vector<double>(9, 1.0)), r.close_segment(small_snapshot());
  expect_sentence([&] { r.finish(); }, record / "segment_0000.nc", "cannot be written");
  expect_sentence([&] { r.append(2, std::vector<double>(9, 1.0)); }, record / "segment_0000.nc", "cannot be written");
  EXPECT_FALSE(fs::exists(record));
}

// ---- no room -------------------------------------------------------------------------------------------------------------------

// The second segment does not fit; the first stays whole, nothing of the second is left, and the writer can be ended.
void expect_full(const fs::path& record) {
  {
    io::Recorder r(record, small_header(), 0);
    r.append(1, std::vector<double>(9, 1.0)), r.close_segment(small_snapshot()), r.finish();
    r.append(2, std::vector<double>(9, 1.0)), r.close_segment(small_snapshot(4 << 20));
    expect_sentence([&] { r.finish(); }, record / "segment_0001.nc", "cannot be written");
  }
  EXPECT_EQ(io::segments(record).size(), 1u);
  EXPECT_FALSE(fs::exists(record / "segment_0001.nc"));
  EXPECT_FALSE(fs::exists(record / "segment_0001.nc.part"));
  EXPECT_NO_THROW(io::read_snapshot(record / "segment_0000.nc"));
  expect_sentence([&] { io::write_state_file(small_snapshot(4 << 20), record / "state.nc"); }, record / "state.nc", "cannot be written");
  EXPECT_FALSE(fs::exists(record / "state.nc"));
  EXPECT_FALSE(fs::exists(record / "state.nc.part"));
  EXPECT_NO_THROW(io::write_state_file(small_snapshot(), record / "small.nc"));   // what fits is still written
}

TEST_F(Recorder, FileThatMayNotGrow) {
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{1 << 20, usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  expect_full(folder);
  ::setrlimit(RLIMIT_FSIZE, &usual);
  std::signal(SIGXFSZ, handler);
}

TEST_F(Recorder, FullDisk) {
  const fs::path disk = folder / "disk";
  fs::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "no small disk may be mounted here; FileThatMayNotGrow is its stand-in";
  expect_full(disk / "record");
  EXPECT_EQ(::umount(disk.c_str()), 0);
}

}  // namespace
}  // namespace coldsun

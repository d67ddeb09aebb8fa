// Recorder: segments are complete or absent; their contents; one sentence for every unusable file or folder.
#include <fstream>

#include "core/io/sealed.hpp"
#include "io_recorder_files.hpp"

namespace coldsun {
namespace {
using namespace twin_test;
using namespace recorder_test;

class Recorder : public Folder {};

TEST_F(Recorder, SegmentsAreClosedAndRenamed) {
  const fs::path record = folder / "a" / "b";  // created if needed
  {
    io::Recorder r(record, small_header(), 0);
    for (int k = 0; k < 12; ++k) {
      for (int i = 0; i <= k; ++i) r.append(ms(100 * k + i), {1.0 + k, 2.0, 3.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0 + i});
      EXPECT_EQ(r.segment(), k);
      r.close_segment(small_snapshot());
    }
    r.append(ms(1), std::vector<double>(9, 0.0));  // in the open segment, lost when a run ends here
    r.finish();
    for (const std::string& n : names(record)) EXPECT_EQ(fs::path(n).extension(), ".nc") << n;
  }
  const auto closed = closed_segments(record);
  ASSERT_EQ(closed.size(), 12u);
  EXPECT_EQ(names(record).size(), 12u);
  EXPECT_EQ(closed[9].filename(), "segment_0009.nc");
  EXPECT_EQ(closed[11].filename(), "segment_0011.nc");
  std::vector<hsize_t> extent;
  EXPECT_EQ(read_doubles(closed[2], "time", extent), (std::vector<double>{200, 201, 202}));
  EXPECT_EQ(read_doubles(closed[2], "time_bnds", extent), (std::vector<double>{190, 200, 191, 201, 192, 202}));
  EXPECT_EQ(extent, (std::vector<hsize_t>{3, 2}));
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

// Destroyed without finish(): closed segments are written, the open one is lost; a killed run's .part is removed, other
// files stay.
TEST_F(Recorder, LeavesNoPartBehind) {
  std::ofstream(folder / "segment_0003.nc.part") << "half";
  std::ofstream(folder / "notes.part") << "mine";
  {
    io::Recorder r(folder, small_header(), 0);
    EXPECT_FALSE(fs::exists(folder / "segment_0003.nc.part"));
    r.append(ms(1), std::vector<double>(9, 1.0));
    r.close_segment(small_snapshot(1 << 20));
    r.append(ms(2), std::vector<double>(9, 1.0));
  }
  EXPECT_EQ(names(folder), (Names{"notes.part", "segment_0000.nc"}));
  EXPECT_NO_THROW(io::read_snapshot(folder / "segment_0000.nc"));
}

TEST_F(Recorder, AnotherRecordIsNotOverwritten) {
  {
    io::Recorder r(folder, small_header(), 0);
    expect_sentence([&] { io::Recorder(folder, small_header(), 0); }, folder, "another run");  // while it is written
    r.append(ms(1), std::vector<double>(9, 1.0)), r.close_segment(small_snapshot()), r.finish();
  }
  expect_sentence([&] { io::Recorder(folder, small_header(), 0); }, folder, "already holds a record");
  EXPECT_NO_THROW(io::Recorder(folder, small_header(), 1));  // continues
}

// ---- record of a twin --------------------------------------------------------------------------------------------

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
  const auto holds = [&](const fs::path& file, const char* name) {
    io::Handle f(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "file");
    return H5Lexists(f, name, H5P_DEFAULT) > 0;
  };
  EXPECT_FALSE(holds(folder / "segment_0000.nc", "queue_head") || holds(folder / "segment_0000.nc", "balance_bus"));
  EXPECT_TRUE(holds(folder / "segment_0000.nc", "checkpoint/workload/queue_head"));
  {
    Twin whole = twin_of(small_network(), o);
    io::RecordOptions all = keep;
    all.folder = folder / "all", all.internals = true;
    io::run_recorded(whole.system, whole.state, whole.inputs, 10.0, 1, all, {});
    EXPECT_TRUE(holds(folder / "all" / "segment_0000.nc", "queue_head") &&
                holds(folder / "all" / "segment_0000.nc", "balance_bus"));
    fs::remove_all(folder / "all");
  }
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
      EXPECT_EQ(time[i], static_cast<double>(live.state.time / io::ns_per_ms));
      for (int m = 0; m < 2; ++m) {
        const auto at = 2 * i + static_cast<std::size_t>(m);
        EXPECT_EQ(p_it[at], live.state.series.sum(v, m, 0) * (1.0 / 10.0));  // same product in float64
        EXPECT_EQ(soc[at], live.state.electrical.soc(m, 0));
        EXPECT_EQ(junction[4 * at + 3],
                  static_cast<double>(static_cast<float>(live.state.thermal.t_junction(m, 3))));  // stored as float32
      }
    }
    Twin again = twin_of(small_network(), o);
    io::restore_file(again.state, file);
    EXPECT_EQ(hash(again.state), hash(live.state)) << file;
  }
}

// ---- unusable files ----------------------------------------------------------------------------------------------

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
  refused(folder, "");  // a folder, not a file
  {
    io::Handle other(H5Fcreate((folder / "foreign.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose,
                     "foreign");
    io::Handle old(H5Fcreate((folder / "old.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "old");
    io::set_attribute(old, "coldsun_schema", "0");
    io::Handle bare(H5Fcreate((folder / "bare.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "bare");
    io::set_attribute(bare, "coldsun_schema", io::schema_version);
    io::Handle hollow(H5Fcreate((folder / "hollow.nc").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose,
                      "hollow");
    io::set_attribute(hollow, "coldsun_schema", io::schema_version);
    io::Handle group(H5Gcreate2(hollow, "checkpoint", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "group");
  }
  for (const char* name : {"bare.nc", "hollow.nc"}) {
    expect_sentence([&] { io::restore_file(t.state, folder / name); }, folder / name, "no checksum");
    io::seal_file(folder / name);
  }
  refused(folder / "foreign.nc", "coldsun_schema");
  refused(folder / "old.nc", "coldsun_schema = 0; accepted: 3");
  expect_sentence([&] { io::restore_file(t.state, folder / "bare.nc"); }, folder / "bare.nc", "no checkpoint");
  expect_sentence([&] { io::restore_file(t.state, folder / "hollow.nc"); }, folder / "hollow.nc", "no attribute");
  EXPECT_EQ(hash(t.state), before);
}

TEST_F(Recorder, UnusableFoldersAreRefused) {
  std::ofstream(folder / "file") << "a regular file";
  expect_sentence([&] { io::Recorder(folder / "file" / "record", small_header(), 0); }, folder / "file" / "record",
                  "folder cannot be created");
  expect_sentence([&] { io::Recorder(folder / "file", small_header(), 0); }, folder / "file", "");
  Twin t = twin_of(small_network(), options(11, 0.25));
  expect_sentence([&] { io::save_file(t.state, folder / "file" / "state.nc"); }, folder / "file" / "state.nc",
                  "cannot be written");
  expect_sentence([&] { io::save_file(t.state, folder / "no" / "state.nc"); }, folder / "no" / "state.nc",
                  "cannot be written");
  fs::create_directories(folder / "state.nc" / "held");  // a folder of that name exists
  expect_sentence([&] { io::save_file(t.state, folder / "state.nc"); }, folder / "state.nc", "");
  EXPECT_EQ(names(folder), (Names{"file", "state.nc"}));
}

}  // namespace
}  // namespace coldsun

// Foreign files: damage, external links, depth, size and values out of range are refused in one sentence; the State is
// unchanged.
#include <fstream>

#include "common/philox.hpp"
#include "core/io/sealed.hpp"
#include "core/step/check_state.hpp"
#include "io_recorder_files.hpp"

namespace coldsun {
namespace {
using namespace twin_test;
using namespace recorder_test;

class RecordGuard : public Folder {
 protected:
  Twin t = twin_of(small_network(), options(11, 0.25));
  fs::path good = folder / "good.nc";
  void SetUp() override {
    Folder::SetUp();
    steps(t, 3);
    io::save_file(t.state, good);
  }
  // A copy modified by `change`, with a new seal.
  template <class F>
  fs::path changed(const F& change) {
    const fs::path file = folder / "changed.nc";
    fs::copy_file(good, file, fs::copy_options::overwrite_existing);
    fs::resize_file(file, fs::file_size(file) - 16);
    {
      io::Handle f(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose, "file");
      change(static_cast<hid_t>(f));
    }
    io::seal_file(file);
    return file;
  }
  void refused(const fs::path& file, const std::string& word) {
    const auto before = hash(t.state);
    expect_sentence([&] { io::restore_file(t, file); }, file, word);
    EXPECT_EQ(hash(t.state), before);
  }
  // Overwrites one number of a field.
  template <class T>
  fs::path with_value(const std::string& path, hid_t type, std::size_t at, T value) {
    return changed([&](hid_t f) {
      io::Handle set(H5Dopen2(f, ("checkpoint/" + path).c_str(), H5P_DEFAULT), H5Dclose, path),
          space(H5Dget_space(set), H5Sclose, path);
      std::vector<T> all(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
      io::check(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()), path);
      all.at(at) = value;
      io::check(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()), path);
    });
  }
};

TEST_F(RecordGuard, UnchangedFileIsRestored) {
  const auto file = changed([](hid_t) {});
  io::restore_file(t, file);
  EXPECT_NO_THROW(io::check_segment(file));
}

// Zero and reversed flow of a node are valid.
TEST_F(RecordGuard, ZeroAndReversedFlowAreRestored) {
  for (const Real flow : {0.0, -1.0}) {
    io::restore_file(t, with_value("thermal/flow_gain", H5T_NATIVE_DOUBLE, 1, flow));
    EXPECT_EQ(t.state.thermal.flow_gain(0, 1), flow);
  }
}

// 200 flipped bits over the whole file: each is found before reading.
TEST_F(RecordGuard, EveryFlippedBitIsRefusedInOneSentence) {
  std::ifstream in(good, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(in)), {});
  const fs::path file = folder / "flipped.nc";
  const auto before = hash(t.state);
  const std::size_t n_bit = 8 * bytes.size();
  for (std::uint32_t k = 0; k < 200; ++k) {
    const auto bit =
        static_cast<std::size_t>(Chance{11, 0, Stream::test, 0}.uniform(k, 0) * static_cast<double>(n_bit));
    std::vector<char> flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    std::ofstream(file, std::ios::binary).write(flipped.data(), static_cast<std::streamsize>(flipped.size()));
    expect_sentence([&] { io::restore_file(t, file); }, file, "");
    expect_sentence([&] { io::check_segment(file); }, file, "");
  }
  EXPECT_EQ(hash(t.state), before);
}

TEST_F(RecordGuard, ArrayOfStringsDoesNotOverflowTheBuffer) {
  const auto file = changed([](hid_t f) {
    io::Handle root(H5Gopen2(f, "checkpoint", H5P_DEFAULT), H5Gclose, "checkpoint");
    io::check(H5Adelete(root, "seed"), "seed");
    const hsize_t n = 1000;
    io::Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "type"), space(H5Screate_simple(1, &n, nullptr), H5Sclose, "space");
    H5Tset_size(type, 16);
    io::Handle a(H5Acreate2(root, "seed", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "seed");
    io::check(H5Awrite(a, type, std::string(16'000, 'x').data()), "seed");
  });
  refused(file, "no attribute seed");
}

TEST_F(RecordGuard, NothingIsReadFromAnotherFile) {
  std::ofstream(folder / "secret") << std::string(1 << 16, 'S');
  refused(changed([&](hid_t f) {
            H5Ldelete(f, "checkpoint/electrical/soc", H5P_DEFAULT);
            io::Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "plist");
            H5Pset_external(plist, (folder / "secret").c_str(), 0, 8);
            const hsize_t extent[2] = {1, 1};
            io::Handle space(H5Screate_simple(2, extent, nullptr), H5Sclose, "space");
            io::Handle(
                H5Dcreate2(f, "checkpoint/electrical/soc", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, plist, H5P_DEFAULT),
                H5Dclose, "soc");
          }),
          "keeps its numbers in another file");
  for (const bool external : {false, true}) {
    const auto file = changed([&](hid_t f) {
      H5Ldelete(f, "checkpoint/electrical/soc", H5P_DEFAULT);
      if (external)
        H5Lcreate_external(good.c_str(), "checkpoint/electrical/soc", f, "checkpoint/electrical/soc", H5P_DEFAULT,
                           H5P_DEFAULT);
      else H5Lcreate_soft("checkpoint/electrical/v_bus", f, "checkpoint/electrical/soc", H5P_DEFAULT, H5P_DEFAULT);
    });
    refused(file, "soft or external link");
    expect_sentence([&] { io::check_segment(file); }, file, "soft or external link");
  }
}

TEST_F(RecordGuard, DepthAndNumberOfObjectsAreBounded) {
  refused(changed([](hid_t f) {
            io::Handle at(H5Gopen2(f, "checkpoint", H5P_DEFAULT), H5Gclose, "checkpoint");
            for (int k = 0; k < 4000; ++k)
              at = io::Handle(H5Gcreate2(at, "deep", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, "deep");
          }),
          "cannot be read");
  refused(changed([](hid_t f) {
            const hid_t root = H5Gopen2(f, "checkpoint", H5P_DEFAULT);
            for (int k = 0; k < 5000; ++k)
              H5Lcreate_hard(f, "checkpoint/run", root, ("run" + std::to_string(k)).c_str(), H5P_DEFAULT, H5P_DEFAULT);
            H5Gclose(root);
          }),
          "more than 4096 objects");
}

TEST_F(RecordGuard, ShapesInAFileDoNotAllocateMemory) {
  refused(changed([](hid_t f) {
            H5Ldelete(f, "checkpoint/electrical/soc", H5P_DEFAULT);
            io::Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "plist");
            const hsize_t extent[2] = {1u << 30, 1u << 30}, chunk[2] = {1024, 1024};
            H5Pset_chunk(plist, 2, chunk);
            io::Handle space(H5Screate_simple(2, extent, nullptr), H5Sclose, "space");
            io::Handle(
                H5Dcreate2(f, "checkpoint/electrical/soc", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, plist, H5P_DEFAULT),
                H5Dclose, "soc");
          }),
          "another shape");
  refused(changed([](hid_t f) {
            H5Ldelete(f, "checkpoint/electrical/soc", H5P_DEFAULT);
            io::Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "plist");
            const hsize_t extent[2] = {1, 1}, most[2] = {H5S_UNLIMITED, H5S_UNLIMITED},
                          chunk[2] = {1u << 14, 1u << 14};  // a chunk of 2 GiB
            H5Pset_chunk(plist, 2, chunk);
            io::Handle space(H5Screate_simple(2, extent, most), H5Sclose, "space");
            io::Handle(
                H5Dcreate2(f, "checkpoint/electrical/soc", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, plist, H5P_DEFAULT),
                H5Dclose, "soc");
          }),
          "chunks of more than 16 MiB");
}

TEST_F(RecordGuard, ValuesOutsideTheirRangeAreNamed) {
  refused(with_value("thermal/t_supply", H5T_NATIVE_DOUBLE, 0, -1e6),
          "thermal/t_supply[member 0] = -1e+06 K; accepted: 150 to 2000");
  refused(with_value("electrical/soc", H5T_NATIVE_DOUBLE, 0, 37.0),
          "electrical/soc[member 0] = 37 1; accepted: -1e-09 to 1");
  refused(with_value("electrical/v_bus", H5T_NATIVE_DOUBLE, 0, std::nan("")), "electrical/v_bus[member 0] = nan");
  refused(with_value("workload/node_job", H5T_NATIVE_INT32, 1, std::int32_t{1'000'000}),
          "workload/node_job[member 0] = 1e+06");
  refused(with_value("workload/plan_site", H5T_NATIVE_INT32, 0, std::int32_t{7}), "workload/plan_site[member 0] = 7");
  refused(with_value("workload/start_time", H5T_NATIVE_INT64, 0, std::int64_t{INT64_MIN}), "workload/start_time");
}

// Values in range but inconsistent: a node with a job that does not run; busy nodes without a job.
TEST_F(RecordGuard, InconsistentQueuesAreRefused) {
  refused(with_value("workload/node_busy", H5T_NATIVE_INT32, 0, std::int32_t{t.state.workload.node_busy(0, 0) ? 0 : 1}),
          "node_busy");
  refused(with_value("workload/n_queued", H5T_NATIVE_INT32, 0, std::int32_t{t.state.workload.n_queued(0, 0) + 1}),
          "n_queued");
  int idle = 0;
  while (idle < t.state.workload.status.extent(1) && t.state.workload.status(0, idle) == workload::Status::running)
    ++idle;
  ASSERT_LT(idle, t.state.workload.status.extent(1));
  refused(with_value("workload/node_job", H5T_NATIVE_INT32, 0, std::int32_t{idle}), "does not run on this node");
}

// Integer fields are indices, counts or enumerations: every saved one has its own range.
TEST(CheckState, EverySavedIntegerFieldHasARange) {
  const Twin t = twin_of(small_network(), options(11, 0.25));
  for (const FieldRef& f : fields(t.state))
    EXPECT_TRUE(f.info.kind == Kind::scratch || range_of(t.state, f).known)
        << f.path() << ": add its range to by_name in core/step/check_state.cpp";
}

}  // namespace
}  // namespace coldsun

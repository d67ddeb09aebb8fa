// For the tests of the recorder: a temporary folder, a record without physics, and the check of a FileError.
#pragma once
#include <unistd.h>

#include "core/io/h5.hpp"
#include "core/io/run_recorded.hpp"
#include "io_twin.hpp"

namespace coldsun::recorder_test {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("coldsun_recorder_" + std::to_string(::getpid()));
  void SetUp() override { fs::remove_all(folder), fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  // Names of the files in a folder, without the lock.
  static std::vector<std::string> names(const fs::path& where) {
    std::vector<std::string> out;
    for (const auto& e : fs::directory_iterator(where))
      if (e.path().filename() != ".lock") out.push_back(e.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  using Names = std::vector<std::string>;
};

// Expects a FileError of one sentence with the file and `word`.
inline void expect_sentence(const std::function<void()>& call, const fs::path& file, const std::string& word) {
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

// A record of two numbers for three members.
inline io::Header small_header() {
  io::Header h;
  h.attribute = {{"coldsun_schema", io::schema_version}, {"title", "Cold light: 3 K \u2264 \u0394T"}, {"empty", ""}};
  h.dimension = {{"member", "member", {}, {7, 8, 9}}, {"site", "site", {"here", "there"}, {}}};
  h.step = 10 * io::ns_per_ms;
  h.variable = {{"p_it", "W", "power", "", {"member"}, false, "time: mean", "of three"},
                {"t_junction", "K", "junction", "", {"member", "site"}, true, {}}};
  return h;
}
constexpr Time ms(std::int64_t n) { return n * io::ns_per_ms; }
inline Snapshot small_snapshot(std::int64_t n_byte = 24) {
  Snapshot s;
  s.attributes = {{"time_ns", "1"}};
  const FieldInfo info{"soc", "1", "member", "charge", Kind::state};
  s.items.push_back({"electrical/soc",
                     FieldRef{"electrical", info, Scalar::f64, 8, {static_cast<std::int32_t>(n_byte / 8)}, nullptr},
                     {}});
  // Incompressible bytes (upper bits of a 64-bit linear congruential generator, Knuth's multiplier).
  std::uint64_t x = 1;
  for (std::int64_t i = 0; i < n_byte; ++i)
    x = x * 6364136223846793005u + 1442695040888963407u, s.items.back().bytes.push_back(static_cast<char>(x >> 56));
  return s;
}
inline std::vector<double> read_doubles(const fs::path& file, const char* name, std::vector<hsize_t>& extent) {
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

}  // namespace coldsun::recorder_test

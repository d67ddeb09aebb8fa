// Equal bits: with one and two threads, for a member alone and in a batch, for a run that is saved and resumed.
#include <omp.h>
#include <unistd.h>

#include "core/io/h5.hpp"
#include "core/io/run_recorded.hpp"
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;
namespace fs = std::filesystem;

// All tolerances of this file are zero: the same operations in the same order give the same bits.

// A hall with clouds, outages at every boundary and jobs from the trace's statistics, so that members differ.
Network busy() {
  Network n = small_network();
  n.site.front().climate.cloud.clear_fraction.fill(0.1), n.site.front().climate.cloud.overcast_fraction.fill(0.2);
  Site& s = n.site.front();
  outages(s, 0.5), s.comms.link.outage_sigma = 0.4, s.comms.link.outage_probability = 0.6,
                   s.comms.link.link_bound_share = 0.5;
  s.jobs.load = 1.5;
  return n;
}
TwinOptions batch(int n_member, std::uint32_t first = 0) {
  TwinOptions o = options(10, 0.5);
  o.n_member = n_member, o.first_member = first;
  return o;
}
// Compares member `from` of a State bit for bit.
template <class A>
bool same_row(const A& a, int row, const A& b, int other) {
  const std::size_t bytes = static_cast<std::size_t>(a.size() / a.extent(0)) * sizeof(typename A::value_type);
  return std::memcmp(a.data() + static_cast<std::ptrdiff_t>(row) * (a.size() / a.extent(0)),
                     b.data() + static_cast<std::ptrdiff_t>(other) * (b.size() / b.extent(0)), bytes) == 0;
}

TEST(TwinBits, OneAndTwoThreadsGiveTheSameBits) {
  const int usual = omp_get_max_threads();
  std::vector<std::uint64_t> hashes[3];
  const int threads[] = {1, 2, 3};
  for (int i = 0; i < 3; ++i) {
    omp_set_num_threads(threads[i]);
    Twin t = twin_of(busy(), batch(5));  // 5 members, 4 nodes, 11 strings: work that does not divide evenly by two
    steps(t, 60);
    expect_sound(t.state);
    hashes[i] = hash(t.state);
  }
  omp_set_num_threads(usual);
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[0], hashes[2]);
}

TEST(TwinBits, MemberSeventeenAloneHasTheSameBits) {
  Twin all = twin_of(busy(), batch(64)), one = twin_of(busy(), batch(1, 17)), part = twin_of(busy(), batch(9, 13));
  for (int i = 0; i < 30; ++i) {
    steps(all, 1), steps(one, 1), steps(part, 1);
    ASSERT_EQ(hash(all.state)[17], hash(one.state)[0]) << "step " << i;
    ASSERT_EQ(hash(all.state)[17], hash(part.state)[4]) << "step " << i;
    ASSERT_TRUE(same_row(all.state.thermal.t_junction, 17, one.state.thermal.t_junction, 0)) << "step " << i;
  }
  EXPECT_EQ(all.state.run.n_cut(17), one.state.run.n_cut(0));
  EXPECT_TRUE(same_row(all.state.sky.poa_global, 17, one.state.sky.poa_global, 0));  // derived fields, not hashed
  EXPECT_TRUE(same_row(all.state.electrical.p_grid, 17, one.state.electrical.p_grid, 0));
  EXPECT_TRUE(same_row(all.state.workload.p_request, 17, one.state.workload.p_request, 0));
  const auto h = hash(all.state);
  EXPECT_EQ(std::set<std::uint64_t>(h.begin(), h.end()).size(), h.size());  // all members differ
}

TEST(TwinBits, FrozenMemberDoesNotChangeTheOthers) {
  Twin a = twin_of(busy(), batch(3)), b = twin_of(busy(), batch(3));
  steps(a, 5), steps(b, 5);
  const auto before = hash(b.state)[1];
  b.state.run.flags(1) |= thermal::flag_thermal_not_finite;
  const Real kept = b.state.thermal.t_junction(1, 0);
  steps(a, 10), steps(b, 10);
  EXPECT_EQ(hash(a.state)[0], hash(b.state)[0]);
  EXPECT_EQ(hash(a.state)[2], hash(b.state)[2]);
  EXPECT_EQ(b.state.thermal.t_junction(1, 0), kept);
  EXPECT_NE(hash(b.state)[1], before);  // its flag and the time
}

// ---- save, restore, continue -------------------------------------------------------------------------------------
struct Folder {
  fs::path path = fs::temp_directory_path() / ("coldsun_twin_" + std::to_string(::getpid()));
  Folder() { fs::remove_all(path), fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};
std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& e) {
    return e.what();
  } catch (const io::FileError& e) {
    return e.what();
  }
  return "";
}
// Refused in one sentence with `word`; the State is unchanged.
void expect_refused(State& s, const std::function<void()>& call, const std::string& word) {
  const auto before = hash(s);
  const std::string text = refusal(call);
  EXPECT_NE(text.find(word), std::string::npos) << "\"" << text << "\"";
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(hash(s), before);
}

TEST(TwinBits, SnapshotContinuesToTheSameBits) {
  Twin whole = twin_of(busy(), batch(3)), again = twin_of(busy(), batch(3));
  steps(whole, 17);
  const Snapshot kept = snapshot(whole.state);
  steps(whole, 30);
  steps(again, 3);  // moves on, so that restore must set every field
  restore(again.state, kept);
  EXPECT_EQ(again.state.n_step, 17);
  EXPECT_EQ(again.state.time, whole.inputs.start + 170 * ns_per_s);
  steps(again, 30);
  EXPECT_EQ(hash(again.state), hash(whole.state));
  EXPECT_EQ(differing(again.state, whole.state), "");
  EXPECT_TRUE(same_row(again.state.electrical.p_grid, 1, whole.state.electrical.p_grid, 1));
}

TEST(TwinBits, StateFileContinuesToTheSameBits) {
  Folder folder;
  Twin whole = twin_of(busy(), batch(3)), again = twin_of(busy(), batch(3));
  steps(whole, 17);
  io::save_file(whole.state, folder.path / "state.nc");
  EXPECT_FALSE(fs::exists(folder.path / "state.nc.part"));
  steps(whole, 30);
  io::restore_file(again.state, folder.path / "state.nc");
  steps(again, 30);
  EXPECT_EQ(hash(again.state), hash(whole.state));
  EXPECT_EQ(differing(again.state, whole.state), "");
}

TEST(TwinBits, SegmentContinuesToTheSameBits) {
  Folder folder;
  Twin whole = twin_of(busy(), batch(2)), first = twin_of(busy(), batch(2)), second = twin_of(busy(), batch(2));
  steps(whole, 40);
  io::RecordOptions o;
  o.folder = folder.path / "record", o.steps_per_segment = 12;
  io::run_recorded(first.system, first.state, first.inputs, 10.0, 24, o, {});
  const auto closed = closed_segments(o.folder);
  ASSERT_EQ(closed.size(), 2u);
  io::restore_file(second.state, closed[1]);
  o.first_segment = 2;
  io::run_recorded(second.system, second.state, second.inputs, 10.0, 16, o, {});
  EXPECT_EQ(hash(second.state), hash(whole.state));
  io::restore_file(first.state, closed[0]);  // from the earlier segment too
  steps(first, 28);
  EXPECT_EQ(hash(first.state), hash(whole.state));
}

TEST(TwinBits, CheckpointOfAnotherRunIsRefused) {
  Folder folder;
  Twin t = twin_of(busy(), batch(2));
  steps(t, 3);
  const fs::path file = folder.path / "state.nc";
  io::save_file(t.state, file);
  TwinOptions seed = batch(2), later = batch(2, 5);
  seed.seed = 8;
  Twin other_seed = twin_of(busy(), seed), other_first = twin_of(busy(), later), more = twin_of(busy(), batch(3));
  Twin larger = twin_of(small_network({{1, 3, 1}, {1, 1, 0}}), batch(2));
  expect_refused(other_seed.state, [&] { restore(other_seed.state, snapshot(t.state)); }, "seed = 7; accepted: 8");
  expect_refused(other_seed.state, [&] { io::restore_file(other_seed.state, file); }, "seed = 7; accepted: 8");
  expect_refused(
      other_first.state, [&] { io::restore_file(other_first.state, file); }, "first_member = 0; accepted: 5");
  expect_refused(more.state, [&] { io::restore_file(more.state, file); }, "n_member = 2; accepted: 3");
  expect_refused(larger.state, [&] { io::restore_file(larger.state, file); }, "another shape");
  Snapshot without = snapshot(t.state);
  std::erase_if(without.items, [](const Snapshot::Item& i) { return i.field.path() == "electrical/soc"; });
  expect_refused(t.state, [&] { restore(t.state, without); }, "electrical/soc");
}

}  // namespace
}  // namespace coldsun

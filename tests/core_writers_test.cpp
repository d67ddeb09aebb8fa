// Every kernel of the coupled step changes exactly the fields that name it as writer.
#include <gtest/gtest.h>

#include <cstring>

#include "common/backends/runtime.hpp"
#include "core/check/shaken.hpp"
#include "core/check/site.hpp"
#include "core/shadow/feed.hpp"

namespace coldsun {
namespace {

struct Note {  // reads nothing; writes x. 8 B per item
  View<Real, 1> x;
  COLDSUN_FN void operator()(int i) const { x(i) += 1.0; }
};

std::vector<std::string> faults_of(const char* writer, bool run) {
  Array<Real, 1> x(Device::host, {3});
  Writers writers({{"a", {"x", "1", "item", "", Kind::state, writer}, Scalar::f64, 8, {3}, x.data()}});
  if (run) for_each(Watched<Host>{&writers, {}}, 3, Note{x});
  return writers.faults();
}

TEST(Writers, KernelsThatChangeOthersFieldsAreReported) {
  EXPECT_TRUE(faults_of("Note", true).empty());
  EXPECT_TRUE(faults_of("host", false).empty());
  EXPECT_EQ(faults_of("Other", true), (std::vector<std::string>{"a/x is changed by Note; accepted: its writer Other",
                                                                "a/x is never changed by its writer Other"}));
  EXPECT_EQ(faults_of("host", true), (std::vector<std::string>{"a/x is changed by Note; accepted: its writer host"}));
  EXPECT_EQ(faults_of("Note", false), (std::vector<std::string>{"a/x is never changed by its writer Note"}));
}

TEST(Writers, WriterIsAKernelAPhysicsOrAGroup) {
  EXPECT_TRUE(may_write("CloseSites", "electrical::CloseSites"));
  EXPECT_TRUE(may_write("workload", "workload::Progress"));
  EXPECT_TRUE(may_write("cuts", "couple::Merge"));
  EXPECT_FALSE(may_write("cuts", "couple::Control"));
  EXPECT_FALSE(may_write("work", "workload::Progress"));
}

// The compiled-in site in a case that runs every kernel: generator start, dusk, clouds inside series intervals, hot
// hall and a tripping node, a string above bus voltage, a plan in transfer, a late job and a NaN job, and a feed.
void bad_day(Twin& t) {
  electrical::System& power = t.system.electrical;
  power.site(0).genset = {.p_max = 200e3,
                          .p_min = 20e3,
                          .start_time = 20.0,
                          .least_run = 60.0,
                          .soc_stop = 0.9,
                          .fuel_idle = 1e-6,
                          .fuel_slope = 6e-11};
  power.site(0).genset.rectifier = {.p_rated = 250e3};
  power.site(0).p_import_plan = 0.0;
  power.string_n_series(0) *= 2;
  t.state.electrical.soc(0, 0) = t.state.electrical.soc(1, 0) = power.site(0).battery.soc_min + 0.002;
  for (int n = 0; n < 4; ++n) t.system.thermal.t_trip(n) = 306.0, t.system.thermal.t_cap(n + 4) = 300.0;
  t.state.electrical.soc(2, 0) = power.site(0).battery.soc_max;
  t.system.thermal.loop(0).hall_air.cooler_ua = 100.0;
  t.state.thermal.t_hall.fill(315.0);
  t.state.workload.load_gain.fill(3.0);
  t.state.orbit.window_shift(2, orbit::data_constellation) = seconds(t.state.time - t.inputs.contacts.start(0)) + 60.0;
  const sky::Weather& w = t.inputs.weather;
  w.origin(0) = w.start(0), w.period(0) = 600 * ns_per_s;
  for (int k = 0; k < w.n_knot(); ++k) {
    const bool dusk = w.start(0) + k * sky::weather_step > t.state.time + 1200 * ns_per_s;
    w.cover(0, k) = 0.5;
    if (dusk) w.dni(0, k) = w.dhi(0, k) = 0.0;
  }
}

void plan(const Twin& t) {
  workload::State& w = const_cast<workload::State&>(t.state.workload);
  const int n_job = t.inputs.jobs.capacity();
  for (int j = 0; j < n_job; ++j) w.work_left(2, j) = std::min(w.work_left(2, j), 100.0);
  for (int j = 0; j < n_job; ++j)
    w.told_site(0, j) = 0, w.told_start(0, j) = t.state.time + 60 * ns_per_s, w.told_cap(0, j) = 0.8;
  w.plan_due(0, 0) = t.state.time;
}

TEST(Writers, EveryFieldIsWrittenByItsWriterOnly) {
  const Runtime runtime;
  Twin t = check_twin(4, Device::host, 3.0);
  t.dt = 20.0;
  bad_day(t);
  auto list = fields(t.state);
  workload::JobTable::each(t.inputs.jobs,
                           [&](const FieldInfo& info, const auto& a) { list.push_back(field_of("jobs", info, a)); });
  sky::Weather::each(t.inputs.weather,
                     [&](const FieldInfo& info, const auto& a) { list.push_back(field_of("weather", info, a)); });
  const auto spoil = [](const FieldInfo& info, const auto& a) {  // spoil drawn values, so that drawing changes them
    if (std::string(info.axes) == "member job" && a.size() > 0)
      std::memset(a.data(), 1, static_cast<std::size_t>(a.size()) * sizeof(*a.data()));
  };
  workload::JobTable::each(t.inputs.jobs, spoil), workload::State::each(t.state.workload, spoil);
  Writers writers(std::move(list));
  const Watched<Host> space{&writers, {}};
  workload::draw_jobs(space, t.system.workload, t.state.workload, t.inputs.jobs, t.state.seed, t.state.first_member);
  workload::start(space, t.system.workload, t.inputs.jobs, t.state.workload);
  shake(t.state);
  plan(t);
  for (int j = 0; j < t.inputs.jobs.capacity(); ++j) t.inputs.jobs.deadline(1, j) = t.state.time + 30 * ns_per_s;
  for (int i = 0; i < 90; ++i) step_on(space, t);
  for (int j = 0; j < t.inputs.jobs.capacity(); ++j) t.state.workload.work_left(3, j) = math::not_a_number;
  t.state.electrical.soc(1, 0) = math::not_a_number;
  const Network network = check_network();
  const Shadow shadow = make_shadow(network, t);
  const std::vector<Real> value = sense(shadow, t);
  drive(shadow, t, value, std::vector<std::int8_t>(value.size(), 1));
  step_on(space, t);
  for (const std::string& fault : writers.faults()) ADD_FAILURE() << fault;
}

}  // namespace
}  // namespace coldsun

// Pairs: zero difference without paths, a member alone, and the drift of a known outage.
#include <cmath>

#include "core/study/changed.hpp"
#include "core/study/study.hpp"
#include "io_site_text.hpp"
#include "io_twin.hpp"

namespace coldsun {
namespace {
using namespace twin_test;

Network eventful() {
  Network n = small_network();
  Site& s = n.site.front();
  outages(s, 0.5), s.comms.link.outage_probability = 0.6, s.comms.link.outage_sigma = 0.5,
                   s.comms.link.link_bound_share = 0.6;
  s.jobs.load = 1.0;
  for (ParameterPrior& p : s.prior)
    if (p.parameter == Parameter::outage_probability)
      p.prior = ensemble::make_prior(ensemble::Shape::uniform, 0.4, 0.9, 0, 0);
  return n;
}
Study study_of(const Network& n, int members, std::uint32_t first, std::vector<std::uint32_t> paths, bool priors = true,
               Real hours = 0.2) {
  TwinOptions o = options(10, hours);
  o.n_member = members, o.first_member = first;
  return make_study(n, library(), {}, o, {std::move(paths), 1.0, 1, priors});
}
void run_all(Study& s) {
  while (s.twin.state.time < s.twin.inputs.stop) step(s);
}

TEST(Study, WithoutPathsThePairsAreEqual) {
  Study s = study_of(eventful(), 4, 0, {0, path_all});
  run_all(s);
  const ensemble::Tally &none = s.event[0].tally, &all = s.event[1].tally;
  const int n_group = s.ensemble.n_group();
  for (int m = 0; m < 4; ++m) {
    EXPECT_GT(none.n_event(m, 0), 5) << "member " << m;
    EXPECT_EQ(none.n_event(m, 0), all.n_event(m, 0));
    for (int g = 0; g < n_group; ++g) {
      EXPECT_EQ(none.max_rise(m, g), 0.0);
      EXPECT_EQ(none.max_dip(m, g), 0.0);
      EXPECT_EQ(none.n_above(m, g), 0);
      EXPECT_EQ(none.peak_count(m, g, ensemble::bin_of(0.0)), none.n_event(m, g));
      EXPECT_EQ(s.event[0].watch.highest(m, g), s.watch.highest(m, g));
      EXPECT_EQ(s.event[0].watch.weighted(m, g), s.watch.weighted(m, g));
    }
    EXPECT_EQ(s.energy(1, m), s.energy(0, m));
    EXPECT_EQ(s.event[0].state.workload.work_done(m, 0), s.twin.state.workload.work_done(m, 0));
  }
  int above = 0;
  for (int m = 0; m < 4; ++m) above += all.n_above(m, 0);
  EXPECT_GT(above, 0);  // outages did occur
  expect_sound(s.event[1].state);
}

// With a second path the reference twin makes its cuts too: differences stay below the plates' step control, 0.05 K.
TEST(Study, CutsOfOtherPathsChangeLessThanTheStepControl) {
  Study pair = study_of(eventful(), 2, 0, {path_all}),
        many = study_of(eventful(), 2, 0, {path_all, path_stall, path_burst, path_stale});
  run_all(pair), run_all(many);
  for (int m = 0; m < 2; ++m) {
    EXPECT_NEAR(pair.event[0].tally.max_rise(m, 0), many.event[0].tally.max_rise(m, 0), 0.05);
    EXPECT_NEAR(pair.event[0].tally.max_dip(m, 0), many.event[0].tally.max_dip(m, 0), 0.05);
    EXPECT_GT(many.event[1].tally.sum_peak(m, 0), 0.0);
    EXPECT_LE(many.event[1].tally.max_rise(m, 0), 0.05);  // a stall alone only cools
    EXPECT_GE(many.event[2].tally.max_dip(m, 0), -0.05);  // a burst alone only heats
  }
}

TEST(Study, MemberTwoAloneEqualsMemberTwoOfFour) {
  Study four = study_of(eventful(), 4, 0, {path_all}), alone = study_of(eventful(), 1, 2, {path_all});
  run_all(four), run_all(alone);
  const ensemble::Tally &a = four.event[0].tally, &b = alone.event[0].tally;
  for (int k = 0; k < n_parameter; ++k) EXPECT_EQ(four.parameter(2, k), alone.parameter(0, k));
  EXPECT_GT(b.n_event(0, 0), 0);
  for (int g = 0; g < four.ensemble.n_group(); ++g) {
    EXPECT_EQ(a.n_event(2, g), b.n_event(0, g));
    EXPECT_EQ(a.sum_rise(2, g), b.sum_rise(0, g));
    EXPECT_EQ(a.sum_dip(2, g), b.sum_dip(0, g));
    EXPECT_EQ(a.sum_time(2, g), b.sum_time(0, g));
    EXPECT_EQ(a.sum_return(2, g), b.sum_return(0, g));
    for (int i = 0; i < ensemble::n_bin; ++i)
      for (int o = 0; o < four.ensemble.n_offset(); ++o) EXPECT_EQ(a.fan_count(2, g, o, i), b.fan_count(0, g, o, i));
  }
  EXPECT_EQ(four.energy(1, 2), alone.energy(1, 0));
}

// The half-second outage of io_twin_path_test: a dip of more than 8 K at its end, gone after 5 s.
TEST(Study, DriftOfAKnownOutage) {
  Network n = new_nodes(2, 1);
  Site& site = n.site.front();
  clear_sky(site), outages(site, 0.5), fixed_supply(site, 30 + celsius);
  site.comms.link.link_bound_share = 1.0, site.jobs.load = 1.0;
  Study s = study_of(n, 1, 0, {path_stall}, false, 0.5);
  run_all(s);
  const ensemble::Tally& t = s.event[0].tally;
  ASSERT_GT(t.n_event(0, 0), 100);
  EXPECT_LT(t.max_dip(0, 0), -8.0);
  EXPECT_LT(t.max_rise(0, 0), 0.05);
  EXPECT_GT(t.max_return(0, 0), 0.5);
  EXPECT_LT(t.max_return(0, 0), 5.0);
  EXPECT_LT(t.sum_time(0, 0), t.n_above(0, 0) * 5.0);
  const auto all = traced(s, 0, s.twin.inputs.start, s.twin.inputs.stop);
  EXPECT_GE(static_cast<int>(all.size()), t.n_event(0, 0));
  EXPECT_LE(static_cast<int>(all.size()), t.n_event(0, 0) + 1);  // the last window may still be open
  for (int k = 0; k < n_parameter; ++k) EXPECT_TRUE(std::isfinite(s.parameter(0, k)));
  EXPECT_EQ(s.parameter(0, static_cast<int>(Parameter::link_bound_share)), 1.0);  // priors off: value of the site
}

TEST(Study, HottestNodeTypesAreResolvedFirst) {
  const Network eight = with_fields(shipped(), 8), forty = with_fields(shipped(), 40), none = with_fields(shipped(), 0);
  const auto fields_of = [](const Network& n) {
    std::vector<int> f;
    for (const NodeType& t : n.site.front().hall.node) f.push_back(t.n_field);
    return f;
  };
  EXPECT_EQ(fields_of(eight), (std::vector<int>{8, 0, 0}));  // end_of_row: aged interface, lowest flow
  EXPECT_EQ(fields_of(forty), (std::vector<int>{16, 24, 0}));
  EXPECT_EQ(fields_of(none), (std::vector<int>{0, 0, 0}));
  EXPECT_EQ(eight.provenance.back().text, "8");
  EXPECT_THROW(with_fields(shipped(), -1), std::invalid_argument);
  EXPECT_THROW(with_supply(shipped(), 400.0), std::invalid_argument);
  EXPECT_EQ(changed(shipped(), "t_supply", 315.0).site.front().cooling.t_supply, 315.0);
  for (const char* name : {"dry_cooler_ua", "", "t_Supply"})
    EXPECT_THROW(changed(shipped(), name, 320.0), std::invalid_argument) << name;
  for (const Real n : {2.5, -1.0, 1e12, std::nan("")})
    EXPECT_THROW(changed(shipped(), "n_field", n), std::invalid_argument) << n;
  EXPECT_EQ(with_supply(shipped(), 315.0).site.front().cooling.t_supply_min, 315.0);
}

std::string error_of(const std::string& from, const std::string& to) {
  try {
    read_site(site_test::with(from, to), "atacama.toml", data);
  } catch (const SiteError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Study, PriorsAreReadWithTheirUnitsAndSources) {
  const Site& s = shipped().site.front();
  ASSERT_EQ(s.prior.size(), 8u);
  const ensemble::Prior& buffer = s.prior[3].prior;
  EXPECT_EQ(s.prior[3].parameter, Parameter::buffer);
  EXPECT_EQ(buffer.shape, ensemble::Shape::lognormal);
  EXPECT_EQ(buffer.centre, 0.15);
  EXPECT_EQ(read_site(site_test::with("median_s = 0.15", "median_ms = 150"), "a", data).prior[3].prior.centre, 0.15);
  int stated = 0;
  for (const Provenance& p : s.provenance) stated += p.key.starts_with("study.") && p.origin != Origin::unstated;
  EXPECT_EQ(stated, 8 + 3 + 4 + 2 + 4 + 2 + 4 + 4 + 3);  // one distribution each, with its numbers
}

TEST(Study, BadPriorsAreOneSentence) {
  const auto says = [](const std::string& error, const std::string& part) {
    EXPECT_NE(error.find(part), std::string::npos) << error;
  };
  says(error_of("median_s = 0.519", "mode_s = 0.519"), "study.outage_median.mode_s is not known");
  says(error_of("distribution = \"triangular\"", "distribution = \"beta\""),
       "accepted: uniform, normal, lognormal, triangular");
  says(error_of("mode = 0.06", "mode = 0.995"), "[study.outage_probability]: prior: mode is outside low to high");
  says(error_of("high_s = 3.0", "high_s = 300.0"), "study.outage_median.high_s = 300");
  says(error_of("[study.buffer]", "[study.bufer]"), "study.bufer is not known; did you mean buffer?");
}

// Each prior of the shipped site sets its own parameter, within its bounds; jobs follow the load.
TEST(Study, PriorsReachTheState) {
  Study s = study_of(shipped(), 6, 0, {path_all});
  const auto x = [&](int m, Parameter p) { return s.parameter(m, static_cast<int>(p)); };
  for (int m = 0; m < 6; ++m) {
    const State& e = s.event[0].state;
    EXPECT_EQ(e.orbit.outage_probability(m, 0), x(m, Parameter::outage_probability));
    EXPECT_EQ(e.orbit.outage_median(m, 0), x(m, Parameter::outage_median));
    EXPECT_EQ(e.workload.link_buffer(m, 0), x(m, Parameter::buffer));
    EXPECT_EQ(e.thermal.tim_gain(m, 0), x(m, Parameter::tim_gain));
    EXPECT_NEAR(e.workload.load_gain(m, 0) * 0.8, x(m, Parameter::load), 1e-15);
    EXPECT_NE(x(m, Parameter::load), x((m + 1) % 6, Parameter::load));
    Real busy = e.workload.node_busy(m, 0);
    EXPECT_NEAR(busy / 128.0, std::min(1.0, x(m, Parameter::load)), 0.08) << m;  // the largest job is a few nodes
    EXPECT_EQ(busy, s.twin.state.workload.node_busy(m, 0));
  }
}

}  // namespace
}  // namespace coldsun

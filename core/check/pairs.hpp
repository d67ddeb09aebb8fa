// Ensemble kernels for the checks: drawing of priors, statistics of a twin, comparison of two twins in a window.
#pragma once
#include "core/step/snapshot.hpp"
#include "ensemble/advance.hpp"

namespace coldsun {

struct Pairs {
  static constexpr int n_member = 16, n_item = 130, n_group = 4;
  Device device;
  ensemble::System sys;
  ensemble::Watch watch;
  ensemble::Tally tally;
  Array<Real, 2> parameter, a, b, weight;
  Array<Real, 1> limit;
  Array<std::int32_t, 2> key_a, key_b;
  Array<std::int32_t, 1> member;
  Array<Time, 1> start, stop;

  explicit Pairs(Device d) : device(d) {
    using ensemble::Shape, ensemble::make_prior;
    sys.prior = {d, {4}};
    sys.entity = {d, {4}};
    sys.index = {d, {4}};
    sys.prior(0) = make_prior(Shape::uniform, 0, 1, 0, 0), sys.prior(1) = make_prior(Shape::normal, 0.8, 1.2, 1, 0.1);
    sys.prior(2) = make_prior(Shape::lognormal, 0.01, 5, 0.15, 1),
    sys.prior(3) = make_prior(Shape::triangular, 0, 1, 0.1, 0);
    sys.first_item = {d, {n_group}};
    sys.stop_item = {d, {n_group}};
    for (int g = 0; g < n_group; ++g) {
      sys.first_item(g) = 20 * g;
      sys.stop_item(g) = g == 0 ? n_item : 20 * g + 30;
    }
    sys.offset = {d, {1}};
    sys.setting = {d, {2}};
    sys.setting(0) = 1.0;
    sys.setting(1) = 15.0;
    watch = ensemble::make_watch(sys, n_member, d);
    tally = ensemble::make_tally(sys, n_member, d);
    watch.highest.fill(0.0), watch.margin.fill(0.0);
    parameter = {d, {n_member, 4}};
    a = {d, {n_member, n_item}};
    b = {d, {n_member, n_item}};
    weight = {d, {n_member, n_item}};
    limit = {d, {n_item}};
    key_a = {d, {n_member, n_item}};
    key_b = {d, {n_member, n_item}};
    member = {d, {n_member}};
    start = {d, {n_member}};
    stop = {d, {n_member}};
    for (int m = 0; m < n_member; ++m) {
      member(m) = m;
      start(m) = ns_per_s;
      stop(m) = 3 * ns_per_s;
      tally.open(m) = ns_per_s;
      for (int i = 0; i < n_item; ++i) {
        const Chance chance{5, static_cast<std::uint32_t>(m), Stream::test, static_cast<std::uint32_t>(i)};
        b(m, i) = 330.0 + chance.normal(0, 0), a(m, i) = b(m, i) + 2.0 * chance.normal(1, 0),
             weight(m, i) = chance.uniform(2, 0);
        key_a(m, i) = chance.uniform(3, 0) < 0.9 ? 7 : -1;
        key_b(m, i) = 7;
        limit(i) = 332.0;
      }
    }
  }
  template <class Field>
  void add_to(std::vector<FieldRef>& list, const Field& field) const {
    const auto all = [&](const auto& part) {
      std::remove_cvref_t<decltype(part)>::each(part, [&](const FieldInfo& info, const auto& array) {
        if constexpr (std::is_arithmetic_v<typename std::remove_cvref_t<decltype(array)>::value_type>)
          list.push_back(field("ensemble", info, array));
      });
    };
    all(watch), all(tally);
    list.push_back(field("ensemble", {"parameter", "1", "", "", Kind::derived}, parameter));
    // a trace as 8-byte words, so that it is restored between the two runs; close numbers have close words
    list.push_back({"ensemble",
                    {"trace", "1", "", "", Kind::state},
                    Scalar::i64,
                    8,
                    {n_member, n_group, static_cast<int>(sizeof(ensemble::Trace) / 8)},
                    tally.trace.data()});
  }
  template <class Space>
  void run(const Space& space) {
    ensemble::draw_priors(space, sys, parameter, 9, 0);
    ensemble::watch(space, sys, watch, {a, limit, weight}, Cut{member, start, stop, n_member, 9, 0});
    ensemble::Look look{.member = member,
                        .a = member,
                        .b = member,
                        .now = start,
                        .value_a = b,
                        .value_b = b,
                        .key_a = key_a,
                        .key_b = key_b};
    ensemble::compare(space, sys, tally, look, n_member);
    look.now = stop;
    look.value_a = a;
    ensemble::compare(space, sys, tally, look, n_member);
    ensemble::close(space, sys, tally, member, n_member);
    synchronize(space);
  }
};

}  // namespace coldsun

// Planner kernels for coldsun_parity: a small synthetic decision, from node table and forecast to the third generation
// of the search.
#pragma once
#include "core/check/ledger.hpp"
#include "core/make/twin.hpp"
#include "schedule/example.hpp"
#include "schedule/forecast_pv.hpp"
#include "schedule/prepare.hpp"
#include "schedule/search.hpp"

namespace coldsun {

class PlanRig {
 public:
  PlanRig(const Twin& twin, Device device, Time start)
      : twin_(&twin),
        problem_(schedule::example_problem(shape(), 3, device, 900.0)),
        search_(schedule::make_search(problem_, options(), device)),
        index_(device, {n_site()}),
        member_(device, {4}),
        start_(device, {4}),
        stop_(device, {4}) {
    allocate_fields(sky_, device, {{"member", 4}, {"site", n_site()}, {"plane", 0}});
    for (auto* a : {&pv_linear_, &pv_square_, &pv_available_}) *a = {device, {twin.state.n_member, n_site(), 1}};
    index_.fill(0.7);
    for (int m = 0; m < 4; ++m) {
      member_(m) = m;
      start_(m) = start + m * 600 * ns_per_s;
      stop_(m) = start_(m) + 300 * ns_per_s;
    }
  }
  std::vector<FieldRef> fields() const {
    std::vector<FieldRef> list;
    const auto add = [&](const char* name, const auto& a) {
      using T = typename std::decay_t<decltype(a)>::value_type;
      constexpr bool whole = std::is_same_v<T, std::int32_t>;
      list.push_back({"plan",
                      {name, "1", "", "", Kind::derived},
                      whole ? Scalar::i32 : Scalar::f64,
                      whole ? 4u : 8u,
                      {static_cast<std::int32_t>(a.size() * static_cast<std::int64_t>(sizeof(T)) / (whole ? 4 : 8))},
                      a.data()});
    };
    add("node", problem_.node), add("request", problem_.request), add("rank", search_.rank), add("flag", search_.flag),
        add("kept", search_.kept);
    add("print", search_.print), add("twin", search_.twin);
    for (const schedule::Population* p : {&search_.now, &search_.next}) {
      add("key", p->key), add("place", p->place), add("start", p->start), add("level", p->level),
          add("booked", p->booked);
      add("arrival", p->arrival), add("send", p->send), add("by_start", p->by_start), add("cost", p->cost);
      add("scenario_score", p->scenario_score), add("score", p->score);
      add("bytes_left", p->bytes_left), add("nodes_left", p->nodes_left);
    }
    add("ghi", sky_.ghi), add("dni", sky_.dni), add("dhi", sky_.dhi), add("temp_air", sky_.temp_air),
        add("wind_speed", sky_.wind_speed);
    add("pv_linear", pv_linear_), add("pv_square", pv_square_), add("pv_available", pv_available_);
    return list;
  }
  template <class Space>
  void run(const Space& space) {
    const Cut cut{member_, start_, stop_, 4, 1, 0};
    for_rows(space, twin_->state.n_member, n_site(),
             schedule::SumStrings{twin_->system.electrical, twin_->state.electrical, pv_linear_, pv_square_,
                                  pv_available_, 0});
    schedule::PvForecast given;
    given.seed = 3;
    given.issue = start_(0) - 3600 * ns_per_s;
    given.clearsky_index = index_;
    given.index_age = index_;
    for_rows(space, 4, n_site(), schedule::ForecastSites{cut, twin_->system.sky, twin_->inputs.weather, given, sky_});
    schedule::prepare(space, problem_);
    synchronize(space);
    while (!finished(search_)) schedule::advance(space, problem_, search_);
  }

 private:
  static schedule::ExampleShape shape() {
    schedule::ExampleShape e;
    e.n_job = 20;
    e.n_slot = 64;
    e.n_scenario = 5;
    e.n_node = 48;
    e.n_running = 3;
    e.n_expected = 2;
    return e;
  }
  static schedule::SearchOptions options() {
    schedule::SearchOptions o;
    o.n_plan = 150;
    o.n_population = 60;
    return o;
  }
  int n_site() const { return twin_->system.sky.n_site(); }
  const Twin* twin_;
  schedule::Problem problem_;
  schedule::Search search_;
  Array<Real, 1> index_;
  Array<std::int32_t, 1> member_;
  Array<Time, 1> start_, stop_;
  sky::State sky_;
  Array<Real, 3> pv_linear_, pv_square_, pv_available_;
};

}  // namespace coldsun

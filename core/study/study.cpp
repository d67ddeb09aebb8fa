// One step of the pairs: first every State with the event, with samples around its traced outages; then the reference
// twin without it, on all of their cuts.
#include "core/study/study.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/loops.hpp"
#include "core/step/couple.hpp"
#include "core/step/spaces.hpp"
#include "core/step/step.hpp"
#include "ensemble/advance.hpp"
#include "orbit/advance.hpp"

namespace coldsun {

namespace {

constexpr Real job_age = 10.0;  // s, age of a job in both twins from which its node counts: its plates have settled

// Items of a member's State: junctions, supply, return. key: the node's job once it is old enough; -1: not counted.
// reads t_junction, throttle_fraction, node_job, start_time, t_supply, t_return; writes value, key, weight. 60 B per
// item
struct Items {
  View<const std::int32_t, 1> member, row;
  View<const Time, 1> now;
  View<const Real, 2> t_junction, throttle_fraction, t_supply, t_return;
  View<const std::int32_t, 2> node_job;
  View<const Time, 2> start_time;
  View<Real, 2> value, weight;
  View<std::int32_t, 2> key;
  COLDSUN_FN void operator()(int l, int i) const {
    const int m = member(l), r = row(l), n_node = t_junction.extent[1];
    if (i >= n_node) {
      value(r, i) = i == n_node ? t_supply(m, 0) : t_return(m, 0);
      key(r, i) = 0;
      if (weight.data) weight(r, i) = 0.0;
      return;
    }
    const int job = node_job(m, i);
    const bool counts = job >= 0 && start_time(m, job) + nanoseconds(job_age) <= now(m);
    value(r, i) = t_junction(m, i);
    key(r, i) = counts ? job : -1;
    if (weight.data) weight(r, i) = throttle_fraction(m, i);
  }
};

// Members to sample, and the rows for their items.
struct Rows {
  View<const std::int32_t, 1> member, row;
  View<Real, 2> value, weight;
  View<std::int32_t, 2> key;
};
Items items_of(const State& s, const Rows& to) {
  return {.member = to.member,
          .row = to.row,
          .now = s.run.stop,
          .t_junction = s.thermal.t_junction,
          .throttle_fraction = s.thermal.throttle_fraction,
          .t_supply = s.thermal.t_supply,
          .t_return = s.thermal.t_return,
          .node_job = s.workload.node_job,
          .start_time = s.workload.start_time,
          .value = to.value,
          .weight = to.weight,
          .key = to.key};
}

int n_item(const Study& s) { return s.limit.extent(0); }

// Updates extremes and sums of one State; its items at the end of the cut stay in value, key, weight, one row per
// member.
template <class Space>
void watch_cut(Space space, Study& s, ensemble::Watch& watch, const State& state, const Cut& cut) {
  for_rows(space, cut.n_active, n_item(s), items_of(state, {cut.member, cut.member, s.value, s.weight, s.key}));
  ensemble::watch(space, s.ensemble, watch, {s.value, s.limit, s.weight}, cut);
  synchronize(space);
}

void grow(Study& s) {
  const int room = 2 * s.n_look, n_member = s.twin.state.n_member;
  for (Event& e : s.event) {
    Array<Real, 2> value(s.twin.system.device, {n_member * room, n_item(s)});
    Array<std::int32_t, 2> key(s.twin.system.device, {n_member * room, n_item(s)});
    for (int m = 0; m < n_member; ++m)
      for (int k = 0; k < s.n_look; ++k)
        for (int i = 0; i < n_item(s); ++i)
          value(m * room + k, i) = e.value(m * s.n_look + k, i), key(m * room + k, i) = e.key(m * s.n_look + k, i);
    e.value = std::move(value);
    e.key = std::move(key);
  }
  s.n_look = room;
}

// Start of the window that contains t; never: none.
Time window_at(const std::vector<Time>& start, Time t) {
  const auto next = std::upper_bound(start.begin(), start.end(), t);
  return next != start.begin() && t < *(next - 1) + nanoseconds(window_length) ? *(next - 1) : never;
}

// Stores the items of members inside a window on the tape.
template <class Space>
void keep_looks(Space space, Study& s, Event& e, const std::vector<std::vector<Time>>& window, const Cut& cut) {
  int n = 0;
  for (int a = 0; a < cut.n_active; ++a) {
    const int m = cut.member(a);
    auto& look = e.look[static_cast<std::size_t>(m)];
    if (window_at(window[static_cast<std::size_t>(m)], cut.stop(m)) == never) continue;
    if (static_cast<int>(look.size()) == s.n_look) grow(s);
    s.member(n) = m;
    s.now(n) = cut.stop(m);
    ++n;
    look.push_back(cut.stop(m));
  }
  for (int l = 0; l < n; ++l)  // rows are final once the tape has grown
    s.row_a(l) = s.member(l) * s.n_look + static_cast<int>(e.look[static_cast<std::size_t>(s.member(l))].size()) - 1;
  if (n == 0) return;
  for_rows(space, n, n_item(s), items_of(e.state, {s.member, s.row_a, e.value, {}, e.key}));
  synchronize(space);
}

// Closes the open windows of members for which done(member, start of its window) holds.
template <class Space, class Done>
void close_windows(Space space, Study& s, Event& e, Done&& done) {
  int n = 0;
  for (int m = 0; m < s.twin.state.n_member; ++m)
    if (e.tally.open(m) != never && done(m, e.tally.open(m))) s.member(n++) = m;
  if (n == 0) return;
  ensemble::close(space, s.ensemble, e.tally, s.member, n);
  synchronize(space);
}

// Differences between the pair, at the samples where the reference twin ends its cut.
template <class Space>
void compare_looks(Space space, Study& s, Event& e, const std::vector<std::vector<Time>>& window, const Cut& cut) {
  const auto window_of = [&](int m) {
    return window_at(window[static_cast<std::size_t>(m)], s.twin.state.run.stop(m));
  };
  const auto found = [&](int m) {
    const auto& look = e.look[static_cast<std::size_t>(m)];
    const auto at = std::lower_bound(look.begin(), look.end(), cut.stop(m));
    return at != look.end() && *at == cut.stop(m) ? static_cast<int>(at - look.begin()) : -1;
  };
  std::vector<char> looks(static_cast<std::size_t>(s.twin.state.n_member), 0);
  for (int a = 0; a < cut.n_active; ++a) looks[static_cast<std::size_t>(cut.member(a))] = found(cut.member(a)) >= 0;
  close_windows(space, s, e,
                [&](int m, Time open) { return looks[static_cast<std::size_t>(m)] && open != window_of(m); });
  int n = 0;
  for (int a = 0; a < cut.n_active; ++a) {
    const int m = cut.member(a), look = found(m);
    if (look < 0) continue;
    e.tally.open(m) = window_of(m);
    s.member(n) = m;
    s.row_a(n) = m * s.n_look + look;
    s.row_b(n) = m;
    s.now(n) = cut.stop(m);
    ++n;
  }
  if (n == 0) return;
  ensemble::compare(space, s.ensemble, e.tally,
                    {.member = s.member,
                     .a = s.row_a,
                     .b = s.row_b,
                     .now = s.now,
                     .value_a = e.value,
                     .value_b = s.value,
                     .key_a = e.key,
                     .key_b = s.key},
                    n);
  synchronize(space);
}

// Sampling instants of this step.
Cuts look_cuts(const std::vector<std::vector<Time>>& window, Time from, Time to) {
  Cuts cuts;
  for (const auto& starts : window) {
    auto& stop = cuts.stop.emplace_back();
    for (const Time start : starts)
      for (const Real offset : look_offset)
        if (const Time t = start + nanoseconds(offset); t > from && t < to) stop.push_back(t);
    std::sort(stop.begin(), stop.end());
  }
  return cuts;
}

void join(Cuts& all, const Cuts& more) {
  all.stop.resize(more.stop.size());
  for (std::size_t m = 0; m < more.stop.size(); ++m) {
    auto& stop = all.stop[m];
    stop.insert(stop.end(), more.stop[m].begin(), more.stop[m].end());
    std::sort(stop.begin(), stop.end());
    stop.erase(std::unique(stop.begin(), stop.end()), stop.end());
  }
}

// IT energy of the step, from the sums of the record.
void add_energy(Study& s, int row, const State& state) {
  for (std::size_t v = 0; v < state.series.info.size(); ++v)
    if (std::string_view(state.series.info[v].name) == "p_it")
      for (int m = 0; m < state.n_member; ++m) s.energy(row, m) += state.series.sum(static_cast<int>(v), m, 0);
}

template <class Space>
void step_pairs(Space space, Study& s) {
  System& sys = s.twin.system;
  const Time from = s.twin.state.time, to = from + nanoseconds(s.twin.dt);
  std::vector<std::vector<Time>> window;
  for (int m = 0; m < s.twin.state.n_member; ++m) window.push_back(traced(s, m, from - nanoseconds(window_length), to));
  const Cuts looks = look_cuts(window, from, to);
  Cuts made, all;
  int row = 0;
  for (Event& e : s.event) {
    sys.paths = e.paths;
    for (auto& look : e.look) look.clear();
    const auto after = [&](const State& state, const Cut& cut) {
      watch_cut(space, s, e.watch, state, cut);
      keep_looks(space, s, e, window, cut);
    };
    step(sys, e.state, s.twin.inputs, s.twin.dt, {.made = &made, .follow = &looks, .after = after});
    join(all, made), add_energy(s, ++row, e.state);
  }
  sys.paths = 0;
  const auto after = [&](const State& state, const Cut& cut) {
    watch_cut(space, s, s.watch, state, cut);
    for (Event& e : s.event) compare_looks(space, s, e, window, cut);
  };
  step(sys, s.twin.state, s.twin.inputs, s.twin.dt, {.follow = s.event.empty() ? &looks : &all, .after = after});
  add_energy(s, 0, s.twin.state);
  for (Event& e : s.event)
    close_windows(space, s, e, [&](int, Time open) { return open + nanoseconds(window_length) <= to; });
}

}  // namespace

std::vector<Time> traced(const Study& s, int m, Time from, Time to) {
  std::vector<Time> start;
  if (s.options.trace_every < 1) return start;
  const State& state = s.twin.state;
  const orbit::Drive drive{s.twin.inputs.slots, s.twin.inputs.contacts, state.seed, state.first_member};
  const orbit::Link link = orbit::Lines{s.twin.system.orbit, state.orbit, drive}.link(m, 0);
  for (Time k = orbit::slot_number(from) - 1; orbit::slot_start(k) <= to + orbit::slot_length; ++k) {
    if (k % s.options.trace_every != 0) continue;
    const orbit::Outage o = link.outage(k);
    const bool whole = o.start >= s.twin.inputs.start && link.served(orbit::slot_number(o.start));
    if (o.stop > o.start && whole && o.start >= from && o.start < to) start.push_back(o.start);
  }
  return start;
}

void step(Study& study) {
  with_space(study.twin.system.device, [&](auto space) { step_pairs(space, study); });
}

}  // namespace coldsun

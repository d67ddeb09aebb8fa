// Common scheduling rules as keys: each rule places one job after another by the decoder's steps, and the keys encode
// the result.
#include <algorithm>
#include <numeric>

#include "schedule/decode.hpp"

namespace coldsun::schedule {
namespace {

// A plan under construction.
struct Draft {
  const Problem& problem;
  Population pop;
  Decode decode;
  Decode::Plan plan;
  int n_put = 0;

  explicit Draft(const Problem& p)
      : problem(p), pop(make_population(p, 1, Device::host)), decode{p, pop, 0}, plan(decode.empty_plan(0)) {
    for (int turn = 0; turn < 2; ++turn)
      for (int j = 0; j < p.n_job(); ++j)
        if (Decode::turn(p.job(j)) == turn) put(j, p.job(j).home, 0);
  }
  Real& gene(int j, int g) const { return pop.key(0, n_gene * j + g); }
  int start(int j) const { return pop.start(0, j); }
  Decode::Choice choice(int j, int place) const { return decode.choice_of(plan, j, place, 0); }
  bool free(int j, int place, int s, int n) const {
    return decode.taken(plan, place, s, n, problem.job(j).n_node) == problem.n_slot();
  }

  // Places the next job at a place, at option `k` of its starts or the next one with room.
  void put(int j, int place, int k) {
    const Decode::Choice c = choice(j, place);
    gene(j, 0) = (n_put++ + 0.5) / problem.n_job();
    gene(j, 1) = (place + 0.5) / problem.n_place();
    gene(j, 2) = (std::clamp(k, 0, std::max(c.starts.count - 1, 0)) + 0.5) / std::max(c.starts.count, 1);
    gene(j, 3) = 0.5 / n_level;
    decode.put_job(plan, j);
  }
};

int option_from(const Starts& o, int slot) {
  int k = 0;
  while (k + 1 < o.count && o.at(k) < slot) ++k;
  return k;
}

std::vector<int> by_release(const Problem& p) {
  std::vector<int> order;
  for (int j = 0; j < p.n_job(); ++j)
    if (!p.job(j).running) order.push_back(j);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return std::max(p.job(a).release, 0.0) < std::max(p.job(b).release, 0.0); });
  return order;
}

// First come, first served: a job does not start before an earlier one at the same place.
void fcfs(const Problem& p, Draft& d) {
  std::vector<int> last(static_cast<std::size_t>(p.n_place()), 0);
  for (const int j : by_release(p)) {
    int& after = last[static_cast<std::size_t>(p.job(j).home)];
    d.put(j, p.job(j).home, option_from(d.choice(j, p.job(j).home).starts, after));
    after = std::max(after, d.start(j));
  }
}

// EASY (Lifka 1995, doi 10.1007/3-540-60153-8_35): the first waiting job has a reservation; others may start before it
// if they do not delay it.
void easy_at(const Problem& p, Draft& d, int place, std::vector<int> queue) {
  for (int t = 0; t < p.n_slot() && !queue.empty(); ++t) {
    bool again = true;
    while (again && !queue.empty()) {
      again = false;
      int reserved = -1, spare = 0;  // slot of the reservation; nodes that are free beside it
      for (std::size_t i = 0; i < queue.size(); ++i) {
        const int j = queue[i];
        const Decode::Choice c = d.choice(j, place);
        if (!c.possible || c.starts.first > t) continue;
        const bool fits = d.free(j, place, t, c.n),
                   harmless = reserved < 0 || t + c.n <= reserved || p.job(j).n_node <= spare;
        if (fits && harmless) {
          d.put(j, place, option_from(c.starts, t));
          queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(i));
          again = true;
          break;
        }
        if (reserved >= 0) continue;
        for (reserved = t; reserved < p.n_slot() && !d.free(j, place, reserved, c.n); ++reserved) {
        }
        spare = reserved < p.n_slot() ? d.plan.nodes(place, reserved) - p.job(j).n_node : 0;
      }
    }
  }
  for (const int j : queue) d.put(j, place, 0);
}
void easy(const Problem& p, Draft& d) {
  for (int s = 0; s < p.n_place(); ++s) {
    std::vector<int> queue;
    for (const int j : by_release(p))
      if (p.job(j).home == s) queue.push_back(j);
    easy_at(p, d, s, std::move(queue));
  }
}

// Mean forecast of PV power at a place and slot, less the power already assigned.
Array<Real, 2> surplus_of(const Problem& p) {
  Array<Real, 2> left(Device::host, {p.n_place(), p.n_slot()});
  for (int s = 0; s < p.n_place(); ++s)
    for (int t = 0; t < p.n_slot(); ++t) {
      for (int m = 0; m < p.n_scenario(); ++m)
        left(s, t) += (p.pv_linear(m, s, t) + p.pv_square(m, s, t)) / p.n_scenario();
      left(s, t) -= p.place(s).n_node * p.request(s, p.n_job(), 0) + p.aux_bound(s, t);
    }
  return left;
}
void take(const Problem& p, const Draft& d, const Array<Real, 2>& left, int j) {
  const int s = d.pop.place(0, j), from = d.start(j), stop = std::min(from + d.pop.booked(0, j), p.n_slot());
  if (from < 0) return;
  for (int t = from; t < stop; ++t) left(s, t) -= p.job(j).n_node * (p.request(s, j, 0) - p.request(s, p.n_job(), 0));
}

// Greedy-green: each job in order of arrival takes the place and time with the largest forecast surplus cover; ties:
// earliest, at home.
void greedy_green(const Problem& p, Draft& d) {
  const Array<Real, 2> left = surplus_of(p);
  for (int j = 0; j < p.n_job(); ++j)
    if (p.job(j).running) take(p, d, left, j);
  for (const int j : by_release(p)) {
    int best_place = p.job(j).home, best_option = 0, best_start = 0;
    Real best = -1.0;
    for (int k = 0; k < p.n_place(); ++k) {
      const int s = (p.job(j).home + k) % p.n_place();
      const Decode::Choice c = d.choice(j, s);
      const Real power = p.job(j).n_node * (p.request(s, j, 0) - p.request(s, p.n_job(), 0));
      for (int o = 0; c.possible && o < c.starts.count; ++o) {
        const int from = c.starts.at(o), stop = std::min(from + c.n, p.n_slot());
        if (!d.free(j, s, from, c.n)) continue;
        Real covered = 0.0;
        for (int t = from; t < stop; ++t) covered += math::clamp(left(s, t), 0.0, power) / c.n;
        if (covered > best * (1.0 + 1e-9) + 1e-6 || (covered >= best * (1.0 - 1e-9) - 1e-6 && from < best_start))
          best = covered, best_place = s, best_option = o, best_start = from;
      }
    }
    d.put(j, best_place, best_option);
    take(p, d, left, j);
  }
}

// Let's wait awhile (Wiesner et al. 2021, doi 10.1145/3464298.3493399), without interruption: at home, within the
// slack, at the lowest mean carbon intensity of the forecast; ties: earliest.
void wait_awhile(const Problem& p, Draft& d) {
  for (const int j : by_release(p)) {
    const int s = p.job(j).home;
    const Decode::Choice c = d.choice(j, s);
    const int slack = static_cast<int>(std::clamp(p.job(j).deadline / p.slot, 0.0, 1e6)) - c.n;
    int best_option = 0;
    Real best = math::infinity;
    for (int o = 0; c.possible && o < c.starts.count; ++o) {
      const int from = c.starts.at(o), stop = std::min(from + c.n, p.n_slot());
      if (o > 0 && from > slack) break;
      if (!d.free(j, s, from, c.n)) continue;
      Real mean = 0.0;
      for (int t = from; t < stop; ++t) mean += p.carbon(s, t) / (stop - from);
      if (mean < best * (1.0 - 1e-9)) best = mean, best_option = o;
    }
    d.put(j, s, best_option);
  }
}

}  // namespace

void rule_keys(const Problem& p, Rule rule, View<Real, 1> key) {
  if (p.n_job() == 0) return;
  Draft d(p);
  switch (rule) {
    case Rule::fcfs:
      fcfs(p, d);
      break;
    case Rule::easy:
      easy(p, d);
      break;
    case Rule::greedy_green:
      greedy_green(p, d);
      break;
    case Rule::wait_awhile:
      wait_awhile(p, d);
      break;
  }
  for (int c = 0; c < key.extent[0]; ++c) key(c) = d.pop.key(0, c);
}

}  // namespace coldsun::schedule

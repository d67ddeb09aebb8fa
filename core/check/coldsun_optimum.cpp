// coldsun_optimum: compares the search at its usual budget with the true optimum of small problems, found by pricing
// every plan. 5 jobs, 2 places, 6 starts, full power, one scenario, 48 half hours: 12^5 = 248,832 plans per seed, in
// the order of the jobs.
//   lines:  seed N OPTIMUM FOUND found|MISSED        then  found N of M
// Exit status 0 if at least --least of --seeds optima are found (default 48 of 50).
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "common/backends/runtime.hpp"
#include "schedule/example.hpp"

namespace coldsun::schedule {
namespace {

constexpr int n_start = 6, n_place = 2, n_plan = 4096;

Problem small_problem(int n_job, std::uint64_t seed) {
  ExampleShape e;
  e.n_job = n_job;
  e.n_place = n_place;
  e.n_slot = 48;
  e.n_scenario = 1;
  e.n_node = 32;
  e.n_running = 0;
  e.work_median = 4.0 * 3600.0;
  Problem p = example_problem(e, seed, Device::host, 1800.0);
  p.n_start = n_start;
  for (Real& l : p.level) l = 1.0;
  prepare(Host{}, p);
  return p;
}

// Best score of all plans, priced in batches.
Real optimum(const Problem& p, const Weights& w) {
  constexpr int n_batch = 1 << 14;
  const int n_job = p.n_job(), choices = n_place * n_start;
  std::int64_t n_all = 1;
  for (int j = 0; j < n_job; ++j) n_all *= choices;
  Population x = make_population(p, n_batch, Device::host);
  Real best = math::infinity;
  for (std::int64_t first = 0; first < n_all; first += n_batch) {
    const int n = static_cast<int>(n_all - first < n_batch ? n_all - first : n_batch);
    for (int i = 0; i < n; ++i) {
      std::int64_t code = first + i;
      for (int j = 0; j < n_job; ++j, code /= choices) {
        const int c = static_cast<int>(code % choices);
        x.key(i, n_gene * j) = (j + 0.5) / n_job, x.key(i, n_gene * j + 1) = (c % n_place + 0.5) / n_place;
        x.key(i, n_gene * j + 2) = (c / n_place + 0.5) / n_start;
        x.key(i, n_gene * j + 3) = 0.0;
      }
    }
    decode(Host{}, p, x, 0, n), evaluate(Host{}, p, w, x, 0, n);
    for (int i = 0; i < n; ++i) best = math::min(best, x.score(i));
  }
  return best;
}

int main_of(int n_argument, char** argument) {
  int n_seed = 50, least = 48, n_job = 5, first = 0;
  for (int i = 1; i + 1 < n_argument; i += 2) {
    const int value = std::atoi(argument[i + 1]);
    if (!std::strcmp(argument[i], "--seeds")) n_seed = value;
    else if (!std::strcmp(argument[i], "--least")) least = value;
    else if (!std::strcmp(argument[i], "--jobs")) n_job = value;
    else if (!std::strcmp(argument[i], "--first")) first = value;
    else return std::fprintf(stderr, "usage: coldsun_optimum [--seeds n] [--least n] [--jobs n] [--first seed]\n"), 2;
  }
  int n_found = 0;
  for (int k = first; k < first + n_seed; ++k) {
    const Problem p = small_problem(n_job, static_cast<std::uint64_t>(k) + 1);
    SearchOptions o;
    o.seed = static_cast<std::uint64_t>(k) + 1;
    o.n_plan = n_plan;
    const Real best = optimum(p, o.weights), found = decide(Host{}, p, o).score;
    const bool same = found <= best + 1e-12 * (best < 0.0 ? -best : best);
    n_found += same;
    std::printf("seed\t%d\t%.12g\t%.12g\t%s\n", k + 1, best, found, same ? "found" : "MISSED");
    std::fflush(stdout);
  }
  std::printf("found %d of %d\n", n_found, n_seed);
  return n_found >= least ? 0 : 1;
}

}  // namespace
}  // namespace coldsun::schedule

int main(int n_argument, char** argument) {
  try {
    const coldsun::Runtime runtime;
    return coldsun::schedule::main_of(n_argument, argument);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coldsun_optimum: %s\n", error.what());
    return 1;
  }
}

// Search: populations of random keys with an elite, crossover with it, mutation and immigrants (BRKGA: Goncalves and
// Resende 2011, doi 10.1007/s10732-010-9143-1). Random draws are functions of (seed, member, generation, individual,
// gene) and ranks are by (score, row), so the result does not depend on the number of threads.
#pragma once
#include "common/loops.hpp"
#include "common/primitives.hpp"
#include "schedule/decode.hpp"
#include "schedule/rollout.hpp"

namespace coldsun::schedule {

// Draws of an individual in addition to those of its genes.
enum BreedDraw : std::uint32_t {
  draw_kind = 0,
  draw_elite = 1,
  draw_mate = 2,
  draw_count = 3,
  draw_job = 4,
  draw_gene = 16
};
inline constexpr int most_mutated = 3;  // jobs of one child
// probabilities for a gene of a mutated job: drawn anew, start shifted; width of the shift
inline constexpr Real redraw = 0.6, nudge = 0.3, nudge_width = 0.04;

// Keys of the next generation. Rows: the elite in order, children, immigrants. reads keys of two parents; writes a key.
// 24 B and about 300 flops (a normal).
struct Breed {
  View<const Real, 2> parent;
  View<Real, 2> child;
  View<const std::int32_t, 1> rank, kept;
  Chance chance;  // entity: the generation
  int n_kept = 0, n_elite = 0, first_immigrant = 0;
  Real mutate = 0.0, inherit = 0.0;

  COLDSUN_FN int elite(int k) const { return rank(kept(k % n_kept)); }
  COLDSUN_FN Real mutated(std::uint32_t row, int c, Real old) const {
    const int job = c / n_gene, n_job = child.extent[1] / n_gene;
    const Real u = chance.uniform(row, draw_count);
    const int n = u < 0.5 ? 1 : (u < 0.8 ? 2 : most_mutated);
    bool mine = false;
    for (int k = 0; k < n; ++k)
      mine = mine || pick_of(chance.uniform(row, draw_job + static_cast<std::uint32_t>(k)), n_job) == job;
    if (!mine) return old;
    const std::uint32_t draw = draw_gene + 3 * static_cast<std::uint32_t>(c);
    const Real what = chance.uniform(row, draw + 1);
    if (what < redraw) return chance.uniform(row, draw);
    if (c % n_gene != 2 || what > redraw + nudge) return old;
    return math::clamp(old + nudge_width * chance.normal(row, draw + 2), 0.0, 1.0 - 1e-9);
  }
  COLDSUN_FN void operator()(int i, int c) const {
    const auto row = static_cast<std::uint32_t>(i);
    if (i < n_elite) {
      child(i, c) = parent(elite(i), c);
    } else if (i >= first_immigrant) {
      child(i, c) = chance.uniform(row, draw_gene + 3 * static_cast<std::uint32_t>(c));
    } else {
      const Real u = chance.uniform(row, draw_elite);
      const Real from = parent(elite(pick_of(u * u, n_elite)), c);  // biased to better plans
      if (chance.uniform(row, draw_kind) < mutate) {
        child(i, c) = mutated(row, c, from);
      } else {  // the genes of a job stay together
        const int mate = rank(kept(pick_of(chance.uniform(row, draw_mate), n_kept)));
        const auto draw = draw_gene + 3 * static_cast<std::uint32_t>(c / n_gene * n_gene);
        child(i, c) = chance.uniform(row, draw) < inherit ? from : parent(mate, c);
      }
    }
  }
};

template <class T>
View<T, 1> head(View<T, 1> v, int n) {
  v.extent[0] = n;
  return v;
}

// Hash of a schedule. reads place, start and level; writes print. 12 B and some 10 integer operations per job
struct Fingerprint {
  PopulationView pop;
  View<std::int32_t, 1> print;
  COLDSUN_FN void operator()(int i) const {
    std::uint32_t h = 2166136261u;
    for (int j = 0; j < pop.place.extent[1]; ++j)
      h = (h ^
           static_cast<std::uint32_t>((pop.start(i, j) * n_level + pop.level(i, j)) * max_place + pop.place(i, j))) *
          16777619u,
      h ^= h >> 15;
    print(i) = static_cast<std::int32_t>(h);
  }
};

// First row with the same schedule; the rows before `first` are priced already. reads print, and schedules where it
// agrees; writes twin, flag. 4 B per row before, 32 B per job of a twin
struct FindTwin {
  PopulationView pop;
  View<const std::int32_t, 1> print;
  View<std::int32_t, 1> twin, flag;
  int first;
  COLDSUN_FN bool same(int a, int b) const {
    bool all = print(a) == print(b);
    for (int j = 0; all && j < pop.place.extent[1]; ++j)
      all = pop.place(a, j) == pop.place(b, j) && pop.start(a, j) == pop.start(b, j) &&
            pop.level(a, j) == pop.level(b, j) && pop.arrival(a, j) == pop.arrival(b, j);
    return all;
  }
  COLDSUN_FN void operator()(int i) const {
    int k = 0;
    while (k < i && !same(k, i)) ++k;
    twin(i) = k, flag(i) = i >= first && k == i ? 1 : 0;
  }
};

// Copies the costs of a plan to another row.
COLDSUN_FN void copy_costs(const PopulationView& from, int a, const PopulationView& to, int b) {
  for (int s = 0; s < to.cost.extent[1]; ++s) {
    for (int k = 0; k < n_line; ++k) to.cost(b, s, k) = from.cost(a, s, k);
    to.scenario_score(b, s) = from.scenario_score(a, s);
  }
  to.score(b) = from.score(a);
}

// Copies the costs between plans of equal schedules. reads and writes (n_scenario (n_line + 1) + 1) x 8 B per twin
struct ShareCosts {
  PopulationView all;
  View<const std::int32_t, 1> twin;
  int first;
  COLDSUN_FN void operator()(int row) const {
    const int i = first + row;
    if (twin(i) != i) copy_costs(all, twin(i), all, i);
  }
};

// Decodes rows [0, n) and prices those from `first` on, each schedule once.
template <class Space>
void price(Space space, const Problem& p, Search& s, Population& pop, int first, int n) {
  decode(space, p, pop, 0, n);
  for_each(space, n, Fingerprint{pop, s.print});
  for_each(space, n, FindTwin{pop, s.print, s.twin, s.flag, first});
  const int n_new = select(space, head(View<const std::int32_t, 1>(s.flag), n), s.kept);
  evaluate(space, p, s.options.weights, pop, Rows{0, s.kept}, n_new);
  for_each(space, n - first, ShareCosts{pop, s.twin, first});
  synchronize(space);
  s.n_different += n_new, s.n_priced += n - first;
}

// Keeps the known costs of the elite. reads and writes (n_scenario (n_line + 1) + 1) x 8 B per plan
struct KeepCosts {
  PopulationView old, now;
  View<const std::int32_t, 1> rank, kept;
  int n_kept;
  COLDSUN_FN void operator()(int i) const { copy_costs(old, rank(kept(i % n_kept)), now, i); }
};

// Marks the first plan of each score. reads score in order; writes flag. 20 B
struct Distinct {
  View<const Real, 1> score;
  View<const std::int32_t, 1> rank;
  View<std::int32_t, 1> flag;
  COLDSUN_FN void operator()(int k) const { flag(k) = k == 0 || score(rank(k)) != score(rank(k - 1)) ? 1 : 0; }
};

template <class Space>
void rank_plans(Space space, Search& s, int n) {
  sort_by_key(space, head(View<const Real, 1>(s.now.score), n), head(s.rank.view(), n));
  for_each(space, n, Distinct{s.now.score, s.rank, s.flag});
  s.n_ranked = n, s.n_kept = select(space, head(View<const std::int32_t, 1>(s.flag), n), s.kept);
  s.best_by_generation.push_back(s.now.score(s.rank(0)));
  s.middle_by_generation.push_back(
      quantile(space, head(View<const Real, 1>(s.now.score), n), 0.5, head(s.flag.view(), n)));
}

// The first generation: the incumbent, the rules, and random keys.
template <class Space>
void found(Space space, const Problem& p, Search& s) {
  const int n_key = n_gene * p.n_job();
  const Chance chance{s.options.seed, s.options.member, Stream::plan, 0};
  for_rows(
      space, s.now.size(), n_key,
      Breed{.parent = s.now.key, .child = s.now.key, .rank = s.rank, .kept = s.kept, .chance = chance, .n_kept = 1});
  synchronize(space);
  for (int r = 0; r < n_rule && r < s.now.size(); ++r) rule_keys(p, static_cast<Rule>(r), s.now.key.view().row(r));
  if (static_cast<int>(s.incumbent.size()) == n_key && s.now.size() > n_rule)
    for (int c = 0; c < n_key; ++c) s.now.key(n_rule, c) = s.incumbent[static_cast<std::size_t>(c)];
  const int n = s.now.size() < s.options.n_plan ? s.now.size() : s.options.n_plan;
  price(space, p, s, s.now, 0, n);
  for (int r = 0; r < n_rule && r < n; ++r) {
    s.rule_score[r] = s.now.score(r);
    for (int k = 0; k < n_line; ++k) {
      s.rule_cost[r][k] = 0.0;
      for (int m = 0; m < p.n_scenario(); ++m) s.rule_cost[r][k] += s.now.cost(r, m, k) / p.n_scenario();
    }
  }
  rank_plans(space, s, n);
}

template <class Space>
void advance(Space space, const Problem& p, Search& s) {
  if (finished(s)) return;
  if (s.generation++ == 0) return found(space, p, s);
  const SearchOptions& o = s.options;
  const int n = s.now.size();
  int n_elite = static_cast<int>(o.elite * n);
  n_elite = n_elite < 1 ? 1 : (n_elite < s.n_kept ? n_elite : s.n_kept);
  const int n_new = n - n_elite < o.n_plan - s.n_priced ? n - n_elite : o.n_plan - s.n_priced;
  const int n_immigrant = static_cast<int>(o.immigrant * n_new);
  const Chance chance{o.seed, o.member, Stream::plan, static_cast<std::uint32_t>(s.generation - 1)};
  for_rows(space, n_elite + n_new, s.now.key.extent(1),
           Breed{.parent = s.now.key,
                 .child = s.next.key,
                 .rank = s.rank,
                 .kept = s.kept,
                 .chance = chance,
                 .n_kept = s.n_kept,
                 .n_elite = n_elite,
                 .first_immigrant = n_elite + n_new - n_immigrant,
                 .mutate = o.mutate,
                 .inherit = o.inherit});
  for_each(space, n_elite, KeepCosts{s.now, s.next, s.rank, s.kept, s.n_kept});
  price(space, p, s, s.next, n_elite, n_elite + n_new);
  std::swap(s.now, s.next);
  rank_plans(space, s, n_elite + n_new);
}

template <class Space>
Decision decide(Space space, const Problem& p, const SearchOptions& options, const std::vector<Real>& incumbent) {
  Search s = make_search(p, options, p.place.device());
  s.incumbent = incumbent;
  while (!finished(s)) advance(space, p, s);
  return decision_of(p, s);
}

}  // namespace coldsun::schedule

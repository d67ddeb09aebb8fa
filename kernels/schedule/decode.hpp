// Decoder: any keys in [0, 1) -> a schedule within node capacity, contact windows and antennas. One plan per lane. Jobs
// are placed one after another in the order of their first key, running jobs first where they run. The other keys
// select a place, a start among the possible ones there and a cap level. If the nodes are taken, the next later start
// is tried, then earlier ones, then the next place. Jobs that fit nowhere in the horizon are left out. Data of a job
// that runs away from home are sent before its start, as early as possible; its results return after its end.
// Per slot, the bytes of one job are at most one antenna's, the bytes of all jobs at most those of all antennas: then a
// schedule of the antennas within the slot exists (McNaughton 1959, doi 10.1287/mnsc.6.1.1). The windows of both ends
// must be open; the constellation forwards within the slot.
#pragma once
#include "common/loops.hpp"
#include "schedule/schedule.hpp"

namespace coldsun::schedule {

COLDSUN_FN int slots_of(Real time, Real slot) {
  return static_cast<int>(math::min(std::ceil(time / slot - 1e-9), 1e6));
}
COLDSUN_FN int pick_of(Real key, int n) { return static_cast<int>(math::clamp(std::floor(key * n), 0.0, n - 1.0)); }

// Slots booked for a job at a cap level: its work at the pace under that cap, at least one.
COLDSUN_FN int booked_slots(const Job& j, Real level, Real slot) {
  const Real pace = math::max(workload::pace_at(level), 0.05);
  const int n = slots_of(j.work / pace, slot);
  return n > 1 ? n : 1;
}

// Bytes between two places in a slot for one job, from the remaining capacity of each link.
COLDSUN_FN Real bytes_between(const ProblemView& q, const View<const Real, 2>& left, int a, int b, int t) {
  return math::min(math::min(q.link_bytes(a, t), q.link_bytes(b, t)), math::min(left(a, t), left(b, t)));
}

// First and last slot of a transfer of `bytes` between a and b that starts at `from` or later; last = n_slot: no room.
struct Transfer {
  int first, last;
};
COLDSUN_FN Transfer find_transfer(const ProblemView& q, const View<const Real, 2>& left, int a, int b, Real bytes,
                                  int from) {
  Transfer x{q.n_slot, from - 1};
  for (int t = from; bytes > 0.0 && t < q.n_slot; ++t) {
    const Real carried = bytes_between(q, left, a, b, t);
    if (!(carried > 0.0)) continue;
    x.first = x.first < t ? x.first : t, x.last = t;
    bytes -= carried;
  }
  if (bytes > 0.0) x.last = q.n_slot;
  return x;
}
// The latest slot from which `bytes` can still be carried; -1: none.
COLDSUN_FN int latest_transfer(const ProblemView& q, const View<const Real, 2>& left, int a, int b, Real bytes) {
  int t = q.n_slot;
  while (bytes > 0.0 && t > 0) bytes -= math::max(bytes_between(q, left, a, b, --t), 0.0);
  return bytes > 0.0 ? -1 : t;
}
COLDSUN_FN void book_transfer(const ProblemView& q, const View<Real, 2>& left, int a, int b, Real bytes, int from) {
  for (int t = from; bytes > 0.0 && t < q.n_slot; ++t) {
    const Real carried = math::max(math::min(bytes_between(q, left, a, b, t), bytes), 0.0);
    left(a, t) -= carried, left(b, t) -= carried, bytes -= carried;
  }
}

// Possible starts of a job at a place: `count` of them from `first` to `last`.
struct Starts {
  int first, last, count;
  COLDSUN_FN int at(int k) const {
    return count < 2 ? first : first + static_cast<int>(static_cast<std::int64_t>(last - first) * k / (count - 1));
  }
};
COLDSUN_FN Starts starts_of(const ProblemView& q, const Job& j, int first, int latest, int booked) {
  // A job too long for the horizon may start as late as its deadline's slack allows, all others up to the end.
  const int slack = static_cast<int>(math::clamp(std::floor(j.deadline / q.slot), -1.0, 1e6)) - booked;
  int last = q.n_slot - booked > slack ? q.n_slot - booked : slack;
  last = last < q.n_slot - 1 ? last : q.n_slot - 1;
  last = last > first ? last : first;
  last = last < latest ? last : latest;
  const int every = last - first + 1;
  return {first, last, q.n_start > 0 && q.n_start < every ? q.n_start : every};
}

// reads keys and the problem; writes a plan's schedule. Some (2 place slot + 6 job) x 8 B and about 40 flops per job
// and booked slot.
struct Decode {
  ProblemView q;
  PopulationView pop;
  int first;
  static constexpr int flops = 200'000;

  struct Plan {
    int row;
    View<Real, 2> bytes;
    View<std::int32_t, 2> nodes;
  };
  COLDSUN_FN Real gene(int p, int j, int g) const { return pop.key(p, n_gene * j + g); }
  // Order of placing: jobs that run, jobs in progress with a release to come, waiting jobs.
  COLDSUN_FN static int turn(const Job& j) { return !j.running ? 2 : j.release > 0.0 ? 1 : 0; }
  COLDSUN_FN bool before(int p, int a, int b) const {
    if (turn(q.job(a)) != turn(q.job(b))) return turn(q.job(a)) < turn(q.job(b));
    return gene(p, a, 0) < gene(p, b, 0) || (gene(p, a, 0) == gene(p, b, 0) && a < b);
  }
  // First slot of [s, s + n) in the horizon without room for w nodes; n_slot: room in all.
  COLDSUN_FN int taken(const Plan& x, int site, int s, int n, int w) const {
    const int stop = s + n < q.n_slot ? s + n : q.n_slot;
    for (int t = s; t < stop; ++t)
      if (x.nodes(site, t) < w) return t;
    return q.n_slot;
  }

  COLDSUN_FN void put(const Plan& x, int j, int site, int s, int l, int n) const {
    const int stop = s + n < q.n_slot ? s + n : q.n_slot;
    for (int t = s; t < stop; ++t) x.nodes(site, t) -= q.job(j).n_node;
    pop.place(x.row, j) = site, pop.start(x.row, j) = s, pop.level(x.row, j) = l, pop.booked(x.row, j) = n;
  }

  // Options of a job at a place and cap level, with the nodes and links that are left.
  struct Choice {
    bool possible, moves, returns;
    int n, released;  // slots booked; slot of the release
    Transfer in;
    Starts starts;
  };
  COLDSUN_FN Choice choice_of(const Plan& x, int i, int site, int l) const {
    const Job& j = q.job(i);
    Choice c{};
    c.n = booked_slots(j, q.level[l], q.slot), c.released = slots_of(math::max(j.release, 0.0), q.slot);
    c.moves = site != j.home && j.data_in > 0.0, c.returns = site != j.home && j.data_out > 0.0;
    c.in = {-1, c.released - 1};
    if (c.moves) c.in = find_transfer(q, x.bytes, j.home, site, j.data_in, c.released);
    const int from = c.in.last + 1,
              latest = c.returns ? latest_transfer(q, x.bytes, site, j.home, j.data_out) - c.n : q.n_slot - 1;
    c.possible = j.n_node <= q.place(site).n_node && from < q.n_slot && latest >= from;
    c.starts = starts_of(q, j, from, latest, c.n);
    return c;
  }
  // Tries a place; true: the job is placed there.
  COLDSUN_FN bool try_place(const Plan& x, int i, int site, int l) const {
    const Job& j = q.job(i);
    const Choice c = choice_of(x, i, site, l);
    if (!c.possible) return false;
    const int s = find_start(x, i, site, c.starts, c.n);
    if (s < 0) return false;
    if (c.moves) book_transfer(q, x.bytes, j.home, site, j.data_in, c.released);
    pop.send(x.row, i) = c.moves ? c.in.first : -1;
    if (c.returns) {
      pop.arrival(x.row, i) = find_transfer(q, x.bytes, site, j.home, j.data_out, s + c.n).last;
      book_transfer(q, x.bytes, site, j.home, j.data_out, s + c.n);
    }
    put(x, i, site, s, l, c.n);
    return true;
  }
  // The start selected by the key, else the next later, else the next earlier one with room; -1: none.
  COLDSUN_FN int find_start(const Plan& x, int i, int site, const Starts& o, int n) const {
    const int wanted = pick_of(gene(x.row, i, 2), o.count), w = q.job(i).n_node;
    int clash = -1;
    for (int k = wanted; k < o.count; ++k) {
      if (o.at(k) <= clash) continue;
      clash = taken(x, site, o.at(k), n, w);
      if (clash == q.n_slot) return o.at(k);
    }
    clash = q.n_slot + n;
    for (int k = wanted - 1; k >= 0; --k) {
      if (o.at(k) + n > clash) continue;
      const int next = taken(x, site, o.at(k), n, w);
      if (next == q.n_slot) return o.at(k);
      clash = next;
    }
    return -1;
  }

  COLDSUN_FN void put_job(const Plan& x, int i) const {
    const Job& j = q.job(i);
    const int l = pick_of(gene(x.row, i, 3), n_level);
    pop.arrival(x.row, i) = pop.send(x.row, i) = pop.start(x.row, i) = -1;
    pop.place(x.row, i) = j.home, pop.level(x.row, i) = 0, pop.booked(x.row, i) = 0;
    if (j.running) {
      const int now = j.preemptible ? l : 0, n = booked_slots(j, q.level[now], q.slot);
      int s = slots_of(math::max(j.release, 0.0), q.slot);
      for (int clash = s; turn(j) == 1 && (clash = taken(x, j.home, s, n, j.n_node)) < q.n_slot;) s = clash + 1;
      if (s < q.n_slot) put(x, i, j.home, s, now, n);
      return;
    }
    const int wanted = pick_of(gene(x.row, i, 1), q.n_place);
    for (int k = 0; k < q.n_place; ++k)
      if (try_place(x, i, (wanted + k) % q.n_place, l)) return;
  }

  COLDSUN_FN Plan empty_plan(int p) const {
    const Plan x{p, pop.bytes_left.row(p), pop.nodes_left.row(p)};
    for (int s = 0; s < q.n_place; ++s)
      for (int t = 0; t < q.n_slot; ++t)
        x.nodes(s, t) = q.place(s).n_node, x.bytes(s, t) = q.link_bytes(s, t) * q.antennas(s, t);
    return x;
  }
  COLDSUN_FN void operator()(int row) const {
    const int p = first + row;
    const Plan x = empty_plan(p);
    std::int32_t order[max_job];
    for (int j = 0; j < q.n_job; ++j) {
      int k = j;
      for (; k > 0 && before(p, j, order[k - 1]); --k) order[k] = order[k - 1];
      order[k] = j;
    }
    for (int k = 0; k < q.n_job; ++k) put_job(x, order[k]);
    sort_by_start(p);
  }
  COLDSUN_FN void sort_by_start(int p) const {
    for (int j = 0; j < q.n_job; ++j) {
      const std::uint32_t s = static_cast<std::uint32_t>(pop.start(p, j));  // left out: sorted last
      int k = j;
      for (; k > 0 && s < static_cast<std::uint32_t>(pop.start(p, pop.by_start(p, k - 1))); --k)
        pop.by_start(p, k) = pop.by_start(p, k - 1);
      pop.by_start(p, k) = j;
    }
  }
};

template <class Space>
void decode(Space space, const Problem& problem, Population& pop, int first, int n) {
  for_each(space, n, Decode{problem, pop, first});
}

}  // namespace coldsun::schedule

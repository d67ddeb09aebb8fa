// States of a catalogue at given times: the loops around SGP4 and SDP4 for whole tables.
#pragma once
#include <algorithm>

#include "common/loops.hpp"
#include "common/math.hpp"
#include "orbit/frames.hpp"
#include "orbit/knots.hpp"

namespace coldsun::orbit {

// Where states go: [m], [m/s] and Sgp4Error, over (component, row, column) and (row, column).
struct StateTable {
  View<Real, 3> r_teme, v_teme;
  View<std::int32_t, 2> error;
  COLDSUN_FN void put(int row, int column, const Sgp4Result& x, std::int32_t of_set) const {
    r_teme(0, row, column) = x.teme.r.x;
    r_teme(1, row, column) = x.teme.r.y;
    r_teme(2, row, column) = x.teme.r.z;
    v_teme(0, row, column) = x.teme.v.x;
    v_teme(1, row, column) = x.teme.v.y;
    v_teme(2, row, column) = x.teme.v.z;
    error(row, column) = of_set != 0 ? of_set : x.error;
  }
};

// One satellite near the Earth at one time (rows: times). Reads 264 B of coefficients (shared by all rows) and 8 B;
// writes 52 B; about 560 flops. Columns of deep-space satellites are written too and mean nothing: Spread comes
// after.
struct Propagate {
  CatalogueView catalogue;
  View<const Time, 1> time;  // (time)
  StateTable to;
  COLDSUN_FN Sgp4Result state(int s, int k) const {
    return sgp4_propagate(load_coefficients(catalogue.coefficient, s), minutes_between(catalogue.epoch(s), time(k)));
  }
  COLDSUN_FN void operator()(int k, int s) const { to.put(k, s, state(s, k), catalogue.error(s)); }
};
// The same with time as the last index, for few satellites at many times: rows are satellites.
struct PropagateAlongTime : Propagate {
  COLDSUN_FN void operator()(int s, int k) const { to.put(s, k, state(s, k), catalogue.error(s)); }
};

// One deep-space satellite at one time, into a table of the knots' satellites alone: lanes cannot scatter everywhere.
// Reads 344 B of coefficients (shared by all rows), a knot (32 B) and 12 B; writes 52 B; about 1,130 flops.
struct PropagateDeep {
  CatalogueView catalogue;
  KnotsView knots;
  View<const Time, 1> time;  // (time)
  StateTable to;
  int first;  // time of place 0
  COLDSUN_FN Sgp4Result state(int i, int k) const {
    const int j = knots.begin + i;
    return knots.state(load_deep(catalogue.deep_coefficient, j), j,
                       minutes_between(catalogue.epoch(catalogue.deep(j)), time(first + k)));
  }
  COLDSUN_FN void operator()(int k, int i) const { to.put(k, i, state(i, k), 0); }
};
struct PropagateDeepAlongTime : PropagateDeep {
  COLDSUN_FN void operator()(int i, int k) const { to.put(i, k, state(i, k), 0); }
};
// From there to the catalogue's table, 104 B a state.
struct Spread {
  CatalogueView catalogue;
  StateTable from, to;
  int begin, first;
  bool time_last;
  COLDSUN_FN void operator()(int row, int column) const {
    const int s = catalogue.deep(begin + (time_last ? row : column)), k = first + (time_last ? column : row);
    const Sgp4Result x{{{from.r_teme(0, row, column), from.r_teme(1, row, column), from.r_teme(2, row, column)},
                        {from.v_teme(0, row, column), from.v_teme(1, row, column), from.v_teme(2, row, column)}},
                       from.error(row, column)};
    to.put(time_last ? s : k, time_last ? k : s, x, catalogue.error(s));
  }
};

// Deep-space part of propagate: as many satellites and then times at a go as some megabytes hold.
template <class Space>
void propagate_deep(Space space, const Catalogue& catalogue, View<const Time, 1> time, const StateTable& to,
                    bool time_last) {
  constexpr int most = 200'000;  // knots, and states
  const int n_time = time.extent[0], n_deep = catalogue.n_deep();
  const auto [start, stop] = std::minmax_element(time.data, time.data + n_time);
  const int n_some = std::clamp(most / knots_between(*start, *stop), 1, n_deep),
            n_part = std::clamp(most / n_some, 1, n_time), rows = time_last ? n_some : n_part,
            columns = time_last ? n_part : n_some;
  const Device device = catalogue.epoch.device();
  const Array<Real, 3> r(device, {3, rows, columns}), v(device, {3, rows, columns});
  const Array<std::int32_t, 2> error(device, {rows, columns});
  const StateTable part{r, v, error};
  for (int begin = 0; begin < n_deep; begin += n_some) {
    const int some = std::min(n_some, n_deep - begin);
    const Knots knots = make_knots(space, catalogue, *start, *stop, begin, some);
    for (int first = 0; first < n_time; first += n_part) {
      const int times = std::min(n_part, n_time - first);
      const PropagateDeep deep{catalogue, knots, time, part, first};
      const Spread spread{catalogue, part, to, begin, first, time_last};
      if (time_last) for_rows(space, some, times, PropagateDeepAlongTime{deep}), for_rows(space, some, times, spread);
      else for_rows(space, times, some, deep), for_rows(space, times, some, spread);
    }
    synchronize(space);  // before the knots go
  }
}

// Tables over (time, satellite), or (satellite, time) where `time_last`; times in any order.
template <class Space>
void propagate(Space space, const Catalogue& catalogue, View<const Time, 1> time, const StateTable& to,
               bool time_last = false) {
  const int n_time = time.extent[0], n = catalogue.n_satellite(), n_deep = catalogue.n_deep();
  if (n_time == 0) return;
  const Propagate near{catalogue, time, to};
  if (n_deep < n && time_last) for_rows(space, n, n_time, PropagateAlongTime{near});
  else if (n_deep < n) for_rows(space, n_time, n, near);
  if (n_deep > 0) propagate_deep(space, catalogue, time, to, time_last);
}

}  // namespace coldsun::orbit

// Search for contact windows: scan a coarse grid for culminations, then refine each on its own thread. Template,
// instantiated per backend. A window that both begins and ends in the span holds a highest point, where the rate of the
// elevation turns from + to -. A pass lasts minutes, but between two culminations lies a revolution, so the grid may be
// coarse (min(180 s, T/24)) and no short pass is missed.
#pragma once
#include <algorithm>
#include <vector>

#include "common/roots.hpp"
#include "orbit/ephemeris.hpp"
#include "orbit/windows.hpp"

namespace coldsun::orbit {

namespace windows {

inline constexpr int tile = 48;  // grid steps scanned at a time
inline constexpr int capacity =
    tile / 2 + 3;                        // a rate cannot turn down oftener than every second step; and the two ends
inline constexpr Real tolerance = 1e-5;  // of every root [s]

// What the scan finds: a turn of the rate within a grid step, or a window that is open at an end and holds no turn.
enum Kind : std::int32_t { culmination = 0, open_at_start = 1, open_at_stop = 2 };

struct Grid {
  Real step, span;
  int n;  // steps; n + 1 points, the last one at span
  COLDSUN_FN Real at(int k) const { return math::min(k * step, span); }
};

// One satellite at one grid point. Reads 264 B of coefficients; writes pef: 48 B; about 640 flops. Columns of
// deep-space satellites mean nothing: ScanDeep (376 B, 1,210 flops) has its own after the last satellite's.
struct Scan {
  Ephemeris ephemeris;
  Grid grid;
  int first;          // grid point of row 0
  View<Real, 3> pef;  // (component, point, satellite or n_satellite + deep_column)
  template <class Coefficients>
  COLDSUN_FN void put(int row, int s, int at) const {
    const Real x = grid.at(first + row);
    Real sin_theta, cos_theta;
    math::sincos(ephemeris.angle(x), sin_theta, cos_theta);
    const PosVel p = ephemeris.pef_as<Coefficients>(s, x, sin_theta, cos_theta);
    pef(0, row, at) = p.r.x, pef(1, row, at) = p.r.y, pef(2, row, at) = p.r.z;
    pef(3, row, at) = p.v.x, pef(4, row, at) = p.v.y, pef(5, row, at) = p.v.z;
  }
  COLDSUN_FN void operator()(int row, int s) const { put<Sgp4Coefficients>(row, s, s); }
};
struct ScanDeep : Scan {
  COLDSUN_FN void operator()(int row, int j) const {
    put<Sdp4Coefficients>(row, ephemeris.catalogue.deep(j), ephemeris.catalogue.n_satellite() + j);
  }
};

// Whether a satellite can rise above the mask of a station between two neighbouring grid points. Generous: the angle at
// the Earth's centre within which the mask is exceeded, for the greater height, a small Earth, and 0.3 deg for the
// plumb line, against the angle at the nearer point less what half a step can close at 1.2 times the greater angular
// speed.
COLDSUN_FN bool within_reach(const Station& b, const PosVel& p, const PosVel& q, Real step) {
  const Real rp = std::sqrt(dot(p.r, p.r)), rq = std::sqrt(dot(q.r, q.r)), rb = std::sqrt(dot(b.position, b.position));
  if (!(rp > 0.0 && rq > 0.0)) return true;
  const Real nearest = math::max(dot(p.r, b.position) / rp, dot(q.r, b.position) / rq) / rb;
  const Real rate = math::max(std::sqrt(dot(p.v, p.v)) / rp, std::sqrt(dot(q.v, q.v)) / rq);
  const Real mask = std::asin(b.sin_mask) - 0.3 * constants::degree;
  const Real sees = std::acos(math::min(6.35e6 * std::cos(mask) / (1.05 * math::max(rp, rq)), 1.0)) - mask;
  return std::acos(math::clamp(nearest, -1.0, 1.0)) - 0.6 * rate * step < sees;
}

// Neighbouring points of the grid that are looked at together.
struct Tile {
  Grid grid;
  int first, n_point;
};

// One (station, satellite) along a tile. Reads 48 B and does about 40 flops per point; writes found and count.
struct FindTurns {
  View<const Real, 3> pef;
  View<const std::int32_t, 1> deep_column;
  View<const Station, 1> station;
  Tile tile;
  View<const std::int32_t, 2> listed;  // (station, satellite) 0: not looked for; no data: all are
  View<std::int32_t, 3> found;         // (station, satellite, place): 4 * grid point + kind
  View<std::int32_t, 2> count;         // (station, satellite)
  COLDSUN_FN PosVel at(int row, int satellite) const {
    const int s = deep_column(satellite) < 0 ? satellite : deep_column.extent[0] + deep_column(satellite);
    return {{pef(0, row, s), pef(1, row, s), pef(2, row, s)}, {pef(3, row, s), pef(4, row, s), pef(5, row, s)}};
  }
  COLDSUN_FN void operator()(int b, int s) const {
    const Station place = station(b);
    int n = 0;
    if (listed.extent[0] > 0 && listed(b, s) == 0) {
      count(b, s) = 0;
      return;
    }
    Sight last = sight(place, at(0, s));
    if (tile.first == 0 && last.sin_elevation >= place.sin_mask && last.rate <= 0) found(b, s, n++) = open_at_start;
    for (int row = 1; row < tile.n_point; ++row) {
      const Sight now = sight(place, at(row, s));
      if (last.rate > 0 && now.rate <= 0 && within_reach(place, at(row - 1, s), at(row, s), tile.grid.step))
        found(b, s, n++) = 4 * (tile.first + row - 1) + culmination;
      last = now;
    }
    if (tile.first + tile.n_point == tile.grid.n + 1 && last.sin_elevation >= place.sin_mask && last.rate > 0)
      found(b, s, n++) = 4 * tile.grid.n + open_at_stop;
    count(b, s) = n;
  }
};

struct Bracket {
  std::int32_t satellite, station, code;
};
struct Found {
  Real aos, tca, los, sin_elevation;
  std::int32_t truncated, valid;
};

// One bracket to one window: root of the elevation's rate, then of sin(elevation) - sin(mask) on either side. 15 to 30
// propagations, and one per step of the grid that the window is long.
template <class Coefficients>
struct Refine {
  Ephemeris ephemeris;
  Grid grid;
  View<const Station, 1> station;
  View<const Bracket, 1> bracket;
  View<Found, 1> window;

  struct Line {  // one satellite seen from one station
    const Ephemeris& e;
    Coefficients c;
    Station place;
    int satellite;
    COLDSUN_FN Sight operator()(Real x) const {
      Real sin_theta, cos_theta;
      math::sincos(e.angle(x), sin_theta, cos_theta);
      return sight(place, e.pef(c, satellite, x, sin_theta, cos_theta));
    }
  };

  // Rate > 0 at lo, <= 0 at hi: Illinois' variant of the false position. A satellite that is lost on the way has a rate
  // of exactly 0 from then on: the last instant before it is taken.
  COLDSUN_FN static Real turn(const Line& line, Real lo, Real hi) {
    RootBracket b{lo, hi, -line(lo).rate, -line(hi).rate};
    for (int k = 0; k < 60 && b.high - b.low > tolerance; ++k) {
      const Real middle = 0.5 * (b.low + b.high), x = b.low + (b.high - b.low) * b.f_low / (b.f_low - b.f_high);
      const bool halve = k % 8 == 7 || b.f_high == 0.0;
      const Real at = halve ? middle : math::clamp(x, b.low + 0.25 * tolerance, b.high - 0.25 * tolerance);
      b.narrow(at, -line(at).rate);
    }
    return b.f_high == 0.0 ? b.low : 0.5 * (b.low + b.high);
  }

  // Below the mask at `out`, above at `in`, in either order of time: Newton, halved where it leaves the bracket.
  COLDSUN_FN static Real crossing(const Line& line, Real out, Real in) {
    Real x = 0.5 * (out + in);
    for (int k = 0; k < 60; ++k) {
      const Sight s = line(x);
      const Real f = s.sin_elevation - line.place.sin_mask;
      if (f < 0) out = x;
      else in = x;
      const Real newton = x - f / s.rate, lo = math::min(out, in), hi = math::max(out, in);
      const Real next = newton > lo && newton < hi ? newton : 0.5 * (lo + hi);
      const Real move = std::fabs(next - x);
      x = next;
      if (move < tolerance || hi - lo < tolerance) break;
    }
    return x;
  }

  // Walk from the highest point towards `limit` until below the mask; true: the limit was reached first.
  COLDSUN_FN bool edge(const Line& line, Real tca, Real limit, Real& x) const {
    Real in = tca;
    const Real step = limit < tca ? -grid.step : grid.step;
    while (in != limit) {
      const Real out = step < 0 ? math::max(in + step, limit) : math::min(in + step, limit);
      if (line(out).sin_elevation < line.place.sin_mask) {
        x = crossing(line, out, in);
        return false;
      }
      in = out;
    }
    x = limit;
    return true;
  }

  // Where a search for an edge may end: the far side of the neighbouring turn, whose window then overlaps; without one
  // the span.
  COLDSUN_FN Real limit(int i, int neighbour, Real none) const {
    if (neighbour < 0 || neighbour >= bracket.extent[0]) return none;
    const Bracket &b = bracket(i), &o = bracket(neighbour);
    return b.satellite == o.satellite && b.station == o.station ? grid.at(o.code / 4 + (neighbour > i ? 1 : 0)) : none;
  }

  COLDSUN_FN void operator()(int i) const {
    const Bracket b = bracket(i);
    const Line line{ephemeris, ephemeris.load<Coefficients>(b.satellite), station(b.station), b.satellite};
    const int kind = b.code % 4, k = b.code / 4;
    Found w{};
    w.tca = kind == open_at_start ? 0.0 : (kind == open_at_stop ? grid.span : turn(line, grid.at(k), grid.at(k + 1)));
    w.sin_elevation = line(w.tca).sin_elevation;
    w.valid = w.sin_elevation >= line.place.sin_mask ? 1 : 0;
    if (w.valid) {
      const Real from = limit(i, i - 1, 0.0), to = limit(i, i + 1, grid.span);
      w.truncated |= edge(line, w.tca, from, w.aos) && from == 0.0 ? truncated_start : 0;
      w.truncated |= edge(line, w.tca, to, w.los) && to == grid.span ? truncated_stop : 0;
    }
    window(i) = w;
  }
};

struct Row {
  Bracket who;
  Found when;
};
// Sorts, joins rows of one satellite that overlap (an orbit can culminate twice in one window), fills the table. Host
// code, windows.cpp.
Windows make_table(std::vector<Row> rows, int n_station, Time start, Device device);
// Sorts brackets by station, satellite and time and takes those of deep-space satellites out. Host code, windows.cpp.
std::vector<Bracket> take_deep(std::vector<Bracket>& all, const Catalogue& catalogue);

template <class Space>
std::vector<Bracket> scan(Space space, const Ephemeris& e, const Grid& grid, const Array<Station, 1>& station,
                          const Array<std::int32_t, 2>& listed, Device device) {
  const int n_sat = e.catalogue.n_satellite(), n_deep = e.catalogue.deep.extent[0], n_station = station.extent(0);
  Array<Real, 3> pef(device, {6, tile + 1, n_sat + n_deep});
  Array<std::int32_t, 3> found(device, {n_station, n_sat, capacity});
  Array<std::int32_t, 2> count(device, {n_station, n_sat});
  std::vector<Bracket> brackets;
  for (int first = 0; first < grid.n; first += tile) {
    const int n_point = std::min(tile, grid.n - first) + 1;
    const Scan near{e, grid, first, pef};
    if (n_deep < n_sat) for_rows(space, n_point, n_sat, near);
    for_rows(space, n_point, n_deep, ScanDeep{near});
    for_rows(space, n_station, n_sat,
             FindTurns{.pef = pef,
                       .deep_column = e.catalogue.deep_column,
                       .station = station,
                       .tile = {grid, first, n_point},
                       .listed = listed,
                       .found = found,
                       .count = count});
    synchronize(space);  // the host reads what the device found
    for (int b = 0; b < n_station; ++b)
      for (int s = 0; s < n_sat; ++s)
        for (int k = 0; k < count(b, s); ++k) brackets.push_back({s, b, found(b, s, k)});
  }
  return brackets;
}

// Refined windows of the brackets of near-earth or of deep-space satellites.
template <class Coefficients, class Space>
void refine(Space space, const Ephemeris& e, const Grid& grid, const Array<Station, 1>& station,
            const std::vector<Bracket>& found, std::vector<Row>& rows) {
  const int n = static_cast<int>(found.size());
  Array<Bracket, 1> bracket(station.device(), {n});
  Array<Found, 1> window(station.device(), {n});
  for (int i = 0; i < n; ++i) bracket(i) = found[static_cast<std::size_t>(i)];
  for_each(space, n, Refine<Coefficients>{e, grid, station, bracket, window});
  synchronize(space);
  for (int i = 0; i < n; ++i)
    if (window(i).valid) rows.push_back({bracket(i), window(i)});
}

}  // namespace windows

template <class Space>
Windows find_windows(Space space, const Catalogue& catalogue, std::span<const Station> stations, const Span& when,
                     std::span<const std::uint8_t> seen) {
  const auto [start, stop, dut1] = when;
  const Device device = catalogue.epoch.device();
  const int n_station = static_cast<int>(stations.size());
  Array<Station, 1> station(device, {n_station});
  for (int b = 0; b < n_station; ++b) station(b) = stations[static_cast<std::size_t>(b)];
  Real shortest = 180.0 * 24.0;
  for (int s = 0; s < catalogue.n_satellite(); ++s)
    if (catalogue.error(s) == 0) shortest = std::min(shortest, catalogue.period(s));
  Array<std::int32_t, 2> listed(device, {seen.empty() ? 0 : n_station, catalogue.n_satellite()});
  for (std::int64_t i = 0; i < listed.size(); ++i) listed.data()[i] = seen[static_cast<std::size_t>(i)];
  const Real span = seconds(stop - start);
  const Real step = shortest / 24.0;  // min(180 s, T / 24) of the fastest satellite
  std::vector<windows::Row> rows;
  if (span > 0 && catalogue.n_satellite() > 0 && n_station > 0) {
    const windows::Grid grid{step, span, static_cast<int>(std::ceil(span / step))};
    const Array<Real, 1> minutes = minutes_from_epoch(catalogue, start);
    const Knots knots = make_knots(space, catalogue, start, stop);
    const Ephemeris e = make_ephemeris(catalogue, minutes, knots, start, dut1);
    std::vector<windows::Bracket> near = windows::scan(space, e, grid, station, listed, device);
    const std::vector<windows::Bracket> deep = windows::take_deep(near, catalogue);
    windows::refine<Sgp4Coefficients>(space, e, grid, station, near, rows);
    windows::refine<Sdp4Coefficients>(space, e, grid, station, deep, rows);
  }
  return windows::make_table(std::move(rows), n_station, start, device);
}

}  // namespace coldsun::orbit

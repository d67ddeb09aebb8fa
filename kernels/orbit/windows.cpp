// Tables of contact windows: sorting, joining, and the union per station. Host only.
#include "orbit/windows.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "orbit/find_windows.hpp"

namespace coldsun::orbit {
namespace windows {

Windows make_table(std::vector<Row> rows, int n_station, Time start, Device device) {
  const auto by_satellite = [](const Row& a, const Row& b) {
    return std::tuple(a.who.station, a.who.satellite, a.when.aos, a.when.tca) <
           std::tuple(b.who.station, b.who.satellite, b.when.aos, b.when.tca);
  };
  std::sort(rows.begin(), rows.end(), by_satellite);
  std::vector<Row> joined;
  for (const Row& r : rows) {
    const bool same =
        !joined.empty() && joined.back().who.station == r.who.station && joined.back().who.satellite == r.who.satellite;
    if (!same || r.when.aos > joined.back().when.los) {
      joined.push_back(r);
      continue;
    }
    Found& w = joined.back().when;
    w.los = std::max(w.los, r.when.los), w.truncated |= r.when.truncated;
    if (r.when.sin_elevation > w.sin_elevation) w.sin_elevation = r.when.sin_elevation, w.tca = r.when.tca;
  }
  std::sort(joined.begin(), joined.end(), [](const Row& a, const Row& b) {
    return std::tuple(a.who.station, a.when.aos, a.who.satellite) <
           std::tuple(b.who.station, b.when.aos, b.who.satellite);
  });
  const int n = static_cast<int>(joined.size());
  Windows t;
  allocate_fields(t, device, {{"window", n}, {"station", n_station}, {"station_edge", n_station + 1}});
  for (int i = 0; i < n; ++i) {
    const Row& r = joined[static_cast<std::size_t>(i)];
    t.satellite(i) = r.who.satellite, t.station(i) = r.who.station, t.truncated(i) = r.when.truncated;
    t.aos(i) = start + nanoseconds(r.when.aos), t.tca(i) = start + nanoseconds(r.when.tca),
    t.los(i) = start + nanoseconds(r.when.los);
    t.max_elevation(i) = std::asin(r.when.sin_elevation);
    for (int b = r.who.station + 1; b <= n_station; ++b) t.first(b) = i + 1;
    t.longest(r.who.station) = std::max(t.longest(r.who.station), t.los(i) - t.aos(i));
  }
  return t;
}

std::vector<Bracket> take_deep(std::vector<Bracket>& all, const Catalogue& catalogue) {
  std::sort(all.begin(), all.end(), [](const Bracket& a, const Bracket& b) {
    return std::tie(a.station, a.satellite, a.code) < std::tie(b.station, b.satellite, b.code);
  });
  const auto first = std::stable_partition(all.begin(), all.end(),
                                           [&](const Bracket& b) { return catalogue.deep_column(b.satellite) < 0; });
  std::vector<Bracket> deep(first, all.end());
  all.erase(first, all.end());
  return deep;
}

}  // namespace windows

Contacts join_windows(const Windows& w) {
  const int n_station = w.longest.extent(0);
  std::vector<std::pair<Time, Time>> spans;
  std::vector<std::int32_t> first{0};
  for (int b = 0; b < n_station; ++b) {
    const std::size_t begin = spans.size();
    for (int i = w.first(b); i < w.first(b + 1); ++i) {
      if (spans.size() > begin && w.aos(i) <= spans.back().second)
        spans.back().second = std::max(spans.back().second, w.los(i));
      else spans.emplace_back(w.aos(i), w.los(i));
    }
    first.push_back(static_cast<std::int32_t>(spans.size()));
  }
  const Device device = w.aos.device();
  const int n = static_cast<int>(spans.size());
  Contacts c;
  allocate_fields(c, device, {{"contact", n}, {"station_edge", n_station + 1}});
  for (int i = 0; i < n; ++i)
    c.start(i) = spans[static_cast<std::size_t>(i)].first, c.stop(i) = spans[static_cast<std::size_t>(i)].second;
  for (int b = 0; b <= n_station; ++b) c.first(b) = first[static_cast<std::size_t>(b)];
  return c;
}

}  // namespace coldsun::orbit

// Tables of the orbit tests: rows of text fields, comment lines and the header left out.
#pragma once
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "orbit/flight.hpp"
#include "orbit/text.hpp"

namespace coldsun::test {

// All sets of a text; the first fault is thrown.
inline std::vector<orbit::ElementSet> strict(orbit::ElementFile f) {
  for (const orbit::Remark& r : f.remark)
    if (!r.used) throw orbit::text::Fault(r.line, r.detail.empty() ? r.reason + "." : r.detail);
  return std::move(f.set);
}
inline std::vector<orbit::ElementSet> parse_tle(std::string_view text) { return strict(orbit::scan_tle(text)); }
inline std::vector<orbit::ElementSet> parse_omm_csv(std::string_view text) { return strict(orbit::scan_omm_csv(text)); }

inline constexpr Real degree = orbit::pi / 180.0;

inline std::string read_text(const std::string& name) {
  std::ifstream file(std::string(COLDSUN_DATA_DIR) + "/" + name);
  if (!file) throw std::runtime_error("no " + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<std::vector<std::string>> read_rows(const std::string& name) {
  std::istringstream text(read_text(name));
  std::vector<std::vector<std::string>> rows;
  bool header = true;
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (std::exchange(header, false)) continue;
    rows.emplace_back();
    std::istringstream fields(line);
    for (std::string f; std::getline(fields, f, ',');) rows.back().push_back(f);
  }
  return rows;
}

// The two stations of the reference tables.
inline std::vector<orbit::Station> reference_stations(Real mask) {
  return {orbit::make_station(24.4267 * degree, 54.6167 * degree, 10.0, mask),
          orbit::make_station(-22.9 * degree, -68.2 * degree, 2400.0, mask)};
}

// A shell small enough for brute force: 53 deg, 24 x 12 at 480 km.
inline std::vector<orbit::ElementSet> small_shell(Time epoch) {
  orbit::WalkerDelta w;
  w.inclination = 53 * degree, w.total = 288, w.plane = 24, w.phasing = 5, w.altitude = 480e3, w.epoch = epoch;
  return orbit::walker_delta(w);
}

}  // namespace coldsun::test

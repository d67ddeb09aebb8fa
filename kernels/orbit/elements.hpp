// Element sets as people publish them (TLE, OMM), as a generator makes them (Walker delta), and the catalogue that
// kernels read.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/fields.hpp"
#include "common/time.hpp"
#include "orbit/sdp4.hpp"

namespace coldsun::orbit {

// One set with the names of CCSDS 502.0-B-3 (OMM); angles and mean motion in rad and rad/s, bstar in 1/Earth radii as
// SGP4 has it.
struct ElementSet {
  MeanElements mean;
  std::int64_t norad_cat_id = 0;  // up to nine digits
  std::string object_name, object_id;
  std::string file = {};  // base name of the file it was read from; empty: generated
  std::int32_t line = 0;  // where it begins there
};

inline constexpr std::int32_t of_lines = -1;  // Remark::of: a line that is no record

// A remark on one record of a file, as data; remark.hpp makes sentences of them.
struct Remark {
  std::string file = {};    // base name
  std::int32_t line = 0;    // 0: none
  std::string name = {};    // "SAT B (70003)", as far as it can be read
  std::string reason = {};  // equal for all records with the same fault
  std::string detail = {};  // of this record
  bool used = false;        // false: the record is not used
  std::int32_t of = 0;      // records in the file; of_lines: it is no record
};

// What a text holds: the sets that SGP4 can propagate, and a remark on every other record.
struct ElementFile {
  std::vector<ElementSet> set;
  std::vector<Remark> remark;
  int n_record = 0;
};

// Readers take text, never a path. A faulty record costs itself alone and is named; std::invalid_argument, in one
// sentence, only where the text holds no record at all, or a header that cannot be used.
ElementFile read_elements(std::string_view text);  // TLE, or OMM as CSV, JSON, XML or KVN, whichever the text is
ElementFile read_tle(
    std::string_view text);  // two or three lines per set; alpha-5 ids; sets without checksum are read, with a remark
ElementFile read_omm_csv(std::string_view text);  // header line with OMM keywords, in any order; # lines are comments
ElementFile read_omm(std::string_view text);      // JSON objects, XML <omm>, KVN from CCSDS_OMM_VERS on
// 2026-06-14T06:00:00.123456[Z] or 2026-165T06:00:00[Z], 1678 to 2261; throws std::invalid_argument.
Time parse_utc(std::string_view text);

// Walker delta pattern inclination: total/plane/phasing (Walker 1984); plane p of slot j has mean anomaly 2 pi (j / s +
// phasing p / total).
struct WalkerDelta {
  Real inclination = 0;  // [rad]
  int total = 0, plane = 0, phasing = 0;
  Real altitude = 0;  // mean height over the equatorial radius of SGP4 (6,378,135 m) [m]
  Time epoch = 0;
  Real ra_of_asc_node = 0;  // of plane 0 [rad]
  std::int64_t first_id = 900'000'000;
  std::string name = "SHELL";
};
std::vector<ElementSet> walker_delta(const WalkerDelta& shell);

// Coefficients for kernels: of SGP4 one column per satellite, so that neighbouring threads read neighbouring numbers;
// of SDP4 one column per satellite of 225 min and more, whose column of `coefficient` means nothing.
// clang-format off
#define COLDSUN_ORBIT_CATALOGUE(F) \
  F(Real,         coefficient, "1",   "coefficient satellite", parameter, host, "coefficients of SGP4 (list in sgp4.hpp)") \
  F(Time,         epoch,       "ns",  "satellite",             parameter, host, "epoch of the element set") \
  F(std::int32_t, error,       "1",   "satellite",             parameter, host, "Sgp4Error of the element set; 0: it can be propagated") \
  F(Real,         period,      "s",   "satellite",             parameter, host, "period of the orbit") \
  F(Real,         until,       "min", "satellite",             parameter, host, "last time after the epoch at which SGP4 is valid; -infinity: error is not 0") \
  F(std::int32_t, deep_column, "1",   "satellite",             parameter, host, "column among the deep-space satellites; -1: near Earth") \
  F(std::int32_t, deep,        "1",   "deep",                  parameter, host, "index of the satellite") \
  F(Real,         deep_coefficient, "1", "deep_coefficient deep", parameter, host, "coefficients of SDP4: sdp4.hpp") \
  F(Real,         resonance,   "1",   "resonance_term deep",   parameter, host, "what SDP4's knots are made from")
// clang-format on
struct Catalogue {
  COLDSUN_ARRAYS(COLDSUN_ORBIT_CATALOGUE)
  int n_satellite() const { return epoch.extent(0); }
  int n_deep() const { return deep.extent(0); }
};
struct CatalogueView {
  COLDSUN_READS(CatalogueView, Catalogue, COLDSUN_ORBIT_CATALOGUE)
  COLDSUN_FN int n_satellite() const { return epoch.extent[0]; }
};
Catalogue make_catalogue(std::span<const ElementSet> sets, Device device);

}  // namespace coldsun::orbit

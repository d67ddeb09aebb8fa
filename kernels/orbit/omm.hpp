// One orbit mean-elements message, whatever form it came in (CCSDS 502.0-B-3). Host only.
#pragma once
#include "orbit/elements.hpp"
#include "orbit/text.hpp"

namespace coldsun::orbit::omm {

enum Column {
  c_epoch,
  c_motion,
  c_ecc,
  c_inc,
  c_node,
  c_argp,
  c_anomaly,
  c_id,
  c_bstar,  // required
  c_name,
  c_object,
  c_type,
  c_theory,
  c_frame,
  c_scale,
  c_center,
  n_column  // where they are there
};
inline constexpr const char* column_name[n_column] = {"EPOCH",
                                                      "MEAN_MOTION",
                                                      "ECCENTRICITY",
                                                      "INCLINATION",
                                                      "RA_OF_ASC_NODE",
                                                      "ARG_OF_PERICENTER",
                                                      "MEAN_ANOMALY",
                                                      "NORAD_CAT_ID",
                                                      "BSTAR",
                                                      "OBJECT_NAME",
                                                      "OBJECT_ID",
                                                      "EPHEMERIS_TYPE",
                                                      "MEAN_ELEMENT_THEORY",
                                                      "REF_FRAME",
                                                      "TIME_SYSTEM",
                                                      "CENTER_NAME"};
inline constexpr int n_required = c_name;

struct Record {
  std::string value[n_column] = {};
  int line = 0;
  const char* word = "column";  // what the form calls a field
  std::string fault = {};       // of the record as a whole
  std::string name() const;
};
// The set of a record; throws text::Fault. take_record puts it, or a remark on why not, into the file.
ElementSet read_record(const Record& r);
void take_record(const Record& r, ElementFile& f);

}  // namespace coldsun::orbit::omm

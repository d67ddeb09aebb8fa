// Reader of orbit mean-elements messages as CSV, and of the times in them. Host only.
#include <algorithm>

#include "orbit/flight.hpp"
#include "orbit/omm.hpp"

namespace coldsun::orbit {
namespace {

using namespace text;
using namespace omm;

// Fields of a CSV line (RFC 4180): a field in double quotes may hold commas, and a double quote twice.
std::vector<std::string> csv_fields(std::string_view line, int number) {
  std::vector<std::string> fields(1);
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && inside && line.substr(i + 1, 1) == "\"") fields.back() += c, ++i;
    else if (c == '"') inside = !inside;
    else if (c == ',' && !inside) fields.emplace_back();
    else fields.back() += c;
  }
  if (inside) throw Fault(number, "a double quote is not closed.");
  for (auto& f : fields) f = std::string(trim(f));
  return fields;
}

struct OmmHeader {
  int at[n_column];
  std::size_t width;
};
OmmHeader read_header(std::string_view line, int number) {
  const auto fields = csv_fields(line, number);
  OmmHeader h{{}, fields.size()};
  for (int k = 0; k < n_column; ++k) {
    const auto it = std::find(fields.begin(), fields.end(), column_name[k]);
    h.at[k] = it == fields.end() ? -1 : static_cast<int>(it - fields.begin());
    if (h.at[k] < 0 && k < n_required)
      throw Fault(number, std::string("the header lacks the column ") + column_name[k] + ".");
    if (h.at[k] >= 0 && std::find(it + 1, fields.end(), column_name[k]) != fields.end())
      throw Fault(number, std::string("the header has the column ") + column_name[k] + " twice.");
  }
  return h;
}

// The fields of a line under the header's columns.
Record record_of(const OmmHeader& header, std::string_view line, int number) {
  const std::vector<std::string> fields = csv_fields(line, number);
  Record r{.line = number};
  for (int k = 0; k < n_column; ++k)
    if (const auto at = static_cast<std::size_t>(header.at[k]); header.at[k] >= 0 && at < fields.size())
      r.value[k] = fields[at];
  if (fields.size() != header.width)
    r.fault = std::to_string(fields.size()) + " fields where the header has " + std::to_string(header.width) + ".";
  return r;
}

}  // namespace

std::string omm::Record::name() const {
  ElementSet s;
  s.object_name = value[c_name];
  if (!parse(value[c_id], s.norad_cat_id)) s.norad_cat_id = -1;
  return name_of(s);
}

ElementSet omm::read_record(const Record& r) {
  if (!r.fault.empty()) throw Fault(r.line, r.fault);
  const auto bad = [&](Column k, const std::string& accepted = "") {
    throw Fault(r.line, r.word + std::string(" ") + column_name[k] + " reads " + quoted(r.value[k]) +
                            (accepted.empty() ? "." : "; accepted: " + accepted + "."));
  };
  const auto real = [&](Column k) {
    Real x = 0;
    if (!parse(r.value[k], x)) bad(k);
    return x;
  };
  const auto only = [&](Column k, std::initializer_list<std::string_view> accepted) {
    const std::string& given = r.value[k];
    if (given.empty() || std::find(accepted.begin(), accepted.end(), given) != accepted.end()) return;
    std::string list;
    for (const std::string_view a : accepted) list += (list.empty() ? "" : ", ") + std::string(a);
    bad(k, list);
  };
  ElementSet s;
  s.line = r.line;
  if (!parse(r.value[c_id], s.norad_cat_id) || s.norad_cat_id < 0 || s.norad_cat_id > 999'999'999) bad(c_id);
  try {
    s.mean.epoch = parse_utc(r.value[c_epoch]);
  } catch (const std::invalid_argument&) {
    bad(c_epoch);
  }
  s.object_name = r.value[c_name], s.object_id = r.value[c_object];
  if (const std::string& type = r.value[c_type]; !type.empty() && type != "0" && type != "2")
    throw Fault(r.line, wrong_theory(type));
  only(c_theory, {"SGP4", "SGP/SGP4", "SGP"});
  only(c_frame, {"TEME"}), only(c_scale, {"UTC"}), only(c_center, {"EARTH", "Earth"});
  s.mean.mean_motion = real(c_motion) * rad_per_s_of_rev_per_day;
  s.mean.eccentricity = real(c_ecc);
  s.mean.inclination = real(c_inc) * radians_per_degree;
  s.mean.ra_of_asc_node = real(c_node) * radians_per_degree;
  s.mean.arg_of_pericenter = real(c_argp) * radians_per_degree;
  s.mean.mean_anomaly = real(c_anomaly) * radians_per_degree;
  s.mean.bstar = real(c_bstar);
  if (!(s.mean.mean_motion > 0)) bad(c_motion);
  if (!(s.mean.eccentricity >= 0 && s.mean.eccentricity < 1)) bad(c_ecc);
  return s;
}

void omm::take_record(const Record& r, ElementFile& f) {
  ++f.n_record;
  try {
    f.set.push_back(read_record(r));
  } catch (const Fault& e) {
    f.remark.push_back({"", e.line, r.name(), "cannot be read", e.reason, false});
  }
}

Time parse_utc(std::string_view text) {
  const std::string_view given = text;
  const auto bad = [&]() -> Time {
    throw std::invalid_argument("time " + quoted(given) + " is not like 2026-06-14T06:00:00.123456Z.");
  };
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  // A calendar date, or a year and its day (CCSDS 502.0-B-3 sec. 7.5.10); decimals of a second beyond nine are cut off.
  const bool ordinal = text.size() > 8 && (text[8] == 'T' || text[8] == ' ');
  const std::string_view form = ordinal ? "dddd-dddTdd:dd:dd.d" : "dddd-dd-ddTdd:dd:dd.d";
  const std::size_t clock = ordinal ? 9 : 11, seconds_end = clock + 8;
  if (text.size() < seconds_end || text.size() > seconds_end + 40) return bad();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char f = form[std::min(i, form.size() - 1)];
    const bool digit = text[i] >= '0' && text[i] <= '9', space = i + 1 == clock && text[i] == ' ';
    if (f == 'd' ? !digit : text[i] != f && !space) return bad();
  }
  const auto number = [&](std::size_t at, std::size_t n) {
    int x = 0;
    for (std::size_t i = at; i < at + n; ++i) x = 10 * x + (text[i] - '0');
    return x;
  };
  const int year = number(0, 4);
  Time day = ordinal ? midnight(year, 1, 1)
                     : midnight(year, static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2)));
  if (day == never || number(clock, 2) > 23 || number(clock + 3, 2) > 59 || number(clock + 6, 2) > 59) return bad();
  if (ordinal) {
    const int of_year = number(5, 3);
    if (of_year < 1 || of_year > (std::chrono::year{year}.is_leap() ? 366 : 365)) return bad();
    day += (of_year - 1) * ns_per_day;
  }
  Time fraction = 0, scale = ns_per_s;
  for (std::size_t i = seconds_end + 1; i < text.size(); ++i) scale /= 10, fraction += scale * (text[i] - '0');
  return day + (number(clock, 2) * 3600 + number(clock + 3, 2) * 60 + number(clock + 6, 2)) * ns_per_s + fraction;
}

ElementFile scan_omm_csv(std::string_view text) {
  ElementFile f;
  OmmHeader header{};
  bool have = false;
  text = without_mark(text);
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (line.empty() || line[0] == '#') continue;
    if (!have) {
      header = read_header(line, number), have = true;
      continue;
    }
    try {
      take_record(record_of(header, line, number), f);
    } catch (const Fault& e) {
      ++f.n_record;
      f.remark.push_back({"", e.line, "a satellite", "cannot be read", e.reason, false});
    }
  }
  if (f.n_record == 0) throw Fault(1, "no element set in the text.");
  return f;
}

}  // namespace coldsun::orbit

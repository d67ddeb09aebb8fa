// Element sets: readers of TLE and OMM CSV text, the Walker generator, the catalogue of SGP4 coefficients. Host only.
#include "orbit/elements.hpp"

#include <charconv>
#include <chrono>
#include <stdexcept>

namespace coldsun::orbit {
namespace {

constexpr Real radians_per_degree = pi / 180.0, rad_per_s_of_rev_per_day = two_pi / 86400.0;

[[noreturn]] void fail(int line, const std::string& what) {
  throw std::invalid_argument("element sets: line " + std::to_string(line) + ": " + what);
}
std::string quoted(std::string_view s) {
  std::string q(1, '"');
  q.append(s);
  q += '"';
  return q;
}

std::string_view trim(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

template <class T>
bool parse(std::string_view s, T& value) {
  s = trim(s);
  if (!s.empty() && s.front() == '+') s.remove_prefix(1);
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  return error == std::errc() && end == s.data() + s.size();
}

Time midnight(int year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return date.ok() ? std::chrono::sys_days{date}.time_since_epoch().count() * 86400 * ns_per_s : never;
}

// ---- TLE -------------------------------------------------------------------------------------------------------

// Columns as the format counts them: from 1, both ends within.
struct TleLine {
  std::string_view text;
  int number;
  std::string_view columns(std::size_t from, std::size_t to) const { return text.substr(from - 1, to - from + 1); }
  Real real(std::size_t from, std::size_t to, const char* name) const {
    Real x = 0;
    if (!parse(columns(from, to), x)) bad(from, to, name);
    return x;
  }
  [[noreturn]] void bad(std::size_t from, std::size_t to, const char* name) const {
    fail(number, "columns " + std::to_string(from) + "-" + std::to_string(to) + " (" + name + ") read " + quoted(columns(from, to)) + ".");
  }
};

// Sum of the digits, a minus sign counts one, modulo ten: column 69.
void check_sum(const TleLine& l, char first) {
  if (l.text.size() != 69) fail(l.number, std::to_string(l.text.size()) + " columns where an element set's line has 69.");
  if (l.text[0] != first || l.text[1] != ' ')
    fail(l.number, std::string("columns 1-2 read ") + quoted(l.columns(1, 2)) + ", not \"" + first + " \".");
  int sum = 0;
  for (char c : l.text.substr(0, 68)) sum += c >= '0' && c <= '9' ? c - '0' : (c == '-' ? 1 : 0);
  if (l.text[68] != static_cast<char>('0' + sum % 10))
    fail(l.number, "column 69 (checksum) reads " + quoted(l.columns(69, 69)) + ", the line sums to " + std::to_string(sum % 10) + ".");
}

// Catalogue number: five digits, or alpha-5: a letter without I and O stands for 10 .. 33 (up to 339999).
std::int64_t catalogue_number(const TleLine& l) {
  std::string s(l.columns(3, 7));
  static constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  std::int64_t high = 0, low = 0;
  if (const std::size_t k = letters.find(s[0]); k != std::string_view::npos) high = static_cast<std::int64_t>(k + 10) * 10000, s[0] = ' ';
  if (!parse(s, low)) l.bad(3, 7, "catalogue number");
  return high + low;
}

// " 12808-3" is 0.12808e-3.
Real assumed_point(const TleLine& l, std::size_t from, std::size_t to, const char* name) {
  const std::string_view c = l.columns(from, to);
  std::int64_t mantissa = 0;
  int exponent = 0;
  std::string digits(c.substr(0, c.size() - 2));
  if (!parse(digits, mantissa) || !parse(c.substr(c.size() - 2), exponent)) l.bad(from, to, name);
  const bool minus = digits.find('-') != std::string::npos;
  Real x = static_cast<Real>(minus ? -mantissa : mantissa) * 1e-5;
  for (int k = exponent; k < 0; ++k) x /= 10.0;
  for (int k = exponent; k > 0; --k) x *= 10.0;
  return minus ? -x : x;
}

// Two digits of the year (57-99: 1900s, 00-56: 2000s), day of the year with eight decimals: 864 microseconds, exact in ns.
Time tle_epoch(const TleLine& l) {
  int year = 0, day = 0;
  std::int64_t fraction = 0;
  if (!parse(l.columns(19, 20), year)) l.bad(19, 20, "epoch year");
  if (!parse(l.columns(21, 23), day) || l.text[23] != '.' || !parse(l.columns(25, 32), fraction) || day < 1 || day > 366)
    l.bad(21, 32, "epoch day");
  return midnight(year < 57 ? 2000 + year : 1900 + year, 1, 1) + (day - 1) * 86400 * ns_per_s + fraction * 864'000;
}

ElementSet read_tle(const TleLine& l1, const TleLine& l2, std::string_view name) {
  check_sum(l1, '1');
  check_sum(l2, '2');
  ElementSet s;
  s.norad_cat_id = catalogue_number(l1);
  if (catalogue_number(l2) != s.norad_cat_id)
    fail(l2.number,
         "columns 3-7 (catalogue number) read " + quoted(l2.columns(3, 7)) + ", the line before has " + quoted(l1.columns(3, 7)) + ".");
  s.object_name = std::string(trim(name));
  s.object_id = std::string(trim(l1.columns(10, 17)));
  s.mean.epoch = tle_epoch(l1);
  s.mean.bstar = assumed_point(l1, 54, 61, "bstar");
  s.mean.inclination = l2.real(9, 16, "inclination") * radians_per_degree;
  s.mean.ra_of_asc_node = l2.real(18, 25, "right ascension of the ascending node") * radians_per_degree;
  std::int64_t e = 0;
  if (!parse(l2.columns(27, 33), e) || e < 0) l2.bad(27, 33, "eccentricity");
  s.mean.eccentricity = static_cast<Real>(e) / 1e7;
  s.mean.arg_of_pericenter = l2.real(35, 42, "argument of pericenter") * radians_per_degree;
  s.mean.mean_anomaly = l2.real(44, 51, "mean anomaly") * radians_per_degree;
  s.mean.mean_motion = l2.real(53, 63, "mean motion") * rad_per_s_of_rev_per_day;
  return s;
}

// ---- OMM CSV ---------------------------------------------------------------------------------------------------

// Fields of a CSV line; a field in double quotes may hold commas.
std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool inside = false;
  for (char c : line) {
    if (c == '"') inside = !inside;
    else if (c == ',' && !inside) fields.emplace_back();
    else fields.back() += c;
  }
  for (auto& f : fields) f = std::string(trim(f));
  return fields;
}

enum Column { c_epoch, c_motion, c_ecc, c_inc, c_node, c_argp, c_anomaly, c_id, c_bstar, c_name, c_object, n_column };
constexpr const char* column_name[n_column] = {"EPOCH",          "MEAN_MOTION",       "ECCENTRICITY", "INCLINATION",
                                               "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY", "NORAD_CAT_ID",
                                               "BSTAR",          "OBJECT_NAME",       "OBJECT_ID"};
constexpr int n_required = c_name;

struct OmmHeader {
  int at[n_column];
  std::size_t width;
};
OmmHeader read_header(std::string_view line, int number) {
  const auto fields = csv_fields(line);
  OmmHeader h{{}, fields.size()};
  for (int k = 0; k < n_column; ++k) {
    h.at[k] = -1;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (fields[i] == column_name[k]) h.at[k] = static_cast<int>(i);
    if (h.at[k] < 0 && k < n_required) fail(number, std::string("the header lacks the column ") + column_name[k] + ".");
  }
  return h;
}

ElementSet read_omm(const OmmHeader& h, std::string_view line, int number) {
  const auto fields = csv_fields(line);
  if (fields.size() != h.width)
    fail(number, std::to_string(fields.size()) + " fields where the header has " + std::to_string(h.width) + ".");
  const auto text = [&](Column k) { return h.at[k] < 0 ? std::string() : fields[static_cast<std::size_t>(h.at[k])]; };
  const auto bad = [&](Column k) { fail(number, std::string("column ") + column_name[k] + " reads " + quoted(text(k)) + "."); };
  const auto real = [&](Column k) {
    Real x = 0;
    if (!parse(text(k), x)) bad(k);
    return x;
  };
  ElementSet s;
  if (!parse(text(c_id), s.norad_cat_id) || s.norad_cat_id < 0 || s.norad_cat_id > 999'999'999) bad(c_id);
  try {
    s.mean.epoch = parse_utc(text(c_epoch));
  } catch (const std::invalid_argument&) {
    bad(c_epoch);
  }
  s.object_name = text(c_name), s.object_id = text(c_object);
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

}  // namespace

Time parse_utc(std::string_view text) {
  const std::string_view given = text;
  const auto bad = [&]() -> Time { throw std::invalid_argument("time " + quoted(given) + " is not like 2026-06-14T06:00:00.123456Z."); };
  if (!text.empty() && text.back() == 'Z') text.remove_suffix(1);
  if (text.size() < 19 || text.size() > 29) return bad();
  static constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.ddddddddd";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9', space = i == 10 && text[i] == ' ';
    if (form[i] == 'd' ? !digit : text[i] != form[i] && !space) return bad();
  }
  const auto number = [&](std::size_t at, std::size_t n) {
    int x = 0;
    for (std::size_t i = at; i < at + n; ++i) x = 10 * x + (text[i] - '0');
    return x;
  };
  const Time day = midnight(number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2)));
  if (day == never || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) return bad();
  Time fraction = 0, scale = ns_per_s;
  for (std::size_t i = 20; i < text.size(); ++i) scale /= 10, fraction += scale * (text[i] - '0');
  return day + (number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2)) * ns_per_s + fraction;
}

std::vector<ElementSet> parse_tle(std::string_view text) {
  std::vector<ElementSet> sets;
  std::string_view name;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (line.empty() || line[0] == '#') continue;
    const bool first = line.size() > 1 && line[0] == '1' && line[1] == ' ' && line.size() >= 62;
    if (!first) {
      if (line.size() >= 62 && line.substr(0, 2) == "2 ") fail(number, "a second line without its first.");
      name = line.substr(0, 2) == "0 " ? line.substr(2) : line;
      continue;
    }
    if (text.empty()) fail(number, "a first line without its second.");
    const TleLine l1{line, number}, l2{next_line(text), ++number};
    sets.push_back(read_tle(l1, l2, name));
    name = {};
  }
  if (sets.empty()) fail(1, "no element set in the text.");
  return sets;
}

std::vector<ElementSet> parse_omm_csv(std::string_view text) {
  std::vector<ElementSet> sets;
  OmmHeader header{};
  bool have = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (line.empty() || line[0] == '#') continue;
    if (have) sets.push_back(read_omm(header, line, number));
    else header = read_header(line, number), have = true;
  }
  if (sets.empty()) fail(1, "no element set in the text.");
  return sets;
}

std::vector<ElementSet> walker_delta(const WalkerDelta& w) {
  if (w.total <= 0 || w.plane <= 0 || w.total % w.plane != 0)
    throw std::invalid_argument("walker delta: " + std::to_string(w.total) + " satellites do not fill " + std::to_string(w.plane) +
                                " planes.");
  // The Kozai mean motion that SGP4 turns back into this semi-major axis: the correction of R3 sec. 6 by fixed-point iteration.
  const Real a = 1.0 + w.altitude / (1e3 * sgp4::radius), no = sgp4::xke / (a * std::sqrt(a));
  Real kozai = no;
  for (int k = 0; k < 8; ++k) kozai *= no / sgp4::brouwer_axis(kozai, 0.0, std::cos(w.inclination)).no;
  const int per_plane = w.total / w.plane;
  std::vector<ElementSet> sets;
  for (int p = 0; p < w.plane; ++p)
    for (int j = 0; j < per_plane; ++j) {
      ElementSet s;
      s.mean.mean_motion = kozai / 60.0, s.mean.inclination = w.inclination, s.mean.epoch = w.epoch;
      s.mean.ra_of_asc_node = w.ra_of_asc_node + two_pi * p / w.plane;
      s.mean.mean_anomaly = two_pi * (static_cast<Real>(j) / per_plane + static_cast<Real>(w.phasing) * p / w.total);
      s.norad_cat_id = w.first_id + p * per_plane + j;
      s.object_name = w.name + "-" + std::to_string(p + 1) + "-" + std::to_string(j + 1);
      sets.push_back(std::move(s));
    }
  return sets;
}

Catalogue make_catalogue(std::span<const ElementSet> sets, Device device) {
  const int n = static_cast<int>(sets.size());
  Catalogue c{Array<Real, 2>(device, {n_coefficient, n}), Array<Time, 1>(device, {n}), Array<std::int32_t, 1>(device, {n}),
              Array<Real, 1>(device, {n})};
  for (int s = 0; s < n; ++s) {
    Sgp4Coefficients k;
    const MeanElements& m = sets[static_cast<std::size_t>(s)].mean;
    c.error(s) = static_cast<std::int32_t>(sgp4_init(m, k));
    c.epoch(s) = m.epoch;
    c.period(s) = two_pi / (k.no > 0 ? k.no / 60.0 : m.mean_motion);
    store_coefficients(c.coefficient, s, k);
  }
  return c;
}

}  // namespace coldsun::orbit

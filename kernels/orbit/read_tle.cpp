// Reader of two-line element sets. Host only.
#include "orbit/flight.hpp"
#include "orbit/text.hpp"

namespace coldsun::orbit {
namespace {

using namespace text;

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
    throw Fault(number, "columns " + std::to_string(from) + "-" + std::to_string(to) + " (" + name + ") read " +
                            quoted(columns(from, to)) + ".");
  }
};

enum class Kind { name, first, second };

// An element line, whole or cut short: 1 or 2, a blank, and the columns of a catalogue number as far as they are there.
Kind kind_of(std::string_view l) {
  if (l.empty() || (l[0] != '1' && l[0] != '2')) return Kind::name;
  for (std::size_t i = 1; i < l.size() && i < 7; ++i) {
    const bool digit = l[i] >= '0' && l[i] <= '9', letter = i == 2 && l[i] >= 'A' && l[i] <= 'Z';
    if (i == 1 ? l[i] != ' ' : !digit && !letter && l[i] != ' ') return Kind::name;
  }
  return l[0] == '1' ? Kind::first : Kind::second;
}

// Sum of the digits, a minus sign counts one, modulo ten: column 69. A line without it has 68 columns. True: it was
// there.
bool check_sum(const TleLine& l) {
  const std::size_t n = l.text.size();
  if (n < 68 || (n > 69 && l.text[69] != ' '))
    throw Fault(l.number,
                std::to_string(n) + " columns where an element set's line has 69" + (n < 68 ? " (cut short?)." : "."));
  if (n == 68) return false;
  int sum = 0;
  for (char c : l.text.substr(0, 68)) sum += c >= '0' && c <= '9' ? c - '0' : (c == '-' ? 1 : 0);
  if (l.text[68] != static_cast<char>('0' + sum % 10))
    throw Fault(l.number, "column 69 (checksum) reads " + quoted(l.columns(69, 69)) + ", the line sums to " +
                              std::to_string(sum % 10) + ".");
  return true;
}

// Catalogue number: five digits, or alpha-5: a letter without I and O stands for 10 .. 33 (up to 339999).
bool catalogue_number(std::string_view columns, std::int64_t& number) {
  std::string s(columns);
  static constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  std::int64_t high = 0, low = 0;
  if (s.empty()) return false;
  if (const std::size_t k = letters.find(s[0]); k != std::string_view::npos)
    high = static_cast<std::int64_t>(k + 10) * 10000, s[0] = ' ';
  if (!parse(s, low) || low < 0) return false;
  number = high + low;
  return true;
}
std::int64_t catalogue_number(const TleLine& l) {
  std::int64_t number = 0;
  if (!catalogue_number(l.columns(3, 7), number)) l.bad(3, 7, "catalogue number");
  return number;
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

// Two digits of the year (57-99: 1900s, 00-56: 2000s), day of the year with up to eight decimals: 864 microseconds,
// exact in ns.
Time tle_epoch(const TleLine& l, std::size_t& decimals) {
  int year = 0, day = 0;
  std::int64_t fraction = 0;
  if (!parse(l.columns(19, 20), year) || year < 0) l.bad(19, 20, "epoch year");
  const std::string_view text = trim(l.columns(21, 32));
  const std::size_t point = text.find('.');
  std::string digits(point == std::string_view::npos ? std::string_view() : text.substr(point + 1));
  decimals = digits.size();
  digits.resize(8, '0');
  if (!parse(text.substr(0, point), day) || !parse(digits, fraction) || fraction < 0 || decimals > 8 || day < 1 ||
      day > 366)
    l.bad(21, 32, "epoch day");
  return midnight(year < 57 ? 2000 + year : 1900 + year, 1, 1) + (day - 1) * ns_per_day + fraction * 864'000;
}

struct Read {
  ElementSet set;
  std::vector<Remark> remark;
};

Read read_set(const TleLine& l1, const TleLine& l2, std::string_view name) {
  const bool summed = check_sum(l1), both = check_sum(l2) && summed;
  Read r;
  ElementSet& s = r.set;
  s.norad_cat_id = catalogue_number(l1);
  if (catalogue_number(l2) != s.norad_cat_id)
    throw Fault(l2.number, "columns 3-7 (catalogue number) read " + quoted(l2.columns(3, 7)) +
                               ", the line before has " + quoted(l1.columns(3, 7)) + ".");
  s.object_name = std::string(name);
  s.object_id = std::string(trim(l1.columns(10, 17)));
  s.line = l1.number;
  if (const char type = l1.text[62]; type != '0' && type != '2' && type != ' ')
    throw Fault(l1.number, wrong_theory(std::string_view(&type, 1)));
  std::size_t decimals = 0;
  s.mean.epoch = tle_epoch(l1, decimals);
  s.mean.bstar = assumed_point(l1, 54, 61, "bstar");
  s.mean.inclination = l2.real(9, 16, "inclination") * radians_per_degree;
  s.mean.ra_of_asc_node = l2.real(18, 25, "right ascension of the ascending node") * radians_per_degree;
  std::int64_t e = 0;
  if (!parse(l2.columns(27, 33), e) || e < 0) l2.bad(27, 33, "eccentricity");
  s.mean.eccentricity = static_cast<Real>(e) / 1e7;
  s.mean.arg_of_pericenter = l2.real(35, 42, "argument of pericenter") * radians_per_degree;
  s.mean.mean_anomaly = l2.real(44, 51, "mean anomaly") * radians_per_degree;
  s.mean.mean_motion = l2.real(53, 63, "mean motion") * rad_per_s_of_rev_per_day;
  const auto say = [&](const char* reason, std::string detail) {
    r.remark.push_back({"", l1.number, name_of(s), reason, std::move(detail), true});
  };
  if (!both) say("the lines carry no checksum, a slip in them is not seen", "");
  if (decimals < 5) say("the epoch has fewer than five decimals of a day", std::to_string(decimals));
  if (l1.text.size() > 69 || l2.text.size() > 69) say("what follows column 69 is left unread", "");
  return r;
}

// What can be said of the satellite of a record that cannot be read.
std::string who(std::string_view name, std::string_view line) {
  ElementSet s;
  s.object_name = std::string(name);
  if (line.size() < 7 || !catalogue_number(line.substr(2, 5), s.norad_cat_id)) s.norad_cat_id = -1;
  return name_of(s);
}

}  // namespace

ElementFile scan_tle(std::string_view text) {
  ElementFile f;
  std::vector<TleLine> line;
  text = without_mark(text);
  for (int number = 1; !text.empty(); ++number)
    if (const std::string_view l = next_line(text); !l.empty() && l[0] != '#') line.push_back({l, number});
  const TleLine* title = nullptr;
  const auto refuse = [&](int number, std::string name, std::string why) {
    f.remark.push_back({"", number, std::move(name), "cannot be read", std::move(why), false});
  };
  const auto unused_title = [&] {
    if (title)
      f.remark.push_back({.line = title->number,
                          .name = quoted(title->text),
                          .reason = "no element lines follow",
                          .used = false,
                          .of = of_lines});
    title = nullptr;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const TleLine& l = line[i];
    const Kind kind = kind_of(l.text);
    if (kind == Kind::name) {
      unused_title();
      title = &l;
      continue;
    }
    ++f.n_record;
    std::string_view name = title ? title->text : std::string_view();
    if (name.substr(0, 2) == "0 ") name = trim(name.substr(2));
    title = nullptr;
    if (kind == Kind::second) {
      refuse(l.number, who(name, l.text), "a second line without its first.");
    } else if (i + 1 == line.size() || kind_of(line[i + 1].text) != Kind::second) {
      refuse(l.number, who(name, l.text), "a first line without its second.");
    } else {
      const TleLine& second = line[++i];
      try {
        Read r = read_set(l, second, name);
        f.set.push_back(std::move(r.set));
        for (Remark& m : r.remark) f.remark.push_back(std::move(m));
      } catch (const Fault& e) {
        refuse(e.line, who(name, l.text), e.reason);
      }
    }
  }
  unused_title();
  if (f.n_record == 0)
    throw Fault(
        1, "no element set in the text" + (line.empty() ? "." : "; it begins with " + quoted(line.front().text) + "."));
  return f;
}

}  // namespace coldsun::orbit

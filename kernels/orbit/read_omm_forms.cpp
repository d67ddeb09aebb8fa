// Readers of orbit mean-elements messages as JSON, XML and keyword = value (KVN). A faulty message costs itself alone.
// Host only.
#include <algorithm>

#include "orbit/flight.hpp"
#include "orbit/omm.hpp"

namespace coldsun::orbit {
namespace {

using namespace text;
using namespace omm;

// A value under its keyword; keywords that are not ours are left aside.
void put(Record& r, std::string_view key, std::string value) {
  for (int k = 0; k < n_column; ++k) {
    if (key != column_name[k]) continue;
    if (!r.value[k].empty() && r.fault.empty()) r.fault = "the keyword " + std::string(key) + " stands there twice.";
    r.value[k] = std::string(trim(value));
  }
}
void finish(Record& r, ElementFile& f) {
  for (int k = 0; k < n_required && r.fault.empty(); ++k)
    if (r.value[k].empty()) r.fault = std::string("the keyword ") + column_name[k] + " is not there.";
  take_record(r, f);
}

void append_utf8(std::string& s, std::uint32_t c) {
  const auto byte = [&](std::uint32_t b) { s += static_cast<char>(b); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) byte(0xC0 | c >> 6);
  else if (c < 0x10000) byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F));
  else byte(0xF0 | (c >> 18 & 7)), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F));
  byte(0x80 | (c & 0x3F));
}

// Line of a place, counted on from the last place asked for.
struct Lines {
  std::string_view text;
  std::size_t at = 0;
  int number = 1;
  int of(std::size_t place) {
    number += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                          text.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
    at = place;
    return number;
  }
};

// ---- JSON: an object or an array of objects whose members are strings and numbers (RFC 8259)
// -------------------------

// A string from its opening quote on; false where it does not end.
bool json_string(std::string_view t, std::size_t& i, std::string& out) {
  out.clear();
  for (++i; i < t.size(); ++i) {
    if (t[i] == '"') return ++i, true;
    if (t[i] != '\\') {
      out += t[i];
      continue;
    }
    if (++i == t.size()) return false;
    static constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    if (const std::size_t k = from.find(t[i]); k != std::string_view::npos) out += to[k];
    else if (t[i] == 'u' && i + 4 < t.size()) {
      std::uint32_t c = 0;
      std::from_chars(t.data() + i + 1, t.data() + i + 5, c, 16), i += 4;
      append_utf8(out, c);
    } else return false;
  }
  return false;
}
std::size_t after_blanks(std::string_view t, std::size_t i) {
  return std::min(t.find_first_not_of(" \t\r\n", i), t.size());
}

// Members of the object whose text begins at i, after its brace; i: behind it. Values that are no string or number are
// stepped over.
void json_object(std::string_view t, std::size_t& i, Record& r) {
  int depth = 1;
  std::string key, value;
  bool have_key = false;
  while (depth > 0) {
    i = after_blanks(t, i);
    if (i == t.size()) {
      r.fault = "the object is not closed.";
      return;
    }
    const char c = t[i];
    if (c == '"') {
      if (!json_string(t, i, value)) {
        r.fault = "a string is not closed.", i = t.size();
        return;
      }
      if (depth > 1) continue;
      if (std::exchange(have_key, false)) put(r, key, value);
      else key = value;
    } else if (c == '{' || c == '[' || c == '}' || c == ']') {
      depth += c == '{' || c == '[' ? 1 : -1, ++i;
      have_key = false;
    } else if (c == ':' || c == ',') {
      have_key = c == ':', ++i;
    } else {
      const std::size_t end = std::min(t.find_first_of(" \t\r\n,:{}[]\"", i), t.size());
      const std::string_view word = t.substr(i, end - i);
      if (depth == 1 && std::exchange(have_key, false) && word != "null") put(r, key, std::string(word));
      i = end;
    }
  }
}
void scan_json(std::string_view t, ElementFile& f) {
  Lines lines{t};
  for (std::size_t i = 0; (i = t.find_first_of("{\"", i)) < t.size();) {
    std::string skipped;
    if (t[i] == '"') {
      if (!json_string(t, i, skipped)) return;
      continue;
    }
    Record r{.line = lines.of(i), .word = "keyword"};
    json_object(t, ++i, r);
    finish(r, f);
  }
}

// ---- XML: every <omm> element, its keywords as elements (CCSDS 505.0)
// ------------------------------------------------

std::string xml_text(std::string_view t) {
  static constexpr std::pair<std::string_view, char> entity[] = {
      {"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
  std::string out;
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (t[i] != '&') {
      out += t[i];
      continue;
    }
    const std::string_view rest = t.substr(i + 1);
    const auto* known =
        std::find_if(std::begin(entity), std::end(entity), [&](auto e) { return rest.starts_with(e.first); });
    const std::size_t end = rest.find(';');
    if (known != std::end(entity)) out += known->second, i += known->first.size();
    else if (rest.starts_with("#") && end < 10) {
      const bool hex = rest.starts_with("#x");
      std::uint32_t c = 0;
      std::from_chars(rest.data() + (hex ? 2 : 1), rest.data() + end, c, hex ? 16 : 10);
      append_utf8(out, c), i += end + 1;
    } else out += '&';
  }
  return out;
}
void scan_xml(std::string_view t, ElementFile& f) {
  Lines lines{t};
  for (std::size_t i = 0; (i = t.find('<', i)) < t.size();) {
    if (t.substr(i).starts_with("<!--")) {
      i = std::min(t.find("-->", i), t.size());
      continue;
    }
    const auto is = [&](std::string_view tag) {
      return t.substr(i, tag.size()) == tag && t.find_first_of(" \t\r\n>", i) == i + tag.size();
    };
    if (!is("<omm")) {
      ++i;
      continue;
    }
    Record r{.line = lines.of(i), .word = "keyword"};
    const std::size_t end = t.find("</omm>", i), next = t.find("<omm", i + 1), stop = std::min({end, next, t.size()});
    if (stop != end) r.fault = "the element <omm> is not closed.";
    const std::string_view one = t.substr(i, stop - i);
    for (int k = 0; k < n_column; ++k) {
      const std::string key = column_name[k];
      for (std::size_t a = 0; (a = one.find("<" + key, a)) < one.size();) {
        a += key.size() + 1;
        const std::size_t open = one.find('>', a), close = one.find("</" + key + ">", a);
        if (one.find_first_of(" \t\r\n>", a) == a && close != std::string_view::npos && open < close)
          put(r, key, xml_text(one.substr(open + 1, close - open - 1)));
      }
    }
    finish(r, f);
    i = stop;
  }
}

// ---- KVN: lines of keyword = value, a message from one CCSDS_OMM_VERS to the next
// ------------------------------------

void scan_kvn(std::string_view t, ElementFile& f) {
  Record r{.word = "keyword"};
  for (int number = 1; !t.empty(); ++number) {
    const std::string_view line = next_line(t);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.starts_with("COMMENT")) continue;
    const std::string_view key = trim(line.substr(0, equals));
    std::string_view value = trim(line.substr(equals + 1));
    if (key == "CCSDS_OMM_VERS") {
      if (r.line > 0) finish(r, f);
      r = Record{.line = number, .word = "keyword"};
    }
    if (value.ends_with(']') && value.find('[') != std::string_view::npos && key != "OBJECT_NAME")
      value = value.substr(0, value.rfind('['));  // a unit
    put(r, key, std::string(value));
  }
  if (r.line > 0) finish(r, f);
}

}  // namespace

ElementFile scan_omm(std::string_view text) {
  ElementFile f;
  const std::string_view t = without_mark(text);
  const std::size_t first = t.find_first_not_of(" \t\r\n");
  const char c = first == std::string_view::npos ? '{' : t[first];
  if (c == '<') scan_xml(t, f);
  else if (c == '{' || c == '[') scan_json(t, f);
  else scan_kvn(t, f);
  if (f.n_record == 0) throw Fault(1, "no element set in the text.");
  return f;
}

}  // namespace coldsun::orbit

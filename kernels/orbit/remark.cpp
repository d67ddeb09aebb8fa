// Sentences about records: those of one file with one reason share a sentence. Host only.
#include "orbit/remark.hpp"

#include <algorithm>
#include <set>

#include "orbit/flight.hpp"
#include "orbit/text.hpp"

namespace coldsun::orbit {
namespace {

std::string place(const Remark& r) {
  return r.file + (r.line > 0 ? (r.file.empty() ? "line " : ":") + std::to_string(r.line) : std::string());
}
// A broken file's name or field may be as long as the file.
std::string brief(const std::string& s, std::size_t most) { return s.size() > most ? s.substr(0, most) + "..." : s; }
std::string without_stop(std::string s) {
  if (!s.empty() && s.back() == '.') s.pop_back();
  return brief(s, 240);
}

std::string sentence(const std::vector<const Remark*>& group, std::size_t most) {
  const Remark& one = *group.front();
  const char* verb = one.used ? "is used" : "is not used";
  const char* verbs = one.used ? "are used" : "are not used";
  const std::string detail = without_stop(one.detail);
  if (group.size() == 1)
    return place(one) + ": " + brief(one.name, 60) + " " + verb + ": " + one.reason +
           (detail.empty() ? "" : " (" + detail + ")");
  std::string o = one.file + (one.file.empty() ? "" : ": ") + std::to_string(group.size());
  if (one.of > 0) o += " of " + std::to_string(one.of);
  o += std::string(one.of == of_lines ? " lines " : " element sets ") + verbs + ": " + one.reason + ": ";
  const std::size_t shown = group.size() <= most + 1 ? group.size() : most;
  for (std::size_t i = 0; i < shown; ++i) {
    const Remark& r = *group[i];
    const std::string what = without_stop(r.detail), line = r.line > 0 ? "line " + std::to_string(r.line) : "";
    o += (i ? "; " : "") + brief(r.name, 60) +
         (line.empty() && what.empty() ? "" : ", " + line + (line.empty() || what.empty() ? "" : ", ") + what);
  }
  if (shown < group.size()) o += "; and " + std::to_string(group.size() - shown) + " more";
  return o;
}

}  // namespace

std::vector<std::string> sentences(std::span<const Remark> remarks, std::size_t most) {
  std::vector<std::vector<const Remark*>> groups;
  for (const Remark& r : remarks) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& g) {
      return g.front()->file == r.file && g.front()->reason == r.reason && g.front()->used == r.used;
    });
    if (same == groups.end()) groups.push_back({&r});
    else same->push_back(&r);
  }
  std::vector<std::string> out;
  for (const auto& g : groups) out.push_back(sentence(g, most));
  return out;
}

// ---- the readers of elements.hpp: syntax, then what SGP4 can propagate
// ------------------------------------------------------------
ElementFile keep_flying(ElementFile f) {
  std::vector<ElementSet> kept;
  for (ElementSet& s : f.set) {
    Remark fault = flight_fault(s);
    if (fault.reason.empty()) kept.push_back(std::move(s));
    else f.remark.push_back(std::move(fault));
  }
  f.set = std::move(kept);
  // a remark that a set is used stands only beside a set that is
  std::set<int> unused;
  for (const Remark& r : f.remark)
    if (!r.used) unused.insert(r.line);
  std::erase_if(f.remark, [&](const Remark& r) { return r.used && unused.count(r.line) > 0; });
  for (Remark& r : f.remark)
    if (r.of != of_lines) r.of = f.n_record;
  return f;
}

ElementFile read_tle(std::string_view text) { return keep_flying(scan_tle(text)); }
ElementFile read_omm_csv(std::string_view text) { return keep_flying(scan_omm_csv(text)); }
ElementFile read_omm(std::string_view text) { return keep_flying(scan_omm(text)); }

ElementFile read_elements(std::string_view text) {
  for (std::string_view rest = text::without_mark(text); !rest.empty();) {
    const std::string_view line = text::next_line(rest);
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '{' || line[0] == '[' || line[0] == '<' ||
        (line.substr(0, 13) == "CCSDS_OMM_VER" && line.find('=') != std::string_view::npos))
      return read_omm(text);
    return line.find(',') != std::string_view::npos && line.find("EPOCH") != std::string_view::npos ? read_omm_csv(text)
                                                                                                    : read_tle(text);
  }
  return read_tle(text);
}

}  // namespace coldsun::orbit

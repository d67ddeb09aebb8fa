// Writes a site as TOML: tables in the order of the lists, values in the units of the file that was read.
#include "core/io/site_writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "core/site/walk.hpp"

namespace coldsun {

namespace fs = std::filesystem;

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else out += c;
  }
  return out + '"';
}

// The number in unit u that reads back to exactly this SI value: as written before, or the shortest one.
std::string in_unit(Real si, const Unit* u, std::string_view written) {
  if (!written.empty()) {
    const std::string text(written);
    char* end = nullptr;
    const Real x = std::strtod(text.c_str(), &end);
    if (*end == '\0' && (u ? to_si(*u, x) : x) == si) return text;
  }
  Real x = u ? from_si(*u, si) : si;
  for (const int steps : {0, 1, -1, 2, -2, 3, -3, 4, -4}) {
    Real near = x;
    for (int i = 0; i < std::abs(steps); ++i) near = std::nextafter(near, steps > 0 ? HUGE_VAL : -HUGE_VAL);
    const Real short_one = std::strtod(fmt::format("{:.12g}", near).c_str(), nullptr);
    for (const Real candidate : {short_one, near})
      if ((u ? to_si(*u, candidate) : candidate) == si) return fmt::format("{}", candidate);
  }
  return fmt::format("{}", x);
}

std::string instant(Time t) {
  const Date d = date_of(t);
  const Time ns = t - midnight(d), s = ns / ns_per_s;
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", d.year, d.month, d.day, s / 3600, s / 60 % 60, s % 60);
  if (ns % ns_per_s) text += fmt::format(".{:09}", ns % ns_per_s);
  return text + "Z";
}

class Writer {
 public:
  Writer(std::vector<Provenance> from, std::string prefix) : from_(std::move(from)), prefix_(std::move(prefix)) {}

  void operator()(const Slot& given) {
    Slot s = given;
    const std::string table = s.table;
    if (!prefix_.empty()) s.table = table.empty() ? prefix_ : prefix_ + "." + table;
    Provenance* p = value_named(from_, s.path());
    if (const auto* word = std::get_if<std::string*>(&s.at); s.key.optional && !p && !(word && !(**word).empty()))
      return;  // left out
    std::string& out = text_of_table(table);
    const Unit* u = s.key.quantity ? &unit_of(p, s) : nullptr;
    const std::string key = u ? fmt::format("{}_{}", s.key.key, u->suffix) : s.key.key,
                      value = text(s, u, p ? p->text : "");
    constexpr const char* word[] = {"measured", "sourced", "assumed"};
    if (p && p->origin != Origin::unstated)
      out += fmt::format("{} = {{ value = {}, source = {} }}\n", key, value,
                         in_quotes(fmt::format("{}: {}", word[static_cast<int>(p->origin)], p->note)));
    else out += fmt::format("{} = {}\n", key, value);
  }
  std::string take() const {
    std::string all;
    for (const auto& [table, lines] : tables_) all += lines;
    return all;
  }

 private:
  // Keys of a table may follow one of its sub-tables. hall.node[h200] starts an element of the list [[hall.node]].
  std::string& text_of_table(const std::string& table) {
    for (auto& [name, lines] : tables_)
      if (name == table) return lines;
    const std::size_t tag = table.find('[');
    const std::string head =
        tag == std::string::npos ? fmt::format("\n[{}]\n", table) : fmt::format("\n[[{}]]\n", table.substr(0, tag));
    return tables_.emplace_back(table, table.empty() ? "" : head).second;
  }
  static std::string list(const auto& items, auto&& one) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ", ") + one(item);
    return "[" + out + "]";
  }
  static std::string text(const Slot& s, const Unit* u, std::string_view written) {
    if (s.key.form == Rule::instant) return instant(*std::get<Time*>(s.at));
    const KeyValue v = value_of(s);
    if (const auto* x = std::get_if<Real>(&v)) return in_unit(*x, u, written);
    if (const auto* i = std::get_if<std::int64_t>(&v)) return fmt::format("{}", *i);
    if (const auto* b = std::get_if<bool>(&v)) return *b ? "true" : "false";
    if (const auto* t = std::get_if<std::string>(&v)) return in_quotes(*t);
    if (const auto* names = std::get_if<std::vector<std::string>>(&v)) return list(*names, in_quotes);
    std::vector<std::string_view> words;
    for (std::size_t i = 0; i < written.size();) {
      const std::size_t end = std::min(written.find(' ', i), written.size());
      words.push_back(written.substr(i, end - i));
      i = end + 1;
    }
    const auto& all = std::get<std::vector<Real>>(v);
    std::size_t i = 0;
    const bool same = words.size() == all.size();
    return list(all, [&](Real x) { return in_unit(x, u, same ? words[i++] : ""); });
  }

  std::vector<Provenance> from_;
  std::string prefix_;
  std::vector<std::pair<std::string, std::string>> tables_;
};

template <class P>
std::string written(P part, const std::vector<Provenance>& from, const std::string& prefix, std::string first) {
  Writer writer(from, prefix);
  walk(part, std::ref(writer));
  return "# " + clean(first) + "\n" + writer.take();
}

bool unchanged(const std::vector<Provenance>& all, const std::string& prefix) {
  for (const Provenance& p : all)
    if (p.file.empty() && p.key.starts_with(prefix)) return false;
  return true;
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw SiteError(fmt::format("{}: cannot be written", path.string()));
}

}  // namespace

std::string toml_of(const Site& site) { return written(site, site.provenance, "", site.title); }
std::string toml_of(const PlateClass& p, const Site& s) {
  return written(p, s.provenance, fmt::format("plate[{}]", p.name), "Plate " + p.name);
}
std::string toml_of(const PvModule& m, const Site& s) {
  return written(m, s.provenance, fmt::format("module[{}]", m.name), "Module " + m.name);
}
std::string toml_of(const Network& n) { return written(n, n.provenance, "", "Network " + n.name); }

fs::path save_site(const Site& given, const fs::path& path, const fs::path& data) {
  Site site = given;
  const auto beside = [&](const auto& part, const char* what, const char* folder) {
    std::error_code error;
    if (is_plain(part.name) && fs::is_regular_file(data / folder / (part.name + ".toml"), error) &&
        unchanged(site.provenance, fmt::format("{}[{}]", what, part.name)))
      return;
    if (!is_plain(part.name))
      throw SiteError(
          fmt::format("{} = \"{}\"; accepted in a site to be saved: a plain name, not a path", what, part.name));
    write(path.parent_path() / (part.name + ".toml"), toml_of(part, site));
  };
  for (const PlateClass& p : site.plate) beside(p, "plate", "plates");
  for (const PvModule& m : site.power.module) beside(m, "module", "modules");
  for (const Constellation& c : site.constellation) {  // a file beside the original site file is not beside this one
    if (!fs::path(c.file).is_absolute()) continue;
    if (site.comms.broadband == c.name) site.comms.broadband = c.file;
    for (std::string& name : site.comms.data)
      if (name == c.name) name = c.file;
  }
  write(path, toml_of(site));
  return path;
}

void check_site(const Site& site, const fs::path& data) {
  static std::atomic<unsigned> count = 0;
  const fs::path folder = fs::temp_directory_path() / fmt::format("coldsun-{}-{}", ::getpid(), ++count);
  fs::create_directories(folder);
  const auto remove = [&](fs::path* f) { fs::remove_all(*f); };
  fs::path held = folder;
  const std::unique_ptr<fs::path, decltype(remove)> gone(&held, remove);
  load_site(save_site(site, folder / (site.name + ".toml"), data).string(), data);
}

}  // namespace coldsun

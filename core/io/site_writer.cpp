// Writes a site as TOML: tables in the order of the lists, values in the units of the file that was read.
#include "core/io/site_writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "core/io/site_reader_parts.hpp"
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

// The number in unit u that reads back to exactly this SI value: as written before, or the shortest one; empty: none.
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
  return "";
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
    std::string value = text(s, u, p ? p->text : "");
    if (value.empty()) u = &unit_of(nullptr, s), value = text(s, u, "");
    const std::string key = u ? fmt::format("{}_{}", s.key.key, u->suffix) : s.key.key;
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
    for (const auto& item : items) {
      const std::string text = one(item);
      if (text.empty()) return "";
      out += (out.empty() ? "" : ", ") + text;
    }
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

// What is shipped under that name; nothing where no such file is.
template <class P>
std::optional<std::string> shipped_text(const char* what, const char* folder, const std::string& name,
                                        const fs::path& data) {
  std::error_code error;
  if (!is_plain(name) || !fs::is_regular_file(data / folder / (name + ".toml"), error)) return {};
  Site site;
  if constexpr (std::is_same_v<P, Site>) return toml_of(load_site(name, data));
  else {
    site_reader::File none = site_reader::parse("", what);
    const P part =
        site_reader::read_named<P>(what, folder, name, site_reader::Table(none.root, "", none), {&site, {}, data});
    return toml_of(part, site);
  }
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

namespace {

// Whether a part needs no file beside the one that names it.
template <class P>
bool as_shipped(const P& part, const Site& site, const char* what, const char* folder, const fs::path& data) {
  std::string text;
  if constexpr (std::is_same_v<P, Site>) {
    for (const Constellation& c : part.constellation)
      if (fs::path(c.file).is_absolute()) return false;
    for (const PlateClass& p : part.plate)
      if (!as_shipped(p, part, "plate", "plates", data)) return false;
    for (const PvModule& m : part.power.module)
      if (!as_shipped(m, part, "module", "modules", data)) return false;
    text = toml_of(part);
  } else {
    text = toml_of(part, site);
  }
  return shipped_text<P>(what, folder, part.name, data) == text;
}

// A file beside the first file is not beside the one that is written.
void name_files(std::string& name, const std::vector<Constellation>& all) {
  for (const Constellation& c : all)
    if (c.name == name && fs::path(c.file).is_absolute()) name = c.file;
}

}  // namespace

void save_site(Site site, const fs::path& path, const fs::path& data) {
  const auto beside = [&](const auto& part, const char* what, const char* folder) {
    const fs::path file = path.parent_path() / (part.name + ".toml");
    if (as_shipped(part, site, what, folder, data) && !fs::exists(file)) return;
    if (!is_plain(part.name) || file.filename() == path.filename())
      throw SiteError(fmt::format(
          "{} = \"{}\"; accepted in a site to be saved: a plain name, another than that of its file", what, part.name));
    write(file, toml_of(part, site));
  };
  for (const PlateClass& p : site.plate) beside(p, "plate", "plates");
  for (const PvModule& m : site.power.module) beside(m, "module", "modules");
  name_files(site.comms.broadband, site.constellation);
  for (std::string& name : site.comms.data) name_files(name, site.constellation);
  write(path, toml_of(site));
}

void save_network(Network network, const fs::path& path, const fs::path& data) {
  if (network.sites.empty()) return save_site(network.site.front(), path, data);
  for (std::size_t i = 0; i < network.site.size(); ++i) {
    const Site& site = network.site[i];
    network.sites[i] = site.name;
    if (as_shipped(site, site, "site", "sites", data) && !fs::exists(path.parent_path() / (site.name + ".toml")))
      continue;
    network.sites[i] = fmt::format("{0}/{0}", site.name);
    fs::create_directories(path.parent_path() / site.name);
    save_site(site, path.parent_path() / (network.sites[i] + ".toml"), data);
  }
  for (std::string& name : network.constellations) name_files(name, network.constellation);
  for (Link& link : network.link)
    name_files(link.from, network.constellation), name_files(link.to, network.constellation);
  write(path, toml_of(network));
}

void check_network(const Network& network, const fs::path& data) {
  static std::atomic<unsigned> count = 0;
  fs::path folder = fs::temp_directory_path() / fmt::format("coldsun-{}-{}", ::getpid(), ++count);
  fs::create_directories(folder);
  const auto remove = [](fs::path* f) { fs::remove_all(*f); };
  const std::unique_ptr<fs::path, decltype(remove)> gone(&folder, remove);
  const fs::path file = folder / (network.name + ".toml");
  save_network(network, file, data);
  load_network(file.string(), data);
}

}  // namespace coldsun

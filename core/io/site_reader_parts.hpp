// Reads the parts of a site: relations between keys, and the files that a site names.
#pragma once
#include <fmt/format.h>

#include "core/io/site_reader_table.hpp"
#include "core/site/walk.hpp"

namespace coldsun::site_reader {

/// Context of a part: its site, the folder of its file (empty: shipped file or text), and the data folder.
struct Beside {
  Site* site = nullptr;
  std::filesystem::path folder, data;
};

// Files and names.
std::string slurp(const std::filesystem::path& path);  // SiteError if it cannot be read
bool is_path(std::string_view name);                   // has a slash or ends in .toml

/// The file called `name`, absolute or relative to the data folder. `name` may have folders and an extension. Searched
/// in order: the folder of the naming file (`beside`; empty: shipped file or text), except that file itself; then
/// DATA/folder and DATA, unless the name is absolute or has "..". SiteError at `key` if no file or two extensions fit.
using Extensions = std::vector<std::string_view>;
std::filesystem::path find_file(const Table& who, std::string_view key, std::string_view what, std::string_view folder,
                                const std::string& name, const Extensions& extensions,
                                const std::filesystem::path& beside, const std::filesystem::path& data);
Constellation find_constellation(const Table& who, std::string_view key, const std::string& name, const Beside& beside);
[[noreturn]] void not_shipped(std::string_view what, std::string_view name, const std::vector<std::string>& names,
                              const std::filesystem::path& data);

// Called once a part's table has been read: checks relations between keys. SiteError, or a doubt in the provenance.
template <class P>
void settle(P&, Table&, const Beside&) {}
void settle(CloudClimate&, Table&, const Beside&);
void settle(Climate&, Table&, const Beside&);
void settle(NodeType&, Table&, const Beside&);
void settle(Hall&, Table&, const Beside&);  // reads the plates
void settle(PlateClass&, Table&, const Beside&);
void settle(Cooling&, Table&, const Beside&);
void settle(Battery&, Table&, const Beside&);
void settle(Bus&, Table&, const Beside&);
void settle(GridTie&, Table&, const Beside&);
void settle(RackConverter&, Table&, const Beside&);
void settle(Power&, Table&, const Beside&);  // reads the modules
void settle(PvModule&, Table&, const Beside&);
void settle(Band&, Table&, const Beside&);
void settle(Comms&, Table&, const Beside&);  // finds the constellations
void settle(JobMix&, Table&, const Beside&);
void settle(ShadowPoint&, Table&, const Beside&);
void settle(ParameterPrior&, Table&, const Beside&);
void settle(StudyPriors&, Table&, const Beside&);
void settle(Site&, Table&, const Beside&);
void settle(Network&, Table&, const Beside&);  // reads the sites

// Called before an optional part is read: sets defaults that follow from another part.
template <class P, class Whole>
void prepare(P&, const Whole&) {}
inline void prepare(Genset& g, const Power& p) { g.soc_stop = 0.5 * (p.battery.soc_reserve + p.battery.soc_max); }

template <class T>
inline constexpr bool is_parts = false;
template <Part P>
inline constexpr bool is_parts<std::vector<P>> = true;

/// Reads a part from its table in the order of its list.
template <Part P>
void read_part(Table t, P& part, const Beside& beside) {
  if constexpr (requires { part.present = true; }) part.present = true;
  P::each_key(part, [&]<class T>(const Key& k, T& x) {
    if (!k.applies) return;
    if constexpr (Part<T>) {
      std::optional<Table> child = k.optional ? t.child_if(k.key) : t.child(k.key);
      if (!child) return;
      prepare(x, part);
      read_part(*std::move(child), x, beside);
    } else if constexpr (is_parts<T>) {
      for (Table& child : k.optional ? t.children_if(k.key) : t.children(k.key))
        read_part(std::move(child), x.emplace_back(), beside);
    } else {
      t.read(k, x);
    }
  });
  t.finish();
  settle(part, t, beside);
}

/// Reads a plate or module named by the site.
template <Part P>
P read_named(std::string_view what, std::string_view folder, const std::string& name, const Table& who,
             const Beside& beside) {
  const std::filesystem::path path =
      beside.data / find_file(who, what, what, folder, name, {"toml"}, beside.folder, beside.data);
  const std::string text = slurp(path);
  File f = parse(text, path.filename().string());
  f.sink = &beside.site->provenance;
  P part;
  read_part(Table(f.root, fmt::format("{}[{}]", what, name), f), part, beside);
  part.name = name;
  return part;
}

/// Completes a file with the key `like` from that other site.
void complete_from(File& file, const Beside& beside, int depth = 0);

// Checks that need the whole site: sizes against the hall, ranges of points. SiteError, or a doubt in s.provenance.
void check_sizes(const Site& s, Table& t);
void check_proportions(Site& s);
/// Adds a doubt to the value of a key, with or without its unit suffix.
void add_doubt(std::vector<Provenance>& all, const std::string& key, std::string_view why);

}  // namespace coldsun::site_reader

// How the parts of a site are joined while they are read: relations between keys, and files that a site names.
#pragma once
#include <fmt/format.h>

#include "core/io/site_reader_table.hpp"
#include "core/site/walk.hpp"

namespace coldsun::site_reader {

/// What a part is read beside: its site, the folder of the file (empty: a shipped file or a text), and the data folder.
struct Beside {
  Site* site = nullptr;
  std::filesystem::path folder, data;
};

// Files and names.
std::string slurp(const std::filesystem::path& path);  // SiteError where there is nothing to read
bool is_path(std::string_view name);                   // holds a slash or ends in .toml

/// The file that `name` means, absolute or relative to the data folder. With or without its extension, and with folders
/// before it, it is looked for from the folder of the file that names it (`beside`; empty: a shipped file or a text;
/// never that file itself), then, unless it is absolute or holds "..", in DATA/folder and from DATA. SiteError at `key`
/// where there is none, or where two extensions fit.
using Extensions = std::vector<std::string_view>;
std::filesystem::path find_file(const Table& who, std::string_view key, std::string_view what, std::string_view folder,
                                const std::string& name, const Extensions& extensions,
                                const std::filesystem::path& beside, const std::filesystem::path& data);
Constellation find_constellation(const Table& who, std::string_view key, const std::string& name, const Beside& beside);
[[noreturn]] void not_shipped(std::string_view what, std::string_view name, const std::vector<std::string>& names,
                              const std::filesystem::path& data);

// Called when a part's table has been read: what no single key can see. SiteError, or a doubt in the provenance.
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

// Called before an optional part is read: defaults that follow from another part.
template <class P, class Whole>
void prepare(P&, const Whole&) {}
inline void prepare(Genset& g, const Power& p) { g.soc_stop = 0.5 * (p.battery.soc_reserve + p.battery.soc_max); }

template <class T>
inline constexpr bool is_parts = false;
template <Part P>
inline constexpr bool is_parts<std::vector<P>> = true;

/// A part from its table, key by key along its list.
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

/// A plate or a module that the site names: beside the site first, then in the data folder.
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

/// Where the file is `like` another site: what it leaves out is taken from that one.
void complete_from(File& file, const Beside& beside, int depth = 0);

// Judges what only the whole site can: sizes against the hall, instruments against what they look at. Refuses, or
// doubts in s.provenance.
void check_sizes(const Site& s, Table& t);
void check_proportions(Site& s);
/// Adds a doubt to the value of that key, which may be named without its unit.
void add_doubt(std::vector<Provenance>& all, const std::string& key, std::string_view why);

}  // namespace coldsun::site_reader

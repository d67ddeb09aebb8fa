// The readers of a site's parts, one function per table of the file.
#pragma once
#include "core/io/site_reader_table.hpp"

namespace coldsun::site_reader {

Climate read_climate(Table t);
Hall read_hall(Table t);
Cooling read_cooling(Table t);
Power read_power(Table t);
Comms read_comms(Table t);
JobMix read_jobs(Table t);
ShadowMap read_shadow(Table t);
std::vector<ParameterPrior> read_study(Table t);
PlateClass read_plate(Table t);
PvModule read_module(Table t);
LossCurve read_loss(Table t);

// Judges what only the whole site can: sizes against the hall, instruments against what they look at. Refuses, or doubts in s.provenance.
void check_proportions(Site& s);
/// Adds a doubt to the value of that key, which may be named without its unit.
void add_doubt(std::vector<Provenance>& all, const std::string& key, std::string_view why);
const Provenance* value_named(const std::vector<Provenance>& all, std::string_view key);

// Files and names.
std::string slurp(const std::filesystem::path& path);  // SiteError where there is nothing to read
bool is_path(std::string_view name);                   // holds a slash or ends in .toml

/// The file that `name` means, absolute or relative to the data folder. With or without its extension, and with folders before it, it is
/// looked for from the folder of the file that names it (`beside`; empty: a shipped file or a text; never that
/// file itself), then, unless it is absolute or holds "..", in DATA/folder and from DATA. SiteError at `key` where there is none, or where two extensions fit.
using Extensions = std::vector<std::string_view>;
std::filesystem::path find_file(const Table& who, std::string_view key, std::string_view what, std::string_view folder, const std::string& name,
                                const Extensions& extensions, const std::filesystem::path& beside, const std::filesystem::path& data);
Constellation find_constellation(const Table& who, std::string_view key, const std::string& name, const std::filesystem::path& beside,
                                 const std::filesystem::path& data);
[[noreturn]] void not_shipped(std::string_view what, std::string_view name, const std::vector<std::string>& names,
                              const std::filesystem::path& data);

}  // namespace coldsun::site_reader

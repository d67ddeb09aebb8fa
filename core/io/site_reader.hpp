// Reads site and network files (TOML) into Site and Network, SI, with the origin of every value.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/site/site.hpp"
#include "core/site/text.hpp"

namespace coldsun {

/// One sentence: "file:line: table.key = value; accepted: ...". The only exception thrown for the contents of a file.
/// Text quoted from the file is cleaned, and cut if long.
struct SiteError : std::runtime_error {
  explicit SiteError(std::string_view sentence) : std::runtime_error(clean(sentence.substr(0, 1500))) {}
};

/// `name`: a shipped site ("atacama": DATA/sites/atacama.toml) or a path. Plates, modules, constellations and job
/// statistics are searched beside that path first, then in DATA/plates, modules, constellations and jobs.
Site load_site(std::string_view name, const std::filesystem::path& data);

/// `name`: a shipped network or site, or a path to either. A site alone becomes a network of one.
Network load_network(std::string_view name, const std::filesystem::path& data);

/// A site from text instead of a file; `file` is its name in errors.
Site read_site(std::string_view text, std::string_view file, const std::filesystem::path& data);

/// Sorted names of the files in a data folder ("sites", "networks", "plates", "modules", "constellations").
std::vector<std::string> shipped(std::string_view kind, const std::filesystem::path& data);

}  // namespace coldsun

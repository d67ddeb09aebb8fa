// Reads what people write: site and network files (TOML) -> Site and Network in SI, with the origin of every value.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/site/site.hpp"
#include "core/site/text.hpp"

namespace coldsun {

/// One sentence: file:line, key, value and what is accepted. Nothing is thrown but this for anything a file may hold.
/// A file's own words in it are cleaned, and long ones cut.
struct SiteError : std::runtime_error {
  explicit SiteError(std::string_view sentence) : std::runtime_error(clean(sentence.substr(0, 1500))) {}
};

/// `name` is the name of a shipped site ("atacama": DATA/sites/atacama.toml) or a path; plates, modules, constellations
/// and job statistics are looked for beside a path first, then in DATA/plates, modules, constellations and jobs.
Site load_site(std::string_view name, const std::filesystem::path& data);

/// The name of a shipped network or site, or a path to either; a site alone is a network of one.
Network load_network(std::string_view name, const std::filesystem::path& data);

/// The same from text, for tests and for sites that come from elsewhere than a file; `file` is what errors call it.
Site read_site(std::string_view text, std::string_view file, const std::filesystem::path& data);

/// Names of what lies in a folder of the data ("sites", "networks", "plates", "modules", "constellations"), sorted.
std::vector<std::string> shipped(std::string_view kind, const std::filesystem::path& data);

}  // namespace coldsun

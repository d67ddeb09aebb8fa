// Site in memory -> TOML that reads back to the same Site; and the page of all keys.
#pragma once
#include "core/io/site_reader.hpp"

namespace coldsun {

/// The file of a site, of one of its plates or modules, of a network: each value in the unit in which it was written,
/// with its source. A value that was changed is written in the same unit, at most one rounding away.
std::string toml_of(const Site& site);
std::string toml_of(const PlateClass& plate, const Site& site);
std::string toml_of(const PvModule& module, const Site& site);
std::string toml_of(const Network& network);

/// Writes folder/NAME.toml and beside it the plates and modules that are not shipped as they are. Returns the site's
/// path.
std::filesystem::path save_site(const Site& site, const std::filesystem::path& path, const std::filesystem::path& data);

/// What only the whole site can judge, of a site that was changed in memory: written, read again and refused as a file
/// would be.
void check_site(const Site& site, const std::filesystem::path& data);

/// Every key that a file may hold: unit, what is accepted and usual, default, meaning. Markdown: data/KEYS.md.
std::string key_page();

}  // namespace coldsun

// Writes a Site as TOML that reads back to the same Site; writes the page of all keys.
#pragma once
#include "core/io/site_reader.hpp"

namespace coldsun {

/// TOML of a site, of one of its plates or modules, of a network: each value in its original unit, with its source. A
/// changed value is exact to one rounding in that unit.
std::string toml_of(const Site& site);
std::string toml_of(const PlateClass& plate, const Site& site);
std::string toml_of(const PvModule& module, const Site& site);
std::string toml_of(const Network& network);

/// Writes the site, and beside it each plate and module that differs from the shipped one. Returns the path of the
/// site.
std::filesystem::path save_site(const Site& site, const std::filesystem::path& path, const std::filesystem::path& data);

/// Checks a site changed in memory, relations between keys included: writes it to a temporary file and reads it again.
void check_site(const Site& site, const std::filesystem::path& data);

/// Every key of a file: unit, accepted and usual range, default, meaning. Markdown (data/KEYS.md).
std::string key_page();

}  // namespace coldsun

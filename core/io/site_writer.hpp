// Writes a Site as TOML that reads back to the same Site; writes the page of all keys.
#pragma once
#include "core/io/site_reader.hpp"

namespace coldsun {

/// TOML of a site, of one of its plates or modules, of a network: each value in its original unit, with its source. A
/// value that this unit cannot hold exactly is in SI.
std::string toml_of(const Site& site);
std::string toml_of(const PlateClass& plate, const Site& site);
std::string toml_of(const PvModule& module, const Site& site);
std::string toml_of(const Network& network);

/// Writes the site, and beside it each plate and module that differs from the shipped one.
void save_site(Site site, const std::filesystem::path& path, const std::filesystem::path& data);
/// Writes the network, and in a folder of its name beside it each site that differs from the shipped one. For a site
/// alone: its file.
void save_network(Network network, const std::filesystem::path& path, const std::filesystem::path& data);

/// Checks a network changed in memory, relations between keys included: writes it to a temporary file and reads it
/// again.
void check_network(const Network& network, const std::filesystem::path& data);

/// Every key of a file: unit, accepted and usual range, default, meaning. Markdown (data/KEYS.md).
std::string key_page();

}  // namespace coldsun

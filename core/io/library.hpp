// Reads the files that a network names beside its sites (element sets, shells, job statistics); lists all inputs as
// text.
#pragma once
#include <filesystem>
#include <string>

#include "core/make/make_system.hpp"

namespace coldsun::io {

// Reads every constellation and job file named by the network's sites; adds the origin of their values to the network.
// Throws SiteError.
Library load_library(Network& network, const std::filesystem::path& data);

}  // namespace coldsun::io

namespace coldsun {

// Every value read, one per line with its file: stored in the record and compared when a run is resumed.
std::string inputs_text(const Network& network);

}  // namespace coldsun

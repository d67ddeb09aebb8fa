// What a network names beside its sites: element sets, shells, job statistics, and what was read as text for the
// record.
#pragma once
#include <filesystem>
#include <string>

#include "core/make/make_system.hpp"

namespace coldsun::io {

// Reads every constellation and every job file that the network's sites name; the origin of their values joins the
// network's. Throws SiteError in one sentence.
Library load_library(Network& network, const std::filesystem::path& data);

}  // namespace coldsun::io

namespace coldsun {

// Every value that was read with its origin, one per line: part of the record, and what a resumed run is compared with.
std::string inputs_text(const Network& network);

}  // namespace coldsun

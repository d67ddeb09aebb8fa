// The parsers that are tried, each with valid inputs and with what may never come out of it.
#pragma once
#include <filesystem>

#include "fuzz.hpp"

namespace coldsun::fuzz {

/// "site", "network", "plate", "shell", "jobs", "tle", "omm"; std::runtime_error for another name.
Target target_named(std::string_view name, const std::filesystem::path& data);

/// A sentence that a person gets: one line, no control characters, not endless.
void check_sentence(const char* what);

Target elements_target(std::string_view name, const std::filesystem::path& data);

}  // namespace coldsun::fuzz

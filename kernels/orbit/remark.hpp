// Sentences about the records of element files that are not used, or used with a word. Host only.
#pragma once
#include <span>

#include "orbit/elements.hpp"

namespace coldsun::orbit {

// One sentence per file and reason, with the names of at most `most` satellites.
std::vector<std::string> sentences(std::span<const Remark> remarks, std::size_t most);

}  // namespace coldsun::orbit

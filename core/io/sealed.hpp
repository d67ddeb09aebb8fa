// The seal of a file: its last 16 bytes are a mark and a digest of all bytes before. HDF5 reads over what follows its
// end, so any tool opens a sealed file; coldsun looks at the seal first and knows of every flipped bit, in labels and
// padding too, which HDF5 does not check. It holds off accidents, not forgery: what a file says is checked as well
// (h5_guard.hpp, check_state.hpp).
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace coldsun::io {

enum class Seal : std::int8_t { sound, broken, missing };

// The 16 bytes that seal these.
std::vector<char> seal_of(const std::vector<char>& bytes);
// Looks at the whole file; Seal::missing where it cannot be read.
Seal seal_state(const std::filesystem::path& file);
// Seals a file that another tool wrote. Throws FileError.
void seal_file(const std::filesystem::path& file);

}  // namespace coldsun::io

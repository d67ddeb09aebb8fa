// Seal of a file: its last 16 bytes are a mark and a digest of all bytes before. HDF5 ignores bytes after its end, so
// any tool opens a sealed file. The seal reveals every flipped bit, also in labels and padding, which HDF5 does not
// check. It detects damage, not forgery; contents are checked as well (h5_guard.hpp, check_state.hpp).
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace coldsun::io {

enum class Seal : std::int8_t { sound, broken, missing };

// The seal (16 bytes) of these bytes.
std::vector<char> seal_of(const std::vector<char>& bytes);
// Reads the whole file; Seal::missing if it cannot be read.
Seal seal_state(const std::filesystem::path& file);
// Seals a file that another tool wrote. Throws FileError.
void seal_file(const std::filesystem::path& file);

}  // namespace coldsun::io

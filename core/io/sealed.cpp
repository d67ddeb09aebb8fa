// Makes and checks seals (sealed.hpp).
#include "core/io/sealed.hpp"

#include <array>
#include <cstring>
#include <fstream>

#include "core/io/h5.hpp"
#include "core/step/fold.hpp"

namespace coldsun::io {

namespace fs = std::filesystem;

namespace {

constexpr std::array<char, 8> mark = {'c', 'o', 'l', 'd', 's', 'e', 'a', 'l'};
constexpr std::uint64_t start = 0x636f6c6473756e33ull;  // any fixed word; "coldsun3"

std::vector<char> trailer(std::uint64_t digest, std::uint64_t size) {
  digest = fold(digest, reinterpret_cast<const char*>(&size), 8);
  std::vector<char> out(mark.begin(), mark.end());
  out.resize(16);
  std::memcpy(out.data() + 8, &digest, 8);
  return out;
}

// Digest of the first `size` bytes.
bool digest_of(std::ifstream& in, std::uint64_t size, std::uint64_t& digest) {
  std::vector<char> block(1 << 20);
  digest = start;
  for (std::uint64_t left = size; left > 0;) {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left, block.size()));
    if (!in.read(block.data(), static_cast<std::streamsize>(n))) return false;
    digest = fold(digest, block.data(), n);
    left -= n;
  }
  return true;
}

}  // namespace

std::vector<char> seal_of(const std::vector<char>& bytes) {
  return trailer(fold(start, bytes.data(), bytes.size()), bytes.size());
}

Seal seal_state(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || size < 16 || !in) return Seal::missing;
  std::array<char, 16> kept{};
  in.seekg(static_cast<std::streamoff>(size - 16));
  if (!in.read(kept.data(), 16) || std::memcmp(kept.data(), mark.data(), 8) != 0) return Seal::missing;
  in.seekg(0);
  std::uint64_t digest = 0;
  if (!digest_of(in, size - 16, digest)) return Seal::missing;
  const std::vector<char> right = trailer(digest, size - 16);
  return std::memcmp(kept.data(), right.data(), 16) == 0 ? Seal::sound : Seal::broken;
}

void seal_file(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  std::uint64_t digest = 0;
  if (error || !in || !digest_of(in, size, digest)) throw FileError(file.string() + ": cannot be read");
  const std::vector<char> seal = trailer(digest, size);
  std::ofstream out(file, std::ios::binary | std::ios::app);
  if (!out.write(seal.data(), 16).flush()) throw FileError(file.string() + ": cannot be written");
}

}  // namespace coldsun::io

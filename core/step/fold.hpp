// A 64-bit digest of bytes: for the hash of a State and the seal of a file. Not cryptographic.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

namespace coldsun {

// Finaliser of MurmurHash3 (Appleby 2011) over 64-bit words. Each step is a bijection: one changed word always changes
// the digest.
inline std::uint64_t fold(std::uint64_t h, const char* p, std::size_t n) {
  for (; n > 0;) {
    std::uint64_t w = 0;
    const std::size_t k = std::min<std::size_t>(n, 8);
    std::memcpy(&w, p, k);
    h ^= w, h ^= h >> 33, h *= 0xFF51AFD7ED558CCDull, h ^= h >> 33, h *= 0xC4CEB9FE1A85EC53ull, h ^= h >> 33;
    p += k;
    n -= k;
  }
  return h;
}

}  // namespace coldsun

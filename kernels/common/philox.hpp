// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, doi 10.1145/2063384.2063405), key = seed, counter =
// member, process and index.
#pragma once
#include "common/math.hpp"
#include "common/space.hpp"

namespace coldsun {

struct Quad {
  std::uint32_t v[4];
};

COLDSUN_FN Quad philox4x32(Quad c, std::uint32_t k0, std::uint32_t k1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * c.v[0], b = std::uint64_t{0xCD9E8D57u} * c.v[2];
    c = Quad{{static_cast<std::uint32_t>(b >> 32) ^ c.v[1] ^ k0, static_cast<std::uint32_t>(b),
              static_cast<std::uint32_t>(a >> 32) ^ c.v[3] ^ k1, static_cast<std::uint32_t>(a)}};
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  return c;
}

// One stream per random process. The numbers are part of every record: append, never renumber.
enum class Stream : std::uint8_t {
  cloud = 1,
  link = 2,
  job = 3,
  prior = 4,
  sensor = 5,
  plan = 6,
  forecast = 7,
  key = 8,
  test = 255
};

// Random numbers of one process: counter = {member, stream(8) | entity(24), index, draw}. index is the position on the
// process's own grid.
struct Chance {
  std::uint64_t seed;
  std::uint32_t member;
  Stream stream;
  std::uint32_t entity;

  COLDSUN_FN Quad bits(std::uint32_t index, std::uint32_t draw) const {
    return philox4x32(
        Quad{{member, std::uint32_t{static_cast<std::uint8_t>(stream)} << 24 | (entity & 0xFFFFFFu), index, draw}},
        static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32));
  }
  // Uniform on the open interval (0, 1), 52 bits.
  COLDSUN_FN Real uniform(std::uint32_t index, std::uint32_t draw) const {
    const Quad q = bits(index, draw);
    const std::uint64_t u = std::uint64_t{q.v[0]} << 32 | q.v[1];
    return math::real_of(0x3ff0000000000000 | u >> 12) -
           (1.0 - 0x1p-53);  // (k + 1/2) / 2^52, exact; AVX2 cannot convert k
  }
  COLDSUN_FN Real normal(std::uint32_t index, std::uint32_t draw) const {
    return math::normal_quantile(uniform(index, draw));
  }
};

}  // namespace coldsun

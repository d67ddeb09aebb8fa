// A seeded mutation driver: input k of a target follows from (seed, k) alone, so that a run can stop and go on
// anywhere, and a find be made again.
#pragma once
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace coldsun::fuzz {

/// What was accepted although it should not have been, or refused in a way that helps nobody.
struct Complaint : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// SplitMix64 (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195).
struct Random {
  std::uint64_t state;
  std::uint64_t operator()() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) { return n ? static_cast<std::size_t>((*this)() % n) : 0; }
};

struct Input {
  std::string text;
  bool one_number = false;  // nothing but one number was changed
  bool far = false;         // and that by a factor of a thousand and more, or to no number at all
  std::string number;       // as it stands now
};

struct Target {
  std::string_view name;
  std::vector<std::string> seeds;       // valid inputs; those of the kept corpus come beside them
  std::vector<std::string> dictionary;  // what the format is made of
  /// False: refused by the exception that its users expect. A crash, a sanitizer's word, another exception or a
  /// Complaint ends the run.
  std::function<bool(const Input&)> take;
};

/// One input made from the seeds: bytes, numbers, lines, pieces of another seed.
Input mutate(const Target& target, Random& random);

}  // namespace coldsun::fuzz

// How an input is made from valid ones.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "fuzz.hpp"

namespace coldsun::fuzz {

namespace {

constexpr std::size_t largest = 256u << 10;

const char* const numbers[] = {"0",
                               "-0.0",
                               "1",
                               "-1",
                               "nan",
                               "-inf",
                               "inf",
                               "1e999",
                               "1e-300",
                               "-1e300",
                               "4.9e-324",
                               "2147483648",
                               "-2147483649",
                               "9223372036854775807",
                               "9223372036854775808",
                               "18446744073709551616",
                               "0x7fffffff",
                               "1_000",
                               "00",
                               "1e5",
                               ".5",
                               "5."};

// Begin and end of the number nearest after a place, outside quoted text; equal: there is none.
std::pair<std::size_t, std::size_t> number_near(const std::string& s, std::size_t from) {
  for (std::size_t i = from; i < s.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(s[i])) != 0;
    const bool begins = digit && (i == 0 || std::string_view(" \t\n[{,=:+-").find(s[i - 1]) != std::string_view::npos);
    if (!begins) continue;
    const std::size_t line = s.rfind('\n', i) == std::string::npos ? 0 : s.rfind('\n', i) + 1;
    if (std::count(s.begin() + static_cast<std::ptrdiff_t>(line), s.begin() + static_cast<std::ptrdiff_t>(i), '"') % 2)
      continue;
    std::size_t end = i;
    while (end < s.size() && (std::isdigit(static_cast<unsigned char>(s[end])) || s[end] == '.')) ++end;
    if (end < s.size() && (s[end] == '-' || s[end] == ':' || s[end] == 'T' || s[end] == 'Z')) {  // a date
      i = s.find_first_of(" \n,", end);
      if (i == std::string::npos) break;
      continue;
    }
    return {i, end};
  }
  return {0, 0};
}

void change_number(Input& in, Random& random, bool far) {
  const auto [at, end] = number_near(in.text, random.below(in.text.size()));
  if (at == end) return;
  const std::string token = in.text.substr(at, end - at);
  std::string now;
  if (far) {
    const double power = static_cast<double>(3 + random.below(10)) * (random.below(2) ? 1 : -1);
    char out[40];
    std::snprintf(out, sizeof out, "%.12g", std::strtod(token.c_str(), nullptr) * std::pow(10.0, power));
    now = out;
    if (token.find('.') != std::string::npos && now.find_first_of(".e") == std::string::npos) now += ".0";
    in.far = std::strtod(token.c_str(), nullptr) != 0;
  } else {
    now = numbers[random.below(std::size(numbers))];
  }
  in.text.replace(at, end - at, now);
  in.number = now;
}

void change_bytes(std::string& s, const Target& t, Random& random) {
  const std::size_t at = random.below(s.size() + 1), n = s.size();
  const auto line = [&](std::size_t from) {  // of the line around a place, with its end
    const std::size_t begin =
        from == 0 || s.rfind('\n', from - 1) == std::string::npos ? 0 : s.rfind('\n', from - 1) + 1;
    const std::size_t end = s.find('\n', from);
    return std::pair{begin, (end == std::string::npos ? n : end + 1) - begin};
  };
  switch (random.below(12)) {
    case 0:
      if (at < n) s[at] = static_cast<char>(random());
      break;
    case 1:
      if (at < n) s[at] = static_cast<char>(s[at] ^ (1 << random.below(8)));
      break;
    case 2:
      s.erase(std::min(at, n), random.below(16));
      break;
    case 3:
      s.erase(std::min(at, n), random.below(600));
      break;
    case 4:
      s.resize(at);
      break;
    case 5:
      s.insert(at, std::string(1 + random.below(8), static_cast<char>(random())));
      break;
    case 6:
      if (!t.dictionary.empty()) s.insert(at, t.dictionary[random.below(t.dictionary.size())]);
      break;
    case 7: {  // a line twice, or many times
      const auto [begin, length] = line(at);
      const std::string copy = s.substr(begin, length);
      for (std::size_t k = random.below(10) ? 1 : 200; k > 0 && s.size() < largest; --k) s.insert(begin, copy);
      break;
    }
    case 8: {  // a line elsewhere
      const auto [begin, length] = line(at);
      const std::string copy = s.substr(begin, length);
      s.erase(begin, length);
      s.insert(random.below(s.size() + 1), copy);
      break;
    }
    case 9: {
      const auto [begin, length] = line(at);
      s.erase(begin, length);
      break;
    }
    case 10: {  // a piece of another seed
      const std::string& other = t.seeds[random.below(t.seeds.size())];
      const std::size_t from = random.below(other.size() + 1);
      s.insert(at, other.substr(from, random.below(400)));
      break;
    }
    default: {  // a piece many times
      const std::string piece = s.substr(at, 1 + random.below(12));
      std::string many;
      for (std::size_t k = random.below(2) ? 40 : 4000; k > 0 && many.size() < largest / 4; --k) many += piece;
      s.insert(at, many);
      break;
    }
  }
  if (s.size() > largest) s.resize(largest);
}

}  // namespace

Input mutate(const Target& target, Random& random) {
  Input in{target.seeds[random.below(target.seeds.size())], false, false, {}};
  switch (random.below(4)) {
    case 0:
      in.one_number = true;
      change_number(in, random, true);
      break;
    case 1:
      in.one_number = true;
      change_number(in, random, false);
      break;
    default:
      for (std::size_t k = 1 + random.below(4); k > 0; --k) {
        if (random.below(4)) change_bytes(in.text, target, random);
        else change_number(in, random, false);
      }
  }
  return in;
}

}  // namespace coldsun::fuzz

// Cleans text before it is shown; checks names.
#include "core/site/text.hpp"

#include <algorithm>
#include <cstdint>

namespace coldsun {

namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

// The code point at the front (RFC 3629).
Decoded decode(std::string_view s) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(s[i])); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || s.size() < n) return {};
  std::uint32_t code = first & (0x7fu >> n);
  for (std::size_t i = 1; i < n; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool too_long = n == 3 ? code < 0x800 : n == 4 && code < 0x10000;
  if (too_long || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) return {};
  return {code, n};
}

// False for C0, DEL and C1, which control terminals, and for invisible or direction-changing characters (Unicode 15,
// general categories Cf, Zl, Zp).
bool shows(std::uint32_t c) {
  return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && c != 0xad && c != 0x61c && !(c >= 0x200b && c <= 0x200f) &&
         !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff &&
         !(c >= 0xfff9 && c <= 0xfffb) && !(c >= 0xe0000 && c <= 0xe0fff);
}

}  // namespace

std::string clean(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Decoded d = decode(text);
    const std::size_t n = std::max<std::size_t>(1, d.length);
    if (d.length && shows(d.code)) out += text.substr(0, n);
    else if (text[0] == '\n' || text[0] == '\t' || text[0] == '\r') out += lines && text[0] == '\n' ? '\n' : ' ';
    else out += '?';
    text.remove_prefix(n);
  }
  return out;
}

bool is_plain(std::string_view name) {
  const auto alnum = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 64 && alnum(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return alnum(c) || c == '_' || c == '-' || c == '.'; });
}

}  // namespace coldsun

// Text from files, made safe for a terminal, a log or a file name.
#pragma once
#include <string>
#include <string_view>

namespace coldsun {

/// Control characters (C0, DEL, C1), direction marks, invisible characters and bytes that are not UTF-8 become '?'.
/// Line ends are kept if `lines` is set, else they become blanks.
std::string clean(std::string_view text, bool lines = false);

/// Letters, digits, '.', '_' and '-', a letter or digit first, at most 64: safe as a file name, as a level of an MQTT
/// topic and as a HDF5 link.
bool is_plain(std::string_view name);
inline constexpr std::string_view plain_words = "a name of letters, digits, . _ -, a letter or digit first, at most 64";

}  // namespace coldsun

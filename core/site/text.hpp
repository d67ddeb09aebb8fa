// Text that people wrote, before it is shown: in a terminal, a log, a file name.
#pragma once
#include <string>
#include <string_view>

namespace coldsun {

/// Control characters (C0, DEL, C1), marks that turn the direction of writing, invisible ones and bytes that are no
/// UTF-8 become '?'. Line ends stay where `lines` is set, else they become blanks.
std::string clean(std::string_view text, bool lines = false);

/// Letters, digits, '.', '_' and '-', a letter or digit first, at most 64: safe as a file name, as a level of an MQTT
/// topic and as a HDF5 link.
bool is_plain(std::string_view name);
inline constexpr std::string_view plain_words = "a name of letters, digits, . _ -, a letter or digit first, at most 64";

}  // namespace coldsun

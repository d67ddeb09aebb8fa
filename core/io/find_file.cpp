// Finds the files named by a site or network: beside the naming file first, then in the data folder.
#include <fmt/format.h>

#include <algorithm>

#include "core/io/site_reader_parts.hpp"

namespace coldsun::site_reader {

namespace fs = std::filesystem;

namespace {

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Files called `name`, or with one of the extensions, in a folder.
std::vector<fs::path> named_in(const fs::path& folder, const std::string& name, const Extensions& extensions) {
  std::vector<fs::path> found;
  if (name.find('.') != std::string::npos && is_file(folder / name)) found.push_back(folder / name);
  for (const std::string_view extension : extensions)
    if (const fs::path path = folder / fmt::format("{}.{}", name, extension); is_file(path)) found.push_back(path);
  return found;
}

bool leaves(const fs::path& p) { return p.is_absolute() || std::find(p.begin(), p.end(), "..") != p.end(); }

std::string or_of(const Extensions& extensions) {
  std::string o;
  for (const std::string_view e : extensions) o += fmt::format("{}.{}", o.empty() ? "" : ", ", e);
  return o;
}

}  // namespace

fs::path find_file(const Table& who, std::string_view key, std::string_view what, std::string_view folder,
                   const std::string& name, const Extensions& extensions, const fs::path& beside,
                   const fs::path& data) {
  const bool sound = !name.empty() && name.size() < 1000 &&
                     std::all_of(name.begin(), name.end(), [](unsigned char c) { return c >= ' ' && c != 0x7f; });
  if (!sound)
    who.fail(key, fmt::format("= \"{}\"; accepted: the name or path of a {}",
                              name.size() < 60 ? name : name.substr(0, 57) + "...", what));
  const auto one = [&](const std::vector<fs::path>& found) -> std::optional<fs::path> {
    if (found.size() > 1)
      who.fail(key, fmt::format("= \"{}\" fits {} and {}; accepted: the name with its extension", name,
                                found[0].filename().string(), found[1].filename().string()));
    return found.empty() ? std::nullopt : std::optional(found[0]);
  };
  if (!beside.empty()) {
    std::vector<fs::path> found = named_in(beside, name, extensions);
    // Site mine.toml may name mine.tle as "mine".
    const auto self = fs::absolute(beside / who.file()).lexically_normal();
    std::erase_if(found, [&](const fs::path& path) { return fs::absolute(path).lexically_normal() == self; });
    if (const auto path = one(found)) return fs::absolute(*path).lexically_normal();
  }
  if (!leaves(name)) {
    if (const auto path = one(named_in(data / folder, name, extensions)))
      return fs::path(folder) / path->lexically_relative(data / folder);
    if (name.find('/') != std::string::npos)
      if (const auto path = one(named_in(data, name, extensions))) return path->lexically_relative(data);
  }
  std::vector<std::string> names = shipped(folder, data);
  who.fail(key,
           fmt::format("= \"{}\"; accepted: a {} ({}) {}in {}: {}", name, what, or_of(extensions),
                       beside.empty() ? "" : fmt::format("beside the file that names it, in {}, or ", beside.string()),
                       (data / folder).string(), names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

}  // namespace coldsun::site_reader

// Finds and reads site files.
#include "core/io/site_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <numbers>

#include "core/io/describe.hpp"
#include "core/io/site_reader_parts.hpp"

namespace coldsun {

namespace fs = std::filesystem;
using namespace site_reader;

namespace {
constexpr std::uintmax_t largest_file = 16u << 20;  // site files take some kB; larger files are refused unread

}  // namespace

namespace site_reader {

std::string slurp(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    throw SiteError(fmt::format("{}: no such file; accepted: the path of a site or network file", path.string()));
  if (!fs::is_regular_file(path, error))
    throw SiteError(fmt::format("{}: not a regular file; accepted: a TOML file", path.string()));
  if (fs::file_size(path, error) > largest_file)
    throw SiteError(fmt::format("{}: larger than 16 MiB; accepted: a TOML file", path.string()));
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) throw SiteError(fmt::format("{}: cannot be read", path.string()));
  return text;
}

bool is_path(std::string_view name) {
  return name.find('/') != std::string_view::npos || (name.size() > 5 && name.substr(name.size() - 5) == ".toml");
}

std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

void not_shipped(std::string_view what, std::string_view name, const std::vector<std::string>& names,
                 const fs::path& data) {
  const std::string near = nearest(name, {names.begin(), names.end()});
  throw SiteError(fmt::format("no {} is named \"{}\"{}; accepted: a path, or a name shipped in {}: {}", what, name,
                              near.empty() ? "" : fmt::format(", did you mean {}?", near), data.string(),
                              listed(names)));
}

}  // namespace site_reader

namespace {

Site read(std::string_view text, std::string_view name, const fs::path& folder, const fs::path& data) {
  File file = parse(text, name);
  Site s;
  file.sink = &s.provenance;
  complete_from(file, {&s, folder, data});
  read_part(Table(file.root, "", file), s, {&s, folder, data});
  return s;
}

}  // namespace

std::vector<std::string> shipped(std::string_view kind, const fs::path& data) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data / kind, error))
    if (const fs::path e = entry.path().extension();
        e == ".toml" || (kind == "constellations" && (e == ".csv" || e == ".tle")))
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

Site load_site(std::string_view name, const fs::path& data) {
  if (is_path(name)) {
    const fs::path path(name);
    const std::string text = slurp(path);
    return read(text, path.filename().string(), path.parent_path().empty() ? fs::path(".") : path.parent_path(), data);
  }
  std::error_code error;
  const fs::path path = data / "sites" / fmt::format("{}.toml", name);
  if (!is_plain(name) || !fs::is_regular_file(path, error)) not_shipped("site", name, shipped("sites", data), data);
  return read(slurp(path), path.filename().string(), {}, data);
}

Site read_site(std::string_view text, std::string_view file, const fs::path& data) {
  return read(text, file, {}, data);
}

}  // namespace coldsun

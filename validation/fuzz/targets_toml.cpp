// Site, plate, network, shell and job files: what is accepted has no number a thousand times off without a doubt.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "core/io/describe.hpp"
#include "core/io/library.hpp"
#include "core/io/site_reader.hpp"
#include "targets.hpp"

namespace coldsun::fuzz {

namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The shortest of sources, no comments: a tenth of the time.
std::string brief(const std::string& text) {
  std::string out;
  std::size_t at = 0;
  const std::string mark = "source = \"";
  while (at < text.size()) {
    const std::size_t source = std::min(text.find(mark, at), text.size());
    out += text.substr(at, source - at);
    if (source == text.size()) break;
    out += mark + "assumed: x";
    at = text.find('"', source + mark.size());
  }
  std::string bare;
  bool quoted = false, comment = false;
  for (const char c : out) {
    if (c == '"' && !comment) quoted = !quoted;
    if (c == '\n') quoted = comment = false;
    if (c == '#' && !quoted) comment = true;
    if (!comment) bare += c;
  }
  return bare;
}

// Where one number is far off: a site at another height is still a site (tests/io_site_slip_test.cpp has the reasons).
bool may_stand(const Input& in, const std::string& before, const std::string& after) {
  const auto [a, b] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  const std::size_t at = static_cast<std::size_t>(a - before.begin());
  const std::size_t line = before.rfind('\n', at) == std::string::npos ? 0 : before.rfind('\n', at) + 1;
  return in.number.empty() || before.compare(line, 8, "altitude") == 0;
}

struct Toml {
  std::vector<std::string> seed;
  std::vector<std::size_t> usual;  // doubts of each seed
  std::function<std::size_t(const std::string&)> doubts_of;

  bool operator()(const Input& in) {
    std::size_t n = 0;
    try {
      n = doubts_of(in.text);
    } catch (const SiteError& e) {
      check_sentence(e.what());
      return false;
    }
    if (in.one_number && in.far)
      for (std::size_t i = 0; i < seed.size(); ++i)  // the seed that it came from: the one that differs in one place
        if (std::abs(static_cast<std::ptrdiff_t>(seed[i].size()) - static_cast<std::ptrdiff_t>(in.text.size())) < 30 &&
            n <= usual[i] && differs_in_one_place(seed[i], in.text) && !may_stand(in, seed[i], in.text))
          throw Complaint("a number far off is taken in silence: " + in.number);
    return true;
  }

  static bool differs_in_one_place(const std::string& a, const std::string& b) {
    std::size_t front = 0, back = 0;
    while (front < std::min(a.size(), b.size()) && a[front] == b[front]) ++front;
    while (back < std::min(a.size(), b.size()) - front && a[a.size() - 1 - back] == b[b.size() - 1 - back]) ++back;
    return a.size() - front - back < 30 && b.size() - front - back < 30;
  }
};

fs::path scratch() {
  const fs::path folder =
      fs::temp_directory_path() / ("coldsun_fuzz_" + std::to_string(static_cast<long long>(getpid())));
  fs::create_directories(folder);
  return folder;
}

std::vector<std::string> toml_dictionary() {
  return {"[",
          "]",
          "[[",
          "]]",
          "{",
          "}",
          "=",
          "\"",
          "\"\"\"",
          "'''",
          "'",
          "#",
          "\n",
          "\\u001b",
          "\\U0010ffff",
          "\xff",
          "\0",
          "nan",
          "1e999",
          "0x",
          "true",
          "2026-06-14T04:00:00Z",
          "2026-02-30",
          "{ value = 1, source = \"assumed: x\" }",
          "source = \"measured: \"",
          "_kw",
          "_degc",
          "..",
          "/"};
}

Target toml_target(std::string_view name, std::vector<std::string> seeds,
                   std::function<std::size_t(const std::string&)> doubts_of) {
  Toml t{std::move(seeds), {}, std::move(doubts_of)};
  for (std::string& s : t.seed) s = brief(s), t.usual.push_back(t.doubts_of(s));
  return {name, t.seed, toml_dictionary(), t};
}

}  // namespace

void check_sentence(const char* what) {
  const std::size_t n = std::strlen(what);
  if (n == 0 || n > 4000) throw Complaint("a sentence of " + std::to_string(n) + " characters");
  for (const char* c = what; *c; ++c)
    if (static_cast<unsigned char>(*c) < 0x20 || *c == 0x7f)
      throw Complaint(std::string("a control character in: ") + what);
}

Target target_named(std::string_view name, const fs::path& data) {
  const auto site_doubts = [data](const std::string& text) {
    return doubts(read_site(text, "site.toml", data)).size();
  };
  if (name == "site")
    return toml_target(name, {read(data / "sites/atacama.toml"), read(data / "sites/masdar.toml")}, site_doubts);
  if (name == "network" || name == "plate" || name == "module") {
    const fs::path folder = scratch();
    const std::string file = name == "network" ? "networks/pilots.toml"
                             : name == "plate" ? "plates/gpu_700w.toml"
                                               : "modules/longi_lr5_72hbd_545m.toml";
    const fs::path mine = folder / fs::path(file).filename(), site = folder / "mine.toml";
    std::ofstream(site, std::ios::binary) << brief(read(data / "sites/atacama.toml"));
    return toml_target(name, {read(data / file)}, [=](const std::string& text) {
      std::ofstream(mine, std::ios::binary) << text;
      if (file.starts_with("networks")) return doubts(load_network(mine.string(), data).provenance).size();
      return doubts(load_site(site.string(), data)).size();
    });
  }
  if (name == "shell" || name == "jobs") {
    const fs::path folder = scratch();
    const std::string file = name == "shell" ? "constellations/broadband.toml" : "jobs/philly.toml";
    for (const char* part : {"constellations", "jobs"}) fs::create_directories(folder / part);
    for (const char* part : {"constellations/broadband.toml", "jobs/philly.toml"})
      fs::copy_file(data / part, folder / part, fs::copy_options::overwrite_existing);
    Network one = load_network("atacama", data);
    one.site[0].comms.data.clear();
    const bool numbers = name == "shell";  // of jobs any statistics may be, as long as they are some
    Target t = toml_target(name, {read(data / file)}, [=](const std::string& text) {
      std::ofstream(folder / file, std::ios::binary) << text;
      Network n = one;
      io::load_library(n, folder);
      return doubts(n.provenance).size();
    });
    if (!numbers)
      t.take = [take = t.take](const Input& in) {
        Input other = in;
        other.far = false;
        return take(other);
      };
    return t;
  }
  return elements_target(name, data);
}

}  // namespace coldsun::fuzz

// Tries the parsers of what people and services write: coldsun_fuzz TARGET [--inputs N] [--seconds S] [--seed K]
// [--data DIR] [--corpus DIR]
// [--state FILE] [--input FILE]. The input at work lies in STATE.input until it is done: after a crash it is the find.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "targets.hpp"

namespace {

namespace fs = std::filesystem;
using namespace coldsun::fuzz;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The input at work, in a file that outlives this process.
class Desk {
 public:
  explicit Desk(const fs::path& path) : file_(open(path.c_str(), O_RDWR | O_CREAT, 0644)) {
    if (file_ < 0 || ftruncate(file_, size) != 0) throw std::runtime_error(path.string() + ": cannot be written");
    at_ = static_cast<char*>(mmap(nullptr, size, PROT_WRITE | PROT_READ, MAP_SHARED, file_, 0));
    if (at_ == MAP_FAILED) throw std::runtime_error(path.string() + ": cannot be mapped");
  }
  void lay(const std::string& text) {
    const std::size_t n = std::min(text.size(), size - 32);
    const int head = std::snprintf(at_, 32, "%zu\n", n);
    std::memcpy(at_ + head, text.data(), n);
  }

 private:
  static constexpr std::size_t size = 1u << 20;
  int file_;
  char* at_;
};

constexpr int patience = 20;  // processor seconds per input: a thousand times what one takes
void too_long(int) {
  constexpr char word[] = "coldsun_fuzz: an input takes more than 20 s of processor time\n";
  if (write(2, word, sizeof word - 1)) {
  }
  std::abort();
}
void arm() {
  const itimerval t{{0, 0}, {patience, 0}};
  setitimer(ITIMER_PROF, &t, nullptr);
}

// 0: all taken or refused as users expect; 1: a complaint.
int one(const Target& target, const Input& in, Desk& desk, std::uint64_t& taken) {
  desk.lay(in.text);
  try {
    taken += target.take(in);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "coldsun_fuzz %s: %s\n", std::string(target.name).c_str(), e.what());
    return 1;
  }
}

int run(int argc, char** argv) {
  std::map<std::string, std::string> option = {{"--inputs", "1000"},
                                               {"--seconds", "1e9"},
                                               {"--seed", "1"},
                                               {"--data", "data"},
                                               {"--corpus", "validation/fuzz/corpus"},
                                               {"--state", ""},
                                               {"--input", ""}};
  const std::string name = argc > 1 ? argv[1] : "";
  for (int i = 2; i + 1 < argc; i += 2) {
    if (!option.count(argv[i])) throw std::runtime_error(std::string(argv[i]) + ": no such option");
    option[argv[i]] = argv[i + 1];
  }
  Target target = target_named(name, option["--data"]);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(option["--corpus"]) / name, error))
    target.seeds.push_back(read(entry.path()));
  const fs::path state =
      option["--state"].empty() ? fs::temp_directory_path() / ("coldsun_fuzz_" + name) : fs::path(option["--state"]);
  if (state.has_parent_path()) fs::create_directories(state.parent_path());
  Desk desk(state.string() + ".input");
  signal(SIGPROF, too_long);
  std::uint64_t taken = 0;
  if (!option["--input"].empty()) return one(target, {read(option["--input"]), false, false, {}}, desk, taken);
  for (const std::string& seed : target.seeds) {  // the kept corpus as it is
    arm();
    if (one(target, {seed, false, false, {}}, desk, taken)) return 1;
  }
  const std::uint64_t inputs = std::stoull(option["--inputs"]), seed = std::stoull(option["--seed"]);
  std::uint64_t next = 0;
  if (!option["--state"].empty()) std::ifstream(state) >> next;
  const auto begin = std::chrono::steady_clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(); };
  const std::uint64_t first = next;
  taken = 0;
  for (; next < inputs && seconds() < std::stod(option["--seconds"]); ++next) {
    Random random{seed * 0x100000001b3u ^ next * 0x9e3779b97f4a7c15u};
    const Input in = mutate(target, random);
    arm();
    if (one(target, in, desk, taken)) {
      std::fprintf(stderr, "coldsun_fuzz %s: input %llu of seed %llu; the text lies in %s.input after its length\n",
                   name.c_str(), static_cast<unsigned long long>(next), static_cast<unsigned long long>(seed),
                   state.c_str());
      return 1;
    }
    if (!option["--state"].empty() && (next % 256 == 255 || next + 1 == inputs))
      std::ofstream(state) << next + 1 << "\n";
  }
  const double n = static_cast<double>(next - first);
  std::printf("%-10s %llu of %llu inputs done; now %.0f at %.0f per s, %.0f %% taken\n", name.c_str(),
              static_cast<unsigned long long>(next), static_cast<unsigned long long>(inputs), n,
              n / std::max(seconds(), 1e-9), 100.0 * static_cast<double>(taken) / std::max(n, 1.0));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "coldsun_fuzz: %s\n", e.what());
    return 2;
  }
}

// Runs the benchmarks: measures the machine first, then reports the share of its limits that each kernel reaches. A
// benchmark calls rates() (rates.hpp) with bytes and flops counted by hand; state.counters["threads"] = 1 if it runs on
// one thread. The share of memory bandwidth is given for kernels whose working set exceeds the caches; the others are
// bound by arithmetic or a cache. --benchmark_format=json and --benchmark_out=FILE contain the shares too.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "bench/machine.hpp"

namespace {

using coldsun::Real;
using coldsun::bench::Machine;
using Run = benchmark::BenchmarkReporter::Run;

Real counter(const Run& run, const char* name) {
  const auto found = run.counters.find(name);
  return found == run.counters.end() ? 0.0 : static_cast<Real>(found->second);
}
bool on_one_thread(const Run& run) { return counter(run, "threads") == 1.0; }
bool in_cache(const Machine& m, const Run& run) { return counter(run, "working_set") <= m.cache; }
// At most 1: a kernel faster than the triad is a better measure of the memory.
Real share_of_bandwidth(const Machine& m, const Run& run) {
  return std::min(counter(run, "bytes") / (on_one_thread(run) ? m.bandwidth_one : m.bandwidth_all), 1.0);
}
Real share_of_arithmetic(const Machine& m, const Run& run) {
  return counter(run, "flops") / (on_one_thread(run) ? m.flops_one : m.flops_all);  // above 1: the count is wrong
}

// Reason why a benchmark gave no time, or ""; the library renamed the member in version 1.8.
template <class R>
std::string failure(const R& run) {
  if constexpr (requires { run.error_occurred; }) return run.error_occurred ? run.error_message : "";
  else return run.skipped ? run.skip_message : "";
}

class Table : public benchmark::BenchmarkReporter {
 public:
  explicit Table(const Machine& machine) : machine_(machine) {}
  bool ReportContext(const Context&) override {
    const Machine& m = machine_;
    std::printf("memory  %7.1f GB/s on all threads (%d), %.1f on one: triad over %.0f MB; caches hold %.1f MB\n",
                m.bandwidth_all / 1e9, m.threads, m.bandwidth_one / 1e9, m.triad / 1e6, m.cache / 1e6);
    std::printf("fma     %7.1f Gflop/s on all threads (%d), %.1f on one: chains of fma\n\n", m.flops_all / 1e9,
                m.threads, m.flops_one / 1e9);
    std::printf("%-36s %12s %10s %12s %9s %9s %9s %9s\n", "kernel", "time", "items/s", "working set", "GB/s",
                "of memory", "Gflop/s", "of fma");
    return true;
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const std::string why = failure(run);
      failed_ = failed_ || !why.empty();
      if (!why.empty()) std::printf("%-36s FAILED: %s\n", run.benchmark_name().c_str(), why.c_str());
      else row(run);
    }
    std::fflush(stdout);
  }
  bool failed() const { return failed_; }

 private:
  void row(const Run& run) const {
    std::string name = run.benchmark_name();
    if (const auto at = name.find("/real_time"); at != std::string::npos) name.erase(at, std::strlen("/real_time"));
    const Real ns = run.GetAdjustedRealTime() * 1e9 / benchmark::GetTimeUnitMultiplier(run.time_unit);
    const char* unit = ns < 1e3 ? "ns" : (ns < 1e6 ? "us" : "ms");
    char share[16] = "in cache";
    if (!in_cache(machine_, run))
      std::snprintf(share, sizeof share, "%.1f%%", 100.0 * share_of_bandwidth(machine_, run));
    std::printf("%-36s %9.3f %s %10.3g %9.3f MB %9.2f %9s %9.2f %8.1f%%\n", name.c_str(),
                ns < 1e3 ? ns : (ns < 1e6 ? ns / 1e3 : ns / 1e6), unit, counter(run, "items"),
                counter(run, "working_set") / 1e6, counter(run, "bytes") / 1e9, share, counter(run, "flops") / 1e9,
                100.0 * share_of_arithmetic(machine_, run));
  }
  Machine machine_;
  bool failed_ = false;
};

// The library's JSON with the two shares among the counters.
class Json : public benchmark::JSONReporter {
 public:
  explicit Json(const Machine& machine) : machine_(machine) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    auto with_shares = runs;
    for (Run& run : with_shares) {
      failed_ = failed_ || !failure(run).empty();
      if (!in_cache(machine_, run)) run.counters["share_bandwidth"] = share_of_bandwidth(machine_, run);
      run.counters["share_arithmetic"] = share_of_arithmetic(machine_, run);
    }
    benchmark::JSONReporter::ReportRuns(with_shares);
  }
  bool failed() const { return failed_; }

 private:
  Machine machine_;
  bool failed_ = false;
};

bool has(int argc, char** argv, const char* start) {
  return std::any_of(argv + 1, argv + argc,
                     [start](const char* a) { return std::strncmp(a, start, std::strlen(start)) == 0; });
}

Machine measure_and_tell() {
  const Machine m = coldsun::bench::measure_machine();
  benchmark::AddCustomContext("instruction_set", coldsun::bench::instruction_set);
  benchmark::AddCustomContext("threads", std::to_string(m.threads));
  benchmark::AddCustomContext("triad_one_thread_bytes_per_second", std::to_string(m.bandwidth_one));
  benchmark::AddCustomContext("triad_all_threads_bytes_per_second", std::to_string(m.bandwidth_all));
  benchmark::AddCustomContext("cache_bytes", std::to_string(m.cache));
  benchmark::AddCustomContext("fma_one_thread_flops", std::to_string(m.flops_one));
  benchmark::AddCustomContext("fma_all_threads_flops", std::to_string(m.flops_all));
  return m;
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = has(argc, argv, "--benchmark_format=json"), file = has(argc, argv, "--benchmark_out=");
  const bool list = has(argc, argv, "--benchmark_list_tests");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const Machine machine = list ? Machine{} : measure_and_tell();
  Table table(machine);
  Json to_screen(machine), to_file(machine);
  benchmark::BenchmarkReporter* const screen = json ? static_cast<benchmark::BenchmarkReporter*>(&to_screen) : &table;
  const std::size_t n_run =
      file ? benchmark::RunSpecifiedBenchmarks(screen, &to_file) : benchmark::RunSpecifiedBenchmarks(screen);
  benchmark::Shutdown();
  return n_run == 0 || table.failed() || to_screen.failed();
}

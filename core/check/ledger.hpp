// Ledger: compares two backends kernel by kernel over the fields that kernels may write. Balance: sums that must be
// zero.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "core/step/snapshot.hpp"

namespace coldsun {

// Runs a kernel on two backends from the same memory and keeps the largest difference of their results. Output fields
// that the first run does not read are poisoned with NaN before the second.
class Ledger {
 public:
  struct Kernel {
    std::int64_t n_call = 0, n_poisoned = 0;  // calls; calls with an output that could be poisoned
    double worst = 0.0;  // largest difference, relative to the element or to 1e-6 of the field's largest
    std::string where;   // field of that difference
  };

  explicit Ledger(std::vector<FieldRef> fields) : fields_(std::move(fields)) {}

  void compare(const std::string& kernel, const std::function<void()>& first, const std::function<void()>& second);
  const std::map<std::string, Kernel>& kernels() const { return kernels_; }

 private:
  using Bytes = std::vector<std::vector<char>>;
  void keep(Bytes& bytes) const;
  void put_back(const Bytes& bytes) const;
  std::int64_t poison(const std::vector<char>& which) const;
  bool reads(const std::function<void()>& first, const std::vector<char>& which);
  void record(Kernel& kernel, const Bytes& want) const;

  std::vector<FieldRef> fields_;
  Bytes before_, after_, again_;
  std::map<std::string, Kernel> kernels_;
};

// Residual of sums that must be zero, over its tolerance: the larger of 1e-10 of the largest term and the rounding of
// stored values. Must be at most 1; NaN counts as infinite.
struct Balance {
  double worst = 0.0;
  void add(std::initializer_list<double> terms, double rounding = 0.0) {
    double sum = 0.0, most = 0.0;
    for (const double t : terms) {
      sum += t;
      most = std::max(most, std::fabs(t));
    }
    if (sum == 0.0) return;
    const double share = std::fabs(sum) / std::max(1e-10 * most, rounding);
    worst = std::isfinite(share) ? std::max(worst, share) : std::numeric_limits<double>::infinity();
  }
  bool holds() const { return worst <= 1.0; }
};

// Calls and seconds of each kernel.
struct Tally {
  struct Kernel {
    std::int64_t n_call = 0;
    double seconds = 0.0;
  };
  std::map<std::string, Kernel> kernels;
};

// Name of a functor: "thermal::Conduct".
std::string kernel_name(const char* mangled);

}  // namespace coldsun

// Ledger: what kernels may write, kept and compared; how two backends are held against each other, kernel by kernel.
// Balance: sums that must be zero.
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

// Runs a kernel on the first backend and on the second from the same memory, and keeps how far their results differ.
// Each output field is poisoned with NaN before the second run where the first does not read it.
class Ledger {
 public:
  struct Kernel {
    std::int64_t n_call = 0, n_poisoned = 0;  // calls; calls with an output that could be poisoned
    double worst = 0.0;  // largest difference, relative to the element or to 1e-6 of the field's largest
    std::string where;   // the field it was seen in
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

// What is left of sums that must be zero, as a share of what is accepted: 1e-10 of the largest term, or the rounding of
// what is stored, whichever is larger. 1 is the bar; what is not a number is beyond it.
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

// The functor's own name: "thermal::Conduct".
std::string kernel_name(const char* mangled);

}  // namespace coldsun

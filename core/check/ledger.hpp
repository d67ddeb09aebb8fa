// Ledger: what kernels may write, kept and compared; how two backends are held against each other, kernel by kernel.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/snapshot.hpp"

namespace coldsun {

// Runs a kernel on the first backend and on the second from the same memory, and keeps how far their results differ.
// The outputs are poisoned with NaN before the second run wherever the first does not read them.
class Ledger {
 public:
  struct Kernel {
    std::int64_t n_call = 0, n_poisoned = 0;  // calls; calls whose outputs could be poisoned
    std::int64_t n_written = 0;               // elements that changed
    double worst = 0.0;                       // largest difference, relative to the element or to 1e-6 of the field's largest
    std::string where;                        // the field it was seen in
  };

  explicit Ledger(std::vector<FieldRef> fields) : fields_(std::move(fields)) {}

  void compare(const std::string& kernel, const std::function<void()>& first, const std::function<void()>& second);
  const std::map<std::string, Kernel>& kernels() const { return kernels_; }

 private:
  using Bytes = std::vector<std::vector<char>>;
  void keep(Bytes& bytes) const;
  void put_back(const Bytes& bytes) const;
  std::int64_t poison(const Bytes& before, const Bytes& after) const;
  void record(Kernel& kernel, const Bytes& want) const;

  std::vector<FieldRef> fields_;
  Bytes before_, after_, again_;
  std::map<std::string, Kernel> kernels_;
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

// Checks that each field is changed only by the writer named in its field list.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/step/snapshot.hpp"

namespace coldsun {

// A writer is a kernel ("CloseSites", in any namespace), a physics whose kernels share the field ("workload"), a group
// of kernels ("cuts", in writers.cpp), or the host: then no kernel may change the field.
class Writers {
 public:
  explicit Writers(std::vector<FieldRef> fields) : fields_(std::move(fields)), before_(fields_.size()) {}
  void watch(const std::string& kernel, const std::function<void()>& run);
  // One sentence per fault: a field changed by a kernel other than its writer, or never changed by its writer.
  std::vector<std::string> faults() const;

 private:
  std::vector<FieldRef> fields_;
  std::vector<std::vector<char>> before_;
  std::map<std::string, std::set<std::string>> changed_by_;  // path -> kernels
};

bool may_write(const std::string& writer, const std::string& kernel);

}  // namespace coldsun

// Who changes which field: what a kernel changed is held against the writer that the field's line names.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/step/snapshot.hpp"

namespace coldsun {

// A line's writer is a kernel ("CloseSites", in any namespace), a physics whose kernels hand the field on to each other
// ("workload"), one of the groups of kernels below ("cuts"), or the host: then no kernel may change it.
class Writers {
 public:
  explicit Writers(std::vector<FieldRef> fields) : fields_(std::move(fields)), before_(fields_.size()) {}
  void watch(const std::string& kernel, const std::function<void()>& run);
  // Sentences: fields that others changed than their line says, and fields that their own writer never changed.
  std::vector<std::string> faults() const;

 private:
  std::vector<FieldRef> fields_;
  std::vector<std::vector<char>> before_;
  std::map<std::string, std::set<std::string>> changed_by_;  // path -> kernels
};

bool may_write(const std::string& writer, const std::string& kernel);

}  // namespace coldsun

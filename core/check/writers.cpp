// Writers: compares the fields that each kernel changes with the writers named in the field lists.
#include "core/check/writers.hpp"

#include <cstring>

namespace coldsun {

// run/stop, the end of a cut, is lowered by several kernels.
static const std::map<std::string, std::set<std::string>> groups = {
    {"cuts",
     {"couple::SetStop", "couple::Merge", "electrical::GensetReady", "orbit::NextEvent", "workload::NextEvent"}}};

bool may_write(const std::string& writer, const std::string& kernel) {
  const std::size_t at = kernel.rfind("::");
  const std::string space = at == std::string::npos ? "" : kernel.substr(0, at),
                    name = at == std::string::npos ? kernel : kernel.substr(at + 2);
  const auto group = groups.find(writer);
  return writer == name || writer == space || (group != groups.end() && group->second.count(kernel));
}

void Writers::watch(const std::string& kernel, const std::function<void()>& run) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto* p = static_cast<const char*>(fields_[i].data);
    before_[i].assign(p, p + fields_[i].bytes());
  }
  run();
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (!before_[i].empty() && std::memcmp(before_[i].data(), fields_[i].data, before_[i].size()) != 0)
      changed_by_[fields_[i].path()].insert(kernel);
}

std::vector<std::string> Writers::faults() const {
  std::vector<std::string> out;
  for (const FieldRef& f : fields_) {
    const std::string writer = f.info.writer;
    const auto found = changed_by_.find(f.path());
    bool own = writer == "host" || f.bytes() == 0;
    if (found != changed_by_.end())
      for (const std::string& kernel : found->second) {
        if (may_write(writer, kernel)) own = true;
        else out.push_back(f.path() + " is changed by " + kernel + "; accepted: its writer " + writer);
      }
    if (!own) out.push_back(f.path() + " is never changed by its writer " + writer);
  }
  return out;
}

}  // namespace coldsun

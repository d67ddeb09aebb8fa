// Ledger: copies memory, poisons outputs, measures differences.
#include "core/check/ledger.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace coldsun {

namespace {

bool is_float(Scalar type) { return type == Scalar::f64 || type == Scalar::f32; }

double number(Scalar type, const char* p) {
  double wide = 0.0;
  float single = 0.0f;
  if (type == Scalar::f64) std::memcpy(&wide, p, sizeof wide);
  if (type == Scalar::f32) std::memcpy(&single, p, sizeof single);
  return type == Scalar::f32 ? static_cast<double>(single) : wide;
}

// Difference of two values of one element. Counts and indices must be equal; instants may differ by 1 us.
double difference(Scalar type, std::size_t item, const char* got, const char* want, double floor) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (std::memcmp(got, want, item) == 0) return 0.0;
  if (type == Scalar::i64) {
    std::int64_t a, b;
    std::memcpy(&a, got, sizeof a), std::memcpy(&b, want, sizeof b);
    const auto gap = static_cast<std::uint64_t>(std::max(a, b)) - static_cast<std::uint64_t>(std::min(a, b));
    return gap <= 1000 ? 0.0 : infinity;
  }
  if (!is_float(type)) return infinity;
  const double a = number(type, got), b = number(type, want);
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  if (!std::isfinite(a) || !std::isfinite(b)) return infinity;
  return std::fabs(a - b) / std::max(std::fabs(b), floor);
}

}  // namespace

void Ledger::keep(Bytes& bytes) const {
  bytes.resize(fields_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto* p = static_cast<const char*>(fields_[i].data);
    bytes[i].assign(p, p + fields_[i].bytes());
  }
}

void Ledger::put_back(const Bytes& bytes) const {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (!bytes[i].empty()) std::memcpy(fields_[i].data, bytes[i].data(), bytes[i].size());
}

// Writes NaN to every floating-point element of the chosen fields that the kernel changed; returns the number of
// changed elements.
std::int64_t Ledger::poison(const std::vector<char>& which) const {
  std::int64_t n = 0;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const std::size_t item = fields_[i].item;
    for (std::size_t at = 0; which[i] && at < before_[i].size(); at += item) {
      if (std::memcmp(before_[i].data() + at, after_[i].data() + at, item) == 0) continue;
      ++n;
      auto* p = static_cast<char*>(fields_[i].data) + at;
      constexpr double nan = std::numeric_limits<double>::quiet_NaN();
      constexpr float nan_single = std::numeric_limits<float>::quiet_NaN();
      if (fields_[i].type == Scalar::f64) std::memcpy(p, &nan, item);
      if (fields_[i].type == Scalar::f32) std::memcpy(p, &nan_single, item);
    }
  }
  return n;
}

// Whether the kernel's result changes if the chosen outputs are poisoned before it.
bool Ledger::reads(const std::function<void()>& first, const std::vector<char>& which) {
  put_back(before_);
  poison(which);
  first();
  keep(again_);
  return again_ != after_;
}

void Ledger::record(Kernel& kernel, const Bytes& want) const {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const FieldRef& f = fields_[i];
    double size = 0.0;
    for (std::size_t at = 0; is_float(f.type) && at < want[i].size(); at += f.item) {
      const double v = std::fabs(number(f.type, want[i].data() + at));
      if (std::isfinite(v)) size = std::max(size, v);
    }
    for (std::size_t at = 0; at < want[i].size(); at += f.item) {
      const double d =
          difference(f.type, f.item, static_cast<const char*>(f.data) + at, want[i].data() + at, 1e-6 * size);
      if (d > kernel.worst) {
        kernel.worst = d;
        kernel.where = f.path();
      }
    }
  }
}

void Ledger::compare(const std::string& name, const std::function<void()>& first, const std::function<void()>& second) {
  Kernel& kernel = kernels_[name];
  keep(before_);
  first();
  keep(after_);
  std::vector<char> unread(fields_.size(), 1);
  if (reads(first, unread))  // it reads some of its outputs: test them one by one
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      std::vector<char> one(fields_.size(), 0);
      one[i] = is_float(fields_[i].type) && before_[i] != after_[i];
      unread[i] = one[i] && !reads(first, one);
    }
  put_back(before_);
  kernel.n_poisoned += poison(unread) > 0;
  second();
  record(kernel, after_);
  put_back(after_);
  ++kernel.n_call;
}

std::string kernel_name(const char* mangled) {
  int status = 0;
  char* text = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string name = status == 0 ? text : mangled;
  std::free(text);
  for (const std::string part : {"coldsun::", "(anonymous namespace)::"})
    for (std::size_t at; (at = name.find(part)) != std::string::npos;) name.erase(at, part.size());
  std::replace(name.begin(), name.end(), ',', ';');  // names go into comma-separated tables
  return name;
}

}  // namespace coldsun

// Field lists: every struct of Arrays names its fields once, and allocation, save, hash, record and Python walk that list.
#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>

#include "common/array.hpp"

namespace coldsun {

// state: moves forward in time, saved and hashed.  parameter: per-member constants, saved.
// derived: computed anew every step, recorded.     scratch: nobody's business.
enum class Kind : std::int8_t { state, parameter, derived, scratch };

struct FieldInfo {
  const char* name;     // the field's own term
  const char* unit;     // SI, UDUNITS spelling; "1" for pure numbers
  const char* shape;    // names of the axes, "member site"
  const char* meaning;  // one line, becomes long_name and docstring
  Kind kind;
};

// A struct S with fields declares
//   template <class Self, class F> static void each(Self& s, F&& f) { f(FieldInfo{...}, s.a); f(FieldInfo{...}, s.b); }
// The guard: the listed arrays are distinct members of the struct and fill it. Checked once per struct, by a test.
template <class S>
void check_fields(const S& s) {
  std::size_t bytes = 0;
  std::set<const void*> where;
  std::set<std::string> names;
  S::each(s, [&](const FieldInfo& info, const auto& a) {
    bytes += sizeof(a);
    const auto* p = reinterpret_cast<const char*>(&a);
    const auto* base = reinterpret_cast<const char*>(&s);
    if (p < base || p + sizeof(a) > base + sizeof(S)) throw std::logic_error(std::string(info.name) + ": not in the struct");
    if (!where.insert(p).second) throw std::logic_error(std::string(info.name) + ": listed twice");
    if (!names.insert(info.name).second) throw std::logic_error(std::string(info.name) + ": name used twice");
  });
  if (bytes != sizeof(S)) throw std::logic_error("field list does not fill its struct");
}

}  // namespace coldsun

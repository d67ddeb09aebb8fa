// Fields: a struct of Arrays is one list with one line per field. All uses of a field follow from its line: the Array,
// the View of kernels, allocation, saving, hash, record and the docs in Python.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "common/array.hpp"

namespace coldsun {

//   #define COLDSUN_THERMAL_STATE(F)
//     F(Real, t_hall, "K", "member site", state, AdvanceLoop, "hall air temperature at the end of the step")
//     ...
//   struct State { COLDSUN_ARRAYS(COLDSUN_THERMAL_STATE) };
//   struct StateView { COLDSUN_VIEWS(StateView, State, COLDSUN_THERMAL_STATE) };
//   State s;  allocate_fields(s, device, {{"member", 8}, {"site", 2}});
//
// A line: type, name, unit (SI, UDUNITS spelling; "1" for pure numbers), names of the axes, kind, writer, meaning (one
// line, long_name and docstring). Writer: the one kernel that changes it, or a physics with several such kernels; host:
// set between steps.

// state: advances in time, saved and hashed.      parameter: constants per member, saved.
// derived: computed anew every step, recorded.   scratch: internal, neither saved nor recorded.
enum class Kind : std::int8_t { state, parameter, derived, scratch };

struct FieldInfo {
  const char* name;
  const char* unit;
  const char* axes;
  const char* meaning;
  Kind kind;
  const char* writer = "host";
};

constexpr int rank_of(std::string_view axes) {
  int n = axes.empty() ? 0 : 1;
  for (const char c : axes) n += c == ' ';
  return n;
}

#define COLDSUN_FIELD_ARRAY(Type, name, unit, axes, kind, writer, meaning) \
  ::coldsun::Array<Type, ::coldsun::rank_of(axes)> name;
#define COLDSUN_FIELD_VIEW(Type, name, unit, axes, kind, writer, meaning) \
  ::coldsun::View<Type, ::coldsun::rank_of(axes)> name;
#define COLDSUN_FIELD_READ(Type, name, unit, axes, kind, writer, meaning) \
  ::coldsun::View<const Type, ::coldsun::rank_of(axes)> name;
#define COLDSUN_FIELD_TAKE(Type, name, unit, axes, kind, writer, meaning) name = s.name;
#define COLDSUN_FIELD_VALUE(Type, name, unit, axes, kind, writer, meaning) Type name{};
#define COLDSUN_FIELD_PUT(Type, name, unit, axes, kind, writer, meaning) to.name(i) = name;
#define COLDSUN_FIELD_VISIT(Type, name, unit, axes, kind, writer, meaning) \
  f(::coldsun::FieldInfo{#name, unit, axes, meaning, ::coldsun::Kind::kind, #writer}, s.name);

// The Arrays of a list, and each(s, f): f(info, array) for every one in order.
#define COLDSUN_ARRAYS(LIST) \
  LIST(COLDSUN_FIELD_ARRAY) \
  template <class Self, class F> \
  static void each(Self& s, F&& f) { \
    LIST(COLDSUN_FIELD_VISIT) \
  }
// The Views of a list, taken from a struct of its Arrays; a kernel accesses them by the fields' names. READS: read
// only.
#define COLDSUN_VIEWS(Name, Of, LIST) COLDSUN_VIEWS_AS(COLDSUN_FIELD_VIEW, Name, Of, LIST)
#define COLDSUN_READS(Name, Of, LIST) COLDSUN_VIEWS_AS(COLDSUN_FIELD_READ, Name, Of, LIST)
#define COLDSUN_VIEWS_AS(MEMBER, Name, Of, LIST) \
  LIST(MEMBER) \
  Name() = default; \
  Name(const Of& s) { LIST(COLDSUN_FIELD_TAKE) }

// One item of a list of Arrays over one axis. put(to, i) stores it as item i of those Arrays.
#define COLDSUN_ROW(LIST) \
  LIST(COLDSUN_FIELD_VALUE) \
  template <class To> \
  void put(const To& to, int i) const { \
    LIST(COLDSUN_FIELD_PUT) \
  }

struct Axis {
  std::string_view name;
  int length;
};

// Zeroed memory for every field of the list, by the lengths of its axes. Throws std::logic_error for an axis without a
// length.
template <class S>
void allocate_fields(S& s, Device device, std::initializer_list<Axis> axes) {
  S::each(s, [&]<class T, int R>(const FieldInfo& info, Array<T, R>& a) {
    std::array<int, R> extent{};
    std::string_view rest = info.axes;
    for (int& e : extent) {
      const std::string_view name = rest.substr(0, rest.find(' '));
      rest.remove_prefix(name.size() < rest.size() ? name.size() + 1 : rest.size());
      const Axis* found = nullptr;
      for (const Axis& x : axes)
        if (x.name == name) found = &x;
      if (!found)
        throw std::logic_error(std::string(info.name) + ": the axis \"" + std::string(name) + "\" has no length");
      e = found->length;
    }
    a = Array<T, R>(device, extent);
  });
}

// Checks beyond the compiler's, once per struct, by a test: Arrays outside the list, and names used twice in it.
template <class S>
void check_fields(const S& s) {
  std::size_t bytes = 0;
  std::set<std::string> names;
  S::each(s, [&](const FieldInfo& info, const auto& a) {
    bytes += sizeof(a);
    if (!names.insert(info.name).second) throw std::logic_error(std::string(info.name) + ": name used twice");
  });
  if (bytes != sizeof(S)) throw std::logic_error("field list does not fill its struct");
}

}  // namespace coldsun

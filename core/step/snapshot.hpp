// Snapshot: the bytes of each field of a State with its name, for saving, hashing and comparing.
#pragma once
#include <cstring>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include "common/fields.hpp"

namespace coldsun {

enum class Scalar : std::int8_t { f64, f32, i64, i32, i16, i8, u64, u32, u8 };

template <class T>
constexpr Scalar scalar_of() {
  if constexpr (std::is_enum_v<T>) return scalar_of<std::underlying_type_t<T>>();
  else if constexpr (std::is_same_v<T, double>) return Scalar::f64;
  else if constexpr (std::is_same_v<T, float>) return Scalar::f32;
  else if constexpr (std::is_same_v<T, bool>) return Scalar::u8;
  else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>)
    return sizeof(T) == 8 ? Scalar::i64 : sizeof(T) == 4 ? Scalar::i32 : sizeof(T) == 2 ? Scalar::i16 : Scalar::i8;
  else {
    static_assert(std::is_integral_v<T>);
    return sizeof(T) == 8 ? Scalar::u64 : sizeof(T) == 4 ? Scalar::u32 : Scalar::u8;
  }
}

// Description of one field: name, type, shape, address.
struct FieldRef {
  std::string group;  // "thermal"
  FieldInfo info{"", "", "", "", Kind::state};
  Scalar type = Scalar::f64;
  std::size_t item = 0;  // bytes of one element
  std::vector<std::int32_t> extent;
  void* data = nullptr;
  std::string path() const { return group + "/" + info.name; }
  std::size_t bytes() const {
    std::size_t n = item;
    for (auto e : extent) n *= static_cast<std::size_t>(e);
    return data ? n : 0;
  }
};

template <class A>
FieldRef field_of(const char* group, const FieldInfo& info, const A& array) {
  using T = std::remove_const_t<typename A::value_type>;
  FieldRef f{group, info, scalar_of<T>(), sizeof(T), {}, array.data()};
  for (int r = 0; r < A::rank; ++r) f.extent.push_back(array.extent(r));
  return f;
}

struct Snapshot {
  struct Item {
    std::string path;  // "thermal/t_junction"
    FieldRef field;    // its data pointer is unused; its texts are empty if read from a file
    std::vector<char> bytes;
  };
  std::map<std::string, std::string> attributes;
  std::vector<Item> items;
};

}  // namespace coldsun

// View: pointer, extents, strides. Array: a View that owns its memory on a Device. C order, last index fastest. The
// last index is contiguous (its stride is 1 and is not multiplied), so that loops load whole vectors. shared_rows(): a
// value common to all rows, such as a parameter of all members, as a View with row stride 0.
#pragma once
#include <array>
#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "common/space.hpp"

namespace coldsun {

template <class T, int R>
struct View {
  T* data = nullptr;
  std::int32_t extent[R] = {};
  std::int64_t stride[R] = {};

  template <class... I>
  COLDSUN_FN T& operator()(I... i) const {
    static_assert(sizeof...(I) == R);
    const std::int64_t index[R] = {static_cast<std::int64_t>(i)...};
    std::int64_t at = 0;
    for (int r = 0; r + 1 < R; ++r) at += index[r] * stride[r];
    return data[at + index[R - 1]];
  }
  COLDSUN_FN std::int64_t size() const {
    std::int64_t n = 1;
    for (int r = 0; r < R; ++r) n *= extent[r];
    return n;
  }
  // The View of one rank less at a fixed first index.
  COLDSUN_FN View<T, R - 1> row(int i) const
    requires(R > 1)
  {
    View<T, R - 1> v;
    v.data = data + i * stride[0];
    for (int r = 1; r < R; ++r) v.extent[r - 1] = extent[r], v.stride[r - 1] = stride[r];
    return v;
  }
  template <class U = T>
  COLDSUN_FN operator View<const U, R>() const
    requires(!std::is_const_v<T> && std::is_same_v<U, T>)
  {
    View<const T, R> v;
    v.data = data;
    for (int r = 0; r < R; ++r) v.extent[r] = extent[r], v.stride[r] = stride[r];
    return v;
  }
};

template <class T, class... N>
View<T, sizeof...(N)> make_view(T* data, N... n) {
  constexpr int R = sizeof...(N);
  View<T, R> v;
  v.data = data;
  const std::int32_t e[R] = {static_cast<std::int32_t>(n)...};
  std::int64_t s = 1;
  for (int r = R - 1; r >= 0; --r) v.extent[r] = e[r], v.stride[r] = s, s *= e[r];
  return v;
}

// One row seen as n equal rows, for a parameter common to all members. Read only.
template <class T, int R>
View<const T, R> shared_rows(const View<T, R>& one, int n) {
  static_assert(R > 1, "the last index is contiguous: give a per-member number the shape (member, 1)");
  View<const T, R> v = one;
  v.extent[0] = n, v.stride[0] = 0;
  return v;
}

// Zeroed memory on a device. CUDA memory is managed, so that the host may read a State between steps.
void* allocate(Device device, std::size_t bytes);
void deallocate(Device device, void* p) noexcept;
bool device_available(Device device) noexcept;

// Owns memory; moves, does not copy (clone() copies). Kernels get it by conversion to View.
template <class T, int R>
class Array {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  using value_type = T;
  static constexpr int rank = R;

  Array() = default;
  Array(Device device, std::array<int, R> extents) : device_(device) {
    std::int64_t s = 1;
    for (int r = R - 1; r >= 0; --r) {
      if (extents[r] < 0) throw std::invalid_argument("Array: an extent is negative; accepted: 0 or more");
      view_.extent[r] = extents[r], view_.stride[r] = s, s *= extents[r];
    }
    view_.data = s ? static_cast<T*>(allocate(device, sizeof(T) * static_cast<std::size_t>(s))) : nullptr;
  }
  Array(Array&& o) noexcept : view_(std::exchange(o.view_, {})), device_(o.device_) {}
  Array& operator=(Array&& o) noexcept {
    std::swap(view_, o.view_), std::swap(device_, o.device_);
    return *this;
  }
  ~Array() {
    if (view_.data) deallocate(device_, view_.data);
  }
  Array clone() const {
    std::array<int, R> e{};
    for (int r = 0; r < R; ++r) e[r] = view_.extent[r];
    Array a(device_, e);
    for (std::int64_t i = 0; i < size(); ++i) a.data()[i] = data()[i];
    return a;
  }

  T* data() const { return view_.data; }
  std::int64_t size() const { return R == 0 || !view_.data ? 0 : view_.size(); }
  int extent(int r) const { return view_.extent[r]; }
  Device device() const { return device_; }
  const View<T, R>& view() const { return view_; }
  operator View<T, R>() const { return view_; }
  operator View<const T, R>() const { return view_; }
  template <class... I>
  T& operator()(I... i) const {
    return view_(i...);
  }
  void fill(T value) const {
    for (std::int64_t i = 0; i < size(); ++i) data()[i] = value;
  }

 private:
  View<T, R> view_{};
  Device device_ = Device::host;
};

}  // namespace coldsun

// The primitives over any Thrust policy. Included only by primitives_host.cpp and primitives_cuda.cu.
#pragma once
#include <thrust/copy.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>

#include <cmath>

#include "common/math.hpp"
#include "common/primitives.hpp"

namespace coldsun::primitives {

// A total order, so that every sorting algorithm gives the same result.
struct ByKeyThenIndex {
  const Real* key;
  COLDSUN_FN Real at(int i) const { return key[i] == key[i] ? key[i] : math::infinity; }
  COLDSUN_FN bool operator()(std::int32_t a, std::int32_t b) const {
    return at(a) < at(b) || (at(a) == at(b) && a < b);
  }
};
struct IsSet {
  COLDSUN_FN bool operator()(std::int32_t flag) const { return flag != 0; }
};

template <class Policy>
void sort_by_key(const Policy& policy, View<const Real, 1> key, View<std::int32_t, 1> index) {
  const int n = key.extent[0];
  thrust::sequence(policy, index.data, index.data + n);
  thrust::sort(policy, index.data, index.data + n, ByKeyThenIndex{key.data});
}

template <class Policy>
int select(const Policy& policy, View<const std::int32_t, 1> flag, View<std::int32_t, 1> index) {
  const thrust::counting_iterator<std::int32_t> first(0);
  return static_cast<int>(thrust::copy_if(policy, first, first + flag.extent[0], flag.data, index.data, IsSet{}) -
                          index.data);
}

// Called after the sort, once the host may read the memory.
inline Real quantile_of_sorted(View<const Real, 1> value, Real q, View<std::int32_t, 1> index) {
  const int n = value.extent[0];
  if (n == 0) return math::not_a_number;
  const Real x = math::clamp(q, 0.0, 1.0) * (n - 1);
  const int k = static_cast<int>(math::min(std::floor(x), n - 2.0 < 0.0 ? 0.0 : n - 2.0)), next = k + 1 < n ? k + 1 : k;
  const Real a = value(index(k)), b = value(index(next));
  return a == b ? a : a + (x - k) * (b - a);
}

}  // namespace coldsun::primitives

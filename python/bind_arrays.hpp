// Shared by the array functions: kernels over n points, each input n numbers or one for all, on all threads without the
// GIL.
#pragma once
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <tuple>
#include <vector>

#include "common/loops.hpp"

namespace arrays {

namespace py = pybind11;
using coldsun::Host;
using coldsun::Real;
using coldsun::View;
using Numbers = py::array_t<Real, py::array::c_style | py::array::forcecast>;
using Columns = std::vector<Numbers>;

// Points are processed in rows of this length: a row fits the first-level cache, and one row of a constant serves all
// rows (stride 0).
inline constexpr int row_width = 1024;

template <class F>
std::tuple<F> as_tuple(F f) {
  return {f};
}
template <class... F>
std::tuple<F...> as_tuple(std::tuple<F...> f) {
  return f;
}

template <int In, int Out>
struct Block {
  std::array<View<const Real, 2>, In> in;
  std::array<View<Real, 2>, Out> out;
};

// Runs `make(block)`, a functor of for_rows (or several, one after the other: a tuple), over n points and returns its
// Out columns.
template <int In, int Out, class Make>
std::vector<py::array_t<Real>> over_points(const Columns& columns, py::ssize_t n, Make make) {
  if (columns.size() != In) throw std::invalid_argument("columns; accepted: as many as the kernel reads");
  std::vector<py::array_t<Real>> result;
  std::array<Real*, Out> to{};
  for (int k = 0; k < Out; ++k) {
    result.emplace_back(n);
    to[static_cast<std::size_t>(k)] = result.back().mutable_data();
  }
  std::array<const Real*, In> from{};
  std::array<std::vector<Real>, In> constant;
  for (std::size_t k = 0; k < In; ++k) {
    if (columns[k].size() != n && columns[k].size() != 1)
      throw std::invalid_argument("columns; accepted: one number, or one per point, in each");
    from[k] = columns[k].data();
    if (columns[k].size() == 1) constant[k].assign(row_width, from[k][0]);
  }
  py::gil_scoped_release release;
  const auto run = [&](py::ssize_t first, int rows, int width) {
    Block<In, Out> b;
    for (std::size_t k = 0; k < In; ++k) {
      const bool one = !constant[k].empty();
      b.in[k].data = one ? constant[k].data() : from[k] + first;
      b.in[k].extent[0] = rows;
      b.in[k].extent[1] = width;
      b.in[k].stride[0] = one ? 0 : width;
      b.in[k].stride[1] = 1;
    }
    for (std::size_t k = 0; k < Out; ++k) b.out[k] = coldsun::make_view(to[k] + first, rows, width);
    std::apply([&](const auto&... pass) { (coldsun::for_rows(Host{}, rows, width, pass), ...); }, as_tuple(make(b)));
  };
  const py::ssize_t rows = n / row_width, whole = rows * row_width;
  run(0, static_cast<int>(rows), row_width);
  run(whole, 1, static_cast<int>(n - whole));
  return result;
}

}  // namespace arrays

// Each file's part of the module.
void bind_electrical(pybind11::module_& m);
void bind_sky(pybind11::module_& m);
void bind_thermal(pybind11::module_& m);
void bind_orbit(pybind11::module_& m);

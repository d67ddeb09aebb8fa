// Shared by the bindings: networks, weather series, and one class of error for invalid input.
#pragma once
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>

#include "core/io/h5.hpp"
#include "core/io/library.hpp"
#include "core/io/site_writer.hpp"
#include "core/make/twin.hpp"
#include "core/study/changed.hpp"

namespace py = pybind11;
using namespace coldsun;
using namespace py::literals;

struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// All errors of invalid input become InputError, the one class that Python has.
template <class F>
auto guarded(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const SiteError& e) {
    throw InputError(e.what());
  } catch (const std::invalid_argument& e) {
    throw InputError(e.what());
  } catch (const io::FileError&) {
    throw;
  } catch (const std::runtime_error& e) {  // a device that fails, a table that is too small
    throw InputError(e.what());
  }
}

// A network, its library, its source and its changes: enough to make it again in another process.
struct PyNetwork {
  Network network;
  Library library;
  std::string name, data;
  std::vector<std::pair<std::string, KeyValue>> changes;  // made since it was read
};
inline std::shared_ptr<PyNetwork> read_network(const std::string& name, const std::string& data) {
  return guarded([&] {
    auto n = std::make_shared<PyNetwork>();
    n->network = load_network(name, data);
    n->library = io::load_library(n->network, data);
    n->name = name;
    n->data = data;
    return n;
  });
}
// Sets one key as core/study/changed.hpp does.
inline void set_in(PyNetwork& n, const std::string& key, const KeyValue& value) {
  guarded([&] { return n.network = coldsun::changed(n.network, key, value), 0; });
  n.changes.emplace_back(key, value);
}
// Checks relations between keys after changes by the user.
inline void check_changes(const PyNetwork& n) {
  const bool by_hand = std::any_of(n.changes.begin(), n.changes.end(),
                                   [](const auto& c) { return c.first != "n_field" && c.first != "t_supply"; });
  if (by_hand) guarded([&] { return check_network(n.network, n.data), 0; });
}

template <class T>
std::vector<T> numbers(const py::dict& d, const char* name) {
  const auto a = py::array_t<T, py::array::c_style | py::array::forcecast>::ensure(d[name]);
  if (!a)
    throw InputError(std::string("weather: ") + name + " is not a list of numbers; accepted: one number per time");
  return {a.data(), a.data() + a.size()};
}

inline sky::Series series_of(const py::dict& d) {
  sky::Series w;
  w.time = numbers<std::int64_t>(d, "time");
  w.ghi = numbers<Real>(d, "ghi");
  w.dni = numbers<Real>(d, "dni");
  w.dhi = numbers<Real>(d, "dhi");
  w.temp_air = numbers<Real>(d, "temp_air");
  w.wind_speed = numbers<Real>(d, "wind_speed");
  w.pressure = numbers<Real>(d, "pressure");
  w.stamp = sky::Stamp::centre;
  w.repeat_yearly = true;
  if (d.contains("clouds") && !d["clouds"].is_none()) w.subhourly_clouds = d["clouds"].cast<bool>();
  return w;
}

// None, one series, or one per site.
inline std::vector<sky::Series> all_series(const py::object& weather) {
  std::vector<sky::Series> out;
  if (py::isinstance<py::dict>(weather)) out.push_back(series_of(weather));
  else if (!weather.is_none())
    for (const py::handle& one : weather) out.push_back(series_of(one.cast<py::dict>()));
  return out;
}

// The C++ object in the capsule that a method of a Python object returns.
template <class T>
T& behind(const py::object& object, const char* attribute) {
  return *object.attr(attribute)().cast<py::capsule>().get_pointer<T>();
}

// Each file's part of the module.
void bind_site(py::module_& m, py::class_<PyNetwork, std::shared_ptr<PyNetwork>>& network);
void bind_network(py::module_& m);
void bind_plan(py::module_& m);
void bind_shadow(py::module_& m);
void bind_study(py::module_& m);

// Bindings of the shadow: points, drive and analysis of the members, and a recorded run with a hook after every step.
#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <memory>

#include "core/io/run_recorded.hpp"
#include "core/shadow/feed.hpp"
#include "python/bind.hpp"

namespace {

template <class T>
std::vector<T> list_of(const py::array_t<T, py::array::c_style | py::array::forcecast>& a) {
  return {a.data(), a.data() + a.size()};
}

class PyShadow {
 public:
  PyShadow(py::object network, py::object engine)
      : network_(std::move(network)),
        engine_(std::move(engine)),
        twin_(behind<Twin>(engine_, "_twin")),
        shadow_(guarded([&] { return make_shadow(behind<const Network>(network_, "_network"), twin_); })) {}

  py::list points() const {
    py::list out;
    for (std::size_t k = 0; k < shadow_.point.size(); ++k) {
      const Point& p = shadow_.point[k];
      out.append(py::dict("topic"_a = p.topic, "name"_a = p.name, "quantity"_a = p.kind->quantity, "site"_a = p.site,
                          "node"_a = p.node, "scale"_a = p.unit->scale, "offset"_a = p.unit->offset,
                          "unit"_a = std::string(p.unit->symbol), "noise"_a = p.kind->noise, "low"_a = p.kind->min,
                          "high"_a = p.kind->max, "input"_a = p.what->input, "domain"_a = shadow_.home[k],
                          "units"_a = units_of(p.what->quantity)));
    }
    return out;
  }
  py::list columns() const {
    py::list out;
    for (std::size_t j = 0; j < shadow_.column_name.size(); ++j)
      out.append(py::dict("name"_a = shadow_.column_name[j],
                          "log"_a = shadow_.column(static_cast<int>(j)).transform != Transform::plain,
                          "sigma"_a = shadow_.sigma(static_cast<int>(j))));
    return out;
  }
  // The packed members after the last analysis (member, column), logarithms undone.
  py::array_t<double> estimate() const {
    pack(twin_.state, shadow_.column, shadow_.x);
    py::array_t<double> out({shadow_.x.extent(0), shadow_.x.extent(1)});
    auto v = out.mutable_unchecked<2>();
    for (int m = 0; m < shadow_.x.extent(0); ++m)
      for (int j = 0; j < shadow_.x.extent(1); ++j)
        v(m, j) = shadow_.column(j).transform != Transform::plain ? std::exp(shadow_.x(m, j)) : shadow_.x(m, j);
    return out;
  }
  void drive(const py::array_t<double, py::array::c_style | py::array::forcecast>& value,
             const py::array_t<std::int8_t, py::array::c_style | py::array::forcecast>& known) {
    coldsun::drive(shadow_, twin_, list_of<double>(value), list_of<std::int8_t>(known));
  }
  py::array_t<double> observe() const {
    coldsun::observe(shadow_, twin_);
    return py::array_t<double>({shadow_.y.extent(0), shadow_.y.extent(1)}, shadow_.y.data());
  }
  std::vector<Real> sense() const { return coldsun::sense(shadow_, twin_); }
  // For an emulated site: a fault without a parameter in the model.
  void scale_heat_share(double factor) {
    const Array<Real, 1>& share = twin_.system.thermal.liquid_fraction;
    for (int n = 0; n < share.extent(0); ++n) share(n) = std::clamp(share(n) * factor, 0.0, 1.0);
  }

  // inflation: domain -> factor of this analysis; reopen: column -> spread to add after it.
  std::vector<int> analyse(const py::array_t<double, py::array::c_style | py::array::forcecast>& value,
                           const py::array_t<std::int8_t, py::array::c_style | py::array::forcecast>& use,
                           const std::map<int, double>& inflation, const std::map<int, double>& reopen) {
    const int n = shadow_.y_obs.extent(0);
    if (value.size() != n || use.size() != n)
      throw std::invalid_argument("analyse: accepted: one value per point, " + std::to_string(n));
    for (int k = 0; k < n; ++k) {
      const bool counts = use.data()[k] && shadow_.home[static_cast<std::size_t>(k)] >= 0;
      shadow_.use(k) = counts;
      shadow_.y_obs(k) = counts ? value.data()[k] : 0.0;
    }
    for (const auto& [domain, factor] : inflation)
      if (domain >= 0 && domain < shadow_.inflation.extent(0)) shadow_.inflation(domain) = factor;
    for (const auto& [column, spread] : reopen)
      if (column >= 0 && column < shadow_.reopen.extent(0)) shadow_.reopen(column) = std::max(spread, 0.0);
    {
      py::gil_scoped_release release;
      coldsun::analyse(shadow_, twin_);
    }
    std::vector<int> bad;
    for (int d = 0; d < shadow_.trouble.extent(0); ++d)
      if (shadow_.trouble(d)) bad.push_back(d);
    return bad;
  }

  // After every step judge() gives the values of `variables` (name, unit, long name) for the record; then
  // after(steps done) may correct the members and set their drive; false ends the run.
  std::int64_t run(std::int64_t steps, const std::string& folder, int first_segment, std::int64_t per_segment,
                   std::map<std::string, std::string> attributes,
                   const std::vector<std::array<std::string, 3>>& variables, const py::function& judge,
                   const py::function& after) {
    io::RecordOptions o{folder, first_segment, per_segment, std::move(attributes), false};
    o.also = {"thermal/tim_gain", "thermal/flow_gain", "electrical/pv_gain", "observe/gain"};
    std::exception_ptr stopped;
    std::int64_t done = 0;
    io::Hook hook;
    for (const auto& [name, unit, long_name] : variables)
      hook.variable.push_back({name, unit, long_name, "", {}, false, {}});
    hook.values = [&]() -> std::vector<double> {
      py::gil_scoped_acquire acquire;
      try {
        return judge().cast<std::vector<double>>();
      } catch (const py::error_already_set&) {
        stopped = std::current_exception();  // rethrown when the open segment is closed
      }
      return std::vector<double>(variables.size(), std::nan(""));
    };
    o.hook = &hook;
    {
      py::gil_scoped_release release;
      done = io::run_recorded(twin_.system, twin_.state, twin_.inputs, twin_.dt, steps, o, [&](std::int64_t n) {
        if (stopped) return false;
        py::gil_scoped_acquire acquire;
        try {
          return n == 0 || after(n).cast<bool>();  // n = 0: before the first step
        } catch (const py::error_already_set&) {
          stopped = std::current_exception();
        }
        return false;
      });
    }
    if (stopped) std::rethrow_exception(stopped);
    return done;
  }
  void set_noise(const py::array_t<double, py::array::c_style | py::array::forcecast>& noise) {
    if (noise.size() != shadow_.r_obs.extent(0))
      throw std::invalid_argument("set_noise: accepted: one value per point");
    for (int k = 0; k < shadow_.r_obs.extent(0); ++k) shadow_.r_obs(k) = noise.data()[k] * noise.data()[k];
  }
  void fork(const py::object& engine) const {
    guarded([&] { coldsun::fork(twin_, behind<Twin>(engine, "_twin")); });
  }

 private:
  static py::dict units_of(Quantity q) {
    py::dict out;
    for (const Unit& u : units())
      if (u.quantity == q) out[py::str(std::string(u.symbol))] = py::make_tuple(u.scale, u.offset);
    return out;
  }

  py::object network_, engine_;
  Twin& twin_;
  Shadow shadow_;
};

}  // namespace

void bind_shadow(py::module_& m) {
  py::class_<PyShadow>(m, "Shadow", "An ensemble corrected by the readings of a site")
      .def(py::init<py::object, py::object>(), "network"_a, "engine"_a)
      .def_property_readonly("points", &PyShadow::points,
                             "Published points of the site as dicts: topic, name, quantity, unit, noise, limits")
      .def_property_readonly(
          "columns", &PyShadow::columns,
          "Estimated parameters as dicts: name, whether the filter takes the logarithm, prior spread")
      .def("estimate", &PyShadow::estimate,
           "Estimated parameters of the members after the last analysis (member, column)")
      .def("drive", &PyShadow::drive, "value"_a, "known"_a,
           "Sets the drive of the members to the readings of inputs (point) [SI] where known is 1")
      .def("observe", &PyShadow::observe, "Forecast of the readings by the members (member, point) [SI]")
      .def("sense", &PyShadow::sense, "Readings of an emulated site with instrument noise (point) [SI]")
      .def("scale_heat_share", &PyShadow::scale_heat_share, "factor"_a,
           "Multiplies the share of node power to the coolant of an emulated site")
      .def("analyse", &PyShadow::analyse, "value"_a, "use"_a, "inflation"_a, "reopen"_a = std::map<int, double>{},
           "Corrects the members by the readings (point) [SI] where use is 1; inflation: factor by domain; reopen: "
           "spread to "
           "add by column; returns the domains whose analysis failed")
      .def("run", &PyShadow::run, "steps"_a, "folder"_a, "first_segment"_a, "per_segment"_a, "attributes"_a,
           "variables"_a, "judge"_a, "after"_a,
           "Runs steps with a record; judge() returns the values of `variables` per step, after(steps done) corrects "
           "the "
           "members and returns False to end the run")
      .def("set_noise", &PyShadow::set_noise, "noise"_a,
           "Sets the standard deviation of each point's error (point) [SI]")
      .def("fork", &PyShadow::fork, "engine"_a, "Copies the members to another engine");
}

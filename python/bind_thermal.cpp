// Array functions of coolants, channels and plates at rest.
#include "core/make/make_system.hpp"
#include "python/bind.hpp"
#include "python/bind_arrays.hpp"
#include "thermal/at_rest.hpp"
#include "thermal/make.hpp"
#include "thermal/points.hpp"

namespace {

namespace th = coldsun::thermal;
using arrays::Columns;
using arrays::Numbers;
using arrays::over_points;

// A class of plate as the twin of a site has it.
struct PyPlate {
  std::string name, coolant;
  Real length, width, flow_min, flow_max, t_design;
  th::Stack stack;
  std::vector<Real> power_map;
};

PyPlate plate_of(const PyNetwork& n, const std::string& name) {
  std::string known;
  for (const Site& s : n.network.site)
    for (const PlateClass& p : s.plate) {
      known += (known.empty() ? "" : ", ") + p.name;
      if (p.name != name) continue;
      return guarded([&] {
        const th::PlateSpec spec = plate_spec(p, s.cooling.t_supply);
        return PyPlate{.name = p.name,
                       .coolant = p.coolant,
                       .length = p.length,
                       .width = p.width,
                       .flow_min = p.flow_min,
                       .flow_max = p.flow_max,
                       .t_design = spec.t_design,
                       .stack = th::make_stack(spec),
                       .power_map = th::power_shares(spec.power_map)};
      });
    }
  throw InputError("plate = \"" + name + "\"; accepted: " + known);
}

py::array_t<Real> resistance(const PyPlate& p, const Columns& columns, py::ssize_t n) {
  if (columns.size() != 3) throw std::invalid_argument("columns; accepted: flow, temperature and tim_factor");
  std::vector<Array<Real, 1>> in;
  for (const Numbers& c : columns) {
    if (c.size() != n && c.size() != 1)
      throw std::invalid_argument("columns; accepted: one number, or one per point, in each");
    in.emplace_back(Device::host, std::array<int, 1>{static_cast<int>(n)});
    for (py::ssize_t i = 0; i < n; ++i) in.back()(i) = c.data()[c.size() == 1 ? 0 : i];
  }
  py::array_t<Real> out(n);
  const auto result = make_view(out.mutable_data(), static_cast<int>(n));
  const auto map = make_view(p.power_map.data(), th::n_y, th::n_x);
  const th::ResistanceOfPlate kernel{p.stack, map, in[0], in[1], in[2], result};
  py::gil_scoped_release release;
  for_teams(Host{}, static_cast<int>(n), th::n_mode, th::ResistanceOfPlate::Solver::bytes(), kernel);
  return out;
}

th::Coolant coolant_named(const std::string& name) {
  if (name == "water") return th::Coolant::water;
  if (name == "pg25") return th::Coolant::pg25;
  throw InputError("coolant = \"" + clean(name) + "\"; accepted: water, pg25");
}

auto coolant(const Columns& columns, py::ssize_t n, const std::string& name) {
  const th::Coolant which = coolant_named(name);
  return over_points<1, 5>(columns, n, [which](const auto& b) {
    return th::CoolantOfPoints{which, b.in[0], b.out[0], b.out[1], b.out[2], b.out[3], b.out[4]};
  });
}
auto nusselt(const Columns& columns, py::ssize_t n) {
  return over_points<4, 1>(
      columns, n, [](const auto& b) { return th::NusseltOfPoints{b.in[0], b.in[1], b.in[2], b.in[3], b.out[0]}; });
}
auto pressure_drop(const Columns& columns, py::ssize_t n, const std::string& name) {
  const th::Coolant which = coolant_named(name);
  return over_points<7, 1>(columns, n, [which](const auto& b) {
    return th::PressureDropOfPoints{.coolant = which,
                                    .flow = b.in[0],
                                    .width = b.in[1],
                                    .height = b.in[2],
                                    .count = b.in[3],
                                    .length = b.in[4],
                                    .temperature = b.in[5],
                                    .minor_loss = b.in[6],
                                    .drop = b.out[0]};
  });
}

}  // namespace

void bind_thermal(py::module_& m) {
  auto t =
      m.def_submodule("thermal", "Kernels of coolants, channels and cold plates over points, used by coldsun.thermal");
  py::class_<PyPlate>(t, "Plate", "A class of cold plate as the twin of a site has it")
      .def_readonly("name", &PyPlate::name, "Name of the plate")
      .def_readonly("coolant", &PyPlate::coolant, "Coolant: water or pg25")
      .def_readonly("length", &PyPlate::length, "Length along the flow [m]")
      .def_readonly("width", &PyPlate::width, "Width across the flow [m]")
      .def_readonly("flow_min", &PyPlate::flow_min, "Smallest flow of the plate's range [m3/s]")
      .def_readonly("flow_max", &PyPlate::flow_max, "Largest flow of the plate's range [m3/s]")
      .def_readonly("t_design", &PyPlate::t_design, "Coolant temperature of its constant heat capacity [K]")
      .def_property_readonly(
          "channel_width", [](const PyPlate& p) { return p.stack.channel.width; }, "Width of one channel [m]")
      .def_property_readonly(
          "channel_height", [](const PyPlate& p) { return p.stack.channel.height; }, "Height of one channel [m]")
      .def_property_readonly(
          "channel_count", [](const PyPlate& p) { return p.stack.channel.n_channel; }, "Number of parallel channels")
      .def_property_readonly(
          "minor_loss", [](const PyPlate& p) { return p.stack.channel.minor_loss; },
          "Sum of the loss coefficients of inlet, outlet and manifold")
      .def("resistance", &resistance, "columns"_a, "n"_a,
           "Flow [m3/s], coolant temperature [K], tim_factor -> resistance from junction to coolant inlet [K/W]");
  t.def("plate", &plate_of, "network"_a, "name"_a, "Plate of a network by name; InputError for an unknown name");
  t.def("coolant", &coolant, "columns"_a, "n"_a, "name"_a,
        "Temperature [K] -> rho [kg/m3], mu [Pa s], k [W/(m K)], cp [J/(kg K)], Prandtl number");
  t.def("nusselt", &nusselt, "columns"_a, "n"_a,
        "Reynolds number, Prandtl number, aspect, length in hydraulic diameters -> mean Nusselt number");
  t.def("pressure_drop", &pressure_drop, "columns"_a, "n"_a, "name"_a,
        "Flow [m3/s], width, height [m], count, length [m], temperature [K], minor loss -> pressure drop [Pa]");
}
